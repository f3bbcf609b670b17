package expert_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"consilium/internal/casefile"
	core "consilium/internal/expert"
	"consilium/internal/web/webtest"
)

// two puts two doctors on the list by hand.
func two(t *testing.T) (*webtest.Site, casefile.ID, string, []core.Candidate) {
	t.Helper()
	s, id, at := visit(t)
	s.Post(at+"/candidate/new", url.Values{"version": {"0"}, "name": {"Dr. Judith Sorensen"}, "practice": {"Bay Cancer Center"}, "phone": {"(619) 555-0160"}})
	s.Post(at+"/candidate/new", url.Values{"version": {"1"}, "name": {"Dr. Farah Nadim"}, "practice": {"Arroyo Institute"}})
	return s, id, at, list(t, s, id).Candidates
}

func calls(t *testing.T, s *webtest.Site, id casefile.ID) []core.Call {
	t.Helper()
	all, err := casefile.ReadAll[core.Call](s.Case(id), core.CallKind)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func hidden(t *testing.T, a webtest.Answer, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(a.Body)
	if m == nil {
		t.Fatalf("no field %s", name)
	}
	return m[1]
}

var said = url.Values{
	"person": {"Dana"}, "on-month": {"11"}, "on-day": {"20"}, "on-year": {"2026"}, "reference": {"R-77"}, "q.self_referral": {"yes"}, "q.self_referral.words": {"bring the records"},
	"q.network": {"yes"}, "q.price": {"$1,450"}, "q.wait": {"12"}, "q.codes": {"99205"}, "heed": {"network"},
}

func TestACallIsKeptWithWhoSaidItAndShownBesideTheDoctor(t *testing.T) {
	s, id, at, cs := two(t)
	page := at + "/call/" + cs[0].ID
	a := s.Get(page)
	want(t, a, "my name is Ruth Alvarez", "Do you see people who come without a referral?", `href="tel:6195550160"`)
	form := with(said, "call", hidden(t, a, "call"))
	for range 2 { // sent twice, kept once
		if a := s.Post(page, form); a.Status != http.StatusSeeOther || a.Location() != at+"/calls" {
			t.Fatalf("%d to %q", a.Status, a.Location())
		}
	}
	all := calls(t, s, id)
	if len(all) != 1 || all[0].Candidate != cs[0].ID || len(all[0].Told) != 5 {
		t.Fatalf("%+v", all)
	}
	for _, p := range []string{at + "/calls", at, at + "/compare", page} {
		want(t, s.Get(p), "Dana", "12 days", "$1,450.00", "Yes · bring the records", "November 20, 2026")
	}
	want(t, s.Get(page), "R-77")
	if list(t, s, id).Candidates[0].Criteria.Of("accepts_plan") != core.Yes {
		t.Error("what the clinic said of the network is not on the list")
	}
	// A later call answers anew what it answers, and no earlier call is lost.
	form = with(said, "on-day", "21", "person", "Lee", "q.wait", "30", "q.price", "", "q.network", "no", "heed", "")
	if a := s.Post(page, form); a.Status != http.StatusSeeOther {
		t.Fatalf("%d: %s", a.Status, webtest.Words(a.Body))
	}
	a = s.Get(at + "/calls")
	want(t, a, "30 days", "Lee", "$1,450.00", "Dana")
	never(t, a, "12 days")
	if len(calls(t, s, id)) != 2 || list(t, s, id).Candidates[0].Criteria.Of("accepts_plan") != core.Yes {
		t.Error("the list follows a call that the person did not let count")
	}
	if strings.Contains(s.Log(), "Dana") || strings.Contains(s.Log(), "Sorensen") {
		t.Error("the log tells of the call")
	}
}

func TestAWrongCallNamesEveryFieldAndKeepsWhatWasTyped(t *testing.T) {
	s, id, at, cs := two(t)
	page := at + "/call/" + cs[0].ID
	a := s.Post(page, with(said, "person", " ", "on-day", "23", "q.price", "a lot", "q.wait", "-3", "q.experience", "many, she says"))
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("%d", a.Status)
	}
	want(t, a, `href="#f-person"`, `href="#f-on"`, `href="#f-q.price"`, `href="#f-q.wait"`, "many, she says", `value="a lot"`)
	a = s.Post(page, url.Values{"person": {"Dana"}, "on-month": {"11"}, "on-day": {"20"}, "on-year": {"2026"}, "heed": {"network"}})
	want(t, a, "at least one answer")
	if a := s.Post(page, with(said, "q.network", "perhaps")); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("an answer that is none: %d", a.Status)
	}
	if len(calls(t, s, id)) != 0 {
		t.Error("a wrong call was kept")
	}
	for _, nobody := range []string{"/call/nobody", "/proof/nobody", "/person/nobody"} {
		if a := s.Get(at + nobody); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", nobody, a.Status)
		}
	}
	if a := s.Post(at+"/call/nobody", said); a.Status != http.StatusNotFound {
		t.Errorf("a call to nobody: %d", a.Status)
	}
}

