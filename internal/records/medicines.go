package records

import (
	"cmp"
	"slices"
	"strings"

	"consilium/internal/clinical"
)

// MedicineState is how a medicine, or one saying about it, stands on a day. It only
// sorts what the records say: it never tells what a person should take.
type MedicineState string

// How a medicine may stand, in the order in which they are shown.
const (
	MedicineDisputed  MedicineState = "disputed"  // one file says that it is taken, another that it is not
	MedicineTaking    MedicineState = "taking"    // said to be taken, and no last day has passed
	MedicinePaused    MedicineState = "paused"    // on hold
	MedicineUnclear   MedicineState = "unclear"   // too little is said, or it was to end on a day that has passed
	MedicineOver      MedicineState = "over"      // stopped or finished
	MedicineGiven     MedicineState = "given"     // somebody gave it: no more is said
	MedicineDispensed MedicineState = "dispensed" // a pharmacy handed it over: whether it was taken is not said
	MedicinePlanned   MedicineState = "planned"
	MedicineNotTaken  MedicineState = "not_taken" // refused, called off or never begun
	MedicineWithdrawn MedicineState = "withdrawn" // its own author wrote it in error
)

// MedicineStates lists the states, in the order in which they are shown.
var MedicineStates = []MedicineState{
	MedicineDisputed, MedicineTaking, MedicinePaused, MedicineUnclear, MedicineOver,
	MedicineGiven, MedicineDispensed, MedicinePlanned, MedicineNotTaken, MedicineWithdrawn,
}

// Medicine is one medicine with all that the records say of it. Two are one only where
// that is certain: the same RxNorm codes, else the same words.
type Medicine struct {
	ID      string   // the least id of its facts: it says nothing of the medicine
	Name    string   // as the records write it most often
	RxNorm  []string // its codes, if the records give any
	State   MedicineState
	Said    []MedicineSaid  // each different saying once, the oldest first, the undated last
	Bars    []MedicineBar   // when, as far as days are written; in order of their start
	Marks   []MedicineMark  // single days on which it was given or handed over, in order
	Clashes []Contradiction // where two files cannot both be right
	Perhaps []PerhapsSame
}

// MedicineSaid is one saying about a medicine, with every place that says the same in
// the same words.
type MedicineSaid struct {
	State    MedicineState
	Evidence clinical.Evidence
	Text     string // the medicine as written here
	Status   string // in the record's own word
	Date     string // as written; see Evidence for what it is the date of
	End      string
	Dose     string // how it is taken, as written
	Parts    []clinical.Component
	Sources  []Witness
}

// PerhapsSame is another medicine that may be this one; the records do not prove it.
type PerhapsSame struct {
	ID, Name string
	Why      string // code: they share one of several codes; name: one says less than the other; strength: the same name in another strength
	Opposed  bool   // the records say that one is taken and the other is not
}

// MedicineList is every medicine of a case.
type MedicineList struct {
	All  []Medicine // the disputed first, then what is taken
	None []Witness  // places which say that no medicines are taken, or that none are known of
}

// Medicines gives each medicine that the patient's files speak of, as it stands on a
// day (YYYY-MM-DD). What an author withdrew is in it, as withdrawn.
func Medicines(files []File, today string) MedicineList {
	rows, none := medicineRows(files)
	list := MedicineList{All: make([]Medicine, len(rows))}
	for _, n := range none {
		n.said.Says = n.fact.Text
		list.None = append(list.None, n.said)
	}
	for i, r := range rows {
		list.All[i] = r.medicine(today)
	}
	alike(list.All, rows)
	slices.SortFunc(list.All, func(a, b Medicine) int {
		return cmp.Or(cmp.Compare(slices.Index(MedicineStates, a.State), slices.Index(MedicineStates, b.State)),
			cmp.Compare(fold(a.Name), fold(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return list
}

func (r medicineRow) medicine(today string) Medicine {
	m := Medicine{ID: r.id, Name: r.name(), RxNorm: r.rx, Said: r.said(today), Clashes: r.clashes()}
	m.Bars, m.Marks = drawn(m.Said)
	m.State = standing(m)
	return m
}

// standing is how all the sayings stand together.
func standing(m Medicine) MedicineState {
	if slices.ContainsFunc(m.Clashes, func(c Contradiction) bool { return c.Kind == "medicine" }) {
		return MedicineDisputed
	}
	for _, s := range MedicineStates {
		if slices.ContainsFunc(m.Said, func(x MedicineSaid) bool { return x.State == s }) {
			return s
		}
	}
	return MedicineUnclear
}

// said puts the same sayings together and orders them.
func (r medicineRow) said(today string) []MedicineSaid {
	at := map[string]int{}
	var out []MedicineSaid
	for _, s := range r.all {
		f := s.fact
		key := strings.Join([]string{string(f.Evidence), f.Status, f.Date, f.End, fold(f.Text), fold(f.Detail), string(stateOf(f, today))}, "\x00")
		for _, c := range f.Components {
			key += "\x00" + c.Text + "\x00" + c.Value + "\x00" + c.Unit
		}
		i, had := at[key]
		if !had {
			i = len(out)
			at[key] = i
			out = append(out, MedicineSaid{
				State: stateOf(f, today), Evidence: f.Evidence, Text: f.Text, Status: f.Status, Date: f.Date, End: f.End, Dose: f.Detail, Parts: f.Components,
			})
		}
		out[i].Sources = append(out[i].Sources, s.said)
	}
	return out // r.all is in order, and so is this
}

// stateOf says how one saying stands on a day.
func stateOf(f clinical.Fact, today string) MedicineState {
	status := strings.ToLower(f.Status)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return within(status, w) })
	}
	past := endedBefore(f.End, today)
	switch {
	case status == clinical.EnteredInError:
		return MedicineWithdrawn
	case has("not-taken", "not-done", "do-not-perform", "refuted", "cancelled", "declined"):
		return MedicineNotTaken
	case f.Evidence == clinical.Planned, has("draft", "intended", "planned", "preparation", "new"):
		return MedicinePlanned
	case has("on-hold", "suspended", "held"):
		return MedicinePaused
	case f.Evidence == clinical.Given && !has("unknown"):
		return MedicineGiven
	case f.Evidence == clinical.Dispensed && !has("unknown", "stopped", "aborted", "in-progress"):
		return MedicineDispensed
	case has("stopped", "aborted", "discontinued", "inactive"):
		return MedicineOver
	case has("completed") && (past || !strings.HasPrefix(f.Source.Path, "ClinicalDocument")):
		// In a clinical document the word only says that the entry is complete; many
		// put it on everything in a list of what is taken.
		return MedicineOver
	case has("active", "in-progress", "confirmed") && !past:
		return MedicineTaking
	case past && status == "":
		return MedicineOver
	}
	return MedicineUnclear
}

// endedBefore tells whether a last day, as far as it is known, lies before a day.
func endedBefore(end, today string) bool {
	_, last, ok := span(end)
	if !ok {
		return false
	}
	_, now, ok := span(today)
	return ok && last.Before(now)
}
