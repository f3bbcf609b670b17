// Package dicom tells what a DICOM file is: whose image it is, of which study and
// series, made how and when, and how the picture is stored; for the DICOMDIR of a
// disc, which studies and files the disc holds; for a structured report, what it
// says; and it takes out a document that a file wraps. It reads headers only, never
// pixels.
package dicom

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"consilium/internal/clinical"
)

var sayings = map[string]string{
	"cut_short":       "The image file ends in the middle: the picture may be missing or incomplete.",
	"damaged":         "The image file is damaged: its description could not be read to the end.",
	"no_preamble":     "The file lacks the marks at its start that DICOM asks for; it was read all the same.",
	"no_study":        "The image does not say which study it belongs to.",
	"no_patient":      "The image does not say whose it is.",
	"time":            "Reading took too long and was stopped.",
	"too_many":        "The image's description is larger than is read.",
	"patients":        "The disc holds images of more than one patient.",
	"listed":          "This is a DICOM file: it is kept and listed; the picture itself is not looked at.",
	"stored":          "How the picture is stored: %.",
	"syntax_unknown":  "The picture is stored in a way that the standard does not know: it may not open.",
	"elsewhere":       "The file only points at a place where the picture is: the picture itself is not here.",
	"report_read":     "This is a structured report: what it says was read into words.",
	"report_long":     "The structured report says more than is kept: the rest was not read.",
	"inside":          "There is a document inside this file.",
	"inside_damaged":  "There is a document inside this file, damaged or too large: it was not taken out.",
	"directory_empty": "The disc's list is empty: it names no images.",
	"directory_links": "The disc's list is out of order: it was read line by line.",
	"directory_only":  "This is only the list of what is on a disc: the images that it names are files of their own.",
	"images_missing":  "Images that the disc lists and that are not here: %.",
	"repeated":        "The same image is here more than once.",
}

func issue(s clinical.Severity, key string) clinical.Issue {
	return clinical.Issue{Severity: s, Key: "intake.dicom." + key, Text: sayings[key]}
}

// with fills the "%" of an issue's sentence.
func with(i clinical.Issue, what string) clinical.Issue {
	i.Text, i.Vars = strings.ReplaceAll(i.Text, "%", what), map[string]string{"what": what}
	return i
}

// The elements that are read.
const (
	tagClass        tag = 0x00020002
	tagSyntax       tag = 0x00020010
	tagFirstRecord  tag = 0x00041200
	tagRecords      tag = 0x00041220
	tagNextRecord   tag = 0x00041400
	tagInUse        tag = 0x00041410
	tagLowerRecord  tag = 0x00041420
	tagRecordType   tag = 0x00041430
	tagFileID       tag = 0x00041500
	tagCharset      tag = 0x00080005
	tagSOPClass     tag = 0x00080016
	tagSOPInstance  tag = 0x00080018
	tagStudyDate    tag = 0x00080020
	tagSeriesDate   tag = 0x00080021
	tagContentDate  tag = 0x00080023
	tagAccession    tag = 0x00080050
	tagIssuerSeq    tag = 0x00080051
	tagModality     tag = 0x00080060
	tagInstitution  tag = 0x00080080
	tagDescription  tag = 0x00081030
	tagSeriesText   tag = 0x0008103e
	tagName         tag = 0x00100010
	tagID           tag = 0x00100020
	tagIssuer       tag = 0x00100021
	tagBirth        tag = 0x00100030
	tagSex          tag = 0x00100040
	tagOtherNames   tag = 0x00101001
	tagRegion       tag = 0x00082218 // Anatomic Region Sequence
	tagBodyPart     tag = 0x00180015
	tagStudyUID     tag = 0x0020000d
	tagSeriesUID    tag = 0x0020000e
	tagSide         tag = 0x00200060
	tagImageSide    tag = 0x00200062
	tagFrames       tag = 0x00280008
	tagRequests     tag = 0x0040a370 // Referenced Request Sequence
	tagEvidence     tag = 0x0040a375 // Current Requested Procedure Evidence Sequence
	tagConcept      tag = 0x0040a043
	tagObservers    tag = 0x0040a073
	tagVerified     tag = 0x0040a493
	tagContent      tag = 0x0040a730
	tagDocTitle     tag = 0x00420010
	tagDocument     tag = 0x00420011
	tagDocType      tag = 0x00420012
	tagDocLength    tag = 0x00420015
	tagFloatPixels  tag = 0x7fe00008
	tagDoublePixels tag = 0x7fe00009
	tagPixels       tag = 0x7fe00010
)

