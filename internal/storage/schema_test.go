package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"

	"github.com/jackc/pgx/v5/pgconn"
)

// Inside tests see what the schema was and what the engine says; the suite that
// sees only what a caller sees is storagetest.

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// SchemaKeys and SchemaPlace are set by the outside tests, which may use what
// imports this package.
var (
	SchemaKeys  func(t testing.TB) Keyring
	SchemaPlace map[string]func(t testing.TB) string
)

// filled is what an installation of each schema version may hold when it is
// upgraded: statements for the tables that the version brought, and what must be
// there afterwards. A new migration adds a line.
var filled = map[int64]struct {
	insert []string
	check  map[string]int64 // query that counts -> what it must give
}{
	1: {[]string{
		`INSERT INTO cases (id, state, wrapped_key, created_at, changed_at) VALUES ('old', 'open', NULL, 1, 1)`,
		`INSERT INTO documents (case_id, kind, name, version, from_version, saved_at, saved_by, sealed) VALUES ('old', 'plan', '', 1, 0, 1, 'ruth', '')`,
		`INSERT INTO grants (id, case_id, person, role, from_at, wording) VALUES ('g', 'old', 'ruth', 'patient', 1, 'owner.v1')`,
		`INSERT INTO log_trees (tree, size) VALUES ('old', 1)`,
		`INSERT INTO log_entries (tree, seq, entry, checkpoint) VALUES ('old', 1, '', 'x')`,
		`INSERT INTO log_hashes (tree, n, hash) VALUES ('old', 0, '')`,
	}, map[string]int64{`SELECT COUNT(*) FROM documents WHERE case_id = 'old' AND version = 1`: 1, `SELECT size FROM log_trees WHERE tree = 'old'`: 1, `SELECT COUNT(*) FROM grants`: 1}},
	2: {[]string{
		`INSERT INTO files (case_id, sha256, size, added_at) VALUES ('old', 'ab', 7, 1)`,
		`INSERT INTO file_parts (case_id, sha256, n, name, size) VALUES ('old', 'ab', 0, 'part', 7)`,
		`INSERT INTO uploads (id, case_id, person, size, received, started_at, touched_at, sealed) VALUES ('u', 'old', 'ruth', 9, 4, 1, 1, '')`,
		`INSERT INTO upload_parts (upload_id, n, name, size) VALUES ('u', 0, 'part', 4)`,
	}, map[string]int64{`SELECT SUM(size) FROM file_parts`: 7, `SELECT received FROM uploads WHERE id = 'u'`: 4}},
	3: {[]string{
		`INSERT INTO people (id, handle_token, sealed, is_owner, created_at) VALUES ('ruth', 'token', '', 1, 1)`,
		`INSERT INTO credentials (id, person, kind, sealed, created_at) VALUES ('c', 'ruth', 'passkey', '', 1)`,
		`INSERT INTO sessions (id, person, expires_at) VALUES ('s', 'ruth', 9)`,
		`INSERT INTO links (id, purpose, person, case_id, created_at, expires_at) VALUES ('l', 'invite', '', '', 1, 9)`,
		`INSERT INTO attempts (id, subject, tried_at) VALUES ('a', 'token', 1)`,
	}, map[string]int64{`SELECT COUNT(*) FROM credentials WHERE person = 'ruth'`: 1, `SELECT expires_at FROM sessions WHERE id = 's' AND revoked_at = 0`: 9}},
	4: {[]string{
		`INSERT INTO jobs (id, case_id, kind, subject, after_at, created_at) VALUES ('j', 'old', 'read_record', 'ab', 1, 1)`,
		`INSERT INTO due_dates (case_id, key, on_date) VALUES ('old', 'due.decision', '2026-12-01')`,
		`INSERT INTO tokens (label, token, case_id) VALUES ('name', 't', 'old')`,
	}, map[string]int64{`SELECT COUNT(*) FROM jobs WHERE dead = 0`: 1, `SELECT COUNT(*) FROM tokens`: 1, `SELECT COUNT(*) FROM due_dates WHERE key = 'due.decision' AND item = '' AND on_date = '2026-12-01'`: 1}},
	5: {[]string{
		`INSERT INTO sessions (id, person, expires_at, revoked_at) VALUES ('s5', 'ruth', 9, 1)`,
	}, map[string]int64{`SELECT COUNT(*) FROM sessions WHERE revoked_at = 0`: 1}},
	6: {[]string{
		`INSERT INTO due_dates (case_id, key, item, on_date, page) VALUES ('old', 'due.appeal', 'a', '2026-12-01', 'appeal.answer')`,
		`INSERT INTO due_dates (case_id, key, item, on_date, page) VALUES ('old', 'due.appeal', 'b', '2026-12-01', 'appeal.answer')`,
	}, map[string]int64{`SELECT COUNT(*) FROM due_dates WHERE key = 'due.appeal'`: 2}},
	7: {[]string{
		`INSERT INTO reminding (person, sealed, link_id, asked_at) VALUES ('ruth', '', 'l', 1)`,
		`INSERT INTO reminders (person, on_date, days, planned_at) VALUES ('ruth', '2026-12-01', 7, 1)`,
	}, map[string]int64{`SELECT COUNT(*) FROM reminders WHERE sent_at = 0`: 1, `SELECT COUNT(*) FROM reminding WHERE confirmed_at = 0`: 1}},
	8: {[]string{
		`INSERT INTO shares (id, case_id, share, created_at) VALUES ('hash', 'old', 'share', 1)`,
	}, map[string]int64{`SELECT COUNT(*) FROM shares WHERE case_id = 'old'`: 1}},
}

