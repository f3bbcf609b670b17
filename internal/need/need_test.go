package need_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"consilium/internal/contract"
	"consilium/internal/need"
	"consilium/internal/rulebook"
	"consilium/internal/web/text/grade"

	"pgregory.net/rapid"
)

var today = contract.MustDate("2026-11-22")

var book = func() *rulebook.Book {
	b, problems := rulebook.Load(os.DirFS("../../rules"))
	if len(problems) > 0 {
		panic(problems[0])
	}
	return b
}()

func check(t testing.TB, in string) need.Answer {
	t.Helper()
	var input need.Input
	if err := contract.Decode(strings.NewReader(in), &input); err != nil {
		t.Fatal(err)
	}
	a, err := need.Check(input, today, "en", book)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func rules(a need.Answer) []string {
	var out []string
	for _, x := range a.Triggers {
		out = append(out, x.Rule)
	}
	return out
}

func TestAdviceFollowsFromWhatIsKnown(t *testing.T) {
	for _, c := range []struct {
		in       string
		advice   need.Advice
		triggers string
		window   int
		evidence string
	}{
		{`{}`, need.Optional, "", 0, ""},
		{`{"wants_peace_of_mind":true}`, need.Optional, "TRG-12", 0, ""},
		{`{"wants_peace_of_mind":false}`, need.Optional, "", 0, ""},
		{`{"doctor":{"rushed":true}}`, need.Optional, "TRG-09", 0, ""},
		{`{"diagnosis":{"certainty":"unclear"}}`, need.Consider, "TRG-02", 0, ""},
		{`{"diagnosis":{"rare":true}}`, need.Strong, "TRG-05", 0, ""},
		{`{"treatment":{"kind":"major_surgery"}}`, need.Strong, "TRG-13", 0, ""},
		{`{"treatment":{"kind":"minor_procedure"}}`, need.Optional, "", 0, ""},
		{`{"treatment":{"kind":"medication","response":"good"}}`, need.Optional, "", 0, ""},
		{`{"diagnosis":{"icd10":"C50.911"}}`, need.Strong, "TRG-06", 28, "EV-13 EV-14 EV-15"},
		{`{"diagnosis":{"text":"Cáncer de mama"}}`, need.Strong, "TRG-06", 28, "EV-13 EV-14 EV-15"},
		{`{"diagnosis":{"icd10":"C50.911"},"treatment":{"status":"proposed"}}`, need.Strong, "TRG-06 TRG-14", 28, "EV-13 EV-14 EV-15"},
		{`{"diagnosis":{"text":"acute myeloid leukemia"}}`, need.Strong, "TRG-06", 3, ""},
		{`{"diagnosis":{"text":"low-risk prostate cancer","life_threatening":false}}`, need.Strong, "", 90, "EV-23 EV-24"},
		{`{"diagnosis":{"text":"chronic low back pain"},"treatment":{"kind":"major_surgery"}}`, need.Strong, "TRG-13", 0, "EV-30 EV-40 EV-41 EV-42"},
		{`{"opinions_differ":true}`, need.Strong, "TRG-17", 0, ""},
		{`{"opinions_differ":null}`, need.Optional, "", 0, ""},
		{`{"denied":"not_necessary"}`, need.Optional, "TRG-20", 0, ""},
		{`{"diagnosis":{"icd10":"I25.10"},"doctor":{"specialty_nucc":"207Q00000X"}}`, need.Consider, "TRG-11", 0, ""},
		{`{"diagnosis":{"icd10":"I25.10"},"doctor":{"specialty_nucc":"207RC0000X"}}`, need.Optional, "", 0, ""},
		{`{"diagnosis":{"text":"no cancer, just a cyst"}}`, need.Optional, "", 0, ""},
	} {
		a := check(t, c.in)
		if a.Advice != c.advice || strings.Join(rules(a), " ") != c.triggers || strings.Join(a.Evidence, " ") != c.evidence {
			t.Errorf("%s\n got %s %v %v\nwant %s %s %s", c.in, a.Advice, rules(a), a.Evidence, c.advice, c.triggers, c.evidence)
		}
		days := 0
		if a.Window != nil {
			days = a.Window.Days
		}
		if days != c.window {
			t.Errorf("%s: window %d, not %d", c.in, days, c.window)
		}
	}
}

func TestEveryRedFlagAloneIsAnEmergencyAndNothingElseIsAdvised(t *testing.T) {
	for _, f := range need.RedFlags() {
		a := check(t, `{"symptoms":{"red_flags":["`+f.ID+`"]},"diagnosis":{"icd10":"C50.911"},"treatment":{"kind":"major_surgery"},"opinions_differ":true}`)
		if a.Advice != need.Emergency || len(a.Triggers) != 0 || a.Window != nil || len(a.Evidence) != 0 {
			t.Errorf("%s: %+v", f.ID, a)
		}
		if len(a.Findings) != 2 || a.Findings[0].Rule != "EMX-01" || !strings.HasPrefix(a.Findings[1].Rule, "RED-") {
			t.Errorf("%s: findings %+v", f.ID, a.Findings)
		}
	}
	if a := check(t, `{"symptoms":{"red_flags":[]}}`); a.Advice == need.Emergency {
		t.Error("no red flag is no emergency")
	}
}

func TestTheRedFlagsOfTheRulesAreThoseOfTheScreen(t *testing.T) {
	text, err := os.ReadFile("../../rules/need/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range need.RedFlags() {
		if strings.Count(string(text), f.ID) < 2 {
			t.Errorf("%s is not both declared and in a rule", f.ID)
		}
		if !slices.ContainsFunc(need.Systems(), func(s need.System) bool { return s.ID == f.System }) {
			t.Errorf("%s is in no group", f.ID)
		}
	}
}

func TestEveryQuestionFillsAFieldOfTheInput(t *testing.T) {
	for _, q := range need.Questions() {
		answers := []string{`true`, `2`}
		switch q.Kind {
		case "text":
			answers = []string{`"back pain"`}
		case "choice":
			answers = nil
			for _, c := range q.Choices {
				answers = append(answers, `"`+c.Value+`"`)
			}
		case "yes_no":
			answers = answers[:1]
		case "number":
			answers = answers[1:]
		}
		for _, a := range answers {
			in := `{"` + strings.ReplaceAll(q.Field, ".", `":{"`) + `":` + a + strings.Repeat("}", 1+strings.Count(q.Field, "."))
			var input need.Input
			if err := contract.Decode(strings.NewReader(in), &input); err != nil {
				t.Errorf("%s: %v", q.ID, err)
			}
		}
	}
}

func TestAWrongInputNamesItsField(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		in   need.Input
		lang string
		want string
	}{
		{need.Input{Denied: "nope"}, "en", `denied: unknown value "nope"; one of none, not_necessary, experimental, other (did you mean none?)`},
		{need.Input{Symptoms: need.Symptoms{RedFlags: need.FlagList{"chest_pian"}}}, "en", `symptoms.red_flags[0]: unknown value "chest_pian"; one of chest_pain`},
		{need.Input{Treatment: need.Treatment{Status: "proposed", Begun: &yes}}, "en", "treatment.begun: is true, but treatment.status says proposed"},
		{need.Input{Treatment: need.Treatment{Status: "failed", Begun: &no}}, "en", "treatment.begun: is false, but treatment.status says failed"},
		{need.Input{Diagnosis: need.Diagnosis{ICD10: "breast"}}, "en", `diagnosis.icd10: "breast" is not allowed here`},
		{need.Input{}, "fr", `lang: unknown value "fr"; one of en, es`},
	} {
		_, err := need.Check(c.in, today, c.lang, book)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v\nwant %s", err, c.want)
		}
	}
}

