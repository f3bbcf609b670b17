package actions

import (
	"context"
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/estimate"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/questions"
)

// AskEstimate saves of whom a price in writing is wanted, for what, and the days from
// which its clocks run. What came since, and the bills, stay as they are.
func (h *House) AskEstimate(ctx context.Context, who casefile.Person, c *casefile.Case, ask estimate.Estimate, from casefile.Version) error {
	e, _, err := casefile.Read[estimate.Estimate](c, estimate.Ref(ask.ID))
	if err != nil {
		return err
	}
	ask.Received, ask.Providers, ask.Looked, ask.Has, ask.File, ask.Bills, ask.Disputes = e.Received, e.Providers, e.Looked, e.Has, e.File, e.Bills, e.Disputes
	return h.saveEstimate(ctx, who, c, ask, from, "ask_estimate")
}

// EstimateAnswer gives what the rules of today say of an estimate, in a language.
func (h *House) EstimateAnswer(e estimate.Estimate, lang string) (estimate.Answer, error) {
	on, err := contract.ParseDate(h.today())
	if err != nil {
		return estimate.Answer{}, fault.New(fault.Internal, "fault.internal").Because(err)
	}
	return estimate.Check(e, on, lang, h.Rules)
}

// FindEstimate opens an estimate of the case; NotFound when there is none.
func FindEstimate(c *casefile.Case, id string) (estimate.Estimate, casefile.Version, error) {
	e, version, err := casefile.Read[estimate.Estimate](c, estimate.Ref(id))
	if err == nil && version == 0 {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return e, version, err
}

// KnownForEstimate gives what the case knows already that a request for a price asks
// for: who is to be seen, when, how it is paid, and how the person can be reached.
func KnownForEstimate(c *casefile.Case) (estimate.Estimate, error) {
	var e estimate.Estimate
	list, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return e, err
	}
	plan, _, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil {
		return e, err
	}
	visit, _, err := casefile.Read[questions.Visit](c, questions.VisitRef)
	if err != nil {
		return e, err
	}
	if x, ok := list.Find(list.Chosen); ok {
		e.Clinic = estimate.Provider{Name: x.Doctor.Practice, NPI: x.Doctor.NPI, Address: x.Doctor.Address, Phone: x.Doctor.Phone}
		if e.Clinic.Name == "" {
			e.Clinic.Name = x.Doctor.Name
		}
	}
	if plan.Input.Plan.Kind == "none" {
		e.Paying = estimate.NoInsurance
	}
	if d, err := contract.ParseDate(visit.Date); err == nil {
		e.Visit = d
	}
	earlier, err := casefile.ReadAll[estimate.Estimate](c, estimate.Kind)
	if err != nil {
		return e, err
	}
	for _, x := range earlier {
		if x.Writer != (estimate.Writer{}) {
			e.Writer = x.Writer
		}
		if e.Paying == "" {
			e.Paying = x.Paying
		}
	}
	if sent, _, err := casefile.Read[letters.Sent](c, letters.Ref("second")); err == nil && e.Writer == (estimate.Writer{}) {
		e.Writer = estimate.Writer{Address: sent.Terms.Address, Phone: sent.Terms.Phone}
	}
	return e, nil
}

// changeEstimate saves an estimate of the case as change leaves it.
func (h *House) changeEstimate(ctx context.Context, who casefile.Person, c *casefile.Case, id, verb string, from casefile.Version, change func(*estimate.Estimate) error) error {
	e, _, err := FindEstimate(c, id)
	if err != nil {
		return err
	}
	e.Bills, e.Disputes = slices.Clone(e.Bills), slices.Clone(e.Disputes)
	if err := change(&e); err != nil {
		return err
	}
	return h.saveEstimate(ctx, who, c, e, from, verb)
}

// saveEstimate saves an estimate with its dates: the day on which it is due, and the
// last day on which a bill can be disputed. What says nothing new is not saved again.
func (h *House) saveEstimate(ctx context.Context, who casefile.Person, c *casefile.Case, e estimate.Estimate, from casefile.Version, verb string) error {
	a, err := h.EstimateAnswer(e, "en")
	if err != nil {
		return err
	}
	if had, ok := c.Document(estimate.Ref(e.ID)); ok && c.State == casefile.Open && says(had, e) {
		return h.may(ctx, who, c, consent.Write)
	}
	return h.save(ctx, who, c, casefile.Change{
		Verb: verb, Drafts: []casefile.Draft{{Ref: estimate.Ref(e.ID), From: from, Body: e}},
		Due: []casefile.Due{
			{Key: "due.estimate_due", Item: e.ID, On: a.Due.String(), Page: "cost.estimate"},
			{Key: "due.bill_dispute", Item: e.ID, On: a.Until.String(), Page: "cost.dispute"},
		},
	})
}
