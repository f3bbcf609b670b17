package actions

import (
	"context"
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/need"
)

// CheckCoverage saves what the person told of their plan and what the rules say of
// it today. What the profile knows (state, birth date, diagnosis code, the day of
// the decision) is taken from there. The dates of what must be done go to the
// case's due list.
func (h *House) CheckCoverage(ctx context.Context, who casefile.Person, c *casefile.Case, in coverage.Input, from casefile.Version) (coverage.Saved, error) {
	saved, _, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil {
		return saved, err
	}
	saved.Input, saved.Asked = in, true
	return h.saveCoverage(ctx, who, c, saved, from, "check_coverage")
}

// ChoosePlan saves which kind of plan it is, before the questions that matter for
// it are asked. in is what else is known and still fits this kind.
func (h *House) ChoosePlan(ctx context.Context, who casefile.Person, c *casefile.Case, in coverage.Input, from casefile.Version) (coverage.Saved, error) {
	saved, _, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil {
		return saved, err
	}
	if saved.Input.Plan.Kind != in.Plan.Kind {
		saved.Asked = false // another plan, other questions
	}
	saved.Input = in
	return h.saveCoverage(ctx, who, c, saved, from, "choose_plan")
}

// TickCoverage saves which steps of the to-do list are done. What is done is not
// due any more.
func (h *House) TickCoverage(ctx context.Context, who casefile.Person, c *casefile.Case, done []string, from casefile.Version) error {
	saved, version, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil {
		return err
	}
	if version == 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	saved.Done = nil
	for _, s := range saved.Answer.Steps {
		if slices.Contains(done, s.ID) {
			saved.Done = append(saved.Done, s.ID)
		}
	}
	return h.save(ctx, who, c, casefile.Change{
		Verb: "tick_coverage", Due: coverageDue(c, saved),
		Drafts: []casefile.Draft{{Ref: coverage.Ref, From: from, Body: saved}},
	})
}

func (h *House) saveCoverage(ctx context.Context, who casefile.Person, c *casefile.Case, s coverage.Saved, from casefile.Version, verb string) (coverage.Saved, error) {
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return s, err
	}
	calls, err := casefile.ReadAll[coverage.Call](c, coverage.CallKind)
	if err != nil {
		return s, err
	}
	if err := h.answerCoverage(&s, p, calls); err != nil {
		return s, err
	}
	return s, h.save(ctx, who, c, casefile.Change{
		Verb: verb, Due: coverageDue(c, s),
		Drafts: []casefile.Draft{{Ref: coverage.Ref, From: from, Body: s}},
	})
}

// answerCoverage asks the rules anew, with what the profile knows and what the plan
// said on the telephone.
func (h *House) answerCoverage(s *coverage.Saved, p casefile.Profile, calls []coverage.Call) error {
	var err error
	s.On = h.today()
	s.Input.On = contract.Date{} // the saved day is the day
	s.Input.Told = told(calls)
	if s.Input.Patient.BirthDate, err = profileDate(p.Patient.BirthDate); err != nil {
		return err
	}
	if s.Input.DecisionBy, err = profileDate(p.DecideBy); err != nil {
		return err
	}
	s.Input.Patient.State, s.Input.Condition.ICD10 = p.Patient.State, p.Diagnosis.ICD10
	if contract.Validate(s.Input.Condition) != nil {
		s.Input.Condition.ICD10 = "" // a code that is none says nothing of the plan, and must not stand in the way
	}
	if s.Answer, err = h.CoverageAnswer(*s, "en"); err != nil {
		return err
	}
	s.Done = slices.DeleteFunc(slices.Clone(s.Done), func(id string) bool {
		return !slices.ContainsFunc(s.Answer.Steps, func(st coverage.Step) bool { return st.ID == id })
	})
	return nil
}

// told is what the plan said last to the two questions of which an answer rests.
func told(calls []coverage.Call) coverage.Told {
	say := func(rule string) string {
		said, _, _ := coverage.Latest(calls, rule)
		if said.Said == coverage.SaidYes || said.Said == coverage.SaidNo {
			return string(said.Said)
		}
		return ""
	}
	return coverage.Told{Referral: say(coverage.AskReferral), PriorAuthorization: say(coverage.AskApproval)}
}

// profileDate reads a date of the profile; an empty one stays unknown.
func profileDate(s string) (contract.Date, error) {
	if s == "" {
		return contract.Date{}, nil
	}
	d, err := contract.ParseDate(s)
	if err != nil {
		return d, fault.New(fault.Damaged, "fault.damaged").Because(err)
	}
	return d, nil
}

// coverageDue lists what is due of the steps that are still to do, and names without a
// day what was due of the earlier answer.
func coverageDue(c *casefile.Case, s coverage.Saved) []casefile.Due {
	var due []casefile.Due
	had, _, _ := casefile.Read[coverage.Saved](c, coverage.Ref) // unreadable: then it had no dates either
	for _, step := range had.Answer.Steps {
		due = append(due, casefile.Due{Key: "due." + step.ID})
	}
	for _, step := range s.Answer.Steps {
		d := casefile.Due{Key: "due." + step.ID, Page: "coverage.answer"}
		if !step.Due.IsZero() && !s.Has(step.ID) {
			d.On = step.Due.String()
		}
		due = append(due, d)
	}
	return due
}

// CoverageAnswer gives the saved answer with its reasons in a language, by the rules
// of the day on which it was given.
func (h *House) CoverageAnswer(s coverage.Saved, lang string) (coverage.Answer, error) {
	on, err := contract.ParseDate(s.On)
	if err != nil {
		return coverage.Answer{}, fault.New(fault.Damaged, "fault.damaged").Because(err)
	}
	return coverage.Check(s.Input, on, lang, h.Rules)
}

// KnownForCoverage gives what the case knows already that the plan's rules ask for:
// from the answers on need, and from the shortlist. Only what is sure is said.
func KnownForCoverage(c *casefile.Case) (coverage.Input, error) {
	var in coverage.Input
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return in, err
	}
	n, _, err := casefile.Read[need.Saved](c, need.Ref)
	if err != nil {
		return in, err
	}
	list, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return in, err
	}
	yes := true
	if cancerCode(p.Diagnosis.ICD10) {
		in.Condition.Cancer = &yes
	}
	if isYes(n.Input.Diagnosis.Threatening) || isYes(n.Input.Diagnosis.Impairing) {
		in.Condition.Serious = &yes
	}
	switch n.Input.Diagnosis.Certainty {
	case "unclear", "disputed", "conflicting_tests", "none_found":
		in.Condition.Unclear = &yes
	}
	switch n.Input.Treatment.Response {
	case "none", "worse":
		in.Treatment.NoHelp = &yes
	}
	in.Treatment.Kind = n.Input.Treatment.Kind
	in.Plan.Requires, in.Opinions.Differ = n.Input.Plan.Requires, n.Input.OpinionsDiffer
	if x, ok := list.Find(list.Chosen); ok {
		in.Expert.Network = map[expert.Reply]string{expert.Yes: "in", expert.No: "out"}[x.Criteria.Plan]
	}
	return in, nil
}

func isYes(b *bool) bool { return b != nil && *b }

// cancerCode tells whether an ICD-10-CM code stands for cancer for certain: C00-C96,
// or in one place only, D00-D09.
func cancerCode(icd10 string) bool {
	code := strings.ToUpper(icd10)
	return len(code) >= 3 && (code[0] == 'C' && code[:3] <= "C96" || code[:2] == "D0")
}
