package auditlog

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/fault"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// keeper holds a tree in memory, as storage holds it in tables.
type keeper struct {
	t      testing.TB
	tree   string
	signer note.Signer
	public string
	hashes []tlog.Hash
	leaves []Leaf
}

func newKeeper(t testing.TB, tree string) *keeper { return keeperFrom(t, tree, rand.Reader) }

func keeperFrom(t testing.TB, tree string, from io.Reader) *keeper {
	t.Helper()
	private, public, err := note.GenerateKey(from, "consilium-test")
	must(t, err)
	signer, err := note.NewSigner(private)
	must(t, err)
	return &keeper{t: t, tree: tree, signer: signer, public: public}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (k *keeper) add(verb string) {
	k.t.Helper()
	stored := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			out[i] = k.hashes[x]
		}
		return out, nil
	})
	e := Entry{Seq: int64(len(k.leaves)) + 1, At: noon, By: "ruth", Verb: verb, Subjects: []Subject{{Ref: "plan", Version: 3, SHA256: strings.Repeat("ab", 32)}}}
	leaf, err := Append(k.tree, e, stored, k.signer)
	must(k.t, err)
	if leaf.First != int64(len(k.hashes)) {
		k.t.Fatalf("hashes of entry %d start at %d, want %d", e.Seq, leaf.First, len(k.hashes))
	}
	k.hashes = append(k.hashes, leaf.Hashes...)
	k.leaves = append(k.leaves, leaf)
}

// lines gives the exported log, line by line.
func (k *keeper) lines() []string {
	k.t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, k.tree, []string{k.public})
	must(k.t, err)
	for _, l := range k.leaves {
		must(k.t, w.Add(l.Entry, l.Checkpoint))
	}
	must(k.t, w.Close())
	return strings.SplitAfter(strings.TrimSuffix(b.String(), "\n"), "\n")
}

func grown(t testing.TB, n int) *keeper {
	k := newKeeper(t, "case1")
	for i := range n {
		k.add(fmt.Sprint("verb", i))
	}
	return k
}

func verify(lines []string, key string, earlier ...string) (Report, error) {
	return Verify(strings.NewReader(strings.Join(lines, "")), key, earlier...)
}

func TestALogOfAnySizeHolds(t *testing.T) {
	k := newKeeper(t, "case1")
	for n := range 70 {
		rep, err := verify(k.lines(), k.public)
		if err != nil || rep.Entries != int64(n) || !rep.Trusted || rep.Tree != "case1" {
			t.Fatalf("%d entries: %+v, %v", n, rep, err)
		}
		k.add("answer_need")
	}
}

func TestRootsAgreeWithTheReferenceTree(t *testing.T) {
	k := grown(t, 130)
	var e edge
	for i, l := range k.leaves {
		e.add(tlog.RecordHash(l.Entry))
		want, err := tlog.TreeHash(int64(i+1), tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
			out := make([]tlog.Hash, len(indexes))
			for j, x := range indexes {
				out[j] = k.hashes[x]
			}
			return out, nil
		}))
		must(t, err)
		if e.root() != want {
			t.Fatalf("%d entries: another root", i+1)
		}
	}
}

func TestAnEntryThatWasTouchedIsNamedByItsNumber(t *testing.T) {
	k := grown(t, 12)
	for n := 1; n <= 12; n++ { // entry n stands in line n; the head is line 0
		for what, touch := range map[string]func(l []string) []string{
			"changed":   func(l []string) []string { l[n] = strings.Replace(l[n], `"by":"ruth"`, `"by":"sam"`, 1); return l },
			"one space": func(l []string) []string { l[n] = strings.Replace(l[n], `"by":"ruth"`, `"by": "ruth"`, 1); return l },
			"other time": func(l []string) []string {
				l[n] = strings.Replace(l[n], "T12:00:00.000Z", "T12:00:00.001Z", 1)
				return l
			},
			"removed":    func(l []string) []string { return append(l[:n:n], l[n+1:]...) },
			"put in":     func(l []string) []string { return append(append(l[:n:n], l[n]), l[n:]...) },
			"unreadable": func(l []string) []string { l[n] = "{\n"; return l },
			"not signed": func(l []string) []string {
				l[n] = strings.Replace(l[n], "consilium-test ", "consilium-evil ", 1)
				return l
			},
			"cut before":  func(l []string) []string { return l[:n] },
			"cut within":  func(l []string) []string { return append(l[:n:n], l[n][:len(l[n])/2]) },
			"other check": func(l []string) []string { return swapCheckpoint(l, n) },
		} {
			want := int64(n)
			if what == "put in" {
				want++
			}
			rep, err := verify(touch(append([]string(nil), k.lines()...)), k.public)
			if !fault.Is(err, fault.Damaged) || len(rep.Problems) == 0 || rep.Problems[0].Entry != want {
				t.Errorf("entry %d %s: %v, %+v; want entry %d named", n, what, err, rep.Problems, want)
			}
		}
	}
}

// swapCheckpoint gives entry n the checkpoint of a neighbour.
func swapCheckpoint(l []string, n int) []string {
	other := n + 1
	if n == len(l)-2 {
		other = n - 1
	}
	mine, theirs := l[n][strings.Index(l[n], `"checkpoint"`):], l[other][strings.Index(l[other], `"checkpoint"`):]
	l[n] = strings.Replace(l[n], mine, theirs, 1)
	return l
}

