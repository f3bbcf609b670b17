// Package hl7v2 reads HL7 version 2 messages, as laboratories and hospital systems
// send them to one another: reports and their results (ORU), documents (MDM),
// vaccinations (VXU), and the allergies and diagnoses that any message may carry. Of
// other messages it tells what they are and whom they are about.
package hl7v2

import (
	"context"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"consilium/internal/clinical"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

var sayings = map[string]string{
	"read":       "This is an HL7 version 2 message: what it says was read.",
	"other":      "This is an HL7 version 2 message of the type %: it is kept, and its contents are not read into facts.",
	"no_words":   "The message tells of a document whose words are not in it: ask the sender for the document.",
	"linked":     "The message points at a file that is not in it: ask the sender for that file.",
	"inside":     "There is a file inside this message.",
	"undecoded":  "There is a file inside this message, damaged or too large: it was not taken out.",
	"patients":   "The file has messages about more than one patient: each fact says whose it is.",
	"no_patient": "The message does not say whom it is about.",
	"damaged":    "The message does not begin as HL7 version 2 asks for: it was not read.",
	"too_large":  "The file is larger than is read: the rest was not looked at.",
	"too_many":   "The file holds more than is read: the rest was not looked at.",
	"time":       "Reading took too long and was stopped.",
}

// Limits of one file.
const (
	maxBytes    = 24 << 20
	maxSegments = 200_000
	maxFacts    = 50_000
	maxWords    = 256 << 10 // bytes of the words of one report
	maxTexts    = 32 << 20  // bytes of all words kept
	maxFields   = 200
	maxInside   = 32 << 20
)

// Sentences gives the English sentence of every issue of this reader, by its full key.
func Sentences() map[string]string {
	all := map[string]string{}
	for key, text := range sayings {
		all["intake.hl7v2."+key] = text
	}
	return all
}

// Opener reads a file that was found inside a message, such as a PDF. The name is
// made here.
type Opener func(name string, body []byte) clinical.Reading

// reader is the state of reading one file.
type reader struct {
	ctx  context.Context
	src  clinical.Source
	open Opener
	out  clinical.Reading
	told map[string]bool

	field, comp, rep, esc, sub byte

	number   int            // of the message, from 0
	kind     string         // "ORU", "MDM"
	counts   map[string]int // segments of the message, by name
	sender   string
	who      *clinical.Patient
	people   map[string]clinical.Patient
	order    []string             // their refs
	subjects []string             // of each fact
	report   int                  // place of the report or document being read, -1 for none
	date     string               // of the report
	words    int                  // bytes kept
	exam     clinical.Exam        // of a document that is not read yet
	noted    int                  // place of the result that a note would belong to, -1 for the report
	about    string               // what a note would be about
	waiting  []clinical.Component // notes that came before their document
	lines    []string             // of the last component of the report, not joined yet
	size     int                  // of lines
	inside   int
	full     bool
}

func (r *reader) say(s clinical.Severity, key, path string) {
	if r.told[key] {
		return
	}
	r.told[key] = true
	r.out.Issues = append(r.out.Issues, clinical.Issue{Severity: s, Path: path, Key: "intake.hl7v2." + key, Text: sayings[key]})
}

// Read reads every message of a file. A file inside a message is handed to open,
// where open is given.
func Read(ctx context.Context, in io.ReaderAt, size int64, src clinical.Source, open Opener) clinical.Reading {
	r := &reader{ctx: ctx, src: src, open: open, told: map[string]bool{}, people: map[string]clinical.Patient{}, report: -1}
	r.out.Kind = clinical.FileHL7v2
	b := make([]byte, min(size, maxBytes))
	n, _ := in.ReadAt(b, 0)
	text := strings.TrimLeft(letters(b[:n]), "\ufeff\v\x1c \r\n")
	if size > maxBytes {
		r.say(clinical.Error, "too_large", "")
	}
	began := false
	for i, s := range segments(text) {
		switch {
		case i >= maxSegments || r.full:
			r.say(clinical.Error, "too_many", "")
		case i%1024 == 0 && ctx.Err() != nil:
			r.say(clinical.Error, "time", "")
		default:
			if name := s[:min(3, len(s))]; name == "MSH" && len(s) > 8 {
				r.message(s)
				began = true
			} else if began {
				r.segment(name, s)
			}
			continue
		}
		break
	}
	if !began {
		r.say(clinical.Error, "damaged", "")
		return r.out
	}
	r.finish()
	return r.out
}

// segments divides a file. A segment ends with a carriage return; files that went
// through an editor have line feeds instead. A line that begins like no segment goes
// on with the one before it.
func segments(text string) []string {
	end := byte('\r')
	if strings.IndexByte(text, end) < 0 {
		end = '\n'
	}
	var out []string
	cut := func(s string) {
		if s = strings.Trim(s, "\r\n\v\x1c"); s != "" {
			out = append(out, s)
		}
	}
	start := 0
	for at := 0; at < len(text) && len(out) <= maxSegments; {
		i := strings.IndexByte(text[at:], end)
		if i < 0 {
			break
		}
		at += i + 1
		if rest := strings.TrimLeft(text[at:min(len(text), at+16)], "\r\n\v\x1c"); begins(rest, text) {
			cut(text[start:at])
			start = at
		}
	}
	cut(text[start:])
	return out
}

// begins tells whether a line begins as a segment does: three letters or digits, and
// the mark that divides fields, which is the fourth letter of the file.
func begins(line, text string) bool {
	if len(line) < 4 || len(text) < 4 || line[3] != text[3] {
		return false
	}
	for _, c := range []byte(line[:3]) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// letters turns the bytes into text, by the character set that the first message
// declares (MSH-18) where they are not UTF-8.
func letters(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var from encoding.Encoding = charmap.Windows1252
	head, _, _ := strings.Cut(string(b[:min(len(b), 2000)]), "\r")
	if len(head) > 4 {
		if f := strings.Split(head, head[3:4]); len(f) > 17 {
			name := strings.Replace(strings.ToLower(strings.TrimSpace(f[17])), "8859/", "iso-8859-", 1)
			if e, err := htmlindex.Get(name); err == nil {
				from = e
			}
		}
	}
	s, err := from.NewDecoder().String(string(b))
	if err != nil {
		return strings.ToValidUTF8(string(b), "�")
	}
	return s
}

// message begins a message with its header.
func (r *reader) message(s string) {
	r.field, r.comp, r.rep, r.esc, r.sub = s[3], s[4], '~', '\\', '&'
	marks := s[5:min(8, len(s))]
	for i, mark := range []*byte{&r.rep, &r.esc, &r.sub} {
		if i < len(marks) && marks[i] != r.field {
			*mark = marks[i]
		} else if i < len(marks) {
			break
		}
	}
	if len(r.counts) > 0 {
		r.number++
	}
	r.flush()
	r.counts, r.report, r.date, r.who = map[string]int{"MSH": 1}, -1, "", nil
	r.noted, r.about, r.waiting, r.exam = -1, "", nil, clinical.Exam{}
	f := r.fields(s)
	r.kind = r.part(at(f, 8), 0)
	r.sender = r.part(at(f, 3), 0)
	if name := r.part(at(f, 3), 1); r.sender == "" || strings.Trim(r.sender, "0123456789.") == "" {
		r.sender = name
	}
	if r.out.Title == "" {
		r.out.Title = strings.TrimSpace("HL7 v2 " + clip(strings.ReplaceAll(at(f, 8), string(r.comp), " "), 40))
		r.out.Date = clinical.DateFromHL7(r.part(at(f, 6), 0))
	}
	switch r.kind {
	case "ORU", "OUL", "MDM", "VXU":
		r.say(clinical.Note, "read", "")
	default:
		if !r.told["other"] {
			name := clip(strings.Map(func(c rune) rune {
				if c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
					return c
				}
				return -1
			}, r.kind), 3)
			r.say(clinical.Note, "other", "")
			last := &r.out.Issues[len(r.out.Issues)-1]
			last.Text, last.Vars = strings.ReplaceAll(last.Text, "%", name), map[string]string{"what": name}
		}
	}
}

// segment reads one segment behind the header.
func (r *reader) segment(name, s string) {
	f := r.fields(s)
	path := "message[" + strconv.Itoa(r.number) + "]." + name + "[" + strconv.Itoa(r.counts[name]) + "]"
	r.counts[name]++
	reports := r.kind == "ORU" || r.kind == "OUL"
	switch {
	case name == "PID":
		r.patient(f)
	case name == "OBR" && reports:
		r.ordered(f, path)
	case name == "TXA":
		r.document(f, path)
	case name == "OBX" && (reports || r.kind == "MDM"):
		r.observed(f, path)
	case name == "OBR" && r.kind == "MDM":
		r.about, _ = r.coded(at(f, 4))
		r.noted = -1
		r.examined(r.orderOf(f))
	case (name == "IPC" || name == "ZDS") && (reports || r.kind == "MDM"):
		r.procedureOf(name, f)
	case name == "NTE":
		r.note(r.paragraph(at(f, 3)))
	case name == "AL1":
		r.allergy(f, path)
	case name == "DG1":
		r.diagnosis(f, path)
	case name == "RXA" && r.kind == "VXU":
		r.vaccine(f, path)
	}
}

func (r *reader) fields(s string) []string {
	return strings.SplitN(s, string(r.field), maxFields)
}

func at(f []string, i int) string {
	if i < len(f) {
		return f[i]
	}
	return ""
}

// part gives one component of the first repetition of a field.
func (r *reader) part(field string, i int) string {
	if j := strings.IndexByte(field, r.rep); j >= 0 {
		field = field[:j]
	}
	for range i {
		j := strings.IndexByte(field, r.comp)
		if j < 0 {
			return ""
		}
		field = field[j+1:]
	}
	if j := strings.IndexByte(field, r.comp); j >= 0 {
		field = field[:j]
	}
	if field == `""` {
		return ""
	}
	return strings.TrimSpace(r.text(field))
}

// finish settles whom the file is about.
func (r *reader) finish() {
	r.flush()
	for _, f := range r.out.Facts {
		if f.Kind == clinical.Document && len(f.Components) == 0 && f.Detail == "" {
			r.say(clinical.Warning, "no_words", f.Source.Path)
		}
	}
	switch {
	case len(r.order) == 0:
		r.say(clinical.Warning, "no_patient", "")
		return
	case len(r.order) > 1:
		r.say(clinical.Warning, "patients", "")
		for _, ref := range r.order {
			r.out.Patients = append(r.out.Patients, r.people[ref])
		}
		for i := range r.out.Facts {
			r.out.Facts[i].Subject = r.subjects[i]
		}
	}
	p := r.people[r.order[0]]
	r.out.Patient = &p
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
