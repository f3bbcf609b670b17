package appeal

import (
	"testing"

	"consilium/internal/contract"
)

func TestAnAppealIsPlannedForTheWorkingDayBeforeALastDayOnAWeekend(t *testing.T) {
	for _, c := range []struct{ keep, today, want string }{
		{"2027-03-21", "2026-11-22", "2027-03-19"}, // a Sunday: the Friday before
		{"2027-03-21", "2027-03-19", "2027-03-19"},
		{"2027-03-21", "2027-03-20", "2027-03-21"}, // the Friday is over
		{"2027-05-11", "2026-11-22", "2027-05-11"}, // a Tuesday
		{"2027-01-18", "2026-11-22", "2027-01-15"}, // Martin Luther King Jr. Day
	} {
		n := Next{FileBy: contract.MustDate(c.keep)}
		if got := n.SendBy(contract.MustDate(c.today)).String(); got != c.want {
			t.Errorf("%s, asked on %s: %s, not %s", c.keep, c.today, got, c.want)
		}
	}
	if !(Next{}).SendBy(contract.MustDate("2026-11-22")).IsZero() {
		t.Error("a day came from nowhere")
	}
}
