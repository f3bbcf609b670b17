package appeal

import (
	"strings"
	"testing"

	"consilium/internal/coverage"
)

func denialOf(t testing.TB, in string) Denial {
	return Denial{ID: "d1", On: "2026-11-22", Input: letterOf(t, in)}
}

var plainCall = coverage.Call{ID: "c1", On: "2026-10-01", Person: "the phone desk", Reference: "R-55", Answers: []coverage.Spoken{
	{Rule: "ASK-11", Question: "Must you approve the visit first?", Said: coverage.SaidNo, Answer: "Not for a visit."},
	{Rule: "ASK-02", Question: "Do I need a referral?", Said: coverage.SaidYes},
	{Rule: "ASK-01", Question: "Do you pay for a second opinion?", Said: coverage.SaidYes},
	{Rule: "ASK-13", Question: "What will I pay?"},
	{Question: "Is Dr. Cole in your network?", Answer: "She is."},
}, Notes: "They were friendly."}

func rulesOf(ps []Promise) string {
	var out []string
	for _, p := range ps {
		out = append(out, p.Rule+" "+p.Asked+p.Said)
	}
	return strings.Join(out, "|")
}

func TestADenialIsLaidBesideWhatThePlanSaidOfTheSameSubject(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"notice_date":"2026-11-02","denial":{"carc":["197"],"reason":"No prior authorization"}}`, "PRM-01 Must you approve the visit first?Not for a visit."},
		{`{"notice_date":"2026-11-02","denial":{"carc":["242"]}}`, "PRM-02 Do I need a referral?|PRM-03 Is Dr. Cole in your network?She is."},
		{`{"notice_date":"2026-11-02","denial":{"carc":["50"]}}`, "PRM-04 Do you pay for a second opinion?"},
		{`{"notice_date":"2026-11-02","denial":{"carc":["1"]}}`, ""}, // asked, and not answered
		{`{"notice_date":"2026-11-02","denial":{"carc":["29"]}}`, ""},
		{`{"notice_date":"2026-09-30","denial":{"carc":["197"]}}`, ""}, // said after the letter
		{`{"denial":{"carc":["197"]}}`, "PRM-01 Must you approve the visit first?Not for a visit."},
	} {
		if got := rulesOf(Promises(denialOf(t, c.in), Told{Calls: []coverage.Call{plainCall}}, letterBook)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func TestAPromiseKeepsWhoSaidItWhenAndUnderWhichNumber(t *testing.T) {
	d := denialOf(t, `{"notice_date":"2026-11-02","denial":{"carc":["197"],"group":"CO","rarc":["N54"]}}`)
	ps := Promises(d, Told{Calls: []coverage.Call{plainCall}}, letterBook)
	if len(ps) != 1 {
		t.Fatalf("%+v", ps)
	}
	p := ps[0]
	if p.By != "the phone desk" || p.On != "2026-10-01" || p.Reference != "R-55" || p.Word != coverage.SaidNo || p.Ask != "ASK-11" || p.Call != "c1" || p.Subject != "authorization" || p.Against != "CO 197, N54" || p.Same {
		t.Errorf("%+v", p)
	}
}

func TestWhatThePlanSaidThenAndNowIsNoExhibit(t *testing.T) {
	call := coverage.Call{ID: "c2", On: "2026-10-02", Person: "the phone desk", Answers: []coverage.Spoken{{Rule: "ASK-11", Question: "Must you approve the visit first?", Said: coverage.SaidYes}}, Notes: "She said no approval is needed for the talk itself."}
	ps := Promises(denialOf(t, `{"denial":{"carc":["197"]}}`), Told{Calls: []coverage.Call{call, plainCall}}, letterBook)
	if got := rulesOf(ps); got != "PRM-01 Must you approve the visit first?|PRM-01 She said no approval is needed for the talk itself.|PRM-01 Must you approve the visit first?Not for a visit." || !ps[0].Same || ps[1].Same {
		t.Fatalf("%s %+v", got, ps)
	}
	said := Exhibit(ps)
	if len(said) != 2 || said[0].Asked != "" || said[1].Word != "no" || said[1].Said != "Not for a visit." || said[1].Against != "197" {
		t.Errorf("%+v", said)
	}
}

func TestTheAnswerOfTheRulesStandsBesideTheLetter(t *testing.T) {
	saved := &coverage.Saved{On: "2026-09-15", Answer: coverage.Answer{Covered: "yes", PriorAuthorization: "no", Referral: "unknown", Network: "in_or_out"}}
	ps := Promises(denialOf(t, `{"notice_date":"2026-11-02","denial":{"carc":["197"]}}`), Told{Coverage: saved}, letterBook)
	if len(ps) != 1 || ps[0].Subject != "prior_authorization" || ps[0].Said != "no" || ps[0].On != "2026-09-15" || ps[0].Call != "" || ps[0].By != "" {
		t.Errorf("%+v", ps)
	}
	if said := Exhibit(ps); len(said) != 0 {
		t.Errorf("our own answer is no word of the plan: %+v", said)
	}
	if ps := Promises(denialOf(t, `{"denial":{"carc":["243"]}}`), Told{Coverage: saved}, letterBook); rulesOf(ps) != "PRM-01 no|PRM-03 in_or_out" {
		t.Errorf("%s", rulesOf(ps))
	}
	saved.On = "2026-11-20"
	if ps := Promises(denialOf(t, `{"notice_date":"2026-11-02","denial":{"carc":["197"]}}`), Told{Coverage: saved}, letterBook); len(ps) != 0 {
		t.Errorf("%+v", ps)
	}
}
