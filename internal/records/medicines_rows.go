package records

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"consilium/internal/clinical"
)

// medicineRow is all that is said of what is certainly one medicine, in order: the
// oldest first, the undated last.
type medicineRow struct {
	id    string
	rx    []string
	names []string // each way of writing it, made alike
	all   []statement
}

const rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"

// medicineRows sorts every saying about a medicine by which medicine it is, and gives
// apart those which say that there is none. The order of the files plays no part.
func medicineRows(files []File) (rows []medicineRow, none []statement) {
	by := map[string]*medicineRow{}
	for _, s := range medicineSayings(files) {
		if noMedicine(s.fact) != "" {
			none = append(none, s)
			continue
		}
		key, rx := medicineKey(s.fact)
		r := by[key]
		if r == nil {
			r = &medicineRow{id: s.fact.ID, rx: rx}
			by[key] = r
		}
		r.id = min(r.id, s.fact.ID)
		r.all = append(r.all, s)
		for _, n := range namesOf(s.fact) {
			if i, had := slices.BinarySearch(r.names, n); !had {
				r.names = slices.Insert(r.names, i, n)
			}
		}
	}
	for _, r := range joinedByName(by) {
		slices.SortFunc(r.all, inTime)
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(a, b medicineRow) int { return cmp.Compare(a.id, b.id) })
	slices.SortFunc(none, inTime)
	return rows, none
}

// inTime orders sayings, the same whatever the order of the files.
func inTime(a, b statement) int {
	return cmp.Or(clinical.CompareDates(a.fact.Date, b.fact.Date), cmp.Compare(a.fact.Date, b.fact.Date), cmp.Compare(a.fact.ID, b.fact.ID))
}

// medicineSayings gives every saying about a medicine in the files that are the
// patient's, also those that were withdrawn. One file that lies in two archives speaks
// once.
func medicineSayings(files []File) []statement {
	at := map[string]int{}
	var out []statement
	for _, f := range files {
		f.Piece.Each(func(p Piece) {
			for _, x := range p.Used {
				if x.Kind != clinical.Medication || x.Superseded != "" {
					continue
				}
				s := statement{x, Witness{Top: p.Top, File: p.SHA256, Name: base(p.Name), Fact: x.ID, Says: x.Status, Date: x.Date, Who: x.Who, Place: x.Source}}
				if i, had := at[x.ID]; had {
					if p.Top < out[i].said.Top {
						out[i] = s
					}
					continue
				}
				at[x.ID] = len(out)
				out = append(out, s)
			}
		})
	}
	return out
}

// noMedicine tells what is no medicine but says that there is none ("none"), or that
// nothing is known ("unknown").
func noMedicine(f clinical.Fact) string {
	text := fold(f.Text)
	code := func(c string) bool {
		return slices.ContainsFunc(f.Codes, func(x clinical.Code) bool { return x.Code == c })
	}
	starts := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(text, w) })
	}
	switch {
	case code("no-medication-info"), starts("no information about medic", "medication information not available"):
		return "unknown"
	case code("no-known-medications"), code("787481004"), starts("no known medic", "no current medic", "no medications", "not taking any medic", "patient takes no medic"):
		return "none"
	}
	return ""
}

// medicineKey is what two sayings share that are certainly of one medicine: all their
// RxNorm codes, else all their other codes, else the words.
func medicineKey(f clinical.Fact) (key string, rx []string) {
	var other []string
	for _, c := range f.Codes {
		switch {
		case c.Code == "":
		case plainSystem(c.System) == rxnorm:
			rx = append(rx, c.Code)
		case c.System != "":
			other = append(other, plainSystem(c.System)+"|"+c.Code)
		}
	}
	once := func(all []string) []string {
		slices.Sort(all)
		return slices.Compact(all)
	}
	rx = once(rx)
	switch name := medicineName(f.Text); {
	case len(rx) > 0:
		return "rx\x00" + strings.Join(rx, "\x00"), rx
	case len(other) > 0:
		return "code\x00" + strings.Join(once(other), "\x00"), nil
	case name != "":
		return "name\x00" + name, nil
	}
	return "id\x00" + f.ID, nil // without a name and a code it is like no other
}

