package records_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"consilium/internal/web/webtest"
)

func TestAPersonTakesThePacketOutAndBringsItIn(t *testing.T) {
	s, home := site(t)
	s.PostFiles(home+"/records/upload", webtest.Upload{Field: "files", Name: "portal.json", Body: strings.NewReader(bundle("Ruth", "Alvarez", "1961-04-02"))})
	s.Work()
	if a := s.Get(home + "/records/packet_zip"); a.Status != http.StatusSeeOther {
		t.Fatalf("before it was agreed to: %d", a.Status)
	}
	if a := s.Post(home+"/records/packet", url.Values{"language": {"en"}}); a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("without consent: %d", a.Status)
	}
	if a := s.Post(home+"/records/packet", url.Values{"language": {"en"}, "agreed": {"yes"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	zip := s.Get(home + "/records/packet_zip")
	if zip.Status != http.StatusOK || zip.Header.Get("Content-Type") != "application/zip" || !strings.HasPrefix(zip.Body, "PK") {
		t.Fatalf("%d %v", zip.Status, zip.Header)
	}
	other, away := site(t)
	changed := strings.Replace(zip.Body, "Invasive ductal", "Invasive lobulr", 1)
	if a := other.PostFiles(away+"/records/import", webtest.Upload{Field: "packet", Name: "p.zip", Body: strings.NewReader(changed)}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "was changed") {
		t.Fatalf("changed: %d %s", a.Status, a.Body)
	}
	a := other.PostFiles(away+"/records/import", webtest.Upload{Field: "packet", Name: "p.zip", Body: strings.NewReader(zip.Body)})
	if a.Status != http.StatusSeeOther || !strings.Contains(a.Location(), "/import_check/") {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	at := a.Location()
	if page := other.Get(at); page.Status != http.StatusOK || !strings.Contains(page.Body, "portal.json") || !strings.Contains(page.Body, "We do not know this house") {
		t.Fatalf("%d %s", page.Status, page.Body)
	}
	if a := other.Post(at, url.Values{}); a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("without trust: %d", a.Status)
	}
	if a := other.Post(at, url.Values{"trust": {"yes"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	if !strings.Contains(other.Get(away+"/records").Body, "portal.json") {
		t.Error("the file did not come in")
	}
	if m := append(s.Words.Missing(), other.Words.Missing()...); len(m) > 0 {
		t.Errorf("words are missing: %v", m)
	}
}

func TestALinkIsShownOnceAndCanBeEnded(t *testing.T) {
	s, home := site(t)
	form := url.Values{"what": {"whole"}, "days": {"14"}, "most": {"5"}, "language": {"es"}, "passcode": {"blue river"}}
	if a := s.Post(home+"/records/share", form); a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("without consent: %d", a.Status)
	}
	form.Set("agreed", "yes")
	a := s.Post(home+"/records/share", form)
	if a.Status != http.StatusOK || !strings.Contains(a.Body, "/view#shlink:/") || !strings.Contains(a.Body, "<svg") {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	list := s.Get(home + "/records/shares")
	if list.Status != http.StatusOK || strings.Contains(list.Body, "shlink:/") {
		t.Fatalf("%d %s", list.Status, list.Body)
	}
	_, rest, _ := strings.Cut(list.Body, `name="revoke" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	if a := s.Post(home+"/records/shares", url.Values{"revoke": {id}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	if !strings.Contains(s.Get(home+"/records/shares").Body, "You ended this link") {
		t.Error("the link does not say that it ended")
	}
	if m := s.Words.Missing(); len(m) > 0 {
		t.Errorf("words are missing: %v", m)
	}
}
