package questions

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"consilium/internal/fault"

	"pgregory.net/rapid"
)

func TestTheBankHasEverySubjectInBothLanguagesWithItsSource(t *testing.T) {
	for _, c := range []Category{"diagnosis", "options", "risks", "waiting", "prognosis", "experience", "next", "costs"} {
		if len(Bank(c)) < 3 {
			t.Errorf("%s has %d questions", c, len(Bank(c)))
		}
	}
	if len(Categories()) != 8 {
		t.Errorf("%v", Categories())
	}
	source := regexp.MustCompile(`^S[1-5]$`)
	seen, cited := map[string]bool{}, map[string]bool{}
	for i, e := range append(append(append([]Entry{}, all.Questions...), all.Bring...), all.Tasks...) {
		if e.EN == "" || e.ES == "" || e.EN == e.ES || len(e.Sources) == 0 {
			t.Errorf("%s is not whole: %+v", e.ID, e)
		}
		for _, s := range e.Sources {
			cited[s] = true
			if !source.MatchString(s) {
				t.Errorf("%s comes from %q", e.ID, s)
			}
		}
		if i < len(all.Questions) {
			if seen[e.ID] {
				t.Errorf("%s is used twice", e.ID)
			}
			seen[e.ID] = true
			if !strings.Contains(e.EN, "?") || !strings.Contains(e.ES, "¿") {
				t.Errorf("%s is no question", e.ID)
			}
			if n := len(strings.Fields(e.EN)); n > 18 {
				t.Errorf("%s has %d words", e.ID, n)
			}
		}
	}
	if len(cited) != 5 {
		t.Errorf("not every text is drawn on: %v", cited)
	}
}

func list(t *testing.T, ids ...string) List {
	t.Helper()
	var l List
	var err error
	for _, id := range ids {
		if l, err = l.Choose(id); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func TestThePatientsOrderIsKept(t *testing.T) {
	l := list(t, "dx-right", "opt-all", "wait-none", "dx-right")
	l, err := l.Add("  Can I keep my garden? ", "")
	if err != nil {
		t.Fatal(err)
	}
	l = l.Rank([]string{"own-1", "wait-none", "no-such", "own-1"})
	if got, want := l.IDs(), []string{"own-1", "wait-none", "dx-right", "opt-all"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got, want := l.Move("opt-all", 2).IDs(), []string{"own-1", "opt-all", "wait-none", "dx-right"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got, want := l.Texts("es", 2), []string{"Can I keep my garden?", "¿Qué pasará si no hago nada?"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestAnAnswerBelongsToItsOpinionAndTheLatestCounts(t *testing.T) {
	l := list(t, "dx-right", "opt-all", "wait-none").Ask("second")
	l, _ = l.Answer("dx-right", Answer{"second", Not, ""})
	l, _ = l.Answer("dx-right", Answer{"second", Answered, "Yes."})
	l, _ = l.Answer("opt-all", Answer{"second", Partly, "Some."})
	l, err := l.Answer("dx-right", Answer{"first", Partly, "Yes."})
	if err != nil {
		t.Fatal(err)
	}
	var open []string
	for _, q := range l.Open("second") {
		open = append(open, q.ID)
	}
	if want := []string{"opt-all", "wait-none"}; !reflect.DeepEqual(open, want) {
		t.Errorf("open %v, want %v", open, want)
	}
	if len(l.Open("third")) != 0 {
		t.Error("a doctor who was not asked owes no answer")
	}
	if got := l.Questions[0].Outcome("second"); got != Answered {
		t.Errorf("%s", got)
	}
}

func TestAnAnsweredQuestionIsNotDropped(t *testing.T) {
	l := list(t, "dx-right", "opt-all")
	l, _ = l.Answer("dx-right", Answer{"second", Answered, "Yes."})
	if _, err := l.Drop("dx-right"); !fault.Is(err, fault.Conflict) {
		t.Error(err)
	}
	l, err := l.Drop("opt-all")
	if err != nil || len(l.Questions) != 1 {
		t.Error(l, err)
	}
	if _, err := l.Drop("opt-all"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestAWrongChoiceNamesItsField(t *testing.T) {
	bad := List{Questions: []Question{{ID: "no-such"}, {ID: "dx-right"}, {ID: "dx-right"}}, Bring: []string{"no-such"}, Companion: Companion{Task: "notes"}}
	got := map[string]bool{}
	for _, f := range fault.All(bad.Check()) {
		got[f.Field] = true
	}
	if want := map[string]bool{"questions[0].id": true, "questions[0].text": true, "questions[2].id": true, "bring": true, "companion.name": true}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if _, err := (List{}).Choose("no-such"); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	if _, err := (List{}).Add("  ", Own); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestNoVerbChangesTheListItWasGivenOrLosesAQuestion(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := list(t, rapid.SliceOfDistinct(rapid.SampledFrom([]string{"dx-right", "opt-all", "wait-none", "cost-each"}), func(s string) string { return s }).Draw(rt, "chosen")...)
		l, _ = l.Add("mine?", "")
		before := l.copied()
		ranked := l.Rank(rapid.SliceOf(rapid.SampledFrom(append(l.IDs(), "other"))).Draw(rt, "order"))
		moved := ranked.Move(rapid.SampledFrom(l.IDs()).Draw(rt, "id"), rapid.IntRange(-3, 9).Draw(rt, "to"))
		asked, err := moved.Ask("x").Answer("own-1", Answer{"x", Answered, "a"})
		if err != nil {
			rt.Fatal(err)
		}
		if !reflect.DeepEqual(l, before) {
			rt.Fatal("the list itself was changed")
		}
		if len(asked.Questions) != len(l.Questions) {
			rt.Fatalf("%v became %v", l.IDs(), asked.IDs())
		}
		if err := asked.Check(); err != nil {
			rt.Fatal(err)
		}
	})
}
