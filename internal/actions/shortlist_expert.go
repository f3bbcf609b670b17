package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/expert"
	"consilium/internal/fault"
)

// ShortlistExpert adds a candidate to the shortlist, or changes the one with its
// id. A candidate without an id is new. It gives the id.
func (h *House) ShortlistExpert(ctx context.Context, who casefile.Person, c *casefile.Case, candidate expert.Candidate, from casefile.Version) (string, error) {
	if err := candidate.Check(); err != nil {
		return "", err
	}
	list, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return "", err
	}
	change := casefile.Change{Verb: "shortlist_expert"}
	if candidate.ID == "" {
		candidate.ID = h.NewID()
	} else if had, ok := list.Find(candidate.ID); !ok {
		return "", fault.New(fault.NotFound, "fault.not_found")
	} else {
		// What was looked up stays, whatever form was filled in.
		if candidate.Found == nil {
			candidate.Found = had.Found
		}
		if candidate.Proof == nil {
			candidate.Proof = had.Proof
		}
	}
	if candidate.Gone {
		change.Due = []casefile.Due{{Key: callDue, Item: candidate.ID, Page: "expert.call"}, {Key: certificateDue, Item: candidate.ID, Page: "expert.proof"}}
	}
	change.Drafts = []casefile.Draft{{Ref: expert.Ref, From: from, Body: list.Put(candidate)}}
	return candidate.ID, h.save(ctx, who, c, change)
}

// ChooseExpert says which candidate is to give the second opinion; "" takes the
// choice back.
func (h *House) ChooseExpert(ctx context.Context, who casefile.Person, c *casefile.Case, id string, from casefile.Version) error {
	list, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return err
	}
	if candidate, ok := list.Find(id); id != "" && (!ok || candidate.Gone) {
		return fault.New(fault.Invalid, "form.choice").On("chosen")
	}
	list.Chosen = id
	return h.save(ctx, who, c, casefile.Change{Verb: "choose_expert", Drafts: []casefile.Draft{{Ref: expert.Ref, From: from, Body: list}}})
}
