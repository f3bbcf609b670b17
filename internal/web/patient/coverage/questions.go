package coverage

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/need"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// question is one thing to ask about the plan, the treatment or the second doctor.
// Its path in the input is also the name of its field and the end of its words.
type question struct {
	path  string
	part  string // the heading under which it stands: plan, care, doctor
	kind  string // yes_no, choice, select, number, count, state
	of    []string
	plans []string // the kinds of plan for which the answer matters
	// only tells whether it matters after what is known, for what is asked on the
	// second page; nil for the first.
	only func(coverage.Input) bool
}

var (
	private   = []string{"hmo", "ppo", "epo", "pos"}
	advantage = []string{"medicare_advantage_hmo", "medicare_advantage_ppo", "medicare_advantage_other"}
	original  = []string{"medicare_original"}
	network   = slices.Concat(private, advantage, []string{"medicaid_managed", "chip_managed", "tricare_prime", "tricare_select", "fehb", "workers_comp"})
	medicare  = slices.Concat(original, advantage)
	unsure    = []string{""} // nobody knows which kind it is
	insured   = slices.Concat(network, original, unsure, []string{"medicaid_ffs", "tricare_for_life", "va", "short_term"})
)

// questions are in the order in which they are asked.
var questions = []question{
	{path: "plan.funding", part: "plan", kind: "choice", of: []string{"insured", "self_funded"}, plans: slices.Concat(private, unsure)},
	{path: "plan.situs_state", part: "plan", kind: "state", plans: private},
	{path: "plan.hdhp", part: "plan", kind: "yes_no", plans: slices.Concat(private, unsure, []string{"fehb"})},
	{path: "plan.workers_comp_state", part: "plan", kind: "state", plans: []string{"workers_comp"}},
	{path: "plan.pcm_refused", part: "plan", kind: "yes_no", plans: []string{"tricare_prime", "tricare_select"}},
	{path: "plan.qmb", part: "plan", kind: "yes_no", plans: medicare},
	{path: "plan.medigap", part: "plan", kind: "select", of: []string{"A", "B", "C", "D", "F", "F_high", "G", "G_high", "K", "L", "M", "N"}, plans: slices.Concat(original, advantage)},
	{path: "plan.requires_second_opinion", part: "plan", kind: "yes_no", plans: insured},
	{path: "condition.cancer", part: "care", kind: "yes_no", plans: private},
	{path: "condition.serious", part: "care", kind: "yes_no", plans: private},
	{path: "treatment.kind", part: "care", kind: "choice", of: treatments(), plans: slices.Concat(private, original)},
	{path: "treatment.imminent_threat", part: "care", kind: "yes_no", plans: private},
	{path: "treatment.cosmetic", part: "care", kind: "yes_no", plans: original},
	{path: "patient.inpatient", part: "care", kind: "yes_no", plans: original},
	{path: "va.care", part: "care", kind: "choice", of: []string{"primary", "mental_health", "specialty"}, plans: []string{"va"}},
	{path: "va.drive_minutes", part: "care", kind: "count", plans: []string{"va"}},
	{path: "va.wait_days", part: "care", kind: "count", plans: []string{"va"}},
	{path: "opinions.so_far", part: "care", kind: "number", of: []string{"0", "1", "2", "3"}, plans: original},
	{path: "opinions.differ", part: "care", kind: "yes_no", plans: original},
	{path: "expert.network", part: "doctor", kind: "choice", of: []string{"in", "out"}, plans: network},
	{path: "expert.qualified_in_network", part: "doctor", kind: "yes_no", plans: network},
	{path: "expert.medicare", part: "doctor", kind: "choice", of: []string{"participating", "non_participating", "opted_out"}, plans: slices.Concat(original, []string{"tricare_for_life"})},
	{path: "expert.format", part: "doctor", kind: "choice", of: []string{"in_person", "telehealth", "record_review"}, plans: insured},

	{path: "plan.marketplace", part: "plan", kind: "choice", of: []string{"none", "federal", "state"}, plans: private, only: funded("insured")},
	{path: "plan.metal", part: "plan", kind: "select", of: []string{"catastrophic", "bronze", "silver", "gold", "platinum"}, plans: private, only: funded("insured")},
	{path: "plan.church_or_government", part: "plan", kind: "yes_no", plans: private, only: funded("self_funded")},
	{path: "opinions.first_by", part: "care", kind: "choice", of: []string{"pcp", "specialist"}, plans: private, only: insuredIn("CA")},
	{path: "condition.unclear", part: "care", kind: "yes_no", plans: private, only: wantsGround},
	{path: "treatment.not_helping", part: "care", kind: "yes_no", plans: private, only: wantsGround},
	{path: "opinions.serious_concerns", part: "care", kind: "yes_no", plans: private, only: wantsGround},
	{path: "treatment.cosmetic", part: "care", kind: "yes_no", plans: private, only: insuredIn("RI")},
	{path: "expert.directory_said_in", part: "doctor", kind: "yes_no", plans: private, only: func(in coverage.Input) bool { return in.Expert.Network == "out" }},
}

