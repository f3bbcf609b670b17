package house

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"consilium/internal/journey"
	"consilium/internal/web/text/grade"
)

// wordFiles are all files of words in one language, by folder.
func wordFiles(t *testing.T, lang string) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	err := filepath.WalkDir(filepath.Join(root, "internal/web"), func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, "."+lang+".json") || strings.Contains(p, "node_modules") {
			return err
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		var words map[string]string
		if err := json.Unmarshal(b, &words); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		dir, _ := filepath.Rel(root, filepath.Dir(p))
		if all[dir] == nil {
			all[dir] = map[string]string{}
		}
		for k, v := range words {
			all[dir][k] = v
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 4 {
		t.Fatalf("only %d folders of words: the walk is broken", len(all))
	}
	return all
}

// literals are all strings that the code and its tests' neighbours write out.
func literals(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, r := range rooms(t) {
		for _, f := range r.files {
			ast.Inspect(f, func(n ast.Node) bool {
				if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
					if s, err := strconv.Unquote(l.Value); err == nil {
						all[s] = true
					}
				}
				return true
			})
		}
	}
	return all
}

// A key is used when the code writes it out, or writes out the part up to one of
// its dots and puts the rest together: "expert.answer." + answer.
func used(key string, written map[string]bool) bool {
	if written[key] {
		return true
	}
	for _, plural := range []string{".one", ".other"} {
		if base, ok := strings.CutSuffix(key, plural); ok && used(base, written) {
			return true
		}
	}
	for i, r := range key {
		if r == '.' && i > 0 && written[key[:i+1]] {
			return true
		}
	}
	return false
}

func TestEveryWordIsUsed(t *testing.T) {
	written := literals(t)
	for dir, words := range wordFiles(t, "en") {
		for key := range words {
			if !used(key, written) {
				t.Errorf("%s: nobody says %q", dir, key)
			}
		}
	}
}

func TestEveryWordThatAStepAsksForIsThere(t *testing.T) {
	have := map[string]bool{}
	for _, words := range wordFiles(t, "en") {
		for k := range words {
			have[k] = true
		}
	}
	asks := regexp.MustCompile(`\.[TN]\("([a-z0-9_.]+[a-z0-9_])"`)
	err := filepath.WalkDir(filepath.Join(root, "internal/web"), func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !(strings.HasSuffix(p, ".templ") || strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go") && !strings.HasSuffix(p, "_templ.go")) {
			return err
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		for _, m := range asks.FindAllStringSubmatchIndex(string(b), -1) {
			key := string(b[m[2]:m[3]])
			if rest := strings.TrimLeft(string(b[m[1]:]), " "); strings.HasPrefix(rest, "+") {
				continue // the key is put together
			}
			if !have[key] && !have[key+".one"] {
				t.Errorf("%s asks for %q, which nobody wrote", p, key)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryStepHasItsWords(t *testing.T) {
	for _, s := range journey.All() {
		for _, lang := range []string{"en", "es"} {
			if _, err := os.Stat(filepath.Join(root, "internal/web/patient", s.ID, "text."+lang+".json")); err != nil {
				t.Errorf("step %s has no words in %s", s.ID, lang)
			}
		}
	}
}

// hardest is the highest reading grade that a patient's page may have.
const hardest = 8.0

// pageOf is the page that a key's words stand on: the longest page id that the key
// begins with.
func pageOf(step journey.Step, key string) string {
	best := step.ID
	for _, p := range step.Pages {
		if strings.HasPrefix(key, p.ID+".") && len(p.ID) > len(best) {
			best = p.ID
		}
	}
	return best
}

func TestEveryPatientPageReadsEasily(t *testing.T) {
	variable := regexp.MustCompile(`\{[a-z_]+\}`)
	for lang, measure := range map[string]func(string) float64{"en": grade.English, "es": grade.Spanish} {
		files := wordFiles(t, lang)
		measured := 0
		for _, step := range journey.All() {
			pages := map[string]string{}
			for key, words := range files[filepath.Join("internal/web/patient", step.ID)] {
				words = strings.TrimSpace(variable.ReplaceAllString(words, "this"))
				if !strings.ContainsAny(words[max(0, len(words)-1):], ".?!:”") {
					words += "."
				}
				pages[pageOf(step, key)] += " " + words
			}
			for page, words := range pages {
				if len(strings.Fields(words)) < 30 {
					continue // too few words for a measure to mean anything
				}
				measured++
				if g := measure(words); g > hardest {
					t.Errorf("%s in %s reads at grade %.1f; %.0f is the most: shorter sentences, plainer words", page, lang, g, hardest)
				}
			}
		}
		if measured < len(journey.Steps)/2 {
			t.Errorf("%s: only %d pages were measured", lang, measured)
		}
	}
}
