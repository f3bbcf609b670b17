package hl7v2_test

import (
	"slices"
	"strings"
	"testing"

	"consilium/internal/clinical"
)

func TestAReportHasTheNumbersOfItsOrderAndItsStudy(t *testing.T) {
	obr := "OBR|1|P-1|F-2|72148^MRI lumbar spine^C4|||20260901||||||||^^^LUMBAR|||A-18||||||RAD|F\r"
	r := read(header + ruth + obr + "OBX|1|HD|113014^DICOM Study^DCM||1.2.840.5||||||F\rOBX|2|TX|1^Findings||Well\r")
	if len(r.Facts) != 1 || r.Facts[0].Exam == nil {
		t.Fatalf("%+v", r.Facts)
	}
	e := r.Facts[0].Exam
	if !slices.Equal(e.StudyUIDs, []string{"1.2.840.5"}) || e.Accession != "A-18" || !slices.Equal(e.Orders, []string{"P-1", "F-2"}) || e.BodyPart != "LUMBAR" {
		t.Errorf("%+v", e)
	}
	if len(r.Studies) != 1 || r.Studies[0].UID != "1.2.840.5" {
		t.Errorf("%+v", r.Studies)
	}
	// Outside of imaging the same field may hold anything.
	lab := read(header + ruth + strings.Replace(obr, "|RAD|", "|CH|", 1))
	if e := lab.Facts[0].Exam; e == nil || e.Accession != "" || !slices.Equal(e.Orders, []string{"A-18", "P-1", "F-2"}) {
		t.Errorf("%+v", e)
	}
	said := read(header + ruth + "OBR|1|||1^MRI\rOBX|1|ST|121022^Accession Number^DCM||A-9\rIPC|A-9^GM|RP|1.2.840.6||MR\r")
	if e := said.Facts[0].Exam; len(said.Facts) != 1 || e == nil || e.Accession != "A-9" || !slices.Equal(e.StudyUIDs, []string{"1.2.840.6"}) || !slices.Equal(e.Modality, []string{"MR"}) {
		t.Errorf("%+v", said.Facts)
	}
}

func TestADocumentHasTheNumbersOfTheOrderBeforeIt(t *testing.T) {
	r := read(strings.Replace(header, "ORU", "MDM", 1) + ruth + "OBR|1||F-2|1^MRI\rTXA|1|DI|TX|20260901||||||||||P-1\rOBX|1|TX|1||Well\r")
	if len(r.Facts) != 1 || r.Facts[0].Kind != clinical.Document || r.Facts[0].Exam == nil || !slices.Equal(r.Facts[0].Exam.Orders, []string{"F-2", "P-1"}) {
		t.Errorf("%+v", r.Facts)
	}
}
