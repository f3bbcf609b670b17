package records

import (
	"net/url"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
	"consilium/internal/finding"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: the last bill for copies with what the rules say of it, and the
// form for a bill, part by part as it stands on the paper.

type feeView struct {
	Asked askedFor
	ID    string // of the bill that the form keeps
	Bills []judged

	Mammograms []finding.Finding // what may be charged for them, where they are asked for
}

// judged is a bill with what the rules say of it.
type judged struct {
	records.Fee
	Answer records.FeeAnswer
}

func day(v *web.Visit) contract.Date {
	d, _ := contract.ParseDate(v.Today())
	return d
}

func viewFee(v *web.Visit) (feeView, error) {
	x := feeView{ID: v.Form.Get("bill")}
	if !isID.MatchString(x.ID) {
		x.ID = v.House.NewID()
	}
	r, _, err := actions.RequestOf(v.Case, v.Item("id"))
	if err != nil {
		return x, err
	}
	x.Asked = askedFor{r, v.House.RequestClock(r, v.Lang())}
	x.Mammograms = r.MammogramsOn(day(v), v.Lang(), v.House.Rules)
	for i := len(r.Bills) - 1; i >= 0; i-- {
		x.Bills = append(x.Bills, judged{r.Bills[i], r.Bills[i].FeeOn(day(v), v.Lang(), v.House.Rules)})
	}
	return x, nil
}

func feeSheet(v *web.Visit, x feeView) web.Sheet {
	t := v.Say.T
	s := web.Sheet{
		Title:  t("records.fee.title"),
		Fields: []web.Named{{Name: "for", Label: t("records.fee.for")}, {Name: "electronic", Label: t("records.fee.electronic")}, {Name: "on", Label: t("records.fee.on")}},
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			f := url.Values{"for": {records.ToMe}}
			ui.SetDate(f, "on", v.Today())
			return f, c.Version(records.RequestRef(x.Asked.ID)), nil
		},
		Draw: func(f ui.Form) templ.Component { return feePage(v, f, x) },
	}
	for _, p := range records.FeeParts {
		s.Fields = append(s.Fields, web.Named{Name: "part-" + p, Label: t("records.fee.part." + p)})
	}
	return s
}

// The handlers.

func showFee(v *web.Visit) error {
	x, err := viewFee(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(feeSheet(v, x))
}

func saveFee(v *web.Visit) error {
	x, err := viewFee(v)
	if err != nil {
		return err
	}
	bill, err := readFee(v.Form)
	if bill.ID = x.ID; err == nil {
		err = v.House.BillRequest(v.Context(), v.Who, v.Case, x.Asked.ID, bill, v.Version())
	}
	if err != nil {
		return v.Again(feeSheet(v, x), err)
	}
	return v.Go("records.fee", x.Asked.ID)
}

// The form and its validation.

func readFee(form url.Values) (records.Fee, error) {
	f := records.Fee{For: form.Get("for"), Electronic: form.Get("electronic")}
	var fs fault.Faults
	on, wrong := ui.NeedDate(form, "on")
	if f.On = on; wrong != nil {
		fs = append(fs, wrong)
	}
	for _, p := range records.FeeParts {
		typed := form.Get("part-" + p)
		if typed == "" {
			continue
		}
		amount, err := contract.ParseMoney(typed)
		if err != nil {
			fs = append(fs, fault.New(fault.Invalid, "form.money").On("part-"+p))
			continue
		}
		f.Lines = append(f.Lines, records.FeeLine{Part: p, Amount: amount})
	}
	return f, fs.OrNil()
}
