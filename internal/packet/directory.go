package packet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// mostParts is how many files a container may have, and mostDirectory how long the
// list of them at its end may be: it is read whole.
const (
	mostParts     = 200_000
	mostDirectory = 64 << 20
)

// Sizes of the records at the end of a container, in bytes.
const (
	endSize     = 22
	end64Size   = 56
	locatorSize = 20
	centralSize = 46
)

var errNoDirectory = errors.New("there is no directory at its end")

// list reads the names and sizes from the directory at the end. Nothing that it says
// is believed before the whole container has been held against the fixed form. It reads
// that one form alone and no other ZIP file, so what is claimed can be bounded before
// anything is made of it.
func list(r io.ReaderAt, size int64) ([]part, error) {
	count, start, length, err := ending(r, size)
	if err != nil {
		return nil, err
	}
	if count == 0 || count > mostParts || length > mostDirectory || length < count*centralSize {
		return nil, fmt.Errorf("%d files in a directory of %d bytes", count, length)
	}
	directory := make([]byte, length)
	if _, err := r.ReadAt(directory, int64(start)); err != nil && err != io.EOF {
		return nil, err
	}
	parts := make([]part, 0, count)
	at := int64(0)
	for i := range count {
		p, rest, err := readCentral(directory)
		if err != nil {
			return nil, fmt.Errorf("file %d: %w", i+1, err)
		}
		p.offset, directory = at, rest
		if p.size < 0 || p.size > size {
			return nil, fmt.Errorf("file %d goes beyond the end", i+1)
		}
		at += headSize(p.name) + p.size + tailSize(p.size)
		if at > size {
			return nil, fmt.Errorf("file %d goes beyond the end", i+1)
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// ending reads where the directory is and how many files it names. What it gives lies
// within the container.
func ending(r io.ReaderAt, size int64) (count, start, length uint64, err error) {
	if size < endSize {
		return 0, 0, 0, errNoDirectory
	}
	end := make([]byte, endSize)
	if _, err := r.ReadAt(end, size-endSize); err != nil && err != io.EOF {
		return 0, 0, 0, err
	}
	le := binary.LittleEndian
	if le.Uint32(end) != sigEnd {
		return 0, 0, 0, errNoDirectory
	}
	behind := uint64(size - endSize)
	count, length, start = uint64(le.Uint16(end[10:])), uint64(le.Uint32(end[12:])), uint64(le.Uint32(end[16:]))
	if count == most16 || length == most32 || start == most32 {
		if size < endSize+locatorSize+end64Size {
			return 0, 0, 0, errNoDirectory
		}
		end := make([]byte, end64Size)
		behind -= locatorSize + end64Size
		if _, err := r.ReadAt(end, int64(behind)); err != nil && err != io.EOF {
			return 0, 0, 0, err
		}
		if le.Uint32(end) != sigEnd64 {
			return 0, 0, 0, errNoDirectory
		}
		count, length, start = le.Uint64(end[32:]), le.Uint64(end[40:]), le.Uint64(end[48:])
	}
	if start > behind || length != behind-start {
		return 0, 0, 0, errNoDirectory
	}
	return count, start, length, nil
}

// readCentral reads one line of the directory and gives what comes behind it.
func readCentral(b []byte) (p part, rest []byte, err error) {
	le := binary.LittleEndian
	if len(b) < centralSize || le.Uint32(b) != sigCentral {
		return p, nil, errors.New("no line of a directory")
	}
	name, extra := int(le.Uint16(b[28:])), int(le.Uint16(b[30:]))
	if le.Uint16(b[10:]) != 0 || le.Uint16(b[32:]) != 0 || len(b) < centralSize+name+extra {
		return p, nil, errors.New("not as it should be")
	}
	p = part{name: string(b[centralSize : centralSize+name]), size: int64(le.Uint32(b[24:])), crc: le.Uint32(b[16:])}
	if p.size == most32 {
		more := b[centralSize+name : centralSize+name+extra]
		if len(more) < 20 || le.Uint16(more) != 1 {
			return p, nil, errors.New("no size")
		}
		p.size = int64(le.Uint64(more[4:]))
	}
	return p, b[centralSize+name+extra:], nil
}
