package coverage_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/finding"
	"consilium/internal/rulebook"
	"consilium/rules"

	"pgregory.net/rapid"
)

var today = contract.MustDate("2026-11-22")

var book = func() *rulebook.Book {
	b, problems := rulebook.Load(rules.Files)
	if len(problems) > 0 {
		panic(problems[0])
	}
	return b
}()

func decode(t testing.TB, in string) coverage.Input {
	t.Helper()
	var input coverage.Input
	if err := contract.Decode(strings.NewReader(in), &input); err != nil {
		t.Fatal(err)
	}
	return input
}

func check(t testing.TB, in string) coverage.Answer {
	t.Helper()
	a, err := coverage.Check(decode(t, in), today, "en", book)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func shareText(s *coverage.Share) string {
	if s == nil {
		return "unknown"
	}
	b, _ := json.Marshal(s)
	return strings.TrimPrefix(strings.NewReplacer(`"`, "", "{", "", "}", "").Replace(string(b)), "kind:")
}

func has(a coverage.Answer, rule string) bool {
	for _, f := range a.Findings {
		if f.Rule == rule {
			return true
		}
	}
	return false
}

func TestEachPlanIsAnsweredByItsRules(t *testing.T) {
	const hmoCA = `{"patient":{"state":"CA","birth_date":"1961-04-02"},"plan":{"kind":"hmo","funding":"insured","situs_state":"CA","grandfathered":false,"hdhp":false},"condition":{"icd10":"C50.911","cancer":true,"serious":true},"treatment":{"kind":"major_surgery","emergency":false,"imminent_threat":false,"cosmetic":false},"opinions":{"so_far":1,"differ":null,"first_by":"specialist"},"expert":{"network":"in","format":"in_person","qualified_in_network":true}}`
	for _, c := range []struct{ in, covered, referral, network, pa, share, mandates string }{
		{`{}`, "unknown", "unknown", "unknown", "unknown", "unknown", ""},
		{hmoCA, "yes", "yes", "in_only", "yes", "copay", "STA-CA-1"},
		{`{"plan":{"kind":"hmo"}}`, "conditional", "yes", "in_only", "sometimes", "copay", ""},
		{`{"plan":{"kind":"hmo"},"expert":{"network":"out"}}`, "conditional", "yes", "in_only", "sometimes", "copay", ""},
		{`{"plan":{"kind":"hmo"},"expert":{"network":"out","qualified_in_network":true}}`, "no", "yes", "in_only", "sometimes", "full", ""},
		{`{"plan":{"kind":"hmo"},"expert":{"network":"out","qualified_in_network":false}}`, "conditional", "yes", "in_or_out", "yes", "copay", ""},
		{`{"plan":{"kind":"ppo"}}`, "conditional", "no", "in_or_out", "sometimes", "plan_share", ""},
		{`{"plan":{"kind":"epo"}}`, "conditional", "no", "in_only", "sometimes", "plan_share", ""},
		{`{"plan":{"kind":"pos"}}`, "conditional", "yes", "in_or_out", "sometimes", "plan_share", ""},
		{`{"plan":{"kind":"ppo","hdhp":true}}`, "conditional", "no", "in_or_out", "sometimes", "plan_share,after_deductible:true", ""},
		{`{"plan":{"kind":"ppo","hdhp":true},"expert":{"format":"telehealth"}}`, "conditional", "no", "in_or_out", "sometimes", "plan_share", ""},
		{`{"plan":{"kind":"medicare_original"},"treatment":{"kind":"major_surgery"}}`, "yes", "no", "any", "no", "percent,percent:20,after_deductible:true", ""},
		{`{"plan":{"kind":"medicare_original"},"treatment":{"kind":"invasive_test"}}`, "yes", "no", "any", "no", "percent,percent:20,after_deductible:true", ""},
		{`{"plan":{"kind":"medicare_original"},"treatment":{"kind":"medication"}}`, "conditional", "no", "any", "no", "percent,percent:20,after_deductible:true", ""},
		{`{"plan":{"kind":"medicare_original"},"treatment":{"kind":"major_surgery"},"opinions":{"so_far":2,"differ":true}}`, "yes", "no", "any", "no", "percent,percent:20,after_deductible:true", ""},
		{`{"plan":{"kind":"medicare_original"},"treatment":{"kind":"major_surgery"},"opinions":{"so_far":2,"differ":false}}`, "conditional", "no", "any", "no", "percent,percent:20,after_deductible:true", ""},
		{`{"plan":{"kind":"medicare_original"},"treatment":{"kind":"major_surgery"},"opinions":{"so_far":2}}`, "conditional", "no", "any", "no", "percent,percent:20,after_deductible:true", ""},
		{`{"plan":{"kind":"medicare_original"},"treatment":{"kind":"elective_surgery","cosmetic":true}}`, "no", "no", "any", "no", "full", ""},
		{`{"plan":{"kind":"medicare_original"},"treatment":{"kind":"major_surgery"},"expert":{"medicare":"opted_out"}}`, "no", "no", "any", "no", "full", ""},
		{`{"plan":{"kind":"medicare_original","medigap":"G"},"treatment":{"kind":"major_surgery"}}`, "yes", "no", "any", "no", "zero,after_deductible:true", ""},
		{`{"plan":{"kind":"medicare_original","medigap":"K"},"treatment":{"kind":"major_surgery"}}`, "yes", "no", "any", "no", "percent,percent:10,after_deductible:true", ""},
		{`{"plan":{"kind":"medicare_advantage_hmo"},"treatment":{"kind":"major_surgery"}}`, "yes", "yes", "in_only", "sometimes", "copay", ""},
		{`{"plan":{"kind":"medicare_advantage_hmo"},"expert":{"network":"out","qualified_in_network":true}}`, "conditional", "yes", "in_only", "sometimes", "copay", ""},
		{`{"plan":{"kind":"medicare_advantage_hmo"},"expert":{"network":"out","qualified_in_network":false}}`, "yes", "yes", "in_or_out", "yes", "copay", ""},
		{`{"plan":{"kind":"medicare_advantage_ppo"}}`, "yes", "unknown", "unknown", "sometimes", "copay", ""},
		{`{"plan":{"kind":"medicaid_managed"}}`, "yes", "unknown", "in_or_out", "unknown", "zero", ""},
		{`{"plan":{"kind":"chip_managed"}}`, "yes", "unknown", "in_or_out", "unknown", "zero", ""},
		{`{"plan":{"kind":"medicaid_ffs"}}`, "conditional", "unknown", "unknown", "unknown", "unknown", ""},
		{`{"plan":{"kind":"tricare_prime"}}`, "conditional", "yes", "in_or_out", "sometimes", "plan_share", ""},
		{`{"plan":{"kind":"tricare_select"}}`, "conditional", "no", "in_or_out", "sometimes", "plan_share", ""},
		{`{"plan":{"kind":"va"}}`, "conditional", "unknown", "unknown", "unknown", "unknown", ""},
		{`{"plan":{"kind":"none"}}`, "no", "no", "any", "no", "full", ""},
		{`{"plan":{"kind":"hmo","funding":"self_funded","situs_state":"CA"},"condition":{"serious":true}}`, "conditional", "yes", "in_only", "sometimes", "copay", ""},
		{`{"plan":{"kind":"hmo","funding":"unknown","situs_state":"CA"},"condition":{"serious":true}}`, "conditional", "yes", "in_only", "sometimes", "copay", ""},
		{`{"plan":{"kind":"hmo","funding":"insured","situs_state":"FL"},"condition":{"serious":true}}`, "conditional", "yes", "in_only", "sometimes", "copay", "STA-FL-1"},
		{`{"plan":{"kind":"hmo","funding":"insured","situs_state":"MO"},"condition":{"cancer":true}}`, "yes", "yes", "in_only", "sometimes", "copay", "STA-MO-1 STA-MO-2"},
		{`{"plan":{"kind":"ppo","requires_second_opinion":true}}`, "yes", "no", "in_or_out", "sometimes", "plan_share", ""},
	} {
		a := check(t, c.in)
		got := strings.Join([]string{a.Covered, a.Referral, a.Network, a.PriorAuthorization, shareText(a.PatientShare), strings.Join(a.Mandates, " ")}, " | ")
		want := strings.Join([]string{c.covered, c.referral, c.network, c.pa, c.share, c.mandates}, " | ")
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", c.in, got, want)
		}
	}
}

