package records_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/web/patient/records"
	"consilium/internal/web/webtest"
)

var elena = casefile.Profile{
	Patient:     casefile.Patient{Name: "Ruth Alvarez", BirthDate: "1971-06-01", State: "CA"},
	Diagnosis:   casefile.Diagnosis{Text: "breast cancer", ICD10: "C50.911"},
	FirstDoctor: casefile.Doctor{Name: "Dr. Lee", Phone: "555-0100"},
}

func bundleOf(born string, entries ...string) string {
	return `{"resourceType":"Bundle","type":"collection","entry":[
{"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient","id":"p","name":[{"given":["Ruth"],"family":"Alvarez"}],"birthDate":"` + born + `"}},` + strings.Join(entries, ",") + `]}`
}

func entry(id, resource string) string {
	return `{"fullUrl":"urn:uuid:` + id + `","resource":` + resource + `}`
}

func bringIn(t *testing.T, s *webtest.Site, home, name, body string) {
	t.Helper()
	if a := s.PostFiles(home+"/records/upload", webtest.Upload{Field: "files", Name: name, Body: strings.NewReader(body)}); a.Status != http.StatusSeeOther {
		t.Fatalf("%s was not taken: %d", name, a.Status)
	}
	s.Work()
}

const pathology = `{"resourceType":"DiagnosticReport","id":"r","status":"final","subject":{"reference":"urn:uuid:p"},"code":{"coding":[{"system":"http://loinc.org","code":"11526-1"}],"text":"Surgical pathology report, left breast"},"effectiveDateTime":"2026-09-01","performer":[{"display":"Bay Pathology Group"}],"conclusion":"Invasive carcinoma."}`

func said(t *testing.T, a webtest.Answer, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(a.Body, w) {
			t.Errorf("the page (%d) lacks %q", a.Status, w)
		}
	}
}

func TestTheCheckNamesWhatIsMissingWhyAndWhoHasIt(t *testing.T) {
	s := webtest.New(t, records.Step)
	home := "/case/" + string(s.NewCase(elena))
	bringIn(t, s, home, "portal.json", bundleOf("1971-06-01", entry("r", pathology)))
	a := s.Get(home + "/records/check")
	said(t, a, "Not ready yet", "The list is for: cancer", "Your records show that this was made.", "Bay Pathology Group", `name="mark-pathology_slides"`)
	if a := s.Post(home+"/records/check", url.Values{"version": {"0"}, "specialty": {"spine"}, "mark-xrays": {"on_paper"}, "mark-pathology_slides": {"does_not_fit"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	said(t, s.Get(home+"/records/check"), "The list is for: spine")
	// What this page was told the other page leaves as it is.
	if a := s.Post(home+"/records", url.Values{"version": {"1"}, "mark-allergies": {"asked"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	said(t, s.Get(home+"/records/check"), "The list is for: spine", "You asked for it")
	if a := s.Post(home+"/records/check", url.Values{"version": {"2"}, "specialty": {"astrology"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a specialty that is none was taken: %d", a.Status)
	}
	if a := s.Post(home+"/records/check", url.Values{"version": {"0"}, "specialty": {"rare"}}); a.Status != http.StatusConflict {
		t.Errorf("a stale save is no conflict: %d", a.Status)
	}
}

func TestRecordsFromTheFutureDoNotStopTheCheck(t *testing.T) {
	s := webtest.New(t, records.Step)
	home := "/case/" + string(s.NewCase(elena))
	bringIn(t, s, home, "portal.json", bundleOf("1971-06-01", entry("r", strings.Replace(pathology, "2026-09-01", "2099-09-01", 1))))
	said(t, s.Get(home+"/records/check"), "Not ready yet", "Surgical pathology report")
}

const takes, stopped = `{"resourceType":"MedicationRequest","id":"m","status":"active","intent":"order","subject":{"reference":"urn:uuid:p"},"medicationCodeableConcept":{"text":"Warfarin"},"authoredOn":"2026-01-05"}`,
	`{"resourceType":"MedicationRequest","id":"m","status":"stopped","intent":"order","subject":{"reference":"urn:uuid:p"},"medicationCodeableConcept":{"text":"Warfarin"},"authoredOn":"2026-02-05"}`

func TestWhatContradictsIsShownWithBothSources(t *testing.T) {
	s := webtest.New(t, records.Step)
	home := "/case/" + string(s.NewCase(elena))
	said(t, s.Get(home+"/records/contradictions"), "Your records agree")
	bringIn(t, s, home, "here.json", bundleOf("1971-06-01", entry("m", takes)))
	bringIn(t, s, home, "there.json", bundleOf("1971-06-01", entry("m", stopped)))
	said(t, s.Get(home+"/records/contradictions"), "Warfarin", "here.json", "there.json", "One file says it is taken. Another says it was stopped.")
	said(t, s.Get(home+"/records/check"), "In 1 place your records do not agree.")
}

func TestThePagesOfTheRecordsArePlainInBothLanguages(t *testing.T) {
	s := webtest.New(t, records.Step)
	home := "/case/" + string(s.NewCase(elena))
	empty := "/case/" + string(s.NewCase(elena))
	bringIn(t, s, home, "here.json", bundleOf("1971-06-01", entry("m", takes), entry("r", pathology)))
	bringIn(t, s, home, "there.json", bundleOf("1971-06-01", entry("m", stopped)))
	for _, lang := range []string{"en", "es"} {
		for _, p := range []string{"records/check", "records/contradictions"} {
			s.Plain(lang, home+"/"+p)
			s.Plain(lang, empty+"/"+p)
		}
	}
	if m := s.Words.Missing(); len(m) > 0 {
		t.Errorf("words are missing: %v", m)
	}
}

func TestWhatWasAskedForIsSaidWithItsDays(t *testing.T) {
	s := webtest.New(t, records.Step)
	home := "/case/" + string(s.NewCase(elena))
	bringIn(t, s, home, "portal.json", bundleOf("1971-06-01", entry("r", pathology)))
	id := begin(t, s, home, url.Values{"item": {"pathology_slides"}, "holder_name": {"Bay Pathology Group"}})
	form := filled("1")
	if a := s.Post(home+"/records/form/"+id, form); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	send(t, s, home, id, "2", "request", "mail")
	s.Pass(5 * 24 * time.Hour)
	said(t, s.Get(home+"/records/check"), "You asked", "5 days ago", home+"/records/request/"+id)
}