// Leaving something out can only make an answer more cautious in what it claims: no
// reason may appear because a fact is unknown.
func TestForgettingAFactNeverAddsAReason(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		full := draw(t)
		all := map[string]any{}
		b, _ := json.Marshal(full)
		_ = json.Unmarshal(b, &all)
		before, err := need.Check(full, today, "en", book)
		if err != nil {
			t.Skip()
		}
		groups := make([]string, 0)
		for k := range all {
			groups = append(groups, k)
		}
		slices.Sort(groups)
		if len(groups) == 0 {
			return
		}
		delete(all, rapid.SampledFrom(groups).Draw(t, "forget"))
		b, _ = json.Marshal(all)
		var less need.Input
		if err := contract.Decode(strings.NewReader(string(b)), &less); err != nil {
			t.Fatal(err)
		}
		after, err := need.Check(less, today, "en", book)
		if err != nil {
			t.Fatal(err)
		}
		if before.Advice == need.Emergency {
			return
		}
		for _, id := range rules(after) {
			if !slices.Contains(rules(before), id) {
				t.Fatalf("%s appeared", id)
			}
		}
	})
}

func draw(t *rapid.T) need.Input {
	tri := func(name string) *bool {
		switch rapid.IntRange(0, 2).Draw(t, name) {
		case 0:
			return nil
		case 1:
			v := false
			return &v
		}
		v := true
		return &v
	}
	pick := func(name string, of ...string) string { return rapid.SampledFrom(append(of, "")).Draw(t, name) }
	in := need.Input{
		Diagnosis: need.Diagnosis{ICD10: pick("icd10", "C50.911", "M51.2", "I25.1", "C91.0", "Z00.0"), Text: pick("text", "breast cancer", "back pain", "gout"), Certainty: pick("certainty", "clear", "unclear"), Rare: tri("rare"), Impairing: tri("impairing")},
		Treatment: need.Treatment{Kind: pick("kind", "none", "major_surgery", "medication"), Status: pick("status", "proposed", "started"), Risk: pick("risk", "low", "high"), Controversial: tri("controversial"), Response: pick("response", "none", "good")},
		Symptoms:  need.Symptoms{Trend: pick("trend", "worse", "better")},
		Doctor:    need.Doctor{Specialty: pick("specialty", "207Q00000X", "207T00000X"), Declines: tri("declines"), Rushed: tri("rushed")},
		Reads:     need.Reads{Pathology: pick("pathology", "general", "specialist")},
		Plan:      need.Plan{Requires: tri("requires"), Mandate: tri("mandate")},
		Denied:    pick("denied", "none", "not_necessary"), OpinionsDiffer: tri("differ"), WantsPeace: tri("peace"),
	}
	if rapid.IntRange(0, 4).Draw(t, "flag") == 0 {
		in.Symptoms.RedFlags = need.FlagList{"chest_pain"}
	}
	return in
}

