package cost

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// field is one question of the form. Its name is also the end of its words.
type field struct {
	name string
	kind string // money, percent, choice, year
	of   []string
}

// others are the questions that matter only when others are on the same plan.
var others = []string{"family_deductible", "family_deductible_remaining", "family_out_of_pocket_remaining"}

// planFields are the questions about the plan that matter for its kind.
func planFields(p coverage.Plan) []field {
	money := func(names ...string) (fs []field) {
		for _, n := range names {
			fs = append(fs, field{name: n, kind: "money"})
		}
		return fs
	}
	year := []field{{name: "plan_year", kind: "year"}}
	switch p.Kind {
	case "none", "medicaid_managed", "chip_managed":
		return nil
	case "medicaid_ffs", "va", "workers_comp", "tricare_for_life":
		return money("copay")
	case "medicare_original":
		fs := append(year, money("deductible_remaining")...)
		switch p.Medigap {
		case "":
			fs = append(fs, field{name: "medigap", kind: "choice", of: []string{"none", "A", "B", "C", "D", "F", "F_high", "G", "G_high", "K", "L", "M", "N"}})
		case "K", "L":
			fs = append(fs, money("own_limit")...)
		case "F_high", "G_high":
			fs = append(fs, money("own_deductible")...)
		}
		return fs
	}
	fs := append(year, field{name: "share", kind: "choice", of: coverage.CostShares})
	fs = append(fs, field{name: "copay", kind: "money"}, field{name: "coinsurance", kind: "percent"})
	fs = append(fs, money("deductible_remaining", "out_of_pocket_remaining", "penalty")...)
	return append(fs, field{name: "family_deductible", kind: "choice", of: []string{"embedded", "aggregate"}},
		field{name: "family_deductible_remaining", kind: "money"}, field{name: "family_out_of_pocket_remaining", kind: "money"})
}

// visitFields are the questions about one doctor.
func visitFields(kind string) []field {
	amounts := []string{"allowed", "billed", "self_pay"}
	var fs []field
	switch kind {
	case "none":
		amounts = []string{"billed", "self_pay"}
	case "medicaid_managed", "chip_managed":
		amounts = nil
	case "medicare_original":
		fs = append(fs, field{name: "assignment", kind: "choice", of: []string{"participating", "non_participating", "opted_out"}})
	case "medicaid_ffs", "va", "tricare_for_life":
	default:
		fs = append(fs, field{name: "network", kind: "choice", of: []string{"in", "out", "out_protected"}})
	}
	fs = append(fs, field{name: "format", kind: "choice", of: []string{"in_person", "telehealth", "record_review"}})
	for _, n := range amounts {
		fs = append(fs, field{name: n, kind: "money"})
	}
	return fs
}

// place is where a field's answer lies; one of them is not nil.
type place struct {
	money   **contract.Money
	percent **contract.Percent
	text    *string
	year    **int
}

// ofPlan gives the place of a plan's field.
func (f field) ofPlan(s *coverage.CostSaved) place {
	p := &s.Plan
	medicare := func() *coverage.CostMedicare {
		if p.Medicare == nil {
			p.Medicare = &coverage.CostMedicare{}
		}
		return p.Medicare
	}
	switch f.name {
	case "plan_year":
		return place{year: &p.PlanYear}
	case "share":
		return place{text: &s.Share}
	case "copay":
		return place{money: &p.Copay}
	case "coinsurance":
		return place{percent: &p.Coinsurance}
	case "deductible_remaining":
		return place{money: &p.DeductibleRemaining}
	case "out_of_pocket_remaining":
		return place{money: &p.OutOfPocketRemaining}
	case "penalty":
		return place{money: &p.Penalty}
	case "family_deductible":
		return place{text: &p.FamilyDeductible}
	case "family_deductible_remaining":
		return place{money: &p.FamilyDeductibleRemaining}
	case "family_out_of_pocket_remaining":
		return place{money: &p.FamilyOutOfPocketRemaining}
	case "medigap":
		return place{text: &medicare().Medigap}
	case "own_limit":
		return place{money: &medicare().OwnLimitLeft}
	case "own_deductible":
		return place{money: &medicare().OwnDeductibleLeft}
	}
	return place{}
}

// ofVisit gives the place of a visit's field.
func (f field) ofVisit(x *coverage.CostVisit) place {
	switch f.name {
	case "network":
		return place{text: &x.Network}
	case "assignment":
		return place{text: &x.Assignment}
	case "format":
		return place{text: &x.Format}
	case "allowed":
		return place{money: &x.Allowed}
	case "billed":
		return place{money: &x.Billed}
	case "self_pay":
		return place{money: &x.SelfPay}
	}
	return place{}
}

// put writes an answer into the form; once the form was saved, a choice that is not
// known stays marked so, and an amount stays empty.
func (f field) put(form url.Values, prefix string, p place, asked bool) {
	name := prefix + f.name
	switch {
	case p.money != nil && *p.money != nil:
		form.Set(name, cents(**p.money))
	case p.percent != nil && *p.percent != nil:
		form.Set(name, (**p.percent).String())
	case p.year != nil && *p.year != nil:
		form.Set(name, strconv.Itoa(**p.year))
	case p.text != nil && *p.text != "":
		form.Set(name, *p.text)
	case asked && f.kind == "choice":
		form.Set(name, "unknown")
	}
}

// typed takes the signs away that people write with an amount.
var typedSigns = strings.NewReplacer("$", "", "%", "", ",", "", " ", "", "\u00a0", "")

// take reads an answer of the form. What is empty is not known.
func (f field) take(form url.Values, prefix string, p place, fs *fault.Faults) {
	name := prefix + f.name
	raw := strings.TrimSpace(form.Get(name))
	if raw == "" || raw == "unknown" {
		return
	}
	wrong := func(key string) { *fs = append(*fs, fault.New(fault.Invalid, key).On(name)) }
	switch f.kind {
	case "money":
		m, err := amount(raw)
		if err != nil {
			wrong("form.money")
			return
		}
		*p.money = &m
	case "percent":
		r, err := contract.ParsePercent(typedSigns.Replace(raw))
		if err != nil {
			wrong("cost.wrong.percent")
			return
		}
		*p.percent = &r
	case "year":
		y, err := strconv.Atoi(raw)
		if err != nil {
			wrong("form.choice")
			return
		}
		*p.year = &y
	default:
		if !slices.Contains(f.of, raw) {
			wrong("form.choice")
			return
		}
		*p.text = raw
	}
}

// amount reads dollars as people type them: "1250", "$1,250.5".
func amount(raw string) (contract.Money, error) {
	whole, part, _ := strings.Cut(typedSigns.Replace(raw), ".")
	if len(part) > 2 {
		part += "x" // a third decimal is no cent
	}
	for len(part) < 2 {
		part += "0"
	}
	if trimmed := strings.TrimLeft(whole, "0"); trimmed != "" {
		whole = trimmed
	} else {
		whole = "0"
	}
	m, err := contract.ParseMoney(whole + "." + part)
	if err == nil && (m < 0 || m > amountMax) {
		err = fault.New(fault.Invalid, "form.money")
	}
	return m, err
}

// amountMax is the most that an amount of the form may be: the engine takes no more.
const amountMax = contract.Money(10_000_000_00)

// options are the answers of a choice, "I don't know" last.
func (f field) options(v *web.Visit) []ui.Option {
	var out []ui.Option
	for _, x := range f.of {
		out = append(out, ui.Option{Value: x, Label: v.Say.T("cost.choice." + f.name + "." + x)})
	}
	return append(out, ui.Option{Value: "unknown", Label: v.Say.T("unknown")})
}
