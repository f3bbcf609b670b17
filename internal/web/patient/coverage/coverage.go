// Package coverage is the step in which a person learns whether their plan is
// likely to pay for a second opinion: which kind of plan it is, what is known of
// it, what must be done first and by when, and what the plan says on the telephone.
package coverage

import (
	"embed"
	"net/url"
	"slices"

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
	{ID: "coverage.more", Show: showMore, Save: saveMore},
	{ID: "coverage.answer", Show: showAnswer, Save: saveAnswer},
	{ID: "coverage.calls", Show: showCalls, Save: saveCall},
	{ID: "coverage.letter", Show: showLetter, Save: saveLetter},
	{ID: "coverage.print", Show: printLetter},
	{ID: "coverage.tests", Show: showTests},
	{ID: "coverage.test", Item: "{id}", Show: showTest, Save: saveTest},
}}

// What the page shows: the questions that matter for this kind of plan, each with
// "I don't know". What the case knows already is filled in. A second page asks what
// matters only after these answers.

func sheet(v *web.Visit, s coverage.Saved) web.Sheet {
	return questionSheet(v, asked(s.Input.Plan.Kind), func(f ui.Form) templ.Component { return page(v, f, s.Input.Plan.Kind) })
}

func moreSheet(v *web.Visit, s coverage.Saved) web.Sheet {
	return questionSheet(v, followUps(s.Input), func(f ui.Form) templ.Component { return morePage(v, f, followUps(s.Input)) })
}

func questionSheet(v *web.Visit, qs []question, draw func(ui.Form) templ.Component) web.Sheet {
	sh := web.Sheet{Title: v.Say.T("coverage.title"), Draw: draw, Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) { return saved(c, qs) }}
	for _, q := range qs {
		sh.Fields = append(sh.Fields, web.Named{Name: q.path, Label: v.Say.T("coverage.ask." + q.path)})
	}
	return sh
}

func saved(c *casefile.Case, qs []question) (url.Values, casefile.Version, error) {
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
	for _, q := range qs {
		x := contract.At(have, q.path)
		// An expert is chosen after this step: what the shortlist says then is news.
		if x == nil && (!s.Asked || q.only != nil || q.path == "expert.network") {
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
	return v.ShowSheet(sheet(v, s))
}

func save(v *web.Visit) error {
	s, version, err := casefile.Read[coverage.Saved](v.Case, coverage.Ref)
	if err != nil {
		return err
	}
	if version == 0 {
		return v.Go("coverage.plan")
	}
	in, err := read(v.Form, s.Input, asked(s.Input.Plan.Kind))
	if err == nil {
		in, err = pruned(in)
	}
	if err == nil {
		_, err = v.House.CheckCoverage(v.Context(), v.Who, v.Case, in, v.Version())
	}
	if err != nil {
		return v.Again(sheet(v, s), fielded(err))
	}
	raw, err := tree(in)
	if err != nil {
		return err
	}
	for _, q := range followUps(in) {
		if contract.At(raw, q.path) == nil {
			return v.Go("coverage.more")
		}
	}
	return v.Go("coverage.answer")
}

func showMore(v *web.Visit) error {
	s, _, err := casefile.Read[coverage.Saved](v.Case, coverage.Ref)
	if err != nil {
		return err
	}
	if !s.Asked {
		return v.Go("coverage")
	}
	if len(followUps(s.Input)) == 0 {
		return v.Go("coverage.answer")
	}
	return v.ShowSheet(moreSheet(v, s))
}

func saveMore(v *web.Visit) error {
	s, _, err := casefile.Read[coverage.Saved](v.Case, coverage.Ref)
	if err != nil {
		return err
	}
	if !s.Asked {
		return v.Go("coverage")
	}
	in, err := read(v.Form, s.Input, followUps(s.Input))
	if err == nil {
		_, err = v.House.CheckCoverage(v.Context(), v.Who, v.Case, in, v.Version())
	}
	if err != nil {
		return v.Again(moreSheet(v, s), fielded(err))
	}
	return v.Go("coverage.answer")
}

// The form: what was answered, put into the input at each question's path. What is
// known and is not asked here stays.

func read(form url.Values, in coverage.Input, qs []question) (coverage.Input, error) {
	raw, err := tree(in)
	if err != nil {
		return in, err
	}
	var fs fault.Faults
	for _, q := range qs {
		contract.Remove(raw, q.path)
		switch x, ok := q.parse(form.Get(q.path)); {
		case !ok && q.kind == "count":
			fs = append(fs, fault.New(fault.Invalid, "form.number").On(q.path))
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

// pruned takes away what was said on the second page and does not matter after what
// the first says now: nobody could see it there, or correct it.
func pruned(in coverage.Input) (coverage.Input, error) {
	raw, err := tree(in)
	if err != nil {
		return in, err
	}
	now := all(in)
	for _, q := range questions {
		if q.only != nil && !slices.ContainsFunc(now, func(n question) bool { return n.path == q.path }) && slices.Contains(q.plans, in.Plan.Kind) {
			contract.Remove(raw, q.path)
		}
	}
	return grown(raw)
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
