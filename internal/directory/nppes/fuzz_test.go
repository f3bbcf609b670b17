package nppes

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// pieces gives a stream in small reads, so that every row is met half read.
type pieces struct {
	in   []byte
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.in) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.size)], p.in)
	p.in = p.in[n:]
	return n, nil
}

// split reads all rows of text with three wanted columns.
func split(in io.Reader) (rows [][]string, bad int, err error) {
	t := &table{splitter: newSplitter(in)}
	if err := t.head([]column{must("a"), may("b"), may("c")}, nil); err != nil {
		return nil, 0, err
	}
	t.bad = func(line int64, _ string) { bad++ }
	last := int64(0)
	for {
		ok, err := t.next()
		if err != nil || !ok {
			return rows, bad, err
		}
		if t.row <= last {
			panic("lines go backwards")
		}
		last = t.row
		var row []string
		for _, f := range t.fields {
			if !utf8.Valid(f) {
				panic("a field is no UTF-8")
			}
			row = append(row, string(f))
		}
		rows = append(rows, row)
	}
}

// FuzzCSV: no crash; the same rows however the stream is cut; and what encoding/csv
// reads without complaint is read alike.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"a,b,c\n1,2,3\n", "\"a\",\"b\",\"c\"\r\n\"1\",\"x\"\"y\",\"\"\r\n", "\xef\xbb\xbfa,b,c\n1,\"two\nlines\",3\n4,5,6", "a,b,c\n1,\"2,3\n4,5,6\n7,8,9\n",
		"a,b,c\n\"1\",\"\xd1\",\"3\"\n\n\n,,\n", "a,b,c\n1,2\n1,2,3,4\n\"x\"y,2,3\n5,6,7\n", `"a","","","","","","","","","b","c"` + "\n" + `"1","","","","","","","","","2","3"`,
	} {
		f.Add([]byte(seed), 3)
	}
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		rows, bad, err := split(bytes.NewReader(data))
		again, badAgain, errAgain := split(&pieces{data, 1 + max(0, size%50)})
		if (err == nil) != (errAgain == nil) || bad != badAgain || !slices.EqualFunc(rows, again, slices.Equal) {
			t.Fatalf("cut anew it reads %d rows, %d bad, %v; whole %d, %d, %v", len(again), badAgain, errAgain, len(rows), bad, err)
		}
		// What a strict reader finds nothing wrong with must come out the same. It makes
		// CRLF within quotes LF, and keeps a carriage return that stands alone: left aside.
		if err != nil || bad > 0 || bytes.IndexByte(data, '\r') >= 0 || !utf8.Valid(data) {
			return
		}
		c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
		strict, err := c.ReadAll()
		if err != nil || len(strict) == 0 {
			return
		}
		if len(strict)-1 != len(rows) {
			t.Fatalf("%d rows, encoding/csv reads %d", len(rows), len(strict)-1)
		}
		at := map[string]int{}
		for i, h := range strict[0] {
			if _, twice := at[plain(h)]; !twice {
				at[plain(h)] = i
			}
		}
		for i, row := range rows {
			for k, name := range []string{"a", "b", "c"} {
				if j, ok := at[name]; ok && strict[i+1][j] != row[k] {
					t.Fatalf("row %d column %s: %q, encoding/csv reads %q", i, name, row[k], strict[i+1][j])
				}
			}
		}
	})
}

// FuzzNPPES puts anything behind a right header: no crash, all rows accounted for, and
// the right row at the end is read whatever stood before, when it begins a line.
func FuzzNPPES(f *testing.F) {
	f.Add([]byte(person(two, "TWO")))
	f.Add([]byte(`"1003000126","1","`))
	f.Add([]byte("\"1003000126\",\"1\",\"\",\"T\xd1\"O\n\n"))
	raw, err := os.ReadFile("testdata/npidata_pfile_real_rows.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw[:5000])
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(dir, "npidata.csv")
		if err := os.WriteFile(path, []byte(narrow+string(data)+"\n"+person(one, "LASTROW")), 0o600); err != nil {
			t.Fatal(err)
		}
		k := newTaken()
		rep, err := readFile(t, NewReader(Settings{Today: today}), k, Providers, path)
		if err != nil {
			t.Fatal(err)
		}
		if got := k.rows[1234567893]; !strings.Contains(got, "LASTROW") && len(data) < 1000 {
			t.Fatalf("the last row was swallowed: %q, %s", got, reasons(rep))
		}
	})
}

// FuzzZIP: no crash, no hang, whatever the archive is.
func FuzzZIP(f *testing.F) {
	f.Add(zipped(f, "npidata_pfile_1.csv", narrow+person(one, "ONE"), "npidata_pfile_1_fileheader.csv", narrow))
	f.Add(zipped(f, "a.csv", "NPI\n", "b.txt", "x"))
	f.Add([]byte("PK\x05\x06"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(dir, "x.zip")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, kind := range []Kind{Providers, Payments, Deactivated} {
			src, err := Open(path, kind)
			if err != nil {
				continue
			}
			NewReader(Settings{Today: today}).Read(context.Background(), newTaken(), src, kind)
			src.Close()
		}
	})
}
