package records_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"consilium/internal/casefile"
	core "consilium/internal/records"
	"consilium/internal/web/webtest"
)

// begin starts a request to a place and gives its id.
func begin(t *testing.T, s *webtest.Site, home string, form url.Values) string {
	t.Helper()
	form.Set("do", "start")
	a := s.Post(home+"/records/request/new", form)
	if a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location(), home+"/records/form/") {
		t.Fatalf("got %d to %q: %s", a.Status, a.Location(), webtest.Words(a.Body))
	}
	return a.Location()[strings.LastIndex(a.Location(), "/")+1:]
}

// filled is the form of a request as a person fills it.
func filled(version string) url.Values {
	return url.Values{
		"version": {version}, "holder": {"Fresno General Hospital"}, "office": {"Medical records"}, "address": {"1 Elm Street\nFresno, CA 93701"}, "fax": {"559-555-0100"},
		"kinds": {"images", "pathology"}, "details": {"MRI of the left breast"}, "specimen": {"core biopsy, left breast"}, "accession": {"S26-1182"}, "wants": {"report", "slides"},
		"format": {"download"}, "to": {"me"}, "signer": {"patient"}, "purpose": {"opinion"}, "my_address": {"12 Olive Street\nFresno, CA 93701"}, "language": {"en"},
	}
}

func send(t *testing.T, s *webtest.Site, home, id, version, what, how string) {
	t.Helper()
	now := s.Now()
	a := s.Post(home+"/records/sent/"+id, url.Values{
		"version": {version}, "what": {what}, "how": {how}, "proof": {"9400 1"}, "signed": {"hand"},
		"on-month": {now.Format("1")}, "on-day": {now.Format("2")}, "on-year": {now.Format("2006")},
	})
	if a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, webtest.Words(a.Body))
	}
}

func request(t *testing.T, s *webtest.Site, home, id string) core.Request {
	t.Helper()
	r, _, err := casefile.Read[core.Request](s.Case(casefile.ID(strings.TrimPrefix(home, "/case/"))), core.RequestRef(id))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func has(t *testing.T, body string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(body, w) {
			t.Errorf("%q is not in %s", w, webtest.Words(body))
		}
	}
}

func TestARequestIsFilledSentCountedAndAnswered(t *testing.T) {
	s, home := site(t)
	id := begin(t, s, home, url.Values{"holder_name": {"Fresno General Hospital"}})
	if a := s.Post(home+"/records/form/"+id, filled("1")); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, webtest.Words(a.Body))
	}
	page := s.Get(home + "/records/request/" + id)
	has(t, page.Body, "Not sent yet", "Letter: copies for you", "Ruth Alvarez", "DICOM", "S26-1182", "12 Olive Street")
	pdf := s.Get(home + "/records/letter/" + id + "/access")
	if pdf.Header.Get("Content-Type") != "application/pdf" {
		t.Fatal(pdf.Status, webtest.Words(pdf.Body))
	}
	send(t, s, home, id, "2", "request", "fax")

	sent := s.Now()
	due := sent.AddDate(0, 0, 30)
	dues := s.Case(casefile.ID(strings.TrimPrefix(home, "/case/"))).Due
	if len(dues) != 1 || dues[0].On != due.Format(time.DateOnly) || dues[0].Item != id {
		t.Fatalf("the due list has %v", dues)
	}
	s.Pass(10 * 24 * time.Hour)
	has(t, s.Get(home+"/records/requests").Body, "You asked 10 days ago", "Waiting")
	s.Pass(15 * 24 * time.Hour)
	has(t, s.Get(home+"/records/request/"+id).Body, "Due soon", "Send a friendly reminder")
	s.Pass(6 * 24 * time.Hour)
	has(t, s.Get(home+"/records/request/"+id).Body, "Late", "Write to the privacy officer", home+"/records/letter/"+id+"/overdue")
	has(t, s.GetIn("es", home+"/records/requests").Body, "Atrasado", "1 día de atraso")

	now := s.Now()
	answer := url.Values{"version": {"3"}, "kind": {"all"}, "on-month": {now.Format("1")}, "on-day": {now.Format("2")}, "on-year": {now.Format("2006")}}
	if a := s.Post(home+"/records/answer/"+id, answer); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, webtest.Words(a.Body))
	}
	if dues := s.Case(casefile.ID(strings.TrimPrefix(home, "/case/"))).Due; len(dues) != 0 {
		t.Errorf("what came is still due: %v", dues)
	}
	s.Pass(2 * 24 * time.Hour)
	has(t, s.Get(home+"/records/request/"+id).Body, "All is here", "33 days", "2 days")
	if r := request(t, s, home, id); r.CompleteOn() != now.Format(time.DateOnly) {
		t.Errorf("complete on %q", r.CompleteOn())
	}
}

func TestWhatIsMissingComesInAFieldAndIsKeptThroughTheQuestionWho(t *testing.T) {
	s, home := site(t)
	a := s.Post(home+"/records/request/new", url.Values{"item": {"pathology_slides"}})
	if a.Status != http.StatusOK {
		t.Fatalf("got %d: %s", a.Status, webtest.Words(a.Body))
	}
	has(t, a.Body, `name="item" value="pathology_slides"`, "Who has the records?")
	id := begin(t, s, home, url.Values{"holder_name": {"Fresno Pathology"}, "item": {"pathology_slides"}})
	if r := request(t, s, home, id); len(r.Items) != 1 || !r.Ask.Has(core.AskPathology) {
		t.Errorf("got %+v", r)
	}
	if a := s.Post(home+"/records/request/new", url.Values{"do": {"start"}, "item": {"nonsense"}, "holder_name": {"X"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("an item that there is none of: %d", a.Status)
	}
	if a := s.Post(home+"/records/request/new", url.Values{"do": {"start"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "f-holder_name") {
		t.Errorf("nobody to ask: %d", a.Status)
	}
}
