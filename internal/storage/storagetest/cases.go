package storagetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"consilium/internal/auditlog"
	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
	"consilium/internal/storage"
)

// Run puts a store through everything that a store must do. place gives an empty
// database for each test.
func Run(t *testing.T, place func(t testing.TB) Place) {
	for _, group := range [][]check{caseChecks, logChecks, uploadChecks, peopleChecks, sessionChecks, jobChecks, reminderChecks, shareChecks} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) { c.run(t, place(t)) })
		}
	}
	t.Run("AnyOrderOfOperationsGivesWhatAModelGives", func(t *testing.T) { model(t, place(t)) })
}

type check struct {
	name string
	run  func(t *testing.T, p Place)
}

var caseChecks = []check{
	{"ADocumentComesBackAsItWasSaved", documentComesBack},
	{"AStaleSaveIsAConflictAndNothingOfItIsKept", staleSave},
	{"OfTwoWritersOnOneVersionExactlyOneWins", twoWriters},
	{"EveryVersionStaysReadable", history},
	{"ACaseIsThereAfterARestart", restart},
	{"ACaseThatIsNotThereIsNotFound", noCase},
	{"ACaseNeedsSomebodyWhoMayOpenIt", nobody},
	{"ARevokedGrantHidesTheCaseFromThePersonsList", revoked},
	{"AGrantIsEndedButNeverRewritten", grantRewritten},
	{"AnErasedCaseCanNeverBeReadAgain", erased},
	{"NothingOfHealthStandsInTheClear", clear},
	{"ADocumentMovedToAnotherPlaceIsDamaged", moved},
	{"ADocumentsNameCannotCarryASentence", sentence},
	{"DueDatesStandInTheWorklist", due},
	{"TwoChangesAtOnceKeepTheDatesOfBoth", dueAtOnce},
	{"ACaseIsFoundByItsTermsAndOnlyByThem", find},
	{"AFileKeepsItsPartsInOrder", fileParts},
}

func documentComesBack(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	text := "Ähnlich <b>\"quoted\"</b> & 7.10"
	must(t, s.Apply(ctx, change(id, draft("plan", "", 0, text), draft("opinion", "first", 0, "1"))))
	c, err := s.Case(ctx, id)
	must(t, err)
	got, v, err := casefile.Read[noun](c, casefile.Ref{Kind: "plan"})
	if err != nil || v != 1 || got.Text != text {
		t.Fatalf("got %+v version %d, %v", got, v, err)
	}
	d, _ := c.Document(casefile.Ref{Kind: "opinion", Name: "first"})
	if d.By != "ruth" || !d.At.Equal(Noon) || d.From != 0 {
		t.Errorf("got %+v", d)
	}
	if c.State != casefile.Open || !c.Created.Equal(Noon) || len(c.Grants) != 1 || c.Grants[0].Wording != "owner.v1" {
		t.Errorf("got case %+v", c)
	}
}

func staleSave(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	must(t, s.Apply(ctx, change(id, draft("plan", "", 0, "a"))))
	ch := change(id, draft("need", "", 0, "with it"), draft("plan", "", 0, "b"))
	ch.Jobs = []casefile.Job{{Kind: "tell", Subject: "x"}}
	err := s.Apply(ctx, ch)
	if !fault.Is(err, fault.Conflict) || fault.All(err)[0].Field != "plan" {
		t.Fatalf("got %v, want a conflict on the plan", err)
	}
	if err := s.Apply(ctx, change(id, draft("plan", "", 2, "from the future"))); !fault.Is(err, fault.Conflict) {
		t.Errorf("a save from a version that is not there: %v", err)
	}
	c, err := s.Case(ctx, id)
	must(t, err)
	if c.Has(casefile.Ref{Kind: "need"}) || c.Version(casefile.Ref{Kind: "plan"}) != 1 {
		t.Error("half of a refused change was kept")
	}
	if n, err := s.CountJobs(ctx); err != nil || n.Waiting != 0 {
		t.Errorf("a refused change left %d jobs, %v", n.Waiting, err)
	}
	if got := entries(t, s, id); got != 2 {
		t.Errorf("the log has %d entries, want 2: a change that was not made is not in it", got)
	}
}

