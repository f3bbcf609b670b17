package network

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// BenchmarkRates reads a packed file of CONSILIUM_RATES_MB megabytes unpacked (300 when
// the variable is absent), in turns with gunzip of the same file, and reports the ratio
// of the two times, each the median of the rounds.
func BenchmarkRates(b *testing.B) {
	mb := int64(300)
	if v, err := strconv.ParseInt(os.Getenv("CONSILIUM_RATES_MB"), 10, 64); err == nil {
		mb = v
	}
	gunzip, err := exec.LookPath("gunzip")
	if err != nil {
		b.Skip("no gunzip here")
	}
	path := filepath.Join(b.TempDir(), "rates.json.gz")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	z := gzip.NewWriter(w)
	if err := Sample(z, mb<<20, 1, visits); err != nil {
		b.Fatal(err)
	}
	z.Close()
	w.Flush()
	f.Close()
	out := filepath.Join(b.TempDir(), "plan.network")
	var ours, theirs []time.Duration
	var report Report
	b.SetBytes(mb << 20)
	b.ResetTimer()
	for b.Loop() {
		start := time.Now()
		c := exec.Command(gunzip, "-c", path)
		c.Stdout = nil // the null device
		if err := c.Run(); err != nil {
			b.Fatal(err)
		}
		theirs = append(theirs, time.Since(start))
		start = time.Now()
		if report, err = Build(b.Context(), Plan{Out: out, Name: "bench", Rates: []string{path}, Codes: visits}); err != nil {
			b.Fatal(err)
		}
		ours = append(ours, time.Since(start))
	}
	b.ReportMetric(median(ours).Seconds()/median(theirs).Seconds(), "x_gunzip")
	b.ReportMetric(float64(mb<<20)/1e6/median(ours).Seconds(), "MB/s_ours")
	b.ReportMetric(float64(mb<<20)/1e6/median(theirs).Seconds(), "MB/s_gunzip")
	b.ReportMetric(float64(report.Members), "members")
	b.ReportMetric(float64(report.Bytes)/1e6, "MB_file")
	start := time.Now()
	n, err := Open(out)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(start).Microseconds())/1000, "ms_open")
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/1e6, "MB_sys")
	runtime.KeepAlive(n)
}

func median(d []time.Duration) time.Duration {
	c := append([]time.Duration(nil), d...)
	for i := range c {
		for j := i; j > 0 && c[j] < c[j-1]; j-- {
			c[j], c[j-1] = c[j-1], c[j]
		}
	}
	return c[len(c)/2]
}

// BenchmarkSkip passes over one large value that nobody asked for.
func BenchmarkSkip(b *testing.B) {
	var text writer
	Sample(&text, 8<<20, 1, nil)
	b.SetBytes(int64(len(text.b)))
	for b.Loop() {
		s := &scanner{buf: text.b, end: io.EOF}
		s.skip()
		if s.err != nil {
			b.Fatal(s.err)
		}
	}
}

type writer struct{ b []byte }

func (w *writer) Write(p []byte) (int, error) { w.b = append(w.b, p...); return len(p), nil }
