package appeal

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: that the packet went out, how, when, and under which number
// it can be proved. What is kept from here on never changes.

var ways = []string{"mail", "fax", "portal", "hand", "phone"}

type sendView struct {
	Denial appeal.Denial
	ID     string // of the packet that this form keeps
}

func viewSend(v *web.Visit) (sendView, error) {
	d, err := actions.DenialOf(v.Case, v.Item("id"))
	x := sendView{Denial: d, ID: v.Form.Get("packet")}
	if !isID.MatchString(x.ID) {
		x.ID = v.House.NewID()
	}
	return x, err
}

func sendSheet(v *web.Visit, x sendView) web.Sheet {
	t := v.Say.T
	return web.Sheet{
		Title:  t("appeal.send.title"),
		Fields: []web.Named{{Name: "how", Label: t("appeal.send.how")}, {Name: "on", Label: t("appeal.send.on")}, {Name: "proof", Label: t("appeal.send.proof")}},
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			f := url.Values{}
			ui.SetDate(f, "on", v.Today())
			return f, c.Version(appeal.Ref(x.Denial.ID)), nil
		},
		Draw: func(f ui.Form) templ.Component { return sendPage(v, f, x) },
	}
}

// The handlers.

func showSend(v *web.Visit) error {
	x, err := viewSend(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(sendSheet(v, x))
}

func saveSend(v *web.Visit) error {
	x, err := viewSend(v)
	if err != nil {
		return err
	}
	s, err := readSend(v.Form)
	s.ID = x.ID
	var p appeal.Packet
	if err == nil {
		p, err = v.House.SendPacket(v.Context(), v.Who, v.Case, x.Denial.ID, s, v.Version())
	}
	if err != nil {
		return v.Again(sendSheet(v, x), err)
	}
	return v.Go("appeal.sent", p.ID)
}

// The form and its validation.

func readSend(form url.Values) (actions.Sending, error) {
	s := actions.Sending{How: form.Get("how"), Proof: form.Get("proof")}
	var fs fault.Faults
	if s.How == "" {
		fs = append(fs, fault.New(fault.Invalid, "form.required").On("how"))
	} else if !slices.Contains(ways, s.How) {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("how"))
	}
	on, wrong := ui.NeedDate(form, "on")
	if wrong != nil {
		fs = append(fs, wrong)
	} else if _, err := contract.ParseDate(on); err != nil {
		fs = append(fs, fault.New(fault.Invalid, "form.date.real").On("on"))
	}
	s.On = on
	return s, fs.OrNil()
}
