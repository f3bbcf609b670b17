package ccda

import (
	"strings"

	"consilium/internal/clinical"
)

// header reads what stands before the body: whom the document is about, what it
// is, who made it and who keeps it. The document is a fact, with its sections.
func (r *reader) header(doc int32) {
	t := r.t
	type_ := t.coded(t.child(doc, "code"))
	r.out.Title = strings.Clone(t.line(t.child(doc, "title")))
	if r.out.Title == "" {
		r.out.Title = strings.Clone(type_.words())
	}
	r.out.Date = r.date(t.child(doc, "effectiveTime"))
	targets := 0
	t.all(doc, "recordTarget", func(_ int, c int32) {
		targets++
		if targets == 1 {
			r.patient(t.child(c, "patientRole"))
		}
	})
	if targets > 1 {
		r.say(clinical.Warning, "patients", "ClinicalDocument.recordTarget")
	}
	ours := false
	t.templates(doc, func(root string) { ours = ours || strings.HasPrefix(root, "2.16.840.1.113883.10.20.22.1.") })
	if !ours {
		r.say(clinical.Note, "other_cda", "ClinicalDocument")
	}
	f := clinical.Fact{Kind: clinical.Document, Source: r.src, Text: r.out.Title, Codes: type_.codes, Date: r.out.Date}
	f.Source.Path = "ClinicalDocument"
	f.ID = clinical.FactID(r.src.File, f.Source.Path)
	f.Who = r.who(doc, "author")
	keeper := t.party(t.child(doc, "custodian"))
	if f.Who == "" {
		f.Who = keeper
	}
	if keeper != "" {
		addComponent(&f, clinical.Component{Text: "Custodian", Value: keeper})
	}
	if type_.text != "" && !strings.EqualFold(type_.text, f.Text) {
		f.Detail = type_.text
	}
	f.Exam = r.examined(doc, type_).OrNil()
	r.out.Facts = append(r.out.Facts, f) // the sections are added to it
	r.visit(t.down(doc, "componentOf", "encompassingEncounter"), place{path: "ClinicalDocument.componentOf.encompassingEncounter", section: encounters, who: f.Who})
}

// visit reads the stay or visit that a document was written about.
func (r *reader) visit(n int32, at place) {
	if n == 0 {
		return
	}
	r.fact(n, at, role{kind: clinical.Encounter, read: func(r *reader, n int32, at place, f *clinical.Fact) {
		t := r.t
		r.encounter(n, at, f)
		if f.Text == "" {
			f.Text = "Encounter"
		}
		f.Who = t.party(t.child(n, "responsibleParty"))
		if f.Who == "" {
			f.Who = t.party(t.child(n, "encounterParticipant"))
		}
		place := t.down(n, "location", "healthCareFacility")
		name := t.line(t.down(place, "location", "name"))
		if name == "" {
			name = t.line(t.down(place, "serviceProviderOrganization", "name"))
		}
		kind := t.coded(t.child(place, "code"))
		if name == "" {
			name = kind.words()
		}
		addComponent(f, clinical.Component{Text: "Location", Value: name, Codes: kind.codes})
	}})
}

func (r *reader) patient(n int32) {
	t := r.t
	var p clinical.Patient
	t.all(n, "id", func(_ int, id int32) {
		if v := t.attr(id, "extension"); v != "" && len(p.Identifiers) < 50 {
			p.Identifiers = append(p.Identifiers, clinical.Identifier{System: strings.Clone(system(t.attr(id, "root"))), Value: strings.Clone(clip(v, maxText))})
		}
	})
	who := t.child(n, "patient")
	t.all(who, "name", func(_ int, c int32) {
		switch name := clip(t.fullName(c), maxText); {
		case name == "":
		case p.Name == "":
			p.Name = name
		case name != p.Name && len(p.OtherNames) < 20:
			p.OtherNames = append(p.OtherNames, name)
		}
	})
	birth := r.date(t.child(who, "birthTime"))
	p.BirthDate = birth[:min(len(birth), 10)] // the hour is nobody's business here
	p.Sex = map[string]string{"M": "male", "F": "female", "UN": "other"}[t.attr(t.child(who, "administrativeGenderCode"), "code")]
	if !p.Empty() {
		r.out.Patient = &p
	}
}

// fullName gives given and family names in that order, without titles.
func (t *tree) fullName(n int32) string {
	if t.null(n) != "" {
		return ""
	}
	var given, family, loose []string
	for c := t.nodes[n].first; c != 0 && len(given)+len(family)+len(loose) < 30; c = t.nodes[c].next {
		switch t.name(c) {
		case "given":
			given = append(given, t.line(c))
		case "family":
			family = append(family, t.line(c))
		case "":
			m := &t.nodes[c]
			loose = append(loose, plain(t.s[m.start:min(m.end, m.start+maxText)]))
		}
	}
	all := append(append(given, family...), loose...)
	return strings.Join(strings.Fields(strings.Join(all, " ")), " ")
}
