package rulebook

import (
	"reflect"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var stringsType = reflect.TypeFor[[]string]()

// InICD10 tells whether an ICD-10-CM code lies in one of the ranges. A range is a
// code or block ("C50", "G12.2", "C00-C96"); dots and case do not matter.
func InICD10(code string, ranges []string) bool {
	c := plainCode(code)
	if c == "" {
		return false
	}
	for _, r := range ranges {
		low, high, isRange := strings.Cut(plainCode(r), "-")
		if !isRange {
			high = low
		}
		if low == "" || len(c) < len(low) || len(c) < len(high) {
			continue
		}
		if c[:len(low)] >= low && c[:len(high)] <= high {
			return true
		}
	}
	return false
}

func plainCode(s string) string {
	return strings.ToUpper(strings.NewReplacer(".", "", " ", "").Replace(s))
}

// Says tells whether a text, as a person types it, holds one of the phrases as
// whole words. Case and accents do not matter. A phrase that is denied just before
// ("no cancer", "sin cáncer", "ruled out cancer") does not count.
func Says(text string, phrases []string) bool {
	t := " " + Plain(text) + " "
	for _, p := range phrases {
		phrase := " " + Plain(p) + " "
		if phrase == "  " {
			continue
		}
		for rest, start := t, 0; ; {
			i := strings.Index(rest, phrase)
			if i < 0 {
				break
			}
			if !denied(t[:start+i]) {
				return true
			}
			start += i + 1
			rest = t[start:]
		}
	}
	return false
}

func denied(before string) bool {
	for _, d := range []string{" no", " not", " non", " without", " sin", " no es", " no tengo", " ruled out", " descartado", " no evidence of", " negative for", " not a", " is not", " nunca", " never had"} {
		if strings.HasSuffix(before, d) {
			return true
		}
	}
	return false
}

// Plain is a text in lower case without accents, its words parted by one space.
func Plain(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(unicode.ToLower(r))
		default:
			gap = true
		}
	}
	return b.String()
}
