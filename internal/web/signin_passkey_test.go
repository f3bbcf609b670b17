package web_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"consilium/internal/web"
)

// key is a passkey as a device keeps it: made by the test, with the device's side of
// the protocol written out, so that every part of an answer can be made wrong.
type key struct {
	private *ecdsa.PrivateKey
	id      []byte
	user    []byte // whom the device thinks it belongs to
	count   uint32
	origin  string // what the browser says it is at
	flags   byte   // user present 1, user verified 4
}

func newKey(t *testing.T, origin string) *key {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k := &key{private: private, id: make([]byte, 32), origin: origin, flags: 1 | 4}
	_, _ = rand.Read(k.id)
	return k
}

// named is the site under the name that passkeys need.
func named(c *web.DoorsConfig) { c.Public = strings.Replace(c.Public, "127.0.0.1", "localhost", 1) }

func (s *site) origin() string {
	return strings.Replace(s.server.URL, "127.0.0.1", "localhost", 1)
}

var b64 = base64.RawURLEncoding

func (k *key) client(kind, challenge string) []byte {
	b, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": k.origin, "crossOrigin": false})
	return b
}

// data is what the device signs of itself: for whom, how, how often.
func (k *key) data(more []byte, flags byte) []byte {
	site := sha256.Sum256([]byte("localhost"))
	b := append(site[:], k.flags|flags)
	b = binary.BigEndian.AppendUint32(b, k.count)
	return append(b, more...)
}

// create answers the challenge for a new passkey.
func (k *key) create(t *testing.T, challenge string) string {
	t.Helper()
	x, y := make([]byte, 32), make([]byte, 32)
	k.private.X.FillBytes(x)
	k.private.Y.FillBytes(y)
	cose, err := webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: x, -3: y})
	if err != nil {
		t.Fatal(err)
	}
	more := make([]byte, 16) // the maker: unnamed
	more = binary.BigEndian.AppendUint16(more, uint16(len(k.id)))
	more = append(append(more, k.id...), cose...)
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": k.data(more, 0x40)})
	if err != nil {
		t.Fatal(err)
	}
	return k.answer(map[string]any{"clientDataJSON": b64.EncodeToString(k.client("webauthn.create", challenge)), "attestationObject": b64.EncodeToString(object), "transports": []string{"internal"}})
}

// get answers the challenge for signing in.
func (k *key) get(t *testing.T, challenge string) string {
	t.Helper()
	k.count++
	client, data := k.client("webauthn.get", challenge), k.data(nil, 0)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, k.private, signed[:])
	if err != nil {
		t.Fatal(err)
	}
	return k.answer(map[string]any{"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data), "signature": b64.EncodeToString(sig), "userHandle": b64.EncodeToString(k.user)})
}

func (k *key) answer(response map[string]any) string {
	b, _ := json.Marshal(map[string]any{"id": b64.EncodeToString(k.id), "rawId": b64.EncodeToString(k.id), "type": "public-key", "clientExtensionResults": map[string]any{}, "response": response})
	return string(b)
}

// begin asks for a challenge as the script does, and gives it with the user's id.
func (b *browser) begin(use string) (challenge, user string) {
	b.t.Helper()
	a := b.send(use+"/begin", "{}")
	want(b.t, a, http.StatusOK)
	var o struct {
		PublicKey struct {
			Challenge string
			RPID      string
			User      struct{ ID string }
			RP        struct{ ID string }
		}
	}
	if err := json.Unmarshal([]byte(a.body), &o); err != nil {
		b.t.Fatal(err)
	}
	if o.PublicKey.RPID+o.PublicKey.RP.ID != "localhost" {
		b.t.Fatalf("the challenge is for %q: %s", o.PublicKey.RPID+o.PublicKey.RP.ID, a.body)
	}
	return o.PublicKey.Challenge, o.PublicKey.User.ID
}

func (b *browser) send(path, body string) answer {
	b.t.Helper()
	return b.doBody(http.MethodPost, path, strings.NewReader(body), "Content-Type", "application/json")
}

// withPasskey gives a site where Ruth has a passkey, and her passkey.
func withPasskey(t *testing.T) (*site, *key) {
	t.Helper()
	s := newSite(t, named)
	s.owner()
	b := s.browser()
	b.signIn("ruth", goodPassphrase)
	k := newKey(t, s.origin())
	challenge, user := b.begin("/account/passkey")
	k.user, _ = b64.DecodeString(user)
	a := b.send("/account/passkey/finish", k.create(t, challenge))
	want(t, a, http.StatusOK, `"next":"/account?done=passkey`)
	want(t, b.get("/account?done=passkey"), http.StatusOK, "Your passkey is added", "Firefox, Linux")
	return s, k
}

func TestAPasskeySignsInWithoutNameOrPassphrase(t *testing.T) {
	s, k := withPasskey(t)
	for range 2 {
		b := s.browser()
		challenge, _ := b.begin("/sign-in/passkey")
		want(t, b.send("/sign-in/passkey/finish", k.get(t, challenge)), http.StatusOK)
		if !b.in() {
			t.Fatal("not signed in")
		}
	}
	creds, err := s.store.Credential(t.Context(), b64.EncodeToString(k.id))
	if err != nil || creds.Used.IsZero() || !strings.Contains(string(creds.Secret), `"signCount":2`) {
		t.Errorf("its use was not written down: %s %v", creds.Secret, err)
	}
	if n := strings.Count(s.installationLog(), `"passkey"`); n != 3 { // added once, used twice
		t.Errorf("the log names the passkey %d times:\n%s", n, s.installationLog())
	}
}

func TestAPasskeysAnswerMustBeRightInEveryPart(t *testing.T) {
	s, good := withPasskey(t)
	for name, spoil := range map[string]func(*key){
		"another site's page":         func(k *key) { k.origin = "https://evil.example" },
		"another port":                func(k *key) { k.origin = "http://localhost:1" },
		"nobody touched the device":   func(k *key) { k.flags = 4 },
		"the device checked nobody":   func(k *key) { k.flags = 1 },
		"another person's name":       func(k *key) { k.user = []byte("somebody-else") },
		"a key that nobody has":       func(k *key) { k.id = []byte("another-id-another-id-another-id") },
		"signed by another device":    func(k *key) { k.private = newKey(t, k.origin).private },
		"a count that went backwards": func(k *key) { k.count = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			// A right answer first, so that the count stands above 1.
			b := s.browser()
			challenge, _ := b.begin("/sign-in/passkey")
			want(t, b.send("/sign-in/passkey/finish", good.get(t, challenge)), http.StatusOK)
			bad := *good
			spoil(&bad)
			b = s.browser()
			challenge, _ = b.begin("/sign-in/passkey")
			want(t, b.send("/sign-in/passkey/finish", bad.get(t, challenge)), http.StatusUnauthorized)
			if b.in() {
				t.Error("signed in")
			}
		})
	}
	if n := strings.Count(s.installationLog(), `"sign_in_failed"`); n != 8 {
		t.Errorf("the log holds %d failures, want 8", n)
	}
}

