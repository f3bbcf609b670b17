package coverage_test

import (
	"strings"
	"testing"

	"consilium/internal/contract"
	"consilium/internal/coverage"
)

func costInput(t testing.TB, in string) coverage.CostInput {
	t.Helper()
	var input coverage.CostInput
	if err := contract.Decode(strings.NewReader(in), &input); err != nil {
		t.Fatal(err)
	}
	return input
}

func cost(t testing.TB, in string) coverage.CostAnswer {
	t.Helper()
	a, err := coverage.Cost(costInput(t, in), today, "en", book)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// money writes an amount that may be unknown.
func money(m *contract.Money) string {
	if m == nil {
		return "?"
	}
	return m.String()
}

// parts writes an answer in one line: total = deductible + share + balance bill +
// penalty + not covered - second payer.
func parts(a coverage.CostAnswer) string {
	var out []string
	for _, m := range []*contract.Money{a.PatientTotal, a.Deductible, a.Share, a.BalanceBill, a.Penalty, a.NotCovered, a.SecondPayer} {
		out = append(out, money(m))
	}
	return strings.Join(out, " ")
}

const contractExample = `{"plan_year":2026,"network":"in","covered":true,"billed":"600.00","allowed":"380.00","deductible_remaining":"1000.00","family_deductible_remaining":"2000.00","out_of_pocket_remaining":"5000.00",
"family_out_of_pocket_remaining":"9000.00","copay":"50.00","coinsurance":"20","deductible_applies":true,"copay_mode":"deductible_then_copay","penalty":"0.00",
"self_pay":"450.00","medicare":{"assignment":"participating","medigap":"N"}}`

func TestTheContractsExampleComesOutAsPrinted(t *testing.T) {
	for _, in := range []string{contractExample, strings.Replace(contractExample, `,"medicare":{"assignment":"participating","medigap":"N"}`, "", 1)} {
		in = strings.ReplaceAll(in, "\n", "")
		a := cost(t, in)
		if parts(a) != "380.00 380.00 0.00 0.00 0.00 0.00 0.00" || money(a.Counts) != "380.00" || money(a.SelfPayTotal) != "450.00" || *a.Cheaper != "plan" {
			t.Errorf("%s: %s, counts %s, self pay %s, cheaper %s", in, parts(a), money(a.Counts), money(a.SelfPayTotal), *a.Cheaper)
		}
		if len(a.Lines) != 1 || a.Lines[0].Step != 4 || a.Lines[0].Amount != 38000 || len(a.Unknown) != 0 {
			t.Errorf("lines %+v, unknown %+v", a.Lines, a.Unknown)
		}
	}
}

func TestEachStepOfTheReckoningIsRightToTheCent(t *testing.T) {
	const plan = `"plan_year":2026,"covered":true,"penalty":"0.00","out_of_pocket_remaining":"5000.00",`
	for _, c := range []struct{ why, in, want string }{
		{"not covered: the doctor's price", `"covered":false,"billed":"600.00","allowed":"380.00"`, "600.00 0.00 0.00 0.00 0.00 600.00 0.00"},
		{"not covered: the price without a plan when it is offered", `"covered":false,"billed":"600.00","self_pay":"450.00"`, "450.00 0.00 0.00 0.00 0.00 450.00 0.00"},
		{"in network, half the price goes to the deductible", plan + `"network":"in","billed":"600.00","allowed":"380.00","deductible_remaining":"100.00","deductible_applies":true,"coinsurance":"20"`, "156.00 100.00 56.00 0.00 0.00 0.00 0.00"},
		{"half a cent goes up", plan + `"network":"in","allowed":"10.03","deductible_remaining":"0.00","deductible_applies":true,"coinsurance":"50"`, "5.02 0.00 5.02 0.00 0.00 0.00 0.00"},
		{"less than half a cent goes down", plan + `"network":"in","allowed":"10.02","deductible_remaining":"0.00","deductible_applies":true,"coinsurance":"12.5"`, "1.25 0.00 1.25 0.00 0.00 0.00 0.00"},
		{"a copay alone lifts the deductible", plan + `"network":"in","allowed":"380.00","deductible_remaining":"1000.00","copay":"50.00"`, "50.00 0.00 50.00 0.00 0.00 0.00 0.00"},
		{"a copay is never more than the price", plan + `"network":"in","allowed":"30.00","copay":"50.00"`, "30.00 0.00 30.00 0.00 0.00 0.00 0.00"},
		{"deductible then copay: a rest is left", plan + `"network":"in","allowed":"380.00","deductible_remaining":"350.00","deductible_applies":true,"copay":"50.00","copay_mode":"deductible_then_copay"`, "380.00 350.00 30.00 0.00 0.00 0.00 0.00"},
		{"deductible then copay: nothing is left", plan + `"network":"in","allowed":"380.00","deductible_remaining":"380.00","deductible_applies":true,"copay":"50.00","copay_mode":"deductible_then_copay"`, "380.00 380.00 0.00 0.00 0.00 0.00 0.00"},
		{"a deductible that applies comes before a copay", plan + `"network":"in","allowed":"380.00","deductible_remaining":"300.00","deductible_applies":true,"copay":"50.00"`, "350.00 300.00 50.00 0.00 0.00 0.00 0.00"},
		{"copay first, then the deductible on the rest", plan + `"network":"in","allowed":"380.00","deductible_remaining":"1000.00","deductible_applies":true,"copay":"50.00","copay_mode":"copay_and_deductible"`, "380.00 330.00 50.00 0.00 0.00 0.00 0.00"},
		{"copay and percentage of the rest", plan + `"network":"in","allowed":"380.00","deductible_remaining":"80.00","deductible_applies":true,"copay":"50.00","coinsurance":"20","copay_mode":"deductible_then_copay"`, "190.00 80.00 110.00 0.00 0.00 0.00 0.00"},
		{"the lower of own and family deductible", plan + `"network":"in","allowed":"380.00","deductible_remaining":"1000.00","family_deductible_remaining":"40.00","deductible_applies":true,"coinsurance":"10"`, "74.00 40.00 34.00 0.00 0.00 0.00 0.00"},
		{"an aggregate family deductible counts alone", plan + `"network":"in","allowed":"380.00","deductible_remaining":"0.00","family_deductible_remaining":"300.00","family_deductible":"aggregate","deductible_applies":true,"coinsurance":"10"`, "308.00 300.00 8.00 0.00 0.00 0.00 0.00"},
		{"the yearly limit takes off the rest", `"covered":true,"penalty":"0.00","network":"in","allowed":"1000.00","deductible_remaining":"300.00","deductible_applies":true,"coinsurance":"20","out_of_pocket_remaining":"350.00","family_out_of_pocket_remaining":"9000.00"`, "350.00 300.00 50.00 0.00 0.00 0.00 0.00"},
		{"the family's yearly limit when it is lower", `"covered":true,"penalty":"0.00","network":"in","allowed":"1000.00","deductible_remaining":"300.00","deductible_applies":true,"coinsurance":"20","out_of_pocket_remaining":"350.00","family_out_of_pocket_remaining":"120.00"`, "120.00 120.00 0.00 0.00 0.00 0.00 0.00"},
		{"a limit that is used up needs no price", `"covered":true,"penalty":"0.00","network":"in","out_of_pocket_remaining":"0.00"`, "0.00 0.00 0.00 0.00 0.00 0.00 0.00"},
		{"outside the network with a balance bill and a penalty", plan + `"network":"out","billed":"600.00","allowed":"380.00","deductible_remaining":"100.00","deductible_applies":true,"coinsurance":"40","penalty":"250.00"`, ""},
		{"protected: no balance bill", plan + `"network":"out_protected","billed":"600.00","allowed":"380.00","deductible_remaining":"100.00","deductible_applies":true,"coinsurance":"40"`, "212.00 100.00 112.00 0.00 0.00 0.00 0.00"},
		{"the room of a hospital's clinic", plan + `"network":"in","allowed":"380.00","facility_fee":"120.00","deductible_remaining":"0.00","deductible_applies":true,"coinsurance":"20"`, "100.00 0.00 100.00 0.00 0.00 0.00 0.00"},
		{"a Medicaid plan", `"plan_kind":"medicaid_managed","covered":true`, "0.00 0.00 0.00 0.00 0.00 0.00 0.00"},
		{"the law's limit for one person of a family", `"plan_year":2026,"plan_kind":"ppo","grandfathered":false,"covered":true,"penalty":"0.00","network":"in","allowed":"30000.00","family_deductible":"aggregate","family_deductible_remaining":"15000.00","family_out_of_pocket_remaining":"21200.00","deductible_applies":true,"coinsurance":"20"`, "10600.00 10600.00 0.00 0.00 0.00 0.00 0.00"},
	} {
		if c.want == "" {
			c.in, c.want = strings.Replace(c.in, `"penalty":"0.00",`, "", 1), "682.00 100.00 112.00 220.00 250.00 0.00 0.00"
		}
		if got := parts(cost(t, "{"+c.in+"}")); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.why, got, c.want)
		}
	}
}

