package prepare_test

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"consilium/internal/casefile"
	"consilium/internal/web/patient/prepare"
	"consilium/internal/web/patient/records"
	"consilium/internal/web/webtest"
)

var walter = casefile.Profile{
	Patient:     casefile.Patient{Name: "Walter Brandt", BirthDate: "1958-01-20", State: "TX"},
	Diagnosis:   casefile.Diagnosis{Text: "worn disc in the lower back"},
	Treatment:   "surgery to join two bones",
	FirstDoctor: casefile.Doctor{Name: "Dr. Hale"},
}

const bundle = `{"resourceType":"Bundle","type":"collection","entry":[
{"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient","id":"p","name":[{"given":["Walter"],"family":"Brandt"}],"birthDate":"1958-01-20"}},
{"fullUrl":"urn:uuid:c","resource":{"resourceType":"Condition","id":"c","subject":{"reference":"urn:uuid:p"},"clinicalStatus":{"coding":[{"code":"active"}]},"code":{"text":"Lumbar disc degeneration"},"onsetDateTime":"2025-03-02"}},
{"fullUrl":"urn:uuid:m1","resource":{"resourceType":"MedicationRequest","id":"m1","status":"active","intent":"order","subject":{"reference":"urn:uuid:p"},"medicationCodeableConcept":{"text":"Naproxen"},"authoredOn":"2025-04-01"}},
{"fullUrl":"urn:uuid:m2","resource":{"resourceType":"MedicationRequest","id":"m2","status":"active","intent":"order","subject":{"reference":"urn:uuid:p"},"medicationCodeableConcept":{"text":"Naproxen"},"authoredOn":"2025-08-01"}},
{"fullUrl":"urn:uuid:a","resource":{"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"urn:uuid:p"},"code":{"text":"Penicillin"}}},
{"fullUrl":"urn:uuid:o1","resource":{"resourceType":"Observation","id":"o1","status":"final","subject":{"reference":"urn:uuid:p"},"code":{"text":"Sodium"},"effectiveDateTime":"2025-05-01","valueQuantity":{"value":140,"unit":"mmol/L"}}},
{"fullUrl":"urn:uuid:o2","resource":{"resourceType":"Observation","id":"o2","status":"final","subject":{"reference":"urn:uuid:p"},"code":{"text":"Potassium"},"effectiveDateTime":"2025-05-01","valueQuantity":{"value":4.10,"unit":"mmol/L"}}},
{"fullUrl":"urn:uuid:o3","resource":{"resourceType":"Observation","id":"o3","status":"final","subject":{"reference":"urn:uuid:p"},"code":{"text":"Glucose"},"effectiveDateTime":"2025-05-01","valueQuantity":{"value":99,"unit":"mg/dL"}}}]}`

func site(t *testing.T) (*webtest.Site, string) {
	t.Helper()
	s := webtest.New(t, records.Step, prepare.Step)
	home := "/case/" + string(s.NewCase(walter))
	if a := s.PostFiles(home+"/records/upload", webtest.Upload{Field: "files", Name: "portal.json", Body: strings.NewReader(bundle)}); a.Status != http.StatusSeeOther {
		t.Fatalf("the records were not taken: %d", a.Status)
	}
	s.Work()
	return s, home
}

func want(t *testing.T, a webtest.Answer, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(a.Body, w) {
			t.Errorf("the page (%d) lacks %q", a.Status, w)
		}
	}
}

func TestTheTimelineLeadsFromEachLineToItsSource(t *testing.T) {
	s, home := site(t)
	a := s.Get(home + "/prepare/timeline")
	want(t, a, "Lumbar disc degeneration", "March 2, 2025", "Naproxen", "Last written down on August 1, 2025")
	link := regexp.MustCompile(`href="(/case/[^"]+/records/file/[0-9a-f]{64})\?fact=[0-9a-f]+#(fact-[0-9a-f]+)"`).FindStringSubmatch(a.Body)
	if link == nil {
		t.Fatal("no line leads to a file")
	}
	if file := s.Get(link[1]); file.Status != http.StatusOK || !strings.Contains(file.Body, `id="`+link[2]+`"`) {
		t.Errorf("the link leads nowhere: %d", file.Status)
	}
	if strings.Contains(a.Body, "Sodium") {
		t.Error("routine results stand among the main points")
	}
	all := s.Get(home + "/prepare/timeline?show=all")
	want(t, all, "3 test results", "Sodium 140 mmol/L", "Potassium 4.10 mmol/L", "Without a date", "Penicillin")
}

