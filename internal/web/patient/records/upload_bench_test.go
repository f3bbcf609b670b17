package records_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"consilium/internal/web/patient/records"
	"consilium/internal/web/webtest"
)

// BenchmarkUpload sends one gigabyte as the script does, over loopback, until it is
// hashed, sealed, on disk, written down and a record of the case. Beside it, in the same run, what
// the machine can do at most: hash as much, and write as much plainly to the same
// disk. ratio is the time taken to the slower of these two.
func BenchmarkUpload(b *testing.B) {
	const size, piece = 1 << 30, 64 << 20
	random := rand.NewChaCha8([32]byte{1})
	content := make([]byte, piece)
	_, _ = random.Read(content)
	for b.Loop() {
		s := webtest.New(b, records.Step)
		home := "/case/" + string(s.NewCase(ruth))
		hashed := clock(func() {
			sum := sha256.New()
			for range size / piece {
				sum.Write(content)
			}
			sum.Sum(nil)
		})
		written := clock(func() { plainly(b, filepath.Join(s.Dir, "plain"), content, size/piece) })
		took := clock(func() {
			a := s.Do(http.MethodPost, home+"/records/part/", "application/json", strings.NewReader(`{"name":"disk.img","size":`+strconv.Itoa(size)+`}`))
			var u struct{ ID string }
			if err := json.Unmarshal([]byte(a.Body), &u); err != nil || a.Status != http.StatusCreated {
				b.Fatalf("got %d: %s", a.Status, a.Body)
			}
			for at := 0; at < size; at += piece {
				a := s.Do(http.MethodPatch, home+"/records/part/"+u.ID, "application/offset+octet-stream", bytes.NewReader(content), "Upload-Offset", strconv.Itoa(at))
				if a.Status != http.StatusNoContent {
					b.Fatalf("got %d: %s", a.Status, a.Body)
				}
			}
		})
		b.ReportMetric(float64(size>>20)/took.Seconds(), "MB/s")
		b.ReportMetric(float64(size>>20)/hashed.Seconds(), "sha256-MB/s")
		b.ReportMetric(float64(size>>20)/written.Seconds(), "disk-MB/s")
		b.ReportMetric(took.Seconds()/max(hashed, written).Seconds(), "ratio")
	}
}

func clock(do func()) time.Duration {
	began := time.Now()
	do()
	return time.Since(began)
}

func plainly(b *testing.B, path string, content []byte, times int) {
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer os.Remove(path)
	defer f.Close()
	for range times {
		if _, err := f.Write(content); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
}
