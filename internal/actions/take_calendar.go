package actions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
)

// Calendars writes dates as a file that a calendar reads.
type Calendars interface {
	Calendar(f CalendarFile) ([]byte, error)
}

// CalendarFile is what a calendar file holds.
type CalendarFile struct {
	Name  string    // what the calendar is called
	Lang  string    // "en", "es"
	At    time.Time // when it was taken
	Dates []CalendarDate
}

// CalendarDate is one day in a calendar file.
type CalendarDate struct {
	UID      string // the same for the same date of the case, also after it has moved
	Revision int    // higher in a file that was taken later
	On       string // YYYY-MM-DD
	Title    string
	Text     string
	URL      string // where it leads
}

// CalendarWords is what a calendar file says, in one language.
type CalendarWords struct {
	Lang string
	Name string
	Date func(casefile.Due) CalendarDate // title, text and URL of one date
}

// TakeCalendar gives the case's dates from today on as a calendar file. NotFound
// when there is none. What the file says of a date is the words' to decide: it
// leaves the house.
func (h *House) TakeCalendar(ctx context.Context, who casefile.Person, c *casefile.Case, words CalendarWords) ([]byte, error) {
	if err := h.may(ctx, who, c, consent.Export); err != nil {
		return nil, err
	}
	now, today := h.Now(), h.today()
	f := CalendarFile{Name: words.Name, Lang: words.Lang, At: now}
	for _, due := range c.Due {
		if due.On < today {
			continue // its alarms would only go off at once
		}
		d := words.Date(due)
		d.UID, d.Revision, d.On = calendarUID(c.ID, due), revision(now), due.On
		f.Dates = append(f.Dates, d)
	}
	if len(f.Dates) == 0 {
		return nil, fault.New(fault.NotFound, "calendar.none")
	}
	b, err := h.Calendars.Calendar(f)
	if err != nil {
		return nil, err
	}
	return b, h.Cases.Note(ctx, casefile.Change{Case: c.ID, By: who, At: now, Verb: "take_calendar"})
}

// calendarUID names a date for calendars. It is a hash, so that the name says
// nothing of what is due.
func calendarUID(id casefile.ID, d casefile.Due) string {
	sum := sha256.Sum256([]byte("consilium date " + string(id) + " " + d.Key + " " + d.Item))
	return hex.EncodeToString(sum[:16]) + "@consilium"
}

// revision counts the minutes since the product began: a calendar keeps the event
// with the higher number.
func revision(at time.Time) int {
	return int(at.Sub(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) / time.Minute)
}
