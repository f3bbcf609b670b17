package expert

import (
	"slices"
	"strings"

	"consilium/internal/coverage"
	"consilium/internal/expert"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: what the files of the chosen plan say of a doctor. "Not found"
// is never "not in the network": such files are often old, and some are not whole.

// planSays is nil where no plan's network was chosen.
func planSays(v *web.Visit, npi string) (*expert.PlanSays, error) {
	says, ok, err := v.House.PlanSays(v.Case, npi)
	if err != nil || !ok {
		return nil, err
	}
	return &says, nil
}

// planIn says whether the doctor is in the list.
func planIn(v *web.Visit, s expert.PlanSays) string {
	switch {
	case s.In:
		return v.Say.T("expert.plan.in", "network", s.Network)
	case s.Incomplete:
		return v.Say.T("expert.plan.not_found", "network", s.Network) + " " + v.Say.T("expert.plan.incomplete")
	}
	return v.Say.T("expert.plan.not_found", "network", s.Network)
}

// planNew says whether new patients are taken; "" when the files do not say.
func planNew(v *web.Visit, s expert.PlanSays) string {
	if s.Accepting == "unknown" || s.Accepting == "" {
		return ""
	}
	return v.Say.T("expert.plan.new." + s.Accepting)
}

// planPrices are what the plan agreed to pay for a visit, by the number on the bill.
func planPrices(v *web.Visit, s expert.PlanSays) ([]string, error) {
	codes, err := v.House.CostCodes(v.Lang())
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range s.Prices {
		if !slices.ContainsFunc(codes, func(c coverage.Code) bool {
			return (c.Kind == "visit" || c.Kind == "consult") && covers(c.Codes, p.Code)
		}) {
			continue
		}
		line := p.Code + ": " + v.Say.Money(cents(p.Low))
		if p.High > p.Low {
			line = v.Say.T("expert.plan.range", "code", p.Code, "low", v.Say.Money(cents(p.Low)), "high", v.Say.Money(cents(p.High)))
		}
		if p.Class == "professional" || p.Class == "institutional" {
			line += ", " + v.Say.T("expert.plan.class."+p.Class)
		}
		if p.Expires != "" {
			line += ", " + v.Say.T("expert.plan.until", "date", v.Say.Date(p.Expires))
		}
		out = append(out, line)
	}
	return out, nil
}

// covers tells whether a list such as "99202-99205, 99417" holds a code.
func covers(list, code string) bool {
	for part := range strings.SplitSeq(list, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if from == code || isRange && len(code) == len(from) && from <= code && code <= to {
			return true
		}
	}
	return false
}

// planPart is what the files of the plan say, as one part of a doctor's page.
func planPart(v *web.Visit, s expert.PlanSays) (part, error) {
	prices, err := planPrices(v, s)
	if err != nil {
		return part{}, err
	}
	facts := []ui.Fact{{Label: v.Say.T("expert.plan.listed"), Value: planIn(v, s)}}
	if x := planNew(v, s); x != "" {
		facts = append(facts, ui.Fact{Label: v.Say.T("expert.plan.new"), Value: x})
	}
	if len(prices) > 0 {
		facts = append(facts, ui.Fact{Label: v.Say.T("expert.plan.pays"), Value: lines(prices)})
	}
	file := s.Network
	if s.Of != "" {
		file = v.Say.T("expert.file.of", "file", s.Network, "date", v.Say.Date(s.Of))
	}
	return part{Title: v.Say.T("expert.plan.title"), File: file, Note: v.Say.T("expert.plan.note"), Facts: facts}, nil
}

// planCell is the same in a few lines, for the comparison.
func planCell(v *web.Visit, s *expert.PlanSays) (ui.Cell, error) {
	if s == nil {
		return ui.Cell{Text: v.Say.T("not_said")}, nil
	}
	prices, err := planPrices(v, *s)
	all := append([]string{planIn(v, *s), planNew(v, *s)}, prices...)
	if s.Of != "" {
		all = append(all, v.Say.Date(s.Of))
	}
	return ui.Cell{Text: join("\n", all...)}, err
}