func TestMedicareAndWhatPaysAfterIt(t *testing.T) {
	const base = `{"plan_year":2026,"covered":true,"billed":"600.00","allowed":"400.00","deductible_remaining":"100.00","medicare":{`
	for _, c := range []struct{ medicare, want string }{
		{`"assignment":"participating","medigap":"none"`, "160.00 100.00 60.00 0.00 0.00 0.00 0.00"},
		{`"assignment":"participating","medigap":"A"`, "100.00 100.00 60.00 0.00 0.00 0.00 60.00"},
		{`"assignment":"participating","medigap":"C"`, "0.00 100.00 60.00 0.00 0.00 0.00 160.00"},
		{`"assignment":"participating","medigap":"K"`, "130.00 100.00 60.00 0.00 0.00 0.00 30.00"},
		{`"assignment":"participating","medigap":"L"`, "115.00 100.00 60.00 0.00 0.00 0.00 45.00"},
		{`"assignment":"participating","medigap":"K","medigap_limit_remaining":"20.00"`, "20.00 100.00 60.00 0.00 0.00 0.00 140.00"},
		{`"assignment":"participating","medigap":"N"`, "120.00 100.00 60.00 0.00 0.00 0.00 40.00"},
		{`"assignment":"participating","medigap":"N","visit":"emergency"`, "150.00 100.00 60.00 0.00 0.00 0.00 10.00"},
		{`"assignment":"participating","medigap":"G_high"`, "160.00 100.00 60.00 0.00 0.00 0.00 0.00"},
		{`"assignment":"participating","medigap":"G_high","medigap_deductible_remaining":"25.00"`, "125.00 100.00 60.00 0.00 0.00 0.00 35.00"},
		// 95 % of 400 is 380, and 115 % of that 437: 57 above.
		{`"assignment":"non_participating","medigap":"none"`, "213.00 100.00 56.00 57.00 0.00 0.00 0.00"},
		{`"assignment":"non_participating","medigap":"A"`, "157.00 100.00 56.00 57.00 0.00 0.00 56.00"},
		{`"assignment":"non_participating","medigap":"F"`, "0.00 100.00 56.00 57.00 0.00 0.00 213.00"},
		{`"assignment":"non_participating","medigap":"G"`, "100.00 100.00 56.00 57.00 0.00 0.00 113.00"},
		{`"assignment":"opted_out","medigap":"G"`, "600.00 0.00 0.00 0.00 0.00 600.00 0.00"},
		{`"assignment":"participating","qmb":true`, "0.00 100.00 60.00 0.00 0.00 0.00 160.00"},
		{`"assignment":"non_participating","qmb":true`, "0.00 100.00 56.00 0.00 0.00 0.00 156.00"},
	} {
		if got := parts(cost(t, base+c.medicare+"}}")); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.medicare, got, c.want)
		}
	}
}

