package dicom_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/intake/dicom"
)

// sequence wraps items of defined length.
func sequence(items ...*build) string {
	var all build
	for _, i := range items {
		_ = binary.Write(&all, binary.LittleEndian, []uint16{0xfffe, 0xe000})
		_ = binary.Write(&all, binary.LittleEndian, uint32(i.Len()))
		all.Write(i.Bytes())
	}
	return all.String()
}

// endless wraps items of undefined length.
func endless(items ...*build) string {
	var all build
	for _, i := range items {
		_ = binary.Write(&all, binary.LittleEndian, []uint16{0xfffe, 0xe000, 0xffff, 0xffff})
		all.Write(i.Bytes())
		_ = binary.Write(&all, binary.LittleEndian, []uint16{0xfffe, 0xe00d, 0, 0})
	}
	_ = binary.Write(&all, binary.LittleEndian, []uint16{0xfffe, 0xe0dd, 0, 0})
	return all.String()
}

// addEndless writes a sequence of undefined length.
func (b *build) addEndless(group, elem uint16, items ...*build) *build {
	_ = binary.Write(b, binary.LittleEndian, []uint16{group, elem})
	b.WriteString("SQ\x00\x00\xff\xff\xff\xff")
	b.WriteString(endless(items...))
	return b
}

// begin writes the preamble and the file's meta information.
func begin(class, syntax string) *build {
	b := &build{}
	b.Write(make([]byte, 128))
	b.WriteString("DICM")
	return b.add(2, 2, "UI", class).add(2, 0x10, "UI", syntax)
}

func ul(n uint32) string { return string(binary.LittleEndian.AppendUint32(nil, n)) }

func us(n uint16) string { return string(binary.LittleEndian.AppendUint16(nil, n)) }

// record is one directory record; next and lower are places in the file, 0 for none.
func record(kind string, next, lower uint32) *build {
	b := &build{}
	return b.add(4, 0x1400, "UL", ul(next)).add(4, 0x1410, "US", us(0xffff)).add(4, 0x1420, "UL", ul(lower)).add(4, 0x1430, "CS", kind)
}

func directory(items ...*build) []byte {
	b := begin("1.2.840.10008.1.3.10", "1.2.840.10008.1.2.1")
	return b.add(4, 0x1200, "UL", ul(0)).add(4, 0x1220, "SQ", sequence(items...)).Bytes()
}

func image(file string) *build {
	return record("IMAGE", 0, 0).add(4, 0x1500, "CS", file)
}

func TestADiscSaysWhatItListsAndWhatIsMissing(t *testing.T) {
	patient := record("PATIENT", 0, 0).add(0x10, 0x10, "PN", "Alvarez^Ruth").add(0x10, 0x20, "LO", "7")
	study := record("STUDY", 0, 0).add(8, 0x20, "DA", "20250903").add(8, 0x1030, "LO", "MRI").add(0x20, 0xd, "UI", "1.2")
	series := record("SERIES", 0, 0).add(8, 0x60, "CS", "MR").add(0x20, 0xe, "UI", "1.2.3")
	b := directory(patient, study, series, image(`IMAGES\IM1`), image(`IMAGES\IM2`), image(`IMAGES\IM3`))
	r, seen := dicom.ReadOpening(context.Background(), bytes.NewReader(b), int64(len(b)), clinical.Source{}, nil)
	if r.Kind != clinical.FileDICOMDIR || r.Patient == nil || r.Patient.Name != "Ruth Alvarez" || !has(r, "directory_only") {
		t.Fatalf("%+v", r)
	}
	if s := r.Studies[0]; s.Series != 1 || s.Instances != 3 || !slices.Equal(s.Modality, []string{"MR"}) || s.Date != "2025-09-03" {
		t.Errorf("%+v", s)
	}
	if !slices.Equal(seen.Listed, []string{"IMAGES/IM1", "IMAGES/IM2", "IMAGES/IM3"}) {
		t.Errorf("%v", seen.Listed)
	}
	if i := dicom.Missing(seen.Listed, []string{"images/im1", "IMAGES/IM2.;1"}); i == nil || i.Vars["what"] != "1" || i.Severity != clinical.Error || !strings.HasSuffix(i.Text, "here: 1.") {
		t.Errorf("%+v", i)
	}
	if i := dicom.Missing(seen.Listed, []string{"IMAGES/IM1", "IMAGES/IM2", "IMAGES/IM3", "other"}); i != nil {
		t.Errorf("%+v", i)
	}
	if r := read(directory()); !has(r, "directory_empty") || r.Kind != clinical.FileDICOMDIR {
		t.Errorf("%+v", r)
	}
}

