package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// RevokeShare takes a link back. What lay behind it is taken away; who opened it stays.
func (h *House) RevokeShare(ctx context.Context, who casefile.Person, c *casefile.Case, id string) error {
	if err := h.may(ctx, who, c, consent.Write); err != nil {
		return err
	}
	for try := 1; ; try++ {
		s, version, err := casefile.Read[records.Share](c, records.ShareRef(id))
		switch {
		case err != nil:
			return err
		case version == 0:
			return fault.New(fault.NotFound, "fault.not_found")
		case !s.Revoked.IsZero():
			return nil
		}
		parts := sharedParts(s)
		// Also in a case that is closed: what was given out can always be taken back.
		err = h.Cases.Apply(ctx, casefile.Change{
			Case: c.ID, By: who, At: h.Now(), Verb: "revoke_share", Note: id,
			Drafts: []casefile.Draft{{Ref: records.ShareRef(id), From: version, Body: s.Revoke(h.Now())}},
		})
		if err == nil {
			_ = h.Vault.Remove(context.WithoutCancel(ctx), parts)
			return nil
		}
		// Somebody opened it at this very moment.
		if !fault.Is(err, fault.Conflict) || try == mostKnocks {
			return err
		}
		if c, err = h.Cases.Case(ctx, c.ID); err != nil {
			return err
		}
	}
}
