package actions

import (
	"context"

	"consilium/internal/casefile"
)

// DescribePatient saves who is ill, who said what, and by when they want to
// decide. from is the version that the form was filled from.
func (h *House) DescribePatient(ctx context.Context, who casefile.Person, c *casefile.Case, p casefile.Profile, from casefile.Version) error {
	if err := p.Check(h.today()); err != nil {
		return err
	}
	change := casefile.Change{Verb: "describe_patient", Drafts: []casefile.Draft{{Ref: casefile.ProfileRef, From: from, Body: p}}}
	change.Due = withDue(c, "due.decision", p.DecideBy)
	return h.save(ctx, who, c, change)
}
