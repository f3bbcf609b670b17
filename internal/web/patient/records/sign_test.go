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

// released is the form with all that an authorization needs.
func released(version string) url.Values {
	f := filled(version)
	f["to"] = []string{"me", "doctor"}
	f.Set("send_name", "Dr. Osei")
	f.Set("send_place", "University Hospital")
	f.Set("expires-month", "6")
	f.Set("expires-day", "30")
	f.Set("expires-year", "2030")
	return f
}

func today(s *webtest.Site, field string, form url.Values) url.Values {
	now := s.Now()
	form.Set(field+"-month", now.Format("1"))
	form.Set(field+"-day", now.Format("2"))
	form.Set(field+"-year", now.Format("2006"))
	return form
}

const drawing = "M10 100L30 60L50 120L80 70L110 130L150 60L200 120L260 80L320 110"

func TestAFormThatLacksWhatTheLawWantsCannotBePrintedSignedOrSent(t *testing.T) {
	s, home := site(t)
	id := begin(t, s, home, url.Values{"holder_name": {"Fresno General Hospital"}})
	for field, want := range map[string]string{"purpose": "Say what it is for", "expires-month": "the event with which it ends", "send_name": "Say who may get it"} {
		version := casefile.Version(0)
		_, version, _ = casefile.Read[core.Request](s.Case(casefile.ID(strings.TrimPrefix(home, "/case/"))), core.RequestRef(id))
		f := released(number(version))
		f.Del(field)
		if field == "expires-month" {
			f.Del("expires-day")
			f.Del("expires-year")
		}
		if field == "send_name" {
			f.Del("send_place")
		}
		if a := s.Post(home+"/records/form/"+id, f); a.Status != http.StatusSeeOther {
			t.Fatalf("got %d: %s", a.Status, webtest.Words(a.Body))
		}
		has(t, s.Get(home+"/records/request/"+id).Body, "Not finished", want)
		if a := s.Get(home + "/records/letter/" + id + "/authorization"); a.Status == http.StatusOK {
			t.Errorf("without %s the form is printed as finished", field)
		}
		sign := url.Values{"version": {number(version + 1)}, "how": {"typed"}, "name": {"Ruth Alvarez"}, "self": {"yes"}}
		if a := s.Post(home+"/records/sign/"+id+"/authorization", sign); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("without %s the form is signed: %d", field, a.Status)
		}
		sent := today(s, "on", url.Values{"version": {number(version + 1)}, "how": {"mail"}, "signed": {"hand"}})
		if a := s.Post(home+"/records/sent/"+id, sent); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("without %s the form is sent: %d", field, a.Status)
		}
	}
}

func number(v casefile.Version) string { return string(rune('0' + v)) }

func TestASignatureIsBoundToTheWordsAndTheExactPageIsKept(t *testing.T) {
	s, home := site(t)
	id := begin(t, s, home, url.Values{"holder_name": {"Fresno General Hospital"}})
	if a := s.Post(home+"/records/form/"+id, released("1")); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, webtest.Words(a.Body))
	}
	path := home + "/records/sign/" + id + "/authorization"
	has(t, s.Get(path).Body, "data-sign", "sign.js", "I am Ruth Alvarez, and I sign this.", "Dr. Osei", "I can take this back at any time")
	for name, form := range map[string]url.Values{
		"another name":   {"how": {"typed"}, "name": {"Walter Brandt"}, "self": {"yes"}},
		"not said":       {"how": {"typed"}, "name": {"Ruth Alvarez"}},
		"nothing drawn":  {"how": {"drawn"}, "name": {"Ruth Alvarez"}, "self": {"yes"}, "strokes": {"M1 1L2 2"}},
		"no path":        {"how": {"drawn"}, "name": {"Ruth Alvarez"}, "self": {"yes"}, "strokes": {`"/><script>`}},
		"no way to sign": {"name": {"Ruth Alvarez"}, "self": {"yes"}},
	} {
		form.Set("version", "2")
		if a := s.Post(path, form); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: got %d", name, a.Status)
		}
	}
	drawn := url.Values{"version": {"2"}, "how": {"drawn"}, "name": {"ruth  alvarez"}, "self": {"yes"}, "strokes": {drawing}}
	for range 2 { // the button pressed twice
		if a := s.Post(path, drawn); a.Status != http.StatusSeeOther {
			t.Fatalf("got %d: %s", a.Status, webtest.Words(a.Body))
		}
	}
	r := request(t, s, home, id)
	if len(r.Signed) != 1 || r.Signed[0].Path != drawing || r.Signed[0].Wording == "" {
		t.Fatalf("got %+v", r.Signed)
	}
	pdf := s.Get(home + "/records/signed/" + id + "/authorization")
	sum := sha256.Sum256([]byte(pdf.Body))
	if pdf.Status != http.StatusOK || hex.EncodeToString(sum[:]) != r.Signed[0].SHA256 {
		t.Fatalf("what is given is not what was sealed: %d", pdf.Status)
	}
	s.Pass(48 * time.Hour)
	has(t, s.Get(home+"/records/request/"+id).Body, "Signed on", home+"/records/signed/"+id+"/authorization")
	if strings.Contains(s.Get(home+"/records/request/"+id).Body, "Please sign again") {
		t.Error("a signature grows stale by itself")
	}
	again := released("3")
	again.Set("details", "MRI of both breasts")
	if a := s.Post(home+"/records/form/"+id, again); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, webtest.Words(a.Body))
	}
	has(t, s.Get(home+"/records/request/"+id).Body, "Please sign again")
	if log := s.Log(); strings.Contains(log, "Alvarez") || strings.Contains(log, "breast") {
		t.Error("the log tells of the patient")
	}
}

