package actions

import (
	"context"
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/estimate"
	"consilium/internal/fault"
)

// CameEstimate is an estimate as it came: the day, each provider with its lines, and
// the paper itself among the case's files, if it was uploaded.
type CameEstimate struct {
	Received  contract.Date
	Providers []estimate.Provider
	File      string // SHA-256, "" for none
}

// KeepEstimate writes down what came. A provider keeps its id, so that its bills stay
// beside it. Another paper than before has to be gone through anew.
func (h *House) KeepEstimate(ctx context.Context, who casefile.Person, c *casefile.Case, id string, came CameEstimate, from casefile.Version) error {
	return h.changeEstimate(ctx, who, c, id, "keep_estimate", from, func(e *estimate.Estimate) error {
		if came.File != "" && !c.Holds(came.File) {
			return fault.New(fault.Invalid, "form.choice").On("file")
		}
		if e.Received != came.Received {
			e.Looked, e.Has = false, nil
		}
		var all []estimate.Provider
		for _, p := range came.Providers {
			had := slices.ContainsFunc(e.Providers, func(x estimate.Provider) bool { return x.ID == p.ID })
			if p.ID == "" || !had {
				p.ID = h.NewID()
			}
			all = append(all, p)
		}
		e.Received, e.Providers, e.File = came.Received, all, came.File
		return nil
	})
}

// LookThroughEstimate saves which of the parts that the law wants stand in the paper.
func (h *House) LookThroughEstimate(ctx context.Context, who casefile.Person, c *casefile.Case, id string, has []string, from casefile.Version) error {
	return h.changeEstimate(ctx, who, c, id, "look_through_estimate", from, func(e *estimate.Estimate) error {
		a, err := h.EstimateAnswer(*e, "en")
		if err != nil {
			return err
		}
		e.Looked, e.Has = true, nil
		for _, p := range a.Parts {
			if slices.Contains(has, p.ID) {
				e.Has = append(e.Has, p.ID)
			}
		}
		return nil
	})
}
