package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/questions"
)

// PlanVisit saves when the visit is, and of the list what is packed and who comes
// along. The date becomes a due date of the case. from is the list's version.
func (h *House) PlanVisit(ctx context.Context, who casefile.Person, c *casefile.Case, v questions.Visit, l questions.List, from casefile.Version) error {
	fs := append(fault.All(v.Check(h.today())), fault.All(l.Check())...)
	if err := fs.OrNil(); err != nil {
		return err
	}
	return h.save(ctx, who, c, casefile.Change{
		Verb: "plan_visit", Due: []casefile.Due{{Key: "due.visit", On: v.Date, Page: "prepare"}},
		Drafts: []casefile.Draft{{Ref: questions.Ref, From: from, Body: l}, {Ref: questions.VisitRef, From: c.Version(questions.VisitRef), Body: v}},
	})
}
