package storagetest

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"consilium/internal/actions"
	"consilium/internal/auditlog"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
	"consilium/internal/storage"
)

var shareChecks = []check{
	{"ALinkLeadsToItsCaseAndItsSecretIsKeptNowhere", shareKept},
	{"OfTwentyAtOnceExactlyAsManyOpenALinkAsMay", shareLimit},
	{"ALinkWithoutALimitLetsTwentyInAtOnce", shareNoLimit},
	{"ALinkEndsAtItsTime", shareExpires},
	{"ALinkThatIsTakenBackOpensForNobodyAnyMore", shareRevoked},
	{"WrongPasscodesAtOnceAreCountedOneByOne", shareLocked},
	{"ALinkIsErasedWithItsCase", shareErased},
}

const rightPasscode = "blue river 7"

// shelf is a vault that is not looked at here but for what is taken away.
type shelf struct {
	actions.Vault
	mu   sync.Mutex
	gone []string
}

func (s *shelf) Remove(_ context.Context, parts []casefile.Part) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range parts {
		s.gone = append(s.gone, p.Name)
	}
	return nil
}

func (s *shelf) Open(context.Context, casefile.Key, []casefile.Part) (actions.Reader, error) {
	return shelved{bytes.NewReader([]byte("sealed"))}, nil
}

type shelved struct{ *bytes.Reader }

func (shelved) Close() error { return nil }

// housed is the house on a store, at a time of the test's choice.
func housed(s *storage.Store, at time.Time) *actions.House {
	return &actions.House{Cases: s, Shares: s, Vault: &shelf{}, Now: func() time.Time { return at }}
}

func shareSecret(n int) string { return fmt.Sprintf("%043d", n) }

// shared makes a link in a new case.
func shared(t *testing.T, s *storage.Store, change func(*records.Share)) string {
	t.Helper()
	id := NewCase(t, s, "case1", "ruth")
	one := records.Share{
		ID: "share1", Label: "Records", What: records.ShareWhole, Made: Noon, Expires: Noon.Add(24 * time.Hour),
		Files: []records.Locked{{Type: "application/zip", Size: 6, Parts: []casefile.Part{{Name: "part1", Size: 6}}}},
	}
	change(&one)
	must(t, s.KeepShare(ctx, shareSecret(1), id, one.ID, Noon))
	must(t, s.Apply(ctx, casefile.Change{Case: id, By: "ruth", At: Noon, Verb: "share_packet", Note: one.ID, Drafts: []casefile.Draft{{Ref: records.ShareRef(one.ID), Body: one}}}))
	return shareSecret(1)
}

// quickly hashes a passcode as the house does, at the least cost.
func quickly(code string) string {
	salt := []byte("salt of sixteen.")
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=8,t=1,p=1$%s$%s", argon2.Version, b.EncodeToString(salt), b.EncodeToString(argon2.IDKey([]byte(code), salt, 1, 8, 1, 32)))
}

func readShare(t *testing.T, s *storage.Store) records.Share {
	t.Helper()
	c, err := s.Case(ctx, "case1")
	must(t, err)
	got, version, err := casefile.Read[records.Share](c, records.ShareRef("share1"))
	if err != nil || version == 0 {
		t.Fatalf("the link is not there: %v", err)
	}
	return got
}

// logged counts the entries of the case's log that have this verb, after checking it.
func logged(t *testing.T, p Place, s *storage.Store, verb string) int {
	t.Helper()
	var b bytes.Buffer
	must(t, s.Log(ctx, "case1", &b))
	text := b.String()
	if _, err := auditlog.Verify(&b, p.Keys.PublicKeys()[0]); err != nil {
		t.Errorf("the log does not hold: %v", err)
	}
	return strings.Count(text, `"verb":"`+verb+`"`)
}

// letIn counts openings that were no fault.
const letIn fault.Kind = -1

