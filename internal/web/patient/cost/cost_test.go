package cost_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"consilium/internal/casefile"
	core "consilium/internal/coverage"
	"consilium/internal/expert"
	"consilium/internal/journey"
	"consilium/internal/web/patient/cost"
	"consilium/internal/web/patient/coverage"
	expertstep "consilium/internal/web/patient/expert"
	"consilium/internal/web/webtest"
)

// shopper is a person who wants to know what a visit costs.
type shopper struct {
	*webtest.Site
	t    *testing.T
	home string
	id   casefile.ID
}

func shopping(t *testing.T, plan string, more ...string) shopper {
	t.Helper()
	s := webtest.New(t, cost.Step, coverage.Step, expertstep.Step)
	id := s.NewCase(casefile.Profile{
		Patient:     casefile.Patient{Name: "Ruth Alvarez", BirthDate: "1968-03-14", State: "CA"},
		Diagnosis:   casefile.Diagnosis{Text: "breast cancer", ICD10: "C50.911"},
		FirstDoctor: casefile.Doctor{Name: "Dr. Marsh"},
	})
	p := shopper{s, t, "/case/" + string(id), id}
	if plan != "" {
		p.ok(p.Post(p.home+"/coverage/plan", url.Values{"plan": {plan}, "version": {"0"}}))
	}
	if len(more) > 0 {
		form := url.Values{"version": {"1"}}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		p.ok(p.Post(p.home+"/coverage", form))
	}
	return p
}

func (p shopper) ok(a webtest.Answer) {
	p.t.Helper()
	if a.Status != http.StatusSeeOther {
		p.t.Fatalf("not taken: %d %s", a.Status, a.Body)
	}
}

// doctor puts somebody on the shortlist.
func (p shopper) doctor(name, takes string) string {
	p.t.Helper()
	v := p.Case(p.id).Version(expert.Ref)
	p.ok(p.Post(p.home+"/expert/candidate/new", url.Values{"name": {name}, "accepts_plan": {takes}, "version": {string(rune('0' + int(v)))}}))
	list, _, err := casefile.Read[expert.Shortlist](p.Case(p.id), expert.Ref)
	if err != nil {
		p.t.Fatal(err)
	}
	return list.Candidates[len(list.Candidates)-1].ID
}

func (p shopper) send(pairs ...string) webtest.Answer {
	p.t.Helper()
	form := url.Values{"version": {string(rune('0' + int(p.Case(p.id).Version(core.CostRef))))}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return p.Post(p.home+"/cost", form)
}

// answer sends the form and opens the answer.
func (p shopper) answer(pairs ...string) webtest.Answer {
	p.t.Helper()
	a := p.send(pairs...)
	p.ok(a)
	if a.Location() != p.home+"/cost/answer" {
		p.t.Fatalf("led to %s", a.Location())
	}
	return p.Get(a.Location())
}

func (p shopper) saved() core.CostSaved {
	p.t.Helper()
	s, _, err := casefile.Read[core.CostSaved](p.Case(p.id), core.CostRef)
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

func has(t *testing.T, a webtest.Answer, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(a.Body, w) {
			t.Errorf("the page (%d) lacks %q", a.Status, w)
		}
	}
}

func lacks(t *testing.T, a webtest.Answer, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(a.Body, w) {
			t.Errorf("the page has %q", w)
		}
	}
}

func TestSeveralDoctorsAreLaidSideBySideToTheCent(t *testing.T) {
	p := shopping(t, "ppo", "plan.funding", "self_funded")
	near, far := p.doctor("Dr. Near", "yes"), p.doctor("Dr. Far", "no")
	form := p.Get(p.home + "/cost")
	has(t, form, "Dr. Near", "Dr. Far", "What does your plan ask for a visit to a specialist?", "Your plan’s website shows it", "I don’t know")
	lacks(t, form, "Does this doctor take Medicare?", "Medigap")
	a := p.answer("plan_year", "2026", "share", "deductible_percent", "coinsurance", "20%", "deductible_remaining", "$100", "out_of_pocket_remaining", "5,000.00", "penalty", "0",
		"0.doctor", near, "0.network", "in", "0.allowed", "380", "0.billed", "600", "0.self_pay", "150",
		"1.doctor", far, "1.network", "out", "1.allowed", "380", "1.billed", "600.00")
	// Near: 100 and 20 % of 280. Far: the same and 220 above what the plan counts.
	has(t, a, "$156.00", "$376.00", "$220.00", "You pay $100.00 toward your deductible.", "You pay 20% of the remaining $280.00: $56.00.",
		"The doctor bills $600.00 but your plan counts only $380.00", "Without your plan it costs less: $150.00", "You would save $6.00", "it does not count toward your deductible", "<svg", "Why we say this")
	if s := p.saved(); len(s.Visits) != 2 || *s.Visits[0].Answer.PatientTotal != 15600 || *s.Visits[1].Answer.PatientTotal != 37600 || s.Visits[1].Name != "Dr. Far" {
		t.Errorf("saved %+v", p.saved())
	}
	if journey.Stands(p.Case(p.id), "cost") != journey.Done {
		t.Error("the road is not done")
	}
	es := p.GetIn("es", p.home+"/cost/answer")
	has(t, es, "Usted paga $100.00 de su deducible.", "Sin su plan cuesta menos")
	again := p.Get(p.home + "/cost")
	has(t, again, `value="100"`, `value="20"`, `value="600"`)
}

