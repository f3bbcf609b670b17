package rulebook

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestEveryNumberAndOperatorOfAConditionIsMadeWrong(t *testing.T) {
	yesNo := func(name string) bool { return name == "plan.old" || strings.HasPrefix(name, "known.") }
	for _, c := range []struct {
		text string
		want []string
	}{
		{"person.age >= 18", []string{"person.age > 18", "person.age >= 19", "person.age >= 17"}},
		{"a == 'x' && !plan.old", []string{"a != 'x' && !plan.old", "a == 'x' || !plan.old", "a == 'x' && plan.old"}},
		{"plan.old || b != 'y'", []string{"!plan.old || b != 'y'", "plan.old && b != 'y'", "plan.old || b == 'y'"}},
		{"known.plan.old ? plan.old : false", []string{"!known.plan.old ? plan.old : false", "known.plan.old ? !plan.old : false", "known.plan.old ? plan.old : true"}},
		{"a in ['x', 'y']", []string{"a in ['y']", "a in ['x']"}},
		{"a in ['x && 1']", []string{"a in ['?']"}},
		{"n in [1, 2]", []string{"n in [2]", "n in [1]", "n in [2, 2]", "n in [0, 2]", "n in [1, 3]", "n in [1, 1]"}},
		{"list.exists(f, f in ['x'])", []string{"list.all(f, f in ['x'])", "list.exists(f, f in ['?'])"}},
		{"icd10(code, ['C18-C20', 'D09'])", []string{
			"icd10(code, ['C19-C20', 'D09'])", "icd10(code, ['C17-C20', 'D09'])", "icd10(code, ['C18-C21', 'D09'])", "icd10(code, ['C18-C19', 'D09'])",
			"icd10(code, ['C18-C20'])",
		}},
		{"icd10(code, ['C00-C99'])", []string{"icd10(code, ['C01-C99'])", "icd10(code, ['C00-C98'])"}},
		{"says(note, ['lump', 'mass 2'])", nil},
	} {
		var got []string
		for _, m := range mutants(c.text, yesNo) {
			got = append(got, m.text)
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.text, strings.Join(got, "\n     "), strings.Join(c.want, "\n     "))
		}
	}
}

// held is a topic of one rule in two versions with a table, and the cases given.
func held(cases map[string]string) Mutations {
	files := fstest.MapFS{"t/rules.yaml": {Data: []byte(head + row(
		"plan.kind == 'hmo'", "is.adult && plan.kind in ['hmo']",
		"effect: note", "effect: note\n    from: 2025-01-01\n    until: 2025-12-31\n    table: [{when: 'plan.old', numbers: {days: 30}}, {when: 'true', sets: {covered: \"yes\"}}]",
	) + row("version: 1", "version: 2", "effect: note", "effect: note\n    from: 2026-01-01"))}}
	n := 0
	for facts, expect := range cases {
		n++
		for name, text := range map[string]string{"facts.json": facts, "expect.json": expect, "why.md": "because"} {
			files[fmt.Sprintf("t/cases/%d/%s", n, name)] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	b, _ := Load(files)
	if r := b.Test(); len(r.Problems)+len(r.Failures) > 0 {
		panic(fmt.Sprint(r))
	}
	return b.Mutate()
}

var holding2025 = map[string]string{
	`{"on":"2025-01-01","facts":{"plan.kind":"hmo","person.age":18,"plan.old":true}}`:  `{"numbers":{"T-01@1":{"days":30}}}`,
	`{"on":"2025-12-31","facts":{"plan.kind":"hmo","person.age":30,"plan.old":false}}`: `{"sets_by":{"T-01@1":{"covered":"yes"}}}`,
	`{"on":"2024-12-31","facts":{"plan.kind":"hmo","person.age":30,"plan.old":true}}`:  `{"not":["T-01"]}`,
	`{"on":"2025-05-05","facts":{"plan.kind":"hmo","person.age":17,"plan.old":true}}`:  `{"not":["T-01"]}`,
	`{"on":"2026-01-01","facts":{"plan.kind":"hmo"}}`:                                  `{"fires":["T-01@2"]}`,
}

func TestCasesThatHoldARuleNoticeEveryMistake(t *testing.T) {
	m := held(holding2025)
	for _, x := range m.Missed {
		t.Errorf("%d: %s; %s", x.Line, x.Message, x.Remedy)
	}
	// Version 1: three in its condition, two in its table, a number both ways, a
	// setting, and three dates: past its end version 2 hides it. Version 2: one and
	// two dates. The term: three.
	if m.Tried != 3+2+2+1+3+1+2+3 {
		t.Errorf("%d mistakes were tried", m.Tried)
	}
}

func TestAMistakeThatNoCaseNoticesIsNamedWithItsRemedy(t *testing.T) {
	for _, c := range []struct {
		drop           string // the case that is taken away, by a piece of its text
		line           int
		change, remedy string
	}{
		{`"2025-01-01"`, 19, "days 30 became 31", `"numbers": {"T-01": {"days": 30}}`},
		{`"2025-01-01"`, 11, ">= became >", "exactly at the limit"},
		{`"2025-01-01"`, 17, "from 2025-01-01 became 2025-01-02", "on 2025-01-01 with T-01@1 in fires"},
		{`"2025-12-31"`, 19, `covered "yes" became "no"`, `"sets_by": {"T-01": {"covered": "yes"}}`},
		{`"2025-12-31"`, 18, "until 2025-12-31 became 2025-12-30", "on 2025-12-31 with T-01@1 in fires"},
		{`"2024-12-31"`, 17, "from 2025-01-01 became 2024-12-31", "on 2024-12-31 with T-01@1 in not"},
		{`"2025-05-05"`, 15, "&& became ||", "one side of && holds"},
		{`"2025-05-05"`, 11, "18 became 17", "exactly at the limit"},
		{`"2026-01-01"`, 26, "== became !=", "in fires or in not"},
	} {
		cases := map[string]string{}
		for facts, expect := range holding2025 {
			if !strings.Contains(facts, c.drop) {
				cases[facts] = expect
			}
		}
		found := false
		for _, x := range held(cases).Missed {
			found = found || x.Line == c.line && x.File == "t/rules.yaml" && strings.Contains(x.Message, c.change) && strings.Contains(x.Remedy, c.remedy)
		}
		if !found {
			t.Errorf("without %s: %q at line %d is not named\n%+v", c.drop, c.change, c.line, held(cases).Missed)
		}
	}
}

func BenchmarkMutate(b *testing.B) {
	book := product(b)
	for b.Loop() {
		book.Mutate()
	}
}
