package ui_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/chromedp"

	"consilium/internal/web/browsertest"
	"consilium/internal/web/ui"
)

// uploads is a server that takes files in pieces, and drops the connection on
// every second piece after keeping half of it, as a bad network would.
type uploads struct {
	mu    sync.Mutex
	names map[string]string // id by name and size
	got   map[string]*bytes.Buffer
	tries int
	drops int
}

func (u *uploads) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	defer u.mu.Unlock()
	id := filepath.Base(r.URL.Path)
	switch r.Method {
	case http.MethodPost:
		var f struct {
			Name, Path string
			Size       int64
		}
		if json.NewDecoder(r.Body).Decode(&f) != nil {
			w.WriteHeader(400)
			return
		}
		if f.Name == "refused.bin" {
			w.WriteHeader(413)
			_, _ = io.WriteString(w, `{"message":"Too big for us."}`)
			return
		}
		id := strconv.Itoa(len(u.got) + 1)
		u.got[id] = &bytes.Buffer{}
		u.names[f.Path] = id
		_ = json.NewEncoder(w).Encode(map[string]any{"id": id, "received": 0})
	case http.MethodHead:
		w.Header().Set("Upload-Offset", strconv.Itoa(u.got[id].Len()))
	case http.MethodPatch:
		b := u.got[id]
		if r.Header.Get("Upload-Offset") != strconv.Itoa(b.Len()) {
			w.Header().Set("Upload-Offset", strconv.Itoa(b.Len()))
			w.WriteHeader(409)
			return
		}
		u.tries++
		if u.tries%2 == 1 {
			u.drops++
			_, _ = io.CopyN(b, r.Body, r.ContentLength/2)
			panic(http.ErrAbortHandler)
		}
		_, _ = io.Copy(b, r.Body)
		w.Header().Set("Upload-Offset", strconv.Itoa(b.Len()))
		w.WriteHeader(204)
	}
}

func TestAnUploadSurvivesALostConnection(t *testing.T) {
	ctx := browsertest.Open(t, 3*time.Minute)
	u := &uploads{names: map[string]string{}, got: map[string]*bytes.Buffer{}}
	s := speaker(t, "en")
	mux := http.NewServeMux()
	mux.Handle(ui.AssetPath, ui.Assets())
	mux.Handle("/up", u)
	mux.Handle("/up/", u)
	f := frame(s)
	mux.Handle("/", withPolicy(page(f, heading1("Records"), formOf(ui.UploadField(ui.NewForm(s, nil), ui.Upload{Name: "files", Label: "Files", Start: "/up", Next: "/next"})))))
	srv := httptest.NewServer(mux)
	defer srv.Close()

	dir := t.TempDir()
	big := make([]byte, 9<<20) // two pieces
	_, _ = rand.Read(big)
	write := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	files := []string{write("scan.bin", big), write("empty.txt", nil), write("refused.bin", []byte("x"))}

	visit(t, ctx, srv.URL+"/")
	// A picker opens a window of the system, which a test cannot fill: catch the
	// field that the script makes, and put it on the page.
	ask[bool](t, ctx, `HTMLInputElement.prototype.click = function () { this.id = "picked"; document.body.append(this); }, true`)
	until(t, ctx, `!document.querySelector(".drop").hidden`)
	if err := chromedp.Do(ctx, chromedp.Click(`[data-pick=files]`), chromedp.SetUploadFiles(`#picked`, files)); err != nil {
		t.Fatal(err)
	}
	until(t, ctx, `document.querySelector(".upload-said").textContent !== ""`)

	u.mu.Lock()
	defer u.mu.Unlock()
	if got := u.got[u.names["scan.bin"]]; got == nil || !bytes.Equal(got.Bytes(), big) {
		t.Errorf("what arrived is not what was sent (%d pieces dropped)", u.drops)
	}
	if u.drops == 0 {
		t.Error("no connection was lost: the test shows nothing")
	}
	for sel, want := range map[string]string{
		".upload-done .upload-state":                "Safely stored",
		".upload-failed:nth-child(2) .upload-state": "This file is empty.",
		".upload-failed:nth-child(3) .upload-state": "Too big for us.",
		".upload-said":                "Some files were not stored. You can try them again.",
		"a.upload-next[href='/next']": "Go on",
	} {
		if got := ask[string](t, ctx, `document.querySelector("`+sel+`")?.textContent ?? "(none)"`); got != want {
			t.Errorf("%s says %q, want %q", sel, got, want)
		}
	}
}

// withPolicy serves a part under the product's content policy.
func withPolicy(c templ.Component) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = c.Render(r.Context(), w)
	})
}

func TestWhatIsTypedOutlivesALostConnectionUntilItIsSaved(t *testing.T) {
	ctx := browsertest.Open(t, 3*time.Minute)
	s := speaker(t, "en")
	mux := http.NewServeMux()
	mux.Handle(ui.AssetPath, ui.Assets())
	form := ui.NewForm(s, nil).At(1)
	mux.Handle("GET /f", withPolicy(page(frame(s), heading1("Form"), formOf(ui.Version(form),
		ui.TextField(form, ui.Field{Name: "who", Label: "Who"}),
		ui.Radios(form, ui.Field{Name: "pick", Label: "Pick", Options: []ui.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}}}),
		ui.Save(s, "")))))
	var mu sync.Mutex
	away := true
	mux.HandleFunc("POST /case/x/coverage", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if away {
			panic(http.ErrAbortHandler)
		}
		_ = r.ParseForm()
		ui.Acknowledge(w, r)
		http.Redirect(w, r, "/f", http.StatusSeeOther)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()

	visit(t, ctx, srv.URL+"/f")
	value := `document.querySelector("#f-who").value + " " + !!document.querySelector("#f-pick-1").checked + " " + !!document.querySelector(".kept")`
	if err := chromedp.Do(ctx, chromedp.SendKeys(`#f-who`, "Dr. Ruiz"), chromedp.Click(`#f-pick-1`)); err != nil {
		t.Fatal(err)
	}
	// The connection is lost while saving: the browser shows its own error.
	_ = chromedp.Do(ctx, chromedp.Click(`main button[type=submit]`))
	time.Sleep(500 * time.Millisecond)
	visit(t, ctx, srv.URL+"/f")
	until(t, ctx, `document.querySelector(".kept")`)
	if got := ask[string](t, ctx, value); got != "Dr. Ruiz true true" {
		t.Errorf("after a lost connection: %q", got)
	}
	mu.Lock()
	away = false
	mu.Unlock()
	ask[bool](t, ctx, `window.before = true`)
	if err := chromedp.Do(ctx, chromedp.Click(`main button[type=submit]`)); err != nil {
		t.Fatal(err)
	}
	until(t, ctx, `!window.before && document.readyState === "complete"`)
	if got := ask[string](t, ctx, value); got != " false false" {
		t.Errorf("after it was saved: %q", got)
	}
	if n := ask[int](t, ctx, `Object.keys(sessionStorage).length`); n != 0 {
		t.Errorf("%d copies are left behind", n)
	}
}
