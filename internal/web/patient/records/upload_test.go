package records_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"consilium/internal/casefile"
	"consilium/internal/web/patient/records"
	"consilium/internal/web/webtest"
)

var ruth = casefile.Profile{
	Patient:   casefile.Patient{Name: "Ruth Alvarez", BirthDate: "1961-04-02", State: "CA"},
	Diagnosis: casefile.Diagnosis{Text: "breast cancer"},
}

// bundle is a small FHIR bundle about a person.
func bundle(given, family, born string) string {
	return `{"resourceType":"Bundle","type":"collection","entry":[
{"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient","id":"p","name":[{"given":["` + given + `"],"family":"` + family + `"}],"birthDate":"` + born + `"}},
{"fullUrl":"urn:uuid:c","resource":{"resourceType":"Condition","id":"c","subject":{"reference":"urn:uuid:p"},"code":{"text":"Invasive ductal carcinoma"},"onsetDateTime":"2026-09-14"}},
{"fullUrl":"urn:uuid:o","resource":{"resourceType":"Observation","id":"o","status":"final","subject":{"reference":"urn:uuid:p"},"code":{"text":"Hemoglobin"},"effectiveDateTime":"2026-09-20","valueQuantity":{"value":7.10,"unit":"g/dL"}}}]}`
}

func site(t *testing.T) (*webtest.Site, string) {
	s := webtest.New(t, records.Step)
	return s, "/case/" + string(s.NewCase(ruth))
}

func TestAFileSentWithoutScriptIsKeptReadAndListedWithItsFacts(t *testing.T) {
	s, home := site(t)
	a := s.PostFiles(home+"/records/upload", webtest.Upload{Field: "files", Name: "portal.json", Body: strings.NewReader(bundle("Ruth", "Alvarez", "1961-04-02"))})
	if a.Status != http.StatusSeeOther || a.Location() != home+"/records" {
		t.Fatalf("got %d to %q: %s", a.Status, a.Location(), a.Body)
	}
	before := s.Get(home + "/records")
	if !strings.Contains(before.Body, "portal.json") || before.Header.Get("Refresh") == "" {
		t.Errorf("while it is read the page does not say so, or does not come again")
	}
	if s.Work() != 1 {
		t.Fatal("no job read the file")
	}
	after := s.Get(home + "/records")
	for _, want := range []string{"portal.json", "1 diagnosis", "1 test result", "Health records from a portal or hospital"} {
		if !strings.Contains(after.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if after.Header.Get("Refresh") != "" {
		t.Errorf("the page comes again although nothing is being read")
	}
	if strings.Contains(s.Log(), "Alvarez") || strings.Contains(s.Log(), "portal.json") {
		t.Errorf("the log names the patient or the file:\n%s", s.Log())
	}
	if m := s.Words.Missing(); len(m) > 0 {
		t.Errorf("words are missing: %v", m)
	}
}

func TestAnEmptyFileIsRefusedByNameAndTheOthersAreKept(t *testing.T) {
	s, home := site(t)
	a := s.PostFiles(home+"/records/upload",
		webtest.Upload{Field: "files", Name: "empty.pdf", Body: strings.NewReader("")},
		webtest.Upload{Field: "files", Name: "note.txt", Body: strings.NewReader("hello")})
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "empty.pdf is empty") || !strings.Contains(a.Body, "1 file is safely stored") {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	if !strings.Contains(s.Get(home+"/records").Body, "note.txt") {
		t.Error("the other file is not listed")
	}
}

func TestAFormWithoutAFileSaysSo(t *testing.T) {
	s, home := site(t)
	if a := s.PostFiles(home + "/records/upload"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "Please choose a file first") {
		t.Fatalf("no file: got %d: %s", a.Status, a.Body)
	}
	if a := s.Post(home+"/records/upload", url.Values{"files": {"x"}}); a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("no multipart form: got %d", a.Status)
	}
}

func TestALastPieceThatComesAgainMakesTheFileARecord(t *testing.T) {
	s, home := site(t)
	c := s.Case(casefile.ID(strings.TrimPrefix(home, "/case/")))
	u, err := s.House.StartUpload(t.Context(), s.Who, c, "scan.img", 4)
	if err != nil {
		t.Fatal(err)
	}
	// Every byte is here, and the house stopped before it made the file a record.
	if _, err := s.House.AppendUpload(t.Context(), s.Who, c, u.ID, 0, strings.NewReader("scan")); err != nil {
		t.Fatal(err)
	}
	a := s.Do(http.MethodPatch, home+"/records/part/"+u.ID, "application/offset+octet-stream", strings.NewReader("an"), "Upload-Offset", "2")
	if a.Status != http.StatusNoContent || a.Header.Get("Upload-Offset") != "4" {
		t.Fatalf("got %d with offset %q: %s", a.Status, a.Header.Get("Upload-Offset"), a.Body)
	}
	if fs := files(t, s, home); len(fs) != 1 || fs[0].Size != 4 {
		t.Errorf("the file is not a record of the case: %v", fs)
	}
}
