package coverage

import (
	"slices"
	"strings"
	"unicode/utf8"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// Ref is where the answer to "will my plan pay?" lies: one in each case.
var Ref = casefile.Ref{Kind: "coverage"}

// Saved is what the person told of their plan and what the rules answered on that
// day. The input is kept, so that the answer can be given again in another
// language, and explained years later.
type Saved struct {
	On     string   `json:"on"`    // YYYY-MM-DD
	Asked  bool     `json:"asked"` // the questions about the plan were shown, not only which kind it is
	Input  Input    `json:"input"`
	Answer Answer   `json:"answer"`
	Done   []string `json:"done,omitempty"` // ids of the steps that the person has done
}

// Has tells whether a step has been done.
func (s Saved) Has(step string) bool { return slices.Contains(s.Done, step) }

// CallKind is the kind of document of one call to the plan: many in each case, each
// by its id, written once.
const CallKind casefile.Kind = "call"

// CallRef is where one call lies.
func CallRef(id string) casefile.Ref { return casefile.Ref{Kind: CallKind, Name: id} }

// Call is one talk with the plan: who said what, when, and the number under which
// the plan can find it again.
type Call struct {
	ID        string   `json:"id"`
	N         int      `json:"n,omitempty"` // the how-manieth call of the case, from 1: two can be of one day
	On        string   `json:"on"`          // YYYY-MM-DD
	Person    string   `json:"person"`
	Reference string   `json:"reference,omitempty"`
	Answers   []Spoken `json:"answers"`
	Notes     string   `json:"notes,omitempty"`
}

// Spoken is one question as it was asked, in the words of that day, and what the
// plan's person answered: yes, no or not sure, and in words.
type Spoken struct {
	Rule     string `json:"rule,omitempty"` // id of the question, "ASK-03"; "" for one that somebody made up
	Question string `json:"question"`
	Said     Said   `json:"said,omitempty"`
	Answer   string `json:"answer"`
}

// Said is an answer in one word.
type Said string

// What the plan's person can say to a question of yes or no.
const (
	SaidYes    Said = "yes"
	SaidNo     Said = "no"
	SaidUnsure Said = "unsure"
)

// Given tells whether anything was answered.
func (s Spoken) Given() bool { return s.Said != "" || strings.TrimSpace(s.Answer) != "" }

// Latest gives what the plan said last to the question of an id, with the call in
// which it did; nothing when it was never answered. Of two calls on one day that
// which was written down later counts.
func Latest(calls []Call, rule string) (Spoken, Call, bool) {
	var said Spoken
	var in Call
	found := false
	for _, c := range calls {
		for _, a := range c.Answers {
			if a.Rule == rule && a.Given() && (!found || c.later(in)) {
				said, in, found = a, c, true
			}
		}
	}
	return said, in, found
}

// The most letters that a call's fields may have, and the most questions.
const (
	LineMax   = 200
	AnswerMax = 4000
	askedMax  = 100
)

// Check lists what is wrong with a call, each fault on its field. today is
// YYYY-MM-DD; a call cannot have been made after it.
func (c Call) Check(today string) error {
	var fs fault.Faults
	wrong := func(field, key string) { fs = append(fs, fault.New(fault.Invalid, key).On(field)) }
	long := func(field, value string, most int, max string) {
		if utf8.RuneCountInString(value) > most {
			fs = append(fs, fault.New(fault.Invalid, "form.too_long").With("max", max).On(field))
		}
	}
	if strings.TrimSpace(c.Person) == "" {
		wrong("person", "form.required")
	}
	long("person", c.Person, LineMax, "200")
	long("reference", c.Reference, LineMax, "200")
	long("notes", c.Notes, AnswerMax, "4000")
	switch {
	case c.On == "":
		wrong("on", "form.date.required")
	case c.On > today:
		wrong("on", "form.date.past")
	}
	said := strings.TrimSpace(c.Notes) != ""
	for _, a := range c.Answers {
		said = said || a.Given()
		if !slices.Contains([]Said{"", SaidYes, SaidNo, SaidUnsure}, a.Said) {
			fs = append(fs, fault.New(fault.Invalid, "form.choice"))
		}
		if utf8.RuneCountInString(a.Answer) > AnswerMax || utf8.RuneCountInString(a.Question) > AnswerMax {
			fs = append(fs, fault.New(fault.Invalid, "form.too_long").With("max", "4000"))
			break
		}
	}
	if len(c.Answers) > askedMax {
		wrong("", "fault.too_large")
	}
	if !said {
		wrong("notes", "coverage.calls.nothing")
	}
	return fs.OrNil()
}

func (c Call) later(d Call) bool { return c.On > d.On || c.On == d.On && c.N >= d.N }

// Same tells whether two records hold the same call, whatever their ids.
func (c Call) Same(d Call) bool {
	return c.On == d.On && c.Person == d.Person && c.Reference == d.Reference && c.Notes == d.Notes && slices.Equal(c.Answers, d.Answers)
}
