package records

import (
	"slices"
	"strings"
	"time"

	"consilium/internal/clinical"
)

// clashes finds where two files speak against each other of one medicine: taken here
// and stopped there, another dose for the same day.
func (r medicineRow) clashes() []Contradiction {
	var said []statement
	for _, s := range r.all {
		switch s.fact.Evidence {
		case clinical.Given, clinical.Dispensed, clinical.Planned:
			continue // what was given once says nothing of the next day
		}
		if s.fact.Status != clinical.EnteredInError {
			said = append(said, s)
		}
	}
	var out []Contradiction
	if sides := stoppedElsewhere(said); len(sides) > 1 {
		out = append(out, Contradiction{"medicine", r.name(), sides})
	}
	if sides := otherDose(said); len(sides) > 1 {
		out = append(out, Contradiction{"dose", r.name(), sides})
	}
	return out
}

// stoppedElsewhere finds a medicine that one file calls active and another stopped.
// One that was begun after the stop was only begun again. The sayings are in order of
// time.
func stoppedElsewhere(said []statement) []Witness {
	stops := map[string]statement{} // of each file the last stop
	for _, s := range said {
		if !stopped(s.fact) {
			continue
		}
		old, had := stops[s.said.File]
		if !had || stopDay(old.fact) != "" && (stopDay(s.fact) == "" || clinical.CompareDates(stopDay(s.fact), stopDay(old.fact)) > 0) {
			stops[s.said.File] = s
		}
	}
	var taken, against []statement
	for _, a := range slices.Backward(said) { // the newest speaks for its file
		if meaning(a.fact) != "active" || stopped(a.fact) {
			continue
		}
		for _, file := range sortedKeys(stops) {
			b := stops[file]
			end := stopDay(b.fact)
			if file != a.said.File && (a.fact.Date == "" || end == "" || clinical.CompareDates(day(a.fact.Date), end) <= 0) {
				taken, against = addSide(taken, a), addSide(against, b)
			}
		}
	}
	slices.SortFunc(taken, inTime)
	slices.SortFunc(against, inTime)
	var out []Witness
	for _, s := range append(taken, against...) {
		s.said.Says = s.fact.Status
		out = append(out, s.said)
	}
	return out
}

// stopped tells what speaks against taking a medicine: also a pause, and an order not
// to take it.
func stopped(f clinical.Fact) bool {
	switch meaning(f) {
	case "stopped", "refuted":
		return true
	}
	return saysOne(strings.ToLower(f.Status), []string{"do-not-perform", "on-hold", "held"})
}

// stopDay is the day of a stop as far as it is written.
func stopDay(f clinical.Fact) string {
	if f.End != "" {
		return day(f.End)
	}
	return day(f.Date)
}

// addSide keeps one saying of each file.
func addSide(list []statement, s statement) []statement {
	if slices.ContainsFunc(list, func(o statement) bool { return o.said.File == s.said.File }) {
		return list
	}
	return append(list, s)
}

func sortedKeys(m map[string]statement) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// mostDoses is how many sayings of one medicine are compared by their doses, the
// newest: more than that no list of a person's medicines has.
const mostDoses = 300

// otherDose finds two files that give another dose for the same day.
func otherDose(said []statement) []Witness {
	type dosed struct {
		statement
		dose     dose
		from, to time.Time
	}
	var all []dosed
	for _, s := range said {
		d := doseOf(s.fact.Detail)
		from, to, ok := surely(s.fact)
		if ok && d.known() && !stopped(s.fact) {
			all = append(all, dosed{s, d, from, to})
		}
	}
	all = all[max(0, len(all)-mostDoses):]
	var sides []statement
	for i, a := range all {
		for _, b := range all[:i] {
			if a.said.File != b.said.File && !a.from.After(b.to) && !b.from.After(a.to) && a.dose.differs(b.dose) {
				for _, s := range []statement{b.statement, a.statement} {
					if !slices.ContainsFunc(sides, func(o statement) bool {
						return o.said.File == s.said.File && fold(o.fact.Detail) == fold(s.fact.Detail)
					}) {
						sides = append(sides, s)
					}
				}
			}
		}
	}
	slices.SortFunc(sides, inTime)
	var out []Witness
	for _, s := range sides {
		s.said.Says = s.fact.Detail
		out = append(out, s.said)
	}
	return out
}

// surely gives the days on which a saying certainly speaks of the medicine, false
// where there are none: of a date known to the year alone no day is certain.
func surely(f clinical.Fact) (from, to time.Time, ok bool) {
	first, from, ok := span(f.Date)
	if !ok {
		return from, to, false
	}
	to, _, ended := span(f.End)
	switch {
	case ended:
	case f.End == "" && meaning(f) == "active":
		to = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	case first.Equal(from):
		to = from
	default:
		return from, to, false
	}
	return from, to, !to.Before(from)
}

// takenInSpite finds a file which says that no medicines are taken beside one that
// names some.
func takenInSpite(rows []medicineRow, none []statement) []Contradiction {
	var out []Contradiction
	for _, n := range none {
		if noMedicine(n.fact) != "none" || n.fact.Status == clinical.EnteredInError {
			continue
		}
		sides := []Witness{}
		for _, r := range rows {
			for _, s := range slices.Backward(r.all) {
				f := s.fact
				switch f.Evidence {
				case clinical.Given, clinical.Dispensed, clinical.Planned:
					continue
				}
				before := n.fact.Date == "" || f.Date == "" || clinical.CompareDates(day(f.Date), day(n.fact.Date)) <= 0
				after := f.End == "" || n.fact.Date == "" || clinical.CompareDates(day(f.End), day(n.fact.Date)) >= 0
				if s.said.File != n.said.File && meaning(f) == "active" && before && after {
					s.said.Says = f.Text
					sides = append(sides, s.said)
					break
				}
			}
		}
		if len(sides) == 0 {
			continue
		}
		n.said.Says = n.fact.Text
		out = append(out, Contradiction{"no_medicine", "", append([]Witness{n.said}, sides...)})
	}
	return out
}
