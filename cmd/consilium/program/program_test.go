package program

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"consilium/internal/actions"
	"consilium/internal/intake"
	"consilium/internal/journey"
	"consilium/internal/web/text"
)

func TestEveryPageOfTheMapIsBuiltOnce(t *testing.T) {
	built := map[string]int{}
	for _, s := range Steps() {
		for _, p := range s.Pages {
			built[p.ID]++
			if row, _, ok := journey.PageOf(p.ID); ok && p.Save != nil && row.Save == "" {
				t.Errorf("%s takes a form and the map does not say who may send it", p.ID)
			}
		}
	}
	for _, s := range journey.All() {
		for _, p := range s.Pages {
			if built[p.ID] != 1 {
				t.Errorf("%s is on the map and was built %d times", p.ID, built[p.ID])
			}
		}
	}
}

func TestEveryWordIsThereInBothLanguages(t *testing.T) {
	if _, err := Words(); err != nil {
		t.Fatal(err)
	}
}

// A page says what is wrong with a file by the issue's key: one without words would
// be shown in English to everybody.
func TestEveryIssueOfAReaderHasItsWordsInBothLanguages(t *testing.T) {
	words, err := Words()
	if err != nil {
		t.Fatal(err)
	}
	sentences := intake.Sentences()
	if len(sentences) < 50 {
		t.Fatalf("only %d issues: the list is broken", len(sentences))
	}
	for _, lang := range text.Languages {
		say := words.In(lang)
		for key, sentence := range sentences {
			page := "records.issue." + key
			if !say.Has(page) {
				t.Errorf("%s in %s has no words", key, lang)
				continue
			}
			if strings.Contains(sentence, "%") != strings.Contains(say.T(page), "{what}") {
				t.Errorf("%s in %s: %q does not hold what %q holds", key, lang, say.T(page), sentence)
			}
		}
		for _, page := range words.Keys() {
			if key, ok := strings.CutPrefix(page, "records.issue."); ok && sentences[key] == "" {
				t.Errorf("%s has words and no reader says it", key)
			}
		}
	}
}

func TestIDsAreLongAndDiffer(t *testing.T) {
	a, b := NewID(), NewID()
	if len(a) != 26 || a == b {
		t.Fatalf("%q and %q", a, b)
	}
}

// Jobs are stored by their kind: one without a worker would fail until it is laid
// aside.
func TestEveryJobHasAWorker(t *testing.T) {
	workers := Workers(&actions.House{})
	files, err := filepath.Glob("../../../internal/actions/*.go")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files of actions, %v", len(files), err)
	}
	kind := regexp.MustCompile(`(?m)^const [A-Za-z]+Job = "([a-z_]+)"`)
	found := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range kind.FindAllStringSubmatch(string(b), -1) {
			found++
			if workers[m[1]] == nil {
				t.Errorf("%s puts off %q, which nobody does", f, m[1])
			}
		}
		if regexp.MustCompile(`casefile\.Job\{\{?Kind: "`).Match(b) {
			t.Errorf("%s names a job's kind by hand: give it a constant that ends in Job", f)
		}
	}
	if found == 0 {
		t.Error("no kind of job was found")
	}
}
