package records

import (
	"consilium/internal/contract"
	"consilium/internal/finding"
)

// FeeParts lists what a bill for copies can be made of.
var FeeParts = []string{"labor", "supplies", "postage", "summary", "flat", "search", "verify", "portal", "other"}

// Fee is a bill for copies as it came.
type Fee struct {
	ID         string    `json:"id"`
	On         string    `json:"on"`                   // YYYY-MM-DD
	For        string    `json:"for"`                  // ToMe or ToDoctor: whose copies are billed
	Electronic string    `json:"electronic,omitempty"` // "yes" or "no": the copies are electronic
	Lines      []FeeLine `json:"lines"`
	Paid       bool      `json:"paid,omitempty"`
}

// FeeLine is one part of a bill.
type FeeLine struct {
	Part   string         `json:"part"` // of FeeParts
	Amount contract.Money `json:"amount"`
}

// Total is what the bill comes to.
func (f Fee) Total() contract.Money {
	var sum contract.Money
	for _, l := range f.Lines {
		sum += l.Amount
	}
	return sum
}

// Check lists what is wrong with a bill, each fault on its field.
func (f Fee) Check(today string) error {
	k := &checking{}
	if f.On == "" {
		k.add("form.date.required", "on")
	}
	k.past("on", f.On, today)
	k.need("for", f.For)
	k.oneOf("for", f.For, []string{ToMe, ToDoctor})
	k.oneOf("electronic", f.Electronic, []string{"yes", "no"})
	if len(f.Lines) == 0 {
		k.add("records.fee.none", "part-labor")
	}
	for _, l := range f.Lines {
		k.oneOf("part-"+l.Part, l.Part, FeeParts)
		if l.Amount < 0 {
			k.add("form.money", "part-"+l.Part)
		}
	}
	return k.faults.OrNil()
}

// FeeAnswer is what the rules say of a bill.
type FeeAnswer struct {
	Total    contract.Money
	Barred   []FeeLine      // parts that may not be asked for
	Over     contract.Money // by how much it may be too high, as far as that can be told
	Flat     contract.Money // the flat price for electronic copies that they may ask at most, where that matters
	Ask      bool           // there is something to write to them about
	Bound    bool           // the limits on what may be asked hold for these copies
	Findings []finding.Finding
}

// FeeOn judges a bill on a day, in "en" or "es".
func (f Fee) FeeOn(on contract.Date, lang string, book Book) FeeAnswer {
	a := FeeAnswer{Total: f.Total()}
	facts := map[string]any{"fee.for_me": f.For == ToMe, "fee.total": int(f.Total())}
	if f.Electronic != "" {
		facts["fee.electronic"] = f.Electronic == "yes"
	}
	for _, part := range FeeParts {
		facts["fee."+part] = false
	}
	for _, l := range f.Lines {
		if l.Amount > 0 {
			facts["fee."+l.Part] = true
		}
		if l.Part == "flat" {
			facts["fee.flat_amount"] = int(l.Amount)
		}
	}
	for _, x := range book.Judge(RequestTopic, facts, on, lang).Fired {
		switch x.Kind {
		case "fee_limit":
			a.Bound = true
		case "fee_barred":
			for _, l := range f.Lines {
				if l.Part == x.Sets["part"] && x.Decides && l.Amount > 0 {
					a.Barred = append(a.Barred, l)
					a.Over += l.Amount
					a.Ask = true
				}
			}
		case "fee_flat_over":
			for _, l := range f.Lines {
				if most := contract.Money(x.Numbers["cents"]); l.Part == "flat" && x.Decides && l.Amount > most {
					a.Over, a.Flat, a.Ask = a.Over+l.Amount-most, most, true
				}
			}
		case "fee_ask":
			a.Ask, a.Flat = true, contract.Money(x.Numbers["cents"])
		case "fee_note":
		default:
			continue
		}
		a.Findings = append(a.Findings, x.Finding)
	}
	return a
}
