package rulebook

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"consilium/internal/contract"
	"consilium/internal/finding"

	"cel.dev/cel-go/common"
	"cel.dev/cel-go/parser"
	"pgregory.net/rapid"
)

const head = `facts:
  plan.kind: {kind: choice, of: [hmo, ppo]}
  plan.old: {kind: yes_no}
  person.age: {kind: number}
  note: {kind: words}
sets:
  covered: ["yes", "no"]
confirm:
  plan: {en: Please ask your plan, es: Pregunte a su plan}
terms:
  adult: person.age >= 18
rules:
`

// row is one rule with a part of it changed.
func row(change ...string) string {
	text := `  - id: T-01
    version: 1
    when: plan.kind == 'hmo'
    effect: note
    citation: a law
    confidence: verified
    status: active
    reason: {en: Yes., es: Sí.}
`
	return strings.NewReplacer(change...).Replace(text)
}

func load(text string) (*Book, []Problem) {
	b, problems := Load(fstest.MapFS{"t/rules.yaml": {Data: []byte(text)}})
	return b, append(problems, b.Compile()...)
}

func TestAWrongRowSaysWhereAndWhatToWriteInstead(t *testing.T) {
	for _, c := range []struct {
		name, text      string
		line            int
		message, remedy string
	}{
		{"a mistyped fact", head + row("plan.kind == 'hmo'", "plan.knid == 'hmo'"), 15, "speaks of plan.knid, which is no declared fact", "write plan.kind"},
		{"a value that never is", head + row("'hmo'", "'hmoo'"), 15, "plan.kind is never 'hmoo'", "write 'hmo'"},
		{"a value that never is, in a list", head + row("plan.kind == 'hmo'", "plan.kind in ['hmo', 'pppo']"), 15, "plan.kind is never 'pppo'", "write 'ppo'"},
		{"a comparison of unlike things", head + row("plan.kind == 'hmo'", "person.age == 'old'"), 15, "cannot be understood", "compare with"},
		{"no answer of yes or no", head + row("plan.kind == 'hmo'", "person.age + 1"), 15, "gives int, not yes or no", "compare it"},
		{"half a condition", head + row("plan.kind == 'hmo'", "plan.kind =="), 15, "cannot be understood", "compare with"},
		{"a mistyped key", head + row("effect:", "efect:"), 16, `no key "efect"`, "write effect"},
		{"no sentence in Spanish", head + row("{en: Yes., es: Sí.}", "{en: Yes.}"), 20, "no words in Spanish (es)", "add es:"},
		{"a variable that is not given", head + row("Yes.", "'In {days} days.'"), 13, "uses {days}", "one of"},
		{"no version", head + row("version: 1", "version: x"), 13, "has no version", "version: 1"},
		{"a day that is none", head + row("effect: note", "effect: note\n    from: 2026-02-30"), 17, "no calendar has this day", "YYYY-MM-DD"},
		{"ends before it starts", head + row("effect: note", "effect: note\n    from: 2026-02-01\n    until: 2025-01-01"), 13, "ends before it starts", "earlier date"},
		{"a setting that is not declared", head + row("effect: note", "effect: note\n    sets: {coverd: yes}"), 17, "sets coverd", "write covered"},
		{"a setting that never is", head + row("effect: note", "effect: note\n    sets: {covered: maybe}"), 17, `covered is never "maybe"`, "one of yes, no"},
		{"unverified, and nobody to ask", head + row("confidence: verified", "confidence: unverified"), 13, "does not say who can confirm", "add confirm: with one of plan"},
		{"the same version twice", head + row() + row(), 21, "version 1 is given twice", "version: 2"},
		{"two versions on one day", head + row() + row("version: 1", "version: 2"), 21, "versions 1 and 2 hold on the same day", "end version 1"},
		{"a term before its own", strings.Replace(head, "adult: person.age >= 18", "adult: is.old\n  old: person.age >= 65", 1) + row(), 11, "is.old, which is not there yet", "further up"},
		{"no YAML", "facts: [", 1, "no closing bracket", "end it with ]"},
		{"a fact of no kind", strings.Replace(head, "kind: number", "kind: numbr", 1) + row(), 4, "of no known kind", "number"},
	} {
		_, problems := load(c.text)
		found := false
		for _, p := range problems {
			found = found || p.Line == c.line && p.File == "t/rules.yaml" && strings.Contains(p.Message, c.message) && strings.Contains(p.Remedy, c.remedy)
		}
		if !found {
			t.Errorf("%s: want line %d %q %q\n got %+v", c.name, c.line, c.message, c.remedy, problems)
		}
	}
	if _, problems := load(head + row()); len(problems) != 0 {
		t.Errorf("a right row has problems: %+v", problems)
	}
}