func TestAnEmergencyStopsEverythingElseUnderEveryPlan(t *testing.T) {
	for _, kind := range []string{"hmo", "medicare_original", "medicare_advantage_hmo", "none", "va"} {
		a := check(t, `{"plan":{"kind":"`+kind+`"},"treatment":{"kind":"major_surgery","emergency":true}}`)
		if len(a.Steps) != 1 || a.Steps[0].ID != "emergency" || len(a.AskPlan) != 0 || a.PriorAuthorization != "no" || a.Covered != "unknown" || !has(a, "COV-EMX-01") {
			t.Errorf("%s: %+v", kind, a)
		}
	}
}

func TestNoFlatTwentyPercentForHMOOrMedicareAdvantage(t *testing.T) {
	for _, kind := range []string{"hmo", "medicare_advantage_hmo", "medicare_advantage_ppo", "medicare_advantage_other"} {
		a := check(t, `{"plan":{"kind":"`+kind+`"},"treatment":{"kind":"major_surgery"}}`)
		if a.PatientShare == nil || a.PatientShare.Kind != "copay" || a.PatientShare.Percent != nil {
			t.Errorf("%s: %s", kind, shareText(a.PatientShare))
		}
	}
}

func TestARuleIsTakenInTheVersionOfItsDay(t *testing.T) {
	for _, c := range []struct {
		on, kind string
		days     int
		rule     string
		version  int
	}{{"2025-06-01", "medicare_advantage_hmo", 14, "PA-03", 1}, {"2026-01-01", "medicare_advantage_hmo", 7, "PA-03", 2}, {"2025-12-31", "medicaid_managed", 14, "PA-08", 1}, {"2026-06-01", "medicaid_managed", 7, "PA-08", 2}} {
		a, err := coverage.Check(decode(t, `{"plan":{"kind":"`+c.kind+`"}}`), contract.MustDate(c.on), "en", book)
		if err != nil {
			t.Fatal(err)
		}
		if a.Clocks[0].Days != c.days || a.Clocks[0].Rule != c.rule {
			t.Errorf("%+v: %+v", c, a.Clocks)
		}
		for _, f := range a.Findings {
			if f.Rule == c.rule && f.Version != c.version {
				t.Errorf("%+v: version %d", c, f.Version)
			}
		}
	}
	a := check(t, `{"on":"2025-03-01","plan":{"kind":"medicare_original"}}`)
	if !slices.ContainsFunc(a.Findings, func(f finding.Finding) bool { return f.Rule == "FIG-01" && strings.Contains(f.Reason, "$257.00") }) {
		t.Error("the deductible of 2025 is $257.00")
	}
}

