package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"consilium/cmd/consilium/program"
	"consilium/internal/web/text"
)

// person uses the house over HTTP, as a browser without script does.
type person struct {
	t      testing.TB
	house  *house
	client *http.Client
	lang   string

	mu   sync.Mutex
	seen []string // every address that was visited or sent to
}

const (
	personHandle     = "ruth"
	personPassphrase = "seven quiet herons at noon"
)

// come is a new person at the door of a running house.
func come(t testing.TB, h *house) *person {
	jar, err := cookiejar.New(nil)
	must(t, err)
	p := &person{t: t, house: h, lang: "en"}
	p.client = &http.Client{
		Jar: jar, Timeout: 2 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 8},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(p.client.CloseIdleConnections)
	return p
}

// own makes the owner by the one-time link.
func (p *person) own() *person {
	p.t.Helper()
	a := p.post(strings.TrimPrefix(p.house.find(`(http\S+/welcome/\S+)`), p.house.URL),
		url.Values{"handle": {personHandle}, "passphrase": {personPassphrase}, "again": {personPassphrase}})
	a.must(http.StatusSeeOther)
	return p
}

// answer is what came back.
type answer struct {
	t      testing.TB
	Status int
	Header http.Header
	Body   string
	URL    string
}

// must ends the test when the answer is another one. The page is not printed whole.
func (a answer) must(status int) answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("%s answered %d, want %d: %s", a.URL, a.Status, status, opening(a.Text()))
	}
	return a
}

var (
	tags   = regexp.MustCompile(`(?s)<(script|style|svg|head)\b.*?</(script|style|svg|head)>|<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)
)

// Text is what a person reads of a page.
func (a answer) Text() string {
	return strings.TrimSpace(spaces.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(a.Body, " ")), " "))
}

func opening(s string) string { return s[:min(len(s), 1500)] }

// value is what a field of the page's form holds.
func (a answer) value(name string) string {
	a.t.Helper()
	input := regexp.MustCompile(`<input\b[^>]*\bname="` + regexp.QuoteMeta(name) + `"[^>]*>`).FindString(a.Body)
	if m := regexp.MustCompile(`\bvalue="([^"]*)"`).FindStringSubmatch(input); m != nil {
		return html.UnescapeString(m[1])
	}
	if m := regexp.MustCompile(`(?s)<textarea\b[^>]*\bname="` + regexp.QuoteMeta(name) + `"[^>]*>(.*?)</textarea>`).FindStringSubmatch(a.Body); m != nil {
		// A browser leaves out the line break after the tag.
		return strings.TrimPrefix(html.UnescapeString(m[1]), "\n")
	}
	return ""
}

// ask sends a request; an error is that of a lost connection.
func (p *person) ask(method, path string, header http.Header, body io.Reader) (answer, error) {
	r, err := http.NewRequest(method, p.house.URL+path, body)
	if err != nil {
		return answer{}, err
	}
	for k, v := range header {
		r.Header[k] = v
	}
	r.Header.Set("Accept-Language", p.lang)
	a, err := p.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	p.mu.Lock()
	p.seen = append(p.seen, path, a.Header.Get("Location"))
	p.mu.Unlock()
	return answer{t: p.t, Status: a.StatusCode, Header: a.Header, Body: string(b), URL: method + " " + path}, err
}

func (p *person) get(path string) answer {
	p.t.Helper()
	a, err := p.ask(http.MethodGet, path, nil, nil)
	must(p.t, err)
	return a
}

var formType = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}

func (p *person) post(path string, form url.Values) answer {
	p.t.Helper()
	a, err := p.ask(http.MethodPost, path, formType, strings.NewReader(form.Encode()))
	must(p.t, err)
	return a
}

// openCase opens a case and gives its address.
func (p *person) openCase() string {
	p.t.Helper()
	to := p.post("/cases", url.Values{}).must(http.StatusSeeOther).Header.Get("Location")
	id := regexp.MustCompile(`/case/[^/]+`).FindString(to)
	if id == "" {
		p.t.Fatalf("opening a case led to %q", to)
	}
	return id
}

// story fills the first form.
func story(diagnosis, version string) url.Values {
	return url.Values{
		"version": {version}, "patient_name": {"Ruth Alvarez"}, "birth_date-month": {"4"}, "birth_date-day": {"2"}, "birth_date-year": {"1961"},
		"state": {"CA"}, "diagnosis": {diagnosis}, "treatment": {"Mastectomy of the right side"}, "doctor_name": {"Dr. Okafor"},
	}
}

// toldCase is a case whose first step is done, so that the others stand open.
func (p *person) toldCase() string {
	p.t.Helper()
	home := p.openCase()
	p.post(home+"/start", story("Invasive ductal carcinoma", "0")).must(http.StatusSeeOther)
	return home
}

// file is one file of a form.
type file struct {
	name string
	body io.Reader
}

