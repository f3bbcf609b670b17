package main

import (
	"strings"
	"testing"
)

func TestCoverageCheckAnswersTheContract(t *testing.T) {
	in := `{"decision_by":"2026-12-18","plan":{"kind":"hmo","funding":"insured","situs_state":"CA"},"condition":{"cancer":true},"treatment":{"kind":"major_surgery"}}`
	s := consilium(t, in, "coverage", "check", "--on", "2026-11-22")
	if s.Code != exitAnswered {
		t.Fatalf("exit %d: %s", s.Code, s.Err)
	}
	v := s.decoded(t)
	for _, key := range []string{"covered", "referral", "network", "prior_authorization", "patient_share", "mandates", "steps", "clocks", "ask_plan", "findings"} {
		if _, ok := v[key]; !ok {
			t.Errorf("the answer lacks %s", key)
		}
	}
	if v["covered"] != "yes" || v["referral"] != "yes" || v["network"] != "in_only" {
		t.Errorf("covered %v, referral %v, network %v", v["covered"], v["referral"], v["network"])
	}
	for _, x := range v["steps"].([]any) {
		if due, _ := x.(map[string]any)["due"].(string); due < "2026-11-22" || due > "2026-12-18" {
			t.Errorf("due %q is not between today and the decision", due)
		}
	}
	if es := consilium(t, in, "coverage", "check", "--on", "2026-11-22", "--lang", "es"); !strings.Contains(es.Out, "referido") {
		t.Error("the reasons are not in Spanish")
	}
}

func TestCoverageCheckNamesEveryWrongField(t *testing.T) {
	s := consilium(t, `{"plan":{"kind":"hm"},"expert":{"network":"inside"},"card":1}`, "coverage", "check")
	if s.Code != exitWrong || s.Out != "" {
		t.Fatalf("exit %d, out %q", s.Code, s.Out)
	}
	for _, field := range []string{"plan.kind", "expert.network", "card"} {
		if !strings.Contains(s.Err, field) {
			t.Errorf("%s is not named in %q", field, s.Err)
		}
	}
	if s := consilium(t, `{"plan":{"kind":"medicare_advantage_hmo","medigap":"G"}}`, "coverage", "check"); s.Code != exitWrong || !strings.Contains(s.Err, "plan.medigap") {
		t.Errorf("exit %d: %s", s.Code, s.Err)
	}
	if s := consilium(t, "", "schema", "coverage", "check"); s.Code != exitAnswered || !strings.Contains(s.Out, "medicaid_managed") {
		t.Errorf("no schema: %d", s.Code)
	}
}
