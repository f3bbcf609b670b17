package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/consent"
)

// DescribePatient saves who is ill, who said what, and by when they want to
// decide. from is the version that the form was filled from. What says nothing new
// is not saved again: the steps that rest on it need no second look.
func (h *House) DescribePatient(ctx context.Context, who casefile.Person, c *casefile.Case, p casefile.Profile, from casefile.Version) error {
	if err := p.Check(h.today()); err != nil {
		return err
	}
	saved, version, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return err
	}
	if version > 0 && saved == p && c.State == casefile.Open {
		return h.may(ctx, who, c, consent.Write)
	}
	change := casefile.Change{Verb: "describe_patient", Drafts: []casefile.Draft{{Ref: casefile.ProfileRef, From: from, Body: p}}}
	change.Due = []casefile.Due{{Key: "due.decision", On: p.DecideBy, Page: "decide"}}
	return h.save(ctx, who, c, change)
}
