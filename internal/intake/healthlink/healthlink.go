// Package healthlink opens SMART Health Links: it reads what a link says of itself,
// asks for its files through a fetcher that the caller brings (this package has no
// network of its own), and decrypts them with the key that only the link has.
package healthlink

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"consilium/internal/clinical"
)

var sayings = map[string]string{
	"listed":   "This is a SMART Health Link: the records behind it are not in this file, and are fetched only when you say so.",
	"passcode": "This SMART Health Link asks for a passcode: whoever gave you the link can tell you.",
	"expired":  "This SMART Health Link has expired: ask for a new one.",
	"damaged":  "This SMART Health Link is damaged: it cannot be opened.",
}

func issue(s clinical.Severity, key string) clinical.Issue {
	return clinical.Issue{Severity: s, Key: "intake.healthlink." + key, Text: sayings[key]}
}

// Sentences gives the English sentence of every issue of this reader, by its full key.
func Sentences() map[string]string {
	all := map[string]string{}
	for key, text := range sayings {
		all["intake.healthlink."+key] = text
	}
	return all
}

// Link is what a link says of itself. It opens the records: it is never logged.
type Link struct {
	URL      string // of the manifest, https
	Label    string // at most 80 letters
	Expires  time.Time
	LongTerm bool // the files may change over time
	Passcode bool // asks for a passcode
	Direct   bool // the address is the file itself, there is no manifest
	key      []byte
}

// Ways in which a link does not open.
var (
	ErrLink     = errors.New("healthlink: this is no link")
	ErrExpired  = errors.New("healthlink: the link has expired")
	ErrGone     = errors.New("healthlink: the link is no longer there")
	ErrBusy     = errors.New("healthlink: asked too often, wait")
	ErrTooLarge = errors.New("healthlink: larger than is read")
	ErrAnswer   = errors.New("healthlink: the answer makes no sense")
	ErrLocked   = errors.New("healthlink: a file could not be decrypted")
)

// PasscodeError says that the passcode is missing or wrong.
type PasscodeError struct {
	Remaining int // tries left, -1 when it was not told
}

func (PasscodeError) Error() string { return "healthlink: the passcode is missing or wrong" }

// Parse reads a link: "shlink:/..." by itself or behind the address of a viewer.
func Parse(text string) (Link, error) {
	text = strings.TrimSpace(text)
	if i := strings.Index(text, "#shlink:/"); i >= 0 && strings.HasPrefix(text, "https://") {
		text = text[i+1:]
	}
	payload, ok := strings.CutPrefix(text, "shlink:/")
	if !ok || len(payload) > 8192 {
		return Link{}, ErrLink
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(payload, "="))
	if err != nil {
		return Link{}, ErrLink
	}
	var j struct {
		URL, Key, Flag, Label string
		Exp                   float64
		V                     *int
	}
	if json.Unmarshal(raw, &j) != nil || j.V != nil && *j.V != 1 {
		return Link{}, ErrLink
	}
	at, err := url.Parse(j.URL)
	key, errKey := base64.RawURLEncoding.DecodeString(j.Key)
	if err != nil || errKey != nil || at.Scheme != "https" || at.Host == "" || at.User != nil || len(j.URL) > 1024 || len(key) != 32 {
		return Link{}, ErrLink
	}
	l := Link{URL: j.URL, Label: clip(j.Label, 80), key: key}
	if j.Exp > 0 && j.Exp < 1e11 {
		l.Expires = time.Unix(int64(j.Exp), 0).UTC()
	}
	for _, c := range j.Flag {
		switch c {
		case 'L':
			l.LongTerm = true
		case 'P':
			l.Passcode = true
		case 'U':
			l.Direct = true
		}
	}
	if l.Direct && l.Passcode {
		return Link{}, ErrLink // the standard does not allow both
	}
	return l, nil
}

// Read tells what a link in a file is. Nothing is fetched. now is the moment of
// reading; zero is this one.
func Read(text string, now time.Time) clinical.Reading {
	out := clinical.Reading{Kind: clinical.FileHealthLink}
	l, err := Parse(text)
	if err != nil {
		out.Issues = append(out.Issues, issue(clinical.Error, "damaged"))
		return out
	}
	if now.IsZero() {
		now = time.Now()
	}
	out.Title = l.Label
	out.Issues = append(out.Issues, issue(clinical.Note, "listed"))
	if l.Passcode {
		out.Issues = append(out.Issues, issue(clinical.Note, "passcode"))
	}
	if l.Expired(now) {
		out.Issues = append(out.Issues, issue(clinical.Warning, "expired"))
	}
	return out
}

// Expired tells whether the link's time is over.
func (l Link) Expired(now time.Time) bool { return !l.Expires.IsZero() && now.After(l.Expires) }

// Request is what a fetcher is asked for.
type Request struct {
	Method string // GET or POST
	URL    string // https
	Body   []byte // JSON, of a POST
	Limit  int64  // bytes of the answer that are taken
}

// Fetcher asks an address on the network. The caller decides which addresses may be
// reached, follows no redirect to another kind of address, and stops at the limit.
type Fetcher func(ctx context.Context, r Request) (status int, body []byte, err error)

// Limits of one link.
type Limits struct {
	Files int   // in the manifest
	File  int64 // bytes of one file, as it comes
	Total int64 // bytes of all files, unpacked
}

// DefaultLimits hold a packet with its images.
func DefaultLimits() Limits { return Limits{Files: 200, File: 100 << 20, Total: 400 << 20} }

