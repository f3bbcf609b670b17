// Package expert weighs who could give the second opinion: does this doctor know
// the matter as well or better, how independent are they of the first doctor, are
// they board-certified, does the plan pay for them, and how do we know. It ranks
// nobody by fame and says of each answer where to look.
package expert

import (
	"strings"
	"unicode"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// Ref is where the shortlist lies: one in each case.
var Ref = casefile.Ref{Kind: "expert"}

// Shortlist is every doctor considered, and the one chosen.
type Shortlist struct {
	Candidates []Candidate `json:"candidates"`
	Chosen     string      `json:"chosen,omitempty"` // a candidate's id, "" while none is
}

// Candidate is one doctor who could give the second opinion, as far as is known.
type Candidate struct {
	ID          string          `json:"id"`
	Doctor      casefile.Doctor `json:"doctor"`
	Credentials string          `json:"credentials,omitempty"` // "MD", "board-certified in ..."
	Criteria    Criteria        `json:"criteria"`
	Notes       string          `json:"notes,omitempty"`
	Gone        bool            `json:"gone,omitempty"`  // set aside; kept, so that the reason is not lost
	Found       *Snapshot       `json:"found,omitempty"` // what the directory said of them; nil for one added by hand
	Proof       *Proof          `json:"proof,omitempty"` // that somebody looked up their certificate
}

// Reply is what is known of one criterion.
type Reply string

// The answers. The zero value is ToConfirm: what nobody asked is not a no.
const (
	Yes       Reply = "yes"
	No        Reply = "no"
	ToConfirm Reply = "to_confirm"
)

// Criteria are the four that the patient guides name (S3): at least the same
// expertise, no close colleague, board-certified, accepts the plan.
type Criteria struct {
	Expertise   Reply `json:"expertise"`
	Independent Reply `json:"independent"`
	Certified   Reply `json:"board_certified"`
	Plan        Reply `json:"accepts_plan"`
}

// Names of the criteria, in the order in which they are asked. Each is also the
// end of a text key and of a form field.
var Names = []string{"expertise", "independent", "board_certified", "accepts_plan"}

// Of gives the answer to a criterion by its name; an unknown or empty one is to
// confirm.
func (c Criteria) Of(name string) Reply {
	a := map[string]Reply{"expertise": c.Expertise, "independent": c.Independent, "board_certified": c.Certified, "accepts_plan": c.Plan}[name]
	if a == "" {
		return ToConfirm
	}
	return a
}

// Set answers a criterion by its name.
func (c *Criteria) Set(name string, a Reply) {
	switch name {
	case "expertise":
		c.Expertise = a
	case "independent":
		c.Independent = a
	case "board_certified":
		c.Certified = a
	case "accepts_plan":
		c.Plan = a
	}
}

// Find gives a candidate by its id.
func (s Shortlist) Find(id string) (Candidate, bool) {
	for _, c := range s.Candidates {
		if c.ID == id {
			return c, true
		}
	}
	return Candidate{}, false
}

// Put adds a candidate or replaces the one with its id.
func (s Shortlist) Put(c Candidate) Shortlist {
	out := Shortlist{Chosen: s.Chosen}
	put := false
	for _, had := range s.Candidates {
		if had.ID == c.ID {
			had, put = c, true
		}
		out.Candidates = append(out.Candidates, had)
	}
	if !put {
		out.Candidates = append(out.Candidates, c)
	}
	if c.Gone && out.Chosen == c.ID {
		out.Chosen = ""
	}
	return out
}

// Check lists what is wrong with a candidate, each fault on its field.
func (c Candidate) Check() error {
	var fs fault.Faults
	if strings.TrimSpace(c.Doctor.Name) == "" {
		fs = append(fs, fault.New(fault.Invalid, "form.required").On("name"))
	}
	if c.Doctor.NPI != "" && !casefile.IsNPI(c.Doctor.NPI) {
		fs = append(fs, fault.New(fault.Invalid, "form.npi").On("npi"))
	}
	for _, n := range Names {
		switch c.Criteria.Of(n) {
		case Yes, No, ToConfirm:
		default:
			fs = append(fs, fault.New(fault.Invalid, "form.choice").On(n))
		}
	}
	return fs.OrNil()
}

// Level is how independent of the first doctor a candidate seems from what is known.
type Level string

// The levels of independence. Unknown is the level where nothing could be
// compared: silence is no proof of independence.
const (
	Independent    Level = "independent"
	Caution        Level = "caution"
	NotIndependent Level = "not_independent"
	Unknown        Level = "unknown"
)

// Strength is how much a signal weighs: stop, warn or weak.
type Strength string

// The strengths of facts.md 7.1: a stop rules the candidate out, a warning must be
// asked about.
const (
	Stop Strength = "stop"
	Warn Strength = "warn"
	Weak Strength = "weak" // worth knowing, and no reason to doubt alone
)

// Signal is one sign of closeness to the first doctor, with what it was seen in.
type Signal struct {
	Signal   string   `json:"signal"` // same_person, same_practice, same_address, same_hospital
	Strength Strength `json:"strength"`
	Evidence string   `json:"evidence"` // the words that are the same in both

	Seen map[string]string `json:"-"` // the same in parts, for a sentence: patients, days
}

// Independence compares a candidate with the first doctor by what the person
// knows of both: the number, the practice, the address, the hospital. compared
// counts what could be compared.
func Independence(first, candidate casefile.Doctor) (Level, []Signal) {
	var signals []Signal
	compared := 0
	same := func(signal string, strength Strength, a, b string, fold func(string) string) {
		if strings.TrimSpace(a) == "" || strings.TrimSpace(b) == "" {
			return
		}
		compared++
		if fold(a) == fold(b) && fold(a) != "" {
			signals = append(signals, Signal{Signal: signal, Strength: strength, Evidence: strings.TrimSpace(b)})
		}
	}
	same("same_person", Stop, first.NPI, candidate.NPI, plain)
	same("same_practice", Stop, first.Practice, candidate.Practice, practice)
	same("same_address", Warn, first.Address, candidate.Address, address)
	same("same_hospital", Warn, first.Hospital, candidate.Hospital, practice)
	if a, b := person(first.Name), person(candidate.Name); a != "" && a == b && !has(signals, "same_person") {
		signals = append(signals, Signal{Signal: "same_name", Strength: Warn, Evidence: strings.TrimSpace(candidate.Name)})
	}
	for _, s := range signals {
		if s.Strength == Stop {
			return NotIndependent, signals
		}
	}
	switch {
	case len(signals) > 0:
		return Caution, signals
	case compared == 0:
		return Unknown, nil
	case compared == 1 && first.NPI != "" && candidate.NPI != "":
		// That they are two people says nothing of how close they are.
		return Unknown, nil
	}
	return Independent, nil
}

func has(signals []Signal, name string) bool {
	for _, s := range signals {
		if s.Signal == name {
			return true
		}
	}
	return false
}

// plain keeps letters and digits in lower case, one blank between words.
func plain(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

// without drops words that say nothing of which one it is.
func without(s string, idle ...string) string {
	var keep []string
	for _, w := range strings.Fields(plain(s)) {
		drop := false
		for _, i := range idle {
			drop = drop || w == i
		}
		if !drop {
			keep = append(keep, w)
		}
	}
	return strings.Join(keep, " ")
}

func practice(s string) string {
	return without(s, "the", "of", "and", "at", "inc", "llc", "pc", "pllc", "pa", "md", "group", "clinic", "center", "centre", "hospital", "associates", "practice", "medical")
}

func person(s string) string { return without(s, "dr", "dra", "doctor", "doctora", "md", "do", "phd") }

// streets are the abbreviations of the postal service (Publication 28) that people
// mix with the whole words.
var streets = map[string]string{
	"st": "street", "str": "street", "ave": "avenue", "av": "avenue", "blvd": "boulevard", "rd": "road", "dr": "drive", "ln": "lane", "ct": "court", "hwy": "highway",
	"pkwy": "parkway", "pl": "place", "sq": "square", "cir": "circle", "ter": "terrace", "trl": "trail", "plz": "plaza", "ctr": "center", "mt": "mount", "expy": "expressway",
	"n": "north", "s": "south", "e": "east", "w": "west", "ne": "northeast", "nw": "northwest", "se": "southeast", "sw": "southwest",
	"saint": "street", // both are written St
	"ste":   "suite", "fl": "floor", "rm": "room", "bldg": "building", "dept": "department",
}

// address keeps the number, the street and the ZIP code: two doctors of one
// building are close, whichever suite they have.
func address(s string) string { return string(appendStreet(nil, []byte(strings.ToLower(s)))) }
