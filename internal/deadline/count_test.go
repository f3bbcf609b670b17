package deadline

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the places' clocks, wherever the test runs

	"consilium/internal/contract"

	"pgregory.net/rapid"
)

func on(s string) contract.Date {
	if s == "" {
		return contract.Date{}
	}
	return day(s)
}

func TestEachClockOfTheLawsIsCountedToTheDay(t *testing.T) {
	employer := Rule{Start: Received, Length: 180, Unit: Days}
	external := Rule{Start: Received, Length: 4, Unit: Months, Roll: true}
	original := Rule{Start: Received, Presume: 5, Length: 120, Unit: Days}
	advantage := Rule{Start: Received, Presume: 5, Length: 60, Unit: Days}
	advantage2024 := Rule{Start: Notice, Length: 60, Unit: Days}
	medicaid := Rule{Start: Notice, Length: 60, Unit: Days}
	hearing := Rule{Start: Mailed, Length: 90, Unit: Days}
	working := Rule{Start: Event, Length: 5, Unit: WorkingDays}
	hours := Rule{Start: Received, Length: 72, Unit: Hours}
	for _, c := range []struct {
		clock            string
		rule             Rule
		notice, received string
		want, safe, say  string
	}{
		{"CLK-01", employer, "2026-11-02", "2026-11-05", "2027-05-04", "", "From the day the letter came, November 5, 2026, and 180 days: May 4, 2027."},
		{"CLK-01 unknown receipt", employer, "2026-11-02", "", "", "2027-05-01", "which is not known, so to be safe from the date on it, November 2, 2026, and 180 days: May 1, 2027."},
		{"CLK-01 never rolls", employer, "", "2026-05-01", "2026-10-28", "", ""},
		{"CLK-01 on a Saturday", employer, "", "2026-05-04", "2026-10-31", "", ""},
		{"CLK-02", external, "", "2026-07-30", "2026-11-30", "", ""},
		{"CLK-02 no such day", external, "", "2026-10-30", "2027-03-01", "", "and 4 months: that month has no such day, so March 1, 2027."},
		{"CLK-02 no such day in a leap year", external, "", "2027-10-30", "2028-03-01", "", ""},
		{"CLK-02 the leap day itself", external, "", "2027-10-29", "2028-02-29", "", ""},
		{"CLK-02 the 31st into a month of 30", external, "", "2026-05-31", "2026-10-01", "", ""},
		{"CLK-02 Sunday", external, "", "2026-07-29", "2026-11-30", "", "November 29, 2026 is a Sunday, so the next working day, November 30, 2026."},
		{"CLK-02 holiday", external, "", "2026-07-26", "2026-11-27", "", "November 26, 2026 is a federal holiday, so the next working day, November 27, 2026."},
		{"CLK-02 holiday kept on Friday", external, "", "2026-03-03", "2026-07-06", "", ""},
		{"CLK-02 first of the month, New Year", external, "", "2026-08-31", "2026-12-31", "", ""},
		{"CLK-02 over the year's end", external, "", "2026-09-01", "2027-01-04", "", ""},
		{"CLK-03", original, "2026-11-02", "", "2027-03-07", "", "A letter counts as received 5 days after its date, November 2, 2026, so from November 7, 2026, and 120 days: March 7, 2027."},
		{"CLK-03 shown otherwise, later", original, "2026-11-02", "2026-11-12", "2027-03-12", "", ""},
		{"CLK-03 shown otherwise, earlier", original, "2026-11-02", "2026-11-03", "2027-03-03", "", ""},
		{"CLK-04", advantage, "2026-11-02", "", "2027-01-06", "", ""},
		{"CLK-04 later receipt", advantage, "2026-11-02", "2026-11-20", "2027-01-19", "", ""},
		{"CLK-04 earlier receipt", advantage, "2026-11-02", "2026-11-04", "2027-01-03", "", ""},
		{"CLK-04 before 2025", advantage2024, "2024-11-02", "2024-11-10", "2025-01-01", "", ""},
		{"CLK-05 the date on the letter, not receipt", medicaid, "2026-11-02", "2026-11-20", "2027-01-01", "", "From the date on the letter, November 2, 2026, and 60 days: January 1, 2027."},
		{"CLK-05 only receipt known", medicaid, "", "2026-11-20", "", "", ""},
		{"CLK-06 mailing day not known", hearing, "2026-11-02", "", "", "2027-01-31", ""},
		{"CLK-08 in days", hours, "", "2026-11-02", "2026-11-05", "", ""},
		{"nothing known", employer, "", "", "", "", ""},
		{"the event itself", Rule{Start: Event, Length: 5, Unit: Days}, "2026-11-02", "", "", "", ""},
		{"the last day of a short month where the law is silent", Rule{Start: Notice, Length: 6, Unit: Months, Short: LastOfMonth}, "2026-08-31", "", "2027-02-28", "", ""},
		{"a decision is dated as its letter", Rule{Start: Decision, Length: 6, Unit: Months, Short: LastOfMonth}, "2026-05-22", "", "2026-11-22", "", ""},
	} {
		r := Count(c.rule, Events{Notice: on(c.notice), Received: on(c.received)})
		if r.Date != on(c.want) || r.Safe != on(c.safe) {
			t.Errorf("%s: %s (safe %s), not %s (safe %s)", c.clock, r.Date, r.Safe, c.want, c.safe)
		}
		if !strings.Contains(r.Say("en"), c.say) {
			t.Errorf("%s says %q, not %q", c.clock, r.Say("en"), c.say)
		}
		if en, es := r.Say("en"), r.Say("es"); (en == "") != (es == "") || en != "" && en == es {
			t.Errorf("%s: %q and %q", c.clock, en, es)
		}
	}
	if r := Count(working, Events{Event: on("2026-11-20")}); r.Date != on("2026-11-30") {
		t.Errorf("CLK-07: %s", r.Date)
	}
	if r := Count(hearing, Events{Notice: on("2026-11-02"), Mailed: on("2026-11-04")}); r.Date != on("2027-02-02") {
		t.Errorf("CLK-06: %s", r.Date)
	}
	if r := Count(Rule{Start: Event, Unit: Days}, Events{Event: on("2026-11-25")}); r.Date != on("2026-11-25") || r.Say("en") != "From November 25, 2026, and that same day is the last." {
		t.Errorf("the day of discharge: %s, %q", r.Date, r.Say("en"))
	}
}

