package e2e

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"consilium/e2e/planted"
)

// Whatever is handed in is shown without running: no box opens, no script of a file
// runs, and nothing is asked of any other place. The files made for this are looked at
// closer, in both languages; those of the open data beside them.
func TestNothingThatIsHandedInRunsOrReachesOut(t *testing.T) {
	t.Run("made for this", func(t *testing.T) {
		t.Parallel() // a house and a browser of their own
		tr, w := trapped(t)
		all := plantedFiles(t, tr.url)
		w.nothingHappens(tr, all)
		w.looked(all)
	})
	t.Run("open data", func(t *testing.T) {
		t.Parallel()
		all := openHostile(t)
		if len(all) == 0 {
			t.Skip("the open data is not here")
		}
		tr, w := trapped(t)
		w.nothingHappens(tr, all)
	})
}

// trapped is one of the cast at the door, and a trap beside the house that is seen to work.
func trapped(t *testing.T) (*trap, *walker) {
	tr := setTrap(t)
	w := arrive(t, "walter-brandt", "en", withScript)
	tr.watch(w)

	// As a page of its own, the same page runs and reaches out.
	w.open(tr.url + "/planted")
	w.until(`globalThis.pwned`)
	w.until(fmt.Sprintf(`(await (await fetch(%s)).text()) !== "0"`, quote(tr.url+"/count")))
	w.open(w.address + "/start")
	tr.spring()
	w.start()
	w.calm()
	return tr, w
}

// nothingHappens hands files in and opens both pages of each.
func (w *walker) nothingHappens(tr *trap, all []handed) {
	w.t.Helper()
	w.handAll(all)
	for _, f := range all {
		for _, page := range []string{"file", "look"} {
			w.open(w.address + "/records/" + page + "/" + f.sum)
			w.quiet(tr, f)
		}
	}
}

// looked looks closer at one file of each kind, in both languages.
func (w *walker) looked(all []handed) {
	for _, lang := range []string{"en", "es"} {
		for _, name := range []string{"script.pdf", "page.html", "ccda.xml", "fhir.json", "pack.zip", "report.hl7", "letter.rtf", "drawing.svg"} {
			i := slices.IndexFunc(all, func(f handed) bool { return f.name == name })
			if i < 0 {
				w.t.Fatalf("%s was not handed in", name)
			}
			at := w.address + "/records/look/" + all[i].sum
			w.open("/language/" + lang + "?back=" + url.QueryEscape(at))
			if name == "script.pdf" {
				w.until(`document.querySelector("[data-look]").dataset.drawn === "1"`)
			}
			w.look("records.look")
			if name != "pack.zip" && name != "drawing.svg" {
				if !ask[bool](w.tab, `document.querySelector("main").textContent.includes("Kept")`) {
					w.t.Errorf("%s lost its words: %.600s", name, w.text())
				}
			}
		}
	}
	// Without script the words of each page are there, at the place that a link names.
	i := slices.IndexFunc(all, func(f handed) bool { return f.name == "script.pdf" })
	w.scripts(false)
	w.open("/language/en?back=" + url.QueryEscape(w.address+"/records/look/"+all[i].sum))
	w.scripts(true)
	if !ask[bool](w.tab, `document.getElementById("page=1") && document.querySelector("details[data-look-words]").open && !document.querySelector("iframe")`) {
		w.t.Errorf("without script the page has no words: %.600s", w.text())
	}
}

// quiet fails when something of a file did anything. A PDF is given the time to be
// drawn, or to be said that it cannot.
func (w *walker) quiet(tr *trap, f handed) {
	w.t.Helper()
	if f.pdf && ask[bool](w.tab, `!!document.querySelector("[data-look]")`) {
		w.until(`(() => { const d = document.querySelector("[data-look]").dataset; return d.state === "failed" || d.drawn; })()`)
		if f.name == "script.pdf" && ask[string](w.tab, `document.querySelector("[data-look]").dataset.drawn ?? ""`) != "1" {
			w.t.Errorf("a sound PDF was not drawn: %.500s", w.text())
		}
	}
	if ask[bool](w.tab, `document.title.includes("pwned") || "pwned" in globalThis`) {
		w.t.Errorf("%s ran at %s", f.name, w.path())
	}
	if bad := ask[string](w.tab, `[...document.querySelectorAll("main script, main style, main link, main object, main embed, main svg image, main [onload], main [onerror], main [onclick], main img:not(.look-picture), iframe:not(.look-frame)")].map(e => e.outerHTML.slice(0, 120)).join("\n")`); bad != "" {
		w.t.Errorf("%s put something into %s: %s", f.name, w.path(), bad)
	}
	if got := tr.caught(); len(got) > 0 {
		w.t.Errorf("%s reached out at %s: %v", f.name, w.path(), got)
		tr.spring()
	}
}