func due(t *testing.T, s *webtest.Site, id casefile.ID, item string) string {
	t.Helper()
	all, err := s.House.Mine(t.Context(), s.Who)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		for _, d := range c.Due {
			if c.ID == id && d.Key == "due.expert_call" && d.Item == item {
				return d.On
			}
		}
	}
	return ""
}

func TestAPromisedCallBackIsADateUntilTheNextCall(t *testing.T) {
	s, id, at, cs := two(t)
	page := at + "/call/" + cs[0].ID
	s.Post(page, with(said, "call_back-month", "11", "call_back-day", "25", "call_back-year", "2026"))
	if on := due(t, s, id, cs[0].ID); on != "2026-11-25" {
		t.Fatalf("due %q", on)
	}
	want(t, s.Get("/case/"+string(id)), "promised to call you back", "Dr. Judith Sorensen", page)
	s.Post(at+"/call/"+cs[1].ID, said) // another clinic's call changes nothing here
	if on := due(t, s, id, cs[0].ID); on != "2026-11-25" {
		t.Fatalf("due %q", on)
	}
	s.Post(page, with(said, "on-day", "22"))
	if on := due(t, s, id, cs[0].ID); on != "" {
		t.Errorf("still due: %q", on)
	}
	a := s.Post(page, with(said, "call_back-month", "11", "call_back-day", "1", "call_back-year", "2026"))
	want(t, a, `href="#f-call_back"`)
	s.Post(page, with(said, "call_back-month", "12", "call_back-day", "1", "call_back-year", "2026"))
	c := list(t, s, id)
	s.Post(at+"/candidate/"+cs[0].ID, url.Values{"version": {hidden(t, s.Get(at+"/candidate/"+cs[0].ID), "version")}, "name": {c.Candidates[0].Doctor.Name}, "gone": {"yes"}})
	if on := due(t, s, id, cs[0].ID); on != "" {
		t.Errorf("one who is set aside is waited for: %q", on)
	}
}

var proof = url.Values{"holds": {"yes"}, "certificate": {"medical oncology"}, "where": {"abms"}, "by": {"my daughter"}, "on-month": {"11"}, "on-day": {"21"}, "on-year": {"2026"}, "until-month": {"12"}, "until-day": {"31"}, "until-year": {"2026"}}

func TestACertificateThatWasLookedUpCountsUntilItRunsOut(t *testing.T) {
	s, id, at, cs := two(t)
	page := at + "/proof/" + cs[1].ID
	want(t, s.Plain("en", page), "American Board of Medical Specialties", "Osteopathic", "medical board")
	s.Plain("es", page)
	if a := s.Post(page, with(proof, "version", "2")); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, webtest.Words(a.Body))
	}
	c := list(t, s, id).Candidates[1]
	if c.Proof == nil || c.Criteria.Of("board_certified") != core.Yes {
		t.Fatalf("%+v", c)
	}
	for _, p := range []string{at, at + "/compare"} {
		want(t, s.Get(p), "medical oncology", "American Board of Medical Specialties (ABMS), November 21, 2026", "by my daughter", "good until December 31, 2026")
	}
	if got := c.Proof.InForce("2027-01-01"); got != core.ToConfirm {
		t.Errorf("a certificate that has run out counts: %s", got)
	}
	s.Pass(60 * 24 * 3600 * 1e9)
	if n := strings.Count(webtest.Words(s.Get(at).Body), "Board-certified:  To confirm"); n != 2 {
		t.Errorf("a certificate that has run out counts still: %d to confirm", n)
	}
	if a := s.Post(page, with(proof, "version", "2")); a.Status != http.StatusConflict {
		t.Errorf("a stale save: %d", a.Status)
	}
	a := s.Post(page, url.Values{"version": {"3"}, "holds": {"yes"}, "where": {"a friend"}})
	want(t, a, `href="#f-certificate"`, `href="#f-where"`, `href="#f-on"`)
}

func TestUpToFourStandSideBySide(t *testing.T) {
	s, _, at := visit(t)
	want(t, s.Plain("en", at+"/compare"), "Put two doctors on your list")
	s.Plain("es", at+"/compare")
	s, id, at, cs := two(t)
	for i, name := range []string{"Dr. Three", "Dr. Four", "Dr. Five"} {
		s.Post(at+"/candidate/new", url.Values{"version": {string(rune('2' + i))}, "name": {name}})
	}
	a := s.Plain("en", at+"/compare")
	want(t, a, "Dr. Judith Sorensen", "Dr. Four", `<th scope="col"`)
	if n := strings.Count(a.Body, `role="columnheader"`); n != 5 {
		t.Errorf("%d columns", n)
	}
	a = s.Get(at + "/compare?who=" + cs[1].ID + "&who=" + list(t, s, id).Candidates[4].ID)
	if n := strings.Count(a.Body, `role="columnheader"`); n != 3 || !strings.Contains(a.Body, `>Dr. Five</th>`) {
		t.Errorf("%d columns", n)
	}
	s.Plain("es", at+"/compare")
	s.Plain("en", at+"/calls")
	s.Plain("es", at+"/calls")
	s.Plain("en", at+"/call/"+cs[0].ID)
	s.Plain("es", at+"/call/"+cs[0].ID)
}
