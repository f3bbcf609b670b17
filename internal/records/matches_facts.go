package records

import (
	"cmp"
	"slices"
	"strings"

	"consilium/internal/clinical"
)

// Agreed is one fact with every place that says it.
type Agreed struct {
	clinical.Fact
	Sources []Witness // where it stands, the place of Fact itself first
}

// Witness is one place that says something.
type Witness struct {
	Top   string // SHA-256 of the received file
	File  string // SHA-256 of the very file, which may lie inside the other
	Name  string // of the file
	Fact  string // id of the fact, "" where the file itself says it
	Says  string // in the record's own words: a status, a value, a date
	Date  string
	Who   string
	Place clinical.Source
}

// Together gives what counts in this case, each fact once with all its sources: two
// facts are one when kind, code (or words), date and value are the same, the value
// also where it is written in another unit.
func Together(files []File) []Agreed {
	var out []Agreed
	at := map[string][]int{}
	each(files, func(f clinical.Fact, s Witness) {
		key := string(f.Kind) + "\x00" + codeKey(f) + "\x00" + day(f.Date)
		if f.Date == "" {
			key += f.ID // without a date it says too little to be told from another
		}
		for _, i := range at[key] {
			if oneFact(out[i].Fact, f) {
				if !slices.ContainsFunc(out[i].Sources, func(o Witness) bool { return o.Fact == s.Fact }) {
					out[i].Sources = append(out[i].Sources, s)
				}
				return
			}
		}
		at[key] = append(at[key], len(out))
		out = append(out, Agreed{f, []Witness{s}})
	})
	return out
}

// each goes through the standing facts that are the patient's, in every file.
func each(files []File, do func(clinical.Fact, Witness)) {
	for _, f := range files {
		f.Piece.Each(func(p Piece) {
			for _, x := range clinical.Standing(p.Used) {
				do(x, Witness{Top: p.Top, File: p.SHA256, Name: base(p.Name), Fact: x.ID, Date: x.Date, Who: x.Who, Place: x.Source})
			}
		})
	}
}

// oneFact compares two facts of one kind, code and day.
func oneFact(a, b clinical.Fact) bool {
	if len(a.Date) > 10 && len(b.Date) > 10 && clinical.CompareDates(a.Date, b.Date) != 0 {
		return false
	}
	if meaning(a) != meaning(b) || a.End != "" && b.End != "" && day(a.End) != day(b.End) || len(a.Components) != len(b.Components) {
		return false
	}
	if same, known := sameAmount(a.Value, a.Unit, b.Value, b.Unit); !known || !same {
		return false
	}
	for i, c := range a.Components {
		d := b.Components[i]
		if same, known := sameAmount(c.Value, c.Unit, d.Value, d.Unit); !known || !same || fold(c.Text) != fold(d.Text) {
			return false
		}
	}
	return true
}

// codeKey is what two facts about one thing share: the first code of a system that
// everybody uses, else the first code, else the words.
func codeKey(f clinical.Fact) string {
	for _, system := range []string{"http://loinc.org", "http://www.nlm.nih.gov/research/umls/rxnorm", "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/cvx"} {
		for _, c := range f.Codes {
			if plainSystem(c.System) == system && c.Code != "" {
				return system + "|" + c.Code
			}
		}
	}
	for _, c := range f.Codes {
		if c.Code != "" {
			return c.System + "|" + c.Code
		}
	}
	return fold(f.Text)
}

// plainSystem gives the URI of a code system that may be written as its OID.
func plainSystem(s string) string {
	switch strings.TrimPrefix(s, "urn:oid:") {
	case "2.16.840.1.113883.6.1":
		return "http://loinc.org"
	case "2.16.840.1.113883.6.88":
		return "http://www.nlm.nih.gov/research/umls/rxnorm"
	case "2.16.840.1.113883.6.96":
		return "http://snomed.info/sct"
	case "2.16.840.1.113883.6.90":
		return "http://hl7.org/fhir/sid/icd-10-cm"
	case "2.16.840.1.113883.12.292":
		return "http://hl7.org/fhir/sid/cvx"
	}
	return s
}

