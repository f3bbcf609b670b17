package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// limitFiles lets no file of the running house grow past so many bytes: what a disk
// quota does, and what needs no rights.
func limitFiles(t *testing.T, h *house, most uint64) {
	t.Helper()
	const fsize = 1 // RLIMIT_FSIZE
	limit := [2]uint64{most, 1 << 62}
	if _, _, e := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(h.cmd.Process.Pid), fsize, uintptr(unsafe.Pointer(&limit)), 0, 0, 0); e != 0 {
		t.Fatal(e)
	}
}

func TestAFileThatFindsNoRoomIsRefusedAndComesInWhenThereIsSome(t *testing.T) {
	h := start(t, t.TempDir())
	p := come(t, h).own()
	home := p.toldCase()
	limitFiles(t, h, 6<<20)
	const size = 16 << 20
	both(t, func(t *testing.T, lang string) {
		p.t, p.lang = t, lang
		if a := p.hand(home, file{"scan.img", bytesOf("scan", 0, size)}).must(http.StatusInsufficientStorage); !strings.Contains(a.Text(), say(t, lang).T("fault.full")) {
			t.Errorf("the page does not say that there is no room: %s", opening(a.Text()))
		}
	})
	p.t, p.lang = t, "en"
	id, _, err := p.begin(home, "scan.img", size)
	must(t, err)
	a, err := p.part(home, id, 0, bytesOf("scan", 0, 8<<20))
	must(t, err)
	if a.must(http.StatusInsufficientStorage); !strings.Contains(a.Body, say(t, "en").T("fault.full")) {
		t.Errorf("the piece's answer does not say that there is no room: %s", a.Body)
	}
	p.post(home+"/start", story("Saved beside it", p.get(home+"/start").value("version"))).must(http.StatusSeeOther)
	limitFiles(t, h, 1<<40)
	n, gone := p.received(home, id)
	if gone {
		t.Fatal("the upload is gone")
	}
	a, err = p.part(home, id, n, bytesOf("scan", n, size))
	must(t, err)
	a.must(http.StatusNoContent)
	if sum := sumOf(bytesOf("scan", 0, size)); p.original(home, sum) != sum {
		t.Error("the file is not what was sent")
	}
}

