package opinion

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/opinion"
	"consilium/internal/questions"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: each question of the patient, how far this doctor answered it,
// and in what words.

type marking struct {
	Opinion   opinion.Opinion
	Questions []questions.Question
}

func answersSheet(v *web.Visit, m marking) web.Sheet {
	s := web.Sheet{
		Title: v.Say.T("opinion.answers.title", "doctor", doctor(m.Opinion, v.Say)),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) { return savedAnswers(c, m.Opinion.ID) },
		Draw:  func(f ui.Form) templ.Component { return answersPage(v, f, m) },
	}
	for _, q := range m.Questions {
		s.Fields = append(s.Fields, web.Named{Name: "outcome-" + q.ID, Label: q.In(v.Lang())},
			web.Named{Name: "text-" + q.ID, Label: v.Say.T("opinion.answers.text")})
	}
	return s
}

func savedAnswers(c *casefile.Case, id string) (url.Values, casefile.Version, error) {
	o, version, err := casefile.Read[opinion.Opinion](c, opinion.Ref(id))
	form := url.Values{}
	for _, a := range o.Answers {
		form.Set("outcome-"+a.Question, o.Outcome(a.Question))
		form.Set("text-"+a.Question, a.Text)
	}
	return form, version, err
}

// The handlers.

func showAnswers(v *web.Visit) error {
	m, err := findAnswers(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(answersSheet(v, m))
}

func saveAnswers(v *web.Visit) error {
	m, err := findAnswers(v)
	if err != nil {
		return err
	}
	if err := v.House.MarkAnswers(v.Context(), v.Who, v.Case, m.Opinion.ID, readAnswers(v.Form, m.Questions), v.Version()); err != nil {
		return v.Again(answersSheet(v, m), atFields(err, readAnswers(v.Form, m.Questions)))
	}
	return v.Go("opinion")
}

func findAnswers(v *web.Visit) (marking, error) {
	o, version, err := casefile.Read[opinion.Opinion](v.Case, opinion.Ref(v.Item("id")))
	if err != nil {
		return marking{}, err
	}
	if version == 0 {
		return marking{}, fault.New(fault.NotFound, "fault.not_found")
	}
	o.ID = v.Item("id")
	list, _, err := casefile.Read[questions.List](v.Case, questions.Ref)
	return marking{Opinion: o, Questions: list.Questions}, err
}

// The form. A question that nothing was said about stays open; words without a mark
// count as an answer.

func readAnswers(form url.Values, list []questions.Question) []opinion.Given {
	var all []opinion.Given
	for _, q := range list {
		g := opinion.Given{Question: q.ID, Outcome: form.Get("outcome-" + q.ID), Text: strings.TrimSpace(strings.ReplaceAll(form.Get("text-"+q.ID), "\r\n", "\n"))}
		if g.Outcome == "" && g.Text != "" {
			g.Outcome = "answered"
		}
		all = append(all, g)
	}
	return all
}

// atFields puts the faults of the list of answers at the form's fields.
func atFields(err error, answers []opinion.Given) error {
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	var fs fault.Faults
	for _, f := range fault.All(err) {
		for i, a := range answers {
			if f.Field == at("answers", i)+".outcome" {
				f = f.On("outcome-" + a.Question)
				break
			}
		}
		fs = append(fs, f)
	}
	return fs.OrNil()
}
