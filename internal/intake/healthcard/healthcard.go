// Package healthcard checks SMART Health Cards without any network: it takes the
// signed token out of its QR form, tells whether the signature is that of an issuer
// whom the operator trusts, and whether the card has expired or was revoked. What the
// card says is read elsewhere.
package healthcard

import (
	"bytes"
	"compress/flate"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Trust is whose cards are believed. The zero value trusts nobody: every card is
// then of an unknown issuer.
type Trust struct {
	Issuers []Issuer
	Now     time.Time // for what expires; zero is the moment of reading
}

// Issuer is one who signs cards.
type Issuer struct {
	Address     string // as cards name it (iss)
	Name        string
	Keys        []Key
	Revocations []Revocation
}

// Key is one public key of an issuer, ES256.
type Key struct {
	ID     string // its SHA-256 thumbprint, RFC 7638
	public *ecdsa.PublicKey
}

// Revocation is the list of cards that were called back, of one key: each card's
// revocation id to the moment before which it was signed, in seconds; 0 is any.
type Revocation struct {
	KeyID string
	Cards map[string]int64
}

var errKey = errors.New("this is no ES256 key")

// ParseKeys reads a JSON Web Key Set. Keys that are not for ES256 are left out; one
// whose id is not its own thumbprint is an error, for cards find their key by it.
func ParseKeys(jwks []byte) ([]Key, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(jwks, &set); err != nil {
		return nil, errKey
	}
	var keys []Key
	for _, raw := range set.Keys {
		k, err := parseKey(raw)
		if err != nil {
			return nil, err
		}
		if k.public != nil {
			keys = append(keys, k)
		}
	}
	return keys, nil
}

func parseKey(raw []byte) (Key, error) {
	var j struct{ Kty, Crv, X, Y, Kid string }
	if err := json.Unmarshal(raw, &j); err != nil {
		return Key{}, errKey
	}
	if j.Kty != "EC" || j.Crv != "P-256" {
		return Key{}, nil
	}
	x, errX := base64.RawURLEncoding.DecodeString(j.X)
	y, errY := base64.RawURLEncoding.DecodeString(j.Y)
	if errX != nil || errY != nil || len(x) != 32 || len(y) != 32 {
		return Key{}, errKey
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x, y))
	if err != nil {
		return Key{}, errKey
	}
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + j.X + `","y":"` + j.Y + `"}`))
	id := base64.RawURLEncoding.EncodeToString(sum[:])
	if j.Kid != "" && j.Kid != id {
		return Key{}, errors.New("a key's id is not its thumbprint")
	}
	return Key{ID: id, public: public}, nil
}

// ParseRevocation reads the list that an issuer gives of its revoked cards.
func ParseRevocation(crl []byte) (Revocation, error) {
	var j struct {
		Kid, Method string
		Rids        []string
	}
	if err := json.Unmarshal(crl, &j); err != nil || j.Kid == "" || j.Method != "rid" {
		return Revocation{}, errors.New("this is no list of revoked cards")
	}
	r := Revocation{KeyID: j.Kid, Cards: map[string]int64{}}
	for _, rid := range j.Rids {
		before := int64(0)
		if id, at, ok := strings.Cut(rid, "."); ok {
			n, err := strconv.ParseInt(at, 10, 64)
			if err != nil {
				return Revocation{}, errors.New("a revoked card has a time that is none")
			}
			rid, before = id, n
		}
		r.Cards[rid] = before
	}
	return r, nil
}

// ParseTrust reads a list of issuers with their keys, in the form in which the VCI
// directory of issuers is published as one file.
func ParseTrust(snapshot []byte) (Trust, error) {
	var j struct {
		IssuerInfo []struct {
			Issuer struct{ Iss, Name string }
			Keys   []json.RawMessage
			Crls   []json.RawMessage
		}
	}
	if err := json.Unmarshal(snapshot, &j); err != nil {
		return Trust{}, errors.New("this is no list of issuers")
	}
	var t Trust
	for _, i := range j.IssuerInfo {
		one := Issuer{Address: i.Issuer.Iss, Name: i.Issuer.Name}
		for _, raw := range i.Keys {
			k, err := parseKey(raw)
			if err != nil {
				return Trust{}, err
			}
			if k.public != nil {
				one.Keys = append(one.Keys, k)
			}
		}
		for _, raw := range i.Crls {
			r, err := ParseRevocation(raw)
			if err != nil {
				return Trust{}, err
			}
			one.Revocations = append(one.Revocations, r)
		}
		t.Issuers = append(t.Issuers, one)
	}
	return t, nil
}

// What is said of a card.
const (
	Valid         = "card_valid"     // the signature is right, and of an issuer who is trusted
	UnknownIssuer = "card_unknown"   // nobody vouches for the issuer: the signature was not checked
	UnknownKey    = "card_key"       // a trusted issuer, and a key that is not theirs so far as is known
	Forged        = "card_forged"    // the signature does not fit
	Algorithm     = "card_algorithm" // it is not signed as a health card must be
	Expired       = "card_expired"
	TooEarly      = "card_early"
	Revoked       = "card_revoked"
	Damaged       = "card_damaged"
)

