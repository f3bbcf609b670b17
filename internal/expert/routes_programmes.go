package expert

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Programme is one remote second-opinion programme: what it asks and gives, and
// whether it would take this patient. The rows know its own published terms and
// nothing of how good it is.
type Programme struct {
	ID      string // "danafarber": the middle of its rules' ids
	Name    string
	Start   string // who may start it: patient, doctor, either, member
	Takes   Reply  // Yes by its published terms, No by one of them, ToConfirm where one is open
	Grounds []Hurdle
	Lacks   []string // the facts that would settle what is open, such as doctor.signs
	Notes   []finding.Finding

	Price   Fee
	Clock   Wait
	For     string   // whom it takes, in its own terms
	Records []string // what it wants to have
	Deliver string   // what the person gets
	After   string   // what comes after that
	Basis   string   // read, claim, memory, old: how we know
	AsOf    string   // "2026-11" or "2015"
	Profile finding.Finding
}

// Hurdle is why a programme does not take the patient, or may not.
type Hurdle struct {
	No bool // it does not; else it must be asked
	finding.Finding
}

// Fee is what a programme costs the patient.
type Fee struct {
	Kind      string // known, free, member (somebody else pays), quote, unknown; "" where nothing is said
	Low, High contract.Money
	Basis     string
	AsOf      string
	Says      finding.Finding
}

// Known tells whether there is an amount.
func (f Fee) Known() bool { return f.Kind == "known" || f.Kind == "free" || f.Kind == "member" }

// Wait is how long a programme takes.
type Wait struct {
	Low, High int
	Unit      string // business or calendar; "" where nothing is said
	Event     string // from when it counts: records, rereads, accepted, unsaid
	Basis     string
	AsOf      string
	Says      finding.Finding
}

// Known tells whether there is a number of days.
func (w Wait) Known() bool { return w.Unit != "" }

// Most is the wait in days of the calendar, weekends counted and holidays not: the
// most that the programme names, so that two units stand on one scale.
func (w Wait) Most() int {
	if w.Unit != "business" {
		return w.High
	}
	const week, weekend = 5, 2 // days
	return w.High + weekend*((w.High+week-1)/week)
}

// Programmes gives every programme with whether it would take the patient: first those
// that would by all that they publish, then those that must be asked, then those that
// would not. Among equals the name decides and nothing else.
func Programmes(s Situation, on contract.Date, lang string, rules RouteRules) []Programme {
	verdict := rules.Judge("programmes", s.facts(), on, lang)
	all := map[string]*Programme{}
	for _, f := range verdict.Fired {
		id := programmeOf(f.Rule)
		p := all[id]
		if p == nil {
			p = &Programme{ID: id, Takes: Yes}
			all[id] = p
		}
		p.add(f)
	}
	for _, u := range verdict.Undecided {
		id := programmeOf(u.Rule)
		p := all[id]
		if p == nil || u.Kind != "no" && u.Kind != "ask" {
			continue
		}
		for _, fact := range u.Missing {
			if fact != "diagnosis.text" && !slices.Contains(p.Lacks, fact) {
				p.Lacks = append(p.Lacks, fact)
			}
		}
		if p.Takes == Yes {
			p.Takes = ToConfirm
		}
	}
	out := make([]Programme, 0, len(all))
	for _, p := range all {
		if p.Name == "" {
			continue // rows about a programme that no row describes on this day
		}
		if p.Takes == No {
			p.Lacks = nil // whatever the rest, it does not take them
		}
		slices.SortStableFunc(p.Grounds, func(a, b Hurdle) int { return cmp.Compare(a.rank(), b.rank()) })
		out = append(out, *p)
	}
	SortProgrammes(out, "")
	return out
}

// programmeOf names the programme of a rule: PRG-UCSF-NO2 is of "ucsf".
func programmeOf(rule string) string {
	_, rest, _ := strings.Cut(rule, "-")
	id, _, _ := strings.Cut(rest, "-")
	return strings.ToLower(id)
}

func (h Hurdle) rank() int {
	if h.No {
		return 0
	}
	return 1
}

func (p *Programme) add(f finding.Fired) {
	switch f.Kind {
	case "programme":
		p.Name, p.Start, p.Basis, p.AsOf = f.Sets["name"], f.Sets["start"], f.Sets["basis"], f.Sets["as_of"]
		p.For, p.Deliver, p.After, p.Records, p.Profile = f.Words["for"], f.Words["deliver"], f.Words["after"], f.Items, f.Finding
		if !f.Decides && p.Takes == Yes {
			p.Takes = ToConfirm
		}
	case "price":
		p.Price = Fee{
			Kind: f.Sets["price"], Low: contract.Money(f.Numbers["low"]), High: contract.Money(f.Numbers["high"]),
			Basis: f.Sets["basis"], AsOf: f.Sets["as_of"], Says: f.Finding,
		}
	case "clock":
		p.Clock = Wait{
			Low: f.Numbers["low"], High: f.Numbers["high"], Unit: f.Sets["unit"], Event: f.Sets["event"],
			Basis: f.Sets["basis"], AsOf: f.Sets["as_of"], Says: f.Finding,
		}
	case "no", "ask":
		h := Hurdle{No: f.Kind == "no" && f.Decides, Finding: f.Finding}
		p.Grounds = append(p.Grounds, h)
		if h.No {
			p.Takes = No
		} else if p.Takes == Yes {
			p.Takes = ToConfirm
		}
	case "note":
		p.Notes = append(p.Notes, f.Finding)
	}
}

// The orders in which programmes can be shown.
const (
	ByPrice = "price" // what costs least first; what is not known last
	BySpeed = "speed" // what is there soonest first; what is not known last
)

// SortProgrammes puts programmes in an order. Those that do not take the patient stay
// last, whatever they cost.
func SortProgrammes(ps []Programme, by string) {
	standing := map[Reply]int{Yes: 0, ToConfirm: 1, No: 2}
	measure := func(p Programme) int {
		switch {
		case p.Takes == No:
			return math.MaxInt
		case by == ByPrice && p.Price.Known():
			return int(p.Price.High)
		case by == BySpeed && p.Clock.Known():
			return p.Clock.Most()
		}
		return math.MaxInt - 1
	}
	slices.SortFunc(ps, func(a, b Programme) int {
		order := cmp.Compare(standing[a.Takes], standing[b.Takes])
		if by == ByPrice || by == BySpeed {
			order = cmp.Or(cmp.Compare(measure(a), measure(b)), order)
		}
		return cmp.Or(order, cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
}