func TestWhatNobodyKnowsIsAskedAndNeverFree(t *testing.T) {
	p := shopping(t, "ppo")
	id := p.doctor("Dr. Near", "to_confirm")
	a := p.answer("plan_year", "2026", "share", "unknown", "0.doctor", id, "0.network", "unknown", "0.allowed", "")
	has(t, a, "No total yet", "What we do not know yet", "No total without it", "What is the allowed amount for this visit", "Is this doctor, at this address, in my network?", "/coverage/calls")
	lacks(t, a, "$0.00")
	if s := p.saved(); s.Visits[0].Allowed != nil || s.Visits[0].Answer.PatientTotal != nil {
		t.Errorf("saved %+v", s.Visits[0])
	}
	again := p.Get(p.home + "/cost")
	has(t, again, `<option value="unknown" selected>`)
	lacks(t, again, `value="0.00"`, `value="0"`)
}

func TestOriginalMedicareIsAskedOtherThings(t *testing.T) {
	p := shopping(t, "medicare_original", "plan.medigap", "G", "treatment.kind", "major_surgery", "opinions.so_far", "1")
	id := p.doctor("Dr. Near", "to_confirm")
	form := p.Get(p.home + "/cost")
	has(t, form, "Does this doctor take Medicare?", "Your last Medicare notice shows it")
	lacks(t, form, "copay?", "network?", "Do you have a Medigap plan?")
	a := p.answer("plan_year", "2026", "deductible_remaining", "100", "0.doctor", id, "0.assignment", "non_participating", "0.allowed", "400", "0.billed", "600")
	// 95 % of 400 is 380; 20 % of 280 is 56; up to 57 more. Medigap G leaves the deductible.
	has(t, a, "$100.00", "Your Medigap policy pays $113.00", "may add up to $57.00", "To confirm", "still to be confirmed")
	if got := *p.saved().Visits[0].Answer.PatientTotal; got != 10000 {
		t.Errorf("total %s", got)
	}
}

func TestAMedicaidPlanCostsNothing(t *testing.T) {
	p := shopping(t, "medicaid_managed")
	form := p.Get(p.home + "/cost")
	lacks(t, form, "deductible", "copay")
	a := p.answer("0.doctor", "", "0.format", "in_person")
	has(t, a, "$0.00", "must give you a second opinion at no cost")
}

func TestWithoutAPlanThePriceIsThePersonsOwn(t *testing.T) {
	p := shopping(t, "none")
	a := p.answer("0.doctor", "", "0.billed", "600", "0.self_pay", "450")
	has(t, a, "$450.00", "Not covered", "/cost/estimates")
}

func TestAWrongAmountIsShownAtItsFieldAndNothingIsLost(t *testing.T) {
	p := shopping(t, "ppo")
	for _, c := range []struct{ field, value, says string }{
		{"copay", "fifty", "Please write an amount in dollars"},
		{"copay", "-5", "Please write an amount in dollars"},
		{"0.billed", "1.234", "Please write an amount in dollars"},
		{"coinsurance", "120", "Please write a percent from 0 to 100"},
		{"0.network", "inside", "Please choose one of the answers"},
		{"share", "free", "Please choose one of the answers"},
	} {
		a := p.send("plan_year", "2026", "deductible_remaining", "1234.50", "0.doctor", "", c.field, c.value)
		if a.Status != http.StatusUnprocessableEntity {
			t.Fatalf("%s %s: %d", c.field, c.value, a.Status)
		}
		has(t, a, c.says, `value="1234.50"`, `id="f-`+c.field)
	}
	a := p.send("plan_year", "2019", "0.doctor", "")
	if a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a year without figures: %d", a.Status)
	}
	if p.Case(p.id).Has(core.CostRef) {
		t.Error("a wrong form was saved")
	}
}

func TestALateSaveLosesNothing(t *testing.T) {
	p := shopping(t, "ppo")
	p.answer("plan_year", "2026", "copay", "50", "0.doctor", "")
	a := p.Post(p.home+"/cost", url.Values{"version": {"0"}, "plan_year": {"2026"}, "copay": {"60"}, "0.doctor": {""}})
	if a.Status != http.StatusConflict {
		t.Fatalf("%d", a.Status)
	}
	has(t, a, `value="60"`, "50")
}

func TestTheAnswerWaitsForTheQuestions(t *testing.T) {
	p := shopping(t, "ppo")
	if a := p.Get(p.home + "/cost/answer"); a.Location() != p.home+"/cost" {
		t.Errorf("%d %s", a.Status, a.Location())
	}
}

func TestAnImpossiblePlanIsPointedOut(t *testing.T) {
	p := shopping(t, "ppo", "plan.funding", "self_funded")
	a := p.answer("plan_year", "2026", "share", "copay", "copay", "50", "out_of_pocket_remaining", "10600.01", "penalty", "0", "0.doctor", "", "0.network", "in", "0.allowed", "380")
	has(t, a, "Please look at this number again", "cannot have more left than the law")
}

func TestTheNumbersOfABillAreExplained(t *testing.T) {
	p := shopping(t, "")
	a := p.Get(p.home + "/cost/codes")
	has(t, a, "99202-99205", "88321", "Medicare does not pay it", "No longer used", "American Medical Association")
	has(t, p.GetIn("es", p.home+"/cost/codes"), "Medicare no lo paga", "Ya no se usa")
}
