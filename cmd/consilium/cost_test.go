package main

import (
	"strings"
	"testing"
)

func TestCoverageCostAnswersTheContract(t *testing.T) {
	in := `{"plan_year":2026,"network":"in","covered":true,"billed":"600.00","allowed":"380.00","deductible_remaining":"1000.00","family_deductible_remaining":"2000.00","out_of_pocket_remaining":"5000.00",
"family_out_of_pocket_remaining":"9000.00","copay":"50.00","coinsurance":"20","deductible_applies":true,"copay_mode":"deductible_then_copay","penalty":"0.00","self_pay":"450.00"}`
	s := consilium(t, in, "coverage", "cost", "--on", "2026-11-22")
	if s.Code != exitAnswered {
		t.Fatalf("exit %d: %s", s.Code, s.Err)
	}
	v := s.decoded(t)
	for key, want := range map[string]any{
		"patient_total": "380.00", "deductible": "380.00", "share": "0.00", "balance_bill": "0.00", "penalty": "0.00", "second_payer": "0.00",
		"counts_to_out_of_pocket": "380.00", "self_pay_total": "450.00", "cheaper": "plan",
	} {
		if v[key] != want {
			t.Errorf("%s is %v, not %v", key, v[key], want)
		}
	}
	lines := v["lines"].([]any)
	if len(lines) != 1 || lines[0].(map[string]any)["step"] != 4.0 || lines[0].(map[string]any)["amount"] != "380.00" {
		t.Errorf("lines %v", lines)
	}
	if es := consilium(t, in, "coverage", "cost", "--lang", "es"); !strings.Contains(es.Out, "Usted paga $380.00") {
		t.Error("the lines are not in Spanish")
	}
}

func TestCoverageCostSaysWhatIsUnknownAndGivesNoTotal(t *testing.T) {
	s := consilium(t, `{"covered":true,"network":"in"}`, "coverage", "cost")
	v := s.decoded(t)
	if total, there := v["patient_total"]; s.Code != exitAnswered || !there || total != nil || len(v["unknown"].([]any)) == 0 {
		t.Errorf("exit %d, total %v, unknown %v", s.Code, v["patient_total"], v["unknown"])
	}
}

func TestCoverageCostNamesEveryWrongField(t *testing.T) {
	for in, field := range map[string]string{
		`{"billed":"-600.00","coinsurance":"120"}`: "billed: ",
		`{"coinsurance":"120"}`:                    "coinsurance: ",
		`{"plan_year":2031}`:                       "one of 2024, 2025, 2026, 2027",
		`{"plan_kind":"medicare_advantage_ppo","medicare":{"medigap":"G"}}`: "medicare.medigap: ",
		`{"network":"inn"}`: "did you mean in?",
		`{"alowed":"1.00"}`: `did you mean "allowed"?`,
	} {
		s := consilium(t, in, "coverage", "cost")
		if s.Code != exitWrong || s.Out != "" || !strings.Contains(s.Err, field) {
			t.Errorf("%s: exit %d, %q", in, s.Code, s.Err)
		}
	}
	if s := consilium(t, "", "schema", "coverage", "cost"); s.Code != exitAnswered || !strings.Contains(s.Out, "balance_bill") || !strings.Contains(s.Out, "family_deductible_remaining") {
		t.Errorf("no schema: %d", s.Code)
	}
}
