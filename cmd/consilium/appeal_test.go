package main

import (
	"strings"
	"testing"
)

const refusal = `{"on":"2026-11-22","regime":"erisa","level":"initial_denial","service":"pre_service","urgent":false,"notice_date":"2026-11-02","received_date":"2026-11-05","letter_deadline":null,"denial":{"carc":["197"],"class":null},"amount":"1200.00","peer_to_peer_by":null,"grandfathered":false,"state":"TX"}`

func TestAppealPlanAnswersTheContract(t *testing.T) {
	s := consilium(t, refusal, "appeal", "plan")
	if s.Code != exitAnswered {
		t.Fatalf("exit %d: %s", s.Code, s.Err)
	}
	v := s.decoded(t)
	for _, key := range []string{"class", "first_moves", "next", "ladder", "packet", "rights", "findings", "plain", "owes", "beside", "warnings"} {
		if _, ok := v[key]; !ok {
			t.Errorf("the answer lacks %s", key)
		}
	}
	next := v["next"].(map[string]any)
	if next["level"] != "internal" || next["file_by"] != "2027-05-04" || next["automatic"] != false {
		t.Errorf("%v", next)
	}
	if within := next["decide_within"].(map[string]any); within["value"] != 30.0 || within["unit"] != "days" {
		t.Errorf("%v", within)
	}
	if es := consilium(t, refusal, "appeal", "plan", "--lang", "es"); !strings.Contains(es.Out, "4 de mayo de 2027") {
		t.Error("the answer is not in Spanish")
	}
}

func TestAppealPlanNamesEveryWrongFieldAndComputesNothing(t *testing.T) {
	s := consilium(t, `{"on":"2026-11-22","regime":"erisa","level":"redetermination_denied","notice_date":"2026-11-23","received_date":"2026-11-02","amount":"-1.00","state":"ZZ","denial":{"carc":["x"]}}`, "appeal", "plan")
	if s.Code != exitWrong || s.Out != "" {
		t.Fatalf("exit %d, out %q", s.Code, s.Out)
	}
	for _, field := range []string{"level: ", "notice_date: ", "received_date: ", "amount: ", "state: ", "denial.carc[0]: "} {
		if !strings.Contains(s.Err, field) {
			t.Errorf("%s is not named in %q", field, s.Err)
		}
	}
	if s := consilium(t, "", "schema", "appeal", "plan"); s.Code != exitAnswered || !strings.Contains(s.Out, "medicaid_managed") {
		t.Errorf("no schema: %d", s.Code)
	}
}
