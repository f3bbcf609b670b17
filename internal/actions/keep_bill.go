package actions

import (
	"context"
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/estimate"
	"consilium/internal/fault"
)

// KeepBill writes down one bill, or mends one that was written down. The last day to
// dispute it goes to the case's due list.
func (h *House) KeepBill(ctx context.Context, who casefile.Person, c *casefile.Case, id string, b estimate.Bill, from casefile.Version) error {
	return h.changeEstimate(ctx, who, c, id, "keep_bill", from, func(e *estimate.Estimate) error {
		i := slices.IndexFunc(e.Bills, func(x estimate.Bill) bool { return b.ID != "" && x.ID == b.ID })
		if i >= 0 {
			e.Bills[i] = b
			return nil
		}
		if b.ID == "" {
			b.ID = h.NewID()
		}
		e.Bills = append(e.Bills, b)
		return nil
	})
}

// DropBill takes a bill away that was written down by mistake. Earlier versions keep
// it. A bill that another one corrects stays.
func (h *House) DropBill(ctx context.Context, who casefile.Person, c *casefile.Case, id, bill string, from casefile.Version) error {
	return h.changeEstimate(ctx, who, c, id, "drop_bill", from, func(e *estimate.Estimate) error {
		if slices.ContainsFunc(e.Bills, func(b estimate.Bill) bool { return b.InPlaceOf == bill }) {
			return fault.New(fault.Invalid, "cost.estimate.wrong.corrected_by").On("")
		}
		e.Bills = slices.DeleteFunc(e.Bills, func(b estimate.Bill) bool { return b.ID == bill })
		return nil
	})
}
