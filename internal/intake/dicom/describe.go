package dicom

import (
	"strings"

	"consilium/internal/clinical"
)

// describe says what one image file is.
func describe(out *clinical.Reading, h header) {
	out.Patient = patient(h)
	if out.Patient == nil {
		out.Issues = append(out.Issues, issue(clinical.Warning, "no_patient"))
	}
	s := clinical.Study{
		UID: h.ascii(tagStudyUID), Date: clinical.DateFromHL7(h.ascii(tagStudyDate)),
		Description: h.text(tagDescription), Modality: []string{}, Series: 1, Instances: 1,
	}
	if s.Date == "" {
		s.Date = clinical.DateFromHL7(h.ascii(tagSeriesDate))
	}
	if m := h.ascii(tagModality); m != "" {
		s.Modality = append(s.Modality, m)
	}
	if u := h.ascii(tagSeriesUID); u != "" {
		s.SeriesUIDs = []string{u}
	}
	out.Date = s.Date
	out.Title = strings.TrimSpace(strings.Join(s.Modality, ", ") + " " + s.Description)
	if s.UID == "" {
		out.Issues = append(out.Issues, issue(clinical.Warning, "no_study"))
		return
	}
	out.Studies = []clinical.Study{s}
}

// directory says which studies a disc holds.
func directory(out *clinical.Reading, records []header) {
	out.Title = "DICOMDIR"
	var all []clinical.Patient
	var charset string
	study, series := -1, ""
	for _, h := range records {
		if c := h.charset(); c != "" {
			charset = c
		} else if charset != "" {
			h.values[tagCharset] = []byte(charset)
		}
		switch kind := h.ascii(tagRecordType); kind {
		case "PATIENT":
			if p := patient(h); p != nil {
				all = append(all, *p)
			}
			study = -1
		case "STUDY":
			out.Studies = append(out.Studies, clinical.Study{
				UID: h.ascii(tagStudyUID), Modality: []string{},
				Date: clinical.DateFromHL7(h.ascii(tagStudyDate)), Description: h.text(tagDescription),
			})
			study = len(out.Studies) - 1
		case "SERIES":
			if study < 0 {
				continue
			}
			s := &out.Studies[study]
			s.Series++
			if series = h.ascii(tagSeriesUID); series != "" {
				s.SeriesUIDs = append(s.SeriesUIDs, series)
			}
			m := h.ascii(tagModality)
			known := m == ""
			for _, have := range s.Modality {
				known = known || have == m
			}
			if !known {
				s.Modality = append(s.Modality, m)
			}
		default:
			if study >= 0 && kind != "" {
				out.Studies[study].Instances++
			}
		}
	}
	if len(all) > 0 {
		out.Patient = &all[0]
	}
	if len(all) > 1 {
		out.Patients = all
		out.Issues = append(out.Issues, issue(clinical.Warning, "patients"))
	}
}

// patient gives whose image it is, or nil.
func patient(h header) *clinical.Patient {
	p := clinical.Patient{BirthDate: clinical.DateFromHL7(h.ascii(tagBirth))}
	for i, group := range strings.Split(h.text(tagName), "=") {
		name := personName(group)
		switch {
		case name == "":
		case i == 0 || p.Name == "":
			p.Name = name
		default:
			p.OtherNames = append(p.OtherNames, name)
		}
	}
	for _, group := range strings.FieldsFunc(h.text(tagOtherNames), func(r rune) bool { return r == '\\' || r == '=' }) {
		if name := personName(group); name != "" && len(p.OtherNames) < 20 {
			p.OtherNames = append(p.OtherNames, name)
		}
	}
	switch h.ascii(tagSex) {
	case "M":
		p.Sex = "male"
	case "F":
		p.Sex = "female"
	case "O":
		p.Sex = "other"
	}
	if id := h.text(tagID); id != "" {
		p.Identifiers = []clinical.Identifier{{System: h.text(tagIssuer), Type: "MR", Value: id}}
		p.Ref = id
	}
	if p.Empty() {
		return nil
	}
	return &p
}

// personName puts "Family^Given^Middle^Prefix^Suffix" in the order it is spoken.
func personName(s string) string {
	f := strings.Split(s, "^")
	get := func(i int) string {
		if i < len(f) {
			return f[i]
		}
		return ""
	}
	return strings.Join(strings.Fields(get(1)+" "+get(2)+" "+get(0)), " ")
}
