// Package compare is the step in which the person sees two or more opinions side by
// side: where they agree, where they differ and why, what each rests on, and what to
// ask each doctor. It never says who is right.
package compare

import (
	"embed"
	"net/http"
	"strconv"
	"strings"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/opinion"
	"consilium/internal/web"
)

//go:embed text.*.json
var words embed.FS

// Step is the step and its pages.
var Step = web.Step{ID: "compare", Words: words, Pages: []web.Page{
	{ID: "compare", Show: show, Save: save},
	{ID: "compare.ask", Item: "{id}", Show: showAsk},
}}

// What the page shows: every pair, the table of all opinions, the questions for each
// doctor, what is still unanswered, and whether a third opinion could help.

type view struct {
	Opinions []opinion.Opinion
	Answer   opinion.Answer
	Asks     []asks // by doctor
	Open     []unanswered
	Of       string // the opinions with their versions, for the form
	Version  casefile.Version
	Read     string // YYYY-MM-DD when the person read it; "" when they have not
	Stale    bool   // an opinion has changed since
	Late     bool   // an opinion changed while the page was open
}

// asks are the questions for one doctor.
type asks struct {
	ID        string
	Doctor    string
	Questions []string
}

// unanswered is a question that a doctor left open.
type unanswered struct {
	Doctor string
	Text   string
	Partly bool
}

func look(v *web.Visit, c *casefile.Case) (view, error) {
	all, err := opinion.All(c)
	if err != nil {
		return view{}, err
	}
	in, answer, err := v.House.Comparison(c, v.Lang())
	if err != nil {
		return view{}, err
	}
	kept, version, err := casefile.Read[opinion.Comparison](c, opinion.ComparisonRef)
	if err != nil {
		return view{}, err
	}
	w := view{Opinions: all, Answer: answer, Of: written(opinion.Now(c)), Version: version, Read: kept.On}
	w.Stale = version > 0 && kept.Stale(opinion.Now(c))
	for _, o := range all {
		w.Asks = append(w.Asks, w.asksFor(o, v))
	}
	text := map[string]string{}
	for _, q := range in.Questions {
		text[q.ID] = q.Text
	}
	for _, u := range answer.Unanswered {
		if text[u.Question] != "" {
			w.Open = append(w.Open, unanswered{Doctor: w.doctor(u.Opinion, v), Text: text[u.Question], Partly: u.Partly})
		}
	}
	return w, nil
}

// asksFor gathers, over all pairs, what to ask one doctor, each question once.
func (w view) asksFor(o opinion.Opinion, v *web.Visit) asks {
	a := asks{ID: o.ID, Doctor: w.doctor(o.ID, v)}
	seen := map[string]bool{}
	for _, p := range w.Answer.Pairs {
		for _, d := range p.Differ {
			q := ""
			switch o.ID {
			case p.A:
				q = d.AskA
			case p.B:
				q = d.AskB
			}
			if q != "" && !seen[q] {
				seen[q] = true
				a.Questions = append(a.Questions, q)
			}
		}
	}
	return a
}

// letter tells whether there is a letter to this doctor: one about the first opinion
// and another that differ.
func (w view) letter(id string) bool {
	for _, p := range w.Answer.Pairs {
		if p.A == opinion.First && len(p.Differ) > 0 && (p.B == id || p.B == "second" && id == opinion.First) {
			return true
		}
	}
	return false
}

// doctor names who gave an opinion.
func (w view) doctor(id string, v *web.Visit) string {
	o, err := opinion.Find(w.Opinions, id)
	if err != nil || strings.TrimSpace(o.By.Name) == "" {
		return v.Say.T("compare.doctor." + id)
	}
	return o.By.Name
}

// The handlers.

func show(v *web.Visit) error {
	w, err := look(v, v.Case)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("compare.title"), page(v, w))
}

func save(v *web.Visit) error {
	read := actions.Reading{Of: readOf(v.Form.Get("of")), Language: v.Lang()}
	err := v.House.CompareOpinions(v.Context(), v.Who, v.Case, read, v.Version())
	if fault.Is(err, fault.Conflict) {
		// What was read is not what there is now: show it as it is, to be read again.
		c, err := v.House.Load(v.Context(), v.Who, v.Case.ID)
		if err != nil {
			return err
		}
		w, err := look(v, c)
		if err != nil {
			return err
		}
		w.Late = true
		return v.RenderAs(http.StatusConflict, v.Say.T("compare.title"), page(v, w))
	}
	if err != nil {
		return err
	}
	return v.Onward()
}

// The form: which opinions the person saw, "first:2 second:1".

func written(of []opinion.Made) string {
	var parts []string
	for _, m := range of {
		parts = append(parts, m.ID+":"+strconv.Itoa(int(m.Version)))
	}
	return strings.Join(parts, " ")
}

func readOf(s string) []opinion.Made {
	var of []opinion.Made
	for _, part := range strings.Fields(s) {
		id, version, _ := strings.Cut(part, ":")
		n, err := strconv.Atoi(version)
		if err != nil {
			return nil
		}
		of = append(of, opinion.Made{ID: id, Version: casefile.Version(n)})
	}
	return of
}
