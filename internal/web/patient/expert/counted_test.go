package expert_test

import (
	"net/http"
	"strings"
	"testing"

	"consilium/internal/casefile"
	core "consilium/internal/expert"
	"consilium/internal/web/webtest"
)

func TestWhatMedicarePaidForIsCountedInPlainWords(t *testing.T) {
	s, _, at, d := seek(t)
	d.people[2].Volumes = []core.Volume{{HCPCS: "96413", Services: 1234, Patients: 61}, {HCPCS: "96415", Services: 100, Patients: 40}, {HCPCS: "99213", Services: 7, Patients: 12}}
	d.data = map[string]string{"nppes": "2026-11-10", "volumes": "2024-12-31"}
	a := s.Get(at + "/search") // before anything was said, as the diagnosis suggests
	want(t, a, "Cancer medicine given into a vein: Medicare paid for this 1,334 times, for 61 people or more", "December 31, 2024")
	want(t, a, "no number. That is no proof")
	if q := d.asked[0]; !strings.Contains(strings.Join(q.HCPCS, " "), "96413") || q.Weights.Volume == 0 {
		t.Fatalf("the volume does not count: %+v", q)
	}
	if a := s.Post(at+"/search", with(wish, "work", "WRK-02", "name", "adeyemi")); a.Status != http.StatusSeeOther {
		t.Fatalf("%d", a.Status)
	}
	found := s.Get(at + "/search").Body
	page := at + "/person/" + link.FindStringSubmatch(found)[1]
	words := webtest.Words(s.Plain("en", page).Body)
	if !strings.Contains(words, "1,334 times") || strings.Contains(words, "96413") || !strings.Contains(words, "99213") {
		t.Errorf("%.2500s", words)
	}
	s.Plain("es", page)
	s.Post(page, nil)
	s.Post(at+"/candidate/new", with(nil, "version", "1", "name", "Dr. By Hand"))
	a = s.Plain("en", at+"/compare")
	want(t, a, "How many of these Medicare paid for", "1,334 times", "December 31, 2024")
	s.Plain("es", at+"/compare")
}

func TestWhatIsCountedCanBeChangedAndLeftOut(t *testing.T) {
	s, id, at, d := seek(t)
	s.Post(at+"/search", wish)
	if q := d.asked; len(q) > 0 && len(q[len(q)-1].HCPCS) > 0 {
		t.Errorf("counted although nothing was chosen: %v", q[len(q)-1].HCPCS)
	}
	s.Post(at+"/search", with(wish, "version", "1", "work", "WRK-01"))
	a := s.Get(at + "/search")
	want(t, a, "Operations for breast cancer", `value="WRK-01"`)
	if kept, _, _ := casefile.Read[core.Wish](s.Case(id), core.SearchRef); len(kept.Work) != 1 {
		t.Fatalf("%+v", kept)
	}
	if q := d.asked[len(d.asked)-1]; !strings.Contains(strings.Join(q.HCPCS, " "), "19301") {
		t.Errorf("%v", q.HCPCS)
	}
	form := with(wish, "version", "2")
	form["work"] = []string{"WRK-01", "WRK-02", "WRK-03", "WRK-04", "WRK-05", "WRK-06", "WRK-07", "WRK-08", "WRK-09"}
	if a := s.Post(at+"/search", form); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `href="#f-work`) {
		t.Errorf("%d", a.Status)
	}
}
