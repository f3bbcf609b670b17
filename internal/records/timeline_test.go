package records

import (
	"fmt"
	"strings"
	"testing"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
)

func moments(t *testing.T, story Story, facts ...clinical.Fact) []Moment {
	t.Helper()
	nouns := map[casefile.Ref]any{}
	put(nouns, clinical.Reading{SHA256: "a", Facts: facts})
	return Moments(read(t, caseOf(t, nouns)), story)
}

func TestHundredsOfResultsBecomeALineForEachDayAndNoneIsLost(t *testing.T) {
	var facts []clinical.Fact
	for i := range 300 {
		f := fact("a", fmt.Sprintf("test %03d", i), fmt.Sprintf("2026-01-%02dT08:00:00Z", 1+i%10), clinical.Result)
		f.Value, f.Unit = fmt.Sprint(i), "mg"
		facts = append(facts, f)
	}
	ms := moments(t, Story{}, facts...)
	if len(ms) != 10 {
		t.Fatalf("%d lines", len(ms))
	}
	n := 0
	for _, m := range ms {
		n += m.Count
		if m.General || m.Fact == "" || m.Top != "a" || len(m.Names) != 6 {
			t.Errorf("got %+v", m)
		}
	}
	if n != 300 {
		t.Errorf("the lines stand for %d results", n)
	}
}

func TestWhatTheLabMarkedIsAMainPointAndComesFirst(t *testing.T) {
	var facts []clinical.Fact
	for i := range 8 {
		facts = append(facts, fact("a", fmt.Sprintf("a test %d", i), "2026-01-02", clinical.Result))
	}
	facts[7].Flag, facts[7].Value, facts[7].Unit = "H", "7.10", "g/dL"
	facts[6].Flag = "N"
	ms := moments(t, Story{}, facts...)
	if len(ms) != 1 || !ms[0].General || strings.Join(ms[0].Marked, ";") != "a test 7 7.10 g/dL" || len(ms[0].Names) != 5 {
		t.Fatalf("got %+v", ms)
	}
}

func TestAMedicineIsOneLineWithItsLastDose(t *testing.T) {
	a, b := fact("a", "Naproxen", "2025-04-01", clinical.Medication), fact("a", "naproxen", "2025-08-01", clinical.Medication)
	a.Detail, b.Detail, b.ID = "once a day", "twice a day", "b"
	ms := moments(t, Story{}, b, a)
	if len(ms) != 1 || ms[0].Date != "2025-04-01" || ms[0].End != "2025-08-01" || ms[0].Detail != "twice a day" || ms[0].Count != 2 {
		t.Fatalf("got %+v", ms)
	}
}

func TestTheOrderIsByDateThenByWhatMattersTheUndatedLast(t *testing.T) {
	ms := moments(t, Story{Entries: []Entry{{ID: "e", Date: "2025-05", Text: "it hurt"}}},
		fact("a", "no date", "", clinical.Condition), fact("a", "visit", "2025-05-03", clinical.Encounter),
		fact("a", "operation", "2025-05-03", clinical.Procedure), fact("a", "illness", "2025-05-03", clinical.Condition))
	var order []string
	for _, m := range ms {
		order = append(order, m.Text)
	}
	if got := strings.Join(order, ", "); got != "it hurt, illness, operation, visit, no date" {
		t.Fatalf("got %s", got)
	}
}

func TestTwoFilesThatSayTheSameOfADayGiveOneLine(t *testing.T) {
	short, long := fact("a", "Ductal carcinoma", "2026-10-09", clinical.Condition), fact("a", "ductal carcinoma", "2026-10-09", clinical.Condition)
	long.ID, long.Detail = "long", "stage IIA"
	ms := moments(t, Story{}, short, long)
	if len(ms) != 1 || ms[0].Detail != "stage IIA" || ms[0].Count != 2 {
		t.Fatalf("got %+v", ms)
	}
}

func TestARefutedDiagnosisSaysSo(t *testing.T) {
	f := fact("a", "lupus", "2026-01-02", clinical.Condition)
	f.Status = "inactive, refuted"
	if ms := moments(t, Story{}, f); ms[0].Status != "refuted" {
		t.Fatalf("got %q", ms[0].Status)
	}
}

func TestABloodPanelIsNoMainPointAndAScanReportIs(t *testing.T) {
	ms := moments(t, Story{}, fact("a", "Lipid panel", "2026-01-02", clinical.Report), fact("a", "MRI of both breasts", "2026-01-02", clinical.Report))
	for _, m := range ms {
		if m.General != (m.Text == "MRI of both breasts") {
			t.Errorf("%s: a main point: %v", m.Text, m.General)
		}
	}
}
