package records_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"consilium/internal/casefile"
	core "consilium/internal/records"
	"consilium/internal/web/webtest"
)

// version gives the version of a request as its forms send it.
func version(s *webtest.Site, home, id string) string {
	return number(s.Case(casefile.ID(strings.TrimPrefix(home, "/case/"))).Version(core.RequestRef(id)))
}

// out says that something was sent today by fax.
func out(t *testing.T, s *webtest.Site, home, id, what string) core.Sending {
	t.Helper()
	send(t, s, home, id, version(s, home, id), what, "fax")
	all := request(t, s, home, id).Sent
	return all[len(all)-1]
}

func TestAPaperThatNobodySignedIsAskedAboutAndNobodyIsBlocked(t *testing.T) {
	s, home := site(t)
	id := begin(t, s, home, url.Values{"holder_name": {"Fresno General Hospital"}})
	s.Post(home+"/records/form/"+id, filled("1"))
	path := home + "/records/sent/" + id
	has(t, s.Get(path).Body, "Not all papers are signed yet", home+"/records/sign/"+id+"/access", "Yes, with a pen")
	form := today(s, "on", url.Values{"version": {"2"}, "how": {"fax"}})
	a := s.Post(path, form)
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("nobody asked whether it is signed: %d", a.Status)
	}
	has(t, a.Body, "Please say if you signed the papers")
	form.Set("signed", "none")
	if a := s.Post(path, form); a.Status != http.StatusSeeOther {
		t.Fatalf("a person is kept from sending it: %d %s", a.Status, webtest.Words(a.Body))
	}
	has(t, s.Get(home+"/records/request/"+id).Body, "It went out with no signature", "not signed")
}

func TestWithASignatureOnTheScreenNobodyIsAskedForOne(t *testing.T) {
	s, home := site(t)
	id := begin(t, s, home, url.Values{"holder_name": {"Fresno General Hospital"}})
	s.Post(home+"/records/form/"+id, filled("1"))
	has(t, s.Get(home+"/records/request/"+id).Body, "Sign the papers")
	if a := s.Post(home+"/records/sign/"+id+"/access", url.Values{"version": {"2"}, "how": {"typed"}, "name": {"Ruth Alvarez"}, "self": {"yes"}}); a.Status != http.StatusSeeOther {
		t.Fatal(webtest.Words(a.Body))
	}
	if strings.Contains(s.Get(home+"/records/sent/"+id).Body, `name="signed"`) {
		t.Error("who signed on the screen is asked again")
	}
	if a := s.Post(home+"/records/sent/"+id, today(s, "on", url.Values{"version": {"3"}, "how": {"fax"}})); a.Status != http.StatusSeeOther {
		t.Fatal(webtest.Words(a.Body))
	}
	r := request(t, s, home, id)
	if got := r.Sent[0].Copies; len(got) != 1 || got[0].SHA256 != r.Signed[0].SHA256 || got[0].Signed != core.Typed {
		t.Errorf("kept as sent: %+v", got)
	}
}

func TestEveryLetterAfterTheRequestIsKeptExactlyAsItWent(t *testing.T) {
	s, home := site(t)
	id := begin(t, s, home, url.Values{"holder_name": {"Fresno General Hospital"}})
	s.Post(home+"/records/form/"+id, filled("1"))
	out(t, s, home, id, "request")
	s.Pass(20 * 24 * time.Hour)
	more := today(s, "on", url.Values{"version": {version(s, home, id)}, "kind": {"extended"}, "written": {"no"}})
	if a := s.Post(home+"/records/answer/"+id, more); a.Status != http.StatusSeeOther {
		t.Fatal(webtest.Words(a.Body))
	}
	has(t, s.Get(home+"/records/request/"+id).Body, "Answer them about more time")
	bill := today(s, "on", url.Values{"version": {version(s, home, id)}, "for": {"me"}, "electronic": {"yes"}, "part-search": {"25.00"}})
	if a := s.Post(home+"/records/fee/"+id, bill); a.Status != http.StatusSeeOther {
		t.Fatal(webtest.Words(a.Body))
	}
	for _, what := range []string{"chaser", "more_time", "fee"} {
		kept(t, s, home, id, what)
	}
	s.Pass(11 * 24 * time.Hour)
	for _, what := range []string{"overdue", "complaint"} {
		kept(t, s, home, id, what)
	}
	body := s.Get(home + "/records/request/" + id).Body
	at := 0
	for _, x := range request(t, s, home, id).Sent {
		next := strings.Index(body[at:], x.Copies[0].SHA256)
		if next < 0 {
			t.Fatalf("%s is not on the page in its order", x.What)
		}
		at += next
	}
	if a := s.Get(home + "/records/signed/" + id + "/" + strings.Repeat("0", 64)); a.Status != http.StatusNotFound {
		t.Errorf("a copy that there is none of: %d", a.Status)
	}
}

