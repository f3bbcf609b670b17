// Package clinical names what the records say: each condition, medicine, allergy,
// result, procedure, report, image study and so on as one fact that never loses
// the place it was read from. Facts are superseded with a reason, never edited.
package clinical

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
)

// Kind is what sort of thing a fact is about.
type Kind string

// The kinds of fact, in the order in which they are counted and shown.
const (
	Condition     Kind = "condition"
	Medication    Kind = "medication"
	Allergy       Kind = "allergy"
	Result        Kind = "result"
	Procedure     Kind = "procedure"
	Report        Kind = "report"
	Document      Kind = "document"
	Immunization  Kind = "immunization"
	Encounter     Kind = "encounter"
	ImagingStudy  Kind = "imaging_study"
	FamilyHistory Kind = "family_history"
	Device        Kind = "device"
	Other         Kind = "other"
)

// Kinds lists every kind, in order.
func Kinds() []Kind {
	return []Kind{
		Condition, Medication, Allergy, Result, Procedure, Report, Document,
		Immunization, Encounter, ImagingStudy, FamilyHistory, Device, Other,
	}
}

// EnteredInError is the status of a fact that its own author withdrew. Such a
// fact stays, so that nobody wonders where it went, and is shown as withdrawn.
const EnteredInError = "entered-in-error"

// Evidence is what sort of saying about a medicine a fact is. An order is not yet a
// medicine that was taken, and what a pharmacy handed over is neither.
type Evidence string

// The sorts of evidence; "" where the file does not tell.
const (
	Ordered   Evidence = "order"          // its date is the day of the order
	Planned   Evidence = "plan"           // proposed or planned, not yet ordered
	Stated    Evidence = "statement"      // somebody says that it is taken, and when
	Listed    Evidence = "listed"         // the same, and its date is only the day when that was said
	Given     Evidence = "administration" // somebody gave it
	Dispensed Evidence = "dispense"       // a pharmacy handed it over
)

// Code is one code of a fact, as the file gave it.
type Code struct {
	System  string `json:"system,omitempty"` // the code system's URI
	Code    string `json:"code,omitempty"`
	Display string `json:"display,omitempty"`
}

// Source is where a fact was read: enough to open the file at the place.
type Source struct {
	File string `json:"file"`           // SHA-256 of the file, lower-case hex
	Name string `json:"name,omitempty"` // the name that the file came with; inside an archive, "archive.zip/inner.json"
	Path string `json:"path,omitempty"` // place in the file, such as "Bundle.entry[12].resource"
	Page int    `json:"page,omitempty"` // page, counted from 1, where the file has pages
}

// Component is one part of a fact that has several, such as systolic and
// diastolic pressure, the sections of a document or the conditions of a relative.
type Component struct {
	Text  string `json:"text,omitempty"`
	Codes []Code `json:"codes,omitempty"`
	Value string `json:"value,omitempty"`
	Unit  string `json:"unit,omitempty"`
	Range string `json:"range,omitempty"`
}

// Fact is one thing that a record says. Dates keep the precision they were given
// with: "2020", "2020-05", "2020-05-03" or a full instant. Value keeps a decimal
// exactly as written: "7.10" is never "7.1".
type Fact struct {
	ID         string      `json:"id"` // from FactID, so that reading a file twice gives the same ids
	Kind       Kind        `json:"kind"`
	Text       string      `json:"text"`
	Codes      []Code      `json:"codes,omitempty"`
	Date       string      `json:"date,omitempty"`
	End        string      `json:"end,omitempty"`
	Value      string      `json:"value,omitempty"`
	Unit       string      `json:"unit,omitempty"`
	Range      string      `json:"range,omitempty"`
	Flag       string      `json:"flag,omitempty"`   // how the laboratory marked it: "H", "L", "abnormal"
	Detail     string      `json:"detail,omitempty"` // dose, reaction, conclusion or reason, in the record's words
	Status     string      `json:"status,omitempty"`
	Evidence   Evidence    `json:"evidence,omitempty"` // of a medicine: what sort of saying it is
	Who        string      `json:"who,omitempty"`      // who said it
	Subject    string      `json:"subject,omitempty"`  // Patient.Ref, given only where a file speaks of several patients
	Components []Component `json:"components,omitempty"`
	Exam       *Exam       `json:"exam,omitempty"` // of a report, an imaging study or a document: what it is about
	Source     Source      `json:"source"`

	SupersededBy string `json:"superseded_by,omitempty"` // id of the fact that took its place, or "" when it was only withdrawn
	Superseded   string `json:"superseded,omitempty"`    // the reason; empty while the fact stands
	SupersededAt string `json:"superseded_at,omitempty"` // instant, RFC 3339
}

// FactID gives the id of a fact: the same file and path always give the same id.
func FactID(fileSHA256, path string) string {
	sum := sha256.Sum256([]byte(fileSHA256 + "\x00" + path))
	return hex.EncodeToString(sum[:16])
}

// Severity is how much an issue matters.
type Severity string

