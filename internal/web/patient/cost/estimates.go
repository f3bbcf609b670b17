package cost

import (
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/estimate"
	"consilium/internal/web"
)

// estimatePages are those about a price in writing and the bills beside it.
var estimatePages = []web.Page{
	{ID: "cost.estimates", Show: showEstimates},
	{ID: "cost.estimate", Item: "{id}", Show: showEstimate, Save: saveEstimate},
	{ID: "cost.estimate_letter", Item: "{id}/{which}/{lang}", Show: takeEstimateLetter},
	{ID: "cost.dispute", Item: "{id}", Show: showDispute, Save: saveDispute},
	{ID: "cost.dispute_letter", Item: "{id}/{provider}/{which}/{lang}", Show: takeDisputeLetter},
}

// What the page shows: every price in writing that was asked for, how far each is,
// and the one thing to do about each.

type estimatesView struct {
	All []estimateCard
}

// estimateCard is one estimate in the list.
type estimateCard struct {
	E    estimate.Estimate
	A    estimate.Answer
	Path []mark
}

// mark is one of the four stations of an estimate.
type mark struct {
	ID   string // asked, due, came, bill
	Done bool
	Late bool
	Said string // the date, or how many
}

func estimates(v *web.Visit) (estimatesView, error) {
	var view estimatesView
	all, err := casefile.ReadAll[estimate.Estimate](v.Case, estimate.Kind)
	if err != nil {
		return view, err
	}
	for _, e := range all {
		a, err := v.House.EstimateAnswer(e, v.Lang())
		if err != nil {
			return view, err
		}
		view.All = append(view.All, estimateCard{e, a, stationMarks(v, e, a)})
	}
	// What has a date comes first, the nearest at the top.
	slices.SortStableFunc(view.All, func(x, y estimateCard) int { return strings.Compare(x.soonest(), y.soonest()) })
	return view, nil
}

// soonest is the next date of an estimate, for sorting; without one it comes last.
func (c estimateCard) soonest() string {
	on := "9999"
	for _, d := range []string{c.A.Due.String(), c.A.Until.String()} {
		if d != "" && d < on {
			on = d
		}
	}
	return on
}

// path gives the four stations: asked or booked, due, come, billed.
func stationMarks(v *web.Visit, e estimate.Estimate, a estimate.Answer) []mark {
	t, date := v.Say.T, v.Say.Date
	asked := mark{ID: "asked", Said: t("cost.estimates.not_yet")}
	switch {
	case !e.Asked.IsZero():
		asked.Done, asked.Said = true, date(e.Asked.String())
	case !e.Scheduled.IsZero():
		asked.Done, asked.Said = true, t("cost.estimates.booked", "date", date(e.Scheduled.String()))
	}
	came := mark{ID: "came", Said: t("cost.estimates.not_yet")}
	if !e.Received.IsZero() {
		came.Done, came.Said = true, date(e.Received.String())
	}
	due := mark{ID: "due", Done: came.Done && a.Due.IsZero(), Late: a.Late, Said: t("cost.estimates.no_day")}
	if !a.Due.IsZero() {
		due.Said = date(a.Due.String())
	} else if due.Done {
		due.Said = t("cost.estimates.met")
	}
	bill := mark{ID: "bill", Said: t("cost.estimates.none_yet")}
	if n := len(e.Bills); n > 0 {
		bill.Done, bill.Said = true, v.Say.N("cost.estimates.bills", n)
	}
	return []mark{asked, due, came, bill}
}

// The handler.

func showEstimates(v *web.Visit) error {
	view, err := estimates(v)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("cost.estimates.title"), estimatesPage(v, view))
}
