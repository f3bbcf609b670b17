package web

import (
	"crypto/rand"
	"encoding/base32"
	"net/http"
	"runtime/debug"

	"consilium/internal/fault"
	"consilium/internal/web/ui"
)

// status is the answer's number for each kind of fault.
var status = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.NotFound:        http.StatusNotFound,
	fault.Forbidden:       http.StatusForbidden,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Conflict:        http.StatusConflict,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.TooMany:         http.StatusTooManyRequests,
	fault.Full:            http.StatusInsufficientStorage,
	fault.Refused:         http.StatusUnprocessableEntity,
	fault.Damaged:         http.StatusInternalServerError,
}

// Status is the HTTP status for any error.
func Status(err error) int { return status[fault.KindOf(err)] }

// fail turns a fault into a page that says what happened and what to do. What is
// our own mistake gets a short id that stands on the page and in the log; the log
// line names the page and never the person.
func (s *Server) fail(v *Visit, err error) {
	kind := fault.KindOf(err)
	f := fault.All(err)[0]
	var id string
	if kind == fault.Internal || kind == fault.Damaged || kind == fault.Full {
		id = shortID()
		s.log.Error("request failed", "id", id, "kind", kind.String(), "page", v.page, "method", v.R.Method, "error", redact(err))
	}
	_ = v.RenderAs(Status(err), v.Say.T("fault.title."+kind.String()), faultPage(v.Say, kind, ui.Say(v.Say, f), id))
}

// redact keeps of an error what an operator needs: kinds and keys of faults whole,
// of anything else only its type, because a driver's message may quote a value.
func redact(err error) string {
	var out string
	for _, f := range fault.All(err) {
		out += f.Kind.String() + " " + f.Key + " "
		if c := f.Unwrap(); c != nil {
			out += typeChain(c)
		}
	}
	return out
}

func shortID() string {
	var b [5]byte
	_, _ = rand.Read(b[:])
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])
}

// recovered keeps the server up when a handler panics.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.log.Error("a handler panicked", "method", r.Method, "stack", string(debug.Stack()))
			s.fail(s.visit(w, r), fault.New(fault.Internal, "fault.internal"))
		}()
		next.ServeHTTP(w, r)
	})
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	s.fail(s.visit(w, r), fault.New(fault.NotFound, "fault.not_found"))
}

// headers are those of every answer: nothing from elsewhere, nothing inline, no
// framing, nothing kept by caches on the way.
func headers(next http.Handler) http.Handler {
	const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
