package paper

import (
	"bytes"
	"fmt"
	"strings"

	"consilium/internal/letters"
)

// document is a letter on its way to pages. Lengths are points; y grows upward, as PDF
// has it.
type document struct {
	width, height       float64
	left, right         float64 // the edges of the text
	top, bottom         float64
	scale               float64
	lang, title, footer string
	faces               []*face // 0 regular, 1 bold
	pages               []*page
	root                *element
	y                   float64 // where the next thing begins
	over                bool    // past the last page that we allow

	known   map[string]bool // the places that the whole file will have
	places  map[string]place
	sources []letters.Source
	naming  *letters.Source // the source whose name is being set
	links   []*annotation
	marked  *element // the element whose piece of the page is open
}

type page struct {
	content bytes.Buffer
	marks   int
	footer  string // the subject of the letter that the page belongs to

	left, right, bottom float64
}

// element is one part of the structure that a screen reader walks.
type element struct {
	role       string
	attributes string
	kids       []kid
	object     int // its number in the file
}

// kid is an element below, or a marked piece of a page.
type kid struct {
	below      *element
	page, mark int
	link       *annotation
}

func (e *element) child(role string) *element {
	c := &element{role: role}
	e.kids = append(e.kids, kid{below: c})
	return c
}

// style is how a text is set.
type style struct {
	face   int
	size   float64
	lead   float64 // from one line to the next
	colour string
}

const (
	ink    = "0.11 0.12 0.14 rg"
	muted  = "0.36 0.39 0.43 rg"
	accent = "0.10 0.27 0.42 rg"
	tint   = "0.94 0.96 0.98 rg"
	rule   = "0.78 0.82 0.86 rg"
)

// after is the room that a paragraph leaves below itself, in points.
const after = 6

func (d *document) style(face int, size float64, colour string) style {
	return style{face, size * d.scale, size * d.scale * 1.38, colour}
}

func newDocument(l letters.Letter, size Size, scale float64) *document {
	d := &document{width: 612, height: 792, scale: scale, lang: l.Language, title: l.Subject, root: &element{role: "Document"}}
	if size == A4 {
		d.width, d.height = 595.28, 841.89
	}
	if d.lang == "" {
		d.lang = "en"
	}
	if d.title == "" {
		d.title = "Consilium"
	}
	d.places = map[string]place{}
	d.shape(l, scale)
	d.newPage()
	return d
}

// shape is how the pages of a letter are cut.
func (d *document) shape(l letters.Letter, scale float64) {
	d.footer, d.scale = l.Subject, scale
	margin, head := 72.0, 64.0
	if l.OnePage != "" {
		margin, head = 54, 48
	}
	d.left, d.right, d.top, d.bottom = margin, d.width-margin, d.height-head, 64
	if l.OnePage != "" {
		d.bottom = 50
	}
}

func (d *document) newPage() {
	if len(d.pages) >= maxPages {
		d.over = true
		d.y = d.top
		return
	}
	d.pages = append(d.pages, &page{footer: d.footer, left: d.left, right: d.right, bottom: d.bottom})
	d.y = d.top
}

func (d *document) page() *page { return d.pages[len(d.pages)-1] }

// room makes sure that h points are left on the page.
func (d *document) room(h float64) {
	if d.y-h < d.bottom && d.y < d.top {
		d.newPage()
	}
}

func (d *document) skip(h float64) { d.y -= h * d.scale }

// mark opens a piece of a page that belongs to an element.
func (d *document) mark(e *element) {
	p := d.page()
	fmt.Fprintf(&p.content, "/%s <</MCID %d>> BDC\n", e.role, p.marks)
	e.kids = append(e.kids, kid{page: len(d.pages) - 1, mark: p.marks})
	p.marks++
	d.marked = e
}

func (d *document) unmark() {
	d.page().content.WriteString("EMC\n")
	d.marked = nil
}

// box draws a filled rectangle that no reader speaks of.
func (d *document) box(x, y, w, h float64, colour string) {
	fmt.Fprintf(&d.page().content, "/Artifact BMC\n%s %s %s %s %s re f\nEMC\n", colour, num(x), num(y), num(w), num(h))
}

