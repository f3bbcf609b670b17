package nppes

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Limits of a row. NPPES rows are about 1.2 KB in one line.
const (
	maxRow     = 1 << 20 // bytes; a longer row is refused
	maxLines   = 64      // lines that one quoted row may span
	maxColumns = 4096
	readAtOnce = 256 << 10
)

// splitter cuts a CSV stream into rows without an allocation for any of them and keeps
// the wanted columns alone. A row with wrong quotes is refused and never takes its
// neighbours along: reading goes on at the next line that begins like a row.
type splitter struct {
	in         io.Reader
	buf        []byte
	start, end int // what is read and not yet given out
	eof        bool
	line       int64 // at start, from 1
	row        int64 // line of the row given out
	rowAt      int   // where it stands in buf, until more is read
	counted    int   // its columns

	columns int      // how many a row must have; 0: any number
	slots   []int16  // column -> field, -1 not wanted; columns past its end are not wanted
	fields  [][]byte // of the row given out; they hold until the next one
	escaped []int16  // fields in which quotes are doubled
	scratch []byte   // fields decoded from Latin-1
	recoded int64    // rows that were not UTF-8

	begins func(line []byte) bool          // a line that can only be the start of a row; nil: unknown
	bad    func(line int64, reason string) // told of every row that is refused
}

func newSplitter(in io.Reader) *splitter {
	return &splitter{in: in, buf: make([]byte, maxRow+64), line: 1, bad: func(int64, string) {}}
}

// keep says which columns are wanted: slots[column] is the field that it goes to.
func (s *splitter) keep(slots []int16, fields int) {
	s.slots, s.fields = slots, make([][]byte, fields)
}

// errUTF16 is for a file in an encoding that no publisher uses, and Excel does.
var errUTF16 = errors.New("the file is in UTF-16: save it as CSV in UTF-8")

// mark takes a byte-order mark off the beginning.
func (s *splitter) mark() error {
	if err := s.fill(); err != nil {
		return err
	}
	head := s.buf[s.start:s.end]
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		s.start += 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return errUTF16
	}
	return nil
}

// outcome is what came of parsing one row.
type outcome int

const (
	whole  outcome = iota // a row
	blank                 // an empty line
	more                  // the row is longer than what is read
	short                 // too few or too many columns, in one line
	broken                // quotes are wrong: look for the next row
)

// next gives the next row that is one; false at the end of the stream. While the number
// of columns is not known, a broken row is an error.
func (s *splitter) next() (bool, error) {
	for {
		if s.start == s.end {
			if s.eof {
				return false, nil
			}
			if err := s.fill(); err != nil {
				return false, err
			}
			continue
		}
		after, lines, got, reason := s.parse()
		switch got {
		case whole:
			s.settle(s.buf[s.start:after])
			s.rowAt, s.row = s.start, s.line
			s.start, s.line = after, s.line+lines
			return true, nil
		case blank:
			s.start, s.line = after, s.line+lines
		case more:
			if s.start > 0 || s.end < maxRow {
				if err := s.fill(); err != nil {
					return false, err
				}
				continue
			}
			reason := fmt.Sprintf("the row is longer than %d bytes", maxRow)
			if s.columns == 0 {
				return false, errors.New(reason)
			}
			s.bad(s.line, reason)
			if err := s.resume(); err != nil {
				return false, err
			}
		case short:
			s.bad(s.line, reason)
			s.start, s.line = after, s.line+lines
		case broken:
			if s.columns == 0 { // the header: nothing tells where another row would begin
				return false, errors.New(reason)
			}
			s.bad(s.line, reason)
			if err := s.resume(); err != nil {
				return false, err
			}
		}
	}
}

// fill moves what is not given out to the front and reads on behind it.
func (s *splitter) fill() error {
	if s.start > 0 {
		copy(s.buf, s.buf[s.start:s.end])
		s.start, s.end = 0, s.end-s.start
	}
	to := min(s.end+readAtOnce, maxRow)
	for from := s.end; s.end < to && !s.eof; {
		n, err := s.in.Read(s.buf[s.end:to])
		s.end += n
		switch {
		case err == io.EOF:
			s.eof = true
		case err != nil:
			return err
		case n == 0 && s.end > from:
			return nil
		}
	}
	return nil
}

// eightEmpty are eight empty quoted columns: `"",` eight times, as three words. Most of
// NPPES's 330 columns are empty in most rows.
var eightEmpty = [3]uint64{
	binary.LittleEndian.Uint64([]byte(`"","",""`)),
	binary.LittleEndian.Uint64([]byte(`,"","","`)),
	binary.LittleEndian.Uint64([]byte(`","","",`)),
}

