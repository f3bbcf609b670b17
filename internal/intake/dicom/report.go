package dicom

import (
	"bytes"
	"strings"

	"consilium/internal/clinical"
)

// Limits of one structured report: an echo report has some hundred statements.
const (
	maxStatements = 2000
	maxStatement  = 16 << 10 // bytes of one text
	maxReport     = 2 << 20  // bytes of all texts
)

// The elements of a content item, DICOM PS3.3 C.17.3.
const (
	tagCode      tag = 0x00080100
	tagScheme    tag = 0x00080102
	tagMeaning   tag = 0x00080104
	tagUnits     tag = 0x004008ea
	tagValueType tag = 0x0040a040
	tagObserver  tag = 0x0040a075
	tagDateTime  tag = 0x0040a120
	tagDate      tag = 0x0040a121
	tagTime      tag = 0x0040a122
	tagPerson    tag = 0x0040a123
	tagUID       tag = 0x0040a124
	tagText      tag = 0x0040a160
	tagConcepts  tag = 0x0040a168
	tagMeasured  tag = 0x0040a300
	tagNumeric   tag = 0x0040a30a
)

// report is what a structured report says, as one line per statement.
type report struct {
	charset  string
	title    clinical.Code
	observer string
	said     []clinical.Component
	taken    int
	full     bool
}

// item is one content item on its way to becoming a line.
type item struct {
	kind        string
	concept     clinical.Code
	code, units clinical.Code
	value       string
}

// schemes are the coding schemes of DICOM PS3.16 table 8-1, as the URIs that facts have.
var schemes = map[string]string{
	"DCM": "http://dicom.nema.org/resources/ontology/DCM", "SCT": "http://snomed.info/sct", "SRT": "http://snomed.info/srt",
	"SNM3": "http://snomed.info/srt", "99SDM": "http://snomed.info/srt", "LN": "http://loinc.org", "UCUM": "http://unitsofmeasure.org",
	"RADLEX": "http://radlex.org", "I10C": "http://hl7.org/fhir/sid/icd-10-cm", "FMA": "http://purl.org/sig/ont/fma",
}

// reportPart reads an element of the top of a report, or of one of its items.
func (c *cursor) reportPart(e element, depth int, rep *report) (int64, error) {
	switch e.tag {
	case tagConcept:
		return c.coded(e, depth, rep, &rep.title)
	case tagObservers:
		return c.items(e, depth, func(at, end int64, inner *cursor, depth int) (int64, error) {
			return inner.elements(at, end, depth, func(e element) (int64, error) {
				if e.tag == tagObserver && rep.observer == "" {
					s, err := inner.words(e, rep)
					rep.observer = personName(strings.SplitN(s, "=", 2)[0])
					return 0, err
				}
				return 0, nil
			})
		})
	}
	return c.items(e, depth, func(at, end int64, inner *cursor, depth int) (int64, error) {
		var it item
		slot := -1 // where this item's line stands, in front of those below it
		next, err := inner.elements(at, end, depth, func(e element) (int64, error) {
			if e.tag == tagContent {
				slot = rep.add(it, slot)
				return inner.reportPart(e, depth, rep)
			}
			return inner.itemPart(e, depth, rep, &it)
		})
		rep.add(it, slot)
		return next, err
	})
}

// itemPart reads one element of a content item.
func (c *cursor) itemPart(e element, depth int, rep *report, it *item) (int64, error) {
	var err error
	switch e.tag {
	case tagValueType:
		it.kind, err = c.words(e, rep)
	case tagConcept:
		return c.coded(e, depth, rep, &it.concept)
	case tagConcepts:
		return c.coded(e, depth, rep, &it.code)
	case tagMeasured:
		return c.items(e, depth, func(at, end int64, inner *cursor, depth int) (int64, error) {
			return inner.elements(at, end, depth, func(e element) (int64, error) {
				if e.tag == tagUnits {
					return inner.coded(e, depth, rep, &it.units)
				}
				if e.tag == tagNumeric {
					var err error
					it.value, err = inner.words(e, rep)
					return 0, err
				}
				return 0, nil
			})
		})
	case tagText, tagUID:
		it.value, err = c.words(e, rep)
	case tagPerson:
		it.value, err = c.words(e, rep)
		it.value = personName(strings.SplitN(it.value, "=", 2)[0])
	case tagDate, tagDateTime:
		it.value, err = c.words(e, rep)
		it.value = clinical.DateFromHL7(it.value)
	case tagTime:
		it.value, err = c.words(e, rep)
	}
	return 0, err
}

