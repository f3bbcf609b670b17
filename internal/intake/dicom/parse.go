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

// The marks of sequences.
const (
	tagItem    tag = 0xfffee000
	tagItemEnd tag = 0xfffee00d
	tagListEnd tag = 0xfffee0dd
)

// Limits of one file's header. Real headers stay far below.
const (
	maxElements = 300_000
	maxNesting  = 16
	maxValue    = 64 << 10
	maxInflated = 16 << 20
	windowSize  = 8 << 10
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
	win      *window
}

// window is the piece of the file that was read last. The cursors of one file share
// it.
type window struct {
	b  []byte
	at int64
}

// bytes gives n bytes at a place. It keeps a window, for elements follow closely.
func (c *cursor) bytes(at int64, n int) ([]byte, error) {
	if at < 0 || n < 0 || at+int64(n) > c.size {
		return nil, errCut
	}
	if c.win == nil {
		c.win = &window{}
	}
	w := c.win
	if at < w.at || at+int64(n) > w.at+int64(len(w.b)) {
		want := min(int64(max(n, windowSize)), c.size-at)
		if int64(cap(w.b)) < want {
			w.b = make([]byte, want)
		}
		w.b = w.b[:want]
		got, err := c.in.ReadAt(w.b, at)
		w.b, w.at = w.b[:got], at
		if got < n {
			if err == nil || errors.Is(err, io.EOF) {
				err = errCut
			}
			return nil, err
		}
	}
	return w.b[at-w.at:][:n], nil
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

// visitor sees one element. It answers the place to go on from, or 0 for behind the
// element, and errStop when it has enough.
type visitor func(element) (int64, error)

// elements visits the elements from a place to an end (or to the delimiter of the
// item) and gives where it stopped.
func (c *cursor) elements(at, end int64, depth int, visit visitor) (int64, error) {
	for at < end {
		e, err := c.next(at)
		if err != nil {
			return at, err
		}
		if e.tag == tagItemEnd || e.tag == tagListEnd {
			return e.at, nil
		}
		next, err := visit(e)
		if err != nil {
			return at, err
		}
		if next == 0 {
			if next, err = c.after(e, depth); err != nil {
				return next, err
			}
		}
		at = next
	}
	return at, nil
}

func skip(element) (int64, error) { return 0, nil }

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
	return c.items(e, depth, func(at, end int64, inner *cursor, depth int) (int64, error) {
		return inner.elements(at, end, depth, skip)
	})
}

// items goes through the items of a sequence and gives the place behind it. do
// reads the elements of one item, from at to end or its delimiter, and answers
// where it stopped; the cursor it gets reads as the items are written.
func (c *cursor) items(e element, depth int, do func(at, end int64, inner *cursor, depth int) (int64, error)) (int64, error) {
	if depth >= maxNesting {
		return e.at, errDamaged
	}
	inner := *c
	// An unknown element of undefined length is implicit inside, as PS3.5 6.2.2 says.
	if e.vr == "UN" {
		inner.explicit, inner.order = false, binary.LittleEndian
	}
	at, end := e.at, c.size
	if e.length != undefined {
		if end = e.at + int64(e.length); end > c.size {
			return c.size, errCut
		}
	}
	for at < end {
		item, err := inner.next(at)
		if err != nil {
			return at, err
		}
		switch {
		case item.tag == tagListEnd:
			return item.at, nil
		case item.tag != tagItem:
			return at, errDamaged
		}
		stop := end
		if item.length != undefined {
			stop = item.at + int64(item.length)
		}
		next, err := do(item.at, min(stop, c.size), &inner, depth+1)
		if err == nil && stop > c.size {
			err = errCut
		}
		if err != nil {
			return next, err
		}
		if at = next; item.length != undefined {
			at = stop
		}
	}
	if e.length == undefined {
		return at, errCut // the mark that ends it is not there
	}
	return at, nil
}

// endsWithMark tells whether the file ends with the end of a sequence, behind which
// only padding may stand.
func (c *cursor) endsWithMark() bool {
	tail := make([]byte, min(c.size, 4096))
	n, _ := c.in.ReadAt(tail, c.size-int64(len(tail)))
	mark := []byte{0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0}
	if c.order == binary.BigEndian {
		mark = []byte{0xff, 0xfe, 0xe0, 0xdd, 0, 0, 0, 0}
	}
	return bytes.Contains(tail[:n], mark)
}

// inflated gives the data set of a file in the deflated syntax.
func inflated(in io.ReaderAt, at, size int64) []byte {
	r := flate.NewReader(io.NewSectionReader(in, at, size-at))
	var b bytes.Buffer
	_, _ = io.Copy(&b, io.LimitReader(r, maxInflated)) // what could be unpacked is what there is
	return b.Bytes()
}