// File is one file behind a link, decrypted.
type File struct {
	ContentType string // as the link says: "application/fhir+json", "application/smart-health-card"
	Body        []byte
}

// Ask is who opens a link, and how.
type Ask struct {
	Recipient string // who opens it, in words that the giver of the link may see
	Passcode  string
	Now       time.Time
	Limits    Limits
}

// Open fetches and decrypts every file behind a link.
func (l Link) Open(ctx context.Context, ask Ask, fetch Fetcher) ([]File, error) {
	if l.Expired(ask.Now) {
		return nil, ErrExpired
	}
	if l.Passcode && ask.Passcode == "" {
		return nil, PasscodeError{Remaining: -1}
	}
	if ask.Limits == (Limits{}) {
		ask.Limits = DefaultLimits()
	}
	left := ask.Limits.Total
	if l.Direct {
		f, err := l.direct(ctx, ask, fetch, &left)
		return []File{f}, err
	}
	files, err := l.manifest(ctx, ask, fetch)
	if err != nil {
		return nil, err
	}
	var out []File
	for _, m := range files {
		body := []byte(m.Embedded)
		if m.Embedded == "" {
			if !safe(m.Location) {
				return nil, ErrAnswer
			}
			if body, err = get(ctx, fetch, Request{Method: "GET", URL: m.Location, Limit: ask.Limits.File}); err != nil {
				return nil, err
			}
		}
		f, err := l.decrypt(body, &left)
		if err != nil {
			return nil, err
		}
		if m.ContentType != "" {
			f.ContentType = m.ContentType
		}
		out = append(out, f)
	}
	return out, nil
}

// direct fetches the one file of a link without a manifest.
func (l Link) direct(ctx context.Context, ask Ask, fetch Fetcher, left *int64) (File, error) {
	at, err := url.Parse(l.URL)
	if err != nil {
		return File{}, ErrLink
	}
	q := at.Query()
	q.Set("recipient", ask.Recipient)
	at.RawQuery = q.Encode()
	body, err := get(ctx, fetch, Request{Method: "GET", URL: at.String(), Limit: ask.Limits.File})
	if err != nil {
		return File{}, err
	}
	return l.decrypt(body, left)
}

type listed struct{ ContentType, Embedded, Location string }

// manifest asks for the list of files.
func (l Link) manifest(ctx context.Context, ask Ask, fetch Fetcher) ([]listed, error) {
	q := map[string]any{"recipient": ask.Recipient, "embeddedLengthMax": 1 << 20}
	if ask.Passcode != "" {
		q["passcode"] = ask.Passcode
	}
	body, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	answer, err := get(ctx, fetch, Request{Method: "POST", URL: l.URL, Body: body, Limit: ask.Limits.File})
	if err != nil {
		return nil, err
	}
	var j struct{ Files []listed }
	if json.Unmarshal(answer, &j) != nil {
		return nil, ErrAnswer
	}
	if len(j.Files) > ask.Limits.Files {
		return nil, ErrTooLarge
	}
	return j.Files, nil
}

func get(ctx context.Context, fetch Fetcher, r Request) ([]byte, error) {
	status, body, err := fetch(ctx, r)
	switch {
	case err != nil:
		return nil, err
	case int64(len(body)) > r.Limit:
		return nil, ErrTooLarge
	case status == 200:
		return body, nil
	case status == 401:
		var j struct{ RemainingAttempts *int }
		if json.Unmarshal(body, &j) == nil && j.RemainingAttempts != nil {
			return nil, PasscodeError{Remaining: *j.RemainingAttempts}
		}
		return nil, PasscodeError{Remaining: -1}
	case status == 404 || status == 410:
		return nil, ErrGone
	case status == 429:
		return nil, ErrBusy
	}
	return nil, ErrAnswer
}

func safe(address string) bool {
	at, err := url.Parse(address)
	return err == nil && at.Scheme == "https" && at.Host != "" && at.User == nil
}

// decrypt opens one file: a compact JWE with the link's own key, RFC 7516, A256GCM.
// left is how many bytes may still be unpacked.
func (l Link) decrypt(jwe []byte, left *int64) (File, error) {
	parts := strings.Split(strings.TrimSpace(string(jwe)), ".")
	if len(parts) != 5 || parts[1] != "" {
		return File{}, ErrLocked
	}
	var header struct{ Alg, Enc, Zip, Cty string }
	var decoded [5][]byte
	for i, p := range parts {
		b, err := base64.RawURLEncoding.DecodeString(p)
		if err != nil {
			return File{}, ErrLocked
		}
		decoded[i] = b
	}
	if json.Unmarshal(decoded[0], &header) != nil || header.Alg != "dir" || header.Enc != "A256GCM" || len(decoded[2]) != 12 || len(decoded[4]) != 16 {
		return File{}, ErrLocked
	}
	block, err := aes.NewCipher(l.key)
	if err != nil {
		return File{}, ErrLocked
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return File{}, ErrLocked
	}
	plain, err := gcm.Open(nil, decoded[2], append(decoded[3], decoded[4]...), []byte(parts[0]))
	if err != nil {
		return File{}, ErrLocked
	}
	if header.Zip == "DEF" {
		packed := plain
		if plain, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), *left+1)); err != nil {
			return File{}, ErrLocked
		}
	}
	if *left -= int64(len(plain)); *left < 0 {
		return File{}, ErrTooLarge
	}
	return File{ContentType: header.Cty, Body: plain}, nil
}

func clip(s string, n int) string {
	s = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, s)
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
