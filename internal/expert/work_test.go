package expert_test

import (
	"slices"
	"testing"

	"consilium/internal/expert"
)

func TestWhatIsCountedFitsTheConditionAndTheField(t *testing.T) {
	from := expert.Sources{Book: book, Lang: "en"}
	works := expert.Works("C50.911", today, from)
	if len(works) < 30 || !works[0].Proposed || works[len(works)-1].Proposed {
		t.Fatalf("%d works", len(works))
	}
	first := expert.FirstWork(works, expert.Propose("C50.911", nil, today, from))
	if !slices.Contains(first, "WRK-02") || slices.Contains(first, "WRK-06") {
		t.Errorf("for breast cancer: %v", first)
	}
	if ids := expert.FirstWork(expert.Works("", today, from), nil); len(ids) != 0 {
		t.Errorf("without a diagnosis: %v", ids)
	}
	if n := len(expert.HCPCS(works)); n < 60 {
		t.Errorf("%d codes", n)
	}
}

func TestACountThatIsNotThereIsNoZeroOfAnybody(t *testing.T) {
	works := []expert.Work{{Rule: "A-01", Codes: []string{"19301", "19303"}}, {Rule: "A-02", Codes: []string{"27447"}}}
	got := expert.Count(works, &expert.Profile{Volumes: []expert.Volume{{HCPCS: "19301", Services: 40, Patients: 30}, {HCPCS: "19303", Services: 20, Patients: 20}, {HCPCS: "99213", Services: 900, Patients: 500}}})
	if got[0].Services != 60 || got[0].Patients != 30 || got[1].Services != 0 {
		t.Errorf("%+v", got)
	}
	if got := expert.Count(works, nil); len(got) != 2 || got[0].Services != 0 {
		t.Errorf("%+v", got)
	}
}
