package fhir

import (
	"strings"

	"consilium/internal/clinical"
)

// maxCodes is how many codes of one fact are kept; real records have up to a dozen.
const (
	maxCodes      = 40
	maxComponents = 100
)

// fact reads one resource into a fact. Its id, path and source are the caller's.
func (r *reading) fact(n int32, s shape) clinical.Fact {
	t := &r.tree
	f := clinical.Fact{Kind: s.kind}
	for _, name := range s.text {
		if v := t.get(n, name); v != 0 {
			text, codes, ref := r.describe(v)
			f.Text, f.Codes = text, codes
			if ref != "" {
				if found := r.resolve(ref, n, forText); found.text != "" {
					f.Codes = found.codes
					if f.Text == "" {
						f.Text = found.text
					}
				}
			}
			if text != "" || ref != "" {
				break
			}
		}
	}
	for _, name := range s.date {
		if f.Date, f.End = r.when(t.get(n, name)); f.Date != "" || f.End != "" {
			break
		}
	}
	for _, name := range s.end {
		if start, end := r.when(t.get(n, name)); start+end != "" {
			f.End = end
			if end == "" {
				f.End = start
			}
			break
		}
	}
	for _, name := range s.status {
		v := t.get(n, name)
		code := r.code(v)
		if f.Status == "" || code == clinical.EnteredInError || code == "refuted" {
			if code != "" {
				f.Status = code
			}
		}
	}
	if c := t.member(n, "status"); c == clinical.EnteredInError {
		f.Status = c
	}
	for _, name := range s.who {
		if v := t.first(t.get(n, name)); v != 0 {
			text, ref := r.person(v)
			f.Who = text
			if text == "" && ref != "" {
				f.Who = r.resolve(ref, n, forWho).text
			}
			if text != "" || ref != "" {
				break
			}
		}
	}
	for _, name := range s.detail {
		if v := t.get(n, name); v != 0 {
			if f.Detail = r.phrase(v); f.Detail != "" {
				break
			}
		}
	}
	r.special(n, &f)
	return f
}

// special reads what only some types have.
func (r *reading) special(n int32, f *clinical.Fact) {
	t := &r.tree
	switch name := t.member(n, "resourceType"); name {
	case "MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense":
		r.medicine(n, name, f)
	case "Observation":
		f.Value, f.Unit = r.valueOf(n)
		f.Range = r.rangeOf(t.first(t.get(n, "referenceRange")))
		f.Flag = r.code(t.first(t.get(n, "interpretation")))
		if f.Value == "" && f.Detail == "" {
			f.Detail = r.phrase(t.get(n, "dataAbsentReason"))
		}
		for _, c := range t.items(t.get(n, "component")) {
			part := clinical.Component{Range: r.rangeOf(t.first(t.get(c, "referenceRange")))}
			part.Text, part.Codes, _ = r.describe(t.get(c, "code"))
			part.Value, part.Unit = r.valueOf(c)
			addComponent(f, part)
		}
	case "DocumentReference":
		var all []int32
		for _, c := range t.items(t.get(n, "content")) {
			all = append(all, t.get(c, "attachment"))
		}
		r.attached(f, all)
		r.paper(n, f)
	case "DiagnosticReport":
		r.attached(f, t.items(t.get(n, "presentedForm")))
		r.reported(n, f)
	case "Media":
		r.attached(f, []int32{t.get(n, "content")})
	case "Composition":
		r.sections(n, f, 0)
	case "FamilyMemberHistory":
		for _, c := range t.items(t.get(n, "condition")) {
			part := clinical.Component{}
			part.Text, part.Codes, _ = r.describe(t.get(c, "code"))
			part.Value, part.Unit = r.choice(c, "onset")
			addComponent(f, part)
		}
	case "Encounter":
		if f.Text == "" {
			f.Text = t.member(t.get(n, "class"), "code")
		}
	case "ImagingStudy":
		r.study(n, f)
	case "QuestionnaireResponse":
		r.answers(n, f, 0)
	case "CarePlan":
		for _, a := range t.items(t.get(n, "activity")) {
			d := t.get(a, "detail")
			part := clinical.Component{}
			part.Text, part.Codes, _ = r.describe(t.get(d, "code"))
			part.Value = t.member(d, "status")
			addComponent(f, part)
		}
	}
	if f.Text == "" && len(f.Codes) > 0 {
		f.Text = f.Codes[0].Code
	}
}

