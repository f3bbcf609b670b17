package records

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: the patient that the file names beside the case's, and the
// question whose it is.

type whoseView struct {
	File    string
	Top     string
	Belongs records.Belongs
	Why     string
	Table   ui.Table
}

func whoseSheet(v *web.Visit) (web.Sheet, error) {
	files, err := records.Files(v.Case)
	if err != nil {
		return web.Sheet{}, err
	}
	p, f, ok := records.Find(files, v.Item("sha"))
	if !ok {
		return web.Sheet{}, fault.New(fault.NotFound, "fault.not_found")
	}
	profile, _, err := casefile.Read[casefile.Profile](v.Case, casefile.ProfileRef)
	if err != nil {
		return web.Sheet{}, err
	}
	t := v.Say.T
	x := whoseView{File: f.Base(), Top: f.SHA256, Belongs: p.Belongs, Why: p.Why}
	if p.SHA256 != f.SHA256 {
		x.File = p.Name
	}
	x.Table = ui.Table{Title: t("records.whose.table"), Heads: []string{"", t("records.whose.case"), t("records.whose.file")}}
	for i, named := range patientsOf(p) {
		if i == 0 {
			x.Table.Rows = append(x.Table.Rows, []ui.Cell{{Text: t("records.file.patient")}, said(v, profile.Patient.Name), said(v, named.Name)},
				[]ui.Cell{{Text: t("records.file.born")}, said(v, v.Say.Date(profile.Patient.BirthDate)), said(v, v.Say.Date(named.BirthDate))})
			continue
		}
		x.Table.Rows = append(x.Table.Rows, []ui.Cell{{Text: t("records.whose.also")}, {}, said(v, strings.TrimSpace(named.Name+" "+v.Say.Date(named.BirthDate)))})
	}
	return web.Sheet{
		Title:  t("records.whose.title"),
		Fields: []web.Named{{Name: "claim", Label: t("records.whose.claim")}, {Name: "reason", Label: t("records.whose.reason")}},
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			w, version, err := casefile.Read[records.Whose](c, records.WhoseRef(v.Item("sha")))
			return url.Values{"claim": {string(w.Claim)}, "reason": {w.Reason}}, version, err
		},
		Draw: func(form ui.Form) templ.Component { return whosePage(v, form, x) },
	}, nil
}

func said(v *web.Visit, s string) ui.Cell {
	if s == "" {
		s = v.Say.T("not_said")
	}
	return ui.Cell{Text: s}
}

// The handlers.

func showWhose(v *web.Visit) error {
	s, err := whoseSheet(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(s)
}

func saveWhose(v *web.Visit) error {
	s, err := whoseSheet(v)
	if err != nil {
		return err
	}
	if err := v.House.SayWhose(v.Context(), v.Who, v.Case, v.Item("sha"), readWhose(v.Form), v.Version()); err != nil {
		return v.Again(s, err)
	}
	return v.Go("records")
}

// The form. Its validation is the noun's own.

func readWhose(form url.Values) records.Whose {
	return records.Whose{Claim: records.Claim(form.Get("claim")), Reason: form.Get("reason")}
}

// whyKnown lists the reasons that clinical.SamePatient gives and that a person can
// be told; of any other the table says enough.
var whyKnown = []string{"birth_date_differs", "name_differs", "several_patients", "name_unknown", "birth_date_unknown", "sex_differs"}
