// Package questions is what a person wants to ask the second doctor: questions by
// category to choose from, the list in their own order, and the visit itself: who
// comes along and what to bring.
package questions

import (
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// Ref is where the person's questions lie: one list in each case.
var Ref = casefile.Ref{Kind: "questions"}

// List is what the person wants to ask, the most important first.
type List struct {
	Items []Item `json:"items"`
}

// Item is one question. A question of the bank keeps the bank's id beside the
// words, for the words may be changed by the person.
type Item struct {
	ID       string `json:"id"` // never changes: answers are marked by it
	Text     string `json:"text"`
	Category string `json:"category,omitempty"`
	Bank     string `json:"bank,omitempty"` // id of the bank's question, "" of an own one
}

// MaxItems and MaxText are the most questions, and letters in one.
const (
	MaxItems = 100
	MaxText  = 600
)

// Check lists what is wrong, each fault on its field.
func (l List) Check() error {
	var fs fault.Faults
	seen := map[string]bool{}
	for _, i := range l.Items {
		if strings.TrimSpace(i.Text) == "" {
			fs = append(fs, fault.New(fault.Invalid, "form.required").On("text-"+i.ID))
		}
		if len([]rune(i.Text)) > MaxText {
			fs = append(fs, fault.New(fault.Invalid, "form.too_long").With("max", "600").On("text-"+i.ID))
		}
		if i.ID == "" || seen[i.ID] {
			fs = append(fs, fault.New(fault.Internal, "fault.internal"))
		}
		seen[i.ID] = true
	}
	if len(l.Items) > MaxItems {
		fs = append(fs, fault.New(fault.Invalid, "prepare.questions.too_many").With("max", "100"))
	}
	return fs.OrNil()
}

// Texts gives the questions' words in order.
func (l List) Texts() []string {
	var ts []string
	for _, i := range l.Items {
		ts = append(ts, i.Text)
	}
	return ts
}

// VisitRef is where the plan of the visit lies: one in each case.
var VisitRef = casefile.Ref{Kind: "visit"}

// Visit is the visit to the second doctor: when, who comes along and what for, and
// what is packed.
type Visit struct {
	Date      string    `json:"date,omitempty"` // YYYY-MM-DD
	Companion Companion `json:"companion,omitzero"`
	Packed    []string  `json:"packed,omitempty"` // ids of what to bring that are ready
	Own       string    `json:"own,omitempty"`    // what else the person wants to bring, one a line
}

// Companion is who comes along.
type Companion struct {
	Name     string   `json:"name,omitempty"`
	Relation string   `json:"relation,omitempty"` // as the person says it: "my daughter"
	Phone    string   `json:"phone,omitempty"`
	Tasks    []string `json:"tasks,omitempty"` // ids of tasks
}

// Check lists what is wrong, each fault on its field. today is YYYY-MM-DD.
func (v Visit) Check(today string) error {
	var fs fault.Faults
	if v.Date != "" && v.Date < today {
		fs = append(fs, fault.New(fault.Invalid, "form.date.future").On("date"))
	}
	if v.Companion.Name == "" && (v.Companion.Relation != "" || v.Companion.Phone != "" || len(v.Companion.Tasks) > 0) {
		fs = append(fs, fault.New(fault.Invalid, "form.required").On("companion_name"))
	}
	return fs.OrNil()
}
