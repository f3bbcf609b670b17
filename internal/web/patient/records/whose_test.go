package records_test

import (
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
	core "consilium/internal/records"
	"consilium/internal/web/webtest"
)

// handIn sends a file, has it read, and gives its SHA-256.
func handIn(t *testing.T, s *webtest.Site, home, name, body string) string {
	t.Helper()
	if a := s.PostFiles(home+"/records/upload", webtest.Upload{Field: "files", Name: name, Body: strings.NewReader(body)}); a.Status != http.StatusSeeOther {
		t.Fatalf("%s was not taken: %d %s", name, a.Status, a.Body)
	}
	s.Work()
	for _, f := range files(t, s, home) {
		if f.Name == name {
			return f.SHA256
		}
	}
	t.Fatalf("%s is not in the case", name)
	return ""
}

func files(t *testing.T, s *webtest.Site, home string) []core.File {
	t.Helper()
	fs, err := core.Files(s.Case(casefile.ID(strings.TrimPrefix(home, "/case/"))))
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

func texts(fs []core.File) string {
	var all []string
	for _, f := range core.Facts(fs) {
		all = append(all, f.Text)
	}
	return strings.Join(all, "; ")
}

func TestAFileOfSomebodyElseIsFlaggedAndNotMerged(t *testing.T) {
	s, home := site(t)
	sha := handIn(t, s, home, "other.json", bundle("Walter", "Brandt", "1958-01-20"))
	if got := texts(files(t, s, home)); got != "" {
		t.Fatalf("the facts of another person count: %s", got)
	}
	page := s.Get(home + "/records").Body
	for _, want := range []string{"Is this about the right person?", "Walter Brandt", home + "/records/whose/" + sha} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	whose := s.Get(home + "/records/whose/" + sha)
	if whose.Status != http.StatusOK || !strings.Contains(whose.Body, "The birth dates are not the same.") {
		t.Fatalf("got %d: %s", whose.Status, whose.Body)
	}
}

func TestThePersonSaysWhoseAFileIsAndCanChangeIt(t *testing.T) {
	s, home := site(t)
	sha := handIn(t, s, home, "maiden.json", bundle("Ruth", "Castillo", "1961-04-02"))
	path := home + "/records/whose/" + sha

	if a := s.Post(path, url.Values{"claim": {"ours"}, "version": {"0"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "f-reason") {
		t.Fatalf("without a reason: got %d", a.Status)
	}
	if a := s.Post(path, url.Values{"claim": {"ours"}, "reason": {"name before she married"}, "version": {"0"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	if got := texts(files(t, s, home)); !strings.Contains(got, "Hemoglobin") {
		t.Fatalf("the facts do not count: %q", got)
	}
	// Another file with the same former name needs no second answer.
	handIn(t, s, home, "maiden2.json", strings.Replace(bundle("Ruth", "Castillo", "1961-04-02"), "Hemoglobin", "Platelets", 1))
	if got := texts(files(t, s, home)); !strings.Contains(got, "Platelets") {
		t.Fatalf("the second file under the former name does not count: %q", got)
	}
	// A second tab that still has the old version is told so.
	if a := s.Post(path, url.Values{"claim": {"not_ours"}, "reason": {"mistake"}, "version": {"0"}}); a.Status != http.StatusConflict || !strings.Contains(a.Body, "mistake") {
		t.Fatalf("a stale save: got %d", a.Status)
	}
	if a := s.Post(path, url.Values{"claim": {"not_ours"}, "reason": {"mistake"}, "version": {"1"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d", a.Status)
	}
	if got := texts(files(t, s, home)); strings.Contains(got, "Hemoglobin") {
		t.Fatalf("the facts of a file that was set aside count: %q", got)
	}
	hist, err := s.House.Cases.History(t.Context(), casefile.ID(strings.TrimPrefix(home, "/case/")), core.WhoseRef(sha))
	if err != nil || len(hist) != 2 {
		t.Fatalf("both answers must stay: %d, %v", len(hist), err)
	}
}

func TestWhatAFileSaysStandsInATableWithItsPlace(t *testing.T) {
	s, home := site(t)
	sha := handIn(t, s, home, "portal.json", bundle("Ruth", "Alvarez", "1961-04-02"))
	a := s.Get(home + "/records/file/" + sha)
	for _, want := range []string{
		"Ruth Alvarez", "April 2, 1961", "Invasive ductal carcinoma", "Hemoglobin", "7.10 g/dL", "September 20, 2026",
		"fact-" + clinical.FactID(sha, "Bundle.entry[1].resource"), home + "/records/original/" + sha,
	} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestTheOriginalIsGivenAsBytesNeverAsAPage(t *testing.T) {
	s, home := site(t)
	body := "<html><script>alert(1)</script></html>"
	sha := handIn(t, s, home, "página \"x\".html", body)
	a := s.Get(home + "/records/original/" + sha)
	if a.Status != http.StatusOK || a.Body != body {
		t.Fatalf("got %d %q", a.Status, a.Body)
	}
	if ct := a.Header.Get("Content-Type"); ct != "application/octet-stream" {
		t.Errorf("content type %q", ct)
	}
	if cd := a.Header.Get("Content-Disposition"); !strings.HasPrefix(cd, "attachment") {
		t.Errorf("disposition %q", cd)
	}
	if a.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(a.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("headers %v", a.Header)
	}
	part := s.Do(http.MethodGet, home+"/records/original/"+sha, "", nil, "Range", "bytes=6-12")
	if part.Status != http.StatusPartialContent || part.Body != body[6:13] {
		t.Errorf("a range: got %d %q", part.Status, part.Body)
	}
	if a := s.Get(home + "/records/original/" + strings.Repeat("0", 64)); a.Status != http.StatusNotFound {
		t.Errorf("a file that is not there: %d", a.Status)
	}
	var log strings.Builder
	if err := s.House.TakeLog(t.Context(), s.Who, s.Case(casefile.ID(strings.TrimPrefix(home, "/case/"))), &log); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "open_file"); n < 2 {
		t.Errorf("the log tells of %d readings", n)
	}
}

func TestALabelTicksOffAnItemOfTheChecklist(t *testing.T) {
	s, home := site(t)
	var photo strings.Builder
	if err := png.Encode(&photo, image.NewGray(image.Rect(0, 0, 40, 60))); err != nil {
		t.Fatal(err)
	}
	sha := handIn(t, s, home, "scan.png", photo.String())
	if a := s.Get(home + "/records"); !strings.Contains(a.Body, "A photo or picture") {
		t.Fatalf("the photo is not named: %s", a.Body)
	}
	form := url.Values{"item": {"doctor_notes"}, "from": {"Bay Clinic"}, "date-month": {"11"}, "date-day": {"1"}, "date-year": {"2026"}, "version": {"0"}}
	if a := s.Post(home+"/records/file/"+sha, form); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	if a := s.Get(home + "/records"); !strings.Contains(a.Body, "From Bay Clinic") || !strings.Contains(a.Body, "Your doctor’s notes, with the plan they propose") {
		t.Errorf("the label is not shown")
	}
	if a := s.Get(home + "/records/check"); !regexp.MustCompile(`(?s)id="is-here".*Your doctor’s notes`).MatchString(a.Body) {
		t.Errorf("the label is not used")
	}
	// The things that a file can be are those of the case's own list.
	if a := s.Get(home + "/records/file/" + sha); !strings.Contains(a.Body, `value="doctor_notes" selected`) || strings.Contains(a.Body, `value="pathology_slides"`) || strings.Contains(a.Body, `value="growth_data"`) {
		t.Errorf("the choices are not those of the list")
	}
	form.Set("date-month", "13")
	form.Set("version", "1")
	if a := s.Post(home+"/records/file/"+sha, form); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `value="13"`) {
		t.Errorf("a wrong date: got %d", a.Status)
	}
}

func TestAMarkSaysWhatIsOnItsWay(t *testing.T) {
	s, home := site(t)
	if a := s.Post(home+"/records/check", url.Values{"mark-allergies": {"asked"}, "version": {"0"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	if a := s.Get(home + "/records/check"); !strings.Contains(a.Body, "You asked for it") {
		t.Error("the mark is not shown")
	}
	if a := s.Post(home+"/records/check", url.Values{"mark-allergies": {"perhaps"}, "version": {"1"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a mark that does not exist: %d", a.Status)
	}
}

func TestThePartsOfAnUploadGoOnWhereTheyStopped(t *testing.T) {
	s, home := site(t)
	body := bundle("Ruth", "Alvarez", "1961-04-02")
	start := s.Do(http.MethodPost, home+"/records/part/", "application/json", strings.NewReader(fmt.Sprintf(`{"name":"p.json","path":"disc/p.json","size":%d}`, len(body))))
	id := regexp.MustCompile(`"id":"([^"]+)"`).FindStringSubmatch(start.Body)
	if start.Status != http.StatusCreated || id == nil {
		t.Fatalf("got %d: %s", start.Status, start.Body)
	}
	at := home + "/records/part/" + id[1]
	patch := func(offset int, part string) webtest.Answer {
		return s.Do(http.MethodPatch, at, "application/offset+octet-stream", strings.NewReader(part), "Upload-Offset", fmt.Sprint(offset))
	}
	if a := patch(0, body[:100]); a.Status != http.StatusNoContent || a.Header.Get("Upload-Offset") != "100" {
		t.Fatalf("the first part: %d, at %q: %s", a.Status, a.Header.Get("Upload-Offset"), a.Body)
	}
	if a := s.Do(http.MethodHead, at, "", nil); a.Header.Get("Upload-Offset") != "100" {
		t.Fatalf("asked: %d, at %q", a.Status, a.Header.Get("Upload-Offset"))
	}
	if a := patch(50, body[50:]); a.Status != http.StatusConflict || a.Header.Get("Upload-Offset") != "100" {
		t.Fatalf("a wrong offset: %d, at %q", a.Status, a.Header.Get("Upload-Offset"))
	}
	if a := patch(100, body[100:]); a.Status != http.StatusNoContent {
		t.Fatalf("the rest: %d %s", a.Status, a.Body)
	}
	s.Work()
	if got := texts(files(t, s, home)); !strings.Contains(got, "Hemoglobin") {
		t.Fatalf("the file was not read: %q", got)
	}
	if a := patch(100, "x"); a.Status != http.StatusNotFound || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
		t.Fatalf("after the end: %d", a.Status)
	}
}

func TestAnUploadSaysWhatIsWrongInThePersonsLanguage(t *testing.T) {
	s, home := site(t)
	a := s.Do(http.MethodPost, home+"/records/part/", "application/json", strings.NewReader(`{"name":"a.pdf","size":0}`), "Accept-Language", "es")
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "a.pdf está vacío") {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
}

func TestTheSameBytesAreKeptOnceAndThatIsSaid(t *testing.T) {
	s, home := site(t)
	body := bundle("Ruth", "Alvarez", "1961-04-02")
	handIn(t, s, home, "one.json", body)
	s.PostFiles(home+"/records/upload", webtest.Upload{Field: "files", Name: "two.json", Body: strings.NewReader(body)})
	fs := files(t, s, home)
	if len(fs) != 1 || len(fs[0].Again) != 1 {
		t.Fatalf("got %d files", len(fs))
	}
	if a := s.Get(home + "/records"); !strings.Contains(a.Body, "You added this same file again on November 22, 2026, as two.json") {
		t.Error("the page does not say that it was added twice")
	}
}

func TestEveryPageOfTheStepIsPlainInBothLanguages(t *testing.T) {
	s, home := site(t)
	for _, lang := range []string{"en", "es"} {
		s.Plain(lang, home+"/records")
		s.Plain(lang, home+"/records/upload")
	}
	sha := handIn(t, s, home, "portal.json", bundle("Ruth", "Alvarez", "1961-04-02"))
	other := handIn(t, s, home, "other.json", bundle("Walter", "Brandt", "1958-01-20"))
	cut := handIn(t, s, home, "cut.json", bundle("Ruth", "Alvarez", "1961-04-02")[:500])
	pdf := handIn(t, s, home, "scan.pdf", "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
	for _, lang := range []string{"en", "es"} {
		for _, p := range []string{"", "/file/" + sha, "/file/" + other, "/file/" + cut, "/file/" + pdf, "/whose/" + other, "/whose/" + sha} {
			s.Plain(lang, home+"/records"+p)
		}
	}
	if m := s.Words.Missing(); len(m) > 0 {
		t.Errorf("words are missing: %v", m)
	}
}
