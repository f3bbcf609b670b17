package fhir

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/clinical"
)

// resource reads what a resource states: a fact, a patient, or a name that other
// resources refer to. A bundle inside a bundle is read entry by entry.
func (r *reading) resource(n int32, fullURL, path string) {
	t := &r.tree
	if t.nodes[n].kind != '{' || r.stopped {
		return
	}
	typeName := t.member(n, "resourceType")
	if fullURL != "" && r.links.places[fullURL] && len(r.repeated) < sameIssueLimit {
		r.repeated = append(r.repeated, path)
	}
	r.links.known(fullURL, typeName, t.member(n, "id"), r.named(n, typeName))
	if e := r.examOf(n, typeName); !e.Empty() {
		r.links.examined(fullURL, typeName, t.member(n, "id"), e)
	}
	switch typeName {
	case "Bundle":
		for i, e := range t.items(t.get(n, "entry")) {
			r.resource(t.get(e, "resource"), t.member(e, "fullUrl"), path+".entry["+strconv.Itoa(i)+"].resource")
		}
		return
	case "Patient":
		r.people = append(r.people, r.patient(n, fullURL))
		return
	case "Binary":
		r.at = path
		if data := t.get(n, "data"); data != 0 {
			if body, ok := r.decoded(data); ok {
				r.inside(body, t.member(n, "contentType"))
			}
		}
		return
	case "Parameters":
		r.log.add("unsupported", path, "Parameters")
		return
	}
	s, ok := shapes[typeName]
	if !ok {
		return
	}
	r.at = path
	f := r.fact(n, s)
	f.Source = r.src
	f.Source.Path = path
	f.ID = clinical.FactID(r.src.File, path)
	if r.kept += weight(f); r.kept > r.lim.MaxFactBytes {
		r.log.add("too_many_facts", path, "")
		r.stopped = true
		return
	}
	r.out.Facts = append(r.out.Facts, f)
	r.subjects = append(r.subjects, r.subjectOf(n))
	if len(r.out.Facts) == 1 && f.Kind == clinical.Document && typeName == "Composition" {
		r.out.Title, r.out.Date = f.Text, f.Date
	}
}

// weight is about how many bytes a fact takes in memory.
func weight(f clinical.Fact) int {
	n := 560 + len(f.Text) + len(f.Detail) + len(f.Value) + len(f.Who) + len(f.Source.Path) + 48*len(f.Codes)
	if e := f.Exam; e != nil {
		n += 160 + 64*(len(e.StudyUIDs)+len(e.Orders)+len(e.Modality))
	}
	for _, c := range f.Components {
		n += 120 + len(c.Text) + len(c.Value) + 48*len(c.Codes)
	}
	return n
}

func (r *reading) subjectOf(n int32) string {
	t := &r.tree
	for _, name := range []string{"subject", "patient"} {
		v := t.first(t.get(n, name))
		if v == 0 {
			continue
		}
		ref := r.same(t.member(v, "reference"))
		if display := t.member(v, "display"); display != "" && len(r.subject) < 1000 {
			r.subject[ref] = display
		}
		return ref
	}
	return ""
}

// patient reads who the record is about.
func (r *reading) patient(n int32, fullURL string) clinical.Patient {
	t := &r.tree
	p := clinical.Patient{BirthDate: t.member(n, "birthDate"), Sex: t.member(n, "gender"), Ref: "Patient/" + t.member(n, "id")}
	if p.Ref == "Patient/" {
		p.Ref = fullURL
	}
	best := 0
	for _, h := range t.items(t.get(n, "name")) {
		name, rank := humanName(t, h), 1
		switch t.member(h, "use") {
		case "official":
			rank = 4
		case "usual":
			rank = 3
		case "":
			rank = 2
		}
		switch {
		case name == "":
		case rank > best:
			if p.Name != "" {
				p.OtherNames = append(p.OtherNames, p.Name)
			}
			p.Name, best = name, rank
		case len(p.OtherNames) < 20:
			p.OtherNames = append(p.OtherNames, name)
		}
	}
	for _, i := range t.items(t.get(n, "identifier")) {
		if v := t.member(i, "value"); v != "" && len(p.Identifiers) < 50 {
			p.Identifiers = append(p.Identifiers, clinical.Identifier{System: t.member(i, "system"), Type: r.code(t.get(i, "type")), Value: v})
		}
	}
	return p
}

func humanName(t *tree, n int32) string {
	var parts []string
	for _, g := range t.items(t.get(n, "given")) {
		parts = append(parts, t.text(g))
	}
	parts = append(parts, t.member(n, "family"))
	if name := strings.Join(strings.Fields(strings.Join(parts, " ")), " "); name != "" {
		return clip(name)
	}
	return t.member(n, "text")
}

// patients settles who the file is about. With more than one, no fact may be taken
// for the first one's: each says whose it is.
func (r *reading) patients() {
	var distinct []clinical.Patient
	seen := map[string]bool{}
	for _, p := range r.people {
		key := p.Ref
		if key == "" {
			key = p.Name + "\x00" + p.BirthDate
		}
		if !seen[key] {
			seen[key] = true
			distinct = append(distinct, p)
		}
	}
	if len(distinct) == 0 { // the patient is not in the file, only pointed at
		for _, ref := range r.subjects {
			if ref != "" && !seen[ref] && !strings.HasPrefix(ref, "#") && isPatientRef(ref) && len(distinct) < 1000 {
				seen[ref] = true
				distinct = append(distinct, clinical.Patient{Name: r.subject[ref], Ref: ref})
			}
		}
	}
	if len(distinct) == 0 {
		return
	}
	r.out.Patient = &distinct[0]
	if len(distinct) == 1 {
		return
	}
	r.log.add("several_patients", "", strconv.Itoa(len(distinct)))
	r.out.Patients = distinct
	for i := range r.out.Facts {
		r.out.Facts[i].Subject = r.links.patientRef(r.subjects[i])
	}
}

