package need_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"consilium/internal/casefile"
	"consilium/internal/journey"
	core "consilium/internal/need"
	"consilium/internal/web/patient/need"
	"consilium/internal/web/webtest"
)

var ruth = casefile.Profile{
	Patient:   casefile.Patient{Name: "Ruth Alvarez", BirthDate: "1968-03-14", State: "CA"},
	Diagnosis: casefile.Diagnosis{Text: "breast cancer", ICD10: "C50.911"},
}

func visit(t *testing.T) (*webtest.Site, casefile.ID, string) {
	t.Helper()
	s := webtest.New(t, need.Step)
	id := s.NewCase(ruth)
	return s, id, "/case/" + string(id)
}

func goes(t *testing.T, a webtest.Answer, to string) {
	t.Helper()
	if a.Status != http.StatusSeeOther || a.Location() != to {
		t.Fatalf("%d to %q, want %q: %.600s", a.Status, a.Location(), to, webtest.Words(a.Body))
	}
}

func TestTheEmergencyIsAskedAboutBeforeAnythingElse(t *testing.T) {
	s, _, home := visit(t)
	goes(t, s.Get(home+"/need"), home+"/need/screen")
}

func TestSilenceIsNoAnswerToTheEmergency(t *testing.T) {
	s, id, home := visit(t)
	for _, form := range []url.Values{{"version": {"0"}}, {"version": {"0"}, "none": {"yes"}, "flag": {"chest_pain"}}, {"version": {"0"}, "flag": {"a cold"}}} {
		if a := s.Post(home+"/need/screen", form); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%v was taken: %d", form, a.Status)
		}
	}
	if s.Case(id).Has(core.Ref) {
		t.Error("something was saved")
	}
}

func TestEveryRedFlagStopsTheJourney(t *testing.T) {
	s, id, home := visit(t)
	for i, flag := range core.RedFlags() {
		version := strconv.Itoa(i)
		goes(t, s.Post(home+"/need/screen", url.Values{"version": {version}, "flag": {flag.ID}}), home+"/need/answer")
		c := s.Case(id)
		if !journey.Emergency(c) || journey.Stands(c, "coverage") != journey.Locked {
			t.Errorf("%s does not stop the journey", flag.ID)
		}
	}
	a := s.Get(home + "/need/answer")
	if !strings.Contains(a.Body, `href="tel:911"`) {
		t.Error("the page does not say whom to call")
	}
	goes(t, s.Get(home+"/coverage"), home+"/need")
}

func TestTheAnswerGivesReasonsAndIsKept(t *testing.T) {
	s, id, home := visit(t)
	goes(t, s.Post(home+"/need/screen", url.Values{"version": {"0"}, "none": {"yes"}}), home+"/need")
	goes(t, s.Post(home+"/need", url.Values{"version": {"1"}, "treatment_kind": {"major_surgery"}, "treatment_status": {"proposed"}, "rare": {"unknown"}}), home+"/need/answer")
	saved, _, err := casefile.Read[core.Saved](s.Case(id), core.Ref)
	if err != nil || saved.Answer.Advice != core.Strong || saved.Input.Diagnosis.Rare != nil || len(saved.Answer.Findings) == 0 {
		t.Fatalf("%+v, %v", saved, err)
	}
	en, es := s.GetIn("en", home+"/need/answer"), s.GetIn("es", home+"/need/answer")
	for _, f := range saved.Answer.Findings {
		if !strings.Contains(webtest.Words(en.Body), f.Rule) || !strings.Contains(webtest.Words(es.Body), f.Rule) {
			t.Errorf("%s is not explained in both languages", f.Rule)
		}
	}
	if webtest.Words(en.Body) == webtest.Words(es.Body) {
		t.Error("the Spanish page is in English")
	}
}

func TestAWrongNumberIsNamedAndKept(t *testing.T) {
	s, _, home := visit(t)
	goes(t, s.Post(home+"/need/screen", url.Values{"version": {"0"}, "none": {"yes"}}), home+"/need")
	a := s.Post(home+"/need", url.Values{"version": {"1"}, "options": {"many"}, "risk": {"terrible"}})
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `value="many"`) || !strings.Contains(a.Body, `href="#f-options"`) || !strings.Contains(a.Body, `href="#f-risk"`) {
		t.Fatalf("%d: %.900s", a.Status, webtest.Words(a.Body))
	}
}

func TestTheQuestionsArePlainInBothLanguages(t *testing.T) {
	s, _, home := visit(t)
	for _, lang := range []string{"en", "es"} {
		s.Plain(lang, home+"/need/screen")
	}
	goes(t, s.Post(home+"/need/screen", url.Values{"version": {"0"}, "none": {"yes"}}), home+"/need")
	for _, lang := range []string{"en", "es"} {
		s.Plain(lang, home+"/need")
	}
}
