package coverage

import (
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/fault"
	"consilium/internal/finding"
	"consilium/internal/web"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// What the page shows: whether the plan pays, in one sentence; what it asks for;
// what to do, in order, by whom and when; how long the plan may take; the laws that
// count; and what nobody knows yet, with whom to ask.

type answerView struct {
	coverage.Answer
	Saved   coverage.Saved
	Version casefile.Version
	Late    bool // a tick was made on an older list
	Covered string
	Todo    []todo
	Laws    []finding.Finding
	Limits  []finding.Finding // how long the plan may take
	Reasons []finding.Finding
	Open    []question
	Calls   int
}

// todo is one step with its reason.
type todo struct {
	coverage.Step
	Done bool
	Why  *finding.Finding
}

func view(v *web.Visit, c *casefile.Case) (answerView, error) {
	s, version, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil {
		return answerView{}, err
	}
	if version == 0 || !s.Asked {
		return answerView{Version: version}, nil
	}
	answer, err := v.House.CoverageAnswer(s, v.Lang())
	if err != nil {
		return answerView{}, err
	}
	a := answerView{Answer: answer, Saved: s, Version: version, Covered: answer.Covered, Calls: len(c.Named(coverage.CallKind))}
	if s.Input.Plan.Kind == "none" {
		a.Covered = "none"
	}
	a.sort()
	in, err := tree(s.Input)
	if err != nil {
		return a, err
	}
	for _, q := range asked(s.Input.Plan.Kind) {
		if contract.At(in, q.path) == nil && q.path != "plan.medigap" { // no Medigap and not said is the same to the rules
			a.Open = append(a.Open, q)
		}
	}
	return a, nil
}

// sort puts each finding where it explains something. The findings of the steps
// come last, in the order of the steps.
func (a *answerView) sort() {
	rest, steps := a.Findings, a.Steps
	at := max(0, len(rest)-len(steps))
	for i, s := range steps {
		t := todo{Step: s, Done: a.Saved.Has(s.ID)}
		if at+i < len(rest) {
			t.Why = &rest[at+i]
		}
		a.Todo = append(a.Todo, t)
	}
	for _, f := range rest[:at] {
		clock := func(c coverage.Clock) bool { return c.Rule == f.Rule }
		switch {
		case slices.Contains(a.Mandates, f.Rule):
			a.Laws = append(a.Laws, f)
		case slices.ContainsFunc(a.Clocks, clock):
			a.Limits = append(a.Limits, f)
		default:
			a.Reasons = append(a.Reasons, f)
		}
	}
}

// facts are the four things that a plan asks for, and what the person pays.
func (a answerView) facts(say text.Speaker) []ui.Fact {
	return []ui.Fact{
		{Label: say.T("coverage.answer.referral"), Value: say.T("coverage.answer.referral." + a.Referral)},
		{Label: say.T("coverage.answer.network"), Value: say.T("coverage.answer.network." + a.Network)},
		{Label: say.T("coverage.answer.approval"), Value: say.T("coverage.answer.approval." + a.PriorAuthorization)},
		{Label: say.T("coverage.answer.pay"), Value: a.pays(say)},
	}
}

func (a answerView) pays(say text.Speaker) string {
	p := a.PatientShare
	if p == nil {
		return say.T("coverage.answer.pay.unknown")
	}
	said := say.T("coverage.answer.pay." + p.Kind)
	if p.Percent != nil {
		said = say.T("coverage.answer.pay.percent_of", "percent", p.Percent.String())
	}
	if p.AfterDeductible != nil && *p.AfterDeductible {
		said += " " + say.T("coverage.answer.pay.deductible_first")
	}
	return said
}

// track is one of the two things that must both be done before the visit: the
// plan's yes, and the records.
type track struct {
	ID   string
	Done bool
}

// tracks tells how both stand. Where the plan asks for nothing there is only the
// second; where nobody knows what it asks for, a call must come first, for unknown
// is never a no.
func (a answerView) tracks() []track {
	plan, records := track{"plan", true}, track{"records", true}
	hasPlan, hasRecords := false, false
	for _, t := range a.Todo {
		switch t.ID {
		case "records":
			hasRecords, records.Done = true, t.Done
		case "referral", "network", "medicare_status", "network_exception", "pre_authorization", "written_decision":
			hasPlan = true
			plan.Done = plan.Done && t.Done
		}
	}
	var ts []track
	if a.Referral == "unknown" || a.PriorAuthorization == "unknown" {
		ts = append(ts, track{"ask", a.Calls > 0})
	}
	if hasPlan {
		ts = append(ts, plan)
	}
	if hasRecords {
		ts = append(ts, records)
	}
	return ts
}

// ready tells whether nothing stands before the visit any more.
func (a answerView) ready() bool {
	return !slices.ContainsFunc(a.tracks(), func(t track) bool { return !t.Done })
}

// The handlers.

func showAnswer(v *web.Visit) error {
	a, err := view(v, v.Case)
	if err != nil {
		return err
	}
	if !a.Saved.Asked {
		return v.Go("coverage")
	}
	return v.Render(v.Say.T("coverage.answer.covered."+a.Covered), answerPage(v, a))
}

// The form: which steps are done. Steps that are not on the list are left out by
// the action.

func saveAnswer(v *web.Visit) error {
	err := v.House.TickCoverage(v.Context(), v.Who, v.Case, v.Form["done"], v.Version())
	if fault.Is(err, fault.Conflict) {
		// A tick is one click: show the list as it is now and let them tick again.
		c, err := v.House.Load(v.Context(), v.Who, v.Case.ID)
		if err != nil {
			return err
		}
		a, err := view(v, c)
		if err != nil {
			return err
		}
		if !a.Saved.Asked {
			return v.Go("coverage")
		}
		a.Late = true
		return v.RenderAs(409, v.Say.T("coverage.answer.covered."+a.Covered), answerPage(v, a))
	}
	if err != nil {
		return err
	}
	return v.Go("coverage.answer")
}