// coded reads the first code of a code sequence.
func (c *cursor) coded(e element, depth int, rep *report, into *clinical.Code) (int64, error) {
	return c.items(e, depth, func(at, end int64, inner *cursor, depth int) (int64, error) {
		var code clinical.Code
		next, err := inner.elements(at, end, depth, func(e element) (int64, error) {
			var err error
			switch e.tag {
			case tagCode:
				code.Code, err = inner.words(e, rep)
			case tagScheme:
				code.System, err = inner.words(e, rep)
			case tagMeaning:
				code.Display, err = inner.words(e, rep)
			}
			return 0, err
		})
		if uri := schemes[code.System]; uri != "" {
			code.System = uri
		}
		if *into == (clinical.Code{}) {
			*into = code
		}
		return next, err
	})
}

// words gives the text of an element.
func (c *cursor) words(e element, rep *report) (string, error) {
	v, err := c.value(e)
	if err != nil {
		return "", err
	}
	v = v[:min(len(v), maxStatement)]
	if rep.taken += len(v); rep.taken > maxReport {
		rep.full = true
		return "", nil
	}
	return strings.ToValidUTF8(strings.TrimSpace(decode(bytes.Clone(v), rep.charset)), ""), nil
}

// add writes a content item as a line, into its slot when it has one already.
func (rep *report) add(it item, slot int) int {
	c := clinical.Component{Text: it.concept.Display, Value: it.value, Unit: it.units.Code}
	switch it.kind {
	case "CONTAINER":
		if c.Text == "" {
			return slot
		}
	case "CODE":
		c.Value = it.code.Display
		if it.code.Code != "" {
			c.Codes = []clinical.Code{it.code}
		}
	case "TEXT", "NUM", "DATE", "DATETIME", "TIME", "PNAME":
	default: // pictures, coordinates and other addresses are no words
		return slot
	}
	if c.Value == "" && it.kind != "CONTAINER" {
		return slot
	}
	if slot >= 0 {
		rep.said[slot] = c
		return slot
	}
	if len(rep.said) >= maxStatements {
		rep.full = true
		return slot
	}
	rep.said = append(rep.said, c)
	return len(rep.said) - 1
}

// reported turns a structured report into a fact.
func (r *reader) reported() {
	rep := r.report
	if rep == nil || len(rep.said) == 0 {
		return
	}
	f := clinical.Fact{
		Kind: clinical.Report, Text: rep.title.Display, Who: rep.observer, Source: r.src, Components: rep.said,
		Date: clinical.DateFromHL7(r.h.ascii(tagContentDate)), Status: strings.ToLower(r.h.ascii(tagVerified)),
	}
	if rep.title.Code != "" {
		f.Codes = []clinical.Code{rep.title}
	}
	if f.Text == "" {
		f.Text = r.out.Title
	}
	if f.Date == "" {
		f.Date = r.out.Date
	}
	if f.Who == "" {
		f.Who = r.h.text(tagInstitution)
	}
	f.Exam = r.reportedOn()
	f.Source.Path = "ContentSequence"
	f.ID = clinical.FactID(r.src.File, f.Source.Path)
	r.out.Facts = append(r.out.Facts, f)
	r.say(clinical.Note, "report_read")
	if rep.full {
		r.say(clinical.Warning, "report_long")
	}
}
