package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"consilium/internal/web/browsertest"
)

// visited are the pages of the journey that some test has looked at.
var visited = struct {
	sync.Mutex
	pages map[string]bool
}{pages: map[string]bool{}}

// tab is one tab of a real browser.
type tab struct {
	ctx  context.Context
	t    testing.TB
	base string
	axe  string
	shot string          // folder for pictures, "" for none
	mute bool            // the pages' own scripts are off
	once map[string]bool // pages that need no second look; nil to look each time
	n    int
}

// browse opens a tab. Without a browser the test is skipped, in CI it fails.
func browse(t testing.TB, base string) *tab {
	t.Helper()
	ctx, axe := browsertest.Open(t, 10*time.Minute), browsertest.Axe(t)
	b := &tab{ctx: ctx, t: t, base: base, axe: axe, shot: os.Getenv("SHOTS")}
	return b
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, 60*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("at %s: %v", b.path(), err)
	}
}

// ask gives the value of an expression in the page, awaited.
func ask[T any](b *tab, js string) T {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, 60*time.Second)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%.100s: %v", js, err)
	}
	return v
}

// open goes to an address of the house.
func (b *tab) open(path string) {
	b.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = b.base + path
	}
	b.do(chromedp.Navigate(path))
}

// path is where the tab is.
func (b *tab) path() string {
	ctx, stop := context.WithTimeout(b.ctx, 10*time.Second)
	defer stop()
	at, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.pathname"))
	if err != nil {
		return "?"
	}
	return at
}

// text is what a person can read on the page.
func (b *tab) text() string { b.t.Helper(); return ask[string](b, "document.body.innerText") }

// has fails unless the page says each of the words.
func (b *tab) has(words ...string) {
	b.t.Helper()
	page := strings.Join(strings.Fields(b.text()), " ")
	for _, w := range words {
		if w != "" && !strings.Contains(page, strings.Join(strings.Fields(w), " ")) {
			b.t.Errorf("%s does not say %q. It says: %.1500s", b.path(), w, page)
		}
	}
}

// fill types into fields by their names, as the field's kind wants it: text, choice,
// list. Dates are given as name -> YYYY-MM-DD and go into their three parts.
func (b *tab) fill(values map[string]string) {
	b.t.Helper()
	v, _ := json.Marshal(values)
	missing := ask[[]string](b, fmt.Sprintf(`(() => {
		const missing = [];
		const put = (e, v) => { e.focus(); e.value = v; e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true})); };
		for (const [name, value] of Object.entries(%s)) {
			const q = n => [...document.querySelectorAll('main [name="' + CSS.escape(n) + '"]')];
			let es = q(name);
			if (es.length === 0 && /^\d{4}-\d\d-\d\d$/.test(value) && q(name + "-year").length) {
				const [y, m, d] = value.split("-");
				put(q(name + "-month")[0], String(+m)); put(q(name + "-day")[0], String(+d)); put(q(name + "-year")[0], y);
				continue;
			}
			if (es.length === 0) { missing.push(name); continue; }
			if (es[0].type === "radio" || es[0].type === "checkbox") {
				const e = es.find(e => e.value === value);
				if (!e) { missing.push(name + "=" + value); continue; }
				if (e.closest("details")) e.closest("details").open = true;
				if (!e.checked) e.click();
				continue;
			}
			put(es[0], value);
			if (es[0].value.replaceAll("\r\n", "\n") !== value.replaceAll("\r\n", "\n")) missing.push(name + " does not take " + value);
		}
		return missing;
	})()`, v))
	if len(missing) > 0 {
		b.t.Fatalf("%s has no such field: %s", b.path(), strings.Join(missing, ", "))
	}
}

