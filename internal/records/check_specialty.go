package records

import (
	"strings"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Specialty is whose list of records fits a case. It is a proposal: the person may
// choose another one.
type Specialty struct {
	Code     string // general where nothing says more
	Findings []finding.Finding
}

// SpecialtyFor proposes a specialty from the diagnosis and the age. Where several
// fit, the first row of the rules counts; all are told.
func SpecialtyFor(in CheckInput, on contract.Date, lang string, book Book) Specialty {
	facts := map[string]any{"case.icd10": in.ICD10}
	if p := strings.TrimSpace(in.Diagnosis); p != "" {
		facts["case.problem"] = p
	}
	if b := in.Patient.BirthDate; !b.IsZero() && !on.IsZero() {
		facts["case.age"] = b.AgeOn(on)
	}
	s := Specialty{Code: "general"}
	for _, f := range book.Judge("records_specialty", facts, on, lang).Fired {
		if s.Code == "general" {
			s.Code = f.Sets["specialty"]
		}
		s.Findings = append(s.Findings, f.Finding)
	}
	return s
}

// Specialties lists those that have a list of their own, general first.
func Specialties() []string {
	return []string{"general", "oncology", "neurosurgery", "spine", "orthopaedics", "cardiology", "pathology", "radiology", "paediatrics", "autoimmune", "gastroenterology", "endocrinology", "rare"}
}
