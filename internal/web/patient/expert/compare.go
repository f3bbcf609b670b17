package expert

import (
	"slices"

	"consilium/internal/expert"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: up to four doctors of the list side by side. On a phone each
// becomes a card.

// mostCompared is how many stand side by side: more cannot be read.
const mostCompared = 4

type compareView struct {
	All    []row // of the list
	Chosen []row // side by side
	Lines  []compareLine
}

// compareLine is one row of the table: what each doctor has to say to it.
type compareLine struct {
	Label string
	Cells []ui.Cell
}

func (c compareView) picked(id string) bool {
	return slices.ContainsFunc(c.Chosen, func(r row) bool { return r.ID == id })
}

func compare(v *web.Visit) (compareView, error) {
	rows, _, err := shortlist(v, v.Case)
	if err != nil {
		return compareView{}, err
	}
	view := compareView{All: rows}
	who := v.R.URL.Query()["who"]
	for _, r := range rows {
		if (len(who) == 0 || slices.Contains(who, r.ID)) && len(view.Chosen) < mostCompared {
			view.Chosen = append(view.Chosen, r)
		}
	}
	t := v.Say.T
	line := func(label string, cell func(row) ui.Cell) {
		l := compareLine{Label: label}
		for _, r := range view.Chosen {
			l.Cells = append(l.Cells, cell(r))
		}
		view.Lines = append(view.Lines, l)
	}
	said := func(s string) ui.Cell {
		if s == "" {
			s = t("not_said")
		}
		return ui.Cell{Text: s}
	}
	line(t("expert.candidate.specialty"), func(r row) ui.Cell { return said(r.Doctor.Specialty) })
	line(t("expert.candidate.practice"), func(r row) ui.Cell { return said(join("\n", r.Doctor.Practice, r.Doctor.Hospital)) })
	line(t("expert.compare.far"), func(r row) ui.Cell { return said(join("\n", r.Far, r.Doctor.Address)) })
	line(t("expert.for"), func(r row) ui.Cell { return ui.Cell{Part: reasons(v, r.For, t("expert.compare.by_hand"))} })
	line(t("expert.against"), func(r row) ui.Cell { return ui.Cell{Part: reasons(v, r.Against, t("expert.compare.no_caution"))} })
	if slices.ContainsFunc(view.Chosen, func(r row) bool { return len(r.Counted) > 0 }) {
		line(t("expert.compare.counted"), func(r row) ui.Cell { return ui.Cell{Part: countedCell(v, r)} })
	}
	var plans []ui.Cell
	some := false
	for _, r := range view.Chosen {
		says, err := planSays(v, r.Doctor.NPI)
		if err != nil {
			return view, err
		}
		cell, err := planCell(v, says)
		if err != nil {
			return view, err
		}
		plans, some = append(plans, cell), some || says != nil
	}
	if some {
		view.Lines = append(view.Lines, compareLine{Label: t("expert.plan.title"), Cells: plans})
	}
	for _, n := range expert.Names {
		line(t("expert.short."+n), func(r row) ui.Cell { return ui.Cell{Part: criterionCell(v, r, n)} })
	}
	for _, q := range expert.CallQuestions {
		if slices.ContainsFunc(view.Chosen, func(r row) bool { _, ok := r.Heard[q.Name]; return ok }) {
			line(t("expert.heard."+q.Name), func(r row) ui.Cell {
				x, ok := r.Heard[q.Name]
				if !ok {
					return ui.Cell{Text: t("expert.compare.not_asked")}
				}
				return ui.Cell{Part: heardCell(v, x)}
			})
		}
	}
	line(t("expert.candidate.notes"), func(r row) ui.Cell { return said(r.Notes) })
	return view, nil
}

func (c compareView) table(v *web.Visit) ui.Table {
	t := ui.Table{Heads: []string{v.Say.T("expert.compare.what")}}
	for _, r := range c.Chosen {
		t.Heads = append(t.Heads, r.Doctor.Name)
	}
	for _, l := range c.Lines {
		t.Rows = append(t.Rows, append([]ui.Cell{{Text: l.Label}}, l.Cells...))
	}
	return t
}

// The handler.

func showCompare(v *web.Visit) error {
	view, err := compare(v)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("expert.compare.title"), comparePage(v, view))
}
