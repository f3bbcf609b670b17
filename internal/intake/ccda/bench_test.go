//go:build unix

package ccda_test

import (
	"bytes"
	"context"
	"os"
	"syscall"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/intake/ccda"
)

// BenchmarkCCDA reads real documents and pieces, all but those that are one PDF
// wrapped up; the aim is 30 MB/s on one core. MB/cpu-s is
// by the processor's time, for other work may run beside this.
func BenchmarkCCDA(b *testing.B) {
	var all [][]byte
	size := int64(0)
	for _, p := range records(b) {
		body, err := os.ReadFile(p)
		if err != nil {
			b.Fatal(err)
		}
		if bytes.Contains(body, []byte("B64")) {
			continue
		}
		all = append(all, body)
		size += int64(len(body))
	}
	b.SetBytes(size)
	b.ReportAllocs()
	before, rounds := cpuSeconds(b), 0
	for b.Loop() {
		rounds++
		for _, body := range all {
			ccda.Read(context.Background(), bytes.NewReader(body), int64(len(body)), clinical.Source{File: "x"})
		}
	}
	b.ReportMetric(float64(size)*float64(rounds)/1e6/(cpuSeconds(b)-before), "MB/cpu-s")
}

// cpuSeconds is the processor's time that this process has used so far.
func cpuSeconds(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
