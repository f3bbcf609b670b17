package records

import (
	"bytes"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the pages show: every loan of slides and blocks, where each is and when it is
// due back; and one loan: what it is, and each hand that it passed through.

type specimenView struct {
	Specimen records.Specimen
	ID       string
	Move     string // id of the hand-over that the form keeps
	Saved    bool
	Back     string
	Named    bool
}

func viewSpecimen(v *web.Visit) (specimenView, error) {
	x := specimenView{ID: v.Item("id"), Move: v.Form.Get("move")}
	if x.ID == "new" {
		if x.ID = v.Form.Get("id"); !isID.MatchString(x.ID) {
			x.ID = v.House.NewID()
		}
	} else if _, _, err := actions.SpecimenOf(v.Case, x.ID); err != nil {
		return x, err
	}
	if !isID.MatchString(x.Move) {
		x.Move = v.House.NewID()
	}
	s, version, err := casefile.Read[records.Specimen](v.Case, records.SpecimenRef(x.ID))
	x.Specimen, x.Saved = s, version > 0
	if back, named := v.House.SpecimenBack(s); !back.IsZero() {
		x.Back, x.Named = v.Say.Day(back.String()), named
	}
	return x, err
}

func specimenSheet(v *web.Visit, x specimenView) web.Sheet {
	s := web.Sheet{
		Title: v.Say.T("records.specimen.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			s, version, err := casefile.Read[records.Specimen](c, records.SpecimenRef(x.ID))
			f := url.Values{"lab": {s.Lab}, "what": {s.What}, "accession": {s.Accession}, "slides": {s.Slides}, "blocks": {s.Blocks}}
			ui.SetDate(f, "due_back", s.DueBack)
			ui.SetDate(f, "on", v.Today())
			return f, version, err
		},
		Draw: func(f ui.Form) templ.Component { return specimenPage(v, f, x) },
	}
	for _, name := range strings.Fields("lab what accession slides blocks due_back kind on from to courier tracking condition note") {
		s.Fields = append(s.Fields, web.Named{Name: name, Label: v.Say.T("records.specimen." + name)})
	}
	return s
}

// The handlers.

func showSpecimens(v *web.Visit) error {
	all, err := casefile.ReadAll[records.Specimen](v.Case, records.SpecimenKind)
	if err != nil {
		return err
	}
	var xs []specimenView
	for _, s := range all {
		x := specimenView{Specimen: s, ID: s.ID}
		if back, named := v.House.SpecimenBack(s); !back.IsZero() {
			x.Back, x.Named = v.Say.Day(back.String()), named
		}
		xs = append(xs, x)
	}
	return v.Render(v.Say.T("records.specimens.title"), specimensPage(v, xs))
}

func showSpecimen(v *web.Visit) error {
	x, err := viewSpecimen(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(specimenSheet(v, x))
}

func saveSpecimen(v *web.Visit) error {
	x, err := viewSpecimen(v)
	if err != nil {
		return err
	}
	if v.Form.Get("do") == "move" {
		var m records.Move
		m, err = readMove(v.Form)
		if m.ID = x.Move; err == nil {
			err = v.House.MoveSpecimen(v.Context(), v.Who, v.Case, x.ID, m, v.Version())
		}
	} else {
		var s records.Specimen
		s, err = readSpecimen(v.Form)
		if s.ID = x.ID; err == nil {
			err = v.House.KeepSpecimen(v.Context(), v.Who, v.Case, s, v.Version())
		}
	}
	if err != nil {
		return v.Again(specimenSheet(v, x), err)
	}
	return v.Go("records.specimen", x.ID)
}

// showCustody gives the chain of custody as PDF.
func showCustody(v *web.Visit) error {
	pdf, err := v.House.PrintCustody(v.Context(), v.Who, v.Case, v.Item("id"), v.Lang())
	if err != nil {
		return err
	}
	return v.Send("application/pdf", "consilium-custody.pdf", v.House.Now(), bytes.NewReader(pdf))
}

// The forms and their validation.

func readSpecimen(form url.Values) (records.Specimen, error) {
	line := func(name string) string { return strings.Join(strings.Fields(form.Get(name)), " ") }
	s := records.Specimen{Lab: line("lab"), What: line("what"), Accession: line("accession"), Slides: line("slides"), Blocks: line("blocks")}
	on, wrong := ui.ParseDate(form, "due_back")
	if s.DueBack = on; wrong != nil {
		return s, append(fault.Faults{wrong}, fault.All(s.Check())...).OrNil()
	}
	return s, nil
}

func readMove(form url.Values) (records.Move, error) {
	line := func(name string) string { return strings.Join(strings.Fields(form.Get(name)), " ") }
	m := records.Move{Kind: form.Get("kind"), From: line("from"), To: line("to"), Courier: line("courier"), Tracking: line("tracking"), Condition: form.Get("condition"), Note: line("note")}
	on, wrong := ui.NeedDate(form, "on")
	if m.On = on; wrong != nil {
		return m, wrong
	}
	return m, nil
}
