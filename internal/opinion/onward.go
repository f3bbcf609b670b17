package opinion

import (
	"sort"
	"strconv"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

func itoa(n int) string { return strconv.Itoa(n) }

// real tells whether a pair differs in what is wrong or in what to do about it.
func real(p Pair) bool { return p.Diagnosis == different || p.Management == different }

// Book is the power this room needs of the rules.
type Book interface {
	Judge(topic string, facts map[string]any, on contract.Date, lang string) finding.Verdict
}

// third says whether a third opinion could help and whether the plan pays for it. The
// rules answer both: those of need whether opinions that differ call for one more, and
// those of coverage what a plan does about it.
func third(in Input, pairs []Pair, lang string, book Book) (ThirdOpinion, []finding.Finding) {
	t := ThirdOpinion{Covered: "unknown"}
	findings := []finding.Finding{}
	if len(in.Opinions) > 2 {
		return t, findings // there is a third one already
	}
	p := pairs[0]
	apart, agreed := real(p), p.Diagnosis == same && p.Management == same
	if !apart && !agreed {
		return t, findings // whether they differ is not settled: asking both comes first
	}
	on, _ := contract.ParseDate(in.On) // Validate has read it; no date is every date
	if apart {
		for _, f := range book.Judge("need", map[string]any{"opinions_differ": true}, on, lang).Fired {
			if f.Kind == "trigger" {
				t.Suggested = t.Suggested || f.Decides
				findings = append(findings, f.Finding)
			}
		}
		if in.PlanKind == "none" {
			t.Covered = "no" // there is nobody who could pay
		}
	}
	for _, f := range book.Judge("coverage", planFacts(in, apart), on, lang).Fired {
		says := f.Sets["third"]
		if says == "" || says == "ask" && !apart {
			continue // nobody is sent to ask for an opinion that nothing calls for
		}
		// An unverified rule never decides, and keeps the sentence that names who can confirm it.
		if f.Decides && says == "yes" {
			t.Covered = "yes"
		}
		if words := f.Words["third"]; f.Decides && words != "" {
			f.Reason = words
		}
		if t.Rule == "" {
			t.Rule = f.Rule
		}
		findings = append(findings, f.Finding)
	}
	return t, findings
}

// planFacts is what the coverage rules may be told of two opinions and the plan.
func planFacts(in Input, differ bool) map[string]any {
	facts := map[string]any{"opinions.so_far": len(in.Opinions), "opinions.differ": differ}
	if in.PlanKind != "" {
		facts["plan.kind"] = in.PlanKind
	}
	if in.PlanFunding != "" && in.PlanFunding != "unknown" {
		facts["plan.funding"] = in.PlanFunding
	}
	if in.PlanState != "" {
		facts["plan.situs_state"] = in.PlanState
		if in.PlanKind == "workers_comp" { // its law is that of the person's own state
			facts["patient.state"] = in.PlanState
		}
	}
	if anySurgery(in.Opinions) { // one that leaves time to ask two doctors is one that can wait
		facts["treatment.kind"] = "elective_surgery"
	}
	return facts
}

func anySurgery(list []Stated) bool {
	for _, o := range list {
		for _, t := range o.Options {
			if kindOf(t) == "surgery" {
				return true
			}
		}
	}
	return false
}

// unanswered lists the questions that an opinion leaves open. The questions are those
// that the input lists and those that any opinion names; an opinion that lists no
// answers at all is unknown, and is left out unless a question says that it was asked.
func unanswered(in Input) []Unanswered {
	asked := map[string][]string{}
	var ids []string
	add := func(id string) {
		if _, ok := asked[id]; !ok {
			asked[id] = nil
			ids = append(ids, id)
		}
	}
	for _, q := range in.Questions {
		add(q.ID)
		asked[q.ID] = append(asked[q.ID], q.Of...)
	}
	for _, o := range in.Opinions {
		for _, g := range o.Answers {
			add(g.Question)
		}
	}
	sort.Strings(ids)
	out := []Unanswered{}
	for _, o := range in.Opinions {
		for _, id := range ids {
			if to := asked[id]; len(to) > 0 && !holds(to, o.ID) || len(to) == 0 && o.Answers == nil {
				continue
			}
			switch outcome(o.Answers, id) {
			case "not":
				out = append(out, Unanswered{Opinion: o.ID, Question: id})
			case "partly":
				out = append(out, Unanswered{Opinion: o.ID, Question: id, Partly: true})
			}
		}
	}
	return out
}

// outcome gives the best that an opinion says to a question: answered, partly or not.
func outcome(list []Given, id string) string {
	best := "not"
	for _, g := range list {
		if g.Question != id {
			continue
		}
		o := g.Outcome
		if o == "" && strings.TrimSpace(g.Text) != "" {
			o = "answered"
		}
		if o == "answered" || o == "partly" && best == "not" {
			best = o
		}
	}
	return best
}

func holds(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// nextSteps lists what can be done now, the most pressing first. None is an order.
func nextSteps(in Input, out Answer, sides bool, lang string) []NextStep {
	steps := []NextStep{}
	add := func(step, key string, kv ...string) {
		steps = append(steps, NextStep{Step: step, Text: say(lang, key, kv...)})
	}
	apart, doubt, records, nothing := false, false, false, true
	for _, p := range out.Pairs {
		apart = apart || real(p)
		doubt = doubt || p.Diagnosis == cannotSay || p.Management == cannotSay
		nothing = nothing && len(p.Differ) == 0
		for _, d := range p.Differ {
			records = records || d.About == "records"
		}
	}
	if sides {
		add("check_side", "step.check_side")
	}
	if records {
		add("send_records", "step.send_records")
	}
	if apart || !nothing {
		add("talk", "step.talk")
	}
	if apart {
		add("team_meeting", "step.team_meeting")
	}
	if out.ThirdOpinion.Suggested {
		add("third_opinion", "step.third_opinion."+out.ThirdOpinion.Covered)
		if d, ok := soonest(in.Opinions); ok && d <= 14 {
			add("ask_again", "step.time", "n", itoa(d))
		}
	}
	if len(out.Unanswered) > 0 {
		add("ask_again", "step.unanswered", "n", itoa(len(out.Unanswered)))
	}
	if doubt {
		add("ask_again", "step.doubt")
	}
	if v, ok := heaviestValue(in.Values); ok && !nothing {
		add("weigh_values", "step.values", "value", v)
	}
	if !apart && !doubt {
		add("keep_plan", "step.keep_plan")
	}
	return steps
}

func soonest(list []Stated) (int, bool) {
	best, ok := 0, false
	for _, o := range list {
		if o.UrgencyDays != nil && (!ok || *o.UrgencyDays < best) {
			best, ok = *o.UrgencyDays, true
		}
	}
	return best, ok
}

func heaviestValue(values []Value) (string, bool) {
	best := -1
	for i, v := range values {
		if best < 0 || v.Weight > values[best].Weight {
			best = i
		}
	}
	if best < 0 {
		return "", false
	}
	return values[best].What, true
}
