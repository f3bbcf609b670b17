package cost

import (
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/finding"
	"consilium/internal/journey"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: what each visit costs, as bars on one scale; each line of
// the reckoning with its reason; when paying without the plan is cheaper; what
// nobody knows yet, with whom to call; and what is odd about the plan's numbers.

type answerView struct {
	Saved    coverage.CostSaved
	Visits   []visitView
	Bars     ui.Bars
	Open     []openThing
	Warnings []finding.Finding
	Notes    []finding.Finding
	Stale    bool // the plan or the shortlist changed since
}

type visitView struct {
	Name   string
	Answer coverage.CostAnswer
	Lines  []lineView
}

// lineView is one line with its reason.
type lineView struct {
	coverage.CostLine
	Why *finding.Finding
}

// openThing is something unknown, and for which doctors.
type openThing struct {
	coverage.CostUnknown
	Doctors []string
}

func view(v *web.Visit) (answerView, error) {
	s, version, err := casefile.Read[coverage.CostSaved](v.Case, coverage.CostRef)
	if err != nil || version == 0 {
		return answerView{}, err
	}
	answers, err := v.House.CostAnswers(s, v.Lang())
	if err != nil {
		return answerView{}, err
	}
	a := answerView{Saved: s, Stale: journey.Stands(v.Case, "cost") == journey.Again}
	for i, x := range s.Visits {
		name := x.Name
		if name == "" {
			name = v.Say.T("cost.any_doctor")
		}
		one := visitView{Name: name, Answer: answers[i]}
		for _, l := range answers[i].Lines {
			one.Lines = append(one.Lines, lineView{l, reason(answers[i].Findings, l.Rule)})
		}
		a.Visits = append(a.Visits, one)
		a.collect(one)
	}
	a.Bars = a.bars(v)
	return a, nil
}

func reason(fs []finding.Finding, rule string) *finding.Finding {
	for i := range fs {
		if fs[i].Rule == rule {
			return &fs[i]
		}
	}
	return nil
}

// collect lays together what several visits have in common, so that nothing is said
// six times.
func (a *answerView) collect(one visitView) {
	for _, u := range one.Answer.Unknown {
		i := slices.IndexFunc(a.Open, func(o openThing) bool { return o.Field == u.Field && o.Text == u.Text })
		if i < 0 {
			a.Open, i = append(a.Open, openThing{CostUnknown: u}), len(a.Open)
		}
		a.Open[i].Needed = a.Open[i].Needed || u.Needed
		a.Open[i].Doctors = append(a.Open[i].Doctors, one.Name)
	}
	for _, f := range one.Answer.Findings {
		line := slices.ContainsFunc(one.Lines, func(l lineView) bool { return l.Rule == f.Rule })
		switch {
		case line || slices.ContainsFunc(a.Notes, func(n finding.Finding) bool { return n.Rule == f.Rule }):
		case slices.Contains(one.Answer.Warnings, f.Rule):
			if !slices.ContainsFunc(a.Warnings, func(n finding.Finding) bool { return n.Rule == f.Rule }) {
				a.Warnings = append(a.Warnings, f)
			}
		default:
			a.Notes = append(a.Notes, f)
		}
	}
}

// money writes an amount, or that it is unknown.
func money(v *web.Visit, m *contract.Money) string {
	if m == nil {
		return v.Say.T("cost.answer.no_total")
	}
	if *m < 0 {
		return "−" + v.Say.Money((-*m).String())
	}
	return v.Say.Money(m.String())
}

// any tells whether a total is known: without one there is nothing to draw.
func (a answerView) any() bool {
	return slices.ContainsFunc(a.Visits, func(x visitView) bool { return x.Answer.PatientTotal != nil })
}

func (a answerView) bars(v *web.Visit) ui.Bars {
	b := ui.Bars{
		Title: v.Say.T("cost.answer.bars"), Mark: v.Say.T("cost.bar.self_pay"), Table: v.Say.T("cost.answer.table"),
		Who: v.Say.T("cost.answer.doctor"), Total: v.Say.T("cost.answer.you_pay"),
	}
	for _, x := range a.Visits {
		row := ui.BarRow{Name: x.Name, Said: money(v, x.Answer.PatientTotal)}
		if x.Answer.PatientTotal == nil {
			row.Note = v.Say.T("cost.answer.no_total.text")
		} else {
			row.Parts = pieces(v, a.Saved.Plan, x.Answer)
			if m := x.Answer.SelfPayTotal; m != nil {
				row.Mark, row.Note = m, money(v, m)
			}
		}
		b.Rows = append(b.Rows, row)
	}
	return b
}

// pieces are the parts of a bar. Where a second payer pays some of the person's
// part, nobody can say of which piece: then the person's is one.
func pieces(v *web.Visit, plan coverage.CostInput, a coverage.CostAnswer) []ui.BarPart {
	var out []ui.BarPart
	add := func(colour, key string, m *contract.Money) {
		if m != nil && *m > 0 {
			out = append(out, ui.BarPart{Kind: colour, Label: v.Say.T("cost.bar." + key), Amount: *m, Said: money(v, m)})
		}
	}
	if *a.SecondPayer > 0 {
		add("yours", "you", a.PatientTotal)
		payer := "medigap"
		if m := plan.Medicare; m != nil && m.QMB != nil && *m.QMB {
			payer = "medicaid"
		}
		add("second", payer, a.SecondPayer)
	} else {
		add("yours", "deductible", a.Deductible)
		add("share", "share", a.Share)
		add("extra", "balance", a.BalanceBill)
		add("penalty", "penalty", a.Penalty)
		add("extra", "not_covered", a.NotCovered)
	}
	payer := "plan"
	if plan.PlanKind == "medicare_original" {
		payer = "medicare"
	}
	add("plan", payer, a.PlanPays)
	return out
}

// saves is how much less the price without the plan is.
func (x visitView) saves() contract.Money {
	return *x.Answer.PatientTotal - *x.Answer.SelfPayTotal
}

// cheaper tells which way costs less, "" while it cannot be told.
func (x visitView) cheaper() string {
	if x.Answer.Cheaper == nil {
		return ""
	}
	return *x.Answer.Cheaper
}

// own tells whether some visit is best paid without a plan, or can only be: then a
// price in writing comes next.
func (a answerView) own() bool {
	return a.Saved.Plan.PlanKind == "none" || slices.ContainsFunc(a.Visits, func(x visitView) bool {
		return x.cheaper() == "self_pay" || x.Answer.NotCovered != nil && *x.Answer.NotCovered > 0
	})
}

// The handlers.

func showAnswer(v *web.Visit) error {
	a, err := view(v)
	if err != nil {
		return err
	}
	if len(a.Visits) == 0 {
		return v.Go("cost")
	}
	return v.Render(v.Say.T("cost.answer.title"), answerPage(v, a))
}
