package e2e

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	kills    = 100
	sentFile = 150_000 // bytes of one file
	sentPart = 20_000  // bytes of one piece
)

// ledger is what the person saw acknowledged, over all starts.
type ledger struct {
	saved, tried int // the highest save that was acknowledged, and that was sent
	version      int
	writes       int // acknowledged writes, each an entry of the log
	now          *sending
	files        []string // SHA-256 of finished files
	begun        int
	cut          int // kills that hit a save or a piece under way
	resumed      int // uploads that went on after a kill
}

// sending is the file that is on its way.
type sending struct {
	id, name string
	safe     int64 // acknowledged
	at       int64 // where the last piece that was sent began
}

func TestNothingAcknowledgedIsLostWhenTheServerIsKilledAtWork(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("CONSILIUM_TEST_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		must(t, err)
		seed = n
	}
	t.Logf("CONSILIUM_TEST_SEED=%d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	data := t.TempDir()
	h := start(t, data)
	p := come(t, h).own()
	home := p.openCase()
	l := &ledger{writes: 1}
	p.post(home+"/start", story("save 0", "0")).must(http.StatusSeeOther)
	l.version, l.writes = 1, 2

	for round := range kills {
		pid := h.cmd.Process.Pid
		kill := time.AfterFunc(time.Duration(5+random.IntN(146))*time.Millisecond, func() { _ = syscall.Kill(-pid, syscall.SIGKILL) })
		var work sync.WaitGroup
		work.Go(func() { l.save(t, p, home) })
		work.Go(func() { l.send(p, home) })
		work.Wait()
		kill.Stop()
		h.kill()
		p.client.CloseIdleConnections()
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
		h = start(t, data)
		p.house = h
		l.check(t, p, home, round)
	}
	t.Logf("%d kills, %d of them in the middle of a save or a piece: %d saves, %d files and %d resumed uploads were acknowledged and are there", kills, l.cut, l.saved, len(l.files), l.resumed)
	if l.saved < kills || len(l.files) < kills/10 || l.resumed == 0 || l.cut == 0 {
		t.Error("the server was killed too early to prove anything")
	}
}

// save saves the first form again and again until the connection is lost.
func (l *ledger) save(t *testing.T, p *person, home string) {
	for {
		l.tried++
		a, err := p.ask(http.MethodPost, home+"/start", formType, strings.NewReader(story("save "+strconv.Itoa(l.tried), strconv.Itoa(l.version)).Encode()))
		if err != nil {
			l.cut++
			return
		}
		if a.Status != http.StatusSeeOther {
			t.Errorf("save %d from version %d answered %d: %s", l.tried, l.version, a.Status, opening(a.Text()))
			return
		}
		l.saved = l.tried
		l.version++
		l.writes++
	}
}

// send sends files in pieces until the connection is lost, and goes on where the
// last start ended just as the script does: the same piece again, and where it was
// refused from what the house says that it has.
func (l *ledger) send(p *person, home string) {
	for {
		if l.now == nil {
			l.begun++
			name := fmt.Sprintf("scan %d.img", l.begun)
			id, _, err := p.begin(home, name, sentFile)
			if err != nil {
				return
			}
			l.now = &sending{id: id, name: name}
		}
		s := l.now
		a, err := p.part(home, s.id, s.at, io.LimitReader(bytesOf(s.name, s.at, sentFile), sentPart))
		if err != nil {
			return
		}
		switch a.Status {
		case http.StatusNoContent, http.StatusConflict:
			s.safe, err = strconv.ParseInt(a.Header.Get("Upload-Offset"), 10, 64)
			if err != nil || s.safe < s.at {
				p.t.Errorf("a piece from %d was answered with %d and the offset %q", s.at, a.Status, a.Header.Get("Upload-Offset"))
				return
			}
			s.at = s.safe
		default:
			p.t.Errorf("a piece from %d answered %d: %s", s.at, a.Status, opening(a.Body))
			return
		}
		if s.safe == sentFile {
			l.finished()
			l.writes++
		}
	}
}

// finished says that the file under way is a record now.
func (l *ledger) finished() {
	l.files = append(l.files, sumOf(bytesOf(l.now.name, 0, sentFile)))
	l.now = nil
}

// check looks for everything that was acknowledged.
func (l *ledger) check(t *testing.T, p *person, home string, round int) {
	t.Helper()
	page := p.get(home + "/start").must(http.StatusOK)
	got, err := strconv.Atoi(strings.TrimPrefix(page.value("diagnosis"), "save "))
	// Of two saves at most the later one was still under way.
	if err != nil || got != l.saved && got != l.tried {
		t.Errorf("the form says %q, save %d was acknowledged and save %d was sent last", page.value("diagnosis"), l.saved, l.tried)
	}
	if got != l.saved {
		l.version++
	}
	if page.value("version") != strconv.Itoa(l.version) {
		t.Errorf("the form stands at version %q, want %d", page.value("version"), l.version)
	}
	l.saved = got
	if s := l.now; s != nil {
		n, gone := p.received(home, s.id)
		switch {
		case gone && s.at+sentPart >= sentFile: // its last piece was on the way: then it is a record
			l.finished()
		case gone || n < s.safe:
			t.Errorf("%d bytes of an upload were acknowledged, %d are there (gone: %t)", s.safe, n, gone)
		default:
			l.resumed++
		}
	}
	last := round%10 == 9 || round == kills-1
	look := l.files[max(0, len(l.files)-2):]
	if round == kills-1 {
		look = l.files
	}
	for _, sum := range look {
		if got := p.original(home, sum); got != sum {
			t.Errorf("a file was acknowledged and is %s", got)
		}
	}
	if !last {
		return
	}
	if n := p.verified(home); n < l.writes {
		t.Errorf("the log has %d entries, %d writes were acknowledged", n, l.writes)
	}
}

func TestASessionOutlivesTheServer(t *testing.T) {
	data := t.TempDir()
	h := start(t, data)
	p := come(t, h).own()
	p.get("/").must(http.StatusOK)
	h.kill()
	p.house = start(t, data)
	p.get("/").must(http.StatusOK)
	other := come(t, p.house)
	other.get("/").must(http.StatusSeeOther)
	other.post("/sign-in", url.Values{"handle": {personHandle}, "passphrase": {personPassphrase}}).must(http.StatusSeeOther)
	other.get("/").must(http.StatusOK)
}
