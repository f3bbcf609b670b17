package coverage

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: every kind of plan in plain words, with how to tell from the
// card. This is the one question that must be answered, if only by "I don't know".

type family struct {
	id    string
	kinds []string
}

// families are the kinds of plan by where people get them.
var families = []family{
	{"work", private},
	{"medicare", slices.Concat(original, advantage)},
	{"medicaid", []string{"medicaid_managed", "medicaid_ffs", "chip_managed"}},
	{"service", []string{"tricare_prime", "tricare_select", "tricare_for_life", "va", "fehb"}},
	{"else", []string{"workers_comp", "short_term", "none", "unknown"}},
}

func planSheet(v *web.Visit) web.Sheet {
	return web.Sheet{
		Title:  v.Say.T("coverage.plan.title"),
		Fields: []web.Named{{Name: "plan", Label: v.Say.T("coverage.plan.ask")}},
		Saved:  savedPlan,
		Draw:   func(f ui.Form) templ.Component { return planPage(v, f) },
	}
}

func savedPlan(c *casefile.Case) (url.Values, casefile.Version, error) {
	s, version, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil || version == 0 {
		return nil, version, err
	}
	kind := s.Input.Plan.Kind
	if kind == "" {
		kind = "unknown"
	}
	return url.Values{"plan": {kind}}, version, nil
}

// The handlers.

func showPlan(v *web.Visit) error { return v.ShowSheet(planSheet(v)) }

func savePlan(v *web.Visit) error {
	s, _, err := casefile.Read[coverage.Saved](v.Case, coverage.Ref)
	if err != nil {
		return err
	}
	in, err := readPlan(v.Form, s.Input)
	if err != nil {
		return v.Again(planSheet(v), err)
	}
	keep, next := v.House.ChoosePlan, "coverage"
	if len(asked(in.Plan.Kind)) == 0 {
		keep, next = v.House.CheckCoverage, "coverage.answer" // nothing more to ask
	}
	if _, err := keep(v.Context(), v.Who, v.Case, in, v.Version()); err != nil {
		return v.Again(planSheet(v), err)
	}
	return v.Go(next)
}

// The form and its validation. What was said of another kind of plan and does not
// fit this one goes; earlier versions keep it.

func readPlan(form url.Values, had coverage.Input) (coverage.Input, error) {
	kind := form.Get("plan")
	if kind == "" {
		return had, fault.New(fault.Invalid, "form.required").On("plan")
	}
	if !slices.ContainsFunc(families, func(f family) bool { return slices.Contains(f.kinds, kind) }) {
		return had, fault.New(fault.Invalid, "form.choice").On("plan")
	}
	if kind == "unknown" {
		kind = ""
	}
	if kind == had.Plan.Kind {
		return had, nil
	}
	raw, err := tree(had)
	if err != nil {
		return had, err
	}
	for _, q := range questions {
		if _, ok := q.parse(q.typed(contract.At(raw, q.path))); !ok || !fits(q.path, kind) {
			contract.Remove(raw, q.path)
		}
	}
	if slices.Contains(advantage, kind) {
		contract.Remove(raw, "plan.medigap") // it cannot be right any more
	}
	contract.Remove(raw, "plan.kind")
	contract.Remove(raw, "plan.grandfathered")
	if kind != "" {
		contract.Put(raw, "plan.kind", kind)
	}
	return grown(raw)
}
