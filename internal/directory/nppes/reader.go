package nppes

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"

	"consilium/internal/directory"
	"consilium/internal/fault"
)

// Sink takes what the files say. A builder of the directory is one.
type Sink interface {
	directory.Sides
	Add(directory.Row) error
	Drop(npi uint32)
	SetData(file, date string)
	Err() error
}

// Reader reads public files one after the other. It is for one goroutine; Rows may be
// asked from another.
type Reader struct {
	sink  Sink // of the file being read
	today uint32
	bad   *BadRows
	dates map[Kind]string

	gone   map[uint32]uint32 // deactivated NPIs, with the day
	back   map[uint32]uint32 // reactivated ones, with the day
	called map[string]string // hospitals by CCN
	words  map[string]string // makers, schools, groups: said again and again
	rows   atomic.Int64
}

// Settings are what a Reader must be told.
type Settings struct {
	Today time.Time       // dates after it are not believed
	Dates map[Kind]string // given by the operator, YYYY-MM-DD
	Bad   *BadRows        // takes every refused row; nil: only the first of a file are kept, in its report
}

// NewReader begins.
func NewReader(s Settings) *Reader {
	return &Reader{
		today: ofTime(s.Today), bad: s.Bad, dates: s.Dates,
		gone: map[uint32]uint32{}, back: map[uint32]uint32{}, words: map[string]string{}, called: map[string]string{},
	}
}

// Rows is how many rows were seen in all files until now.
func (r *Reader) Rows() int64 { return r.rows.Load() }

// sheet is how a kind is read: its columns, and what a row says.
type sheet struct {
	columns []column
	begins  func([]byte) bool
	start   func(t *table, name string) // before the first row
	row     func(t *table) error        // dropped or wrong: an error made by dropped or invalid; any other ends the work
}

// left is a row that is not taken: on purpose, or because it is wrong.
type left struct {
	reason  string
	onError bool
}

func (l *left) Error() string { return l.reason }

func dropped(reason string) *left { return &left{reason: reason} }
func invalid(reason string) *left { return &left{reason: reason, onError: true} }

// What rows are left out for, again and again.
var (
	wrongNPI     = invalid("the NPI is wrong: ten digits with a right check digit are wanted")
	withoutNPI   = dropped("without an NPI")
	withoutName  = dropped("without a name")
	deactivated  = dropped("deactivated")
	foreign      = dropped("practice outside the United States")
	reinstated   = dropped("reinstated")
	entityType   = invalid("the entity type is neither 1 (person) nor 2 (organisation)")
	itself       = dropped("an NPI with itself")
	wrongCount   = invalid("a count is no number")
	wrongAmount  = invalid("the amount is no number")
	wrongDate    = invalid("the date of deactivation is no date")
	emptyColumn  = invalid("a column that must be filled is empty")
	wrongDegrees = invalid("latitude or longitude is no number in its range")
)

// errUnknownKind is a mistake of ours.
var errUnknownKind = errors.New("nppes: unknown kind of file")

// Read reads a file of any kind but nucc and zips into the sink. What is wrong in a row
// is in the report. An error ends the work: a *FileError when the file cannot be read
// or lacks a column, else the sink's or ctx's.
func (r *Reader) Read(ctx context.Context, sink Sink, src *Source, kind Kind) (Report, error) {
	var newest uint32
	r.sink = sink
	sheet, ok := r.sheet(kind, &newest)
	if !ok || sheet.row == nil {
		return Report{}, errUnknownKind
	}
	rep, err := r.read(ctx, src, kind, sheet)
	if err != nil {
		return rep, err
	}
	r.date(&rep, src, newest)
	sink.SetData(string(kind), rep.Date)
	return rep, sink.Err()
}

// Deactivate tells the sink who is deactivated and was not reactivated since: call it
// when all provider files and lists of deactivated NPIs are read.
func (r *Reader) Deactivate(sink Sink) int {
	n := 0
	for npi, day := range r.gone {
		if back := r.back[npi]; back == 0 || back < day {
			sink.Drop(npi)
			n++
		}
	}
	return n
}

func (r *Reader) read(ctx context.Context, src *Source, kind Kind, sheet sheet) (Report, error) {
	rep := Report{File: src.Path, Kind: kind, Notes: src.Notes}
	for _, m := range src.members {
		if err := r.member(ctx, &rep, m, sheet); err != nil {
			if ctx.Err() != nil {
				return rep, ctx.Err()
			}
			return rep, src.blamed(m, err)
		}
	}
	return rep, nil
}

