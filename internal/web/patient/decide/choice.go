package decide

import (
	"net/url"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/opinion"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: the choices with who advises each, a place for a plan of one's
// own, the reasons, how sure the person is, and which doctor will treat.

func choiceSheet(v *web.Visit, w weighing) web.Sheet {
	s := web.Sheet{
		Title: v.Say.T("decide.choice.title"),
		Fields: []web.Named{
			{Name: "chosen", Label: v.Say.T("decide.choice.chosen")},
			{Name: "own", Label: v.Say.T("decide.choice.own")},
			{Name: "reasons", Label: v.Say.T("decide.choice.reasons")},
			{Name: "with", Label: v.Say.T("decide.choice.with")},
		},
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) { return savedChoice(v, c) },
		Draw:  func(f ui.Form) templ.Component { return choicePage(v, f, w) },
	}
	for _, q := range opinion.CertaintyQuestions() {
		s.Fields = append(s.Fields, web.Named{Name: "certain-" + q, Label: opinion.CertaintyText(q, v.Lang())})
	}
	return s
}

func savedChoice(v *web.Visit, c *casefile.Case) (url.Values, casefile.Version, error) {
	d, version, err := v.House.DecisionSoFar(c)
	form := url.Values{"chosen": {d.Chosen}, "reasons": {d.Reasons}, "with": {d.With}}
	if d.Chosen != "" && d.With == "" {
		form.Set("with", nobody)
	}
	for _, o := range d.Options {
		if o.Own {
			form.Set("own", o.Text)
		}
	}
	for _, a := range d.Certainty {
		form.Set("certain-"+a.Question, a.Answer)
	}
	return form, version, err
}

// nobody stands in the form for "not settled yet".
const nobody = "open"

// The handlers.

func showChoice(v *web.Visit) error {
	w, err := weigh(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(choiceSheet(v, w))
}

func saveChoice(v *web.Visit) error {
	w, err := weigh(v)
	if err != nil {
		return err
	}
	if err := v.House.Decide(v.Context(), v.Who, v.Case, readChoice(v.Form), v.Version()); err != nil {
		return v.Again(choiceSheet(v, w), err)
	}
	return v.Go("decide.letters")
}

// The form. Its validation is the decision's own check.

func readChoice(form url.Values) actions.Choosing {
	c := actions.Choosing{Chosen: form.Get("chosen"), Own: form.Get("own"), Reasons: form.Get("reasons"), With: form.Get("with")}
	if c.With == nobody {
		c.With = ""
	}
	for _, q := range opinion.CertaintyQuestions() {
		if a := form.Get("certain-" + q); a == "yes" || a == "no" || a == "unsure" {
			c.Certainty = append(c.Certainty, opinion.Certain{Question: q, Answer: a})
		}
	}
	return c
}
