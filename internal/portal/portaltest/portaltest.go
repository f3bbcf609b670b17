// Package portaltest is a patient portal for tests: it signs people in by OAuth 2
// with PKCE as SMART App Launch says, and serves a patient's records by FHIR R4. It
// is strict where a real portal is, and a test can make it slow, forgetful or
// hostile.
package portaltest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// ClientID and Patient are what the portal knows.
const (
	ClientID = "consilium-test"
	Patient  = "ruth-1"
)

// Server is the portal.
type Server struct {
	URL string // FHIR base
	// Resources are what it holds, by type.
	Resources map[string][]json.RawMessage
	// Binaries are the documents, by id.
	Binaries map[string]Binary
	// PageSize is how many resources a page has; 0 is 2.
	PageSize int
	// NoRefresh gives no leave to renew; Expires is the token's life in seconds, 0 is 3600.
	NoRefresh bool
	Expires   int
	// OldDiscovery has no smart-configuration: what it says stands in its
	// CapabilityStatement.
	OldDiscovery bool
	// NeedsCategory are the types that it gives by category alone.
	NeedsCategory []string
	// Everything gives all of a patient at once, by $everything.
	Everything bool
	// Who is the patient who signs in; "" is Patient.
	Who string
	// Records answers, instead of what the server holds itself, whoever is signed in.
	Records http.Handler
	// Before sees every request first; true says that it has answered.
	Before func(w http.ResponseWriter, r *http.Request) bool

	mu      sync.Mutex
	codes   map[string]grant
	access  map[string]string // the scope of each token
	refresh map[string]string
	asked   []string
	srv     *httptest.Server
}

// Binary is a document.
type Binary struct {
	Type string
	Body []byte
}

type grant struct{ challenge, redirect, scope string }

// New starts a portal that ends with the test.
func New(t testing.TB) *Server {
	s := &Server{Resources: map[string][]json.RawMessage{}, Binaries: map[string]Binary{}, codes: map[string]grant{}, access: map[string]string{}, refresh: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /fhir/.well-known/smart-configuration", s.configuration)
	mux.HandleFunc("GET /fhir/metadata", s.orRecords(s.metadata))
	mux.HandleFunc("GET /authorize", s.authorize)
	mux.HandleFunc("POST /token", s.token)
	mux.HandleFunc("POST /revoke", s.revoke)
	mux.HandleFunc("GET /fhir/Binary/{id}", s.signedIn(s.orRecords(s.binary)))
	mux.HandleFunc("GET /fhir/Patient/{id}/$everything", s.signedIn(s.everything))
	mux.HandleFunc("GET /fhir/{type}/{id}", s.signedIn(s.orRecords(s.read)))
	mux.HandleFunc("GET /fhir/{type}", s.signedIn(s.orRecords(s.search)))
	s.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Method+" "+r.URL.RequestURI())
		s.mu.Unlock()
		if s.Before != nil && s.Before(w, r) {
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.srv.Close)
	s.URL = s.srv.URL + "/fhir"
	return s
}

// List is the operator's list with this portal in it, under the id "general".
func (s *Server) List() string {
	return fmt.Sprintf(`{"portals":[{"id":"general","name":"General Hospital","base":%q,"client_id":%q}]}`, s.URL, ClientID)
}

// Add puts resources into the portal, each a JSON text.
func (s *Server) Add(resources ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range resources {
		var head struct{ ResourceType string }
		if err := json.Unmarshal([]byte(r), &head); err != nil {
			panic(err)
		}
		s.Resources[head.ResourceType] = append(s.Resources[head.ResourceType], json.RawMessage(r))
	}
}

// Asked lists the requests that came, as "GET /fhir/Patient/1".
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// Tokens counts the tokens that still open something.
func (s *Server) Tokens() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.access) + len(s.refresh)
}

// Expire ends every access token, as if its time were over.
func (s *Server) Expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.access)
}

// Secrets are the tokens that the portal gave: no log may hold one.
func (s *Server) Secrets() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for t := range s.access {
		all = append(all, t)
	}
	for t := range s.refresh {
		all = append(all, t)
	}
	return all
}

func answer(w http.ResponseWriter, status int, kind string, body any) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, why string) {
	answer(w, http.StatusBadRequest, "application/json", map[string]string{"error": why})
}