func TestThePersonTellsTheirOwnStoryAndTakesItBack(t *testing.T) {
	s, home := site(t)
	page := home + "/prepare/timeline"
	if a := s.Post(page, url.Values{"text": {"Pain reached my left leg"}, "date-month": {"5"}, "date-year": {"2025"}, "version": {"0"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	a := s.Get(page)
	want(t, a, "Pain reached my left leg", "May 2025", "You told us")
	id := regexp.MustCompile(`name="remove" value="([^"]+)"`).FindStringSubmatch(a.Body)
	if id == nil {
		t.Fatal("it cannot be taken back")
	}
	late := s.Post(page, url.Values{"text": {"from an old tab"}, "date-year": {"2024"}, "version": {"0"}})
	if late.Status != http.StatusConflict {
		t.Fatalf("a stale save: %d", late.Status)
	}
	want(t, late, "from an old tab")
	wrong := s.Post(page, url.Values{"text": {""}, "date-year": {"2999"}, "version": {"1"}})
	if wrong.Status != http.StatusUnprocessableEntity {
		t.Fatalf("an empty entry: %d", wrong.Status)
	}
	want(t, wrong, `value="2999"`, "f-text")
	if a := s.Post(page, url.Values{"remove": {id[1]}, "version": {"1"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d", a.Status)
	}
	if strings.Contains(s.Get(page).Body, "Pain reached") {
		t.Error("it is still there")
	}
}

func TestQuestionsAreChosenWrittenAndRankedWithoutScript(t *testing.T) {
	s, home := site(t)
	page := home + "/prepare/questions"
	if a := s.Post(page, url.Values{"go": {"1"}, "version": {"0"}}); a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("an empty list: %d", a.Status)
	}
	if a := s.Post(page, url.Values{"pick-diagnosis": {"dx-right", "dx-other"}, "own": {"Can I still garden?\r\nWill I drive?"}, "stay": {"1"}, "version": {"0"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	order := func() string {
		var all []string
		for _, m := range regexp.MustCompile(`(?s)<li class="card"><p><strong>(.*?)</strong>`).FindAllStringSubmatch(s.Get(page).Body, -1) {
			all = append(all, m[1])
		}
		return strings.Join(all, " | ")
	}
	if got := order(); got != "Do you agree with my diagnosis? | What else could it be? | Can I still garden? | Will I drive?" {
		t.Fatalf("got %s", got)
	}
	s.Post(page, url.Values{"up": {"own-1"}, "version": {"1"}})
	if got := order(); !strings.HasPrefix(got, "Do you agree with my diagnosis? | Can I still garden?") {
		t.Fatalf("after up: %s", got)
	}
	s.Post(page, url.Values{"place-dx-right": {"1"}, "place-own-1": {"2"}, "place-dx-other": {"3"}, "place-own-2": {"1"}, "stay": {"1"}, "version": {"2"}})
	if got := order(); !strings.HasPrefix(got, "Will I drive? | Do you agree") {
		t.Fatalf("after numbers: %s", got)
	}
	if a := s.Post(page, url.Values{"place-own-2": {"first"}, "stay": {"1"}, "version": {"3"}}); a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("a word for a number: %d", a.Status)
	}
	if a := s.Post(page, url.Values{"drop": {"dx-other"}, "version": {"1"}}); a.Status != http.StatusConflict {
		t.Fatalf("a stale save: %d", a.Status)
	}
	if a := s.Post(page, url.Values{"drop": {"dx-other"}, "version": {"3"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d", a.Status)
	}
	if got := order(); strings.Contains(got, "What else") {
		t.Fatalf("after taking off: %s", got)
	}
}

func TestTheVisitAndTheCompanionAreKeptAndDue(t *testing.T) {
	s, home := site(t)
	page := home + "/prepare/bring"
	form := url.Values{
		"date-month": {"12"}, "date-day": {"3"}, "date-year": {"2026"}, "companion.name": {"Anna Brandt"}, "companion.related": {"my daughter"},
		"companion.tasks": {"notes"}, "bring": {"id", "card"}, "bring_own": {"my old brace"}, "version": {"0"},
	}
	if a := s.Post(page, form); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	a := s.Get(page)
	want(t, a, "Anna Brandt", "my old brace", `value="2026"`, "It is among your records here.")
	due := s.Case(casefile.ID(strings.TrimPrefix(home, "/case/"))).Due
	if len(due) != 1 || due[0].Key != "due.visit" || due[0].On != "2026-12-03" {
		t.Errorf("due is %v", due)
	}
	form.Set("companion.name", "")
	form.Set("date-year", "2020")
	form.Set("version", "1")
	bad := s.Post(page, form)
	if bad.Status != http.StatusUnprocessableEntity {
		t.Fatalf("got %d", bad.Status)
	}
	want(t, bad, "f-companion.name", "This date must be today or later")
}

func TestTheBriefHoldsTheCasesOwnFactsOnPageAndPaper(t *testing.T) {
	s, home := site(t)
	s.Post(home+"/prepare/questions", url.Values{"own": {"Can I still garden?"}, "stay": {"1"}, "version": {"0"}})
	facts := []string{"Walter Brandt", "Lumbar disc degeneration", "Naproxen", "Penicillin", "Can I still garden?"}
	want(t, s.Get(home+"/prepare/brief"), facts...)
	pdf := s.Get(home + "/prepare/brief?as=pdf")
	if pdf.Status != http.StatusOK || !strings.HasPrefix(pdf.Body, "%PDF-") || pdf.Header.Get("Content-Type") != "application/pdf" {
		t.Fatalf("got %d %q", pdf.Status, pdf.Header.Get("Content-Type"))
	}
	tool, err := exec.LookPath("pdftotext")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal("pdftotext is not here")
	} else if err != nil {
		t.Skip("pdftotext is not here")
	}
	cmd := exec.Command(tool, "-", "-")
	cmd.Stdin = strings.NewReader(pdf.Body)
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range facts {
		if !strings.Contains(string(text), f) {
			t.Errorf("the paper lacks %q:\n%s", f, text)
		}
	}
}

func TestEveryPageOfTheStepIsPlainInBothLanguages(t *testing.T) {
	s, home := site(t)
	s.Post(home+"/prepare/questions", url.Values{"own": {"Can I still garden?"}, "stay": {"1"}, "version": {"0"}})
	empty := "/case/" + string(s.NewCase(walter))
	for _, lang := range []string{"en", "es"} {
		for _, p := range []string{"prepare", "prepare/questions", "prepare/bring", "prepare/timeline", "prepare/timeline?show=all", "prepare/timeline?show=result", "prepare/brief"} {
			s.Plain(lang, home+"/"+p)
			s.Plain(lang, empty+"/"+p)
		}
	}
	if m := s.Words.Missing(); len(m) > 0 {
		t.Errorf("words are missing: %v", m)
	}
}