// wrap breaks a text into lines of at most w points. A line that goes on ends in its
// space, so that words do not run together when the text is read out.
func (d *document) wrap(s string, w float64, st style) []string {
	f := d.faces[st.face]
	space := f.measure(" ", st.size)
	var lines []string
	now, width := "", 0.0 // the line so far
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }) {
		ww := f.measure(word, st.size)
		if now != "" && width+space+ww > w {
			lines = append(lines, now+" ")
			now, width = "", 0
		}
		if ww > w { // one word longer than the line
			start, cw := 0, 0.0
			for i, r := range word {
				rw := f.measure(string(r), st.size)
				if cw+rw > w && i > start {
					lines = append(lines, word[start:i])
					start, cw = i, 0
				}
				cw += rw
			}
			word, ww = word[start:], cw
		}
		if now != "" {
			now += " "
			width += space
		}
		now += word
		width += ww
	}
	if now != "" {
		lines = append(lines, now)
	}
	return lines
}

// text sets a text as part of an element, over as many pages as it needs.
func (d *document) text(e *element, s string, x, w float64, st style) {
	lines := d.wrap(s, w, st)
	if len(lines) == 0 {
		return
	}
	d.room(float64(min(2, len(lines))) * st.lead)
	d.mark(e)
	for _, l := range lines {
		if d.y-st.lead < d.bottom {
			d.unmark()
			d.newPage()
			if d.over {
				d.mark(e)
				break
			}
			d.mark(e)
		}
		d.line(l, x, d.y-st.size, st)
		d.y -= st.lead
	}
	d.unmark()
}

func (d *document) body() style { return d.style(0, 10.5, ink) }

// letter sets the whole letter.
func (d *document) letter(l letters.Letter) {
	d.letterhead(l)
	for i, b := range l.Blocks {
		var next *letters.Block
		if i+1 < len(l.Blocks) {
			next = &l.Blocks[i+1]
		}
		d.block(b, next)
		if d.over {
			return
		}
	}
}

// letterhead sets the sender, the date, the receiver and the subject. A letter without
// a sender opens with its title.
func (d *document) letterhead(l letters.Letter) {
	width := d.right - d.left
	if l.From.Name == "" && l.To.Name == "" && len(l.To.Lines) == 0 {
		d.text(d.root.child("H1"), l.Subject, d.left, width, d.style(1, 17, accent))
		if l.Date != "" {
			d.text(d.root.child("P"), l.Date, d.left, width, d.style(0, 9, muted))
		}
		d.skip(4)
		d.box(d.left, d.y, width, 1.2, accent)
		d.skip(8)
		return
	}
	if l.From.Name != "" {
		d.text(d.root.child("P"), l.From.Name, d.left, width, d.style(1, 14, accent))
	}
	if len(l.From.Lines) > 0 {
		d.text(d.root.child("P"), strings.Join(l.From.Lines, "  ·  "), d.left, width, d.style(0, 9, muted))
	}
	d.skip(5)
	d.box(d.left, d.y, width, 1.2, accent)
	d.skip(22)
	if l.Date != "" {
		d.text(d.root.child("P"), l.Date, d.left, width, d.body())
		d.skip(12)
	}
	if l.To.Name != "" || len(l.To.Lines) > 0 {
		to := d.root.child("Div")
		for _, s := range append([]string{l.To.Name}, l.To.Lines...) {
			if s != "" {
				d.text(to.child("P"), s, d.left, width, d.body())
			}
		}
		d.skip(16)
	}
	if l.Subject != "" {
		d.text(d.root.child("H1"), l.Subject, d.left, width, d.style(1, 12, ink))
		d.skip(8)
	}
}

func (d *document) block(b letters.Block, next *letters.Block) {
	width := d.right - d.left
	st := d.body()
	switch b.Sort {
	case letters.Heading:
		h := d.style(1, 11.5, accent)
		d.room(10*d.scale + h.lead + 3*st.lead) // never alone at the foot of a page
		if d.y < d.top {
			d.skip(7)
		}
		if b.Anchor != "" {
			d.places[b.Anchor] = place{len(d.pages) - 1, d.y + 4}
		}
		d.text(d.root.child("H2"), b.Text, d.left, width, h)
		d.skip(2)
	case letters.List, letters.Numbered:
		d.list(b, st)
		d.rest(b)
		d.skip(5)
	case letters.Table:
		d.table(b, st)
		d.rest(b)
		d.skip(8)
	case letters.Notice:
		d.notice(d.inline(b), st)
	case letters.Sign:
		d.sign(b, st)
	default:
		if next != nil && next.Sort == letters.Sign {
			d.room(float64(len(d.wrap(b.Text, width, st)))*st.lead + after*d.scale + d.signHeight(*next, st))
		}
		d.text(d.root.child("P"), d.inline(b), d.left, width, st)
		d.skip(after)
		if next != nil && (next.Sort == letters.List || next.Sort == letters.Numbered) {
			d.skip(-3)
		}
	}
}

