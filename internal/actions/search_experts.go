package actions

import (
	"context"
	"encoding/base64"
	"maps"
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/expert"
	"consilium/internal/fault"
)

// ExpertsPerPage is how many of those found are shown at once.
const ExpertsPerPage = 10

// ExpertPage is one page of those found.
type ExpertPage struct {
	Answer expert.Answer
	Keys   []string // stands for each expert in an address of this case
	Page   int      // from 1
	Pages  int
	Centre *expert.Centre // of the ZIP that was named; nil without one
}

// Networks are the plan networks that the operator has installed.
type Networks interface {
	Names() []string                          // as people call them
	Open(name string) (expert.Members, error) // NotFound when there is none of this name

	// Says gives what a network says of one clinician by NPI; NotFound as above.
	Says(name, npi string) (expert.PlanSays, error)
}

// PlanNetworks are the names of the plan networks that can be searched in.
func (h *House) PlanNetworks() []string {
	if h.Networks == nil {
		return nil
	}
	return h.Networks.Names()
}

// HasDirectory tells whether there is a directory of clinicians to search now.
func (h *House) HasDirectory() bool { return h.Directory != nil && len(h.Directory.Data()) > 0 }

// KeepExpertSearch saves whom the person looks for, so that the search is there again
// after a lost connection, on another machine and tomorrow.
func (h *House) KeepExpertSearch(ctx context.Context, who casefile.Person, c *casefile.Case, wish expert.Wish, from casefile.Version) error {
	if err := wish.Check(); err != nil {
		return err
	}
	return h.save(ctx, who, c, casefile.Change{Verb: "search_experts", Drafts: []casefile.Draft{{Ref: expert.SearchRef, From: from, Body: wish}}})
}

// SearchExperts looks in the directory for whom the person wishes, and gives one page.
// Nothing is written: neither the question nor the answer leaves the house. NotFound
// when the installation has no directory.
func (h *House) SearchExperts(ctx context.Context, c *casefile.Case, wish expert.Wish, page int, lang string) (ExpertPage, error) {
	if !h.HasDirectory() {
		return ExpertPage{}, fault.New(fault.NotFound, "fault.not_found")
	}
	if err := wish.Check(); err != nil {
		return ExpertPage{}, err
	}
	p := ExpertPage{Page: max(page, 1)}
	if wish.ZIP != "" {
		centre, _, ok := h.Directory.ZIP(wish.ZIP)
		if !ok {
			return p, fault.New(fault.Invalid, "expert.search.no_zip").On("zip")
		}
		p.Centre = &centre
	}
	q, err := h.expertQuestion(c, wish, lang)
	if err != nil {
		return p, err
	}
	q.Limit, q.Offset = ExpertsPerPage, (p.Page-1)*ExpertsPerPage
	before := h.Now()
	if p.Answer, err = expert.Search(ctx, q, q.On, h.expertSources(lang)); err != nil {
		return p, err
	}
	p.Answer.TookUS = h.Now().Sub(before).Microseconds()
	p.Pages = (p.Answer.Total + ExpertsPerPage - 1) / ExpertsPerPage
	var npis []string
	for _, e := range p.Answer.Experts {
		npis = append(npis, e.NPI)
	}
	p.Keys, err = h.hideNPIs(ctx, c, npis)
	return p, err
}

// expertQuestion puts what the case knows beside what the person wishes: the first
// doctor, the plan, where the patient sits during a video visit.
func (h *House) expertQuestion(c *casefile.Case, wish expert.Wish, lang string) (expert.Question, error) {
	on, err := contract.ParseDate(h.today())
	if err != nil {
		return expert.Question{}, err
	}
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return expert.Question{}, err
	}
	plan, _, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil {
		return expert.Question{}, err
	}
	proposed, err := h.ProposeExperts(c, lang)
	if err != nil {
		return expert.Question{}, err
	}
	wish = wish.Fitting(proposed)
	q := expert.Question{On: on, Specialties: wish.Codes(proposed), Name: wish.Name, Telehealth: wish.Video, PatientState: p.Patient.State, Sort: wish.Sort}
	if wish.ZIP != "" {
		q.Near = &expert.Near{ZIP: wish.ZIP, Miles: float64(wish.Miles)}
	} else if wish.State != "" {
		q.States = []string{wish.State}
	}
	if q.Near == nil && q.Sort == "distance" {
		q.Sort = "fit"
	}
	if slices.Contains(h.PlanNetworks(), wish.Network) {
		q.Network = &wish.Network // one that was taken away limits nothing: the page shows that none is chosen
	}
	if casefile.IsNPI(p.FirstDoctor.NPI) {
		if wish.Ties == expert.NoTies {
			q.Independence = []expert.Level{expert.Independent}
		}
		q.IndependentOf, q.ExcludeNPI = &expert.First{NPI: p.FirstDoctor.NPI}, []string{p.FirstDoctor.NPI}
	}
	if q.Telehealth && q.PatientState == "" && q.Near == nil {
		q.Telehealth = false // nobody knows where the patient would sit
	}
	works, err := h.ExpertWorks(c, lang)
	if err != nil {
		return expert.Question{}, err
	}
	q.HCPCS = expert.HCPCS(expert.Chosen(works, wish))
	if kind := plan.Input.Plan.Kind; kind == "medicare_original" || kind == "medicare_advantage" {
		q.PlanKind = kind
	}
	return q, nil
}

