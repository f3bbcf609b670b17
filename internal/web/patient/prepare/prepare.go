// Package prepare is the step in which a person gets ready for the visit: their
// questions in order, what to bring and who comes along, their story by date, and
// the one page that the doctor reads first.
package prepare

import (
	"embed"
	"strconv"

	"consilium/internal/casefile"
	"consilium/internal/questions"
	"consilium/internal/records"
	"consilium/internal/web"
)

//go:embed text.*.json
var words embed.FS

// Step is the step and its pages.
var Step = web.Step{ID: "prepare", Words: words, Pages: []web.Page{
	{ID: "prepare", Show: show, Save: save},
	{ID: "prepare.questions", Show: showQuestions, Save: saveQuestions},
	{ID: "prepare.bring", Show: showBring, Save: saveBring},
	{ID: "prepare.timeline", Show: showTimeline, Save: saveTimeline},
	{ID: "prepare.brief", Show: showBrief},
}}

// What the page shows: the four things to have ready, how each stands, and which
// comes next.

type view struct {
	Next  string // "questions", "bring", "brief": what to do next
	Cards []card
}

type card struct {
	ID   string
	URL  string
	Text string
	Done []string // how it stands
}

func look(v *web.Visit) (view, error) {
	list, _, err := casefile.Read[questions.List](v.Case, questions.Ref)
	if err != nil {
		return view{}, err
	}
	visit, _, err := casefile.Read[questions.Visit](v.Case, questions.VisitRef)
	if err != nil {
		return view{}, err
	}
	story, _, err := casefile.Read[records.Story](v.Case, records.StoryRef)
	if err != nil {
		return view{}, err
	}
	files, err := records.Files(v.Case)
	if err != nil {
		return view{}, err
	}
	points := 0
	for _, m := range records.Moments(files, story) {
		if m.General {
			points++
		}
	}
	t := v.Say.T
	x := view{Next: "brief"}
	add := func(id string, done ...string) {
		x.Cards = append(x.Cards, card{ID: id, URL: v.URL("prepare." + id), Text: t("prepare.card." + id + ".text"), Done: done})
	}
	var asked, packed, told []string
	if n := len(list.Questions); n > 0 {
		asked = append(asked, v.Say.N("prepare.card.questions.done", n))
	}
	if visit.Date != "" {
		packed = append(packed, t("prepare.card.bring.date", "date", v.Say.Date(visit.Date)))
	}
	if list.Companion.Name != "" {
		packed = append(packed, t("prepare.card.bring.with", "name", list.Companion.Name))
	}
	if n := len(list.Bring); n > 0 {
		packed = append(packed, t("prepare.card.bring.done", "n", strconv.Itoa(n), "of", strconv.Itoa(len(questions.Bring()))))
	}
	if points > 0 {
		told = append(told, v.Say.N("prepare.card.timeline.done", points))
	}
	add("questions", asked...)
	add("timeline", told...)
	add("bring", packed...)
	add("brief")
	switch {
	case len(asked) == 0:
		x.Next = "questions"
	case len(packed) == 0:
		x.Next = "bring"
	}
	return x, nil
}

// The handlers.

func show(v *web.Visit) error {
	x, err := look(v)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("prepare.title"), page(v, x))
}

// save saves nothing: the person is ready and goes on.
func save(v *web.Visit) error { return v.Onward() }
