package expert

import (
	"strings"
	"unicode"
)

// Readable writes what public files have in capitals as people write it: "GRACE
// O'NEILL-ADEYEMI III" becomes "Grace O'Neill-Adeyemi III". What is not all capitals
// was written with care and stays.
func Readable(s string) string {
	if s != strings.ToUpper(s) {
		return s
	}
	words := strings.Fields(s)
	for i, w := range words {
		if bare := strings.Trim(w, ".,()"); kept[bare] || strings.IndexFunc(bare, unicode.IsDigit) >= 0 {
			if ordinal(bare) {
				words[i] = strings.ToLower(w) // 2nd
			}
			continue
		}
		if i > 0 && small[w] {
			words[i] = strings.ToLower(w)
			continue
		}
		words[i] = capital(w)
	}
	return strings.Join(words, " ")
}

// kept are words that are read letter by letter.
var kept = set("II III IV MD DO DPM PHD MBBS NP PA PC LLC LLP PLLC LP PLC APC SC NE NW SE SW PO UCLA UCSF UCSD USC NYU VA US USA UT MRI ENT OBGYN CHI HCA MSK")

// small are written small inside a name.
var small = set("AND OF THE FOR AT IN")

func ordinal(s string) bool {
	for _, end := range []string{"ST", "ND", "RD", "TH"} {
		if n, ok := strings.CutSuffix(s, end); ok && n != "" && strings.Trim(n, "0123456789") == "" {
			return true
		}
	}
	return false
}

// capital writes the first letter large, and that after an apostrophe, a hyphen or Mc.
func capital(w string) string {
	out, up, letters := []rune{}, true, 0
	runes := []rune(w)
	for i, r := range runes {
		if !unicode.IsLetter(r) {
			up = r == '-' || r == '/' || r == '(' || (r == '\'' || r == '’') && letters == 1
			letters = 0
			out = append(out, r)
			continue
		}
		if !up {
			r = unicode.ToLower(r)
		}
		letters++
		out = append(out, r)
		up = letters == 2 && i == 1 && runes[0] == 'M' && runes[1] == 'C' && len(runes) > 3
	}
	return string(out)
}
