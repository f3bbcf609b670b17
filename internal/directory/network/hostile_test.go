package network

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"consilium/internal/fault"
)

func TestWhatIsWrongIsReportedWithItsPathAndTheRestCounts(t *testing.T) {
	const file = `{"reporting_entity_name":5,"last_updated_on":["x"],"provider_references":[
	 {"provider_group_id":1,"provider_groups":[{"npi":[1234567893,7,"1245319599",null,{"a":1}],"tin":{"type":"ein","value":"12-3456789"}}]},
	 {"provider_group_id":"2.5","provider_groups":"none"},
	 {"provider_group_id":3,"location":"https://plan.test/groups.json"},
	 {"provider_groups":[{"npi":[1679576722],"tin":{"value":"x"}}]},
	 {"provider_groups":[{"npi":[0],"tin":{"type":"ein","value":"98-7654321"}}],"provider_group_id":4}],
	"in_network":[7,
	 {"negotiated_rates":[{"negotiated_prices":[{"negotiated_rate":"150.005","negotiated_type":"negotiated"},{"negotiated_rate":-3},{"negotiated_rate":1e999999999},{"negotiated_rate":{}}],"provider_references":[1,3,4,99]}],
	  "billing_code":"99204","billing_code_type":"cpt"},
	 {"negotiation_arrangement":"ffs","billing_code":"99204","billing_code_type":"HCPCS","negotiated_rates":[{"provider_groups":[{"npi":[1003000126],"tin":{"type":"npi","value":"1003000126"}}],
	  "negotiated_prices":[{"negotiated_rate":65.5,"negotiated_type":"percentage","billing_class":"professional","service_code":["11"],"expiration_date":"9999-12-31","billing_code_modifier":["95","26"]}]}]},
	 {"negotiation_arrangement":"ffs","billing_code":"99204","billing_code_type":"LOCAL","negotiated_rates":[{"provider_references":[1],"negotiated_prices":[{"negotiated_rate":1}]}]},
	 {"negotiation_arrangement":"ffs","billing_code":"1","billing_code_type":"CPT","negotiated_rates":[{"a":"}]\\\"{["}]}
	]}`
	n, report := built(t, Plan{Rates: []string{put(t, "rates.json", []byte(file))}, Codes: []string{"99204"}})
	if got := slices.Collect(n.All); !slices.Equal(got, []uint32{1003000126, 1234567893, 1245319599}) {
		t.Fatalf("members %v", got)
	}
	if r := n.Rates(1234567893, "99204"); len(r) != 1 || r[0].Cents != 15001 || r[0].TIN != "123456789" || r[0].Arrangement != "ffs" {
		t.Errorf("%+v", r)
	}
	if r := n.Rates(1003000126, "99204"); len(r) != 1 || r[0].Percent != 6550 || r[0].Cents != 0 || r[0].TIN != "1003000126" || !slices.Equal(r[0].Modifiers, []string{"26", "95"}) || r[0].Expires != "9999-12-31" {
		t.Errorf("%+v", r)
	}
	if r := n.GroupRates("98-7654321", ""); len(r) != 1 || !r[0].Whole || r[0].Cents != 15001 || !n.HasGroup("987654321") || n.HasGroup("1") {
		t.Errorf("%+v", r)
	}
	said := ""
	for _, i := range report.Issues {
		said += i.String() + "\n"
	}
	for _, want := range []string{
		"last_updated_on: expected text", "provider_references[0].provider_groups[0].npi[1]: not an NPI", "npi[4]: expected text or a number",
		"provider_references[1].provider_groups: expected an array, found text", "provider_references[2].location: another file", "provider_references[3]: a provider reference without provider_group_id",
		"in_network[0]: expected an object", "in_network[1].negotiated_rates[0].negotiated_prices[1].negotiated_rate: a price without", "negotiated_prices[2].negotiated_rate: not an amount", "provider references that are not in the file",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("nobody said %q:\n%s", want, said)
		}
	}
	if c := report.Sources[0].Counts; c.External != 1 || c.Missing != 1 || c.BadNPI != 1 || c.Items != 2 || c.Skipped != 2 {
		t.Errorf("%+v", c)
	}
}