func (d *document) list(b letters.Block, st style) {
	l := d.root.child("L")
	l.attributes = "/O /List /ListNumbering /Disc"
	if b.Sort == letters.Numbered {
		l.attributes = "/O /List /ListNumbering /Decimal"
	}
	indent := 18 * d.scale
	for i, s := range b.Items {
		label := "•"
		if b.Sort == letters.Numbered {
			label = fmt.Sprintf("%d.", i+1)
		}
		s = d.sourced(s, b.SourceOf(i))
		lines := d.wrap(s, d.right-d.left-indent, st)
		if len(lines) == 0 {
			continue
		}
		d.room(float64(min(2, len(lines))) * st.lead)
		li := l.child("LI")
		lbl := li.child("Lbl")
		d.mark(lbl)
		d.line(label+" ", d.left+4*d.scale, d.y-st.size, st)
		d.unmark()
		d.text(li.child("LBody"), s, d.left+indent, d.right-d.left-indent, st)
		d.skip(2)
	}
}

// notice sets a paragraph in a tinted box with a bar at its side.
func (d *document) notice(s string, st style) {
	pad := 7 * d.scale
	w := d.right - d.left - 2*pad - 6
	lines := d.wrap(s, w, st)
	if len(lines) == 0 {
		return
	}
	h := float64(len(lines))*st.lead + 2*pad
	if h > d.top-d.bottom { // a box of more than a page is no box
		d.text(d.root.child("P"), s, d.left, d.right-d.left, st)
		return
	}
	d.skip(2)
	d.room(h)
	d.box(d.left, d.y-h, d.right-d.left, h, tint)
	d.box(d.left, d.y-h, 3, h, accent)
	d.y -= pad
	d.text(d.root.child("P"), s, d.left+pad+6, w+1, st)
	d.y -= pad
	d.skip(8)
}

func (d *document) signHeight(b letters.Block, st style) float64 {
	return float64(1+len(b.Items))*st.lead + 60*d.scale
}

// sign sets the closing, room to sign by hand, and the name.
func (d *document) sign(b letters.Block, st style) {
	d.room(d.signHeight(b, st))
	d.skip(8)
	d.text(d.root.child("P"), b.Text, d.left, d.right-d.left, st)
	d.skip(40)
	d.drawn(b.Path)
	d.box(d.left, d.y, 190, 0.6, rule)
	d.skip(4)
	for i, s := range b.Items {
		if i == 0 {
			bold := st
			bold.face = 1
			d.text(d.root.child("P"), s, d.left, d.right-d.left, bold)
			continue
		}
		d.text(d.root.child("P"), s, d.left, d.right-d.left, st)
	}
}

// footers sets the subject and the number of each page at its foot. They are the same on
// every page, so readers leave them out.
func (d *document) footers() {
	st := style{0, 8, 11, muted}
	page, of := "Page", "of"
	if d.lang == "es" {
		page, of = "Página", "de"
	}
	for i, p := range d.pages {
		n := fmt.Sprintf("%s %d %s %d", page, i+1, of, len(d.pages))
		w := d.faces[0].measure(n, st.size)
		y := p.bottom - 24
		fmt.Fprintf(&p.content, "/Artifact <</Type /Pagination /Subtype /Footer>> BDC\n%s %s %s %s 0.6 re f\n", rule, num(p.left), num(y+13), num(p.right-p.left))
		foot := d.wrap(p.footer, p.right-p.left-w-20, st)
		if len(foot) > 0 {
			s := strings.TrimSpace(foot[0])
			if len(foot) > 1 {
				s += " …"
			}
			fmt.Fprintf(&p.content, "BT /F0 %s Tf %s %s %s Td <%s> Tj ET\n", num(st.size), st.colour, num(p.left), num(y), d.faces[0].encode(s))
		}
		fmt.Fprintf(&p.content, "BT /F0 %s Tf %s %s %s Td <%s> Tj ET\nEMC\n", num(st.size), st.colour, num(p.right-w), num(y), d.faces[0].encode(n))
	}
}
