package nppes

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"consilium/internal/directory"
	"consilium/internal/expert"
)

// taken is a sink that remembers all in words.
type taken struct {
	rows  map[uint32]string
	adds  int
	drops []uint32
	said  []string
	data  map[string]string
	err   error
}

func newTaken() *taken { return &taken{rows: map[uint32]string{}, data: map[string]string{}} }

func (k *taken) Add(r directory.Row) error {
	k.adds++
	var tax []string
	for _, x := range r.Taxonomies {
		s := string(x.Code[:]) + ":" + strings.Trim(string(x.State[:]), "\x00")
		if x.Primary {
			s += "*"
		}
		tax = append(tax, s)
	}
	sex := ""
	if r.Sex != 0 {
		sex = string(r.Sex)
	}
	k.rows[r.NPI] = fmt.Sprintf("%d|%v|%s|%s,%s,%s,%s,%s|%s,%s|%s|%s;%s;%s;%s;%s|%s|%d|%s", r.NPI, r.Organization, sex,
		r.Last, r.First, r.Middle, r.Suffix, r.Former, r.Legal, r.Known, r.Credential, r.Line1, r.Line2, r.City, r.State, r.ZIP, r.Phone, r.Updated, strings.Join(tax, " "))
	return nil
}

func (k *taken) say(format string, a ...any) { k.said = append(k.said, fmt.Sprintf(format, a...)) }