func TestARepresentativeSignsOnlyByARightThatWasSaid(t *testing.T) {
	s, home := site(t)
	id := begin(t, s, home, url.Values{"holder_name": {"Fresno General Hospital"}})
	f := released("1")
	f.Set("signer", "representative")
	f.Set("signer_name", "Elena Alvarez")
	s.Post(home+"/records/form/"+id, f)
	sign := url.Values{"version": {"2"}, "how": {"typed"}, "name": {"Elena Alvarez"}, "self": {"yes"}}
	for _, paper := range []string{"access", "authorization"} {
		if a := s.Post(home+"/records/sign/"+id+"/"+paper, sign); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s is signed without a right: %d", paper, a.Status)
		}
	}
	f.Set("version", "2")
	f.Set("authority", "health_care_power")
	f.Set("document", "power of attorney of March 3, 2025")
	if a := s.Post(home+"/records/form/"+id, f); a.Status != http.StatusSeeOther {
		t.Fatal(webtest.Words(a.Body))
	}
	sign.Set("version", "3")
	if a := s.Post(home+"/records/sign/"+id+"/authorization", sign); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, webtest.Words(a.Body))
	}
	has(t, s.Get(home+"/records/request/"+id).Body, "Holds the health care power of attorney of Ruth Alvarez", "power of attorney of March 3, 2025")
}

func TestMoreTimeCountsOnlyOnceAndOnlyAsTheLawWantsIt(t *testing.T) {
	for name, x := range map[string]struct {
		form url.Values
		days int
	}{
		"in writing, why and until when": {url.Values{"written": {"yes"}, "reason": {"kept off site"}, "until-month": {"12"}, "until-day": {"30"}, "until-year": {"2090"}}, 60},
		"said on the phone":              {url.Values{"written": {"no"}, "reason": {"kept off site"}}, 30},
		"in writing without a day":       {url.Values{"written": {"yes"}, "reason": {"kept off site"}}, 30},
	} {
		s, home := site(t)
		id := begin(t, s, home, url.Values{"holder_name": {"Fresno General Hospital"}})
		s.Post(home+"/records/form/"+id, filled("1"))
		send(t, s, home, id, "2", "request", "portal")
		first := s.Now()
		s.Pass(20 * 24 * time.Hour)
		x.form.Set("version", "3")
		x.form.Set("kind", "extended")
		if a := s.Post(home+"/records/answer/"+id, today(s, "on", x.form)); a.Status != http.StatusSeeOther {
			t.Fatalf("%s: got %d: %s", name, a.Status, webtest.Words(a.Body))
		}
		due := s.Case(casefile.ID(strings.TrimPrefix(home, "/case/"))).Due
		if want := first.AddDate(0, 0, x.days).Format(time.DateOnly); len(due) != 1 || due[0].On != want {
			t.Errorf("%s: due %v, want %s", name, due, want)
		}
	}
}

func TestABillIsJudgedPartByPart(t *testing.T) {
	s, home := site(t)
	id := begin(t, s, home, url.Values{"holder_name": {"Fresno General Hospital"}})
	s.Post(home+"/records/form/"+id, filled("1"))
	send(t, s, home, id, "2", "request", "fax")
	bill := today(s, "on", url.Values{"version": {"3"}, "for": {"me"}, "electronic": {"yes"}, "part-labor": {"4.00"}, "part-search": {"25.00"}})
	if a := s.Post(home+"/records/fee/"+id, bill); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, webtest.Words(a.Body))
	}
	has(t, s.Get(home+"/records/fee/"+id).Body, "It seems $25.00 too high", "They may not charge you for looking", "164.524(c)(4)")
	l, err := s.House.RequestPaper(s.Case(casefile.ID(strings.TrimPrefix(home, "/case/"))), request(t, s, home, id), "fee")
	if err != nil {
		t.Fatal(err)
	}
	has(t, l.Text(), "Search and retrieval | $25.00", "the law does not allow it")
	other := today(s, "on", url.Values{"version": {"4"}, "for": {"doctor"}, "electronic": {"yes"}, "part-search": {"25.00"}})
	s.Post(home+"/records/fee/"+id, other)
	if a, _ := s.Get(home+"/records/fee/"+id), 0; strings.Count(a.Body, "too high") != 1 {
		t.Error("the limits are applied to copies for somebody else")
	}
}

