package rulebook

import (
	"strings"
	"testing"
	"testing/fstest"
)

const mandates = `facts:
  plan.kind: {kind: choice, of: [hmo, ppo]}
  plan.funding: {kind: choice, of: [insured, self_funded]}
  plan.situs_state: {kind: state}
  plan.grandfathered: {kind: yes_no}

sets:
  covered: ["yes", "no"]

confirm:
  plan: {en: Please ask your plan, es: Pregunte a su plan}

rules:
  - id: STA-CA-1
    version: 1
    when: "plan.funding == 'insured' && plan.situs_state == 'CA'"
    effect: mandate
    sets: {covered: "yes"}
    numbers: {percent: 20}
    from: 2024-01-01
    citation: "Cal. Health & Safety 1383.15"
    source: ca-plans
    confidence: verified
    status: active
    reason:
      en: "California plans must give a second opinion."
      es: "Los planes de California deben dar una segunda opinión."
`

const caseFactsText = `{
  "on": "2026-11-22",
  "facts": {
    "plan.funding": "insured",
    "plan.situs_state": "CA"
  }
}
`

// keeper is a small folder of rules as somebody keeps it, all as it should be.
func keeper() map[string]string {
	return map[string]string{
		"mandates/rules.yaml":                      mandates,
		"mandates/sources.md":                      "| ca-plans | California law on second opinions | read |\n",
		"mandates/cases/california/facts.json":     caseFactsText,
		"mandates/cases/california/expect.json":    `{"fires": ["STA-CA-1"]}`,
		"mandates/cases/california/why.md":         "An insured plan of California.",
		"mandates/cases/employer-pays/facts.json":  strings.Replace(caseFactsText, "insured", "self_funded", 1),
		"mandates/cases/employer-pays/expect.json": `{"not": ["STA-CA-1"]}`,
		"mandates/cases/employer-pays/why.md":      "State law does not bind a plan that the employer pays for.",
	}
}

func checked(files map[string]string) []Problem {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Check(m)
}

