package expert

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
	"consilium/internal/finding"
)

// SearchRef is where a case keeps whom the person looks for: one in each case.
var SearchRef = casefile.Ref{Kind: "expert_search"}

// Wish is whom the person looks for, as they last said it. It is kept in the case,
// never in an address: a diagnosis and a ZIP code are health data.
type Wish struct {
	Fields  []string `json:"fields,omitempty"` // fields of work by their plain names, such as "medical_oncology", or by the rule that proposes them
	ZIP     string   `json:"zip,omitempty"`
	Miles   int      `json:"miles,omitempty"` // around the ZIP's centre
	State   string   `json:"state,omitempty"` // practises there, when no ZIP is named
	Name    string   `json:"name,omitempty"`
	Video   bool     `json:"video,omitempty"`   // only by video, with a licence in the patient's state
	Network string   `json:"network,omitempty"` // only those in the plan network of this name
	Ties    string   `json:"ties,omitempty"`    // "" all but the too close, or "none": only where no sign of a tie was found
	Sort    string   `json:"sort,omitempty"`    // "fit" or "distance"
	Work    []string `json:"work,omitempty"`    // what to count, by the rules that propose it: see Works
}

// Reaches are the distances that a person can choose, in miles.
var Reaches = []int{5, 10, 25, 50, 100}

// nameMax is the longest name that can be looked for, in letters.
const nameMax = 100

// NoTies asks for those alone in whom no sign of a tie to the first doctor was found.
const NoTies = "none"

// Check lists what is wrong with a wish, each fault on its field.
func (w Wish) Check() error {
	var fs fault.Faults
	if w.ZIP != "" && !isZIP(w.ZIP) {
		fs = append(fs, fault.New(fault.Invalid, "form.zip").On("zip"))
	}
	if w.ZIP != "" && !slices.Contains(Reaches, w.Miles) {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("miles"))
	}
	if w.State != "" && !casefile.IsState(w.State) {
		fs = append(fs, fault.New(fault.Invalid, "form.state").On("state"))
	}
	if w.ZIP == "" && w.State == "" && w.Name == "" {
		fs = append(fs, fault.New(fault.Invalid, "expert.search.where").On("zip"))
	}
	for _, f := range w.Fields {
		if _, ok := FieldOf(f); !ok && !isRule.MatchString(f) {
			fs = append(fs, fault.New(fault.Invalid, "form.choice").On("fields"))
			break
		}
	}
	switch {
	case slices.ContainsFunc(w.Work, func(id string) bool { return !isRule.MatchString(id) }):
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("work"))
	case len(w.Work) > WorkMax:
		fs = append(fs, fault.New(fault.Invalid, "expert.search.work.many").With("max", strconv.Itoa(WorkMax)).On("work"))
	}
	if len([]rune(w.Name)) > nameMax {
		fs = append(fs, tooLong("name", nameMax))
	}
	if w.Ties != "" && w.Ties != NoTies {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("ties"))
	}
	if w.Sort != "" && w.Sort != "fit" && w.Sort != "distance" {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("sort"))
	}
	return fs.OrNil()
}

// isRule is the id of a rule that proposes a field of work: a wish may name it instead
// of a field, and then means the codes that the rule proposes for this case.
var isRule = regexp.MustCompile(`^[A-Z]+-[0-9]{2,4}$`)

// Fitting gives the wish as it can be looked for in this case: without what is proposed
// no longer, as after another diagnosis, and then with the rules' first choice.
func (w Wish) Fitting(proposed []Proposed) Wish {
	had := len(w.Fields) > 0
	w.Fields = slices.DeleteFunc(slices.Clone(w.Fields), func(id string) bool {
		_, ok := FieldOf(id)
		return !ok && !slices.ContainsFunc(proposed, func(p Proposed) bool { return p.Rule == id })
	})
	if had && len(w.Fields) == 0 {
		w.Fields = FirstOf(proposed)
	}
	return w
}

// FirstOf are the rules' first choice, as fields of a wish.
func FirstOf(proposed []Proposed) []string {
	var ids []string
	for _, p := range proposed {
		if p.First {
			ids = append(ids, p.Rule)
		}
	}
	return ids
}

// Codes are the NUCC codes of the fields of work, each once. What is proposed says
// which codes a rule means.
func (w Wish) Codes(proposed []Proposed) []string {
	var codes []string
	add := func(list []string) {
		for _, c := range list {
			if !slices.Contains(codes, c) {
				codes = append(codes, c)
			}
		}
	}
	for _, id := range w.Fields {
		f, _ := FieldOf(id)
		add(f.Codes)
		for _, p := range proposed {
			if p.Rule == id {
				add(p.Codes)
			}
		}
	}
	return codes
}

// Proposed is a field of work that the rules propose for a condition, and why.
type Proposed struct {
	Proposal
	First bool // those of the rules' first choice
	Why   finding.Finding
}

// Propose asks the rules which fields of work a condition may need. Age is nil when it
// is not known.
func Propose(icd10 string, age *int, on contract.Date, from Sources) []Proposed {
	s := &search{q: Question{ConditionICD: icd10, PatientAge: age}, on: on, from: from}
	if icd10 == "" || contract.Validate(s.q) != nil {
		return nil
	}
	s.resolve()
	var out []Proposed
	for _, p := range s.proposed {
		i := slices.IndexFunc(s.fit.Fired, func(f finding.Fired) bool { return f.Rule == p.Rule && f.Kind == "specialty" })
		out = append(out, Proposed{Proposal: p, First: p.Used, Why: s.fit.Fired[i].Finding})
	}
	return out
}

