package rulebook

import (
	"reflect"
	"testing"

	"consilium/internal/contract"
	"consilium/rules"
)

func TestRulesThatAreReadWhenAskedAnswerAsAllOfThemDo(t *testing.T) {
	book, problems := Load(rules.Files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	lazy, on := Open(rules.Files), contract.MustDate("2026-11-22")
	for _, name := range book.Topics() {
		cases, bad := book.cases(book.topics[name])
		if len(bad) > 0 || len(cases) == 0 {
			t.Fatalf("%s has %d cases, %v", name, len(cases), bad)
		}
		for _, c := range cases[:min(len(cases), 20)] {
			if a, b := book.Judge(name, c.facts, on, "es"), lazy.Judge(name, c.facts, on, "es"); !reflect.DeepEqual(a, b) {
				t.Fatalf("%s, case %s: %v, not %v", name, c.Name, b, a)
			}
		}
	}
	if v := lazy.Judge("nothing of this name", nil, on, "en"); len(v.Fired)+len(v.Undecided) > 0 {
		t.Errorf("a topic that is not there answered %v", v)
	}
}
