package dicom

import (
	"context"
	"encoding/binary"
	"errors"
	"image"
	"io"
	"regexp"
	"strconv"
	"strings"

	"consilium/internal/clinical"
)

// The elements that a still picture needs.
const (
	tagSeriesNumber tag = 0x00200011
	tagNumber       tag = 0x00200013
	tagSamples      tag = 0x00280002
	tagPhotometric  tag = 0x00280004
	tagPlanar       tag = 0x00280006
	tagRows         tag = 0x00280010
	tagColumns      tag = 0x00280011
	tagAllocated    tag = 0x00280100
	tagStored       tag = 0x00280101
	tagHighBit      tag = 0x00280102
	tagSigned       tag = 0x00280103
	tagCentre       tag = 0x00281050
	tagWidth        tag = 0x00281051
	tagIntercept    tag = 0x00281052
	tagSlope        tag = 0x00281053
	tagRedTable     tag = 0x00281101 // its length, first index and bits; green and blue follow
	tagRedColours   tag = 0x00281201 // the colours themselves; green and blue follow
)

// Limits of one picture.
const (
	mostPixels    = 40_000_000
	mostFrame     = 128 << 20 // bytes of one frame, unpacked
	mostFrames    = 100_000
	mostFragments = 200_000
	mostColours   = 256 << 10
)

// isUID is the form of a unique identifier: DICOM PS3.5, 9.1.
var isUID = regexp.MustCompile(`^[0-9][0-9.]{0,63}$`)

var errNotDrawn = errors.New("the picture cannot be drawn here")

// View tells whether Still can draw a picture of an image, how many it has, and what
// names it.
func View(ctx context.Context, in io.ReaderAt, size int64) clinical.View {
	p, err := openPixels(ctx, in, size)
	if p == nil {
		return clinical.View{Why: "damaged"}
	}
	v := clinical.View{Still: p.named()}
	switch how := p.h.ascii(tagSyntax); {
	case errors.Is(err, errNoPixels): // a report, a plan: it has no picture
	case err != nil, p.sound() != nil:
		v.Why = "damaged"
	case p.large():
		v.Why = "large"
	case !p.drawable():
		v.Why, v.How = "stored", Syntax(how)
		if v.How == "" && isUID.MatchString(how) {
			v.How = how // a maker's own way
		}
		if v.How == "" {
			v.Why = "damaged"
		}
	default:
		v.Drawn, v.Frames = true, p.frames
	}
	return v
}

// Still draws one frame of an image, counted from 1: to know the image again, not to
// judge it.
func Still(ctx context.Context, in io.ReaderAt, size int64, frame int) (image.Image, error) {
	p, err := openPixels(ctx, in, size)
	if err != nil {
		return nil, err
	}
	if err := p.sound(); err != nil {
		return nil, err
	}
	if frame < 1 || frame > p.frames || p.large() {
		return nil, errNotDrawn
	}
	return p.draw(frame)
}

var errNoPixels = errors.New("there is no picture in it")

// pixels is how the picture of one file is written.
type pixels struct {
	c       *cursor
	h       header
	at      element // the picture itself
	rows    int
	columns int
	samples int
	bits    int // allocated
	stored  int
	high    int
	frames  int
	signed  bool
	planes  bool // each colour by itself
	light   string
}

// openPixels reads the description of a picture, up to the picture.
func openPixels(ctx context.Context, in io.ReaderAt, size int64) (*pixels, error) {
	count := 0
	c := &cursor{ctx: ctx, in: in, size: size, explicit: true, order: binary.LittleEndian, count: &count}
	p := &pixels{c: c, h: header{values: map[tag][]byte{}}}
	start := int64(0)
	if b, err := c.bytes(128, 4); err == nil && string(b) == "DICM" {
		start = 132
	}
	if err := c.meta(&start, p.h); err != nil {
		return nil, err
	}
	_, err := c.elements(start, c.size, 0, func(e element) (int64, error) {
		switch {
		case e.tag == tagPixels:
			p.at = e
			return 0, errStop
		case e.tag > tagPixels:
			return 0, errStop
		case e.tag>>16 == 0x0028 || e.tag == tagSeriesNumber || e.tag == tagNumber || wanted(e.tag):
			if e.length == undefined || e.length > mostColours {
				return 0, nil
			}
			v, err := c.bytes(e.at, int(e.length))
			if err != nil {
				return 0, err
			}
			p.h.values[e.tag] = append([]byte{}, v...)
		}
		return 0, nil
	})
	p.h.order = c.order
	p.describe()
	switch {
	case p.at.tag == 0 && (err == nil || errors.Is(err, errStop)):
		return p, errNoPixels
	case p.at.tag == 0:
		return p, err
	}
	return p, nil
}