func isZIP(s string) bool {
	return len(s) == 5 && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// Snapshot is what the public files said of a candidate on the day when the person
// put them on the list: it stays readable when the directory is replaced or gone.
type Snapshot struct {
	On      string            `json:"on"`   // YYYY-MM-DD
	Lang    string            `json:"lang"` // of the sentences in Expert
	Data    map[string]string `json:"data"` // the date of each public file
	Expert  Expert            `json:"expert"`
	Profile *Profile          `json:"profile,omitempty"`
}

// Most that a snapshot keeps of a long list; the largest come first in a profile. What
// Medicare paid for is kept longer: a person may ask later about another operation.
const (
	keptOfEach  = 20
	keptVolumes = 200
)

// Keep gives the snapshot of an expert. The long lists of a profile are cut.
func Keep(e Expert, data map[string]string, on, lang string) *Snapshot {
	s := &Snapshot{On: on, Lang: lang, Data: data, Expert: e}
	if p := e.Profile; p != nil {
		kept := *p
		kept.Volumes = slices.Clone(p.Volumes[:min(len(p.Volumes), keptVolumes)])
		kept.Payments, kept.Shared = first20(p.Payments), first20(p.Shared)
		s.Profile = &kept
	}
	return s
}

func first20[T any](list []T) []T { return slices.Clone(list[:min(len(list), keptOfEach)]) }

// Proof is that somebody looked up a certificate: which, where, when, and until when
// it holds. Public files have no certificates, so that this is the only proof.
type Proof struct {
	Holds       Reply  `json:"holds"`                 // yes, or no: nothing in force was found
	Certificate string `json:"certificate,omitempty"` // "medical oncology"
	Where       string `json:"where"`                 // one of ProofPlaces
	By          string `json:"by,omitempty"`          // who looked, or who said it on the telephone
	On          string `json:"on"`                    // YYYY-MM-DD
	Until       string `json:"until,omitempty"`       // YYYY-MM-DD, "" when the source names no end
}

// ProofPlaces are where a certificate can be looked up or heard of.
var ProofPlaces = []string{"abms", "aoa", "state", "office", "plan"}

// Check lists what is wrong with a proof, each fault on its field.
func (p Proof) Check(today string) error {
	var fs fault.Faults
	if p.Holds != Yes && p.Holds != No {
		fs = append(fs, fault.New(fault.Invalid, "form.required").On("holds"))
	}
	if !slices.Contains(ProofPlaces, p.Where) {
		fs = append(fs, fault.New(fault.Invalid, "form.required").On("where"))
	}
	if p.Holds == Yes && p.Certificate == "" {
		fs = append(fs, fault.New(fault.Invalid, "form.required").On("certificate"))
	}
	fs = append(fs, past(p.On, today)...)
	if p.Until != "" && !isDate(p.Until) {
		fs = append(fs, fault.New(fault.Invalid, "form.date.real").On("until"))
	}
	return fs.OrNil()
}

// InForce tells what the proof says on a day: a certificate that has run out is to
// be confirmed anew.
func (p Proof) InForce(day string) Reply {
	if p.Holds == Yes && p.Until != "" && p.Until < day {
		return ToConfirm
	}
	return p.Holds
}

// Answer gives the answer to a criterion as it stands on a day: a certificate that has
// run out is to be confirmed anew.
func (c Candidate) Answer(criterion, day string) Reply {
	a := c.Criteria.Of(criterion)
	if criterion == "board_certified" && a == Yes && c.Proof != nil {
		return c.Proof.InForce(day)
	}
	return a
}

func isDate(s string) bool { _, err := contract.ParseDate(s); return err == nil }

// past wants a day that is not to come.
func past(on, today string) fault.Faults {
	switch {
	case on == "":
		return fault.Faults{fault.New(fault.Invalid, "form.date.required").On("on")}
	case !isDate(on):
		return fault.Faults{fault.New(fault.Invalid, "form.date.real").On("on")}
	case on > today:
		return fault.Faults{fault.New(fault.Invalid, "form.date.past").On("on")}
	}
	return nil
}

// FromDirectory makes a candidate of what the directory said. What the files cannot
// know (expertise, the plan) stays to confirm; independence is no only where a sign
// rules it out.
func FromDirectory(s Snapshot) Candidate {
	e := s.Expert
	c := Candidate{Found: &s, Credentials: e.Credential, Doctor: casefile.Doctor{Name: Readable(e.Name), NPI: e.NPI, Practice: Readable(e.Practice.Organization), Phone: phone(e.Practice.Phone), Address: e.Practice.OneLine()}}
	for _, x := range e.Specialties {
		if x.Primary || c.Doctor.Specialty == "" {
			c.Doctor.Specialty = x.Name
		}
	}
	if s.Profile != nil && len(s.Profile.Hospitals) > 0 {
		c.Doctor.Hospital = Readable(s.Profile.Hospitals[0].Name)
	}
	if e.Independence.Level == NotIndependent {
		c.Criteria.Independent = No
	}
	return c
}

// phone writes ten digits as people read them.
func phone(s string) string {
	if len(s) != 10 {
		return s
	}
	return "(" + s[:3] + ") " + s[3:6] + "-" + s[6:]
}

// OneLine writes the address in one line: "120 North Main Street, Fresno, CA 93701".
func (p Place) OneLine() string {
	end := strings.TrimSpace(p.State + " " + p.ZIP)
	var parts []string
	for _, x := range []string{Readable(p.Line1), Readable(p.Line2), Readable(p.City), end} {
		if x != "" {
			parts = append(parts, x)
		}
	}
	return strings.Join(parts, ", ")
}
