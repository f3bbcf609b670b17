package document

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"consilium/internal/clinical"
)

var errDamaged = errors.New("damaged")

// exif is what a picture says of itself, in the form of TIFF directories.
type exif struct {
	date   string // when it was taken
	turned bool   // it is shown on its side, so width and height change places
	pages  int    // directories, which are pages in a TIFF
}

// Tags of Exif 2.3 and TIFF 6.0.
const (
	tagOrientation = 274
	tagDateTime    = 306
	tagExif        = 34665
	tagTaken       = 36867
	maxPagesTIFF   = 5000
)

// exifAt finds where the Exif data of a picture begins, 0 where it has none.
func exifAt(in io.ReaderAt, size int64) int64 {
	head := at(in, 0, min(size, 1<<20))
	for from := 0; ; {
		i := bytes.Index(head[from:], []byte("Exif\x00\x00"))
		j := bytes.Index(head[from:], []byte("eXIf")) // in PNG
		switch {
		case i >= 0 && (j < 0 || i < j):
			from += i + 6
		case j >= 0:
			from += j + 4
		default:
			return 0
		}
		if rest := head[min(from, len(head)):]; bytes.HasPrefix(rest, []byte("II*\x00")) || bytes.HasPrefix(rest, []byte("MM\x00*")) {
			return int64(from)
		}
	}
}

// readExif reads the directories of a TIFF structure that begins at a place.
func readExif(in io.ReaderAt, size, base int64) exif {
	var e exif
	head := at(in, base, 8)
	if len(head) < 8 {
		return e
	}
	var order binary.ByteOrder = binary.LittleEndian
	if head[0] == 'M' {
		order = binary.BigEndian
	}
	seen := map[int64]bool{}
	for dir := int64(order.Uint32(head[4:])); dir > 0 && base+dir < size && !seen[dir] && e.pages < maxPagesTIFF; {
		seen[dir] = true
		next, inner := e.directory(in, base, dir, order)
		e.pages++
		if inner > 0 && base+inner < size {
			e.directory(in, base, inner, order)
		}
		dir = next
	}
	return e
}

// directory reads one directory and gives where the next one and the inner one are.
func (e *exif) directory(in io.ReaderAt, base, dir int64, order binary.ByteOrder) (next, inner int64) {
	n := at(in, base+dir, 2)
	if len(n) < 2 {
		return 0, 0
	}
	count := int64(order.Uint16(n))
	entries := at(in, base+dir+2, count*12+4)
	for i := int64(0); i < count && int64(len(entries)) >= (i+1)*12; i++ {
		b := entries[i*12:]
		value := int64(order.Uint32(b[8:]))
		switch order.Uint16(b) {
		case tagOrientation:
			if way := order.Uint16(b[8:]); e.pages == 0 {
				e.turned = way >= 5 && way <= 8
			}
		case tagExif:
			inner = value
		case tagTaken, tagDateTime:
			if e.date == "" || order.Uint16(b) == tagTaken {
				if d := day(at(in, base+value, 19)); d != "" {
					e.date = d
				}
			}
		}
	}
	if int64(len(entries)) >= count*12+4 {
		next = int64(order.Uint32(entries[count*12:]))
	}
	return next, inner
}

// day gives the day of "2025:09:03 10:15:00"; the hour has no zone, so it is left out.
func day(b []byte) string {
	if len(b) < 10 || b[4] != ':' || b[7] != ':' {
		return ""
	}
	s := clinical.DateFromHL7(strings.ReplaceAll(string(b[:10]), ":", ""))
	if s < "1980" { // a clock that was never set
		return ""
	}
	return s
}

// heifSize finds the size of the largest picture in an HEIF file: its "ispe" boxes,
// as ISO/IEC 23008-12 6.5.3 has them.
func heifSize(in io.ReaderAt, size int64) (width, height int) {
	head := at(in, 0, min(size, 1<<20))
	for from := 0; ; {
		i := bytes.Index(head[from:], []byte("ispe\x00\x00\x00\x00"))
		if i < 0 || len(head)-from-i < 16 {
			return width, height
		}
		b := head[from+i+8:]
		w, h := int(binary.BigEndian.Uint32(b)), int(binary.BigEndian.Uint32(b[4:]))
		if w < 1<<20 && h < 1<<20 && w*h > width*height {
			width, height = w, h
		}
		from += i + 8
	}
}
