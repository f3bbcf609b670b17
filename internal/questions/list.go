package questions

import (
	"slices"
	"strconv"
	"strings"

	"consilium/internal/fault"
)

// MaxQuestions is how many questions one list holds. A visit answers ten.
const MaxQuestions = 60

const maxText = 2000 // bytes of one question or answer

// List is the patient's questions, the most important first, with what came of each.
type List struct {
	Questions []Question `json:"questions,omitempty"` // in rank order
	Bring     []string   `json:"bring,omitempty"`     // ids of Bring that are packed
	BringOwn  []string   `json:"bring_own,omitempty"` // the patient's own things
	Companion Companion  `json:"companion,omitzero"`
}

// Question is one question of the list.
type Question struct {
	ID       string   `json:"id"` // of the bank, or "own-1", "own-2", ...: never used again
	Category Category `json:"category,omitempty"`
	Text     string   `json:"text,omitempty"`    // the patient's own words; "" shows the bank's
	Asked    []string `json:"asked,omitempty"`   // ids of the opinions whose doctor was asked
	Answers  []Answer `json:"answers,omitempty"` // one for each opinion at most
}

// Answer is what one opinion says to a question.
type Answer struct {
	Opinion string  `json:"opinion"` // id
	Outcome Outcome `json:"outcome" enum:"answered,partly,not"`
	Text    string  `json:"text,omitempty"`
}

// Outcome is how far a question was answered.
type Outcome string

// The outcomes.
const (
	Answered Outcome = "answered"
	Partly   Outcome = "partly"
	Not      Outcome = "not"
)

// Companion is who comes along, and what for.
type Companion struct {
	Name    string   `json:"name,omitempty"`
	Related string   `json:"related,omitempty"` // daughter, friend, ...
	Tasks   []string `json:"tasks,omitempty"`   // ids of Tasks
	Task    string   `json:"task,omitempty"`    // in the patient's words
}

// In gives the words of a question in a language: the patient's own, else the bank's.
func (q Question) In(lang string) string {
	if q.Text != "" {
		return q.Text
	}
	if e, ok := Find(q.ID); ok {
		return e.In(lang)
	}
	return ""
}

// Texts gives the words of the first n questions, the most important first; all of
// them where n is 0.
func (l List) Texts(lang string, n int) []string {
	var out []string
	for i, q := range l.Questions {
		if n > 0 && i >= n {
			break
		}
		out = append(out, q.In(lang))
	}
	return out
}

// IDs gives the ids of the questions in rank order.
func (l List) IDs() []string {
	out := make([]string, len(l.Questions))
	for i, q := range l.Questions {
		out[i] = q.ID
	}
	return out
}

func (l List) place(id string) int {
	return slices.IndexFunc(l.Questions, func(q Question) bool { return q.ID == id })
}

// copied gives a list whose questions can be changed without touching the first.
func (l List) copied() List {
	l.Questions = slices.Clone(l.Questions)
	for i := range l.Questions {
		l.Questions[i].Asked = slices.Clone(l.Questions[i].Asked)
		l.Questions[i].Answers = slices.Clone(l.Questions[i].Answers)
	}
	return l
}

// Choose puts a question of the bank at the end of the list. One that is there already
// stays where it is.
func (l List) Choose(id string) (List, error) {
	e, ok := Find(id)
	if !ok {
		return l, fault.New(fault.Invalid, "form.choice").On("question")
	}
	if l.place(id) >= 0 {
		return l, nil
	}
	l = l.copied()
	l.Questions = append(l.Questions, Question{ID: id, Category: e.Category})
	return l, nil
}

// Add puts a question in the patient's own words at the end. Its id is the next that
// was never used in this list.
func (l List) Add(text string, c Category) (List, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return l, fault.New(fault.Invalid, "form.required").On("own")
	case len(text) > maxText:
		return l, fault.New(fault.Invalid, "form.too_long").With("max", strconv.Itoa(maxText)).On("own")
	case c == "":
		c = Own
	}
	last := 0
	for _, q := range l.Questions {
		if n, err := strconv.Atoi(strings.TrimPrefix(q.ID, "own-")); err == nil {
			last = max(last, n)
		}
	}
	l = l.copied()
	l.Questions = append(l.Questions, Question{ID: "own-" + strconv.Itoa(last+1), Category: c, Text: text})
	return l, nil
}

