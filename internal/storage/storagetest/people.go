package storagetest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
)

var peopleChecks = []check{
	{"APersonIsFoundByTheirHandle", personByHandle},
	{"AHandleThatIsTakenIsAConflict", handleTaken},
	{"APersonWhoIsDisabledLosesEverySession", disabled},
	{"ACredentialIsReplacedOnlyByItsOwner", credentials},
	{"AOneTimeLinkWorksOnce", linkOnce},
	{"AnExpiredLinkIsNotFound", linkExpired},
	{"AttemptsAreCountedAcrossReplicas", attempts},
	{"WhatIsDoneToPeopleStandsInTheInstallationsLog", peopleLogged},
}

func person(id casefile.Person, handle string) actions.Person {
	return actions.Person{ID: id, Handle: handle, Display: handle, Language: "es", Created: Noon}
}

func credential(id string, owner casefile.Person, secret string) actions.Credential {
	return actions.Credential{ID: id, Person: owner, Kind: actions.Passkey, Label: secret, Secret: []byte(secret), Created: Noon}
}

func personByHandle(t *testing.T, p Place) {
	s := p.Open(t)
	in := person("p1", "Ruth@Example.org")
	in.Owner = true
	must(t, s.CreatePerson(ctx, in))
	got, err := s.PersonByHandle(ctx, " ruth@example.ORG ")
	if err != nil || got != in {
		t.Fatalf("got %+v, %v", got, err)
	}
	if _, err := s.PersonByHandle(ctx, "sam"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := s.Person(ctx, "p2"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger's id: %v", err)
	}
	in.Handle, in.Display, in.Language = "ruth", "Ruth", "en"
	must(t, s.SavePerson(ctx, in, Noon))
	if got, err = s.Person(ctx, "p1"); err != nil || got != in {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := s.PersonByHandle(ctx, "ruth@example.org"); !fault.Is(err, fault.NotFound) {
		t.Errorf("the old handle: %v", err)
	}
	if err := s.SavePerson(ctx, person("p9", "x"), Noon); !fault.Is(err, fault.NotFound) {
		t.Errorf("saving a stranger: %v", err)
	}
}

func handleTaken(t *testing.T, p Place) {
	s := p.Open(t)
	must(t, s.CreatePerson(ctx, person("p1", "ruth")))
	must(t, s.CreatePerson(ctx, person("p2", "sam")))
	err := s.CreatePerson(ctx, person("p3", "RUTH"))
	if !fault.Is(err, fault.Conflict) || fault.All(err)[0].Field != "handle" {
		t.Errorf("got %v", err)
	}
	if err := s.SavePerson(ctx, person("p2", "ruth"), Noon); !fault.Is(err, fault.Conflict) {
		t.Errorf("got %v", err)
	}
	all, err := s.People(ctx)
	if err != nil || len(all) != 2 || all[0].ID != "p1" {
		t.Errorf("got %+v, %v", all, err)
	}
}

func disabled(t *testing.T, p Place) {
	s := p.Open(t)
	in := person("p1", "ruth")
	must(t, s.CreatePerson(ctx, in))
	c := s.Contents(func() time.Time { return Noon })
	must(t, c.Commit("token", []byte("contents"), Noon.Add(time.Hour)))
	must(t, s.OwnSession(ctx, "token", actions.Session{Person: "p1", Created: Noon, Seen: Noon, Expires: Noon.Add(time.Hour)}))
	in.Disabled = Noon
	must(t, s.SavePerson(ctx, in, Noon))
	if _, found, err := c.Find("token"); err != nil || found {
		t.Errorf("still signed in: %v, %v", found, err)
	}
}

func credentials(t *testing.T, p Place) {
	s := p.Open(t)
	must(t, s.CreatePerson(ctx, person("p1", "ruth")))
	must(t, s.CreatePerson(ctx, person("p2", "sam")))
	in := credential("c1", "p1", "secret")
	must(t, s.SaveCredential(ctx, in))
	in.Secret, in.Used = []byte("counted"), Noon
	must(t, s.SaveCredential(ctx, in))
	got, err := s.Credential(ctx, "c1")
	if err != nil || string(got.Secret) != "counted" || !got.Used.Equal(Noon) || got.Kind != actions.Passkey || got.Label != "secret" {
		t.Fatalf("got %+v, %v", got, err)
	}
	if err := s.SaveCredential(ctx, credential("c1", "p2", "mine now")); !fault.Is(err, fault.Conflict) {
		t.Errorf("another person's credential was replaced: %v", err)
	}
	if err := s.RemoveCredential(ctx, "p2", "c1", Noon); !fault.Is(err, fault.NotFound) {
		t.Errorf("another person's credential was removed: %v", err)
	}
	must(t, s.SaveCredential(ctx, credential("c2", "p1", "second")))
	if list, err := s.Credentials(ctx, "p1"); err != nil || len(list) != 2 {
		t.Errorf("got %+v, %v", list, err)
	}
	must(t, s.RemoveCredential(ctx, "p1", "c1", Noon))
	if _, err := s.Credential(ctx, "c1"); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v", err)
	}
}

const linkSecret = "a-secret-of-many-letters"

func link(purpose string) actions.OneTimeLink {
	return actions.OneTimeLink{Secret: linkSecret, Purpose: purpose, Person: "p1", Case: "case1", Created: Noon, Expires: Noon.Add(time.Hour)}
}

func linkOnce(t *testing.T, p Place) {
	a, b := p.Open(t), p.Open(t)
	must(t, a.SaveLink(ctx, link("invite")))
	l, err := b.Link(ctx, linkSecret, "invite", Noon)
	if err != nil || l.Person != "p1" || l.Case != "case1" || l.Secret != "" {
		t.Fatalf("got %+v, %v", l, err)
	}
	if _, err := a.UseLink(ctx, linkSecret, "recover", Noon); !fault.Is(err, fault.NotFound) {
		t.Errorf("for another purpose: %v", err)
	}
	var used atomic.Int32
	var wg sync.WaitGroup
	for i := range 6 {
		s := a
		if i%2 == 1 {
			s = b
		}
		wg.Go(func() {
			if _, err := s.UseLink(ctx, linkSecret, "invite", Noon); err == nil {
				used.Add(1)
			} else if !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if used.Load() != 1 {
		t.Errorf("used %d times", used.Load())
	}
}

func linkExpired(t *testing.T, p Place) {
	s := p.Open(t)
	must(t, s.SaveLink(ctx, link("invite")))
	for what, err := range map[string]error{
		"look": second(s.Link(ctx, linkSecret, "invite", Noon.Add(time.Hour))), "use": second(s.UseLink(ctx, linkSecret, "invite", Noon.Add(time.Hour))),
		"unknown": second(s.UseLink(ctx, "unknown", "invite", Noon)),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func attempts(t *testing.T, p Place) {
	a, b := p.Open(t), p.Open(t)
	for i := range 5 {
		must(t, a.AddAttempt(ctx, "handle:ruth", Noon.Add(time.Duration(i)*time.Minute)))
	}
	must(t, a.AddAttempt(ctx, "from:10.0.0.1", Noon))
	count := func(key string, since time.Time, want int) {
		t.Helper()
		if n, err := b.CountAttempts(ctx, key, since); err != nil || n != want {
			t.Errorf("%s since %v: %d, %v; want %d", key, since, n, err, want)
		}
	}
	count("handle:ruth", Noon, 5)
	count("handle:ruth", Noon.Add(3*time.Minute), 2)
	count("handle:sam", Noon, 0)
	must(t, b.PruneAttempts(ctx, Noon.Add(time.Minute)))
	count("handle:ruth", Noon, 4)
	must(t, b.ForgetAttempts(ctx, "handle:ruth"))
	count("handle:ruth", Noon, 0)
}

func peopleLogged(t *testing.T, p Place) {
	s := p.Open(t)
	must(t, s.CreatePerson(ctx, person("p1", "ruth")))
	must(t, s.SaveCredential(ctx, credential("c1", "p1", "x")))
	must(t, s.SaveCredential(ctx, credential("c1", "p1", "counted"))) // not an entry
	must(t, s.Note(ctx, casefile.Change{Case: actions.InstallationLog, By: "p1", At: Noon, Verb: "sign_in"}))
	must(t, s.RemoveCredential(ctx, "p1", "c1", Noon))
	if n := entries(t, s, actions.InstallationLog); n != 4 {
		t.Errorf("the installation's log has %d entries, want 4", n)
	}
}
