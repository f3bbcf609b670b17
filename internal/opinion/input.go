package opinion

import (
	"regexp"
	"strconv"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Limits of one comparison: more is a mistake, or somebody trying to tire us.
const (
	maxOpinions = 8
	maxRows     = 40    // diagnoses, options
	maxList     = 200   // other lists
	maxText     = 20000 // bytes
)

// Input is what Compare is asked. Absent means unknown.
type Input struct {
	On          string   `json:"on,omitempty" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"` // today, YYYY-MM-DD
	Opinions    []Stated `json:"opinions" required:"true" min:"2" max:"8"`            // two or more, in the order they came
	Values      []Value  `json:"values,omitempty"`                                    // what matters to the patient
	PlanKind    string   `json:"plan_kind,omitempty" enum:"hmo,ppo,epo,pos,medicare_original,medicare_advantage_hmo,medicare_advantage_ppo,medicare_advantage_other,medicaid_managed,medicaid_ffs,chip_managed,tricare_prime,tricare_select,tricare_for_life,va,fehb,workers_comp,short_term,none"`
	PlanState   string   `json:"plan_state,omitempty"` // two letters: the state whose law the plan is under
	PlanFunding string   `json:"plan_funding,omitempty" enum:"insured,self_funded,government,unknown"`
	Questions   []Asked  `json:"questions,omitempty"` // the patient's own questions, so that one nobody answered is seen
}

// Stated is one opinion as far as a comparison needs it.
type Stated struct {
	ID          string      `json:"id" required:"true"`
	By          By          `json:"by,omitzero"`
	Date        string      `json:"date,omitempty" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"`
	Diagnoses   []Diagnosis `json:"diagnoses,omitempty" max:"40"`
	Options     []Option    `json:"options,omitempty" max:"40"`
	Tests       []string    `json:"tests,omitempty"`                           // further tests asked for
	UrgencyDays *int        `json:"urgency_days,omitempty" min:"0" max:"3650"` // how many days it is safe to take
	ReliedOn    []string    `json:"relied_on,omitempty"`                       // records read, each with its date where known
	Missing     []string    `json:"missing,omitempty"`                         // records that the doctor wished for
	Answers     []Given     `json:"answers,omitempty"`
	Aims        []string    `json:"aims,omitempty"` // what the plan is for, in the doctor's words
}

// By is the doctor who gave the opinion.
type By struct {
	Name          string `json:"name,omitempty"`
	SpecialtyNUCC string `json:"specialty_nucc,omitempty"`
	Specialty     string `json:"specialty,omitempty"` // in words
}

// Diagnosis is one named condition.
type Diagnosis struct {
	Text      string     `json:"text"`
	ICD10     string     `json:"icd10,omitempty"` // with or without its dot
	Certainty string     `json:"certainty,omitempty" enum:"certain,probable,possible"`
	Stage     string     `json:"stage,omitempty"`
	Evidence  []Evidence `json:"evidence,omitempty"`
}

// Option is one way to treat, watchful waiting included.
type Option struct {
	Text        string     `json:"text"`
	Kind        string     `json:"kind,omitempty"`        // surgery, procedure, injection, chemotherapy, radiotherapy, medication, therapy, lifestyle, observation, trial, or the doctor's own word
	Recommended *bool      `json:"recommended,omitempty"` // absent: the opinion does not say
	Benefits    []string   `json:"benefits,omitempty"`
	Harms       []string   `json:"harms,omitempty"`
	Evidence    []Evidence `json:"evidence,omitempty"`
}

// Evidence is what a doctor points to.
type Evidence struct {
	Kind string `json:"kind" enum:"test,study,guideline,experience"`
	Text string `json:"text"`
}

// Given is the answer to one of the patient's questions.
type Given struct {
	Question string `json:"question"` // the question's id
	Text     string `json:"text,omitempty"`
	Outcome  string `json:"outcome,omitempty" enum:"answered,partly,not"`
}

// Asked is one of the patient's questions, and which opinions were asked it.
type Asked struct {
	ID   string   `json:"id"`
	Text string   `json:"text,omitempty"`
	Of   []string `json:"of,omitempty"` // ids of opinions; empty: every opinion that lists answers
}

// Value is one thing that matters to the patient.
type Value struct {
	What   string `json:"what"`
	Weight int    `json:"weight" min:"1" max:"5"` // 1 a little, to 5 above all
}

// Answer is what Compare says.
type Answer struct {
	Pairs        []Pair            `json:"pairs"`
	ThirdOpinion ThirdOpinion      `json:"third_opinion"`
	Unanswered   []Unanswered      `json:"unanswered"`
	NextSteps    []NextStep        `json:"next_steps"`
	Findings     []finding.Finding `json:"findings"`
}

// Pair is two opinions side by side.
type Pair struct {
	A          string       `json:"a"`
	B          string       `json:"b"`
	Diagnosis  string       `json:"diagnosis" enum:"same,refined,different,cannot_say"`
	Management string       `json:"management" enum:"same,refined,different,cannot_say"`
	Impact     string       `json:"impact" enum:"none,minor,moderate,major"`
	Causes     []string     `json:"causes" enum:"new_data,missed_or_seen,read_differently,judged_differently,other_goals,too_little_data"`
	Agree      []Agreement  `json:"agree"`
	Differ     []Difference `json:"differ"`
}

// Agreement is one thing that both opinions say.
type Agreement struct {
	About string `json:"about"` // diagnosis, certainty, stage, treatment, options, tests, urgency, records
	Text  string `json:"text"`
}

// Difference is one thing that they say differently, with what each points to and
// what to ask each doctor.
type Difference struct {
	About     string     `json:"about"` // diagnosis, side, certainty, stage, treatment, options, tests, urgency, records
	A         string     `json:"a"`
	B         string     `json:"b"`
	Why       string     `json:"why"`
	EvidenceA []Evidence `json:"evidence_a"`
	EvidenceB []Evidence `json:"evidence_b"`
	AskA      string     `json:"ask_a"`
	AskB      string     `json:"ask_b"`
}

// ThirdOpinion says whether a third doctor could help, and whether the plan pays.
type ThirdOpinion struct {
	Suggested bool   `json:"suggested"`
	Covered   string `json:"covered" enum:"yes,no,unknown"`
	Rule      string `json:"rule"` // "" where no rule speaks
}

// Unanswered is a question that an opinion did not answer, or only in part.
type Unanswered struct {
	Opinion  string `json:"opinion"`
	Question string `json:"question"`
	Partly   bool   `json:"partly,omitempty"`
}

// NextStep is one thing that the patient can do now.
type NextStep struct {
	Step string `json:"step" enum:"keep_plan,talk,team_meeting,third_opinion,ask_again,send_records,weigh_values,check_side"`
	Text string `json:"text"`
}

var (
	icdForm   = regexp.MustCompile(`^[A-Z][0-9][0-9A-Z][0-9A-Z]{0,4}$`)
	certainty = []string{"certain", "probable", "possible"}
	proofs    = []string{"test", "study", "guideline", "experience"}
	outcomes  = []string{"answered", "partly", "not"}
	planKinds = []string{
		"hmo", "ppo", "epo", "pos", "medicare_original", "medicare_advantage_hmo", "medicare_advantage_ppo",
		"medicare_advantage_other", "medicaid_managed", "medicaid_ffs", "chip_managed", "tricare_prime", "tricare_select",
		"tricare_for_life", "va", "fehb", "workers_comp", "short_term", "none",
	}
	fundings = []string{"insured", "self_funded", "government", "unknown"}
)

// checks collects what is wrong with an input, each under the path of its field.
type checks struct{ list contract.Problems }

func (f *checks) add(field, message string) { f.list.Add(field, "%s", message) }

func (f *checks) oneOf(field, value string, known []string) {
	if value != "" && !holds(known, value) {
		f.list.Add(field, "unknown value %q; one of %s", clip(value, 40), strings.Join(known, ", "))
	}
}

func (f *checks) date(field, value string) {
	if value == "" {
		return
	}
	if _, err := contract.ParseDate(value); err != nil {
		f.add(field, err.Error())
	}
}

func (f *checks) text(field, value string, need need) {
	if need == required && strings.TrimSpace(value) == "" {
		f.add(field, "empty; leave it out or say something")
	}
	if len(value) > maxText {
		f.add(field, "too long; at most 20000 bytes")
	}
}

func (f *checks) texts(field string, values []string) {
	if len(values) > maxList {
		f.add(field, "too many; see the limits in the schema")
		return
	}
	for i, v := range values {
		f.text(at(field, i), v, required)
	}
}

func (f *checks) evidence(field string, list []Evidence) {
	if len(list) > maxList {
		f.add(field, "too many; see the limits in the schema")
		return
	}
	for i, e := range list {
		f.oneOf(at(field, i)+".kind", e.Kind, proofs)
		f.text(at(field, i)+".text", e.Text, required)
	}
}

type need int

const (
	optional need = iota
	required
)

func at(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

func clip(s string, n int) string {
	r := []rune(s)
	if len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// Validate names every field of an input that cannot be used.
func (in Input) Validate() error {
	f := &checks{}
	f.date("on", in.On)
	f.oneOf("plan_kind", in.PlanKind, planKinds)
	f.oneOf("plan_funding", in.PlanFunding, fundings)
	switch {
	case len(in.Opinions) < 2:
		f.add("opinions", "a comparison needs two opinions at least")
	case len(in.Opinions) > maxOpinions:
		f.add("opinions", "too many; see the limits in the schema")
		return f.list.OrNil()
	}
	seen := map[string]bool{}
	for i, o := range in.Opinions {
		p := at("opinions", i)
		f.text(p+".id", o.ID, required)
		if seen[o.ID] {
			f.add(p+".id", "used twice; each opinion has its own id")
		}
		seen[o.ID] = true
		f.stated(p, o)
	}
	if len(in.Values) > maxList {
		f.add("values", "too many; see the limits in the schema")
	}
	for i, v := range in.Values {
		f.text(at("values", i)+".what", v.What, required)
		if v.Weight < 1 || v.Weight > 5 {
			f.add(at("values", i)+".weight", "a weight is 1 to 5")
		}
	}
	if len(in.Questions) > maxList {
		f.add("questions", "too many; see the limits in the schema")
	}
	for i, q := range in.Questions {
		f.text(at("questions", i)+".id", q.ID, required)
		for j, id := range q.Of {
			if !seen[id] {
				f.add(at(at("questions", i)+".of", j), "no opinion has this id")
			}
		}
	}
	return f.list.OrNil()
}

func (f *checks) stated(p string, o Stated) {
	f.date(p+".date", o.Date)
	f.text(p+".by.name", o.By.Name, optional)
	if len(o.Diagnoses) > maxRows || len(o.Options) > maxRows || len(o.Answers) > maxList {
		f.add(p, "too many; see the limits in the schema")
		return
	}
	for i, d := range o.Diagnoses {
		q := at(p+".diagnoses", i)
		f.text(q+".text", d.Text, optional)
		if strings.TrimSpace(d.Text) == "" && d.ICD10 == "" {
			f.add(q+".text", "empty; leave it out or say something")
		}
		if d.ICD10 != "" && !icdForm.MatchString(icd(d.ICD10)) {
			f.add(q+".icd10", "not an ICD-10-CM code, such as C50.911")
		}
		f.oneOf(q+".certainty", d.Certainty, certainty)
		f.evidence(q+".evidence", d.Evidence)
	}
	for i, t := range o.Options {
		q := at(p+".options", i)
		f.text(q+".text", t.Text, required)
		f.texts(q+".benefits", t.Benefits)
		f.texts(q+".harms", t.Harms)
		f.evidence(q+".evidence", t.Evidence)
	}
	f.texts(p+".tests", o.Tests)
	f.texts(p+".relied_on", o.ReliedOn)
	f.texts(p+".missing", o.Missing)
	f.texts(p+".aims", o.Aims)
	if o.UrgencyDays != nil && (*o.UrgencyDays < 0 || *o.UrgencyDays > 3650) {
		f.add(p+".urgency_days", "days are 0 to 3650")
	}
	for i, g := range o.Answers {
		f.text(at(p+".answers", i)+".question", g.Question, required)
		f.oneOf(at(p+".answers", i)+".outcome", g.Outcome, outcomes)
	}
}

// icd gives a code in capitals without its dot and spaces.
func icd(s string) string {
	return strings.ToUpper(strings.NewReplacer(".", "", " ", "").Replace(strings.TrimSpace(s)))
}
