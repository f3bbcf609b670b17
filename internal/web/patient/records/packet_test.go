package records_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"consilium/internal/actions"
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

func TestAPacketTooLargeForALinkIsToldSoBeforeAndWhatToDo(t *testing.T) {
	s, home := site(t)
	bringIn(t, s, home, "portal.json", bundle("Ruth", "Alvarez", "1961-04-02"))
	if page := s.Get(home + "/records/share"); strings.Contains(page.Body, "too large") || !strings.Contains(page.Body, "At most 48 MB") {
		t.Errorf("a small packet is called too large: %s", page.Body)
	}
	bringIn(t, s, home, "scan.bin", strings.Repeat("scan of the spine\n", actions.MaxShared/18+1))
	for lang, want := range map[string][]string{"en": {"49 MB", "48 MB", "USB stick", "images"}, "es": {"49 MB", "48 MB", "memoria USB", "imágenes"}} {
		page := s.GetIn(lang, home+"/records/share")
		for _, w := range want {
			if !strings.Contains(page.Body, w) {
				t.Errorf("%s: the page does not say %q", lang, w)
			}
		}
	}
	form := url.Values{"what": {"whole"}, "days": {"14"}, "most": {"5"}, "language": {"en"}, "agreed": {"yes"}}
	if a := s.Post(home+"/records/share", form); a.Status/100 != 4 || !strings.Contains(a.Body, "too large for a link. The limit is 48 MB") || strings.Contains(a.Body, "shlink:/") {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	// The summary still goes, and the packet does without the large file.
	form.Set("what", "summary")
	if a := s.Post(home+"/records/share", form); a.Status != http.StatusOK || !strings.Contains(a.Body, "shlink:/") {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	sum := sha256.Sum256([]byte(strings.Repeat("scan of the spine\n", actions.MaxShared/18+1)))
	if a := s.Post(home+"/records/packet", url.Values{"leave": {hex.EncodeToString(sum[:])}, "language": {"en"}, "agreed": {"yes"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	form.Set("what", "whole")
	if a := s.Post(home+"/records/share", form); a.Status != http.StatusOK || !strings.Contains(a.Body, "shlink:/") {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}