// hand gives files in by the form, as without script, each streamed.
func (p *person) hand(home string, files ...file) answer {
	p.t.Helper()
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() {
		for _, f := range files {
			part, err := form.CreateFormFile("files", f.name)
			if err == nil {
				_, err = io.Copy(part, f.body)
			}
			if err != nil {
				w.CloseWithError(err)
				return
			}
		}
		w.CloseWithError(form.Close())
	}()
	a, err := p.ask(http.MethodPost, home+"/records/upload", http.Header{"Content-Type": {form.FormDataContentType()}}, r)
	must(p.t, err)
	return a
}

var jsonType = http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}

// begin begins an upload in pieces.
func (p *person) begin(home, name string, size int64) (id string, received int64, err error) {
	b, err := json.Marshal(map[string]any{"name": name, "path": name, "size": size})
	must(p.t, err)
	a, err := p.ask(http.MethodPost, home+"/records/part/", jsonType, bytes.NewReader(b))
	if err != nil {
		return "", 0, err
	}
	if a.Status != http.StatusCreated && a.Status != http.StatusOK {
		p.t.Fatalf("beginning an upload answered %d: %s", a.Status, opening(a.Body))
	}
	var got struct {
		ID       string `json:"id"`
		Received int64  `json:"received"`
	}
	must(p.t, json.Unmarshal([]byte(a.Body), &got))
	return got.ID, got.Received, nil
}

// part sends a piece from an offset on.
func (p *person) part(home, id string, at int64, piece io.Reader) (answer, error) {
	return p.ask(http.MethodPatch, home+"/records/part/"+id, http.Header{
		"Content-Type": {"application/offset+octet-stream"}, "Accept": {"application/json"},
		"Upload-Offset": {strconv.FormatInt(at, 10)},
	}, piece)
}

// received asks how far an upload has come; gone when the house no longer knows it.
func (p *person) received(home, id string) (n int64, gone bool) {
	p.t.Helper()
	a, err := p.ask(http.MethodHead, home+"/records/part/"+id, nil, nil)
	must(p.t, err)
	if a.Status == http.StatusNotFound {
		return 0, true
	}
	a.must(http.StatusOK)
	n, err = strconv.ParseInt(a.Header.Get("Upload-Offset"), 10, 64)
	must(p.t, err)
	return n, false
}

// read waits until every file of the case has been read, and gives the list.
func (p *person) read(home string) answer {
	p.t.Helper()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		a := p.get(home + "/records").must(http.StatusOK)
		if a.Header.Get("Refresh") == "" {
			return a
		}
		if time.Now().After(end) {
			p.t.Fatal("the files were not read in a minute")
		}
	}
}

// original downloads a file and gives its SHA-256.
func (p *person) original(home, sum string) string {
	p.t.Helper()
	a := p.get(home + "/records/original/" + sum)
	if a.Status != http.StatusOK {
		return "status " + strconv.Itoa(a.Status)
	}
	h := sha256.Sum256([]byte(a.Body))
	return hex.EncodeToString(h[:])
}

// verified downloads the log of a case, has the command check it, and gives the
// number of its entries.
func (p *person) verified(home string) int {
	p.t.Helper()
	name := filepath.Join(p.t.TempDir(), "log.txt")
	must(p.t, os.WriteFile(name, []byte(p.get(home+"/log").must(http.StatusOK).Body), 0o600))
	out, err := exec.Command(binary, "log", "verify", name).CombinedOutput()
	if err != nil {
		p.t.Fatalf("the log is not whole: %v\n%s", err, out)
	}
	m := regexp.MustCompile(`whole: (\d+) entries`).FindSubmatch(out)
	if m == nil {
		p.t.Fatalf("log verify said %s", out)
	}
	n, err := strconv.Atoi(string(m[1]))
	must(p.t, err)
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// bytesOf gives the bytes that a made-up file of this name has from an offset on:
// always the same, and like nothing that could be packed or guessed.
func bytesOf(name string, from, size int64) io.Reader {
	src := rand.NewChaCha8(sha256.Sum256([]byte(name)))
	_, _ = io.CopyN(io.Discard, src, from)
	return io.LimitReader(src, size-from)
}

func sumOf(r io.Reader) string {
	h := sha256.New()
	_, _ = io.Copy(h, r)
	return hex.EncodeToString(h.Sum(nil))
}

var allWords = sync.OnceValues(program.Words)

// say is a sentence as the house says it in a language.
func say(t testing.TB, lang string) text.Speaker {
	t.Helper()
	w, err := allWords()
	must(t, err)
	return w.In(lang)
}

// both runs a test once for each language.
func both(t *testing.T, f func(t *testing.T, lang string)) {
	for _, lang := range []string{"en", "es"} {
		t.Run(lang, func(t *testing.T) { f(t, lang) })
	}
}
