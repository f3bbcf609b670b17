package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"consilium/internal/records"
)

// plantedQuestion is a case of a brain tumor whose slides are on loan. The patient is
// one of the cast.
const plantedQuestion = `{"on": "2026-11-22", "specialty": "neurosurgery", "icd10": "C71.1", "under_treatment": false,
"patient": {"name": "Walter Brandt", "birth_date": "1956-08-19"}, "question": "Is a second operation worth it?",
"have": [
  {"item": "story", "format": "told"}, {"item": "doctor_contact", "format": "told"},
  {"item": "pathology_slides", "format": "specimen", "due_back": "2026-11-10", "holder": "Larkspur Pathology"}
]}`

// planted is one defect: what must be said, and of which file or record.
type planted struct {
	name, kind, reason, about string
}

// TestEveryPlantedDefectIsFoundAndNothingElseAlarmed reads a folder of thirty files, as
// a patient would hand it in, with the defects that real folders have.
func TestEveryPlantedDefectIsFoundAndNothingElseAlarmed(t *testing.T) {
	dir, question := filepath.Join(t.TempDir(), "records"), filepath.Join(t.TempDir(), "question.json")
	p := plantFolder(t, dir)
	if p.files != 30 {
		t.Fatalf("the folder has %d files", p.files)
	}
	if err := os.WriteFile(question, []byte(plantedQuestion), 0o600); err != nil {
		t.Fatal(err)
	}
	s := consilium(t, "", "records", "check", "--in", question, dir)
	if s.Code != exitAnswered {
		t.Fatalf("exit %d: %s", s.Code, s.Err)
	}
	var a records.CheckAnswer
	if err := json.Unmarshal([]byte(s.Out), &a); err != nil {
		t.Fatal(err)
	}
	want := []planted{
		{"report without images", "report_without_images", "", "PET scan of the brain"},
		{"images without a report", "images_without_report", "", "XR chest"},
		{"another patient", "wrong_patient", "", "other-labs.json"},
		{"the same bytes twice", "duplicate", "same_bytes", "operation (copy).json"},
		{"the same report in two formats", "duplicate", "same_report", "operation-note.xml"},
		{"locked PDF", "unreadable", "encrypted", "locked.pdf"},
		{"locked archive", "unreadable", "locked_archive", "portal.zip"},
		{"cut off in the middle", "unreadable", "truncated", "visits.json"},
		{"disc without images", "unreadable", "empty_disc", "empty-disc/DICOMDIR"},
		{"empty file", "unreadable", "empty", "nothing.dat"},
		{"not English", "not_english", "", "consulta.xml"},
		{"slides due back", "slides_due_back", "overdue", ""},
		{"listed and not copied", "images_not_here", "", "CT head"},
		{"prints instead of DICOM", "not_dicom", "picture", "mri-spine.png"},
	}
	if p.scanned {
		want = append(want, planted{"scanned page", "unreadable", "no_text", "scan.pdf"})
	}
	left := slices.Clone(a.Alarms)
	for _, w := range want {
		i := slices.IndexFunc(left, func(x records.Alarm) bool {
			named := w.about == x.About || slices.ContainsFunc(x.Files, func(f string) bool { return strings.HasSuffix(f, w.about) })
			return x.Kind == w.kind && x.Reason == w.reason && named
		})
		if i < 0 {
			t.Errorf("%s: not found", w.name)
			continue
		}
		x := left[i]
		if x.What == "" || x.Why == "" || x.Next == "" || x.Holder == "" || x.Rule == "" || strings.Count(x.Text, ".") > 3 || !strings.Contains(x.Text, x.What) || !strings.Contains(x.Text, x.Next) {
			t.Errorf("%s: not explained: %+v", w.name, x)
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, x := range left {
		t.Errorf("nobody planted this: %s %s about %q in %v", x.Kind, x.Reason, x.About, x.Files)
	}
	// The three-year-old MRI.
	if len(a.TooOld) != 1 || a.TooOld[0].Item != "images" || a.TooOld[0].Date != "2023-10-30" || a.TooOld[0].MaxDays != 92 || a.TooOld[0].AgeDays != 1119 {
		t.Errorf("too old: %+v", a.TooOld)
	}
	if a.Ready {
		t.Error("the records are called ready")
	}
	for _, m := range a.Missing {
		if m.Need == "must" && m.Item != "discharge_summaries" {
			t.Errorf("%s is called missing, and it is in the folder", m.Item)
		}
	}
}

// TestTheSoundFilesAloneAlarmNobody reads the same folder without its defects.
func TestTheSoundFilesAloneAlarmNobody(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "records")
	p := plantFolder(t, dir)
	for _, bad := range p.defects {
		if err := os.RemoveAll(filepath.Join(dir, filepath.FromSlash(bad))); err != nil {
			t.Fatal(err)
		}
	}
	question := filepath.Join(t.TempDir(), "question.json")
	if err := os.WriteFile(question, []byte(strings.Replace(plantedQuestion, "2026-11-10", "2027-03-01", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	s := consilium(t, "", "records", "check", "--in", question, dir)
	var a records.CheckAnswer
	if err := json.Unmarshal([]byte(s.Out), &a); err != nil {
		t.Fatalf("%v: %s", err, s.Err)
	}
	for _, x := range a.Alarms {
		t.Errorf("%s %s about %q in %v", x.Kind, x.Reason, x.About, x.Files)
	}
}

// folder is what was planted.
type folder struct {
	files   int
	scanned bool     // the machine can tell a scanned page from one with words
	defects []string // what to take out for a sound folder
}

// plantFolder writes thirty files: sixteen that are sound, and the rest with a defect
// each.
func plantFolder(t *testing.T, dir string) *folder {
	t.Helper()
	f := &folder{}
	put := func(name string, body []byte) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		f.files++
	}
	bad := func(name string, body []byte) {
		f.defects = append(f.defects, name)
		put(name, body)
	}
	walter := whose{"Walter", "Brandt", "1956-08-19"}
	ruth := whose{"Ruth", "Alvarez", "1968-03-14"}

	// Sound: notes, lists, results, reports, and scans with their reports.
	put("visit.xml", noteXML(walter, "11506-3", "Progress note", "20261105", "The patient is well and has no new headaches. He is awake and the strength of the arms is equal. We will talk about a second operation with the family and the tumor board."))
	put("history.xml", noteXML(walter, "34117-2", "History and physical", "20260601", "This is a man with a tumor of the left temporal lobe that was removed in part. The wound has healed and there are no seizures with the medicine that was given."))
	put("problems.json", bundle(walter, `{"resourceType":"Condition","id":"c1","clinicalStatus":{"coding":[{"code":"active"}]},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"C71.2"}],"text":"Glioblastoma"},"subject":{"reference":"Patient/p"},"recordedDate":"2023-11-20"}`))
	put("medicines.json", bundle(walter, `{"resourceType":"MedicationStatement","id":"m1","status":"active","medicationCodeableConcept":{"text":"levetiracetam 500 mg"},"subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-10-01"}`))
	put("allergies.json", bundle(walter, `{"resourceType":"AllergyIntolerance","id":"a1","code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003"}],"text":"No known allergies"},"patient":{"reference":"Patient/p"},"recordedDate":"2026-10-01"}`))
	for i, day := range []string{"2026-08-03", "2026-10-12"} {
		put(fmt.Sprintf("labs-%d.json", i+1), bundle(walter, fmt.Sprintf(`{"resourceType":"Observation","id":"o%d","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"718-7"}],"text":"Hemoglobin"},"subject":{"reference":"Patient/p"},"effectiveDateTime":"%s","valueQuantity":{"value":13.%d,"unit":"g/dL"}}`, i, day, i+1)))
	}
	operation := "The skin was opened over the left temporal bone. The tumor was grey and soft and was taken out in pieces until the edge of the speech area. The bone was put back and fixed with plates. The patient woke and could speak."
	put("operation.json", bundle(walter, report("operative", "28570-0", "Operative note", "2023-11-14", operation)))
	put("pathology.json", bundle(walter, report("path", "11526-1", "Pathology report of the temporal lobe tumor", "2023-11-18", "The tissue shows a glioma of high grade with necrosis and many vessels. IDH is not mutated. MGMT is methylated. The diagnosis is glioblastoma.")))
	put("molecular.json", bundle(walter, report("gene", "81247-9", "Molecular report", "2023-12-02", "Sequencing of the tumor found no change in IDH1 and IDH2. The promoter of MGMT is methylated, and TERT is mutated.")))
	put("mri-2023/IM1", dicomFile(walter, image{study: "1.2.840.1.2023", series: "1", number: "1", modality: "MR", day: "20231030", what: "MRI brain"}))
	put("mri-2023/IM2", dicomFile(walter, image{study: "1.2.840.1.2023", series: "1", number: "2", modality: "MR", day: "20231030", what: "MRI brain"}))
	put("mri-2023-report.json", bundle(walter, report("mri", "24590-2", "MRI brain with and without contrast", "2023-10-30", "There is a mass of four centimeters in the left temporal lobe with a bright rim. The middle of the brain is pushed to the right by five millimeters.")))
	put("ct-report.json", bundle(walter, report("ct", "24725-4", "CT head without contrast", "2026-10-20", "There is no bleeding. The hole that the operation left is as it was. The ventricles are of the same size as before.")))

	// Defects.
	bad("pet-report.json", bundle(walter, report("pet", "44139-4", "PET scan of the brain", "2026-09-15", "There is uptake at the back edge of the cavity that may be tumor or the effect of radiation. A new study in two months is advised.")))
	bad("chest/IM1", dicomFile(walter, image{study: "1.2.840.1.77", series: "1", number: "1", modality: "CR", day: "20260701", what: "XR chest"}))
	bad("other-labs.json", bundle(ruth, `{"resourceType":"Observation","id":"o9","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"2857-1"}],"text":"PSA"},"subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-10-12","valueQuantity":{"value":1,"unit":"ng/mL"}}`))
	bad("operation (copy).json", bundle(walter, report("operative", "28570-0", "Operative note", "2023-11-14", operation)))
	bad("operation-note.xml", noteXML(walter, "11504-8", "Operative note", "20231114", operation))
	bad("locked.pdf", lockedPDF(t))
	bad("portal.zip", lockedZIP(t))
	visits := bundle(walter, `{"resourceType":"Encounter","id":"e1","status":"finished","class":{"code":"AMB"},"type":[{"text":"Visit"}],"subject":{"reference":"Patient/p"},"period":{"start":"2026-10-05"}}`)
	bad("visits.json", visits[:len(visits)-40])
	bad("empty-disc/DICOMDIR", directoryFile(walter, image{}, 0))
	bad("nothing.dat", nil)
	bad("consulta.xml", noteXML(walter, "11488-4", "Consulta", "20261001", "El paciente refiere dolor de cabeza por las mañanas desde el mes de julio y que mejora con el reposo. La exploración es normal y se pide una resonancia con contraste para el control del tumor."))
	bad("ct-disc/DICOMDIR", directoryFile(walter, image{study: "1.2.840.1.2026", series: "1", modality: "CT", day: "20261020", what: "CT head"}, 3))
	put("ct-disc/IM1", dicomFile(walter, image{study: "1.2.840.1.2026", series: "1", number: "1", modality: "CT", day: "20261020", what: "CT head"}))
	bad("mri-spine.png", picture(t))
	bad("scan.pdf", scannedPDF())
	put("ct-disc/IM2", dicomFile(walter, image{study: "1.2.840.1.2026", series: "1", number: "2", modality: "CT", day: "20261020", what: "CT head"}))
	_, err := exec.LookPath("pdftotext")
	f.scanned = err == nil
	return f
}
