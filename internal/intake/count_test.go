package intake_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/intake"
)

// countFilter counts facts by kind with no help from our own code: each resource
// is an entry of a bundle, however deep, or stands alone.
const countFilter = `
def resources: if .resourceType == "Bundle" then (.entry // [])[] | .resource // empty | resources else . end;
def kind: {
  Condition: "condition",
  MedicationRequest: "medication", MedicationStatement: "medication",
  MedicationAdministration: "medication", MedicationDispense: "medication",
  AllergyIntolerance: "allergy", Observation: "result", Procedure: "procedure",
  DiagnosticReport: "report", DocumentReference: "document", Composition: "document",
  Immunization: "immunization", Encounter: "encounter", ImagingStudy: "imaging_study",
  FamilyMemberHistory: "family_history", Device: "device",
  AdverseEvent: "other", BodyStructure: "other", CarePlan: "other", CareTeam: "other",
  ClinicalImpression: "other", DetectedIssue: "other", DeviceRequest: "other",
  DeviceUseStatement: "other", EpisodeOfCare: "other", Flag: "other", Goal: "other",
  ImmunizationRecommendation: "other", Media: "other", MolecularSequence: "other",
  NutritionOrder: "other", QuestionnaireResponse: "other", RequestGroup: "other",
  RiskAssessment: "other", ServiceRequest: "other", Specimen: "other", VisionPrescription: "other"
}[.resourceType // ""] // empty;
objects | [resources | objects | kind] | group_by(.) | map({key: .[0], value: length}) | from_entries
  | {file: input_filename, counts: .}`

func TestCountsOfFactsByKindEqualAnIndependentCount(t *testing.T) {
	jq, err := exec.LookPath("jq")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("jq is needed to count independently, and is not installed")
		}
		t.Skip("jq is not installed")
	}
	sources, err := filepath.Glob("testdata/fhir/*.json")
	if err != nil || len(sources) < 8 {
		t.Fatalf("the copied records are missing: %v", err)
	}
	bundles := 0
	if _, err := os.Stat(openData); err == nil {
		sources = append(sources, openFiles(t, "fhir/synthea-2019", "fhir/synthea-2021", "fhir/us-core", "fhir/ips", "fhir/spec-r4", "fhir/davinci-pas", "fhir/mcode", "fhir/carin-bb", "fhir/plan-net")...)
		for _, p := range openFiles(t, "fhir/ndjson") {
			if strings.HasPrefix(filepath.Base(p), "test") {
				sources = append(sources, p)
			}
		}
	}
	dir := t.TempDir()
	args := []string{"-c", countFilter}
	origin := map[string]string{}
	for i, p := range sources {
		plain := p
		if packed(t, p) {
			plain = filepath.Join(dir, strings.TrimSuffix(filepath.Base(p), ".gz"))
			if err := os.WriteFile(plain, gunzip(t, p), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		origin[plain] = sources[i]
		args = append(args, plain)
	}
	out, err := exec.Command(jq, args...).Output()
	if err != nil {
		t.Fatalf("jq: %v", err)
	}
	wants := map[string]clinical.Counts{} // the lines of a file add up
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var line struct {
			File   string
			Counts clinical.Counts
		}
		if err := d.Decode(&line); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		wants[line.File] = wants[line.File].Add(line.Counts)
	}
	for file := range origin {
		if wants[file] == nil { // a list of things is no record: nothing may be found in it
			wants[file] = clinical.Count(nil)
		}
	}
	checked, facts := 0, 0
	for file, want := range wants {
		p := origin[file]
		got, err := intake.ReadFile(context.Background(), p, intake.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range clinical.Kinds() {
			if got.Counts[k] != want[k] {
				t.Errorf("%s: %d facts of kind %s, an independent count gives %d", p, got.Counts[k], k, want[k])
			}
		}
		if got.Counts.Total() != len(got.Facts) {
			t.Errorf("%s: counts say %d, there are %d facts", p, got.Counts.Total(), len(got.Facts))
		}
		if got.Kind == clinical.FileFHIRBundle {
			bundles++
		}
		checked++
		facts += len(got.Facts)
	}
	if checked != len(sources) {
		t.Errorf("counted %d of %d files", checked, len(sources))
	}
	t.Logf("%d files, %d bundles, %d facts", checked, bundles, facts)
}

func packed(t testing.TB, path string) bool {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.HasPrefix(b, []byte("\x1f\x8b"))
}

func gunzip(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if b, err = io.ReadAll(z); err != nil {
		t.Fatal(err)
	}
	return b
}