// meaning is a status as far as it turns what is said into its opposite.
func meaning(f clinical.Fact) string {
	s := strings.ToLower(f.Status)
	for _, m := range []struct {
		as    string
		words []string
	}{
		{"refuted", []string{"refuted", "negated", "ruled out", "not-done", "entered-in-error"}},
		{"stopped", []string{"stopped", "cancelled", "not-taken", "aborted", "discontinued", "suspended"}},
		{"active", []string{"active", "recurrence", "relapse", "confirmed", "intended", "on-hold"}},
	} {
		if s == "inactive" {
			break
		}
		if slices.ContainsFunc(m.words, func(w string) bool { return within(s, w) }) {
			return m.as
		}
	}
	return ""
}

// Contradiction is two or more places that cannot all be right. Which one is, only
// people can find out: nothing here chooses.
type Contradiction struct {
	Kind  string    // one of ContradictionKinds
	About string    // the medicine, test or diagnosis, in a record's words
	Sides []Witness // at least two, each from another file
}

// ContradictionKinds lists the kinds, in the order in which they are shown.
var ContradictionKinds = []string{"birth_date", "sex", "allergy", "allergy_status", "medicine", "dose", "no_medicine", "diagnosis", "result"}

// Contradictions finds where the files that are the patient's speak against each
// other: a medicine that is taken here and stopped there, an allergy here and none
// known there, a diagnosis here and refuted there, one test with two values, two
// birth dates, two sexes.
func Contradictions(files []File) []Contradiction {
	var out []Contradiction
	out = append(out, aboutThePerson(files)...)
	out = append(out, allergies(files)...)
	rows, none := medicineRows(files)
	for _, r := range rows {
		out = append(out, r.clashes()...)
	}
	out = append(out, takenInSpite(rows, none)...)
	by := map[clinical.Kind]map[string][]statement{}
	each(files, func(f clinical.Fact, s Witness) {
		if by[f.Kind] == nil {
			by[f.Kind] = map[string][]statement{}
		}
		key := codeKey(f)
		if f.Kind == clinical.Result {
			key += "\x00" + f.Date
		}
		by[f.Kind][key] = append(by[f.Kind][key], statement{f, s})
	})
	for _, k := range []struct {
		kind clinical.Kind
		name string
		find func([]statement) []Witness
	}{{clinical.Allergy, "allergy_status", refutedElsewhere}, {clinical.Condition, "diagnosis", refutedElsewhere}, {clinical.Result, "result", otherValue}} {
		for _, group := range by[k.kind] {
			if sides := k.find(group); len(sides) > 1 {
				out = append(out, Contradiction{k.name, group[0].fact.Text, sides})
			}
		}
	}
	slices.SortFunc(out, func(a, b Contradiction) int {
		return cmp.Or(cmp.Compare(slices.Index(ContradictionKinds, a.Kind), slices.Index(ContradictionKinds, b.Kind)),
			cmp.Compare(a.About, b.About), cmp.Compare(a.Sides[0].Fact, b.Sides[0].Fact))
	})
	return out
}

type statement struct {
	fact clinical.Fact
	said Witness
}

// aboutThePerson compares what the files say of the patient.
func aboutThePerson(files []File) (out []Contradiction) {
	births, sexes := map[string]Witness{}, map[string]Witness{}
	for _, f := range files {
		f.Piece.Each(func(p Piece) {
			if !p.Belongs.Used() || p.Patient == nil || len(p.Patients) > 1 {
				return
			}
			s := Witness{Top: p.Top, File: p.SHA256, Name: base(p.Name), Date: p.Date}
			if b := day(p.Patient.BirthDate); len(b) == 10 {
				if _, had := births[b]; !had {
					s.Says = b
					births[b] = s
				}
			}
			if x := strings.ToLower(p.Patient.Sex); x == "male" || x == "female" {
				if _, had := sexes[x]; !had {
					s.Says = x
					sexes[x] = s
				}
			}
		})
	}
	for _, c := range []struct {
		kind string
		said map[string]Witness
	}{{"birth_date", births}, {"sex", sexes}} {
		if len(c.said) < 2 {
			continue
		}
		var sides []Witness
		for _, s := range c.said {
			sides = append(sides, s)
		}
		slices.SortFunc(sides, func(a, b Witness) int { return cmp.Compare(a.Says, b.Says) })
		out = append(out, Contradiction{Kind: c.kind, Sides: sides})
	}
	return out
}

