package records_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"consilium/internal/casefile"
	core "consilium/internal/records"
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
	// What a form does not ask stays as it is.
	if a := s.Post(home+"/records/check", url.Values{"version": {"1"}, "mark-allergies": {"asked"}}); a.Status != http.StatusSeeOther {
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

func TestWhatThePersonSaidCanBeTakenBack(t *testing.T) {
	s := webtest.New(t, records.Step)
	home := "/case/" + string(s.NewCase(elena))
	if a := s.Post(home+"/records/check", url.Values{"version": {"0"}, "mark-allergies": {"does_not_fit"}, "mark-medication_list": {"on_paper"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	said(t, s.Get(home+"/records/check"), "1 thing that does not apply to you", `name="mark-allergies"`, `name="mark-medication_list"`)
	if a := s.Post(home+"/records/check", url.Values{"version": {"1"}, "mark-allergies": {""}, "mark-medication_list": {""}}); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	if a := s.Get(home + "/records/check"); strings.Contains(a.Body, "does not apply to you</summary>") {
		t.Error("what was taken back still stands")
	}
}

func TestTheHomeOfTheStepSaysHowFarThePersonIsAndWhatToDoNext(t *testing.T) {
	s := webtest.New(t, records.Step)
	home := "/case/" + string(s.NewCase(elena))
	said(t, s.Get(home+"/records"), "Start with what you have", "things that a second doctor needs")
	bringIn(t, s, home, "portal.json", bundleOf("1971-06-01", entry("r", pathology)))
	a := s.Get(home + "/records")
	said(t, a, "See what is missing, and ask for it", home+"/records/check", "Missing most:", "slides", "1 file is read", home+"/records/requests", home+"/records/timeline", "Something is still missing.")
	bringIn(t, s, home, "cut.json", bundleOf("1971-06-01", entry("r", pathology))[:300])
	said(t, s.Get(home+"/records"), "1 file to look at")
}

func TestTheRecordsAreCompleteSinceTheLastNeededThingCame(t *testing.T) {
	s := webtest.New(t, records.Step)
	walter := elena
	walter.Diagnosis = casefile.Diagnosis{Text: "a rash"}
	home := "/case/" + string(s.NewCase(walter))
	bringIn(t, s, home, "portal.json", bundleOf("1971-06-01", entry("m", takes)))
	s.Pass(24 * time.Hour)
	form := url.Values{"version": {"0"}, "specialty": {"general"}}
	for _, item := range []string{"doctor_notes", "test_results", "allergies", "story"} {
		form.Set("mark-"+item, "on_paper")
	}
	if a := s.Post(home+"/records/check", form); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	s.Pass(3 * 24 * time.Hour)
	bringIn(t, s, home, "more.json", bundleOf("1971-06-01", entry("m", stopped)))
	for _, p := range []string{"/records", "/records/check"} {
		said(t, s.Get(home+p), "3 days (since")
	}
	said(t, s.Get(home+"/records"), "All that a second doctor needs is here.", home+"/records/packet")
}

func TestSlidesStillDueBackAreSaidWithTheirLoan(t *testing.T) {
	s := webtest.New(t, records.Step)
	id := s.NewCase(elena)
	home := "/case/" + string(id)
	lent := core.Specimen{ID: strings.Repeat("a", 26), Lab: "Larkspur Pathology", What: "breast, left", Slides: "4", DueBack: "2026-11-25"}
	if err := s.House.KeepSpecimen(t.Context(), s.Who, s.Case(id), lent, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.House.MoveSpecimen(t.Context(), s.Who, s.Case(id), lent.ID, core.Move{ID: strings.Repeat("b", 26), Kind: core.Left, On: "2026-11-01"}, 1); err != nil {
		t.Fatal(err)
	}
	said(t, s.Get(home+"/records/check"), "The loan from Larkspur Pathology", home+"/records/specimen/"+lent.ID)
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
