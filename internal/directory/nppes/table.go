package nppes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// column is one that is looked for by name. Publishers rename columns, so that each
// has all the spellings seen; case, blanks and signs do not count.
type column struct {
	names    []string
	optional bool
	rare     bool // optional, and absent from most: no word is lost when it is
	at       int  // its place in a file without a header, from 1; 0: such a file has it not
}

// table is an opened CSV with its wanted columns found. field(i) is of the i-th column
// asked for.
type table struct {
	*splitter
	missing []string // optional columns that the file does not have
	stop    func()
	headed  bool
}

// newTable reads the header and finds the columns. begins, when not nil, knows the
// start of a row.
func newTable(ctx context.Context, in io.Reader, columns []column, begins func([]byte) bool) (*table, error) {
	piped, stop := ahead(ctx, in)
	t := &table{splitter: newSplitter(piped), stop: stop}
	if err := t.head(columns, begins); err != nil {
		stop()
		return nil, err
	}
	return t, nil
}

func (t *table) head(columns []column, begins func([]byte) bool) error {
	if err := t.mark(); err != nil {
		return err
	}
	all := make([]int16, maxColumns)
	for i := range all {
		all[i] = int16(i)
	}
	t.keep(all, maxColumns)
	ok, err := t.next()
	switch {
	case err != nil:
		return fmt.Errorf("the first line cannot be read: %w", err)
	case !ok:
		return errors.New("there is not one line")
	}
	t.columns = t.counted
	slots := make([]int16, t.columns)
	for i := range slots {
		slots[i] = -1
	}
	if _, bare := npi(t.fields[0]); bare {
		if err := t.headless(columns, slots); err != nil {
			return err
		}
		t.start, t.line = t.rowAt, t.row
	} else {
		t.headed = true
		if err := t.named(columns, slots); err != nil {
			return err
		}
	}
	t.begins = begins
	t.keep(slots, len(columns))
	return nil
}

// named finds columns by the names in the first row.
func (t *table) named(columns []column, slots []int16) error {
	places := map[string]int{}
	var shown []string
	for i := range slots {
		name := strings.TrimSpace(string(t.fields[i]))
		if len(shown) < 4 && name != "" {
			shown = append(shown, name)
		}
		if _, twice := places[plain(name)]; !twice {
			places[plain(name)] = i
		}
	}
	for k, c := range columns {
		found := false
		for _, name := range c.names {
			if i, ok := places[plain(name)]; ok && slots[i] < 0 {
				slots[i], found = int16(k), true
				break
			}
		}
		switch {
		case found:
		case c.rare:
		case c.optional:
			t.missing = append(t.missing, c.names[0])
		default:
			return fmt.Errorf("the column %q is missing%s; the file's first columns are %q. Give the file as it was published, with its first line",
				c.names[0], also(c.names[1:]), shown)
		}
	}
	return nil
}

func also(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf(" (also known as %q)", names)
}

// headless takes columns by their place.
func (t *table) headless(columns []column, slots []int16) error {
	for k, c := range columns {
		switch {
		case c.at > 0 && c.at <= len(slots):
			slots[c.at-1] = int16(k)
		case !c.optional:
			return fmt.Errorf("the first line with the columns' names is missing: give the file as it was published")
		}
	}
	return nil
}

// field gives the text of a wanted column, blanks at the ends taken off.
func (t *table) field(i int) []byte { return trimmed(t.fields[i]) }

// beginsWithNPI knows the start of a row whose first column is an NPI.
func beginsWithNPI(line []byte) bool {
	if len(line) > 0 && line[0] == '"' {
		if len(line) < 13 || line[11] != '"' || line[12] != ',' {
			return false
		}
		line = line[1:11]
	} else {
		if len(line) < 11 || line[10] != ',' {
			return false
		}
		line = line[:10]
	}
	for _, c := range line {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
