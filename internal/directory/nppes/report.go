package nppes

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// keptBad is how many refused rows a report keeps by line; all go to the file of bad
// rows.
const keptBad = 20

// Report is what became of one file.
type Report struct {
	File    string
	Kind    Kind
	Date    string           // YYYY-MM-DD
	DateBy  string           // where the date is from: "given", "file name", "newest row", "file time"
	Rows    int64            // rows seen, bad ones too
	Taken   int64            // given on
	Dropped map[string]int64 // left out on purpose, by reason
	Bad     int64            // refused
	Refused []BadRow         // the first of them
	Recoded int64            // rows that were not UTF-8, read as Windows-1252
	Notes   []string         // optional columns that are missing, other members of the ZIP
}

// BadRow is a row that was refused.
type BadRow struct {
	File   string
	Line   int64 // of its first line, from 1
	Reason string
}

func (b BadRow) String() string { return fmt.Sprintf("%s:%d: %s", b.File, b.Line, b.Reason) }

// BadRows writes every refused row as CSV: file, line, reason.
type BadRows struct {
	out *csv.Writer
	err error
}

// NewBadRows begins the list with its header.
func NewBadRows(out io.Writer) *BadRows {
	b := &BadRows{out: csv.NewWriter(out)}
	b.err = b.out.Write([]string{"file", "line", "reason"})
	return b
}

func (b *BadRows) add(row BadRow) {
	if b != nil && b.err == nil {
		b.err = b.out.Write([]string{row.File, strconv.FormatInt(row.Line, 10), row.Reason})
	}
}

// Close writes what is still held and gives the first error.
func (b *BadRows) Close() error {
	if b == nil {
		return nil
	}
	b.out.Flush()
	if b.err != nil {
		return b.err
	}
	return b.out.Error()
}

func (r *Report) drop(reason string) {
	if r.Dropped == nil {
		r.Dropped = map[string]int64{}
	}
	r.Dropped[reason]++
}
