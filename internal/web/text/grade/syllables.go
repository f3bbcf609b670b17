package grade

import "strings"

// known are everyday English words that the rule below counts wrong.
var known = map[string]int{
	"area": 3, "idea": 3, "ideas": 3, "being": 2, "science": 2, "quiet": 2, "diet": 2, "client": 2, "patient": 2, "patients": 2,
	"people": 2, "every": 2, "everything": 3, "everyone": 3, "business": 2, "something": 2, "sometimes": 2, "someone": 2, "somewhere": 2,
	"created": 3, "create": 2, "doing": 2, "going": 2, "seeing": 2, "medicine": 3, "medicines": 3, "evening": 2,
	"used": 1, "one": 1, "once": 1, "two": 1, "eye": 1, "eyes": 1, "whole": 1, "maybe": 2, "safely": 2, "lose": 1,
	"therefore": 2, "homework": 2, "name": 1, "names": 1, "biopsy": 3, "biopsies": 3, "radio": 3, "theater": 3, "million": 2, "lion": 2, "junior": 2, "senior": 2, "video": 3, "period": 3,
	"hour": 1, "hours": 1, "our": 1, "real": 1, "really": 2, "trial": 2, "trials": 2, "denial": 3, "denials": 3, "appeal": 2,
	"diagnosis": 4, "react": 2, "reaction": 3, "heart": 1, "reason": 2, "via": 2, "reliable": 4, "variety": 4, "society": 4, "anxiety": 4,
	"may": 1, "says": 1, "said": 1, "sure": 1, "unsure": 2, "consilium": 4, "likely": 2, "lonely": 2, "nine": 1, "ninety": 2,
	"copy": 2, "surgery": 3, "surgeon": 2, "different": 3, "interest": 3, "general": 3, "several": 3, "family": 3, "recently": 3,
	"npi": 3, "hmo": 3, "ppo": 3, "epo": 3, "mri": 3, "ct": 2, "pdf": 3, "zip": 1, "id": 2, "ok": 2, "usa": 3, "us": 1,
}

// englishSyllables counts the groups of vowels of a word in lower case, and mends
// what English spelling makes of them: a silent e at the end, "-ed" and "-es" that
// are not spoken, vowels side by side that are two sounds.
func englishSyllables(word string) int {
	word = strings.ReplaceAll(word, "’", "'")
	word = strings.TrimSuffix(word, "'s")
	if n, ok := known[word]; ok {
		return n
	}
	// "didn't" and "couldn't" have a sound that no vowel shows; "don't" and "can't" not.
	extra := 0
	if strings.HasSuffix(word, "n't") && len(word) > 5 && word != "weren't" {
		extra = 1
	}
	word = strings.ReplaceAll(word, "'", "")
	n, before := 0, false
	for i := range len(word) {
		v := strings.IndexByte("aeiouy", word[i]) >= 0 && !(i == 0 && word[i] == 'y')
		if v && !before {
			n++
		}
		before = v
	}
	switch {
	case strings.HasSuffix(word, "le") && len(word) > 2 && !vowel(word[len(word)-3]):
		// "table": the e is silent but the l is a syllable.
	case strings.HasSuffix(word, "les") && len(word) > 3 && !vowel(word[len(word)-4]):
	case strings.HasSuffix(word, "e") && !strings.HasSuffix(word, "ee") && !strings.HasSuffix(word, "ye") && !strings.HasSuffix(word, "oe") && !strings.HasSuffix(word, "ie") && !strings.HasSuffix(word, "ue"):
		n--
	case strings.HasSuffix(word, "ed") && len(word) > 3 && !vowel(word[len(word)-3]) && word[len(word)-3] != 't' && word[len(word)-3] != 'd':
		n--
	case strings.HasSuffix(word, "es") && len(word) > 3 && !vowel(word[len(word)-3]) && !anySuffix(word, "ses", "zes", "ces", "ges", "xes", "ches", "shes"):
		n--
	}
	if anySuffix(word, "ely", "eful", "eless", "ement", "ements", "ness", "eness") && strings.Contains(word[1:], "e") {
		// A silent e inside: "safely", "careful", "statement".
		if i := silent(word); i > 0 {
			n--
		}
	}
	for _, two := range []string{"ia", "io", "iu", "eo", "ua", "iou", "ying", "uing", "oing", "eing", "iet", "ier", "iest"} {
		if strings.Contains(word, two) {
			n += hiatus(word, two)
		}
	}
	return max(1, n+extra)
}

// silent finds an e after a consonant and before an ending that starts with one.
func silent(word string) int {
	for _, end := range []string{"ely", "eful", "efully", "eless", "ement", "ements", "eness"} {
		if i := strings.LastIndex(word, end); i > 1 && i+len(end) == len(word) && !vowel(word[i-1]) && strings.ContainsAny(word[:i], "aeiouy") {
			return i
		}
	}
	return 0
}

// hiatus tells how many more sounds a pair of vowels has than one.
func hiatus(word, two string) int {
	switch two {
	case "io", "iou":
		// "nation", "region", "cautious" are one sound; "violent", "previous" two.
		if anyPart(word, "tion", "sion", "cion", "gion", "xion", "tious", "cious", "gious", "xious", "shion", "nion", "lion") {
			return 0
		}
		// "previous" holds both pairs and is mended once.
		if two == "io" && strings.Contains(word, "iou") {
			return 0
		}
		return 1
	case "ia":
		if anyPart(word, "cial", "tial", "cian", "tian", "riage", "liam") {
			return 0
		}
		return 1
	case "eo":
		if anyPart(word, "geon", "people", "eous") {
			return 0
		}
		return 1
	case "ua":
		if anyPart(word, "qua", "gua", "suad", "suav") {
			return 0
		}
		return 1
	case "iu", "ying", "uing", "oing", "eing", "iet", "ier", "iest":
		return 1
	}
	return 0
}

func vowel(b byte) bool { return strings.IndexByte("aeiouy", b) >= 0 }

func anySuffix(word string, ends ...string) bool {
	for _, e := range ends {
		if strings.HasSuffix(word, e) {
			return true
		}
	}
	return false
}

func anyPart(word string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(word, p) {
			return true
		}
	}
	return false
}

// spanishSyllables counts by the rules of Spanish spelling, which leave little to
// chance: a, e, o (and í, ú with their accent) each carry a syllable; i, u, ü beside
// one of them do not, and two weak vowels together are one. The u of que, qui, gue,
// gui is silent. A y at the end of a word is a weak vowel.
func spanishSyllables(word string) int {
	r := []rune(word)
	n := 0
	weak := false // the last sound was a weak vowel on its own
	strongBefore := false
	for i, c := range r {
		next := func(s string) bool { return i+1 < len(r) && strings.ContainsRune(s, r[i+1]) }
		switch {
		case c == 'u' && i > 0 && (r[i-1] == 'q' || r[i-1] == 'g' && next("eiéí")):
			continue
		case strings.ContainsRune("aeoáéóíú", c):
			if !weak || c == 'í' || c == 'ú' {
				n++
			}
			weak, strongBefore = false, true
			// An accented weak vowel is a syllable of its own, and what follows another.
			if c == 'í' || c == 'ú' {
				strongBefore = true
			}
		case strings.ContainsRune("iuü", c) || c == 'y' && i == len(r)-1 && i > 0:
			if strongBefore {
				// The end of a diphthong, as in "ai": no syllable of its own. Before an
				// accent it starts none either.
				weak, strongBefore = false, false
				continue
			}
			if !weak {
				n++
				weak = true
			}
		default:
			weak, strongBefore = false, false
		}
	}
	return max(1, n)
}