// A file that breaks off, or is not what it says, leaves the old network file as it was.
func TestABrokenFileMakesNoNetwork(t *testing.T) {
	var whole, packed bytes.Buffer
	Sample(&whole, 300_000, 3, visits)
	z := gzip.NewWriter(&packed)
	z.Write(whole.Bytes())
	z.Close()
	flipped := slices.Clone(packed.Bytes())
	flipped[len(flipped)/2] ^= 0x55
	for name, content := range map[string][]byte{
		"cut.json": whole.Bytes()[:whole.Len()/2], "cut.json.gz": packed.Bytes()[:packed.Len()*2/3], "end.gz": packed.Bytes()[:packed.Len()-4], "flipped.gz": flipped,
		"empty.json": nil, "list.json": []byte("[]"), "other.json": []byte(`{"a":1}`), "two.json": []byte(`{"in_network":[]}{"in_network":[]}`), "comma.json": []byte(`{"in_network":[],}`),
		"nocomma.json": []byte(`{"in_network":[1 2]}`), "cut.xml": []byte(`<root><in_network><item>`), "wrong.xml": []byte(`<root></in_network>`), "not.zip": []byte("PK\x03\x04garbage"),
		"deep.xml": []byte(strings.Repeat("<a>", 1000)),
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "plan.network")
			os.WriteFile(out, []byte("the old one"), 0o600)
			if _, err := Build(t.Context(), Plan{Out: out, Rates: []string{put(t, name, content)}, Codes: visits}); err == nil {
				t.Error("it was taken")
			}
			if b, _ := os.ReadFile(out); string(b) != "the old one" {
				t.Error("the old file was touched")
			}
			if left, _ := os.ReadDir(filepath.Dir(out)); len(left) != 1 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// peak gives the most memory that was in use while f ran.
func peak(f func()) uint64 {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	done, most := make(chan struct{}), make(chan uint64)
	go func() {
		top := uint64(0)
		for {
			runtime.ReadMemStats(&now)
			top = max(top, now.HeapInuse)
			select {
			case <-done:
				most <- top
				return
			default:
				runtime.Gosched()
			}
		}
	}()
	f()
	close(done)
	return max(<-most, before.HeapInuse) - before.HeapInuse
}

// repeated is n bytes that are nowhere held.
func repeated(unit string, n int64) io.Reader {
	return io.LimitReader(readFunc(func(b []byte) (int, error) {
		k := 0
		for k+len(unit) <= len(b) {
			k += copy(b[k:], unit)
		}
		return k, nil
	}), n/int64(len(unit))*int64(len(unit)))
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(b []byte) (int, error) { return f(b) }

func TestHugeValuesTakeLittleMemory(t *testing.T) {
	const huge = 50 << 20
	text := func(s string) io.Reader { return strings.NewReader(s) }
	for name, r := range map[string]io.Reader{
		"a name of 50 MB":           io.MultiReader(text(`{"reporting_entity_name":"`), repeated("abcdefgh", huge), text(`","in_network":[]}`)),
		"a key of 50 MB":            io.MultiReader(text(`{"`), repeated("abcdefgh", huge), text(`":1,"in_network":[]}`)),
		"a skipped text":            io.MultiReader(text(`{"x":"`), repeated(`ab\"cdef`, huge), text(`","in_network":[]}`)),
		"a number of 50 MB":         io.MultiReader(text(`{"in_network":[{"billing_code":`), repeated("12345678", huge), text(`}]}`)),
		"lists in lists, 50 m deep": io.MultiReader(text(`{"x":`), repeated("[[[[[[[[", huge), repeated("]]]]]]]]", huge), text(`,"in_network":[]}`)),
		"a note of 50 MB":           io.MultiReader(text(`{"in_network":[{"billing_code":"99204","billing_code_type":"CPT","negotiated_rates":[{"negotiated_prices":[{"negotiated_rate":1,"additional_information":"`), repeated("abcdefgh", huge), text(`"}]}]}]}`)),
		"blanks":                    io.MultiReader(text(`{"in_network":`), repeated("        ", huge), text(`[]}`)),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBuilder(t.Context(), t.TempDir(), Plan{Codes: visits})
			defer b.close()
			b.report.Sources = []Source{{File: "x"}}
			b.src = &b.report.Sources[0]
			used := peak(func() {
				if err := b.readRates(document{"x", r}); err != nil {
					t.Error(err)
				}
			})
			if used > 24<<20 {
				t.Errorf("%d MB in use", used>>20)
			}
		})
	}
	t.Run("a resource of 50 MB", func(t *testing.T) {
		b := newBuilder(t.Context(), t.TempDir(), Plan{})
		defer b.close()
		b.report.Sources = []Source{{File: "x"}}
		b.src = &b.report.Sources[0]
		r := io.MultiReader(text(`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Organization","name":"`), repeated("abcdefgh", huge), text(`"}},{"resource":{"resourceType":"Organization","id":"o"}}]}`),
			text(`{"resourceType":"Organization","name":"`), repeated("abcdefgh", huge), text(`","id":"p"}`), text(`{"resourceType":"Organization","id":"q"}`))
		used := peak(func() {
			if err := b.readPlanNet(document{"x", r}); err != nil {
				t.Error(err)
			}
		})
		if used > 48<<20 || b.src.Counts.Resources != 2 || b.src.Counts.Issues != 2 {
			t.Errorf("%d MB in use, %+v", used>>20, b.src.Counts)
		}
	})
}