func TestARuleIdIsNotSharedByTopics(t *testing.T) {
	_, problems := Load(fstest.MapFS{"a/rules.yaml": {Data: []byte(head + row())}, "b/rules.yaml": {Data: []byte(head + row())}})
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "already used in topic a") {
		t.Error(problems)
	}
}

func TestAMissingCaseOrSourceIsAProblem(t *testing.T) {
	all := ""
	for _, p := range Check(fstest.MapFS{"t/rules.yaml": {Data: []byte(head + row())}}) {
		all += p.Message + "\n"
	}
	for _, want := range []string{"no case makes rule T-01 apply, and none shows where it does not", "has no sources.md"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not among\n%s", want, all)
		}
	}
}

func TestAFailingCaseIsReported(t *testing.T) {
	b, _ := Load(fstest.MapFS{
		"t/rules.yaml":            {Data: []byte(head + row())},
		"t/cases/one/facts.json":  {Data: []byte(`{"on":"2026-01-01","facts":{"plan.kind":"ppo"}}`)},
		"t/cases/one/expect.json": {Data: []byte(`{"fires":["T-01"]}`)},
		"t/cases/one/why.md":      {Data: []byte("because")},
		"t/cases/two/facts.json":  {Data: []byte(`{"on":"2026-01-01","facts":{"plan.knd":"ppo","plan.kind":"hmoo"}}`)},
		"t/cases/two/expect.json": {Data: []byte(`{"not":["T-02"]}`)},
		"t/cases/two/why.md":      {Data: []byte("because")},
	})
	r := b.Test()
	if r.OK() || len(r.Failures) == 0 || r.Failures[0].Message != "T-01 must apply and does not" {
		t.Errorf("%+v", r.Failures)
	}
	if got := fmt.Sprint(r.Problems); !strings.Contains(got, "fact plan.knd is not declared") || !strings.Contains(got, "there is no rule T-02") || !strings.Contains(got, `never "hmoo"`) {
		t.Error(got)
	}
}

