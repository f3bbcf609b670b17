package fhir

import (
	"strings"

	"consilium/internal/clinical"
)

// What a report says of the examination that it is about: the numbers by which its
// images, or its specimen, are found. Of a study and of an order they are remembered,
// so that a report that only points at one has them too.

// maxReferences is how many studies or orders of one report are followed.
const maxReferences = 50

// reported reads them for a report: its own numbers, then those of the studies and
// orders that it points at.
func (r *reading) reported(n int32, f *clinical.Fact) {
	var e clinical.Exam
	r.numbers(n, &e, ofOrder)
	r.follow(n, r.tree.get(n, "imagingStudy"), &e)
	r.follow(n, r.tree.get(n, "basedOn"), &e)
	f.Exam = e.OrNil()
}

// paper reads them for a paper. Its own number is not that of an order.
func (r *reading) paper(n int32, f *clinical.Fact) {
	var e clinical.Exam
	r.follow(n, r.tree.get(r.tree.get(n, "context"), "related"), &e)
	f.Exam = e.OrNil()
}

func (r *reading) follow(n, references int32, e *clinical.Exam) {
	for i, ref := range r.tree.items(references) {
		if i < maxReferences {
			r.pointed(ref, n, e)
		}
	}
}

// pointed adds what a reference leads to. What it names by its number needs no target.
func (r *reading) pointed(ref, root int32, e *clinical.Exam) {
	t := &r.tree
	to := t.member(ref, "reference")
	if id := t.get(ref, "identifier"); id != 0 {
		use := ofOrder
		if kind := t.member(ref, "type"); kind == "ImagingStudy" || targetType([]byte(to)) == "ImagingStudy" {
			use = ofStudy
		}
		r.number(id, e, use)
	}
	switch {
	case to == "":
	case to[0] == '#':
		for _, c := range t.items(t.get(root, "contained")) {
			if t.member(c, "id") == to[1:] {
				e.Add(r.examOf(c, t.member(c, "resourceType")))
			}
		}
	default:
		if i := strings.Index(to, "/_history/"); i > 0 {
			to = to[:i]
		}
		if known, ok := r.links.exams[to]; ok {
			e.Add(known)
		} else if len(r.links.waiting) < maxLinks {
			r.links.waiting = append(r.links.waiting, pending{len(r.out.Facts), r.same(to), forExam})
		}
	}
}

// settleExam gives a report what it pointed at before that was read.
func (r *reading) settleExam(p pending) {
	known, ok := r.links.exams[p.ref]
	if !ok || p.fact >= len(r.out.Facts) {
		return
	}
	f := &r.out.Facts[p.fact]
	if f.Exam == nil {
		f.Exam = &clinical.Exam{}
	}
	f.Exam.Add(known)
}

// examOf gives what a study or an order says of itself, nothing for other resources.
func (r *reading) examOf(n int32, typeName string) clinical.Exam {
	var e clinical.Exam
	switch typeName {
	case "ImagingStudy":
		r.numbers(n, &e, ofStudy)
		t := &r.tree
		for _, m := range t.items(t.get(n, "modality")) {
			e.AddModality(t.member(m, "code"))
		}
		r.looked(n, &e)
		for i, o := range t.items(t.get(n, "basedOn")) {
			if id := t.get(o, "identifier"); id != 0 && i < maxReferences {
				r.number(id, &e, ofOrder)
			}
		}
	case "ServiceRequest":
		r.numbers(n, &e, ofOrder)
	}
	return e
}

// looked reads what the series of a study show, and of which side.
func (r *reading) looked(n int32, e *clinical.Exam) {
	t := &r.tree
	var parts []string
	sides := map[string]bool{}
	for _, se := range t.items(t.get(n, "series")) {
		e.AddModality(t.member(t.get(se, "modality"), "code"))
		if part, _, _ := r.describe(t.get(se, "bodySite")); part != "" && len(parts) < 5 && !strings.Contains(strings.Join(parts, ", "), part) {
			parts = append(parts, part)
		}
		side := t.get(se, "laterality")
		for _, s := range []string{clinical.Side(t.member(side, "code")), clinical.Side(t.member(side, "display"))} {
			if s != "" {
				sides[s] = true
				break
			}
		}
	}
	e.BodyPart = strings.Join(parts, ", ")
	switch {
	case len(sides) > 1:
		e.Laterality = "B"
	default:
		for s := range sides {
			e.Laterality = s
		}
	}
}

// What an identifier is of: the UIDs of a report are its own, and no study's.
type owner int

const (
	ofOrder owner = iota
	ofStudy
)

func (r *reading) numbers(n int32, e *clinical.Exam, use owner) {
	for _, i := range r.tree.items(r.tree.get(n, "identifier")) {
		r.number(i, e, use)
	}
}

// number reads one identifier: a study's UID, an accession number (type ACSN of HL7
// table 0203), or a number of an order.
func (r *reading) number(i int32, e *clinical.Exam, use owner) {
	t := &r.tree
	value, system := t.member(i, "value"), t.member(i, "system")
	if value == "" {
		return
	}
	if system == "urn:dicom:uid" || strings.HasPrefix(value, "urn:oid:") {
		if use == ofStudy {
			e.AddStudy(value)
		}
		return
	}
	issuer := system
	if issuer == "" {
		issuer = t.member(t.get(i, "assigner"), "display")
	}
	switch kind := r.code(t.get(i, "type")); {
	case kind == "ACSN", kind == "" && strings.Contains(strings.ToLower(system), "accession"):
		e.AddAccession(value, r.same(issuer))
	case kind == "PLAC", kind == "FILL", kind == "":
		// A machine's own key is no number that anybody writes on a report.
		if !strings.Contains(value, ":") && len(value) < 36 {
			e.AddOrder(value)
		}
	}
}
