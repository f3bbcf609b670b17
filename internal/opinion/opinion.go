package opinion

import (
	"strings"

	"consilium/internal/contract"
	"consilium/internal/fault"
)

// Opinion is what one doctor says, in the sections of a full written opinion. Every
// section is optional: an opinion heard in a visit may fill three, a hospital's
// written one all.
type Opinion struct {
	ID     string `json:"id"`             // "first", "second", ... within the case
	By     Author `json:"by,omitzero"`    // who
	Date   string `json:"date,omitempty"` // YYYY-MM-DD
	Format string `json:"format,omitempty" enum:"in_person,telehealth,record_review,phone"`
	Upload Upload `json:"upload,omitzero"` // the written opinion, when it came as a file

	Identity       Identity      `json:"identity,omitzero"`                         // 1
	Questions      AtStake       `json:"questions,omitzero"`                        // 2
	ReliedOn       []Record      `json:"relied_on,omitempty"`                       // 3
	Missing        []string      `json:"missing,omitempty"`                         // 3, what the doctor wished for
	Summary        []DatedLine   `json:"summary,omitempty"`                         // 4
	Images         []Reading     `json:"images,omitempty"`                          // 5
	Pathology      []Reading     `json:"pathology,omitempty"`                       // 6
	Diagnoses      []Diagnosis   `json:"diagnoses,omitempty"`                       // 7
	DiagnosisView  View          `json:"diagnosis_view,omitzero"`                   // 7
	Alternatives   []string      `json:"alternatives,omitempty"`                    // 7
	Staging        string        `json:"staging,omitempty"`                         // 8
	PlanView       View          `json:"plan_view,omitzero"`                        // 9
	Options        []Option      `json:"options,omitempty"`                         // 10
	Recommendation string        `json:"recommendation,omitempty"`                  // 11, and why
	Aims           []string      `json:"aims,omitempty"`                            // 11, what the plan is for
	Tests          []FurtherTest `json:"tests,omitempty"`                           // 12
	Trials         []string      `json:"trials,omitempty"`                          // 13
	UrgencyDays    *int          `json:"urgency_days,omitempty" min:"0" max:"3650"` // 14
	Urgency        string        `json:"urgency,omitempty"`                         // 14, in words
	Answers        []Given       `json:"answers,omitempty"`                         // 15
	ChangeMind     []string      `json:"change_mind,omitempty"`                     // 16
	Raise          []string      `json:"raise,omitempty"`                           // 17, with the treating doctor
	Limits         []string      `json:"limits,omitempty"`                          // 18
	Interests      []string      `json:"interests,omitempty"`                       // 19
	Plain          string        `json:"plain,omitempty"`                           // 20
	Signature      Signature     `json:"signature,omitzero"`                        // 21
	Addenda        []Addendum    `json:"addenda,omitempty"`                         // 22
}

// Author is the doctor who gives the opinion.
type Author struct {
	Name          string `json:"name,omitempty"`
	NPI           string `json:"npi,omitempty"`
	SpecialtyNUCC string `json:"specialty_nucc,omitempty"`
	Specialty     string `json:"specialty,omitempty"`
	Practice      string `json:"practice,omitempty"`
	Address       string `json:"address,omitempty"`
}

// Upload is an opinion that came as a file and was summarised by hand.
type Upload struct {
	SHA256  string `json:"sha256,omitempty" pattern:"^[0-9a-f]{64}$"` // the file's address in the case
	Name    string `json:"name,omitempty"`
	Summary string `json:"summary,omitempty"` // by a person, in plain words
	By      string `json:"by,omitempty"`      // who summarised it
}

// Identity is whose case it is, and who asked.
type Identity struct {
	Patient   string `json:"patient,omitempty"`
	Requester string `json:"requester,omitempty"`
	Reference string `json:"reference,omitempty"` // the programme's own number
}

// AtStake is what was asked, and the decision that hangs on it.
type AtStake struct {
	List     []string `json:"list,omitempty"`
	Decision string   `json:"decision,omitempty"`
}

// Record is a record that the doctor read.
type Record struct {
	What string `json:"what"`
	Date string `json:"date,omitempty"` // as precise as it is known
}

// DatedLine is one line of a history.
type DatedLine struct {
	Date string `json:"date,omitempty"`
	Text string `json:"text"`
}

// Reading is a fresh look at images or slides.
type Reading struct {
	What  string `json:"what"`
	Date  string `json:"date,omitempty"` // of the images or the specimen
	Text  string `json:"text"`
	First string `json:"first,omitempty" enum:"same,refined,different,cannot_say"` // against the first reading
}

// View is how the doctor stands to what was said before.
type View struct {
	Stand string `json:"stand,omitempty" enum:"agree,refine,differ"`
	Text  string `json:"text,omitempty"`
}

// FurtherTest is a test that is still needed, and how its result would change the plan.
type FurtherTest struct {
	What    string `json:"what"`
	Changes string `json:"changes,omitempty"`
}

// Signature is who signs, by which licence, and when (RFC 3339).
type Signature struct {
	Name    string `json:"name,omitempty"`
	Licence string `json:"licence,omitempty"`
	State   string `json:"state,omitempty"`
	At      string `json:"at,omitempty"`
}