func (s *Server) configuration(w http.ResponseWriter, r *http.Request) {
	if s.OldDiscovery {
		http.NotFound(w, r)
		return
	}
	answer(w, http.StatusOK, "application/json", map[string]any{
		"issuer": s.srv.URL, "authorization_response_iss_parameter_supported": true,
		"authorization_endpoint": s.srv.URL + "/authorize", "token_endpoint": s.srv.URL + "/token", "revocation_endpoint": s.srv.URL + "/revoke",
		"capabilities":                     []string{"launch-standalone", "client-public", "context-standalone-patient", "permission-offline", "permission-patient", "permission-v2"},
		"code_challenge_methods_supported": []string{"S256"},
	})
}

func (s *Server) metadata(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var resources []any
	for kind := range s.Resources {
		resources = append(resources, map[string]any{
			"type": kind, "interaction": []any{map[string]string{"code": "read"}, map[string]string{"code": "search-type"}},
			"searchParam": []any{map[string]string{"name": "patient", "type": "reference"}},
		})
	}
	operations := []any{}
	if s.Everything {
		operations = append(operations, map[string]string{"name": "everything", "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything"})
	}
	oauth := []any{}
	for k, v := range map[string]string{"authorize": "/authorize", "token": "/token", "revoke": "/revoke"} {
		oauth = append(oauth, map[string]string{"url": k, "valueUri": s.srv.URL + v})
	}
	answer(w, http.StatusOK, "application/fhir+json", map[string]any{
		"resourceType": "CapabilityStatement", "status": "active", "kind": "instance", "fhirVersion": "4.0.1", "format": []string{"json"},
		"rest": []any{map[string]any{"mode": "server", "resource": resources, "operation": operations, "security": map[string]any{
			"extension": []any{map[string]any{"url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris", "extension": oauth}},
		}}},
	})
}

// authorize is the sign-in, in which this portal's patient agrees to everything.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Host == "" || q.Get("client_id") != ClientID {
		refuse(w, "invalid_client") // never sent to an address that nobody knows
		return
	}
	said := url.Values{"state": {q.Get("state")}, "iss": {s.srv.URL}}
	switch {
	case q.Get("response_type") != "code" || q.Get("state") == "" || q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43:
		said.Set("error", "invalid_request")
	case q.Get("aud") != s.URL:
		said.Set("error", "invalid_request")
	case !strings.Contains(q.Get("scope"), "launch/patient"):
		said.Set("error", "invalid_scope")
	default:
		code := rand.Text()
		s.mu.Lock()
		s.codes[code] = grant{q.Get("code_challenge"), back.String(), q.Get("scope")}
		s.mu.Unlock()
		said.Set("code", code)
	}
	back.RawQuery = said.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || r.PostForm.Get("client_id") != ClientID {
		refuse(w, "invalid_client")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	scope := ""
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		g, ok := s.codes[r.PostForm.Get("code")]
		delete(s.codes, r.PostForm.Get("code"))
		sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
		if !ok || g.redirect != r.PostForm.Get("redirect_uri") || g.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
			refuse(w, "invalid_grant")
			return
		}
		scope = g.scope
	case "refresh_token":
		if scope = s.refresh[r.PostForm.Get("refresh_token")]; scope == "" {
			refuse(w, "invalid_grant")
			return
		}
		delete(s.refresh, r.PostForm.Get("refresh_token")) // each is good once
	default:
		refuse(w, "unsupported_grant_type")
		return
	}
	expires := s.Expires
	if expires == 0 {
		expires = 3600
	}
	access := rand.Text()
	s.access[access] = scope
	said := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": expires, "scope": scope, "patient": s.who()}
	if !s.NoRefresh {
		fresh := rand.Text()
		s.refresh[fresh] = scope
		said["refresh_token"] = fresh
	}
	w.Header().Set("Cache-Control", "no-store")
	answer(w, http.StatusOK, "application/json", said)
}

func (s *Server) revoke(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.access, r.PostForm.Get("token"))
	delete(s.refresh, r.PostForm.Get("token"))
	w.WriteHeader(http.StatusOK)
}

