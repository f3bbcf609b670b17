package cost

import (
	"strconv"

	"consilium/internal/contract"
	"consilium/internal/estimate"
)

// bars is one provider's estimate and bills as lengths from 0 to 1000, with the place
// of the line from which a dispute is open; the line is 0 where there is none.
type bars struct {
	Expected, Billed, Line int
	LineAt                 contract.Money
}

// barsOf measures one provider. Each has a scale of its own: what one is over says
// nothing of another.
func barsOf(c estimate.Compared, least contract.Money) bars {
	var b bars
	if c.Listed && least > 0 && c.State != estimate.NoRight {
		b.LineAt = c.Expected + least
	}
	most := max(c.Expected, c.Billed, b.LineAt)
	if most <= 0 {
		return b
	}
	length := func(m contract.Money) int { return int(int64(m) * 960 / int64(most)) }
	b.Expected, b.Billed, b.Line = length(c.Expected), length(c.Billed), length(b.LineAt)
	return b
}

func barLength(n int) string { return strconv.Itoa(n) }

// sum is one figure of one provider.
type sum struct {
	ID     string
	Amount contract.Money
}

// sums are the figures that the bars draw.
func sums(c estimate.Compared, least contract.Money) []sum {
	var all []sum
	if c.Listed {
		all = append(all, sum{"expected", c.Expected})
	}
	if len(c.Bills) > 0 {
		all = append(all, sum{"billed", c.Billed})
	}
	switch {
	case !c.Listed || len(c.Bills) == 0:
	case c.Above >= 0:
		all = append(all, sum{"above", c.Above})
	default:
		all = append(all, sum{"less", -c.Above})
	}
	if b := barsOf(c, least); b.LineAt > 0 {
		all = append(all, sum{"line", b.LineAt})
	}
	return all
}

// acts tells whether there is something to do, or to note, about a provider's bills.
func acts(c estimate.Compared) bool {
	switch c.State {
	case estimate.Possible, estimate.TooLate, estimate.Unlisted, estimate.AfterBill:
		return true
	}
	return c.Dispute != estimate.Dispute{Provider: c.ID}
}