func TestStepsComeInOrderWithDaysCountedBackFromTheDecision(t *testing.T) {
	a := check(t, `{"decision_by":"2027-01-15","plan":{"kind":"hmo"}}`)
	var ids []string
	for _, s := range a.Steps {
		ids = append(ids, s.ID)
		if s.Due.Before(today) || s.Due.After(contract.MustDate("2027-01-15")) || s.Title == "" || len(s.Needs) == 0 {
			t.Errorf("%+v", s)
		}
	}
	if got := strings.Join(ids, " "); got != "referral network pre_authorization estimate records" {
		t.Error(got)
	}
	if a.Steps[2].Due != contract.MustDate("2026-12-24") {
		t.Errorf("approval: 15 days of the plan and a week, so 22 days before: %s", a.Steps[2].Due)
	}
	if late := check(t, `{"decision_by":"2026-11-25","plan":{"kind":"hmo"}}`); late.Steps[0].Due != today {
		t.Error("what is late is due today", late.Steps[0].Due)
	}
	if none := check(t, `{"plan":{"kind":"hmo"}}`); !none.Steps[0].Due.IsZero() {
		t.Error("no day of decision, no due day")
	}
}

func TestWhatIsUnknownIsAskedOfThePlan(t *testing.T) {
	a := check(t, `{"plan":{"kind":"ppo"}}`)
	all := strings.Join(a.AskPlan, " ")
	for _, want := range []string{"insurance company", "Which state", "high-deductible", "reference number", "tests that the second doctor"} {
		if !strings.Contains(all, want) {
			t.Errorf("nobody asks: %s", want)
		}
	}
	b := check(t, `{"plan":{"kind":"ppo","funding":"insured","situs_state":"TX","hdhp":false,"requires_second_opinion":false}}`)
	if all := strings.Join(b.AskPlan, " "); strings.Contains(all, "insurance company") || strings.Contains(all, "Which state") || strings.Contains(all, "high-deductible") {
		t.Error("it asks what is known:", all)
	}
	if n := check(t, `{"plan":{"kind":"none"}}`); len(n.AskPlan) != 0 {
		t.Error("without a plan there is nobody to ask:", n.AskPlan)
	}
}

