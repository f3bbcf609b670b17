package dicom

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/clinical"
)

// maxInside is how many bytes of a wrapped document are taken out.
const maxInside = 32 << 20

// endings are what a document found inside is called, by its media type.
var endings = map[string]string{
	"application/pdf": ".pdf", "text/xml": ".xml", "model/stl": ".stl", "model/obj": ".obj", "model/mtl": ".mtl",
	"application/x.centric-dicom-cda": ".xml",
}

// describe says what one file is.
func (r *reader) describe() {
	h, out := r.h, &r.out
	if out.Patient = patient(h); out.Patient == nil {
		r.say(clinical.Warning, "no_patient")
	}
	s := clinical.Study{
		UID: h.ascii(tagStudyUID), Date: clinical.DateFromHL7(h.ascii(tagStudyDate)),
		Description: h.text(tagDescription), Modality: []string{}, Series: 1, Instances: 1,
	}
	for _, t := range []tag{tagSeriesDate, tagContentDate} {
		if s.Date == "" {
			s.Date = clinical.DateFromHL7(h.ascii(t))
		}
	}
	if m := h.ascii(tagModality); m != "" {
		s.Modality = append(s.Modality, m)
	}
	if u := h.ascii(tagSeriesUID); u != "" {
		s.SeriesUIDs = []string{u}
	}
	r.named(&s)
	out.Date = s.Date
	out.Title = r.title(s)
	if s.Description == "" {
		if s.Description = h.text(tagSeriesText); s.Description == "" {
			s.Description = h.ascii(tagBodyPart)
		}
	}
	if s.UID == "" {
		r.say(clinical.Warning, "no_study")
	} else {
		out.Studies = []clinical.Study{s}
	}
	uid := h.ascii(tagSyntax)
	switch {
	case uid == "" || !r.pixels && !elsewhere(uid):
	case Syntax(uid) == "":
		r.say(clinical.Warning, "syntax_unknown")
	default:
		out.Issues = append(out.Issues, with(issue(clinical.Note, "stored"), Syntax(uid)))
		if elsewhere(uid) {
			r.say(clinical.Error, "elsewhere")
		}
	}
	r.reported()
	r.inside()
}

// title gives what the file is in a few words: "CT Chest, 120 frames".
func (r *reader) title(s clinical.Study) string {
	words := s.Description
	for _, more := range []string{r.h.text(tagSeriesText), r.h.text(tagDocTitle), strings.ToLower(r.h.ascii(tagBodyPart))} {
		if words == "" {
			words = more
		}
	}
	title := strings.TrimSpace(strings.Join(s.Modality, ", ") + " " + words)
	if n, err := strconv.Atoi(r.h.ascii(tagFrames)); err == nil && n > 1 && n < 1e7 {
		title = strings.TrimPrefix(title+", "+strconv.Itoa(n)+" frames", ", ")
	}
	return title
}

// inside takes out the document that the file wraps.
func (r *reader) inside() {
	e := r.body
	if e.tag == 0 {
		return
	}
	r.say(clinical.Note, "inside")
	if r.open == nil {
		return
	}
	n := int64(e.length)
	if e.length == undefined || n == 0 || n > maxInside || e.at+n > r.c.size {
		r.say(clinical.Error, "inside_damaged")
		return
	}
	body := make([]byte, n)
	if got, err := r.c.in.ReadAt(body, e.at); int64(got) < n && err != nil && err != io.EOF {
		r.say(clinical.Error, "inside_damaged")
		return
	}
	if told := r.h.number(tagDocLength); told > 0 && told == n-1 {
		body = body[:told]
	} else if n%2 == 0 && body[n-1] == 0 {
		body = body[:n-1] // the padding byte of an odd length
	}
	r.out.Children = append(r.out.Children, r.open("inside"+endings[strings.ToLower(r.h.ascii(tagDocType))], body))
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
		case name != p.Name && !slices.Contains(p.OtherNames, name):
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
