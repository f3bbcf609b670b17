package ccda

import (
	"strings"

	"consilium/internal/clinical"
)

// What becomes a fact, so that anybody can count a document independently:
//
//   - the document itself, and the stay or visit that its header names;
//   - every statement that follows a template of roles, wherever it stands, except
//     a medicine within a medicine;
//   - every statement of an entry that follows none of them nor one of partsOnly,
//     and is not inside one that became a fact: an act or organizer only when
//     nothing inside it did; what it is says its section, else its element;
//   - every product instance (an implant or other thing) that takes part in a
//     statement, except in a supply, which is that thing itself.
//
// What is inside a fact, such as the reactions of an allergy, is part of it.

const (
	maxFacts   = 100_000
	statement_ = "2.16.840.1.113883.10.20.22.4."
	imaging_   = "2.16.840.1.113883.10.20.6.2."
	product    = statement_ + "37"
)

// role is what a statement that follows a template is.
type role struct {
	kind  clinical.Kind
	read  func(r *reader, n int32, at place, f *clinical.Fact)
	alone bool // only where it is not part of another fact
}

var roles = map[string]role{}

// partsOnly are templates of what is always part of something else: status,
// severity, reaction, indication, age, cause of death, refusal, priority,
// criticality and the like.
var partsOnly = map[string]bool{}

func init() {
	for _, n := range []string{"6", "8", "9", "19", "28", "31", "46", "47", "53", "86", "110", "122", "123", "143", "145", "147", "311", "410"} {
		partsOnly[statement_+n] = true
	}
	add := func(root string, k role, numbers ...string) {
		for _, n := range numbers {
			roles[root+n] = k
		}
	}
	add(statement_, role{kind: clinical.Condition, read: (*reader).condition}, "4", "68", "73", "70", "114")
	add(statement_, role{kind: clinical.Allergy, read: (*reader).allergy}, "7", "90")
	add(statement_, role{kind: clinical.Medication, read: (*reader).medication}, "16")
	add(statement_, role{kind: clinical.Medication, read: (*reader).medication, alone: true}, "17", "18")
	add(statement_, role{kind: clinical.Immunization, read: (*reader).immunization}, "52")
	add(statement_, role{kind: clinical.Report, read: (*reader).panel}, "1")
	add(statement_, role{kind: clinical.Result, read: (*reader).result},
		"2", "27", "38", "78", "85", "200", "67", "74", "128", "69", "72", "109", "111", "76", "77", "124", "138", "127", "125", "126", "501", "113")
	add(statement_, role{kind: clinical.Result, read: (*reader).result, alone: true}, "5")
	add("2.16.840.1.113883.10.20.15.3.", role{kind: clinical.Result, read: (*reader).result}, "8") // pregnancy
	add(statement_, role{kind: clinical.Procedure, read: (*reader).procedure}, "12", "13", "14")
	add(statement_, role{kind: clinical.Encounter, read: (*reader).encounter}, "49")
	add(statement_, role{kind: clinical.FamilyHistory, read: (*reader).relative}, "45")
	add(statement_, role{kind: clinical.Device, read: (*reader).supply}, "50")
	add(statement_, role{kind: clinical.Document, read: (*reader).note}, "202")
	add(statement_, role{kind: clinical.Other, read: (*reader).team}, "500")
	add(statement_, role{kind: clinical.Other, read: (*reader).policy}, "61")
	add(statement_, role{kind: clinical.Other, read: (*reader).medication}, "42", "120")
	add(statement_, role{kind: clinical.Other, read: (*reader).supply}, "43")
	add(statement_, role{kind: clinical.Other, read: (*reader).other},
		"39", "40", "41", "44", "48", "121", "130", "131", "132", "136", "140", "141", "144", "146")
	add(imaging_, role{kind: clinical.ImagingStudy, read: (*reader).study}, "6")
	add(imaging_, role{kind: clinical.Result, read: (*reader).result}, "12", "13", "14")
	add(imaging_, role{kind: clinical.Procedure, read: (*reader).technique}, "5")
}

// byKind reads a statement that only its section tells the kind of.
var byKind = map[clinical.Kind]func(r *reader, n int32, at place, f *clinical.Fact){
	clinical.Condition: (*reader).condition, clinical.Allergy: (*reader).allergy,
	clinical.Medication: (*reader).medication, clinical.Immunization: (*reader).immunization,
	clinical.Result: (*reader).result, clinical.Procedure: (*reader).procedure,
	clinical.Encounter: (*reader).encounter, clinical.FamilyHistory: (*reader).relative,
	clinical.Device: (*reader).supply,
}

// place is where a statement stands.
type place struct {
	path    string
	section *sectionKind
	title   string // of the section
	who     string // who said what is around
	wrapper int32  // the act or organizer that holds it
	inside  bool   // it is inside something that became a fact
	drug    bool   // and that is a medicine
}

