package deadline

import (
	"time"

	"consilium/internal/contract"
)

// Start is the event from which a period runs. The day of the event is day 0.
type Start string

// The events that laws start a period with.
const (
	Notice   Start = "notice"   // the date printed on the letter
	Received Start = "received" // the day the letter came
	Mailed   Start = "mailed"   // the day the letter was put in the mail
	Decision Start = "decision" // the day of the decision itself
	Event    Start = "event"    // some other day: of discharge, of the bill
)

// Unit is what a period is counted in.
type Unit string

// The units of a period.
const (
	Days        Unit = "days"
	Months      Unit = "months"
	WorkingDays Unit = "business_days"
	Hours       Unit = "hours"
)

// ShortMonth tells which day it is when the last month has no day of that number.
type ShortMonth string

// The 31st, four months on, in a month of 30 days.
const (
	FirstOfNext ShortMonth = ""         // the 1st of the month after: 45 CFR 147.136(d)(2)(i)
	LastOfMonth ShortMonth = "last_day" // the last day: the earlier one, where a law does not say
)

// Rule is how one period is counted, as a row of the rules gives it.
type Rule struct {
	Start   Start
	Presume int // a letter counts as received so many days after its date, until shown otherwise; 0 where the law presumes nothing
	Length  int
	Unit    Unit
	Roll    bool // a last day on a weekend or a federal holiday moves to the next business day
	Short   ShortMonth
}

// Events are the days that are known. The zero date is unknown.
type Events struct {
	Notice, Received, Mailed, Decision, Event contract.Date
}

// Result is a last day and how it was counted.
type Result struct {
	Date contract.Date // the last day that the law gives; zero while its start is not known
	// Safe is a day that is surely not after the law's, counted from the date on the
	// letter; only where Date cannot be told.
	Safe  contract.Date
	Steps []Step
}

// StepKind is what one step of a count did.
type StepKind string

// The steps of a count, in this order.
const (
	FromStart   StepKind = "start"    // where it starts: From is the event's day
	FromPresume StepKind = "presumed" // the letter's date From and N days: To counts as the day it came
	FromSafe    StepKind = "safe"     // the event's day is not known: From, the letter's date, stands in its place
	Plus        StepKind = "plus"     // From and N of Unit is To
	NoSuchDay   StepKind = "no_such"  // the month has no such day: To instead
	Rolled      StepKind = "rolled"   // From is no business day: To instead
)

// Step is one step of a count.
type Step struct {
	Kind     StepKind
	Event    Start
	From, To contract.Date
	N        int
	Unit     Unit
}

// Count gives the last day of a period. What is not known is never guessed: a rule
// that runs from the day a letter came, and presumes nothing, gives no Date without
// that day, only a Safe one.
func Count(r Rule, e Events) Result {
	from, step := r.start(e)
	if from.IsZero() {
		return Result{}
	}
	to, steps := r.add(from)
	out := Result{Steps: append([]Step{step}, steps...)}
	if step.Kind == FromSafe {
		out.Safe = to
	} else {
		out.Date = to
	}
	return out
}

// start finds the day 0. A day of receipt that is known goes before the presumed
// one, whether it is later or earlier: the laws presume "unless there is evidence
// to the contrary" (42 CFR 405.942(a)(1), 422.582(b), 423.582(b)).
func (r Rule) start(e Events) (contract.Date, Step) {
	known := map[Start]contract.Date{Notice: e.Notice, Received: e.Received, Mailed: e.Mailed, Decision: e.Decision, Event: e.Event}
	if d := known[r.Start]; !d.IsZero() {
		return d, Step{Kind: FromStart, Event: r.Start, From: d, To: d}
	}
	if e.Notice.IsZero() || r.Start == Event {
		return contract.Date{}, Step{}
	}
	switch {
	case r.Start == Received && r.Presume > 0:
		to := e.Notice.AddDays(r.Presume)
		return to, Step{Kind: FromPresume, Event: r.Start, From: e.Notice, To: to, N: r.Presume, Unit: Days}
	case r.Start == Received || r.Start == Mailed:
		// Nothing comes or is mailed before it is written.
		return e.Notice, Step{Kind: FromSafe, Event: r.Start, From: e.Notice, To: e.Notice}
	case r.Start == Decision:
		return e.Notice, Step{Kind: FromStart, Event: Notice, From: e.Notice, To: e.Notice}
	}
	return contract.Date{}, Step{}
}

func (r Rule) add(from contract.Date) (contract.Date, []Step) {
	var steps []Step
	to := Add(from, r.Length, r.Unit)
	if r.Unit == Months {
		plain, whole := addMonths(from, r.Length, r.Short)
		to = plain
		if !whole {
			steps = append(steps, Step{Kind: NoSuchDay, From: from, To: to, N: r.Length, Unit: r.Unit})
		}
	}
	if len(steps) == 0 {
		steps = append(steps, Step{Kind: Plus, From: from, To: to, N: r.Length, Unit: r.Unit})
	}
	if next := NextBusinessDay(to); r.Roll && next != to {
		steps = append(steps, Step{Kind: Rolled, From: to, To: next})
		to = next
	}
	return to, steps
}

// Add counts on from a day, which is day 0. Hours give the day on which they are
// over at the latest when they start at some time of the first day; for a moment to
// the hour there is After. The unknown date stays unknown.
func Add(from contract.Date, n int, unit Unit) contract.Date {
	if from.IsZero() {
		return from
	}
	switch unit {
	case Months:
		to, _ := addMonths(from, n, FirstOfNext)
		return to
	case WorkingDays:
		return BusinessDays(from, n)
	case Hours:
		return from.AddDays((n + 23) / 24)
	}
	return from.AddDays(n)
}

// addMonths keeps the number of the day; whole is false where the month has no such
// day.
func addMonths(from contract.Date, n int, short ShortMonth) (to contract.Date, whole bool) {
	first := time.Date(from.Year(), from.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1)
	if from.Day() <= last.Day() {
		return contract.DateOf(first.AddDate(0, 0, from.Day()-1)), true
	}
	if short == LastOfMonth {
		return contract.DateOf(last), false
	}
	return contract.DateOf(last.AddDate(0, 0, 1)), false
}

// After gives the moment when so many hours have passed, weekends and nights counted
// and real hours kept where the clocks are changed: 72 hours after noon on the
// Saturday before that Sunday in March is one o'clock on the Tuesday.
func After(at time.Time, hours int) time.Time { return at.Add(time.Duration(hours) * time.Hour) }

// Reason tells which of two dates is the one to keep, and why.
type Reason string

// Between what the law gives and what the letter names.
const (
	Unknown       Reason = ""               // neither is known
	Law           Reason = "law"            // the letter names no date
	Letter        Reason = "letter"         // the law's date cannot be told
	Same          Reason = "same"           // both name the same day
	LetterEarlier Reason = "letter_earlier" // the letter's is kept, to be safe
	LetterLater   Reason = "letter_later"   // the letter governs: a plan may give more time
)

// Keep gives the date to keep. A letter that names a later day than the law governs;
// one that names an earlier day is kept too, because it is safe.
func Keep(law, letter contract.Date) (contract.Date, Reason) {
	switch {
	case law.IsZero() && letter.IsZero():
		return law, Unknown
	case letter.IsZero():
		return law, Law
	case law.IsZero():
		return letter, Letter
	case letter.Before(law):
		return letter, LetterEarlier
	case letter.After(law):
		return letter, LetterLater
	}
	return law, Same
}
