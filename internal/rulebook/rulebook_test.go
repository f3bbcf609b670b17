package rulebook

import (
	"regexp"
	"strings"
	"testing"

	"consilium/internal/contract"
	"consilium/internal/web/text/grade"
	"consilium/rules"
)

func TestTheRulesOfTheProductHaveNoProblem(t *testing.T) {
	for _, p := range Check(rules.Files) {
		t.Errorf("%s:%d: %s; %s", p.File, p.Line, p.Message, p.Remedy)
	}
}

func TestEveryWorkedCaseComesOut(t *testing.T) {
	b, _ := Load(rules.Files)
	r := b.Test()
	for _, f := range r.Failures {
		t.Errorf("%s/%s: %s", f.Topic, f.Case, f.Message)
	}
	for _, p := range r.Problems {
		t.Errorf("%s:%d: %s; %s", p.File, p.Line, p.Message, p.Remedy)
	}
	if r.Cases < 30 || r.Checks < 300 {
		t.Errorf("only %d cases with %d checks ran", r.Cases, r.Checks)
	}
	t.Logf("%d topics, %d rules, %d cases, %d checks", r.Topics, r.Rules, r.Cases, r.Checks)
}

// TestACaseNoticesEveryMistakeInARule makes each number, date, operator and setting of
// each active rule wrong in turn. If this fails, add the case that the remedy names, or
// take out the part of the condition that changes nothing.
func TestACaseNoticesEveryMistakeInARule(t *testing.T) {
	m := product(t).Mutate()
	for _, x := range m.Missed {
		t.Errorf("rules/%s:%d: %s; %s", x.File, x.Line, x.Message, x.Remedy)
	}
	if m.Tried < 4000 {
		t.Errorf("only %d mistakes were tried", m.Tried)
	}
	t.Logf("%d mistakes tried", m.Tried)
}

func product(t testing.TB) *Book {
	t.Helper()
	b, problems := Load(rules.Files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return b
}

// filled finds the places of a sentence that a number goes into.
var filled = regexp.MustCompile(`\{[^}]*\}`)

// TestEverySentenceIsPlain measures the school grade of every sentence a person can
// be shown: grade 8 or lower for all of them together, and no single reason far above.
func TestEverySentenceIsPlain(t *testing.T) {
	b := product(t)
	var english, spanish strings.Builder
	for _, name := range b.Topics() {
		tp := b.topics[name]
		for _, r := range tp.rows {
			sentences := append([]text{r.Reason}, r.Items...)
			for _, w := range r.Words {
				sentences = append(sentences, w)
			}
			for i, s := range sentences {
				s = text{"en": filled.ReplaceAllString(s["en"], "5"), "es": filled.ReplaceAllString(s["es"], "5")}
				if i == 0 {
					for lang, g := range map[string]float64{"en": grade.English(s["en"]), "es": grade.Spanish(s["es"])} {
						if g > 12.5 {
							t.Errorf("%s: grade %.1f: %s", r.ID, g, s[lang])
						}
					}
				}
				english.WriteString(strings.TrimRight(s["en"], ".?") + ". ")
				spanish.WriteString(strings.TrimRight(s["es"], ".?") + ". ")
			}
		}
	}
	if g := grade.English(english.String()); g > 8 {
		t.Errorf("the English of the rules is of grade %.1f", g)
	} else {
		t.Logf("English grade %.1f", g)
	}
	if e := grade.Spanish(spanish.String()); e > 8 {
		t.Errorf("the Spanish of the rules is of grade %.1f", e)
	} else {
		t.Logf("Spanish grade %.1f", e)
	}
}

func BenchmarkLoadAndCompile(b *testing.B) {
	for b.Loop() {
		product(b).Compile()
	}
}

func BenchmarkJudge(b *testing.B) {
	book := product(b)
	book.Compile()
	facts := map[string]any{"diagnosis.icd10": "C50.911", "diagnosis.text": "invasive ductal carcinoma", "treatment.kind": "major_surgery"}
	on := contract.MustDate("2026-11-22")
	for b.Loop() {
		book.Judge("need", facts, on, "en")
	}
}