// kept prints a letter, lets a day go by, says that it was sent, and looks whether what
// is kept is what was printed.
func kept(t *testing.T, s *webtest.Site, home, id, what string) {
	t.Helper()
	printed := s.Get(home + "/records/letter/" + id + "/" + what)
	if printed.Status != http.StatusOK {
		t.Fatalf("%s: %d %s", what, printed.Status, webtest.Words(printed.Body))
	}
	s.Pass(24 * time.Hour)
	went := out(t, s, home, id, what)
	if len(went.Copies) != 1 || went.Copies[0].Wording == "" || went.Copies[0].Signed != core.Hand {
		t.Fatalf("%s: %+v", what, went.Copies)
	}
	again := s.Get(home + "/records/signed/" + id + "/" + went.Copies[0].SHA256)
	sum := sha256.Sum256([]byte(again.Body))
	if again.Body != printed.Body || hex.EncodeToString(sum[:]) != went.Copies[0].SHA256 {
		t.Errorf("%s: what is kept is not what was printed", what)
	}
}

func TestALetterThatNobodyPrintedIsKeptAsItReadsOnItsDay(t *testing.T) {
	s, home := site(t)
	id := begin(t, s, home, url.Values{"holder_name": {"Fresno General Hospital"}})
	s.Post(home+"/records/form/"+id, filled("1"))
	out(t, s, home, id, "request")
	s.Pass(25 * 24 * time.Hour)
	went := out(t, s, home, id, "chaser")
	if len(went.Copies) != 1 || went.Copies[0].Dated != went.On {
		t.Fatalf("got %+v", went)
	}
	if a := s.Get(home + "/records/signed/" + id + "/" + went.Copies[0].SHA256); !strings.HasPrefix(a.Body, "%PDF") {
		t.Errorf("got %d", a.Status)
	}
}

func TestTheLastDayForAComplaintIsCountedOnceThereIsSomethingToComplainOf(t *testing.T) {
	s, home := site(t)
	id := begin(t, s, home, url.Values{"holder_name": {"Fresno General Hospital"}})
	s.Post(home+"/records/form/"+id, filled("1"))
	first := s.Now()
	out(t, s, home, id, "request")
	due := func() map[string]string {
		all := map[string]string{}
		for _, d := range s.Case(casefile.ID(strings.TrimPrefix(home, "/case/"))).Due {
			all[d.Key] = d.On
		}
		return all
	}
	if _, ok := due()["due.records_complaint"]; ok {
		t.Error("a complaint is due though nothing is late")
	}
	s.Pass(32 * 24 * time.Hour)
	out(t, s, home, id, "overdue")
	if got, want := due()["due.records_complaint"], first.AddDate(0, 0, 31+180).Format(time.DateOnly); got != want {
		t.Errorf("the last day to complain is %q, want %q", got, want)
	}
	has(t, s.Get(home+"/records/complaint/"+id).Body, "Last day to complain", "160.306(b)(3)")
	out(t, s, home, id, "complaint")
	if got, ok := due()["due.records_complaint"]; ok {
		t.Errorf("it was made, and is due on %s", got)
	}
}

func TestWhatTheSecondDoctorMissesKeepsTheClockRunning(t *testing.T) {
	s, home := site(t)
	id := begin(t, s, home, url.Values{"holder_name": {"Fresno General Hospital"}})
	s.Post(home+"/records/form/"+id, filled("1"))
	out(t, s, home, id, "request")
	s.Pass(5 * 24 * time.Hour)
	s.Post(home+"/records/answer/"+id, today(s, "on", url.Values{"version": {version(s, home, id)}, "kind": {"all"}}))
	path := home + "/records/arrival/" + id
	partly := today(s, "on", url.Values{"version": {version(s, home, id)}, "whom": {"the front desk"}, "came": {"partly"}})
	if a := s.Post(path, partly); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("nobody asked what is missing: %d", a.Status)
	}
	partly.Set("what", "the images of the May scan")
	if a := s.Post(path, partly); a.Status != http.StatusSeeOther || a.Location() != path {
		t.Fatalf("got %d to %q", a.Status, a.Location())
	}
	has(t, s.Get(path).Body, "Not all has reached the second doctor", "the images of the May scan", home+"/records/letter/"+id+"/chaser")
	has(t, s.Get(home+"/records/request/"+id).Body, "A part is here", "Ask for what the second doctor misses")
	c := s.Case(casefile.ID(strings.TrimPrefix(home, "/case/")))
	if len(c.Due) != 1 || c.Due[0].Key != "due.records_request" {
		t.Errorf("the clock stands still: %v", c.Due)
	}
	l, err := s.House.RequestPaper(c, request(t, s, home, id), "chaser")
	if err != nil {
		t.Fatal(err)
	}
	has(t, l.Text(), "This did not come: the images of the May scan.")
	s.Pass(24 * time.Hour)
	s.Post(path, today(s, "on", url.Values{"version": {version(s, home, id)}, "whom": {"the front desk"}, "came": {"all"}}))
	if r := request(t, s, home, id); r.CompleteOn() != s.Now().Format(time.DateOnly) {
		t.Errorf("complete on %q", r.CompleteOn())
	}
}
