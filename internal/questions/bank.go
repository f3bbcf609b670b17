// Package questions is what a patient wants to ask: a bank of questions to choose from,
// in plain words and by subject; the patient's own list, ranked; what came of each
// question in each opinion; what to bring to the visit, and who comes along.
//
// The bank is data (bank.json), in English and Spanish. Each question names the texts
// that it comes from: S1 second opinion without a referral, S2 second opinion for a
// diagnosis, S3 patient-advocate guide, S4 insurance coverage, S5 finding expert opinions.
package questions

import (
	_ "embed"
	"encoding/json"
)

//go:embed bank.json
var bankJSON []byte

// Entry is one line of the bank. Its id is never used again for another meaning.
type Entry struct {
	ID       string   `json:"id"`
	Category Category `json:"category,omitempty"` // of a question
	Sources  []string `json:"sources"`            // S1 to S5
	EN       string   `json:"en"`
	ES       string   `json:"es"`
}

// In gives the words in a language; any but "es" is read as "en".
func (e Entry) In(lang string) string {
	if lang == "es" {
		return e.ES
	}
	return e.EN
}

// Category is the subject of a question.
type Category string

// Own is the subject of what the patient wrote without choosing one.
const Own Category = "own"

type bank struct {
	Categories []Category `json:"categories"`
	Questions  []Entry    `json:"questions"`
	Bring      []Entry    `json:"bring"`
	Tasks      []Entry    `json:"tasks"`
}

var all = read(bankJSON)

func read(raw []byte) bank {
	var b bank
	if err := json.Unmarshal(raw, &b); err != nil {
		panic("questions: bank.json: " + err.Error()) // our own file, embedded: a test reads it
	}
	return b
}

// Categories lists the subjects in the order in which they are offered: diagnosis,
// options, risks, waiting, prognosis, experience, next, costs.
func Categories() []Category { return append([]Category(nil), all.Categories...) }

// Bank lists the questions of a subject.
func Bank(c Category) []Entry {
	var out []Entry
	for _, e := range all.Questions {
		if e.Category == c {
			out = append(out, e)
		}
	}
	return out
}

// Find gives a question of the bank by its id.
func Find(id string) (Entry, bool) { return find(all.Questions, id) }

// Bring lists what to take to the visit.
func Bring() []Entry { return append([]Entry(nil), all.Bring...) }

// Tasks lists what a companion can do at the visit.
func Tasks() []Entry { return append([]Entry(nil), all.Tasks...) }

// Task gives one of Tasks by its id.
func Task(id string) (Entry, bool) { return find(all.Tasks, id) }

func find(list []Entry, id string) (Entry, bool) {
	for _, e := range list {
		if e.ID == id {
			return e, true
		}
	}
	return Entry{}, false
}
