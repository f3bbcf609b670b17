package start_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"consilium/internal/casefile"
	"consilium/internal/web/patient/start"
	"consilium/internal/web/webtest"
)

var ruth = casefile.Profile{
	Patient:   casefile.Patient{Name: "Ruth Alvarez", BirthDate: "1968-03-14", State: "CA"},
	Diagnosis: casefile.Diagnosis{Text: "breast cancer", ICD10: "C50.911"},
}

// filled is the form as a browser sends it.
func filled(version string) url.Values {
	return url.Values{
		"version": {version}, "patient_name": {"Ruth Alvarez"}, "birth_date-month": {"March"}, "birth_date-day": {"14"}, "birth_date-year": {"1968"},
		"state": {"CA"}, "diagnosis": {"breast cancer"}, "icd10": {"c50.911"}, "doctor_npi": {"1234567893"},
	}
}

func TestWhatIsTypedIsSavedAndLeadsOn(t *testing.T) {
	s := webtest.New(t, start.Step)
	id := s.NewCase(ruth)
	a := s.Post("/case/"+string(id)+"/start", filled("1"))
	if a.Status != http.StatusSeeOther || !strings.HasSuffix(a.Location(), "/need") {
		t.Fatalf("%d to %q: %s", a.Status, a.Location(), webtest.Words(a.Body))
	}
	p, _, err := casefile.Read[casefile.Profile](s.Case(id), casefile.ProfileRef)
	if err != nil || p.Patient.BirthDate != "1968-03-14" || p.Diagnosis.ICD10 != "C50.911" || p.FirstDoctor.NPI != "1234567893" {
		t.Fatalf("%+v, %v", p, err)
	}
}

func TestSavingWhatIsThereAlreadyAddsNoVersion(t *testing.T) {
	s := webtest.New(t, start.Step)
	id := s.NewCase(ruth)
	before := s.Case(id).Version(casefile.ProfileRef)
	form := filled("1")
	form.Del("doctor_npi")
	if a := s.Post("/case/"+string(id)+"/start", form); a.Status != http.StatusSeeOther {
		t.Fatalf("%d: %s", a.Status, webtest.Words(a.Body))
	}
	if after := s.Case(id).Version(casefile.ProfileRef); after != before {
		t.Fatalf("version %d became %d", before, after)
	}
}

func TestASecondTabIsShownBothVersionsAndLosesNothing(t *testing.T) {
	s := webtest.New(t, start.Step)
	id := s.NewCase(ruth)
	at := "/case/" + string(id) + "/start"
	first := filled("1")
	first.Set("diagnosis", "said in the first tab")
	if a := s.Post(at, first); a.Status != http.StatusSeeOther {
		t.Fatalf("%d", a.Status)
	}
	second := filled("1")
	second.Set("diagnosis", "said in the second tab")
	a := s.Post(at, second)
	for _, words := range []string{"said in the first tab", "said in the second tab"} {
		if !strings.Contains(a.Body, words) {
			t.Errorf("the page does not show %q", words)
		}
	}
	if a.Status != http.StatusConflict || !strings.Contains(a.Body, `name="version" value="2"`) {
		t.Fatalf("%d", a.Status)
	}
	second.Set("version", "2")
	if a := s.Post(at, second); a.Status != http.StatusSeeOther {
		t.Fatalf("saving again: %d", a.Status)
	}
}

func TestTheStartIsPlainInBothLanguages(t *testing.T) {
	s := webtest.New(t, start.Step)
	at := "/case/" + string(s.NewCase(ruth)) + "/start"
	s.Plain("en", at)
	s.Plain("es", at)
}