func twoWriters(t *testing.T, p Place) {
	a, b := p.Open(t), p.Open(t) // as two replicas
	id := NewCase(t, a, "case1", "ruth")
	for round := range 20 {
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for w := range errs {
			s := a
			if w%2 == 1 {
				s = b
			}
			wg.Go(func() {
				errs[w] = s.Apply(ctx, change(id, draft("plan", "", casefile.Version(round), fmt.Sprint(w))))
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !fault.Is(err, fault.Conflict) {
				t.Fatalf("round %d: %v", round, err)
			}
		}
		if won != 1 {
			t.Fatalf("round %d: %d writers won", round, won)
		}
	}
	if got := entries(t, a, id); got != 21 {
		t.Errorf("the log has %d entries, want 21", got)
	}
}

func history(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	for i := range 12 {
		must(t, s.Apply(ctx, change(id, draft("plan", "", casefile.Version(i), fmt.Sprint("text ", i)))))
	}
	docs, err := s.History(ctx, id, casefile.Ref{Kind: "plan"})
	must(t, err)
	if len(docs) != 12 {
		t.Fatalf("got %d versions", len(docs))
	}
	for i, d := range docs {
		var n noun
		must(t, json.Unmarshal(d.Body, &n))
		if d.Version != casefile.Version(i+1) || n.Text != fmt.Sprint("text ", i) {
			t.Errorf("version %d says %q", d.Version, n.Text)
		}
	}
	if docs, err := s.History(ctx, id, casefile.Ref{Kind: "need"}); err != nil || len(docs) != 0 {
		t.Errorf("a document that is not there has %d versions, %v", len(docs), err)
	}
}

func restart(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	must(t, s.Apply(ctx, change(id, draft("plan", "", 0, "kept"))))
	must(t, s.Close())
	c, err := p.Open(t).Case(ctx, id)
	must(t, err)
	if got, _, err := casefile.Read[noun](c, casefile.Ref{Kind: "plan"}); err != nil || got.Text != "kept" {
		t.Fatalf("got %+v, %v", got, err)
	}
	other := Place{p.URL, NewKeys(t)}
	if _, err := other.Open(t).Case(ctx, id); !fault.Is(err, fault.Damaged) {
		t.Errorf("with the keys of another installation: %v, want damaged", err)
	}
}

func noCase(t *testing.T, p Place) {
	s := p.Open(t)
	_, err := s.Case(ctx, "nowhere")
	_, errKey := s.Key(ctx, "nowhere")
	_, errHistory := s.History(ctx, "nowhere", casefile.Ref{Kind: "plan"})
	for what, err := range map[string]error{
		"Case": err, "Key": errKey, "History": errHistory, "Apply": s.Apply(ctx, change("nowhere", draft("plan", "", 0, ""))),
		"Note": s.Note(ctx, change("nowhere")), "Erase": s.Erase(ctx, change("nowhere")), "Log": s.Log(ctx, "nowhere", &bytes.Buffer{}),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v, want not found", what, err)
		}
	}
}

func nobody(t *testing.T, p Place) {
	s := p.Open(t)
	if err := s.Create(ctx, change("case1")); err == nil {
		t.Error("a case was made that nobody may open")
	}
	NewCase(t, s, "case2", "ruth")
	again := change("case2")
	again.Grants = []consent.Grant{{ID: "g9", Person: "sam", Role: consent.Patient, From: Noon}}
	if err := s.Create(ctx, again); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second case of the same id: %v", err)
	}
}

func revoked(t *testing.T, p Place) {
	s := p.Open(t)
	NewCase(t, s, "case1", "ruth")
	later := NewCase(t, s, "case2", "ruth")
	ch := change(later, draft("plan", "", 0, ""))
	ch.At, ch.State = Noon.Add(time.Minute), casefile.Closed
	must(t, s.Apply(ctx, ch))
	list, err := s.Of(ctx, "ruth", Noon.Add(time.Hour))
	must(t, err)
	if len(list) != 2 || list[0].ID != "case2" || list[0].State != casefile.Closed || list[1].State != casefile.Open {
		t.Fatalf("got %+v", list)
	}
	c, err := s.Case(ctx, later)
	must(t, err)
	g := c.Grants[0]
	g.Revoked = Noon.Add(2 * time.Minute)
	end := change(later)
	end.Grants = []consent.Grant{g}
	must(t, s.Apply(ctx, end))
	if list, err = s.Of(ctx, "ruth", Noon.Add(time.Hour)); err != nil || len(list) != 1 || list[0].ID != "case1" {
		t.Errorf("after it was revoked: %+v, %v", list, err)
	}
	if list, err = s.Of(ctx, "sam", Noon); err != nil || len(list) != 0 {
		t.Errorf("a stranger sees %+v, %v", list, err)
	}
}

func grantRewritten(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	NewCase(t, s, "case2", "sam")
	for what, g := range map[string]consent.Grant{
		"another person": {ID: "g-case1", Person: "sam", Role: consent.Patient, From: Noon.Add(-time.Hour)},
		"another role":   {ID: "g-case1", Person: "ruth", Role: consent.Reviewer, From: Noon.Add(-time.Hour)},
		"another case's": {ID: "g-case2", Person: "sam", Role: consent.Patient, From: Noon.Add(-time.Hour)},
	} {
		ch := change(id)
		ch.Grants = []consent.Grant{g}
		if err := s.Apply(ctx, ch); !fault.Is(err, fault.Conflict) {
			t.Errorf("a grant was rewritten to %s: %v", what, err)
		}
	}
}

