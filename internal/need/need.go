// Package need answers the first question a person has: do I need a second opinion,
// and how soon? It looks for signs of an emergency before anything else, then for the
// reasons that guides, laws and studies name, and says each reason in plain words.
package need

import (
	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Input is what is known. Everything may be absent, and absent means unknown.
type Input struct {
	On             contract.Date `json:"on,omitzero" doc:"today's date"`
	Diagnosis      Diagnosis     `json:"diagnosis,omitzero"`
	Treatment      Treatment     `json:"treatment,omitzero"`
	Conditions     *int          `json:"conditions,omitempty" min:"0" max:"100" doc:"how many illnesses the person lives with"`
	Symptoms       Symptoms      `json:"symptoms,omitzero"`
	Doctor         Doctor        `json:"doctor,omitzero"`
	Reads          Reads         `json:"reads,omitzero"`
	Plan           Plan          `json:"plan,omitzero"`
	Denied         string        `json:"denied,omitempty" enum:"none,not_necessary,experimental,other" doc:"whether and why the plan said no"`
	OpinionsDiffer *bool         `json:"opinions_differ,omitempty"`
	WantsPeace     *bool         `json:"wants_peace_of_mind,omitempty"`
}

// Diagnosis as the person heard it.
type Diagnosis struct {
	Text        string `json:"text,omitempty" doc:"in the person's own words, English or Spanish"`
	ICD10       string `json:"icd10,omitempty" pattern:"^[A-Za-z][0-9][0-9A-Za-z](\\.?[0-9A-Za-z]{1,4})?$" form:"write an ICD-10-CM code such as C50.911"`
	Certainty   string `json:"certainty,omitempty" enum:"clear,unclear,disputed,conflicting_tests,none_found"`
	Rare        *bool  `json:"rare,omitempty" doc:"fewer than 200,000 people in the United States have it"`
	Threatening *bool  `json:"life_threatening,omitempty"`
	Impairing   *bool  `json:"long_term_impairment,omitempty"`
}

// Treatment that was proposed or begun.
type Treatment struct {
	Kind          string `json:"kind,omitempty" enum:"none,medication,chemotherapy,radiotherapy,major_surgery,elective_surgery,minor_procedure,invasive_test,experimental,other"`
	Status        string `json:"status,omitempty" enum:"proposed,started,failed"`
	Risk          string `json:"risk,omitempty" enum:"low,moderate,high"`
	Options       *int   `json:"options,omitempty" min:"0" max:"50" doc:"reasonable choices that the doctor named"`
	Controversial *bool  `json:"controversial,omitempty"`
	Response      string `json:"response,omitempty" enum:"none,worse,partial,good"`
	Begun         *bool  `json:"begun,omitempty"`
}

// Symptoms now.
type Symptoms struct {
	Trend    string   `json:"trend,omitempty" enum:"better,same,worse"`
	RedFlags FlagList `json:"red_flags,omitempty" max:"60" doc:"signs of an emergency; an empty list says that there are none"`
}

// FlagList is the red flags that a person has.
type FlagList []Flag

// Flag is the id of a red flag.
type Flag string

// Values are the ids that RedFlags lists.
func (Flag) Values() []string {
	ids := make([]string, len(redFlags))
	for i, f := range redFlags {
		ids[i] = f.ID
	}
	return ids
}

// Doctor is the first doctor and how the talk went.
type Doctor struct {
	Specialty     string `json:"specialty_nucc,omitempty" pattern:"^[0-9A-Z]{9}X$" form:"write a NUCC code such as 207Q00000X"`
	Declines      *bool  `json:"declines,omitempty" doc:"will not treat, or says nothing more can be done"`
	Rushed        *bool  `json:"rushed,omitempty"`
	NotUnderstood *bool  `json:"not_understood,omitempty"`
}

// Reads tells who read the tissue and the scans.
type Reads struct {
	Pathology string `json:"pathology,omitempty" enum:"specialist,general"`
	Imaging   string `json:"imaging,omitempty" enum:"specialist,general"`
}

// Plan is what the health plan and the state's law say of second opinions.
type Plan struct {
	Requires *bool `json:"requires_second_opinion,omitempty"`
	Mandate  *bool `json:"state_mandate,omitempty" doc:"a state second-opinion law covers this plan (see coverage check)"`
}

// Advice is how strongly the answer speaks. It is information, never an order.
type Advice string

// From most to least pressing.
const (
	Emergency Advice = "emergency" // a red flag: get care now; nothing else is advised
	Strong    Advice = "strong"
	Consider  Advice = "consider"
	Optional  Advice = "optional"
)

// Values lists every advice.
func (Advice) Values() []string { return []string{"emergency", "strong", "consider", "optional"} }

// Answer says whether a second opinion is worth having, why, and how long it may take.
type Answer struct {
	Advice   Advice            `json:"advice"`
	Triggers []Trigger         `json:"triggers"`
	Window   *Window           `json:"window"`
	Evidence []string          `json:"evidence" doc:"ids of the published studies that fit the diagnosis"`
	Findings []finding.Finding `json:"findings"`
}

// Trigger is one reason that applies.
type Trigger struct {
	Rule     string `json:"rule"`
	Strength string `json:"strength" enum:"strong,moderate,preference"`
}

// Window is how many days the opinion may take.
type Window struct {
	Days int    `json:"days"`
	Rule string `json:"rule"`
}

// Book is the power this room needs of the rules.
type Book interface {
	Judge(topic string, facts map[string]any, on contract.Date, lang string) finding.Verdict
}

// Check answers for a day, in "en" or "es". The error is of type contract.Problems
// and names each wrong field. A date in the input goes before on.
func Check(in Input, on contract.Date, lang string, book Book) (Answer, error) {
	if err := validate(in, lang); err != nil {
		return Answer{}, err
	}
	if !in.On.IsZero() {
		on = in.On
	}
	verdict := book.Judge("need", in.facts(), on, lang)
	a := Answer{Triggers: []Trigger{}, Evidence: []string{}, Findings: []finding.Finding{}}
	if in.emergency(verdict) {
		a.Advice = Emergency
		for _, f := range verdict.Fired {
			if f.Kind == "emergency" || f.Kind == "red_flag" {
				a.Findings = append(a.Findings, f.Finding)
			}
		}
		return a, nil
	}
	strengths := map[string]bool{}
	for _, f := range verdict.Fired {
		a.Findings = append(a.Findings, f.Finding)
		switch f.Kind {
		case "trigger":
			a.Triggers = append(a.Triggers, Trigger{f.Rule, f.Sets["strength"]})
			if f.Decides { // a rule whose source nobody read never decides alone
				strengths[f.Sets["strength"]] = true
			}
		case "evidence":
			a.Evidence = append(a.Evidence, f.Rule)
			if f.Decides {
				strengths["strong"] = true
			}
		case "window":
			if days := f.Numbers["days"]; days > 0 && (a.Window == nil || days < a.Window.Days) {
				a.Window = &Window{days, f.Rule}
			}
		}
	}
	switch {
	case strengths["strong"]:
		a.Advice = Strong
	case strengths["moderate"]:
		a.Advice = Consider
	default:
		a.Advice = Optional
	}
	return a, nil
}

// emergency holds even if the rows of the emergency were lost: one red flag is
// enough.
func (in Input) emergency(v finding.Verdict) bool {
	for _, f := range v.Fired {
		if f.Kind == "emergency" {
			return true
		}
	}
	return len(in.Symptoms.RedFlags) > 0
}

func validate(in Input, lang string) error {
	if err := contract.Validate(in); err != nil {
		return err
	}
	var ps contract.Problems
	if lang != "en" && lang != "es" {
		ps.Add("lang", "unknown value %q; one of en, es", lang)
	}
	if b := in.Treatment.Begun; b != nil {
		switch s := in.Treatment.Status; {
		case *b && s == "proposed":
			ps.Add("treatment.begun", "is true, but treatment.status says proposed; give one of them")
		case !*b && (s == "started" || s == "failed"):
			ps.Add("treatment.begun", "is false, but treatment.status says %s; give one of them", s)
		}
	}
	return ps.OrNil()
}

// facts gives the rules' names to what is known.
func (in Input) facts() map[string]any {
	f := map[string]any{
		"diagnosis.text": in.Diagnosis.Text, "diagnosis.icd10": in.Diagnosis.ICD10, "diagnosis.certainty": in.Diagnosis.Certainty,
		"diagnosis.rare": in.Diagnosis.Rare, "diagnosis.life_threatening": in.Diagnosis.Threatening, "diagnosis.long_term_impairment": in.Diagnosis.Impairing,
		"treatment.kind": in.Treatment.Kind, "treatment.status": in.Treatment.Status, "treatment.risk": in.Treatment.Risk,
		"treatment.options": in.Treatment.Options, "treatment.controversial": in.Treatment.Controversial, "treatment.response": in.Treatment.Response,
		"treatment.begun": in.begun(), "conditions": in.Conditions, "symptoms.trend": in.Symptoms.Trend,
		"doctor.specialty_nucc": in.Doctor.Specialty, "doctor.declines": in.Doctor.Declines, "doctor.rushed": in.Doctor.Rushed, "doctor.not_understood": in.Doctor.NotUnderstood,
		"reads.pathology": in.Reads.Pathology, "reads.imaging": in.Reads.Imaging,
		"plan.requires_second_opinion": in.Plan.Requires, "plan.state_mandate": in.Plan.Mandate,
		"denied": in.Denied, "opinions_differ": in.OpinionsDiffer, "wants_peace_of_mind": in.WantsPeace,
	}
	if in.Symptoms.RedFlags != nil {
		flags := make([]string, len(in.Symptoms.RedFlags))
		for i, id := range in.Symptoms.RedFlags {
			flags[i] = string(id)
		}
		f["symptoms.red_flags"] = flags
	}
	return f
}

// begun is what was said, or what the status says: a proposed treatment has not
// begun, a started or failed one has.
func (in Input) begun() *bool {
	yes, no := true, false
	switch {
	case in.Treatment.Begun != nil:
		return in.Treatment.Begun
	case in.Treatment.Status == "proposed", in.Treatment.Kind == "none":
		return &no
	case in.Treatment.Status != "":
		return &yes
	}
	return nil
}
