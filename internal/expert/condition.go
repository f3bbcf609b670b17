package expert

import (
	"slices"
	"strings"

	"consilium/internal/finding"
)

// Proposal is a field of work that the rules propose for a condition. It decides
// nothing: which doctor a condition needs is for the person and their own doctor.
type Proposal struct {
	Role  string   `json:"role" enum:"medical,surgery,radiotherapy,pathology,imaging"`
	Codes []string `json:"codes" doc:"NUCC taxonomy codes"`
	Who   string   `json:"who" doc:"such a doctor in plain words"`
	Used  bool     `json:"used" doc:"looked for in this search"`
	Rule  string   `json:"rule"`
}

// resolve asks the rules which fields of work the condition needs. The codes that the
// person named always win; those of the rules are used only where none was named.
func (s *search) resolve() {
	s.fit = s.from.Book.Judge(topicFit, s.fitFacts(), s.on, s.from.Lang)
	s.parts, s.proposed = map[string]finding.Fired{}, []Proposal{}
	for _, f := range s.fit.Fired {
		switch f.Kind {
		case "factor":
			s.parts[f.Sets["factor"]] = f
		case "specialty":
			p := Proposal{Role: f.Sets["role"], Codes: strings.Fields(f.Sets["codes"]), Who: f.Words["who"], Rule: f.Rule}
			p.Used = len(s.q.Specialties) == 0 && (s.q.Role == p.Role || s.q.Role == "" && f.Sets["first"] == "yes")
			s.proposed = append(s.proposed, p)
		}
	}
}

func (s *search) fitFacts() map[string]any {
	return map[string]any{
		"condition.icd10": s.q.ConditionICD, "patient.age": s.q.PatientAge, "asked.codes": s.q.Specialties,
	}
}

// codes are those to look for: the person's own, or those proposed.
func (s *search) codes() []string {
	if len(s.q.Specialties) > 0 {
		return s.q.Specialties
	}
	var out []string
	for _, p := range s.proposed {
		for _, c := range p.Codes {
			if p.Used && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}
