package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/questions"
)

// PlanVisit saves when the visit is, who comes along and what for, and what is
// packed. The date becomes a due date of the case.
func (h *House) PlanVisit(ctx context.Context, who casefile.Person, c *casefile.Case, v questions.Visit, from casefile.Version) error {
	if err := v.Check(h.today()); err != nil {
		return err
	}
	return h.save(ctx, who, c, casefile.Change{
		Verb: "plan_visit", Due: withDue(c, "due.visit", v.Date),
		Drafts: []casefile.Draft{{Ref: questions.VisitRef, From: from, Body: v}},
	})
}
