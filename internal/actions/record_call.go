package actions

import (
	"context"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/coverage"
)

// RecordCall keeps what the plan said on the telephone, and gives the call's id. An
// earlier call is never overwritten: the same call sent twice is kept once, and
// another under the same id gets an id of its own.
func (h *House) RecordCall(ctx context.Context, who casefile.Person, c *casefile.Case, call coverage.Call) (string, error) {
	call.Person, call.Reference, call.Notes = strings.TrimSpace(call.Person), strings.TrimSpace(call.Reference), strings.TrimSpace(call.Notes)
	if err := call.Check(h.today()); err != nil {
		return "", err
	}
	had, version, err := casefile.Read[coverage.Call](c, coverage.CallRef(call.ID))
	if err != nil {
		return "", err
	}
	if version > 0 && had.Same(call) {
		return call.ID, nil
	}
	if version > 0 || call.ID == "" {
		call.ID = h.NewID()
	}
	return call.ID, h.save(ctx, who, c, casefile.Change{
		Verb: "record_call", Drafts: []casefile.Draft{{Ref: coverage.CallRef(call.ID), Body: call}},
	})
}
