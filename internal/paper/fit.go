package paper

import (
	"slices"
	"strings"

	"consilium/internal/letters"
)

// smallest is how small a page may be set so that more fits on it.
const smallest = 0.82

// fitted gives a letter that must fit one page in the size, and if need be cut, so that
// it does. Any other letter stays as it is.
func fitted(l letters.Letter, size Size) (letters.Letter, float64, error) {
	if l.OnePage == "" {
		return l, 1, nil
	}
	for _, scale := range []float64{1, 0.95, 0.9, 0.86, smallest} {
		d, err := layOut(l, size, scale)
		if err != nil || len(d.pages) == 1 {
			return l, scale, err
		}
	}
	note := letters.Block{Sort: letters.Paragraph, Text: l.OnePage}
	longest := 400 // runes of one text
	// What was cut says so itself, by a number; the note is for texts that end in dots.
	for l = counted(l); ; {
		short := shorten(l, longest)
		if short.Text() != l.Text() {
			short.Blocks = append(short.Blocks, note)
		}
		d, err := layOut(short, size, smallest)
		if err != nil || len(d.pages) == 1 || longest < 10 {
			return short, smallest, err
		}
		// Far too long: cut many at once, so that the work stays small.
		for range 1 + 4*(len(d.pages)-2) {
			if !trim(&l) {
				longest /= 2
				break
			}
		}
	}
}

// counted lets every list that can be cut say how much it lost.
func counted(l letters.Letter) letters.Letter {
	l.Blocks = slices.Clone(l.Blocks)
	for i := range l.Blocks {
		if l.Blocks[i].More == "" {
			l.Blocks[i].More = l.OnePage
		}
	}
	return l
}

// turns is the order in which lists are cut, and how much each keeps: numbered lists,
// which are in the patient's own order, come after the rest, and firm ones last.
var turns = []struct{ order, leave int }{{0, 3}, {1, 3}, {0, 1}, {1, 1}, {2, 3}, {2, 1}}

func orderOf(b letters.Block) int {
	switch {
	case b.Firm:
		return 2
	case b.Sort == letters.Numbered:
		return 1
	}
	return 0
}

// trim takes one line out of the longest list or table: the last of a list, the first
// (the oldest) of a table. Allergies are never cut. It tells whether there was one to
// take.
func trim(l *letters.Letter) bool {
	best := -1
	for _, turn := range turns {
		most := turn.leave
		for i, b := range l.Blocks {
			n := len(b.Items) + len(b.Rows)
			if n > most && (len(b.Items) > 0 || len(b.Head) > 0) && orderOf(b) == turn.order && b.Sort != letters.Notice {
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
	blocks := slices.Clone(l.Blocks)
	b := &blocks[best]
	b.Left++
	if len(b.Rows) > 0 {
		b.Rows = b.Rows[1:]
		if len(b.Sources) > 0 {
			b.Sources = b.Sources[1:]
		}
	} else {
		b.Items = b.Items[:len(b.Items)-1]
		b.Sources = b.Sources[:min(len(b.Sources), len(b.Items))]
	}
	l.Blocks = blocks
	return true
}

// shorten cuts each text of a letter that is longer than n runes, but for allergies.
func shorten(l letters.Letter, n int) letters.Letter {
	short := each(l, func(s string) string {
		r := []rune(s)
		if len(r) <= n {
			return s
		}
		return strings.TrimSpace(string(r[:n])) + "…"
	})
	for i, b := range l.Blocks {
		if b.Firm && b.Sort == letters.Notice {
			short.Blocks[i] = b
		}
		short.Blocks[i].Sources, short.Blocks[i].More = b.Sources, b.More
	}
	short.OnePage = l.OnePage
	return short
}
