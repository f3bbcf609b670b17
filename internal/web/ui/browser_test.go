package ui_test

import (
	"context"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"consilium/internal/web/text"
)

// axeFile is what `make assets` fetches for tests.
const axeFile = "../../../tools/assets/node_modules/axe-core/axe.min.js"

// browser opens a page of a real browser. Where there is no browser or no axe the
// test is skipped, but never in CI.
func browser(t *testing.T) context.Context {
	t.Helper()
	missing := t.Skip
	if os.Getenv("CI") == "true" {
		missing = t.Fatal
	}
	if testing.Short() {
		t.Skip("needs a browser")
	}
	var path string
	for _, name := range []string{os.Getenv("CHROME"), "chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); name != "" && err == nil {
			path = p
			break
		}
	}
	if path == "" {
		missing("no Chromium found: install chromium or set CHROME")
	}
	if _, err := os.Stat(axeFile); err != nil {
		missing("no axe-core found: run make assets")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(filepath.Join(t.TempDir(), "profile")))
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	return ctx
}

// complaints gives what the browser has written into its console since messages
// were asked for: scripts that fail and parts that the content policy stopped. It
// ends with a mark of its own, so that it never waits for more.
func complaints(t *testing.T, ctx context.Context, messages iter.Seq2[chromedp.ConsoleMessage, error]) []string {
	t.Helper()
	const end = "that was all"
	ask[bool](t, ctx, `console.log("`+end+`"), true`)
	var said []string
	for m, err := range messages {
		if err != nil {
			t.Fatal(err)
		}
		if m.Text == end {
			break
		}
		said = append(said, m.Source+" "+m.Text+" "+m.URL)
	}
	return said
}

// visit opens an address.
func visit(t *testing.T, ctx context.Context, url string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatalf("%s: %v", url, err)
	}
}

// ask gives the value of an expression in the page, awaited.
func ask[T any](t *testing.T, ctx context.Context, js string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%.80s: %v", js, err)
	}
	return v
}

// until waits for an expression to be true.
func until(t *testing.T, ctx context.Context, js string) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if ask[bool](t, ctx, "!!("+js+")") {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("never came true: %s", js)
		}
	}
}

func TestEveryPartCanBeUsedByEverybody(t *testing.T) {
	ctx := browser(t)
	srv := server(t)
	messages := chromedp.Console(ctx)
	axe, err := os.ReadFile(axeFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range text.Languages {
		for _, name := range []string{"form", "failed", "reading", "figures", "home", "urgent"} {
			for _, width := range []int64{1280, 320} {
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)); err != nil {
					t.Fatal(err)
				}
				visit(t, ctx, srv.URL+"/"+lang+"/"+name)
				// What is folded away must pass too.
				ask[bool](t, ctx, `document.querySelectorAll("details").forEach(d => d.open = true), true`)
				if wide := ask[int](t, ctx, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
					t.Errorf("%s/%s at %d: %d pixels too wide: %s", lang, name, width, wide, ask[string](t, ctx, `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".hidden")).slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join("\n")`))
				}
				// The debugger's own evaluation is not bound by the page's policy.
				ask[bool](t, ctx, string(axe)+";true")
				bad := ask[[]string](t, ctx, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html + " — " + n.failureSummary).join(" | ")))`)
				if n := ask[int](t, ctx, `axe.run(document).then(r => r.passes.length)`); n < 10 {
					t.Errorf("%s/%s: axe looked at only %d rules", lang, name, n)
				}
				if len(bad) > 0 {
					t.Errorf("%s/%s at %d:\n%s", lang, name, width, strings.Join(bad, "\n"))
				}
			}
		}
	}
	for _, c := range complaints(t, ctx, messages) {
		t.Errorf("the browser complains: %s", c)
	}
}
