package coverage

import (
	"slices"
	"strings"
	"unicode/utf8"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
)

// TestKind is the kind of document of one test that the second doctor ordered: many
// in each case, each by its id.
const TestKind casefile.Kind = "test_check"

// TestRef is where one test lies.
func TestRef(id string) casefile.Ref { return casefile.Ref{Kind: TestKind, Name: id} }

// Ordered is a test that the second doctor ordered, and how it stands with the plan.
// The plan's yes to the opinion is no yes to the test.
type Ordered struct {
	ID      string `json:"id"`
	Name    string `json:"name"` // in the person's words: "MRI of the left knee"
	Kind    string `json:"kind"` // one of TestKinds
	On      string `json:"on,omitempty"`
	NeedBy  string `json:"need_by,omitempty"` // the day of the test, when it is known
	Asked   string `json:"asked,omitempty"`   // the day on which the plan was asked
	Answer  string `json:"answer"`            // one of TestAnswers
	Decided string `json:"decided,omitempty"` // the day of the plan's answer
	Number  string `json:"number,omitempty"`  // of the approval
	Until   string `json:"until,omitempty"`   // the last day on which the approval holds
	Words   string `json:"words,omitempty"`   // what the plan said, as it was said
	Due     string `json:"due,omitempty"`     // by when the next thing must be done
}

// TestKinds are the kinds of test, and TestAnswers what a plan can say to one.
var (
	TestKinds   = []string{"imaging", "lab", "tissue", "scope", "genetic", "other"}
	TestAnswers = []string{"not_asked", "waiting", "approved", "not_needed", "refused"}
)

// Check lists what is wrong with a test, each fault on its field. today is YYYY-MM-DD.
func (o Ordered) Check(today string) error {
	var fs fault.Faults
	wrong := func(field, key string) { fs = append(fs, fault.New(fault.Invalid, key).On(field)) }
	if strings.TrimSpace(o.Name) == "" {
		wrong("name", "form.required")
	}
	for _, f := range []struct {
		field, value string
		most         int
		max          string
	}{{"name", o.Name, LineMax, "200"}, {"number", o.Number, LineMax, "200"}, {"words", o.Words, AnswerMax, "4000"}} {
		if utf8.RuneCountInString(f.value) > f.most {
			fs = append(fs, fault.New(fault.Invalid, "form.too_long").With("max", f.max).On(f.field))
		}
	}
	if !slices.Contains(TestKinds, o.Kind) {
		wrong("kind", "form.choice")
	}
	if !slices.Contains(TestAnswers, o.Answer) {
		wrong("answer", "form.choice")
	}
	for _, f := range []struct{ field, value string }{{"on", o.On}, {"asked", o.Asked}, {"decided", o.Decided}} {
		if f.value > today {
			wrong(f.field, "form.date.past")
		}
	}
	if o.Answer == "approved" && strings.TrimSpace(o.Number) == "" {
		wrong("number", "coverage.tests.number_needed")
	}
	if o.Answer == "waiting" && o.Asked == "" {
		wrong("asked", "form.date.required")
	}
	if o.Decided != "" && o.Asked != "" && o.Decided < o.Asked {
		wrong("decided", "coverage.tests.decided_first")
	}
	return fs.OrNil()
}

// Cleared tells whether the plan stands in the way no more on a day. An approval
// that ends before the day of the test is none for it.
func (o Ordered) Cleared(today string) bool {
	if o.Answer == "not_needed" {
		return true
	}
	day := max(today, o.NeedBy)
	return o.Answer == "approved" && (o.Until == "" || o.Until >= day)
}

// DueOn gives by when the next thing must be done: to ask the plan, so early that its
// own time and a week fit before the test; once asked, to ask again when its time has
// run out. longest is the plan's time in days. The zero date where nothing is due or
// nothing is known.
func (o Ordered) DueOn(today contract.Date, longest int) contract.Date {
	read := func(s string) contract.Date { d, _ := contract.ParseDate(s); return d }
	switch {
	case o.Answer == "waiting" && o.Asked != "" && longest > 0:
		return read(o.Asked).AddDays(longest)
	case o.Answer == "not_asked" && o.NeedBy != "":
		d := read(o.NeedBy).AddDays(-longest - 7)
		if d.Before(today) {
			return today
		}
		return d
	}
	return contract.Date{}
}

// Longest is how many days a plan may take at most to answer a request.
func (a Answer) Longest() int {
	most := 0
	for _, c := range a.Clocks {
		most = max(most, c.Days)
	}
	return most
}