// The first thing that somebody reads after a slip must be the slip, on its line,
// with what to write instead.
func TestASlipOfThePenIsNamedFirstWithWhatToWrite(t *testing.T) {
	if problems := checked(keeper()); len(problems) != 0 {
		t.Fatal(problems)
	}
	const rules, facts, expect = "mandates/rules.yaml", "mandates/cases/california/facts.json", "mandates/cases/california/expect.json"
	for _, c := range []struct {
		name, file, from, to string
		at                   string // the file of the problem, when it is another
		line                 int
		message, remedy      string
	}{
		{"indented too far", rules, "    effect: mandate", "      effect: mandate", "", 17, "does not begin under", "four spaces before `effect:`"},
		{"indented too little", rules, "    effect: mandate", "   effect: mandate", "", 17, "does not begin under", "four spaces"},
		{"a colon outside quotes", rules, `"Cal. Health & Safety 1383.15"`, "Cal. Health: Safety 1383.15", "", 21, "has a colon in it", `citation: "Cal. Health: Safety 1383.15"`},
		{"a tab", rules, "    effect: mandate", "\teffect: mandate", "", 17, "begins with a tab", "use spaces"},
		{"an unknown fact", rules, "plan.situs_state ==", "plan.state ==", "", 16, "speaks of plan.state, which is no declared fact", "declared at the top"},
		{"a mistyped fact", rules, "plan.situs_state ==", "plan.situs_sate ==", "", 16, "plan.situs_sate", "write plan.situs_state"},
		{"one = for two", rules, "plan.situs_state ==", "plan.situs_state =", "", 16, "has one = where it compares", "&& plan.situs_state == 'CA'"},
		{"the word and", rules, "&&", "and", "", 16, "says and", "'insured' && plan.situs_state"},
		{"the word or", rules, "&&", "OR", "", 16, "says OR", "'insured' || plan.situs_state"},
		{"the word not", rules, "plan.funding == 'insured' &&", "not plan.grandfathered &&", "", 16, "says not", "!plan.grandfathered"},
		{"a state in small letters", rules, "'CA'", "'ca'", "", 16, "plan.situs_state is never 'ca'", "write 'CA'"},
		{"a state that does not exist", rules, "'CA'", "'ZZ'", "", 16, "plan.situs_state is never 'ZZ'", "write one of AL, AK"},
		{"no sentence in Spanish", rules, "      es: \"Los planes de California deben dar una segunda opinión.\"\n", "", "", 26, "no words in Spanish", "add es: with one plain sentence"},
		{"an id that is taken", rules, "rules:\n", "rules:\n" + mandates[strings.Index(mandates, "  - id"):], "", 28, "STA-CA-1 version 1 is given twice, here and at line 14", "give it an id of its own"},
		{"a month that is none", rules, "2024-01-01", "2026-13-01", "", 20, `"2026-13-01": no calendar has this day`, "YYYY-MM-DD"},
		{"a day written otherwise", rules, "2024-01-01", "1/1/2024", "", 20, "not a date", "2026-01-31"},
		{"a percent sign", rules, "percent: 20", `percent: "20%"`, "", 19, `number percent is "20%"`, "write 20, a whole number"},
		{"dollars", rules, "percent: 20", "percent: $1,200.50", "", 19, "a number has a comma in it", "120050"},
		{"dollars in quotes", rules, "percent: 20", `percent: "$1,200.50"`, "", 19, `"$1,200.50"`, "write 120050: money is in cents"},
		{"no case", expect, `"STA-CA-1"`, "", rules, 14, "no case makes rule STA-CA-1 apply", `make a folder mandates/cases/NAME with facts.json, why.md and expect.json: {"fires": ["STA-CA-1"]}`},
		{"a mistyped rule in a case", expect, "STA-CA-1", "STA-C-1", expect, 1, "there is no rule STA-C-1", "write STA-CA-1"},
		{"a mistyped fact in a case", facts, "plan.funding", "plan.fundng", "", 4, "fact plan.fundng is not declared", "write plan.funding"},
		{"a mistyped state in a case", facts, `"CA"`, `"Ca"`, "", 5, `plan.situs_state is never "Ca"`, "write CA"},
		{"a value in place of yes", facts, `"insured"`, `true`, "", 4, "plan.funding is not one of its values", "one value in double quotes"},
		{"a last comma", facts, `"CA"`, `"CA",`, "", 5, "a comma stands before a closing bracket", "take the last comma"},
		{"no comma", facts, `"insured",`, `"insured"`, "", 4, "something is missing after this line", "end the line with a comma"},
		{"a text without quotes", facts, `"insured"`, `insured`, "", 4, "no JSON from here on", "text goes in double quotes"},
		{"curly quotes in a case", facts, `"insured"`, `“insured”`, "", 4, "curly quotes", `straight quotes: "`},
		{"a mistyped entry", expect, `"fires"`, `"fire"`, "", 1, "there is no entry fire", "write fires"},
		{"a list without brackets", rules, "plan.situs_state == 'CA'", "plan.situs_state in 'CA', 'NY'", "", 16, "the list after `in` has no brackets", "plan.situs_state in ['CA', 'NY']"},
		{"values without brackets", rules, "of: [insured, self_funded]", "of: insured", "", 3, "lists its values under `of`", "of: [insured]"},
		{"curly quotes in a condition", rules, "'CA'", "‘CA’", "", 16, "the condition has curly quotes", "plan.situs_state == 'CA'"},
		{"curly quotes around a sentence", rules, `"California plans must give a second opinion."`, "“California plans must give a second opinion.”", "", 26, "stands in curly quotes", `use straight quotes: "California`},
		{"a quote that is not closed", rules, `second opinion."`, "second opinion.", "", 26, "no closing quote", `end it with "`},
		{"a quote that is not closed in a condition", rules, "'CA'", "'CA", "", 16, "a quote that is never closed", "close it"},
		{"a condition that begins with a quote", rules, `"plan.funding == 'insured' && plan.situs_state == 'CA'"`, "'CA' == plan.situs_state", "", 16, "goes on behind its closing quote", "single quotes inside"},
		{"a condition that begins with !", rules, `"plan.funding == 'insured' && plan.situs_state == 'CA'"`, "!plan.grandfathered", "", 16, "when begins with ! outside quotes", `when: "!plan.grandfathered"`},
		{"a comma outside quotes", rules, "{en: Please ask your plan,", "{en: Please, ask your plan,", "", 11, `has no key "ask your plan"`, "put the whole sentence in double quotes"},
		{"no space after the colon", rules, "source: ca-plans", "source:ca-plans", "", 22, "no space stands after source:", "write source: ca-plans"},
		{"a missing part", rules, `    citation: "Cal. Health & Safety 1383.15"` + "\n", "", "", 14, "has no citation", "add a line citation:"},
		{"an unknown part", rules, "citation:", "cite:", "", 21, `no key "cite"`, "write one of id, version"},
		{"a source that is not listed", rules, "source: ca-plans", "source: ca-plan", "", 14, "which sources.md does not list", "add a line | ca-plan |"},
		{"a brace that is not closed", rules, `{covered: "yes"}`, `{covered: "yes"`, "", 18, "never closed", "end it with }"},
		{"a list that is not closed", rules, "of: [insured, self_funded]", "of: [insured, self_funded", "", 3, "no closing bracket", "end it with ]"},
	} {
		files := keeper()
		if !strings.Contains(files[c.file], c.from) {
			t.Fatalf("%s: the text to change is not there", c.name)
		}
		files[c.file] = strings.Replace(files[c.file], c.from, c.to, 1)
		problems := checked(files)
		at := c.at
		if at == "" {
			at = c.file
		}
		if len(problems) == 0 {
			t.Errorf("%s: nothing is said", c.name)
			continue
		}
		if p := problems[0]; p.File != at || p.Line != c.line || !strings.Contains(p.Message, c.message) || !strings.Contains(p.Remedy, c.remedy) {
			t.Errorf("%s:\nwant %s:%d %s; %s\n got %+v", c.name, at, c.line, c.message, c.remedy, problems)
		}
	}
}

