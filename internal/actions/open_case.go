package actions

import (
	"context"
	"io"

	"consilium/internal/casefile"
	"consilium/internal/consent"
)

// OpenCase makes an empty case that belongs to the person, and gives its id.
func (h *House) OpenCase(ctx context.Context, who casefile.Person) (casefile.ID, error) {
	id := casefile.ID(h.NewID())
	now := h.Now()
	return id, h.Cases.Create(ctx, casefile.Change{
		Case: id, By: who, At: now, Verb: "open_case", State: casefile.Open,
		Grants: []consent.Grant{{ID: h.NewID(), Person: string(who), Role: consent.Patient, From: now, Wording: "owner.v1"}},
	})
}

// Mine lists the cases that the person may open, the one changed last first.
func (h *House) Mine(ctx context.Context, who casefile.Person) ([]Summary, error) {
	return h.Cases.Of(ctx, who, h.Now())
}

// TakeLog writes the case's log for a person who may take things out of the case.
func (h *House) TakeLog(ctx context.Context, who casefile.Person, c *casefile.Case, w io.Writer) error {
	if err := h.may(ctx, who, c, consent.Export); err != nil {
		return err
	}
	if err := h.Cases.Note(ctx, casefile.Change{Case: c.ID, By: who, At: h.Now(), Verb: "take_log"}); err != nil {
		return err
	}
	return h.Cases.Log(ctx, c.ID, w)
}
