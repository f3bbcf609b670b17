package estimate

import (
	"consilium/internal/contract"
	"consilium/internal/finding"
)

// State is how one provider's bills stand to that provider's own lines.
type State string

// The states. A provider is measured alone, always.
const (
	Unbilled  State = "unbilled"   // no bill yet
	Within    State = "within"     // not above the estimate
	Below     State = "below"      // above, by less than may be disputed
	Possible  State = "possible"   // far enough above, and in time
	TooLate   State = "past"       // far enough above, and too late for the federal way
	Unlisted  State = "unlisted"   // the estimate has no line of this provider
	AfterBill State = "after_bill" // the estimate came after the bill: whether it counts must be asked
	NoRight   State = "no_right"   // insurance pays, or how it is paid is not known
)

// Compared is one provider's bills beside that provider's own lines.
type Compared struct {
	ID       string            `json:"id"` // of the provider; for one that the estimate does not list, of its first bill
	Name     string            `json:"name"`
	Provider Provider          `json:"provider"`
	Listed   bool              `json:"listed"`
	Expected contract.Money    `json:"expected"` // what the estimate says for this provider
	Billed   contract.Money    `json:"billed"`   // what this provider billed; corrected bills count once
	Above    contract.Money    `json:"above"`    // billed less expected; negative when it is less
	Bills    []Bill            `json:"bills"`
	First    contract.Date     `json:"first,omitzero"` // the day on which the first bill came
	State    State             `json:"state"`
	Until    contract.Date     `json:"until,omitzero"` // the last day on which a federal dispute can be started
	Fee      contract.Money    `json:"fee"`
	Send     []string          `json:"send"` // what goes with it
	Dispute  Dispute           `json:"dispute"`
	Findings []finding.Finding `json:"findings"`
}

// Over tells whether nothing more is to be done: the dispute is started or settled.
func (c Compared) Over() bool { return !c.Dispute.Started.IsZero() || !c.Dispute.Settled.IsZero() }

// sides sets each provider's bills beside its own lines: those of the estimate in
// its order, then those that only billed.
func (e Estimate) sides() []Compared {
	var all []Compared
	for _, p := range e.Providers {
		if len(p.Lines) > 0 {
			all = append(all, Compared{ID: p.ID, Name: p.Name, Provider: p, Listed: true, Expected: Total(p.Lines)})
		}
	}
	place := map[string]int{}
	for i, c := range all {
		place[c.ID] = i
	}
	for _, b := range e.Bills {
		key := e.side(b)
		i, ok := place[key]
		if !ok {
			i = len(all)
			place[key] = i
			all = append(all, Compared{ID: b.ID, Name: b.Name, Provider: Provider{Name: b.Name}})
		}
		all[i].add(b, e)
	}
	for i := range all {
		all[i].Above = all[i].Billed - all[i].Expected
	}
	return all
}

// add counts a bill. One that was corrected counts no more, but the days run from
// the first that came.
func (c *Compared) add(b Bill, e Estimate) {
	c.Bills = append(c.Bills, b)
	if c.First.IsZero() || b.Received.Before(c.First) {
		c.First = b.Received
	}
	for _, later := range e.Bills {
		if later.InPlaceOf == b.ID && later.ID != b.ID {
			return
		}
	}
	c.Billed += b.Total
}

// compare judges each provider alone.
func (a *Answer) compare(e Estimate, on contract.Date, judge func(map[string]any) finding.Verdict) {
	sides := e.sides()
	var together contract.Money
	for _, c := range sides {
		if c.Listed && len(c.Bills) > 0 && c.Above > 0 {
			together += c.Above
		}
	}
	for _, c := range sides {
		c.Dispute = e.Dispute(c.ID)
		c.settle(e, on, together, judge)
		if c.State == Possible && !c.Over() && (a.Until.IsZero() || c.Until.Before(a.Until)) {
			a.Until = c.Until
		}
		a.Compared = append(a.Compared, c)
	}
}

func (c *Compared) settle(e Estimate, on contract.Date, together contract.Money, judge func(map[string]any) finding.Verdict) {
	c.Findings, c.Send = []finding.Finding{}, []string{}
	if len(c.Bills) == 0 {
		c.State = Unbilled
		return
	}
	switch {
	case !e.SelfPay():
		c.State = NoRight
	case c.Above <= 0:
		c.State = Within
	default:
		c.State = Below
	}
	facts := map[string]any{
		"bill.listed": c.Listed, "bill.over": int(c.Above), "bill.over_together": int(together), "bill.days": c.First.DaysUntil(on),
	}
	if !e.Received.IsZero() {
		facts["bill.after_estimate"] = !e.Received.After(c.First)
	}
	for _, f := range judge(facts).Fired {
		switch f.Kind {
		case "dispute", "unlisted", "past":
			if f.Decides {
				c.State = State(f.Sets["state"])
			}
		case "order":
			if c.State == Below {
				c.State = AfterBill // nobody decides it: the finding says whom to ask
			}
		case "window":
			c.Until = c.First.AddDays(f.Numbers["calendar_days"])
		case "fee":
			c.Fee = contract.Money(f.Numbers["fee"])
		case "send":
			c.Send = f.Items
		case "others":
			if c.Listed {
				continue
			}
		case "warning":
		default:
			continue // it is about the estimate itself
		}
		c.Findings = append(c.Findings, f.Finding)
	}
}
