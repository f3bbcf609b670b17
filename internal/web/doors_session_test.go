package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"consilium/internal/web"
)

func TestSigningInGivesATokenThatNobodyCouldHaveKnown(t *testing.T) {
	s := newSite(t)
	s.owner()
	b := s.browser()
	u, _ := url.Parse(s.server.URL)
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: "session", Value: "planted-by-somebody"}})
	b.signIn("ruth", goodPassphrase)
	first := b.token()
	if first == "" || first == "planted-by-somebody" {
		t.Fatalf("the token is %q", first)
	}
	b.signIn("ruth", goodPassphrase)
	if b.token() == first {
		t.Error("signing in again kept the token")
	}
	old := s.browser()
	old.client.Jar.SetCookies(u, []*http.Cookie{{Name: "session", Value: first}})
	if old.in() {
		t.Error("the token from before still works")
	}
}

func TestTheSessionsCookieIsForTheServerAlone(t *testing.T) {
	plain := newSite(t)
	plain.owner()
	c := plain.browser().signIn("ruth", goodPassphrase).head.Get("Set-Cookie")
	for _, part := range []string{"session=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(c, part) {
			t.Errorf("the cookie %q lacks %s", c, part)
		}
	}
	if strings.Contains(c, "Secure") {
		t.Errorf("over plain HTTP on this machine the cookie would be lost: %q", c)
	}
	safe := newSite(t, func(c *web.DoorsConfig) { c.Public = "https://consilium.example.org" })
	safe.owner()
	c = safe.browser().signIn("ruth", goodPassphrase).head.Get("Set-Cookie")
	for _, part := range []string{"__Host-session=", "HttpOnly", "SameSite=Lax", "Secure"} {
		if !strings.Contains(c, part) {
			t.Errorf("the cookie %q lacks %s", c, part)
		}
	}
}

func TestASessionEndsAfterTwelveIdleHoursAndSlidesWithUse(t *testing.T) {
	s := newSite(t)
	s.owner()
	b := s.browser()
	b.signIn("ruth", goodPassphrase)
	for range 3 {
		s.wait(11 * time.Hour)
		if !b.in() {
			t.Fatal("a session in use has ended")
		}
	}
	s.wait(12*time.Hour + time.Minute)
	if b.in() {
		t.Error("a session still holds after 12 idle hours")
	}
}

func TestASessionEndsAfterSevenDaysWhateverItsUse(t *testing.T) {
	s := newSite(t)
	s.owner()
	b := s.browser()
	b.signIn("ruth", goodPassphrase)
	for range 16 {
		s.wait(10 * time.Hour)
		if !b.in() {
			t.Fatal("a session in use has ended before its time")
		}
	}
	s.wait(9 * time.Hour)
	if b.in() {
		t.Error("a session still holds after 7 days")
	}
}

func TestARevokedSessionIsOverAtItsNextRequest(t *testing.T) {
	s := newSite(t)
	s.owner()
	here, phone := s.browser(), s.browser()
	phone.agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
	here.signIn("ruth", goodPassphrase)
	s.wait(time.Second)
	phone.signIn("ruth", goodPassphrase)
	page := here.get("/account")
	want(t, page, http.StatusOK, "Safari, iPhone", "Firefox, Linux")
	// The newest stands first: the phone.
	redirects(t, here.post("/account/session/end", "id", hidden(t, page.body, "id")), "/account?done=ended")
	if phone.in() {
		t.Error("the phone is still signed in")
	}
	if !here.in() {
		t.Error("this browser was signed out instead")
	}
	if !strings.Contains(s.installationLog(), `"revoke_session"`) {
		t.Error("the log does not hold it")
	}
}

func TestNobodyEndsAnotherPersonsSession(t *testing.T) {
	s := newSite(t)
	s.owner()
	if _, err := s.house.CreateOwner(t.Context(), "Samuel", nextPassphrase); err != nil {
		t.Fatal(err)
	}
	ruth, samuel := s.browser(), s.browser()
	ruth.signIn("ruth", goodPassphrase)
	samuel.signIn("samuel", nextPassphrase)
	id := hidden(t, ruth.get("/account").body, "id")
	want(t, samuel.post("/account/session/end", "id", id), http.StatusNotFound)
	if !ruth.in() {
		t.Error("the session was ended by another person")
	}
}

func TestSigningOutEverywhereEndsEverySession(t *testing.T) {
	s := newSite(t)
	s.owner()
	a, b := s.browser(), s.browser()
	a.signIn("ruth", goodPassphrase)
	b.signIn("ruth", goodPassphrase)
	want(t, a.post("/account/session/end-all"), http.StatusOK, "You are signed out")
	if a.in() || b.in() {
		t.Error("a session still holds")
	}
}

func TestADisabledPersonIsOutAndStaysOut(t *testing.T) {
	s := newSite(t)
	p := s.owner()
	b := s.browser()
	b.signIn("ruth", goodPassphrase)
	p.Disabled = s.clock()
	if err := s.store.SavePerson(t.Context(), p, s.clock()); err != nil {
		t.Fatal(err)
	}
	if b.in() {
		t.Error("a disabled person is still signed in")
	}
	want(t, b.signIn("ruth", goodPassphrase), http.StatusUnauthorized, "do not fit together")
}
