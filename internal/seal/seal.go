// Package seal keeps the installation's secrets and seals with them: the key that
// wraps every case's own key, the key of the blind index by which a case is found
// without its names standing anywhere, and the key that signs the log.
//
// In embedded use they stand in one file in one folder that only the operator may
// read. Whoever has that file and a copy of the database can read everything, and
// without it nobody can: it is backed up apart from the data.
package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"consilium/internal/casefile"
	"consilium/internal/fault"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/text/unicode/norm"
)

// Installation is the opened key folder. It may be used by many at once.
type Installation struct {
	wrap     tink.AEAD // over case keys and over the installation's own values; a KMS key fits here
	index    prf.PRF
	signer   note.Signer
	verifier note.Verifier
	public   []string
}

// NewCaseKey makes a key for one case. The first result is the key wrapped for
// keeping beside the case; aad, the case's id, binds it to that case.
func (in *Installation) NewCaseKey(aad []byte) (wrapped []byte, key casefile.Key, err error) {
	h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, nil, fmt.Errorf("make a case key: %w", err)
	}
	var b bytes.Buffer
	if err := h.WriteWithAssociatedData(keyset.NewBinaryWriter(&b), in.wrap, labelled("case key", string(aad))); err != nil {
		return nil, nil, fmt.Errorf("wrap a case key: %w", err)
	}
	a, err := aead.New(h)
	if err != nil {
		return nil, nil, fmt.Errorf("use a case key: %w", err)
	}
	return b.Bytes(), sealer{a}, nil
}

// Unwrap opens a case's key. A key that was wrapped for another case, by another
// installation or changed since is Damaged.
func (in *Installation) Unwrap(wrapped, aad []byte) (casefile.Key, error) {
	h, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(wrapped)), in.wrap, labelled("case key", string(aad)))
	if err != nil {
		return nil, damaged(err)
	}
	a, err := aead.New(h)
	if err != nil {
		return nil, damaged(err)
	}
	return sealer{a}, nil
}

// SealValue seals something of the installation's own, such as a session's half
// filled form. purpose says what it is and where it belongs ("session", its id);
// it must be the same when it is opened.
func (in *Installation) SealValue(plain []byte, purpose ...string) ([]byte, error) {
	return in.wrap.Encrypt(plain, labelled("value", purpose...))
}

// OpenValue opens what SealValue sealed; with another purpose or key, or changed,
// it is Damaged.
func (in *Installation) OpenValue(sealed []byte, purpose ...string) ([]byte, error) {
	plain, err := in.wrap.Decrypt(sealed, labelled("value", purpose...))
	if err != nil {
		return nil, damaged(err)
	}
	return plain, nil
}

// Token gives the keyed token under which a value is found again: 32 hexadecimal
// letters that say nothing of the value without the installation's key. label says
// what the value is, so that equal values of different kinds have different
// tokens, and how it is normalised: a "name" as NormaliseName does, of a "number"
// only letters and digits count, everything else is compared in small letters
// without outer spaces.
func (in *Installation) Token(label, value string) (string, error) {
	switch label {
	case "name":
		value = NormaliseName(value)
	case "number":
		value = strings.ReplaceAll(NormaliseName(value), " ", "")
	default:
		value = strings.ToLower(strings.TrimSpace(norm.NFKC.String(value)))
	}
	out, err := in.index.ComputePRF(labelled("token", label, value), 16)
	if err != nil {
		return "", fmt.Errorf("compute a token: %w", err)
	}
	return hex.EncodeToString(out), nil
}

// NormaliseName makes names equal that a person would call equal: small letters,
// accents and apostrophes away, one space where there is any other mark.
func NormaliseName(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r) || strings.ContainsRune("'’ʼ`´", r):
		default:
			gap = true
		}
	}
	return b.String()
}

// Signer signs the log's checkpoints.
func (in *Installation) Signer() note.Signer { return in.signer }

// Verifier checks what Signer signed.
func (in *Installation) Verifier() note.Verifier { return in.verifier }

// PublicKeys gives the log's public keys as text, the newest last: what a reader of
// an exported log needs.
func (in *Installation) PublicKeys() []string { return in.public }

// sealer is a case's key.
type sealer struct{ a tink.AEAD }

// Seal seals plain, bound to aad.
func (s sealer) Seal(plain, aad []byte) ([]byte, error) { return s.a.Encrypt(plain, aad) }

// Open opens what Seal sealed; Damaged with another key or aad, or when changed.
func (s sealer) Open(sealed, aad []byte) ([]byte, error) {
	plain, err := s.a.Decrypt(sealed, aad)
	if err != nil {
		return nil, damaged(err)
	}
	return plain, nil
}

// errDamaged stands for every failed opening: which check failed is nobody's
// business.
var errDamaged = errors.New("sealed bytes do not open with this key")

func damaged(error) error {
	return fault.New(fault.Damaged, "fault.damaged").Because(errDamaged)
}

// labelled joins parts so that no two different lists give the same bytes.
func labelled(kind string, parts ...string) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "consilium 1 %d:%s", len(kind), kind)
	for _, p := range parts {
		fmt.Fprintf(h, " %d:%s", len(p), p)
	}
	return h.Sum(nil)
}