func (p *pixels) describe() {
	number := func(t tag, usual int) int {
		if len(p.h.values[t]) == 0 {
			return usual
		}
		return int(p.h.number(t))
	}
	p.rows, p.columns = number(tagRows, 0), number(tagColumns, 0)
	p.samples, p.bits = number(tagSamples, 1), number(tagAllocated, 8)
	p.stored = number(tagStored, p.bits)
	p.high = number(tagHighBit, p.stored-1)
	p.signed, p.planes = number(tagSigned, 0) == 1, number(tagPlanar, 0) == 1
	p.light = strings.ToUpper(p.h.ascii(tagPhotometric))
	p.frames = 1
	if n, err := strconv.Atoi(p.h.ascii(tagFrames)); err == nil && n > 0 {
		p.frames = n
	}
}

// sound tells whether the description can be true.
func (p *pixels) sound() error {
	switch {
	case p.rows <= 0, p.columns <= 0, p.samples != 1 && p.samples != 3, p.frames > mostFrames,
		p.bits != 1 && p.bits != 8 && p.bits != 16 && p.bits != 32, p.stored < 1, p.stored > p.bits, p.high < p.stored-1, p.high >= p.bits,
		p.samples == 3 && p.bits != 8 && p.bits != 16,
		p.light == "YBR_FULL_422" && (p.samples != 3 || p.bits != 8): // two pixels share their colour
		return errNotDrawn
	}
	if p.native() && (p.at.length == undefined || p.at.at+p.length()*int64(p.frames) > p.c.size || p.length()*int64(p.frames) > int64(p.at.length)+1) {
		return errNotDrawn // it is cut short
	}
	return nil
}

func (p *pixels) large() bool {
	return int64(p.rows)*int64(p.columns) > mostPixels || p.length() > mostFrame
}

// length is the bytes of one frame, unpacked.
func (p *pixels) length() int64 {
	n := int64(p.rows) * int64(p.columns) * int64(p.samples)
	switch {
	case p.bits == 1:
		return (n + 7) / 8
	case p.native() && p.light == "YBR_FULL_422":
		return n / 3 * 2
	}
	return n * int64(p.bits/8)
}

// native tells whether the picture is written plainly.
func (p *pixels) native() bool {
	switch p.h.ascii(tagSyntax) {
	case "", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99":
		return true
	}
	return false
}

const syntaxRLE = "1.2.840.10008.1.2.5"

// isJPEG tells whether a picture is a JPEG of those that the language's own reader
// may know: eight bits, baseline or progressive.
func (p *pixels) isJPEG() bool {
	switch p.h.ascii(tagSyntax) {
	case "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55":
		return true
	}
	return false
}

// drawable tells whether the way in which the picture is stored is known here.
func (p *pixels) drawable() bool {
	switch {
	case p.native(), p.h.ascii(tagSyntax) == syntaxRLE && p.bits > 1:
		return true
	case p.isJPEG():
		b, err := p.fragments(1)
		return err == nil && readableJPEG(b)
	}
	return false
}

// named gives what tells this image from another.
func (p *pixels) named() clinical.Still {
	date := clinical.DateFromHL7(p.h.ascii(tagStudyDate))
	if date == "" {
		date = clinical.DateFromHL7(p.h.ascii(tagSeriesDate))
	}
	series := p.h.ascii(tagSeriesNumber)
	if words := p.h.text(tagSeriesText); words != "" {
		series = strings.TrimPrefix(series+", "+words, ", ")
	}
	return clinical.Still{
		Modality: p.h.ascii(tagModality), Date: date, BodyPart: strings.ToLower(p.h.ascii(tagBodyPart)), Series: series, Number: p.h.ascii(tagNumber),
	}
}
