package actions

import (
	"slices"
	"strings"
	"time"

	"consilium/internal/casefile"
)

// today is the date on which the action is done, YYYY-MM-DD.
func (h *House) today() string { return h.Now().Format(time.DateOnly) }

// withDue gives the case's due dates with these put in the place of any other of
// the same key and item; one without a date is taken away. What it gives goes into
// Change.Due, for example
//
//	Due: withDue(c,
//		casefile.Due{Key: "due.appeal", Item: d.ID, On: by.String(), Page: "appeal.answer"},
//		casefile.Due{Key: "due.appeal_decision", Item: d.ID}, // no longer due
//	)
//
// The overview says the key's words with the date, and leads to the page: its
// address takes the item, if there is one.
func withDue(c *casefile.Case, put ...casefile.Due) []casefile.Due {
	due := []casefile.Due{}
	replaced := func(d casefile.Due) bool {
		return slices.ContainsFunc(put, func(p casefile.Due) bool { return p.Key == d.Key && p.Item == d.Item })
	}
	for _, d := range c.Due {
		if !replaced(d) {
			due = append(due, d)
		}
	}
	for _, d := range put {
		if d.On != "" {
			due = append(due, d)
		}
	}
	slices.SortStableFunc(due, func(a, b casefile.Due) int { return strings.Compare(a.On, b.On) })
	return due
}