// The links of a list decide what belongs to what, not the order in the file; and a
// list whose links go in circles ends all the same.
func TestTheLinksOfADiscsListAreFollowed(t *testing.T) {
	make := func(first uint32, items ...*build) []byte {
		b := begin("1.2.840.10008.1.3.10", "1.2.840.10008.1.2.1")
		return b.add(4, 0x1200, "UL", ul(first)).add(4, 0x1220, "SQ", sequence(items...)).Bytes()
	}
	build := func(next, lower [6]uint32, first uint32) []byte {
		return make(first,
			record("IMAGE", next[0], lower[0]).add(4, 0x1500, "CS", "B1"),
			record("STUDY", next[1], lower[1]).add(0x20, 0xd, "UI", "1.1"),
			record("STUDY", next[2], lower[2]).add(0x20, 0xd, "UI", "2.2"),
			record("SERIES", next[3], lower[3]).add(8, 0x60, "CS", "CT"),
			record("SERIES", next[4], lower[4]).add(8, 0x60, "CS", "MR"),
			record("PATIENT", next[5], lower[5]).add(0x10, 0x10, "PN", "A^B"))
	}
	// Where each item stands, found by looking for its mark.
	plain := build([6]uint32{}, [6]uint32{}, 0)
	var at []uint32
	for i := bytes.Index(plain, []byte("SQ\x00\x00")); i < len(plain)-4; i++ {
		if bytes.Equal(plain[i:i+4], []byte{0xfe, 0xff, 0, 0xe0}) {
			at = append(at, uint32(i))
		}
	}
	if len(at) != 6 {
		t.Fatalf("%d items", len(at))
	}
	// patient -> studies 1.1, 2.2; 1.1 -> CT without images; 2.2 -> MR -> B1
	b := build([6]uint32{0, at[2], 0, 0, 0, 0}, [6]uint32{0, at[3], at[4], 0, at[0], at[1]}, at[5])
	r := read(b)
	if len(r.Studies) != 2 || r.Studies[0].UID != "1.1" || r.Studies[0].Modality[0] != "CT" || r.Studies[0].Instances != 0 ||
		r.Studies[1].Modality[0] != "MR" || r.Studies[1].Instances != 1 {
		t.Errorf("%+v", r.Studies)
	}
	circle := build([6]uint32{at[0], at[1], at[2], at[3], at[4], at[5]}, [6]uint32{at[5], at[5], at[5], at[5], at[5], at[5]}, at[5])
	if r := read(circle); r.Kind != clinical.FileDICOMDIR || !has(r, "directory_links") {
		t.Errorf("%+v", r)
	}
}

func TestEveryTransferSyntaxOfTheStandardHasAName(t *testing.T) {
	for _, uid := range []string{
		"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.5",
		"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80",
		"1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.93",
		"1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.101", "1.2.840.10008.1.2.4.102",
		"1.2.840.10008.1.2.4.103", "1.2.840.10008.1.2.4.104", "1.2.840.10008.1.2.4.105", "1.2.840.10008.1.2.4.106", "1.2.840.10008.1.2.4.107",
		"1.2.840.10008.1.2.4.108", "1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.111", "1.2.840.10008.1.2.4.112",
		"1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.203", "1.2.840.10008.1.2.4.204", "1.2.840.10008.1.2.4.205",
	} {
		name := dicom.Syntax(uid)
		if name == "" {
			t.Errorf("%s has no name", uid)
			continue
		}
		if strings.Contains(name, "deflated") && uid != "1.2.840.10008.1.2.8.1" {
			continue // its data set would have to be compressed
		}
		b := begin("1.2", uid)
		if uid == "1.2.840.10008.1.2" || uid == "1.2.840.10008.1.2.2" {
			continue // written otherwise; the open set has them
		}
		b.add(8, 0x60, "CS", "CT").add(0x7fe0, 0x10, "OW", "12345678")
		r := read(b.Bytes())
		found := false
		for _, i := range r.Issues {
			found = found || i.Key == "intake.dicom.stored" && i.Vars["what"] == name && strings.Contains(i.Text, name)
		}
		if !found {
			t.Errorf("%s: %+v", uid, r.Issues)
		}
		if strings.HasPrefix(name, "JPIP") != has(r, "elsewhere") {
			t.Errorf("%s: where the picture is, is not said rightly", name)
		}
	}
	if r := read(begin("1.2", "1.2.3.4.5").add(8, 0x60, "CS", "CT").add(0x7fe0, 0x10, "OW", "12").Bytes()); !has(r, "syntax_unknown") {
		t.Errorf("%+v", r.Issues)
	}
}

func coded(code, scheme, meaning string) *build {
	return (&build{}).add(8, 0x100, "SH", code).add(8, 0x102, "SH", scheme).add(8, 0x104, "LO", meaning)
}

