package fhir_test

import (
	"slices"
	"testing"

	"consilium/internal/clinical"
)

// reports gives the exams of the reports and papers of a reading.
func exams(r clinical.Reading, kind clinical.Kind) []clinical.Exam {
	var out []clinical.Exam
	for _, f := range r.Facts {
		if f.Kind == kind && f.Exam != nil {
			out = append(out, *f.Exam)
		}
	}
	return out
}

const (
	accessionNumber = `{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"ACSN"}]},"system":"urn:oid:1.2.3","value":"GM-8"}`
	imagingStudy    = `{"resourceType":"ImagingStudy","id":"s","status":"available","subject":{"reference":"Patient/p"},"identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.840.5"},` + accessionNumber + `],
"series":[{"uid":"1.2.840.5.1","modality":{"code":"MR"},"bodySite":{"code":"72696002","display":"Knee"},"laterality":{"system":"http://snomed.info/sct","code":"7771000","display":"Left"}}]}`
	order = `{"resourceType":"ServiceRequest","id":"o","status":"completed","intent":"order","subject":{"reference":"Patient/p"},"identifier":[{"type":{"coding":[{"code":"PLAC"}]},"value":"P-77"}]}`
)

func TestAReportHasTheNumbersOfTheStudyAndTheOrderThatItPointsAt(t *testing.T) {
	report := `{"resourceType":"DiagnosticReport","id":"r","status":"final","code":{"text":"MRI knee"},"subject":{"reference":"Patient/p"},"identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.840.99"}],"imagingStudy":[{"reference":"ImagingStudy/s"}],"basedOn":[{"reference":"ServiceRequest/o"}]}`
	for name, entries := range map[string][]string{"before it": {imagingStudy, order, report}, "after it": {report, order, imagingStudy}} {
		body := ""
		for _, e := range entries {
			body += `,{"resource":` + e + `}`
		}
		r := read(`{"resourceType":"Bundle","type":"collection","entry":[` + body[1:] + `]}`)
		got := exams(r, clinical.Report)
		if len(got) != 1 {
			t.Fatalf("%s: %+v", name, got)
		}
		e := got[0]
		// The UID of the report itself is no study's.
		if !slices.Equal(e.StudyUIDs, []string{"1.2.840.5"}) || e.Accession != "GM-8" || e.Issuer != "1.2.3" || !slices.Equal(e.Orders, []string{"P-77"}) || e.BodyPart != "Knee" || e.Laterality != "L" || !slices.Equal(e.Modality, []string{"MR"}) {
			t.Errorf("%s: %+v", name, e)
		}
		if len(r.Studies) != 1 || r.Studies[0].UID != "1.2.840.5" || r.Studies[0].Accession != "GM-8" || r.Studies[0].BodyPart != "Knee" || r.Studies[0].Laterality != "L" {
			t.Errorf("%s: %+v", name, r.Studies)
		}
	}
}

func TestNumbersAreReadWithoutTheirTargetToo(t *testing.T) {
	for name, c := range map[string]struct{ members, want string }{
		"of the report":       {`"identifier":[` + accessionNumber + `]`, "GM-8"},
		"of a named order":    {`"basedOn":[{"type":"ServiceRequest","identifier":` + accessionNumber + `}]`, "GM-8"},
		"contained":           {`"contained":[{"resourceType":"ServiceRequest","id":"o","identifier":[` + accessionNumber + `]}],"basedOn":[{"reference":"#o"}]`, "GM-8"},
		"of nobody's sort":    {`"identifier":[{"value":"77"}]`, ""},
		"of another sort":     {`"identifier":[{"type":{"coding":[{"code":"MR"}]},"value":"77"}]`, ""},
		"by its system alone": {`"identifier":[{"system":"https://ris.example.org/accession-number","value":"77"}]`, "77"},
	} {
		got := exams(read(`{"resourceType":"DiagnosticReport","status":"final","code":{"text":"MRI knee"},`+c.members+`}`), clinical.Report)
		accession := ""
		if len(got) == 1 {
			accession = got[0].Accession
		}
		if accession != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	named := exams(read(`{"resourceType":"DiagnosticReport","status":"final","code":{"text":"MRI knee"},"imagingStudy":[{"type":"ImagingStudy","identifier":{"system":"urn:dicom:uid","value":"urn:oid:1.2.840.5"}}]}`), clinical.Report)
	if len(named) != 1 || !slices.Equal(named[0].StudyUIDs, []string{"1.2.840.5"}) {
		t.Errorf("%+v", named)
	}
}
