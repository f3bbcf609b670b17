package records

import (
	"consilium/internal/fault"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: what came of each kind of record, what is missing and what to
// do about it.

type pulledView struct {
	portalRow
	Table   ui.Table
	Missing []missed
}

type missed struct {
	What string
	Why  string
}

// The handler.

func showPulled(v *web.Visit) error {
	p, err := portalOf(v)
	if err != nil {
		return err
	}
	if p.Pull.Started == "" {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	t := v.Say.T
	x := pulledView{portalRow: p, Table: ui.Table{Title: t("records.pulled.table"), Heads: []string{t("records.pulled.kind"), t("records.pulled.found"), t("records.pulled.fresh"), t("records.pulled.state")}}}
	for _, one := range p.Pull.Types {
		what := t("records.pulled.type." + one.Type)
		state := t("records.pulled.state." + string(one.State))
		if one.State == records.PullHere && one.Found == 0 {
			state = t("records.pulled.state.none")
		}
		x.Table.Rows = append(x.Table.Rows, []ui.Cell{{Text: what}, {Text: v.Say.Number(int64(one.Found))}, {Text: v.Say.Number(int64(one.New))}, {Text: state}})
		if one.State == records.PullMissing {
			x.Missing = append(x.Missing, missed{what, t("records.pulled.why." + one.Why)})
		}
	}
	return v.Render(t("records.pulled.title", "portal", p.Name), pulledPage(v, x))
}
