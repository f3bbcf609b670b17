package narrative

import (
	"strings"

	"consilium/internal/clinical"
)

// Where each mark may stand: cells in rows, rows in tables, items in lists, blocks
// nowhere inside a line of words.

func inline(k clinical.MarkKind) bool {
	return k == clinical.MarkWords || k == clinical.MarkStrong || k == clinical.MarkEmphasis || k == clinical.MarkBreak
}

// flow gives blocks: words between them become paragraphs.
func flow(parts []clinical.Mark) []clinical.Mark {
	var out, line []clinical.Mark
	end := func() {
		if said(line) {
			out = append(out, clinical.Mark{Kind: clinical.MarkParagraph, Parts: trim(line)})
		}
		line = nil
	}
	for _, p := range parts {
		if inline(p.Kind) && !blocked(p) {
			line = append(line, p)
			continue
		}
		end()
		out = append(out, block(p)...)
	}
	end()
	return out
}

// block puts one block in order.
func block(p clinical.Mark) []clinical.Mark {
	switch p.Kind {
	case clinical.MarkTitle, clinical.MarkSubtitle:
		if line := trim(lined(p.Parts)); said(line) {
			return []clinical.Mark{{Kind: p.Kind, Parts: line}}
		}
		return nil
	case clinical.MarkList, clinical.MarkNumbered:
		return listed(p)
	case clinical.MarkTable:
		return tabled(p)
	}
	// A paragraph, or a part of a list or a table that stands alone.
	return flow(p.Parts)
}

func listed(p clinical.Mark) []clinical.Mark {
	out := clinical.Mark{Kind: p.Kind}
	var loose []clinical.Mark
	add := func(parts []clinical.Mark) {
		if parts = single(flow(parts)); len(parts) > 0 {
			out.Parts = append(out.Parts, clinical.Mark{Kind: clinical.MarkItem, Parts: parts})
		}
	}
	for _, x := range p.Parts {
		if x.Kind != clinical.MarkItem {
			loose = append(loose, x)
			continue
		}
		add(loose)
		loose = nil
		add(x.Parts)
	}
	add(loose)
	if len(out.Parts) == 0 {
		return nil
	}
	return []clinical.Mark{out}
}

func tabled(p clinical.Mark) []clinical.Mark {
	out := clinical.Mark{Kind: clinical.MarkTable}
	var caption, loose []clinical.Mark
	data := false
	for _, x := range p.Parts {
		switch x.Kind {
		case clinical.MarkCaption:
			caption = append(caption, lined(x.Parts)...)
		case clinical.MarkRow:
			if row := rowed(x); len(row.Parts) > 0 {
				for _, c := range row.Parts {
					data = data || c.Kind == clinical.MarkCell
				}
				out.Parts = append(out.Parts, row)
			}
		default:
			loose = append(loose, x)
		}
	}
	before := flow(loose)
	if len(out.Parts) == 0 {
		return append(before, flow(caption)...)
	}
	if !data { // heads of nothing are cells
		for _, row := range out.Parts {
			for i := range row.Parts {
				row.Parts[i].Kind = clinical.MarkCell
			}
		}
	}
	if said(caption) {
		out.Parts = append([]clinical.Mark{{Kind: clinical.MarkCaption, Parts: trim(caption)}}, out.Parts...)
	}
	return append(before, out)
}

func rowed(p clinical.Mark) clinical.Mark {
	row := clinical.Mark{Kind: clinical.MarkRow}
	for _, x := range p.Parts {
		cell := clinical.Mark{Kind: clinical.MarkCell}
		switch x.Kind {
		case clinical.MarkCell, clinical.MarkHeadCell:
			cell.Kind = x.Kind
			cell.Parts = single(flow(x.Parts))
		default:
			if cell.Parts = single(flow([]clinical.Mark{x})); len(cell.Parts) == 0 {
				continue
			}
		}
		if cell.Kind == clinical.MarkHeadCell && len(cell.Parts) == 0 {
			cell.Kind = clinical.MarkCell // the empty corner of a table is no head
		}
		row.Parts = append(row.Parts, cell)
	}
	return row
}

// single takes the paragraph away from what is one paragraph alone.
func single(parts []clinical.Mark) []clinical.Mark {
	if len(parts) == 1 && parts[0].Kind == clinical.MarkParagraph {
		return parts[0].Parts
	}
	return parts
}

// lined gives words on a line: blocks are taken apart.
func lined(parts []clinical.Mark) []clinical.Mark {
	var out []clinical.Mark
	for _, p := range parts {
		switch {
		case !inline(p.Kind):
			if in := lined(p.Parts); said(in) {
				if said(out) {
					out = append(out, clinical.Mark{Kind: clinical.MarkBreak})
				}
				out = append(out, in...)
			}
		case p.Kind == clinical.MarkStrong, p.Kind == clinical.MarkEmphasis:
			if in := lined(p.Parts); said(in) {
				out = append(out, clinical.Mark{Kind: p.Kind, Parts: in})
			}
		default:
			out = append(out, p)
		}
	}
	return out
}

// blocked tells whether a line of words holds a block.
func blocked(p clinical.Mark) bool {
	for _, x := range p.Parts {
		if !inline(x.Kind) || blocked(x) {
			return true
		}
	}
	return false
}

// said tells whether there are any words.
func said(parts []clinical.Mark) bool {
	for _, p := range parts {
		if strings.TrimSpace(p.Text) != "" || said(p.Parts) {
			return true
		}
	}
	return false
}

// trim takes new lines away from both ends, and what says nothing.
func trim(parts []clinical.Mark) []clinical.Mark {
	parts = lined(parts)
	for len(parts) > 0 && !said(parts[:1]) {
		parts = parts[1:]
	}
	for len(parts) > 0 && !said(parts[len(parts)-1:]) {
		parts = parts[:len(parts)-1]
	}
	return parts
}
