// Package paper prints a letter: a PDF that looks like a letter a hospital would be
// proud of, and that a screen reader can read. Every page is tagged (title, headings,
// paragraphs, lists, tables with their headings), says its language, and carries its
// text exactly, so that it can be searched and copied. The same letter always gives the
// same bytes.
//
// The file says that it follows PDF/UA-1. It was built to that standard and checked
// with open readers; no certified checker has confirmed it.
package paper

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/text/unicode/norm"

	"consilium/internal/letters"
)

// Size is the size of the sheet.
type Size string

// The sizes. The zero value is US Letter.
const (
	USLetter Size = "letter"
	A4       Size = "a4"
)

// maxPages stops a letter that has gone wrong.
const maxPages = 200

// Print gives a letter as PDF bytes. A letter that must fit one page is set smaller, at
// most by a fifth, and then cut at its longest lists, with a line that says so.
func Print(l letters.Letter, size Size) ([]byte, error) {
	l = clean(l)
	if l.OnePage == "" {
		d, err := layOut(l, size, 1)
		if err != nil {
			return nil, err
		}
		return d.write()
	}
	d, err := onePage(l, size)
	if err != nil {
		return nil, err
	}
	return d.write()
}

// PrintAll gives several letters as one PDF, each beginning on a page of its own, with
// the pages numbered through. It bears the first letter's title and language. A letter
// that must fit one page is set as any other here.
func PrintAll(ls []letters.Letter, size Size) ([]byte, error) {
	if len(ls) == 0 {
		return nil, fmt.Errorf("paper: nothing to print")
	}
	var d *document
	for i, l := range ls {
		l = clean(l)
		l.OnePage = ""
		if i == 0 {
			var err error
			if d, err = blank(l, size, 1); err != nil {
				return nil, err
			}
		} else {
			d.footer = l.Subject
			d.newPage()
		}
		whole := d.root
		d.root = whole.child("Art")
		d.letter(l)
		d.root = whole
		if d.over {
			return nil, tooLong()
		}
	}
	d.footers()
	return d.write()
}

// onePage lays a letter out on one page.
func onePage(l letters.Letter, size Size) (*document, error) {
	for _, scale := range []float64{1, 0.95, 0.9, 0.86, 0.82} {
		d, err := layOut(l, size, scale)
		if err != nil || len(d.pages) == 1 {
			return d, err
		}
	}
	note := letters.Block{Sort: letters.Paragraph, Text: l.OnePage}
	longest := 400 // runes of one text
	l = shorten(l, longest)
	for {
		short := l
		short.Blocks = append(append([]letters.Block(nil), l.Blocks...), note)
		d, err := layOut(short, size, 0.82)
		if err != nil || len(d.pages) == 1 {
			return d, err
		}
		// Far too long: cut many at once, so that the work stays small.
		cuts := 1 + 4*(len(d.pages)-2)
		for range cuts {
			if !trim(&l) {
				longest /= 2
				break
			}
		}
		if longest < 10 {
			return d, nil
		}
		l = shorten(l, longest)
	}
}

// trim takes one line out of the longest list or table: the last of a list, the first
// (the oldest) of a table. Numbered lists, which are in the patient's own order, come
// after the rest, and firm lists last; a firm list says in its own last line that it
// is not whole. It tells whether there was one to take.
func trim(l *letters.Letter) bool {
	order := func(b letters.Block) int {
		switch {
		case b.Firm:
			return 2
		case b.Sort == letters.Numbered:
			return 1
		}
		return 0
	}
	best := -1
	for _, turn := range []struct{ order, leave int }{{0, 3}, {1, 3}, {0, 1}, {2, 3}} {
		most := turn.leave
		for i, b := range l.Blocks {
			if n := len(b.Items) + len(b.Rows); n > most && (len(b.Items) > 0 || len(b.Head) > 0) && order(b) == turn.order {
				best, most = i, n
			}
		}
		if best >= 0 {
			break
		}
	}
	if best < 0 {
		return false
	}
	blocks := append([]letters.Block(nil), l.Blocks...)
	b := &blocks[best]
	switch {
	case len(b.Rows) > 0:
		b.Rows = b.Rows[1:]
	case b.Firm:
		// Two go the first time, for the line that says so takes a place itself.
		b.Items = append(slices.Clone(b.Items[:len(b.Items)-2]), l.OnePage)
	default:
		b.Items = b.Items[:len(b.Items)-1]
	}
	l.Blocks = blocks
	return true
}

// shorten cuts each text of a letter that is longer than n runes.
func shorten(l letters.Letter, n int) letters.Letter {
	return each(l, func(s string) string {
		r := []rune(s)
		if len(r) <= n {
			return s
		}
		return strings.TrimSpace(string(r[:n])) + "…"
	})
}

// clean puts every text into the one form that is printed: composed letters, no control
// characters.
func clean(l letters.Letter) letters.Letter {
	return each(l, func(s string) string {
		return norm.NFC.String(strings.Map(func(r rune) rune {
			switch {
			case r == '\n' || r == '\r' || r == '\t':
				return ' '
			case unicode.IsControl(r) || r == '\u200b' || r == '\ufeff':
				return -1
			}
			return r
		}, strings.ToValidUTF8(s, "\uFFFD")))
	})
}

// each gives a copy of a letter with every text changed.
func each(l letters.Letter, change func(string) string) letters.Letter {
	list := func(in []string) []string {
		out := make([]string, len(in))
		for i, s := range in {
			out[i] = change(s)
		}
		return out
	}
	l.From = letters.Address{Name: change(l.From.Name), Lines: list(l.From.Lines)}
	l.To = letters.Address{Name: change(l.To.Name), Lines: list(l.To.Lines)}
	l.Date, l.Subject = change(l.Date), change(l.Subject)
	blocks := make([]letters.Block, len(l.Blocks))
	for i, b := range l.Blocks {
		b.Text, b.Items, b.Head = change(b.Text), list(b.Items), list(b.Head)
		rows := make([][]string, len(b.Rows))
		for j, r := range b.Rows {
			rows[j] = list(r)
		}
		b.Rows = rows
		blocks[i] = b
	}
	l.Blocks = blocks
	return l
}

func layOut(l letters.Letter, size Size, scale float64) (*document, error) {
	d, err := blank(l, size, scale)
	if err != nil {
		return nil, err
	}
	d.letter(l)
	if d.over {
		return nil, tooLong()
	}
	d.footers()
	return d, nil
}

// blank is a document with its faces and its first page, before anything is set.
func blank(l letters.Letter, size Size, scale float64) (*document, error) {
	regular, err := newFace("GoRegular", goregular.TTF)
	if err != nil {
		return nil, err
	}
	bold, err := newFace("GoBold", gobold.TTF)
	if err != nil {
		return nil, err
	}
	d := newDocument(l, size, scale)
	d.faces = []*face{regular, bold}
	return d, nil
}

func tooLong() error { return fmt.Errorf("paper: more than %d pages", maxPages) }
