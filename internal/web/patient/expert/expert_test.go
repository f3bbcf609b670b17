package expert_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"consilium/internal/casefile"
	core "consilium/internal/expert"
	"consilium/internal/web/patient/expert"
	"consilium/internal/web/webtest"
)

var ruth = casefile.Profile{
	Patient:     casefile.Patient{Name: "Ruth Alvarez", BirthDate: "1968-03-14", State: "CA"},
	Diagnosis:   casefile.Diagnosis{Text: "breast cancer"},
	FirstDoctor: casefile.Doctor{Name: "Dr. Elena Marsh", Practice: "Valley Oncology", Hospital: "Valley Regional Hospital"},
}

func visit(t *testing.T) (*webtest.Site, casefile.ID, string) {
	t.Helper()
	s := webtest.New(t, expert.Step)
	id := s.NewCase(ruth)
	return s, id, "/case/" + string(id) + "/expert"
}

func list(t *testing.T, s *webtest.Site, id casefile.ID) core.Shortlist {
	t.Helper()
	l, _, err := casefile.Read[core.Shortlist](s.Case(id), core.Ref)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestADoctorIsAddedWeighedAndChosen(t *testing.T) {
	s, id, at := visit(t)
	if a := s.Post(at+"/candidate/new", url.Values{"version": {"0"}, "name": {"Dr. Judith Sorensen"}, "practice": {"Bay Cancer Center"}, "hospital": {"Bay University Hospital"}, "expertise": {"yes"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d: %s", a.Status, webtest.Words(a.Body))
	}
	l := list(t, s, id)
	if len(l.Candidates) != 1 || l.Candidates[0].Criteria.Of("expertise") != core.Yes || l.Candidates[0].Criteria.Of("accepts_plan") != core.ToConfirm {
		t.Fatalf("%+v", l)
	}
	a := s.Post(at, url.Values{"version": {"1"}, "chosen": {l.Candidates[0].ID}})
	if a.Status != http.StatusSeeOther || !strings.HasSuffix(a.Location(), "/records") {
		t.Fatalf("%d to %q", a.Status, a.Location())
	}
	if list(t, s, id).Chosen == "" {
		t.Fatal("nobody is chosen")
	}
}

func TestAColleagueOfTheFirstDoctorIsShownAsTooClose(t *testing.T) {
	s, _, at := visit(t)
	s.Post(at+"/candidate/new", url.Values{"version": {"0"}, "name": {"Dr. Stephen Quan"}, "practice": {"Valley Oncology Medical Group"}})
	words := webtest.Words(s.Get(at).Body)
	if !strings.Contains(words, "Too close to your first doctor") || !strings.Contains(words, "Valley Oncology Medical Group") || strings.Contains(words, "Choose Dr. Stephen Quan") {
		t.Fatalf("%.1200s", words)
	}
}

func TestAChoiceFromAnOldListIsNotTaken(t *testing.T) {
	s, id, at := visit(t)
	s.Post(at+"/candidate/new", url.Values{"version": {"0"}, "name": {"Dr. One"}})
	s.Post(at+"/candidate/new", url.Values{"version": {"1"}, "name": {"Dr. Two"}})
	if a := s.Post(at, url.Values{"version": {"1"}, "chosen": {list(t, s, id).Candidates[0].ID}}); a.Status != http.StatusConflict {
		t.Fatalf("%d", a.Status)
	}
	if list(t, s, id).Chosen != "" {
		t.Fatal("somebody was chosen from an old list")
	}
}

func TestWrongFieldsAreNamedAndKept(t *testing.T) {
	s, id, at := visit(t)
	a := s.Post(at+"/candidate/new", url.Values{"version": {"0"}, "npi": {"123"}, "notes": {"met at a talk"}})
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "met at a talk") || !strings.Contains(a.Body, `href="#f-npi"`) || !strings.Contains(a.Body, `href="#f-name"`) {
		t.Fatalf("%d: %s", a.Status, webtest.Words(a.Body))
	}
	if len(list(t, s, id).Candidates) != 0 {
		t.Fatal("a wrong candidate was saved")
	}
}

func TestACandidateThatIsNotThereIsNotFound(t *testing.T) {
	s, _, at := visit(t)
	if a := s.Get(at + "/candidate/nobody"); a.Status != http.StatusNotFound {
		t.Fatalf("%d", a.Status)
	}
	if a := s.Post(at+"/candidate/nobody", url.Values{"version": {"0"}, "name": {"Dr. X"}}); a.Status != http.StatusNotFound {
		t.Fatalf("%d", a.Status)
	}
}

func TestThePagesArePlainInBothLanguages(t *testing.T) {
	s, _, at := visit(t)
	s.Post(at+"/candidate/new", url.Values{"version": {"0"}, "name": {"Dr. Judith Sorensen"}})
	for _, lang := range []string{"en", "es"} {
		for _, page := range []string{"", "/candidate/new", "/script", "/routes"} {
			s.Plain(lang, at+page)
		}
	}
}

func TestAFormForAStepThatHasBeenLockedIsNotSaidToBeSafe(t *testing.T) {
	s, id, at := visit(t)
	c := s.Case(id)
	if _, err := s.House.ScreenEmergency(t.Context(), s.Who, c, []string{"chest_pain"}, 0); err != nil {
		t.Fatal(err)
	}
	a := s.Post(at+"/candidate/new", url.Values{"version": {"0"}, "name": {"Dr. Judith Sorensen"}, "_keep": {"0123456789abcdef"}})
	if a.Status != http.StatusForbidden || a.Header.Get("Set-Cookie") != "" || !strings.Contains(webtest.Words(a.Body), "not saved") {
		t.Fatalf("%d to %q: %.600s", a.Status, a.Location(), webtest.Words(a.Body))
	}
	if len(list(t, s, id).Candidates) != 0 {
		t.Fatal("it was saved")
	}
}
