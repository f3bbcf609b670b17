package actions

import (
	"context"
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/estimate"
	"consilium/internal/fault"
)

// DisputeBill saves what was done about the bills of one provider: asked to be
// corrected, put to the federal process, settled. A dispute that has begun is not due
// any more.
func (h *House) DisputeBill(ctx context.Context, who casefile.Person, c *casefile.Case, id string, d estimate.Dispute, from casefile.Version) error {
	return h.changeEstimate(ctx, who, c, id, "dispute_bill", from, func(e *estimate.Estimate) error {
		a, err := h.EstimateAnswer(*e, "en")
		if err != nil {
			return err
		}
		if _, ok := a.Of(d.Provider); !ok {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		i := slices.IndexFunc(e.Disputes, func(x estimate.Dispute) bool { return x.Provider == d.Provider })
		if i >= 0 {
			e.Disputes[i] = d
		} else {
			e.Disputes = append(e.Disputes, d)
		}
		return nil
	})
}
