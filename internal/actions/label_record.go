package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// LabelRecord keeps what the person says that a received file is.
func (h *House) LabelRecord(ctx context.Context, who casefile.Person, c *casefile.Case, sha256 string, l records.Label, from casefile.Version) error {
	if err := l.Check(h.today()); err != nil {
		return err
	}
	if !c.Has(records.Ref(sha256)) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return h.save(ctx, who, c, casefile.Change{
		Verb: "label_record", Note: sha256,
		Drafts: []casefile.Draft{{Ref: records.LabelRef(sha256), From: from, Body: l}},
	})
}