// none are the codes of "no known allergies", the first for any kind, the second for
// drugs alone.
var (
	noneKnown     = []string{"716186003", "160244002", "no-known-allergies"}
	noDrugAllergy = []string{"409137002", "1003774007"}
)

// NoAllergy is what an entry of "no known allergies" speaks of.
type NoAllergy string

// The kinds; an entry of an allergy is neither.
const (
	NoneAtAll NoAllergy = "all"
	NoDrug    NoAllergy = "drug" // of other kinds it says nothing
)

// NoAllergyIn tells whether a fact says that there is no allergy, and of which kind; ""
// for any other fact.
func NoAllergyIn(f clinical.Fact) NoAllergy {
	text := strings.ToLower(f.Text)
	has := func(codes []string) bool {
		return slices.ContainsFunc(f.Codes, func(c clinical.Code) bool { return slices.Contains(codes, c.Code) })
	}
	switch {
	case f.Kind != clinical.Allergy:
		return ""
	case has(noDrugAllergy) || saysOne(text, []string{"no known drug", "no known medication", "nkda"}):
		return NoDrug
	case has(noneKnown) || saysOne(text, []string{"no known allerg", "nka", "no allerg"}):
		return NoneAtAll
	}
	return ""
}

// allergies finds a record of no allergies beside one of an allergy.
func allergies(files []File) []Contradiction {
	var none, noDrug, some []statement
	each(files, func(f clinical.Fact, s Witness) {
		if f.Kind != clinical.Allergy {
			return
		}
		s.Says = f.Text
		st := statement{f, s}
		switch no := NoAllergyIn(f); {
		case no == NoDrug:
			noDrug = append(noDrug, st)
		case no == NoneAtAll:
			none = append(none, st)
		case meaning(f) == "refuted" || strings.Contains(strings.ToLower(f.Status), "inactive") || strings.Contains(strings.ToLower(f.Status), "resolved"):
		default:
			some = append(some, st)
		}
	})
	var out []Contradiction
	for _, a := range some {
		against := slices.Clone(none)
		if slices.ContainsFunc(a.fact.Codes, func(c clinical.Code) bool { return strings.HasSuffix(plainSystem(c.System), "rxnorm") }) {
			against = append(against, noDrug...)
		}
		sides := []Witness{a.said}
		for _, n := range against {
			if n.said.File != a.said.File {
				sides = append(sides, n.said)
			}
		}
		known := slices.ContainsFunc(out, func(c Contradiction) bool { return fold(c.About) == fold(a.fact.Text) })
		if len(sides) > 1 && !known {
			out = append(out, Contradiction{"allergy", a.fact.Text, sides})
		}
	}
	return out
}

func refutedElsewhere(group []statement) []Witness {
	return opposed(group, "active", "refuted", func(_, _ clinical.Fact) bool { return true })
}

// opposed gives the places that say one thing and those, in other files, that say the
// other.
func opposed(group []statement, yes, no string, clash func(yes, no clinical.Fact) bool) []Witness {
	var for_, against []Witness
	add := func(list []Witness, s statement) []Witness {
		if slices.ContainsFunc(list, func(o Witness) bool { return o.File == s.said.File }) {
			return list
		}
		s.said.Says = s.fact.Status
		return append(list, s.said)
	}
	for _, a := range group {
		for _, b := range group {
			if meaning(a.fact) == yes && meaning(b.fact) == no && a.said.File != b.said.File && clash(a.fact, b.fact) {
				for_, against = add(for_, a), add(against, b)
			}
		}
	}
	return append(for_, against...)
}

// otherValue finds one test of one moment with two values.
func otherValue(group []statement) []Witness {
	var sides []Witness
	if group[0].fact.Date == "" {
		return nil
	}
	for i, a := range group {
		for _, b := range group[:i] {
			if a.said.File == b.said.File || a.fact.Value == "" || b.fact.Value == "" {
				continue
			}
			if same, known := sameAmount(a.fact.Value, a.fact.Unit, b.fact.Value, b.fact.Unit); known && !same {
				for _, s := range []statement{b, a} {
					if !slices.ContainsFunc(sides, func(o Witness) bool { return o.Fact == s.said.Fact }) {
						s.said.Says = strings.TrimSpace(s.fact.Value + " " + s.fact.Unit)
						sides = append(sides, s.said)
					}
				}
			}
		}
	}
	return sides
}
