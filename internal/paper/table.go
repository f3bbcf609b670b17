package paper

import (
	"slices"

	"consilium/internal/letters"
)

// table sets a table. With a head, its first row names the columns; without one, the
// first cell of each row names the row. A row is kept on one page where it fits one.
func (d *document) table(b letters.Block, st style) {
	cols := len(b.Head)
	for _, r := range b.Rows {
		cols = max(cols, len(r))
	}
	if cols == 0 || len(b.Rows) == 0 {
		return
	}
	st.size, st.lead = st.size*0.95, st.lead*0.94
	widths := d.columns(b, cols, st)
	e := d.root.child("Table")
	if len(b.Head) > 0 {
		d.row(e, b.Head, widths, st, headRow)
	}
	for i, r := range b.Rows {
		if len(r) > 0 {
			r = append(slices.Clone(r[:len(r)-1]), d.sourced(r[len(r)-1], b.SourceOf(i)))
		}
		kind := plainRow
		if len(b.Head) == 0 {
			kind = namedRow
		}
		if h := d.rowHeight(r, widths, st); d.y-h < d.bottom && h < d.top-d.bottom-40 && d.y < d.top {
			d.newPage()
			if len(b.Head) > 0 {
				d.row(nil, b.Head, widths, st, headRow) // said again for the eye alone
			}
		}
		d.row(e, r, widths, st, kind)
		if d.over {
			return
		}
	}
}

type rowKind int

const (
	plainRow rowKind = iota // the first cell names the row where the table has a head too
	namedRow
	headRow
)

const cellPad = 5.0

// columns shares the width: the first column takes what its longest text needs, up to
// a third (a fourth in wider tables); the others share the rest.
func (d *document) columns(b letters.Block, cols int, st style) []float64 {
	all := d.right - d.left
	if cols == 1 {
		return []float64{all}
	}
	first := 0.0
	rows := append([][]string{b.Head}, b.Rows...)
	for _, r := range rows {
		if len(r) > 0 {
			first = max(first, d.faces[1].measure(r[0], st.size)+2*cellPad+4)
		}
	}
	limit := all / 3
	if cols > 2 {
		limit = all / 4
	}
	first = min(max(first, 60), limit)
	widths := []float64{first}
	for range cols - 1 {
		widths = append(widths, (all-first)/float64(cols-1))
	}
	return widths
}

func (d *document) rowHeight(cells []string, widths []float64, st style) float64 {
	most := 1
	for i, c := range cells {
		most = max(most, len(d.wrap(c, widths[i]-2*cellPad, d.cellStyle(i, plainRow, st))))
	}
	return float64(most)*st.lead + 2*d.pad()
}

func (d *document) pad() float64 { return 3.2 * d.scale }

func (d *document) cellStyle(col int, kind rowKind, st style) style {
	if kind == headRow || col == 0 {
		st.face = 1
	}
	if kind == namedRow && col == 0 {
		st.face, st.colour = 0, muted
	}
	return st
}

// row sets one row of cells, over more than one page only where it is longer than one.
// Without a table it is drawn for the eye alone.
func (d *document) row(table *element, cells []string, widths []float64, st style, kind rowKind) {
	var tr *element
	if table != nil {
		tr = table.child("TR")
	}
	lines := make([][]string, len(widths))
	elements := make([]*element, len(widths))
	most := 1
	for i := range widths {
		if i < len(cells) {
			lines[i] = d.wrap(cells[i], widths[i]-2*cellPad, d.cellStyle(i, kind, st))
		}
		most = max(most, len(lines[i]))
		if tr != nil {
			role, scope := "TD", ""
			if kind == headRow {
				role, scope = "TH", "/O /Table /Scope /Column"
			} else if i == 0 {
				role, scope = "TH", "/O /Table /Scope /Row"
			}
			elements[i] = tr.child(role)
			elements[i].attributes = scope
		}
	}
	for from := 0; from < most; {
		fits := int((d.y - d.bottom - 2*d.pad()) / st.lead)
		if fits < min(2, most-from) && d.y < d.top {
			d.newPage()
			if d.over {
				return
			}
			continue
		}
		to := min(most, from+max(1, fits))
		h := float64(to-from)*st.lead + 2*d.pad()
		if kind == headRow {
			d.box(d.left, d.y-h, d.right-d.left, h, tint)
		}
		d.box(d.left, d.y-h, d.right-d.left, 0.5, rule)
		x := d.left
		for i, w := range widths {
			d.cell(elements[i], lines[i], span{from, to}, x+cellPad, d.cellStyle(i, kind, st))
			x += w
		}
		d.y -= h
		from = to
	}
}

type span struct{ from, to int }

func (d *document) cell(e *element, lines []string, s span, x float64, st style) {
	if s.from >= len(lines) {
		return
	}
	if e != nil {
		d.mark(e)
	} else {
		d.page().content.WriteString("/Artifact BMC\n")
	}
	y := d.y - d.pad()
	for _, l := range lines[s.from:min(s.to, len(lines))] {
		d.line(l, x, y-st.size, st)
		y -= st.lead
	}
	d.unmark()
}
