package web_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/journey"
	"consilium/internal/seal"
	"consilium/internal/storage"
	"consilium/internal/web"
	"consilium/internal/web/text"
)

const (
	goodPassphrase = "green kettle under seven stairs"
	nextPassphrase = "three slow boats near the harbor"
)

// site is the real door over a real store in a temporary folder. Of the journey's
// pages it has only what shows that one was reached.
type site struct {
	t      *testing.T
	house  *actions.House
	store  *storage.Store
	server *httptest.Server
	words  *text.Words
	logged *bytes.Buffer

	mu    sync.Mutex
	now   time.Time
	saved []url.Values // forms that reached a page
}

// change says how a test wants its site to differ.
type change func(*web.DoorsConfig)

func newSite(t *testing.T, changes ...change) *site {
	t.Helper()
	s := &site{t: t, now: time.Now().UTC(), logged: &bytes.Buffer{}}
	keys, err := seal.Open(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	s.store, err = storage.Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "consilium.db"), keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.store.Close() })
	s.house = &actions.House{
		Cases: s.store, Uploads: s.store, Accounts: s.store,
		Now:   s.clock,
		NewID: func() string { return strings.ToLower(rand.Text()) },
	}
	if s.words, err = text.New(web.Words); err != nil {
		t.Fatal(err)
	}
	s.house.Words = func(lang string) actions.Speaker { return s.words.In(lang) }
	s.server = httptest.NewUnstartedServer(nil)
	s.house.Public = "http://" + s.server.Listener.Addr().String()
	log := slog.New(slog.NewTextHandler(s.logged, nil))
	c := web.DoorsConfig{
		House: s.house, Words: s.words, Log: log, Sealer: keys,
		Sessions: s.store.Contents(s.clock), SessionID: storage.SessionID,
		Public: s.house.Public,
	}
	for _, ch := range changes {
		ch(&c)
	}
	doors, err := web.NewDoors(c)
	if err != nil {
		t.Fatal(err)
	}
	door, err := web.New(web.Config{House: s.house, Words: s.words, Doors: doors, Log: log, Steps: s.steps()})
	if err != nil {
		t.Fatal(err)
	}
	s.server.Config.Handler = door.Handler()
	s.server.Start()
	t.Cleanup(s.server.Close)
	t.Cleanup(func() {
		if m := s.words.Missing(); len(m) > 0 {
			t.Errorf("words are missing: %v", m)
		}
	})
	return s
}

// steps gives every page of the journey: it says its name, and keeps what is posted.
func (s *site) steps() []web.Step {
	var all []web.Step
	for _, st := range journey.All() {
		step := web.Step{ID: st.ID}
		for _, p := range st.Pages {
			show := func(v *web.Visit) error { return v.Render("x", templ.Raw("<p>page "+p.ID+"</p>")) }
			save := func(v *web.Visit) error {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.saved = append(s.saved, v.Form)
				return v.Go("")
			}
			step.Pages = append(step.Pages, web.Page{ID: p.ID, Show: show, Save: save, More: map[string]func(*web.Visit) error{http.MethodPatch: save}})
		}
		all = append(all, step)
	}
	return all
}

func (s *site) clock() time.Time { s.mu.Lock(); defer s.mu.Unlock(); return s.now }

func (s *site) wait(d time.Duration) { s.mu.Lock(); defer s.mu.Unlock(); s.now = s.now.Add(d) }

// owner makes somebody who can sign in as "ruth".
func (s *site) owner() actions.Person {
	s.t.Helper()
	p, err := s.house.CreateOwner(context.Background(), "Ruth", goodPassphrase)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// installationLog is the installation's own log as text.
func (s *site) installationLog() string {
	s.t.Helper()
	var b bytes.Buffer
	if err := s.store.Log(context.Background(), actions.InstallationLog, &b); err != nil {
		s.t.Fatal(err)
	}
	return b.String()
}

// browser keeps cookies and does not follow redirects by itself.
type browser struct {
	*site
	client *http.Client
	agent  string
}

func (s *site) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{site: s, agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is what the server said.
type answer struct {
	status int
	to     string // where a redirect leads
	head   http.Header
	body   string
}

func (b *browser) do(method, path string, form url.Values, head ...string) answer {
	b.t.Helper()
	if form == nil {
		return b.doBody(method, path, nil, head...)
	}
	return b.doBody(method, path, strings.NewReader(form.Encode()), append([]string{"Content-Type", "application/x-www-form-urlencoded"}, head...)...)
}

func (b *browser) doBody(method, path string, body io.Reader, head ...string) answer {
	b.t.Helper()
	r, err := http.NewRequest(method, b.server.URL+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("User-Agent", b.agent)
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	res, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{status: res.StatusCode, to: res.Header.Get("Location"), head: res.Header, body: string(raw)}
}

func (b *browser) get(path string, head ...string) answer {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil, head...)
}

func (b *browser) post(path string, pairs ...string) answer {
	b.t.Helper()
	return b.do(http.MethodPost, path, fields(pairs...))
}

func fields(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return f
}

// signIn signs in with a name and a passphrase.
func (b *browser) signIn(handle, passphrase string) answer {
	b.t.Helper()
	return b.post("/sign-in", "handle", handle, "passphrase", passphrase)
}

// in tells whether the browser is signed in.
func (b *browser) in() bool { b.t.Helper(); return b.get("/account").status == http.StatusOK }

// token is what the session's cookie holds.
func (b *browser) token() string { return b.cookie("session") }

func (b *browser) cookie(name string) string {
	u, _ := url.Parse(b.server.URL)
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// openCase makes a case of this person and gives its path.
func (s *site) openCase(who casefile.Person) string {
	s.t.Helper()
	id, err := s.house.OpenCase(context.Background(), who)
	if err != nil {
		s.t.Fatal(err)
	}
	return "/case/" + string(id)
}

func want(t *testing.T, a answer, status int, words ...string) {
	t.Helper()
	if a.status != status {
		t.Fatalf("answered %d (to %q), want %d\n%s", a.status, a.to, status, a.body)
	}
	for _, w := range words {
		if !strings.Contains(a.body, w) {
			t.Fatalf("the page does not say %q:\n%s", w, a.body)
		}
	}
}

func redirects(t *testing.T, a answer, to string) {
	t.Helper()
	if a.status != http.StatusSeeOther || a.to != to {
		t.Fatalf("answered %d to %q, want 303 to %q\n%s", a.status, a.to, to, a.body)
	}
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// hidden gives the first hidden field of this name.
func hidden(t *testing.T, body, name string) string {
	t.Helper()
	for _, m := range hiddenField.FindAllStringSubmatch(body, -1) {
		if m[1] == name {
			return m[2]
		}
	}
	t.Fatalf("there is no hidden field %q:\n%s", name, body)
	return ""
}