const directoryClass = "1.2.840.10008.1.3.10"

// Looks tells whether a file without the usual preamble begins like a data set: a
// low group, and a length or a value representation that can be.
func Looks(head []byte) bool {
	if len(head) < 16 {
		return false
	}
	group, elem := binary.LittleEndian.Uint16(head), binary.LittleEndian.Uint16(head[2:])
	big := binary.BigEndian.Uint16(head)
	switch {
	case group == 2 && elem <= 0x0102, group == 8 && elem <= 0x0070:
	case big == 8 && binary.BigEndian.Uint16(head[2:]) <= 0x0070:
		return isVR(head[4:6])
	default:
		return false
	}
	return isVR(head[4:6]) || binary.LittleEndian.Uint32(head[4:]) < 1024
}

func isVR(b []byte) bool {
	return bytes.Contains([]byte("AE AS AT CS DA DS DT FL FD IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV"), b) && b[0] != ' ' && b[1] != ' '
}

// header is what was read: the raw values of the elements of interest.
type header struct {
	values map[tag][]byte
	order  binary.ByteOrder
	at     int64 // of a directory record: its place in the file
}

func (h header) text(t tag) string { return strings.TrimSpace(decode(h.values[t], h.charset())) }

func (h header) charset() string { return strings.TrimRight(string(h.values[tagCharset]), " \x00") }

// ascii gives a value that is never in another character set.
func (h header) ascii(t tag) string {
	return strings.ToValidUTF8(strings.Trim(string(h.values[t]), " \x00"), "?")
}

// number gives a binary number of 2 or 4 bytes, 0 when there is none.
func (h header) number(t tag) int64 {
	switch v := h.values[t]; {
	case h.order == nil:
		return 0
	case len(v) == 2:
		return int64(h.order.Uint16(v))
	case len(v) == 4:
		return int64(h.order.Uint32(v))
	}
	return 0
}

// Opener reads a document that a file wraps, such as a PDF. The name is made here.
type Opener func(name string, body []byte) clinical.Reading

// Seen is what other files of the same disc are held against.
type Seen struct {
	Instance string   // the SOP instance UID of an image
	Listed   []string // the files that a DICOMDIR lists, from its own folder: "IMAGES/IM0001"
}

// Read reads the header of one file. A document inside it is said to be there, and
// not opened.
func Read(ctx context.Context, in io.ReaderAt, size int64, src clinical.Source) clinical.Reading {
	out, _ := ReadOpening(ctx, in, size, src, nil)
	return out
}

// ReadOpening reads the header of one file and hands a document inside it to open.
func ReadOpening(ctx context.Context, in io.ReaderAt, size int64, src clinical.Source, open Opener) (clinical.Reading, Seen) {
	count := 0
	r := reader{src: src, open: open, c: &cursor{ctx: ctx, in: in, size: size, explicit: true, order: binary.LittleEndian, count: &count}}
	r.h = header{values: map[tag][]byte{}}
	r.out.Kind = clinical.FileDICOM
	start := int64(0)
	if b, err := r.c.bytes(128, 4); err == nil && string(b) == "DICM" {
		start = 132
	} else {
		r.say(clinical.Warning, "no_preamble")
	}
	err := r.c.meta(&start, r.h)
	if err == nil {
		err = r.dataset(start)
	}
	r.h.order = r.c.order
	var seen Seen
	if r.h.ascii(tagClass) == directoryClass || len(r.records) > 0 {
		r.out.Kind = clinical.FileDICOMDIR
		seen.Listed = r.directory()
	} else {
		r.describe()
		seen.Instance = r.h.ascii(tagSOPInstance)
	}
	switch {
	case err == nil, errors.Is(err, errStop):
	case errors.Is(err, errCut), errors.Is(err, io.EOF):
		r.say(clinical.Error, "cut_short")
	case errors.Is(err, errMany):
		r.say(clinical.Warning, "too_many")
	case ctx.Err() != nil:
		r.say(clinical.Error, "time")
	default:
		r.say(clinical.Error, "damaged")
	}
	if r.out.Kind == clinical.FileDICOM {
		r.say(clinical.Note, "listed")
	}
	return r.out, seen
}