// trap is a place that no page may reach, and what was seen to reach for any.
type trap struct {
	url  string
	mu   sync.Mutex
	seen []string
}

func setTrap(t *testing.T) *trap {
	tr := &trap{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/planted":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, planted.Page(tr.url))
		case "/count":
			fmt.Fprint(w, len(tr.caught()))
		case "/favicon.ico":
		default:
			tr.note("the trap: " + r.URL.Path)
		}
	}))
	t.Cleanup(s.Close)
	tr.url = s.URL
	return tr
}

func (tr *trap) note(what string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.seen = append(tr.seen, what)
}

func (tr *trap) caught() []string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return slices.Clone(tr.seen)
}

// spring sets the trap again.
func (tr *trap) spring() {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.seen = nil
}

// watch notes every request of the tab to another place than the house, and every
// box that opens.
func (tr *trap) watch(w *walker) {
	must(w.t, chromedp.Listen(w.ctx, func(ev any) {
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			at := e.Request.URL
			if !strings.HasPrefix(at, w.base+"/") && !strings.HasPrefix(at, tr.url+"/") && !strings.HasPrefix(at, "data:") && !strings.HasPrefix(at, "blob:") {
				tr.note("a request: " + at)
			}
		case *page.EventJavascriptDialogOpening:
			tr.note("a box: " + e.Message)
			go func() {
				ctx, stop := context.WithTimeout(w.ctx, 10*time.Second)
				defer stop()
				_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
			}()
		}
	}))
	_, err := chromedp.Call(w.ctx, network.Enable, network.EnableParams{})
	must(w.t, err)
}

// handed is a file that was handed in.
type handed struct {
	name, path, sum string
	pdf             bool
}

// active are the marks of a program or of a place elsewhere in a document.
var active = regexp.MustCompile(`(?i)<script|javascript:|onerror=|/JavaScript|/JS\b|/Launch|/URI\b|/SubmitForm|linkHtml|xml-stylesheet|<iframe`)

// plantedFiles writes the files that were made to reach out to a trap.
func plantedFiles(t *testing.T, trap string) []handed {
	dir := t.TempDir()
	var all []handed
	files := planted.Hostile(trap)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, files[name], 0o600))
		all = add(t, all, path)
	}
	return all
}

// openHostile are all hostile files of the open data, and some of its documents that
// have programs or addresses in them.
func openHostile(t *testing.T) []handed {
	if _, err := os.Stat(openData); err != nil {
		return nil
	}
	var all []handed
	for _, path := range openFiles(t, "hostile") {
		all = add(t, all, path)
	}
	for _, folder := range []string{"pdf", "ccda", "fhir"} {
		n := 0
		for _, path := range openFiles(t, folder) {
			b, err := os.ReadFile(path)
			if must(t, err); n < 5 && len(b) < 600_000 && active.Match(b) {
				all = add(t, all, path)
				n++
			}
		}
	}
	return all
}

// add adds a file once, and none that is empty.
func add(t *testing.T, all []handed, path string) []handed {
	sum := sumOfFile(t, path)
	b, err := os.ReadFile(path)
	must(t, err)
	if len(b) == 0 || slices.ContainsFunc(all, func(f handed) bool { return f.sum == sum }) {
		return all
	}
	return append(all, handed{filepath.Base(path), path, sum, bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-"))})
}

// handAll hands in all files and waits until they are read.
func (w *walker) handAll(all []handed) {
	var paths []string
	for _, f := range all {
		paths = append(paths, f.path)
	}
	w.open(w.address + "/records/upload")
	w.until(`document.querySelector('[data-pick="files"]')`)
	w.pick(paths)
	w.until(`document.querySelector(".upload-next")`)
	w.until(fmt.Sprintf(`await (async () => { const r = await fetch(%s); const p = await r.text(); return !r.headers.get("Refresh") && p.split("/records/file/").length > %d; })()`, quote(w.address+"/records"), len(all)*9/10))
}