func erased(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	ch := change(id, draft("plan", "", 0, "a"))
	ch.Terms = []casefile.Term{{Label: "name", Value: "Ruth Alvarez"}}
	ch.Jobs = []casefile.Job{{Kind: "tell", Subject: "x"}}
	must(t, s.Apply(ctx, ch))
	wrapped := wrappedKey(t, p, id)
	must(t, s.Erase(ctx, casefile.Change{Case: id, By: "ruth", At: Noon, Verb: "erase_case"}))
	if inFiles(t, p, wrapped) {
		t.Error("the wrapped key can still be found in the database's files")
	}
	_, err := s.Case(ctx, id)
	_, errKey := s.Key(ctx, id)
	for what, err := range map[string]error{"Case": err, "Key": errKey, "Apply": s.Apply(ctx, change(id, draft("need", "", 0, ""))), "Erase": s.Erase(ctx, change(id))} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s of an erased case: %v, want not found", what, err)
		}
	}
	if ids, err := s.Find(ctx, casefile.Term{Label: "name", Value: "Ruth Alvarez"}); err != nil || len(ids) != 0 {
		t.Errorf("an erased case is found: %v, %v", ids, err)
	}
	if list, err := s.Of(ctx, "ruth", Noon); err != nil || len(list) != 0 {
		t.Errorf("an erased case is listed: %v, %v", list, err)
	}
	if _, ok, err := s.LeaseJob(ctx, "w", Noon, time.Minute); err != nil || ok {
		t.Errorf("an erased case still has work: %v", err)
	}
	if got := entries(t, s, id); got != 3 {
		t.Errorf("its log has %d entries, want 3: that it was erased must stand there", got)
	}
}

// clear looks for what a person typed in every row of every table.
func clear(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	const secret = "carcinoma-of-Ruth-Alvarez"
	ch := change(id, draft("plan", "", 0, secret))
	ch.Terms = []casefile.Term{{Label: "name", Value: secret}}
	must(t, s.Apply(ctx, ch))
	startUpload(t, s, id, "up1", secret)
	must(t, s.CreatePerson(ctx, person("p1", secret)))
	must(t, s.SaveCredential(ctx, credential("c1", "p1", secret)))
	must(t, s.Contents(func() time.Time { return Noon }).CommitCtx(ctx, "token", []byte(secret), Noon.Add(time.Hour)))
	must(t, s.AddAttempt(ctx, "handle:"+secret, Noon))
	dump := everything(t, p)
	if len(dump) < 500 {
		t.Fatalf("the dump of the database is too small to prove anything: %d bytes", len(dump))
	}
	if !strings.Contains(dump, "installation") || !strings.Contains(dump, "case1") {
		t.Fatal("the dump of the database lacks what should be in it")
	}
	for _, word := range []string{secret, "Alvarez", "alvarez", "carcinoma"} {
		if strings.Contains(dump, word) {
			t.Errorf("%q stands in the database in the clear", word)
		}
	}
}

func moved(t *testing.T, p Place) {
	for what, sql := range map[string]string{
		"under another kind": `UPDATE documents SET kind = 'need' WHERE kind = 'plan'`,
		"under another name": `UPDATE documents SET name = 'other' WHERE kind = 'plan'`,
		"to another version": `UPDATE documents SET version = 2 WHERE kind = 'plan'`,
		"to another author":  `UPDATE documents SET saved_by = 'sam' WHERE kind = 'plan'`,
		"to another time":    `UPDATE documents SET saved_at = 1 WHERE kind = 'plan'`,
		"to another case":    `UPDATE documents SET case_id = 'case2' WHERE kind = 'plan'`,
	} {
		s := p.Open(t)
		one, two := casefile.ID("case1"), casefile.ID("case2")
		if _, err := s.Case(ctx, one); err != nil {
			NewCase(t, s, one, "ruth")
			NewCase(t, s, two, "sam")
		}
		must(t, s.Apply(ctx, change(one, draft("plan", "", 0, "a"))))
		tamper(t, p, sql)
		_, err := s.Case(ctx, one)
		if err == nil {
			_, err = s.Case(ctx, two)
		}
		if !fault.Is(err, fault.Damaged) {
			t.Errorf("moved %s: %v, want damaged", what, err)
		}
		tamper(t, p, `DELETE FROM documents`)
		s.Close()
	}
}

func sentence(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	for _, d := range []casefile.Draft{draft("plan", "Ruth's plan", 0, ""), draft("breast cancer", "", 0, ""), draft("plan", strings.Repeat("a", 200), 0, "")} {
		if err := s.Apply(ctx, change(id, d)); !fault.Is(err, fault.Internal) {
			t.Errorf("%q was taken as a name: %v", d.Ref, err)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// entries checks the log and tells how many entries it has.
func entries(t testing.TB, s *storage.Store, id casefile.ID) int64 {
	t.Helper()
	var b bytes.Buffer
	must(t, s.Log(ctx, id, &b))
	rep, err := auditlog.Verify(&b, "")
	if err != nil {
		t.Fatalf("the log does not hold: %v", err)
	}
	return rep.Entries
}
