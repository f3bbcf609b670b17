package ui_test

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"consilium/internal/web/browsertest"
	"consilium/internal/web/text"
)

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
	ctx := browsertest.Open(t, 3*time.Minute)
	srv := server(t)
	messages := chromedp.Console(ctx)
	axe := browsertest.Axe(t)
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
				ask[bool](t, ctx, axe+";true")
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
