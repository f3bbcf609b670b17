package deadline

import (
	"testing"

	"consilium/internal/contract"

	"pgregory.net/rapid"
)

var day = contract.MustDate

func TestFederalHolidaysAreKeptWhereTheLawKeepsThem(t *testing.T) {
	for _, c := range []struct{ on, name string }{
		{"2026-01-01", "New Year's Day"},
		{"2026-01-19", "Martin Luther King Jr. Day"},
		{"2026-02-16", "Presidents' Day"},
		{"2026-05-25", "Memorial Day"},
		{"2026-06-19", "Juneteenth"},
		{"2026-07-03", "Independence Day"},
		{"2026-07-06", ""},
		{"2026-09-07", "Labor Day"},
		{"2026-10-12", "Columbus Day"},
		{"2026-11-11", "Veterans Day"},
		{"2026-11-26", "Thanksgiving Day"},
		{"2026-11-27", ""},
		{"2026-12-25", "Christmas Day"},
		{"2026-12-24", ""},
		{"2027-06-18", "Juneteenth"},
		{"2027-07-05", "Independence Day"},
		{"2027-12-24", "Christmas Day"},
		{"2027-12-31", "New Year's Day"},
		{"2022-12-26", "Christmas Day"},
		{"2023-01-02", "New Year's Day"},
		{"2021-06-18", "Juneteenth"},
		{"2020-06-19", ""},
		{"2025-01-20", "Martin Luther King Jr. Day"},
		{"2029-01-20", ""},
		{"2033-01-20", ""}, // Inauguration Day is kept in one place only
		{"", ""},
	} {
		d := contract.Date{}
		if c.on != "" {
			d = day(c.on)
		}
		if got := Holiday(d); got != c.name {
			t.Errorf("%s: %q, not %q", c.on, got, c.name)
		}
	}
}

func TestBusinessDaysLeaveOutWeekendsAndHolidaysAndTheDayItself(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-11-20", 1, "2026-11-23"},
		{"2026-11-21", 1, "2026-11-23"},
		{"2026-11-22", 1, "2026-11-23"},
		{"2026-11-23", 1, "2026-11-24"},
		{"2026-11-25", 1, "2026-11-27"},
		{"2026-07-02", 1, "2026-07-06"},
		{"2026-06-18", 1, "2026-06-22"},
		{"2026-11-23", 3, "2026-11-27"},
		{"2026-12-23", 5, "2026-12-31"},
		{"2027-12-30", 1, "2028-01-03"},
		{"2026-11-22", 0, "2026-11-22"},
		{"2026-11-23", -1, "2026-11-20"},
		{"2026-11-27", -1, "2026-11-25"},
		{"2026-11-22", -1, "2026-11-20"},
	} {
		if got := BusinessDays(day(c.from), c.n); got != day(c.want) {
			t.Errorf("%s and %d: %s, not %s", c.from, c.n, got, c.want)
		}
	}
	if !BusinessDays(contract.Date{}, 3).IsZero() || !NextBusinessDay(contract.Date{}).IsZero() {
		t.Error("an unknown start became known")
	}
	for _, c := range []struct {
		a, b string
		n    int
	}{{"2026-11-20", "2026-11-20", 0}, {"2026-11-20", "2026-11-22", 0}, {"2026-11-20", "2026-11-23", 1}, {"2026-11-22", "2026-11-27", 4}, {"2026-11-23", "2026-11-20", -1}} {
		if got := BusinessDaysBetween(day(c.a), day(c.b)); got != c.n {
			t.Errorf("%s to %s: %d, not %d", c.a, c.b, got, c.n)
		}
	}
	if BusinessDaysBetween(contract.Date{}, day("2026-11-20")) != 0 {
		t.Error("counted from an unknown day")
	}
}

func anyDay(t *rapid.T, name string) contract.Date {
	return day("2019-01-01").AddDays(rapid.IntRange(0, 365*14).Draw(t, name))
}

func TestBusinessDaysAndTheirCountAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, n := anyDay(t, "from"), rapid.IntRange(0, 120).Draw(t, "n")
		to := BusinessDays(from, n)
		if to.Before(from) || n > 0 && !IsBusinessDay(to) {
			t.Fatalf("%s and %d: %s", from, n, to)
		}
		if got := BusinessDaysBetween(from, to); got != n {
			t.Fatalf("%s to %s: %d, not %d", from, to, got, n)
		}
		if b := anyDay(t, "b"); from.Before(b) && BusinessDaysBetween(b, from) > 0 {
			t.Fatalf("%s to %s counts forward", b, from)
		}
		if next := NextBusinessDay(from); next.Before(from) || !IsBusinessDay(next) || from.DaysUntil(next) > 4 {
			t.Fatalf("after %s comes %s", from, next)
		}
	})
}
