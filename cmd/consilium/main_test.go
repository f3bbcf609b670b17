package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// replied is what a command answered.
type replied struct {
	Code     int
	Out, Err string
}

func consilium(t *testing.T, in string, args ...string) replied {
	t.Helper()
	var out, bad bytes.Buffer
	code := run(t.Context(), args, console{In: strings.NewReader(in), Out: &out, Err: &bad})
	return replied{code, out.String(), bad.String()}
}

// decoded gives the answer as JSON.
func (s replied) decoded(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(s.Out), &v); err != nil {
		t.Fatalf("no JSON: %v\n%s%s", err, s.Out, s.Err)
	}
	return v
}

const needInput = `{"diagnosis":{"text":"breast cancer","icd10":"C50.911","certainty":"clear","rare":false,"life_threatening":true,"long_term_impairment":false},
"treatment":{"kind":"major_surgery","status":"proposed","risk":"moderate","options":2,"controversial":false,"begun":false},
"conditions":2,"symptoms":{"trend":"same","red_flags":[]},"doctor":{"specialty_nucc":"207Q00000X","declines":false,"rushed":false,"not_understood":false},
"plan":{"requires_second_opinion":false},"denied":"none","opinions_differ":false,"wants_peace_of_mind":true}`

func TestNeedCheckAnswersTheContract(t *testing.T) {
	s := consilium(t, needInput, "need", "check", "--on", "2026-11-22")
	if s.Code != exitAnswered {
		t.Fatalf("exit %d: %s", s.Code, s.Err)
	}
	v := s.decoded(t)
	for _, key := range []string{"advice", "triggers", "window", "evidence", "findings"} {
		if _, ok := v[key]; !ok {
			t.Errorf("the answer lacks %s", key)
		}
	}
	if v["advice"] != "strong" {
		t.Errorf("advice is %v", v["advice"])
	}
	for _, f := range v["findings"].([]any) {
		finding := f.(map[string]any)
		for _, key := range []string{"rule", "version", "effect", "reason", "citation", "confidence"} {
			if finding[key] == nil || finding[key] == "" {
				t.Errorf("finding %v lacks %s", finding["rule"], key)
			}
		}
	}
}

func TestARedFlagIsAnEmergencyWhateverElseIsSaid(t *testing.T) {
	in := strings.Replace(needInput, `"red_flags":[]`, `"red_flags":["chest_pain"]`, 1)
	v := consilium(t, in, "need", "check").decoded(t)
	if v["advice"] != "emergency" || len(v["triggers"].([]any)) != 0 {
		t.Fatalf("advice %v, triggers %v", v["advice"], v["triggers"])
	}
}

func TestReasonsComeInThePersonsLanguage(t *testing.T) {
	en := consilium(t, needInput, "need", "check", "--on", "2026-11-22").Out
	es := consilium(t, needInput, "need", "check", "--on", "2026-11-22", "--lang", "es").Out
	if en == es || !strings.Contains(es, "opinión") {
		t.Fatal("the Spanish answer is not in Spanish")
	}
}

func TestWrongInputEndsWithTwoAndNamesEveryField(t *testing.T) {
	s := consilium(t, `{"treatment":{"kind":"hmoo"},"diagnosis":{"icd10":"cancer"},"wants":true}`, "need", "check")
	if s.Code != exitWrong || s.Out != "" {
		t.Fatalf("exit %d, out %q", s.Code, s.Out)
	}
	lines := strings.Split(strings.TrimSpace(s.Err), "\n")
	for _, field := range []string{"treatment.kind: ", "diagnosis.icd10: ", "wants: "} {
		found := false
		for _, l := range lines {
			found = found || strings.HasPrefix(l, field)
		}
		if !found {
			t.Errorf("no line names %s\n%s", field, s.Err)
		}
	}
}

func TestAWrongDateIsRefused(t *testing.T) {
	if s := consilium(t, needInput, "need", "check", "--on", "2026-02-30"); s.Code != exitWrong || !strings.Contains(s.Err, "--on") {
		t.Fatalf("exit %d: %s", s.Code, s.Err)
	}
}

func TestEveryEngineHasASchema(t *testing.T) {
	for name := range schemas() {
		s := consilium(t, "", append([]string{"schema"}, strings.Fields(name)...)...)
		if s.Code != exitAnswered {
			t.Errorf("%s: exit %d: %s", name, s.Code, s.Err)
			continue
		}
		v := s.decoded(t)
		if v["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
			t.Errorf("%s: $schema is %v", name, v["$schema"])
		}
	}
	if s := consilium(t, "", "schema", "need", "chekc"); s.Code != exitWrong || !strings.Contains(s.Err, "need check") {
		t.Errorf("exit %d: %s", s.Code, s.Err)
	}
}