// atOnce opens a link twenty times at the same moment, in two replicas, and counts
// what came of it by kind.
func atOnce(t *testing.T, p Place, secret string, passcode func(n int) string) map[fault.Kind]int {
	t.Helper()
	houses := []*actions.House{housed(p.Open(t), Noon), housed(p.Open(t), Noon)}
	errs := make([]error, 20)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for n := range errs {
		wg.Go(func() {
			<-start
			s, err := houses[n%2].OpenShare(ctx, secret, fmt.Sprintf("Doctor %d", n), passcode(n))
			if errs[n] = err; err == nil && len(s.Files) != 1 {
				t.Errorf("let in to %d files", len(s.Files))
			}
		})
	}
	close(start)
	wg.Wait()
	count := map[fault.Kind]int{}
	for _, err := range errs {
		if err == nil {
			count[letIn]++
		} else {
			count[fault.KindOf(err)]++
		}
	}
	return count
}

func noPasscode(int) string { return "" }

func shareKept(t *testing.T, p Place) {
	s := p.Open(t)
	secret := shared(t, s, func(*records.Share) {})
	again := p.Open(t)
	if id, share, err := again.ShareOf(ctx, secret); err != nil || id != "case1" || share != "share1" {
		t.Errorf("it leads to %q %q, %v", id, share, err)
	}
	for what, err := range map[string]error{
		"another secret":   third(s.ShareOf(ctx, shareSecret(2))),
		"no secret at all": third(s.ShareOf(ctx, "")),
		"its own hash":     third(s.ShareOf(ctx, "share1")),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := s.KeepShare(ctx, "short", "case1", "share2", Noon); err == nil {
		t.Error("a secret that can be guessed was kept")
	}
	if err := s.KeepShare(ctx, secret, "case1", "share2", Noon); err == nil {
		t.Error("one secret leads to two links")
	}
	if _, err := housed(s, Noon).OpenShare(ctx, secret, "Dr. Chen, Lakeside", ""); err != nil {
		t.Error(err)
	}
	dump := everything(t, p)
	for _, word := range []string{secret, "Chen", "Lakeside"} {
		if strings.Contains(dump, word) || inFiles(t, p, []byte(word)) {
			t.Errorf("%q stands in the clear", word)
		}
	}
}

func third[A, B any](_ A, _ B, err error) error { return err }

func shareLimit(t *testing.T, p Place) {
	s := p.Open(t)
	const most = 13
	secret := shared(t, s, func(s *records.Share) { s.Most = most })
	count := atOnce(t, p, secret, noPasscode)
	if count[letIn] != most || count[fault.NotFound] != 20-most {
		t.Errorf("of twenty at once: %v; want %d let in and the others told that it is over", count, most)
	}
	got := readShare(t, s)
	who := map[string]bool{}
	for _, o := range got.Openings {
		who[o.Recipient] = true
	}
	if got.Uses != most || len(got.Openings) != most || len(who) != most {
		t.Errorf("%d uses, %d openings by %d people; want %d of each", got.Uses, len(got.Openings), len(who), most)
	}
	if n := logged(t, p, s, "open_share"); n != most {
		t.Errorf("%d openings in the log, want %d", n, most)
	}
	// Whoever was let in last still gets the file.
	if r, _, err := housed(s, Noon).SharedFile(ctx, secret, 0); err != nil {
		t.Error(err)
	} else if b, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size())); err != nil || string(b) != "sealed" {
		t.Errorf("%q, %v", b, err)
	}
}

func shareNoLimit(t *testing.T, p Place) {
	s := p.Open(t)
	secret := shared(t, s, func(*records.Share) {})
	if count := atOnce(t, p, secret, noPasscode); count[letIn] != 20 {
		t.Errorf("of twenty at once: %v", count)
	}
	if got, n := readShare(t, s), logged(t, p, s, "open_share"); got.Uses != 20 || n != 20 {
		t.Errorf("%d uses, %d in the log", got.Uses, n)
	}
}

func shareExpires(t *testing.T, p Place) {
	s := p.Open(t)
	secret := shared(t, s, func(*records.Share) {})
	end := Noon.Add(24 * time.Hour)
	if _, err := housed(s, end.Add(-time.Millisecond)).OpenShare(ctx, secret, "x", ""); err != nil {
		t.Errorf("just before its end: %v", err)
	}
	for _, at := range []time.Time{end, end.Add(time.Hour)} {
		if _, err := housed(s, at).OpenShare(ctx, secret, "x", ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("at its end: %v", err)
		}
		if _, _, err := housed(s, at).SharedFile(ctx, secret, 0); !fault.Is(err, fault.NotFound) {
			t.Errorf("its file at its end: %v", err)
		}
	}
	if got, n := readShare(t, s), logged(t, p, s, "open_share"); got.Uses != 1 || n != 1 {
		t.Errorf("%d uses, %d in the log", got.Uses, n)
	}
}

