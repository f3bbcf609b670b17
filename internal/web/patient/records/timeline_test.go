package records_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"consilium/internal/web/patient/records"
	"consilium/internal/web/webtest"
)

func TestTheTimelineShowsEachThingOnceWithAllItsSourcesAndCanBeNarrowed(t *testing.T) {
	s := webtest.New(t, records.Step)
	home := "/case/" + string(s.NewCase(elena))
	page := home + "/records/timeline"
	said(t, s.Get(page), "Nothing here fits.")
	bringIn(t, s, home, "a.json", bundleOf("1971-06-01", glucose("g1", "2024-01-05", "5.50", "mmol/L", ""), entry("m", takes)))
	bringIn(t, s, home, "b.json", bundleOf("1971-06-01", glucose("x1", "2024-01-05", "5.50", "mmol/L", ""), entry("r", pathology)))
	a := s.Get(page)
	said(t, a, "3 entries", "5.50 mmol/L", "Warfarin", "Surgical pathology report", "a.json", "b.json", `class="years"`)
	if n := strings.Count(a.Body, "<strong>Glucose</strong>"); n != 1 {
		t.Errorf("one result of two files stands there %d times", n)
	}
	for _, c := range []struct {
		form      url.Values
		has, lack string
	}{
		{url.Values{"kind": {"medication"}}, "Warfarin", "<strong>Glucose"},
		{url.Values{"year": {"2024"}}, "<strong>Glucose", "<strong>Warfarin"},
		{url.Values{"word": {"PATHOLOGY"}}, "<strong>Surgical", "<strong>Warfarin"},
		{url.Values{"kind": {"no such"}}, "Nothing here fits.", "<strong>Warfarin"},
	} {
		b := s.Post(page, c.form)
		if b.Status != http.StatusOK || !strings.Contains(b.Body, c.has) || strings.Contains(b.Body, c.lack) {
			t.Errorf("%v: %d, has %q %v, lacks %q %v", c.form, b.Status, c.has, strings.Contains(b.Body, c.has), c.lack, !strings.Contains(b.Body, c.lack))
		}
	}
	for _, lang := range []string{"en", "es"} {
		s.Plain(lang, page)
		s.Plain(lang, "/case/"+string(s.NewCase(elena))+"/records/timeline")
	}
	if m := s.Words.Missing(); len(m) > 0 {
		t.Errorf("words are missing: %v", m)
	}
}

// Thirty thousand facts: the page stays small, and the pages after it can be reached.
func TestAnEnormousTimelineStaysSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 30,000 facts")
	}
	s := webtest.New(t, records.Step)
	home := "/case/" + string(s.NewCase(elena))
	var all []string
	for i := range 30000 {
		all = append(all, glucose(fmt.Sprint("g", i), time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i/3).Format(time.DateOnly)+fmt.Sprintf("T%02d:00:00Z", i%3), fmt.Sprint(70+i%50), "mg/dL", ""))
	}
	bringIn(t, s, home, "huge.json", bundleOf("1971-06-01", all...))
	for range 3 {
		at := time.Now()
		a := s.Get(home + "/records/timeline")
		t.Logf("%d KB in %v", len(a.Body)/1024, time.Since(at).Round(time.Millisecond))
		if a.Status != http.StatusOK || len(a.Body) > 1<<20 {
			t.Errorf("the page has %d bytes", len(a.Body))
		}
		said(t, a, "30,000 entries", "Lines 1 to 400")
	}
	said(t, s.Post(home+"/records/timeline", url.Values{"from": {"400"}}), "Lines 401 to 800")
	at := time.Now()
	b := s.Get(home + "/records/results")
	t.Logf("results: %d KB in %v", len(b.Body)/1024, time.Since(at).Round(time.Millisecond))
	if len(b.Body) > 1<<20 {
		t.Errorf("the page has %d bytes", len(b.Body))
	}
}
