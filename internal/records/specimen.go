package records

import (
	"cmp"
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/contract"
)

// SpecimenKind is the kind of document of one loan of slides or blocks: several in a
// case, each by its id.
const SpecimenKind casefile.Kind = "specimen"

// SpecimenRef is where one loan lies.
func SpecimenRef(id string) casefile.Ref { return casefile.Ref{Kind: SpecimenKind, Name: id} }

// Specimen is tissue that a laboratory lends: what of it, who has it now, and by when it
// goes back. Slides and blocks cannot be made twice, so each hand that they pass through
// is written down and never changed.
type Specimen struct {
	ID        string `json:"id"`
	Lab       string `json:"lab"`  // whose they are
	What      string `json:"what"` // what was taken, from where
	Accession string `json:"accession,omitempty"`
	Slides    string `json:"slides,omitempty"` // how many, with their numbers: "4 (A1, A2, B1, B2)"
	Blocks    string `json:"blocks,omitempty"`
	DueBack   string `json:"due_back,omitempty"` // YYYY-MM-DD, as the laboratory says
	Moves     []Move `json:"moves,omitempty"`
}

// How a specimen moves, in the order of a loan.
const (
	Left     = "left"     // the laboratory gave it out
	Arrived  = "arrived"  // it came to the second laboratory
	SentBack = "returned" // it was sent back
	Home     = "home"     // it is back with the laboratory
)

// MoveKinds lists them.
var MoveKinds = []string{Left, Arrived, SentBack, Home}

// Conditions lists how it can come.
var Conditions = []string{"good", "broken", "missing", "not_checked"}

// Move is one hand-over.
type Move struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"`
	On        string `json:"on"`
	From      string `json:"from,omitempty"`
	To        string `json:"to,omitempty"`
	Courier   string `json:"courier,omitempty"`
	Tracking  string `json:"tracking,omitempty"`
	Condition string `json:"condition,omitempty"`
	Note      string `json:"note,omitempty"`
}

// InOrder gives the hand-overs by day; those of one day stay as they were written.
func (s Specimen) InOrder() []Move {
	all := slices.Clone(s.Moves)
	slices.SortStableFunc(all, func(a, b Move) int { return cmp.Compare(a.On, b.On) })
	return all
}

// Out tells whether it is away from its laboratory.
func (s Specimen) Out() bool {
	all := s.InOrder()
	return len(all) > 0 && all[len(all)-1].Kind != Home
}

// Back gives the day on which it is due back, zero when it is not out. Where the
// laboratory named no day it is the day on which we ask, counted from the day it left.
func (s Specimen) Back(on contract.Date, book Book) (due contract.Date, named bool) {
	if !s.Out() {
		return contract.Date{}, false
	}
	if d, err := contract.ParseDate(s.DueBack); err == nil {
		return d, true
	}
	left, err := contract.ParseDate(s.InOrder()[0].On)
	if err != nil {
		return contract.Date{}, false
	}
	for _, f := range book.Judge(RequestTopic, map[string]any{"specimen.lent": true}, on, "en").Fired {
		if f.Kind == "loan" { // our own proposal: it decides nothing but when we ask
			return left.AddDays(f.Numbers["days"]), false
		}
	}
	return contract.Date{}, false
}

// Check lists what is wrong with a loan, each fault on its field.
func (s Specimen) Check() error {
	k := &checking{}
	k.need("lab", s.Lab)
	k.need("what", s.What)
	for field, v := range map[string]string{"lab": s.Lab, "what": s.What, "accession": s.Accession, "slides": s.Slides, "blocks": s.Blocks} {
		k.short(field, v, RequestLine)
	}
	return k.faults.OrNil()
}

// Check lists what is wrong with a hand-over, each fault on its field.
func (m Move) Check(today string) error {
	k := &checking{}
	k.need("kind", m.Kind)
	k.oneOf("kind", m.Kind, MoveKinds)
	k.oneOf("condition", m.Condition, Conditions)
	if m.On == "" {
		k.add("form.date.required", "on")
	}
	k.past("on", m.On, today)
	for field, v := range map[string]string{"from": m.From, "to": m.To, "courier": m.Courier, "tracking": m.Tracking, "note": m.Note} {
		k.short(field, v, RequestLine)
	}
	return k.faults.OrNil()
}
