package clinical

import (
	"encoding/json"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Identifier is a number by which someone knows a patient.
type Identifier struct {
	System string `json:"system,omitempty"`
	Type   string `json:"type,omitempty"` // code of the kind of number, such as "MR"
	Value  string `json:"value"`
}

// Patient is the person that a file says it is about.
type Patient struct {
	Name        string       `json:"name"`
	OtherNames  []string     `json:"other_names,omitempty"` // maiden, former and other names the record gives
	BirthDate   string       `json:"birth_date"`            // as precise as it was given
	Sex         string       `json:"sex"`
	Identifiers []Identifier `json:"identifiers"`
	Ref         string       `json:"ref,omitempty"` // how the file itself points at this person
}

// MarshalJSON writes no identifiers as [], never null.
func (p Patient) MarshalJSON() ([]byte, error) {
	type plain Patient
	if p.Identifiers == nil {
		p.Identifiers = []Identifier{}
	}
	return json.Marshal(plain(p))
}

// Empty tells whether nothing is known of the patient.
func (p Patient) Empty() bool {
	return p.Name == "" && p.BirthDate == "" && p.Sex == "" && len(p.Identifiers) == 0
}

// Sameness is the answer to "is this the same person?".
type Sameness string

// Where the records do not say enough, the answer is CannotSay: a person decides.
const (
	Same      Sameness = "same"
	Differs   Sameness = "differs"
	CannotSay Sameness = "cannot_say"
)

// SamePatient tells whether two descriptions can be of one person, and why, as a
// key: birth_date_differs, name_differs, sex_differs, name_and_birth_date,
// identifier, name_unknown, birth_date_unknown. Names are compared without regard
// to order, case, accents, punctuation, titles and middle names; nicknames are not guessed. A
// different birth date is always another person until somebody says otherwise.
func SamePatient(a, b Patient) (Sameness, string) {
	birth := compareBirth(a.BirthDate, b.BirthDate)
	if birth == Differs {
		return Differs, "birth_date_differs"
	}
	name := compareNames(names(a), names(b))
	if name == Differs {
		return Differs, "name_differs"
	}
	if sexDiffers(a.Sex, b.Sex) {
		return CannotSay, "sex_differs"
	}
	if name == Same && birth == Same {
		return Same, "name_and_birth_date"
	}
	if shareIdentifier(a.Identifiers, b.Identifiers) && (name == Same || birth == Same) {
		return Same, "identifier"
	}
	if name == CannotSay {
		return CannotSay, "name_unknown"
	}
	return CannotSay, "birth_date_unknown"
}

func names(p Patient) []string {
	var all []string
	for _, n := range append([]string{p.Name}, p.OtherNames...) {
		if strings.TrimSpace(n) != "" {
			all = append(all, n)
		}
	}
	return all
}

func compareNames(as, bs []string) Sameness {
	result := CannotSay
	if len(as) > 0 && len(bs) > 0 {
		result = Differs
	}
	for _, a := range as {
		for _, b := range bs {
			switch compareTokens(nameTokens(a), nameTokens(b)) {
			case Same:
				return Same
			case CannotSay:
				result = CannotSay
			}
		}
	}
	return result
}

// titles are words around a name that are not part of it.
var titles = map[string]bool{
	"mr": true, "mrs": true, "ms": true, "miss": true, "dr": true, "prof": true,
	"sr": true, "sra": true, "jr": true, "ii": true, "iii": true, "iv": true, "md": true, "phd": true,
}

// plainLetters are letters that do not come apart into a base letter and an accent.
var plainLetters = strings.NewReplacer("ß", "ss", "ø", "o", "ł", "l", "đ", "d", "æ", "ae", "œ", "oe", "ı", "i", "þ", "th", "ð", "d")

// nameTokens gives the words of a name, folded. Digits that synthetic records put
// behind a name are kept: they tell one such person from another.
func nameTokens(name string) []string {
	folded := plainLetters.Replace(strings.ToLower(norm.NFKD.String(name)))
	var b strings.Builder
	for _, r := range folded {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’', r == '`':
			// accents and apostrophes vanish: O'Neil is ONeil
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	var out []string
	for _, t := range strings.Fields(b.String()) {
		if !titles[t] {
			out = append(out, t)
		}
	}
	sort.Strings(out)
	return out
}

// compareTokens tells whether the words of the shorter name are all in the longer
// one. With two of them written out, it is the same name; with fewer, nothing
// speaks against it, yet it is too little to say. A lone letter agrees with a word
// that begins with it, for it is an initial.
func compareTokens(a, b []string) Sameness {
	if len(a) == 0 || len(b) == 0 {
		return CannotSay
	}
	joinedA, joinedB := strings.Join(a, ""), strings.Join(b, "")
	if joinedA == joinedB {
		return Same
	}
	if len(a) > len(b) || len(a) == len(b) && joinedA > joinedB {
		a, b = b, a // so that the answer does not depend on who is asked first
	}
	used := make([]bool, len(b))
	take := func(fits func(string) bool) bool {
		for j, u := range b {
			if !used[j] && fits(u) {
				used[j] = true
				return true
			}
		}
		return false
	}
	written := 0
	var rest []string
	for _, t := range a { // whole words first, so that an initial cannot take a word's place
		if !initial(t) && take(func(u string) bool { return u == t }) {
			written++
		} else {
			rest = append(rest, t)
		}
	}
	for _, t := range rest {
		fits := func(u string) bool { return initial(u) && strings.HasPrefix(t, u) }
		if initial(t) {
			fits = func(u string) bool { return strings.HasPrefix(u, t) }
		}
		if !take(fits) {
			return Differs
		}
	}
	if written < 2 {
		return CannotSay
	}
	return Same
}

func initial(word string) bool { return utf8.RuneCountInString(word) == 1 }

// compareBirth compares two birth dates as far as both are given.
func compareBirth(a, b string) Sameness {
	if a == "" || b == "" {
		return CannotSay
	}
	if len(a) > 10 {
		a = a[:10]
	}
	if len(b) > 10 {
		b = b[:10]
	}
	short := min(len(a), len(b))
	if a[:short] != b[:short] {
		return Differs
	}
	if short < 10 {
		return CannotSay
	}
	return Same
}

func sexDiffers(a, b string) bool {
	known := func(s string) string {
		switch strings.ToLower(s) {
		case "m", "male":
			return "male"
		case "f", "female":
			return "female"
		}
		return ""
	}
	x, y := known(a), known(b)
	return x != "" && y != "" && x != y
}

func shareIdentifier(as, bs []Identifier) bool {
	for _, a := range as {
		for _, b := range bs {
			if a.Value != "" && a.System != "" && a.System == b.System && a.Value == b.Value {
				return true
			}
		}
	}
	return false
}