func (k *taken) Drop(n uint32)                          { k.drops = append(k.drops, n) }
func (k *taken) SetData(f, d string)                    { k.data[f] = d }
func (k *taken) Err() error                             { return k.err }
func (k *taken) Clinician(n uint32, c expert.Clinician) { k.say("clinician %d %+v", n, c) }
func (k *taken) Hospital(n uint32, h expert.Hospital)   { k.say("hospital %d %+v", n, h) }
func (k *taken) Reassign(n uint32, g expert.Group)      { k.say("reassign %d %+v", n, g) }
func (k *taken) Volume(n uint32, v expert.Volume)       { k.say("volume %d %+v", n, v) }
func (k *taken) OptOut(n uint32, o expert.OptOut)       { k.say("optout %d %+v", n, o) }
func (k *taken) Exclude(n uint32, x expert.Exclusion)   { k.say("exclude %d %+v", n, x) }
func (k *taken) Payment(n uint32, p expert.Payment)     { k.say("payment %d %+v", n, p) }
func (k *taken) Shared(a, b uint32, patients, days int) {
	k.say("shared %d %d %d %d", a, b, patients, days)
}
func (k *taken) Board(n uint32, b expert.Board) { k.say("board %d %+v", n, b) }

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// readText reads text as a file of a kind and a name.
func readText(t *testing.T, kind Kind, name, text string) (*taken, Report) {
	t.Helper()
	k := newTaken()
	r := NewReader(Settings{Today: today})
	rep, err := readFile(t, r, k, kind, written2(t, name, []byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	r.Deactivate(k)
	return k, rep
}

func readFile(t *testing.T, r *Reader, sink Sink, kind Kind, path string) (Report, error) {
	t.Helper()
	src, err := Open(path, kind)
	if err != nil {
		return Report{}, err
	}
	defer src.Close()
	rep, err := r.Read(t.Context(), sink, src, kind)
	if err == nil {
		var left int64
		for _, n := range rep.Dropped {
			left += n
		}
		if rep.Rows != rep.Taken+left+rep.Bad {
			t.Errorf("%d rows, but %d taken, %d dropped, %d bad", rep.Rows, rep.Taken, left, rep.Bad)
		}
	}
	return rep, err
}

func written2(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

const open = "../../../../shared/data/open"

func TestTheWholeRealSampleIsCountedAsAnotherReaderCountsIt(t *testing.T) {
	for _, name := range []string{"npidata_practitioners_1-1000.csv", "npidata_organizations_a.csv"} {
		path := filepath.Join(open, "nppes", name)
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Skip("the open data are not here")
		}
		rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		at := map[string]int{}
		for i, h := range rows[0] {
			at[h] = i
		}
		k := newTaken()
		r := NewReader(Settings{Today: today})
		rep, err := readFile(t, r, k, Providers, path)
		if err != nil {
			t.Fatal(err)
		}
		if int(rep.Rows) != len(rows)-1 || rep.Bad != 0 || k.adds != int(rep.Taken) {
			t.Errorf("%s: %d rows, %d bad %v, %d taken; want %d", name, rep.Rows, rep.Bad, rep.Refused, rep.Taken, len(rows)-1)
		}
		var off int64
		for _, row := range rows[1:] {
			get := func(h string) string { return strings.TrimSpace(row[at[h]]) }
			n := get("NPI")
			if get("NPI Deactivation Date") != "" && get("NPI Reactivation Date") == "" {
				off++
				continue
			}
			var tax []string
			for i := 1; i <= 15; i++ {
				c := get(fmt.Sprintf("Healthcare Provider Taxonomy Code_%d", i))
				if c == "" {
					continue
				}
				c += ":" + get(fmt.Sprintf("Provider License Number State Code_%d", i))
				if get(fmt.Sprintf("Healthcare Provider Primary Taxonomy Switch_%d", i)) == "Y" {
					c += "*"
				}
				tax = append(tax, c)
			}
			d := get("Last Update Date")
			p := "Provider Business Practice Location Address "
			tel := get(p + "Telephone Number")
			tel = strings.NewReplacer("-", "", "(", "", ")", "", " ", "").Replace(tel)
			if len(tel) != 10 || tel[0] < '2' {
				tel = ""
			}
			want := fmt.Sprintf("%s|%v|%s|%s,%s,%s,%s,%s|%s,%s|%s|%s;%s;%s;%s;%s|%s|%s|%s", n, get("Entity Type Code") == "2", get("Provider Gender Code"),
				get("Provider Last Name (Legal Name)"), get("Provider First Name"), get("Provider Middle Name"), get("Provider Name Suffix Text"), get("Provider Other Last Name"),
				get("Provider Organization Name (Legal Business Name)"), get("Provider Other Organization Name"), get("Provider Credential Text"),
				get("Provider First Line Business Practice Location Address"), get("Provider Second Line Business Practice Location Address"),
				get(p+"City Name"), get(p+"State Name"), get(p + "Postal Code")[:5], tel, d[6:]+d[:2]+d[3:5], strings.Join(tax, " "))
			var num uint32
			fmt.Sscan(n, &num)
			if k.rows[num] != want {
				t.Errorf("%s\n got %s\nwant %s", name, k.rows[num], want)
			}
		}
		if rep.Dropped["deactivated"] != off {
			t.Errorf("%s: %d deactivated, want %d", name, rep.Dropped["deactivated"], off)
		}
	}
}

func TestRowsAreReadWithoutAnAllocationForEach(t *testing.T) {
	lines := sampleLines(t)
	body := append(bytes.Join(lines[1:], nil), '\n')
	reader := func(times int) float64 {
		return testing.AllocsPerRun(1, func() {
			r := NewReader(Settings{Today: today})
			r.sink = &counts{}
			var newest uint32
			m := member{"x", func() (io.ReadCloser, error) {
				return io.NopCloser(io.MultiReader(bytes.NewReader(lines[0]), bytes.NewReader(bytes.Repeat(body, times)))), nil
			}}
			var rep Report
			if err := r.member(t.Context(), &rep, m, r.providers(&newest)); err != nil || int(rep.Rows) != times*(len(lines)-1) {
				t.Fatal(err, rep.Rows)
			}
		})
	}
	if few, many := reader(1), reader(400); many > few+100 {
		t.Errorf("27 rows took %.0f allocations, 10,800 took %.0f", few, many)
	}
}

// sampleLines gives the lines of the kept real rows.
func sampleLines(tb testing.TB) [][]byte {
	tb.Helper()
	raw, err := os.ReadFile("testdata/npidata_pfile_real_rows.csv")
	if err != nil {
		tb.Fatal(err)
	}
	return bytes.SplitAfter(bytes.TrimSpace(raw), []byte("\n"))
}

// BenchmarkNPPES reads real rows over and over: rows a second to the sink, beside
// encoding/csv, which only splits.
func BenchmarkNPPES(b *testing.B) {
	lines := sampleLines(b)
	body := append(bytes.Join(lines[1:], nil), '\n')
	const times = 2000
	rows := (len(lines) - 1) * times
	stream := func() io.Reader {
		readers := []io.Reader{bytes.NewReader(lines[0])}
		for range times {
			readers = append(readers, bytes.NewReader(body))
		}
		return io.MultiReader(readers...)
	}
	size := int64(len(lines[0]) + times*len(body))
	told := func(b *testing.B) {
		b.SetBytes(size)
		b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	}
	b.Run("split", func(b *testing.B) {
		for b.Loop() {
			t := &table{splitter: newSplitter(stream())}
			if err := t.head(providerColumns(), beginsWithNPI); err != nil {
				b.Fatal(err)
			}
			n := 0
			for {
				ok, err := t.next()
				if err != nil {
					b.Fatal(err)
				}
				if !ok {
					break
				}
				n++
			}
			if n != rows {
				b.Fatalf("%d rows, want %d", n, rows)
			}
		}
		told(b)
	})
	b.Run("rows", func(b *testing.B) {
		for b.Loop() {
			r := NewReader(Settings{Today: today})
			r.sink = &counts{}
			var newest uint32
			sheet := r.providers(&newest)
			rep := Report{}
			m := member{"x", func() (io.ReadCloser, error) { return io.NopCloser(stream()), nil }}
			if err := r.member(context.Background(), &rep, m, sheet); err != nil {
				b.Fatal(err)
			}
			if int(rep.Rows) != rows {
				b.Fatalf("%d rows", rep.Rows)
			}
		}
		told(b)
	})
	b.Run("encoding-csv", func(b *testing.B) {
		for b.Loop() {
			c := csv.NewReader(stream())
			c.ReuseRecord = true
			n := 0
			for {
				if _, err := c.Read(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
				n++
			}
			if n != rows+1 {
				b.Fatal(n)
			}
		}
		told(b)
	})
}

// counts is a sink that only counts.
type counts struct {
	taken
	n int
}

func (c *counts) Add(directory.Row) error { c.n++; return nil }