func (s *Server) signedIn(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		s.mu.Lock()
		scope, ok := s.access[token]
		s.mu.Unlock()
		kind, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/fhir/"), "/")
		switch {
		case !ok:
			w.WriteHeader(http.StatusUnauthorized)
		case !mayRead(scope, kind):
			answer(w, http.StatusForbidden, "application/fhir+json", map[string]any{"resourceType": "OperationOutcome"})
		default:
			h(w, r)
		}
	}
}

// mayRead tells whether a token's scope lets a type be read and searched, in the
// words of the first SMART version or the second.
func mayRead(scope, kind string) bool {
	return slices.ContainsFunc(strings.Fields(scope), func(one string) bool {
		of, may, _ := strings.Cut(strings.TrimPrefix(one, "patient/"), ".")
		return strings.HasPrefix(one, "patient/") && (of == "*" || of == kind) && (may == "read" || may == "rs")
	})
}

// orRecords lets the other server answer where there is one.
func (s *Server) orRecords(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.Records != nil {
			h = s.Records.ServeHTTP
		}
		h(w, r)
	}
}

func (s *Server) who() string {
	if s.Who == "" {
		return Patient
	}
	return s.Who
}

func (s *Server) read(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, raw := range s.Resources[r.PathValue("type")] {
		var head struct{ ID string }
		if json.Unmarshal(raw, &head) == nil && head.ID == r.PathValue("id") {
			answer(w, http.StatusOK, "application/fhir+json", raw)
			return
		}
	}
	answer(w, http.StatusNotFound, "application/fhir+json", map[string]any{"resourceType": "OperationOutcome"})
}

func (s *Server) binary(w http.ResponseWriter, r *http.Request) {
	b, ok := s.Binaries[r.PathValue("id")]
	switch {
	case !ok:
		http.NotFound(w, r)
	case strings.Contains(r.Header.Get("Accept"), b.Type):
		w.Header().Set("Content-Type", b.Type)
		_, _ = w.Write(b.Body)
	default:
		answer(w, http.StatusOK, "application/fhir+json", map[string]any{"resourceType": "Binary", "contentType": b.Type, "data": b.Body})
	}
}

// search gives the patient's resources of a type, page by page.
func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	q, kind := r.URL.Query(), r.PathValue("type")
	s.mu.Lock()
	defer s.mu.Unlock()
	if q.Get("patient") != s.who() || slices.Contains(s.NeedsCategory, kind) && q.Get("category") == "" {
		answer(w, http.StatusBadRequest, "application/fhir+json", map[string]any{"resourceType": "OperationOutcome"})
		return
	}
	all := s.Resources[kind]
	if c := q.Get("category"); c != "" {
		all = slices.DeleteFunc(slices.Clone(all), func(raw json.RawMessage) bool { return !strings.Contains(string(raw), `"`+c+`"`) })
	}
	s.page(w, r, all)
}

// everything gives all that it holds, of every type: it holds one patient's alone.
func (s *Server) everything(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.Everything || r.PathValue("id") != s.who() {
		answer(w, http.StatusNotFound, "application/fhir+json", map[string]any{"resourceType": "OperationOutcome"})
		return
	}
	var all []json.RawMessage
	for _, kind := range slices.Sorted(maps.Keys(s.Resources)) {
		all = append(all, s.Resources[kind]...)
	}
	s.page(w, r, all)
}

// page gives the part of a search that was asked for.
func (s *Server) page(w http.ResponseWriter, r *http.Request, all []json.RawMessage) {
	q := r.URL.Query()
	size := s.PageSize
	if size == 0 {
		size = 2
	}
	from, _ := strconv.Atoi(q.Get("_offset"))
	from = min(max(from, 0), len(all))
	to := min(from+size, len(all))
	bundle := map[string]any{"resourceType": "Bundle", "type": "searchset", "total": len(all)}
	entries := []any{}
	for _, raw := range all[from:to] {
		entries = append(entries, map[string]any{"resource": raw, "search": map[string]string{"mode": "match"}})
	}
	bundle["entry"] = entries
	if to < len(all) {
		q.Set("_offset", strconv.Itoa(to))
		bundle["link"] = []any{map[string]string{"relation": "next", "url": s.srv.URL + r.URL.Path + "?" + q.Encode()}}
	}
	answer(w, http.StatusOK, "application/fhir+json", bundle)
}
