package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTheFirstPersonComesInByAOneTimeLinkAndOnlyOnce(t *testing.T) {
	s := newSite(t)
	want(t, s.browser().get("/sign-in"), http.StatusOK, "not set up yet")
	link, err := s.house.FirstLink(context.Background())
	if err != nil || len(link) != 32 {
		t.Fatalf("link %q: %v", link, err)
	}
	b := s.browser()
	want(t, b.get("/welcome/"+link), http.StatusOK, "Choose a passphrase")
	want(t, b.get("/welcome/"+link, "Accept-Language", "es"), http.StatusOK, "Elija un nombre")

	// What is wrong is said at its field, and the link stays good.
	want(t, b.post("/welcome/"+link, "handle", "Ruth", "passphrase", "short", "again", "short"), http.StatusUnprocessableEntity, "too short", `value="Ruth"`)
	want(t, b.post("/welcome/"+link, "handle", "", "passphrase", goodPassphrase, "again", goodPassphrase), http.StatusUnprocessableEntity, "f-handle-error")
	want(t, b.post("/welcome/"+link, "handle", "Ruth", "passphrase", goodPassphrase, "again", "other"), http.StatusUnprocessableEntity, "do not match")

	redirects(t, b.post("/welcome/"+link, "handle", "Ruth", "passphrase", goodPassphrase, "again", goodPassphrase), "/setup")
	want(t, b.get("/setup"), http.StatusOK, "You are set up")
	if !b.in() {
		t.Fatal("the owner is not signed in")
	}
	other := s.browser()
	want(t, other.get("/welcome/"+link), http.StatusNotFound, "used or is too old")
	want(t, other.post("/welcome/"+link, "handle", "Eve", "passphrase", nextPassphrase, "again", nextPassphrase), http.StatusNotFound)
	if again, err := s.house.FirstLink(context.Background()); err != nil || again != "" {
		t.Fatalf("a second first-run link was made: %q, %v", again, err)
	}
	if strings.Contains(s.logged.String(), link) {
		t.Error("the link stands in the server's log")
	}
}

func TestAFirstRunLinkIsTooOldAfterADay(t *testing.T) {
	s := newSite(t)
	link, err := s.house.FirstLink(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	s.wait(24*time.Hour + time.Second)
	want(t, s.browser().get("/welcome/"+link), http.StatusNotFound, "too old")
}

func TestSigningInAndOutWithAPassphrase(t *testing.T) {
	s := newSite(t)
	s.owner()
	b := s.browser()
	redirects(t, b.get("/account"), "/sign-in?back=%2Faccount")
	page := b.get("/sign-in?back=%2Faccount")
	want(t, page, http.StatusOK, "Sign-in name")
	back := hidden(t, page.body, "back")
	// Upper case and spaces round the name do not matter.
	redirects(t, b.post("/sign-in", "handle", " RUTH ", "passphrase", goodPassphrase, "back", back), "/account")
	want(t, b.get("/account"), http.StatusOK, "Where you are signed in", "Firefox, Linux", "This device")
	redirects(t, b.get("/sign-in"), "/")
	out := b.post("/sign-out")
	want(t, out, http.StatusOK, "You are signed out")
	if b.in() || b.token() != "" {
		t.Error("still signed in")
	}
	for _, verb := range []string{"create_person", "save_credential", `"sign_in"`, `"sign_out"`} {
		if !strings.Contains(s.installationLog(), verb) {
			t.Errorf("the log does not hold %s:\n%s", verb, s.installationLog())
		}
	}
}
