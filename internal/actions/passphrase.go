package actions

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"consilium/internal/fault"
)

// How long a passphrase must and may be, in letters. 12 is what makes guessing
// through the rate limit hopeless; the upper limit only keeps a request small.
const (
	MinPassphrase = 12
	MaxPassphrase = 200
)

// slow are the costs of one hash. They are written into each hash, so they can be
// raised here without locking anybody out: an old hash is made anew at its
// person's next sign-in. Source: OWASP Password Storage Cheat Sheet, Argon2id,
// m=47104 (46 MiB), t=1, p=1.
var slow = cost{memory: 47104, time: 1, lanes: 1}

type cost struct {
	memory uint32 // KiB
	time   uint32 // passes
	lanes  uint8
}

// hashing bounds how many hashes are made at once: each takes 46 MiB, and many
// tries at the same moment must not fill the machine.
var hashing = make(chan struct{}, 4)

// tooEasy are long enough and still among the first that anybody would try.
var tooEasy = []string{
	"password", "passphrase", "contraseña", "qwertyuiop", "asdfghjkl", "letmein", "iloveyou", "consilium", "welcome", "admin",
	"correct horse battery staple", "1234567890", "abcdefghij",
}

// CheckPassphrase tells what is wrong with a passphrase that somebody chose; nil
// when it will do. Only length counts, and that it is not among the first guesses:
// no rule asks for signs or digits.
func CheckPassphrase(handle, passphrase string) error {
	p := plain(passphrase)
	switch n := utf8.RuneCountInString(p); {
	case !utf8.ValidString(passphrase):
		return fault.New(fault.Invalid, "form.text").On("passphrase")
	case n < MinPassphrase:
		return fault.New(fault.Invalid, "passphrase.short").With("min", fmt.Sprint(MinPassphrase)).On("passphrase")
	case n > MaxPassphrase:
		return fault.New(fault.Invalid, "form.too_long").With("max", fmt.Sprint(MaxPassphrase)).On("passphrase")
	}
	// What stays when the easy parts are taken away must still be something.
	rest := strings.ToLower(p)
	for _, easy := range append([]string{strings.ToLower(strings.TrimSpace(handle))}, tooEasy...) {
		if easy != "" {
			rest = strings.ReplaceAll(rest, easy, "")
		}
	}
	different := map[rune]bool{}
	for _, r := range rest {
		different[r] = true
	}
	if len(different) < 5 {
		return fault.New(fault.Invalid, "passphrase.easy").On("passphrase")
	}
	return nil
}

// plain makes the same passphrase the same bytes on every keyboard.
func plain(passphrase string) string { return norm.NFC.String(strings.TrimSpace(passphrase)) }

// hashPassphrase gives the slow hash in the usual text form, with its costs and salt:
// $argon2id$v=19$m=47104,t=1,p=1$salt$hash.
func hashPassphrase(ctx context.Context, passphrase string) ([]byte, error) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails: the runtime stops the process instead
	sum, err := slow.sum(ctx, passphrase, salt)
	if err != nil {
		return nil, err
	}
	return []byte(slow.text(salt, sum)), nil
}

// sum computes the hash, waiting for its turn.
func (c cost) sum(ctx context.Context, passphrase string, salt []byte) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, fault.New(fault.Internal, "fault.internal").Because(ctx.Err())
	}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(plain(passphrase)), salt, c.time, c.memory, c.lanes, 32), nil
}

func (c cost) text(salt, sum []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, c.lanes, b.EncodeToString(salt), b.EncodeToString(sum))
}

// nobody is the hash that an unknown name is checked against, so that the answer
// takes as long as for a known one.
var nobody = sync.OnceValue(func() []byte {
	h, _ := hashPassphrase(context.Background(), base64.StdEncoding.EncodeToString(randomBytes(16)))
	return h
})

// samePassphrase tells whether the passphrase gives this hash, and whether the hash
// was made at other costs than today's.
func samePassphrase(ctx context.Context, hash []byte, passphrase string) (same, stale bool, err error) {
	damaged := fault.New(fault.Damaged, "fault.damaged")
	p := strings.Split(string(hash), "$")
	if len(p) != 6 || p[1] != "argon2id" {
		return false, false, damaged
	}
	var c cost
	var version int
	if _, err := fmt.Sscanf(p[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, false, damaged
	}
	if _, err := fmt.Sscanf(p[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.lanes); err != nil || c.time == 0 || c.lanes == 0 {
		return false, false, damaged
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(p[4])
	want, err2 := base64.RawStdEncoding.DecodeString(p[5])
	if err1 != nil || err2 != nil || len(want) != 32 {
		return false, false, damaged
	}
	got, err := c.sum(ctx, passphrase, salt)
	if err != nil {
		return false, false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, c != slow, nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: the runtime stops the process instead
	return b
}
