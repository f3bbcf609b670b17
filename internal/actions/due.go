package actions

import (
	"sort"
	"time"

	"consilium/internal/casefile"
)

// today is the date on which the action is done, YYYY-MM-DD.
func (h *House) today() string { return h.Now().Format(time.DateOnly) }

// withDue gives the case's due dates with this one put in the place of any other
// of its key; an empty date takes it away.
func withDue(c *casefile.Case, key, on string) []casefile.Due {
	due := []casefile.Due{}
	for _, d := range c.Due {
		if d.Key != key {
			due = append(due, d)
		}
	}
	if on != "" {
		due = append(due, casefile.Due{Key: key, On: on})
	}
	sort.Slice(due, func(i, j int) bool { return due[i].On < due[j].On })
	return due
}
