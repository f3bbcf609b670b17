package sample

import (
	"bytes"
	"encoding/csv"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// made writes one file of a small world.
func made(t testing.TB, s Settings, name string) []byte {
	t.Helper()
	w, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Files() {
		if f.Name == name {
			var b bytes.Buffer
			if err := w.Write(f, &b, nil); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
	}
	t.Fatalf("there is no file %q", name)
	return nil
}

func TestTheSameSeedMakesTheSameFilesAndAnotherDoesNot(t *testing.T) {
	for _, f := range Files() {
		a := made(t, Settings{Providers: 2000, Seed: 7}, f.Name)
		if !bytes.Equal(a, made(t, Settings{Providers: 2000, Seed: 7}, f.Name)) {
			t.Errorf("%q differs from itself", f.Name)
		}
		if bytes.Equal(a, made(t, Settings{Providers: 2000, Seed: 8}, f.Name)) {
			t.Errorf("%q is the same with another seed", f.Name)
		}
	}
}

func TestTheSampleHasTheSkewOfTheRealFile(t *testing.T) {
	const n = 40_000
	rows, err := csv.NewReader(bytes.NewReader(made(t, Settings{Providers: n, Seed: 3}, ""))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != n+1 || len(rows[0]) != columns {
		t.Fatalf("%d rows of %d columns", len(rows), len(rows[0]))
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	var organizations, gone, taxonomies, twoStates, living float64
	states, last, seen := map[string]float64{}, map[string]int{}, map[string]bool{}
	for _, r := range rows[1:] {
		if seen[r[0]] || !luhn(r[0]) {
			t.Fatalf("NPI %s comes twice or is wrong", r[0])
		}
		seen[r[0]] = true
		switch r[1] {
		case "2":
			organizations++
		case "":
			gone++
			if r[at["NPI Deactivation Date"]] == "" {
				t.Fatalf("an empty row without a day of deactivation: %s", r[0])
			}
			continue
		}
		living++
		states[r[at["Provider Business Practice Location Address State Name"]]]++
		last[r[at["Provider Last Name (Legal Name)"]]]++
		licensed := map[string]bool{}
		for i := range 15 {
			k := at["Healthcare Provider Taxonomy Code_1"] + 4*i
			if r[k] != "" {
				taxonomies++
				licensed[r[k+2]] = true
			}
		}
		if len(licensed) > 1 {
			twoStates++
		}
	}
	near := func(what string, got, want, within float64) {
		if math.Abs(got-want) > within {
			t.Errorf("%s: %.3f, want %.3f", what, got, want)
		}
	}
	near("organisations", organizations/living, 0.22, 0.01)
	near("deactivated", gone/n, 0.035, 0.005)
	near("taxonomies a provider", taxonomies/living, 1.41, 0.03)
	near("licensed in a further state", twoStates/living, 0.12, 0.01)
	near("California's share", states["CA"]/living, 39538/331449.0, 0.01)
	near("Wyoming's share", states["WY"]/living, 577/331449.0, 0.004)
	delete(last, "")
	most := 0
	for _, k := range last {
		most = max(most, k)
	}
	if most < 60 || len(last) < 8_000 {
		t.Errorf("the commonest surname has %d, there are %d surnames: no skew", most, len(last))
	}
}

// luhn is written anew here: the sample's own arithmetic must not be its judge.
func luhn(npi string) bool {
	sum := 0
	for i, c := range "80840" + npi {
		d := int(c - '0')
		if i%2 == 1 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return len(npi) == 10 && (npi[0] == '1' || npi[0] == '2') && sum%10 == 0
}

func TestSideFilesSpeakOfProvidersOfTheSample(t *testing.T) {
	s := Settings{Providers: 20_000, Seed: 5}
	known := map[string]bool{}
	rows, err := csv.NewReader(bytes.NewReader(made(t, s, ""))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		known[r[0]] = true
	}
	for _, f := range Files()[1:] {
		if f.Name == ".hospitals" { // of places, not of providers
			continue
		}
		rows, err := csv.NewReader(bytes.NewReader(made(t, s, f.Name))).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if len(rows) < 20 {
			t.Errorf("%s has %d rows", f.Name, len(rows))
		}
		col := slices.IndexFunc(rows[0], func(h string) bool {
			h = strings.ToLower(h)
			return h == "npi" || strings.HasSuffix(h, "_npi") || h == "individual npi"
		})
		for _, r := range rows[1:] {
			if r[col] != "0000000000" && !known[r[col]] {
				t.Fatalf("%s speaks of %s, who is not in the sample", f.Name, r[col])
			}
		}
	}
}

func TestMemoryDoesNotGrowWithTheSample(t *testing.T) {
	spent := func(n int) uint64 {
		w, err := New(Settings{Providers: n, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for _, f := range Files() {
			if err := w.Write(f, io.Discard, nil); err != nil {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	small, large := spent(5_000), spent(50_000)
	if large > small+small/2+4<<20 {
		t.Errorf("5,000 providers took %d bytes, 50,000 took %d", small, large)
	}
}

func TestANumberOfProvidersThatCannotBeIsRefused(t *testing.T) {
	for _, n := range []int{-1, 0, MaxProviders + 1} {
		if _, err := New(Settings{Providers: n}); err == nil {
			t.Errorf("%d providers were taken", n)
		}
	}
	for _, n := range []int{1, 2, 33} {
		for _, f := range Files() {
			made(t, Settings{Providers: n, Seed: 2}, f.Name)
		}
	}
}

// BenchmarkSample makes each file of 200,000 providers.
func BenchmarkSample(b *testing.B) {
	w, err := New(Settings{Providers: 200_000, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range Files() {
		b.Run("file"+f.Name, func(b *testing.B) {
			for b.Loop() {
				var n tally
				if err := w.Write(f, &n, nil); err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(n))
			}
		})
	}
}

type tally int64

func (t *tally) Write(p []byte) (int, error) { *t += tally(len(p)); return len(p), nil }
