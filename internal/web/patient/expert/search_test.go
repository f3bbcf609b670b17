package expert_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"consilium/internal/casefile"
	core "consilium/internal/expert"
	"consilium/internal/web/patient/expert"
	"consilium/internal/web/webtest"
)

// seek opens a case of breast cancer in a house with a directory.
func seek(t *testing.T) (*webtest.Site, casefile.ID, string, *town) {
	t.Helper()
	s := webtest.New(t, expert.Step)
	d := newTown()
	s.House.Directory = d
	p := ruth
	p.Diagnosis.ICD10 = "C50.911"
	p.FirstDoctor = casefile.Doctor{Name: "Dr. Elena Marsh", NPI: firstNPI, Practice: "Jacaranda Mesa Surgical Group", Address: "910 Mesa Jacaranda Drive, San Diego, CA 92111"}
	id := s.NewCase(p)
	return s, id, "/case/" + string(id) + "/expert", d
}

func want(t *testing.T, a webtest.Answer, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(a.Body, p) && !strings.Contains(webtest.Words(a.Body), p) {
			t.Errorf("%d: the page does not say %q: %.3000s", a.Status, p, webtest.Words(a.Body))
		}
	}
}

func never(t *testing.T, a webtest.Answer, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(a.Body, p) {
			t.Errorf("the page says %q", p)
		}
	}
}

var wish = url.Values{"version": {"0"}, "fields": {"medical_oncology"}, "zip": {"92111"}, "miles": {"25"}, "sort": {"distance"}}

func with(form url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = []string{pairs[i+1]}
	}
	return out
}

func TestWithoutADirectoryThePageSaysWhatToDoInstead(t *testing.T) {
	s, _, at := visit(t)
	a := s.Plain("en", at+"/search")
	want(t, a, "not set up here yet", at+"/routes", at+"/candidate/new")
	s.Plain("es", at+"/search")
	want(t, s.Get(at), "Not set up here yet")
	if a := s.Post(at+"/search", wish); a.Status != http.StatusSeeOther {
		t.Errorf("a search without a directory: %d", a.Status)
	}
}

func TestTheSearchIsFilledInFromTheCase(t *testing.T) {
	s, _, at, d := seek(t)
	a := s.Get(at + "/search")
	want(t, a, `value="92111"`, "breast cancer", `selected>Up to 25 miles`)
	if len(d.asked) == 0 || d.asked[0].First == nil || d.asked[0].First.NPI != firstNPI || d.asked[0].Centre == nil {
		t.Fatalf("asked %+v", d.asked)
	}
}

func TestASearchIsKeptAndItsAddressSaysNothing(t *testing.T) {
	s, id, at, d := seek(t)
	a := s.Post(at+"/search", wish)
	if a.Status != http.StatusSeeOther || a.Location() != at+"/search#results" {
		t.Fatalf("%d to %q", a.Status, a.Location())
	}
	kept, _, err := casefile.Read[core.Wish](s.Case(id), core.SearchRef)
	if err != nil || kept.ZIP != "92111" || kept.Miles != 25 || len(kept.Fields) != 1 || kept.Sort != "distance" {
		t.Fatalf("%+v %v", kept, err)
	}
	a = s.Get(at + "/search")
	want(t, a, "25 doctors found", "Page 1 of 3", "Grace Adeyemi")
	never(t, a, "LINDQVIST", "Lindqvist") // a partner of the first doctor is not found
	if q := d.asked[len(d.asked)-1]; q.Skip != 0 || q.Limit != 10 || len(q.Levels) == 0 {
		t.Errorf("%+v", q)
	}
	for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(a.Body, -1) {
		if strings.Contains(m[1], "92111") || regexp.MustCompile(`\b20000\d{5}\b`).MatchString(m[1]) || strings.Contains(m[1], "C50") {
			t.Errorf("an address tells of the search: %s", m[1])
		}
	}
}

func TestPagesFollowOneAnotherAndMissNobody(t *testing.T) {
	s, _, at, _ := seek(t)
	s.Post(at+"/search", wish)
	seen := map[string]bool{}
	for _, page := range []string{"1", "2", "3"} {
		a := s.Get(at + "/search?page=" + page)
		for _, m := range regexp.MustCompile(`<article[^>]*aria-label="([^"]*)"`).FindAllStringSubmatch(a.Body, -1) {
			if seen[m[1]] {
				t.Errorf("%s comes twice", m[1])
			}
			seen[m[1]] = true
		}
	}
	if len(seen) != 25 {
		t.Errorf("%d of 25 were shown", len(seen))
	}
}

func TestWhatIsFoundWhileTypingIsNotSaved(t *testing.T) {
	s, id, at, _ := seek(t)
	a := s.Post(at+"/search", with(wish, "live", "yes", "name", "adey"))
	want(t, a, "1 doctor found", "Adeyemi")
	never(t, a, "<html", "<main")
	if s.Case(id).Has(core.SearchRef) {
		t.Error("it was saved")
	}
	a = s.Post(at+"/search", with(wish, "live", "yes", "zip", "00000"))
	want(t, a, "We do not know this ZIP code")
	a = s.Post(at+"/search", with(wish, "live", "yes", "zip", "921"))
	want(t, a, "ZIP code with 5 digits")
}

func TestAWrongSearchNamesItsFieldsAndKeepsWhatWasTyped(t *testing.T) {
	s, id, at, _ := seek(t)
	a := s.Post(at+"/search", with(wish, "zip", "9211"))
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("%d", a.Status)
	}
	want(t, a, `href="#f-zip"`, `value="9211"`)
	if a := s.Post(at+"/search", with(wish, "zip", "", "state", "")); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a search for nobody in no place: %d", a.Status)
	}
	if s.Case(id).Has(core.SearchRef) {
		t.Error("a wrong search was kept")
	}
}

