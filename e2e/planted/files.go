// Package planted is a folder of records as a patient hands it in: thirty files, some
// sound, most of the others with a defect that real folders have. Nothing in it is
// anybody's: the patients are of the cast.
package planted

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	stdimage "image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// whose is the patient in the header of a planted file.
type whose struct{ given, family, birth string }

// bundle is a FHIR bundle about one patient.
func bundle(p whose, resource string) []byte {
	return fmt.Appendf(nil, `{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p","meta":{"security":[{"code":"HTEST"}]},"name":[{"given":[%q],"family":%q}],"birthDate":%q}},{"resource":%s}]}`, p.given, p.family, p.birth, resource)
}

// report is a FHIR DiagnosticReport with its words as the conclusion.
func report(id, loinc, title, day, words string) string {
	return fmt.Sprintf(`{"resourceType":"DiagnosticReport","id":%q,"status":"final","code":{"coding":[{"system":"http://loinc.org","code":%q}],"text":%q},"subject":{"reference":"Patient/p"},"effectiveDateTime":%q,"conclusion":%q}`, id, loinc, title, day, words)
}

// ordered gives a report the accession number of its order.
func ordered(report, accession string) string {
	number := fmt.Sprintf(`,"identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"ACSN"}]},"value":%q}]}`, accession)
	return strings.TrimSuffix(report, "}") + number
}

