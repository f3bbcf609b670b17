// Package narrative turns the words of foreign documents (web pages, the narrative
// blocks of FHIR and C-CDA, RTF, plain text) into a small tree of our own: headings,
// paragraphs, lists, tables, bold and italic words. Nothing else comes through: no
// address, no style, no picture, no program.
package narrative

import (
	"strings"
	"unicode"

	"consilium/internal/clinical"
)

// Limits of what one document may show. Longer ones are cut, and said to be.
const (
	maxMarks = 30_000
	maxBytes = 2 << 20
	maxDepth = 30
)

// Builder puts marks together as a document is read. Whatever is opened and closed
// in whatever order, what comes out is well formed.
type Builder struct {
	stack []clinical.Mark // what is open; the first is the whole
	names []string        // what each was opened as
	marks int
	bytes int
	gap   bool // white space stands before the next word
	full  bool
}

func (b *Builder) top() *clinical.Mark {
	if len(b.stack) == 0 {
		b.stack, b.names = []clinical.Mark{{Kind: clinical.MarkParagraph}}, []string{""}
	}
	return &b.stack[len(b.stack)-1]
}

// Open begins a mark that Close with the same name ends.
func (b *Builder) Open(name string, kind clinical.MarkKind) {
	b.top()
	if len(b.stack) > maxDepth || b.full {
		return
	}
	if b.marks++; b.marks > maxMarks {
		b.full = true
		return
	}
	if inline(kind) && b.gap && b.spoken() {
		b.Keep(" ")
	}
	b.gap = false
	b.stack, b.names = append(b.stack, clinical.Mark{Kind: kind}), append(b.names, name)
}

// Close ends the newest open mark of that name and all that was opened in it. One
// that is not open is passed over.
func (b *Builder) Close(name string) {
	for i := len(b.names) - 1; i > 0; i-- {
		if b.names[i] == name {
			b.shut(i)
			return
		}
	}
}

// Within tells whether a mark of that name is open, inside the newest of those that
// bound it.
func (b *Builder) Within(name string, bounds ...string) bool {
	for i := len(b.names) - 1; i > 0; i-- {
		if b.names[i] == name {
			return true
		}
		for _, bound := range bounds {
			if b.names[i] == bound {
				return false
			}
		}
	}
	return false
}

func (b *Builder) shut(from int) {
	for len(b.stack) > from {
		last := len(b.stack) - 1
		m := b.stack[last]
		b.stack, b.names = b.stack[:last], b.names[:last]
		top := b.top()
		top.Parts = append(top.Parts, m)
		if !inline(m.Kind) {
			b.gap = false
		}
	}
}

// Say adds words; white space counts as one blank.
func (b *Builder) Say(s string) {
	words := strings.Fields(s)
	if s != "" && (len(words) == 0 || unicode.IsSpace(rune(s[0]))) {
		b.gap = true
	}
	if len(words) == 0 {
		return
	}
	text := strings.Join(words, " ")
	if b.gap && b.spoken() {
		text = " " + text
	}
	b.gap = unicode.IsSpace(rune(s[len(s)-1]))
	b.Keep(text)
}

// spoken tells whether the block that is open has words before the place.
func (b *Builder) spoken() bool {
	for i := len(b.stack) - 1; i >= 0; i-- {
		if n := len(b.stack[i].Parts); n > 0 {
			return b.stack[i].Parts[n-1].Kind != clinical.MarkBreak
		}
		if !inline(b.stack[i].Kind) {
			return false
		}
	}
	return false
}

// Keep adds words with their white space as it is.
func (b *Builder) Keep(s string) {
	if s = clean(s); s == "" || b.full {
		return
	}
	if b.bytes+len(s) > maxBytes {
		s = strings.ToValidUTF8(s[:maxBytes-b.bytes], "")
		b.full = true
	}
	b.bytes += len(s)
	top := b.top()
	if n := len(top.Parts); n > 0 && top.Parts[n-1].Kind == clinical.MarkWords && len(top.Parts[n-1].Text) < 4096 {
		top.Parts[n-1].Text += s
		return
	}
	if b.marks++; b.marks > maxMarks {
		b.full = true
		return
	}
	top.Parts = append(top.Parts, clinical.Mark{Kind: clinical.MarkWords, Text: s})
}

// Line begins a new line.
func (b *Builder) Line() {
	b.gap = false
	if b.marks++; b.marks > maxMarks || b.full {
		b.full = true
		return
	}
	top := b.top()
	top.Parts = append(top.Parts, clinical.Mark{Kind: clinical.MarkBreak})
}

// Block adds a whole mark of words.
func (b *Builder) Block(kind clinical.MarkKind, words string) {
	if strings.TrimSpace(words) == "" {
		return
	}
	b.Open("\x00block", kind)
	b.Say(words)
	b.Close("\x00block")
}

// Full tells whether nothing more is taken.
func (b *Builder) Full() bool { return b.full }

// Marks gives what was put together, each mark where it may stand, and tells
// whether it was cut.
func (b *Builder) Marks() ([]clinical.Mark, bool) {
	b.top()
	b.shut(1)
	return flow(b.stack[0].Parts), b.full
}

// clean takes out what is not written: control characters, and the marks that turn
// the direction of words about, with which a text can be made to look like another.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r', r < ' ', r >= 0x7f && r < 0xa0, r == '\ufeff', r == unicode.ReplacementChar,
			r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r >= 0xe0000 && r <= 0xe007f:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
