// Package link is the door for whoever was given a SMART Health Link: it answers the
// requests that programs make for the list of files and for each file, and it has a
// plain page for a doctor who has no such program. What it gives is sealed to a key
// that is in the link alone; without it, nothing here says anything of a patient.
package link

import (
	"embed"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"consilium/internal/actions"
	"consilium/internal/fault"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// Words are the texts of the page.
//
//go:embed text.*.json
var Words embed.FS

//go:embed link.js
var script []byte

// Sealer seals the tickets with which a file may be fetched.
type Sealer interface {
	SealValue(plain []byte, purpose ...string) ([]byte, error)
	OpenValue(sealed []byte, purpose ...string) ([]byte, error)
}

// Config is what the door is made of.
type Config struct {
	House    *actions.House
	Words    *text.Words
	Sealer   Sealer
	Log      *slog.Logger
	Address  func(*http.Request) string // who asks, for the limit on tries
	Language func(*http.Request) string
}

// Door answers.
type Door struct {
	c   Config
	mux *http.ServeMux

	mu    sync.Mutex
	since time.Time
	asked map[string]int
}

// Limits of asking.
const (
	mostAsked  = 60          // requests of one address in a minute
	mostHeld   = 20_000      // addresses that are counted at a time
	mostBody   = 16 << 10    // bytes of a request
	embedded   = 1 << 20     // a file up to here may come inside the list
	ticketLife = time.Hour   // the longest that the standard allows for an address of a file
	minute     = time.Minute // the window of the limit
)

// New makes the door.
func New(c Config) *Door {
	d := &Door{c: c, mux: http.NewServeMux(), asked: map[string]int{}}
	d.mux.HandleFunc("POST /shl/{secret}", d.list)
	d.mux.HandleFunc("GET /shl/{secret}", d.direct)
	d.mux.HandleFunc("GET /shl/{secret}/{n}", d.file)
	d.mux.HandleFunc("OPTIONS /shl/", func(w http.ResponseWriter, r *http.Request) {})
	d.mux.HandleFunc("GET /view", d.view)
	d.mux.HandleFunc("GET /view/link.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(script)
	})
	return d
}

// Over puts the door in front of the pages: what is not its own goes on to them.
func (d *Door) Over(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/view" || strings.HasPrefix(r.URL.Path, "/view/") || strings.HasPrefix(r.URL.Path, "/shl/") {
			d.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// ServeHTTP fills http.Handler.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	if strings.HasPrefix(r.URL.Path, "/shl/") {
		// Programs on other people's pages may ask: they need the key, which no request
		// carries, and they bring no session of ours.
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
		h.Set("Access-Control-Allow-Headers", "content-type")
		h.Set("Access-Control-Max-Age", "600")
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		if r.Method != http.MethodOptions && d.tooOften(d.c.Address(r)) {
			h.Set("Retry-After", "60")
			answer(w, http.StatusTooManyRequests, map[string]any{"message": "Asked too often. Wait a minute."})
			return
		}
	} else {
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
	d.mux.ServeHTTP(w, r)
}

// tooOften counts the requests of an address in this minute.
func (d *Door) tooOften(address string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.c.House.Now()
	if now.Sub(d.since) >= minute || now.Before(d.since) || len(d.asked) > mostHeld {
		d.since = now
		clear(d.asked)
	}
	d.asked[address]++
	return d.asked[address] > mostAsked
}

// The manifest: the list of files, for whoever says who they are and knows the
// passcode.

type asking struct {
	Recipient string `json:"recipient"`
	Passcode  string `json:"passcode"`
	Embedded  *int   `json:"embeddedLengthMax"`
}

type listed struct {
	ContentType string `json:"contentType"`
	Location    string `json:"location,omitempty"`
	Embedded    string `json:"embedded,omitempty"`
}

func (d *Door) list(w http.ResponseWriter, r *http.Request) {
	var ask asking
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostBody)).Decode(&ask); err != nil {
		answer(w, http.StatusBadRequest, map[string]any{"message": "The request is not JSON with a recipient."})
		return
	}
	secret := r.PathValue("secret")
	s, err := d.c.House.OpenShare(r.Context(), secret, ask.Recipient, ask.Passcode)
	if err != nil {
		d.fail(w, err)
		return
	}
	most := embedded
	if ask.Embedded != nil {
		most = min(most, *ask.Embedded)
	}
	out := struct {
		Status string   `json:"status"`
		Files  []listed `json:"files"`
	}{Status: "finalized", Files: []listed{}}
	for n, f := range s.Files {
		one := listed{ContentType: f.Type}
		if f.Size <= int64(most) {
			b, err := d.whole(r, secret, n)
			if err != nil {
				d.fail(w, err)
				return
			}
			one.Embedded = string(b)
		} else {
			ticket, err := d.ticket(secret, n)
			if err != nil {
				d.fail(w, err)
				return
			}
			one.Location = d.c.House.Public + "/shl/" + secret + "/" + strconv.Itoa(n) + "?t=" + ticket
		}
		out.Files = append(out.Files, one)
	}
	answer(w, http.StatusOK, out)
}

