package coverage

import (
	"strings"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// amount is a sum of money that may be unknown.
type amount struct {
	cents contract.Money
	known bool
}

func some(m contract.Money) amount { return amount{m, true} }

func told(m *contract.Money) amount {
	if m == nil {
		return amount{}
	}
	return some(*m)
}

func (a amount) pointer() *contract.Money {
	if !a.known {
		return nil
	}
	return &a.cents
}

// lower is the smaller of those that are known.
func lower(a, b amount) amount {
	if !a.known || b.known && b.cents < a.cents {
		return b
	}
	return a
}

// of takes a share of an amount, in hundredths of a percent, half up.
func of(m contract.Money, hundredths int64) contract.Money {
	return contract.Money((int64(m)*hundredths + 5000) / 10000)
}

// bill is the reckoning of one visit.
type bill struct {
	in      CostInput
	figures Figures
	rules   map[string]finding.Fired // by kind, those that decide an amount: medigap, assignment, nothing, cap...
	laws    map[string]finding.Fired // what the coverage rules say of this plan and doctor, by rule

	base       amount // the price that counts
	left       amount // what is left of the deductible that counts
	d, s       amount // deductible and share before the yearly limit
	limit      amount // what is left until the yearly limit
	byLaw      bool   // the limit is the law's, not the plan's
	deductible amount // after the limit
	share      amount
	balance    amount
	penalty    amount
	notCovered amount
	second     amount
	paysFirst  amount // what the plan itself pays
	missing    []missing
	nothing    bool // a rule says that the person owes nothing
}

type missing struct {
	field  string
	needed bool
}

func (b *bill) lacks(field string) { b.missing = append(b.missing, missing{field, true}) }

// assumes notes an unknown for which the reckoning takes what costs the person more.
func (b *bill) assumes(field string) { b.missing = append(b.missing, missing{field, false}) }

// reckon follows the order of application step by step. The amounts that law or a
// policy sets come from the rules that fired.
func reckon(in CostInput, figures Figures, v finding.Verdict, laws map[string]finding.Fired) *bill {
	b := &bill{in: in, figures: figures, rules: map[string]finding.Fired{}, laws: laws}
	zero := some(0)
	b.deductible, b.share, b.balance, b.penalty, b.notCovered, b.second, b.paysFirst = zero, zero, zero, zero, zero, zero, zero
	for _, f := range v.Fired {
		switch f.Kind {
		case "medigap", "assignment", "nothing", "cap", "unpaid", "coinsurance", "qmb":
			b.rules[f.Kind] = withLaw(f, laws)
		}
	}
	if in.Covered == nil {
		b.assumes("covered")
	}
	_, unpaid := b.rules["unpaid"]
	_, b.nothing = b.rules["nothing"]
	switch {
	case no(in.Covered) || unpaid:
		b.payAll()
	case b.nothing:
		b.base = told(in.Allowed)
		b.paysFirst = b.base
	default:
		b.price()
		b.split()
		b.cap()
		b.noteSplit()
		b.balanceBill()
		b.penalize()
		b.plan()
		b.secondPayer()
	}
	return b
}

// withLaw adds the numbers of the law that a rule of the reckoning stands on.
func withLaw(f finding.Fired, laws map[string]finding.Fired) finding.Fired {
	numbers := map[string]int{}
	for _, id := range strings.Fields(f.Sets["law"]) {
		for name, n := range laws[id].Numbers {
			numbers[name] = n
		}
	}
	for name, n := range f.Numbers {
		numbers[name] = n
	}
	f.Numbers = numbers
	return f
}

// payAll is step 1: the plan pays nothing, so the person owes the whole price, or
// the price without a plan where one is offered and lower.
func (b *bill) payAll() {
	b.notCovered = lower(told(b.in.SelfPay), told(b.in.Billed))
	if !b.notCovered.known {
		b.lacks("billed")
	}
}

// price is step 2: the price that counts. Medicare counts less for a doctor who
// does not take its price in full.
func (b *bill) price() {
	b.base = told(b.in.Allowed)
	if fee := told(b.in.FacilityFee); fee.known && b.base.known {
		b.base.cents += fee.cents
	}
	if !b.in.original() {
		return
	}
	if b.in.medicare().Assignment == "" {
		b.lacks("medicare.assignment")
		b.base = amount{}
		return
	}
	if f := b.rules["assignment"]; !f.Decides && f.Rule != "" {
		b.assumes("confirm.medicare.assignment")
	}
	if percent := b.rules["assignment"].Numbers["schedule_percent"]; percent > 0 && b.base.known {
		b.base.cents = of(b.base.cents, int64(percent)*100)
	}
}

// split is steps 4 to 7: what goes to the deductible, and the share of the rest.
func (b *bill) split() {
	in, mode := b.in, b.in.mode()
	copay, left := told(in.Copay), b.deductibleLeft(mode)
	rate, hasRate := b.rate()
	switch {
	case mode == "copay_only" && b.roomApart():
		// A copay is for the visit; nobody said what the room costs.
	case mode == "copay_only":
		b.d, b.s = some(0), copay
		if b.base.known && copay.known {
			b.s.cents = min(copay.cents, b.base.cents)
		} else if copay.known {
			b.assumes("allowed") // a copay is never more than itself
		}
	case mode == "copay_and_deductible":
		if !copay.known || !b.base.known {
			break
		}
		first := min(copay.cents, b.base.cents)
		if left.known {
			b.d = some(min(left.cents, b.base.cents-first))
			rest := b.base.cents - first - b.d.cents
			b.s = some(first + of(rest, rate))
		}
	default:
		if !b.base.known {
			if left.known && left.cents == 0 && copay.known && !hasRate {
				b.d, b.s = some(0), copay
				b.assumes("allowed")
			}
			break
		}
		if !left.known {
			break
		}
		b.d = some(min(left.cents, b.base.cents))
		rest := b.base.cents - b.d.cents
		switch {
		case rest == 0:
			b.s = some(0)
		case copay.known && !in.original():
			b.s = some(min(rest, min(copay.cents, rest)+of(rest, rate)))
		case hasRate:
			b.s = some(of(rest, rate))
		}
	}
	b.left = left
}

// roomApart tells whether the clinic bills the room beside the visit.
func (b *bill) roomApart() bool { return b.in.FacilityFee != nil && *b.in.FacilityFee > 0 }

// deductibleLeft is what is left of the deductible that counts for this visit.
func (b *bill) deductibleLeft(mode string) amount {
	in := b.in
	if mode == "copay_only" || no(in.DeductibleApplies) {
		return some(0)
	}
	own, family := told(in.DeductibleRemaining), told(in.FamilyDeductibleRemaining)
	if in.FamilyDeductible == "aggregate" {
		return family
	}
	left := lower(own, family)
	if in.DeductibleApplies == nil && !in.original() && !(left.known && left.cents == 0) {
		b.assumes("deductible_applies")
	}
	if own.known && family.known && own.cents < family.cents && in.FamilyDeductible == "" && b.base.known && own.cents < b.base.cents {
		b.assumes("family_deductible")
	}
	if !own.known && family.known {
		b.assumes("deductible_remaining")
	}
	return left
}

// rate is the percentage of the rest that the person pays, in hundredths. Part B's
// own comes from the rules when none is given.
func (b *bill) rate() (int64, bool) {
	if b.in.Coinsurance != nil {
		return int64(*b.in.Coinsurance), true
	}
	if percent, ok := b.rules["coinsurance"].Numbers["percent"]; ok {
		return int64(percent) * 100, true
	}
	return 0, false
}

// noteSplit says what deductible and share could not do without, unless the yearly
// limit settled them.
func (b *bill) noteSplit() {
	if b.both().known {
		return
	}
	mode := b.in.mode()
	_, hasRate := b.rate()
	if mode == "copay_only" && b.roomApart() {
		b.lacks("facility_fee")
	}
	if b.in.Allowed == nil {
		b.lacks("allowed")
	}
	if !b.left.known {
		field := "deductible_remaining"
		if b.in.FamilyDeductible == "aggregate" {
			field = "family_deductible_remaining"
		}
		b.lacks(field)
	}
	if b.in.Copay == nil && mode != "deductible_then_copay" {
		b.lacks("copay")
	}
	if b.in.Copay == nil && mode == "deductible_then_copay" && !hasRate {
		b.lacks("coinsurance")
	}
}

func (b *bill) limitLeft() amount {
	return lower(told(b.in.OutOfPocketRemaining), told(b.in.FamilyOutOfPocketRemaining))
}

// cap is step 8: the yearly limit of the plan, or of the law where that is lower.
func (b *bill) cap() {
	b.limit = b.limitLeft()
	if f, ok := b.rules["cap"]; ok && f.Decides {
		if most, ok := b.figures.decided[f.Sets["figure"]]; ok {
			law := some(contract.Money(most))
			b.byLaw = !b.limit.known || law.cents < b.limit.cents
			b.limit = lower(b.limit, law)
		}
	}
	b.deductible, b.share = b.d, b.s
	if !b.limitLeft().known && !b.in.original() && b.d.known && b.s.known && b.d.cents+b.s.cents > 0 {
		b.assumes("out_of_pocket_remaining")
	}
	switch {
	case !b.limit.known:
	case b.limit.cents == 0:
		b.deductible, b.share = some(0), some(0)
	case b.d.known:
		b.deductible = some(min(b.d.cents, b.limit.cents))
		room := b.limit.cents - b.deductible.cents
		if b.s.known {
			b.share = some(min(b.s.cents, room))
		} else if room == 0 {
			b.share = some(0)
		}
	}
}

// balanceBill is step 9: what a doctor outside the network may charge above the
// price that counts; for Medicare, what the law lets an unassigned doctor add.
func (b *bill) balanceBill() {
	in := b.in
	if in.original() {
		b.excess()
		return
	}
	billed, allowed := told(in.Billed), told(in.Allowed)
	over := amount{}
	if billed.known && allowed.known {
		over = some(max(0, billed.cents-allowed.cents))
	}
	switch {
	case in.Network == "in" || in.Network == "out_protected":
	case in.Network == "out":
		b.balance = over
		if !billed.known {
			b.lacks("billed")
		}
		if !allowed.known {
			b.lacks("allowed")
		}
	case over.known && over.cents == 0:
	default:
		b.balance = amount{}
		b.lacks("network")
	}
}

func (b *bill) excess() {
	if b.in.medicare().Assignment == "" {
		b.balance = amount{} // a doctor who has left Medicare may charge anything
		return
	}
	f, ok := b.rules["assignment"]
	percent, limited := f.Numbers["limit_percent"]
	if !ok || !limited {
		return
	}
	if !b.base.known {
		b.balance = amount{}
		b.lacks("allowed")
		return
	}
	most := of(b.base.cents, int64(percent)*100)
	if b.in.Billed == nil {
		b.assumes("billed") // then the most that the law allows
		b.balance = some(most - b.base.cents)
		return
	}
	b.balance = some(max(0, min(*b.in.Billed, most)-b.base.cents))
}

// penalize is step 3: a penalty is apart from the share and from its limit.
func (b *bill) penalize() {
	b.penalty = told(b.in.Penalty)
	if !b.penalty.known {
		b.penalty = some(0)
		if !b.in.original() {
			b.assumes("penalty")
		}
	}
}

// plan is what the plan itself pays of the price that counts.
func (b *bill) plan() {
	b.paysFirst = amount{}
	if b.base.known && b.deductible.known && b.share.known {
		b.paysFirst = some(max(0, b.base.cents-b.deductible.cents-b.share.cents-b.penalty.cents))
	}
}
