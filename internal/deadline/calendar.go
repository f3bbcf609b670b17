// Package deadline counts days, months, working days and hours as the laws about
// health plans count them: from which event, how long, and what becomes of a last
// day that falls on a weekend or a holiday. It is the only place that counts.
//
// How long a period is stands in the rules; here is only how to count it.
package deadline

import (
	"sync"
	"time"

	"consilium/internal/contract"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/us"
)

// The library works out holidays in the machine's own place unless told otherwise;
// a calendar day must be the same everywhere.
func init() { cal.DefaultLoc = time.UTC }

// years keeps the days on which federal offices are closed, by year.
var years sync.Map // int -> map[contract.Date]string

// Holiday names the federal holiday that is kept on a day, or gives "" when there is
// none. A holiday on a Saturday is kept on the Friday before, one on a Sunday on the
// Monday after (5 USC 6103(b)); the day itself is then a weekend day anyway.
// Inauguration Day is kept around Washington alone and does not count.
func Holiday(d contract.Date) string {
	if d.IsZero() {
		return ""
	}
	kept, ok := years.Load(d.Year())
	if !ok {
		kept, _ = years.LoadOrStore(d.Year(), holidays(d.Year()))
	}
	return kept.(map[contract.Date]string)[d]
}

// holidays lists the days kept within a year; New Year's Day of the next year may be
// kept on the last day of this one.
func holidays(year int) map[contract.Date]string {
	out := map[contract.Date]string{}
	for _, h := range us.Holidays {
		for _, y := range []int{year, year + 1} {
			actual, kept := h.Calc(y)
			for _, day := range []time.Time{actual, kept} {
				if !day.IsZero() && day.Year() == year {
					out[contract.DateOf(day)] = h.Name
				}
			}
		}
	}
	return out
}

// IsBusinessDay tells whether a day is neither Saturday, Sunday nor a federal
// holiday. The unknown date is none.
func IsBusinessDay(d contract.Date) bool {
	return !d.IsZero() && !weekend(d) && Holiday(d) == ""
}

func weekend(d contract.Date) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

// NextBusinessDay is the day itself when it is a business day, else the first one
// after it.
func NextBusinessDay(d contract.Date) contract.Date {
	for !d.IsZero() && !IsBusinessDay(d) {
		d = d.AddDays(1)
	}
	return d
}

// BusinessDays counts n business days from a day, backwards when n is negative. The
// day itself is day 0, whatever day it is: one business day from a Friday or from a
// Saturday is the Monday. From the unknown date it gives the unknown date.
func BusinessDays(from contract.Date, n int) contract.Date {
	if from.IsZero() {
		return from
	}
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		from = from.AddDays(step)
		if IsBusinessDay(from) {
			n--
		}
	}
	return from
}

// BusinessDaysBetween counts the business days after a, up to and including b: 0 on
// the same day, negative when b is before a. So BusinessDaysBetween(a,
// BusinessDays(a, n)) is n. When either is unknown it is 0.
func BusinessDaysBetween(a, b contract.Date) int {
	if a.IsZero() || b.IsZero() {
		return 0
	}
	if b.Before(a) {
		n := 0
		for d := b; d.Before(a); d = d.AddDays(1) {
			if IsBusinessDay(d) {
				n--
			}
		}
		return n
	}
	n := 0
	for a.Before(b) {
		a = a.AddDays(1)
		if IsBusinessDay(a) {
			n++
		}
	}
	return n
}
