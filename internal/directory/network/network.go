// Package network is what a health plan says of its network: which clinicians are in
// it, who accepts new patients and where, and what the plan agreed to pay for the
// visits of a second opinion. It reads a plan's directory (Da Vinci PDEX Plan-Net,
// FHIR R4) and its price file (in-network rates, 45 CFR 147.212), of any size in
// little memory, and makes of them one small immutable file that the search reads.
//
// A reference to another file is never followed: it is reported.
package network

import "fmt"

// Accepting says whether new patients are taken, where the plan's directory says so.
type Accepting uint8

// The values of the Plan-Net extension newpatients, weakest first: of several places
// the most welcoming one counts for the person.
const (
	AcceptsUnknown  Accepting = iota // nothing was said
	AcceptsNone                      // nopt
	AcceptsExisting                  // existptonly, existptfam: only their patients, or their families
	AcceptsNew                       // newpt
)

// String gives the value as it is written in answers.
func (a Accepting) String() string {
	return [...]string{"unknown", "no", "existing_only", "yes"}[min(a, AcceptsNew)]
}

// Rate is one price that the plan agreed on, for one billing code.
type Rate struct {
	Code        string   `json:"code"`                  // CPT or HCPCS
	Cents       int64    `json:"cents,omitempty"`       // rounded half up; 0 when Percent says it
	Percent     int64    `json:"percent,omitempty"`     // hundredths of a percent of the bill, for Kind "percentage"
	Kind        string   `json:"kind"`                  // negotiated, derived, fee schedule, percentage, per diem
	Arrangement string   `json:"arrangement"`           // ffs: the price of this code; bundle, capitation: of more than this code
	Class       string   `json:"class,omitempty"`       // professional, institutional, both
	Setting     string   `json:"setting,omitempty"`     // inpatient, outpatient, both
	Places      []string `json:"places,omitempty"`      // CMS place-of-service codes; CSTM-00 is any
	Modifiers   []string `json:"modifiers,omitempty"`   // it holds only with all of these
	Expires     string   `json:"expires,omitempty"`     // YYYY-MM-DD; 9999-12-31 is no end
	Note        string   `json:"note,omitempty"`        // additional_information, cut at 1,000 bytes
	TIN         string   `json:"tin,omitempty"`         // the tax number or NPI under which they bill
	Whole       bool     `json:"whole_group,omitempty"` // said of everybody who bills under the tax number, not of this NPI
}

// Role is one place where a clinician works for the network, from the plan's directory.
type Role struct {
	Networks     []string  `json:"networks,omitempty"`
	Organization string    `json:"organization,omitempty"`
	Place        string    `json:"place,omitempty"`
	Address      string    `json:"address,omitempty"`
	City         string    `json:"city,omitempty"`
	State        string    `json:"state,omitempty"`
	ZIP          string    `json:"zip,omitempty"`
	Phone        string    `json:"phone,omitempty"`
	Specialties  []string  `json:"specialties,omitempty"` // NUCC codes
	Accepts      Accepting `json:"-"`
	Accepting    string    `json:"accepting"`
	Updated      string    `json:"updated,omitempty"` // meta.lastUpdated, the day
}

// Source is one file of which a network was made.
type Source struct {
	Kind    string   `json:"kind"`              // plan-net or rates
	File    string   `json:"file"`              // its name, without the folder
	Entity  string   `json:"entity,omitempty"`  // who published it
	Plan    string   `json:"plan,omitempty"`    // the plan it names, when it names one
	Updated string   `json:"updated,omitempty"` // its own date, or of the newest thing in it
	Oldest  string   `json:"oldest,omitempty"`  // of the oldest thing in it, for a directory
	Version string   `json:"version,omitempty"` // of the schema
	Counts  Counts   `json:"counts"`
	Names   []string `json:"networks,omitempty"` // networks that it names
}

// Counts are what was seen in one source.
type Counts struct {
	Bytes     int64 `json:"bytes"`               // unpacked
	Resources int64 `json:"resources,omitempty"` // Plan-Net
	Roles     int64 `json:"roles,omitempty"`
	Nameless  int64 `json:"without_npi,omitempty"` // practitioners without a usable NPI: nobody can be found by them
	Groups    int64 `json:"groups,omitempty"`      // provider groups read
	Items     int64 `json:"items,omitempty"`       // in_network items read whole
	Skipped   int64 `json:"skipped,omitempty"`     // in_network items for other codes
	Prices    int64 `json:"prices,omitempty"`      // negotiated prices read
	External  int64 `json:"external,omitempty"`    // references to other files, not followed
	Missing   int64 `json:"missing,omitempty"`     // references to what is not in the file
	BadNPI    int64 `json:"bad_npi,omitempty"`     // left out: not ten digits that begin with 1 or 2
	Doubtful  int64 `json:"doubtful,omitempty"`    // kept: the check digit is wrong, so nobody has it
	Issues    int64 `json:"issues,omitempty"`
}

// Issue is what is wrong at one place of a source. What is wrong is left out; the rest
// counts.
type Issue struct {
	File   string `json:"file"`
	Path   string `json:"path"`
	What   string `json:"what"`
	Offset int64  `json:"offset"` // bytes from its unpacked beginning
}

// String is one line for an operator.
func (i Issue) String() string {
	return fmt.Sprintf("%s: %s: %s (byte %d)", i.File, i.Path, i.What, i.Offset)
}

// isNPI tells whether n has the form of an NPI: ten digits, 1 or 2 first.
func isNPI(n uint64) bool { return n >= 1_000_000_000 && n < 3_000_000_000 }

// checks tells whether an NPI's last digit is right: Luhn over "80840" and the first
// nine (45 CFR 162.406).
func checks(n uint64) bool {
	sum := uint64(24) // of 80840
	for k := 0; n > 0; k, n = k+1, n/10 {
		d := n % 10
		if k%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
