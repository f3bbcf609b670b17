// Package webtest gives the tests of pages a running house: the real server over
// real storage and a real vault in a folder of the test, jobs done at a word, and a
// person who is signed in. Only the door is ours: whoever has the test's cookie is
// in.
package webtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/intake"
	"consilium/internal/journey"
	"consilium/internal/letters"
	"consilium/internal/notify"
	"consilium/internal/packet"
	"consilium/internal/paper"
	"consilium/internal/queue"
	"consilium/internal/records"
	"consilium/internal/rulebook"
	"consilium/internal/seal"
	"consilium/internal/storage"
	"consilium/internal/vault"
	"consilium/internal/web"
	"consilium/internal/web/text"
	"consilium/rules"
)

// Site is a running server and one person with a browser.
type Site struct {
	T      testing.TB
	URL    string
	House  *actions.House
	Store  *storage.Store
	Words  *text.Words
	Client *http.Client // signed in as Who; does not follow redirects
	Who    casefile.Person
	Dir    string

	queue *queue.Queue
	mu    sync.Mutex
	now   time.Time
	log   bytes.Buffer
}

// Noon is when a site's clock starts: the day of the demo cast.
var Noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// New starts a site with these steps. Pages of the map that belong to other steps
// answer "not built here", so that a step is tested without the others.
func New(t testing.TB, steps ...web.Step) *Site {
	t.Helper()
	s := &Site{T: t, Dir: t.TempDir(), Who: "person0000000000000000test", now: Noon}
	keys, err := seal.Open(filepath.Join(s.Dir, "keys"))
	s.must(err)
	s.Store, err = storage.Open(context.Background(), "sqlite:"+filepath.Join(s.Dir, "consilium.db"), keys)
	s.must(err)
	t.Cleanup(func() { _ = s.Store.Close() })
	folder, err := vault.Open(filepath.Join(s.Dir, "vault"), Noon)
	s.must(err)
	book, problems := rulebook.Load(rules.Files)
	if len(problems) > 0 {
		t.Fatalf("the rules: %v", problems[0])
	}
	s.House = &actions.House{Cases: s.Store, Uploads: s.Store, Vault: folder, Reader: Reader{}, Viewer: Viewer{}, Paper: Paper{}, Packets: packets(keys), Shares: s.Store, Calendars: notify.Calendars{}, Rules: book, Accounts: s.Store, Now: s.Now, NewID: newID}
	log := slog.New(slog.NewTextHandler(locked{s}, nil))
	sources := []fs.FS{web.Words}
	for _, step := range steps {
		sources = append(sources, step.Words)
	}
	s.Words, err = text.New(sources...)
	s.must(err)
	s.House.Words = func(lang string) actions.Speaker { return s.Words.In(lang) }
	server, err := web.New(web.Config{House: s.House, Words: s.Words, Doors: door{s.Who}, Log: log, Steps: withStandIns(steps)})
	s.must(err)
	srv := httptest.NewServer(server.Handler())
	t.Cleanup(srv.Close)
	s.URL, s.House.Public = srv.URL, srv.URL
	jar, err := cookiejar.New(nil)
	s.must(err)
	s.Client = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	at, _ := url.Parse(s.URL)
	jar.SetCookies(at, []*http.Cookie{{Name: "test-session", Value: "in"}})
	s.queue = &queue.Queue{Jobs: s.Store, Log: log, Name: "test", Now: s.Now, Hold: 5 * time.Minute, Workers: Workers(s.House)}
	return s
}

// Workers are the workers of every job, as the program wires them.
func Workers(h *actions.House) map[string]queue.Worker {
	return map[string]queue.Worker{
		actions.ReadRecordJob: h.DoReadRecord, actions.ConfirmRemindersJob: h.DoConfirmReminders, actions.RemindJob: h.DoRemind,
		actions.PullPortalJob: h.DoPullPortal,
	}
}

// Reader reads records as the program does.
type Reader struct{}

// ReadRecord is intake.Read with its usual limits.
func (Reader) ReadRecord(ctx context.Context, name string, r io.ReaderAt, size int64) clinical.Reading {
	return intake.Read(ctx, name, r, size, intake.Options{})
}

// Viewer shows records as the program does.
type Viewer struct{}

// Piece is intake.Piece.
func (Viewer) Piece(ctx context.Context, whole records.Received, in actions.Reader, piece clinical.Reading) (actions.PieceReader, bool) {
	return intake.Piece(ctx, intake.Whole{Name: whole.Name, SHA256: whole.SHA256, In: in, Size: in.Size()}, piece.Name, piece.SHA256)
}

// View is intake.View.
func (Viewer) View(ctx context.Context, in io.ReaderAt, size int64) clinical.View {
	return intake.View(ctx, in, size)
}

// Picture is intake.Picture.
func (Viewer) Picture(ctx context.Context, in io.ReaderAt, size int64, frame int) (clinical.Picture, error) {
	return intake.Picture(ctx, in, size, frame)
}

