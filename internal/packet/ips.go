package packet

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"consilium/internal/actions"
	"consilium/internal/clinical"
	"consilium/internal/records"
)

// obj is a JSON object; its members are written in the order of their names.
type obj = map[string]any

// Code systems of the document.
const (
	loinc       = "http://loinc.org"
	absentKnown = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
	absent      = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
	profileBase = "http://hl7.org/fhir/uv/ips/StructureDefinition/"
	sha256OID   = "urn:oid:2.16.840.1.101.3.4.2.1" // the algorithm's own number, as system of a hash
)

// section is one section of the summary.
type section struct {
	title, es string
	code      string // LOINC
	display   string
	kinds     []clinical.Kind
	must      bool
	none      [2]string // of a section that must be there: the code that says that nothing is known
	make      func(*summary, clinical.Fact) []obj
}

// sections are those of the International Patient Summary, in its order, with our
// own for what it has no section for.
var sections = []section{
	{
		title: "Problems", es: "Problemas", code: "11450-4", display: "Problem list - Reported", kinds: []clinical.Kind{clinical.Condition}, must: true,
		none: [2]string{"no-problem-info", "No information about problems"}, make: (*summary).condition,
	},
	{
		title: "Allergies and intolerances", es: "Alergias e intolerancias", code: "48765-2", display: "Allergies and adverse reactions Document", kinds: []clinical.Kind{clinical.Allergy}, must: true,
		none: [2]string{"no-allergy-info", "No information about allergies"}, make: (*summary).allergy,
	},
	{
		title: "Medicines", es: "Medicinas", code: "10160-0", display: "History of Medication use Narrative", kinds: []clinical.Kind{clinical.Medication}, must: true,
		none: [2]string{"no-medication-info", "No information about medications"}, make: (*summary).medicine,
	},
	{title: "Immunizations", es: "Vacunas", code: "11369-6", display: "History of Immunization note", kinds: []clinical.Kind{clinical.Immunization}, make: (*summary).vaccine},
	{title: "Results", es: "Resultados", code: "30954-2", display: "Relevant diagnostic tests/laboratory data note", kinds: []clinical.Kind{clinical.Result, clinical.Report}, make: (*summary).result},
	{title: "Procedures", es: "Procedimientos", code: "47519-4", display: "History of Procedures Document", kinds: []clinical.Kind{clinical.Procedure}, make: (*summary).procedure},
	{title: "Medical devices", es: "Dispositivos médicos", code: "46264-8", display: "History of medical device use", kinds: []clinical.Kind{clinical.Device}, make: (*summary).device},
	{title: "Imaging", es: "Imágenes", code: "18726-0", display: "Radiology studies (set)", kinds: []clinical.Kind{clinical.ImagingStudy}, make: (*summary).imaging},
	{title: "Family history", es: "Antecedentes familiares", code: "10157-6", display: "History of family member diseases Narrative", kinds: []clinical.Kind{clinical.FamilyHistory}, make: (*summary).family},
	{title: "Visits", es: "Consultas", code: "46240-8", display: "Encounters", kinds: []clinical.Kind{clinical.Encounter}, make: (*summary).visit},
}

// summary is a FHIR document in the making.
type summary struct {
	in      actions.PacketIn
	lang    string
	patient string // fullUrl
	author  string
	docs    map[string]string // SHA-256 of a received file -> fullUrl of its DocumentReference
	paths   map[string]string // SHA-256 of a received file -> path in the packet
	tops    map[string]string // SHA-256 of a reading -> of the received file that holds it
	entries []obj
	targets map[string][]obj // received file -> what was made from it
}

// Summary gives the International Patient Summary of a packet: a FHIR R4 document
// with one resource for each fact, its codes as the source gave them, where it was
// read under meta.source, and for each original a DocumentReference and a Provenance.
// names are the paths of the originals.
func Summary(in actions.PacketIn, names []string) ([]byte, error) {
	s := &summary{in: in, lang: in.Language, docs: map[string]string{}, paths: map[string]string{}, tops: records.TopOf(in.Files), targets: map[string][]obj{}}
	s.patient, s.author = urn("patient"), urn("device")
	for i, f := range in.Files {
		s.docs[f.SHA256], s.paths[f.SHA256] = urn("original", f.SHA256), names[i]
	}
	var list []any
	for _, x := range sections {
		if one := s.section(x); one != nil {
			list = append(list, one)
		}
	}
	if len(in.Files) > 0 {
		list = append(list, s.originals(names))
	}
	made := in.Made.UTC().Truncate(time.Second).Format(time.RFC3339)
	composition := obj{
		"resourceType": "Composition", "id": id(urn("composition")), "meta": obj{"profile": []any{profileBase + "Composition-uv-ips"}},
		"language": s.lang, "status": "final", "date": made, "subject": ref(s.patient), "author": []any{ref(s.author)}, "title": s.say("Patient summary", "Resumen del paciente"),
		"type":            concept([]clinical.Code{{System: loinc, Code: "60591-5", Display: "Patient summary Document"}}, ""),
		"confidentiality": "R", "section": list,
		"text": narrative(s.say("Patient summary", "Resumen del paciente"), nil),
	}
	all := []obj{entry(urn("composition"), composition), entry(s.patient, s.person()), entry(s.author, s.maker())}
	all = append(all, s.entries...)
	for _, f := range in.Files {
		all = append(all, entry(urn("provenance", f.SHA256), s.provenance(f.SHA256, made)))
	}
	b, err := json.MarshalIndent(obj{
		"resourceType": "Bundle", "id": id(urn("bundle", in.Sum.SHA256, made)), "type": "document", "timestamp": made, "language": s.lang,
		"meta":       obj{"profile": []any{profileBase + "Bundle-uv-ips"}},
		"identifier": obj{"system": "urn:ietf:rfc:3986", "value": urn("bundle", in.Sum.SHA256, made)},
		"entry":      all,
	}, "", " ")
	return append(b, '\n'), err
}

