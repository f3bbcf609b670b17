// Package ccda tells what a C-CDA document is: its title and kind, its date, whom
// it is about and which sections it has. The entries of the sections are not read
// into facts. The XML is read token by token; entities are never expanded and
// nothing outside the file is ever opened.
package ccda

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"consilium/internal/clinical"
)

const (
	namespace = "urn:hl7-org:v3"
	maxBytes  = 40 << 20 // a document with its letters embedded; real ones reach 20 MB
	maxDepth  = 200
	maxText   = 1000
)

var sayings = map[string]string{
	"listed":     "This is a C-CDA document: it is kept, but its entries are not read into facts.",
	"fragment":   "This is a piece of a C-CDA document, not a whole one: it does not say whom it is about.",
	"not_cda":    "This is XML, but not a C-CDA document.",
	"damaged":    "The XML is damaged: nothing after this place could be read.",
	"cut_short":  "The file ends in the middle: the rest is missing.",
	"doctype":    "The file declares a document type, which C-CDA does not allow: the declaration was ignored.",
	"encoding":   "The text is in an encoding that is not known.",
	"too_deep":   "The XML is nested too deep: it was not read to the end.",
	"too_large":  "The file is larger than is read: what comes after was not looked at.",
	"time":       "Reading took too long and was stopped.",
	"no_patient": "The document does not say whom it is about.",
	"patients":   "The document names more than one patient.",
}

func (d *doc) say(s clinical.Severity, key, path string) {
	d.out.Issues = append(d.out.Issues, clinical.Issue{Severity: s, Path: path, Key: "intake.ccda." + key, Text: sayings[key]})
}

// doc is the state of reading one document.
type doc struct {
	ctx     context.Context
	x       *xml.Decoder
	out     clinical.Reading
	path    []string
	name    nameParts
	nameUse string
	title   string
	piece   bool // not a whole document
	code    string
	targets int
}

type nameParts struct{ given, family, loose []string }

// Read reads the header and the titles of the sections.
func Read(ctx context.Context, in io.ReaderAt, size int64, _ clinical.Source) clinical.Reading {
	d := &doc{ctx: ctx}
	d.out.Kind = clinical.FileUnknown
	d.x = xml.NewDecoder(&tagGuard{ctx: ctx, r: decoded(in, size)})
	d.x.CharsetReader = charset
	d.read()
	if d.out.Kind != clinical.FileCCDA {
		d.say(clinical.Note, "not_cda", "")
		return d.out
	}
	if size > maxBytes {
		d.say(clinical.Error, "too_large", "")
	}
	if d.out.Title = d.title; d.title == "" {
		d.out.Title = d.code
	}
	if p := d.out.Patient; p != nil && p.Empty() {
		d.out.Patient = nil
	}
	switch {
	case d.out.Patient == nil && !d.piece:
		d.say(clinical.Warning, "no_patient", "")
	case d.targets > 1:
		d.say(clinical.Warning, "patients", "ClinicalDocument.recordTarget")
	}
	d.say(clinical.Note, "listed", "")
	return d.out
}

// decoded gives the text as UTF-8 where a byte order mark says that it is UTF-16.
func decoded(in io.ReaderAt, size int64) io.Reader {
	r := io.NewSectionReader(in, 0, min(size, maxBytes))
	var b [2]byte
	if n, _ := in.ReadAt(b[:], 0); n == 2 && (b == [2]byte{0xff, 0xfe} || b == [2]byte{0xfe, 0xff}) {
		return transform.NewReader(r, unicode.BOMOverride(unicode.UTF8.NewDecoder()))
	}
	return r
}

// tagGuard stops a file whose tags never end, before the XML reader collects them,
// and one that takes too long.
type tagGuard struct {
	ctx context.Context
	r   io.Reader
	tag int // bytes since a tag was opened; 0 outside of tags
}

const maxTag = 1 << 20

var errTag = errors.New("a tag does not end")

func (g *tagGuard) Read(p []byte) (int, error) {
	if err := g.ctx.Err(); err != nil {
		return 0, err
	}
	if g.tag > maxTag {
		return 0, errTag
	}
	n, err := g.r.Read(p)
	for b := p[:n]; len(b) > 0; {
		end := byte('<')
		if g.tag > 0 {
			end = '>'
		}
		i := bytes.IndexByte(b, end)
		switch {
		case i < 0 && g.tag > 0:
			g.tag += len(b)
		case i < 0:
		case g.tag > 0:
			g.tag = 0
		default:
			g.tag = 1
		}
		if i < 0 {
			break
		}
		b = b[i+1:]
	}
	return n, err
}

var errEncoding = errors.New("unknown encoding")

func charset(label string, in io.Reader) (io.Reader, error) {
	if strings.HasPrefix(strings.ToLower(label), "utf-16") {
		return in, nil // already decoded by its byte order mark
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, errEncoding
	}
	return transform.NewReader(in, e.NewDecoder()), nil
}

func (d *doc) where() string { return strings.Join(d.path, ".") }

