package ccda

import (
	"context"
	"errors"
	"io"
	"strings"

	"consilium/internal/clinical"
	"consilium/internal/intake/narrative"
)

// kinds are the elements of a narrative that mean something to a reader.
var kinds = map[string]clinical.MarkKind{
	"table": clinical.MarkTable, "caption": clinical.MarkCaption, "tr": clinical.MarkRow, "th": clinical.MarkHeadCell, "td": clinical.MarkCell,
	"paragraph": clinical.MarkParagraph, "item": clinical.MarkItem, "list": clinical.MarkList,
}

// View gives what a document says in words, section by section, as its author meant
// it to be read, and whether it says more than is shown.
func View(ctx context.Context, in io.ReaderAt, size int64) ([]clinical.Mark, bool) {
	text, err := load(ctx, in, size)
	if err != nil && !errors.Is(err, errLetters) {
		return nil, false
	}
	t, err := scan(ctx, text)
	if t.declares {
		return nil, false
	}
	v := viewer{t: &t}
	root := t.nodes[0].first
	switch {
	case t.is(root, "ClinicalDocument"):
		v.b.Block(clinical.MarkTitle, t.line(t.child(root, "title")))
		t.all(root, "component", func(_ int, c int32) {
			v.sections(t.child(c, "structuredBody"), 0)
			if body := t.child(t.child(c, "nonXMLBody"), "text"); body != 0 && t.attr(body, "representation") != "B64" {
				narrative.Plain(&v.b, t.words(body, maxNarrative))
			}
		})
	case t.is(root, "section"):
		v.section(root, 0)
	default:
		v.sections(root, 0)
	}
	marks, cut := v.b.Marks()
	return marks, cut || err != nil || size > maxBytes || t.steps >= maxSteps
}

type viewer struct {
	t *tree
	b narrative.Builder
}

func (v *viewer) sections(n int32, depth int) {
	if n == 0 || depth > 20 {
		return
	}
	if s := v.t.child(n, "section"); s != 0 {
		v.section(s, depth)
	}
	v.t.all(n, "component", func(_ int, c int32) {
		if s := v.t.child(c, "section"); s != 0 {
			v.section(s, depth)
		}
	})
}

func (v *viewer) section(n int32, depth int) {
	kind := clinical.MarkTitle
	if depth > 0 {
		kind = clinical.MarkSubtitle
	}
	title := v.t.line(v.t.child(n, "title"))
	if title == "" {
		title = v.t.coded(v.t.child(n, "code")).words()
	}
	v.b.Block(kind, title)
	if text := v.t.child(n, "text"); text != 0 {
		v.b.Open("\x00section", clinical.MarkParagraph)
		v.narrated(text)
		v.b.Close("\x00section")
	}
	v.sections(n, depth+1)
}

// narrated reads the words of a narrative with their lists and tables.
func (v *viewer) narrated(n int32) {
	t := v.t
	for c := t.nodes[n].first; c != 0 && t.steps < maxSteps && !v.b.Full(); c = t.nodes[c].next {
		t.steps++
		m := &t.nodes[c]
		switch m.attrs {
		case characters:
			v.b.Say(plain(t.s[m.start:m.end]))
		case cdata:
			v.b.Say(t.s[m.start:m.end])
		default:
			v.element(c)
		}
	}
}

func (v *viewer) element(c int32) {
	name := v.t.name(c)
	kind, ok := kinds[name]
	switch {
	case name == "br":
		v.b.Line()
	case name == "renderMultiMedia":
	case name == "content" && bold(v.t.attr(c, "styleCode")):
		v.b.Open(name, clinical.MarkStrong)
		v.narrated(c)
		v.b.Close(name)
	case name == "list" && v.t.attr(c, "listType") == "ordered":
		v.b.Open(name, clinical.MarkNumbered)
		v.narrated(c)
		v.b.Close(name)
	case ok:
		v.b.Open(name, kind)
		v.narrated(c)
		v.b.Close(name)
	default:
		v.narrated(c)
	}
}

// bold tells whether words are marked to stand out. Nothing else of a style is read.
func bold(code string) bool {
	for _, word := range strings.Fields(code) {
		if strings.EqualFold(word, "Bold") {
			return true
		}
	}
	return false
}