func TestOneDamagedByteAnywhereIsRefused(t *testing.T) {
	n, _ := built(t, Plan{Name: "Acme", PlanNet: []string{put(t, "d.json", bundle(acme))}, Rates: []string{"testdata/rates/in-network-rates-multiple-plans-sample.json"}, Codes: []string{"27447"}})
	for k := range n.file {
		b := slices.Clone(n.file)
		b[k] ^= 1 << (k % 8)
		if _, err := read(b); !fault.Is(err, fault.Damaged) {
			t.Fatalf("byte %d: %v", k, err)
		}
	}
	for _, k := range []int{0, 7, len(n.file) / 2, len(n.file) - 1} {
		if _, err := read(n.file[:k]); !fault.Is(err, fault.Damaged) {
			t.Fatalf("cut at %d: %v", k, err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// Little room makes the sorting go over the disk: the answer is the same.
func TestSortingOverTheDiskGivesTheSame(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	s := newSorter(t.TempDir())
	s.room = 700
	var want []pair
	for range 50_000 {
		p := pair{rnd.Uint64N(1 << 40), rnd.Uint64N(3)}
		if rnd.IntN(3) == 0 && len(want) > 0 {
			p = want[rnd.IntN(len(want))]
		}
		s.add(p.a, p.b)
		want = append(want, p)
	}
	defer s.close()
	slices.SortFunc(want, comparePairs)
	want = slices.Compact(want)
	m, err := s.sorted()
	if err != nil || len(s.runs) < 10 {
		t.Fatal(err, len(s.runs))
	}
	k := 0
	for ; m.step(); k++ {
		if m.now != want[k] {
			t.Fatalf("%d: %v, want %v", k, m.now, want[k])
		}
	}
	if k != len(want) {
		t.Errorf("%d of %d", k, len(want))
	}
}

// FuzzSkip: eight bytes at a time and one at a time agree on where a value ends.
func FuzzSkip(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":"}"}]}x`, `"abc\"d" `, `[[[[[[[[[["]"]]]]]]]]]]`, `{"aaaaaaaaaaaaaaaaaaaaaaaaaa{{{{{{":"}}}}}}}}}}}"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 || b[0] != '{' && b[0] != '[' && b[0] != '"' {
			return
		}
		var one track
		want, done := one.slow(b)
		for _, r := range []io.Reader{bytes.NewReader(b), iotest.OneByteReader(bytes.NewReader(b))} {
			in, free, stop := pump(r)
			s := newScanner(in, free, func(string, string, int64) {})
			s.skip()
			if (s.err == nil) != done || done && s.offset() != int64(want) {
				t.Errorf("ended at %d (%v), want %d (%v)", s.offset(), s.err, want, done)
			}
			stop()
		}
	})
}

func FuzzRates(f *testing.F) {
	samples, _ := filepath.Glob("testdata/rates/*")
	for _, s := range samples {
		b, _ := os.ReadFile(s)
		f.Add(b)
	}
	f.Add([]byte(`{"provider_references":[{"provider_group_id":1.5,"provider_groups":[{"npi":[0],"tin":{"type":"ein","value":"1"}}]}],"in_network":[{"billing_code":"27447"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		tryBoth(t, Plan{Rates: []string{put(t, "x", b)}, Codes: []string{"27447", "99204"}})
	})
}

func FuzzPlanNet(f *testing.F) {
	f.Add(bundle(acme))
	f.Add(lineByLine(acme))
	samples, _ := filepath.Glob("testdata/plan-net/*")
	for _, s := range samples {
		b, _ := os.ReadFile(s)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		tryBoth(t, Plan{PlanNet: []string{put(t, "x", b)}})
	})
}

// tryBoth builds; what was built can be opened and asked everything.
func tryBoth(t *testing.T, p Plan) {
	p.Out = filepath.Join(t.TempDir(), "n")
	report, err := Build(t.Context(), p)
	if err != nil {
		return
	}
	n, err := Open(p.Out)
	if err != nil {
		t.Fatal(err)
	}
	askAll(n)
	if n.Len() != report.Members {
		t.Errorf("%d members, built %d", n.Len(), report.Members)
	}
	for npi := range n.All {
		if !n.Has(npi) {
			t.Errorf("%d is not found", npi)
		}
	}
}

func askAll(n *Network) {
	for npi := range n.All {
		n.Has(npi)
		n.Accepts(npi)
		n.Rates(npi, "")
		n.Roles(npi)
	}
	for k := range n.Groups() {
		n.GroupRates(tinText(number(n.part[secTINs], k)), "")
	}
	n.Dates()
}

// FuzzOpen gives a file that was made to mislead a right checksum.
func FuzzOpen(f *testing.F) {
	dir := f.TempDir()
	out := filepath.Join(dir, "n")
	path := filepath.Join(dir, "d.json")
	os.WriteFile(path, bundle(acme), 0o600)
	if _, err := Build(f.Context(), Plan{Out: out, PlanNet: []string{path}, Rates: []string{"testdata/rates/in-network-rates-multiple-plans-sample.json"}, Codes: []string{"27447"}}); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(out)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(20), uint32(1<<31))
	f.Add(uint32(headLen+16), uint32(8))
	f.Fuzz(func(t *testing.T, at, value uint32) {
		b := slices.Clone(good)
		k := int(at) % (len(b) - sumLen - 4)
		binary.LittleEndian.PutUint32(b[k:], value)
		sum := sha256.Sum256(b[:len(b)-sumLen])
		copy(b[len(b)-sumLen:], sum[:])
		n, err := read(b)
		if err != nil {
			if !fault.Is(err, fault.Damaged) {
				t.Error(err)
			}
			return
		}
		askAll(n)
		n.Has(uint32(value))
		_ = fmt.Sprint(n.Name(), n.Len(), n.Sources())
	})
}
