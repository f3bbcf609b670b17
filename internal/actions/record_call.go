package actions

import (
	"context"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/coverage"
)

// RecordCall keeps what the plan said on the telephone, and gives the call's id. An
// earlier call is never overwritten: the same call sent twice is kept once, and
// another under the same id gets an id of its own. What the plan said of a referral
// and of its approval counts at once: the answer on the plan and its due dates are
// made anew.
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
	call.N = len(c.Named(coverage.CallKind)) + 1
	change := casefile.Change{Verb: "record_call", Drafts: []casefile.Draft{{Ref: coverage.CallRef(call.ID), Body: call}}}
	if err := h.heed(c, call, &change); err != nil {
		return "", err
	}
	return call.ID, h.save(ctx, who, c, change)
}

// heed adds the answer on the plan to the change that keeps a call, when the call
// says something new of it.
func (h *House) heed(c *casefile.Case, call coverage.Call, change *casefile.Change) error {
	saved, version, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil || version == 0 {
		return err
	}
	calls, err := casefile.ReadAll[coverage.Call](c, coverage.CallKind)
	if err != nil {
		return err
	}
	calls = append(calls, call)
	if told(calls) == saved.Input.Told {
		return nil
	}
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return err
	}
	if err := h.answerCoverage(&saved, p, calls); err != nil {
		return err
	}
	change.Due = coverageDue(c, saved)
	change.Drafts = append(change.Drafts, casefile.Draft{Ref: coverage.Ref, From: version, Body: saved})
	return nil
}
