package paper

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"sort"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// face is a font as one document uses it. Every rune gets its own code, so that text
// copied out of the document is exactly what was put in, even where two runes share
// one shape or a rune has no shape at all.
type face struct {
	name  string
	raw   []byte
	font  *sfnt.Font
	buf   sfnt.Buffer
	codes map[rune]int // rune -> code, from 1
	runes []rune       // by code - 1
	glyph []sfnt.GlyphIndex
	width []int // thousandths of an em
}

func newFace(name string, raw []byte) (*face, error) {
	f, err := sfnt.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("font %s: %w", name, err)
	}
	return &face{name: name, raw: raw, font: f, codes: map[rune]int{}}, nil
}

// standIns are shown, the first that the font has, for a rune that it has not. The
// code still carries the rune itself: it is seen to be missing, and copies right.
var standIns = []rune{'\uFFFD', '\u25A1', '?'}

// code gives the code of a rune, and makes one at its first use.
func (f *face) code(r rune) int {
	if c, ok := f.codes[r]; ok {
		return c
	}
	g, err := f.font.GlyphIndex(&f.buf, r)
	for i := 0; (err != nil || g == 0) && i < len(standIns); i++ {
		g, err = f.font.GlyphIndex(&f.buf, standIns[i])
	}
	w := 500
	if a, err := f.font.GlyphAdvance(&f.buf, g, fixed.I(1000), font.HintingNone); err == nil {
		w = int(a+32) >> 6
	}
	f.runes = append(f.runes, r)
	f.glyph = append(f.glyph, g)
	f.width = append(f.width, w)
	f.codes[r] = len(f.runes)
	return len(f.runes)
}

// measure gives the width of a text in points.
func (f *face) measure(s string, size float64) float64 {
	n := 0
	for _, r := range s {
		if invisible(r) {
			continue
		}
		n += f.width[f.code(r)-1]
	}
	return float64(n) * size / 1000
}

// encode gives a text as the hexadecimal codes of a page's content.
func (f *face) encode(s string) string {
	var b bytes.Buffer
	for _, r := range s {
		if invisible(r) {
			continue
		}
		fmt.Fprintf(&b, "%04X", f.code(r))
	}
	return b.String()
}

// subset gives the font file with the outlines of unused shapes taken out. Shapes keep
// their numbers.
func (f *face) subset() ([]byte, error) {
	t, err := tables(f.raw)
	if err != nil {
		return nil, err
	}
	head, loca, glyf, maxp := t["head"], t["loca"], t["glyf"], t["maxp"]
	if len(head) < 54 || len(maxp) < 6 {
		return nil, fmt.Errorf("font %s: a table is too short", f.name)
	}
	n := int(binary.BigEndian.Uint16(maxp[4:]))
	long := binary.BigEndian.Uint16(head[50:]) == 1
	at := func(i int) int {
		if long {
			return int(binary.BigEndian.Uint32(loca[4*i:]))
		}
		return 2 * int(binary.BigEndian.Uint16(loca[2*i:]))
	}
	if need := 2 * (n + 1); long && len(loca) < 2*need || len(loca) < need || at(n) > len(glyf) {
		return nil, fmt.Errorf("font %s: the outlines are cut short", f.name)
	}
	keep := map[int]bool{0: true}
	var take func(g int)
	take = func(g int) {
		if g >= n || keep[g] && g != 0 {
			return
		}
		keep[g] = true
		for _, part := range parts(glyf[at(g):at(g+1)]) {
			take(part)
		}
	}
	for _, g := range f.glyph {
		take(int(g))
	}
	var outlines, places bytes.Buffer
	for g := 0; g < n; g++ {
		_ = binary.Write(&places, binary.BigEndian, uint32(outlines.Len()))
		if keep[g] {
			outlines.Write(glyf[at(g):at(g+1)])
			for outlines.Len()%4 != 0 {
				outlines.WriteByte(0)
			}
		}
	}
	_ = binary.Write(&places, binary.BigEndian, uint32(outlines.Len()))
	out := map[string][]byte{"glyf": outlines.Bytes(), "loca": places.Bytes()}
	for _, name := range []string{"head", "hhea", "maxp", "hmtx", "cvt ", "fpgm", "prep"} {
		if b, ok := t[name]; ok {
			out[name] = b
		}
	}
	h := append([]byte(nil), head...)
	binary.BigEndian.PutUint16(h[50:], 1)
	binary.BigEndian.PutUint32(h[8:], 0)
	out["head"] = h
	return assemble(out), nil
}

// parts lists the shapes that a composed shape is made of.
func parts(g []byte) []int {
	if len(g) < 10 || int16(binary.BigEndian.Uint16(g)) >= 0 {
		return nil
	}
	var out []int
	for i := 10; i+4 <= len(g); {
		flags := binary.BigEndian.Uint16(g[i:])
		out = append(out, int(binary.BigEndian.Uint16(g[i+2:])))
		i += 6
		if flags&1 != 0 {
			i += 2
		}
		switch {
		case flags&0x08 != 0:
			i += 2
		case flags&0x40 != 0:
			i += 4
		case flags&0x80 != 0:
			i += 8
		}
		if flags&0x20 == 0 {
			break
		}
	}
	return out
}

func tables(raw []byte) (map[string][]byte, error) {
	if len(raw) < 12 {
		return nil, fmt.Errorf("not a font")
	}
	n := int(binary.BigEndian.Uint16(raw[4:]))
	out := map[string][]byte{}
	for i := range n {
		if len(raw) < 12+16*i+16 {
			return nil, fmt.Errorf("not a font")
		}
		r := raw[12+16*i:]
		from, size := int(binary.BigEndian.Uint32(r[8:])), int(binary.BigEndian.Uint32(r[12:]))
		if from+size > len(raw) {
			return nil, fmt.Errorf("not a font")
		}
		out[string(r[:4])] = raw[from : from+size]
	}
	return out, nil
}

// assemble writes a font file from its tables.
func assemble(t map[string][]byte) []byte {
	var names []string
	for n := range t {
		names = append(names, n)
	}
	sort.Strings(names)
	power, log := 1, 0
	for power*2 <= len(names) {
		power, log = power*2, log+1
	}
	var dir, body bytes.Buffer
	put := func(v any) { _ = binary.Write(&dir, binary.BigEndian, v) }
	put(uint32(0x00010000))
	put([]uint16{uint16(len(names)), uint16(power * 16), uint16(log), uint16(len(names)*16 - power*16)})
	start, headAt := 12+16*len(names), 0
	for _, n := range names {
		b := t[n]
		if n == "head" {
			headAt = start + body.Len()
		}
		dir.WriteString(n)
		put([]uint32{sum(b), uint32(start + body.Len()), uint32(len(b))})
		body.Write(b)
		for body.Len()%4 != 0 {
			body.WriteByte(0)
		}
	}
	out := append(dir.Bytes(), body.Bytes()...)
	binary.BigEndian.PutUint32(out[headAt+8:], 0xB1B0AFBA-sum(out))
	return out
}

func sum(b []byte) uint32 {
	var s uint32
	for i := 0; i < len(b); i += 4 {
		var w [4]byte
		copy(w[:], b[i:])
		s += binary.BigEndian.Uint32(w[:])
	}
	return s
}