func TestOpinionsCompareReproducesTheBackPainExample(t *testing.T) {
	in := `{"opinions":[
	 {"id":"first","by":{"name":"Dr. A"},"diagnoses":[{"text":"chronic back pain","icd10":"M54.50"}],"options":[{"text":"lumbar fusion surgery","kind":"surgery","recommended":true,"evidence":[{"kind":"test","text":"MRI: significant disc degeneration"}]}]},
	 {"id":"second","by":{"name":"Dr. B"},"diagnoses":[{"text":"chronic back pain","icd10":"M54.50"}],"options":[{"text":"physical therapy, targeted injections, and medication management","kind":"therapy","recommended":true},{"text":"lumbar fusion surgery","kind":"surgery","recommended":false,"evidence":[{"kind":"test","text":"MRI: disc degeneration is not always correlated with pain"}]}]}],
	 "plan_kind":"medicare_original"}`
	s := consilium(t, in, "opinions", "compare", "--on", "2026-11-22")
	if s.Code != exitAnswered {
		t.Fatalf("exit %d: %s", s.Code, s.Err)
	}
	v := s.decoded(t)
	pair := v["pairs"].([]any)[0].(map[string]any)
	third := v["third_opinion"].(map[string]any)
	if pair["diagnosis"] != "same" || pair["management"] != "different" || third["suggested"] != true || third["covered"] != "yes" || third["rule"] != "MED-02" {
		t.Fatalf("diagnosis %v, management %v, third %v", pair["diagnosis"], pair["management"], third)
	}
}

func TestRecordsReadPrintsCountsAndOnRequestFacts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "one.json")
	if err := os.WriteFile(file, []byte(`{"resourceType":"Condition","id":"c","subject":{"display":"Ruth Alvarez"},"code":{"text":"Breast cancer"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	first := consilium(t, "", "records", "read", file).decoded(t)["files"].([]any)[0].(map[string]any)
	if first["kind"] != "fhir_resource" || first["facts"].(map[string]any)["condition"] != 1.0 || first["fact_list"] != nil {
		t.Fatalf("%v", first)
	}
	full := consilium(t, "", "records", "read", "--facts", file).decoded(t)["files"].([]any)[0].(map[string]any)
	if facts, ok := full["fact_list"].([]any); !ok || len(facts) != 1 || facts[0].(map[string]any)["text"] != "Breast cancer" {
		t.Fatalf("%v", full["fact_list"])
	}
	if s := consilium(t, "", "records", "read", file+".none"); s.Code != exitWrong || !strings.Contains(s.Err, "no such file") {
		t.Fatalf("exit %d: %s", s.Code, s.Err)
	}
}

func TestTheRulesAreAsTheyShouldBe(t *testing.T) {
	if s := consilium(t, "", "rules", "check"); s.Code != exitAnswered {
		t.Errorf("%s", s.Err)
	}
	if s := consilium(t, "", "rules", "test"); s.Code != exitAnswered || !strings.Contains(s.Out, "all as expected") {
		t.Errorf("%s%s", s.Out, s.Err)
	}
	if s := consilium(t, "", "rules", "explain", "MED-01"); s.Code != exitAnswered || !strings.Contains(s.Out, "Law or paper:") || !strings.Contains(s.Out, "applies in") {
		t.Errorf("%s%s", s.Out, s.Err)
	}
	if s := consilium(t, "", "rules", "explain", "MED-1"); s.Code != exitWrong {
		t.Errorf("an unknown rule was explained: %s", s.Out)
	}
}

func TestALogThatIsNoLogIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.txt")
	if err := os.WriteFile(file, []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s := consilium(t, "", "log", "verify", file); s.Code != exitWrong {
		t.Fatalf("exit %d: %s", s.Code, s.Out)
	}
}

func TestListeningToTheWorldWithoutTLSIsRefusedInOneLine(t *testing.T) {
	s := consilium(t, "", "serve", "--addr", "0.0.0.0:0", "--data", t.TempDir())
	if s.Code != exitWrong || strings.Count(strings.TrimSpace(s.Err), "\n") != 0 || !strings.Contains(s.Err, "--behind-proxy") {
		t.Fatalf("exit %d: %s", s.Code, s.Err)
	}
}

func TestTheVersionIsPrinted(t *testing.T) {
	if s := consilium(t, "", "version"); s.Code != exitAnswered || !strings.HasPrefix(s.Out, "consilium ") {
		t.Fatalf("%+v", s)
	}
}

func TestAnUnknownCommandEndsWithTwo(t *testing.T) {
	if s := consilium(t, "", "dance"); s.Code != exitWrong {
		t.Fatalf("exit %d", s.Code)
	}
}
