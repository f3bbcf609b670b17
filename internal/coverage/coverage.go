// Package coverage answers, before any visit, whether a plan is likely to pay for a
// second opinion, what must be done first and by whom, and what share the person
// pays. What nobody knows stays unknown and becomes a question for the plan.
package coverage

import (
	"slices"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Answer is what the rules say of a second opinion under a plan.
type Answer struct {
	Covered            string            `json:"covered" enum:"yes,no,conditional,unknown"`
	Referral           string            `json:"referral" enum:"yes,no,unknown"`
	Network            string            `json:"network" enum:"in_only,in_or_out,any,unknown"`
	PriorAuthorization string            `json:"prior_authorization" enum:"yes,no,sometimes,unknown"`
	PatientShare       *Share            `json:"patient_share" doc:"null while unknown"`
	Mandates           []string          `json:"mandates" doc:"state laws that fit; an unverified one also has a finding that says whom to ask"`
	Grounds            []string          `json:"grounds" doc:"rules that may be named to a plan which refuses the opinion itself: state laws and those of public programs, verified ones alone"`
	Steps              []Step            `json:"steps"`
	Clocks             []Clock           `json:"clocks"`
	Gate               Gate              `json:"gate" doc:"as it stands before anything is done"`
	AskPlan            []string          `json:"ask_plan"`
	Questions          []Question        `json:"questions" doc:"ask_plan again, each with the id under which its answer is kept"`
	TestQuestions      []Question        `json:"test_questions" doc:"what to ask about each test that the second doctor orders"`
	Findings           []finding.Finding `json:"findings"`
}

// Share is what the person pays of a covered opinion.
type Share struct {
	Kind            string            `json:"kind" enum:"zero,percent,copay,plan_share,full"`
	Percent         *contract.Percent `json:"percent,omitempty" doc:"of the approved amount; only of kind percent"`
	AfterDeductible *bool             `json:"after_deductible,omitempty"`
}

// Step is one thing to do, in the order in which to do it.
type Step struct {
	ID     string        `json:"id"`
	Title  string        `json:"title"`
	Who    string        `json:"who" enum:"patient,first_doctor,expert,plan"`
	Before string        `json:"before" enum:"visit,booking,claim"`
	Needs  []string      `json:"needs"`
	Rule   string        `json:"rule"`
	Backed []string      `json:"backed_by,omitempty" doc:"the rules that say what is needed"`
	Due    contract.Date `json:"due,omitzero" doc:"only when decision_by is given; never before today"`
}

// Question is one question for the plan. Its id never changes, so that what the plan
// says later can be laid beside what it said to the same question before.
type Question struct {
	Rule  string `json:"rule"`
	Text  string `json:"text"`
	YesNo bool   `json:"yes_no" doc:"it can be answered with yes or no; the others only in words"`
}

// The ids of questions that the house itself knows: AskWho is for a name and a
// reference number, and a form has fields for both. What the plan says to the other
// two counts where no rule says more.
const (
	AskWho      = "ASK-09"
	AskReferral = "ASK-02"
	AskApproval = "ASK-11"
)

// Clock is how long the plan may take.
type Clock struct {
	Rule  string `json:"rule"`
	What  string `json:"what"`
	Days  int    `json:"days"`
	Hours int    `json:"hours" doc:"when the request is urgent"`
}

// Book is the power this room needs of the rules.
type Book interface {
	Judge(topic string, facts map[string]any, on contract.Date, lang string) finding.Verdict
}

// Check answers for a day, in "en" or "es". The error is of type contract.Problems
// and names each wrong field. A date in the input goes before on.
func Check(in Input, on contract.Date, lang string, book Book) (Answer, error) {
	if !in.On.IsZero() {
		on = in.On
	}
	if err := validate(in, on, lang); err != nil {
		return Answer{}, err
	}
	facts := in.facts(on)
	verdict := book.Judge("coverage", facts, on, lang)
	a := Answer{
		Covered: "unknown", Referral: "unknown", Network: "unknown", PriorAuthorization: "unknown",
		Mandates: []string{}, Grounds: []string{}, Steps: []Step{}, Clocks: []Clock{}, AskPlan: []string{}, Questions: []Question{}, TestQuestions: []Question{}, Findings: []finding.Finding{},
	}
	if stopped(verdict) || in.Treatment.Emergency != nil && *in.Treatment.Emergency {
		a.stop(verdict)
	} else {
		a.settle(verdict)
	}
	a.prepare(in, on, book.Judge("coverage_steps", withAnswer(facts, a), on, lang))
	a.Gate = a.GateFor(Stand{})
	return a, nil
}

func stopped(v finding.Verdict) bool {
	for _, f := range v.Fired {
		if f.Kind == "stop" {
			return true
		}
	}
	return false
}

// stop answers an emergency: it is no case for a second opinion, nothing is to be
// arranged with a plan first, and nothing is said to be unpaid.
func (a *Answer) stop(v finding.Verdict) {
	a.Referral, a.Network, a.PriorAuthorization = "no", "any", "no"
	for _, f := range v.Fired {
		if f.Kind == "stop" {
			a.Findings = append(a.Findings, f.Finding)
		}
	}
}

// settle lets each rule set its fields in the order of the rows. A rule whose
// source nobody read never decides: it can only turn unknown, or a plain yes, into
// "it depends".
func (a *Answer) settle(v finding.Verdict) {
	share := map[string]string{}
	for _, f := range v.Fired {
		a.Findings = append(a.Findings, f.Finding)
		switch f.Kind {
		case "mandate":
			a.Mandates = append(a.Mandates, f.Rule)
		case "clock":
			a.Clocks = append(a.Clocks, Clock{f.Rule, f.Words["what"], f.Numbers["days"], f.Numbers["hours"]})
		}
		if !f.Decides {
			continue
		}
		if f.Kind == "mandate" || f.Sets["ground"] == "yes" {
			a.Grounds = append(a.Grounds, f.Rule)
		}
		set(&a.Covered, f.Sets["covered"])
		set(&a.Referral, f.Sets["referral"])
		set(&a.Network, f.Sets["network"])
		set(&a.PriorAuthorization, f.Sets["prior_authorization"])
		if f.Sets["share"] != "" {
			delete(share, "percent")
		}
		for _, k := range []string{"share", "percent", "after_deductible"} {
			if s := f.Sets[k]; s != "" {
				share[k] = s
			}
		}
		if a.Covered == "no" {
			share = map[string]string{"share": "full"}
		}
	}
	a.PatientShare = shareOf(share)
	for _, f := range v.Fired {
		if !f.Decides {
			a.soften(f)
		}
	}
}

// soften takes what an unverified rule says into account without letting it decide.
// It leaves a no alone: else not knowing which state's law governs would make the
// answer worse than knowing it. The rule's own finding says whom to ask.
func (a *Answer) soften(f finding.Fired) {
	says := f.Sets["covered"]
	if says != "" && (a.Covered == "unknown" || a.Covered == "yes" && f.Kind != "mandate") {
		a.Covered = "conditional"
	}
	if says := f.Sets["prior_authorization"]; says != "" && a.PriorAuthorization == "unknown" {
		a.PriorAuthorization = "sometimes"
	}
}

func set(field *string, value string) {
	if value != "" {
		*field = value
	}
}

func shareOf(s map[string]string) *Share {
	if s["share"] == "" {
		return nil
	}
	out := &Share{Kind: s["share"]}
	if p, err := contract.ParsePercent(s["percent"]); err == nil && out.Kind == "percent" {
		out.Percent = &p
	}
	if v, ok := s["after_deductible"]; ok {
		yes := v == "yes"
		out.AfterDeductible = &yes
	}
	return out
}

func withAnswer(facts map[string]any, a Answer) map[string]any {
	out := map[string]any{"answer.covered": a.Covered, "answer.referral": a.Referral, "answer.network": a.Network, "answer.prior_authorization": a.PriorAuthorization}
	for k, v := range facts {
		out[k] = v
	}
	return out
}

// prepare lists the steps with what each needs, and the questions for the plan.
func (a *Answer) prepare(in Input, on contract.Date, v finding.Verdict) {
	longest := 0
	for _, c := range a.Clocks {
		longest = max(longest, c.takes(in.Request))
	}
	for _, f := range v.Fired {
		switch f.Kind {
		case "step":
			s := Step{ID: f.Sets["step"], Title: f.Words["title"], Who: f.Sets["who"], Before: f.Sets["before"], Needs: slices.Clone(f.Items), Rule: f.Rule}
			if s.Needs == nil {
				s.Needs = []string{}
			}
			lead := f.Numbers["days"]
			if s.ID == "pre_authorization" || s.ID == "written_decision" {
				lead = max(lead, longest+7) // the plan's own clock, and a week to book
			}
			s.Due = due(in.DecisionBy, on, lead)
			a.Steps = append(a.Steps, s)
			a.Findings = append(a.Findings, f.Finding)
		case "need":
			a.need(f)
		case "ask", "ask_test":
			qs := &a.Questions
			if f.Kind == "ask_test" {
				qs = &a.TestQuestions
			}
			for _, text := range f.Items {
				*qs = append(*qs, Question{f.Rule, text, f.Sets["answer"] == "yes_no"})
			}
			if f.Kind == "ask" {
				a.AskPlan = append(a.AskPlan, f.Items...)
			}
		}
	}
}

// need adds what a request must hold to the step for which it is needed. Where that
// step is not on the list, nothing is.
func (a *Answer) need(f finding.Fired) {
	for i := range a.Steps {
		if s := &a.Steps[i]; s.ID == f.Sets["for"] {
			s.Needs, s.Backed = append(s.Needs, f.Items...), append(s.Backed, f.Rule)
			a.Findings = append(a.Findings, f.Finding)
		}
	}
}

// takes is how many days the plan has; for an urgent request, its hours.
func (c Clock) takes(r Request) int {
	if r.Urgent != nil && *r.Urgent && c.Hours > 0 {
		return (c.Hours + 23) / 24
	}
	return c.Days
}

// due counts back from the day of the decision; what is late is due today.
func due(decision, on contract.Date, lead int) contract.Date {
	if decision.IsZero() {
		return contract.Date{}
	}
	d := decision.AddDays(-lead)
	if !on.IsZero() && d.Before(on) {
		return on
	}
	return d
}