func (d *Door) whole(r *http.Request, secret string, n int) ([]byte, error) {
	file, _, err := d.c.House.SharedFile(r.Context(), secret, n)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.NewSectionReader(file, 0, file.Size()))
}

// direct gives the one file of a link without a list.
func (d *Door) direct(w http.ResponseWriter, r *http.Request) {
	secret := r.PathValue("secret")
	s, err := d.c.House.OpenDirect(r.Context(), secret, r.URL.Query().Get("recipient"))
	if err != nil {
		d.fail(w, err)
		return
	}
	_ = s
	d.send(w, r, secret, 0)
}

// file gives one file of the list to whoever has a ticket for it.
func (d *Door) file(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || !d.admitted(r.URL.Query().Get("t"), r.PathValue("secret"), n) {
		d.fail(w, fault.New(fault.NotFound, "link.gone"))
		return
	}
	d.send(w, r, r.PathValue("secret"), n)
}

func (d *Door) send(w http.ResponseWriter, r *http.Request, secret string, n int) {
	file, _, err := d.c.House.SharedFile(r.Context(), secret, n)
	if err != nil {
		d.fail(w, err)
		return
	}
	defer file.Close()
	w.Header().Set("Content-Type", "application/jose")
	w.Header().Set("Content-Length", strconv.FormatInt(file.Size(), 10))
	_, _ = io.Copy(w, io.NewSectionReader(file, 0, file.Size()))
}

// ticket is a sealed word that lets its bearer fetch one file for an hour.
func (d *Door) ticket(secret string, n int) (string, error) {
	until := d.c.House.Now().Add(ticketLife).Unix()
	b, err := d.c.Sealer.SealValue([]byte(strconv.FormatInt(until, 10)), "share ticket", secret, strconv.Itoa(n))
	return base64.RawURLEncoding.EncodeToString(b), err
}

func (d *Door) admitted(ticket, secret string, n int) bool {
	b, err := base64.RawURLEncoding.DecodeString(ticket)
	if err != nil {
		return false
	}
	plain, err := d.c.Sealer.OpenValue(b, "share ticket", secret, strconv.Itoa(n))
	if err != nil {
		return false
	}
	until, err := strconv.ParseInt(string(plain), 10, 64)
	return err == nil && d.c.House.Now().Unix() < until
}

// fail answers as the standard has it. Why a link does not open is said to nobody but
// the patient.
func (d *Door) fail(w http.ResponseWriter, err error) {
	switch fault.KindOf(err) {
	case fault.Unauthenticated:
		left, _ := strconv.Atoi(fault.All(err)[0].Vars["left"])
		answer(w, http.StatusUnauthorized, map[string]any{"remainingAttempts": left})
	case fault.NotFound:
		answer(w, http.StatusNotFound, map[string]any{"message": "This link does not open, or not any more."})
	case fault.Invalid:
		answer(w, http.StatusBadRequest, map[string]any{"message": "Say who you are: recipient."})
	case fault.Conflict, fault.TooMany:
		w.Header().Set("Retry-After", "2")
		answer(w, http.StatusTooManyRequests, map[string]any{"message": "Busy. Try again."})
	default:
		d.c.Log.Error("a link could not be answered", "kind", fault.KindOf(err).String())
		answer(w, http.StatusInternalServerError, map[string]any{"message": "Something went wrong here. Try again."})
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// The page for people: the key stays behind the # of the address, which no browser
// sends. The script asks for the files and opens them here.

func (d *Door) view(w http.ResponseWriter, r *http.Request) {
	say := d.c.Words.In(d.c.Language(r))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	frame := ui.Frame{Speaker: say, Title: say.T("link.title"), Home: "/"}
	if err := ui.Layout(frame).Render(withBody(r, viewPage(say)), w); err != nil {
		d.c.Log.Error("a page broke off", "page", "view")
	}
}