// maxPayload is how much of a card is unpacked. Real ones have some kilobytes.
const maxPayload = 8 << 20

// Open takes a signed token apart. It gives what the card says as JSON (nil when it
// must not be believed at all) and what is to be said of it.
func Open(token string, trust Trust) (payload []byte, said []string) {
	parts := strings.Split(strings.TrimSpace(token), ".")
	if len(parts) != 3 {
		return nil, []string{Damaged}
	}
	var header struct{ Alg, Zip, Kid string }
	rawHeader, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil || json.Unmarshal(rawHeader, &header) != nil {
		return nil, []string{Damaged}
	}
	if header.Alg != "ES256" {
		return nil, []string{Algorithm}
	}
	packed, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, []string{Damaged}
	}
	payload = packed
	if header.Zip == "DEF" {
		payload, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxPayload))
		if err != nil || len(payload) == maxPayload {
			return nil, []string{Damaged}
		}
	}
	var claims struct {
		Iss      string
		Nbf, Exp float64
		Vc       struct{ Rid string }
	}
	if json.Unmarshal(payload, &claims) != nil {
		return nil, []string{Damaged}
	}
	state := trust.signature(claims.Iss, header.Kid, parts)
	if state == Forged {
		return nil, []string{Forged}
	}
	said = []string{state}
	now := trust.Now
	if now.IsZero() {
		now = time.Now()
	}
	seconds := float64(now.Unix())
	if claims.Exp > 0 && seconds > claims.Exp {
		said = append(said, Expired)
	}
	if claims.Nbf > seconds {
		said = append(said, TooEarly)
	}
	if state == Valid && trust.revoked(claims.Iss, header.Kid, claims.Vc.Rid, claims.Nbf) {
		said = append(said, Revoked)
	}
	return payload, said
}

// signature tells what the signature is worth.
func (t Trust) signature(iss, kid string, parts []string) string {
	known := false
	for _, i := range t.Issuers {
		if i.Address != iss {
			continue
		}
		known = true
		for _, k := range i.Keys {
			if k.ID == kid {
				return verified(k.public, parts)
			}
		}
	}
	if known {
		return UnknownKey
	}
	return UnknownIssuer
}

func verified(public *ecdsa.PublicKey, parts []string) string {
	sig, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(sig) != 64 {
		return Forged
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		return Forged
	}
	return Valid
}

func (t Trust) revoked(iss, kid, rid string, nbf float64) bool {
	for _, i := range t.Issuers {
		for _, r := range i.Revocations {
			if i.Address != iss || r.KeyID != kid || rid == "" {
				continue
			}
			if before, ok := r.Cards[rid]; ok && (before == 0 || nbf < float64(before)) {
				return true
			}
		}
	}
	return false
}

// Tokens finds the signed tokens in the text of a QR code or file: "shc:/" and
// digits, on several lines where a card was spread over several codes
// ("shc:/1/3/..."), or the tokens themselves. whole is false when codes are missing.
func Tokens(text string) (tokens []string, whole bool) {
	type piece struct {
		number int
		digits string
	}
	var pieces []piece
	total := 0
	for _, line := range strings.Fields(text) {
		number, ok := strings.CutPrefix(line, "shc:/")
		if !ok {
			tokens = append(tokens, line)
			continue
		}
		parts := strings.Split(number, "/")
		if len(parts) == 1 {
			tokens = append(tokens, fromDigits(number))
			continue
		}
		n, errN := strconv.Atoi(parts[0])
		of, errOf := strconv.Atoi(parts[1])
		if len(parts) != 3 || errN != nil || errOf != nil || n < 1 || of < n || of > 100 {
			return nil, false
		}
		total = of
		pieces = append(pieces, piece{n, parts[2]})
	}
	if total == 0 {
		return tokens, len(tokens) > 0
	}
	sort.Slice(pieces, func(i, j int) bool { return pieces[i].number < pieces[j].number })
	pieces = slices.Compact(pieces)
	var all strings.Builder
	for i, p := range pieces {
		if p.number != i+1 {
			return tokens, false
		}
		all.WriteString(p.digits)
	}
	if len(pieces) != total {
		return tokens, false
	}
	return append(tokens, fromDigits(all.String())), true
}

// fromDigits undoes the QR form: two digits stand for one character, less 45.
func fromDigits(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i += 2 {
		if i+1 >= len(s) || s[i] < '0' || s[i] > '9' || s[i+1] < '0' || s[i+1] > '9' {
			return ""
		}
		b.WriteByte((s[i]-'0')*10 + (s[i+1] - '0') + 45)
	}
	return b.String()
}