// parse reads the row at start. It gives where the next one begins and how many lines
// the row took.
func (s *splitter) parse() (after int, lines int64, got outcome, reason string) {
	b := s.buf[:s.end]
	i := s.start
	eol, found := lineEnd(b, i)
	if !found && !s.eof {
		return 0, 0, more, ""
	}
	stop := textEnd(b, i, eol)
	lines = 1
	if stop == i {
		return min(eol+1, s.end), 1, blank, ""
	}
	clear(s.fields)
	s.escaped = s.escaped[:0]
	col := 0
	slots := s.slots
	for {
		if i < stop && b[i] == '"' {
			for i+24 < stop && binary.LittleEndian.Uint64(b[i:]) == eightEmpty[0] &&
				binary.LittleEndian.Uint64(b[i+8:]) == eightEmpty[1] && binary.LittleEndian.Uint64(b[i+16:]) == eightEmpty[2] {
				i += 24
				col += 8
			}
		}
		if i < stop && b[i] == '"' {
			open, from, doubled := i+1, i+1, false
			for {
				j := bytes.IndexByte(b[from:stop], '"')
				if j < 0 {
					if eol >= s.end {
						if !s.eof {
							return 0, 0, more, ""
						}
						return 0, 0, broken, "a quote is opened and never closed"
					}
					if s.begins != nil {
						if s.end-eol < 16 && !s.eof {
							return 0, 0, more, ""
						}
						if s.begins(b[eol+1:]) {
							return 0, 0, broken, "a quote is opened and not closed before the next row"
						}
					}
					if lines++; lines > maxLines {
						return 0, 0, broken, fmt.Sprintf("a quote is opened and not closed within %d lines", maxLines)
					}
					from = stop
					if eol, found = lineEnd(b, eol+1); !found && !s.eof {
						return 0, 0, more, ""
					}
					stop = textEnd(b, open, eol)
					continue
				}
				at := from + j
				if at+1 == stop || b[at+1] == ',' {
					if col < len(slots) && slots[col] >= 0 && at > open {
						s.fields[slots[col]] = b[open:at]
						if doubled {
							s.escaped = append(s.escaped, slots[col])
						}
					}
					i = at + 1
					break
				}
				if b[at+1] != '"' {
					return 0, 0, broken, fmt.Sprintf("a quote stands inside column %d", col+1)
				}
				doubled = true
				from = at + 2
			}
		} else {
			at := stop
			if j := bytes.IndexByte(b[i:stop], ','); j >= 0 {
				at = i + j
			}
			if col < len(slots) && slots[col] >= 0 && at > i {
				s.fields[slots[col]] = b[i:at]
			}
			i = at
		}
		col++
		if i >= stop {
			break
		}
		i++ // the comma; a row that ends with one has an empty last column
	}
	s.counted = col
	if s.columns > 0 && col != s.columns {
		got = short
		if lines > 1 {
			got = broken
		}
		return min(eol+1, s.end), lines, got, fmt.Sprintf("it has %d columns, not %d", col, s.columns)
	}
	if col > maxColumns {
		return min(eol+1, s.end), lines, broken, fmt.Sprintf("it has more than %d columns", maxColumns)
	}
	return min(eol+1, s.end), lines, whole, ""
}

// lineEnd gives where the line feed stands; at the end of the stream, past the end.
func lineEnd(b []byte, from int) (int, bool) {
	if from >= len(b) {
		return len(b), false
	}
	if j := bytes.IndexByte(b[from:], '\n'); j >= 0 {
		return from + j, true
	}
	return len(b), false
}

// textEnd leaves out the carriage return before a line feed.
func textEnd(b []byte, from, eol int) int {
	if eol > from && b[eol-1] == '\r' {
		return eol - 1
	}
	return eol
}

// resume goes on after a row that is broken: at the next line that begins like a row,
// or, where a row has no certain beginning, that is one whole.
func (s *splitter) resume() error {
	for {
		if err := s.skipLine(); err != nil {
			return err
		}
		for {
			if s.start == s.end && s.eof {
				return nil
			}
			if s.begins != nil && s.end-s.start >= 16 {
				if s.begins(s.buf[s.start:s.end]) {
					return nil
				}
				break
			}
			_, lines, got, _ := s.parse()
			if got == more && (s.start > 0 || s.end < maxRow) {
				if err := s.fill(); err != nil {
					return err
				}
				continue
			}
			if got == whole && lines == 1 && s.columns > 0 {
				return nil
			}
			break
		}
	}
}

// skipLine leaves out what is left of the line, however long.
func (s *splitter) skipLine() error {
	for {
		if j := bytes.IndexByte(s.buf[s.start:s.end], '\n'); j >= 0 {
			s.start += j + 1
			s.line++
			return nil
		}
		s.start = s.end
		if s.eof {
			return nil
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// settle makes the row's fields text: doubled quotes become one, other bytes than
// UTF-8 are read as Windows-1252.
func (s *splitter) settle(row []byte) {
	for _, f := range s.escaped {
		s.fields[f] = single(s.fields[f])
	}
	if ascii(row) {
		return
	}
	s.scratch = s.scratch[:0]
	recoded := false
	for f, text := range s.fields {
		if len(text) == 0 || utf8.Valid(text) {
			continue
		}
		from := len(s.scratch)
		for _, c := range text {
			s.scratch = utf8.AppendRune(s.scratch, windows1252(c))
		}
		s.fields[f] = s.scratch[from:len(s.scratch):len(s.scratch)]
		recoded = true
	}
	if recoded {
		s.recoded++
	}
}