func (s *summary) say(en, es string) string {
	if s.lang == "es" {
		return es
	}
	return en
}

// section makes one section and its resources; nil when there is nothing to say and
// it need not be there.
func (s *summary) section(x section) obj {
	var refs []any
	var rows [][]string
	for _, kind := range x.kinds {
		for _, f := range s.in.Facts {
			if f.Kind != kind || f.Text == "" && len(f.Codes) == 0 {
				continue
			}
			for i, r := range x.make(s, f) {
				full := urn("fact", f.ID, fmt.Sprint(i))
				s.sourced(r, f, full)
				s.entries = append(s.entries, entry(full, r))
				if r["resourceType"] != "Device" {
					refs = append(refs, ref(full))
				}
			}
			rows = append(rows, []string{f.Date, f.Text, strings.TrimSpace(records.Value(f) + " " + f.Detail), f.Status})
		}
	}
	title := s.say(x.title, x.es)
	out := obj{"title": title, "code": concept([]clinical.Code{{System: loinc, Code: x.code, Display: x.display}}, "")}
	if len(refs) == 0 {
		if !x.must {
			return nil
		}
		none := s.nothing(x)
		full := urn("none", x.code)
		s.entries = append(s.entries, entry(full, none))
		refs, rows = append(refs, ref(full)), [][]string{{"", x.none[1]}}
	}
	out["entry"], out["text"] = refs, narrative(title, rows)
	return out
}

// nothing says in a resource that nothing is known: not that there is nothing.
func (s *summary) nothing(x section) obj {
	code := concept([]clinical.Code{{System: absentKnown, Code: x.none[0], Display: x.none[1]}}, "")
	switch x.kinds[0] {
	case clinical.Condition:
		return obj{"resourceType": "Condition", "clinicalStatus": status("condition-clinical", "active"), "code": code, "subject": ref(s.patient)}
	case clinical.Allergy:
		return obj{"resourceType": "AllergyIntolerance", "clinicalStatus": status("allergyintolerance-clinical", "active"), "code": code, "patient": ref(s.patient)}
	}
	return obj{"resourceType": "MedicationStatement", "status": "unknown", "medicationCodeableConcept": code, "subject": ref(s.patient), "_effectiveDateTime": unknown()}
}

// sourced writes into a resource its id and where it was read.
func (s *summary) sourced(r obj, f clinical.Fact, full string) {
	r["id"] = id(full)
	top := s.tops[f.Source.File]
	if path := s.paths[top]; path != "" {
		at := path
		if f.Source.Path != "" {
			at += "#" + url.PathEscape(f.Source.Path)
		} else if f.Source.Page > 0 {
			at += fmt.Sprintf("#page=%d", f.Source.Page)
		}
		r["meta"] = obj{"source": at}
		s.targets[top] = append(s.targets[top], ref(full))
	}
}

func (s *summary) person() obj {
	p := obj{"resourceType": "Patient", "id": id(s.patient), "meta": obj{"profile": []any{profileBase + "Patient-uv-ips"}}}
	name := obj{"text": s.in.Profile.Patient.Name}
	if words := strings.Fields(s.in.Profile.Patient.Name); len(words) > 1 {
		name["family"], name["given"] = words[len(words)-1], words[:len(words)-1]
	}
	if s.in.Profile.Patient.Name == "" {
		name = obj{"extension": []any{obj{"url": absent, "valueCode": "unknown"}}}
	}
	p["name"] = []any{name}
	if d := dateTime(s.in.Profile.Patient.BirthDate); d != "" && len(d) <= 10 {
		p["birthDate"] = d
	} else {
		p["_birthDate"] = unknown()
	}
	for _, f := range s.in.Files {
		x := f.Piece.Patient
		if x == nil || !f.Piece.Belongs.Used() {
			continue
		}
		if g := strings.ToLower(x.Sex); p["gender"] == nil && slices.Contains([]string{"male", "female", "other", "unknown"}, g) {
			p["gender"] = g
		}
	}
	return p
}