func TestAPasskeysChallengeIsAnsweredOnceAndInTime(t *testing.T) {
	s, k := withPasskey(t)
	b := s.browser()
	challenge, _ := b.begin("/sign-in/passkey")
	state := b.cookie("passkey")
	answer := k.get(t, challenge)
	want(t, b.send("/sign-in/passkey/finish", answer), http.StatusOK)
	// Somebody who saw it all sends it again.
	thief := s.browser()
	want(t, thief.doBody(http.MethodPost, "/sign-in/passkey/finish", strings.NewReader(answer), "Cookie", "passkey="+state), http.StatusUnauthorized)
	if thief.in() {
		t.Error("an answer was good twice")
	}
	// Without a challenge of ours there is nothing to answer.
	want(t, s.browser().send("/sign-in/passkey/finish", answer), http.StatusUnauthorized)
	// A challenge for adding does not sign in.
	adds := s.browser()
	adds.signIn("ruth", goodPassphrase)
	challenge, _ = adds.begin("/account/passkey")
	other := s.browser()
	want(t, other.doBody(http.MethodPost, "/sign-in/passkey/finish", strings.NewReader(k.get(t, challenge)), "Cookie", "passkey="+adds.cookie("passkey")), http.StatusUnauthorized)
	if other.in() {
		t.Error("a challenge for one thing did another")
	}
}

func TestARemovedPasskeyNoLongerOpens(t *testing.T) {
	s, k := withPasskey(t)
	b := s.browser()
	b.signIn("ruth", goodPassphrase)
	redirects(t, b.post("/account/passkey/remove", "id", b64.EncodeToString(k.id)), "/account?done=removed")
	late := s.browser()
	challenge, _ := late.begin("/sign-in/passkey")
	want(t, late.send("/sign-in/passkey/finish", k.get(t, challenge)), http.StatusUnauthorized)
}

func TestOnlyWhoIsSignedInAddsAPasskey(t *testing.T) {
	s := newSite(t, named)
	s.owner()
	b := s.browser()
	want(t, b.send("/account/passkey/begin", "{}"), http.StatusUnauthorized)
	want(t, b.send("/account/passkey/finish", "{}"), http.StatusUnauthorized)
	// What is no answer at all is told as politely.
	b.signIn("ruth", goodPassphrase)
	for _, body := range []string{"", "{}", "null", "[1", strings.Repeat("x", 100<<10)} {
		b.begin("/account/passkey")
		want(t, b.send("/account/passkey/finish", body), http.StatusUnauthorized)
	}
}

func TestUnderANumberedAddressThePageSaysWherePasskeysWork(t *testing.T) {
	s := newSite(t)
	s.owner()
	b := s.browser()
	want(t, b.get("/sign-in"), http.StatusOK, `href="`+s.origin()+`/sign-in?back=`)
	page := b.get("/sign-in")
	if strings.Contains(page.body, "data-begin") {
		t.Error("a button stands there that cannot work")
	}
	b.signIn("ruth", goodPassphrase)
	want(t, b.get("/account"), http.StatusOK, s.origin()+"/account")
}

func TestAfterAPasskeyAHeldFormIsOfferedToo(t *testing.T) {
	s, k := withPasskey(t)
	b := s.browser()
	page := b.do(http.MethodPost, "/cases", fields("name", "x"))
	held := hidden(t, page.body, "held")
	challenge, _ := b.begin("/sign-in/passkey")
	want(t, b.send("/sign-in/passkey/finish", k.get(t, challenge)), http.StatusOK)
	want(t, b.post("/sign-in/held", "held", held), http.StatusOK, "Save it now", `action="/cases"`)
	s.wait(2 * time.Hour)
	redirects(t, b.post("/sign-in/held", "held", held, "back", "/account"), "/account")
}