func TestAMissingFileOfACaseIsNamedWithWhatGoesIntoIt(t *testing.T) {
	for _, name := range []string{"facts.json", "expect.json", "why.md"} {
		files := keeper()
		delete(files, "mandates/cases/california/"+name)
		found := false
		for _, p := range checked(files) {
			found = found || p.File == "mandates/cases/california/"+name && p.Remedy != ""
		}
		if !found {
			t.Errorf("%s: %v", name, checked(files))
		}
	}
}

func TestARuleThatHasRunIsNeverEdited(t *testing.T) {
	m := fstest.MapFS{}
	for name, text := range keeper() {
		m[name] = &fstest.MapFile{Data: []byte(strings.Replace(text, "\nrules:\n", "\nterms:\n  insured: plan.funding == 'insured'\n\nrules:\n", 1))}
	}
	text, fresh, problems := Release(m)
	if len(problems) > 0 || fresh != 2 {
		t.Fatal(fresh, problems)
	}
	m[ReleasedFile] = &fstest.MapFile{Data: []byte(text)}
	if problems := Check(m); len(problems) > 0 {
		t.Fatal(problems)
	}
	if again, fresh, _ := Release(m); again != text || fresh != 0 {
		t.Errorf("a second release is not the same: %d new\n%s", fresh, again)
	}
	original := string(m["mandates/rules.yaml"].Data)
	with := func(from, to string) []Problem {
		if !strings.Contains(original, from) {
			t.Fatal(from)
		}
		m["mandates/rules.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(original, from, to, 1))}
		return Check(m)
	}
	for _, edit := range [][2]string{
		{"percent: 20", "percent: 21"},
		{"'CA'", "'NY'"},
		{`covered: "yes"`, `covered: "no"`},
		{"2024-01-01", "2024-01-02"},
		{"must give", "should give"},
		{"deben dar", "pueden dar"},
		{"Safety 1383.15", "Safety 1383.1"},
		{"confidence: verified", "confidence: unverified\n    confirm: plan"},
		{"effect: mandate", "effect: note"},
	} {
		problems := with(edit[0], edit[1])
		if len(problems) != 1 || problems[0].Line != 17 || problems[0].File != "mandates/rules.yaml" ||
			!strings.Contains(problems[0].Message, "STA-CA-1@1 has run and is edited") || !strings.Contains(problems[0].Remedy, "add version 2 of the rule, and end version 1 with until:") {
			t.Errorf("%q for %q: %+v", edit[1], edit[0], problems)
		}
	}
	if p := with("insured: plan.funding == 'insured'", "insured: plan.funding == 'self_funded'"); len(p) != 1 || p[0].Line != 14 || !strings.Contains(p[0].Remedy, "a term of another name") {
		t.Errorf("a term: %+v", p)
	}
	if p := with("effect: mandate", "effect: mandate # as the law says"); len(p) != 0 {
		t.Errorf("a remark is no edit: %+v", p)
	}
	if p := with("from: 2024-01-01", "from: 2024-01-01\n    until: 2027-12-31"); len(p) != 0 {
		t.Errorf("an end may be given: %+v", p)
	}
	ended, _, _ := Release(m)
	m[ReleasedFile] = &fstest.MapFile{Data: []byte(ended)}
	if p := with("from: 2024-01-01", "from: 2024-01-01\n    until: 2027-12-30"); len(p) != 1 || !strings.Contains(p[0].Message, "ended on 2027-12-31") {
		t.Errorf("an end may not be moved: %+v", p)
	}
	m[ReleasedFile] = &fstest.MapFile{Data: []byte(text + "mandates/STA-NY-1@1 abc open\n")}
	if p := with("effect: mandate", "effect: mandate"); len(p) != 1 || !strings.Contains(p[0].Message, "STA-NY-1@1 was released and is gone") {
		t.Errorf("a row that is gone: %+v", p)
	}
}
