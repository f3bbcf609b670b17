// Package dicom tells what a DICOM file is: whose image it is, of which study and
// series, made how and when; and for the DICOMDIR of a disc, which studies the
// disc holds. It reads headers only, never pixels.
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
	"cut_short":   "The image file ends in the middle: the picture may be missing or incomplete.",
	"damaged":     "The image file is damaged: its description could not be read to the end.",
	"no_preamble": "The file lacks the marks at its start that DICOM asks for; it was read all the same.",
	"no_study":    "The image does not say which study it belongs to.",
	"no_patient":  "The image does not say whose it is.",
	"time":        "Reading took too long and was stopped.",
	"too_many":    "The image's description is larger than is read.",
	"patients":    "The disc holds images of more than one patient.",
	"listed":      "This is a DICOM file: it is kept and listed; the picture itself is not looked at.",
}

func issue(s clinical.Severity, key string) clinical.Issue {
	return clinical.Issue{Severity: s, Key: "intake.dicom." + key, Text: sayings[key]}
}

// The elements that are read.
const (
	tagClass       tag = 0x00020002
	tagSyntax      tag = 0x00020010
	tagRecords     tag = 0x00041220
	tagRecordType  tag = 0x00041430
	tagCharset     tag = 0x00080005
	tagSOPClass    tag = 0x00080016
	tagStudyDate   tag = 0x00080020
	tagSeriesDate  tag = 0x00080021
	tagModality    tag = 0x00080060
	tagModalities  tag = 0x00080061
	tagDescription tag = 0x00081030
	tagName        tag = 0x00100010
	tagID          tag = 0x00100020
	tagIssuer      tag = 0x00100021
	tagBirth       tag = 0x00100030
	tagSex         tag = 0x00100040
	tagOtherNames  tag = 0x00101001
	tagStudyUID    tag = 0x0020000d
	tagSeriesUID   tag = 0x0020000e
	tagPixels      tag = 0x7fe00010
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
	return bytes.Contains([]byte("AE AS AT CS DA DS DT FL FD IS LO LT OB OD OF OW PN SH SL SQ SS ST TM UI UL UN US UT"), b) && b[0] != ' ' && b[1] != ' '
}

// header is what was read: the raw values of the elements of interest.
type header struct {
	values map[tag][]byte
}

func (h header) text(t tag) string { return strings.TrimSpace(decode(h.values[t], h.charset())) }

func (h header) charset() string { return strings.TrimRight(string(h.values[tagCharset]), " \x00") }

// ascii gives a value that is never in another character set.
func (h header) ascii(t tag) string {
	return strings.ToValidUTF8(strings.Trim(string(h.values[t]), " \x00"), "?")
}

// Read reads the header of one file.
func Read(ctx context.Context, in io.ReaderAt, size int64, _ clinical.Source) clinical.Reading {
	out := clinical.Reading{Kind: clinical.FileDICOM}
	count := 0
	c := &cursor{ctx: ctx, in: in, size: size, explicit: true, order: binary.LittleEndian, count: &count}
	h := header{values: map[tag][]byte{}}
	start := int64(0)
	if b, err := c.bytes(128, 4); err == nil && string(b) == "DICM" {
		start = 132
	} else {
		out.Issues = append(out.Issues, issue(clinical.Warning, "no_preamble"))
	}
	err := c.meta(&start, h)
	var records []header
	if err == nil {
		err = c.dataset(start, h, &records)
	}
	if h.ascii(tagClass) == directoryClass || len(records) > 0 {
		out.Kind = clinical.FileDICOMDIR
		directory(&out, records)
	} else {
		describe(&out, h)
	}
	switch {
	case err == nil, errors.Is(err, errStop):
	case errors.Is(err, errCut), errors.Is(err, io.EOF):
		out.Issues = append(out.Issues, issue(clinical.Error, "cut_short"))
	case errors.Is(err, errMany):
		out.Issues = append(out.Issues, issue(clinical.Warning, "too_many"))
	case ctx.Err() != nil:
		out.Issues = append(out.Issues, issue(clinical.Error, "time"))
	default:
		out.Issues = append(out.Issues, issue(clinical.Error, "damaged"))
	}
	out.Issues = append(out.Issues, issue(clinical.Note, "listed"))
	return out
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
	switch h.ascii(tagSyntax) {
	case "1.2.840.10008.1.2":
		c.explicit = false
	case "1.2.840.10008.1.2.2":
		c.explicit, c.order = true, binary.BigEndian
	case "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.8.1":
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

// dataset reads the elements of interest, up to where they can be. The records of
// a DICOMDIR are read into their own headers.
func (c *cursor) dataset(start int64, h header, records *[]header) error {
	end := c.size
	_, err := c.elements(start, end, 0, func(e element) error {
		switch {
		case e.tag == tagPixels:
			if _, err := c.after(e, 0); err != nil {
				return errCut
			}
			return errStop // what may stand behind the picture is padding
		case e.tag == tagRecords:
			return c.records(e, records)
		case wanted(e.tag):
			v, err := c.value(e)
			if err != nil {
				return err
			}
			h.values[e.tag] = bytes.Clone(v)
		}
		return nil
	})
	return err
}

func wanted(t tag) bool {
	switch t {
	case tagCharset, tagSOPClass, tagStudyDate, tagSeriesDate, tagModality, tagModalities, tagDescription, tagName, tagID,
		tagIssuer, tagBirth, tagSex, tagOtherNames, tagStudyUID, tagSeriesUID, tagRecordType:
		return true
	}
	return false
}

// records reads the directory records, which stand in one flat sequence in the
// order patient, study, series, image.
func (c *cursor) records(e element, out *[]header) error {
	end := c.size
	if e.length != undefined {
		end = e.at + int64(e.length)
	}
	at := e.at
	for at < end {
		item, err := c.next(at)
		if err != nil {
			return err
		}
		if item.tag != 0xfffee000 {
			return nil
		}
		stop := end
		if item.length != undefined {
			stop = item.at + int64(item.length)
		}
		if stop > c.size {
			return errCut
		}
		h := header{values: map[tag][]byte{}}
		next, err := c.elements(item.at, stop, 1, func(e element) error {
			if !wanted(e.tag) {
				return nil
			}
			v, err := c.value(e)
			if err != nil {
				return err
			}
			h.values[e.tag] = bytes.Clone(v)
			return nil
		})
		if len(*out) < 100_000 {
			*out = append(*out, h)
		}
		if err != nil {
			return err
		}
		if at = next; item.length != undefined {
			at = stop
		}
	}
	return nil
}

// Sentences gives the English sentence of every issue of this reader, by its full key.
func Sentences() map[string]string {
	all := map[string]string{}
	for key, text := range sayings {
		all["intake.dicom."+key] = text
	}
	return all
}
