package seal

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"consilium/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

func open(t testing.TB, dir string) *Installation {
	t.Helper()
	in, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestKeysStayTheSameAfterARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "keys")
	in := open(t, dir)
	wrapped, key, err := in.NewCaseKey([]byte("case1"))
	must(t, err)
	sealed, err := key.Seal([]byte("plain"), []byte("aad"))
	must(t, err)
	value, err := in.SealValue([]byte("form"), "session", "s1")
	must(t, err)
	token, err := in.Token("name", "Ruth Alvarez")
	must(t, err)

	again := open(t, dir)
	k, err := again.Unwrap(wrapped, []byte("case1"))
	must(t, err)
	if b, err := k.Open(sealed, []byte("aad")); err != nil || string(b) != "plain" {
		t.Errorf("got %q, %v", b, err)
	}
	if b, err := again.OpenValue(value, "session", "s1"); err != nil || string(b) != "form" {
		t.Errorf("got %q, %v", b, err)
	}
	if same, err := again.Token("name", "ruth  ALVAREZ"); err != nil || same != token {
		t.Errorf("token %s, want %s (%v)", same, token, err)
	}
	if again.Verifier().KeyHash() != in.Verifier().KeyHash() {
		t.Error("the log's key changed")
	}
}

func TestOnlyTheOperatorMayReadTheKeys(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	open(t, dir)
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, KeyFile): 0o600} {
		st, err := os.Stat(path)
		must(t, err)
		if st.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, st.Mode().Perm(), want)
		}
	}
	must(t, os.Chmod(filepath.Join(dir, KeyFile), 0o644))
	if _, err := Open(dir); err == nil {
		t.Error("a key file that everybody may read was used")
	}
}

func TestTwoThatStartAtOnceEndWithTheSameKeys(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	tokens := make([]string, 8)
	var wg sync.WaitGroup
	for i := range tokens {
		wg.Go(func() {
			in, err := Open(dir)
			if err != nil {
				t.Error(err)
				return
			}
			tokens[i], _ = in.Token("name", "x")
		})
	}
	wg.Wait()
	for _, token := range tokens {
		if token == "" || token != tokens[0] {
			t.Fatalf("tokens differ: %v", tokens)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("the folder holds %v, want the key file and the public keys (%v)", left, err)
	}
}

func TestWhatIsSealedOpensOnlyForWhatItWasSealedFor(t *testing.T) {
	in, other := open(t, filepath.Join(t.TempDir(), "a")), open(t, filepath.Join(t.TempDir(), "b"))
	wrapped, key, err := in.NewCaseKey([]byte("case1"))
	must(t, err)
	_, second, err := in.NewCaseKey([]byte("case2"))
	must(t, err)
	sealed, err := key.Seal([]byte("plain"), []byte("aad"))
	must(t, err)
	value, err := in.SealValue([]byte("form"), "session", "s1")
	must(t, err)
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)/2] ^= 1

	for what, f := range map[string]func() error{
		"another case's id":      func() error { _, err := in.Unwrap(wrapped, []byte("case2")); return err },
		"another installation":   func() error { _, err := other.Unwrap(wrapped, []byte("case1")); return err },
		"a cut key":              func() error { _, err := in.Unwrap(wrapped[:len(wrapped)-1], []byte("case1")); return err },
		"no key":                 func() error { _, err := in.Unwrap(nil, []byte("case1")); return err },
		"another case's key":     func() error { _, err := second.Open(sealed, []byte("aad")); return err },
		"another aad":            func() error { _, err := key.Open(sealed, []byte("other")); return err },
		"a flipped bit":          func() error { _, err := key.Open(flipped, []byte("aad")); return err },
		"a cut body":             func() error { _, err := key.Open(sealed[:10], []byte("aad")); return err },
		"another purpose":        func() error { _, err := in.OpenValue(value, "session", "s2"); return err },
		"a purpose cut elsewise": func() error { _, err := in.OpenValue(value, "sessions", "1"); return err },
		"another's value":        func() error { _, err := other.OpenValue(value, "session", "s1"); return err },
	} {
		if err := f(); !fault.Is(err, fault.Damaged) {
			t.Errorf("%s: %v, want damaged", what, err)
		}
	}
}

