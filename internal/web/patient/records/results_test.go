package records_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"consilium/internal/web/patient/records"
	"consilium/internal/web/webtest"
)

func glucose(id, date, value, unit, rest string) string {
	return entry(id, `{"resourceType":"Observation","id":"`+id+`","status":"final","subject":{"reference":"urn:uuid:p"},"code":{"coding":[{"system":"http://loinc.org","code":"2345-7"}],"text":"Glucose"},"effectiveDateTime":"`+date+`","valueQuantity":{"value":`+value+`,"unit":"`+unit+`","code":"`+unit+`"}`+rest+`}`)
}

func TestEachValueOfATestLeadsToItsSourceAndKeepsItsDigits(t *testing.T) {
	s := webtest.New(t, records.Step)
	home := "/case/" + string(s.NewCase(elena))
	usual := `,"referenceRange":[{"low":{"value":70,"unit":"mg/dL"},"high":{"value":99,"unit":"mg/dL"}}]`
	bringIn(t, s, home, "a.json", bundleOf("1971-06-01", glucose("g1", "2026-01-05", "5.50", "mmol/L", ""), glucose("g2", "2026-03-05", "101.0", "mg/dL", usual+`,"interpretation":[{"coding":[{"code":"H"}]}]`)))
	bringIn(t, s, home, "b.json", bundleOf("1971-06-01", glucose("g2", "2026-03-05", "101.0", "mg/dL", usual+`,"interpretation":[{"coding":[{"code":"H"}]}]`)))
	a := s.Get(home + "/records/results")
	said(t, a, "Glucose", "101.0 mg/dL", "<svg", "Usual range: 70 - 99 mg/dL", "chart-band", "chart-out")
	link := regexp.MustCompile(`href="(/case/[^"]+/records/result/[^"]+)"`).FindStringSubmatch(a.Body)
	if link == nil {
		t.Fatal("no test leads on")
	}
	one := s.Get(link[1])
	said(t, one, "5.50 mmol/L", "≈ 99", "High", "a.json", "b.json")
	points := regexp.MustCompile(`<a href="(/case/[^"]+/records/file/[0-9a-f]{64})\?fact=[0-9a-f]+#(fact-[0-9a-f]+)" aria-label=`).FindAllStringSubmatch(one.Body, -1)
	if len(points) != 2 {
		t.Fatalf("%d points lead to a source", len(points))
	}
	for _, p := range points {
		if file := s.Get(p[1]); file.Status != http.StatusOK || !strings.Contains(file.Body, `id="`+p[2]+`"`) {
			t.Errorf("a point leads nowhere: %d", file.Status)
		}
	}
	if a := s.Post(home+"/records/results", url.Values{"word": {"gluc"}}); a.Status != http.StatusOK || !strings.Contains(a.Body, "1 test") {
		t.Errorf("a test is not found by its name: %d", a.Status)
	}
	if a := s.Post(home+"/records/results", url.Values{"word": {"zinc"}}); !strings.Contains(a.Body, "No test has that name") {
		t.Error("a name that no test has finds one")
	}
	if a := s.Get(home + "/records/result/none"); a.Status != http.StatusNotFound {
		t.Errorf("a test that is none: %d", a.Status)
	}
	for _, lang := range []string{"en", "es"} {
		s.Plain(lang, home+"/records/results")
		s.Plain(lang, link[1])
		s.Plain(lang, "/case/"+string(s.NewCase(elena))+"/records/results")
	}
	if m := s.Words.Missing(); len(m) > 0 {
		t.Errorf("words are missing: %v", m)
	}
}
