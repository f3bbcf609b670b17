package ccda

import (
	"strings"
	"unicode/utf8"
)

// How much of a text is kept, in bytes. The file itself is kept whole.
const (
	maxText      = 4000  // of one text of a fact
	maxNarrative = 20000 // of the words of one section
)

// breaks are the elements of a narrative after which a new line begins.
var breaks = map[string]bool{
	"tr": true, "paragraph": true, "item": true, "br": true, "caption": true, "table": true, "list": true, "thead": true, "title": true, "text": true,
}

// writer puts the words of a narrative together: mark-up is left out, cells stand
// apart, and each row, paragraph and item has its own line.
type writer struct {
	b     strings.Builder
	limit int
	gap   string // what stands before the next word
}

// maxSteps bounds the walks through narratives of one document, so that words which
// many entries point at take no longer than reading them a few times.
const maxSteps = 8_000_000

func (w *writer) mark(gap string) {
	if w.b.Len() > 0 && len(gap) >= len(w.gap) && w.gap != "\n" {
		w.gap = gap
	}
	if gap == "\n" && w.b.Len() > 0 {
		w.gap = gap
	}
}

func (w *writer) write(text string) {
	for text != "" && w.b.Len() < w.limit {
		i := 0
		for i < len(text) && text[i] <= ' ' {
			i++
		}
		if i > 0 {
			w.mark(" ")
		}
		if text = text[i:]; text == "" {
			return
		}
		for i = 0; i < len(text) && text[i] > ' '; i++ {
		}
		w.b.WriteString(w.gap)
		w.gap = ""
		w.b.WriteString(text[:i])
		text = text[i:]
	}
}

func (t *tree) gather(n int32, w *writer) {
	for c := t.nodes[n].first; c != 0 && w.b.Len() < w.limit && t.steps < maxSteps; c = t.nodes[c].next {
		t.steps++
		m := &t.nodes[c]
		switch m.attrs {
		case characters:
			w.write(plain(t.s[m.start:min(m.end, m.start+uint32(4*w.limit))]))
		case cdata:
			w.write(t.s[m.start:min(m.end, m.start+uint32(4*w.limit))])
		default:
			name := t.name(c)
			switch {
			case name == "td", name == "th":
				w.mark(" | ")
			case breaks[name]:
				w.mark("\n")
			}
			t.gather(c, w)
			if breaks[name] {
				w.mark("\n")
			}
		}
	}
}

// words gives the words of an element, line by line.
func (t *tree) words(n int32, limit int) string {
	if n == 0 {
		return ""
	}
	w := writer{limit: limit}
	t.gather(n, &w)
	return clip(w.b.String(), limit)
}

// line gives the words of an element on one line.
func (t *tree) line(n int32) string {
	s := t.words(n, maxText)
	if strings.IndexByte(s, '\n') >= 0 {
		s = strings.ReplaceAll(s, "\n", " ")
	}
	return s
}

// said gives what a text says: its own words, or those of the place in the
// narrative that it points at.
func (t *tree) said(n int32) string {
	if n == 0 {
		return ""
	}
	if t.attr(n, "representation") == "B64" {
		return ""
	}
	if s := t.line(n); s != "" {
		return s
	}
	for _, name := range []string{"reference", "thumbnail"} {
		ref := t.attr(t.child(n, name), "value")
		if id, ok := strings.CutPrefix(ref, "#"); ok {
			if at := t.ids[id]; at != 0 {
				return t.line(at)
			}
		}
	}
	return ""
}

// clip keeps whole letters.
func clip(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= limit {
		return s
	}
	cut := limit - len("…")
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.TrimSpace(s[:cut]) + "…"
}
