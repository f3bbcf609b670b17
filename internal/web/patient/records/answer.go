package records

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: what the holder answered: all of it, a part, more time, a no, or
// that they keep nothing; and which files of the case came of it.

type answerView struct {
	Asked askedFor
	ID    string // of this answer
	Files []records.File
}

func viewAnswer(v *web.Visit) (answerView, error) {
	x := answerView{ID: v.Form.Get("answer")}
	if !isID.MatchString(x.ID) {
		x.ID = v.House.NewID()
	}
	r, _, err := viewRequest(v)
	if err != nil {
		return x, err
	}
	x.Asked = r.Asked
	x.Files, err = records.Files(v.Case)
	return x, err
}

func answerSheet(v *web.Visit, x answerView) web.Sheet {
	s := web.Sheet{
		Title: v.Say.T("records.answer.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			f := url.Values{}
			ui.SetDate(f, "on", v.Today())
			return f, c.Version(records.RequestRef(x.Asked.ID)), nil
		},
		Draw: func(f ui.Form) templ.Component { return answerPage(v, f, x) },
	}
	for _, name := range strings.Fields("kind on files lacks written until reason ground offered") {
		s.Fields = append(s.Fields, web.Named{Name: name, Label: v.Say.T("records.answer." + name)})
	}
	return s
}

// The handlers.

func showAnswer(v *web.Visit) error {
	x, err := viewAnswer(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(answerSheet(v, x))
}

func saveAnswer(v *web.Visit) error {
	x, err := viewAnswer(v)
	if err != nil {
		return err
	}
	a, err := readAnswer(v.Form)
	if a.ID = x.ID; err == nil {
		err = v.House.AnswerRequest(v.Context(), v.Who, v.Case, x.Asked.ID, a, v.Version())
	}
	if err != nil {
		return v.Again(answerSheet(v, x), err)
	}
	return v.Go("records.request", x.Asked.ID)
}

// The form: what belongs to another kind of answer is left out of it.

func readAnswer(form url.Values) (records.Answer, error) {
	a := records.Answer{Kind: form.Get("kind")}
	text := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n"))
	}
	var fs fault.Faults
	on, wrong := ui.NeedDate(form, "on")
	if a.On = on; wrong != nil {
		fs = append(fs, wrong)
	}
	switch a.Kind {
	case "":
		fs = append(fs, fault.New(fault.Invalid, "form.required").On("kind"))
	case records.CameAll:
		a.Files = form["files"]
	case records.CamePartly:
		a.Files, a.Lacks = form["files"], text("lacks")
	case records.Extended:
		if a.Until, wrong = ui.ParseDate(form, "until"); wrong != nil {
			fs = append(fs, wrong)
		}
		a.Written, a.Reason = form.Get("written"), text("reason")
	case records.Refused:
		a.Written, a.Reason, a.Ground, a.Offered, a.Lacks = form.Get("written"), text("reason"), form.Get("ground"), form.Get("offered"), text("lacks")
	}
	return a, fs.OrNil()
}
