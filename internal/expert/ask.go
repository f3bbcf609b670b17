package expert

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
	"consilium/internal/finding"
)

// Book is the power this room needs of the rules.
type Book interface {
	Judge(topic string, facts map[string]any, on contract.Date, lang string) finding.Verdict
}

// Sources are where an answer comes from.
type Sources struct {
	Book      Book
	Directory Directory
	Network   func(file string) (Members, error) // opens a plan's network; nil: there is none to open
	Lang      string                             // "en" or "es"
}

// The topics of the rules that answer here.
const (
	topicFit    = "expert_fit"
	topicChecks = "expert_checks"
)

// defaultLimit is how many are on a page when nobody says.
const defaultLimit = 20

// Search finds experts and says of each every reason and every tie. The error is of
// type contract.Problems where the question is wrong, and names each field with what to
// write. A date in the question goes before on. TookUS is left for the caller, who has
// a clock.
func Search(ctx context.Context, q Question, on contract.Date, from Sources) (Answer, error) {
	if q.Near == nil && len(q.States) == 0 && strings.TrimSpace(q.Name) == "" {
		return Answer{}, contract.Problems{{Message: `one of near, states and name is required; write "near": {"zip": "02139", "miles": 50}, "states": ["MA"] or "name": "marsh"`}}
	}
	s, err := begin(ctx, q, on, from)
	if err != nil {
		return Answer{}, err
	}
	found, err := from.Directory.Find(ctx, s.query)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Total: found.Total, Data: from.Directory.Data(), Experts: []Expert{}, Proposed: s.proposed}
	if a.Data == nil {
		a.Data = map[string]string{}
	}
	for i := range found.Matches {
		a.Experts = append(a.Experts, s.expert(&found.Matches[i]))
	}
	checks := s.judge(found, a.Experts)
	tell(a.Experts, checks)
	a.Findings = s.findings(checks, a.Experts)
	return a, nil
}

// Weigh says of one profile what Search would say of it: the fit with its parts, the
// ties, the stops. What was found by no search has no distance.
func Weigh(ctx context.Context, q Question, p Profile, on contract.Date, from Sources) (Expert, error) {
	s, err := begin(ctx, q, on, from)
	if err != nil {
		return Expert{}, err
	}
	m := Match{Profile: p, Measures: s.measure(&p)}
	m.Score = s.query.Weights.Score(m.Measures)
	es := []Expert{s.expert(&m)}
	tell(es, s.judge(Found{Total: 1}, es))
	return es[0], nil
}

// search is one question on its way.
type search struct {
	q        Question
	on       contract.Date
	from     Sources
	query    Query
	proposed []Proposal
	state    string // where the patient is
	unknown  bool   // the first doctor is in no file

	fit   finding.Verdict // what the rules say of the fit and the condition
	parts map[string]finding.Fired
}

