package storagetest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"consilium/internal/auditlog"
	"consilium/internal/casefile"
	"consilium/internal/fault"
)

var logChecks = []check{
	{"EveryWriteIsAnEntryAndTheLogHolds", logHolds},
	{"AnEntryThatIsChangedInTheDatabaseIsNamed", logTampered},
	{"ALogCutBackInTheDatabaseDoesNotAgreeWithAKeptCheckpoint", logCutBack},
	{"ANoteWritesNothingElse", noteOnly},
}

func logHolds(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	for i := range 40 {
		must(t, s.Apply(ctx, change(id, draft("plan", "", casefile.Version(i), "x"))))
	}
	must(t, s.Note(ctx, casefile.Change{Case: id, By: "ruth", At: Noon, Verb: "open_file", Note: strings.Repeat("ab", 32)}))
	var b bytes.Buffer
	must(t, s.Log(ctx, id, &b))
	text := b.String()
	rep, err := auditlog.Verify(strings.NewReader(text), p.Keys.PublicKeys()[0])
	if err != nil || rep.Entries != 42 || !rep.Trusted || rep.Tree != "case1" {
		t.Fatalf("got %+v, %v", rep, err)
	}
	if !strings.Contains(text, `"ref":"plan","version":40,"sha256":"`) {
		t.Error("the log does not say which version was saved")
	}
	if _, err := auditlog.Verify(strings.NewReader(text), NewKeys(t).PublicKeys()[0]); !fault.Is(err, fault.Damaged) {
		t.Errorf("with another installation's key: %v", err)
	}
}

func logTampered(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	for i := range 9 {
		must(t, s.Apply(ctx, change(id, draft("plan", "", casefile.Version(i), "x"))))
	}
	db := raw(t, p)
	defer db.Close()
	var entry []byte
	must(t, db.QueryRow(`SELECT entry FROM log_entries WHERE tree = 'case1' AND seq = 7`).Scan(&entry))
	changed := bytes.Replace(entry, []byte(`"by":"ruth"`), []byte(`"by":"sam"`), 1)
	_, err := db.Exec(`UPDATE log_entries SET entry = $1 WHERE tree = 'case1' AND seq = 7`, changed)
	must(t, err)
	var b bytes.Buffer
	must(t, s.Log(ctx, id, &b))
	rep, err := auditlog.Verify(&b, p.Keys.PublicKeys()[0])
	if !fault.Is(err, fault.Damaged) || len(rep.Problems) == 0 || rep.Problems[0].Entry != 7 {
		t.Fatalf("got %+v, %v; want entry 7 named", rep, err)
	}
}

func logCutBack(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	for i := range 5 {
		must(t, s.Apply(ctx, change(id, draft("plan", "", casefile.Version(i), "x"))))
	}
	db := raw(t, p)
	defer db.Close()
	var kept string
	must(t, db.QueryRow(`SELECT checkpoint FROM log_entries WHERE tree = 'case1' AND seq = 6`).Scan(&kept))
	for _, q := range []string{`DELETE FROM log_entries WHERE tree = 'case1' AND seq > 4`, `DELETE FROM log_hashes WHERE tree = 'case1' AND n >= 7`, `UPDATE log_trees SET size = 4 WHERE tree = 'case1'`} {
		_, err := db.Exec(q)
		must(t, err)
	}
	var b bytes.Buffer
	must(t, s.Log(ctx, id, &b))
	rep, err := auditlog.Verify(&b, p.Keys.PublicKeys()[0], kept)
	if !fault.Is(err, fault.Damaged) || rep.Problems[0].Entry != 5 {
		t.Fatalf("got %+v, %v; want entry 5 named as gone", rep, err)
	}
}

func noteOnly(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	if err := s.Note(ctx, change(id, draft("plan", "", 0, "x"))); err == nil {
		t.Error("a note wrote a document")
	}
	for _, note := range []string{"two\nlines", strings.Repeat("long", 100)} {
		if err := s.Note(ctx, casefile.Change{Case: id, At: Noon, Verb: "x", Note: note}); err == nil {
			t.Errorf("a note of %d bytes went into the log", len(note))
		}
	}
	if n := entries(t, s, id); n != 1 {
		t.Error(fmt.Sprint("the log has ", n, " entries, want 1"))
	}
}
