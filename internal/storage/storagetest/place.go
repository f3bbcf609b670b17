package storagetest

import (
	"context"
	"testing"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/storage"
)

// Place is an empty database with the keys that belong to it. It may be opened
// again and again, as a program is started again.
type Place struct {
	URL  string
	Keys *Keys
}

// SQLite is a place in a file that is not there yet.
func SQLite(t testing.TB, path string) Place {
	t.Helper()
	return Place{URL: "sqlite:" + path, Keys: NewKeys(t)}
}

// Open opens the place until the test ends.
func (p Place) Open(t testing.TB) *storage.Store {
	t.Helper()
	s, err := storage.Open(context.Background(), p.URL, p.Keys)
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// Noon is the time at which the tests play.
var Noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// NewCase makes a case that the owner may open, and gives its id.
func NewCase(t testing.TB, s *storage.Store, id casefile.ID, owner casefile.Person) casefile.ID {
	t.Helper()
	err := s.Create(context.Background(), casefile.Change{
		Case: id, By: owner, At: Noon, Verb: "create_case",
		Grants: []consent.Grant{{ID: "g-" + string(id), Person: string(owner), Role: consent.Patient, From: Noon.Add(-time.Hour), Wording: "owner.v1"}},
	})
	if err != nil {
		t.Fatalf("create a case: %v", err)
	}
	return id
}

// noun is a document's content in these tests.
type noun struct {
	Text string `json:"text"`
}

func draft(kind, name string, from casefile.Version, text string) casefile.Draft {
	return casefile.Draft{Ref: casefile.Ref{Kind: casefile.Kind(kind), Name: name}, From: from, Body: noun{text}}
}

func change(id casefile.ID, drafts ...casefile.Draft) casefile.Change {
	return casefile.Change{Case: id, By: "ruth", At: Noon, Verb: "save_note", Drafts: drafts}
}

var ctx = context.Background()
