package actions

import (
	"context"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/expert"
	"consilium/internal/fault"
)

// Heed says whether what a clinic said of the plan's network goes to the shortlist.
type Heed string

// The two. What a clinic's desk says of a network can be wrong: the person decides.
const (
	HeedNetwork Heed = "network"
	HeedNothing Heed = ""
)

// callDue is the date by which a clinic promised to call back.
const callDue = "due.expert_call"

// certificateDue is the day on which a certificate that was looked up runs out, when
// that is before the decision.
const certificateDue = "due.expert_certificate"

// RecordExpertCall keeps what a candidate's clinic said on the telephone, and gives
// the call's id. An earlier call is never overwritten: the same call sent twice is
// kept once, and another under the same id gets an id of its own. A promised call back
// becomes a date of the case; the next call to the clinic takes it away.
func (h *House) RecordExpertCall(ctx context.Context, who casefile.Person, c *casefile.Case, call expert.Call, heed Heed) (string, error) {
	call.Person, call.Reference, call.Notes = strings.TrimSpace(call.Person), strings.TrimSpace(call.Reference), strings.TrimSpace(call.Notes)
	list, version, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return "", err
	}
	candidate, ok := list.Find(call.Candidate)
	if !ok {
		return "", fault.New(fault.NotFound, "fault.not_found")
	}
	if err := call.Check(h.today()); err != nil {
		return "", err
	}
	had, at, err := casefile.Read[expert.Call](c, expert.CallRef(call.ID))
	if err != nil {
		return "", err
	}
	if at > 0 && had.Same(call) {
		return call.ID, nil
	}
	if at > 0 || call.ID == "" {
		call.ID = h.NewID()
	}
	call.N = len(c.Named(expert.CallKind)) + 1
	change := casefile.Change{Verb: "record_expert_call", Drafts: []casefile.Draft{{Ref: expert.CallRef(call.ID), Body: call}}}
	change.Due = []casefile.Due{{Key: callDue, Item: call.Candidate, On: call.CallBack, Page: "expert.call"}}
	if heed == HeedNetwork {
		for _, t := range call.Told {
			if t.Question == "network" && t.Reply != "" && t.Reply != candidate.Criteria.Of("accepts_plan") {
				candidate.Criteria.Plan = t.Reply
				change.Drafts = append(change.Drafts, casefile.Draft{Ref: expert.Ref, From: version, Body: list.Put(candidate)})
			}
		}
	}
	return call.ID, h.save(ctx, who, c, change)
}

// ProveExpert keeps that somebody looked up a candidate's certificate, and answers the
// criterion by it.
func (h *House) ProveExpert(ctx context.Context, who casefile.Person, c *casefile.Case, id string, proof expert.Proof, from casefile.Version) error {
	proof.Certificate, proof.By = strings.TrimSpace(proof.Certificate), strings.TrimSpace(proof.By)
	list, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return err
	}
	candidate, ok := list.Find(id)
	if !ok {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	if err := proof.Check(h.today()); err != nil {
		return err
	}
	candidate.Proof = &proof
	candidate.Criteria.Certified = proof.InForce(h.today())
	profile, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return err
	}
	due := casefile.Due{Key: certificateDue, Item: id, Page: "expert.proof"}
	if proof.Holds == expert.Yes && proof.Until != "" && proof.Until < profile.DecideBy {
		due.On = proof.Until // it must be looked up anew before the decision
	}
	return h.save(ctx, who, c, casefile.Change{Verb: "prove_expert", Due: []casefile.Due{due}, Drafts: []casefile.Draft{{Ref: expert.Ref, From: from, Body: list.Put(candidate)}}})
}