func TestAStructuredReportIsReadIntoWords(t *testing.T) {
	text := (&build{}).add(0x40, 0xa040, "CS", "TEXT").add(0x40, 0xa043, "SQ", sequence(coded("121071", "DCM", "Finding"))).
		add(0x40, 0xa160, "UT", "No fracture seen.")
	units := (&build{}).add(0x40, 0x8ea, "SQ", sequence(coded("mm", "UCUM", "millimeter"))).add(0x40, 0xa30a, "DS", "12.50")
	num := (&build{}).add(0x40, 0xa040, "CS", "NUM").add(0x40, 0xa043, "SQ", sequence(coded("410668003", "SCT", "Length"))).addEndless(0x40, 0xa300, units)
	code := (&build{}).add(0x40, 0xa040, "CS", "CODE").add(0x40, 0xa043, "SQ", sequence(coded("272741003", "SCT", "Laterality"))).
		add(0x40, 0xa168, "SQ", sequence(coded("7771000", "SCT", "Left")))
	group := (&build{}).add(0x40, 0xa040, "CS", "CONTAINER").add(0x40, 0xa043, "SQ", sequence(coded("121070", "DCM", "Findings"))).
		addEndless(0x40, 0xa730, text, num, code)
	b := begin("1.2.840.10008.5.1.4.1.1.88.33", "1.2.840.10008.1.2.1").add(8, 0x23, "DA", "20250904").add(8, 0x60, "CS", "SR").
		add(0x40, 0xa043, "SQ", sequence(coded("18748-4", "LN", "Diagnostic imaging report"))).
		addEndless(0x40, 0xa073, (&build{}).add(0x40, 0xa075, "PN", "Okafor^Grace")).
		add(0x40, 0xa493, "CS", "VERIFIED").addEndless(0x40, 0xa730, group)
	r := read(b.Bytes())
	if len(r.Facts) != 1 || has(r, "damaged") || has(r, "cut_short") || !has(r, "report_read") {
		t.Fatalf("%+v", r)
	}
	f := r.Facts[0]
	if f.Kind != clinical.Report || f.Text != "Diagnostic imaging report" || f.Codes[0].System != "http://loinc.org" || f.Who != "Grace Okafor" ||
		f.Date != "2025-09-04" || f.Status != "verified" {
		t.Errorf("%+v", f)
	}
	var said []string
	for _, c := range f.Components {
		said = append(said, strings.TrimSpace(c.Text+"="+c.Value+" "+c.Unit))
	}
	if want := "Findings=|Finding=No fracture seen.|Length=12.50 mm|Laterality=Left"; strings.Join(said, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(said, "|"), want)
	}
}

func TestADocumentInsideIsOpened(t *testing.T) {
	const body = "%PDF-1.4\n%%EOF\n"
	b := begin("1.2.840.10008.5.1.4.1.1.104.1", "1.2.840.10008.1.2.1").add(8, 0x60, "CS", "DOC").
		add(0x42, 0x11, "OB", body+"\x00").add(0x42, 0x12, "LO", "application/pdf")
	whole := b.Bytes()
	var name, got string
	open := func(n string, body []byte) clinical.Reading {
		name, got = n, string(body)
		return clinical.Reading{Name: n}
	}
	r, _ := dicom.ReadOpening(context.Background(), bytes.NewReader(whole), int64(len(whole)), clinical.Source{}, open)
	if got != body || name != "inside.pdf" || len(r.Children) != 1 || !has(r, "inside") {
		t.Errorf("%q %q %+v", name, got, r)
	}
	cut := whole[:bytes.Index(whole, []byte("%%EOF"))]
	if r, _ := dicom.ReadOpening(context.Background(), bytes.NewReader(cut), int64(len(cut)), clinical.Source{}, open); !has(r, "inside_damaged") || !has(r, "cut_short") {
		t.Errorf("%+v", r.Issues)
	}
}

// The pieces of a compressed picture are not gone through when their end is there,
// and are when it is not.
func TestACompressedPictureWithoutItsEndIsCutShort(t *testing.T) {
	b := begin("1.2", "1.2.840.10008.1.2.4.50").add(8, 0x60, "CS", "CT")
	_ = binary.Write(b, binary.LittleEndian, []uint16{0x7fe0, 0x10})
	b.WriteString("OB\x00\x00\xff\xff\xff\xff")
	b.WriteString(sequence(&build{}, (&build{}).add(1, 1, "UN", "pixels")))
	b.WriteString("\xfe\xff\xdd\xe0\x00\x00\x00\x00")
	whole := b.Bytes()
	if r := read(whole); has(r, "cut_short") || has(r, "damaged") {
		t.Errorf("%+v", r.Issues)
	}
	if r := read(whole[:len(whole)-8]); !has(r, "cut_short") {
		t.Errorf("%+v", r.Issues)
	}
}

func BenchmarkHeader(b *testing.B) {
	// A picture as large as a CT slice, behind a header with private elements.
	f := begin("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1").add(8, 5, "CS", "ISO_IR 192").add(8, 0x20, "DA", "20250903").
		add(8, 0x60, "CS", "CT").add(0x10, 0x10, "PN", "Alvarez^Ruth").add(0x10, 0x30, "DA", "19610402").
		add(0x20, 0xd, "UI", "1.2.3").add(0x20, 0xe, "UI", "1.2.3.4")
	for i := range uint16(150) {
		f.add(0x29, 0x1000+i, "LO", "a private element of some maker")
	}
	f.add(0x7fe0, 0x10, "OW", string(make([]byte, 512<<10)))
	whole := f.Bytes()
	b.ReportAllocs()
	for b.Loop() {
		if r := read(whole); r.Kind != clinical.FileDICOM {
			b.Fatal(r.Kind)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "files/s")
}
