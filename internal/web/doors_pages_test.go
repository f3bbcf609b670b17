package web_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"consilium/internal/web/text/grade"
)

// doorPages gives every page of the doors in one language, by what it is.
func doorPages(t *testing.T, lang string) map[string]answer {
	s := newSite(t, named)
	pages := map[string]answer{}
	b := s.browser()
	b.get("/language/" + lang)
	pages["sign-in before the first run"] = b.get("/sign-in")
	link, err := s.house.FirstLink(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	pages["welcome"] = b.get("/welcome/" + link)
	pages["welcome, refused"] = b.post("/welcome/"+link, "handle", "!", "passphrase", "short", "again", "short")
	b.post("/welcome/"+link, "handle", "Ruth", "passphrase", goodPassphrase, "again", goodPassphrase)
	pages["welcome, used"] = b.get("/welcome/" + link)
	pages["setup"] = b.get("/setup")
	pages["account"] = b.get("/account?done=saved")
	pages["account, refused"] = b.post("/account", "display", "", "language", "x")
	pages["passphrase"] = b.get("/account/passphrase")
	pages["passphrase, refused"] = b.post("/account/passphrase", "old", "wrong", "passphrase", nextPassphrase, "again", nextPassphrase)
	pages["signed out"] = b.post("/sign-out")
	pages["sign-in"] = b.get("/sign-in")
	pages["sign-in, refused"] = b.signIn("ruth", "wrong")
	lost := b.do(http.MethodPost, "/cases", fields("a", "b"))
	pages["sign-in, session lost"] = lost
	pages["held"] = b.post("/sign-in", "handle", "ruth", "passphrase", goodPassphrase, "held", hidden(t, lost.body, "held"))
	b.post("/sign-out")
	recover, err := s.house.RecoverLink(context.Background(), "ruth")
	if err != nil {
		t.Fatal(err)
	}
	pages["recover"] = b.get("/recover/" + recover)
	pages["recover, unknown"] = b.get("/recover/x" + recover)
	pages["from another site"] = b.do(http.MethodPost, "/sign-out", url.Values{}, "Sec-Fetch-Site", "cross-site")
	for range 11 {
		pages["sign-in, too many tries"] = b.signIn("ruth", "wrong")
	}
	return pages
}

var (
	inline   = regexp.MustCompile(`(?i)<script(?:[^>]*)>[^<]|<script>|<style|\sstyle=|\son[a-z]+=|javascript:`)
	outside  = regexp.MustCompile(`(?:src|href|action)="(?:https?:)?//[^"]*"`)
	mainPart = regexp.MustCompile(`(?s)<main[^>]*>(.*)</main>`)
	tags     = regexp.MustCompile(`<[^>]*>`)
	blocks   = regexp.MustCompile(`</(?:p|h[1-6]|li|label|legend|button|a|dt|dd|div|section)>`)
)

func TestEveryPageOfTheDoorsIsPlainAndSafe(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		for what, a := range doorPages(t, lang) {
			t.Run(lang+"/"+what, func(t *testing.T) {
				if !strings.Contains(a.body, `<html lang="`+lang+`"`) {
					t.Fatalf("the page is not in %s (%d):\n%s", lang, a.status, a.body)
				}
				if m := inline.FindString(a.body); m != "" {
					t.Errorf("script or style stands in the page: %q", m)
				}
				for _, m := range outside.FindAllString(a.body, -1) {
					if !strings.Contains(m, "localhost") {
						t.Errorf("the page leads elsewhere: %s", m)
					}
				}
				policy := a.head.Get("Content-Security-Policy")
				for _, part := range []string{"default-src 'none'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
					if !strings.Contains(policy, part) {
						t.Errorf("the policy %q lacks %s", policy, part)
					}
				}
				if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
					t.Errorf("the policy lets too much in: %q", policy)
				}
				for h, v := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"} {
					if a.head.Get(h) != v || len(a.head.Values(h)) != 1 {
						t.Errorf("%s is %q, want %q", h, a.head.Values(h), v)
					}
				}
				if strings.Count(a.body, "<h1>") != 1 {
					t.Error("the page must have one heading of the first order")
				}
				words := plainText(a.body)
				g := grade.English(words)
				if lang == "es" {
					g = grade.Spanish(words)
				}
				if g > 8 {
					t.Errorf("reading grade %.1f, want 8 or lower:\n%s", g, words)
				}
			})
		}
	}
}

// plainText is what a page says, a sentence for each block.
func plainText(body string) string {
	m := mainPart.FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	s := blocks.ReplaceAllString(m[1], ".\n")
	s = html.UnescapeString(tags.ReplaceAllString(s, ""))
	return regexp.MustCompile(`[.:?!]\.`).ReplaceAllString(s, ".")
}

func TestWhoeverIsNotSignedInSeesNothingOfAnAccount(t *testing.T) {
	s := newSite(t)
	s.owner()
	for _, path := range []string{"/setup", "/account", "/account/passphrase", "/"} {
		if a := s.browser().get(path); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/sign-in") {
			t.Errorf("GET %s answered %d to %q", path, a.status, a.to)
		}
	}
	for _, path := range []string{"/account", "/account/passphrase", "/account/passkey/begin", "/account/passkey/finish", "/account/passkey/remove", "/account/session/end", "/account/session/end-all", "/account/reminders", "/account/reminders/stop", "/sign-in/held", "/cases"} {
		want(t, s.browser().do(http.MethodPost, path, url.Values{}), http.StatusUnauthorized)
	}
}

func TestNoLinkSignsAnybodyOut(t *testing.T) {
	s := newSite(t)
	s.owner()
	b := s.browser()
	b.signIn("ruth", goodPassphrase)
	for _, path := range []string{"/sign-out", "/account/session/end-all", "/account/passkey/remove"} {
		if a := b.get(path); a.status == http.StatusOK {
			t.Errorf("GET %s answered %d", path, a.status)
		}
	}
	if !b.in() {
		t.Error("signed out by a link")
	}
}

func TestAFormThatIsTooLargeIsToldSo(t *testing.T) {
	s := newSite(t)
	s.owner()
	want(t, s.browser().post("/sign-in", "handle", strings.Repeat("x", 3<<20), "passphrase", "x"), http.StatusRequestEntityTooLarge, "too big")
	// Long nonsense of a size that is read does no harm.
	for _, n := range []int{300, 100_000} {
		want(t, s.browser().signIn(strings.Repeat("é", n), strings.Repeat("y", n)), http.StatusUnauthorized, "do not fit")
	}
	want(t, s.browser().signIn("\xff\xfe", "\x00\xff"), http.StatusUnauthorized)
	want(t, s.browser().get("/welcome/"+fmt.Sprintf("%0500d", 1)), http.StatusNotFound)
}
