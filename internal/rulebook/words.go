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
	return inRanges(plainCode(code), prepare(ranges).codes)
}

type codeRange struct{ low, high string }

func prepare(items []string) prepared {
	var p prepared
	for _, item := range items {
		low, high, isRange := strings.Cut(plainCode(item), "-")
		if !isRange {
			high = low
		}
		p.codes = append(p.codes, codeRange{low, high})
		if phrase := Plain(item); phrase != "" {
			p.phrases = append(p.phrases, " "+phrase+" ")
		}
	}
	return p
}

func inRanges(code string, ranges []codeRange) bool {
	for _, r := range ranges {
		if r.low == "" || len(code) < len(r.low) || len(code) < len(r.high) {
			continue
		}
		if code[:len(r.low)] >= r.low && code[:len(r.high)] <= r.high {
			return true
		}
	}
	return false
}

func plainCode(s string) string {
	return strings.ToUpper(dots.Replace(s))
}

// Says tells whether a text, as a person types it, holds one of the phrases as
// whole words. Case and accents do not matter. A phrase that is denied just before
// ("no cancer", "sin cáncer", "ruled out cancer") does not count.
func Says(text string, phrases []string) bool {
	return saysPlain(Plain(text), prepare(phrases).phrases)
}

func saysPlain(plain string, phrases []string) bool {
	t := " " + plain + " "
	for _, phrase := range phrases {
		for start := 0; ; {
			i := strings.Index(t[start:], phrase)
			if i < 0 {
				break
			}
			if !denied(t[:start+i]) {
				return true
			}
			start += i + 1
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
	if isPlain(s) {
		return s
	}
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

var dots = strings.NewReplacer(".", "", " ", "")

// isPlain tells whether a text is already as Plain would make it.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		gap := c == ' ' && i > 0 && i < len(s)-1 && s[i-1] != ' '
		if !letter && !gap {
			return false
		}
	}
	return true
}
