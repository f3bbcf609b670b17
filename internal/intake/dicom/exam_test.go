package dicom_test

import (
	"slices"
	"testing"
)

// numbered is a data set with the numbers of an order, in the order of its tags.
func numbered(modality string, more func(*build)) *build {
	b := &build{}
	b.Write(make([]byte, 128))
	b.WriteString("DICM")
	issuer := (&build{}).add(0x40, 0x31, "UT", "GM").add(0x40, 0x32, "UT", "1.2.3").add(0x40, 0x33, "CS", "ISO")
	b.add(2, 0x10, "UI", "1.2.840.10008.1.2.1")
	b.add(8, 0x20, "DA", "20250903").add(8, 0x50, "SH", "GM-8").add(8, 0x51, "SQ", sequence(issuer)).add(8, 0x60, "CS", modality)
	more(b)
	return b
}

func TestAnImageSaysTheNumberOfItsOrderAndWhatItShows(t *testing.T) {
	r := read(numbered("MR", func(b *build) {
		b.add(8, 0x2218, "SQ", sequence(coded("72696002", "SCT", "Knee")))
		b.add(0x20, 0xd, "UI", "1.2.840.5").add(0x20, 0x60, "CS", "L").add(0x7fe0, 0x10, "OW", string(make([]byte, 64)))
	}).Bytes())
	if len(r.Studies) != 1 {
		t.Fatalf("%+v", r)
	}
	if s := r.Studies[0]; s.Accession != "GM-8" || s.Issuer != "1.2.3" || s.BodyPart != "Knee" || s.Laterality != "L" {
		t.Errorf("%+v", s)
	}
	// The part in one word goes before the code.
	r = read(numbered("MR", func(b *build) {
		b.add(8, 0x2218, "SQ", "no sequence at all, and whole").add(0x18, 0x15, "CS", "KNEE").add(0x20, 0xd, "UI", "1.2.840.5").add(0x20, 0x62, "CS", "U")
		b.add(0x7fe0, 0x10, "OW", string(make([]byte, 64)))
	}).Bytes())
	if s := r.Studies[0]; s.BodyPart != "KNEE" || s.Laterality != "" || has(r, "damaged") || has(r, "cut_short") {
		t.Errorf("%+v %+v", s, r.Issues)
	}
}

func TestAStructuredReportNamesTheStudiesThatItRestsOn(t *testing.T) {
	text := (&build{}).add(0x40, 0xa040, "CS", "TEXT").add(0x40, 0xa043, "SQ", sequence(coded("121071", "DCM", "Finding"))).add(0x40, 0xa160, "UT", "Well")
	request := (&build{}).add(8, 0x50, "SH", "GM-9").add(0x20, 0xd, "UI", "1.2.840.6").add(0x40, 0x2016, "LO", "P-1")
	evidence := (&build{}).add(0x20, 0xd, "UI", "1.2.840.7")
	r := read(numbered("SR", func(b *build) {
		b.add(0x20, 0xd, "UI", "1.2.840.5").add(0x40, 0xa040, "CS", "CONTAINER").add(0x40, 0xa043, "SQ", sequence(coded("126000", "DCM", "Report")))
		b.add(0x40, 0xa370, "SQ", sequence(request)).add(0x40, 0xa375, "SQ", sequence(evidence)).add(0x40, 0xa730, "SQ", sequence(text))
	}).Bytes())
	if len(r.Facts) != 1 || r.Facts[0].Exam == nil {
		t.Fatalf("%+v %+v", r.Facts, r.Issues)
	}
	e := r.Facts[0].Exam
	if !slices.Equal(e.StudyUIDs, []string{"1.2.840.6", "1.2.840.7", "1.2.840.5"}) || e.Accession != "GM-8" || e.Issuer != "1.2.3" || !slices.Equal(e.Orders, []string{"GM-9", "P-1"}) {
		t.Errorf("%+v", e)
	}
}