// Addendum is what was added after signing.
type Addendum struct {
	At   string `json:"at"`
	By   string `json:"by"`
	Text string `json:"text"`
}

// Section is one part of the template, by its number and the name that its text key
// bears.
type Section struct {
	Number int
	Name   string
}

// Sections lists the 22 parts of a full opinion, in order.
func Sections() []Section {
	names := []string{
		"identity", "questions", "records", "summary", "images", "pathology", "diagnosis", "staging", "plan", "options", "recommendation",
		"tests", "trials", "urgency", "answers", "change_mind", "raise", "limits", "interests", "plain", "signature", "addenda",
	}
	out := make([]Section, len(names))
	for i, n := range names {
		out[i] = Section{i + 1, n}
	}
	return out
}

// Filled tells, for each of the 22 sections by its name, whether the opinion says
// anything there.
func (o Opinion) Filled() map[string]bool {
	return map[string]bool{
		"identity": o.Identity != Identity{}, "questions": len(o.Questions.List) > 0 || o.Questions.Decision != "",
		"records": len(o.ReliedOn)+len(o.Missing) > 0, "summary": len(o.Summary) > 0, "images": len(o.Images) > 0, "pathology": len(o.Pathology) > 0,
		"diagnosis": len(o.Diagnoses)+len(o.Alternatives) > 0 || o.DiagnosisView != View{}, "staging": o.Staging != "", "plan": o.PlanView != View{},
		"options": len(o.Options) > 0, "recommendation": o.Recommendation != "" || len(o.Aims) > 0 || advisedOf(o.Options) > 0, "tests": len(o.Tests) > 0, "trials": len(o.Trials) > 0,
		"urgency": o.UrgencyDays != nil || o.Urgency != "", "answers": len(o.Answers) > 0, "change_mind": len(o.ChangeMind) > 0, "raise": len(o.Raise) > 0,
		"limits": len(o.Limits) > 0, "interests": len(o.Interests) > 0, "plain": o.Plain != "", "signature": o.Signature != Signature{}, "addenda": len(o.Addenda) > 0,
	}
}

// Check lists what is wrong with an opinion, each fault on its field. today is
// YYYY-MM-DD. An opinion needs its doctor's name and either a diagnosis, an option, a
// recommendation or an uploaded file with a summary; the rest may come later.
func (o Opinion) Check(today string) error {
	var fs fault.Faults
	add := func(key, field string) { fs = append(fs, fault.New(fault.Invalid, key).On(field)) }
	if strings.TrimSpace(o.By.Name) == "" {
		add("form.required", "by.name")
	}
	if o.Date != "" {
		if _, err := contract.ParseDate(o.Date); err != nil {
			add("form.date.real", "date")
		} else if today != "" && o.Date > today {
			add("form.date.past", "date")
		}
	}
	if o.Upload.SHA256 != "" && strings.TrimSpace(o.Upload.Summary) == "" {
		add("form.required", "upload.summary")
	}
	if len(o.Diagnoses)+len(o.Options) == 0 && strings.TrimSpace(o.Recommendation) == "" && o.Upload.SHA256 == "" {
		add("form.required", "diagnoses")
	}
	for i, d := range o.Diagnoses {
		if strings.TrimSpace(d.Text) == "" && d.ICD10 == "" {
			add("form.required", at("diagnoses", i)+".text")
		}
		if d.ICD10 != "" && !icdForm.MatchString(icd(d.ICD10)) {
			add("form.icd10", at("diagnoses", i)+".icd10")
		}
		if d.Certainty != "" && !holds(certainty, d.Certainty) {
			add("form.choice", at("diagnoses", i)+".certainty")
		}
	}
	for i, t := range o.Options {
		if strings.TrimSpace(t.Text) == "" {
			add("form.required", at("options", i)+".text")
		}
	}
	for i, g := range o.Answers {
		if g.Outcome != "" && !holds(outcomes, g.Outcome) {
			add("form.choice", at("answers", i)+".outcome")
		}
	}
	if o.UrgencyDays != nil && (*o.UrgencyDays < 0 || *o.UrgencyDays > 3650) {
		add("form.number", "urgency_days")
	}
	return fs.OrNil()
}

// Stated gives the opinion as far as a comparison needs it.
func (o Opinion) Stated() Stated {
	s := Stated{
		ID: o.ID, By: By{o.By.Name, o.By.SpecialtyNUCC, o.By.Specialty}, Date: o.Date, Diagnoses: append([]Diagnosis(nil), o.Diagnoses...), Options: o.Options,
		UrgencyDays: o.UrgencyDays, Missing: o.Missing, Answers: o.Answers, Aims: o.Aims,
	}
	if len(s.Diagnoses) > 0 && s.Diagnoses[0].Stage == "" {
		s.Diagnoses[0].Stage = o.Staging
	}
	for _, t := range o.Tests {
		s.Tests = append(s.Tests, t.What)
	}
	for _, r := range o.ReliedOn {
		s.ReliedOn = append(s.ReliedOn, strings.TrimSpace(r.What+" "+r.Date))
	}
	return s
}

// Open lists the ids of the questions that this opinion does not fully answer, in the
// order given.
func (o Opinion) Open(questions []string) []string {
	var out []string
	for _, q := range questions {
		if outcome(o.Answers, q) != "answered" {
			out = append(out, q)
		}
	}
	return out
}
