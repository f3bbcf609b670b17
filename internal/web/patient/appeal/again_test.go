package appeal_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"consilium/internal/actions"
	"consilium/internal/appeal"
	"consilium/internal/web/webtest"
)

func TestAButtonPressedManyTimesAtOnceKeepsOneThing(t *testing.T) {
	p := visit(t, "mei-tanaka")
	id := strings.Repeat("d", 26)
	sending := url.Values{"version": {"1"}, "packet": {strings.Repeat("b", 26)}, "how": {"mail"}, "on-month": {"11"}, "on-day": {"22"}, "on-year": {"2026"}, "proof": {"RB 555"}}
	for _, x := range []struct {
		at string
		f  url.Values
	}{{"/appeal/denial/" + id, letter(p.cast.Refused.Denial, 0)}, {"/appeal/packet/" + id, draft(p.cast.Refused.Draft, "0")}, {"/appeal/send/" + id, sending}} {
		answers := make([]webtest.Answer, 4)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = p.Post(p.home+x.at, x.f) })
		}
		all.Wait()
		for _, a := range answers {
			if a.Status != http.StatusSeeOther {
				t.Errorf("%s: %d %.400s", x.at, a.Status, webtest.Words(a.Body))
			}
		}
	}
	c := p.Case(p.id)
	if c.Version(refOf(id)) != 2 || len(c.Named(appeal.PacketKind)) != 1 || len(c.Files) != 1 || p.due("due.appeal_answer", id) == "" {
		t.Errorf("letter at version %d, %d packets, %d files, %v", c.Version(refOf(id)), len(c.Named(appeal.PacketKind)), len(c.Files), c.Due)
	}
	if a := p.Get(p.home + "/appeal/sent_pdf/" + strings.Repeat("b", 26)); a.Status != http.StatusOK || !strings.HasPrefix(a.Body, "%PDF-") {
		t.Errorf("the packet's PDF: %d", a.Status)
	}
	f := letter(p.cast.Refused.Denial, 0) // other words from the same old form are a conflict still
	f.Set("claim.service", "Something else that was typed")
	if a := p.Post(p.home+"/appeal/denial/"+id, f); a.Status != http.StatusConflict || !strings.Contains(a.Body, "Something else that was typed") {
		t.Errorf("a stale form: %d", a.Status)
	}
}

func TestAPacketIsTakenOutOnlyByWhoeverMayTakeThingsOut(t *testing.T) {
	p := visit(t, "mei-tanaka")
	packet := p.send(p.enter(p.cast.Refused.Denial), "2026-11-22")
	kept, err := actions.PacketOf(p.Case(p.id), packet)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"/appeal/picture/", "/records/original/", "/records/file/"} {
		if a := p.Get(p.home + at + kept.SHA256); a.Status != http.StatusNotFound {
			t.Errorf("%s gives a packet by its number to whoever may only see: %d", at, a.Status)
		}
	}
}
