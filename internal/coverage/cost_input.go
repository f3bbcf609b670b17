package coverage

import (
	"fmt"
	"strings"

	"consilium/internal/contract"
)

// CostInput is what is known of one visit's price and of the plan. Everything may
// be absent, and absent means unknown: the answer then says what is missing and
// whom to ask.
type CostInput struct {
	On                         contract.Date     `json:"on,omitzero" doc:"today's date"`
	PlanYear                   *int              `json:"plan_year,omitempty" min:"1900" max:"2400" doc:"whose yearly figures count"`
	PlanKind                   string            `json:"plan_kind,omitempty" enum:"hmo,ppo,epo,pos,medicare_original,medicare_advantage_hmo,medicare_advantage_ppo,medicare_advantage_other,medicaid_managed,medicaid_ffs,chip_managed,tricare_prime,tricare_select,tricare_for_life,va,fehb,workers_comp,short_term,none"`
	Network                    string            `json:"network,omitempty" enum:"in,out,out_protected" doc:"out_protected: outside the network, and the law forbids a balance bill"`
	Covered                    *bool             `json:"covered,omitempty"`
	Billed                     *contract.Money   `json:"billed,omitempty" min:"0" max:"10000000" doc:"the doctor's full price"`
	Allowed                    *contract.Money   `json:"allowed,omitempty" min:"0" max:"10000000" doc:"the price that the plan counts; for Medicare the fee schedule"`
	DeductibleRemaining        *contract.Money   `json:"deductible_remaining,omitempty" min:"0" max:"10000000"`
	FamilyDeductibleRemaining  *contract.Money   `json:"family_deductible_remaining,omitempty" min:"0" max:"10000000"`
	OutOfPocketRemaining       *contract.Money   `json:"out_of_pocket_remaining,omitempty" min:"0" max:"10000000"`
	FamilyOutOfPocketRemaining *contract.Money   `json:"family_out_of_pocket_remaining,omitempty" min:"0" max:"10000000"`
	Copay                      *contract.Money   `json:"copay,omitempty" min:"0" max:"10000000"`
	Coinsurance                *contract.Percent `json:"coinsurance,omitempty" min:"0" max:"100"`
	DeductibleApplies          *bool             `json:"deductible_applies,omitempty"`
	CopayMode                  string            `json:"copay_mode,omitempty" enum:"copay_only,deductible_then_copay,copay_and_deductible" doc:"absent means copay_only when a copay is all that is given, else deductible_then_copay"`
	Penalty                    *contract.Money   `json:"penalty,omitempty" min:"0" max:"10000000" doc:"for a missed approval or a missed opinion that the plan required"`
	SelfPay                    *contract.Money   `json:"self_pay,omitempty" min:"0" max:"10000000" doc:"the price without using the plan"`
	FamilyDeductible           string            `json:"family_deductible,omitempty" enum:"embedded,aggregate" doc:"embedded: each person also has an own deductible; aggregate: only the family's counts"`
	HDHP                       *bool             `json:"hdhp,omitempty" doc:"a high-deductible plan that goes with a health savings account"`
	Grandfathered              *bool             `json:"grandfathered,omitempty"`
	FacilityFee                *contract.Money   `json:"facility_fee,omitempty" min:"0" max:"10000000" doc:"a second, allowed price that a hospital's clinic bills for the room"`
	Format                     string            `json:"format,omitempty" enum:"in_person,telehealth,record_review"`
	Coupon                     *bool             `json:"coupon,omitempty" doc:"a coupon or someone else's money pays the share"`
	Medicare                   *CostMedicare     `json:"medicare,omitempty" doc:"given only for Original Medicare"`
}

// CostMedicare is what Original Medicare needs to know of the doctor and of what
// pays after it.
type CostMedicare struct {
	Assignment        string          `json:"assignment,omitempty" enum:"participating,non_participating,opted_out"`
	Medigap           string          `json:"medigap,omitempty" enum:"none,A,B,C,D,F,G,K,L,M,N,F_high,G_high"`
	QMB               *bool           `json:"qmb,omitempty" doc:"in the Qualified Medicare Beneficiary program, with which Medicaid pays Medicare's share"`
	Visit             string          `json:"visit,omitempty" enum:"office,emergency" doc:"absent means office"`
	OwnDeductibleLeft *contract.Money `json:"medigap_deductible_remaining,omitempty" min:"0" max:"10000000" doc:"only F_high and G_high: what is left of the policy's own deductible"`
	OwnLimitLeft      *contract.Money `json:"medigap_limit_remaining,omitempty" min:"0" max:"10000000" doc:"only K and L: what is left until the policy pays everything"`
}