// medicine tells what sort of saying about a medicine this is.
func (r *reading) medicine(n int32, name string, f *clinical.Fact) {
	t := &r.tree
	switch name {
	case "MedicationRequest":
		f.Evidence = clinical.Ordered
		switch t.member(n, "intent") {
		case "proposal", "plan", "option":
			f.Evidence = clinical.Planned
		}
		// An order not to take it, whatever its status, is none to take it.
		if t.member(n, "doNotPerform") == "true" && f.Status != clinical.EnteredInError {
			f.Status = "do-not-perform"
		}
	case "MedicationStatement":
		f.Evidence = clinical.Stated
		if start, end := r.when(t.get(n, "effectivePeriod")); start+end == "" && t.get(n, "effectiveDateTime") == 0 {
			f.Evidence = clinical.Listed
		}
	case "MedicationAdministration":
		f.Evidence = clinical.Given
	case "MedicationDispense":
		f.Evidence = clinical.Dispensed
	}
}

func addComponent(f *clinical.Fact, c clinical.Component) {
	if (c.Text != "" || c.Value != "" || len(c.Codes) > 0) && len(f.Components) < maxComponents {
		f.Components = append(f.Components, c)
	}
}

// sections keeps the title and the readable words of each section of a document.
func (r *reading) sections(n int32, f *clinical.Fact, depth int) {
	if depth > 8 {
		return
	}
	t := &r.tree
	for _, s := range t.items(t.get(n, "section")) {
		part := clinical.Component{Text: t.member(s, "title")}
		text, codes, _ := r.describe(t.get(s, "code"))
		if part.Codes = codes; part.Text == "" {
			part.Text = text
		}
		if div := t.get(t.get(s, "text"), "div"); t.nodes[div].kind == '"' {
			part.Value = clip(words(t.unquoted(div)))
		}
		addComponent(f, part)
		r.sections(s, f, depth+1)
	}
}

// words gives the readable words of a narrative, without its mark-up.
func words(xhtml []byte) string {
	var b strings.Builder
	tag := false
	for _, c := range xhtml[:min(len(xhtml), 8*maxText)] {
		switch {
		case c == '<':
			tag = true
			b.WriteByte(' ')
		case c == '>':
			tag = false
		case !tag:
			b.WriteByte(c)
		}
	}
	plain := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&nbsp;", " ", "&#160;", " ", "&amp;", "&").Replace(b.String())
	return strings.ToValidUTF8(strings.Join(strings.Fields(plain), " "), "")
}

// answers keeps the questions and answers of a filled-in form.
func (r *reading) answers(n int32, f *clinical.Fact, depth int) {
	if depth > 8 {
		return
	}
	t := &r.tree
	for _, item := range t.items(t.get(n, "item")) {
		part := clinical.Component{Text: t.member(item, "text")}
		var said []string
		for _, a := range t.items(t.get(item, "answer")) {
			value, unit := r.choice(a, "value")
			if value != "" {
				said = append(said, strings.TrimSpace(value+" "+unit))
			}
		}
		part.Value = clip(strings.Join(said, "; "))
		if part.Value != "" {
			addComponent(f, part)
		}
		r.answers(item, f, depth+1)
	}
}

func (r *reading) study(n int32, f *clinical.Fact) {
	t := &r.tree
	s := clinical.Study{Date: f.Date, Description: t.member(n, "description"), Modality: []string{}}
	add := func(code string) {
		for _, m := range s.Modality {
			if m == code {
				return
			}
		}
		if code != "" {
			s.Modality = append(s.Modality, code)
		}
	}
	e := r.examOf(n, "ImagingStudy")
	for _, i := range t.items(t.get(n, "identifier")) {
		if uid, ok := strings.CutPrefix(t.member(i, "value"), "urn:oid:"); ok {
			s.UID = uid
		}
	}
	if s.UID == "" && len(e.StudyUIDs) > 0 {
		s.UID = e.StudyUIDs[0]
	}
	s.Accession, s.Issuer, s.BodyPart, s.Laterality = e.Accession, e.Issuer, e.BodyPart, e.Laterality
	f.Exam = e.OrNil()
	for _, m := range t.items(t.get(n, "modality")) {
		add(t.member(m, "code"))
	}
	series := t.items(t.get(n, "series"))
	for _, se := range series {
		add(t.member(t.get(se, "modality"), "code"))
		s.Instances += len(t.items(t.get(se, "instance")))
	}
	s.Series = len(series)
	if c := atoi(t.member(n, "numberOfSeries")); c > s.Series {
		s.Series = c
	}
	if c := atoi(t.member(n, "numberOfInstances")); c > s.Instances {
		s.Instances = c
	}
	if f.Text == "" {
		f.Text = strings.Join(s.Modality, ", ")
	}
	if s.Description == "" {
		s.Description = f.Text
	}
	f.Value = s.UID
	r.out.Studies = append(r.out.Studies, s)
}

func atoi(s string) int {
	n := 0
	for _, c := range []byte(s) {
		if !digit(c) || n > 1<<24 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}