// reader is the state of reading one file.
type reader struct {
	src     clinical.Source
	open    Opener
	c       *cursor
	h       header
	records []header
	report  *report
	exam    clinical.Exam // what the sequences say of the examination
	body    element       // the wrapped document
	pixels  bool
	out     clinical.Reading
}

func (r *reader) say(s clinical.Severity, key string) {
	r.out.Issues = append(r.out.Issues, issue(s, key))
}

// meta reads group 2, which is always explicit and little endian, and sets how
// the rest is written.
func (c *cursor) meta(at *int64, h header) error {
	for *at < c.size {
		b, err := c.bytes(*at, 6)
		if err != nil {
			return err
		}
		if binary.LittleEndian.Uint16(b) != 2 {
			break
		}
		c.explicit = isVR(b[4:6])
		e, err := c.next(*at)
		if err != nil {
			return err
		}
		if e.tag == tagClass || e.tag == tagSyntax {
			v, err := c.value(e)
			if err != nil {
				return err
			}
			h.values[e.tag] = bytes.Clone(v)
		}
		if *at, err = c.after(e, 0); err != nil {
			return err
		}
	}
	if *at >= c.size {
		return errCut
	}
	switch uid := h.ascii(tagSyntax); {
	case uid == "1.2.840.10008.1.2":
		c.explicit = false
	case uid == "1.2.840.10008.1.2.2":
		c.explicit, c.order = true, binary.BigEndian
	case deflated(uid):
		b := inflated(c.in, *at, c.size)
		*c = cursor{ctx: c.ctx, in: bytes.NewReader(b), size: int64(len(b)), explicit: true, order: binary.LittleEndian, count: c.count}
		*at = 0
		if len(b) == 0 {
			return errDamaged
		}
	default:
		c.guess(*at)
	}
	return nil
}

// guess looks at the first element itself: files that lie about, or do not say,
// how they are written are common.
func (c *cursor) guess(at int64) {
	b, err := c.bytes(at, 8)
	if err != nil {
		return
	}
	c.explicit = isVR(b[4:6])
	if g := binary.LittleEndian.Uint16(b); g > 0xff && g&0xff == 0 && g>>8 < 0x30 {
		c.order = binary.BigEndian
	}
}

// dataset reads the elements of interest, up to the picture. The records of a
// DICOMDIR are read into their own headers.
func (r *reader) dataset(start int64) error {
	_, err := r.c.elements(start, r.c.size, 0, func(e element) (int64, error) {
		switch {
		case e.tag == tagPixels || e.tag == tagFloatPixels || e.tag == tagDoublePixels:
			r.pixels = true
			if e.length == undefined && r.c.endsWithMark() {
				return 0, errStop // the pieces need not be counted when their end is there
			}
			if _, err := r.c.after(e, 0); err != nil {
				return 0, errCut
			}
			return 0, errStop // what may stand behind the picture is padding
		case e.tag == tagRecords:
			return r.directoryRecords(e)
		case e.tag == tagContent, e.tag == tagConcept, e.tag == tagObservers:
			if r.report == nil {
				r.report = &report{charset: r.h.charset()}
			}
			return r.c.reportPart(e, 0, r.report)
		case e.tag == tagDocument:
			r.body = e
		case e.tag == tagIssuerSeq, e.tag == tagRegion, e.tag == tagRequests, e.tag == tagEvidence, e.tag == tagStudies:
			return r.examSequence(e)
		case wanted(e.tag):
			v, err := r.c.value(e)
			if err != nil {
				return 0, err
			}
			r.h.values[e.tag] = bytes.Clone(v)
		}
		return 0, nil
	})
	return err
}

func wanted(t tag) bool {
	switch t {
	case tagFirstRecord, tagNextRecord, tagInUse, tagLowerRecord, tagRecordType, tagFileID,
		tagCharset, tagSOPClass, tagSOPInstance, tagStudyDate, tagSeriesDate, tagContentDate, tagAccession, tagModality, tagInstitution, tagDescription, tagSeriesText,
		tagName, tagID, tagIssuer, tagBirth, tagSex, tagOtherNames, tagBodyPart, tagStudyUID, tagSeriesUID, tagSide, tagImageSide, tagFrames,
		tagVerified, tagDocTitle, tagDocType, tagDocLength:
		return true
	}
	return false
}

// Sentences gives the English sentence of every issue of this reader, by its full key.
func Sentences() map[string]string {
	all := map[string]string{}
	for key, text := range sayings {
		all["intake.dicom."+key] = text
	}
	return all
}
