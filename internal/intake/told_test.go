package intake_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/intake"
	"consilium/internal/intake/document"
)

// reviewed are files of the open set whose readings were looked at by a person; the
// README beside the golden files says how.
var reviewed = []string{
	"dicom/pydicom/CT_small.dcm", "dicom/pydicom/MR_truncated.dcm", "dicom/pydicom/test-SR.dcm", "dicom/pydicom/rtplan.dcm",
	"dicom/highdicom/sr_document.dcm", "dicom/highdicom/sm_image_jpegls.dcm", "dicom/dcmjs/sample-op.dcm",
	"dicom/charset/chrJapMulti.dcm", "dicom/charset/chrGerm.dcm", "dicom/charset/chrH31.dcm", "dicom/dicomdir/DICOMDIR", "dicom/dicomdir/DICOMDIR-empty.dcm",
	"hl7v2/MDM-T01-01.hl7", "hl7v2/MDM-T02-01.hl7", "hl7v2/MDM-T02-02.hl7", "hl7v2/MDM-T02-03.hl7", "hl7v2/MDM_01.hl7",
	"shc/covid-vaccines-bundle.json", "shc/revoked-bundle.json", "shc/jwks.json",
	"fhir/ndjson/test_no_encoding.ndjson", "fhir/ndjson/corrupt_gz_file.ndjson",
	"pdf/qpdf-bad/enc-R2_V1.pdf", "pdf/qpdf-bad/add-attachments-1.pdf", "pdf/qpdf-bad/bad2.pdf",
	"hostile/xxe/Classic_XXE.xml", "hostile/zip/symlink.zip", "hostile/zip/test-prefix.zip", "hostile/upload/PHP_exif_system.png", "hostile/upload/eicar.txt",
}

// told writes a reading so that a person can lay it beside the file: one fact a
// paragraph, with all that it says.
func told(r clinical.Reading) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: %s (%s)\n", r.Name, r.Kind, r.Title, r.Date)
	if r.Pages > 0 {
		fmt.Fprintf(&b, "pages: %d\n", r.Pages)
	}
	if p := r.Patient; p != nil {
		fmt.Fprintf(&b, "patient: %s %q, born %s, %s %v\n", p.Name, p.OtherNames, p.BirthDate, p.Sex, p.Identifiers)
	}
	for _, p := range r.Patients {
		fmt.Fprintf(&b, "one of several: %s, born %s %v\n", p.Name, p.BirthDate, p.Identifiers)
	}
	for _, s := range r.Studies {
		fmt.Fprintf(&b, "study: %s %v %s %q, %d series, %d instances\n", s.UID, s.Modality, s.Date, s.Description, s.Series, s.Instances)
	}
	for _, i := range r.Issues {
		fmt.Fprintf(&b, "%s: %s %s %s\n", i.Severity, strings.TrimPrefix(i.Key, "intake."), i.Vars["what"], i.Path)
	}
	for _, f := range r.Facts {
		fmt.Fprintf(&b, "\n%s: %s\n  at %s\n", f.Kind, f.Text, f.Source.Path)
		line := func(name, value string) {
			if value != "" {
				fmt.Fprintf(&b, "  %s: %s\n", name, strings.ReplaceAll(value, "\n", "\n    "))
			}
		}
		line("codes", codesOf(f.Codes))
		line("date", strings.TrimSuffix(f.Date+" to "+f.End, " to "))
		line("value", strings.TrimSpace(f.Value+" "+f.Unit))
		line("range", f.Range)
		line("flag", f.Flag)
		line("status", f.Status)
		line("evidence", string(f.Evidence))
		line("who", f.Who)
		line("detail", f.Detail)
		for _, c := range f.Components {
			line("- "+c.Text, strings.TrimSpace(strings.Join([]string{c.Value, c.Unit, c.Range, codesOf(c.Codes)}, " ")))
		}
	}
	for _, c := range r.Children {
		b.WriteString("\ninside: " + strings.ReplaceAll(told(c), "\n", "\n  ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n ") + "\n"
}

func codesOf(all []clinical.Code) string {
	var out []string
	for _, c := range all {
		out = append(out, fmt.Sprintf("[%s %s %s]", c.System[strings.LastIndexAny(c.System, "/:")+1:], c.Code, c.Display))
	}
	return strings.Join(out, " ")
}

func TestFilesOfTheOpenSetReadAsTheyWereReviewed(t *testing.T) {
	openFiles(t, "hostile")
	for _, f := range reviewed {
		// Without any program of the machine, so that every machine answers alike.
		r, err := intake.ReadFile(context.Background(), filepath.Join(openData, f), intake.Options{Tools: document.Tools{PDFText: document.None}})
		if err != nil {
			t.Fatal(err)
		}
		got := told(r)
		golden := "testdata/reviewed/" + strings.ReplaceAll(f, "/", "_") + ".txt"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s reads differently; run with -update and look at the diff", f)
		}
	}
}
