package expert

import (
	"cmp"
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
	"consilium/internal/finding"
)

// RoutesRef is where the answers lie that only the person can give about other ways
// to an opinion: one in each case.
var RoutesRef = casefile.Ref{Kind: "routes"}

// RouteAnswers is what only the person can say of themselves before a programme says
// whether it takes them. An answer that is missing is unknown.
type RouteAnswers struct {
	Signs      Reply `json:"signs,omitempty"`       // the first doctor will sign, register or send the case
	UnderWay   Reply `json:"under_way,omitempty"`   // chemotherapy or radiation is going on
	InHospital Reply `json:"in_hospital,omitempty"` // in a hospital bed now
	Lawsuit    Reply `json:"lawsuit,omitempty"`     // the opinion is for a legal dispute
	Member     Reply `json:"member,omitempty"`      // the employer or the plan offers an opinion service
}

// RouteQuestions are the names of the answers, in the order in which they are asked.
// Each is also a form field and the end of a text key.
var RouteQuestions = []string{"signs", "under_way", "in_hospital", "lawsuit", "member"}

// Of gives the place of an answer by its name; nil when there is none of that name.
func (a *RouteAnswers) Of(name string) *Reply {
	return map[string]*Reply{
		"signs": &a.Signs, "under_way": &a.UnderWay,
		"in_hospital": &a.InHospital, "lawsuit": &a.Lawsuit, "member": &a.Member,
	}[name]
}

// Check lists what is wrong, each fault on its field.
func (a RouteAnswers) Check() error {
	var fs fault.Faults
	for _, name := range RouteQuestions {
		if !slices.Contains([]Reply{"", Yes, No, ToConfirm}, *a.Of(name)) {
			fs = append(fs, fault.New(fault.Invalid, "form.choice").On(name))
		}
	}
	return fs.OrNil()
}

// Situation is what the rules about other ways may know of a person. Nothing in it is
// required: what is empty is unknown.
type Situation struct {
	State     string // two letters, where the patient lives
	Age       *int   // whole years on the day
	ICD10     string
	Diagnosis string // in the person's words
	Rare      *bool
	Surgery   *bool // an operation is proposed
	Treating  *bool // a doctor treats the patient for this
	Plan      string
	Referral  string // yes, no, unknown: what the rules about the plan answered; "" when it was not asked
	Network   string // in_only, in_or_out, any, unknown; "" when it was not asked
	Refused   bool   // the first doctor said no to a referral; false is not known
	Answers   RouteAnswers
}

// facts are the situation under the names of the topics.
func (s Situation) facts() map[string]any {
	out := map[string]any{}
	text := func(name, value string) {
		if strings.TrimSpace(value) != "" {
			out[name] = value
		}
	}
	truth := func(name string, value *bool) {
		if value != nil {
			out[name] = *value
		}
	}
	reply := func(name string, value Reply) {
		if value == Yes || value == No {
			out[name] = value == Yes
		}
	}
	text("patient.state", s.State)
	text("diagnosis.icd10", s.ICD10)
	text("diagnosis.text", s.Diagnosis)
	text("plan.kind", s.Plan)
	text("answer.referral", s.Referral)
	text("answer.network", s.Network)
	truth("diagnosis.rare", s.Rare)
	truth("treatment.surgery", s.Surgery)
	truth("doctor.treating", s.Treating)
	reply("doctor.signs", s.Answers.Signs)
	reply("treatment.under_way", s.Answers.UnderWay)
	reply("patient.in_hospital", s.Answers.InHospital)
	reply("patient.lawsuit", s.Answers.Lawsuit)
	reply("plan.member", s.Answers.Member)
	if s.Refused {
		out["doctor.refuses"] = true
	}
	if s.Age != nil {
		out["patient.age"] = *s.Age
	}
	return out
}

// RouteRules is the power that the ways to an opinion need of the rules.
type RouteRules interface {
	Judge(topic string, facts map[string]any, on contract.Date, lang string) finding.Verdict
}

// Route is one way to a second opinion, and how well it fits.
type Route struct {
	ID    string            // one of RouteIDs
	Fit   Fitness           // how well it fits this person
	Why   []finding.Finding // what makes it fit more, or less, than usual
	Times []finding.Finding // how long it takes, where somebody measured it
}

// RouteIDs are the six ways, in the order of the guide that names them.
var RouteIDs = []string{"doctor", "plan", "center", "society", "online", "advocacy"}

// Fitness is how well a way fits.
type Fitness string

// The degrees of fitness.
const (
	BeginHere Fitness = "first"   // a good one to begin with
	Open      Fitness = "open"    // neither better nor worse than for anybody
	Limited   Fitness = "limited" // there is a catch
)

// Routes gives the six ways, those to begin with first and those with a catch last,
// and what the person may do when a doctor will not refer them.
func Routes(s Situation, on contract.Date, lang string, rules RouteRules) (ways []Route, rights []finding.Finding) {
	verdict := rules.Judge("routes", s.facts(), on, lang)
	for _, id := range RouteIDs {
		r := Route{ID: id, Fit: Open}
		first, limited := false, false
		for _, f := range verdict.Fired {
			if f.Sets["route"] != id {
				continue
			}
			if f.Kind == "time" {
				r.Times = append(r.Times, f.Finding)
				continue
			}
			r.Why = append(r.Why, f.Finding)
			first = first || f.Decides && f.Sets["fit"] == string(BeginHere)
			limited = limited || f.Decides && f.Sets["fit"] == string(Limited)
		}
		switch {
		case first && !limited:
			r.Fit = BeginHere
		case limited && !first:
			r.Fit = Limited
		}
		ways = append(ways, r)
	}
	slices.SortStableFunc(ways, func(a, b Route) int { return cmp.Compare(a.Fit.rank(), b.Fit.rank()) })
	for _, f := range verdict.Fired {
		if f.Kind == "right" {
			rights = append(rights, f.Finding)
		}
	}
	return ways, rights
}

func (f Fitness) rank() int { return slices.Index([]Fitness{BeginHere, Open, Limited}, f) }
