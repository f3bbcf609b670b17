package text_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"consilium/internal/web/text"
	"consilium/internal/web/text/grade"
)

// source makes a source of words from one English and one Spanish object.
func source(en, es string) fstest.MapFS {
	return fstest.MapFS{"text.en.json": {Data: []byte(en)}, "text.es.json": {Data: []byte(es)}}
}

func words(t *testing.T) *text.Words {
	t.Helper()
	w, err := text.New(source(
		`{"a.hello":"Hello {name}, it is {day}","a.files.one":"{n} file","a.files.other":"{n} files"}`,
		`{"a.hello":"Hola {name}, es {day}","a.files.one":"{n} archivo","a.files.other":"{n} archivos"}`))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestAValueStandsWhereTheTextNamesIt(t *testing.T) {
	w := words(t)
	if got := w.In("es").T("a.hello", "name", "Ana", "day", "lunes"); got != "Hola Ana, es lunes" {
		t.Errorf("got %q", got)
	}
	// What a person typed is never read as a variable.
	if got := w.In("en").T("a.hello", "name", "{day}", "day", "Monday"); got != "Hello {day}, it is Monday" {
		t.Errorf("got %q", got)
	}
}

func TestOneAndManyAreSaidDifferently(t *testing.T) {
	s := words(t).In("en")
	for n, want := range map[int]string{0: "0 files", 1: "1 file", 2: "2 files", 1234: "1,234 files"} {
		if got := s.N("a.files", n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestAMissingKeyIsSeenAndRecorded(t *testing.T) {
	w := words(t)
	if got := w.In("es").T("no.such"); got != "⟦no.such⟧" {
		t.Errorf("got %q", got)
	}
	if got := w.Missing(); len(got) != 1 || got[0] != "es no.such" {
		t.Errorf("missing: %v", got)
	}
}

func TestWordsThatWouldBeWrongForSomebodyAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ en, es, want string }{
		"twice in one file":     {`{"a":"x","a":"y"}`, `{"a":"x"}`, "a: is there twice"},
		"a common key again":    {`{"yes":"Yep"}`, `{"yes":"Sí"}`, "yes: is there twice"},
		"one language lacks it": {`{"a":"x","b":"y"}`, `{"a":"x"}`, "b: is missing in es"},
		"the other lacks it":    {`{"a":"x"}`, `{"a":"x","b":"y"}`, "b: is missing in en"},
		"variables differ":      {`{"a":"x {n}"}`, `{"a":"x {m}"}`, "en uses [n] and es uses [m]"},
		"empty":                 {`{"a":" "}`, `{"a":"x"}`, "a: is empty"},
		"nested":                {`{"a":{"b":"x"}}`, `{"a":"x"}`, "a: must be a text"},
		"not an object":         {`["a"]`, `{"a":"x"}`, "must be one flat object"},
		"cut short":             {`{"a":"x"`, `{"a":"x"}`, "text.en.json"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := text.New(source(c.en, c.es))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestDatesAreWrittenOut(t *testing.T) {
	w := words(t)
	for iso, want := range map[string][2]string{
		"2026-11-22":           {"November 22, 2026", "22 de noviembre de 2026"},
		"1961-04-02":           {"April 2, 1961", "2 de abril de 1961"},
		"2026-11":              {"November 2026", "noviembre de 2026"},
		"2026":                 {"2026", "2026"},
		"2026-11-22T10:00:00Z": {"November 22, 2026", "22 de noviembre de 2026"},
		"":                     {"", ""},
		"soon":                 {"soon", "soon"},
		"2026-13-01":           {"2026-13-01", "2026-13-01"},
	} {
		if en, es := w.In("en").Date(iso), w.In("es").Date(iso); en != want[0] || es != want[1] {
			t.Errorf("%q: got %q and %q", iso, en, es)
		}
	}
	if m := w.Missing(); len(m) > 0 {
		t.Errorf("missing: %v", m)
	}
}

func TestMoneyAndSizesAreReadable(t *testing.T) {
	s := words(t).In("en")
	for in, want := range map[string]string{"0": "$0.00", "1283.5": "$1,283.50", "1000000": "$1,000,000.00", "-12.345": "-$12.35", "free": "free", "1e9": "1e9", "1/3": "1/3"} {
		if got := s.Money(in); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
	for in, want := range map[int64]string{0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1 KB", 312_400: "312 KB", 999_999: "1 MB", 1_400_000_000: "1.4 GB", 2_000_000_000: "2 GB", 150_000_000: "150 MB"} {
		if got := s.Bytes(in); got != want {
			t.Errorf("%d: got %q, want %q", in, got, want)
		}
	}
}

func TestALanguageWeDoNotSpeakFallsBackToTheFirst(t *testing.T) {
	if got := words(t).In("fr").Lang(); got != "en" {
		t.Errorf("got %q", got)
	}
}

func TestEveryKindOfFaultHasWords(t *testing.T) {
	w := words(t)
	for _, k := range []string{"internal", "invalid", "not_found", "forbidden", "unauthenticated", "conflict", "too_large", "too_many", "full", "refused", "damaged"} {
		for _, lang := range text.Languages {
			if !w.In(lang).Has("fault." + k) {
				t.Errorf("%s: fault.%s has no words", lang, k)
			}
		}
	}
}

// TestTheSharedWordsAreEasyToRead measures every message of more than a few words
// on its own, and all of them together.
func TestTheSharedWordsAreEasyToRead(t *testing.T) {
	w := words(t)
	for lang, of := range map[string]func(string) float64{"en": grade.English, "es": grade.Spanish} {
		s := w.In(lang)
		var all []string
		for _, k := range w.Keys() {
			m := s.T(k)
			all = append(all, m)
			if len(strings.Fields(m)) >= 8 && of(m) > 9.5 {
				t.Errorf("%s %s: grade %.1f: %s", lang, k, of(m), m)
			}
		}
		if g := of(strings.Join(all, "\n")); g > 8 {
			t.Errorf("%s: all shared words together are grade %.1f", lang, g)
		} else {
			t.Logf("%s: grade %.1f", lang, g)
		}
	}
}
