package ui_test

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"consilium/internal/web/browsertest"
	"consilium/internal/web/ui"
)

func TestAnUploadGoesOnAfterThePageWasLoadedAnew(t *testing.T) {
	ctx := browsertest.Open(t, 3*time.Minute)
	u := &uploads{names: map[string]string{}, got: map[string]*bytes.Buffer{}, tries: 1} // 1: the first piece comes whole
	var away atomic.Bool
	var begun, pieces atomic.Int32
	up := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPost:
			begun.Add(1)
		case http.MethodPatch:
			if pieces.Add(1) > 1 && away.Load() {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
		}
		u.ServeHTTP(w, r)
	})
	mux := http.NewServeMux()
	mux.Handle(ui.AssetPath, ui.Assets())
	mux.Handle("/up/", up)
	s := speaker(t, "en")
	mux.Handle("/", withPolicy(page(frame(s), heading1("Records"), formOf(ui.UploadField(ui.NewForm(s, nil), ui.Upload{Name: "files", Label: "Files", Start: "/up/", Next: "/next"})))))
	srv := httptest.NewServer(mux)
	defer srv.Close()
	big := make([]byte, 9<<20) // two pieces
	_, _ = rand.Read(big)
	file := filepath.Join(t.TempDir(), "scan.bin")
	if err := os.WriteFile(file, big, 0o600); err != nil {
		t.Fatal(err)
	}
	pick := func() {
		visit(t, ctx, srv.URL+"/")
		ask[bool](t, ctx, `HTMLInputElement.prototype.click = function () { this.id = "picked"; document.body.append(this); }, true`)
		// The page asks before it is left in the middle; a test has nobody to answer.
		ask[bool](t, ctx, `Event.prototype.preventDefault = function () {}, true`)
		until(t, ctx, `!document.querySelector(".drop").hidden`)
		if err := chromedp.Do(ctx, chromedp.Click(`[data-pick=files]`), chromedp.SetUploadFiles(`#picked`, []string{file})); err != nil {
			t.Fatal(err)
		}
	}
	away.Store(true)
	pick()
	until(t, ctx, `document.querySelector(".upload-state").textContent.startsWith("The connection was lost")`)
	away.Store(false)
	u.mu.Lock()
	u.tries = 1 // nothing more is dropped
	u.mu.Unlock()
	pick()
	until(t, ctx, `document.querySelector(".upload-said").textContent !== ""`)
	u.mu.Lock()
	defer u.mu.Unlock()
	if n := begun.Load(); n != 1 {
		t.Errorf("the file was begun %d times", n)
	}
	if got := u.got["1"]; got == nil || !bytes.Equal(got.Bytes(), big) {
		t.Error("what arrived is not what was sent")
	}
	if left := ask[float64](t, ctx, `localStorage.length`); left != 0 {
		t.Errorf("%v uploads are still remembered", left)
	}
}
