package rulebook

import (
	"testing"

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
