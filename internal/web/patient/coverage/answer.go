package coverage

import (
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/fault"
	"consilium/internal/finding"
	"consilium/internal/journey"
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
	More    []finding.Finding // what surrounds the plan's approvals: for who wants to know
	Open    []question
	Calls   int
	Told    ui.Table // what the plan said last to each question
	Tests   []coverage.Ordered
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
	a.Gate = answer.GateFor(coverage.Stand{Done: s.Done, Records: len(c.Named("record"))})
	calls, err := casefile.ReadAll[coverage.Call](c, coverage.CallKind)
	if err != nil {
		return a, err
	}
	a.Told = told(v, answer.Questions, calls)
	if a.Tests, err = casefile.ReadAll[coverage.Ordered](c, coverage.TestKind); err != nil {
		return a, err
	}
	in, err := tree(s.Input)
	if err != nil {
		return a, err
	}
	for _, q := range all(s.Input) {
		if contract.At(in, q.path) == nil && q.path != "plan.medigap" && q.path != "plan.metal" { // having none and not saying so are the same to the rules
			a.Open = append(a.Open, q)
		}
	}
	return a, nil
}

// sort puts each finding where it explains something.
func (a *answerView) sort() {
	used := map[string]bool{}
	for _, s := range a.Steps {
		t := todo{Step: s, Done: a.Saved.Has(s.ID)}
		for i, f := range a.Findings {
			switch {
			case f.Rule == s.Rule:
				t.Why, used[f.Rule] = &a.Findings[i], true
			case slices.Contains(s.Backed, f.Rule):
				used[f.Rule] = true
			}
		}
		a.Todo = append(a.Todo, t)
	}
	for _, f := range a.Findings {
		clock := func(c coverage.Clock) bool { return c.Rule == f.Rule }
		switch {
		case used[f.Rule]:
		case slices.Contains(a.Mandates, f.Rule):
			a.Laws = append(a.Laws, f)
		case slices.ContainsFunc(a.Clocks, clock) || strings.HasPrefix(f.Rule, "PA-"):
			a.Limits = append(a.Limits, f)
		case slices.ContainsFunc(aside, func(p string) bool { return strings.HasPrefix(f.Rule, p) }):
			a.More = append(a.More, f)
		default:
			a.Reasons = append(a.Reasons, f)
		}
	}
}

// aside are the rows of facts that surround approvals: of the federal rule on them,
// of doctors who are free of them, of computers that refuse them.
var aside = []string{"IOP-", "GC-", "AI-"}

// told sets what the plan said last to each question in a table.
func told(v *web.Visit, qs []coverage.Question, calls []coverage.Call) ui.Table {
	t := ui.Table{Title: v.Say.T("coverage.answer.told"), Heads: []string{v.Say.T("coverage.answer.told.asked"), v.Say.T("coverage.answer.told.said"), v.Say.T("coverage.answer.told.call")}}
	for _, c := range calls { // what was asked once and is not any more stays
		for _, x := range c.Answers {
			if x.Rule != "" && !slices.ContainsFunc(qs, func(q coverage.Question) bool { return q.Rule == x.Rule }) {
				qs = append(qs, coverage.Question{Rule: x.Rule, Text: x.Question})
			}
		}
	}
	for _, q := range qs {
		said, call, ok := coverage.Latest(calls, q.Rule)
		if !ok {
			continue
		}
		by := v.Say.T("coverage.answer.told.by", "name", call.Person, "date", v.Say.Date(call.On))
		if call.Reference != "" {
			by += ", " + v.Say.T("coverage.answer.told.number", "number", call.Reference)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: q.Text}, {Text: spoken(v, said)}, {Text: by}})
	}
	return t
}

// facts are the four things that a plan asks for, and what the person pays.
func (a answerView) facts(say text.Speaker) []ui.Fact {
	return []ui.Fact{
		{Label: say.T("coverage.answer.referral"), Value: say.T("coverage.answer.referral." + a.Referral)},
		{Label: say.T("coverage.answer.network"), Value: say.T("coverage.answer.network." + a.reach())},
		{Label: say.T("coverage.answer.approval"), Value: say.T("coverage.answer.approval." + a.PriorAuthorization)},
		{Label: say.T("coverage.answer.pay"), Value: a.pays(say)},
	}
}

// reach is which doctors can be seen; outside costs no more where nothing is paid.
func (a answerView) reach() string {
	if a.Network == "in_or_out" && a.PatientShare != nil && a.PatientShare.Kind == "zero" {
		return "arranged"
	}
	return a.Network
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

// steps of a track, with what is done.
func (a answerView) track(plan bool) []todo {
	var ts []todo
	for _, t := range a.Todo {
		switch t.ID {
		case "records":
			if !plan {
				ts = append(ts, t)
			}
		case "estimate", "financial_aid", "emergency":
		default:
			if plan {
				ts = append(ts, t)
			}
		}
	}
	return ts
}

// next is the one thing to do now: what the plan asks for first, or else the choice
// of a doctor.
func (a answerView) next(v *web.Visit) ui.Step {
	t := v.Say.T
	switch next := a.Gate.PlanNext; {
	case next == "call" && len(a.AskPlan) > 0:
		return ui.Step{Title: t("coverage.answer.call"), Text: v.Say.N("coverage.answer.call.text", len(a.AskPlan)), Link: ui.Link{Label: t("coverage.answer.call.go"), Href: v.URL("coverage.calls")}}
	case next != "" && next != "call":
		return ui.Step{Title: a.titleOf(next), Text: t("coverage.answer.next.first"), Link: ui.Link{Label: t("coverage.answer.next.how"), Href: "#todo-" + next}}
	}
	return ui.Step{Title: t("step.expert"), Text: t("coverage.answer.next"), Link: ui.Link{Label: t("button.next"), Href: v.URL("expert")}}
}

// gated tells whether there is anything to be done before a visit.
func (a answerView) gated() bool {
	return a.Gate.Authorization != coverage.TrackNotNeeded || a.Gate.Records != coverage.TrackNotNeeded
}

// road is the way to a step beside the way that goes on from here, once it is built.
func road(v *web.Visit, id string) (ui.Link, bool) {
	_, _, ok := journey.PageOf(id)
	return ui.Link{Label: v.Say.T("coverage.answer.road." + id), Href: v.URL(id)}, ok
}

// titleOf is what a step of the list is called.
func (a answerView) titleOf(step string) string {
	for _, t := range a.Todo {
		if t.ID == step {
			return t.Title
		}
	}
	return ""
}

// asksFirstDoctor tells whether the first doctor must do something for the plan.
func (t todo) asksFirstDoctor() bool {
	return t.ID == "referral" || t.ID == "pre_authorization" || t.ID == "network_exception"
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
