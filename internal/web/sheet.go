package web

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/web/ui"
)

// Sheet is a page with a form over one document: what it is called, what the case
// has saved, and how it is drawn. Show and Again do the rest, the same for every
// form: faults at their fields, what was typed kept, a late save shown beside what
// is saved now.
type Sheet struct {
	Title  string
	Fields []Named // the fields in order, with their labels, for showing a conflict
	// Saved gives what the case has now, as the form's values, and its version.
	Saved func(*casefile.Case) (url.Values, casefile.Version, error)
	Draw  func(ui.Form) templ.Component
}

// Named is a field with its label.
type Named struct {
	Name  string
	Label string
}

// ShowSheet shows the form filled with what is saved.
func (v *Visit) ShowSheet(s Sheet) error {
	values, version, err := s.Saved(v.Case)
	if err != nil {
		return err
	}
	return v.Render(s.Title, s.Draw(ui.NewForm(v.Say, values).At(int(version))))
}

// Again shows the form with what the person typed and what stood in the way of
// saving it. A fault that is not the form's is given back.
func (v *Visit) Again(s Sheet, err error) error {
	form := ui.NewForm(v.Say, v.Form).At(int(v.Version())).Asking(questions(s.Fields)...)
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Full:
		return v.RenderAs(Status(err), s.Title, again(form.Failed(err), nil, s.Draw))
	case fault.Conflict:
		c, loadErr := v.House.Load(v.Context(), v.Who, v.Case.ID)
		if loadErr != nil {
			return loadErr
		}
		saved, version, loadErr := s.Saved(c)
		if loadErr != nil {
			return loadErr
		}
		// Saving again now means: I have seen the other version, and this is right.
		return v.RenderAs(Status(err), s.Title, again(form.At(int(version)), differences(s.Fields, saved, v.Form), s.Draw))
	}
	return err
}

// questions are the fields as the error summary names them.
func questions(fields []Named) []ui.Field {
	var all []ui.Field
	for _, f := range fields {
		all = append(all, ui.Field{Name: f.Name, Label: f.Label})
	}
	return all
}

// differences lists the fields in which what is saved and what was typed are not
// the same.
func differences(fields []Named, saved, typed url.Values) []ui.Difference {
	var ds []ui.Difference
	for _, f := range fields {
		a, b := plain(saved, f.Name), plain(typed, f.Name)
		if a != b {
			ds = append(ds, ui.Difference{Label: f.Label, Saved: a, Yours: b})
		}
	}
	return ds
}

// plain is a field's value as one text: of a date its three parts, of several
// choices all of them.
func plain(form url.Values, name string) string {
	if y := form.Get(name + "-year"); y != "" || form.Get(name+"-month") != "" || form.Get(name+"-day") != "" {
		return strings.Join([]string{form.Get(name + "-month"), form.Get(name + "-day"), y}, "/")
	}
	return strings.TrimSpace(strings.ReplaceAll(strings.Join(form[name], ", "), "\r\n", "\n"))
}
