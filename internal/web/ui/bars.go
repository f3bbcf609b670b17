package ui

import "consilium/internal/contract"

// Bars sets amounts side by side on one scale: what a visit costs with each doctor.
type Bars struct {
	Title string
	Mark  string // what the upright line stands for, "" where no row has one
	Table string // the words above the same numbers as a table
	Who   string // heads the table's first column
	Total string // heads its last
	Rows  []BarRow
}

// BarRow is one bar. Without parts there is nothing to draw, and Said says why.
type BarRow struct {
	Name  string
	Said  string // the total in words: "$380.00"
	Note  string // a second line
	Parts []BarPart
	Mark  *contract.Money // where the upright line stands
}

// BarPart is one piece of a bar. Kind gives its colour and pattern: yours, share,
// extra, penalty, plan, second.
type BarPart struct {
	Kind   string
	Label  string
	Amount contract.Money
	Said   string // the amount in words
}

// barSpan is how wide the drawing is, in its own units.
const barSpan = 1000

// placed is a piece where it is drawn.
type placed struct {
	BarPart
	At, Wide int
}

// whole is the length of a bar.
func (r BarRow) whole() contract.Money {
	sum := contract.Money(0)
	for _, p := range r.Parts {
		sum += p.Amount
	}
	return sum
}

// longest is the amount at the right end of the scale.
func (b Bars) longest() contract.Money {
	most := contract.Money(1)
	for _, r := range b.Rows {
		most = max(most, r.whole())
		if r.Mark != nil {
			most = max(most, *r.Mark)
		}
	}
	return most
}

// place puts each piece of a row on the common scale. A piece that is more than
// nothing is never drawn as nothing.
func (b Bars) place(r BarRow) []placed {
	most, sum := b.longest(), contract.Money(0)
	var out []placed
	for _, p := range r.Parts {
		if p.Amount <= 0 {
			continue
		}
		from := int(int64(sum) * barSpan / int64(most))
		sum += p.Amount
		to := int(int64(sum) * barSpan / int64(most))
		out = append(out, placed{p, from, max(4, to-from)})
	}
	return out
}

// mark is where a row's upright line stands.
func (b Bars) mark(r BarRow) int {
	return min(barSpan-3, int(int64(*r.Mark)*barSpan/int64(b.longest())))
}

// labels lists the kinds of pieces in the order in which they first come.
func (b Bars) labels() []BarPart {
	var out []BarPart
	seen := map[string]bool{}
	for _, r := range b.Rows {
		for _, p := range r.Parts {
			if !seen[p.Label] {
				seen[p.Label] = true
				out = append(out, p)
			}
		}
	}
	return out
}

// table is the same as numbers.
func (b Bars) table() Table {
	t := Table{Heads: []string{b.Who}}
	labels := b.labels()
	for _, l := range labels {
		t.Heads = append(t.Heads, l.Label)
	}
	t.Heads = append(t.Heads, b.Total)
	for _, r := range b.Rows {
		row := []Cell{{Text: r.Name}}
		for _, l := range labels {
			said := "–"
			for _, p := range r.Parts {
				if p.Label == l.Label {
					said = p.Said
				}
			}
			row = append(row, Cell{Text: said})
		}
		t.Rows = append(t.Rows, append(row, Cell{Text: r.Said}))
	}
	return t
}
