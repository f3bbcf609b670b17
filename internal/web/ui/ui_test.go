package ui_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"consilium/internal/fault"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

func date(m, d, y string) url.Values {
	return url.Values{"born-month": {m}, "born-day": {d}, "born-year": {y}}
}

func TestADateIsReadFromItsThreeParts(t *testing.T) {
	for want, v := range map[string]url.Values{
		"1961-04-02": date("4", "2", "1961"),
		"2024-02-29": date(" 02 ", "29", "2024"),
		"2026-12-15": date("December", "15", "2026"),
		"2026-01-15": date("enero", "15", "2026"),
		"":           date("", " ", ""),
	} {
		got, f := ui.ParseDate(v, "born")
		if f != nil || got != want {
			t.Errorf("%v: got %q, %v; want %q", v, got, f, want)
		}
	}
}

func TestAWrongDateSaysWhichPartToMend(t *testing.T) {
	for _, c := range []struct {
		v    url.Values
		want string
	}{
		{date("", "2", "1961"), "month"},
		{date("13", "2", "1961"), "month"},
		{date("x", "2", "1961"), "month"},
		{date("-4", "2", "1961"), "month"},
		{date("4", "", "1961"), "day"},
		{date("4", "32", "1961"), "day"},
		{date("4", "0", "1961"), "day"},
		{date("4", "2", ""), "year"},
		{date("4", "2", "61"), "year"},
		{date("4", "2", "19611"), "year"},
		{date("4", "2", "0999"), "year"},
		{date("2", "30", "2026"), "real"},
		{date("2", "29", "2026"), "real"},
	} {
		got, f := ui.ParseDate(c.v, "born")
		if f == nil || f.Key != "form.date."+c.want || f.Field != "born" || got != "" {
			t.Errorf("%v: got %q, %v; want %s", c.v, got, f, c.want)
		}
	}
	if _, f := ui.NeedDate(url.Values{}, "born"); f == nil || f.Key != "form.date.required" {
		t.Errorf("an empty date that must be there: %v", f)
	}
}

func TestAStoredDateComesBackIntoItsParts(t *testing.T) {
	v := url.Values{}
	ui.SetDate(v, "born", "1961-04-02")
	if got, f := ui.ParseDate(v, "born"); f != nil || got != "1961-04-02" {
		t.Errorf("got %q, %v", got, f)
	}
	ui.SetDate(v, "other", "soon")
	if len(v) != 3 {
		t.Errorf("what is no date filled a field: %v", v)
	}
}

func FuzzParseDate(f *testing.F) {
	f.Add("4", "2", "1961")
	f.Fuzz(func(t *testing.T, m, d, y string) {
		got, bad := ui.ParseDate(date(m, d, y), "born")
		if bad != nil {
			return
		}
		if got == "" {
			return
		}
		v := url.Values{}
		ui.SetDate(v, "born", got)
		if again, bad := ui.ParseDate(v, "born"); bad != nil || again != got {
			t.Errorf("%q %q %q: %q became %q, %v", m, d, y, got, again, bad)
		}
	})
}

func TestARefusedFormShowsExactlyWhatWasTyped(t *testing.T) {
	s := speaker(t, "en")
	f := failed(s)
	html := render(t, ui.TextField(f, ui.Field{Name: "plan_name", Label: "Plan"}))
	if !strings.Contains(html, `value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"`) {
		t.Errorf("the text was changed or not escaped: %s", html)
	}
	html = render(t, ui.TextArea(f, ui.Field{Name: "note", Label: "Note"}))
	// A browser drops the first line break of a text area: two keep one.
	if !strings.Contains(html, ">\n\n&lt;/textarea&gt;&lt;b&gt;first line was empty</textarea>") {
		t.Errorf("the text was changed or not escaped: %s", html)
	}
	html = render(t, ui.DateField(f, ui.Field{Name: "wanted", Label: "When"}))
	for _, want := range []string{`value="2"`, `value="30"`, `value="2026"`} {
		if !strings.Contains(html, want) {
			t.Errorf("the date lacks %s: %s", want, html)
		}
	}
}

func TestAPasswordIsNeverShownAgain(t *testing.T) {
	f := ui.NewForm(speaker(t, "en"), url.Values{"secret": {"correct horse"}})
	if html := render(t, ui.TextField(f, ui.Field{Name: "secret", Label: "Passphrase", Type: "password"})); strings.Contains(html, "horse") {
		t.Error(html)
	}
}

func TestAWrongFieldIsTiedToItsErrorAndHint(t *testing.T) {
	f := failed(speaker(t, "en"))
	html := render(t, ui.TextField(f, ui.Field{Name: "npi", Label: "NPI", Hint: "Ten digits."}))
	for _, want := range []string{`aria-invalid="true"`, `aria-describedby="f-npi-hint f-npi-error"`, `id="f-npi-error"`, `id="f-npi-hint"`, `for="f-npi"`} {
		if !strings.Contains(html, want) {
			t.Errorf("lacks %s: %s", want, html)
		}
	}
}

