package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestNobodyLearnsWhichNamesExist(t *testing.T) {
	s := newSite(t)
	s.owner()
	strip := func(a answer) string {
		return strings.NewReplacer("ruth", "NAME", "nobody", "NAME").Replace(a.body)
	}
	known := s.browser().signIn("ruth", "not the passphrase at all")
	unknown := s.browser().signIn("nobody", "not the passphrase at all")
	want(t, known, http.StatusUnauthorized, "do not fit together")
	if known.status != unknown.status || strip(known) != strip(unknown) {
		t.Errorf("a known and an unknown name are answered differently:\n%s\n%s", known.body, unknown.body)
	}
	for what, a := range map[string]answer{"known": known, "unknown": unknown} {
		if strings.Contains(a.body, "not the passphrase") {
			t.Errorf("%s: the passphrase stands in the page", what)
		}
	}
	if n := strings.Count(s.installationLog(), `"sign_in_failed"`); n != 2 {
		t.Errorf("the log holds %d failed sign-ins, want 2", n)
	}
}

func TestTooManyTriesForANameMustWaitAndTheWaitEnds(t *testing.T) {
	s := newSite(t)
	s.owner()
	for _, name := range []string{"ruth", "nobody"} {
		// From the start of a window, so that the test does not cross into the next.
		s.wait(s.clock().Truncate(15 * time.Minute).Add(15 * time.Minute).Sub(s.clock()))
		for i := range 10 {
			want(t, s.browser().signIn(name, "wrong wrong wrong "+strconv.Itoa(i)), http.StatusUnauthorized)
		}
		s.wait(10 * time.Minute)
		// Upper case, another browser and the right passphrase do not help.
		stop := s.browser().signIn(strings.ToUpper(name), goodPassphrase)
		want(t, stop, http.StatusTooManyRequests, "wait 6 minutes")
		if after := stop.head.Get("Retry-After"); after != "360" {
			t.Errorf("%s: Retry-After is %q", name, after)
		}
	}
	s.wait(6 * time.Minute)
	redirects(t, s.browser().signIn("ruth", goodPassphrase), "/")
	if !strings.Contains(s.installationLog(), `"sign_in_refused"`) {
		t.Error("the log does not hold the refusal")
	}
}

func TestASuccessClearsTheTriesOfTheName(t *testing.T) {
	s := newSite(t)
	s.owner()
	for range 2 {
		for i := range 9 {
			want(t, s.browser().signIn("ruth", "wrong wrong wrong "+strconv.Itoa(i)), http.StatusUnauthorized)
		}
		redirects(t, s.browser().signIn("ruth", goodPassphrase), "/")
	}
}

func TestTooManyTriesFromOneAddressMustWait(t *testing.T) {
	s := newSite(t)
	s.owner()
	s.wait(s.clock().Truncate(15 * time.Minute).Add(15 * time.Minute).Sub(s.clock()))
	// As many tries as 100 names at this address, counted where replicas share it.
	for range 100 {
		if err := s.store.AddAttempt(context.Background(), "from:"+fmt.Sprintf("%x", "127.0.0.1"), s.clock()); err != nil {
			t.Fatal(err)
		}
	}
	want(t, s.browser().signIn("ruth", goodPassphrase), http.StatusTooManyRequests)
}

func TestAPassphraseCountsByLengthAndNotByItsSigns(t *testing.T) {
	s := newSite(t)
	link, err := s.house.FirstLink(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for passphrase, says := range map[string]string{
		"eleven here":            "too short",
		"aaaaaaaaaaaaaaaa":       "too easy",
		"password1234":           "too easy",
		"ruth ruth ruth ruth":    "too easy",
		"123456789012":           "too easy",
		strings.Repeat("x", 201): "too long",
	} {
		want(t, s.browser().post("/welcome/"+link, "handle", "Ruth", "passphrase", passphrase, "again", passphrase), http.StatusUnprocessableEntity, says)
	}
	// Small letters alone, in any script, will do.
	redirects(t, s.browser().post("/welcome/"+link, "handle", "Ruth", "passphrase", "cuatro niños bajo el árbol", "again", "cuatro niños bajo el árbol"), "/setup")
	// The same letters typed on a keyboard that composes accents are the same.
	redirects(t, s.browser().signIn("ruth", "cuatro nin\u0303os bajo el a\u0301rbol"), "/")
}

func TestNoNameOrPassphraseStandsInALog(t *testing.T) {
	s := newSite(t)
	s.owner()
	s.browser().signIn("ruth", goodPassphrase)
	s.browser().signIn("ruth", "some wrong passphrase")
	s.browser().get("/welcome/nothing")
	all := strings.ToLower(s.logged.String() + s.installationLog())
	for _, secret := range []string{"ruth", "kettle", "wrong passphrase", "127.0.0.1"} {
		if strings.Contains(all, secret) {
			t.Errorf("%q stands in a log:\n%s", secret, all)
		}
	}
}
