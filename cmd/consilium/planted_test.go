package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"consilium/e2e/planted"
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

// defect is one that was planted: what must be said, and of which file or record.
type defect struct {
	name, kind, reason, about string
}

// TestEveryPlantedDefectIsFoundAndNothingElseAlarmed reads a folder of thirty files, as
// a patient would hand it in, with the defects that real folders have.
func TestEveryPlantedDefectIsFoundAndNothingElseAlarmed(t *testing.T) {
	dir, question := filepath.Join(t.TempDir(), "records"), filepath.Join(t.TempDir(), "question.json")
	p := planted.Plant(t, dir)
	if p.Files != 30 {
		t.Fatalf("the folder has %d files", p.Files)
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
	want := []defect{
		{"report without images", "report_without_images", "unnamed", "PET scan of the brain"},
		{"another order of the same day", "report_without_images", "named", "XR chest, two views"},
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
	if p.Scanned {
		want = append(want, defect{"scanned page", "unreadable", "no_text", "scan.pdf"})
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
	// A report dictated long after its scan is tied to it by the number of the order.
	if !slices.ContainsFunc(a.Matches, func(m records.Match) bool { return m.By == "accession_alone" && !m.Certain && m.Text != "" }) {
		t.Errorf("the late report found its scan by nothing: %+v", a.Matches)
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
	p := planted.Plant(t, dir)
	for _, bad := range p.Defects {
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
