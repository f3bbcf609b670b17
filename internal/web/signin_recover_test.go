package web_test

import (
	"net/http"
	"testing"
	"time"

	"consilium/internal/fault"
)

func TestWhoeverLostTheirPassphraseComesInByALinkFromTheOperator(t *testing.T) {
	s := newSite(t)
	s.owner()
	thief := s.browser()
	thief.signIn("ruth", goodPassphrase)
	link, err := s.house.RecoverLink(t.Context(), " RUTH ")
	if err != nil {
		t.Fatal(err)
	}
	b := s.browser()
	want(t, b.get("/recover/"+link), http.StatusOK, "Choose a new passphrase", "sign-in name Ruth")
	want(t, b.post("/recover/"+link, "passphrase", "short", "again", "short"), http.StatusUnprocessableEntity, "too short")
	want(t, b.post("/recover/"+link, "passphrase", nextPassphrase, "again", "x"), http.StatusUnprocessableEntity, "do not match")
	redirects(t, b.post("/recover/"+link, "passphrase", nextPassphrase, "again", nextPassphrase), "/account?done=passphrase")
	if !b.in() {
		t.Error("not signed in")
	}
	if thief.in() {
		t.Error("a session from before still holds")
	}
	want(t, s.browser().post("/recover/"+link, "passphrase", goodPassphrase, "again", goodPassphrase), http.StatusNotFound, "used or is too old")
	want(t, s.browser().signIn("ruth", goodPassphrase), http.StatusUnauthorized)
	redirects(t, s.browser().signIn("ruth", nextPassphrase), "/")
}

func TestARecoveryLinkIsForOnePersonOneDayAndOnePurpose(t *testing.T) {
	s := newSite(t)
	p := s.owner()
	if _, err := s.house.RecoverLink(t.Context(), "nobody"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a link for nobody: %v", err)
	}
	link, err := s.house.RecoverLink(t.Context(), "ruth")
	if err != nil {
		t.Fatal(err)
	}
	want(t, s.browser().get("/welcome/"+link), http.StatusNotFound)
	s.wait(24*time.Hour + time.Second)
	want(t, s.browser().get("/recover/"+link), http.StatusNotFound, "too old")
	if link, err = s.house.RecoverLink(t.Context(), "ruth"); err != nil {
		t.Fatal(err)
	}
	p.Disabled = s.clock()
	if err := s.store.SavePerson(t.Context(), p, s.clock()); err != nil {
		t.Fatal(err)
	}
	want(t, s.browser().post("/recover/"+link, "passphrase", nextPassphrase, "again", nextPassphrase), http.StatusNotFound)
}
