package coverage_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"consilium/internal/contract"
	"consilium/internal/coverage"
)

// randomPlan makes a plan that may be told in full or in part: one of 1,500 kinds of
// plan and of what is told, each time with other amounts.
func randomPlan(r *rand.Rand, full bool) coverage.CostInput {
	kind := rand.New(rand.NewPCG(uint64(r.IntN(1_500)), 7))
	maybe := func() bool { return full || kind.IntN(8) > 0 }
	amount := func(most int) *contract.Money {
		if !maybe() {
			return nil
		}
		m := contract.Money(r.IntN(most + 1))
		switch r.IntN(8) {
		case 0:
			m = 0
		case 1:
			m = contract.Money(most)
		}
		return &m
	}
	bit := func() *bool {
		if !maybe() {
			return nil
		}
		b := kind.IntN(2) == 0
		return &b
	}
	pick := func(of ...string) string {
		if !maybe() {
			return ""
		}
		return of[kind.IntN(len(of))]
	}
	year := 2024 + kind.IntN(4)
	in := coverage.CostInput{
		PlanYear: &year, Network: pick("in", "out", "out_protected"), Covered: bit(),
		Billed: amount(300_000), Allowed: amount(200_000), SelfPay: amount(200_000), Penalty: amount(50_000),
		DeductibleRemaining: amount(150_000), FamilyDeductibleRemaining: amount(300_000), DeductibleApplies: bit(),
		OutOfPocketRemaining: amount(300_000), FamilyOutOfPocketRemaining: amount(600_000),
		Copay: amount(10_000), CopayMode: pick("", "copay_only", "deductible_then_copay", "copay_and_deductible"),
		FamilyDeductible: pick("embedded", "aggregate"),
	}
	if kind.IntN(4) == 0 {
		in.HDHP, in.Grandfathered = bit(), bit()
	}
	if maybe() && kind.IntN(2) == 0 {
		p := contract.Percent(r.IntN(10_001))
		in.Coinsurance = &p
	}
	switch kind.IntN(4) {
	case 0:
		in.PlanKind = "medicare_original"
		in.Medicare = &coverage.CostMedicare{
			Assignment: pick("participating", "non_participating", "opted_out"), Medigap: pick("none", "A", "B", "C", "D", "F", "G", "K", "L", "M", "N", "F_high", "G_high"),
			Visit: pick("", "office", "emergency"), QMB: bit(),
		}
	default:
		in.PlanKind = pick("hmo", "ppo", "epo", "pos", "medicare_advantage_hmo", "medicaid_managed", "fehb")
	}
	return in
}

func reckonPlan(t testing.TB, in coverage.CostInput, r *coverage.Reckoner) coverage.CostAnswer {
	a, err := r.Cost(in)
	if err != nil {
		t.Fatalf("%+v: %v", in, err)
	}
	return a
}

func TestTheLawsOfCostHoldForAHundredThousandPlans(t *testing.T) {
	n := 100_000
	if testing.Short() {
		n = 6_000
	}
	b := coverage.NewReckoner(today, "en", book)
	r := rand.New(rand.NewPCG(2026, 11))
	known, none := 0, 0
	for i := range n {
		in := randomPlan(r, i%2 == 0)
		a := reckonPlan(t, in, b)
		for name, m := range map[string]*contract.Money{"total": a.PatientTotal, "deductible": a.Deductible, "share": a.Share, "balance bill": a.BalanceBill, "penalty": a.Penalty, "not covered": a.NotCovered, "second payer": a.SecondPayer, "counted": a.Counts, "plan pays": a.PlanPays} {
			if m != nil && *m < 0 {
				t.Fatalf("%s is %s of %+v", name, m, in)
			}
		}
		needed := false
		for _, u := range a.Unknown {
			needed = needed || u.Needed
			if u.Text == "" || u.Ask == "" {
				t.Fatalf("%s: not said what, or whom to ask", u.Field)
			}
		}
		if needed != (a.PatientTotal == nil) {
			t.Fatalf("total %s, but unknown %+v of %+v", money(a.PatientTotal), a.Unknown, in)
		}
		if a.PatientTotal == nil {
			none++
			if a.Cheaper != nil {
				t.Fatalf("compared without a total: %+v", in)
			}
			continue
		}
		known++
		sum := *a.Deductible + *a.Share + *a.BalanceBill + *a.Penalty + *a.NotCovered - *a.SecondPayer
		lines := contract.Money(0)
		for _, l := range a.Lines {
			lines += l.Amount
			if l.Text == "" || strings.ContainsAny(l.Text, "[]{}") {
				t.Fatalf("line %+v of %+v", l, in)
			}
		}
		if sum != *a.PatientTotal || lines != sum {
			t.Fatalf("total %s, parts %s, lines %s: %+v of %+v", a.PatientTotal, sum, lines, a.Lines, in)
		}
		if a.SelfPayTotal != nil && *a.Cheaper != cheaper(a) {
			t.Fatalf("%s against %s is not %s", a.PatientTotal, a.SelfPayTotal, *a.Cheaper)
		}
		if i%8 < 2 {
			lowered(t, r, in, a, b)
		}
	}
	if known < n/3 || none < n/20 {
		t.Errorf("only %d of %d plans had a total, %d had none: the plans are too alike", known, n, none)
	}
}

