package records

import (
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/web/text"
)

func TestAnIssueWithoutWordsKeepsItsReadersOwn(t *testing.T) {
	words, err := text.New(Step.Words)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"", "intake.fhir.of_another_version"} {
		got := detailOf(words.In("es"), clinical.Issue{Key: key, Text: "Something is amiss.", Path: "Bundle"})
		if got != (detail{Text: "Something is amiss.", Lang: "en", Path: "Bundle"}) {
			t.Errorf("%q: %+v", key, got)
		}
	}
	if m := words.Missing(); len(m) > 0 {
		t.Errorf("words are missing: %v", m)
	}
}