var link = regexp.MustCompile(`/expert/person/([A-Za-z0-9_-]+)"`)

func TestAPersonIsLookedAtAndPutOnTheListWithWhatWasKnown(t *testing.T) {
	s, id, at, _ := seek(t)
	s.Post(at+"/search", with(wish, "name", "adeyemi"))
	key := link.FindStringSubmatch(s.Get(at + "/search").Body)
	if key == nil {
		t.Fatal("nobody to look at")
	}
	page := at + "/person/" + key[1]
	a := s.Plain("en", page)
	want(t, a, "Grace Adeyemi", "Medical Oncology", "Jacaranda Mesa Hospital", "November 10, 2026", "12 Palm St, San Diego, CA 92111", "American Board of Medical Specialties", "What to ask about", "works with one hospital, and it is the same")
	s.Plain("es", page)
	if a := s.Post(page, nil); a.Status != http.StatusSeeOther {
		t.Fatalf("%d", a.Status)
	}
	s.Post(page, nil) // twice is once
	l := list(t, s, id)
	if len(l.Candidates) != 1 || l.Candidates[0].Found == nil || l.Candidates[0].Found.Data["nppes"] != "2026-11-10" || l.Candidates[0].Doctor.NPI != npi(3) || l.Candidates[0].Criteria.Of("board_certified") != core.ToConfirm {
		t.Fatalf("%+v", l)
	}
	// The directory goes, what was known stays.
	s.House.Directory = nil
	want(t, s.Get(at), "Grace Adeyemi", "Medical Oncology", "Please ask about this")
	want(t, s.Get(at+"/person/"+l.Candidates[0].ID), "Jacaranda Mesa Hospital")
	want(t, s.Plain("en", at), "Call the office of")
}

func TestAddingFromTheListOfThoseFound(t *testing.T) {
	s, id, at, _ := seek(t)
	s.Post(at+"/search", wish)
	add := regexp.MustCompile(`name="add" value="([^"]+)"`).FindAllStringSubmatch(s.Get(at+"/search").Body, -1)
	if len(add) != 10 {
		t.Fatalf("%d can be added", len(add))
	}
	for i, m := range add[:3] {
		if a := s.Post(at+"/search", url.Values{"add": {m[1]}, "row": {"2"}, "page": {"1"}}); a.Location() != at+"/search#r-2" {
			t.Fatalf("%d: %d to %q", i, a.Status, a.Location())
		}
	}
	if n := len(list(t, s, id).Candidates); n != 3 {
		t.Fatalf("%d are on the list", n)
	}
	want(t, s.Get(at+"/search"), "You have 3 doctors on your list", "On your list")
	for _, key := range []string{"x", "AAAA", add[0][1][:20]} {
		if a := s.Post(at+"/search", url.Values{"add": {key}}); a.Status != http.StatusNotFound {
			t.Errorf("%q: %d", key, a.Status)
		}
	}
}

func TestAnAddressOfOneCaseOpensNothingInAnother(t *testing.T) {
	s, _, at, _ := seek(t)
	s.Post(at+"/search", wish)
	key := link.FindStringSubmatch(s.Get(at + "/search").Body)[1]
	other := s.NewCase(ruth)
	if a := s.Get("/case/" + string(other) + "/expert/person/" + key); a.Status != http.StatusNotFound {
		t.Errorf("%d", a.Status)
	}
}

func TestASetAsideDoctorComesBackWhenAddedAgain(t *testing.T) {
	s, id, at, _ := seek(t)
	s.Post(at+"/search", with(wish, "name", "adeyemi"))
	page := at + "/person/" + link.FindStringSubmatch(s.Get(at + "/search").Body)[1]
	s.Post(page, nil)
	c := list(t, s, id).Candidates[0]
	s.Post(at+"/candidate/"+c.ID, url.Values{"version": {"1"}, "name": {c.Doctor.Name}, "npi": {c.Doctor.NPI}, "gone": {"yes"}})
	if got := list(t, s, id).Candidates[0]; !got.Gone || got.Found == nil {
		t.Fatalf("%+v", got)
	}
	s.Post(page, nil)
	if got := list(t, s, id).Candidates; len(got) != 1 || got[0].Gone {
		t.Fatalf("%+v", got)
	}
}

func TestAFirstDoctorWhoIsInNoFileIsSaidAboveTheList(t *testing.T) {
	s, id, at, d := seek(t)
	d.people = d.people[1:]
	a := s.Get(at + "/search")
	want(t, a, "is not in this directory, so nobody could be compared", "Ties: not known")
	if i, j := strings.Index(a.Body, "nobody could be compared"), strings.Index(a.Body, "<article"); i < 0 || i > j {
		t.Error("it is said below the list")
	}
	// Without any number there is nothing to choose by.
	p, version, err := casefile.Read[casefile.Profile](s.Case(id), casefile.ProfileRef)
	if err != nil {
		t.Fatal(err)
	}
	p.FirstDoctor.NPI = ""
	if err := s.House.DescribePatient(t.Context(), s.Who, s.Case(id), p, version); err != nil {
		t.Fatal(err)
	}
	a = s.Get(at + "/search")
	want(t, a, "Add that doctor’s NPI number")
	never(t, a, `name="ties"`)
}

func TestTheSearchIsPlainInBothLanguages(t *testing.T) {
	s, _, at, _ := seek(t)
	s.Post(at+"/search", wish)
	for _, lang := range []string{"en", "es"} {
		s.Plain(lang, at+"/search")
		s.Plain(lang, at+"/search?page=2")
	}
	if strings.Contains(s.Log(), "92111") || strings.Contains(s.Log(), "ADEYEMI") {
		t.Error("the log tells of the search")
	}
}