// An error means that a part could not be read or breaks its standard; a warning
// that something should be looked at; a note that something is worth knowing.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Issue is something that the reader has to say about a file. Text is a plain
// English sentence without any health data; Key and Vars say the same for a page
// in the person's language. Neither ever holds a value from the record.
type Issue struct {
	Severity Severity          `json:"severity"`
	Path     string            `json:"path,omitempty"`
	Text     string            `json:"text"`
	Key      string            `json:"key,omitempty"`
	Vars     map[string]string `json:"vars,omitempty"`
}

// Reading is what one file's bytes say.
type Reading struct {
	Name     string    `json:"name"`
	SHA256   string    `json:"sha256"`
	Size     int64     `json:"size"`
	Kind     string    `json:"kind"`            // what the bytes are: one of the File constants
	Title    string    `json:"title,omitempty"` // what it is in words: a document's own title, "PDF 1.7, 3 pages"
	Date     string    `json:"date,omitempty"`  // the date that the file itself bears
	Pages    int       `json:"pages,omitempty"` // of a document that has pages, when they could be counted
	Patient  *Patient  `json:"patient"`         // nil when the file names nobody
	Patients []Patient `json:"patients,omitempty"`
	Counts   Counts    `json:"facts"` // of this file alone; a child has its own
	Facts    []Fact    `json:"fact_list,omitempty"`
	Studies  []Study   `json:"studies"`
	Issues   []Issue   `json:"issues"`
	Children []Reading `json:"children"`
}

// What the bytes of a file are.
const (
	FileFHIRBundle   = "fhir_bundle"
	FileFHIRNDJSON   = "fhir_ndjson"
	FileFHIRResource = "fhir_resource"
	FileCCDA         = "ccda"
	FileDICOM        = "dicom"
	FileDICOMDIR     = "dicomdir"
	FilePDF          = "pdf"
	FileImage        = "image"
	FileZIP          = "zip"
	FileISO          = "iso" // the image of a disc
	FileFolder       = "folder"
	FileHealthCard   = "smart_health_card"
	FileHealthLink   = "smart_health_link"
	FileHL7v2        = "hl7v2"
	FileUnknown      = "unknown"
)

// WithoutFacts gives a copy that has the counts but not the facts themselves,
// children included.
func (r Reading) WithoutFacts() Reading {
	r.Facts = nil
	children := make([]Reading, len(r.Children))
	for i, c := range r.Children {
		children[i] = c.WithoutFacts()
	}
	r.Children = children
	return r
}

// Each calls do for the reading and every reading inside it, outermost first.
func (r Reading) Each(do func(Reading)) {
	do(r)
	for _, c := range r.Children {
		c.Each(do)
	}
}

// Has tells whether the reading itself has an issue of this severity.
func (r Reading) Has(s Severity) bool {
	for _, i := range r.Issues {
		if i.Severity == s {
			return true
		}
	}
	return false
}

// MarshalJSON writes empty lists as [], never null.
func (r Reading) MarshalJSON() ([]byte, error) {
	type plain Reading
	p := plain(r)
	if p.Counts == nil {
		p.Counts = Count(r.Facts)
	}
	if p.Studies == nil {
		p.Studies = []Study{}
	}
	if p.Issues == nil {
		p.Issues = []Issue{}
	}
	if p.Children == nil {
		p.Children = []Reading{}
	}
	return json.Marshal(p)
}

// Counts is how many facts there are of each kind.
type Counts map[Kind]int

// Count counts facts by kind. Every kind is present, with 0 when there are none.
func Count(facts []Fact) Counts {
	c := Counts{}
	for _, k := range Kinds() {
		c[k] = 0
	}
	for _, f := range facts {
		c[f.Kind]++
	}
	return c
}

// Add gives the sum of two counts.
func (c Counts) Add(d Counts) Counts {
	sum := Count(nil)
	for _, k := range Kinds() {
		sum[k] = c[k] + d[k]
	}
	return sum
}

// Total is the number of facts of all kinds.
func (c Counts) Total() int {
	n := 0
	for _, v := range c {
		n += v
	}
	return n
}

// MarshalJSON writes every kind, in the order of Kinds.
func (c Counts) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, k := range Kinds() {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(string(k)) + ":" + strconv.Itoa(c[k]))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Supersede gives a copy of old that is marked as no longer standing: by is the
// id of the fact that takes its place ("" when it is only withdrawn), reason says
// why, at is when (RFC 3339). A fact that was superseded already is refused, for
// its history must not be rewritten.
func Supersede(old Fact, by, reason, at string) (Fact, error) {
	switch {
	case old.Superseded != "":
		return old, fmt.Errorf("fact %s was superseded already", old.ID)
	case reason == "":
		return old, fmt.Errorf("fact %s: superseding needs a reason", old.ID)
	case by == old.ID && by != "":
		return old, fmt.Errorf("fact %s cannot supersede itself", old.ID)
	}
	old.SupersededBy, old.Superseded, old.SupersededAt = by, reason, at
	return old, nil
}

// Standing gives the facts that nothing has superseded and that their own author
// has not withdrawn, in the order given.
func Standing(facts []Fact) []Fact {
	var out []Fact
	for _, f := range facts {
		if f.Superseded == "" && f.Status != EnteredInError {
			out = append(out, f)
		}
	}
	return out
}
