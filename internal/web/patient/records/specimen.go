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
	Late     int // days past the day on which it is due back
	Near     bool
}

// soonBack is how many days before the day a loan stands out. No source says it: it
// leaves time for a call and for the courier.
const soonBack = 14

// back fills in when a loan is due back, and how near that is.
func (x specimenView) back(v *web.Visit) specimenView {
	back, named := v.House.SpecimenBack(x.Specimen)
	if back.IsZero() {
		return x
	}
	x.Back, x.Named = v.Say.Day(back.String()), named
	left := day(v).DaysUntil(back)
	x.Late, x.Near = max(-left, 0), left <= soonBack
	return x
}

// next is the one thing to do about a loan now, by where it was last.
func (x specimenView) next(v *web.Visit) string {
	moves := x.Specimen.InOrder()
	switch {
	case !x.Saved:
		return ""
	case len(moves) == 0:
		return v.Say.T("records.specimen.next.none")
	}
	last := moves[len(moves)-1].Kind
	if last == records.Arrived && x.Near || last == records.Arrived && x.Late > 0 {
		return v.Say.T("records.specimen.next.send_back")
	}
	return v.Say.T("records.specimen.next." + last)
}

// loans are all of a case.
func loans(v *web.Visit) ([]specimenView, error) {
	all, err := casefile.ReadAll[records.Specimen](v.Case, records.SpecimenKind)
	if err != nil {
		return nil, err
	}
	var xs []specimenView
	for _, s := range all {
		xs = append(xs, specimenView{Specimen: s, ID: s.ID, Saved: true}.back(v))
	}
	return xs, nil
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
	return x.back(v), err
}

func specimenSheet(v *web.Visit, x specimenView) web.Sheet {
	s := web.Sheet{
		Title: v.Say.T("records.specimen.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			s, version, err := casefile.Read[records.Specimen](c, records.SpecimenRef(x.ID))
			f := url.Values{"lab": {s.Lab}, "what": {s.What}, "accession": {s.Accession}, "slides": {s.Slides}, "blocks": {s.Blocks}}
			ui.SetDate(f, "due_back", s.DueBack)
			ui.SetDate(f, "on", v.Today())
			proposeMove(f, s)
			return f, version, err
		},
		Draw: func(f ui.Form) templ.Component { return specimenPage(v, f, x) },
	}
	for _, name := range strings.Fields("lab what accession slides blocks due_back kind on from to courier tracking condition note") {
		s.Fields = append(s.Fields, web.Named{Name: name, Label: v.Say.T("records.specimen." + name)})
	}
	return s
}

// proposeMove fills in the hand-over that comes next, as far as it can be told.
func proposeMove(f url.Values, s records.Specimen) {
	moves := s.InOrder()
	if len(moves) == 0 {
		f.Set("kind", records.Left)
		f.Set("from", s.Lab)
		return
	}
	last := moves[len(moves)-1]
	switch last.Kind {
	case records.Left:
		f.Set("kind", records.Arrived)
		for name, value := range map[string]string{"from": last.From, "to": last.To, "courier": last.Courier, "tracking": last.Tracking} {
			f.Set(name, value)
		}
	case records.Arrived:
		f.Set("kind", records.SentBack)
		f.Set("from", last.To)
		f.Set("to", s.Lab)
	case records.SentBack:
		f.Set("kind", records.Home)
		for name, value := range map[string]string{"from": last.From, "to": s.Lab, "courier": last.Courier, "tracking": last.Tracking} {
			f.Set(name, value)
		}
	}
}

// The handlers.

func showSpecimens(v *web.Visit) error {
	xs, err := loans(v)
	if err != nil {
		return err
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
