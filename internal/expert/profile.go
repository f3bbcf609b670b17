package expert

// Profile is what the public files say of one clinician or organisation. Every
// statement says by which file it came: Data of the answer gives the file's date.
type Profile struct {
	NPI          string      `json:"npi"`
	Organization bool        `json:"organization,omitempty"` // an organisation's NPI (entity type 2), not a person's
	Name         Name        `json:"name"`
	Credential   string      `json:"credential,omitempty"` // as they wrote it: "M.D."; no proof
	Sex          string      `json:"sex,omitempty"`        // F, M, X, or "" when not said
	Specialties  []Specialty `json:"specialties,omitempty"`
	Practice     Place       `json:"practice"`
	Updated      string      `json:"updated,omitempty"` // last update in NPPES, YYYY-MM-DD

	// From CMS Doctors and Clinicians (facts.md DAC-01), facility affiliations
	// (DAC-02) and revalidation reassignments (DAC-03).
	Clinician *Clinician `json:"clinician,omitempty"` // nil: not in that file, which is no fault of theirs
	Hospitals []Hospital `json:"hospitals,omitempty"`
	Reassigns []Group    `json:"reassigns,omitempty"`

	Volumes   []Volume   `json:"volumes,omitempty"`   // Medicare services by HCPCS code (PUF-01); only those asked about in a search
	OptOut    *OptOut    `json:"opt_out,omitempty"`   // Medicare opt-out (DAC-04)
	Exclusion *Exclusion `json:"exclusion,omitempty"` // OIG exclusion (LEI-01)
	Payments  []Payment  `json:"payments,omitempty"`  // Open Payments (OPN-01), largest first
	Shared    []Shared   `json:"shared,omitempty"`    // strongest shared-patient ties (SHP-01, SHP-02)
	Boards    []Board    `json:"boards,omitempty"`    // certificates that an operator imported
}

// Name is a person's or an organisation's name as NPPES has it.
type Name struct {
	Last         string `json:"last,omitempty"`
	First        string `json:"first,omitempty"`
	Middle       string `json:"middle,omitempty"`
	Suffix       string `json:"suffix,omitempty"`
	Former       string `json:"former,omitempty"`       // other last name
	Organization string `json:"organization,omitempty"` // legal business name
	Known        string `json:"known,omitempty"`        // other organisation name: doing business as
}

// Specialty is one taxonomy code of NUCC, self-chosen by the clinician (NUC-02).
type Specialty struct {
	Code         string `json:"code"`
	Name         string `json:"name"`
	Primary      bool   `json:"primary"`
	LicenseState string `json:"-"`
}

// Place is where they practise.
type Place struct {
	Organization string `json:"organization,omitempty"`
	Line1        string `json:"line1,omitempty"`
	Line2        string `json:"line2,omitempty"`
	City         string `json:"city,omitempty"`
	State        string `json:"state,omitempty"`
	ZIP          string `json:"zip,omitempty"` // five digits
	Phone        string `json:"phone,omitempty"`
	// Degrees of the ZIP's centre; Placed is false when the ZIP is in no list.
	Lat    float64 `json:"lat,omitempty"`
	Lon    float64 `json:"lon,omitempty"`
	Placed bool    `json:"placed,omitempty"`
}

// Clinician is a row of CMS Doctors and Clinicians.
type Clinician struct {
	School     string  `json:"school,omitempty"`
	Graduated  int     `json:"graduated,omitempty"` // year, 0 unknown
	Telehealth bool    `json:"telehealth,omitempty"`
	Assignment bool    `json:"assignment,omitempty"` // accepts Medicare's amount as full payment
	Groups     []Group `json:"groups,omitempty"`     // by org_pac_id
}

// Group is a practice of CMS enrolment.
type Group struct {
	ID      string `json:"id"` // PAC ID
	Name    string `json:"name,omitempty"`
	Members int    `json:"members,omitempty"`
}

// Hospital is a facility affiliation.
type Hospital struct {
	CCN  string `json:"ccn"` // CMS certification number
	Kind string `json:"kind,omitempty"`
	Name string `json:"name,omitempty"`
}

// Volume is what Medicare paid for in the year of the file. Rows below 11 patients
// are left out by CMS (PUF-02), so that no row is no proof of no experience.
type Volume struct {
	HCPCS    string `json:"hcpcs"`
	Services int    `json:"services"`
	Patients int    `json:"patients"`
}

// OptOut is the time in which they do not bill Medicare.
type OptOut struct {
	From  string `json:"from,omitempty"`
	Until string `json:"until,omitempty"` // "" open
}

// Exclusion bars from every federal health programme.
type Exclusion struct {
	Kind string `json:"kind,omitempty"` // section of the act: 1128a1
	From string `json:"from,omitempty"`
}

// Payment is what one maker paid in the years of the file.
type Payment struct {
	Maker     string `json:"maker"`
	Cents     int64  `json:"cents"`
	Payments  int    `json:"payments,omitempty"`
	Ownership bool   `json:"ownership,omitempty"` // owns a part of the maker
}

// Shared is one edge of a shared-patient file: never a true referral.
type Shared struct {
	NPI      string `json:"npi"`
	Patients int    `json:"patients"`
	Days     int    `json:"days,omitempty"` // window of the file: 30, 60, 90, 180; 0 unknown
	Top      bool   `json:"top,omitempty"`  // among the strongest 5 % of this clinician's edges
}

// Board is a certificate with where it was seen.
type Board struct {
	Board     string `json:"board"` // ABMS, AOA or another body
	Specialty string `json:"specialty"`
	Status    string `json:"status,omitempty"` // active, expired
	Until     string `json:"until,omitempty"`
	Source    string `json:"source"`
}
