package records_test

import (
	"io"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"consilium/internal/web/webtest"
)

// zeros is a stream of so many zero bytes.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.left)
	clear(p[:n])
	z.left -= n
	return int(n), nil
}

// hugeSize is 128 MB, or what CONSILIUM_TEST_HUGE says in bytes: 2147483648 for
// the whole two gigabytes.
func hugeSize(t *testing.T) int64 {
	if s := os.Getenv("CONSILIUM_TEST_HUGE"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return 128 << 20
}

func TestAHugeFileOfZerosIsKeptInConstantMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	s, home := site(t)
	size := hugeSize(t)
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var peak atomic.Uint64
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	a := s.PostFiles(home+"/records/upload", webtest.Upload{Field: "files", Name: "disk.img", Body: &zeros{left: size}})
	s.Work()
	close(stop)
	<-done
	if a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	if grew := int64(peak.Load()) - int64(before.HeapInuse); grew > 64<<20 {
		t.Errorf("taking %d MB needed %d MB of memory", size>>20, grew>>20)
	}
	page := s.Get(home + "/records").Body
	if !strings.Contains(page, "disk.img") || !strings.Contains(page, "We do not know this kind of file") {
		t.Errorf("the file is not listed as of no known kind")
	}
	if fs := files(t, s, home); len(fs) != 1 || fs[0].Size != size {
		t.Errorf("the file is not kept whole")
	}
}