// TestAFullDiskLosesNothingAcknowledged fills a small disk of its own to the last
// byte. Making one takes root; without it only the test above is run.
func TestAFullDiskLosesNothingAcknowledged(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("a small disk cannot be made: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	data := filepath.Join(dir, "data")
	h := start(t, data)
	p := come(t, h).own()
	home := p.toldCase()
	const small = 300_000
	kept := sumOf(bytesOf("before", 0, small))
	p.hand(home, file{"before.img", bytesOf("before", 0, small)}).must(http.StatusSeeOther)
	id, _, err := p.begin(home, "scan.img", 2*small)
	must(t, err)
	a, err := p.part(home, id, 0, bytesOf("scan", 0, small))
	must(t, err)
	a.must(http.StatusNoContent)

	filler := filepath.Join(dir, "filler")
	fill(t, filler)
	both(t, func(t *testing.T, lang string) {
		p.t, p.lang = t, lang
		full := say(t, lang).T("fault.full")
		if a := p.hand(home, file{"scan.img", bytesOf("other", 0, small)}).must(http.StatusInsufficientStorage); !strings.Contains(a.Text(), full) {
			t.Errorf("the page does not say that there is no room: %s", opening(a.Text()))
		}
		a, err := p.part(home, id, small, bytesOf("scan", small, 2*small))
		must(t, err)
		if a.must(http.StatusInsufficientStorage); !strings.Contains(a.Body, full) {
			t.Errorf("the piece's answer does not say that there is no room: %s", a.Body)
		}
		// The database has some room of its own left in its journal: a save may still
		// go through, but not for long.
		for n := 0; ; n++ {
			typed := fmt.Sprintf("Typed with no room %d %s", n, strings.Repeat("x", 1900))
			a := p.post(home+"/start", story(typed, p.get(home+"/start").must(http.StatusOK).value("version")))
			if a.Status == http.StatusSeeOther && n < 2000 {
				continue
			}
			a.must(http.StatusInsufficientStorage)
			if !strings.Contains(a.Text(), full) {
				t.Errorf("the form does not say that there is no room: %s", opening(a.Text()))
			}
			if a.value("diagnosis") != typed {
				t.Error("what was typed is gone")
			}
			break
		}
	})
	p.t, p.lang = t, "en"
	p.get("/health").must(http.StatusOK)
	said := p.get(home + "/start").must(http.StatusOK).value("diagnosis")
	// Taking a file out is written in the log first, and there is no room for that.
	if got := p.original(home, kept); got != kept && got != "status 507" {
		t.Errorf("while the disk is full a file that was kept is %s", got)
	}

	must(t, os.Remove(filler))
	page := p.get(home + "/start")
	if page.value("diagnosis") != said {
		t.Error("what was saved is another thing now")
	}
	p.post(home+"/start", story("There is room again", page.value("version"))).must(http.StatusSeeOther)
	n, gone := p.received(home, id)
	if gone || n < small {
		t.Fatalf("%d bytes were acknowledged, %d are there", small, n)
	}
	a, err = p.part(home, id, n, bytesOf("scan", n, 2*small))
	must(t, err)
	a.must(http.StatusNoContent)
	h.kill()
	p.house = start(t, data)
	for _, sum := range []string{kept, sumOf(bytesOf("scan", 0, 2*small))} {
		if got := p.original(home, sum); got != sum {
			t.Errorf("a file that was acknowledged is %s", got)
		}
	}
	if got := p.get(home + "/start").value("diagnosis"); got != "There is room again" {
		t.Errorf("the case says %q", got)
	}
	p.verified(home)
}

// fill leaves not one byte on a disk.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	must(t, err)
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(bytes.Repeat([]byte{1}, size)); err != nil {
			size /= 2
		}
	}
}

// hugeSize is half a gigabyte, so that it fits a small machine and its time, or what
// CONSILIUM_TEST_HUGE says in bytes: 2147483648 for the whole two gigabytes.
func hugeSize(t *testing.T) int64 {
	s := os.Getenv("CONSILIUM_TEST_HUGE")
	if s == "" {
		return 512 << 20
	}
	n, err := strconv.ParseInt(s, 10, 64)
	must(t, err)
	return n
}

func TestAHugeFileOfZerosComesInWithoutScriptInLittleMemory(t *testing.T) {
	const most = 300 << 10 // kB
	h := start(t, t.TempDir())
	p := come(t, h).own()
	home := p.toldCase()
	size := hugeSize(t)
	p.hand(home, file{"disk.img", &zeros{left: size}}).must(http.StatusSeeOther)
	list := p.read(home)
	m := regexp.MustCompile(`records/file/([0-9a-f]{64})`).FindStringSubmatch(list.Body)
	if m == nil || m[1] != sumOf(&zeros{left: size}) || !strings.Contains(list.Text(), "disk.img") {
		t.Errorf("the list does not show the file that was sent: %s", opening(list.Text()))
	}
	if peak := h.peak(); peak > most {
		t.Errorf("the server took %d MB, want at most %d", peak>>10, most>>10)
	} else {
		t.Logf("%d MB came in, the server took %d MB", size>>20, peak>>10)
	}
}

// peak is the most memory that the program has had so far, in kB.
func (h *house) peak() int {
	h.t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.cmd.Process.Pid))
	must(h.t, err)
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(b)
	if m == nil {
		h.t.Fatal("the system does not tell how much memory the program took")
	}
	n, err := strconv.Atoi(string(m[1]))
	must(h.t, err)
	return n
}
