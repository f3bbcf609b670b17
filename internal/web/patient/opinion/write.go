package opinion

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/opinion"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// fresh stands in the URL for an opinion that is not written down yet.
const fresh = "new"

// What the page shows: one opinion in its sections. The few that matter most are open,
// the others folded.

// writing is what the page needs besides the form.
type writing struct {
	ID    string // "first", "second"; of a new one, the id that it will get
	To    string // where the form goes
	Files []ui.Option
	Plan  string // what the first doctor advises, for whoever writes down another opinion
}

func sheet(v *web.Visit, w writing) web.Sheet {
	return web.Sheet{
		Title:  v.Say.T("opinion.write.title." + kindOf(w.ID)),
		Fields: named(v),
		Saved:  func(c *casefile.Case) (url.Values, casefile.Version, error) { return saved(c, w.ID) },
		Draw:   func(f ui.Form) templ.Component { return writePage(v, f, w) },
	}
}

// kindOf is "first", "second", or "other" for those that come later.
func kindOf(id string) string {
	if id == opinion.First || id == "second" {
		return id
	}
	return "other"
}

// named lists the fields with their labels, as a conflict shows them.
func named(v *web.Visit) []web.Named {
	o := opinion.Opinion{
		Diagnoses: make([]opinion.Diagnosis, 3), Options: make([]opinion.Option, 4), Tests: make([]opinion.FurtherTest, 4),
	}
	var names []string
	for name := range lines(&o) {
		names = append(names, name)
	}
	for name := range lists(&o) {
		names = append(names, name)
	}
	names = append(names, "date", "relied_on", "summary", "urgency_days")
	for i := range o.Options {
		names = append(names, at("options", i)+".recommended")
	}
	slices.Sort(names)
	var all []web.Named
	for _, name := range names {
		if name == "upload.sha256" {
			continue // a file's address says nothing to a person
		}
		all = append(all, web.Named{Name: name, Label: v.Say.T("opinion.write." + plain(name))})
	}
	return all
}

// plain is a field's name without the number of its row: "options[2].text" is
// "options.text".
func plain(name string) string {
	before, rest, ok := strings.Cut(name, "[")
	if !ok {
		return name
	}
	_, after, _ := strings.Cut(rest, "]")
	return before + after
}

// saved gives the opinion that the case holds. One that is not there yet begins with
// what the case knows: of the first doctor's, the start; of the next, who was chosen.
func saved(c *casefile.Case, id string) (url.Values, casefile.Version, error) {
	o, version, err := casefile.Read[opinion.Opinion](c, opinion.Ref(id))
	if err != nil {
		return nil, version, err
	}
	if version > 0 {
		return values(o), version, nil
	}
	profile, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return nil, 0, err
	}
	switch id {
	case opinion.First:
		o.By = author(profile.FirstDoctor)
		o.Diagnoses = []opinion.Diagnosis{{Text: profile.Diagnosis.Text, ICD10: profile.Diagnosis.ICD10}}
		if profile.Treatment != "" {
			yes := true
			o.Options = []opinion.Option{{Text: profile.Treatment, Recommended: &yes}}
		}
	case "second":
		short, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
		if err != nil {
			return nil, 0, err
		}
		if chosen, ok := short.Find(short.Chosen); ok {
			o.By = author(chosen.Doctor)
		}
	}
	return values(o), 0, nil
}

func author(d casefile.Doctor) opinion.Author {
	return opinion.Author{Name: d.Name, NPI: d.NPI, Specialty: d.Specialty, Practice: d.Practice, Address: d.Address}
}

// The handlers.

func showFirst(v *web.Visit) error { return showOne(v, opinion.First) }
func saveFirst(v *web.Visit) error { return saveOne(v, opinion.First) }
func showWrite(v *web.Visit) error { return showOne(v, v.Item("id")) }
func saveWrite(v *web.Visit) error { return saveOne(v, v.Item("id")) }

func showOne(v *web.Visit, id string) error {
	w, err := find(v, id)
	if err != nil {
		return err
	}
	return v.ShowSheet(sheet(v, w))
}

func saveOne(v *web.Visit, id string) error {
	w, err := find(v, id)
	if err != nil {
		return err
	}
	if name := v.Form.Get("add"); tables[name] > 0 {
		return addRow(v, w, name)
	}
	v.Form = compact(v.Form)
	o, faults := read(v.Form)
	o.ID = w.ID
	if o.Upload.SHA256 != "" {
		o.Upload.By = writer(v)
	}
	err = faults.OrNil()
	if err == nil {
		err = v.House.WriteOpinion(v.Context(), v.Who, v.Case, o, v.Version())
	} else {
		err = withCheck(faults, o, v.Today())
	}
	if err != nil {
		return v.Again(sheet(v, w), atRows(err))
	}
	return v.Go("opinion")
}

// atRows puts the fault of an opinion that says nothing at the first field in which
// something could be said.
func atRows(err error) error {
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	var fs fault.Faults
	for _, f := range fault.All(err) {
		if f.Field == "diagnoses" {
			f = fault.New(fault.Invalid, "opinion.fault.empty").On(at("diagnoses", 0) + ".text")
		}
		fs = append(fs, f)
	}
	return fs.OrNil()
}

// find gives the page for an opinion's id in the URL.
func find(v *web.Visit, id string) (writing, error) {
	w := writing{ID: id, To: v.URL("opinion.write", id)}
	switch {
	case id == fresh:
		if w.ID = opinion.NextID(v.Case); w.ID == "" {
			return w, fault.New(fault.Invalid, "opinion.fault.many")
		}
		// The number is settled now, so that a second tab cannot add the same one twice.
		w.To = v.URL("opinion.write", w.ID)
	case id == opinion.First:
		w.To = v.URL("opinion.first")
	case id != opinion.NextID(v.Case) && !v.Case.Has(opinion.Ref(id)):
		return w, fault.New(fault.NotFound, "fault.not_found")
	}
	if w.ID != opinion.First {
		profile, _, err := casefile.Read[casefile.Profile](v.Case, casefile.ProfileRef)
		if err != nil {
			return w, err
		}
		w.Plan = strings.TrimRight(strings.TrimSpace(profile.Treatment), ".")
	}
	files, err := records.Files(v.Case)
	if err != nil {
		return w, err
	}
	for _, f := range files {
		w.Files = append(w.Files, ui.Option{Value: f.SHA256, Label: f.Base()})
	}
	return w, nil
}

// addRow shows the form again as it was typed, with one more row in a table. Nothing
// is saved, and nothing is lost.
func addRow(v *web.Visit, w writing, name string) error {
	if n := rows(v.Form, name); n < tables[name] {
		v.Form.Set(at(name, n)+".text", "")
	}
	s := sheet(v, w)
	return v.RenderAs(http.StatusOK, s.Title, s.Draw(ui.NewForm(v.Say, v.Form).At(int(v.Version()))))
}

// withCheck adds the opinion's own faults to those of its dates and numbers, so that
// every wrong field is named at once.
func withCheck(faults fault.Faults, o opinion.Opinion, today string) error {
	had := map[string]bool{}
	for _, f := range faults {
		had[f.Field] = true
	}
	for _, f := range fault.All(o.Check(today)) {
		if !had[f.Field] {
			faults = append(faults, f)
		}
	}
	return faults.OrNil()
}

// writer names who summarises a document: whoever acts, or the patient.
func writer(v *web.Visit) string {
	p, _, err := casefile.Read[casefile.Profile](v.Case, casefile.ProfileRef)
	if err != nil {
		return ""
	}
	if p.Acting.Name != "" {
		return p.Acting.Name
	}
	return p.Patient.Name
}