func shareRevoked(t *testing.T, p Place) {
	s := p.Open(t)
	secret := shared(t, s, func(*records.Share) {})
	c, err := s.Case(ctx, "case1")
	must(t, err)
	h := housed(s, Noon)
	if err := h.RevokeShare(ctx, "sam", c, "share1"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a stranger took it back: %v", err)
	}
	// It is taken back from a page that was read before, while others open it.
	done := make(chan error)
	go func() { done <- h.RevokeShare(ctx, "ruth", c, "share1") }()
	count := atOnce(t, p, secret, noPasscode)
	if err := <-done; err != nil {
		t.Fatalf("it could not be taken back while others opened it: %v", err)
	}
	got := readShare(t, s)
	if count[letIn]+count[fault.NotFound] != 20 || got.Uses != count[letIn] || logged(t, p, s, "open_share") != count[letIn] {
		t.Errorf("%v, %d uses, %d in the log", count, got.Uses, logged(t, p, s, "open_share"))
	}
	if got.Over(Noon) != "revoked" || len(got.Files) != 0 || logged(t, p, s, "revoke_share") != 1 {
		t.Errorf("after it was taken back: %+v", got)
	}
	if gone := h.Vault.(*shelf).gone; len(gone) != 1 || gone[0] != "part1" {
		t.Errorf("taken away: %v", gone)
	}
	if _, err := housed(p.Open(t), Noon).OpenShare(ctx, secret, "x", ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("it still opens: %v", err)
	}
	if _, _, err := h.SharedFile(ctx, secret, 0); !fault.Is(err, fault.NotFound) {
		t.Errorf("whoever was let in before still gets the file: %v", err)
	}
}

func shareLocked(t *testing.T, p Place) {
	s := p.Open(t)
	secret := shared(t, s, func(s *records.Share) { s.Passcode, s.Tries = quickly(rightPasscode), records.MostTries })
	h := housed(s, Noon)
	if _, err := h.OpenShare(ctx, secret, "x", rightPasscode); err != nil {
		t.Fatalf("the right passcode: %v", err)
	}
	count := atOnce(t, p, secret, func(n int) string { return fmt.Sprint("guess ", n) })
	if count[fault.Unauthenticated] != records.MostTries || count[fault.NotFound] != 20-records.MostTries {
		t.Errorf("of twenty guesses at once: %v; want exactly %d heard", count, records.MostTries)
	}
	got := readShare(t, s)
	if got.Tries != 0 || got.Uses != 1 || len(got.Openings) != 1+records.MostTries || logged(t, p, s, "refuse_share") != records.MostTries {
		t.Errorf("%d tries left, %d uses, %d openings, %d in the log", got.Tries, got.Uses, len(got.Openings), logged(t, p, s, "refuse_share"))
	}
	if _, err := h.OpenShare(ctx, secret, "x", rightPasscode); !fault.Is(err, fault.NotFound) {
		t.Errorf("the right passcode after too many wrong ones: %v", err)
	}
}

func shareErased(t *testing.T, p Place) {
	s := p.Open(t)
	secret := shared(t, s, func(*records.Share) {})
	NewCase(t, s, "case2", "sam")
	must(t, s.KeepShare(ctx, shareSecret(2), "case2", "share9", Noon))
	must(t, s.Erase(ctx, casefile.Change{Case: "case1", By: "ruth", At: Noon, Verb: "erase_case"}))
	if err := third(s.ShareOf(ctx, secret)); !fault.Is(err, fault.NotFound) {
		t.Errorf("it still leads somewhere: %v", err)
	}
	if _, err := housed(s, Noon).OpenShare(ctx, secret, "x", ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("it still opens: %v", err)
	}
	if id, share, err := s.ShareOf(ctx, shareSecret(2)); err != nil || id != "case2" || share != "share9" {
		t.Errorf("another case's link went with it: %q %q %v", id, share, err)
	}
}