func funded(how string) func(coverage.Input) bool {
	return func(in coverage.Input) bool { return in.Plan.Funding == how }
}

func insuredIn(state string) func(coverage.Input) bool {
	return func(in coverage.Input) bool { return in.Plan.Funding == "insured" && in.Plan.SitusState == state }
}

// wantsGround tells whether the law of California needs a ground that was not told yet.
func wantsGround(in coverage.Input) bool {
	yes := func(b *bool) bool { return b != nil && *b }
	return insuredIn("CA")(in) && !yes(in.Condition.Cancer) && !yes(in.Condition.Serious)
}

// asked are the questions of the first page, which matter for a kind of plan.
func asked(kind string) []question {
	var qs []question
	for _, q := range questions {
		if q.only == nil && slices.Contains(q.plans, kind) {
			qs = append(qs, q)
		}
	}
	return qs
}

// followUps are the questions of the second page, which matter only after what was
// answered on the first.
func followUps(in coverage.Input) []question {
	var qs []question
	for _, q := range questions {
		if q.only != nil && slices.Contains(q.plans, in.Plan.Kind) && q.only(in) {
			qs = append(qs, q)
		}
	}
	return qs
}

// all are the questions of both pages.
func all(in coverage.Input) []question { return append(asked(in.Plan.Kind), followUps(in)...) }

// fits tells whether anything that is asked of a kind of plan has this path.
func fits(path, kind string) bool {
	return slices.ContainsFunc(questions, func(q question) bool { return q.path == path && slices.Contains(q.plans, kind) })
}

// treatments are the answers to what is to be done next; the need step asks it in
// the same words.
func treatments() []string {
	var of []string
	for _, c := range treatmentQuestion().Choices {
		of = append(of, c.Value)
	}
	return of
}

func treatmentQuestion() need.Question {
	for _, q := range need.Questions() {
		if q.Field == "treatment.kind" {
			return q
		}
	}
	return need.Question{}
}

// options are the answers to choose from, "I don't know" last where all are shown
// at once.
func (q question) options(say text.Speaker) []ui.Option {
	var os []ui.Option
	add := func(value, label string) { os = append(os, ui.Option{Value: value, Label: label}) }
	switch {
	case q.kind == "yes_no":
		add("yes", say.T("yes"))
		add("no", say.T("no"))
	case q.kind == "state":
		for _, s := range casefile.States {
			add(s, say.T("us."+s))
		}
	case q.path == "plan.medigap":
		for _, x := range q.of {
			letter, high := strings.CutSuffix(x, "_high")
			if high {
				add(x, say.T("coverage.medigap_high", "letter", letter))
			} else {
				add(x, say.T("coverage.medigap_letter", "letter", letter))
			}
		}
	case q.path == "treatment.kind":
		for _, c := range treatmentQuestion().Choices {
			add(c.Value, c.Words.In(say.Lang()))
		}
	default:
		for _, x := range q.of {
			add(x, say.T("coverage.choice."+q.path+"."+x))
		}
	}
	if q.kind != "state" && q.kind != "select" {
		add("unknown", say.T("unknown"))
	}
	return os
}

// parse gives what was answered as the input holds it; nil where nobody knows. Any
// other answer than those offered is not ok: it must never count as a no.
func (q question) parse(answer string) (value any, ok bool) {
	answer = strings.TrimSpace(answer)
	switch {
	case answer == "" || answer == "unknown":
		return nil, true
	case q.kind == "yes_no":
		return answer == "yes", answer == "yes" || answer == "no"
	case q.kind == "state":
		return answer, casefile.IsState(answer)
	case q.kind == "number":
		n, err := strconv.Atoi(answer)
		return n, err == nil && slices.Contains(q.of, answer)
	case q.kind == "count":
		n, err := strconv.Atoi(answer)
		return n, err == nil && n >= 0 && n <= 1000
	}
	return answer, slices.Contains(q.of, answer)
}

// typed gives a value of the input as the form holds it.
func (q question) typed(value any) string {
	switch x := value.(type) {
	case bool:
		return map[bool]string{true: "yes", false: "no"}[x]
	case float64:
		if q.kind == "count" {
			return strconv.Itoa(int(x))
		}
		return strconv.Itoa(min(int(x), len(q.of)-1)) // "three or more" stands last
	case string:
		return x
	}
	return ""
}

// tree gives an input as the JSON in which every question's field is a path.
func tree(in coverage.Input) (map[string]any, error) {
	b, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	return out, json.Unmarshal(b, &out)
}

// grown makes an input of such JSON again, strictly.
func grown(raw map[string]any) (coverage.Input, error) {
	var in coverage.Input
	b, err := json.Marshal(raw)
	if err != nil {
		return in, err
	}
	return in, contract.Decode(strings.NewReader(string(b)), &in)
}
