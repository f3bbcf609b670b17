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
// most by a fifth, and then cut at its longest lists: each says how many lines it lost.
func Print(l letters.Letter, size Size) ([]byte, error) {
	l = clean(l)
	l, scale, err := fitted(l, size)
	if err != nil {
		return nil, err
	}
	d, err := layOut(l, size, scale)
	if err != nil {
		return nil, err
	}
	return d.write()
}

// PrintAll gives several letters as one PDF, each beginning on a page of its own, with
// the pages numbered through. It bears the first letter's title and language. A letter
// that must fit one page is one page here too.
func PrintAll(ls []letters.Letter, size Size) ([]byte, error) {
	if len(ls) == 0 {
		return nil, fmt.Errorf("paper: nothing to print")
	}
	var d *document
	known := anchors(ls)
	for i, l := range ls {
		l, scale, err := fitted(clean(l), size)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			if d, err = blank(l, size, scale); err != nil {
				return nil, err
			}
			d.known = known
		} else {
			d.shape(l, scale)
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

// clean puts every text into the one form that is printed: composed letters, no control
// characters.
func clean(l letters.Letter) letters.Letter {
	return each(l, func(s string) string {
		return norm.NFC.String(strings.Map(func(r rune) rune {
			switch {
			case r == '\n' || r == '\r' || r == '\t':
				return ' '
			case unicode.IsControl(r) || unicode.Is(unicode.Co, r) || r == '\u200b' || r == '\ufeff':
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
		b.Text, b.Items, b.Head, b.More = change(b.Text), list(b.Items), list(b.Head), change(b.More)
		b.Sources = slices.Clone(b.Sources)
		for j := range b.Sources {
			b.Sources[j].Name = change(b.Sources[j].Name)
		}
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
