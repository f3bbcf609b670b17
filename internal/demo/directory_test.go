package demo_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"consilium/internal/demo"
	"consilium/internal/directory"
	"consilium/internal/expert"
)

func TestTheDemosDirectoryHasTheCastAndSaysThatItIsMadeUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "directory.db")
	if err := demo.BuildDirectory(t.Context(), path, time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	d, err := directory.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if d.Data()[demo.MadeUp] != "2026-11-22" || d.Data()["nppes"] == "" {
		t.Errorf("data: %v", d.Data())
	}
	first, err := d.Profile(context.Background(), "2000000028")
	if err != nil {
		t.Fatal(err)
	}
	centre, state, ok := d.ZIP("92111")
	if !ok || state != "CA" {
		t.Fatalf("%v %v", state, ok)
	}
	found, err := d.Find(context.Background(), expert.Query{Codes: []string{"207RX0202X"}, Centre: &centre, Miles: 25, First: &first, Levels: []expert.Level{expert.Independent}, Day: "2026-11-22", Limit: 10})
	if err != nil || found.Total < 3 {
		t.Fatalf("%d medical oncologists who are independent, %v", found.Total, err)
	}
	for _, m := range found.Matches {
		if phone := m.Profile.Practice.Phone; phone != "" && phone[3:8] != "55501" {
			t.Errorf("%s may be somebody's telephone number", phone)
		}
	}
	partner, err := d.Profile(context.Background(), "2000000069")
	if err != nil {
		t.Fatal(err)
	}
	if got := expert.Between(first, partner, expert.Limits{}).Level; got != expert.NotIndependent {
		t.Errorf("the first doctor's partner is %s", got)
	}
}