// send presses the page's primary button, or the one that the selector finds, and
// waits for the page that comes.
func (b *tab) send(selector ...string) {
	b.t.Helper()
	s := `main form button.button-primary[type="submit"]`
	if len(selector) > 0 {
		s = selector[0]
	}
	b.leave(fmt.Sprintf(`(() => { const e = document.querySelector(%s); if (!e) return false; e.scrollIntoView(); e.click(); return true; })()`, quote(s)), s)
}

// follow goes where a link leads.
func (b *tab) follow(selector string) {
	b.t.Helper()
	b.leave(fmt.Sprintf(`(() => { const e = document.querySelector(%s); if (!e) return false; e.click(); return true; })()`, quote(selector)), selector)
}

// leave does what leads to another page, and waits for it.
func (b *tab) leave(js, what string) {
	b.t.Helper()
	ask[bool](b, `window.still = true`)
	if !ask[bool](b, js) {
		b.t.Fatalf("%s has no %s: %.1500s", b.path(), what, b.text())
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		ctx, stop := context.WithTimeout(b.ctx, 10*time.Second)
		gone, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`window.still !== true && document.readyState === "complete"`))
		stop()
		if err == nil && gone {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("%s: %s led nowhere. %.1500s", b.path(), what, b.text())
		}
	}
}

// until waits for an expression to be true.
func (b *tab) until(js string) {
	b.t.Helper()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if ask[bool](b, "(async () => !!("+js+"))()") {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("%s: never came true: %s. %.1500s", b.path(), js, b.text())
		}
	}
}

// look holds the page to what every page must be: usable by everybody (axe, WCAG 2.2
// A and AA), not wider than a phone, every word there in this language. It counts
// the page as visited.
func (b *tab) look(page string) {
	b.t.Helper()
	visited.Lock()
	visited.pages[page] = true
	visited.Unlock()
	if b.once != nil {
		if b.once[page] {
			return
		}
		b.once[page] = true
	}
	b.n++
	if t := b.text(); strings.ContainsAny(t, "⟦⟧") {
		b.t.Errorf("%s lacks words: %.300s", page, t[strings.Index(t, "⟦"):])
	}
	// Without script axe could not run either: it is let in for as long as it looks.
	b.scripts(true)
	ask[bool](b, b.axe+";true")
	bad := ask[[]string](b, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then(r => r.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html + " — " + n.failureSummary).join(" | ")))`)
	b.scripts(!b.mute)
	if len(bad) > 0 {
		b.t.Errorf("%s is not usable by everybody:\n%s", page, strings.Join(bad, "\n"))
	}
	if b.shot != "" {
		b.picture(fmt.Sprintf("%02d-%s-wide", b.n, page))
		b.print(fmt.Sprintf("%02d-%s-paper", b.n, page))
	}
	b.do(chromedp.EmulateViewport(390, 844))
	if wide := ask[int](b, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
		b.t.Errorf("%s is %d pixels too wide for a phone: %s", page, wide, ask[string](b, `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".hidden")).slice(0, 3).map(e => e.outerHTML.slice(0, 160)).join("\n")`))
	}
	if b.shot != "" {
		b.picture(fmt.Sprintf("%02d-%s-phone", b.n, page))
	}
	b.do(chromedp.EmulateViewport(1280, 1000))
}

// scripts turns the pages' scripts on or off.
func (b *tab) scripts(on bool) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}); err != nil {
		b.t.Fatal(err)
	}
}

// picture keeps what the screen shows.
func (b *tab) picture(name string) {
	b.t.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	b.keep(name+".png", png)
}

// print keeps what the page is on paper.
func (b *tab) print(name string) {
	b.t.Helper()
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF())
	if err != nil {
		b.t.Fatal(err)
	}
	b.keep(name+".pdf", pdf)
}

func (b *tab) keep(name string, data []byte) {
	b.t.Helper()
	dir := filepath.Join(b.shot, strings.NewReplacer("/", "-", " ", "-").Replace(b.t.Name()))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func quote(s string) string { b, _ := json.Marshal(s); return string(b) }