func TestWhatWasNotReadAtItsSourceIsReckonedAndMarked(t *testing.T) {
	a := cost(t, `{"plan_year":2026,"covered":true,"billed":"600.00","allowed":"400.00","deductible_remaining":"0.00","medicare":{"assignment":"non_participating","medigap":"none"}}`)
	marked, listed, law := false, false, false
	for _, l := range a.Lines {
		marked = marked || l.Step == 9 && l.Rule == "MDC-02" && strings.Contains(l.Confirm, "office")
	}
	for _, u := range a.Unknown {
		listed = listed || u.Field == "medicare.assignment" && !u.Needed && u.Ask != ""
	}
	for _, f := range a.Findings {
		law = law || f.Rule == "MED-10" && f.Effect == "check"
	}
	if !marked || !listed || !law {
		t.Errorf("marked %v, listed %v, law named %v: %+v", marked, listed, law, a)
	}
}

func TestWhatNobodyToldIsListedAndNeverFree(t *testing.T) {
	for _, c := range []struct {
		in, field string
		total     string
	}{
		{`{"covered":true,"network":"in","deductible_remaining":"0.00","deductible_applies":true,"coinsurance":"20"}`, "allowed", "?"},
		{`{"covered":true,"network":"in","allowed":"380.00","deductible_applies":true,"coinsurance":"20"}`, "deductible_remaining", "?"},
		{`{"covered":true,"network":"in","allowed":"380.00","family_deductible":"aggregate","deductible_applies":true,"coinsurance":"20"}`, "family_deductible_remaining", "?"},
		{`{"covered":true,"network":"in","allowed":"380.00","deductible_remaining":"100.00","deductible_applies":true}`, "coinsurance", "?"},
		{`{"covered":true,"network":"in","allowed":"380.00","copay_mode":"copay_only"}`, "copay", "?"},
		{`{"covered":true,"allowed":"380.00","billed":"600.00","copay":"50.00"}`, "network", "?"},
		{`{"covered":true,"network":"out","allowed":"380.00","copay":"50.00"}`, "billed", "?"},
		{`{"covered":false}`, "billed", "?"},
		{`{"covered":true,"allowed":"400.00","deductible_remaining":"0.00","medicare":{}}`, "medicare.assignment", "?"},
		{`{"covered":true,"out_of_pocket_remaining":"0.00","medicare":{"qmb":true}}`, "medicare.assignment", "?"},
		{`{"covered":true,"out_of_pocket_remaining":"0.00","medicare":{"medigap":"none"}}`, "medicare.assignment", "?"},
		{`{"network":"in","allowed":"380.00","copay":"50.00"}`, "covered", "50.00"},
		{`{"covered":true,"network":"in","copay":"50.00"}`, "allowed", "50.00"},
		{`{"covered":true,"network":"in","allowed":"380.00","copay":"50.00","penalty":"0.00"}`, "out_of_pocket_remaining", "50.00"},
		{`{"covered":true,"network":"in","allowed":"380.00","copay":"50.00"}`, "penalty", "50.00"},
		{`{"covered":true,"network":"in","allowed":"380.00","deductible_remaining":"100.00","coinsurance":"20"}`, "deductible_applies", "156.00"},
		{`{"covered":true,"network":"in","allowed":"380.00","deductible_remaining":"100.00","family_deductible_remaining":"900.00","deductible_applies":true,"coinsurance":"20"}`, "family_deductible", "156.00"},
		{`{"covered":true,"allowed":"400.00","deductible_remaining":"0.00","medicare":{"assignment":"participating"}}`, "medicare.medigap", "80.00"},
		{`{"covered":true,"allowed":"400.00","deductible_remaining":"0.00","medicare":{"assignment":"participating","medigap":"F_high"}}`, "medicare.medigap_deductible_remaining", "80.00"},
		{`{"covered":true,"allowed":"400.00","deductible_remaining":"0.00","medicare":{"assignment":"participating","medigap":"L"}}`, "medicare.medigap_limit_remaining", "20.00"},
		{`{"covered":true,"network":"in","allowed":"380.00","copay":"50.00","facility_fee":"90.00"}`, "facility_fee", "?"},
	} {
		a := cost(t, c.in)
		found := false
		for _, u := range a.Unknown {
			found = found || u.Field == c.field && u.Needed == (c.total == "?") && u.Text != "" && u.Ask != ""
		}
		if !found || money(a.PatientTotal) != c.total {
			t.Errorf("%s: total %s, want %s; unknown %+v", c.in, money(a.PatientTotal), c.total, a.Unknown)
		}
		if a.PatientTotal == nil && a.Cheaper != nil {
			t.Errorf("%s: compares with a total that is unknown", c.in)
		}
	}
}