func (s *summary) maker() obj {
	return obj{
		"resourceType": "Device", "id": id(s.author), "deviceName": []any{obj{"name": "Consilium", "type": "manufacturer-name"}},
		"type": obj{"text": s.say("Program that put the summary together", "Programa que reunió el resumen")},
	}
}

// originals is the section of the files themselves.
func (s *summary) originals(names []string) obj {
	var refs []any
	var rows [][]string
	for i, f := range s.in.Files {
		full := s.docs[f.SHA256]
		d := obj{
			"resourceType": "DocumentReference", "id": id(full), "status": "current", "subject": ref(s.patient), "description": f.Base(),
			"masterIdentifier": obj{"system": sha256OID, "value": f.SHA256},
			"content":          []any{obj{"attachment": obj{"contentType": MediaType(f.Piece.Kind), "url": names[i], "title": f.Base()}}},
		}
		if f.Size < 1<<31 {
			d["content"].([]any)[0].(obj)["attachment"].(obj)["size"] = f.Size
		}
		if f.Piece.Kind == clinical.FileDICOM || f.Piece.Kind == clinical.FileDICOMDIR {
			d["category"] = []any{obj{"text": "DICOM"}}
		}
		s.entries = append(s.entries, entry(full, d))
		refs, rows = append(refs, ref(full)), append(rows, []string{names[i], f.Base()})
	}
	title := s.say("Original files", "Archivos originales")
	return obj{"title": title, "code": concept([]clinical.Code{{System: loinc, Code: "77599-9", Display: "Additional documentation"}}, ""), "entry": refs, "text": narrative(title, rows)}
}

// provenance says which resources were read from a file.
func (s *summary) provenance(sha, made string) obj {
	targets := s.targets[sha]
	if len(targets) == 0 {
		targets = []obj{ref(s.docs[sha])}
	}
	return obj{
		"resourceType": "Provenance", "id": id(urn("provenance", sha)), "target": targets, "recorded": made,
		"agent":  []any{obj{"type": concept([]clinical.Code{{System: "http://terminology.hl7.org/CodeSystem/provenance-participant-type", Code: "assembler", Display: "Assembler"}}, ""), "who": ref(s.author)}},
		"entity": []any{obj{"role": "source", "what": ref(s.docs[sha])}},
	}
}

// urn gives a name that is always the same for the same thing, and says nothing of it.
func urn(parts ...string) string {
	sum := sha256.Sum256([]byte("consilium packet\x00" + strings.Join(parts, "\x00")))
	b := sum[:16]
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80 // version 8: our own way of making it
	h := hex.EncodeToString(b)
	return "urn:uuid:" + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func id(full string) string { return strings.TrimPrefix(full, "urn:uuid:") }

func ref(full string) obj { return obj{"reference": full} }

func entry(full string, resource obj) obj { return obj{"fullUrl": full, "resource": resource} }

func unknown() obj { return obj{"extension": []any{obj{"url": absent, "valueCode": "unknown"}}} }

// concept writes codes as the source gave them, with the source's own words.
func concept(codes []clinical.Code, text string) obj {
	out := obj{}
	var list []any
	for _, c := range codes {
		one := obj{}
		for k, v := range map[string]string{"system": uri(c.System), "code": code(c.Code), "display": strings.TrimSpace(c.Display)} {
			if v != "" {
				one[k] = v
			}
		}
		if len(one) > 0 {
			list = append(list, one)
		}
	}
	if len(list) > 0 {
		out["coding"] = list
	}
	if t := strings.TrimSpace(text); t != "" {
		out["text"] = t
	}
	return out
}

// uri and code leave out what FHIR does not take.
func uri(s string) string {
	if strings.ContainsAny(s, " \t\r\n") {
		return ""
	}
	return s
}

func code(s string) string { return strings.Join(strings.Fields(s), " ") }

func status(system, value string) obj {
	return concept([]clinical.Code{{System: "http://terminology.hl7.org/CodeSystem/" + system, Code: value}}, "")
}

var dateForm = regexp.MustCompile(`^(\d{4}|\d{4}-(0[1-9]|1[0-2])|\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))$`)

// dateTime gives a date as FHIR takes it, as exact as it is known; "" when it is none.
func dateTime(s string) string {
	if dateForm.MatchString(s) {
		return s
	}
	if _, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return s
	}
	if len(s) > 10 && dateForm.MatchString(s[:10]) {
		return s[:10]
	}
	return ""
}

// narrative is what a person reads: a heading and a table, plain text only.
func narrative(title string, rows [][]string) obj {
	var b strings.Builder
	b.WriteString(`<div xmlns="http://www.w3.org/1999/xhtml"><p>` + text(title) + `</p>`)
	if len(rows) > 0 {
		b.WriteString("<table><tbody>")
		for _, r := range rows {
			b.WriteString("<tr>")
			for _, c := range r {
				b.WriteString("<td>" + text(c) + "</td>")
			}
			b.WriteString("</tr>")
		}
		b.WriteString("</tbody></table>")
	}
	b.WriteString("</div>")
	return obj{"status": "generated", "div": b.String()}
}

// text escapes, and leaves out what XML cannot hold.
func text(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
}
