package hl7v2_test

import (
	"strings"
	"testing"

	"consilium/internal/intake/hl7v2"
)

func TestAMessageSaysWhatItIsAndWhomItIsAbout(t *testing.T) {
	s := "MSH|^~\\&|LAB|H|EHR|H|20250903101500-0500||ORU^R01^ORU_R01|1|P|2.5\rPID|1||998991^^^H^MR~7^^^S^SS||Alvarez^Ruth^M^^Mrs~Smith^Ruth||196104020830|F\rOBX|1|NM|x\r"
	r := hl7v2.Read(strings.NewReader(s), int64(len(s)))
	p := r.Patient
	if p == nil || p.Name != "Ruth M Alvarez" || p.OtherNames[0] != "Ruth Smith" || p.BirthDate != "1961-04-02" || p.Sex != "female" || len(p.Identifiers) != 2 {
		t.Fatalf("%+v", p)
	}
	if r.Title != "HL7 v2 ORU R01 ORU_R01" || r.Date != "2025-09-03T10:15:00-05:00" {
		t.Errorf("%+v", r)
	}
}

func FuzzHL7v2(f *testing.F) {
	f.Add("MSH|^~\\&|\rPID|1||||A^B")
	f.Fuzz(func(t *testing.T, s string) { hl7v2.Read(strings.NewReader(s), int64(len(s))) })
}