func cheaper(a coverage.CostAnswer) string {
	switch d := *a.PatientTotal - *a.SelfPayTotal; {
	case d < 0:
		return "plan"
	case d > 0:
		return "self_pay"
	}
	return "same"
}

// lowered takes something away: less left until the limit never costs more, and
// knowing less never costs less without being said.
func lowered(t *testing.T, r *rand.Rand, in coverage.CostInput, full coverage.CostAnswer, b *coverage.Reckoner) {
	if m := in.OutOfPocketRemaining; m != nil && *m > 0 {
		near, less := in, contract.Money(r.Int64N(int64(*m)))
		near.OutOfPocketRemaining = &less
		if a := reckonPlan(t, near, b); a.PatientTotal == nil || *a.PatientTotal > *full.PatientTotal {
			t.Fatalf("with %s less until the limit the total rose from %s to %s: %+v", *m-less, full.PatientTotal, money(a.PatientTotal), in)
		}
	}
	for field, forget := range map[string]func(*coverage.CostInput){
		"allowed":                 func(c *coverage.CostInput) { c.Allowed = nil },
		"billed":                  func(c *coverage.CostInput) { c.Billed = nil },
		"network":                 func(c *coverage.CostInput) { c.Network = "" },
		"deductible_remaining":    func(c *coverage.CostInput) { c.DeductibleRemaining = nil },
		"out_of_pocket_remaining": func(c *coverage.CostInput) { c.OutOfPocketRemaining = nil },
		"penalty":                 func(c *coverage.CostInput) { c.Penalty = nil },
	} {
		if r.IntN(6) > 0 || field == "penalty" && in.PlanKind == "medicare_original" { // which has no penalty
			continue
		}
		less := in
		forget(&less)
		a := reckonPlan(t, less, b)
		if a.PatientTotal == nil || *a.PatientTotal >= *full.PatientTotal {
			continue
		}
		said := false
		for _, u := range a.Unknown {
			said = said || u.Field == field || u.Field == "deductible_remaining"
		}
		if !said {
			t.Fatalf("without %s the total fell from %s to %s and nothing is said: %+v", field, full.PatientTotal, a.PatientTotal, in)
		}
	}
}

// BenchmarkCost reckons the visits of several doctors, one after another; the
// second figure is how many lines of the reckoning come out in a second.
func BenchmarkCost(b *testing.B) {
	visits := []coverage.CostInput{
		costInput(b, strings.ReplaceAll(contractExample, "\n", "")),
		costInput(b, `{"plan_year":2026,"plan_kind":"ppo","covered":true,"network":"out","billed":"1600.00","allowed":"1380.00","deductible_remaining":"100.00","deductible_applies":true,"coinsurance":"40","out_of_pocket_remaining":"400.00","penalty":"0.00","self_pay":"900.00"}`),
		costInput(b, `{"plan_year":2026,"plan_kind":"hmo","covered":true,"network":"in","copay":"50.00","out_of_pocket_remaining":"400.00"}`),
		costInput(b, `{"plan_year":2026,"covered":true,"billed":"600.00","allowed":"400.00","deductible_remaining":"100.00","medicare":{"assignment":"non_participating","medigap":"G"}}`),
	}
	r := coverage.NewReckoner(today, "en", book)
	lines, i := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		a, err := r.Cost(visits[i%len(visits)])
		if err != nil {
			b.Fatal(err)
		}
		lines += len(a.Lines)
		i++
	}
	b.ReportMetric(float64(lines)/b.Elapsed().Seconds(), "lines/s")
	b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "visits/s")
}

// BenchmarkOneCost is a single visit, for which the rules are asked afresh.
func BenchmarkOneCost(b *testing.B) {
	in := costInput(b, strings.ReplaceAll(contractExample, "\n", ""))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := coverage.Cost(in, today, "en", book); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzCost(f *testing.F) {
	f.Add(contractExample)
	f.Add(`{"medicare":{"assignment":"opted_out","medigap":"F_high"},"billed":"1.00"}`)
	f.Add(`{"plan_year":2025,"coinsurance":"99.99","allowed":"9999999.99","network":"out","covered":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		var in coverage.CostInput
		if contract.Decode(strings.NewReader(text), &in) != nil {
			return
		}
		for _, lang := range []string{"en", "es"} {
			a, err := coverage.Cost(in, today, lang, book)
			if err == nil && a.PatientTotal != nil && *a.PatientTotal < 0 {
				t.Fatalf("%s costs %s", text, a.PatientTotal)
			}
		}
	})
}