// packets makes packets as the program does.
func packets(keys *seal.Installation) packet.Press {
	public := keys.PublicKeys()
	return packet.Press{Signer: keys.Signer(), Key: public[len(public)-1], Public: public, Version: "test"}
}

// Paper prints as the program does.
type Paper struct{}

// Print is paper.Print on US Letter.
func (Paper) Print(l letters.Letter) ([]byte, error) { return paper.Print(l, paper.USLetter) }

// PrintAll is paper.PrintAll on US Letter.
func (Paper) PrintAll(ls []letters.Letter) ([]byte, error) {
	return paper.PrintAll(ls, paper.USLetter)
}

// Now is the site's time.
func (s *Site) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Pass lets time go by.
func (s *Site) Pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// Work does every job that is due and tells how many there were.
func (s *Site) Work() int {
	s.T.Helper()
	for n := 0; ; n++ {
		did, err := s.queue.One(context.Background(), "test")
		s.must(err)
		if !did {
			return n
		}
	}
}

// Log is everything that the server has logged: a test may search it for names.
func (s *Site) Log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// NewCase opens a case of the person and saves this profile in it.
func (s *Site) NewCase(p casefile.Profile) casefile.ID {
	s.T.Helper()
	ctx := context.Background()
	id, err := s.House.OpenCase(ctx, s.Who)
	s.must(err)
	s.must(s.House.DescribePatient(ctx, s.Who, s.Case(id), p, 0))
	return id
}

// Case loads a case.
func (s *Site) Case(id casefile.ID) *casefile.Case {
	s.T.Helper()
	c, err := s.House.Load(context.Background(), s.Who, id)
	s.must(err)
	return c
}

// Answer is what the server answered.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Location is where the answer leads, as a path.
func (a Answer) Location() string { return a.Header.Get("Location") }

// Get opens a page.
func (s *Site) Get(path string) Answer { s.T.Helper(); return s.Do(http.MethodGet, path, "", nil) }

// GetIn opens a page in a language.
func (s *Site) GetIn(lang, path string) Answer {
	s.T.Helper()
	return s.Do(http.MethodGet, path, "", nil, "Accept-Language", lang)
}

// Post sends a form.
func (s *Site) Post(path string, form url.Values) Answer {
	s.T.Helper()
	return s.Do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// Upload is a file of a multipart form.
type Upload struct {
	Field, Name string
	Body        io.Reader
}

// PostFiles sends files as a browser without script does.
func (s *Site) PostFiles(path string, files ...Upload) Answer {
	s.T.Helper()
	r, w := io.Pipe()
	m := multipart.NewWriter(w)
	go func() {
		for _, f := range files {
			part, err := m.CreateFormFile(f.Field, f.Name)
			if err == nil {
				_, err = io.Copy(part, f.Body)
			}
			if err != nil {
				_ = w.CloseWithError(err)
				return
			}
		}
		_ = w.CloseWithError(m.Close())
	}()
	return s.Do(http.MethodPost, path, m.FormDataContentType(), r)
}

// Do sends any request. Headers are name and value in turn.
func (s *Site) Do(method, path, contentType string, body io.Reader, headers ...string) Answer {
	s.T.Helper()
	r, err := http.NewRequest(method, s.URL+path, body)
	s.must(err)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.Client.Do(r)
	s.must(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	s.must(err)
	return Answer{Status: res.StatusCode, Header: res.Header, Body: string(b)}
}

func (s *Site) must(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}

func newID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}

// withStandIns adds, for every page of the map that no given step has, one that
// answers "not built here".
func withStandIns(steps []web.Step) []web.Step {
	built := map[string]bool{}
	for _, s := range steps {
		for _, p := range s.Pages {
			built[p.ID] = true
		}
	}
	all := append([]web.Step{}, steps...)
	for _, row := range journey.All() {
		step := web.Step{ID: row.ID}
		for _, p := range row.Pages {
			if !built[p.ID] {
				step.Pages = append(step.Pages, web.Page{ID: p.ID, Show: standIn, Save: standIn})
			}
		}
		all = append(all, step)
	}
	return all
}

func standIn(v *web.Visit) error {
	http.Error(v.W, "not built here", http.StatusNotImplemented)
	return nil
}

// door lets in whoever has the test's cookie, as one person.
type door struct{ who casefile.Person }

func (d door) Who(r *http.Request) (casefile.Person, bool) {
	if _, err := r.Cookie("test-session"); err != nil {
		return "", false
	}
	return d.who, true
}

func (d door) Ask(w http.ResponseWriter, r *http.Request, _ url.Values) {
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

func (d door) Routes(*http.ServeMux) {}

func (d door) Wrap(next http.Handler) http.Handler { return next }

// locked writes the log under the site's lock.
type locked struct{ s *Site }

func (l locked) Write(p []byte) (int, error) {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	return l.s.log.Write(p)
}
