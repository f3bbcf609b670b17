package dicom

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	"io"
)

// tag is a DICOM tag: group in the high half, element in the low half.
type tag uint32

const undefined = 0xffffffff

// Limits of one file's header. Real headers stay far below.
const (
	maxElements = 300_000
	maxNesting  = 16
	maxValue    = 64 << 10
	maxInflated = 16 << 20
)

var (
	errDamaged = errors.New("damaged")
	errCut     = errors.New("cut short")
	errMany    = errors.New("too many elements")
	errStop    = errors.New("enough")
)

// cursor reads a data set from a place, through a small window.
type cursor struct {
	ctx      context.Context
	in       io.ReaderAt
	size     int64
	explicit bool
	order    binary.ByteOrder
	count    *int
	win      []byte
	winAt    int64
}

// bytes gives n bytes at a place. It keeps a window, for elements follow closely.
func (c *cursor) bytes(at int64, n int) ([]byte, error) {
	if at < 0 || n < 0 || at+int64(n) > c.size {
		return nil, errCut
	}
	if at < c.winAt || at+int64(n) > c.winAt+int64(len(c.win)) {
		want := min(int64(max(n, 16<<10)), c.size-at)
		if int64(cap(c.win)) < want {
			c.win = make([]byte, want)
		}
		c.win = c.win[:want]
		got, err := c.in.ReadAt(c.win, at)
		c.win, c.winAt = c.win[:got], at
		if got < n {
			if err == nil || errors.Is(err, io.EOF) {
				err = errCut
			}
			return nil, err
		}
	}
	return c.win[at-c.winAt:][:n], nil
}

// element is one data element: where its value stands, not the value itself.
type element struct {
	tag    tag
	vr     string
	at     int64
	length uint32
}

var longVR = map[string]bool{
	"OB": true, "OD": true, "OF": true, "OL": true, "OV": true, "OW": true, "SQ": true, "SV": true,
	"UC": true, "UN": true, "UR": true, "UT": true, "UV": true,
}

// next reads the head of the element at a place.
func (c *cursor) next(at int64) (element, error) {
	if *c.count++; *c.count > maxElements {
		return element{}, errMany
	}
	if *c.count%4096 == 0 && c.ctx.Err() != nil {
		return element{}, c.ctx.Err()
	}
	b, err := c.bytes(at, 8)
	if err != nil {
		return element{}, err
	}
	e := element{tag: tag(c.order.Uint16(b))<<16 | tag(c.order.Uint16(b[2:]))}
	if e.tag>>16 == 0xfffe || !c.explicit {
		e.length, e.at = c.order.Uint32(b[4:]), at+8
		return e, nil
	}
	e.vr = string(b[4:6])
	if e.vr[0] < 'A' || e.vr[0] > 'Z' || e.vr[1] < 'A' || e.vr[1] > 'Z' {
		// Some writers slip implicit elements into an explicit file.
		e.vr, e.length, e.at = "", c.order.Uint32(b[4:]), at+8
		return e, nil
	}
	if !longVR[e.vr] {
		e.length, e.at = uint32(c.order.Uint16(b[6:])), at+8
		return e, nil
	}
	if b, err = c.bytes(at, 12); err != nil {
		return element{}, err
	}
	e.length, e.at = c.order.Uint32(b[8:]), at+12
	return e, nil
}

// value reads a value that is short enough to be a header's.
func (c *cursor) value(e element) ([]byte, error) {
	if e.length == undefined {
		return nil, errDamaged
	}
	return c.bytes(e.at, int(min(e.length, maxValue)))
}

// elements visits the elements from a place to an end (or to the delimiter of the
// item) and gives where it stopped. visit answers errStop when it has enough.
func (c *cursor) elements(at, end int64, depth int, visit func(element) error) (int64, error) {
	for at < end {
		e, err := c.next(at)
		if err != nil {
			return at, err
		}
		if e.tag == 0xfffee00d || e.tag == 0xfffee0dd {
			return e.at, nil
		}
		if err := visit(e); err != nil {
			return at, err
		}
		if at, err = c.after(e, depth); err != nil {
			return at, err
		}
	}
	return at, nil
}

// after gives the place behind an element, walking through it when its length is
// not given.
func (c *cursor) after(e element, depth int) (int64, error) {
	if e.length != undefined {
		end := e.at + int64(e.length)
		if end > c.size {
			return c.size, errCut
		}
		return end, nil
	}
	if depth >= maxNesting {
		return e.at, errDamaged
	}
	// An unknown element of undefined length is implicit inside, as PS3.5 6.2.2 says.
	inner := *c
	if e.vr == "UN" {
		inner.explicit, inner.order = false, binary.LittleEndian
	}
	return inner.items(e.at, c.size, depth+1, func(element) error { return nil })
}

// items visits the elements of every item of a sequence.
func (c *cursor) items(at, end int64, depth int, visit func(element) error) (int64, error) {
	if depth > maxNesting {
		return at, errDamaged
	}
	for at < end {
		item, err := c.next(at)
		if err != nil {
			return at, err
		}
		switch {
		case item.tag == 0xfffee0dd:
			return item.at, nil
		case item.tag != 0xfffee000:
			return at, errDamaged
		case item.length == undefined:
			if err := visit(item); err != nil {
				return at, err
			}
			if at, err = c.elements(item.at, end, depth, visit); err != nil {
				return at, err
			}
		default:
			stop := item.at + int64(item.length)
			if stop > c.size {
				return at, errCut
			}
			if err := visit(item); err != nil {
				return at, err
			}
			at = stop
		}
	}
	return at, nil
}

// inflated gives the data set of a file in the deflated syntax.
func inflated(in io.ReaderAt, at, size int64) []byte {
	r := flate.NewReader(io.NewSectionReader(in, at, size-at))
	var b bytes.Buffer
	_, _ = io.Copy(&b, io.LimitReader(r, maxInflated)) // what could be unpacked is what there is
	return b.Bytes()
}