func (d *doc) read() {
	for i := 0; ; i++ {
		if i%1024 == 0 && d.ctx.Err() != nil {
			d.say(clinical.Error, "time", "")
			return
		}
		tok, err := d.x.RawToken()
		if err != nil {
			d.ended(err)
			return
		}
		switch t := tok.(type) {
		case xml.Directive:
			if bytes.HasPrefix(bytes.ToUpper(t), []byte("DOCTYPE")) {
				d.say(clinical.Error, "doctype", "")
			}
		case xml.StartElement:
			if len(d.path) >= maxDepth {
				d.say(clinical.Error, "too_deep", "")
				return
			}
			if len(d.path) == 0 && !d.root(t) {
				return
			}
			d.path = append(d.path, t.Name.Local)
			d.open(t)
		case xml.CharData:
			d.text(strings.TrimSpace(string(t[:min(len(t), maxText)])))
		case xml.EndElement:
			if len(d.path) == 0 || d.path[len(d.path)-1] != t.Name.Local {
				d.say(clinical.Error, "damaged", d.where())
				return
			}
			d.close()
			d.path = d.path[:len(d.path)-1]
		}
	}
}

// ended says how reading ended, unless it was at the end.
func (d *doc) ended(err error) {
	var syntax *xml.SyntaxError
	switch {
	case d.ctx.Err() != nil:
		d.say(clinical.Error, "time", "")
	case errors.Is(err, errEncoding):
		d.say(clinical.Error, "encoding", "")
	case errors.Is(err, io.EOF) && len(d.path) == 0:
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unexpected EOF"):
		d.say(clinical.Error, "cut_short", d.where())
	default:
		d.say(clinical.Error, "damaged", d.where())
	}
}

// root decides by the outermost element whether this is a document at all.
func (d *doc) root(t xml.StartElement) bool {
	if d.out.Kind == clinical.FileCCDA {
		return true // a file of several pieces
	}
	cda := t.Name.Local == "ClinicalDocument"
	for _, a := range t.Attr {
		// The prefix that the element itself has, bound to the namespace of CDA.
		own := a.Name.Space == "" && a.Name.Local == "xmlns" && t.Name.Space == "" || a.Name.Space == "xmlns" && a.Name.Local == t.Name.Space
		cda = cda || own && a.Value == namespace
	}
	fragment := map[string]bool{
		"section": true, "component": true, "entry": true, "observation": true, "act": true, "organizer": true,
		"substanceAdministration": true, "procedure": true, "encounter": true, "supply": true, "recordTarget": true,
	}
	switch {
	case t.Name.Local == "ClinicalDocument":
	case cda || fragment[t.Name.Local]:
		d.piece = true
		d.say(clinical.Warning, "fragment", "")
	default:
		return false
	}
	d.out.Kind = clinical.FileCCDA
	return true
}

func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name && len(a.Value) <= maxText {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

const (
	inTarget  = "ClinicalDocument.recordTarget.patientRole"
	inPatient = inTarget + ".patient"
)

func (d *doc) open(t xml.StartElement) {
	if len(d.path) > 12 {
		return
	}
	switch d.where() {
	case "ClinicalDocument.code":
		d.code = attr(t, "displayName")
	case "ClinicalDocument.effectiveTime":
		d.out.Date = clinical.DateFromHL7(attr(t, "value"))
	case inTarget:
		d.targets++
		if d.out.Patient == nil {
			d.out.Patient = &clinical.Patient{}
		}
	case inTarget + ".id":
		if v := attr(t, "extension"); d.targets == 1 && v != "" {
			d.out.Patient.Identifiers = append(d.out.Patient.Identifiers, clinical.Identifier{System: "urn:oid:" + attr(t, "root"), Value: v})
		}
	case inPatient + ".birthTime":
		if d.targets == 1 {
			d.out.Patient.BirthDate = birthDay(attr(t, "value"))
		}
	case inPatient + ".administrativeGenderCode":
		if d.targets == 1 {
			d.out.Patient.Sex = map[string]string{"M": "male", "F": "female", "UN": "other"}[attr(t, "code")]
		}
	case inPatient + ".name":
		d.name, d.nameUse = nameParts{}, attr(t, "use")
	}
}

// birthDay keeps the day of a birth time: the hour is nobody's business here.
func birthDay(s string) string {
	date := clinical.DateFromHL7(s)
	return date[:min(len(date), 10)]
}

func (d *doc) text(s string) {
	if s == "" || len(d.path) > 12 {
		return
	}
	if d.piece && d.title == "" && d.path[len(d.path)-1] == "title" {
		d.title = s
	}
	switch d.where() {
	case "ClinicalDocument.title":
		d.title = strings.TrimSpace(d.title + " " + s)
	case inPatient + ".name.given":
		d.name.given = append(d.name.given, s)
	case inPatient + ".name.family":
		d.name.family = append(d.name.family, s)
	case inPatient + ".name":
		d.name.loose = append(d.name.loose, s)
	}
}

func (d *doc) close() {
	if len(d.path) > 12 || d.targets != 1 || d.where() != inPatient+".name" {
		return
	}
	all := append(append(d.name.given, d.name.family...), d.name.loose...)
	name := strings.Join(strings.Fields(strings.Join(all, " ")), " ")
	switch p := d.out.Patient; {
	case name == "":
	case p.Name == "":
		p.Name = name
	case len(p.OtherNames) < 20:
		p.OtherNames = append(p.OtherNames, name)
	}
}

// Sentences gives the English sentence of every issue of this reader, by its full key.
func Sentences() map[string]string {
	all := map[string]string{}
	for key, text := range sayings {
		all["intake.ccda."+key] = text
	}
	return all
}
