// Package text holds every word that a person reads, by key and language. Each
// step brings its own words in text.en.json and text.es.json; the words that all
// pages share stand here. A page asks a Speaker, which speaks one language.
package text

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Languages are those the product speaks, the fallback first.
var Languages = []string{"en", "es"}

//go:embed common.en.json common.es.json
var common embed.FS

// Words are all texts in all languages, merged from their sources. They are safe
// for use by many requests at once.
type Words struct {
	byLang map[string]map[string]string

	mu      sync.Mutex
	missing map[string]bool
}

// New merges the common words with those of the sources. Each source holds, at
// its top, a file named like text.en.json or common.en.json for each language: one
// flat object of key to text. A key that two files bring, a key that one language
// lacks, or a {variable} that only one language uses is an error, because each is
// a page that would be wrong for somebody.
func New(sources ...fs.FS) (*Words, error) {
	w := &Words{byLang: map[string]map[string]string{}, missing: map[string]bool{}}
	for _, lang := range Languages {
		w.byLang[lang] = map[string]string{}
	}
	for i, src := range append([]fs.FS{common}, sources...) {
		for _, lang := range Languages {
			names, err := fs.Glob(src, "*."+lang+".json")
			if err != nil {
				return nil, err
			}
			if len(names) == 0 {
				return nil, fmt.Errorf("text: source %d has no words for %q", i, lang)
			}
			for _, name := range names {
				if err := w.add(src, name, lang); err != nil {
					return nil, err
				}
			}
		}
	}
	return w, w.compare()
}

// add reads one file of one language.
func (w *Words) add(src fs.FS, name, lang string) error {
	b, err := fs.ReadFile(src, name)
	if err != nil {
		return fmt.Errorf("text: %s: %w", name, err)
	}
	dec := json.NewDecoder(strings.NewReader(string(b)))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("text: %s: must be one flat object", name)
	}
	// Read token by token: Unmarshal would let the second of two equal keys win.
	for dec.More() {
		k, err := dec.Token()
		if err != nil {
			return fmt.Errorf("text: %s: %w", name, err)
		}
		key := k.(string)
		v, err := dec.Token()
		if err != nil {
			return fmt.Errorf("text: %s: %s: %w", name, key, err)
		}
		val, ok := v.(string)
		if !ok {
			return fmt.Errorf("text: %s: %s: must be a text", name, key)
		}
		if strings.TrimSpace(val) == "" {
			return fmt.Errorf("text: %s: %s: is empty", name, key)
		}
		if _, had := w.byLang[lang][key]; had {
			return fmt.Errorf("text: %s: %s: is there twice", name, key)
		}
		w.byLang[lang][key] = val
	}
	if _, err := dec.Token(); err != nil {
		return fmt.Errorf("text: %s: %w", name, err)
	}
	return nil
}

var variable = regexp.MustCompile(`\{([a-z_]+)\}`)

// compare refuses languages that do not say the same things.
func (w *Words) compare() error {
	first := Languages[0]
	for _, lang := range Languages[1:] {
		for _, key := range w.Keys() {
			a, okA := w.byLang[first][key]
			b, okB := w.byLang[lang][key]
			switch {
			case !okA:
				return fmt.Errorf("text: %s: is missing in %s", key, first)
			case !okB:
				return fmt.Errorf("text: %s: is missing in %s", key, lang)
			case !slices.Equal(variables(a), variables(b)):
				return fmt.Errorf("text: %s: %s uses %v and %s uses %v", key, first, variables(a), lang, variables(b))
			}
		}
	}
	return nil
}

// variables lists the {names} of a text, sorted, each once.
func variables(s string) []string {
	var names []string
	for _, m := range variable.FindAllStringSubmatch(s, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Keys lists every key of every language, sorted.
func (w *Words) Keys() []string {
	all := map[string]bool{}
	for _, words := range w.byLang {
		for k := range words {
			all[k] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Missing lists what was asked for and not found, sorted, so that a test that
// walked the pages can fail.
func (w *Words) Missing() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.missing))
}

// lacks records a key that was asked for and not found.
func (w *Words) lacks(lang, key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.missing[lang+" "+key] = true
}

// In gives the words in one language; a language we do not speak gives the first.
func (w *Words) In(lang string) Speaker {
	if _, ok := w.byLang[lang]; !ok {
		lang = Languages[0]
	}
	return Speaker{words: w, lang: lang}
}