var (
	apart    = regexp.MustCompile(`([0-9])(mg|mcg|µg|μg|ug|g|ml|l|meq|mmol|units?|unt|iu|hr|actuat|%)\b`)
	strength = regexp.MustCompile(`[0-9][0-9.,]* (?:mg|mcg|g|ml|meq|mmol|units?|unt|iu|%)(?:/(?:[0-9.]+ ?)?[a-z]+)?`)
)

// medicineName makes two writings of one name alike: case, spaces, and how the
// microgram is written. It leaves out nothing.
func medicineName(s string) string {
	s = apart.ReplaceAllString(fold(s), "$1 $2")
	words := strings.Fields(s)
	for i, w := range words {
		switch w {
		case "µg", "μg", "ug":
			words[i] = "mcg"
		}
	}
	return strings.Join(words, " ")
}

// namesOf gives the ways in which a saying names its medicine.
func namesOf(f clinical.Fact) []string {
	var out []string
	if n := medicineName(f.Text); n != "" {
		out = append(out, n)
	}
	for _, c := range f.Codes {
		if n := medicineName(c.Display); n != "" && plainSystem(c.System) == rxnorm {
			out = append(out, n)
		}
	}
	return out
}

// strengths are the amounts that a name tells, such as 5 mg.
func strengths(name string) []string {
	all := strength.FindAllString(name, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

// joinedByName joins what has different codes, or none, where the words are the same
// and tell the strength: but never two that RxNorm tells apart.
func joinedByName(by map[string]*medicineRow) []*medicineRow {
	under := map[string][]string{}
	for key, r := range by {
		for _, n := range r.names {
			if len(strengths(n)) > 0 {
				under[n] = append(under[n], key)
			}
		}
	}
	names := make([]string, 0, len(under))
	for n, keys := range under {
		if len(keys) > 1 {
			slices.Sort(keys)
			names = append(names, n)
		}
	}
	slices.Sort(names)
	into := map[string]string{}
	root := func(key string) string {
		for into[key] != "" {
			key = into[key]
		}
		return key
	}
	for _, n := range names {
		var roots, coded []string
		for _, key := range under[n] {
			k := root(key)
			if slices.Contains(roots, k) {
				continue
			}
			roots = append(roots, k)
			if len(by[k].rx) > 0 {
				coded = append(coded, k)
			}
		}
		if len(coded) > 1 {
			// Which of the two it is, the words do not tell: those without codes are one
			// by themselves.
			roots = slices.DeleteFunc(roots, func(k string) bool { return len(by[k].rx) > 0 })
		}
		if len(roots) < 2 {
			continue
		}
		to := roots[0]
		if len(coded) == 1 {
			to = coded[0]
		}
		for _, k := range roots {
			if k != to {
				into[k] = to
				by[to].take(by[k])
			}
		}
	}
	var out []*medicineRow
	for key, r := range by {
		if into[key] == "" {
			out = append(out, r)
		}
	}
	return out
}

func (r *medicineRow) take(o *medicineRow) {
	r.id = min(r.id, o.id)
	r.all = append(r.all, o.all...)
	r.names = append(r.names, o.names...)
	slices.Sort(r.names)
	r.names = slices.Compact(r.names)
}

// name is the way in which the medicine is written most often, of several the longest:
// it says most.
func (r medicineRow) name() string {
	count := map[string]int{}
	for _, s := range r.all {
		if t := strings.TrimSpace(s.fact.Text); t != "" {
			count[t]++
		}
	}
	best := ""
	for n, c := range count {
		if best == "" || cmp.Or(cmp.Compare(c, count[best]), cmp.Compare(len(n), len(best)), cmp.Compare(best, n)) > 0 {
			best = n
		}
	}
	return best
}
