package paper

import (
	"fmt"
	"strings"

	"consilium/internal/letters"
)

// A line ends in the name of its source, set fainter, and where the file has the place
// that it names, a click leads there. In a text on its way to the page the name stands
// between two runes that no text of a letter has: they take no room and are not printed.
const (
	sourceOpen  = '\uE000' // followed by the rune of its number
	sourceClose = '\uE001'
	firstSource = '\U000F0000'
	mostSources = 0xFFFD
)

func invisible(r rune) bool { return r == sourceOpen || r == sourceClose || r >= firstSource }

// place is a point on a page.
type place struct {
	page int
	y    float64
}

// annotation is a spot that leads to a place.
type annotation struct {
	page       int
	x, y, w, h float64
	target     string
	says       string
	element    *element
	object     int // its number in the file
}

// anchors are all the places that a file will have.
func anchors(ls []letters.Letter) map[string]bool {
	known := map[string]bool{}
	for _, l := range ls {
		for _, b := range l.Blocks {
			if b.Anchor != "" {
				known[b.Anchor] = true
			}
		}
	}
	return known
}

// sourced gives a text with the name of its source behind it. A name is never parted at
// the end of a line, unless it is longer than one.
func (d *document) sourced(s string, from letters.Source) string {
	if from.Name == "" || len(d.sources) >= mostSources {
		return s
	}
	d.sources = append(d.sources, from)
	name := strings.ReplaceAll("["+from.Name+"]", " ", "\u00A0")
	return s + " " + string(sourceOpen) + string(rune(firstSource+len(d.sources)-1)) + name + string(sourceClose)
}

// inline gives the text of a block whose lines run on in one paragraph.
func (d *document) inline(b letters.Block) string {
	parts := make([]string, len(b.Items))
	for i, s := range b.Items {
		parts[i] = d.sourced(s, b.SourceOf(i))
	}
	return strings.TrimSpace(b.Text + " " + strings.Join(parts, "; ") + " " + b.Rest())
}

// line sets one line of text, and what in it names a source.
func (d *document) line(s string, x, y float64, st style) {
	for s != "" {
		if d.naming == nil {
			plain, rest, found := strings.Cut(s, string(sourceOpen))
			x = d.run(plain, x, y, st)
			if !found {
				return
			}
			n := []rune(rest)[0]
			d.naming, s = &d.sources[n-firstSource], strings.TrimPrefix(rest, string(n))
			continue
		}
		name, rest, closed := strings.Cut(s, string(sourceClose))
		faint := st
		faint.face, faint.colour = 0, muted
		end := x + d.faces[0].measure(name, st.size)
		if target := d.naming.Anchor(); d.known[target] && d.marked != nil {
			d.link(name, x, y, faint)
		} else {
			d.run(name, x, y, faint)
		}
		x = end
		if closed {
			d.naming = nil
		}
		s = rest
	}
}

// run sets characters and gives where they end.
func (d *document) run(s string, x, y float64, st style) float64 {
	if s == "" {
		return x
	}
	fmt.Fprintf(&d.page().content, "BT /F%d %s Tf %s %s %s Td <%s> Tj ET\n", st.face, num(st.size), st.colour, num(x), num(y), d.faces[st.face].encode(s))
	return x + d.faces[st.face].measure(s, st.size)
}

// link sets characters that lead to a place.
func (d *document) link(s string, x, y float64, st style) {
	owner := d.marked
	d.unmark()
	e := owner.child("Link")
	d.mark(e)
	st.colour = accent
	end := d.run(s, x, y, st)
	d.unmark()
	a := &annotation{page: len(d.pages) - 1, x: x, y: y - 0.25*st.size, w: end - x, h: 1.2 * st.size, target: d.naming.Anchor(), says: d.naming.Name, element: e}
	d.links = append(d.links, a)
	e.kids = append(e.kids, kid{link: a})
	d.mark(owner)
}

// rest says how many lines are left out.
func (d *document) rest(b letters.Block) {
	if s := b.Rest(); s != "" {
		d.skip(1)
		d.text(d.root.child("P"), s, d.left, d.right-d.left, d.style(0, 9.5, muted))
	}
}
