package paper

import (
	"fmt"
	"strings"

	"consilium/internal/letters"
)

// drawn sets a signature that was drawn on a screen on the line where it belongs. A
// reader is told by the words below it: to the eye alone it is a picture.
func (d *document) drawn(path string) {
	strokes, err := letters.Strokes(path)
	if err != nil || len(strokes) == 0 {
		return
	}
	const wide = 120.0 // points; the room above the line is 40 high
	k := wide * d.scale / letters.SignWidth
	var b strings.Builder
	fmt.Fprintf(&b, "/Artifact BMC\nq 1 J 1 j %s w 0.10 0.12 0.35 RG\n", num(1.1*d.scale))
	for _, s := range strokes {
		for i, p := range s {
			op := "l"
			if i == 0 {
				op = "m"
			}
			fmt.Fprintf(&b, "%s %s %s\n", num(d.left+6+float64(p.X)*k), num(d.y+2+float64(letters.SignHeight-p.Y)*k), op)
		}
		if len(s) == 1 { // a dot
			fmt.Fprintf(&b, "%s %s l\n", num(d.left+6+float64(s[0].X)*k), num(d.y+2+float64(letters.SignHeight-s[0].Y)*k))
		}
		b.WriteString("S\n")
	}
	b.WriteString("Q\nEMC\n")
	d.page().content.WriteString(b.String())
}
