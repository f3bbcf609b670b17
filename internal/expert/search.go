package expert

import (
	"context"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Question is who is looked for. One of near, states and name is required.
type Question struct {
	On            contract.Date `json:"on,omitzero" doc:"today's date"`
	Specialties   []string      `json:"specialties,omitempty" pattern:"^[0-9A-Z]{9}X$" form:"write a NUCC code of ten signs such as 207RX0202X" max:"50" doc:"NUCC taxonomy codes: any of them fits"`
	ConditionICD  string        `json:"condition_icd10,omitempty" pattern:"^[A-Za-z][0-9][0-9A-Za-z](\\.?[0-9A-Za-z]{1,4})?$" form:"write an ICD-10-CM code such as C50.911" doc:"ICD-10-CM code; proposes the specialties when none are named"`
	PatientAge    *int          `json:"patient_age,omitempty" min:"0" max:"130" doc:"in years; below 18 the specialties for children are proposed"`
	Role          string        `json:"role,omitempty" enum:"medical,surgery,radiotherapy,pathology,imaging" doc:"which of the proposed specialties: who treats without operating, who operates, who gives radiation, who reads tissue or images again; absent: those that the rules propose first"`
	Near          *Near         `json:"near,omitempty"`
	Kind          Kind          `json:"kind,omitempty" enum:"person,organization,any" doc:"who may be found: clinicians, the organisations that registered as such, or both; absent: person"`
	Name          string        `json:"name,omitempty" doc:"beginnings of a name, in any order; small errors of spelling are forgiven"`
	States        []string      `json:"states,omitempty" pattern:"^[A-Z]{2}$" form:"write the two capital letters of a state" max:"60" doc:"practises in one of these states"`
	Telehealth    bool          `json:"telehealth,omitempty" doc:"by video: needs a licence in the patient's state"`
	PatientState  string        `json:"patient_state,omitempty" pattern:"^[A-Z]{2}$" form:"write the two capital letters of a state" doc:"where the patient sits during a video visit; absent: the state of near.zip"`
	Network       *string       `json:"network" doc:"a file made by network build: only those in it"`
	IndependentOf *First        `json:"independent_of,omitempty"`
	Independence  []Level       `json:"independence,omitempty" enum:"independent,caution,not_independent,unknown" doc:"only these levels; absent: all but not_independent"`
	HCPCS         []string      `json:"hcpcs,omitempty" pattern:"^[0-9A-Z][0-9]{3}[0-9A-Z]$" form:"write a procedure code of five signs such as 19301" max:"50" doc:"procedure codes whose volume counts for the fit"`
	CertifiedOnly bool          `json:"certified_only,omitempty" doc:"only with an imported certificate: public files have none"`
	ExcludeNPI    []string      `json:"exclude_npi,omitempty" pattern:"^[0-9]{10}$" form:"write ten digits" max:"1000" doc:"leave these out"`
	PlanKind      string        `json:"plan_kind,omitempty" enum:"hmo,ppo,epo,pos,medicare_original,medicare_advantage,medicare_advantage_hmo,medicare_advantage_ppo,medicare_advantage_other,medicaid_managed,medicaid_ffs,chip_managed,tricare_prime,tricare_select,tricare_for_life,va,fehb,workers_comp,short_term,none" doc:"under a Medicare plan those who opted out of Medicare are stopped"`
	Limit         int           `json:"limit,omitempty" min:"0" max:"100" doc:"1 to 100; absent: 20"`
	Offset        int           `json:"offset,omitempty" min:"0" max:"10000000" doc:"how many to pass over; absent: 0"`
	Sort          string        `json:"sort,omitempty" enum:"fit,distance" doc:"absent: fit"`
}

// Near is a circle around the centre of a ZIP code.
type Near struct {
	ZIP   string  `json:"zip" pattern:"^[0-9]{5}$" form:"write five digits"`
	Miles float64 `json:"miles" min:"1" max:"500" doc:"great-circle distance, 1 to 500"`
}

// First is the first doctor, from whom the second must be independent.
type First struct {
	NPI string `json:"npi" pattern:"^[0-9]{10}$" form:"write ten digits"`
}

// Answer is one page of those found.
type Answer struct {
	Total    int               `json:"total" doc:"exact, over all pages"`
	TookUS   int64             `json:"took_us"`
	Data     map[string]string `json:"data" doc:"the date of each public file"`
	Experts  []Expert          `json:"experts"`
	Proposed []Proposal        `json:"proposed" doc:"specialties that the rules propose for the condition: the person chooses"`
	Findings []finding.Finding `json:"findings"`
}

// Expert is one candidate with every reason and every tie.
type Expert struct {
	NPI           string       `json:"npi"`
	Name          string       `json:"name"`
	Credential    string       `json:"credential,omitempty"`
	Specialties   []Specialty  `json:"specialties"`
	Practice      Place        `json:"practice"`
	Miles         *float64     `json:"miles" doc:"null when nothing was near, or the place is not known"`
	LicensedIn    []string     `json:"licensed_in"`
	Fit           Fit          `json:"fit"`
	Independence  Standing     `json:"independence"`
	Certification string       `json:"certification" enum:"to_confirm,imported,expired"`
	Stops         []StopReason `json:"stops"`
	Profile       *Profile     `json:"-"`
}

// Fit is how well they fit the question, 0 to 1, and of what that is made.
type Fit struct {
	Score   float64  `json:"score"`
	Factors []Factor `json:"factors"`
}

// Factor is one part of the fit.
type Factor struct {
	Name     string  `json:"name"`
	Value    float64 `json:"value" doc:"0 to 1"`
	Weight   float64 `json:"weight" doc:"its share of the score"`
	Evidence string  `json:"evidence"`
	Source   string  `json:"source" doc:"the public file and its date"`
}

// Standing is the level with every signal behind it.
type Standing struct {
	Level    Level    `json:"level" enum:"independent,caution,not_independent,unknown"`
	Signals  []Signal `json:"signals"`
	Compared []string `json:"compared" doc:"what both are in the files with, so that it could be compared: group, organization, address, hospital"`
}

// StopReason is why a candidate must not be chosen.
type StopReason struct {
	Stop     string `json:"stop" enum:"excluded,opted_out,deactivated,same_group,same_person"`
	Evidence string `json:"evidence"`
}

// Query is a question made ready for a directory: nothing is left to look up.
type Query struct {
	Codes       []string // NUCC codes, any of them; empty: any specialty
	Centre      *Centre  // with Miles, a circle
	Miles       float64  //
	States      []string // of the practice
	Kind        Kind     // "" persons
	Name        string   // as typed
	Licensed    string   // a state in which they must be licensed; "" any
	Telehealth  bool     // only those who offer it
	Members     Members  // a plan's network; nil: any
	First       *Profile // the first doctor; nil: independence is not weighed
	Levels      []Level  // levels of independence to keep; empty: all
	Limits      Limits   // of the ties
	HCPCS       []string // procedures whose volume counts
	Certified   bool     // only with an imported active certificate
	Without     []string // NPIs to leave out
	Medicare    bool     // leave out those who opted out of Medicare
	Day         string   // YYYY-MM-DD: opt-outs and certificates in force that day
	ByDistance  bool     // else by fit, best first; ties by NPI
	Weights     Weights  // of the fit
	Limit, Skip int      //
}

// Kind is who may be found. A second opinion is a person's: organisations come only when
// they are asked for.
type Kind string

// The kinds; "" is Persons.
const (
	Persons       Kind = "person"
	Organizations Kind = "organization" // NPIs of entity type 2
	Anybody       Kind = "any"
)

// Has tells whether somebody is of the kind.
func (k Kind) Has(p *Profile) bool {
	switch k {
	case Anybody:
		return true
	case Organizations:
		return p.Organization
	}
	return !p.Organization
}

// Centre is a point in degrees.
type Centre struct{ Lat, Lon float64 }

// Members is a plan's network, or any other set of clinicians by NPI.
type Members interface {
	Has(npi uint32) bool
	Len() int
}

// Found is what a directory answers: the exact number, and one page.
type Found struct {
	Total    int
	Near     bool // nobody's name begins so: these are spelled nearly so
	Unplaced int  // how many fit but for the circle, for their ZIP is in no list
	Matches  []Match
}

// Match is one of those found.
type Match struct {
	Profile  Profile
	Measures Measures
	Score    int // thousandths
}

// Directory is the national directory of clinicians.
type Directory interface {
	Find(ctx context.Context, q Query) (Found, error)
	Profile(ctx context.Context, npi string) (Profile, error) // NotFound when there is none
	ZIP(zip string) (centre Centre, state string, ok bool)
	Data() map[string]string // file -> its date
}