func TestSlidesAreFollowedThroughEveryHandAndAreDueBack(t *testing.T) {
	s, home := site(t)
	a := s.Post(home+"/records/specimen/new", url.Values{"version": {"0"}, "lab": {"Fresno Pathology"}, "what": {"core biopsy"}, "slides": {"4 (A1-A4)"}, "due_back-month": {"1"}, "due_back-day": {"15"}, "due_back-year": {"2090"}})
	if a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, webtest.Words(a.Body))
	}
	path := a.Location()
	move := func(version, kind string, days int) {
		t.Helper()
		s.Pass(time.Duration(days) * 24 * time.Hour)
		f := today(s, "on", url.Values{"version": {version}, "do": {"move"}, "kind": {kind}, "from": {"Fresno Pathology"}, "courier": {"Parcel"}, "tracking": {"1Z 99"}, "condition": {"good"}})
		if a := s.Post(path, f); a.Status != http.StatusSeeOther {
			t.Fatalf("got %d: %s", a.Status, webtest.Words(a.Body))
		}
	}
	due := func() []casefile.Due { return s.Case(casefile.ID(strings.TrimPrefix(home, "/case/"))).Due }
	if len(due()) != 0 {
		t.Errorf("due before it left: %v", due())
	}
	move("1", "left", 0)
	if d := due(); len(d) != 1 || d[0].On != "2090-01-15" || d[0].Page != "records.specimen" {
		t.Errorf("due %v", d)
	}
	move("2", "arrived", 2)
	has(t, s.Get(path).Body, "It arrived", "1Z 99", "Due back on")
	if a := s.Get(strings.Replace(path, "/specimen/", "/custody/", 1)); a.Header.Get("Content-Type") != "application/pdf" {
		t.Error(a.Status)
	}
	has(t, s.GetIn("es", home+"/records/specimens").Body, "Fresno Pathology", "Llegó")
	move("3", "home", 9)
	if len(due()) != 0 {
		t.Errorf("due though it is home: %v", due())
	}
}

func TestASaidNoAndAnArrivalAreKept(t *testing.T) {
	s, home := site(t)
	id := begin(t, s, home, url.Values{"holder_name": {"Fresno General Hospital"}})
	s.Post(home+"/records/form/"+id, filled("1"))
	send(t, s, home, id, "2", "request", "hand")
	no := today(s, "on", url.Values{"version": {"3"}, "kind": {"refused"}, "written": {"no"}, "ground": {"danger"}, "reason": {"it could upset you"}})
	if a := s.Post(home+"/records/answer/"+id, no); a.Status != http.StatusSeeOther {
		t.Fatal(webtest.Words(a.Body))
	}
	has(t, s.Get(home+"/records/complaint/"+id).Body, "They did not say no in writing", "ask for a second look", "Letter about the no", "180 days")
	if a := s.Get(home + "/records/letter/" + id + "/review"); a.Header.Get("Content-Type") != "application/pdf" {
		t.Error(a.Status)
	}
	came := today(s, "on", url.Values{"version": {"4"}, "whom": {"the front desk"}, "came": {"partly"}, "what": {"no images"}})
	if a := s.Post(home+"/records/arrival/"+id, came); a.Status != http.StatusSeeOther {
		t.Fatal(webtest.Words(a.Body))
	}
	has(t, s.Get(home+"/records/arrival/"+id).Body, "the front desk", "A part of it", "no images")
}

func TestEveryPageOfARequestSpeaksBothLanguagesPlainly(t *testing.T) {
	s, home := site(t)
	id := begin(t, s, home, url.Values{"holder_name": {"Fresno General Hospital"}})
	s.Post(home+"/records/form/"+id, released("1"))
	send(t, s, home, id, "2", "request", "mail")
	for _, path := range []string{"requests", "request/new", "request/" + id, "form/" + id, "sent/" + id, "answer/" + id, "sign/" + id + "/access", "fee/" + id, "complaint/" + id, "arrival/" + id, "specimens", "specimen/new"} {
		for _, lang := range []string{"en", "es"} {
			s.Plain(lang, home+"/records/"+path)
		}
	}
}

func TestAPersonCanReadInTheirLanguageWhatTheySignInAnother(t *testing.T) {
	s, home := site(t)
	id := begin(t, s, home, url.Values{"holder_name": {"Fresno General Hospital"}})
	page := home + "/records/sign/" + id + "/access"
	if b := s.GetIn("es", page).Body; !strings.Contains(b, "Leer este papel en español") || strings.Count(b, `<div class="card" lang="es"`) != 1 || strings.Count(b, `<div class="card" lang="en"`) != 1 {
		t.Errorf("the page does not have both: %s", webtest.Words(b))
	}
	if b := s.GetIn("en", page).Body; strings.Contains(b, `<div class="card" lang="es"`) {
		t.Error("a paper in the person's own language stands there twice")
	}
}