func begin(ctx context.Context, q Question, on contract.Date, from Sources) (*search, error) {
	if !q.On.IsZero() {
		on = q.On
	}
	// A directory at a path may have no file, or a damaged one: that is told before a word
	// of the question is called wrong.
	if d, ok := from.Directory.(interface{ Err() error }); ok {
		if err := d.Err(); err != nil {
			return nil, err
		}
	}
	s := &search{q: q, on: on, from: from}
	if err := s.validate(); err != nil {
		return nil, err
	}
	s.resolve()
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// validate checks what the tags cannot say.
func (s *search) validate() error {
	var ps contract.Problems
	if err := contract.Validate(s.q); err != nil {
		ps = append(ps, err.(contract.Problems)...)
	}
	q := s.q
	if s.from.Lang != "en" && s.from.Lang != "es" {
		ps.Add("lang", "unknown value %q; one of en, es", s.from.Lang)
	}
	if q.Near != nil {
		s.near(*q.Near, &ps)
	}
	for i, state := range q.States {
		s.knownState(fmt.Sprintf("states[%d]", i), state, &ps)
	}
	s.knownState("patient_state", q.PatientState, &ps)
	if names, ok := s.from.Directory.(interface {
		Specialty(code string) (name string, ok bool)
	}); ok {
		for i, code := range q.Specialties {
			if _, known := names.Specialty(code); !known && len(code) == 10 {
				ps.Add(fmt.Sprintf("specialties[%d]", i), "there is no NUCC code %q in this directory; write one of the current list, such as 207RX0202X", code)
			}
		}
	}
	if f := q.IndependentOf; f != nil && !casefile.IsNPI(f.NPI) {
		ps.Add("independent_of.npi", "%q is not an NPI: its check digit does not fit; write the ten digits as the doctor's office gives them", f.NPI)
	}
	for i, npi := range q.ExcludeNPI {
		if len(npi) == 10 && !casefile.IsNPI(npi) {
			ps.Add(fmt.Sprintf("exclude_npi[%d]", i), "%q is not an NPI: its check digit does not fit; write the ten digits of the one to leave out", npi)
		}
	}
	if len(q.Independence) > 0 && q.IndependentOf == nil {
		ps.Add("independence", "needs the first doctor: write independent_of.npi, or leave independence out")
	}
	if q.Sort == "distance" && q.Near == nil {
		ps.Add("sort", "distance needs near: write near.zip and near.miles, or sort by fit")
	}
	if q.Telehealth && q.PatientState == "" && q.Near == nil {
		ps.Add("patient_state", "telehealth needs the state where the patient sits during the visit; write its two letters, or near.zip")
	}
	if q.Role != "" && q.ConditionICD == "" {
		ps.Add("role", "chooses among what is proposed for a condition; write condition_icd10 too, or name specialties alone")
	}
	if len(strings.TrimSpace(q.Name)) > 100 {
		ps.Add("name", "longer than 100 signs; write the beginning of the last name")
	}
	return ps.OrNil()
}

func (s *search) near(n Near, ps *contract.Problems) {
	switch {
	case n.ZIP == "":
		ps.Add("near.zip", "required with near; write five digits")
	case len(n.ZIP) == 5:
		if _, _, ok := s.from.Directory.ZIP(n.ZIP); !ok {
			ps.Add("near.zip", "there is no ZIP code %q in this directory; write one near by, or states instead", n.ZIP)
		}
	}
	if math.IsNaN(n.Miles) {
		ps.Add("near.miles", "must be a number from 1 to 500")
	}
}

func (s *search) knownState(field, state string, ps *contract.Problems) {
	if len(state) == 2 && strings.ToUpper(state) == state && !slices.Contains(casefile.States, state) {
		ps.Add(field, "there is no state %q; write two letters, such as CA", state)
	}
}

// ready makes the query: nothing is left to look up after it.
func (s *search) ready(ctx context.Context) error {
	q := s.q
	s.query = Query{
		Codes: s.codes(), States: q.States, Kind: q.Kind, Name: strings.TrimSpace(q.Name), Telehealth: q.Telehealth, Levels: q.Independence, Limits: s.tieLimits(),
		HCPCS: q.HCPCS, Certified: q.CertifiedOnly, Without: q.ExcludeNPI, Medicare: strings.HasPrefix(q.PlanKind, "medicare_"), Day: s.on.String(),
		ByDistance: q.Sort == "distance", Limit: q.Limit, Skip: q.Offset,
	}
	if q.Limit == 0 {
		s.query.Limit = defaultLimit
	}
	s.state = q.PatientState
	if q.Near != nil {
		centre, state, _ := s.from.Directory.ZIP(q.Near.ZIP)
		s.query.Centre, s.query.Miles = &centre, q.Near.Miles
		if s.state == "" {
			s.state = state
		}
	}
	if q.Telehealth {
		s.query.Licensed = s.state
	}
	if q.Network != nil {
		if s.from.Network == nil {
			return contract.Problems{{Field: "network", Message: "no network can be opened here; leave it out"}}
		}
		members, err := s.from.Network(*q.Network)
		if err != nil {
			return contract.Problems{{Field: "network", Message: "the network file cannot be opened; write the path of a file made by `consilium network build`"}}
		}
		s.query.Members = members
	}
	if q.IndependentOf != nil {
		first, err := s.from.Directory.Profile(ctx, q.IndependentOf.NPI)
		switch {
		case err == nil:
			s.query.First = &first
			if len(s.query.Levels) == 0 {
				s.query.Levels = []Level{Independent, Caution, Unknown}
			}
		case fault.Is(err, fault.NotFound):
			s.unknown = true
			s.query.Without = append(slices.Clone(s.query.Without), q.IndependentOf.NPI)
		default:
			return err
		}
	}
	s.query.Weights = s.weights()
	return nil
}
