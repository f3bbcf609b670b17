package cost

import (
	"slices"

	"consilium/internal/contract"
	"consilium/internal/estimate"
	"consilium/internal/finding"
	"consilium/internal/letters"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the templates ask for: small tables and choices of one estimate.

// stageDone tells whether a stage has what it asks for.
func stageDone(e estimate.Estimate, stage string) bool {
	switch stage {
	case askStage:
		return !e.Asked.IsZero() || !e.Scheduled.IsZero()
	case cameStage:
		return !e.Received.IsZero()
	case lookStage:
		return e.Looked
	}
	return len(e.Bills) > 0
}

// generalFindings are those that no other place of the page explains: a clock and a
// part stand by what they are about.
func generalFindings(a estimate.Answer) []finding.Finding {
	return slices.DeleteFunc(slices.Clone(a.Findings), func(f finding.Finding) bool {
		return slices.ContainsFunc(a.Clocks, func(c estimate.Clock) bool { return c.Finding.Rule == f.Rule })
	})
}

// freshID is the id under which a new estimate will be saved: sent twice, it is one.
func freshID(v *web.Visit, f ui.Form) string {
	if id := f.Value("id"); estimateID.MatchString(id) {
		return id
	}
	return v.House.NewID()
}

func freshBill(v *web.Visit, f ui.Form) string {
	if id := f.Value("bill"); estimateID.MatchString(id) {
		return id
	}
	return v.House.NewID()
}

// draft is a letter to the clinic as it would read, in the language of the page.
func draftLetter(v *web.Visit, id, which string) (letters.Letter, bool) {
	l, err := v.House.EstimateLetter(v.Case, id, which, v.Lang())
	return l, err == nil
}

func partOptions(a estimate.Answer) []ui.Option {
	var os []ui.Option
	for _, p := range a.Parts {
		os = append(os, ui.Option{Value: p.ID, Label: p.Text})
	}
	return os
}

func providerOptions(v *web.Visit, e estimate.Estimate) []ui.Option {
	var os []ui.Option
	for _, p := range e.Providers {
		os = append(os, ui.Option{Value: p.ID, Label: p.Name})
	}
	return append(os, ui.Option{Value: otherProvider, Label: v.Say.T("cost.estimate.bill_provider.other")})
}

// billName is how a bill is called: who sent it, when it came, how much it is.
func billName(v *web.Visit, b estimate.Bill) string {
	return v.Say.T("cost.estimate.bill.name", "provider", b.Name, "date", v.Say.Date(b.Received.String()), "amount", dollarsOf(v, b.Total))
}

func billOptions(v *web.Visit, e estimate.Estimate) []ui.Option {
	var os []ui.Option
	for _, b := range e.Bills {
		os = append(os, ui.Option{Value: b.ID, Label: billName(v, b)})
	}
	return os
}

func billTable(v *web.Visit, e estimate.Estimate) ui.Table {
	t := v.Say.T
	table := ui.Table{Title: t("cost.estimate.bills"), Heads: []string{t("cost.estimate.bill_from"), t("cost.estimate.bill_on"), t("cost.estimate.bill_total"), t("cost.estimate.bill_note")}}
	for _, b := range e.Bills {
		note := t("cost.estimate.bill.counts")
		if slices.ContainsFunc(e.Bills, func(x estimate.Bill) bool { return x.InPlaceOf == b.ID }) {
			note = t("cost.estimate.bill.replaced")
		}
		table.Rows = append(table.Rows, []ui.Cell{{Text: b.Name}, {Text: v.Say.Date(b.Received.String())}, {Text: dollarsOf(v, b.Total)}, {Text: note}})
	}
	return table
}

func dollarsOf(v *web.Visit, m contract.Money) string { return v.Say.Money(m.String()) }
