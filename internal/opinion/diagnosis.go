package opinion

import "strings"

// The four words for how two opinions stand to each other.
const (
	same      = "same"
	refined   = "refined"
	different = "different"
	cannotSay = "cannot_say"
)

// relate tells how two diagnoses stand to each other, certainty and stage left out.
func relate(a, b Diagnosis) string {
	ca, cb := icd(a.ICD10), icd(b.ICD10)
	if ca != "" && cb != "" {
		switch {
		case ca == cb:
			return same
		case ca[:3] == cb[:3]:
			return refined
		case (ca[0] == 'R') != (cb[0] == 'R'):
			return refined // a symptom has been given a cause, or the other way round
		}
		return different
	}
	wa, wb := sideless(meaning(a.Text)), sideless(meaning(b.Text))
	if len(wa) == 0 || len(wb) == 0 {
		return cannotSay
	}
	if equalSets(wa, wb) {
		return same
	}
	if oppose(wa, wb) {
		return different
	}
	ka, kb := known(ca, wa), known(cb, wb)
	switch {
	case len(ka) > 0 && len(kb) > 0 && meet(ka, kb):
		return refined
	case within(wa, wb) || within(wb, wa):
		return refined
	case len(ka) > 0 && len(kb) > 0:
		return different
	}
	return cannotSay
}

// known gives the ICD-10 categories of a diagnosis: of its code, else of its words.
func known(code string, words map[string]bool) []string {
	if code != "" {
		return []string{code[:3]}
	}
	return categories(words)
}

var sides = set([]string{"left", "right", "bilateral"})

// sideless leaves out left and right: a side is compared as a difference of its own.
func sideless(m map[string]bool) map[string]bool {
	out := map[string]bool{}
	for w := range m {
		if !sides[w] {
			out[w] = true
		}
	}
	return out
}

func otherSide(a, b map[string]bool) bool {
	return a["left"] && b["right"] && !a["right"] && !b["left"] || a["right"] && b["left"] && !a["left"] && !b["right"]
}

// stage gives a stage in one form: "Stage 2a", "estadio IIA" and "IIA" are one.
func stage(s string) string {
	s = strings.ToUpper(plain.Replace(strings.ToLower(strings.TrimSpace(s))))
	for _, w := range []string{"STAGE", "ESTADIO", "ETAPA", "FASE", " "} {
		s = strings.ReplaceAll(s, w, "")
	}
	for _, p := range [][2]string{{"4", "IV"}, {"3", "III"}, {"2", "II"}, {"1", "I"}} {
		if strings.HasPrefix(s, p[0]) {
			return p[1] + s[1:]
		}
	}
	return s
}

// stageGroup gives the part of a stage before its letter: IIA is of group II.
func stageGroup(s string) string { return strings.TrimRight(stage(s), "ABC123") }

// side gives "left", "right", "both" or "" of a diagnosis.
func side(d Diagnosis) string {
	w := set(lex.content(d.Text))
	switch {
	case w["bilateral"] || w["left"] && w["right"]:
		return "both"
	case w["left"]:
		return "left"
	case w["right"]:
		return "right"
	}
	return ""
}

func malignant(d Diagnosis) string {
	if c := icd(d.ICD10); c != "" {
		switch {
		case c[0] == 'C':
			return "yes"
		case c[0] == 'D' && c[:3] >= "D10" && c[:3] <= "D36":
			return "no"
		}
	}
	w := meaning(d.Text)
	switch {
	case hasAny(w, lex.negation):
		return ""
	case w["benign"]:
		return "no"
	case w["cancer"] || w["malignant"]:
		return "yes"
	}
	return ""
}

// match is one diagnosis of each opinion, put side by side.
type match struct {
	a, b     int
	relation string
}

// pairUp puts every diagnosis of one list beside the nearest of the other, the same
// ones first, and gives what is left over on each side.
func pairUp(a, b []Diagnosis) (pairs []match, onlyA, onlyB []int) {
	usedA, usedB := make([]bool, len(a)), make([]bool, len(b))
	table := make([][]string, len(a))
	for i := range a {
		table[i] = make([]string, len(b))
		for j := range b {
			table[i][j] = relate(a[i], b[j])
		}
	}
	for _, want := range []string{same, refined, cannotSay} {
		for reach := 0; reach < len(a)+len(b); reach++ { // by nearness of their places, so that neither side leads
			for i := range a {
				j := reach - i
				if j < 0 || j >= len(b) || usedA[i] || usedB[j] || table[i][j] != want {
					continue
				}
				usedA[i], usedB[j] = true, true
				pairs = append(pairs, match{i, j, want})
			}
		}
	}
	for i := range a {
		if !usedA[i] {
			onlyA = append(onlyA, i)
		}
	}
	for j := range b {
		if !usedB[j] {
			onlyB = append(onlyB, j)
		}
	}
	return pairs, onlyA, onlyB
}