func TestAnInstallationOfAnyEarlierSchemaIsUpgraded(t *testing.T) {
	for engine, place := range SchemaPlace {
		probe, err := connect("sqlite:" + filepath.Join(t.TempDir(), "x.db"))
		must(t, err)
		p, err := probe.provider()
		must(t, err)
		sources := p.ListSources()
		probe.Close()
		for _, src := range sources {
			if _, ok := filled[src.Version]; !ok {
				t.Fatalf("migration %d has no data to be upgraded: add a line to filled", src.Version)
			}
			t.Run(fmt.Sprint(engine, " from ", src.Version), func(t *testing.T) { upgrade(t, place(t), src.Version) })
		}
	}
}

func upgrade(t *testing.T, address string, from int64) {
	ctx := context.Background()
	old, err := connect(address)
	must(t, err)
	p, err := old.provider()
	must(t, err)
	_, err = p.UpTo(ctx, from)
	must(t, err)
	for v := int64(1); v <= from; v++ {
		for _, q := range filled[v].insert {
			if _, err := old.db.Exec(q); err != nil {
				t.Fatalf("%s: %v", q, err)
			}
		}
	}
	must(t, old.Close())

	s, err := Open(ctx, address, SchemaKeys(t))
	must(t, err)
	defer s.Close()
	for v := int64(1); v <= from; v++ {
		for q, want := range filled[v].check {
			var got int64
			if err := s.reads.QueryRow(q).Scan(&got); err != nil || got != want {
				t.Errorf("%s gives %d, %v; want %d", q, got, err, want)
			}
		}
	}
	// And it works.
	must(t, s.Create(ctx, newCase("new")))
	if _, err := s.Case(ctx, "new"); err != nil {
		t.Error(err)
	}
	must(t, s.CreatePerson(ctx, actions.Person{ID: "sam", Handle: "sam", Created: noon}))
}

func TestDatesOfAnEarlierSchemaLeadToTheirPages(t *testing.T) {
	for engine, place := range SchemaPlace {
		t.Run(engine, func(t *testing.T) {
			ctx, address := context.Background(), place(t)
			old, err := connect(address)
			must(t, err)
			p, err := old.provider()
			must(t, err)
			_, err = p.UpTo(ctx, 5)
			must(t, err)
			for _, q := range append(filled[1].insert, `INSERT INTO due_dates (case_id, key, on_date) VALUES
				('old', 'due.decision', '2026-12-09'), ('old', 'due.decision', '2026-12-01'), ('old', 'due.visit', '2026-12-02'), ('old', 'due.referral', '2026-12-03')`) {
				_, err := old.db.Exec(q)
				must(t, err)
			}
			must(t, old.Close())
			s, err := Open(ctx, address, SchemaKeys(t))
			must(t, err)
			defer s.Close()
			var got []string
			must(t, s.read(ctx, func(tx *sql.Tx) error {
				return each(ctx, tx, func(scan func(...any) error) error {
					var key, on, page string
					err := scan(&key, &on, &page)
					got = append(got, key+" "+on+" "+page)
					return err
				}, `SELECT key, on_date, page FROM due_dates ORDER BY on_date`)
			}))
			if want := "due.decision 2026-12-01 decide, due.visit 2026-12-02 prepare, due.referral 2026-12-03 coverage.answer"; strings.Join(got, ", ") != want {
				t.Errorf("got %v, want %s", got, want)
			}
		})
	}
}

