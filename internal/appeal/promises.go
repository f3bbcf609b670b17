package appeal

import (
	"strings"

	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/letters"
)

// Promise is what was said of the denial's own subject before the plan refused, with
// what the letter says now. It draws no conclusion: both stand side by side, and the
// person judges.
type Promise struct {
	Rule      string // why it is laid here: PRM-01
	Subject   string // authorization, referral, network, covered, cost, second_opinion; for what the rules answered, the field of coverage.Answer: prior_authorization, referral, network, covered, patient_share
	Call      string // id of the call; "" for what the rules answered
	Ask       string // id of the question that was put to the plan, "ASK-11"; "" for the person's own
	Asked     string // in the words of that day; "" for a note
	Word      coverage.Said
	Said      string // in the words that were written down; for what the rules answered, the value of the field
	By        string // who said it; "" for what the rules answered
	On        string // YYYY-MM-DD
	Reference string
	Against   string // the reason that the letter gives, or its codes
	Same      bool   // the one word that was said agrees with the letter: it does not speak for an appeal
}

// Told is what was known of the plan before the letter came.
type Told struct {
	Calls    []coverage.Call
	Coverage *coverage.Saved // what the rules answered; nil when nobody asked them
}

// Promises lays a denial beside what the plan said on the telephone and what the
// rules had answered, each only where it is about the same subject and no later than
// the letter. Calls come in their order, the answer of the rules last.
func Promises(d Denial, told Told, book Book) []Promise {
	on, _ := contract.ParseDate(d.On) // an unknown day has all rows
	kinds := classify(d.Input, on, "en", book).Classes
	against := d.Input.Denial.against()
	notice := d.Input.NoticeDate.String()
	if notice == "" {
		notice = d.Input.ReceivedDate.String()
	}
	before := func(day string) bool { return notice == "" || day == "" || day <= notice }
	ask := func(rule, question string) (p Promise, same string, ok bool) {
		v := book.Judge(topic, map[string]any{"denial.classes": kinds, "call.rule": rule, "call.question": question}, on, "en")
		for _, f := range v.Fired {
			if f.Kind == "promise" {
				return Promise{Rule: f.Rule, Subject: f.Sets["subject"], Ask: rule, Against: against}, f.Sets["same"], true
			}
		}
		return p, "", false
	}
	out := []Promise{}
	for _, c := range told.Calls {
		if !before(c.On) {
			continue
		}
		for _, a := range append(c.Answers[:len(c.Answers):len(c.Answers)], coverage.Spoken{Answer: c.Notes}) {
			question := a.Question
			if question == "" {
				question = a.Answer // a note is about what it says
			}
			if p, same, ok := ask(a.Rule, question); ok && a.Given() {
				p.Call, p.Asked, p.Word, p.Said = c.ID, a.Question, a.Said, strings.TrimSpace(a.Answer)
				p.By, p.On, p.Reference, p.Same = c.Person, c.On, c.Reference, same != "" && string(a.Said) == same
				out = append(out, p)
			}
		}
	}
	s := told.Coverage
	if s == nil || !before(s.On) {
		return out
	}
	for _, f := range answered(s.Answer) {
		if f.value == "" || f.value == "unknown" {
			continue
		}
		if p, _, ok := ask(f.ask, ""); ok {
			p.Ask, p.Subject, p.Said, p.On = "", f.field, f.value, s.On
			out = append(out, p)
		}
	}
	return out
}

// against is what the letter says, in its own words.
func (r Refusal) against() string {
	if s := strings.TrimSpace(r.Reason); s != "" {
		return s
	}
	return strings.Join(r.Codes(), ", ")
}

// Codes lists the codes as a letter prints them: "CO 197", "N386".
func (r Refusal) Codes() []string {
	var out []string
	for _, c := range r.CARC {
		out = append(out, strings.TrimSpace(r.Group+" "+c))
	}
	return append(out, r.RARC...)
}

type field struct{ field, value, ask string }

// answered lists what the rules answered, each field with the question to the plan
// that asks for the same.
func answered(a coverage.Answer) []field {
	share := ""
	if a.PatientShare != nil {
		share = a.PatientShare.Kind
	}
	return []field{
		{"prior_authorization", a.PriorAuthorization, "ASK-11"}, {"referral", a.Referral, "ASK-02"}, {"network", a.Network, "ASK-10"}, {"covered", a.Covered, "ASK-01"}, {"patient_share", share, "ASK-13"},
	}
}

// Exhibit gives the promises that a letter to the plan can name: what the plan's own
// people said, but not where it agrees with the letter.
func Exhibit(promises []Promise) []letters.Said {
	var out []letters.Said
	for _, p := range promises {
		if p.Call != "" && !p.Same {
			out = append(out, letters.Said{Word: string(p.Word), Said: p.Said, Asked: p.Asked, By: p.By, On: p.On, Reference: p.Reference, Against: p.Against})
		}
	}
	return out
}