// expertSources are where an answer on experts comes from.
func (h *House) expertSources(lang string) expert.Sources {
	from := expert.Sources{Book: h.Rules, Directory: h.Directory, Lang: lang}
	if h.Networks != nil {
		from.Network = h.Networks.Open
	}
	return from
}

// ProposeExperts gives the fields of work that the rules propose for the case's
// diagnosis, each with why. It needs no directory.
func (h *House) ProposeExperts(c *casefile.Case, lang string) ([]expert.Proposed, error) {
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return nil, err
	}
	on, err := contract.ParseDate(h.today())
	if err != nil {
		return nil, err
	}
	var age *int
	if born, err := contract.ParseDate(p.Patient.BirthDate); err == nil {
		n := born.AgeOn(on)
		age = &n
	}
	return expert.Propose(p.Diagnosis.ICD10, age, on, h.expertSources(lang)), nil
}

// ExpertWorks gives all that can be counted in Medicare's file, what the rules propose
// for the case's diagnosis first. It needs no directory.
func (h *House) ExpertWorks(c *casefile.Case, lang string) ([]expert.Work, error) {
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return nil, err
	}
	on, err := contract.ParseDate(h.today())
	if err != nil {
		return nil, err
	}
	return expert.Works(p.Diagnosis.ICD10, on, h.expertSources(lang)), nil
}

// hideNPIs seals each NPI with the case's key: an NPI in an address would say which
// doctors a patient looks at.
func (h *House) hideNPIs(ctx context.Context, c *casefile.Case, npis []string) ([]string, error) {
	if len(npis) == 0 {
		return nil, nil
	}
	key, err := h.Cases.Key(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, npi := range npis {
		sealed, err := key.Seal([]byte(npi), hiddenNPI)
		if err != nil {
			return nil, err
		}
		out = append(out, base64.RawURLEncoding.EncodeToString(sealed))
	}
	return out, nil
}

var hiddenNPI = []byte("expert.person")

// NPIOf opens what stood for an expert in an address of this case. NotFound for
// anything else.
func (h *House) NPIOf(ctx context.Context, c *casefile.Case, hidden string) (string, error) {
	none := fault.New(fault.NotFound, "fault.not_found")
	sealed, err := base64.RawURLEncoding.DecodeString(hidden)
	if err != nil {
		return "", none.Because(err)
	}
	key, err := h.Cases.Key(ctx, c.ID)
	if err != nil {
		return "", err
	}
	npi, err := key.Open(sealed, hiddenNPI)
	if err != nil || !casefile.IsNPI(string(npi)) {
		return "", none.Because(err)
	}
	return string(npi), nil
}

// LookAtExpert gives everything that the public files say of one, weighed as in the
// saved search.
func (h *House) LookAtExpert(ctx context.Context, c *casefile.Case, npi, lang string) (*expert.Snapshot, error) {
	if !h.HasDirectory() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	profile, err := h.Directory.Profile(ctx, npi)
	if err != nil {
		return nil, err
	}
	e, err := h.weighExpert(ctx, c, profile, lang)
	if err != nil {
		return nil, err
	}
	return expert.Keep(e, h.Directory.Data(), h.today(), lang), nil
}

// RereadExpert gives what is kept of a candidate in a person's language. The sentences
// are made anew only from the same public files: else what was known then stays.
func (h *House) RereadExpert(ctx context.Context, c *casefile.Case, s expert.Snapshot, lang string) expert.Snapshot {
	s.Expert.Profile = s.Profile
	if s.Lang == lang || !h.HasDirectory() || s.Profile == nil || !maps.Equal(s.Data, h.Directory.Data()) {
		return s
	}
	e, err := h.weighExpert(ctx, c, *s.Profile, lang)
	if err != nil {
		return s // in another language, and right
	}
	s.Expert, s.Lang = e, lang
	return s
}

func (h *House) weighExpert(ctx context.Context, c *casefile.Case, profile expert.Profile, lang string) (expert.Expert, error) {
	wish, _, err := casefile.Read[expert.Wish](c, expert.SearchRef)
	if err != nil {
		return expert.Expert{}, err
	}
	q, err := h.expertQuestion(c, wish, lang)
	if err != nil {
		return expert.Expert{}, err
	}
	q.ExcludeNPI, q.Network = nil, nil
	if q.Near != nil {
		if _, _, ok := h.Directory.ZIP(q.Near.ZIP); !ok {
			q.Near, q.Sort = nil, "" // an older directory knew it
		}
	}
	e, err := expert.Weigh(ctx, q, profile, q.On, h.expertSources(lang))
	e.Profile = &profile
	return e, err
}

// AddExpert puts one of the directory on the shortlist with what is known of them, and
// gives the candidate's id. One who is there already stays as they are.
func (h *House) AddExpert(ctx context.Context, who casefile.Person, c *casefile.Case, npi, lang string) (string, error) {
	list, version, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(list.Candidates, func(x expert.Candidate) bool { return x.Doctor.NPI == npi })
	if i >= 0 && !list.Candidates[i].Gone && list.Candidates[i].Found != nil {
		return list.Candidates[i].ID, nil
	}
	found, err := h.LookAtExpert(ctx, c, npi, lang)
	if err != nil {
		return "", err
	}
	candidate := expert.FromDirectory(*found)
	if i >= 0 {
		had := list.Candidates[i]
		had.Gone, had.Found = false, found
		candidate = had
	}
	return h.ShortlistExpert(ctx, who, c, candidate, version)
}
