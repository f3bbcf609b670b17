// Package cost is the road on which a person learns what a visit for a second
// opinion may cost with each doctor, what the numbers on a bill mean, and how to
// get a price in writing and hold the bill against it.
package cost

import (
	"embed"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

//go:embed text.*.json
var words embed.FS

// Step is the road and its pages.
var Step = web.Step{ID: "cost", Words: words, Pages: append([]web.Page{
	{ID: "cost", Show: show, Save: save},
	{ID: "cost.answer", Show: showAnswer},
	{ID: "cost.codes", Show: showCodes},
}, estimatePages...)}

// What the page shows: what the plan has left this year and what it asks for a
// visit, only as far as it matters for this kind of plan; then each doctor of the
// shortlist. Each amount says where to find it, and may be unknown.

// asking is all that the form needs to know to ask.
type asking struct {
	Kind    string // of plan; "" is unknown
	Told    bool   // the coverage step was answered
	Doctors []doctor
	Fields  []field
	Years   []int
	Figures coverage.Figures
}

// doctor is one visit of the form; its fields bear its number: "0.billed".
type doctor struct {
	ID     string
	Name   string
	Fields []field
}

func (a asking) prefix(i int) string { return strconv.Itoa(i) + "." }

func prepare(v *web.Visit, c *casefile.Case) (asking, error) {
	known, version, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil {
		return asking{}, err
	}
	list, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return asking{}, err
	}
	a := asking{Kind: known.Input.Plan.Kind, Told: version > 0, Years: v.House.CostYears()}
	a.Fields = planFields(known.Input.Plan)
	a.Figures = v.House.CostFigures(v.House.Now().Year(), v.Lang())
	for _, x := range list.Candidates {
		if !x.Gone && len(a.Doctors) < coverage.VisitsMax {
			a.Doctors = append(a.Doctors, doctor{x.ID, x.Doctor.Name, visitFields(a.Kind)})
		}
	}
	if len(a.Doctors) == 0 {
		a.Doctors = []doctor{{"", v.Say.T("cost.any_doctor"), visitFields(a.Kind)}}
	}
	return a, nil
}

func sheet(v *web.Visit, a asking) web.Sheet {
	s := web.Sheet{
		Title: v.Say.T("cost.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) { return saved(v, c) },
		Draw:  func(f ui.Form) templ.Component { return page(v, f, a) },
	}
	for _, f := range a.Fields {
		s.Fields = append(s.Fields, web.Named{Name: f.name, Label: label(v, a, f)})
	}
	for i, d := range a.Doctors {
		for _, f := range d.Fields {
			s.Fields = append(s.Fields, web.Named{Name: a.prefix(i) + f.name, Label: d.Name + ": " + label(v, a, f)})
		}
	}
	return s
}

func saved(v *web.Visit, c *casefile.Case) (url.Values, casefile.Version, error) {
	s, version, err := casefile.Read[coverage.CostSaved](c, coverage.CostRef)
	if err != nil {
		return nil, version, err
	}
	a, err := prepare(v, c)
	if err != nil {
		return nil, version, err
	}
	if version == 0 {
		if s, err = guess(v, c, a); err != nil {
			return nil, version, err
		}
	}
	form := url.Values{}
	for _, f := range a.Fields {
		f.put(form, "", f.ofPlan(&s), version > 0)
	}
	for i, d := range a.Doctors {
		form.Set(a.prefix(i)+"doctor", d.ID)
		visit, told := find(s, d.ID)
		for _, f := range d.Fields {
			f.put(form, a.prefix(i), f.ofVisit(&visit), told && version > 0)
		}
	}
	return form, version, nil
}

func find(s coverage.CostSaved, doctor string) (coverage.CostVisit, bool) {
	for _, x := range s.Visits {
		if x.Doctor == doctor {
			return x, true
		}
	}
	return coverage.CostVisit{Doctor: doctor}, false
}

// guess is what the case knows before anything was said here: from the shortlist
// who takes the plan, from the coverage step how the chosen doctor is seen.
func guess(v *web.Visit, c *casefile.Case, a asking) (coverage.CostSaved, error) {
	year := v.House.Now().Year()
	s := coverage.CostSaved{Plan: coverage.CostInput{PlanYear: &year}}
	known, _, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil {
		return s, err
	}
	list, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return s, err
	}
	for _, d := range a.Doctors {
		visit := coverage.CostVisit{Doctor: d.ID}
		x, _ := list.Find(d.ID)
		visit.Network = map[expert.Reply]string{expert.Yes: "in", expert.No: "out"}[x.Criteria.Of("accepts_plan")]
		if d.ID == list.Chosen || d.ID == "" {
			visit.Format = known.Input.Expert.Format
			if m := known.Input.Expert.Medicare; m != "unknown" {
				visit.Assignment = m
			}
		}
		s.Visits = append(s.Visits, visit)
	}
	return s, nil
}

// The handlers.

func show(v *web.Visit) error {
	a, err := prepare(v, v.Case)
	if err != nil {
		return err
	}
	return v.ShowSheet(sheet(v, a))
}

func save(v *web.Visit) error {
	a, err := prepare(v, v.Case)
	if err != nil {
		return err
	}
	s, err := read(v.Form, a)
	if err == nil {
		err = v.House.PlanCost(v.Context(), v.Who, v.Case, s, v.Version())
	}
	if err != nil {
		return v.Again(sheet(v, a), err)
	}
	return v.Go("cost.answer")
}

// The form.

func read(form url.Values, a asking) (coverage.CostSaved, error) {
	var s coverage.CostSaved
	var fs fault.Faults
	for _, f := range a.Fields {
		f.take(form, "", f.ofPlan(&s), &fs)
	}
	for i, d := range a.Doctors {
		if form.Get(a.prefix(i)+"doctor") != d.ID {
			continue // the shortlist changed since the page was opened: what was typed is another's
		}
		visit := coverage.CostVisit{Doctor: d.ID}
		for _, f := range d.Fields {
			f.take(form, a.prefix(i), f.ofVisit(&visit), &fs)
		}
		s.Visits = append(s.Visits, visit)
	}
	if len(s.Visits) == 0 {
		fs = append(fs, fault.New(fault.Conflict, "fault.conflict"))
	}
	return s, fs.OrNil()
}

// cents writes an amount as the form holds it; whole dollars without cents.
func cents(m contract.Money) string {
	s := m.String()
	if s[len(s)-3:] == ".00" {
		return s[:len(s)-3]
	}
	return s
}
