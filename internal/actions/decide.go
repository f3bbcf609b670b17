package actions

import (
	"context"
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/opinion"
)

// Choosing is what the patient decides.
type Choosing struct {
	Chosen    string // id of an option, or Own for a plan in the patient's own words
	Own       string // that plan
	Reasons   string
	Certainty []opinion.Certain
	With      string // id of the opinion whose doctor will treat; "" while it is open
}

// Own stands in the place of an option's id for a plan in the patient's own words.
const Own = "own"

// DecisionSoFar gives the decision with what is on its table now, and its version.
func (h *House) DecisionSoFar(c *casefile.Case) (opinion.Decision, casefile.Version, error) {
	d, version, err := casefile.Read[opinion.Decision](c, opinion.DecisionRef)
	if err != nil {
		return d, version, err
	}
	all, err := opinion.All(c)
	if err != nil {
		return d, version, err
	}
	return d.Settle(d.Table(all)), version, nil
}

// WeighOptions saves what matters to the patient, with weights of 1 to 5, and how
// each option stands to it in their own judgement. It decides nothing.
func (h *House) WeighOptions(ctx context.Context, who casefile.Person, c *casefile.Case, values []opinion.Value, fits []opinion.Fit, from casefile.Version) error {
	d, _, err := h.DecisionSoFar(c)
	if err != nil {
		return err
	}
	d.Values, d.Fits = values, fits
	if err := d.Check(); err != nil {
		return err
	}
	return h.save(ctx, who, c, casefile.Change{Verb: "weigh_options", Drafts: []casefile.Draft{{Ref: opinion.DecisionRef, From: from, Body: d}}})
}

// Decide saves the patient's decision: theirs alone. The date by which they wanted to
// decide is then no longer due.
func (h *House) Decide(ctx context.Context, who casefile.Person, c *casefile.Case, choice Choosing, from casefile.Version) error {
	d, _, err := h.DecisionSoFar(c)
	if err != nil {
		return err
	}
	choice.Own = strings.TrimSpace(choice.Own)
	var faults fault.Faults
	d.Options = slices.DeleteFunc(d.Options, func(o opinion.Choice) bool { return o.Own && o.ID == Own && choice.Chosen == Own })
	if choice.Chosen == Own {
		if choice.Own == "" {
			faults = append(faults, fault.New(fault.Invalid, "form.required").On("own"))
		} else {
			d.Options = append(d.Options, opinion.Choice{ID: Own, Text: choice.Own, Own: true})
		}
	}
	d.Chosen, d.Reasons, d.Certainty, d.With = choice.Chosen, strings.TrimSpace(choice.Reasons), choice.Certainty, choice.With
	d.State, d.Date = "decided", h.today()
	if d.With != "" && !c.Has(opinion.Ref(d.With)) {
		faults = append(faults, fault.New(fault.Invalid, "form.choice").On("with"))
	}
	for _, f := range fault.All(d.Check()) {
		// A plan of their own that was not written down has been said above.
		if f.Field != "chosen" || len(faults) == 0 || choice.Chosen != Own {
			faults = append(faults, f)
		}
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	return h.save(ctx, who, c, casefile.Change{
		Verb: "decide", Due: []casefile.Due{{Key: "due.decision"}},
		Drafts: []casefile.Draft{{Ref: opinion.DecisionRef, From: from, Body: d}},
	})
}