func isPatientRef(ref string) bool {
	name := targetType([]byte(ref))
	return name == "Patient" || name == ""
}

// meaning is what a reference resolves to.
type meaning struct {
	text  string
	codes []clinical.Code
}

// named gives the words for a resource that others refer to.
func (r *reading) named(n int32, typeName string) meaning {
	t := &r.tree
	switch typeName {
	case "Medication", "Substance":
		text, codes, _ := r.describe(t.get(n, "code"))
		if text == "" {
			text = r.phrase(t.get(n, "ingredient"))
		}
		return meaning{text, codes}
	case "Practitioner", "Patient", "RelatedPerson", "Person":
		return meaning{text: humanName(t, t.first(t.get(n, "name")))}
	case "Organization", "Location", "HealthcareService", "CareTeam":
		return meaning{text: t.member(n, "name")}
	case "PractitionerRole":
		text := t.member(t.get(n, "practitioner"), "display")
		if text == "" {
			text = t.member(t.get(n, "organization"), "display")
		}
		return meaning{text: text}
	case "Device":
		text, codes, _ := r.describe(t.get(n, "type"))
		if name := t.member(t.first(t.get(n, "deviceName")), "name"); name != "" {
			text = name
		}
		return meaning{text, codes}
	case "Condition":
		text, codes, _ := r.describe(t.get(n, "code"))
		return meaning{text, codes}
	}
	return meaning{}
}

// What a pending reference is for.
const (
	forText = iota
	forWho
	forExam
)

type pending struct {
	fact int
	ref  string
	use  int
}

// maxLinks bounds what is remembered to resolve references, per file.
const maxLinks = 300_000

// links resolves references inside a file. An address is a fullUrl or "Type/id".
type links struct {
	meanings map[string]meaning
	exams    map[string]clinical.Exam // of studies and orders
	places   map[string]bool
	patient  map[string]string // any address of a patient to its Ref
	wanted   map[string]string // address to the first path that points at it
	waiting  []pending
}

func newLinks() links {
	return links{meanings: map[string]meaning{}, exams: map[string]clinical.Exam{}, places: map[string]bool{}, patient: map[string]string{}, wanted: map[string]string{}}
}

// known remembers the addresses of a resource.
func (l *links) known(fullURL, typeName, id string, m meaning) {
	local := ""
	if id != "" {
		local = typeName + "/" + id
	}
	for _, at := range []string{fullURL, local} {
		if at == "" || len(l.places) > maxLinks {
			continue
		}
		l.places[at] = true
		if m.text != "" {
			l.meanings[at] = m
		}
		if typeName == "Patient" {
			l.patient[at] = local
			if local == "" {
				l.patient[at] = fullURL
			}
		}
	}
}

// examined remembers what a study or an order says of itself, by its addresses.
func (l *links) examined(fullURL, typeName, id string, e clinical.Exam) {
	if fullURL != "" && len(l.exams) < maxLinks {
		l.exams[fullURL] = e
	}
	if id != "" && len(l.exams) < maxLinks {
		l.exams[typeName+"/"+id] = e
	}
}

func (l *links) patientRef(ref string) string {
	if p, ok := l.patient[ref]; ok {
		return p
	}
	return ref
}

// seen remembers a reference that only this very file can resolve.
func (l *links) seen(ref []byte, c *checker) {
	if !bytes.HasPrefix(ref, []byte("urn:uuid:")) && !bytes.HasPrefix(ref, []byte("urn:oid:")) {
		return
	}
	if _, ok := l.wanted[string(ref)]; !ok && !l.places[string(ref)] && len(l.wanted) < maxLinks {
		l.wanted[string(ref)] = c.path()
	}
}

// resolve gives the words for a reference, at once when what it points at was read
// already, otherwise at the end. root is the resource that holds the reference.
func (r *reading) resolve(ref string, root int32, use int) meaning {
	t := &r.tree
	if id, ok := strings.CutPrefix(ref, "#"); ok {
		for _, c := range t.items(t.get(root, "contained")) {
			if t.member(c, "id") == id {
				return r.named(c, t.member(c, "resourceType"))
			}
		}
		return meaning{}
	}
	if i := strings.Index(ref, "/_history/"); i > 0 {
		ref = ref[:i]
	}
	if m, ok := r.links.meanings[ref]; ok {
		return m
	}
	if len(r.links.waiting) < maxLinks {
		r.links.waiting = append(r.links.waiting, pending{len(r.out.Facts), r.same(ref), use})
	}
	return meaning{}
}

// settle resolves the references that had to wait, and names those that lead nowhere.
func (r *reading) settle() {
	for _, p := range r.links.waiting {
		if p.use == forExam {
			r.settleExam(p)
			continue
		}
		m, ok := r.links.meanings[p.ref]
		if !ok || p.fact >= len(r.out.Facts) {
			continue
		}
		f := &r.out.Facts[p.fact]
		if p.use == forWho {
			f.Who = m.text
			continue
		}
		if len(f.Codes) == 0 {
			f.Codes = m.codes
		}
		if f.Text == "" {
			f.Text = m.text
		}
	}
	var lost []string
	for ref, path := range r.links.wanted {
		if !r.links.places[ref] && !r.stopped {
			lost = append(lost, path)
		}
	}
	if !r.history { // there, the versions of a record share its address
		for _, path := range r.repeated {
			r.log.add("duplicate_id", path, "")
		}
	}
	slices.Sort(lost)
	for _, path := range lost {
		r.log.add("unresolved", path, "")
	}
}