func TestContradictionsAreRefusedByField(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"plan":{"kind":"medicare_advantage_hmo","medigap":"G"}}`, "plan.medigap: does not go with plan.kind medicare_advantage_hmo"},
		{`{"patient":{"state":"ZZ"}}`, `patient.state: there is no state "ZZ"`},
		{`{"plan":{"situs_state":"XX"}}`, `plan.situs_state: there is no state "XX"`},
		{`{"plan":{"kind":"none","funding":"insured"}}`, "plan.funding: does not go with plan.kind none"},
		{`{"opinions":{"so_far":1,"differ":true}}`, "opinions.differ: is true, but opinions.so_far says 1"},
		{`{"patient":{"birth_date":"2030-01-01"}}`, "patient.birth_date: is after today (2026-11-22)"},
	} {
		_, err := coverage.Check(decode(t, c.in), today, "en", book)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s\n got %v\nwant %s", c.in, err, c.want)
		}
	}
}

// Forgetting facts never turns an answer into a no that knowing did not give.
func TestForgettingNeverTurnsAnAnswerIntoNo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		full := draw(t)
		before, err := coverage.Check(full, today, "en", book)
		if err != nil {
			t.Skip()
		}
		var tree map[string]any
		b, _ := json.Marshal(full)
		_ = json.Unmarshal(b, &tree)
		var paths [][2]string
		for k, v := range tree {
			for f := range v.(map[string]any) {
				paths = append(paths, [2]string{k, f})
			}
		}
		if len(paths) == 0 {
			return
		}
		slices.SortFunc(paths, func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) })
		p := rapid.SampledFrom(paths).Draw(t, "forget")
		delete(tree[p[0]].(map[string]any), p[1])
		b, _ = json.Marshal(tree)
		var less coverage.Input
		if err := contract.Decode(strings.NewReader(string(b)), &less); err != nil {
			t.Fatal(err)
		}
		after, err := coverage.Check(less, today, "en", book)
		if err != nil {
			t.Skip()
		}
		if after.Covered == "no" && before.Covered != "no" && full.Treatment.Emergency == nil {
			t.Fatalf("without %v covered went from %s to no", p, before.Covered)
		}
		for _, m := range after.Mandates {
			if !slices.Contains(before.Mandates, m) && (full.Treatment.Emergency == nil || !*full.Treatment.Emergency) && m != "STA-RI-1" {
				t.Fatalf("without %v the law %s began to apply", p, m)
			}
		}
	})
}

func draw(t *rapid.T) coverage.Input {
	tri := func(name string) *bool {
		v := rapid.SampledFrom([]int{0, 1, 2}).Draw(t, name)
		if v == 0 {
			return nil
		}
		b := v == 2
		return &b
	}
	pick := func(name string, of ...string) string { return rapid.SampledFrom(append(of, "")).Draw(t, name) }
	n := rapid.IntRange(0, 3).Draw(t, "so_far")
	return coverage.Input{
		Patient:   coverage.Patient{State: pick("state", "CA", "NY", "WA")},
		Plan:      coverage.Plan{Kind: pick("kind", "hmo", "ppo", "epo", "pos", "medicare_original", "medicare_advantage_hmo", "medicaid_managed", "tricare_prime", "va", "workers_comp", "none"), Funding: pick("funding", "insured", "self_funded", "unknown"), SitusState: pick("situs", "CA", "FL", "NY", "MO", "RI", "WA", "TX"), HDHP: tri("hdhp"), Medigap: pick("medigap", "G", "K"), Requires: tri("requires")},
		Condition: coverage.Condition{ICD10: pick("icd10", "C50.911", "M51.2"), Cancer: tri("cancer"), Serious: tri("serious")},
		Treatment: coverage.Treatment{Kind: pick("treatment", "major_surgery", "invasive_test", "medication"), Emergency: tri("emergency"), Cosmetic: tri("cosmetic")},
		Opinions:  coverage.Opinions{SoFar: &n, Differ: tri("differ")},
		Expert:    coverage.Expert{Network: pick("network", "in", "out", "unknown"), Medicare: pick("medicare", "opted_out", "participating"), Format: pick("format", "telehealth", "in_person"), Qualified: tri("qualified")},
	}
}

func TestEverySentenceIsGivenInBothLanguages(t *testing.T) {
	in := decode(t, `{"plan":{"kind":"hmo","funding":"insured","situs_state":"CA"},"condition":{"cancer":true}}`)
	en, _ := coverage.Check(in, today, "en", book)
	es, err := coverage.Check(in, today, "es", book)
	if err != nil || len(en.Findings) != len(es.Findings) || len(en.Steps) != len(es.Steps) || len(en.AskPlan) != len(es.AskPlan) {
		t.Fatal(err)
	}
	for i := range en.Findings {
		if en.Findings[i].Reason == es.Findings[i].Reason {
			t.Error(en.Findings[i].Rule)
		}
	}
	for i := range en.Steps {
		if en.Steps[i].Title == es.Steps[i].Title {
			t.Error(en.Steps[i].ID)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"plan":{"kind":"hmo","funding":"insured","situs_state":"CA"},"decision_by":"2027-01-15"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var in coverage.Input
		if contract.Decode(strings.NewReader(string(b)), &in) != nil {
			return
		}
		a, err := coverage.Check(in, today, "es", book)
		if err == nil && !slices.Contains([]string{"yes", "no", "conditional", "unknown"}, a.Covered) {
			t.Fatalf("covered %q", a.Covered)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	in := decode(b, `{"plan":{"kind":"hmo","funding":"insured","situs_state":"CA"},"condition":{"icd10":"C50.911","serious":true},"treatment":{"kind":"major_surgery"}}`)
	book.Compile()
	for b.Loop() {
		if _, err := coverage.Check(in, today, "en", book); err != nil {
			b.Fatal(err)
		}
	}
}

func TestTheAnswerHasTheKeysOfTheContract(t *testing.T) {
	b, err := json.Marshal(check(t, `{"decision_by":"2027-01-15","plan":{"kind":"medicare_original"},"treatment":{"kind":"major_surgery"}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`{"covered":"yes","referral":"no","network":"any","prior_authorization":"no","patient_share":{"kind":"percent","percent":"20","after_deductible":true},"mandates":[],"grounds":["MED-01"],"steps":[{"id":"medicare_status","title":"`, `"who":"patient","before":"booking","needs":["`, `"due":"2026-12-18"`, `"clocks":[]`, `"ask_plan":["`, `"rule":"MED-01","version":1,"effect":"coverage"`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the answer lacks %s\n%s", want, b)
		}
	}
	s, err := json.Marshal(contract.Schema("coverage check", coverage.Input{}, coverage.Answer{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"patient", "birth_date", "situs_state", "grandfathered", "medigap", "imminent_threat", "so_far", "first_by", "qualified_in_network", "patient_share", "ask_plan", "clocks", "due"} {
		if !strings.Contains(string(s), `"`+key+`":{`) {
			t.Errorf("the schema lacks %s", key)
		}
	}
}
