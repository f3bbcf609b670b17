package opinion

import (
	"sort"
	"strconv"
	"strings"

	"consilium/internal/finding"
)

func itoa(n int) string { return strconv.Itoa(n) }

// real tells whether a pair differs in what is wrong or in what to do about it.
func real(p Pair) bool { return p.Diagnosis == different || p.Management == different }

// row is a rule that bears on a third opinion; its numbers are those of the rules'
// topic on coverage.
type row struct{ id, effect, citation string }

var rows = map[string]row{
	"MED-02":   {"MED-02", "third opinion covered: 20% after the Part B deductible", "Medicare Benefit Policy Manual ch. 15 s. 30.C"},
	"MED-03":   {"MED-03", "third opinion payable only if reasonable and necessary", "Medicare Benefit Policy Manual ch. 15 s. 30.C"},
	"MA-01":    {"MA-01", "right to a second opinion; the plan may ask for a referral or a network doctor", "Medicare.gov pub. 02173"},
	"STA-NJ-1": {"STA-NJ-1", "third opinion covered if the second does not confirm, where the contract has the benefit", "N.J.S.A. 17:48A-6.4; 17B:26-2.5"},
	"WC-02":    {"WC-02", "second and third opinions inside the medical provider network", "Cal. Labor Code 4616.3"},
	"TRG-17":   {"TRG-17", "a third opinion may help to decide", "S3 patient-advocate guide; Medicare Benefit Policy Manual ch. 15 s. 30.C"},
}

// fact makes the finding of a row, with its reason in the language.
func fact(id, lang string) finding.Finding {
	r := rows[id]
	f := finding.Finding{Rule: r.id, Version: 1, Effect: r.effect, Reason: say(lang, "rule."+id), Citation: r.citation, Confidence: finding.Verified}
	if id == "WC-02" {
		f.Confidence = finding.Unverified
	}
	return f
}

// third says whether a third opinion could help and whether the plan pays for it.
func third(in Input, pairs []Pair, lang string) (ThirdOpinion, []finding.Finding) {
	apart := false
	for _, p := range pairs {
		apart = apart || real(p)
	}
	t := ThirdOpinion{Covered: "unknown"}
	findings := []finding.Finding{}
	if len(in.Opinions) > 2 {
		return t, findings // there is a third one already
	}
	if !apart {
		if in.PlanKind == "medicare_original" && pairs[0].Diagnosis == same && pairs[0].Management == same {
			t.Rule = "MED-03"
			findings = append(findings, fact("MED-03", lang))
		}
		return t, findings
	}
	t.Suggested = true
	findings = append(findings, fact("TRG-17", lang))
	switch {
	case in.PlanKind == "medicare_original":
		t.Covered, t.Rule = "yes", "MED-02"
	case strings.HasPrefix(in.PlanKind, "medicare_advantage"):
		t.Rule = "MA-01"
	case in.PlanKind == "none":
		t.Covered = "no"
	case in.PlanKind == "workers_comp" && in.PlanState == "CA":
		t.Rule = "WC-02"
	case in.PlanFunding == "insured" && in.PlanState == "NJ" && anySurgery(in.Opinions):
		t.Rule = "STA-NJ-1"
	}
	if t.Rule != "" {
		findings = append(findings, fact(t.Rule, lang))
	}
	return t, findings
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
