package web_test

import (
	"html"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
)

// typed is a form such as a page of the journey has.
func typed() url.Values {
	return fields("version", "3", "name", "Ruth <Alvarez> & \"co\"", "signs", "one", "signs", "two", "note", "línea uno\r\nline two", "empty", "")
}

func TestWhatWasTypedIsStillThereAfterTheSessionWasLost(t *testing.T) {
	s := newSite(t)
	ruth := s.owner()
	path := s.openCase(ruth.ID) + "/start"
	b := s.browser()
	lost := b.do(http.MethodPost, path, typed())
	want(t, lost, http.StatusUnauthorized, "You were signed out", "What you typed is still here")
	if strings.Contains(lost.body, "Alvarez") {
		t.Error("what was typed stands open in the page, before anybody has signed in")
	}
	sealed := hidden(t, lost.body, "held")
	// A mistake in the passphrase does not lose it either.
	again := b.post("/sign-in", "handle", "ruth", "passphrase", "a wrong passphrase", "held", sealed)
	want(t, again, http.StatusUnauthorized, "do not fit")
	page := b.post("/sign-in", "handle", "ruth", "passphrase", goodPassphrase, "held", hidden(t, again.body, "held"))
	want(t, page, http.StatusOK, "What you typed is still here", "We kept 3 answers for you", "Save it now", `action="`+path+`"`)
	if strings.Contains(page.body, "/language/") {
		t.Error("a link leads away from a page that cannot be had again")
	}
	// What the browser posts back is exactly what was posted before.
	form := url.Values{}
	main := page.body[strings.Index(page.body, `action="`+path):]
	for _, m := range hiddenField.FindAllStringSubmatch(main, -1) {
		form.Add(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	if a := b.do(http.MethodPost, path, form); a.status != http.StatusSeeOther {
		t.Fatalf("saving answered %d", a.status)
	}
	if len(s.saved) != 1 || !reflect.DeepEqual(s.saved[0], typed()) {
		t.Errorf("saved %v\nwant %v", s.saved, typed())
	}
}

func TestAHeldFormIsGoodForAnHourAndOnlyAsItWasSealed(t *testing.T) {
	s := newSite(t)
	ruth := s.owner()
	path := s.openCase(ruth.ID) + "/start"
	sealed := hidden(t, s.browser().do(http.MethodPost, path, typed()).body, "held")
	body, where, _ := strings.Cut(sealed, ".")
	flipped := []byte(body)
	flipped[len(flipped)/2] ^= 1
	for what, h := range map[string]string{
		"changed":            string(flipped) + "." + where,
		"for another path":   body + ".L290aGVy",
		"nonsense":           "x",
		"not in our letters": "$$$.$$$",
	} {
		redirects(t, s.browser().post("/sign-in", "handle", "ruth", "passphrase", goodPassphrase, "held", h), "/")
		_ = what
	}
	s.wait(59 * time.Minute)
	want(t, s.browser().post("/sign-in", "handle", "ruth", "passphrase", goodPassphrase, "held", sealed), http.StatusOK, "Save it now")
	s.wait(2 * time.Minute)
	redirects(t, s.browser().post("/sign-in", "handle", "ruth", "passphrase", goodPassphrase, "held", sealed, "back", path), path)
}

func TestALargeFormIsHeldToo(t *testing.T) {
	s := newSite(t)
	ruth := s.owner()
	path := s.openCase(ruth.ID) + "/start"
	big := url.Values{"note": {strings.Repeat("<é>", 60_000)}}
	b := s.browser()
	sealed := hidden(t, b.do(http.MethodPost, path, big).body, "held")
	want(t, b.post("/sign-in", "handle", "ruth", "passphrase", goodPassphrase, "held", sealed), http.StatusOK, "We kept 1 answer for you")
}

func TestAFormWithOnlyAButtonIsHeldAndOneWithSecretsIsNot(t *testing.T) {
	s := newSite(t)
	s.owner()
	b := s.browser()
	// "Start a new case" posts no fields, and there is no page to go back to.
	sealed := hidden(t, b.do(http.MethodPost, "/cases", url.Values{}).body, "held")
	want(t, b.post("/sign-in", "handle", "ruth", "passphrase", goodPassphrase, "held", sealed), http.StatusOK, `action="/cases"`)

	c := s.browser()
	page := c.post("/account/passphrase", "old", goodPassphrase, "passphrase", nextPassphrase, "again", nextPassphrase)
	want(t, page, http.StatusUnauthorized, "You were signed out")
	if strings.Contains(page.body, `name="held"`) {
		t.Error("passphrases are held")
	}
}

func TestAPartOfAnUploadIsToldPlainly(t *testing.T) {
	s := newSite(t)
	ruth := s.owner()
	path := s.openCase(ruth.ID) + "/records/part"
	a := s.browser().do(http.MethodPatch, path, nil)
	if a.status != http.StatusUnauthorized || !strings.HasPrefix(a.head.Get("Content-Type"), "text/plain") {
		t.Errorf("answered %d %s", a.status, a.head.Get("Content-Type"))
	}
}

func TestAfterSigningInOneGoesBackAndNeverElsewhere(t *testing.T) {
	s := newSite(t)
	s.owner()
	redirects(t, s.browser().get("/case/abc/records?x=1"), "/sign-in?back=%2Fcase%2Fabc%2Frecords%3Fx%3D1")
	for back, to := range map[string]string{
		"/case/abc/records?x=1": "/case/abc/records?x=1",
		"":                      "/",
		"//evil.example":        "/",
		"/\\evil.example":       "/",
		"https://evil.example/": "/",
		"javascript:alert(1)":   "/",
		"evil.example":          "/",
		"/\t/evil.example":      "/",
	} {
		redirects(t, s.browser().post("/sign-in", "handle", "ruth", "passphrase", goodPassphrase, "back", back), to)
	}
}