// validateCost names every wrong field. Nothing is computed from an input that
// contradicts itself.
func validateCost(in CostInput, lang string) contract.Problems {
	var ps contract.Problems
	if err := contract.Validate(in); err != nil {
		ps = append(ps, err.(contract.Problems)...)
	}
	if lang != "en" && lang != "es" {
		ps.Add("lang", "unknown value %q; one of en, es", lang)
	}
	m := in.Medicare
	if m == nil {
		return ps
	}
	if in.PlanKind != "" && in.PlanKind != "medicare_original" {
		if m.Medigap != "" && m.Medigap != "none" {
			ps.Add("medicare.medigap", "does not go with plan_kind %s: Medigap works only with medicare_original; leave one of them out", in.PlanKind)
		} else {
			ps.Add("medicare", "does not go with plan_kind %s; it is for medicare_original alone", in.PlanKind)
		}
	}
	if m.OwnDeductibleLeft != nil && !strings.HasSuffix(m.Medigap, "_high") {
		ps.Add("medicare.medigap_deductible_remaining", "goes only with medicare.medigap F_high or G_high")
	}
	if m.OwnLimitLeft != nil && m.Medigap != "K" && m.Medigap != "L" {
		ps.Add("medicare.medigap_limit_remaining", "goes only with medicare.medigap K or L")
	}
	return ps
}

// validateYear refuses a year for which no figures are kept, and says which are.
func validateYear(year *int, book Book) contract.Problems {
	var ps contract.Problems
	var known []string
	for _, y := range FigureYears(book) {
		known = append(known, fmt.Sprint(y))
	}
	ps.Add("plan_year", "%d: no figures are kept for this year; one of %s", *year, strings.Join(known, ", "))
	return ps
}

// mode is how copay and deductible go together.
func (in CostInput) mode() string {
	switch {
	case in.original():
		return "deductible_then_copay"
	case in.CopayMode != "":
		return in.CopayMode
	case in.Copay != nil && in.Coinsurance == nil && !yes(in.DeductibleApplies):
		return "copay_only"
	}
	return "deductible_then_copay"
}

// original tells whether Original Medicare pays first. Its Part B has a deductible
// and a percentage, and never a copay.
func (in CostInput) original() bool {
	return in.Medicare != nil || in.PlanKind == "medicare_original"
}

func (in CostInput) medicare() CostMedicare {
	if in.Medicare == nil {
		return CostMedicare{}
	}
	return *in.Medicare
}

func yes(b *bool) bool { return b != nil && *b }

func no(b *bool) bool { return b != nil && !*b }

// facts gives the rules' names to what kind of visit and plan it is. No amount is
// among them, so that visits of one kind ask the rules the same question.
func (in CostInput) facts() map[string]any {
	m := in.medicare()
	facts := map[string]any{
		"plan.kind": in.PlanKind, "plan.hdhp": in.HDHP, "plan.grandfathered": in.Grandfathered, "plan.family_deductible": in.FamilyDeductible,
		"visit.network": in.Network, "visit.format": in.Format, "visit.coupon": in.Coupon,
		"share.mode": in.CopayMode, "told.copay": in.Copay != nil, "told.coinsurance": in.Coinsurance != nil,
		"told.allowed": in.Allowed != nil, "told.self_pay": in.SelfPay != nil, "told.facility_fee": in.FacilityFee != nil,
		"medicare.assignment": m.Assignment, "medicare.medigap": m.Medigap, "medicare.qmb": m.QMB, "medicare.original": in.original(),
	}
	if in.original() { // Part B has no network and no copay
		delete(facts, "visit.network")
		delete(facts, "share.mode")
	}
	return facts
}

// amounts gives the rules that check a plan's own numbers what is left this year,
// in cents, and the year's figures. It is nil when nothing is left to check.
func (in CostInput) amounts(f Figures) map[string]any {
	facts := map[string]any{}
	for name, v := range map[string]*contract.Money{
		"left.deductible": in.DeductibleRemaining, "left.family_deductible": in.FamilyDeductibleRemaining,
		"left.out_of_pocket": in.OutOfPocketRemaining, "left.family_out_of_pocket": in.FamilyOutOfPocketRemaining,
	} {
		if v != nil {
			facts[name] = int(*v)
		}
	}
	if len(facts) == 0 {
		return nil
	}
	facts["plan.kind"], facts["plan.hdhp"], facts["plan.grandfathered"] = in.PlanKind, in.HDHP, in.Grandfathered
	facts["visit.network"], facts["medicare.original"] = in.Network, in.original()
	for name, cents := range f.decided {
		facts["figure."+name] = cents
	}
	return facts
}
