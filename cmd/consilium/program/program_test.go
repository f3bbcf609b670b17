package program

import (
	"testing"

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
