package actions

import (
	"context"
	"slices"

	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
)

// TickMoves saves which of the first moves are done. What is done is not due any
// more.
func (h *House) TickMoves(ctx context.Context, who casefile.Person, c *casefile.Case, id string, done []string, from casefile.Version) error {
	d, err := DenialOf(c, id)
	if err != nil {
		return err
	}
	d.Done = nil
	for _, m := range d.Answer.FirstMoves {
		if slices.Contains(done, m.ID) {
			d.Done = append(d.Done, m.ID)
		}
	}
	for _, b := range d.Answer.Beside {
		if slices.Contains(done, b.ID) && !d.Has(b.ID) {
			d.Done = append(d.Done, b.ID)
		}
	}
	return h.save(ctx, who, c, casefile.Change{
		Verb: "tick_moves", Note: id, Due: appealDue(d, contract.DateOf(h.Now())),
		Drafts: []casefile.Draft{{Ref: appeal.Ref(id), From: from, Body: d}},
	})
}

// DenialOf gives one denial of the case; NotFound when there is none of that id.
func DenialOf(c *casefile.Case, id string) (appeal.Denial, error) {
	d, version, err := casefile.Read[appeal.Denial](c, appeal.Ref(id))
	if err == nil && version == 0 {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return d, err
}
