// Package storagetest is what every store must do, as tests: the same for SQLite,
// for PostgreSQL and for whatever comes after them.
package storagetest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"consilium/internal/casefile"
	"consilium/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

// Keys is a keyring that seals for real and is gone when the test ends.
type Keys struct {
	wrap   aesKey
	index  []byte
	signer note.Signer
	public string
}

// NewKeys makes a keyring of its own for a test.
func NewKeys(t testing.TB) *Keys {
	t.Helper()
	private, public, err := note.GenerateKey(rand.Reader, "consilium-test")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return &Keys{wrap: aesKey(random(32)), index: random(32), signer: signer, public: public}
}

// NewCaseKey makes a case's key.
func (k *Keys) NewCaseKey(aad []byte) ([]byte, casefile.Key, error) {
	key := random(32)
	wrapped, err := k.wrap.Seal(key, aad)
	return wrapped, aesKey(key), err
}

// Unwrap opens a case's key.
func (k *Keys) Unwrap(wrapped, aad []byte) (casefile.Key, error) {
	key, err := k.wrap.Open(wrapped, aad)
	return aesKey(key), err
}

// SealValue seals for one purpose.
func (k *Keys) SealValue(plain []byte, purpose ...string) ([]byte, error) {
	return k.wrap.Seal(plain, []byte(strings.Join(purpose, "\x00")))
}

// OpenValue opens what SealValue sealed.
func (k *Keys) OpenValue(sealed []byte, purpose ...string) ([]byte, error) {
	return k.wrap.Open(sealed, []byte(strings.Join(purpose, "\x00")))
}

// Token gives the keyed token of a value in small letters.
func (k *Keys) Token(label, value string) (string, error) {
	h := hmac.New(sha256.New, k.index)
	h.Write([]byte(label + "\x00" + strings.ToLower(strings.TrimSpace(value))))
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// Signer signs the log.
func (k *Keys) Signer() note.Signer { return k.signer }

// PublicKeys gives the one public key.
func (k *Keys) PublicKeys() []string { return []string{k.public} }

type aesKey []byte

func (k aesKey) aead() cipher.AEAD {
	b, err := aes.NewCipher(k)
	if err != nil {
		panic(err) // the length is ours
	}
	g, err := cipher.NewGCMWithRandomNonce(b)
	if err != nil {
		panic(err)
	}
	return g
}

// Seal fills casefile.Key.
func (k aesKey) Seal(plain, aad []byte) ([]byte, error) {
	return k.aead().Seal(nil, nil, plain, aad), nil
}

// Open fills casefile.Key.
func (k aesKey) Open(sealed, aad []byte) ([]byte, error) {
	plain, err := k.aead().Open(nil, nil, sealed, aad)
	if err != nil {
		return nil, fault.New(fault.Damaged, "fault.damaged").Because(errors.New("wrong key or aad"))
	}
	return plain, nil
}

func random(n int) []byte {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic(err)
	}
	return b
}
