package expert

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
)

// CallKind is the kind of a call to a clinic: any number in a case, each under its id.
const CallKind casefile.Kind = "expert_call"

// CallRef is where one call lies.
func CallRef(id string) casefile.Ref { return casefile.Ref{Kind: CallKind, Name: id} }

// Call is one call to a candidate's clinic: who said what, and when.
type Call struct {
	ID        string `json:"id"`
	N         int    `json:"n,omitempty"` // the how-manieth of the case, from 1: two can be of one day
	Candidate string `json:"candidate"`   // the candidate's id
	On        string `json:"on"`          // YYYY-MM-DD
	Person    string `json:"person"`      // who answered
	Reference string `json:"reference,omitempty"`
	Told      []Told `json:"told"`
	CallBack  string `json:"call_back,omitempty"` // YYYY-MM-DD: they promised to call back by then
	Notes     string `json:"notes,omitempty"`
}

// Told is the answer to one question of a call. What is not filled in was not said.
type Told struct {
	Question string          `json:"question"` // its name in CallQuestions
	Reply    Reply           `json:"reply,omitempty"`
	Text     string          `json:"text,omitempty"`
	Price    *contract.Money `json:"price,omitempty"`
	Days     *int            `json:"days,omitempty"`
}

// Given tells whether anything was answered.
func (t Told) Given() bool { return t.Reply != "" || t.Text != "" || t.Price != nil || t.Days != nil }

// AnswerSort is how a question is answered.
type AnswerSort string

// The sorts of answers.
const (
	AskReply AnswerSort = "reply" // yes, no, or they were not sure
	AskPrice AnswerSort = "price" // dollars
	AskDays  AnswerSort = "days"  // a number of days
	AskText  AnswerSort = "text"
)

// CallQuestion is one question of the sheet.
type CallQuestion struct {
	Name string
	Sort AnswerSort
}

// CallQuestions are what to ask a clinic, in the order in which they are asked (S1).
var CallQuestions = []CallQuestion{
	{"self_referral", AskReply},
	{"new_patients", AskReply},
	{"experience", AskText},
	{"network", AskReply},
	{"price", AskPrice},
	{"codes", AskText},
	{"estimate", AskReply},
	{"records", AskText},
	{"paperwork", AskText},
	{"wait", AskDays},
	{"telehealth", AskReply},
}

// Most that a line and an answer may hold, in letters, and the longest wait in days.
const (
	CallLineMax = 200
	CallTextMax = 2000
	WaitMax     = 1000
)

// Check lists what is wrong with a call, each fault on its field.
func (c Call) Check(today string) error {
	var fs fault.Faults
	if c.Person == "" {
		fs = append(fs, fault.New(fault.Invalid, "form.required").On("person"))
	}
	fs = append(fs, past(c.On, today)...)
	for _, s := range []struct {
		field, text string
		max         int
	}{{"person", c.Person, CallLineMax}, {"reference", c.Reference, CallLineMax}, {"notes", c.Notes, CallTextMax}} {
		if len([]rune(s.text)) > s.max {
			fs = append(fs, tooLong(s.field, s.max))
		}
	}
	given := c.Notes != ""
	for _, t := range c.Told {
		given = given || t.Given()
		switch {
		case !slices.ContainsFunc(CallQuestions, func(q CallQuestion) bool { return q.Name == t.Question }),
			t.Reply != "" && t.Reply != Yes && t.Reply != No && t.Reply != ToConfirm:
			fs = append(fs, fault.New(fault.Invalid, "form.choice").On("q."+t.Question))
		case t.Price != nil && *t.Price < 0:
			fs = append(fs, fault.New(fault.Invalid, "form.money").On("q."+t.Question))
		case t.Days != nil && (*t.Days < 0 || *t.Days > WaitMax):
			fs = append(fs, fault.New(fault.Invalid, "form.number").On("q."+t.Question))
		case len([]rune(t.Text)) > CallTextMax:
			fs = append(fs, tooLong("q."+t.Question, CallTextMax))
		}
	}
	if c.CallBack != "" {
		given = true
		if !isDate(c.CallBack) {
			fs = append(fs, fault.New(fault.Invalid, "form.date.real").On("call_back"))
		} else if c.CallBack < c.On {
			fs = append(fs, fault.New(fault.Invalid, "form.date.future").On("call_back"))
		}
	}
	if !given {
		fs = append(fs, fault.New(fault.Invalid, "expert.call.empty").On("q."+CallQuestions[0].Name))
	}
	return fs.OrNil()
}

func tooLong(field string, most int) *fault.Fault {
	return fault.New(fault.Invalid, "form.too_long").With("max", strconv.Itoa(most)).On(field)
}

// Same tells whether two calls say the same, whatever their number.
func (c Call) Same(d Call) bool {
	return c.ID == d.ID && c.Candidate == d.Candidate && c.On == d.On && c.Person == d.Person && c.Reference == d.Reference && c.CallBack == d.CallBack && c.Notes == d.Notes &&
		slices.EqualFunc(c.Told, d.Told, func(a, b Told) bool {
			return a.Question == b.Question && a.Reply == b.Reply && a.Text == b.Text && equalTo(a.Price, b.Price) && equalTo(a.Days, b.Days)
		})
}

func equalTo[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// Calls are those to one candidate, newest first.
func Calls(all []Call, candidate string) []Call {
	var out []Call
	for _, c := range all {
		if c.Candidate == candidate {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Call) int { return cmp.Or(strings.Compare(b.On, a.On), cmp.Compare(b.N, a.N)) })
	return out
}

// Heard is the newest answer to one question, and the call in which it was given.
type Heard struct {
	Told
	Call Call
}

// Latest gives the newest answer to each question that a candidate's clinic has
// answered. A later "not sure" does not take an earlier yes or no away from view: it
// takes its place, for what was said last is what counts.
func Latest(all []Call, candidate string) map[string]Heard {
	out := map[string]Heard{}
	for _, c := range Calls(all, candidate) {
		for _, t := range c.Told {
			if _, had := out[t.Question]; !had && t.Given() {
				out[t.Question] = Heard{t, c}
			}
		}
	}
	return out
}