// noteXML is a C-CDA note with one section of words.
func noteXML(p whose, loinc, title, day, words string) []byte {
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="2.16.840.1.113883.10.20.22.1.1"/><templateId root="2.16.840.1.113883.10.20.22.1.9"/>
<id root="1.2.3" extension="%[4]s"/><code code="%[4]s" codeSystem="2.16.840.1.113883.6.1" displayName="%[5]s"/><title>%[5]s</title><effectiveTime value="%[6]s"/>
<recordTarget><patientRole><id root="1.2.3.9" extension="7"/><patient><name><given>%[1]s</given><family>%[2]s</family></name><birthTime value="%[3]s"/></patient></patientRole></recordTarget>
<author><time value="%[6]s"/><assignedAuthor><id root="1.2.3.8"/><representedOrganization><name>Larkspur Hospital</name></representedOrganization></assignedAuthor></author>
<component><structuredBody><component><section><code code="51848-0" codeSystem="2.16.840.1.113883.6.1"/><title>Note</title><text><paragraph>%[7]s</paragraph></text></section></component></structuredBody></component>
</ClinicalDocument>`, p.given, p.family, strings.ReplaceAll(p.birth, "-", ""), loinc, title, day, words)
}

// image is what a planted DICOM file says of itself.
type image struct{ study, series, number, modality, day, what, accession string }

// element writes one element, explicit and little endian.
func element(b *bytes.Buffer, group, elem uint16, vr, value string) {
	if len(value)%2 == 1 {
		value += map[bool]string{true: "\x00", false: " "}[vr == "UI"]
	}
	_ = binary.Write(b, binary.LittleEndian, []uint16{group, elem})
	b.WriteString(vr)
	if vr == "OW" || vr == "SQ" {
		b.Write([]byte{0, 0})
		_ = binary.Write(b, binary.LittleEndian, uint32(len(value)))
	} else {
		_ = binary.Write(b, binary.LittleEndian, uint16(len(value)))
	}
	b.WriteString(value)
}

func startDICOM(class string) *bytes.Buffer {
	b := bytes.NewBuffer(make([]byte, 128))
	b.WriteString("DICM")
	element(b, 2, 2, "UI", class)
	element(b, 2, 0x10, "UI", "1.2.840.10008.1.2.1")
	return b
}

// dicomFile is one image of eight by eight points.
func dicomFile(p whose, i image) []byte {
	b := startDICOM("1.2.840.10008.5.1.4.1.1.7")
	element(b, 8, 0x18, "UI", i.study+".5."+i.number)
	element(b, 8, 0x20, "DA", i.day)
	if i.accession != "" {
		element(b, 8, 0x50, "SH", i.accession)
	}
	element(b, 8, 0x60, "CS", i.modality)
	element(b, 8, 0x1030, "LO", i.what)
	element(b, 0x10, 0x10, "PN", p.family+"^"+p.given)
	element(b, 0x10, 0x20, "LO", "7")
	element(b, 0x10, 0x30, "DA", strings.ReplaceAll(p.birth, "-", ""))
	element(b, 0x20, 0xd, "UI", i.study)
	element(b, 0x20, 0xe, "UI", i.study+"."+i.series)
	element(b, 0x28, 0x10, "US", "\x08\x00")
	element(b, 0x28, 0x11, "US", "\x08\x00")
	element(b, 0x7fe0, 0x10, "OW", strings.Repeat(i.number, 128))
	return b.Bytes()
}

// directoryFile is the list of a disc with one study, or with nothing on it.
func directoryFile(p whose, i image, images int) []byte {
	items := &bytes.Buffer{}
	item := func(kind string, more func(*bytes.Buffer)) {
		r := &bytes.Buffer{}
		element(r, 4, 0x1400, "UL", "\x00\x00\x00\x00")
		element(r, 4, 0x1410, "US", "\xff\xff")
		element(r, 4, 0x1420, "UL", "\x00\x00\x00\x00")
		element(r, 4, 0x1430, "CS", kind)
		more(r)
		_ = binary.Write(items, binary.LittleEndian, []uint16{0xfffe, 0xe000})
		_ = binary.Write(items, binary.LittleEndian, uint32(r.Len()))
		items.Write(r.Bytes())
	}
	if images > 0 {
		item("PATIENT", func(r *bytes.Buffer) {
			element(r, 0x10, 0x10, "PN", p.family+"^"+p.given)
			element(r, 0x10, 0x20, "LO", "7")
		})
		item("STUDY", func(r *bytes.Buffer) {
			element(r, 8, 0x20, "DA", i.day)
			element(r, 8, 0x1030, "LO", i.what)
			element(r, 0x20, 0xd, "UI", i.study)
		})
		item("SERIES", func(r *bytes.Buffer) {
			element(r, 8, 0x60, "CS", i.modality)
			element(r, 0x20, 0xe, "UI", i.study+"."+i.series)
		})
		for n := range images {
			item("IMAGE", func(r *bytes.Buffer) { element(r, 4, 0x1500, "CS", fmt.Sprintf("IM%d", n+1)) })
		}
	}
	b := startDICOM("1.2.840.10008.1.3.10")
	element(b, 4, 0x1200, "UL", "\x00\x00\x00\x00")
	element(b, 4, 0x1220, "SQ", items.String())
	return b.Bytes()
}

// pdf writes a PDF of one page from its objects: 1 is the catalog.
func pdf(trailer string, objects ...string) []byte {
	b := bytes.NewBufferString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, a := range at {
		fmt.Fprintf(b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, start)
	return b.Bytes()
}

func stream(dict, body string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(body), body)
}

// scannedPDF has one page that is a picture, and no words.
func scannedPDF() []byte {
	return pdf("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /XObject << /Im 5 0 R >> >> >>",
		stream("", "q 600 0 0 780 0 0 cm /Im Do Q"),
		stream("/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray /BitsPerComponent 8", strings.Repeat("\xee", 64*64)))
}

// lockedPDF asks for a password when it is opened. Without qpdf it only says that it
// would.
func lockedPDF(t testing.TB) []byte {
	t.Helper()
	words := stream("", "BT /F 12 Tf 72 700 Td (Summary of the case) Tj ET")
	page := []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>", words,
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	tool, err := exec.LookPath("qpdf")
	if err != nil {
		return pdf("/Encrypt 6 0 R /ID [<00> <00>]", append(page, "<< /Filter /Standard /V 1 /R 2 /O (00000000000000000000000000000000) /U (00000000000000000000000000000000) /P -4 >>")...)
	}
	dir := t.TempDir()
	open, locked := filepath.Join(dir, "open.pdf"), filepath.Join(dir, "locked.pdf")
	if err := os.WriteFile(open, pdf("", page...), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(tool, "--encrypt", "secret", "owner", "256", "--", open, locked).CombinedOutput(); err != nil {
		t.Fatalf("qpdf: %v: %s", err, out)
	}
	b, err := os.ReadFile(locked)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// lockedZIP holds two entries that are marked as encrypted.
func lockedZIP(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"summary.xml", "labs.json"} {
		body := []byte("scrambled, as far as anybody without the password can tell")
		w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, Flags: 1, CRC32: 1, CompressedSize64: uint64(len(body)), UncompressedSize64: uint64(len(body)) - 12})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// picture is an ordinary picture file.
func picture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, stdimage.NewGray(stdimage.Rect(0, 0, 64, 64))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