// Check looks whether a file has the columns of its kind, so that somebody who gave a
// wrong one hears it before the long work and not after.
func Check(ctx context.Context, src *Source, kind Kind) error {
	var newest uint32
	sheet, ok := NewReader(Settings{}).sheet(kind, &newest)
	if !ok {
		return errUnknownKind
	}
	for _, m := range src.members {
		err := func() error {
			in, err := m.open()
			if err != nil {
				return err
			}
			defer in.Close()
			t, err := newTable(ctx, in, sheet.columns, sheet.begins)
			if err != nil {
				return err
			}
			t.stop()
			return nil
		}()
		if err != nil {
			return src.blamed(m, err)
		}
	}
	src.read.Store(0)
	return nil
}

// FileError is a file that cannot be read: the operator must give another.
type FileError struct {
	File string // the path; with the member of a ZIP in brackets
	Err  error
}

func (e *FileError) Error() string { return e.File + ": " + e.Err.Error() }
func (e *FileError) Unwrap() error { return e.Err }

// sinkError is the sink's own trouble, such as a full disk: no file is to blame.
type sinkError struct{ error }

func (e sinkError) Unwrap() error { return e.error }

// blamed lays an error at the file's door, unless it is the sink's.
func (s *Source) blamed(m member, err error) error {
	var own sinkError
	if errors.As(err, &own) {
		return own.error
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, zip.ErrChecksum), errors.Is(err, gzip.ErrChecksum):
		err = fmt.Errorf("the file is cut off or damaged (%w): fetch it again", err)
	}
	return &FileError{s.label(m), err}
}

func (r *Reader) member(ctx context.Context, rep *Report, m member, sheet sheet) error {
	in, err := m.open()
	if err != nil {
		return err
	}
	defer in.Close()
	t, err := newTable(ctx, in, sheet.columns, sheet.begins)
	if err != nil {
		return err
	}
	defer t.stop()
	for _, name := range t.missing {
		rep.Notes = append(rep.Notes, fmt.Sprintf("%s: there is no column %q; the rest is read", m.name, name))
	}
	refuse := func(line int64, reason string) {
		row := BadRow{m.name, line, reason}
		rep.Bad++
		if len(rep.Refused) < keptBad {
			rep.Refused = append(rep.Refused, row)
		}
		r.bad.add(row)
	}
	var refusedRows int64
	t.bad = func(line int64, reason string) { refusedRows++; refuse(line, reason) }
	if sheet.start != nil {
		sheet.start(t, m.name)
	}
	var seen int64
	for {
		ok, err := t.next()
		if err != nil {
			return fmt.Errorf("after line %d: %w", t.line, err)
		}
		if !ok {
			break
		}
		if seen++; seen&0xfff == 0 {
			r.rows.Add(0x1000)
		}
		switch err := sheet.row(t); err {
		case nil:
			rep.Taken++
		default:
			if err := r.leave(rep, err, t.row, refuse); err != nil {
				return err
			}
		}
	}
	r.rows.Add(seen & 0xfff)
	rep.Rows += seen + refusedRows
	rep.Recoded += t.recoded
	if r.sink != nil && r.sink.Err() != nil {
		return sinkError{r.sink.Err()}
	}
	return nil
}

// leave counts a row that is not taken; an error that is not about the row comes back.
func (r *Reader) leave(rep *Report, err error, line int64, refuse func(int64, string)) error {
	if l, ok := err.(*left); ok {
		if l.onError {
			refuse(line, l.reason)
		} else {
			rep.drop(l.reason)
		}
		return nil
	}
	var f *fault.Fault
	if errors.As(err, &f) && f.Kind == fault.Invalid {
		refuse(line, f.Error())
		return nil
	}
	return sinkError{err}
}

// date settles of which day a file is.
func (r *Reader) date(rep *Report, src *Source, newest uint32) {
	named := inName(src.base(), rep.Kind)
	for _, m := range src.members {
		if named == 0 {
			named = inName(m.name, rep.Kind)
		}
	}
	switch {
	case r.dates[rep.Kind] != "":
		rep.Date, rep.DateBy = r.dates[rep.Kind], "given"
	case named != 0:
		rep.Date, rep.DateBy = written(named), "file name"
	case newest != 0:
		rep.Date, rep.DateBy = written(newest), "newest row"
	default:
		rep.Date, rep.DateBy = written(ofTime(src.Time.UTC())), "file time"
	}
}

// word gives the one copy of a text that comes again and again.
func (r *Reader) word(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	if w, ok := r.words[string(text)]; ok {
		return w
	}
	if len(r.words) > 1<<18 {
		clear(r.words)
	}
	w := string(text)
	r.words[w] = w
	return w
}
