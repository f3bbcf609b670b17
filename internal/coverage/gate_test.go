package coverage_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/fault"
)

func TestBothTracksMustBeReadyBeforeAVisit(t *testing.T) {
	hmo, medicare, nothing := check(t, `{"plan":{"kind":"hmo"}}`), check(t, `{"plan":{"kind":"medicare_original"},"treatment":{"kind":"major_surgery"}}`), check(t, `{}`)
	advantage := check(t, `{"plan":{"kind":"medicare_advantage_ppo"},"told":{"referral":"no"}}`)
	for _, c := range []struct {
		name   string
		answer coverage.Answer
		stand  coverage.Stand
		want   coverage.Gate
	}{
		{"nothing done", hmo, coverage.Stand{}, coverage.Gate{"waiting", "waiting", "both", "referral", "collect"}},
		{"records held", hmo, coverage.Stand{Records: 3}, coverage.Gate{"waiting", "waiting", "both", "referral", "send"}},
		{"referral done", hmo, coverage.Stand{Done: []string{"referral"}}, coverage.Gate{"waiting", "waiting", "both", "network", "collect"}},
		{"plan done", hmo, coverage.Stand{Done: []string{"referral", "network", "pre_authorization"}}, coverage.Gate{"ready", "waiting", "records", "", "collect"}},
		{"records done", hmo, coverage.Stand{Done: []string{"records"}}, coverage.Gate{"waiting", "ready", "authorization", "referral", ""}},
		{"all done", hmo, coverage.Stand{Done: []string{"records", "referral", "network", "pre_authorization"}}, coverage.Gate{"ready", "ready", "none", "", ""}},
		{"the price is no gate", medicare, coverage.Stand{Done: []string{"medicare_status", "records"}}, coverage.Gate{"ready", "ready", "none", "", ""}},
		{"nothing known", nothing, coverage.Stand{Done: []string{"records"}}, coverage.Gate{"unknown", "ready", "authorization", "call", ""}},
		{"told on the telephone", advantage, coverage.Stand{Done: []string{"records", "network"}}, coverage.Gate{"waiting", "ready", "authorization", "pre_authorization", ""}},
		{"no plan", check(t, `{"plan":{"kind":"none"}}`), coverage.Stand{}, coverage.Gate{"not_needed", "waiting", "records", "", "collect"}},
		{"emergency", check(t, `{"plan":{"kind":"hmo"},"treatment":{"emergency":true}}`), coverage.Stand{}, coverage.Gate{"not_needed", "not_needed", "none", "", ""}},
	} {
		if got := c.answer.GateFor(c.stand); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	if hmo.Gate != hmo.GateFor(coverage.Stand{}) {
		t.Error("the answer's own gate is not that of a case with nothing done")
	}
}

func TestEachQuestionHasAnIdOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	a := check(t, `{"plan":{"kind":"hmo"},"expert":{"format":"telehealth"}}`)
	for _, q := range slices.Concat(a.Questions, a.TestQuestions) {
		if q.Rule == "" || q.Text == "" || seen[q.Rule] {
			t.Errorf("%+v", q)
		}
		seen[q.Rule] = true
	}
	for _, id := range []string{coverage.AskWho, coverage.AskReferral, coverage.AskApproval, "ASK-01", "ASK-22"} {
		if !seen[id] {
			t.Errorf("nobody asks %s", id)
		}
	}
	if len(a.AskPlan) != len(a.Questions) {
		t.Errorf("%d questions, %d with an id", len(a.AskPlan), len(a.Questions))
	}
}

func TestARequestNamesWhatItMustHoldAndWhoSaysSo(t *testing.T) {
	needs := func(in, step string) string {
		for _, s := range check(t, in).Steps {
			if s.ID == step {
				return strings.Join(s.Needs, "; ") + " | " + strings.Join(s.Backed, " ")
			}
		}
		return ""
	}
	if got := needs(`{"plan":{"kind":"hmo"}}`, "pre_authorization"); !strings.Contains(got, "ICD-10") || !strings.HasSuffix(got, "| DOC-01 DOC-02 DOC-03 DOC-04") {
		t.Error(got)
	}
	if got := needs(`{"plan":{"kind":"hmo"},"expert":{"network":"out"},"request":{"urgent":true}}`, "pre_authorization"); !strings.HasSuffix(got, "DOC-04 DOC-05 DOC-06") {
		t.Error(got)
	}
	if a := check(t, `{"plan":{"kind":"medicare_original"}}`); has(a, "DOC-01") {
		t.Error("papers for a request that nobody makes")
	}
}