func TestAWrongCostInputNamesItsFieldAndNothingIsReckoned(t *testing.T) {
	for _, c := range []struct{ in, field string }{
		{`{"billed":"-1.00"}`, "billed: must not be less than 0"},
		{`{"coinsurance":"120"}`, "coinsurance"},
		{`{"coinsurance":"-20"}`, "coinsurance"},
		{`{"copay":50}`, "copay"},
		{`{"allowed":"380"}`, "allowed"},
		{`{"network":"inside"}`, "network: unknown value"},
		{`{"plan_year":2023}`, "plan_year: 2023: no figures are kept for this year; one of 2024, 2025, 2026, 2027"},
		{`{"plan_year":2028}`, "plan_year: 2028"},
		{`{"plan_kind":"medicare_advantage_hmo","medicare":{"assignment":"participating","medigap":"G"}}`, "medicare.medigap: does not go with"},
		{`{"plan_kind":"ppo","medicare":{"assignment":"participating"}}`, "medicare: does not go with"},
		{`{"medicare":{"medigap":"G","medigap_limit_remaining":"1.00"}}`, "medicare.medigap_limit_remaining"},
		{`{"medicare":{"medigap":"K","medigap_deductible_remaining":"1.00"}}`, "medicare.medigap_deductible_remaining"},
		{`{"medigap":"G"}`, "medigap: unknown field"},
		{`{"copay_mode":"copay"}`, "copay_mode"},
		{`{"plan_kind":"hmoo"}`, "plan_kind"},
	} {
		var in coverage.CostInput
		err := contract.Decode(strings.NewReader(c.in), &in)
		var a coverage.CostAnswer
		if err == nil {
			a, err = coverage.Cost(in, today, "en", book)
		}
		if err == nil || !strings.Contains(err.Error(), c.field) {
			t.Errorf("%s: %v", c.in, err)
		}
		if a.PatientTotal != nil || len(a.Lines) > 0 {
			t.Errorf("%s: reckoned all the same", c.in)
		}
	}
	if _, err := coverage.Cost(coverage.CostInput{}, today, "fr", book); err == nil || !strings.Contains(err.Error(), "lang") {
		t.Errorf("a language that nobody speaks: %v", err)
	}
}

