package letters

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The field in which a signature is drawn, and how much may be in it.
const (
	SignWidth  = 600
	SignHeight = 200

	manyPoints = 5000
)

// Point is one point of a stroke, from the upper left corner of the field.
type Point struct{ X, Y int }

// onePoint is one step of a path as the page sends it: M to begin a stroke, L to go on.
var onePoint = regexp.MustCompile(`([ML])(\d{1,4}) (\d{1,4})`)

// Strokes reads a drawn signature: an SVG path of nothing but M and L with whole
// numbers within the field. Anything else is refused.
func Strokes(path string) ([][]Point, error) {
	if path == "" {
		return nil, nil
	}
	var strokes [][]Point
	read, count := 0, 0
	for _, m := range onePoint.FindAllStringSubmatchIndex(path, manyPoints+1) {
		x, _ := strconv.Atoi(path[m[4]:m[5]])
		y, _ := strconv.Atoi(path[m[6]:m[7]])
		begins := path[m[2]:m[3]] == "M"
		count++
		if m[0] != read || x > SignWidth || y > SignHeight || count > manyPoints || !begins && len(strokes) == 0 {
			return nil, fmt.Errorf("letters: no signature can be read from the path at %d", read)
		}
		if begins {
			strokes = append(strokes, nil)
		}
		last := len(strokes) - 1
		strokes[last] = append(strokes[last], Point{x, y})
		read = m[1]
	}
	if read != len(path) {
		return nil, fmt.Errorf("letters: no signature can be read from the path at %d", read)
	}
	return strokes, nil
}

// Drawn tells whether strokes are enough to be a signature: more than a slip of the
// finger.
func Drawn(strokes [][]Point) bool {
	n := 0
	for _, s := range strokes {
		n += len(s)
	}
	return n >= 8
}

// Mark is how a letter was signed on a screen.
type Mark struct {
	Name    string
	Path    string // a drawn signature; "" for a typed one
	At      string // instant, RFC 3339
	Wording string
	Text    string // SHA-256 of the letter before it was signed
}

// Fingerprint is the SHA-256 of a letter, in hexadecimal letters: what a signature is
// bound to. A letter that reads otherwise has another.
func (l Letter) Fingerprint() string {
	b, err := json.Marshal(l)
	if err != nil {
		panic("letters: " + err.Error()) // texts and numbers alone: it always can
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// SignedBy gives the letter with the signature in its place, and a line below that says
// how and when it was signed, and what.
func (l Letter) SignedBy(m Mark) Letter {
	w := &writer{lang: l.Language}
	l.Blocks = slices.Clone(l.Blocks)
	for i, b := range l.Blocks {
		if b.Sort != Sign {
			continue
		}
		b.Items = slices.Clone(b.Items)
		if b.Path = m.Path; m.Path == "" && len(b.Items) > 0 {
			b.Items[0] = "/s/ " + m.Name
		}
		if last := len(b.Items) - 1; last > 0 && strings.TrimSpace(b.Items[last]) == strings.TrimSpace(w.say("access.date", "date", "")) {
			b.Items[last] = w.say("access.date", "date", Day(m.At, l.Language))
		}
		l.Blocks[i] = b
	}
	how := "access.signed.typed"
	if m.Path != "" {
		how = "access.signed.drawn"
	}
	l.Blocks = append(l.Blocks, Block{Sort: Paragraph, Text: join(w.say(how, "name", m.Name, "at", m.At), w.say("access.signed.what", "wording", m.Wording, "hash", m.Text))})
	return l
}
