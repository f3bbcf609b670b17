package coverage

import "consilium/internal/contract"

// secondPayer is step 12: what Medicaid or a Medigap policy pays of what Medicare
// leaves.
func (b *bill) secondPayer() {
	m := b.in.medicare()
	if !b.in.original() {
		return
	}
	if f, ok := b.rules["qmb"]; ok {
		if !f.Decides {
			b.assumes("confirm.medicare.qmb")
		}
		if m.Assignment == "" {
			return // no program helps with a doctor who has left Medicare
		}
		b.second, b.balance = b.both(), some(0)
		if !b.second.known {
			b.deductible, b.share, b.second = some(0), some(0), some(0)
		}
		b.missing = b.optional()
		return
	}
	if m.Medigap == "" {
		if b.deductible.cents+b.share.cents+b.balance.cents > 0 || !b.both().known {
			b.assumes("medicare.medigap")
		}
		return
	}
	policy, ok := b.rules["medigap"]
	if !ok {
		return // has none
	}
	if !b.both().known || !b.balance.known {
		b.second = amount{}
		return
	}
	n := policy.Numbers
	pays := of(b.deductible.cents, int64(n["deductible_percent"])*100)
	forShare := of(b.share.cents, int64(n["share_percent"])*100)
	if copay, ok := n[b.visit()+"_copay"]; ok {
		forShare = max(0, forShare-contract.Money(copay))
	}
	pays += forShare + of(b.balance.cents, int64(n["excess_percent"])*100)
	b.second = some(b.ownTerms(policy.Sets["terms"], pays))
}

func (b *bill) both() amount {
	if !b.deductible.known || !b.share.known {
		return amount{}
	}
	return some(b.deductible.cents + b.share.cents)
}

func (b *bill) visit() string {
	if v := b.in.medicare().Visit; v != "" {
		return v
	}
	return "office"
}

// ownTerms applies a policy's own yearly deductible or limit. What is left of it is
// the year's whole figure while nobody said otherwise, which costs the person more.
func (b *bill) ownTerms(terms string, pays contract.Money) contract.Money {
	m := b.in.medicare()
	switch terms {
	case "own_deductible":
		left := told(m.OwnDeductibleLeft)
		if !left.known {
			b.assumes("medicare.medigap_deductible_remaining")
			whole, ok := b.figures.Numbers["medigap_own_deductible"]
			if !ok {
				return 0 // no year, no figure: the policy may not pay at all yet
			}
			left = some(contract.Money(whole))
		}
		return max(0, pays-left.cents)
	case "limit_k", "limit_l":
		left := told(m.OwnLimitLeft)
		if !left.known {
			b.assumes("medicare.medigap_limit_remaining")
			whole, ok := b.figures.Numbers["medigap_"+terms]
			if !ok {
				return pays
			}
			left = some(contract.Money(whole))
		}
		// Past the limit the policy pays all that Part B leaves; an excess charge
		// stays with the person.
		return max(pays, b.deductible.cents+b.share.cents-left.cents)
	}
	return pays
}

// optional keeps only the unknowns without which there still is a total.
func (b *bill) optional() []missing {
	var out []missing
	for _, m := range b.missing {
		if !m.needed {
			out = append(out, m)
		}
	}
	return out
}