func newCase(id casefile.ID) casefile.Change {
	return casefile.Change{
		Case: id, By: "ruth", At: noon, Verb: "create_case",
		Grants: []consent.Grant{{ID: "g-" + string(id), Person: "ruth", Role: consent.Patient, From: noon, Wording: "owner.v1"}},
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestADatabaseOfANewerProgramIsRefused(t *testing.T) {
	for engine, place := range SchemaPlace {
		t.Run(engine, func(t *testing.T) {
			address := place(t)
			s, err := Open(context.Background(), address, SchemaKeys(t))
			must(t, err)
			_, err = s.db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, $1)`, true)
			must(t, err)
			must(t, s.Close())
			if s, err := Open(context.Background(), address, SchemaKeys(t)); err == nil {
				s.Close()
				t.Error("it was opened")
			}
		})
	}
}

func TestReplicasThatStartTogetherOnPostgreSQLWaitForEachOther(t *testing.T) {
	address := SchemaPlace["postgres"](t)
	keys := SchemaKeys(t)
	errs := make(chan error)
	for range 3 {
		go func() {
			s, err := Open(context.Background(), address, keys)
			if err == nil {
				err = s.Close()
			}
			errs <- err
		}()
	}
	for range 3 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestAFullDiskIsFullAndNothingIsHalfSaved(t *testing.T) {
	ctx := context.Background()
	s, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "x.db"), SchemaKeys(t))
	must(t, err)
	defer s.Close()
	must(t, s.Create(ctx, newCase("case1")))
	var pages int
	must(t, s.db.QueryRow(`PRAGMA page_count`).Scan(&pages))
	_, err = s.db.Exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+20)) // the one writing connection keeps it
	must(t, err)
	large := strings.Repeat("x", 200<<10)
	save := func(body any, from casefile.Version) error {
		return s.Apply(ctx, casefile.Change{Case: "case1", By: "ruth", At: noon, Verb: "save", Drafts: []casefile.Draft{{Ref: casefile.Ref{Kind: "plan"}, From: from, Body: body}}})
	}
	if err := save(large, 0); !fault.Is(err, fault.Full) {
		t.Fatalf("got %v, want full", err)
	}
	c, err := s.Case(ctx, "case1")
	if err != nil || c.Has(casefile.Ref{Kind: "plan"}) {
		t.Fatalf("half of it was saved, %v", err)
	}
	_, err = s.db.Exec(`PRAGMA max_page_count = 100000`)
	must(t, err)
	must(t, save(large, 0)) // room was made
}

func TestErrorsHaveTheirKindAndCarryNoRow(t *testing.T) {
	for _, c := range []struct {
		err  error
		want fault.Kind
	}{
		{&pgconn.PgError{Code: "53100"}, fault.Full},
		{&pgconn.PgError{Code: "23505"}, fault.Conflict},
		{sql.ErrNoRows, fault.NotFound},
		{fmt.Errorf("in it: %w", fault.New(fault.Damaged, "x")), fault.Damaged},
		{context.Canceled, fault.Internal},
		{errors.New("other"), fault.Internal},
	} {
		if got := classify(c.err); !fault.Is(got, c.want) {
			t.Errorf("%v is %v, want %v", c.err, fault.KindOf(got), c.want)
		}
	}
	err := classify(&pgconn.PgError{Code: "23505", Message: "duplicate key", Detail: "Key (id)=(secret) already exists."})
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the row stands in the error: %v", err)
	}
}

func BenchmarkApplySmallDocument(b *testing.B) {
	ctx := context.Background()
	for engine, place := range SchemaPlace {
		b.Run(engine, func(b *testing.B) {
			s, err := Open(ctx, place(b), SchemaKeys(b))
			must(b, err)
			defer s.Close()
			must(b, s.Create(ctx, newCase("case1")))
			n := 0
			for b.Loop() {
				must(b, s.Apply(ctx, casefile.Change{
					Case: "case1", By: "ruth", At: noon, Verb: "save",
					Drafts: []casefile.Draft{{Ref: casefile.Ref{Kind: "plan"}, From: casefile.Version(n), Body: map[string]string{"a": "small document"}}},
				}))
				n++
			}
		})
	}
}

func BenchmarkLoadCaseOf200Documents(b *testing.B) {
	ctx := context.Background()
	for engine, place := range SchemaPlace {
		b.Run(engine, func(b *testing.B) {
			s, err := Open(ctx, place(b), SchemaKeys(b))
			must(b, err)
			defer s.Close()
			ch := newCase("case1")
			for i := range 200 {
				ch.Drafts = append(ch.Drafts, casefile.Draft{Ref: casefile.Ref{Kind: "facts", Name: fmt.Sprint("f", i)}, Body: strings.Repeat("x", 2000)})
			}
			must(b, s.Create(ctx, ch))
			for b.Loop() {
				c, err := s.Case(ctx, "case1")
				if err != nil || len(c.Named("facts")) != 200 {
					b.Fatal(err)
				}
			}
		})
	}
}
