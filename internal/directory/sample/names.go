package sample

import "strings"

// Parts of made-up names. No list of real names is in here: what sounds like one is so
// by chance.
var (
	onsets   = strings.Fields("B B B C C D D D F F G G H H J K K L L L M M M N N P P R R R S S S T T V W Z BR CH CL FR GR SH ST TR")
	vowels   = strings.Fields("A A A A A E E E E E I I I O O O O U U EE AI EA")
	codas    = strings.Fields("L L LL M N N N N R R R S S T ND RT RD NS CK")
	endings  = strings.Fields("SON SON MAN ER ER EZ EZ INO OV SKI LEY TON BERG FORD WELL ETT ARD AS IS EN IAN")
	accented = strings.NewReplacer("A", "Á", "E", "É", "I", "Í", "O", "Ó", "U", "Ü", "N", "Ñ")
)

// names makes n names; the first ones are the short ones.
func names(n int, purpose uint64) []string {
	out := make([]string, n)
	var b strings.Builder
	for k := range out {
		d := dice{mix(uint64(k)*0x9e3779b97f4a7c15 ^ purpose<<48)}
		b.Reset()
		syllables := 1
		if k > 300 || d.chance(400) {
			syllables++
		}
		if k > 20_000 && d.chance(500) {
			syllables++
		}
		for i := range syllables {
			if i > 0 || !d.chance(100) {
				b.WriteString(onsets[d.under(len(onsets))])
			}
			b.WriteString(vowels[d.under(len(vowels))])
			if d.chance(220) || i == syllables-1 && (syllables == 1 || d.chance(400)) {
				b.WriteString(codas[d.under(len(codas))])
			}
		}
		if purpose == 1 && d.chance(350) {
			b.WriteString(endings[d.under(len(endings))])
		}
		name := b.String()
		switch {
		case k%173 == 172:
			name = accentOne(name, d.under(len(name)))
		case purpose == 1 && k%89 == 88:
			name = "O'" + name
		case purpose == 1 && k%211 == 210:
			name = "DE LA " + name
		}
		out[k] = name
	}
	return out
}

// accentOne puts an accent on the first letter behind a place that can bear one.
func accentOne(name string, from int) string {
	for i := from; i < len(name); i++ {
		if a := accented.Replace(name[i : i+1]); a != name[i:i+1] {
			return name[:i] + a + name[i+1:]
		}
	}
	return name
}

// Other words that files need.
var (
	roads     = strings.Fields("ST AVE RD BLVD DR LN WAY PKWY PL CT")
	practices = []string{"MEDICAL GROUP", "MEDICAL ASSOCIATES", "HEALTH PARTNERS", "CLINIC, LLC", "PHYSICIANS, PC", "SPECIALTY CARE, PLLC", "FAMILY HEALTH", "THERAPY SERVICES, INC."}
	schoolOf  = []string{" UNIVERSITY SCHOOL OF MEDICINE", " COLLEGE OF MEDICINE", " MEDICAL SCHOOL", " UNIVERSITY COLLEGE OF OSTEOPATHIC MEDICINE"}
	makerOf   = []string{" PHARMACEUTICALS, INC.", " MEDICAL DEVICES, LLC", " BIOSCIENCES, INC.", " SURGICAL CORPORATION", " THERAPEUTICS, INC."}
)
