package storagetest

import (
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/fault"
	"consilium/internal/storage"

	"github.com/alexedwards/scs/v2"
)

var (
	_ scs.CtxStore         = (*storage.Contents)(nil)
	_ scs.IterableCtxStore = (*storage.Contents)(nil)
	_ scs.IterableStore    = (*storage.Contents)(nil)
)

var sessionChecks = []check{
	{"ASessionIsFoundUntilItExpires", sessionFound},
	{"ASessionIsItsPersonsWhicheverIsSavedFirst", sessionOwned},
	{"ARevokedSessionIsGoneAtTheNextRequest", sessionRevoked},
	{"ATamperedSessionIsNotFound", sessionTampered},
	{"ExpiredSessionsArePruned", sessionPruned},
}

func clock(at *time.Time) func() time.Time { return func() time.Time { return *at } }

func sessionFound(t *testing.T, p Place) {
	now := Noon
	s := p.Open(t)
	c := s.Contents(clock(&now))
	if _, found, err := c.Find("token"); err != nil || found {
		t.Fatalf("before it was there: %v, %v", found, err)
	}
	must(t, c.Commit("token", []byte("a"), Noon.Add(time.Hour)))
	must(t, c.Commit("token", []byte("b"), Noon.Add(2*time.Hour)))
	b, found, err := p.Open(t).Contents(clock(&now)).Find("token")
	if err != nil || !found || string(b) != "b" {
		t.Fatalf("got %q, %v, %v", b, found, err)
	}
	all, err := c.All()
	if err != nil || len(all) != 1 || string(all[storage.SessionID("token")]) != "b" {
		t.Errorf("got %v, %v", all, err)
	}
	now = Noon.Add(2 * time.Hour)
	if _, found, err := c.Find("token"); err != nil || found {
		t.Errorf("after it expired: %v, %v", found, err)
	}
	now = Noon
	must(t, c.Delete("token"))
	must(t, c.Delete("token"))
	must(t, c.Commit("token", []byte("back"), Noon.Add(2*time.Hour))) // signed out in another tab meanwhile
	if _, found, err := c.Find("token"); err != nil || found {
		t.Errorf("after it was deleted: %v, %v", found, err)
	}
}

func own(t *testing.T, s *storage.Store, token string, created time.Time) {
	t.Helper()
	must(t, s.OwnSession(ctx, token, actions.Session{Person: "p1", Device: "Firefox on Linux", Created: created, Seen: created, Expires: Noon.Add(time.Hour)}))
}

func sessionOwned(t *testing.T, p Place) {
	now := Noon
	s := p.Open(t)
	c := s.Contents(clock(&now))
	own(t, s, "first", Noon)
	if _, found, err := c.Find("first"); err != nil || found {
		t.Errorf("a session without contents: %v, %v", found, err)
	}
	must(t, c.Commit("first", []byte("a"), Noon.Add(time.Hour)))
	must(t, c.Commit("second", []byte("b"), Noon.Add(time.Hour)))
	own(t, s, "second", Noon.Add(time.Minute))
	now = Noon.Add(5 * time.Minute)
	must(t, c.Commit("first", []byte("a2"), Noon.Add(time.Hour)))
	list, err := s.SessionsOf(ctx, "p1", now)
	if err != nil || len(list) != 2 || list[0].ID != storage.SessionID("second") || list[1].Device != "Firefox on Linux" || !list[1].Seen.Equal(now) {
		t.Fatalf("got %+v, %v", list, err)
	}
	for token, want := range map[string]string{"first": "a2", "second": "b"} {
		if b, found, err := c.Find(token); err != nil || !found || string(b) != want {
			t.Errorf("%s: %q, %v, %v", token, b, found, err)
		}
	}
	if list, err := s.SessionsOf(ctx, "p1", Noon.Add(time.Hour)); err != nil || len(list) != 0 {
		t.Errorf("after they expired: %+v, %v", list, err)
	}
}

func sessionRevoked(t *testing.T, p Place) {
	now := Noon
	s := p.Open(t)
	c := s.Contents(clock(&now))
	for _, token := range []string{"one", "two", "three"} {
		must(t, c.Commit(token, []byte(token), Noon.Add(time.Hour)))
		own(t, s, token, Noon)
	}
	if err := s.RevokeSession(ctx, "p2", storage.SessionID("one"), Noon); !fault.Is(err, fault.NotFound) {
		t.Errorf("another person revoked it: %v", err)
	}
	must(t, s.RevokeSession(ctx, "p1", storage.SessionID("one"), Noon))
	if _, found, err := c.Find("one"); err != nil || found {
		t.Errorf("a revoked session: %v, %v", found, err)
	}
	// A request that was under way when it was revoked ends, and saves.
	must(t, c.Commit("one", []byte("one"), Noon.Add(time.Hour)))
	own(t, s, "one", Noon)
	if _, found, err := c.Find("one"); err != nil || found {
		t.Errorf("a revoked session was brought back: %v, %v", found, err)
	}
	if list, err := s.SessionsOf(ctx, "p1", Noon); err != nil || len(list) != 2 {
		t.Errorf("a revoked session is listed: %+v, %v", list, err)
	}
	if err := s.RevokeSession(ctx, "p1", storage.SessionID("one"), Noon); !fault.Is(err, fault.NotFound) {
		t.Errorf("revoked twice: %v", err)
	}
	n, err := s.RevokeOthers(ctx, "p1", storage.SessionID("two"), Noon)
	if err != nil || n != 1 {
		t.Errorf("revoked %d, %v", n, err)
	}
	if _, found, err := c.Find("two"); err != nil || !found {
		t.Errorf("the one that was kept: %v, %v", found, err)
	}
}

func sessionTampered(t *testing.T, p Place) {
	now := Noon
	c := p.Open(t).Contents(clock(&now))
	must(t, c.Commit("token", []byte("a"), Noon.Add(time.Hour)))
	must(t, c.Commit("other", []byte("b"), Noon.Add(time.Hour)))
	// Longer life, and another session's contents.
	tamper(t, p, `UPDATE sessions SET expires_at = expires_at + 1 WHERE id = '`+storage.SessionID("token")+`'`)
	tamper(t, p, `UPDATE sessions SET sealed = (SELECT sealed FROM sessions WHERE id = '`+storage.SessionID("token")+`') WHERE id = '`+storage.SessionID("other")+`'`)
	for _, token := range []string{"token", "other"} {
		if _, found, err := c.Find(token); err != nil || found {
			t.Errorf("%s: %v, %v", token, found, err)
		}
	}
}

func sessionPruned(t *testing.T, p Place) {
	now := Noon
	s := p.Open(t)
	c := s.Contents(clock(&now))
	must(t, c.Commit("old", []byte("a"), Noon.Add(time.Minute)))
	must(t, c.Commit("new", []byte("b"), Noon.Add(time.Hour)))
	now = Noon.Add(30 * time.Minute)
	must(t, c.Prune(ctx))
	now = Noon // so that only pruning can have taken it
	_, old, err := c.Find("old")
	must(t, err)
	_, fresh, err := c.Find("new")
	must(t, err)
	if old || !fresh {
		t.Errorf("old %v, new %v", old, fresh)
	}
}
