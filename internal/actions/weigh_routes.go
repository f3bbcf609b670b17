package actions

import (
	"context"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/need"
)

// WeighRoutes saves what only the person can say about other ways to an opinion:
// whether their doctor takes part, and what a programme asks before it takes them.
func (h *House) WeighRoutes(ctx context.Context, who casefile.Person, c *casefile.Case, a expert.RouteAnswers, from casefile.Version) error {
	if err := a.Check(); err != nil {
		return err
	}
	return h.save(ctx, who, c, casefile.Change{Verb: "weigh_routes", Drafts: []casefile.Draft{{Ref: expert.RoutesRef, From: from, Body: a}}})
}

// Situation gathers what the case knows that bears on other ways to an opinion. What
// nobody said stays unknown.
func (h *House) Situation(c *casefile.Case) (expert.Situation, error) {
	var s expert.Situation
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return s, err
	}
	n, _, err := casefile.Read[need.Saved](c, need.Ref)
	if err != nil {
		return s, err
	}
	plan, version, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil {
		return s, err
	}
	if s.Answers, _, err = casefile.Read[expert.RouteAnswers](c, expert.RoutesRef); err != nil {
		return s, err
	}
	asked, _, err := casefile.Read[letters.Sent](c, letters.Ref(ForReferral))
	if err != nil {
		return s, err
	}
	s.Refused = asked.Refused
	s.State, s.ICD10, s.Diagnosis = p.Patient.State, p.Diagnosis.ICD10, p.Diagnosis.Text
	if s.Age, err = h.age(p.Patient.BirthDate); err != nil {
		return s, err
	}
	if strings.TrimSpace(p.FirstDoctor.Name+p.FirstDoctor.NPI+p.FirstDoctor.Practice) != "" {
		yes := true
		s.Treating = &yes // nobody writes down a doctor whom they do not have
	}
	s.Rare = n.Input.Diagnosis.Rare
	if k := n.Input.Treatment.Kind; k != "" {
		surgery := k == "major_surgery" || k == "elective_surgery"
		s.Surgery = &surgery
	}
	if version > 0 {
		s.Plan, s.Referral, s.Network = plan.Input.Plan.Kind, plan.Answer.Referral, plan.Answer.Network
	}
	return s, nil
}

// age gives the whole years on today's date; nil where no birth date is known.
func (h *House) age(born string) (*int, error) {
	if born == "" {
		return nil, nil
	}
	day, err := contract.ParseDate(born)
	if err != nil {
		return nil, fault.New(fault.Damaged, "fault.damaged").Because(err)
	}
	today, err := contract.ParseDate(h.today())
	if err != nil {
		return nil, err
	}
	years := day.AgeOn(today)
	return &years, nil
}
