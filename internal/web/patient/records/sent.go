package records

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/finding"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: how to send the papers by each way, with the words to copy, and
// the question when and how they went. Nothing is sent from here.

type sentView struct {
	Asked askedFor
	ID    string // of this sending
	Texts []copied
	Kinds []string
	Lacks []finding.Finding // what forms do not have yet

	NotSigned []string // papers of the request that nobody has signed as they read now
}

// copied is a paper as plain text, for a portal's message or an e-mail.
type copied struct {
	Name string
	Text string
}

func viewSent(v *web.Visit) (sentView, error) {
	x := sentView{ID: v.Form.Get("sending"), Kinds: []string{"request"}}
	if !isID.MatchString(x.ID) {
		x.ID = v.House.NewID()
	}
	r, _, err := viewRequest(v)
	if err != nil {
		return x, err
	}
	x.Asked = r.Asked
	for _, p := range r.Papers {
		x.Texts = append(x.Texts, copied{p.Name, p.Letter.Text()})
		x.Lacks = append(x.Lacks, p.Lacks.Missing...)
	}
	for _, name := range r.Letters {
		l, err := v.House.RequestPaper(v.Case, r.Asked.Request, name)
		if err != nil {
			return x, err
		}
		x.Texts = append(x.Texts, copied{name, l.Text()})
	}
	if !r.Asked.Clock.Sent.IsZero() {
		x.Kinds = append(x.Kinds, r.Letters...)
	}
	if len(x.Lacks) == 0 {
		x.NotSigned = v.House.NotSigned(v.Case, r.Asked.Request)
	}
	return x, nil
}

// signLinks lead to where each paper that is not signed can be.
func (x sentView) signLinks(v *web.Visit) []ui.Link {
	var ls []ui.Link
	for _, p := range x.NotSigned {
		ls = append(ls, ui.Link{Label: v.Say.T("records.sent.sign", "paper", v.Say.T("records.paper."+p)), Href: v.URL("records.sign", x.Asked.ID, p)})
	}
	return ls
}

// signedHint says that the question is about the request's papers where a letter can be
// sent as well.
func (x sentView) signedHint(v *web.Visit) string {
	if len(x.Kinds) > 1 {
		return v.Say.T("records.sent.signed.hint")
	}
	return ""
}

func sentSheet(v *web.Visit, x sentView) web.Sheet {
	t := v.Say.T
	return web.Sheet{
		Title:  t("records.sent.title"),
		Fields: []web.Named{{Name: "what", Label: t("records.sent.what")}, {Name: "how", Label: t("records.sent.how")}, {Name: "on", Label: t("records.sent.on")}, {Name: "proof", Label: t("records.sent.proof")}, {Name: "signed", Label: t("records.sent.signed")}},
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			f := url.Values{"what": {x.Kinds[min(1, len(x.Kinds)-1)]}} // the most fitting letter
			ui.SetDate(f, "on", v.Today())
			return f, c.Version(records.RequestRef(x.Asked.ID)), nil
		},
		Draw: func(f ui.Form) templ.Component { return sentPage(v, f, x) },
	}
}

// The handlers.

func showSent(v *web.Visit) error {
	x, err := viewSent(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(sentSheet(v, x))
}

func saveSent(v *web.Visit) error {
	x, err := viewSent(v)
	if err != nil {
		return err
	}
	s, err := readSent(v.Form)
	if s.ID = x.ID; err == nil {
		err = v.House.SendRequest(v.Context(), v.Who, v.Case, x.Asked.ID, s, records.Signature(v.Form.Get("signed")), v.Version())
	}
	if err != nil {
		return v.Again(sentSheet(v, x), err)
	}
	return v.Go("records.request", x.Asked.ID)
}

// The form and its validation.

func readSent(form url.Values) (records.Sending, error) {
	s := records.Sending{What: form.Get("what"), How: form.Get("how"), Proof: form.Get("proof")}
	if s.What == "" {
		s.What = "request"
	}
	var fs fault.Faults
	if !slices.Contains(records.SendKinds, s.What) {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("what"))
	}
	if s.How == "" {
		fs = append(fs, fault.New(fault.Invalid, "form.required").On("how"))
	}
	on, wrong := ui.NeedDate(form, "on")
	if wrong != nil {
		fs = append(fs, wrong)
	}
	s.On = on
	return s, fs.OrNil()
}
