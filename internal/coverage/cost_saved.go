package coverage

import (
	"unicode/utf8"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
)

// CostRef is where the answers on cost lie: one in each case.
var CostRef = casefile.Ref{Kind: "cost"}

// CostSaved is what the person told of the plan's year and of each doctor's visit,
// and what the rules made of it on that day.
type CostSaved struct {
	On     string      `json:"on"`     // YYYY-MM-DD
	Plan   CostInput   `json:"plan"`   // the year, what is left and what the plan asks: nothing of one visit
	Share  string      `json:"share"`  // how the plan asks for the share, as it was chosen; "" while unknown
	Visits []CostVisit `json:"visits"` // in the order of the shortlist
}

// CostVisit is the visit to one doctor.
type CostVisit struct {
	Doctor      string          `json:"doctor"` // the candidate's id; "" while no doctor is in view
	Name        string          `json:"name,omitempty"`
	Network     string          `json:"network,omitempty"`
	Assignment  string          `json:"assignment,omitempty"`
	Format      string          `json:"format,omitempty"`
	Billed      *contract.Money `json:"billed,omitempty"`
	Allowed     *contract.Money `json:"allowed,omitempty"`
	SelfPay     *contract.Money `json:"self_pay,omitempty"`
	FacilityFee *contract.Money `json:"facility_fee,omitempty"`
	Covered     *bool           `json:"covered,omitempty"` // what the coverage rules say of this doctor; nil is unknown
	Answer      CostAnswer      `json:"answer"`
}

// The ways in which a plan asks for the share of a specialist's visit.
var CostShares = []string{"copay", "deductible_copay", "copay_deductible", "deductible_percent", "percent"}

// VisitsMax is how many doctors are laid side by side.
const VisitsMax = 6

// Input is the reckoning's input for one visit.
func (s CostSaved) Input(v CostVisit) CostInput {
	in := s.Plan
	in.Network, in.Format, in.Covered = v.Network, v.Format, v.Covered
	in.Billed, in.Allowed, in.SelfPay, in.FacilityFee = v.Billed, v.Allowed, v.SelfPay, v.FacilityFee
	yes, not := true, false
	switch s.Share {
	case "copay":
		in.CopayMode, in.Coinsurance = "copay_only", nil
	case "deductible_copay":
		in.CopayMode, in.Coinsurance, in.DeductibleApplies = "deductible_then_copay", nil, &yes
	case "copay_deductible":
		in.CopayMode, in.Coinsurance, in.DeductibleApplies = "copay_and_deductible", nil, &yes
	case "deductible_percent":
		in.Copay, in.DeductibleApplies = nil, &yes
	case "percent":
		in.Copay, in.DeductibleApplies = nil, &not
	}
	if in.PlanKind == "medicare_original" {
		m := CostMedicare{}
		if in.Medicare != nil {
			m = *in.Medicare
		}
		m.Assignment = v.Assignment
		in.Medicare, in.Network = &m, ""
	} else {
		in.Medicare = nil
	}
	return in
}

// nameMax is the most letters of a doctor's name that are kept with a visit.
const nameMax = 400

// Check lists what is wrong, each fault on the field of the form: "copay" of the
// plan, "0.billed" of the first visit.
func (s CostSaved) Check() error {
	var fs fault.Faults
	wrong := func(field string, err error) {
		for _, f := range fault.All(err) {
			fs = append(fs, fault.New(fault.Invalid, "form.choice").On(field+f.Field))
		}
	}
	wrong("", contract.Validate(s.Plan))
	if !oneOf(s.Share, CostShares) {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("share"))
	}
	if len(s.Visits) > VisitsMax {
		fs = append(fs, fault.New(fault.Invalid, "fault.too_large"))
	}
	for i, v := range s.Visits {
		if utf8.RuneCountInString(v.Name) > nameMax {
			fs = append(fs, fault.New(fault.Invalid, "form.too_long").With("max", "400"))
		}
		wrong(string(rune('0'+i%10))+".", contract.Validate(CostInput{
			Network: v.Network, Format: v.Format, Billed: v.Billed, Allowed: v.Allowed, SelfPay: v.SelfPay, FacilityFee: v.FacilityFee,
			Medicare: &CostMedicare{Assignment: v.Assignment},
		}))
	}
	return fs.OrNil()
}

func oneOf(s string, of []string) bool {
	if s == "" {
		return true
	}
	for _, x := range of {
		if s == x {
			return true
		}
	}
	return false
}