// Every link of the error summary must lead to an input that is on the page.
func TestTheErrorSummaryLeadsToTheFields(t *testing.T) {
	for _, lang := range text.Languages {
		html := render(t, pages(speaker(t, lang))["failed"])
		links := regexp.MustCompile(`<a href="#(f-[^"]+)"`).FindAllStringSubmatch(html, -1)
		if len(links) != 9 {
			t.Errorf("%s: %d links, want 9", lang, len(links))
		}
		for _, l := range links {
			if !regexp.MustCompile(`<(input|select|textarea)[^>]* id="` + regexp.QuoteMeta(l[1]) + `"`).MatchString(html) {
				t.Errorf("%s: no input has the id %s", lang, l[1])
			}
		}
	}
}

func TestAFaultWithoutWordsIsSaidByItsKind(t *testing.T) {
	s := speaker(t, "en")
	if got := ui.Say(s, fault.New(fault.Full, "nobody.wrote.this")); got != s.T("fault.full") {
		t.Errorf("got %q", got)
	}
	f := ui.NewForm(s, nil).Failed(errors.New("pq: secret detail"))
	html := render(t, ui.ErrorSummary(f))
	if strings.Contains(html, "secret") || !strings.Contains(html, "Something went wrong on our side") {
		t.Error(html)
	}
}

// The content policy forbids style attributes, style elements, script without a
// file, and on... handlers: none may be drawn, for the browser would drop them.
func TestNothingInlineIsDrawn(t *testing.T) {
	bad := regexp.MustCompile(`(?i)\sstyle=|<style|\son[a-z]+=|javascript:|<script(?: [^>]*)?>[^<]`)
	for _, lang := range text.Languages {
		for name, c := range pages(speaker(t, lang)) {
			if m := bad.FindString(render(t, c)); m != "" {
				t.Errorf("%s/%s draws %q", lang, name, m)
			}
		}
	}
}

func TestIdsAreUniqueOnAPage(t *testing.T) {
	for name, c := range pages(speaker(t, "en")) {
		seen := map[string]bool{}
		for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(render(t, c), -1) {
			if seen[m[1]] {
				t.Errorf("%s: the id %s is there twice", name, m[1])
			}
			seen[m[1]] = true
		}
	}
}

func TestALockedStepHasNoLink(t *testing.T) {
	html := render(t, pages(speaker(t, "en"))["form"])
	if strings.Contains(html, "/case/x/decide") || !strings.Contains(html, `href="/case/x/expert"`) {
		t.Error("a locked step is linked, or an open one is not")
	}
}

func TestATimelineIsInOrderAndDrawnOnce(t *testing.T) {
	s := speaker(t, "en")
	html := render(t, ui.TimelineList(s, ui.Timeline{Events: []ui.Event{
		{Title: "undated"}, {Date: "2026-02-01", Title: "third"}, {Date: "2026", Title: "second"}, {Date: "2024-05", Title: "first", Source: ui.Link{Href: "/f1"}},
	}}))
	at := -1
	for _, title := range []string{">first<", ">second<", ">third<", ">undated<"} {
		i := strings.Index(html, title)
		if i <= at {
			t.Errorf("%s is out of order", title)
		}
		at = i
	}
	if n := strings.Count(html, "<circle"); n != 3 {
		t.Errorf("%d marks for 3 dates", n)
	}
	for _, m := range regexp.MustCompile(`cx="(-?\d+)"`).FindAllStringSubmatch(html, -1) {
		if len(m[1]) > 3 || m[1][0] == '-' {
			t.Errorf("a mark lies off the line: %s", m[1])
		}
	}
	if strings.Contains(render(t, ui.TimelineList(s, ui.Timeline{Events: []ui.Event{{Date: "2026-01-01", Title: "a"}, {Date: "2026-01-01", Title: "b"}, {Date: "2026-01-01", Title: "c"}}})), "<svg") {
		t.Error("one day alone was drawn as a line")
	}
}

func TestAnAssetIsKeptOnlyUnderItsOwnHash(t *testing.T) {
	get := func(path string) *http.Response {
		w := httptest.NewRecorder()
		ui.Assets().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w.Result()
	}
	u := ui.AssetURL("consilium.css")
	r := get(u)
	if r.StatusCode != 200 || !strings.Contains(r.Header.Get("Cache-Control"), "immutable") || r.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("%s: %v %v", u, r.StatusCode, r.Header)
	}
	if r := get("/assets/000000000000/consilium.css"); r.StatusCode != 200 || r.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("an old hash: %v %v", r.StatusCode, r.Header)
	}
	for _, p := range []string{"/assets/", "/assets/consilium.css", "/assets/x/../../ui.go", "/assets/x/none.css", ui.AssetURL("none.js")} {
		if r := get(p); r.StatusCode != 404 {
			t.Errorf("%s: %d", p, r.StatusCode)
		}
	}
}

func TestASaveIsAcknowledgedOnce(t *testing.T) {
	for id, want := range map[string]string{"": "", "5f0c-9a": "saved=5f0c-9a", "a; path=/evil": "", strings.Repeat("a", 65): ""} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(url.Values{"_keep": {id}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if err := r.ParseForm(); err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		ui.Acknowledge(w, r)
		if got, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";"); got != want {
			t.Errorf("%q: got %q", id, got)
		}
	}
}