func TestAPlanThatCannotBeIsPointedOut(t *testing.T) {
	for _, c := range []struct{ in, rule string }{
		{`{"plan_year":2026,"plan_kind":"ppo","network":"in","deductible_remaining":"10600.01"}`, "CHK-01"},
		{`{"plan_year":2026,"plan_kind":"ppo","network":"in","out_of_pocket_remaining":"10600.01"}`, "CHK-02"},
		{`{"plan_year":2026,"plan_kind":"ppo","network":"in","family_out_of_pocket_remaining":"21200.01"}`, "CHK-03"},
		{`{"plan_year":2026,"hdhp":true,"network":"in","out_of_pocket_remaining":"8500.01"}`, "CHK-04"},
		{`{"plan_year":2026,"hdhp":true,"network":"in","family_out_of_pocket_remaining":"17000.01"}`, "CHK-05"},
		{`{"deductible_remaining":"2.00","out_of_pocket_remaining":"1.00"}`, "CHK-06"},
		{`{"plan_year":2025,"plan_kind":"medicare_advantage_hmo","network":"in","out_of_pocket_remaining":"9350.01"}`, "CHK-09"},
		{`{"plan_kind":"medicare_advantage_ppo","coinsurance":"20"}`, "CHK-10"},
		{`{"plan_year":2026,"deductible_remaining":"283.01","medicare":{}}`, "CHK-07"},
	} {
		found := false
		for _, f := range cost(t, c.in).Findings {
			found = found || f.Rule == c.rule
		}
		if !found {
			t.Errorf("%s: %s says nothing", c.in, c.rule)
		}
	}
	// 10,500 is above a figure for 2026 that was replaced before the year began.
	for _, f := range cost(t, `{"plan_year":2026,"plan_kind":"ppo","network":"in","out_of_pocket_remaining":"10500.00"}`).Findings {
		if f.Rule == "CHK-02" {
			t.Error("the replaced figure of 2026 was used")
		}
	}
}

func TestEveryLineIsInBothLanguages(t *testing.T) {
	in := costInput(t, `{"plan_year":2026,"covered":true,"network":"out","billed":"1600.00","allowed":"1380.00","deductible_remaining":"100.00","deductible_applies":true,"coinsurance":"12.5","copay":"25.00","out_of_pocket_remaining":"200.00","penalty":"250.00"}`)
	en, _ := coverage.Cost(in, today, "en", book)
	es, _ := coverage.Cost(in, today, "es", book)
	if len(en.Lines) != 5 || len(es.Lines) != 5 {
		t.Fatalf("%d lines in English, %d in Spanish: %+v", len(en.Lines), len(es.Lines), en.Lines)
	}
	sum := contract.Money(0)
	for i := range en.Lines {
		a, b := en.Lines[i], es.Lines[i]
		sum += a.Amount
		if a.Text == b.Text || a.Text == "" || a.Amount != b.Amount || strings.ContainsAny(a.Text+b.Text, "[]{}") {
			t.Errorf("%+v\n%+v", a, b)
		}
	}
	if sum != *en.PatientTotal {
		t.Errorf("the lines add up to %s, the total is %s", sum, en.PatientTotal)
	}
	if want := "The doctor bills $1,600.00 but your plan counts only $1,380.00, so the doctor may bill you the other $220.00."; en.Lines[4].Text != want {
		t.Errorf("%q", en.Lines[4].Text)
	}
}