func TestEveryReasonIsGivenInBothLanguages(t *testing.T) {
	in := need.Input{Diagnosis: need.Diagnosis{ICD10: "C50.911"}, Treatment: need.Treatment{Kind: "major_surgery", Status: "proposed"}}
	en, _ := need.Check(in, today, "en", book)
	es, err := need.Check(in, today, "es", book)
	if err != nil || len(en.Findings) != len(es.Findings) || len(en.Findings) < 5 {
		t.Fatal(err, len(en.Findings), len(es.Findings))
	}
	for i := range en.Findings {
		if en.Findings[i].Reason == es.Findings[i].Reason || en.Findings[i].Reason == "" {
			t.Errorf("%s: %q", en.Findings[i].Rule, es.Findings[i].Reason)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	in := need.Input{Diagnosis: need.Diagnosis{ICD10: "C50.911", Text: "invasive ductal carcinoma of the left breast, grade 2"}, Treatment: need.Treatment{Kind: "major_surgery", Status: "proposed"}}
	book.Compile()
	for b.Loop() {
		if _, err := need.Check(in, today, "en", book); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"diagnosis":{"text":"x","icd10":"C50.911"},"symptoms":{"red_flags":["chest_pain"]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var in need.Input
		if contract.Decode(strings.NewReader(string(b)), &in) != nil {
			return
		}
		if _, err := need.Check(in, today, "es", book); err != nil && !strings.Contains(err.Error(), "treatment.begun") {
			t.Fatalf("read and then refused: %v", err)
		}
	})
}

func TestTheScreenAndTheQuestionsAreInPlainWords(t *testing.T) {
	var en, es strings.Builder
	say := func(w need.Words) {
		if w.EN == "" || w.ES == "" {
			t.Errorf("a text without words: %+v", w)
		}
		en.WriteString(w.EN + "\n")
		es.WriteString(w.ES + "\n")
	}
	for _, f := range need.RedFlags() {
		say(f.Words)
	}
	for _, q := range need.Questions() {
		say(q.Words)
		if g := grade.English(q.Words.EN); g > 8 {
			t.Errorf("%s: grade %.1f: %s", q.ID, g, q.Words.EN)
		}
		if g := grade.Spanish(q.Words.ES); g > 12 {
			t.Errorf("%s: grade %.1f: %s", q.ID, g, q.Words.ES)
		}
		for _, c := range q.Choices {
			say(c.Words)
		}
	}
	if g := grade.English(en.String()); g > 8 {
		t.Errorf("English: grade %.1f", g)
	}
	if g := grade.Spanish(es.String()); g > 8 {
		t.Errorf("Spanish: grade %.1f", g)
	}
}

func TestTheSchemaNamesEveryFieldOfTheContract(t *testing.T) {
	b, err := json.Marshal(contract.Schema("need check", need.Input{}, need.Answer{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"diagnosis", "icd10", "certainty", "life_threatening", "long_term_impairment", "treatment", "options", "controversial", "response", "begun", "conditions", "red_flags", "specialty_nucc", "not_understood", "requires_second_opinion", "denied", "opinions_differ", "wants_peace_of_mind", "advice", "triggers", "strength", "window", "evidence", "findings", "citation"} {
		if !strings.Contains(string(b), `"`+key+`":{`) {
			t.Errorf("the schema lacks %s", key)
		}
	}
	if !strings.Contains(string(b), `"chest_pain"`) {
		t.Error("the schema lists the red flags")
	}
}

// The input of the contract page, each alternative taken once.
func TestTheExampleOfTheContractIsAnswered(t *testing.T) {
	a := check(t, `{"diagnosis":{"text":"breast cancer","icd10":"C50.911","certainty":"clear","rare":false,"life_threatening":true,"long_term_impairment":false},
"treatment":{"kind":"major_surgery","status":"proposed","risk":"moderate","options":2,"controversial":false,"response":"none","begun":false},
"conditions":2,"symptoms":{"trend":"same","red_flags":[]},"doctor":{"specialty_nucc":"207Q00000X","declines":false,"rushed":false,"not_understood":false},
"plan":{"requires_second_opinion":false},"denied":"none","opinions_differ":false,"wants_peace_of_mind":true}`)
	if a.Advice != need.Strong || a.Window == nil || *a.Window != (need.Window{Days: 28, Rule: "WIN-03"}) || !slices.Contains(a.Evidence, "EV-13") {
		t.Errorf("%+v", a)
	}
	if got := strings.Join(rules(a), " "); got != "TRG-03 TRG-06 TRG-07 TRG-08 TRG-11 TRG-12 TRG-13 TRG-14" {
		t.Error(got)
	}
	b, _ := json.Marshal(check(t, `{"symptoms":{"red_flags":["chest_pain"]}}`))
	if !strings.HasPrefix(string(b), `{"advice":"emergency","triggers":[],"window":null,"evidence":[],"findings":[{"rule":"EMX-01","version":1,"effect":"emergency"`) {
		t.Error(string(b))
	}
}
