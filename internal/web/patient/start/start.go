// Package start is the first step: who is ill, who said what, what they propose,
// and by when the person wants to decide.
package start

import (
	"embed"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

//go:embed text.*.json
var words embed.FS

// Step is the step and its pages.
var Step = web.Step{ID: "start", Words: words, Pages: []web.Page{
	{ID: "start", Show: show, Save: save},
}}

// What the page shows: one form over the case's profile.

func sheet(v *web.Visit) web.Sheet {
	t := v.Say.T
	return web.Sheet{
		Title: t("start.title"),
		Fields: []web.Named{
			{Name: "patient_name", Label: t("start.patient_name")},
			{Name: "birth_date", Label: t("start.birth_date")},
			{Name: "state", Label: t("start.state")},
			{Name: "language", Label: t("start.language")},
			{Name: "acting", Label: t("start.acting")},
			{Name: "acting_name", Label: t("start.acting_name")},
			{Name: "diagnosis", Label: t("start.diagnosis")},
			{Name: "icd10", Label: t("start.icd10")},
			{Name: "treatment", Label: t("start.treatment")},
			{Name: "decide_by", Label: t("start.decide_by")},
			{Name: "doctor_name", Label: t("start.doctor_name")},
			{Name: "doctor_specialty", Label: t("start.doctor_specialty")},
			{Name: "doctor_practice", Label: t("start.doctor_practice")},
			{Name: "doctor_address", Label: t("start.doctor_address")},
			{Name: "doctor_hospital", Label: t("start.doctor_hospital")},
			{Name: "doctor_phone", Label: t("start.doctor_phone")},
			{Name: "doctor_npi", Label: t("start.doctor_npi")},
		},
		Saved: saved,
		Draw:  func(f ui.Form) templ.Component { return page(v, f) },
	}
}

func saved(c *casefile.Case) (url.Values, casefile.Version, error) {
	p, version, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil || version == 0 {
		return nil, version, err
	}
	f := url.Values{}
	for name, value := range fields(&p) {
		f.Set(name, *value)
	}
	ui.SetDate(f, "birth_date", p.Patient.BirthDate)
	ui.SetDate(f, "decide_by", p.DecideBy)
	return f, version, nil
}

// fields pairs the form's one-line fields with where they stand in the profile.
func fields(p *casefile.Profile) map[string]*string {
	return map[string]*string{
		"patient_name": &p.Patient.Name, "state": &p.Patient.State, "language": &p.Patient.Language,
		"acting": &p.Acting.As, "acting_name": &p.Acting.Name,
		"diagnosis": &p.Diagnosis.Text, "icd10": &p.Diagnosis.ICD10, "treatment": &p.Treatment,
		"doctor_name": &p.FirstDoctor.Name, "doctor_specialty": &p.FirstDoctor.Specialty,
		"doctor_practice": &p.FirstDoctor.Practice, "doctor_address": &p.FirstDoctor.Address,
		"doctor_hospital": &p.FirstDoctor.Hospital, "doctor_phone": &p.FirstDoctor.Phone, "doctor_npi": &p.FirstDoctor.NPI,
	}
}

// The handlers.

func show(v *web.Visit) error { return v.ShowSheet(sheet(v)) }

func save(v *web.Visit) error {
	p, err := read(v.Form, v.Today())
	if err == nil {
		err = v.House.DescribePatient(v.Context(), v.Who, v.Case, p, v.Version())
	}
	if err != nil {
		return v.Again(sheet(v), err)
	}
	return v.Onward()
}

// The form, and its validation: dates are read here, all else is the profile's own
// check, so that every wrong field is named at once.

func read(form url.Values, today string) (casefile.Profile, error) {
	var p casefile.Profile
	for name, value := range fields(&p) {
		*value = strings.TrimSpace(form.Get(name))
	}
	p.Diagnosis.ICD10 = strings.ToUpper(p.Diagnosis.ICD10)
	p.FirstDoctor.NPI = strings.NewReplacer(" ", "", "-", "").Replace(p.FirstDoctor.NPI)
	var fs fault.Faults
	born, wrongBirth := ui.NeedDate(form, "birth_date")
	decide, wrongDecide := ui.ParseDate(form, "decide_by")
	for _, f := range []*fault.Fault{wrongBirth, wrongDecide} {
		if f != nil {
			fs = append(fs, f)
		}
	}
	p.Patient.BirthDate, p.DecideBy = born, decide
	for _, f := range fault.All(p.Check(today)) {
		// A date that could not be read has said so already.
		if f.Field != "birth_date" || wrongBirth == nil {
			fs = append(fs, f)
		}
	}
	return p, fs.OrNil()
}
