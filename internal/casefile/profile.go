package casefile

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"consilium/internal/fault"
)

// ProfileRef is where the profile lies: one in each case.
var ProfileRef = Ref{Kind: "profile"}

// Profile is what the person tells at the start: who is ill, who said what, and
// by when they want to decide.
type Profile struct {
	Patient     Patient   `json:"patient"`
	FirstDoctor Doctor    `json:"first_doctor"`
	Diagnosis   Diagnosis `json:"diagnosis"`
	Treatment   string    `json:"treatment,omitempty"` // the proposed treatment, as heard
	DecideBy    string    `json:"decide_by,omitempty"` // YYYY-MM-DD
	Acting      Acting    `json:"acting"`
}

// Patient is the person whose question this is.
type Patient struct {
	Name      string `json:"name"`
	BirthDate string `json:"birth_date"`         // YYYY-MM-DD
	State     string `json:"state,omitempty"`    // two letters: the US state where they live
	Language  string `json:"language,omitempty"` // "en" or "es"
}

// Doctor is a clinician as the person knows them.
type Doctor struct {
	Name      string `json:"name,omitempty"`
	NPI       string `json:"npi,omitempty"` // ten digits with a Luhn check
	Practice  string `json:"practice,omitempty"`
	Address   string `json:"address,omitempty"`
	Specialty string `json:"specialty,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Hospital  string `json:"hospital,omitempty"`
}

// Diagnosis is what the first doctor said that it is, in the person's words.
type Diagnosis struct {
	Text  string `json:"text"`
	ICD10 string `json:"icd10,omitempty"` // when the person has the code
}

// Acting says who answers, when it is not the patient.
type Acting struct {
	Name string `json:"name,omitempty"` // "" when the patient answers for themselves
	As   string `json:"as,omitempty"`   // parent, guardian, companion, advocate
}

// Check lists what is wrong with a profile, each fault on its field. today is
// YYYY-MM-DD.
func (p Profile) Check(today string) error {
	var fs fault.Faults
	need := func(field, value string) {
		if strings.TrimSpace(value) == "" {
			fs = append(fs, fault.New(fault.Invalid, "form.required").On(field))
		}
	}
	need("patient_name", p.Patient.Name)
	need("birth_date", p.Patient.BirthDate)
	need("state", p.Patient.State)
	need("diagnosis", p.Diagnosis.Text)
	if d := p.Patient.BirthDate; d != "" && (d > today || d < "1900-01-01") {
		fs = append(fs, fault.New(fault.Invalid, "form.date.past").On("birth_date"))
	}
	if p.Patient.State != "" && !IsState(p.Patient.State) {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("state"))
	}
	if l := p.Patient.Language; l != "" && l != "en" && l != "es" {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("language"))
	}
	if a := p.Acting.As; a != "" && !slices.Contains(ActingAs, a) {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("acting"))
	}
	if p.Diagnosis.ICD10 != "" && !IsICD10(p.Diagnosis.ICD10) {
		fs = append(fs, fault.New(fault.Invalid, "form.icd10").On("icd10"))
	}
	if p.FirstDoctor.NPI != "" && !IsNPI(p.FirstDoctor.NPI) {
		fs = append(fs, fault.New(fault.Invalid, "form.npi").On("doctor_npi"))
	}
	if p.DecideBy != "" && p.DecideBy < today {
		fs = append(fs, fault.New(fault.Invalid, "form.date.future").On("decide_by"))
	}
	for _, x := range []struct {
		field, value string
		max          int
	}{
		{"patient_name", p.Patient.Name, 200},
		{"acting_name", p.Acting.Name, 200},
		{"diagnosis", p.Diagnosis.Text, 2000},
		{"treatment", p.Treatment, 2000},
		{"doctor_name", p.FirstDoctor.Name, 200},
		{"doctor_specialty", p.FirstDoctor.Specialty, 200},
		{"doctor_practice", p.FirstDoctor.Practice, 200},
		{"doctor_address", p.FirstDoctor.Address, 400},
		{"doctor_hospital", p.FirstDoctor.Hospital, 200},
		{"doctor_phone", p.FirstDoctor.Phone, 30},
	} {
		// A browser counts a line break as one letter and sends two.
		if utf8.RuneCountInString(strings.ReplaceAll(x.value, "\r\n", "\n")) > x.max {
			fs = append(fs, fault.New(fault.Invalid, "form.too_long").With("max", strconv.Itoa(x.max)).On(x.field))
		}
	}
	return fs.OrNil()
}

// ActingAs are the ways in which somebody may answer for the patient.
var ActingAs = []string{"parent", "guardian", "companion", "advocate"}

// icd10 is the form of an ICD-10-CM code: a letter, a digit, a letter or digit, and
// up to four more after a point, which may be left out.
var icd10 = regexp.MustCompile(`^[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?$`)

// IsICD10 tells whether s has the form of an ICD-10-CM code. Whether there is such
// a code it does not tell.
func IsICD10(s string) bool { return icd10.MatchString(s) }

// IsNPI tells whether s is a National Provider Identifier: ten digits of which the
// last is the Luhn check over "80840" and the first nine (45 CFR 162.406).
func IsNPI(s string) bool {
	if len(s) != 10 || strings.Trim(s, "0123456789") != "" || (s[0] != '1' && s[0] != '2') {
		return false
	}
	sum, double := 0, false
	full := "80840" + s
	for i := len(full) - 1; i >= 0; i-- {
		n := int(full[i] - '0')
		if double {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum, double = sum+n, !double
	}
	return sum%10 == 0
}

// States are the two-letter codes of the US states, the District of Columbia and
// the territories.
var States = strings.Fields(`AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI`)

// IsState tells whether s is one of States.
func IsState(s string) bool {
	for _, x := range States {
		if x == s {
			return true
		}
	}
	return false
}
