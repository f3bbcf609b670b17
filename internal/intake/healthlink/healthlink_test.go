package healthlink_test

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"consilium/internal/clinical"
	"consilium/internal/intake/healthlink"
)

var (
	key = bytes.Repeat([]byte{7}, 32)
	now = time.Unix(1_700_000_000, 0)
)

// link writes a link as the standard has it.
func link(url, flag string, more map[string]any) string {
	m := map[string]any{"url": url, "flag": flag, "key": base64.RawURLEncoding.EncodeToString(key), "label": "Records of Ruth"}
	for k, v := range more {
		m[k] = v
	}
	b, _ := json.Marshal(m)
	return "shlink:/" + base64.RawURLEncoding.EncodeToString(b)
}

// locked encrypts a file as the giver of a link does.
func locked(t testing.TB, k []byte, zip bool, body string) string {
	t.Helper()
	header := `{"alg":"dir","enc":"A256GCM","cty":"application/fhir+json"}`
	plain := []byte(body)
	if zip {
		header = `{"alg":"dir","enc":"A256GCM","zip":"DEF"}`
		var packed bytes.Buffer
		w, _ := flate.NewWriter(&packed, flate.BestCompression)
		_, _ = w.Write(plain)
		_ = w.Close()
		plain = packed.Bytes()
	}
	block, err := aes.NewCipher(k)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	iv := bytes.Repeat([]byte{3}, 12)
	sealed := gcm.Seal(nil, iv, plain, []byte(b64([]byte(header))))
	return strings.Join([]string{b64([]byte(header)), "", b64(iv), b64(sealed[:len(sealed)-16]), b64(sealed[len(sealed)-16:])}, ".")
}

