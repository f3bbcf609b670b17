package opinion

import (
	_ "embed"
	"encoding/json"
	"sort"
	"strings"
	"unicode"
)

// lexicon.json is what we know of words, in English and Spanish: words that mean the
// same, words that fill, words that oppose, kinds of treatment, names of diseases with
// their ICD-10 category, and names of specialties.
//
//go:embed lexicon.json
var lexiconJSON []byte

type kindRow struct {
	Rank      int      `json:"rank"`      // 0 lightest burden, 5 heaviest
	Intensive bool     `json:"intensive"` // hard on the body or hard to undo
	Words     []string `json:"words"`
}

type nameRow struct {
	category []string
	words    map[string]bool
}

type lexicon struct {
	same        map[string][]string // a phrase of simple words, joined by a space -> its words
	longest     int                 // the most words in a phrase
	stop        map[string]bool
	generic     map[string]bool
	negation    map[string]bool
	hedges      map[string]bool
	opposites   [][2]string
	kinds       map[string]kindRow
	kindOf      map[string]string
	names       []nameRow
	specialties map[string][2]string
}

var lex = readLexicon(lexiconJSON)

func readLexicon(raw []byte) lexicon {
	var f struct {
		Same        map[string]string    `json:"same_words"`
		Stop        []string             `json:"stop"`
		Generic     []string             `json:"generic"`
		Negation    []string             `json:"negation"`
		Opposites   [][2]string          `json:"opposites"`
		Hedges      []string             `json:"hedges"`
		Kinds       map[string]kindRow   `json:"kinds"`
		Specialties map[string][2]string `json:"specialties"`
		Diagnoses   []struct {
			Category []string `json:"category"`
			Names    []string `json:"names"`
		} `json:"diagnoses"`
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		panic("opinion: lexicon.json: " + err.Error()) // our own file, embedded: a test reads it
	}
	l := lexicon{
		same: map[string][]string{}, stop: set(f.Stop), generic: set(f.Generic), negation: set(f.Negation),
		hedges: set(f.Hedges), opposites: f.Opposites, kinds: f.Kinds, kindOf: map[string]string{}, specialties: f.Specialties,
	}
	for from, to := range f.Same {
		simple := split(from)
		l.same[strings.Join(simple, " ")] = split(to)
		l.longest = max(l.longest, len(simple))
	}
	for kind, row := range f.Kinds {
		l.kindOf[kind] = kind
		for _, w := range row.Words {
			l.kindOf[w] = kind
		}
	}
	for _, d := range f.Diagnoses {
		for _, n := range d.Names {
			l.names = append(l.names, nameRow{category: d.Category, words: set(l.content(n))})
		}
	}
	return l
}

func set(list []string) map[string]bool {
	m := map[string]bool{}
	for _, w := range list {
		m[w] = true
	}
	return m
}

var plain = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n", "ö", "o", "’", "'", "'s", "", "’s", "")

// split gives the simple words of a text: lower case, no accents, no plural.
func split(s string) []string {
	s = plain.Replace(strings.ToLower(s))
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' })
	for i, w := range words {
		words[i] = singular(w)
	}
	return words
}

func singular(w string) string {
	has := func(end string) bool { return len(w) > len(end)+2 && strings.HasSuffix(w, end) }
	switch {
	case has("iones"), has("ares"), has("ales"), has("ores"):
		return w[:len(w)-2]
	case has("ies"):
		return w[:len(w)-3] + "y"
	case has("ches"), has("shes"), has("xes"), has("sses"):
		return w[:len(w)-2]
	case has("ss"), has("us"), has("is"), has("sis"):
		return w
	case has("s"):
		return w[:len(w)-1]
	}
	return w
}

// content gives the words of a text that carry its meaning, each in the one form that
// we compare by, in their order and each once.
func (l lexicon) content(s string) []string {
	words := split(s)
	var out []string
	seen := map[string]bool{}
	for i := 0; i < len(words); {
		n := min(l.longest, len(words)-i)
		for ; n > 0; n-- {
			if to, ok := l.same[strings.Join(words[i:i+n], " ")]; ok {
				for _, w := range to {
					if !seen[w] {
						seen[w] = true
						out = append(out, w)
					}
				}
				break
			}
		}
		if n > 0 {
			i += n
			continue
		}
		if w := words[i]; !l.stop[w] && !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
		i++
	}
	return out
}

// meaning is the set of content words without words as general as "disease"; where
// nothing else is left, with them.
func meaning(s string) map[string]bool {
	all := lex.content(s)
	m := map[string]bool{}
	for _, w := range all {
		if !lex.generic[w] {
			m[w] = true
		}
	}
	if len(m) == 0 {
		return set(all)
	}
	return m
}

func within(a, b map[string]bool) bool {
	for w := range a {
		if !b[w] {
			return false
		}
	}
	return len(a) > 0
}

func shared(a, b map[string]bool) int {
	n := 0
	for w := range a {
		if b[w] {
			n++
		}
	}
	return n
}

func equalSets(a, b map[string]bool) bool { return len(a) == len(b) && within(a, b) }

func hasAny(m, words map[string]bool) bool {
	for w := range m {
		if words[w] {
			return true
		}
	}
	return false
}

// oppose tells whether two wordings cannot both be true: one denies, benign against
// malignant, type 1 against type 2.
func oppose(a, b map[string]bool) bool {
	if hasAny(a, lex.negation) != hasAny(b, lex.negation) {
		return true
	}
	for _, p := range lex.opposites {
		if a[p[0]] && b[p[1]] && !b[p[0]] || a[p[1]] && b[p[0]] && !a[p[0]] {
			return true
		}
	}
	if a["type"] && b["type"] {
		na, nb := numbers(a), numbers(b)
		return len(na) > 0 && len(nb) > 0 && strings.Join(na, " ") != strings.Join(nb, " ")
	}
	return false
}

func numbers(m map[string]bool) []string {
	var out []string
	for w := range m {
		if strings.ContainsAny(w, "0123456789") {
			out = append(out, w)
		}
	}
	sort.Strings(out)
	return out
}

// categories gives the ICD-10 categories that a wording is known by: those of the
// longest name that it holds. None where it denies or only suspects.
func categories(m map[string]bool) []string {
	if hasAny(m, lex.negation) || hasAny(m, lex.hedges) {
		return nil
	}
	best, size := []string(nil), 0
	for _, n := range lex.names {
		if len(n.words) < size || !within(n.words, m) {
			continue
		}
		if len(n.words) > size {
			best, size = nil, len(n.words)
		}
		best = append(best, n.category...)
	}
	return best
}

func meet(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}
