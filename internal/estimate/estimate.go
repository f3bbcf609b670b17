// Package estimate is the price in writing that whoever pays for care without
// insurance has a right to before the visit (the good faith estimate of 45 CFR
// 149.610): when it is due, what must stand in it, and, once bills come, which
// provider's bill is so far above that provider's own lines that it may be disputed
// (45 CFR 149.620).
//
// How many days, how many dollars and what must stand in the paper is said by the
// rules of the topic "estimate"; here is what is compared with what.
package estimate

import (
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/contract"
)

// Kind is the kind of document of one estimate: several in a case, each by its id.
const Kind casefile.Kind = "estimate"

// Ref is where one estimate lies.
func Ref(id string) casefile.Ref { return casefile.Ref{Kind: Kind, Name: id} }

// How care is paid. Unknown is "".
const (
	NoInsurance = "no_insurance"
	NotUsing    = "not_using" // insured, and paying without it this time
	Insurance   = "insurance"
)

// Estimate is one price in writing, from the asking to the last bill.
type Estimate struct {
	ID        string        `json:"id"`
	Writer    Writer        `json:"writer,omitzero"`
	Clinic    Provider      `json:"clinic"` // who is asked, and answers for all who take part
	Service   string        `json:"service"`
	Codes     []string      `json:"codes,omitempty"` // CPT or HCPCS
	Paying    string        `json:"paying,omitempty"`
	Others    *bool         `json:"others,omitempty"`  // others take part: a laboratory, a pathologist
	Repeats   *bool         `json:"repeats,omitempty"` // the same service comes several times
	Asked     contract.Date `json:"asked,omitzero"`
	Scheduled contract.Date `json:"scheduled,omitzero"` // the day of booking
	Visit     contract.Date `json:"visit,omitzero"`
	Received  contract.Date `json:"received,omitzero"` // the day on which the estimate came
	Changed   contract.Date `json:"changed,omitzero"`  // the day on which date, service or provider changed after it came
	Again     contract.Date `json:"again,omitzero"`    // the day on which a new one was asked for
	Providers []Provider    `json:"providers,omitempty"`
	Looked    bool          `json:"looked,omitempty"` // the paper was gone through for what must stand in it
	Has       []string      `json:"has,omitempty"`    // parts that stand in it: patient, codes
	File      string        `json:"file,omitempty"`   // SHA-256 of the paper among the case's files
	Bills     []Bill        `json:"bills,omitempty"`
	Disputes  []Dispute     `json:"disputes,omitempty"`
}

// Writer is how the clinic reaches the person who asks.
type Writer struct {
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Email   string `json:"email,omitempty"`
}

// Provider is a doctor, a clinic or a laboratory. On an estimate it has its lines.
type Provider struct {
	ID      string `json:"id,omitempty"`
	Name    string `json:"name"`
	NPI     string `json:"npi,omitempty"`
	TIN     string `json:"tin,omitempty"` // taxpayer identification number, nine digits
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Lines   []Line `json:"lines,omitempty"`
}

// Line is one item with its price.
type Line struct {
	What   string         `json:"what,omitempty"`
	Code   string         `json:"code,omitempty"`
	Amount contract.Money `json:"amount"`
}

// Total is what the lines come to.
func Total(lines []Line) contract.Money {
	var sum contract.Money
	for _, l := range lines {
		sum += l.Amount
	}
	return sum
}

// Bill is one bill of one provider.
type Bill struct {
	ID        string         `json:"id"`
	Provider  string         `json:"provider,omitempty"` // id of a provider of the estimate; "" when it is not on it
	Name      string         `json:"name"`               // as the bill says it
	Received  contract.Date  `json:"received"`
	Total     contract.Money `json:"total"` // all charges, before any payment
	Number    string         `json:"number,omitempty"`
	InPlaceOf string         `json:"in_place_of,omitempty"` // id of the bill that this one corrects
	File      string         `json:"file,omitempty"`
}

// Dispute is what was done about one provider's bill.
type Dispute struct {
	Provider string        `json:"provider"`          // as Compared names it
	Wrote    contract.Date `json:"wrote,omitzero"`    // the provider was asked to correct the bill
	Started  contract.Date `json:"started,omitzero"`  // the federal dispute was started
	Settled  contract.Date `json:"settled,omitzero"`  // it is over, one way or the other
	Outcome  string        `json:"outcome,omitempty"` // corrected, won, lost, dropped
	Note     string        `json:"note,omitempty"`    // a reference number, a name
	SendTo   string        `json:"send_to,omitempty"` // address of the provider, as the bill gives it
}

// Outcomes are how a dispute can end.
var Outcomes = []string{"corrected", "won", "lost", "dropped"}

// Find gives a bill by its id.
func (e Estimate) Find(bill string) (Bill, bool) {
	i := slices.IndexFunc(e.Bills, func(b Bill) bool { return b.ID == bill })
	if i < 0 {
		return Bill{}, false
	}
	return e.Bills[i], true
}

// Dispute gives what was done about a provider's bill.
func (e Estimate) Dispute(provider string) Dispute {
	for _, d := range e.Disputes {
		if d.Provider == provider {
			return d
		}
	}
	return Dispute{Provider: provider}
}

// SelfPay tells whether the person pays without insurance.
func (e Estimate) SelfPay() bool { return e.Paying == NoInsurance || e.Paying == NotUsing }

// listed gives the provider that a bill belongs to, by its id or else by its name;
// nil when the estimate has no line of it.
func (e Estimate) listed(b Bill) *Provider {
	for _, same := range []func(Provider) bool{
		func(p Provider) bool { return b.Provider != "" && p.ID == b.Provider },
		func(p Provider) bool { return plain(p.Name) == plain(b.Name) },
	} {
		for i, p := range e.Providers {
			if len(p.Lines) > 0 && same(p) {
				return &e.Providers[i]
			}
		}
	}
	return nil
}

// plain makes two writings of one name equal.
func plain(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }
