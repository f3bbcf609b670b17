package hl7v2

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"consilium/internal/clinical"
)

// keep adds a fact and gives its place.
func (r *reader) keep(f clinical.Fact, path string) int {
	if len(r.out.Facts) >= maxFacts || r.words > maxTexts {
		r.full = true
		return -1
	}
	f.Source = r.src
	f.Source.Path = path
	f.ID = clinical.FactID(r.src.File, path)
	if f.Text == "" && len(f.Codes) > 0 {
		f.Text = f.Codes[0].Code
	}
	if f.Who == "" {
		f.Who = r.sender
	}
	r.words += 300 + len(f.Text) + len(f.Value)
	subject := ""
	if r.who != nil {
		subject = r.who.Ref
	}
	r.out.Facts, r.subjects = append(r.out.Facts, f), append(r.subjects, subject)
	return len(r.out.Facts) - 1
}

// when gives the first date that there is.
func (r *reader) when(f []string, fields ...int) string {
	for _, i := range fields {
		if d := clinical.DateFromHL7(r.part(at(f, i), 0)); d != "" {
			return d
		}
	}
	return ""
}

// statuses are those of HL7 tables 0123 and 0085, in the words of FHIR.
var statuses = map[string]string{
	"F": "final", "P": "preliminary", "C": "corrected", "R": "preliminary", "S": "partial", "A": "partial", "I": "registered", "O": "registered",
	"X": "cancelled", "D": clinical.EnteredInError, "W": clinical.EnteredInError, "U": "final", "N": "cancelled",
}

// ordered begins a report: what was ordered (OBR).
func (r *reader) ordered(f []string, path string) {
	text, codes := r.coded(at(f, 4))
	r.flush()
	r.date = r.when(f, 7, 22, 14, 6)
	who := r.person(strings.ReplaceAll(at(f, 32), string(r.sub), string(r.comp)))
	r.noted, r.about = -1, text
	r.report = r.keep(clinical.Fact{
		Kind: clinical.Report, Text: text, Codes: codes, Date: r.date, Status: statuses[r.part(at(f, 25), 0)], Who: who, Exam: r.orderOf(f).OrNil(),
	}, path)
}

// completions are the statuses of a document, HL7 table 0271, in words.
var completions = map[string]string{
	"AU": "authenticated", "LA": "legally authenticated", "DI": "dictated", "DO": "documented", "IN": "incomplete", "IP": "in progress", "PA": "pre-authenticated",
}

// documents are the types of document of HL7 table 0270.
var documents = map[string]string{
	"AR": "Autopsy report", "CD": "Cardiodiagnostics", "CN": "Consultation", "DI": "Diagnostic imaging", "DS": "Discharge summary",
	"ED": "Emergency department report", "HP": "History and physical examination", "OP": "Operative report", "PC": "Psychiatric consultation",
	"PH": "Psychiatric history and physical examination", "PN": "Procedure note", "PR": "Progress note", "SP": "Surgical pathology", "TS": "Transfer summary",
}

// document begins a document (TXA).
func (r *reader) document(f []string, path string) {
	text, codes := r.coded(at(f, 2))
	if name := documents[text]; name != "" {
		text = name
	}
	r.flush()
	r.date = r.when(f, 4, 6, 7)
	who := ""
	for _, i := range []int{9, 5, 10} {
		if who == "" {
			who = r.person(at(f, i))
		}
	}
	status := completions[r.part(at(f, 17), 0)]
	if r.part(at(f, 19), 0) == "CA" {
		status = clinical.EnteredInError // the document was cancelled
	}
	for _, i := range []int{14, 15} { // of who placed the order, and of who filled it
		r.exam.AddOrder(r.part(at(f, i), 0))
	}
	r.report = r.keep(clinical.Fact{Kind: clinical.Document, Text: text, Codes: codes, Date: r.date, Status: status, Who: who, Exam: r.exam.OrNil()}, path)
	r.exam = clinical.Exam{}
	if r.noted, r.about = -1, ""; r.report >= 0 {
		r.out.Facts[r.report].Components = append(r.out.Facts[r.report].Components, r.waiting...)
	}
	r.waiting = nil
}

// observed reads one observation (OBX): a result, or words of the report it is in.
func (r *reader) observed(f []string, path string) {
	text, codes := r.coded(at(f, 3))
	raw := at(f, 5)
	r.noted, r.about = -1, text
	if r.examNumber(codes, raw) {
		return
	}
	switch kind := r.part(at(f, 2), 0); kind {
	case "TX", "FT", "CF", "CP", "":
		r.addWords(text, r.paragraph(raw))
		return
	case "ED":
		r.attached(raw, path)
		return
	case "RP":
		r.say(clinical.Warning, "linked", path)
		return
	case "ST":
		// In a document, strings are its lines; in a report they are results.
		if r.kind == "MDM" {
			r.addWords(text, r.paragraph(raw))
			return
		}
	}
	fact := clinical.Fact{
		Kind: clinical.Result, Text: text, Codes: codes, Date: r.when(f, 14), Range: r.part(at(f, 7), 0),
		Flag: r.part(at(f, 8), 0), Status: statuses[r.part(at(f, 11), 0)],
	}
	if fact.Date == "" {
		fact.Date = r.date
	}
	fact.Value = r.value(r.part(at(f, 2), 0), raw)
	fact.Unit = r.part(at(f, 6), 0)
	if who := r.person(at(f, 16)); who != "" {
		fact.Who = who
	} else if lab := r.part(at(f, 23), 0); lab != "" {
		fact.Who = lab
	}
	r.noted = r.keep(fact, path)
}

// note reads a note: it belongs to the result, the words, the order or the document
// that it stands behind. A note that is lost can turn a finding into its opposite.
func (r *reader) note(words string) {
	words = clean(words)
	switch {
	case strings.TrimSpace(words) == "":
	case r.noted >= 0:
		f := &r.out.Facts[r.noted]
		if r.words += len(words); len(f.Detail)+len(words) > 16<<10 {
			r.say(clinical.Error, "too_many", "")
			return
		}
		f.Detail = strings.TrimPrefix(f.Detail+"\n"+words, "\n")
	case r.report >= 0:
		r.addWords(r.about, words)
	case r.kind == "MDM" && len(r.waiting) < 1000:
		r.words += len(words)
		r.waiting = append(r.waiting, clinical.Component{Text: r.about, Value: words})
	}
}

// value gives the value of an observation, every repetition of it.
func (r *reader) value(kind, raw string) string {
	var all []string
	for _, v := range strings.SplitN(raw, string(r.rep), 50) {
		s := ""
		switch kind {
		case "SN": // comparator, number, separator, number
			a, b, c, d := r.part(v, 0), r.part(v, 1), r.part(v, 2), r.part(v, 3)
			if c == "-" {
				c = " - "
			}
			s = strings.TrimSpace(a + b + c + d)
		case "CE", "CWE", "CNE":
			s, _ = r.coded(v)
		case "DT", "TS", "DTM":
			if s = clinical.DateFromHL7(r.part(v, 0)); s == "" {
				s = r.part(v, 0)
			}
		case "XCN", "XPN", "CN":
			s = r.person(v)
		case "NM", "ST", "TM", "SI", "ID", "IS":
			s = strings.TrimSpace(r.text(v))
			if s == `""` {
				s = ""
			}
		default:
			s = strings.TrimSpace(strings.ReplaceAll(r.text(v), string(r.comp), " "))
		}
		if s != "" {
			all = append(all, s)
		}
	}
	return clip(strings.Join(all, "; "), maxWords)
}

// paragraph gives the words of a text field, whose repetitions are lines.
func (r *reader) paragraph(raw string) string {
	if len(raw) > 2*maxWords {
		r.say(clinical.Error, "too_many", "")
		raw = raw[:2*maxWords]
	}
	return r.text(strings.ReplaceAll(raw, string(r.rep), "\n"))
}

// addWords adds lines to the report being read; lines under one name go together.
func (r *reader) addWords(name, words string) {
	words = clean(words)
	if r.report < 0 {
		if strings.TrimSpace(words) == "" {
			return
		}
		kind := clinical.Report
		if r.kind == "MDM" {
			kind = clinical.Document
		}
		path := "message[" + strconv.Itoa(r.number) + "]"
		if r.report = r.keep(clinical.Fact{Kind: kind, Text: name, Date: r.date}, path); r.report < 0 {
			return
		}
	}
	f := &r.out.Facts[r.report]
	last := len(f.Components) - 1
	if r.words += len(words) + 16; r.words > maxTexts {
		r.full = true
		return
	}
	if last >= 0 && (name == "" || f.Components[last].Text == name) {
		if r.size += len(words) + 1; r.size > maxWords {
			r.say(clinical.Error, "too_many", "")
			return
		}
		r.lines = append(r.lines, words)
		return
	}
	if strings.TrimSpace(words) != "" && len(f.Components) < 2000 {
		r.flush()
		f.Components = append(f.Components, clinical.Component{Text: name})
		r.lines, r.size = append(r.lines, clip(words, maxWords)), len(words)
	}
}

// flush joins the lines of the report that is being read.
func (r *reader) flush() {
	if r.report >= 0 && len(r.lines) > 0 {
		c := r.out.Facts[r.report].Components
		c[len(c)-1].Value = strings.TrimRight(strings.Join(r.lines, "\n"), " \n")
	}
	r.lines, r.size = nil, 0
}

func clean(s string) string {
	s = strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return -1
		}
		return c
	}, s)
	return strings.TrimRight(s, " \n")
}

// endings are what a file found inside is called, by its subtype.
var endings = map[string]string{"pdf": ".pdf", "jpeg": ".jpg", "jpg": ".jpg", "png": ".png", "tiff": ".tif", "rtf": ".rtf", "html": ".html", "xml": ".xml", "plain": ".txt"}

// attached takes out a file (ED): source, type, subtype, encoding, bytes.
func (r *reader) attached(raw, path string) {
	var body []byte
	var err error
	data := r.part(raw, 4)
	if data == "" {
		r.say(clinical.Warning, "no_words", path)
		return
	}
	switch strings.ToLower(r.part(raw, 3)) {
	case "base64":
		body, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.Map(noBlank, data), "="))
	case "hex":
		body, err = hex.DecodeString(strings.Map(noBlank, data))
	default:
		body = []byte(data)
	}
	if r.inside += len(body); err != nil || len(body) == 0 || r.inside > maxInside {
		r.say(clinical.Error, "undecoded", path)
		return
	}
	r.say(clinical.Note, "inside", path)
	if r.report >= 0 {
		r.addInside()
	}
	if r.open == nil || len(r.out.Children) >= 1000 {
		return
	}
	name := "inside-" + strconv.Itoa(len(r.out.Children)+1) + endings[strings.ToLower(r.part(raw, 2))]
	r.out.Children = append(r.out.Children, r.open(name, body))
}

// addInside marks the report as one whose words are in a file.
func (r *reader) addInside() {
	f := &r.out.Facts[r.report]
	if f.Detail == "" {
		f.Detail = "inside-" + strconv.Itoa(len(r.out.Children)+1)
	}
}

func noBlank(c rune) rune {
	if c <= ' ' {
		return -1
	}
	return c
}

// allergy reads an allergy (AL1).
func (r *reader) allergy(f []string, path string) {
	text, codes := r.coded(at(f, 3))
	var reactions []string
	for _, v := range strings.SplitN(at(f, 5), string(r.rep), 20) {
		if s := r.part(v, 0); s != "" {
			reactions = append(reactions, s)
		}
	}
	detail := strings.Join(reactions, "; ")
	if severity := r.part(at(f, 4), 1); severity != "" && detail != "" {
		detail += " (" + severity + ")"
	}
	r.keep(clinical.Fact{Kind: clinical.Allergy, Text: text, Codes: codes, Date: r.when(f, 6), Detail: detail}, path)
}

// diagnosis reads a diagnosis (DG1).
func (r *reader) diagnosis(f []string, path string) {
	text, codes := r.coded(at(f, 3))
	if words := r.part(at(f, 4), 0); text == "" || words != "" && len(codes) > 0 && text == codes[0].Code {
		text = words
	}
	r.keep(clinical.Fact{Kind: clinical.Condition, Text: text, Codes: codes, Date: r.when(f, 5), Who: r.person(at(f, 16))}, path)
}

// vaccine reads a vaccination (RXA).
func (r *reader) vaccine(f []string, path string) {
	text, codes := r.coded(at(f, 5))
	status := map[string]string{"CP": "completed", "PA": "completed", "RE": "not-done", "NA": "not-done", "": "completed"}[r.part(at(f, 20), 0)]
	if r.part(at(f, 21), 0) == "D" {
		status = clinical.EnteredInError
	}
	fact := clinical.Fact{Kind: clinical.Immunization, Text: text, Codes: codes, Date: r.when(f, 3), Status: status, Who: r.person(at(f, 10))}
	if amount := r.part(at(f, 6), 0); amount != "" && strings.Trim(amount, "9") != "" {
		fact.Detail = strings.TrimSpace(amount + " " + r.part(at(f, 7), 0))
	}
	r.keep(fact, path)
}