// server gives out a manifest with two files behind a passcode.
func server(t *testing.T) (*httptest.Server, healthlink.Fetcher) {
	t.Helper()
	tries := 3
	var s *httptest.Server
	s = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/m" && r.Method == "POST":
			var ask struct{ Recipient, Passcode string }
			_ = json.NewDecoder(r.Body).Decode(&ask)
			if ask.Passcode != "1961" || ask.Recipient == "" {
				tries--
				w.WriteHeader(http.StatusUnauthorized)
				fmt.Fprintf(w, `{"remainingAttempts":%d}`, tries)
				return
			}
			fmt.Fprintf(w, `{"files":[{"contentType":"application/fhir+json","embedded":%q},{"contentType":"application/smart-health-card","location":"%s/f"}]}`,
				locked(t, key, false, `{"resourceType":"Bundle"}`), s.URL)
		case r.URL.Path == "/f":
			_, _ = io.WriteString(w, locked(t, key, true, `{"verifiableCredential":[]}`))
		case r.URL.Path == "/direct" && r.URL.Query().Get("recipient") == "Dr. Chen":
			_, _ = io.WriteString(w, locked(t, key, false, "one file"))
		case r.URL.Path == "/other-key":
			_, _ = io.WriteString(w, locked(t, bytes.Repeat([]byte{8}, 32), false, "x"))
		case r.URL.Path == "/bomb":
			_, _ = io.WriteString(w, locked(t, key, true, strings.Repeat("0", 1<<20)))
		case r.URL.Path == "/leads-away":
			_, _ = io.WriteString(w, `{"files":[{"location":"http://127.0.0.1/f"}]}`)
		case r.URL.Path == "/many":
			_, _ = io.WriteString(w, `{"files":[`+strings.Repeat(`{},`, 500)+`{}]}`)
		case r.URL.Path == "/busy":
			w.WriteHeader(http.StatusTooManyRequests)
		case r.URL.Path == "/nonsense":
			_, _ = io.WriteString(w, `<html>`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(s.Close)
	return s, func(ctx context.Context, r healthlink.Request) (int, []byte, error) {
		req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
		if err != nil {
			return 0, nil, err
		}
		res, err := s.Client().Do(req)
		if err != nil {
			return 0, nil, err
		}
		defer res.Body.Close()
		body, err := io.ReadAll(io.LimitReader(res.Body, r.Limit+1))
		return res.StatusCode, body, err
	}
}

func parsed(t *testing.T, s string) healthlink.Link {
	t.Helper()
	l, err := healthlink.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestALinkWithAPasscodeIsOpened(t *testing.T) {
	s, fetch := server(t)
	l := parsed(t, link(s.URL+"/m", "LP", nil))
	ask := healthlink.Ask{Recipient: "Dr. Chen", Now: now}
	var code healthlink.PasscodeError
	if _, err := l.Open(context.Background(), ask, fetch); !errors.As(err, &code) || code.Remaining != -1 {
		t.Errorf("%v", err)
	}
	ask.Passcode = "0000"
	if _, err := l.Open(context.Background(), ask, fetch); !errors.As(err, &code) || code.Remaining != 2 {
		t.Errorf("%v", err)
	}
	ask.Passcode = "1961"
	files, err := l.Open(context.Background(), ask, fetch)
	if err != nil || len(files) != 2 || string(files[0].Body) != `{"resourceType":"Bundle"}` || files[0].ContentType != "application/fhir+json" ||
		string(files[1].Body) != `{"verifiableCredential":[]}` {
		t.Errorf("%s %v", files, err)
	}
}

func TestALinkToOneFileIsOpened(t *testing.T) {
	s, fetch := server(t)
	files, err := parsed(t, link(s.URL+"/direct", "U", nil)).Open(context.Background(), healthlink.Ask{Recipient: "Dr. Chen", Now: now}, fetch)
	if err != nil || len(files) != 1 || string(files[0].Body) != "one file" {
		t.Errorf("%s %v", files, err)
	}
}

func TestALinkThatDoesNotOpenSaysWhy(t *testing.T) {
	s, fetch := server(t)
	for name, c := range map[string]struct {
		link string
		want error
	}{
		"expired":           {link(s.URL+"/m", "", map[string]any{"exp": 1_600_000_000}), healthlink.ErrExpired},
		"gone":              {link(s.URL+"/nothing", "", nil), healthlink.ErrGone},
		"busy":              {link(s.URL+"/busy", "", nil), healthlink.ErrBusy},
		"another key":       {link(s.URL+"/other-key", "U", nil), healthlink.ErrLocked},
		"grows too much":    {link(s.URL+"/bomb", "U", nil), healthlink.ErrTooLarge},
		"no safe address":   {link(s.URL+"/leads-away", "", nil), healthlink.ErrAnswer},
		"too many files":    {link(s.URL+"/many", "", nil), healthlink.ErrTooLarge},
		"no sense in it":    {link(s.URL+"/nonsense", "", nil), healthlink.ErrAnswer},
		"longer than taken": {link(s.URL+"/direct", "U", nil), healthlink.ErrTooLarge},
	} {
		ask := healthlink.Ask{Recipient: "Dr. Chen", Now: now, Limits: healthlink.Limits{Files: 100, File: 1 << 20, Total: 1 << 19}}
		if name == "longer than taken" {
			ask.Limits.File = 10
		}
		if _, err := parsed(t, c.link).Open(context.Background(), ask, fetch); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestWhatIsNoLinkIsRefused(t *testing.T) {
	for name, s := range map[string]string{
		"not base64":        "shlink:/***",
		"not JSON":          "shlink:/" + base64.RawURLEncoding.EncodeToString([]byte("x")),
		"no https":          link("http://127.0.0.1/m", "", nil),
		"a name in it":      link("https://user:secret@host.example/m", "", nil),
		"a short key":       link("https://host.example/m", "", map[string]any{"key": "AAAA"}),
		"both flags":        link("https://host.example/m", "PU", nil),
		"a later version":   link("https://host.example/m", "", map[string]any{"v": 2}),
		"some other page":   "https://viewer.example/",
		"a very long thing": "shlink:/" + strings.Repeat("A", 10_000),
	} {
		if _, err := healthlink.Parse(s); !errors.Is(err, healthlink.ErrLink) {
			t.Errorf("%s: %v", name, err)
		}
		if r := healthlink.Read(s, now); !r.Has(clinical.Error) {
			t.Errorf("%s: %+v", name, r)
		}
	}
	r := healthlink.Read("https://viewer.example/#"+link("https://host.example/m", "LP", map[string]any{"exp": 1_600_000_000})+"\n", now)
	if r.Kind != clinical.FileHealthLink || r.Title != "Records of Ruth" || len(r.Issues) != 3 {
		t.Errorf("%+v", r)
	}
}

func FuzzLink(f *testing.F) {
	f.Add(link("https://host.example/m", "LP", nil), locked(f, key, true, "x"))
	f.Fuzz(func(t *testing.T, s, file string) {
		l, err := healthlink.Parse(s)
		if err != nil {
			return
		}
		_, _ = l.Open(context.Background(), healthlink.Ask{Passcode: "1", Now: now, Limits: healthlink.Limits{Files: 5, File: 1 << 20, Total: 1 << 20}},
			func(context.Context, healthlink.Request) (int, []byte, error) { return 200, []byte(file), nil })
	})
}