// roleOf finds the role of a statement among its templates.
func (r *reader) roleOf(n int32, at place) (role, bool) {
	var found role
	ok := false
	r.t.templates(n, func(root string) {
		if k, known := roles[root]; known && !ok && !(k.alone && at.inside) {
			found, ok = k, true
		}
	})
	if ok && at.drug && found.kind == clinical.Medication {
		return role{}, false
	}
	return found, ok
}

func (r *reader) partOnly(n int32) bool {
	part := false
	r.t.templates(n, func(root string) { part = part || partsOnly[root] })
	return part
}

// statement reads a statement and what is inside it, and tells how many facts
// there were.
func (r *reader) statement(n int32, at place) int {
	t := r.t
	if r.halt() {
		return 0
	}
	if by := r.who(n, "author"); by != "" {
		at.who = by
	}
	k, known := r.roleOf(n, at)
	if !known && r.partOnly(n) {
		return 0
	}
	name := t.name(n)
	wraps := name == "act" || name == "organizer"
	before := len(r.out.Facts)
	switch {
	case known:
		r.fact(n, at, k)
	case !at.inside && !wraps && name != "observationMedia" && name != "regionOfInterest":
		known = true
		k = r.unknown(name, at)
		r.fact(n, at, k)
	}
	if known && k.kind == clinical.FamilyHistory {
		return 1
	}
	inner := at
	inner.wrapper = 0
	if wraps {
		inner.wrapper = n
	}
	if known && k.kind != clinical.Report {
		inner.inside = true
		inner.drug = at.drug || k.kind == clinical.Medication
	}
	if name == "observationMedia" {
		r.media(t.child(n, "value"), at.path+".value")
	}
	t.parts(n, func(link int32, i int, c int32) {
		inner.path = at.path + "." + t.name(link) + "[" + itoa(i) + "]." + t.name(c)
		r.statement(c, inner)
	})
	t.all(n, "participant", func(i int, p int32) {
		c := t.child(p, "participantRole")
		if c == 0 || !t.follows(c, product) || known && k.kind == clinical.Device || name == "supply" {
			return
		}
		thing := inner
		thing.path = at.path + ".participant[" + itoa(i) + "].participantRole"
		thing.wrapper = n
		r.fact(c, thing, role{kind: clinical.Device, read: (*reader).thing})
	})
	count := len(r.out.Facts) - before
	if count == 0 && wraps && !at.inside {
		r.fact(n, at, r.unknown(name, at))
		return 1
	}
	return count
}

func (r *reader) unknown(name string, at place) role {
	kind := at.section.kindOf(name)
	read := byKind[kind]
	if read == nil {
		read = (*reader).other
	}
	return role{kind: kind, read: read}
}

// fact reads one statement into a fact and keeps it.
func (r *reader) fact(n int32, at place, k role) {
	if len(r.out.Facts) >= maxFacts {
		r.once(clinical.Error, "too_many", at.path)
		r.full = true
		return
	}
	f := clinical.Fact{Kind: k.kind, Source: r.src}
	f.Source.Path = at.path
	f.ID = clinical.FactID(r.src.File, at.path)
	k.read(r, n, at, &f)
	if r.t.null(n) == "MSK" {
		r.once(clinical.Warning, "masked", at.path)
	}
	if f.Status == "nullified" {
		f.Status = clinical.EnteredInError
	}
	if f.Who == "" {
		f.Who = at.who
	}
	if f.Text == "" && len(f.Codes) > 0 {
		f.Text = f.Codes[0].Code
	}
	if f.Text == "" { // nothing names it: then the words that it points at, else the section's
		f.Text = r.t.said(r.t.child(n, "text"))
	}
	if f.Text == "" {
		f.Text = at.title
	}
	own(&f)
	r.out.Facts = append(r.out.Facts, f)
}

// own copies what a fact says, so that the file's text need not stay in memory.
func own(f *clinical.Fact) {
	for _, s := range []*string{&f.Text, &f.Date, &f.End, &f.Value, &f.Unit, &f.Range, &f.Flag, &f.Detail, &f.Status, &f.Who} {
		*s = strings.Clone(clip(*s, maxText))
	}
	ownCodes(f.Codes)
	for i := range f.Components {
		c := &f.Components[i]
		limit := maxText
		if f.Kind == clinical.Document {
			limit = maxNarrative
		}
		c.Text, c.Value = strings.Clone(clip(c.Text, maxText)), strings.Clone(clip(c.Value, limit))
		c.Unit, c.Range = strings.Clone(clip(c.Unit, maxText)), strings.Clone(clip(c.Range, maxText))
		ownCodes(c.Codes)
	}
}

func ownCodes(codes []clinical.Code) {
	for i := range codes {
		c := &codes[i]
		c.System, c.Code, c.Display = strings.Clone(clip(c.System, maxText)), strings.Clone(clip(c.Code, maxText)), strings.Clone(clip(c.Display, maxText))
	}
}

// maxComponents is how many parts of one fact are kept.
const maxComponents = 200

func addComponent(f *clinical.Fact, c clinical.Component) {
	if (c.Text != "" || c.Value != "" || len(c.Codes) > 0) && len(f.Components) < maxComponents {
		f.Components = append(f.Components, c)
	}
}