// Drop takes a question off the list. One that an opinion has answered stays: what
// was answered is part of the case.
func (l List) Drop(id string) (List, error) {
	i := l.place(id)
	if i < 0 {
		return l, fault.New(fault.NotFound, "fault.not_found")
	}
	if len(l.Questions[i].Answers) > 0 {
		return l, fault.New(fault.Conflict, "questions.fault.answered").On("question")
	}
	l = l.copied()
	l.Questions = slices.Delete(l.Questions, i, i+1)
	return l, nil
}

// Rank puts the list in the order of the ids. Questions that the order does not name
// keep their own order behind those that it does.
func (l List) Rank(order []string) List {
	out := l.copied()
	out.Questions = nil
	used := map[string]bool{}
	for _, id := range order {
		if i := l.place(id); i >= 0 && !used[id] {
			used[id] = true
			out.Questions = append(out.Questions, l.Questions[i])
		}
	}
	for _, q := range l.Questions {
		if !used[q.ID] {
			out.Questions = append(out.Questions, q)
		}
	}
	return out
}

// Move puts a question at a place of the list, 1 for the first.
func (l List) Move(id string, to int) List {
	i := l.place(id)
	if i < 0 {
		return l
	}
	l = l.copied()
	q := l.Questions[i]
	l.Questions = slices.Delete(l.Questions, i, i+1)
	l.Questions = slices.Insert(l.Questions, min(max(to-1, 0), len(l.Questions)), q)
	return l
}

// Ask notes that the doctor of an opinion was asked all questions of the list.
func (l List) Ask(opinion string) List {
	l = l.copied()
	for i := range l.Questions {
		if q := &l.Questions[i]; !slices.Contains(q.Asked, opinion) {
			q.Asked = append(q.Asked, opinion)
		}
	}
	return l
}

// Answer notes what an opinion says to a question; a later word replaces the earlier
// one of the same opinion.
func (l List) Answer(id string, a Answer) (List, error) {
	i := l.place(id)
	if i < 0 {
		return l, fault.New(fault.NotFound, "fault.not_found")
	}
	if a.Outcome != Answered && a.Outcome != Partly && a.Outcome != Not {
		return l, fault.New(fault.Invalid, "form.choice").On("outcome")
	}
	if a.Opinion == "" {
		return l, fault.New(fault.Invalid, "form.required").On("opinion")
	}
	l = l.copied()
	q := &l.Questions[i]
	q.Answers = append(slices.DeleteFunc(q.Answers, func(b Answer) bool { return b.Opinion == a.Opinion }), a)
	if !slices.Contains(q.Asked, a.Opinion) {
		q.Asked = append(q.Asked, a.Opinion)
	}
	return l, nil
}

// Open lists the questions that an opinion was asked and has not fully answered, in
// rank order. Nothing noted counts as not answered.
func (l List) Open(opinion string) []Question {
	var out []Question
	for _, q := range l.Questions {
		if slices.Contains(q.Asked, opinion) && q.Outcome(opinion) != Answered {
			out = append(out, q)
		}
	}
	return out
}

// Outcome tells how far an opinion answers a question; "" where nothing is noted.
func (q Question) Outcome(opinion string) Outcome {
	for _, a := range q.Answers {
		if a.Opinion == opinion {
			return a.Outcome
		}
	}
	return ""
}

// Check lists what is wrong with a list, each fault on its field.
func (l List) Check() error {
	var fs fault.Faults
	add := func(key, field string) { fs = append(fs, fault.New(fault.Invalid, key).On(field)) }
	if len(l.Questions) > MaxQuestions {
		add("form.too_many", "questions")
	}
	seen := map[string]bool{}
	for i, q := range l.Questions {
		field := "questions[" + strconv.Itoa(i) + "]"
		if _, known := Find(q.ID); q.ID == "" || seen[q.ID] || !known && !strings.HasPrefix(q.ID, "own-") {
			add("form.choice", field+".id")
		}
		seen[q.ID] = true
		if q.In("en") == "" {
			add("form.required", field+".text")
		}
		if len(q.Text) > maxText {
			fs = append(fs, fault.New(fault.Invalid, "form.too_long").With("max", strconv.Itoa(maxText)).On(field+".text"))
		}
	}
	for _, id := range l.Bring {
		if _, ok := find(all.Bring, id); !ok {
			add("form.choice", "bring")
		}
	}
	for _, id := range l.Companion.Tasks {
		if _, ok := Task(id); !ok {
			add("form.choice", "companion.tasks")
		}
	}
	if c := l.Companion; c.Name == "" && (c.Related != "" || c.Task != "" || len(c.Tasks) > 0) {
		add("form.required", "companion.name")
	}
	return fs.OrNil()
}
