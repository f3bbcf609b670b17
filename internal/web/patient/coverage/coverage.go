// Package coverage is the step in which a person learns whether their plan is
// likely to pay for a second opinion: which kind of plan it is, what is known of
// it, what must be done first and by when, and what the plan says on the telephone.
package coverage

import (
	"embed"
	"net/url"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

//go:embed text.*.json
var words embed.FS

// Step is the step and its pages.
var Step = web.Step{ID: "coverage", Words: words, Pages: []web.Page{
	{ID: "coverage", Show: show, Save: save},
	{ID: "coverage.plan", Show: showPlan, Save: savePlan},
	{ID: "coverage.answer", Show: showAnswer, Save: saveAnswer},
	{ID: "coverage.calls", Show: showCalls, Save: saveCall},
}}

// What the page shows: the questions that matter for this kind of plan, each with
// "I don't know". What the case knows already is filled in.

func sheet(v *web.Visit, kind string) web.Sheet {
	s := web.Sheet{Title: v.Say.T("coverage.title"), Saved: saved, Draw: func(f ui.Form) templ.Component { return page(v, f, kind) }}
	for _, q := range asked(kind) {
		s.Fields = append(s.Fields, web.Named{Name: q.path, Label: v.Say.T("coverage.ask." + q.path)})
	}
	return s
}

func saved(c *casefile.Case) (url.Values, casefile.Version, error) {
	s, version, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil {
		return nil, version, err
	}
	known, err := actions.KnownForCoverage(c)
	if err != nil {
		return nil, version, err
	}
	have, err := tree(s.Input)
	if err != nil {
		return nil, version, err
	}
	guess, err := tree(known)
	if err != nil {
		return nil, version, err
	}
	form := url.Values{}
	for _, q := range asked(s.Input.Plan.Kind) {
		x := contract.At(have, q.path)
		// An expert is chosen after this step: what the shortlist says then is news.
		if x == nil && (!s.Asked || q.path == "expert.network") {
			if x = contract.At(guess, q.path); x != nil {
				form.Set("filled", "yes")
			}
		}
		if x != nil {
			form.Set(q.path, q.typed(x))
		}
	}
	return form, version, nil
}

// The handlers.

func show(v *web.Visit) error {
	s, version, err := casefile.Read[coverage.Saved](v.Case, coverage.Ref)
	if err != nil {
		return err
	}
	if version == 0 {
		return v.Go("coverage.plan")
	}
	return v.ShowSheet(sheet(v, s.Input.Plan.Kind))
}

func save(v *web.Visit) error {
	s, version, err := casefile.Read[coverage.Saved](v.Case, coverage.Ref)
	if err != nil {
		return err
	}
	if version == 0 {
		return v.Go("coverage.plan")
	}
	in, err := read(v.Form, s.Input)
	if err == nil {
		_, err = v.House.CheckCoverage(v.Context(), v.Who, v.Case, in, v.Version())
	}
	if err != nil {
		return v.Again(sheet(v, s.Input.Plan.Kind), fielded(err))
	}
	return v.Go("coverage.answer")
}

// The form: what was answered, put into the input at each question's path. What is
// known and is not asked here stays.

func read(form url.Values, in coverage.Input) (coverage.Input, error) {
	raw, err := tree(in)
	if err != nil {
		return in, err
	}
	var fs fault.Faults
	for _, q := range asked(in.Plan.Kind) {
		contract.Remove(raw, q.path)
		switch x, ok := q.parse(form.Get(q.path)); {
		case !ok:
			fs = append(fs, fault.New(fault.Invalid, "form.choice").On(q.path))
		case x != nil:
			contract.Put(raw, q.path, x)
		}
	}
	out, err := grown(raw)
	for _, f := range fault.All(err) {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On(f.Field))
	}
	return out, fs.OrNil()
}

// contradictions are fields in which two answers can speak against each other, and
// what to say of it.
var contradictions = map[string]string{
	"plan.medigap":    "coverage.wrong.medigap",
	"opinions.differ": "coverage.wrong.differ",
}

// fielded says what the engine refused in the words of this page. The engine names
// a field by its path, which is also the field's name here.
func fielded(err error) error {
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	var fs fault.Faults
	for _, f := range fault.All(err) {
		if key := contradictions[f.Field]; key != "" && f.Key != "form.choice" {
			f = fault.New(fault.Invalid, key).On(f.Field)
		}
		fs = append(fs, f)
	}
	return fs.OrNil()
}
