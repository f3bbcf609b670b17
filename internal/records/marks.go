package records

import (
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// MarksRef is where the person's own marks on their list of records lie.
var MarksRef = casefile.Ref{Kind: "checklist"}

// Mark is what the person says of an item that no file shows.
type Mark string

// The marks.
const (
	OnPaper    Mark = "on_paper"     // they have it, on paper or on a disc
	Asked      Mark = "asked"        // they asked for it
	DoesNotFit Mark = "does_not_fit" // it was never made, or does not concern them
)

// MarkKinds lists the marks in the order in which they are offered.
var MarkKinds = []Mark{OnPaper, Asked, DoesNotFit}

// Marks are the person's marks by item id, and the specialty whose list they want.
type Marks struct {
	Items     map[string]Mark `json:"items"`
	Specialty string          `json:"specialty,omitempty"` // "" for the one that is proposed
}

// Check refuses what is no item or no mark.
func (m Marks) Check() error {
	var fs fault.Faults
	for id, mark := range m.Items {
		if knownItem(CheckItem(id)).Kind == "" || !slices.Contains(MarkKinds, mark) {
			fs = append(fs, fault.New(fault.Invalid, "form.choice").On("mark-"+id))
		}
	}
	if m.Specialty != "" && !slices.Contains(Specialties(), m.Specialty) {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("specialty"))
	}
	return fs.OrNil()
}
