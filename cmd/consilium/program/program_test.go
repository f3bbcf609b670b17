package program

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"consilium/internal/actions"
	"consilium/internal/journey"
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
	for _, s := range journey.Steps {
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
