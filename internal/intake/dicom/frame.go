package dicom

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"strconv"
	"strings"
)

// draw gives one frame as a picture.
func (p *pixels) draw(frame int) (image.Image, error) {
	switch {
	case p.native():
		b := make([]byte, p.length())
		at := p.at.at + p.length()*int64(frame-1)
		start := 0
		if p.bits == 1 { // frames of single bits follow without a gap
			bit := int64(p.rows) * int64(p.columns) * int64(frame-1)
			at, start = p.at.at+bit/8, int(bit%8)
		}
		if p.at.vr == "OW" && p.bits <= 8 && p.c.order == binary.BigEndian {
			if err := p.swapped(b, at-p.at.at); err != nil {
				return nil, err
			}
			return p.colour(b, start)
		}
		if n, err := p.c.in.ReadAt(b, at); n < len(b) && !(p.bits == 1 && err != nil && n == len(b)-1) {
			return nil, errNotDrawn
		}
		return p.colour(b, start)
	case p.isJPEG():
		b, err := p.fragments(frame)
		if err != nil || !readableJPEG(b) {
			return nil, errNotDrawn
		}
		picture, err := jpeg.Decode(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		if gray, ok := picture.(*image.Gray); ok && p.light == "MONOCHROME1" {
			for i := range gray.Pix {
				gray.Pix[i] = 255 - gray.Pix[i]
			}
		}
		return picture, nil
	case p.h.ascii(tagSyntax) == syntaxRLE:
		b, err := p.fragments(frame)
		if err != nil {
			return nil, err
		}
		if b, err = p.unpacked(b); err != nil {
			return nil, err
		}
		plain := *p
		plain.planes, plain.c = false, &cursor{order: binary.LittleEndian}
		return plain.colour(b, 0)
	}
	return nil, errNotDrawn
}

// swapped reads bytes that are written as words of two, the second one first.
func (p *pixels) swapped(b []byte, from int64) error {
	words := make([]byte, (int64(len(b))+from%2+1)&^1)
	if n, _ := p.c.in.ReadAt(words, p.at.at+from-from%2); n < len(words) {
		return errNotDrawn
	}
	for i := 0; i < len(words); i += 2 {
		words[i], words[i+1] = words[i+1], words[i]
	}
	copy(b, words[from%2:])
	return nil
}

func readableJPEG(b []byte) bool {
	c, err := jpeg.DecodeConfig(bytes.NewReader(b))
	return err == nil && c.Width > 0 && c.Height > 0 && int64(c.Width)*int64(c.Height) <= mostPixels
}

// fragments gives the bytes of one frame of a picture that is stored in pieces.
func (p *pixels) fragments(frame int) ([]byte, error) {
	if p.at.length != undefined {
		return nil, errNotDrawn
	}
	var offsets []byte
	var all []element
	at, first := p.at.at, true
	for {
		e, err := p.c.next(at)
		if err != nil || e.tag == tagListEnd || len(all) >= mostFragments {
			break
		}
		if e.tag != tagItem || e.length == undefined || e.at+int64(e.length) > p.c.size {
			break
		}
		switch {
		case !first:
			all = append(all, e)
		case e.length <= 4*mostFrames:
			b, err := p.c.bytes(e.at, int(e.length))
			if err != nil {
				return nil, err
			}
			offsets = bytes.Clone(b)
		}
		first = false
		at = e.at + int64(e.length)
	}
	return p.joined(p.those(all, offsets, frame))
}

// those are the pieces that one frame is made of.
func (p *pixels) those(all []element, offsets []byte, frame int) []element {
	switch {
	case p.frames == 1:
		return all
	case len(all) == p.frames:
		return all[frame-1 : frame]
	case len(offsets) != 4*p.frames || len(all) == 0:
		return nil
	}
	base := all[0].at - 8
	from, to := int64(binary.LittleEndian.Uint32(offsets[4*(frame-1):])), int64(math.MaxInt64)
	if frame < p.frames {
		to = int64(binary.LittleEndian.Uint32(offsets[4*frame:]))
	}
	var mine []element
	for _, e := range all {
		if place := e.at - 8 - base; place >= from && place < to {
			mine = append(mine, e)
		}
	}
	return mine
}

func (p *pixels) joined(parts []element) ([]byte, error) {
	var out []byte
	for _, e := range parts {
		if len(out)+int(e.length) > mostFrame {
			return nil, errNotDrawn
		}
		b := make([]byte, e.length)
		if n, _ := p.c.in.ReadAt(b, e.at); n < len(b) {
			return nil, errCut
		}
		out = append(out, b...)
	}
	if len(out) == 0 {
		return nil, errNotDrawn
	}
	return out, nil
}

// unpacked undoes run-length encoding (PS3.5 annex G): each byte of each sample is a
// segment of its own, the highest first.
func (p *pixels) unpacked(b []byte) ([]byte, error) {
	width := p.bits / 8
	segments := p.samples * width
	if len(b) < 64 || p.bits == 1 || int(binary.LittleEndian.Uint32(b)) != segments || segments > 15 {
		return nil, errNotDrawn
	}
	n := p.rows * p.columns
	out := make([]byte, p.length())
	for s := range segments {
		from, to := int64(binary.LittleEndian.Uint32(b[4+4*s:])), int64(len(b))
		if s+1 < segments {
			to = int64(binary.LittleEndian.Uint32(b[8+4*s:]))
		}
		if from < 64 || from > to || to > int64(len(b)) {
			return nil, errDamaged
		}
		sample, place := s/width, width-1-s%width
		step := segments
		put := sample*width + place
		for packed := b[from:to]; len(packed) > 1 && put < n*step; {
			run := int(int8(packed[0]))
			switch {
			case run >= 0:
				count := min(run+1, len(packed)-1)
				for _, v := range packed[1 : 1+count] {
					if put < len(out) {
						out[put] = v
					}
					put += step
				}
				packed = packed[1+count:]
			case run == -128:
				packed = packed[1:]
			default:
				for range 1 - run {
					if put < len(out) {
						out[put] = packed[1]
					}
					put += step
				}
				packed = packed[2:]
			}
		}
	}
	return out, nil
}

// colour makes a picture of the plain bytes of a frame.
func (p *pixels) colour(b []byte, start int) (image.Image, error) {
	switch {
	case p.samples == 1 && p.light == "PALETTE COLOR":
		return p.palette(b)
	case p.samples == 1:
		return p.grey(b, start), nil
	}
	out := image.NewRGBA(image.Rect(0, 0, p.columns, p.rows))
	n := p.rows * p.columns
	sample := func(i, s int) byte {
		at := i*3 + s
		if p.planes {
			at = s*n + i
		}
		if p.light == "YBR_FULL_422" && p.native() && p.c.in != nil {
			at = i/2*4 + i%2
			if s > 0 {
				at = i/2*4 + 1 + s
			}
		}
		if at*p.bits/8+p.bits/8 > len(b) {
			return 0 // the last of an odd number that share their colour
		}
		if p.bits == 16 {
			v := p.c.order.Uint16(b[at*2:])
			return byte(v >> max(0, p.stored-8))
		}
		return b[at]
	}
	for i := range n {
		x, y, z := sample(i, 0), sample(i, 1), sample(i, 2)
		if strings.HasPrefix(p.light, "YBR") {
			x, y, z = color.YCbCrToRGB(x, y, z)
		}
		copy(out.Pix[4*i:], []byte{x, y, z, 255})
	}
	return out, nil
}

// value gives one sample as it is stored.
func (p *pixels) value(b []byte, i int) int64 {
	var v uint32
	switch p.bits {
	case 1:
		return int64(b[i/8] >> (i % 8) & 1)
	case 8:
		v = uint32(b[i])
	case 16:
		v = uint32(p.c.order.Uint16(b[2*i:]))
	default:
		v = p.c.order.Uint32(b[4*i:])
	}
	v >>= p.high + 1 - p.stored
	if p.stored < 32 {
		v &= 1<<p.stored - 1
	}
	if p.signed {
		return int64(int32(v<<(32-p.stored)) >> (32 - p.stored))
	}
	return int64(v)
}

// grey draws one sample a pixel, by the window that the file asks for (PS3.3
// C.11.2.1.2), or from the darkest to the brightest.
func (p *pixels) grey(b []byte, start int) image.Image {
	out := image.NewGray(image.Rect(0, 0, p.columns, p.rows))
	n := p.rows * p.columns
	if p.bits == 1 {
		n = min(n, 8*len(b)-start)
	}
	low, high := int64(math.MaxInt64), int64(math.MinInt64)
	for i := range n {
		v := p.value(b, i+start)
		low, high = min(low, v), max(high, v)
	}
	slope, intercept := p.decimal(tagSlope, 1), p.decimal(tagIntercept, 0)
	centre, width := p.decimal(tagCentre, 0), p.decimal(tagWidth, 0)
	bottom, span := float64(low)*slope+intercept, float64(high-low)*slope
	if width >= 1 && len(p.h.values[tagCentre]) > 0 {
		bottom, span = centre-0.5-(width-1)/2, width-1
	}
	for i := range n {
		x := float64(p.value(b, i+start))*slope + intercept - bottom
		shade := 0.0
		switch {
		case span != 0:
			shade = min(max(x/span, 0), 1) * 255
		case x > 0:
			shade = 255
		}
		if p.light == "MONOCHROME1" {
			shade = 255 - shade
		}
		out.Pix[i] = byte(shade + 0.5)
	}
	return out
}

// decimal gives the first of the numbers of an element.
func (p *pixels) decimal(t tag, usual float64) float64 {
	first, _, _ := strings.Cut(p.h.ascii(t), `\`)
	f, err := strconv.ParseFloat(strings.TrimSpace(first), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || math.Abs(f) > 1e12 {
		return usual
	}
	return f
}

// palette draws indices into a table of colours.
func (p *pixels) palette(b []byte) (image.Image, error) {
	var tables [3][]byte
	first := int64(0)
	for i := range tables {
		about := p.h.values[tagRedTable+tag(i)]
		data := p.h.values[tagRedColours+tag(i)]
		if len(about) != 6 || p.h.order == nil {
			return nil, errors.New("no colours")
		}
		count, bits := int(p.h.order.Uint16(about)), p.h.order.Uint16(about[4:])
		if count == 0 {
			count = 1 << 16
		}
		first = int64(p.h.order.Uint16(about[2:]))
		if p.signed {
			first = int64(int16(first))
		}
		wide := len(data) >= 2*count
		if len(data) < count {
			return nil, errNotDrawn
		}
		table := make([]byte, count)
		for k := range table {
			switch {
			case wide && bits == 16:
				table[k] = byte(p.h.order.Uint16(data[2*k:]) >> 8)
			case wide:
				table[k] = byte(p.h.order.Uint16(data[2*k:]))
			default:
				table[k] = data[k]
			}
		}
		tables[i] = table
	}
	out := image.NewRGBA(image.Rect(0, 0, p.columns, p.rows))
	for i := range p.rows * p.columns {
		at := p.value(b, i) - first
		for k, table := range tables {
			out.Pix[4*i+k] = table[min(max(at, 0), int64(len(table)-1))]
		}
		out.Pix[4*i+3] = 255
	}
	return out, nil
}