func TestReorderedEntriesAreNamed(t *testing.T) {
	l := grown(t, 9).lines()
	l[4], l[5] = l[5], l[4]
	if rep, err := verify(l, ""); err == nil || rep.Problems[0].Entry != 4 {
		t.Errorf("got %+v, %v", rep, err)
	}
}

func TestALogThatWasCutBackAndSignedAgainDoesNotAgreeWithAKeptCheckpoint(t *testing.T) {
	k := grown(t, 9)
	kept := k.leaves[8].Checkpoint
	k.leaves = k.leaves[:6] // whoever holds the key writes a shorter log, whole in itself
	k.hashes = k.hashes[:tlog.StoredHashIndex(0, 6)]
	if _, err := verify(k.lines(), k.public); err != nil {
		t.Fatalf("in itself it is whole: %v", err)
	}
	if rep, err := verify(k.lines(), k.public, kept); err == nil || rep.Problems[0].Entry != 7 {
		t.Errorf("got %+v, %v; want entry 7 named as gone", rep, err)
	}
	for range 4 {
		k.add("another_story")
	}
	if rep, err := verify(k.lines(), k.public, kept); err == nil || rep.Problems[0].Entry != 9 {
		t.Errorf("rewritten: %+v, %v; want entry 9 named", rep, err)
	}
	if rep, err := verify(grown(t, 3).lines(), "", kept); err == nil || len(rep.Problems) == 0 {
		t.Errorf("a checkpoint that another key signed: %+v, %v", rep, err)
	}
}

func TestALogSignedWithAnotherKeyIsNotTrusted(t *testing.T) {
	k, other := grown(t, 3), newKeeper(t, "case1")
	if rep, err := verify(k.lines(), other.public); err == nil || rep.Problems[0].Entry != 1 {
		t.Errorf("got %+v, %v", rep, err)
	}
	if rep, err := verify(k.lines(), other.public+"\n"+k.public); err != nil || !rep.Trusted {
		t.Errorf("one of two keys: %+v, %v", rep, err)
	}
	if rep, err := verify(k.lines(), ""); err != nil || rep.Trusted {
		t.Errorf("with its own key only: %+v, %v", rep, err)
	}
	if _, err := verify(k.lines(), "not a key"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a key that is none: %v", err)
	}
}

func TestAnotherCasesLogIsFound(t *testing.T) {
	k := grown(t, 3)
	l := k.lines()
	l[0] = strings.Replace(l[0], "case1", "case2", 1)
	if _, err := verify(l, k.public); !fault.Is(err, fault.Damaged) {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNoLogIsRefused(t *testing.T) {
	for _, text := range []string{"", "\n", "hello", "{}", `{"format":"other"}`, strings.Repeat("x", maxLine+10)} {
		if _, err := Verify(strings.NewReader(text), ""); !fault.Is(err, fault.Refused) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

func TestAnEntryHasOneEncodingAndHoldsOneLine(t *testing.T) {
	e := Entry{Seq: 7, At: time.Date(2026, 11, 22, 13, 0, 0, 123456789, time.FixedZone("", 3600)), By: "ruth", Verb: "export", Note: "a<b & \"c\""}
	b, err := Encode(e)
	must(t, err)
	if want := `{"seq":7,"at":"2026-11-22T12:00:00.123Z","by":"ruth","verb":"export","note":"a<b & \"c\""}`; string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
	back, err := Decode(b)
	must(t, err)
	again, err := Encode(back)
	if err != nil || !bytes.Equal(again, b) {
		t.Errorf("read and written again it is %s, %v", again, err)
	}
	for _, bad := range []Entry{{Verb: "x"}, {Seq: 1}, {Seq: 1, Verb: "x\ny"}, {Seq: 1, Verb: "x", Note: "\xff"}, {Seq: 1, Verb: "x", Note: strings.Repeat("n", MaxNote+1)}, {Seq: 1, Verb: "x", By: casefile.Person("a\tb")}} {
		if _, err := Encode(bad); err == nil {
			t.Errorf("%+v was encoded", bad)
		}
	}
}

func FuzzVerify(f *testing.F) {
	// The same key in every worker of the fuzzer.
	k := keeperFrom(f, "case1", bytes.NewReader(make([]byte, 64)))
	for range 5 {
		k.add("verb")
	}
	whole := strings.Join(k.lines(), "")
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add(strings.ReplaceAll(whole, `"entry"`, `"last"`))
	f.Fuzz(func(t *testing.T, text string) {
		rep, err := Verify(strings.NewReader(text), k.public)
		if err != nil || rep.Entries == 0 {
			return
		}
		// Whatever passes says what was signed, entry by entry.
		if rep.Entries > 5 || !strings.HasPrefix(k.leaves[rep.Entries-1].Checkpoint, origin+"case1\n"+fmt.Sprint(rep.Entries)+"\n"+rep.Root) {
			t.Fatalf("%d entries with root %s were never signed", rep.Entries, rep.Root)
		}
	})
}
