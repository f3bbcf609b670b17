package actions

import (
	"context"

	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
)

// SettleDenial writes down how a denial ended: won, partly, dropped; "" opens it
// again. What has ended is not due any more. A plan that refused again sent a letter
// of its own: that is a denial after this one, and EnterDenial keeps it.
func (h *House) SettleDenial(ctx context.Context, who casefile.Person, c *casefile.Case, id, how string, from casefile.Version) error {
	d, err := DenialOf(c, id)
	if err != nil {
		return err
	}
	d.Settled = how
	for _, f := range fault.All(d.Check(h.today())) {
		if f.Field == "settled" {
			return f.On("reply")
		}
	}
	return h.save(ctx, who, c, casefile.Change{
		Verb: "settle_denial", Note: id, Due: appealDue(d, contract.DateOf(h.Now())),
		Drafts: []casefile.Draft{{Ref: appeal.Ref(id), From: from, Body: d}},
	})
}