func TestTheSameTwiceIsSealedDifferently(t *testing.T) {
	_, key, err := open(t, filepath.Join(t.TempDir(), "keys")).NewCaseKey([]byte("case1"))
	must(t, err)
	a, err := key.Seal([]byte("plain"), nil)
	must(t, err)
	b, err := key.Seal([]byte("plain"), nil)
	must(t, err)
	if bytes.Equal(a, b) {
		t.Error("equal documents can be told from their sealed bytes")
	}
}

func TestTokensMeetWhereAPersonWouldCallItEqual(t *testing.T) {
	in := open(t, filepath.Join(t.TempDir(), "keys"))
	token := func(label, value string) string {
		t.Helper()
		s, err := in.Token(label, value)
		must(t, err)
		if len(s) != 32 {
			t.Fatalf("token %q", s)
		}
		return s
	}
	for _, same := range [][3]string{
		{"name", "José O'Neil-García", "jose oneil garcia"},
		{"name", "Alvarez, Ruth", "alvarez ruth"},
		{"number", "MRN 12-34", "mrn1234"},
		{"handle", " Ruth@Example.org", "ruth@example.org"},
		{"birth_date", "1961-04-03", "1961-04-03 "},
	} {
		if token(same[0], same[1]) != token(same[0], same[2]) {
			t.Errorf("%s: %q and %q are told apart", same[0], same[1], same[2])
		}
	}
	for _, other := range [][4]string{
		{"name", "Ruth Alvarez", "name", "Ruth Alvares"},
		{"name", "ruth", "handle", "ruth"},
		{"handle", "a.b@x.org", "handle", "ab@x.org"},
		{"number", "12", "number", "21"},
		{"name", "annalisa", "name", "anna lisa"},
	} {
		if token(other[0], other[1]) == token(other[2], other[3]) {
			t.Errorf("%q and %q have one token", other[1], other[3])
		}
	}
}

func TestAfterRotationTheOldOpensAndTheNewSeals(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	in := open(t, dir)
	wrapped, _, err := in.NewCaseKey([]byte("case1"))
	must(t, err)
	value, err := in.SealValue([]byte("form"), "x")
	must(t, err)
	token, err := in.Token("name", "ruth")
	must(t, err)
	must(t, Rotate(dir))
	now := open(t, dir)
	if _, err := now.Unwrap(wrapped, []byte("case1")); err != nil {
		t.Errorf("an old case: %v", err)
	}
	if b, err := now.OpenValue(value, "x"); err != nil || string(b) != "form" {
		t.Errorf("an old value: %q, %v", b, err)
	}
	if same, err := now.Token("name", "ruth"); err != nil || same != token {
		t.Errorf("the blind index changed: %v", err)
	}
	fresh, err := now.SealValue([]byte("form"), "x")
	must(t, err)
	if _, err := in.OpenValue(fresh, "x"); err == nil {
		t.Error("after rotation the old key still seals")
	}
	if len(now.PublicKeys()) != 2 || now.PublicKeys()[0] != in.PublicKeys()[0] {
		t.Errorf("public keys %v", now.PublicKeys())
	}
	signed, err := note.Sign(&note.Note{Text: "x\n"}, now.Signer())
	must(t, err)
	if _, err := note.Open(signed, note.VerifierList(now.Verifier())); err != nil {
		t.Error(err)
	}
}

func TestAKeyFileThatIsNoneIsRefused(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{"", "{}", `{"format":"consilium-key-1","log":[{}]}`, "\x00"} {
		must(t, os.WriteFile(filepath.Join(dir, KeyFile), []byte(text), 0o600))
		if _, err := Open(dir); err == nil {
			t.Errorf("%q was taken for a key file", text)
		}
		if b, err := os.ReadFile(filepath.Join(dir, KeyFile)); err != nil || string(b) != text {
			t.Errorf("a key file that could not be read was written over: %v", err)
		}
	}
}
