package records

import (
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// StoryRef is where the person's own account lies: one in each case.
var StoryRef = casefile.Ref{Kind: "story"}

// Story is what the person tells of their illness by date: what no record says.
type Story struct {
	Entries []Entry `json:"entries"`
}

// Entry is one line of it.
type Entry struct {
	ID   string `json:"id"`
	Date string `json:"date"` // "2026", "2026-05" or "2026-05-03"
	Text string `json:"text"`
}

// Check lists what is wrong with an entry, each fault on its field.
func (e Entry) Check(today string) error {
	var fs fault.Faults
	if strings.TrimSpace(e.Text) == "" {
		fs = append(fs, fault.New(fault.Invalid, "form.required").On("text"))
	}
	switch {
	case e.Date == "":
		fs = append(fs, fault.New(fault.Invalid, "form.required").On("date"))
	case e.Date > today:
		fs = append(fs, fault.New(fault.Invalid, "form.date.past").On("date"))
	}
	return fs.OrNil()
}
