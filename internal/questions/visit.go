package questions

import (
	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// Ref is where the patient's list lies: one in each case.
var Ref = casefile.Ref{Kind: "questions"}

// VisitRef is where the visit lies: one in each case.
var VisitRef = casefile.Ref{Kind: "visit"}

// Visit is the visit to the second doctor.
type Visit struct {
	Date string `json:"date,omitempty"` // YYYY-MM-DD
}

// Check lists what is wrong, each fault on its field. today is YYYY-MM-DD.
func (v Visit) Check(today string) error {
	if v.Date != "" && v.Date < today {
		return fault.New(fault.Invalid, "form.date.future").On("date")
	}
	return nil
}
