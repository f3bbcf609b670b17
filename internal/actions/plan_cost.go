package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/expert"
	"consilium/internal/fault"
)

// PlanCost saves what the person told of the plan's year and of each doctor, and
// what the rules make of it today. What the coverage step knows (the kind of plan,
// Medigap, whether a doctor's visit is paid) is taken from there.
func (h *House) PlanCost(ctx context.Context, who casefile.Person, c *casefile.Case, s coverage.CostSaved, from casefile.Version) error {
	if err := s.Check(); err != nil {
		return err
	}
	known, _, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil {
		return err
	}
	list, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return err
	}
	on, err := contract.ParseDate(h.today())
	if err != nil {
		return err
	}
	s.On = on.String()
	fromCoverage(&s, known)
	for i := range s.Visits {
		v := &s.Visits[i]
		if x, ok := list.Find(v.Doctor); ok {
			v.Name = x.Doctor.Name
		} else if v.Doctor != "" {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if v.Covered, err = h.coveredBy(known, *v, on); err != nil {
			return err
		}
	}
	answers, err := h.CostAnswers(s, "en")
	if err != nil {
		return err
	}
	for i := range s.Visits {
		s.Visits[i].Answer = answers[i]
	}
	return h.save(ctx, who, c, casefile.Change{Verb: "plan_cost", Drafts: []casefile.Draft{{Ref: coverage.CostRef, From: from, Body: s}}})
}

// fromCoverage takes over what the person said of the plan in the coverage step.
func fromCoverage(s *coverage.CostSaved, known coverage.Saved) {
	p := known.Input.Plan
	s.Plan.PlanKind, s.Plan.HDHP, s.Plan.Grandfathered = p.Kind, p.HDHP, p.Grandfathered
	if p.Kind != "medicare_original" {
		s.Plan.Medicare = nil
		return
	}
	m := coverage.CostMedicare{}
	if s.Plan.Medicare != nil {
		m = *s.Plan.Medicare
	}
	m.QMB = p.QMB
	if p.Medigap != "" {
		m.Medigap = p.Medigap
	}
	if m.Medigap != "K" && m.Medigap != "L" {
		m.OwnLimitLeft = nil
	}
	if m.Medigap != "F_high" && m.Medigap != "G_high" {
		m.OwnDeductibleLeft = nil
	}
	s.Plan.Medicare = &m
}

// coveredBy asks the coverage rules about one doctor: nil where they cannot tell,
// or say only "if you follow the rules".
func (h *House) coveredBy(known coverage.Saved, v coverage.CostVisit, on contract.Date) (*bool, error) {
	in := known.Input
	in.On = contract.Date{}
	if in.Plan.Kind == "none" {
		no := false
		return &no, nil
	}
	in.Expert.Network = map[string]string{"in": "in", "out": "out"}[v.Network]
	in.Expert.Medicare, in.Expert.Format = v.Assignment, v.Format
	a, err := coverage.Check(in, on, "en", h.Rules)
	if err != nil {
		return nil, err
	}
	yes := a.Covered == "yes"
	if a.Covered == "yes" || a.Covered == "no" {
		return &yes, nil
	}
	return nil, nil
}

// CostAnswers reckons every saved visit in a language, by the rules of the day on
// which it was saved.
func (h *House) CostAnswers(s coverage.CostSaved, lang string) ([]coverage.CostAnswer, error) {
	on, err := contract.ParseDate(s.On)
	if err != nil {
		return nil, fault.New(fault.Damaged, "fault.damaged").Because(err)
	}
	r := coverage.NewReckoner(on, lang, h.Rules)
	var out []coverage.CostAnswer
	for _, v := range s.Visits {
		a, err := r.Cost(s.Input(v))
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// CostFigures gives the amounts that law and agencies set for a year.
func (h *House) CostFigures(year int, lang string) coverage.Figures {
	return coverage.FiguresOf(year, lang, h.Rules)
}

// CostYears lists the years whose figures are kept.
func (h *House) CostYears() []int { return coverage.FigureYears(h.Rules) }

// CostCodes explains the numbers that may stand on a bill.
func (h *House) CostCodes(lang string) ([]coverage.Code, error) {
	on, err := contract.ParseDate(h.today())
	if err != nil {
		return nil, err
	}
	return coverage.Codes(on, lang, h.Rules), nil
}
