package people

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"consilium/internal/appeal"
	"consilium/internal/casefile"
)

// Case is what a person of the cast does, step by step: case.json. The demo plays
// it through the product's own actions. What is absent has not happened yet.
type Case struct {
	Profile    casefile.Profile `json:"profile"`
	Need       json.RawMessage  `json:"need,omitempty"`     // the input of `need check`
	Coverage   json.RawMessage  `json:"coverage,omitempty"` // the input of `coverage check`, without "on"
	Candidates []Candidate      `json:"candidates"`
	Cost       json.RawMessage  `json:"cost,omitempty"` // what was told of the plan's year and of each visit; a doctor by name
	Records    []Record         `json:"records"`
	Missing    []Missing        `json:"missing,omitempty"` // what the story says is not here, though it should be
	Questions  []Question       `json:"questions"`
	Companion  *Companion       `json:"companion"`
	Opinions   []Opinion        `json:"opinions"`
	Values     []Value          `json:"values"`
	Decision   *Decision        `json:"decision"` // nil for whoever has not decided
	Refused    *Refused         `json:"refused,omitempty"`
}

// Refused is a letter in which the plan said no, and what the person enters of it.
type Refused struct {
	Letter string        `json:"letter"` // path inside the person's folder: "letters/denial.pdf"
	Denial appeal.Denial `json:"denial"` // without id, day and answer
	Draft  appeal.Draft  `json:"draft"`  // what the person adds to the packet
}

// Candidate is a doctor whom the person thinks of asking.
type Candidate struct {
	Name        string   `json:"name"`
	Credentials string   `json:"credentials"`
	Specialty   string   `json:"specialty"`
	Practice    string   `json:"practice"`
	Address     string   `json:"address"`
	Hospital    string   `json:"hospital"`
	Phone       string   `json:"phone"`
	NPI         string   `json:"npi,omitempty"`
	Criteria    Criteria `json:"criteria"`
	Notes       string   `json:"notes"`
	Chosen      bool     `json:"chosen"` // at most one
}

// Criteria are the four of a good second doctor, each "yes", "no" or "to_confirm".
type Criteria struct {
	Expertise      string `json:"expertise"`       // the same or more than the first doctor's
	Independent    string `json:"independent"`     // not a close colleague of the first doctor
	BoardCertified string `json:"board_certified"` // in the field that the question needs
	AcceptsPlan    string `json:"accepts_plan"`    // takes the person's insurance
}

// Record is one file that the person drops in.
type Record struct {
	File  string `json:"file"`            // path inside the person's folder: "records/..."
	About string `json:"about"`           // what it is, in a few words
	Wrong string `json:"wrong,omitempty"` // why it must be flagged; "" for a file that belongs here
}

// Missing is something that the case needs and does not have.
type Missing struct {
	Item   string `json:"item"`
	Why    string `json:"why"`
	Holder string `json:"holder"` // who has it
}

// Question is one that the person will ask, rank 1 first.
type Question struct {
	ID       string `json:"id"`       // "q1": what an opinion's answers point at
	Category string `json:"category"` // diagnosis, treatment, prognosis, experience, next_steps
	Text     string `json:"text"`
	Rank     int    `json:"rank"`
}

// Companion is who comes along.
type Companion struct {
	Name    string `json:"name"`
	Related string `json:"related"`
	Task    string `json:"task"`
}

// Opinion is one doctor's opinion: an element of the input of `opinions compare`,
// and with it the plain-language summary. MarshalCompare leaves the summary out.
type Opinion struct {
	Summary     string             `json:"summary,omitempty"`
	ID          string             `json:"id"` // "first", "second"
	By          By                 `json:"by"`
	Date        string             `json:"date"` // YYYY-MM-DD
	Diagnoses   []OpinionDiagnosis `json:"diagnoses"`
	Options     []Option           `json:"options"`
	Tests       []string           `json:"tests"`
	UrgencyDays int                `json:"urgency_days,omitempty"`
	ReliedOn    []string           `json:"relied_on"`
	Missing     []string           `json:"missing"`
	Answers     []Answer           `json:"answers"`
	Aims        []string           `json:"aims,omitempty"` // what the plan is for
}

// MarshalCompare gives the opinion as `opinions compare` takes it.
func (o Opinion) MarshalCompare() ([]byte, error) {
	o.Summary = ""
	return json.Marshal(o)
}

// By is who gave an opinion.
type By struct {
	Name          string `json:"name"`
	SpecialtyNUCC string `json:"specialty_nucc"`
}

// OpinionDiagnosis is what an opinion says that the illness is.
type OpinionDiagnosis struct {
	Text      string `json:"text"`
	ICD10     string `json:"icd10,omitempty"`
	Certainty string `json:"certainty"` // certain, probable, possible
	Stage     string `json:"stage,omitempty"`
}

// Option is one treatment that an opinion speaks of.
type Option struct {
	Text        string     `json:"text"`
	Kind        string     `json:"kind"`
	Recommended bool       `json:"recommended"`
	Benefits    []string   `json:"benefits"`
	Harms       []string   `json:"harms"`
	Evidence    []Evidence `json:"evidence"`
}

// Evidence is what an option rests on.
type Evidence struct {
	Kind string `json:"kind"` // test, study, guideline, experience
	Text string `json:"text"`
}

// Answer is an opinion's answer to one question.
type Answer struct {
	Question string `json:"question"` // Question.ID
	Text     string `json:"text"`
}

// Value is what matters to the person, with a weight from 1 to 5.
type Value struct {
	What   string `json:"what"`
	Weight int    `json:"weight"`
}

// Decision is what the person chose.
type Decision struct {
	Choice  string `json:"choice"`
	Reasons string `json:"reasons"`
	With    string `json:"with"` // the doctor who will give the treatment
}

// Case reads case.json in a language. A person who has case.es.json is told in
// Spanish with it: a JSON merge patch (RFC 7396) over case.json. Whoever has none
// is told in English in every language.
func (p Person) Case(lang string) (Case, error) {
	var c Case
	base, err := fs.ReadFile(p.FS, "case.json")
	if err != nil {
		return c, fmt.Errorf("people: %w", err)
	}
	over, err := fs.ReadFile(p.FS, "case."+lang+".json")
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return c, fmt.Errorf("people: %w", err)
	default:
		if base, err = merge(base, over); err != nil {
			return c, fmt.Errorf("people: %s: case.%s.json: %w", p.Folder, lang, err)
		}
	}
	if err := Strict(base, &c); err != nil {
		return c, fmt.Errorf("people: %s: case.json: %w", p.Folder, err)
	}
	return c, nil
}

// Story is story.md.
func (p Person) Story() (string, error) {
	b, err := fs.ReadFile(p.FS, "story.md")
	return string(b), err
}

// Strict reads JSON into v and refuses any key that v does not know, and anything
// after the value.
func Strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the value")
	}
	return nil
}

// merge lays a merge patch over a document, as RFC 7396 says.
func merge(base, patch []byte) ([]byte, error) {
	var b, p any
	if err := json.Unmarshal(base, &b); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(patch, &p); err != nil {
		return nil, err
	}
	return json.Marshal(laid(b, p))
}

func laid(base, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	b, ok := base.(map[string]any)
	if !ok {
		b = map[string]any{}
	}
	for k, v := range p {
		if v == nil {
			delete(b, k)
			continue
		}
		b[k] = laid(b[k], v)
	}
	return b
}
