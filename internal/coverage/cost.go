package coverage

import (
	"consilium/internal/contract"
	"consilium/internal/finding"
)

// CostAnswer is what the person pays for one visit, and why. An amount is null
// while something it needs is unknown: what we do not know is never counted as
// nothing.
type CostAnswer struct {
	PatientTotal *contract.Money   `json:"patient_total" doc:"deductible + share + balance_bill + penalty + not_covered - second_payer, to the cent"`
	Deductible   *contract.Money   `json:"deductible"`
	Share        *contract.Money   `json:"share" doc:"copay and coinsurance"`
	BalanceBill  *contract.Money   `json:"balance_bill" doc:"what the doctor may charge above the price that counts"`
	Penalty      *contract.Money   `json:"penalty"`
	NotCovered   *contract.Money   `json:"not_covered" doc:"the whole price, where the plan pays nothing"`
	SecondPayer  *contract.Money   `json:"second_payer" doc:"what Medigap or Medicaid pays of the rest"`
	Counts       *contract.Money   `json:"counts_to_out_of_pocket"`
	PlanPays     *contract.Money   `json:"plan_pays" doc:"what the plan itself pays"`
	SelfPayTotal *contract.Money   `json:"self_pay_total"`
	Cheaper      *string           `json:"cheaper" enum:"plan,self_pay,same" doc:"null while one of the two is unknown"`
	Lines        []CostLine        `json:"lines" doc:"their amounts add up to patient_total"`
	Unknown      []CostUnknown     `json:"unknown"`
	Warnings     []string          `json:"warnings" doc:"rules that doubt a number of the plan; each is among the findings"`
	Findings     []finding.Finding `json:"findings"`
}

// CostLine is one step of the reckoning.
type CostLine struct {
	Step    int            `json:"step" doc:"1 not covered, 3 penalty, 4 deductible, 6 share, 8 yearly limit, 9 balance bill, 12 second payer"`
	Text    string         `json:"text"`
	Amount  contract.Money `json:"amount" doc:"negative where it is taken off"`
	Rule    string         `json:"rule"`
	Confirm string         `json:"confirm,omitempty" doc:"who must confirm it, where its rule was not read at its source"`
}

// CostUnknown is something that nobody told us.
type CostUnknown struct {
	Field  string `json:"field" doc:"the input field that would settle it"`
	Text   string `json:"text"`
	Ask    string `json:"ask" doc:"whom to ask, and what"`
	Needed bool   `json:"needed" doc:"without it there is no total; else the total holds what costs the person more"`
}

// Cost reckons what one visit costs, for a day, in "en" or "es": facts in, each
// line with its rule out. The error is of type contract.Problems and names each
// wrong field. A date in the input goes before on.
func Cost(in CostInput, on contract.Date, lang string, book Book) (CostAnswer, error) {
	return NewReckoner(on, lang, book).Cost(in)
}
