package directory

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
)

// The file is a header and the parts in this order, each at the next multiple of
// eight, with zeros between. docs/format-directory.md describes it.
const (
	magic      = "CONSDIR\n"
	version    = 2
	headerSize = 8 + 4 + 4 + 8 + partCount*tableRow + 4 + 4 // magic, version, parts, size, table, checksum, zeros
	tableRow   = 4 + 4 + 8 + 8                              // part, checksum, offset, length
)

const (
	partDisplay   = iota // what is shown of each row
	partSides            // what other files say, by NPI
	partVolumes          // Medicare services, by NPI
	partMeta             // JSON
	partZIPs             // 24 bytes each, in bands from south to north, each from west to east
	partZIPRows          // first row of each ZIP, of those without, and the end
	partCodes            // taxonomy codes, ten bytes each
	partCodeNames        // their names
	partCodeCells        // first cell of each list, and the end: list 2c is the persons of code c, 2c+1 its organisations
	partCells            // ZIP and first posting: a list's rows in one ZIP
	partPosts            // row<<1 | 1 when it is the row's primary code
	partRows             // 24 bytes each, by ZIP, then NPI
	partByNPI            // rows in the order of their NPIs
	partShowAt           // end of each row's display
	partRowWords         // words of each row's name, ascending
	partWords            // words of names, sorted
	partWordPosts        // first posting of each word, and the end
	partNamePosts        // row<<1 | 1 when another word of the row has the same first letter
	partClasses          // two bytes a row: what filters and the fit ask of it
	partSets             // sets of rows, as bits
	partSetNames         // their names, sorted
	partSetEnds          // end of each
	partTies             // hash<<32 | row, sorted
	partSideNPIs         // NPIs of partSides, ascending
	partSideAt           // end of each
	partVolNPIs          // NPIs of partVolumes, ascending
	partVolAt            // end of each
	partProcs            // HCPCS codes
	partStrings          // strings that many sides share
	partCount
)

var partNames = [partCount]string{
	"display", "sides", "volumes", "meta", "zips", "zip_rows", "codes", "code_names", "code_cells", "cells", "postings", "rows", "by_npi", "display_ends",
	"row_words", "words", "word_postings", "name_postings", "classes", "sets", "set_names", "set_ends", "ties", "side_npis", "side_ends", "volume_npis", "volume_ends", "procedures", "strings",
}

// Sizes of the fixed records.
const (
	rowSize = 24
	zipSize = 24
)

// A row of partRows: licences u64 by state number, npi u32, first word u32, zip u16,
// flags u16, state u8, graduated u8 (year less 1900), number of words u8, had u8.
const (
	rowLicences, rowNPI, rowWord, rowZIP, rowFlags, rowState, rowGraduated, rowWordCount, rowHad = 0, 8, 12, 16, 18, 20, 21, 22, 23
)

// Flags of a row.
const (
	isOrganization = 1 << iota
	hasTelehealth
	isExcluded
	hasOptOut
	hasBoards
	hasVolumes
	isTeaching
	hasSides
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func sum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

type part struct {
	at, size int64
	sum      uint32
}

// writer writes the parts one after the other.
type writer struct {
	file  *os.File
	buf   *bufio.Writer
	at    int64
	sum   uint32
	parts [partCount]part
	next  int
	err   error
}

func newWriter(f *os.File) *writer {
	w := &writer{file: f, buf: bufio.NewWriterSize(f, 1<<20)}
	_, w.err = w.buf.Write(make([]byte, headerSize))
	w.at = headerSize
	return w
}

// begin starts the next part. The parts must come in order.
func (w *writer) begin(n int) {
	if n != w.next {
		panic(fmt.Sprintf("part %d before %d", n, w.next))
	}
	w.next++
	if pad := -w.at & 7; pad > 0 {
		_, _ = w.buf.Write(make([]byte, pad)) // bufio keeps its first error
		w.at += pad
	}
	w.parts[n].at, w.sum = w.at, 0
}

func (w *writer) write(b []byte) {
	w.sum = crc32.Update(w.sum, castagnoli, b)
	_, _ = w.buf.Write(b)
	w.at += int64(len(b))
}

func (w *writer) end() {
	p := &w.parts[w.next-1]
	p.size, p.sum = w.at-p.at, w.sum
}

func (w *writer) put(n int, b []byte) {
	w.begin(n)
	w.write(b)
	w.end()
}

// finish writes the header and makes all of it last.
func (w *writer) finish() error {
	if err := w.buf.Flush(); err != nil {
		return err
	}
	if w.err != nil {
		return w.err
	}
	if _, err := w.file.WriteAt(header(w.parts, w.at), 0); err != nil {
		return err
	}
	return w.file.Sync()
}

func header(parts [partCount]part, size int64) []byte {
	h := make([]byte, 0, headerSize)
	h = append(h, magic...)
	h = binary.LittleEndian.AppendUint32(h, version)
	h = binary.LittleEndian.AppendUint32(h, partCount)
	h = binary.LittleEndian.AppendUint64(h, uint64(size))
	for i, p := range parts {
		h = binary.LittleEndian.AppendUint32(h, uint32(i))
		h = binary.LittleEndian.AppendUint32(h, p.sum)
		h = binary.LittleEndian.AppendUint64(h, uint64(p.at))
		h = binary.LittleEndian.AppendUint64(h, uint64(p.size))
	}
	h = binary.LittleEndian.AppendUint32(h, sum(h))
	return binary.LittleEndian.AppendUint32(h, 0)
}

// split verifies every byte of a file and gives its parts.
func split(b []byte) (parts [partCount][]byte, err error) {
	if len(b) < headerSize {
		return parts, fmt.Errorf("it has %d bytes, fewer than its header", len(b))
	}
	if string(b[:8]) != magic {
		return parts, fmt.Errorf("it does not begin as a directory does")
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != version {
		return parts, fmt.Errorf("it has version %d, and this program reads %d", v, version)
	}
	h := b[:headerSize]
	if sum(h[:headerSize-8]) != binary.LittleEndian.Uint32(h[headerSize-8:]) || binary.LittleEndian.Uint32(h[headerSize-4:]) != 0 {
		return parts, fmt.Errorf("its header fails its checksum")
	}
	if binary.LittleEndian.Uint32(h[12:]) != partCount {
		return parts, fmt.Errorf("it has the wrong number of parts")
	}
	if size := binary.LittleEndian.Uint64(h[16:]); size != uint64(len(b)) {
		return parts, fmt.Errorf("it has %d bytes and should have %d", len(b), size)
	}
	at := uint64(headerSize)
	for i := range parts {
		row := h[24+i*tableRow:]
		from, size := binary.LittleEndian.Uint64(row[8:]), binary.LittleEndian.Uint64(row[16:])
		pad := -at & 7
		if binary.LittleEndian.Uint32(row) != uint32(i) || from != at+pad || from > uint64(len(b)) || size > uint64(len(b))-from {
			return parts, fmt.Errorf("part %s lies where it cannot", partNames[i])
		}
		for _, c := range b[at:from] {
			if c != 0 {
				return parts, fmt.Errorf("the gap before part %s is not empty", partNames[i])
			}
		}
		parts[i] = b[from : from+size]
		if sum(parts[i]) != binary.LittleEndian.Uint32(row[4:]) {
			return parts, fmt.Errorf("part %s fails its checksum", partNames[i])
		}
		at = from + size
	}
	if at != uint64(len(b)) {
		return parts, fmt.Errorf("it goes on behind its last part")
	}
	return parts, nil
}
