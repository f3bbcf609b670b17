package expert

import (
	"context"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Question is who is looked for. One of near, states and name is required.
type Question struct {
	On            contract.Date `json:"on,omitzero" doc:"today's date"`
	Specialties   []string      `json:"specialties,omitempty" doc:"NUCC taxonomy codes: any of them fits"`
	ConditionICD  string        `json:"condition_icd10,omitempty" doc:"ICD-10-CM code; gives the specialties when none are named"`
	Near          *Near         `json:"near,omitempty"`
	Name          string        `json:"name,omitempty" doc:"beginnings of a name, in any order; small errors of spelling are forgiven"`
	States        []string      `json:"states,omitempty" doc:"practises in one of these states"`
	Telehealth    bool          `json:"telehealth,omitempty" doc:"by video: needs a licence in the patient's state"`
	PatientState  string        `json:"patient_state,omitempty" pattern:"^[A-Z]{2}$" form:"write the two capital letters of a state" doc:"where the patient sits during a video visit; absent: the state of near.zip"`
	Network       *string       `json:"network" doc:"a network file made by directory network: only those in it"`
	IndependentOf *First        `json:"independent_of,omitempty"`
	Independence  []Level       `json:"independence,omitempty" doc:"only these levels; absent: all but not_independent"`
	HCPCS         []string      `json:"hcpcs,omitempty" doc:"procedure codes whose volume counts for the fit"`
	CertifiedOnly bool          `json:"certified_only,omitempty" doc:"only with an imported certificate: public files have none"`
	ExcludeNPI    []string      `json:"exclude_npi,omitempty"`
	PlanKind      string        `json:"plan_kind,omitempty" doc:"medicare_original or medicare_advantage: those who opted out of Medicare are stopped"`
	Limit         int           `json:"limit,omitempty" doc:"1 to 100; absent: 20"`
	Offset        int           `json:"offset,omitempty"`
	Sort          string        `json:"sort,omitempty" enum:"fit,distance" doc:"absent: fit"`
}

// Near is a circle around the centre of a ZIP code.
type Near struct {
	ZIP   string  `json:"zip" pattern:"^[0-9]{5}$" form:"write five digits"`
	Miles float64 `json:"miles" doc:"great-circle distance, 1 to 500"`
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

// Centre is a point in degrees.
type Centre struct{ Lat, Lon float64 }

// Members is a plan's network, or any other set of clinicians by NPI.
type Members interface {
	Has(npi uint32) bool
	Len() int
}

// Found is what a directory answers: the exact number, and one page.
type Found struct {
	Total   int
	Near    bool // nobody's name begins so: these are spelled nearly so
	Matches []Match
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

// Measures are what bears on the fit, as numbers, so that a whole country can be
// weighed without a word being read.
type Measures struct {
	Match      int     // 2 the primary specialty fits, 1 another one, 0 none was asked for
	Miles      float64 // from the centre; below 0: not known
	Services   int     // of the asked HCPCS codes; below 0: no volume known
	Patients   int     // of the same
	Graduated  int     // year, 0 unknown
	Teaching   bool    // affiliated with a teaching hospital, where the file says so
	Telehealth bool
}

// Weights are the shares of the fit, in thousandths, from the rules.
type Weights struct {
	Specialty, Volume, Experience, Distance, Telehealth int
	Year                                                int     // this year, for the years since graduation
	Reach                                               float64 // miles at which distance counts nothing
}

// Score gives the fit in thousandths. It reads nothing but its arguments, so that
// a directory may call it for every row.
func (w Weights) Score(m Measures) int {
	sum, of := 0, 0
	add := func(share int, value float64) { sum += int(float64(share) * value); of += share }
	add(w.Specialty, float64(m.Match)/2)
	if m.Miles >= 0 && w.Reach > 0 {
		add(w.Distance, max(0, 1-m.Miles/w.Reach))
	}
	if of == 0 {
		return 0
	}
	return sum * 1000 / of
}