func TestAnUrgentRequestIsCountedInHours(t *testing.T) {
	due := func(in string) string {
		for _, s := range check(t, in).Steps {
			if s.ID == "written_decision" {
				return s.Due.String()
			}
		}
		return ""
	}
	// 14 days of the plan and a week; 72 hours and a week are less than the 21 days that a
	// step has at least.
	if slow, fast := due(`{"decision_by":"2027-03-01","plan":{"kind":"medicare_advantage_hmo"}}`), due(`{"decision_by":"2027-03-01","plan":{"kind":"medicare_advantage_hmo"},"request":{"urgent":true}}`); slow != "2027-02-08" || fast != "2027-02-08" {
		t.Error(slow, fast)
	}
	approval := func(in string) string {
		for _, s := range check(t, in).Steps {
			if s.ID == "pre_authorization" {
				return s.Due.String()
			}
		}
		return ""
	}
	if slow, fast := approval(`{"decision_by":"2027-03-01","plan":{"kind":"ppo"}}`), approval(`{"decision_by":"2027-03-01","plan":{"kind":"ppo"},"request":{"urgent":true}}`); slow != "2027-02-07" || fast != "2027-02-08" {
		t.Error(slow, fast)
	}
}

func TestWhatThePlanSaidLastCounts(t *testing.T) {
	calls := []coverage.Call{
		{N: 2, On: "2026-11-20", Answers: []coverage.Spoken{{Rule: "ASK-02", Said: coverage.SaidNo}}},
		{N: 1, On: "2026-11-20", Answers: []coverage.Spoken{{Rule: "ASK-02", Said: coverage.SaidYes}, {Rule: "ASK-11", Answer: "yes, by fax"}}},
		{N: 3, On: "2026-11-21", Answers: []coverage.Spoken{{Rule: "ASK-02"}, {Rule: "", Said: coverage.SaidYes}}},
	}
	if s, c, ok := coverage.Latest(calls, "ASK-02"); !ok || s.Said != coverage.SaidNo || c.N != 2 {
		t.Errorf("%+v of call %d", s, c.N)
	}
	if s, _, ok := coverage.Latest(calls, "ASK-11"); !ok || s.Answer != "yes, by fax" {
		t.Errorf("%+v", s)
	}
	if _, _, ok := coverage.Latest(calls, "ASK-01"); ok {
		t.Error("an answer to what nobody asked")
	}
}

func TestATestIsDueUntilItsOwnAnswerIsThere(t *testing.T) {
	for _, c := range []struct {
		o       coverage.Ordered
		due     string
		cleared bool
	}{
		{coverage.Ordered{Answer: "not_asked", NeedBy: "2027-01-20"}, "2026-12-29", false},
		{coverage.Ordered{Answer: "not_asked", NeedBy: "2026-11-25"}, "2026-11-22", false}, // late: today
		{coverage.Ordered{Answer: "not_asked"}, "", false},
		{coverage.Ordered{Answer: "waiting", Asked: "2026-11-20"}, "2026-12-05", false},
		{coverage.Ordered{Answer: "approved", Number: "A"}, "", true},
		{coverage.Ordered{Answer: "approved", Number: "A", Until: "2026-11-21"}, "", false},
		{coverage.Ordered{Answer: "approved", Number: "A", Until: "2026-11-22"}, "", true},
		{coverage.Ordered{Answer: "approved", Number: "A", Until: "2026-12-31", NeedBy: "2027-01-01"}, "", false},
		{coverage.Ordered{Answer: "not_needed"}, "", true},
		{coverage.Ordered{Answer: "refused"}, "", false},
	} {
		if got := c.o.DueOn(today, 15).String(); got != c.due {
			t.Errorf("%+v is due on %q", c.o, got)
		}
		if c.o.Cleared("2026-11-22") != c.cleared {
			t.Errorf("%+v: cleared %t", c.o, !c.cleared)
		}
	}
}

func TestAWrongTestNamesItsFields(t *testing.T) {
	o := coverage.Ordered{Name: " ", Kind: "magic", Answer: "perhaps", On: "2026-11-23", Asked: "2026-11-20", Decided: "2026-11-19", Words: strings.Repeat("x", 4001)}
	var fields []string
	for _, f := range fault.All(o.Check("2026-11-22")) {
		fields = append(fields, f.Field)
	}
	if got := strings.Join(fields, " "); got != "name words kind answer on decided" {
		t.Error(got)
	}
	if err := (coverage.Ordered{Name: "MRI", Kind: "imaging", Answer: "waiting"}).Check("2026-11-22"); err == nil {
		t.Error("asked, and nobody knows when")
	}
}

func TestAMarketplacePlanIsNoEmployersOwn(t *testing.T) {
	_, err := coverage.Check(decode(t, `{"plan":{"kind":"ppo","funding":"self_funded","marketplace":"federal"}}`), today, "en", book)
	if err == nil || !strings.HasPrefix(err.Error(), "plan.marketplace: does not go with plan.funding self_funded") {
		t.Error(err)
	}
	_, err = coverage.Check(decode(t, `{"plan":{"kind":"workers_comp","workers_comp_state":"ZZ"}}`), today, "en", book)
	if err == nil || !strings.HasPrefix(err.Error(), `plan.workers_comp_state: there is no state "ZZ"`) {
		t.Error(err)
	}
}

func TestTheNewKeysAreInTheSchema(t *testing.T) {
	s, err := json.Marshal(contract.Schema("coverage check", coverage.Input{}, coverage.Answer{}))
	if err != nil {
		t.Fatal(err)
	}
	for p := range every {
		if key := p[strings.LastIndex(p, ".")+1:]; !strings.Contains(string(s), `"`+key+`":{`) {
			t.Errorf("the schema lacks %s", p)
		}
	}
}