func TestHoursRunOnWhenTheClocksAreChanged(t *testing.T) {
	place, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from  time.Time
		hours int
		want  string
	}{
		{time.Date(2026, 3, 7, 12, 0, 0, 0, place), 72, "2026-03-10T13:00:00-04:00"},
		{time.Date(2026, 10, 31, 12, 0, 0, 0, place), 72, "2026-11-03T11:00:00-05:00"},
		{time.Date(2026, 11, 20, 17, 30, 0, 0, place), 72, "2026-11-23T17:30:00-05:00"}, // a weekend counts
		{time.Date(2026, 11, 20, 17, 30, 0, 0, place), 24, "2026-11-21T17:30:00-05:00"},
	} {
		if got := After(c.from, c.hours).Format(time.RFC3339); got != c.want {
			t.Errorf("%s and %d hours: %s, not %s", c.from, c.hours, got, c.want)
		}
	}
}

func TestTheLetterGovernsWhenItIsLaterAndIsSafeWhenItIsEarlier(t *testing.T) {
	for _, c := range []struct {
		law, letter, want string
		why               Reason
	}{
		{"2027-05-04", "2027-05-20", "2027-05-20", LetterLater},
		{"2027-05-04", "2027-05-01", "2027-05-01", LetterEarlier},
		{"2027-05-04", "2027-05-04", "2027-05-04", Same},
		{"2027-05-04", "", "2027-05-04", Law},
		{"", "2027-05-20", "2027-05-20", Letter},
		{"", "", "", Unknown},
	} {
		if got, why := Keep(on(c.law), on(c.letter)); got != on(c.want) || why != c.why {
			t.Errorf("law %s, letter %s: %s because %q", c.law, c.letter, got, why)
		}
	}
}

func TestSpanishSaysHowItWasCounted(t *testing.T) {
	r := Count(Rule{Start: Received, Length: 4, Unit: Months, Roll: true}, Events{Received: on("2026-07-29")})
	if got, want := r.Say("es"), "Desde el día en que llegó la carta, el 29 de julio de 2026, y 4 meses: el 29 de noviembre de 2026; el 29 de noviembre de 2026 es domingo, así que el siguiente día hábil, el 30 de noviembre de 2026."; got != want {
		t.Errorf("%q", got)
	}
	for _, c := range []struct {
		n    int
		unit Unit
		lang string
		want string
	}{{1, Months, "es", "1 mes"}, {72, Hours, "es", "72 horas"}, {3, WorkingDays, "en", "3 working days"}, {1, Days, "en", "1 day"}} {
		if got := Length(c.n, c.unit, c.lang); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

func TestNoLastDayLiesBeforeItsStartAndMoreTimeIsNeverEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Rule{
			Start:  rapid.SampledFrom([]Start{Notice, Received, Mailed, Decision, Event}).Draw(t, "start"),
			Length: rapid.IntRange(0, 400).Draw(t, "length"), Unit: rapid.SampledFrom([]Unit{Days, Months, WorkingDays, Hours}).Draw(t, "unit"),
			Presume: rapid.SampledFrom([]int{0, 5}).Draw(t, "presume"), Roll: rapid.Bool().Draw(t, "roll"),
			Short: rapid.SampledFrom([]ShortMonth{FirstOfNext, LastOfMonth}).Draw(t, "short"),
		}
		if r.Unit == Months {
			r.Length %= 25
		}
		notice := anyDay(t, "notice")
		e := Events{Notice: notice}
		if rapid.Bool().Draw(t, "came") {
			e.Received = notice.AddDays(rapid.IntRange(0, 30).Draw(t, "days"))
			e.Mailed, e.Decision, e.Event = e.Received, notice, e.Received
		}
		got := Count(r, e)
		last := got.Date
		if last.IsZero() {
			last = got.Safe
		}
		if last.IsZero() {
			if r.Start != Event {
				t.Fatalf("%+v of %+v gives nothing", r, e)
			}
			return
		}
		if last.Before(notice) || r.Start == Received && !e.Received.IsZero() && last.Before(e.Received) {
			t.Fatalf("%+v of %+v ends %s, before it starts", r, e, last)
		}
		if r.Roll && !IsBusinessDay(last) {
			t.Fatalf("%s is no business day", last)
		}
		more := r
		more.Length++
		if l := Count(more, e); l.Date.Before(got.Date) || l.Safe.Before(got.Safe) {
			t.Fatalf("%+v of %+v: one more is earlier, %s", r, e, l.Date)
		}
		// A day of receipt that nobody knows never gives more time than a known one.
		if unknown := Count(r, Events{Notice: notice}); r.Start != Event && unknown.Safe.After(last) {
			t.Fatalf("the safe day %s is after %s", unknown.Safe, last)
		}
	})
}
