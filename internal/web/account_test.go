package web_test

import (
	"net/http"
	"testing"

	"consilium/internal/actions"
)

func TestChangingThePassphraseEndsTheOtherSessions(t *testing.T) {
	s := newSite(t)
	s.owner()
	here, phone := s.browser(), s.browser()
	here.signIn("ruth", goodPassphrase)
	phone.signIn("ruth", goodPassphrase)
	want(t, here.get("/account/passphrase"), http.StatusOK, "The passphrase you have now")
	want(t, here.post("/account/passphrase", "old", "not this one", "passphrase", nextPassphrase, "again", nextPassphrase), http.StatusUnprocessableEntity, "not the passphrase you have now")
	want(t, here.post("/account/passphrase", "old", goodPassphrase, "passphrase", "short", "again", "short"), http.StatusUnprocessableEntity, "too short")
	want(t, here.post("/account/passphrase", "old", goodPassphrase, "passphrase", nextPassphrase, "again", "x"), http.StatusUnprocessableEntity, "do not match")
	if !phone.in() {
		t.Fatal("a change that failed ended a session")
	}
	before := here.token()
	redirects(t, here.post("/account/passphrase", "old", goodPassphrase, "passphrase", nextPassphrase, "again", nextPassphrase), "/account?done=passphrase")
	if !here.in() || here.token() == before {
		t.Error("this session must go on, under a new token")
	}
	if phone.in() {
		t.Error("the other session goes on")
	}
	want(t, s.browser().signIn("ruth", goodPassphrase), http.StatusUnauthorized)
	redirects(t, s.browser().signIn("ruth", nextPassphrase), "/")
}

func TestAStolenSessionCannotGuessThePassphraseForLong(t *testing.T) {
	s := newSite(t)
	s.owner()
	b := s.browser()
	b.signIn("ruth", goodPassphrase)
	last := 0
	for range 11 {
		last = b.post("/account/passphrase", "old", "a guess of mine", "passphrase", nextPassphrase, "again", nextPassphrase).status
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the eleventh guess was answered %d", last)
	}
	// And does not keep the person out.
	redirects(t, s.browser().signIn("ruth", goodPassphrase), "/")
}

func TestAPersonChoosesNameAndLanguage(t *testing.T) {
	s := newSite(t)
	s.owner()
	b := s.browser()
	b.signIn("ruth", goodPassphrase)
	want(t, b.post("/account", "display", " ", "language", "es"), http.StatusUnprocessableEntity, "f-display-error")
	want(t, b.post("/account", "display", "Ruth", "language", "fr"), http.StatusUnprocessableEntity, "f-language-error")
	redirects(t, b.post("/account", "display", "Ruth A.", "language", "es"), "/account?done=saved")
	want(t, b.get("/account?done=saved"), http.StatusOK, "Su cuenta", `value="Ruth A."`, "Sus cambios están guardados")
	// The language comes along to the next device.
	other := s.browser()
	other.signIn("ruth", goodPassphrase)
	want(t, other.get("/account"), http.StatusOK, "Su cuenta")
}

func TestNobodyRemovesAnotherPersonsPasskeyOrTheirOwnPassphrase(t *testing.T) {
	s := newSite(t)
	ruth := s.owner()
	samuel, err := s.house.CreateOwner(t.Context(), "Samuel", nextPassphrase)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.house.AddPasskey(t.Context(), ruth.ID, actions.Credential{ID: "ruths-key", Label: "blue key", Secret: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	b := s.browser()
	b.signIn("samuel", nextPassphrase)
	want(t, b.post("/account/passkey/remove", "id", "ruths-key"), http.StatusNotFound)
	creds, err := s.store.Credentials(t.Context(), samuel.ID)
	if err != nil || len(creds) != 1 {
		t.Fatal(creds, err)
	}
	want(t, b.post("/account/passkey/remove", "id", creds[0].ID), http.StatusNotFound)
	r := s.browser()
	r.signIn("ruth", goodPassphrase)
	want(t, r.get("/account"), http.StatusOK, "blue key")
	redirects(t, r.post("/account/passkey/remove", "id", "ruths-key"), "/account?done=removed")
}
