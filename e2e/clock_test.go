package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A patient asks two places for records and the days go by: nothing comes from one,
// the other wants more time as the law wants it asked for. The program is a build of its
// own whose clock a test can turn (-tags testclock): it starts 70 days ago, and each turn
// brings it nearer to today. It never runs ahead, because a session ends by the real
// clock; it is idle after each turn, and the patient signs in again.
func TestTheDaysOfARequestGoByAndItsClockTurnsOverdue(t *testing.T) {
	t.Parallel() // a house and a browser of its own
	const ago = 70
	program := filepath.Join(t.TempDir(), "consilium")
	build := exec.Command("go", "build", "-tags", "testclock", "-o", program, "../cmd/consilium")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the program does not build with a clock for tests: %v\n%s", err, out)
	}
	clock := filepath.Join(t.TempDir(), "clock")
	turned := func(days int) time.Duration { return time.Duration(ago-days) * 24 * time.Hour }
	set := func(behind time.Duration) {
		next := clock + ".next" // the program may read it at any moment: never half written
		must(t, os.WriteFile(next, []byte("-"+behind.String()), 0o600))
		must(t, os.Rename(next, clock))
	}
	set(turned(0))
	h := startOf(t, program, []string{"CONSILIUM_TEST_CLOCK=" + clock}, t.TempDir())
	w := arriveIn(t, h, "walter-brandt", "en", withScript)
	w.behind = turned(0)
	w.once = map[string]bool{} // each page once a day: other walks look at every turn of it
	turn := func(days int) {
		w.behind, w.once = turned(days), map[string]bool{}
		set(w.behind)
		w.again()
	}
	w.start()
	w.calm()

	w.ask("Larkspur Hospital", 0)
	silent := w.last()
	w.ask("Great Miami Hospital", 0)
	slow := w.last()
	w.stands(silent, "Waiting")

	turn(25)
	w.stands(silent, "Due soon")
	w.stands(slow, "Send a friendly reminder")
	w.wrote(slow, "chaser")

	turn(28)
	w.open(w.address + "/records/answer/" + slow)
	w.fill(map[string]string{"kind": "extended", "on": w.day(0), "written": "yes", "until": w.day(32), "reason": "kept off site"})
	w.send()
	w.has("They took more time", spoken(w.day(32))) // day 60
	w.wrote(slow, "more_time")

	turn(31)
	w.stands(silent, "Late")
	w.has("31 days", "Write to the privacy officer")
	w.stands(slow, "Waiting")
	w.wrote(silent, "overdue")
	w.open(w.address)
	w.look("home")
	w.has("Larkspur Hospital", "Last day to complain")

	turn(61)
	w.stands(slow, "Late")
	w.stands(silent, "See how to complain")
	w.open(w.address + "/records/complaint/" + silent)
	w.look("records.complaint")
	w.has("180 days", "Last day to complain")
	w.wrote(silent, "complaint")
}

// day is so many days from the day of the house.
func (w *walker) day(n int) string {
	return time.Now().Add(-w.behind).AddDate(0, 0, n).Format(time.DateOnly)
}

// spoken is a day as an English page writes it.
func spoken(day string) string {
	on, _ := time.Parse(time.DateOnly, day)
	return on.Format("January 2, 2006")
}

// again signs in anew.
func (w *walker) again() {
	w.open(w.address)
	if !strings.Contains(w.path(), "sign-in") {
		w.t.Fatalf("a session outlived the days: %s", w.path())
	}
	w.fill(map[string]string{"handle": "owner", "passphrase": passphrase})
	w.send()
}

// stands opens a request and looks for these words on it.
func (w *walker) stands(request, words string) {
	w.open(w.address + "/records/request/" + request)
	w.look("records.request")
	w.has(words)
}

// wrote gets a letter of a request, sends it on this day, and finds it kept as it went.
func (w *walker) wrote(request, which string) {
	w.open(w.address + "/records/request/" + request)
	letter := w.address + "/records/letter/" + request + "/" + which
	printed := w.paper(fmt.Sprintf(`main a[href=%s]`, quote(letter)))
	w.open(w.address + "/records/sent/" + request)
	w.fill(map[string]string{"what": which, "how": "fax", "on": w.day(0)})
	w.send()
	w.look("records.request")
	last := ask[string](w.tab, `[...document.querySelectorAll('main li a[href*="/records/signed/"]')].at(-1)?.getAttribute("href") ?? ""`)
	if kept := w.paper(fmt.Sprintf(`main a[href=%s]`, quote(last))); kept != printed {
		w.t.Errorf("%s: kept is %.300s, printed was %.300s", which, kept, printed)
	}
}
