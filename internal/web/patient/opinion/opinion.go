// Package opinion is the step in which the person writes down what each doctor says:
// the first, the second, perhaps a third; and marks which of their own questions
// each one answered.
package opinion

import (
	"embed"

	"consilium/internal/casefile"
	"consilium/internal/opinion"
	"consilium/internal/questions"
	"consilium/internal/web"
	"consilium/internal/web/text"
)

//go:embed text.*.json
var words embed.FS

// Step is the step and its pages.
var Step = web.Step{ID: "opinion", Words: words, Pages: []web.Page{
	{ID: "opinion", Show: show},
	{ID: "opinion.first", Show: showFirst, Save: saveFirst},
	{ID: "opinion.write", Item: "{id}", Show: showWrite, Save: saveWrite},
	{ID: "opinion.answers", Item: "{id}", Show: showAnswers, Save: saveAnswers},
}}

// What the page shows: each opinion that is there, what it says in short, and the
// one thing to do next.

type overview struct {
	First  *row // nil until the first doctor's opinion is written down
	Others []row
	Next   string // id of the next opinion; "" when no more can be added
	Asked  int    // how many questions the patient has
}

type row struct {
	opinion.Opinion
	Advises  []string // the options that the doctor recommends
	Marked   int      // of the patient's questions, how many are marked
	Answered int      // fully
	Open     []string // the questions that are not fully answered
}

func look(v *web.Visit) (overview, error) {
	all, err := opinion.All(v.Case)
	if err != nil {
		return overview{}, err
	}
	list, _, err := casefile.Read[questions.List](v.Case, questions.Ref)
	if err != nil {
		return overview{}, err
	}
	o := overview{Next: opinion.NextID(v.Case), Asked: len(list.Questions)}
	for _, x := range all {
		r := row{Opinion: x}
		for _, t := range x.Options {
			if t.Recommended != nil && *t.Recommended {
				r.Advises = append(r.Advises, t.Text)
			}
		}
		for _, q := range list.Questions {
			outcome := x.Outcome(q.ID)
			if outcome != "" {
				r.Marked++
			}
			if outcome == "answered" {
				r.Answered++
			} else {
				r.Open = append(r.Open, q.In(v.Lang()))
			}
		}
		if x.ID == opinion.First {
			o.First = &r
		} else {
			o.Others = append(o.Others, r)
		}
	}
	return o, nil
}

// unmarked gives the first opinion after the first doctor's whose answers nobody has
// marked yet.
func (o overview) unmarked() (row, bool) {
	for _, r := range o.Others {
		if o.Asked > 0 && r.Marked == 0 {
			return r, true
		}
	}
	return row{}, false
}

// doctor names who gave an opinion, for a heading.
func doctor(o opinion.Opinion, say text.Speaker) string {
	if o.By.Name != "" {
		return o.By.Name
	}
	return say.T("opinion.nth." + o.ID)
}

// The handler.

func show(v *web.Visit) error {
	o, err := look(v)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("opinion.title"), page(v, o))
}
