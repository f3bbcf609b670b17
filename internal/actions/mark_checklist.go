package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/records"
)

// MarkChecklist keeps what the person says of the items of their list that no file shows: they
// have it on paper, they asked for it, it does not concern them.
func (h *House) MarkChecklist(ctx context.Context, who casefile.Person, c *casefile.Case, m records.Marks, from casefile.Version) error {
	if err := m.Check(); err != nil {
		return err
	}
	return h.save(ctx, who, c, casefile.Change{
		Verb: "mark_checklist", Drafts: []casefile.Draft{{Ref: records.MarksRef, From: from, Body: m}},
	})
}
