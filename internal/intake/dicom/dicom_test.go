package dicom_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/intake/dicom"
)

// build writes explicit little endian elements, as PS3.5 7.1.2 lays them out.
type build struct{ bytes.Buffer }

func (b *build) add(group, elem uint16, vr, value string) *build {
	if len(value)%2 == 1 {
		value += map[bool]string{true: "\x00", false: " "}[vr == "UI"]
	}
	_ = binary.Write(b, binary.LittleEndian, []uint16{group, elem})
	b.WriteString(vr)
	switch vr {
	case "OB", "OW", "SQ", "UN", "UT":
		b.Write([]byte{0, 0})
		_ = binary.Write(b, binary.LittleEndian, uint32(len(value)))
	default:
		_ = binary.Write(b, binary.LittleEndian, uint16(len(value)))
	}
	b.WriteString(value)
	return b
}

func file() []byte {
	b := &build{}
	b.Write(make([]byte, 128))
	b.WriteString("DICM")
	b.add(2, 0x10, "UI", "1.2.840.10008.1.2.1")
	b.add(8, 5, "CS", "ISO_IR 192").add(8, 0x20, "DA", "20250903").add(8, 0x60, "CS", "MR").add(8, 0x1030, "LO", "MRI lumbar spine")
	b.add(0x10, 0x10, "PN", "Álvarez^Ruth^M").add(0x10, 0x20, "LO", "MRN-1").add(0x10, 0x30, "DA", "19610402").add(0x10, 0x40, "CS", "F")
	b.add(0x20, 0xd, "UI", "1.2.3").add(0x20, 0xe, "UI", "1.2.3.4")
	b.add(0x7fe0, 0x10, "OW", string(make([]byte, 64)))
	return b.Bytes()
}

func read(b []byte) clinical.Reading {
	return dicom.Read(context.Background(), bytes.NewReader(b), int64(len(b)), clinical.Source{})
}

func has(r clinical.Reading, key string) bool {
	for _, i := range r.Issues {
		if i.Key == "intake.dicom."+key {
			return true
		}
	}
	return false
}

func TestAnImageSaysWhoseItIsAndOfWhichStudy(t *testing.T) {
	r := read(file())
	if p := r.Patient; p == nil || p.Name != "Ruth M Álvarez" || p.BirthDate != "1961-04-02" || p.Sex != "female" || p.Identifiers[0].Value != "MRN-1" {
		t.Fatalf("%+v", r.Patient)
	}
	if s := r.Studies[0]; s.UID != "1.2.3" || s.Modality[0] != "MR" || s.Date != "2025-09-03" || s.Description != "MRI lumbar spine" {
		t.Errorf("%+v", s)
	}
	if has(r, "cut_short") || has(r, "damaged") {
		t.Errorf("%+v", r.Issues)
	}
}

func TestAnImageCutAnywhereSaysSo(t *testing.T) {
	whole := file()
	for cut := 140; cut < len(whole); cut++ {
		if r := read(whole[:cut]); !has(r, "cut_short") && !endsBetweenElements(whole, cut) {
			t.Fatalf("cut at %d of %d: %+v", cut, len(whole), r.Issues)
		}
	}
}

// A file cut exactly between two elements cannot be told from one that ends there.
func endsBetweenElements(whole []byte, cut int) bool {
	for at := 132; at < len(whole); {
		if at == cut {
			return true
		}
		n := 8 + int(binary.LittleEndian.Uint16(whole[at+6:]))
		if vr := string(whole[at+4 : at+6]); vr == "OW" {
			n = 12 + int(binary.LittleEndian.Uint32(whole[at+8:]))
		}
		at += n
	}
	return false
}

// The names are those that the standard itself gives as examples (PS3.5 annexes H, I
// and K), and one in which two alphabets follow one another.
func TestNamesInEveryAlphabetAreRead(t *testing.T) {
	for _, c := range []struct{ charset, raw, want string }{
		{`ISO_IR 100`, "Buc^J\xe9r\xf4me", "Jérôme Buc"},
		{`ISO_IR 144`, "\xbb\xee\xda\x63\x65\xdc\xd1\xe3\xe0\xd3", "Люкceмбург"},
		{`ISO_IR 126`, "\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", "Διονυσιος"},
		{`\ISO 2022 IR 87`, "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=", "Tarou Yamada"},
		{`\ISO 2022 IR 149`, "Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=", "Gildong Hong"},
		{`\ISO 2022 IR 126\ISO 2022 IR 144`, "A\x1b-F\xc4\xe9\x1b-L\xbb\xee^B", "B AΔιЛю"},
		{`ISO_IR 13\ISO 2022 IR 87`, "\xd4\xcf\xc0\xde^\xc0\xdb\xb3", "ﾀﾛｳ ﾔﾏﾀﾞ"},
		{`GB18030`, "Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab", "XiaoDong Wang"},
		{`\ISO 2022 IR 58`, "Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=", "XiaoDong Zhang"},
	} {
		b := begin("1.2", "1.2.840.10008.1.2.1").add(8, 5, "CS", c.charset).add(0x10, 0x10, "PN", c.raw)
		r := read(b.Bytes())
		if r.Patient == nil || r.Patient.Name != c.want {
			t.Errorf("%s: %+v, want %s", c.charset, r.Patient, c.want)
			continue
		}
		for _, other := range map[string][]string{`\ISO 2022 IR 87`: {"太郎 山田"}, `\ISO 2022 IR 149`: {"吉洞 洪"}, "GB18030": {"小东 王"}, `\ISO 2022 IR 58`: {"小东 张"}}[c.charset] {
			if len(r.Patient.OtherNames) != 1 || r.Patient.OtherNames[0] != other {
				t.Errorf("%s: %q, want %s", c.charset, r.Patient.OtherNames, other)
			}
		}
	}
}

func FuzzDICOM(f *testing.F) {
	f.Add(file())
	f.Add(file()[132:])
	f.Add(file()[:200])
	f.Add(numbered("MR", func(b *build) {
		b.add(8, 0x2218, "SQ", sequence(coded("1", "SCT", "Knee"))).add(0x20, 0xd, "UI", "1.2")
	}).Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		dicom.Looks(b)
		if _, err := json.Marshal(read(b)); err != nil {
			t.Fatal(err)
		}
	})
}