func TestACaseExpectsWhatARuleGives(t *testing.T) {
	text := head + row("effect: note", "effect: note\n    numbers: {days: 30}\n    sets: {covered: \"yes\"}\n    table: [{when: 'person.age >= 65', numbers: {percent: 20}}, {when: 'true', numbers: {percent: 30}}]")
	judged := func(expect string) Report {
		b, _ := Load(fstest.MapFS{
			"t/rules.yaml":            {Data: []byte(text)},
			"t/cases/one/facts.json":  {Data: []byte(`{"on":"2026-01-01","facts":{"plan.kind":"hmo","person.age":70}}`)},
			"t/cases/one/expect.json": {Data: []byte(expect)},
			"t/cases/one/why.md":      {Data: []byte("because")},
		})
		return b.Test()
	}
	right := judged(`{"fires":["T-01"],"numbers":{"T-01":{"days":30,"percent":20}},"sets_by":{"T-01":{"covered":"yes"}}}`)
	if !right.OK() || right.Checks != 1+2+1+2 {
		t.Errorf("%+v", right)
	}
	wrong := judged(`{"numbers":{"T-01@1":{"days":31,"percent":30}},"sets_by":{"T-01":{"covered":"no"}}}`)
	got := fmt.Sprint(wrong.Failures)
	for _, want := range []string{"T-01@1 gives days as 30, not 31", "gives percent as 20, not 30", `T-01 sets covered to "yes", not "no"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %s", want, got)
		}
	}
	bad := fmt.Sprint(judged(`{"numbers":{"T-01":{"day":30},"T-1":{}},"sets_by":{"T-01":{"cover":"no"}}}`).Problems)
	for _, want := range []string{"there is no number day in rule T-01 write one of days, percent", "there is no rule T-1 write T-01", "there is no setting cover"} {
		if !strings.Contains(bad, want) {
			t.Errorf("%q is not in %s", want, bad)
		}
	}
}

func TestUnknownIsAThirdValue(t *testing.T) {
	for _, c := range []struct {
		when  string
		facts map[string]any
		want  answer
	}{
		{"plan.old", nil, unknown},
		{"!plan.old", nil, unknown},
		{"plan.old && plan.kind == 'hmo'", map[string]any{"plan.kind": "ppo"}, no},
		{"plan.old && plan.kind == 'hmo'", map[string]any{"plan.kind": "hmo"}, unknown},
		{"plan.old || plan.kind == 'hmo'", map[string]any{"plan.kind": "hmo"}, yes},
		{"plan.old || plan.kind == 'hmo'", map[string]any{"plan.kind": "ppo"}, unknown},
		{"plan.kind != 'hmo'", nil, unknown},
		{"!(plan.kind in ['hmo'])", nil, unknown},
		{"plan.kind in ['hmo']", map[string]any{"plan.kind": ""}, unknown},
		{"person.age < 21", nil, unknown},
		{"person.age < 21", map[string]any{"person.age": 3}, yes},
		{"!is.adult", nil, unknown},
		{"!is.adult", map[string]any{"person.age": 3}, yes},
		{"known.plan.old", nil, no},
		{"says(note, ['lump'])", nil, unknown},
		{"!says(note, ['lump'])", map[string]any{"note": "A LUMP."}, no},
		{"icd10(note, ['C50'])", nil, unknown},
		{"plan.old ? true : true", nil, unknown},
		{"person.age / 0 == 1 || plan.kind == 'ppo'", map[string]any{"person.age": 3, "plan.kind": "hmo"}, unknown},
	} {
		b, problems := load(head + row("plan.kind == 'hmo'", fmt.Sprintf("%q", c.when)))
		if len(problems) > 0 {
			t.Fatal(c.when, problems)
		}
		v := b.Judge("t", c.facts, contract.MustDate("2026-01-01"), "en")
		got := no
		if len(v.Fired) == 1 {
			got = yes
		} else if len(v.Undecided) == 1 {
			got = unknown
		}
		if got != c.want {
			t.Errorf("%s with %v is %d, not %d", c.when, c.facts, got, c.want)
		}
	}
}

func TestAnUndecidedRuleNamesWhatItLacks(t *testing.T) {
	b, _ := load(head + row("plan.kind == 'hmo'", "is.adult && plan.old"))
	v := b.Judge("t", nil, contract.Date{}, "en")
	if got := fmt.Sprint(v.Undecided); got != "[{T-01 note [person.age plan.old]}]" {
		t.Error(got)
	}
}

func TestAnUnverifiedRuleSaysCheckThisAndWithWhom(t *testing.T) {
	b, problems := load(head + row("confidence: verified", "confidence: unverified\n    confirm: plan"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	f := b.Judge("t", map[string]any{"plan.kind": "hmo"}, contract.Date{}, "es").Fired[0]
	if f.Decides || f.Effect != "check" || f.Kind != "note" || f.Reason != "Pregunte a su plan: Sí." || f.Confidence != finding.Unverified {
		t.Errorf("%+v", f)
	}
}

func TestMoneyIsWrittenAsPeopleReadIt(t *testing.T) {
	for cents, want := range map[int]string{0: "$0.00", 5: "$0.05", 28300: "$283.00", 99999: "$999.99", 173600: "$1,736.00", 123456789: "$1,234,567.89", -500: "-$5.00"} {
		if got := dollars(cents); got != want {
			t.Errorf("%d cents are %s, not %s", cents, got, want)
		}
	}
}

func TestTheDayPicksTheVersion(t *testing.T) {
	b, problems := load(head + row("effect: note", "effect: note\n    from: 2025-01-01\n    until: 2025-12-31") + row("version: 1", "version: 2", "effect: note", "effect: note\n    from: 2026-01-01"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for on, want := range map[string]int{"2024-12-31": 0, "2025-01-01": 1, "2025-12-31": 1, "2026-01-01": 2, "2030-01-01": 2} {
		got := 0
		for _, f := range b.Evaluate("t", map[string]any{"plan.kind": "hmo"}, contract.MustDate(on), "en") {
			got = f.Version
		}
		if got != want {
			t.Errorf("%s: version %d, not %d", on, got, want)
		}
	}
}

func TestExplainTellsTheWholeStoryOfARule(t *testing.T) {
	files := keeper()
	second := strings.NewReplacer("version: 1", "version: 2", "2024-01-01", "2027-01-01", "percent: 20", "percent: 25", "'insured' &&", "'insured' && is.big &&").Replace(mandates[strings.Index(mandates, "  - id"):])
	files["mandates/rules.yaml"] = strings.NewReplacer(
		"from: 2024-01-01", "from: 2024-01-01\n    until: 2026-12-31", "a second opinion.\"", "{percent} percent.\"",
		"{kind: yes_no}", "{kind: yes_no, about: a plan from before 2010}", "\nrules:\n", "\nterms:\n  big: \"!plan.grandfathered\"\n\nrules:\n",
	).Replace(mandates) + second
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	b, problems := Load(m)
	if problems = append(problems, b.Compile()...); len(problems) > 0 {
		t.Fatal(problems)
	}
	e, err := b.Explain("STA-CA-1", "es")
	if err != nil || len(e.Versions) != 2 || len(e.Cases) != 2 || len(e.Meanings) != 2 {
		t.Fatalf("%v %+v", err, e)
	}
	new, old := e.Versions[0], e.Versions[1]
	if new.Version != 2 || new.From != "2027-01-01" || new.Until != "" || old.Until != "2026-12-31" || old.Line != 17 || old.File != "mandates/rules.yaml" {
		t.Errorf("%+v", e.Versions)
	}
	if old.Reasons["en"] != "California plans must give 20 percent." || old.Reason != old.Reasons["es"] || !strings.Contains(old.Reason, "Los planes") {
		t.Errorf("%+v", old.Reasons)
	}
	if new.Numbers["percent"] != 25 || new.Sets["covered"] != "yes" || new.SourceSays != "California law on second opinions; read" || new.Citation == "" {
		t.Errorf("%+v", new)
	}
	if new.InWords != "plan.funding is insured and is.big and plan.situs_state is CA" || e.Meanings[0] != (Meaning{"is.big", "not plan.grandfathered"}) || e.Meanings[1].Text != "a plan from before 2010" {
		t.Errorf("%q %+v", new.InWords, e.Meanings)
	}
	if c := e.Cases[0]; !c.Applies || c.Name != "california" || c.On != "2026-11-22" || e.Cases[1].Applies {
		t.Errorf("%+v", e.Cases)
	}
	if _, err := b.Explain("STA-CA1", "en"); err == nil || !strings.Contains(err.Error(), "did you mean STA-CA-1?") {
		t.Error(err)
	}
}

func TestAConditionIsSaidInWords(t *testing.T) {
	for text, want := range map[string]string{
		"true": "always",
		"plan.funding == 'insured' && plan.situs_state == 'CA'":                   "plan.funding is insured and plan.situs_state is CA",
		"plan.kind in ['hmo', 'epo'] || !(plan.kind in ['ppo'])":                  "plan.kind is one of hmo, epo or not (plan.kind is ppo)",
		"known.plan.old ? plan.old : false":                                       "if plan.old is known then plan.old otherwise no",
		"known.a ? a >= 2 : (known.b ? b : false)":                                "if a is known then a is at least 2 otherwise (if b is known then b otherwise no)",
		"!known.plan.old && person.age < 21":                                      "plan.old is not known and person.age is less than 21",
		"icd10(code, ['C00-C96', 'D05']) || says(note, ['low-risk', \"a lump\"])": "code is a code of C00 to C96, D05 or note says one of low-risk, a lump",
		"size(symptoms.red_flags) > 0":                                            "the number of symptoms.red_flags is more than 0",
		"flags.exists(f, f in ['a', 'b'])":                                        "some f of flags (where f is one of a, b)",
	} {
		if got := readable(text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// Kleene's logic is monotone: with more known, what was settled stays settled.
func TestKnowingMoreNeverOverturnsWhatWasSettled(t *testing.T) {
	b, problems := load(head + row("plan.kind == 'hmo'", "(plan.old || is.adult) && !(plan.kind == 'hmo' && plan.old)"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	state := func(facts map[string]any) answer {
		v := b.Judge("t", facts, contract.Date{}, "en")
		switch {
		case len(v.Fired) > 0:
			return yes
		case len(v.Undecided) > 0:
			return unknown
		}
		return no
	}
	rapid.Check(t, func(t *rapid.T) {
		all := map[string]any{"plan.old": rapid.Bool().Draw(t, "old"), "person.age": rapid.IntRange(0, 90).Draw(t, "age"), "plan.kind": rapid.SampledFrom([]string{"hmo", "ppo"}).Draw(t, "kind")}
		some := map[string]any{}
		for k, v := range all {
			if rapid.Bool().Draw(t, "keep "+k) {
				some[k] = v
			}
		}
		if before, after := state(some), state(all); before != unknown && before != after {
			t.Fatalf("%v was %d, and with %v it is %d", some, before, all, after)
		}
	})
}

func TestWordsAndCodesAreFoundAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		text, phrase string
		want         bool
	}{
		{"Cáncer de MAMA", "cancer de mama", true},
		{"breast-cancer, stage 2", "breast cancer", true},
		{"cancerous", "cancer", false},
		{"no cancer", "cancer", false},
		{"no cancer then, but cancer now", "cancer", true},
		{"sin cáncer", "cáncer", false},
		{"", "cancer", false},
		{"cancer", "", false},
	} {
		if got := Says(c.text, []string{c.phrase}); got != c.want {
			t.Errorf("Says(%q, %q) = %v", c.text, c.phrase, got)
		}
	}
	for _, c := range []struct {
		code, of string
		want     bool
	}{{"C50.911", "C50", true}, {"c50911", "C00-C96", true}, {"C97", "C00-C96", false}, {"C5", "C50", false}, {"G12.21", "G12.2", true}, {"G12.1", "G12.2", false}, {"D09.3", "D00-D09", true}, {"", "C50", false}, {"M51.2", "M45-M54", true}} {
		if got := InICD10(c.code, []string{c.of}); got != c.want {
			t.Errorf("InICD10(%q, %q) = %v", c.code, c.of, got)
		}
	}
}

func FuzzReadTopic(f *testing.F) {
	f.Add([]byte(head + row()))
	f.Add([]byte("facts: {a: {kind: choice, of: [x]}}\nrules: [{id: T-1, when: [1]}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, _ := Load(fstest.MapFS{"t/rules.yaml": {Data: text}})
		b.Compile()
		b.Judge("t", map[string]any{"plan.kind": "hmo"}, contract.Date{}, "en")
	})
}

// The quick parser must read every condition just as the language's own does.
func TestTheQuickParserReadsAsTheSlowOneDoes(t *testing.T) {
	b := product(t)
	n := 0
	for _, name := range b.Topics() {
		tp := b.topics[name]
		tp.compile()
		var texts []string
		for _, d := range tp.terms {
			texts = append(texts, d.when.text)
		}
		for _, r := range tp.rows {
			texts = append(texts, r.When)
			for _, l := range r.Table {
				texts = append(texts, l.When)
			}
		}
		for _, text := range texts {
			source := common.NewTextSource(text)
			quick, errs := tp.env.parser.Parse(source)
			slow, issues := tp.env.cel.Parse(text)
			if len(errs.GetErrors()) > 0 || issues.Err() != nil {
				t.Errorf("%s: %v %v", text, errs.GetErrors(), issues.Err())
				continue
			}
			a, err1 := parser.Unparse(quick.Expr(), quick.SourceInfo())
			b, err2 := parser.Unparse(slow.NativeRep().Expr(), slow.NativeRep().SourceInfo())
			if (err1 == nil) != (err2 == nil) || a != b {
				t.Errorf("%s is read as %s and as %s (%v, %v)", text, a, b, err1, err2)
			}
			n++
		}
	}
	if n < 500 {
		t.Errorf("only %d conditions were read", n)
	}
}
