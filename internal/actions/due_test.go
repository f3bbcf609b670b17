package actions

import (
	"slices"
	"testing"

	"consilium/internal/casefile"
)

func TestADateTakesThePlaceOfThatOfItsKeyAndItemOnly(t *testing.T) {
	c := &casefile.Case{Due: []casefile.Due{
		{Key: "due.appeal", Item: "a", On: "2026-12-01", Page: "appeal.answer"},
		{Key: "due.appeal", Item: "b", On: "2026-12-02", Page: "appeal.answer"},
		{Key: "due.decision", On: "2026-12-03", Page: "decide"},
	}}
	before := slices.Clone(c.Due)
	got := withDue(c,
		casefile.Due{Key: "due.appeal", Item: "a", On: "2026-12-24", Page: "appeal.answer"},
		casefile.Due{Key: "due.estimate", Item: "a", On: "2026-11-30", Page: "cost.estimate"},
		casefile.Due{Key: "due.decision"},
		casefile.Due{Key: "due.visit"},
	)
	want := []casefile.Due{
		{Key: "due.estimate", Item: "a", On: "2026-11-30", Page: "cost.estimate"},
		{Key: "due.appeal", Item: "b", On: "2026-12-02", Page: "appeal.answer"},
		{Key: "due.appeal", Item: "a", On: "2026-12-24", Page: "appeal.answer"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	if !slices.Equal(c.Due, before) {
		t.Error("the case that was loaded was changed")
	}
}

func TestTheLastDateTakenAwayLeavesAnEmptyListNotNone(t *testing.T) {
	got := withDue(&casefile.Case{Due: []casefile.Due{{Key: "due.visit", On: "2026-12-01"}}}, casefile.Due{Key: "due.visit"})
	if got == nil || len(got) != 0 {
		t.Errorf("got %#v: nil would leave the dates as they were", got)
	}
}
