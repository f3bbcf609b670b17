//go:build linux

package directory

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"consilium/internal/expert"
)

// spent is the processor time of this thread: what a query costs on a busy machine too.
func spent() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t)
	return time.Duration(t.Nano())
}

// bigCountry builds a country of n rows once for all benchmarks, with the real ZIP
// centres where they are at hand. CONSILIUM_BENCH_ROWS sets n; a million otherwise.
func bigCountry(b *testing.B) (*Directory, *country) {
	b.Helper()
	if bench.d != nil {
		return bench.d, bench.c
	}
	n := 1_000_000
	if s := os.Getenv("CONSILIUM_BENCH_ROWS"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	zips := realZIPs(b)
	if zips == nil {
		zips = someZIPs(rand.New(rand.NewPCG(1, 1)), 30_000)
	}
	zips = crowded(zips)
	c := newCountry(1, zips)
	for i := range 862 { // as many as NUCC has
		c.codes = append(c.codes, Code{fmt.Sprintf("%03dX%05dX", i%1000, i), "Other"})
	}
	for len(c.last) < 150_000 {
		c.last = append(c.last, c.last[c.rng.IntN(2000)]+c.last[16+c.rng.IntN(len(c.last)-16)])
		if l := len(c.last) - 1; len(c.last[l]) > 14 {
			c.last[l] = c.last[l][:14]
		}
	}
	dir, err := os.MkdirTemp("", "directory-bench")
	if err != nil {
		b.Fatal(err)
	}
	bench.dir = dir
	began := time.Now()
	bd, err := NewBuilder(Inputs{Dir: dir, ZIPs: c.zips, Codes: c.codes})
	if err != nil {
		b.Fatal(err)
	}
	runtime.LockOSThread()
	before := spent()
	for i := range n {
		r := c.next(i)
		for k := range r.Taxonomies { // most are of none of the specialties that are asked for
			if c.rng.IntN(8) > 0 {
				r.Taxonomies[k].Code = [10]byte([]byte(c.codes[12+c.skewed(len(c.codes)-12)].Code))
			}
		}
		if err := bd.Add(*r); err != nil {
			b.Fatal(err)
		}
	}
	fed, feeding := time.Since(began), spent()-before
	path := filepath.Join(dir, "directory.db")
	began, before = time.Now(), spent()
	rep, err := bd.Finish(context.Background(), path, nil)
	if err != nil {
		b.Fatal(err)
	}
	ended, ending := time.Since(began), spent()-before
	runtime.UnlockOSThread()
	bd.Close()
	peak := ""
	if s, err := os.ReadFile("/proc/self/status"); err == nil {
		for _, l := range strings.Split(string(s), "\n") {
			if strings.HasPrefix(l, "VmHWM") {
				peak = l
			}
		}
	}
	began = time.Now()
	if bench.d, err = Open(path); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d rows: made and fed in %v (processor %v: %.0f rows/s), finished in %v (processor %v); %d bytes; %s; opened in %v\n%v",
		rep.Rows, fed, feeding, float64(n)/feeding.Seconds(), ended, ending, rep.Bytes, peak, time.Since(began), rep.Parts)
	bench.c = c
	return bench.d, c
}

var bench struct {
	d   *Directory
	c   *country
	dir string
}

// crowded orders ZIPs so that a skewed draw takes those with many neighbours first.
func crowded(zips []ZIP) []ZIP {
	cells := map[[2]int]int{}
	at := func(z ZIP) [2]int { return [2]int{int(math.Floor(z.Lat * 3)), int(math.Floor(z.Lon * 3))} }
	for _, z := range zips {
		cells[at(z)]++
	}
	out := slices.Clone(zips)
	slices.SortStableFunc(out, func(a, b ZIP) int { return cells[at(b)] - cells[at(a)] })
	return out
}