// compareDiagnoses fills the pair's diagnosis, with what agrees and what differs.
func (c *comparison) compareDiagnoses() {
	a, b := c.a.Diagnoses, c.b.Diagnoses
	if len(a) == 0 || len(b) == 0 {
		c.pair.Diagnosis = cannotSay
		if len(a)+len(b) > 0 {
			c.raise(minor)
			c.differ("diagnosis", c.named(a, nil), c.named(b, nil), c.say("why.one_silent"))
		}
		return
	}
	pairs, onlyA, onlyB := pairUp(a, b)
	result := same
	for _, m := range pairs {
		result = worse(result, m.relation)
		c.oneDiagnosis(a[m.a], b[m.b], m.relation)
		if c.detail(a[m.a], b[m.b]) {
			result = worse(result, refined)
		}
	}
	switch {
	case len(onlyA) > 0 && len(onlyB) > 0:
		result = different
		c.raise(moderate)
		c.differ("diagnosis", c.named(a, onlyA), c.named(b, onlyB), c.say("why.diagnosis"))
	case len(onlyA)+len(onlyB) > 0:
		result = worse(result, refined)
		c.raise(minor)
		c.extraDiagnosis = true
		c.differ("diagnosis", c.named(a, onlyA), c.named(b, onlyB), c.say("why.extra_diagnosis"))
	}
	for _, i := range onlyA {
		for _, j := range onlyB {
			if ma, mb := malignant(a[i]), malignant(b[j]); ma != "" && mb != "" && ma != mb {
				c.raise(major)
			}
		}
	}
	c.pair.Diagnosis = result
}

// oneDiagnosis says how one matched diagnosis stands.
func (c *comparison) oneDiagnosis(a, b Diagnosis, relation string) {
	ta, tb := diagnosisText(a), diagnosisText(b)
	switch relation {
	case same:
		c.agree("diagnosis", firstOf(ta, tb))
	case refined:
		c.raise(minor)
		c.differ("diagnosis", ta, tb, c.say("why.refined"))
	case cannotSay:
		c.raise(minor)
		c.differ("diagnosis", ta, tb, c.say("why.cannot_say"))
	}
}

// detail compares certainty, stage and side of a matched diagnosis, and tells whether
// any of them differs.
func (c *comparison) detail(a, b Diagnosis) bool {
	found := false
	if a.Certainty != "" && b.Certainty != "" {
		if a.Certainty == b.Certainty {
			c.agree("certainty", c.say("certainty."+a.Certainty))
		} else {
			found = true
			c.raise(minor)
			c.differ("certainty", c.say("certainty."+a.Certainty), c.say("certainty."+b.Certainty), c.say("why.certainty"))
		}
	}
	if sa, sb := stage(a.Stage), stage(b.Stage); sa != "" && sb != "" {
		switch {
		case sa == sb:
			c.agree("stage", c.say("stage")+" "+sa)
		default:
			found = true
			c.raise(minor)
			if stageGroup(a.Stage) != stageGroup(b.Stage) {
				c.raise(moderate)
			}
			c.differ("stage", c.say("stage")+" "+sa, c.say("stage")+" "+sb, c.say("why.stage"))
		}
	}
	if sa, sb := side(a), side(b); sa != "" && sb != "" && sa != sb {
		found = true
		c.otherSide = true
		c.raise(major)
		c.differ("side", c.say("side."+sa), c.say("side."+sb), c.say("why.side"))
	}
	return found
}

// named lists diagnoses as words: all of them where which is nil.
func (c *comparison) named(list []Diagnosis, which []int) string {
	var texts []string
	for i, d := range list {
		if which == nil || contains(which, i) {
			texts = append(texts, diagnosisText(d))
		}
	}
	if len(texts) == 0 {
		return c.say("not_mentioned")
	}
	return strings.Join(texts, "; ")
}

func diagnosisText(d Diagnosis) string {
	t := strings.TrimSpace(d.Text)
	if t == "" {
		return dotted(icd(d.ICD10))
	}
	if d.ICD10 != "" {
		return t + " (" + dotted(icd(d.ICD10)) + ")"
	}
	return t
}

// dotted gives a code with its dot: M5136 is M51.36.
func dotted(code string) string {
	if len(code) > 3 {
		return code[:3] + "." + code[3:]
	}
	return code
}

func contains(list []int, n int) bool {
	for _, v := range list {
		if v == n {
			return true
		}
	}
	return false
}

// worse gives the heavier of two relations.
func worse(a, b string) string {
	order := map[string]int{same: 0, refined: 1, cannotSay: 2, different: 3}
	if order[b] > order[a] {
		return b
	}
	return a
}

// firstOf gives the one of two wordings that we show for both: the longer, else the
// one that sorts first, so that neither opinion leads.
func firstOf(a, b string) string {
	if len(a) > len(b) || len(a) == len(b) && a < b {
		return a
	}
	return b
}
