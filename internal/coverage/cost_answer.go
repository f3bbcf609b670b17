package coverage

import (
	"slices"
	"sort"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// parts names the lines that the reckoning has.
func (b *bill) parts() []string {
	var out []string
	add := func(name string, is bool) {
		if is {
			out = append(out, name)
		}
	}
	add("not_covered", b.notCovered.cents > 0)
	add("nothing", b.nothing && !no(b.in.Covered))
	add("penalty", b.penalty.cents > 0)
	add("deductible", b.d.cents > 0)
	if b.s.cents > 0 {
		out = append(out, b.shareKind())
	}
	add("limit", b.cut() > 0 && !b.byLaw)
	add("limit_law", b.cut() > 0 && b.byLaw)
	add("limit_reached", b.reached())
	add("balance", b.balance.cents > 0 && !b.in.original())
	add("excess", b.balance.cents > 0 && b.in.original())
	add("second", b.second.cents > 0)
	add("total", b.deductible.known && b.share.known && b.balance.known && b.notCovered.known && b.second.known)
	return out
}

// shareKind tells what the share is made of.
func (b *bill) shareKind() string {
	_, rate := b.rate()
	switch {
	case b.in.original():
		return "coinsurance"
	case b.in.Copay != nil && rate && b.in.mode() != "copay_only":
		return "copay_and_coinsurance"
	case b.in.Copay != nil:
		return "copay"
	}
	return "coinsurance"
}

// cut is what the yearly limit takes off what is known of deductible and share.
func (b *bill) cut() contract.Money {
	if !b.both().known {
		return 0
	}
	sum := -b.both().cents
	for _, a := range []amount{b.d, b.s} {
		if a.known {
			sum += a.cents
		}
	}
	return max(0, sum)
}

// reached tells that the limit is used up, so that nothing else need be known.
func (b *bill) reached() bool {
	return b.limit.known && b.limit.cents == 0 && b.cut() == 0 && !(b.d.known && b.s.known)
}

// ofMedicare are the unknowns about which Medicare is asked, not a plan.
var ofMedicare = []string{"covered", "allowed", "deductible_remaining"}

// unknown names the fields that nobody told, needed or not: "original." before one
// that Medicare is asked about.
func (b *bill) unknown() []string {
	out := []string{}
	for _, m := range b.missing {
		name := m.field
		if b.in.original() && slices.Contains(ofMedicare, name) {
			name = "original." + name
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// answer puts the amounts, the lines with their sentences, and what is unknown
// together.
func (b *bill) answer(v finding.Verdict) CostAnswer {
	a := CostAnswer{
		Deductible: b.deductible.pointer(), Share: b.share.pointer(), BalanceBill: b.balance.pointer(), Penalty: b.penalty.pointer(),
		NotCovered: b.notCovered.pointer(), SecondPayer: b.second.pointer(), PlanPays: b.paysFirst.pointer(), SelfPayTotal: b.in.SelfPay,
		Lines: []CostLine{}, Unknown: []CostUnknown{}, Warnings: []string{}, Findings: []finding.Finding{},
	}
	if c := b.both(); c.known {
		a.Counts = &c.cents
	}
	a.total()
	kept := map[string]bool{}
	keep := func(f finding.Finding) {
		if !kept[f.Rule] {
			kept[f.Rule] = true
			a.Findings = append(a.Findings, f)
		}
	}
	for _, f := range v.Fired {
		switch f.Kind {
		case "unknown":
			key := strings.TrimPrefix(f.Sets["field"], "original.")
			a.Unknown = append(a.Unknown, CostUnknown{strings.TrimPrefix(key, "confirm."), f.Words["text"], f.Words["ask"], b.needed(key)})
			continue
		case "warning":
			a.Warnings = append(a.Warnings, f.Rule)
		case "nothing":
			if !b.nothing || no(b.in.Covered) {
				continue
			}
		case "medigap":
			if _, ok := b.rules["qmb"]; ok {
				continue // Medicaid pays first of the two
			}
		}
		if f.Words["line"] != "" && (f.Kind == "line" || f.Kind == "nothing" || b.amountOf(f.Sets["part"]) != 0) {
			a.Lines = append(a.Lines, b.line(f))
		}
		keep(f.Finding)
		for _, id := range strings.Fields(f.Sets["law"]) {
			if law, ok := b.laws[id]; ok {
				keep(law.Finding)
			}
		}
		for _, name := range strings.Fields(f.Sets["figure"]) {
			if law, ok := b.figures.rule[name]; ok {
				keep(law)
			}
		}
	}
	sort.SliceStable(a.Lines, func(i, j int) bool { return a.Lines[i].Step < a.Lines[j].Step })
	return a
}

func (b *bill) needed(field string) bool {
	for _, m := range b.missing {
		if m.field == field && m.needed {
			return true
		}
	}
	return false
}

// total adds the parts; without one of them there is no total.
func (a *CostAnswer) total() {
	sum := contract.Money(0)
	for _, p := range []*contract.Money{a.Deductible, a.Share, a.BalanceBill, a.Penalty, a.NotCovered, a.SecondPayer} {
		if p == nil {
			return
		}
		sum += *p
	}
	sum -= 2 * *a.SecondPayer
	a.PatientTotal = &sum
	if a.SelfPayTotal == nil {
		return
	}
	cheaper := "same"
	switch {
	case sum < *a.SelfPayTotal:
		cheaper = "plan"
	case sum > *a.SelfPayTotal:
		cheaper = "self_pay"
	}
	a.Cheaper = &cheaper
}

// line fills a rule's sentence with this visit's own amounts: [amount], [left]...
func (b *bill) line(f finding.Fired) CostLine {
	l := CostLine{Step: f.Numbers["step"], Rule: f.Rule, Amount: b.amountOf(f.Sets["part"])}
	if !f.Decides {
		l.Confirm, _, _ = strings.Cut(f.Reason, ":")
	}
	text := f.Words["line"]
	if strings.Contains(text, "[") {
		text = b.words(l.Amount).Replace(text)
	}
	l.Text = text
	return l
}

func (b *bill) amountOf(part string) contract.Money {
	switch part {
	case "not_covered":
		return b.notCovered.cents
	case "penalty":
		return b.penalty.cents
	case "deductible":
		return b.d.cents
	case "share":
		return b.s.cents
	case "limit":
		return -b.cut()
	case "balance":
		return b.balance.cents
	case "second":
		return -b.second.cents
	}
	return 0
}

func (b *bill) words(amount contract.Money) *strings.Replacer {
	rate, _ := b.rate()
	rest := contract.Money(0)
	if b.base.known && b.d.known {
		rest = b.base.cents - b.d.cents
	}
	if amount < 0 {
		amount = -amount
	}
	return strings.NewReplacer(
		"[amount]", dollars(amount),
		"[price]", dollars(b.base.cents),
		"[allowed]", dollars(told(b.in.Allowed).cents),
		"[billed]", dollars(told(b.in.Billed).cents),
		"[rest]", dollars(rest),
		"[copay]", dollars(told(b.in.Copay).cents),
		"[rate]", contract.Percent(rate).String(),
		"[limit]", dollars(b.limit.cents),
	)
}

// dollars writes an amount as people in the US read it: $1,736.00.
func dollars(m contract.Money) string {
	s := m.String()
	whole := len(s) - 3
	for i := whole - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return "$" + s
}