// question draws what the search is measured by: one to four specialties within 5 to
// 100 miles of a crowded place, part with the beginning of a name or a licence.
func question(c *country, rng *rand.Rand) expert.Query {
	q := expert.Query{Limit: 20, ByDistance: true, Miles: []float64{5, 10, 25, 50, 100}[rng.IntN(5)]}
	for range 1 + rng.IntN(4) {
		q.Codes = append(q.Codes, testCodes[rng.IntN(len(testCodes))])
	}
	f := rng.Float64()
	z := c.zips[int(f*f*f*float64(len(c.zips)))]
	q.Centre = &expert.Centre{Lat: z.Lat, Lon: z.Lon}
	if rng.IntN(10) < 3 {
		w := cut(c.last[int(f*f*f*float64(len(c.last)))])[0]
		q.Name = w[:min(len(w), 2+rng.IntN(3))]
	}
	if rng.IntN(10) < 3 {
		q.Licensed = z.State
	}
	return q
}

// run asks all queries b.N times over and reports the middle and the slowest of them.
func timed(b *testing.B, d *Directory, qs []expert.Query) {
	b.Helper()
	for _, q := range qs { // warm
		if _, err := d.Find(context.Background(), q); err != nil {
			b.Fatal(err)
		}
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var took, cost []time.Duration
	sum := 0
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		began, before := time.Now(), spent()
		f, err := d.Find(context.Background(), qs[i%len(qs)])
		if err != nil {
			b.Fatal(err)
		}
		took, cost = append(took, time.Since(began)), append(cost, spent()-before)
		sum += f.Total
	}
	slices.Sort(took)
	slices.Sort(cost)
	b.ReportMetric(float64(cost[len(cost)/2].Nanoseconds())/1e3, "p50-cpu-us")
	b.ReportMetric(float64(cost[len(cost)*99/100].Nanoseconds())/1e3, "p99-cpu-us")
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e3, "p50-us")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "p99-us")
	b.ReportMetric(float64(sum)/float64(len(took)), "found/op")
}

func BenchmarkSearch(b *testing.B) {
	d, c := bigCountry(b)
	rng := rand.New(rand.NewPCG(9, 9))
	var near, fit, names, typos, ties []expert.Query
	weights := expert.Weights{Specialty: 300, Volume: 200, Experience: 200, Distance: 250, Telehealth: 50, Year: 2026, Reach: 100}
	for range 1000 {
		q := question(c, rng)
		near = append(near, q)
		q.ByDistance, q.Weights = false, weights
		fit = append(fit, q)
		w := cut(c.last[rng.IntN(len(c.last))])[0]
		names = append(names, expert.Query{Name: fmt.Sprintf("%s %s", w[:min(len(w), 2+rng.IntN(6))], c.first[rng.IntN(3)][:1]), Limit: 20, Weights: weights})
		if len(w) > 5 {
			typos = append(typos, expert.Query{Name: w[:2] + "Q" + w[3:], Limit: 20, Weights: weights})
		}
		if first, err := d.Profile(context.Background(), strconv.Itoa(int(d.row(rng.IntN(d.n)).npi()))); err == nil {
			q.First = &first
			ties = append(ties, q)
		}
	}
	// As people type: few letters of common names, over the whole country and filtered.
	var letters, states, codes []expert.Query
	for _, n := range []string{"smith j", "sm", "jo sm", "j", "ba", "smih j", "ba ko", "mary", "wiliamson r", "s j m"} {
		for _, c := range []expert.Query{{}, {ByDistance: true}, {Kind: expert.Anybody}} {
			c.Name, c.Limit, c.Weights = n, 20, weights
			letters = append(letters, c)
			c.States, c.Licensed = []string{"CA", "WY"}, "CA"
			states = append(states, c)
			c.States, c.Licensed, c.Codes = nil, "", testCodes
			codes = append(codes, c)
			c.Centre, c.Miles = near[len(codes)].Centre, 500
			codes = append(codes, c)
		}
	}
	for _, x := range []struct {
		name string
		qs   []expert.Query
	}{{"nearest", near}, {"fit", fit}, {"name", names}, {"misspelt", typos}, {"independent", ties}, {"letters", letters}, {"letters_state", states}, {"letters_codes", codes}} {
		b.Run(x.name, func(b *testing.B) { timed(b, d, x.qs) })
	}
	b.Cleanup(func() { d.Close(); os.RemoveAll(bench.dir); bench.d = nil })
}
