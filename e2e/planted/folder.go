package planted

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Folder is what was planted.
type Folder struct {
	Files   int
	Scanned bool     // the machine can tell a scanned page from one with words
	Defects []string // what to take out for a sound folder
}

// Plant writes thirty files: fifteen that are sound, and the rest with a defect
// each.
func Plant(t testing.TB, dir string) *Folder {
	t.Helper()
	f := &Folder{}
	put := func(name string, body []byte) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		f.Files++
	}
	bad := func(name string, body []byte) {
		f.Defects = append(f.Defects, name)
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
	put("labs.json", bundle(walter, `{"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"718-7"}],"text":"Hemoglobin"},"subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-10-12","valueQuantity":{"value":13.2,"unit":"g/dL"}}`))
	operation := "The skin was opened over the left temporal bone. The tumor was grey and soft and was taken out in pieces until the edge of the speech area. The bone was put back and fixed with plates. The patient woke and could speak."
	put("operation.json", bundle(walter, report("operative", "28570-0", "Operative note", "2023-11-14", operation)))
	put("pathology.json", bundle(walter, report("path", "11526-1", "Pathology report of the temporal lobe tumor", "2023-11-18", "The tissue shows a glioma of high grade with necrosis and many vessels. IDH is not mutated. MGMT is methylated. The diagnosis is glioblastoma.")))
	put("molecular.json", bundle(walter, report("gene", "81247-9", "Molecular report", "2023-12-02", "Sequencing of the tumor found no change in IDH1 and IDH2. The promoter of MGMT is methylated, and TERT is mutated.")))
	put("mri-2023/IM1", dicomFile(walter, image{study: "1.2.840.1.2023", series: "1", number: "1", modality: "MR", day: "20231030", what: "MRI brain", accession: "MR-104420"}))
	put("mri-2023/IM2", dicomFile(walter, image{study: "1.2.840.1.2023", series: "1", number: "2", modality: "MR", day: "20231030", what: "MRI brain", accession: "MR-104420"}))
	// Dictated two weeks after the scan: only the number of the order ties the two.
	put("mri-2023-report.json", bundle(walter, ordered(report("mri", "24590-2", "MRI brain with and without contrast", "2023-11-13", "There is a mass of four centimeters in the left temporal lobe with a bright rim. The middle of the brain is pushed to the right by five millimeters."), "MR-104420")))
	put("ct-report.json", bundle(walter, report("ct", "24725-4", "CT head without contrast", "2026-10-20", "There is no bleeding. The hole that the operation left is as it was. The ventricles are of the same size as before.")))

	// Defects.
	bad("pet-report.json", bundle(walter, report("pet", "44139-4", "PET scan of the brain", "2026-09-15", "There is uptake at the back edge of the cavity that may be tumor or the effect of radiation. A new study in two months is advised.")))
	bad("chest/IM1", dicomFile(walter, image{study: "1.2.840.1.77", series: "1", number: "1", modality: "CR", day: "20260701", what: "XR chest", accession: "CR-5511"}))
	// Of the same day and the same kind of picture, and of another order all the same.
	bad("chest-report.json", bundle(walter, ordered(report("cr", "36643-5", "XR chest, two views", "2026-07-01", "The lungs are clear and the heart is of normal size. There is no fluid at the base of the lungs, and no rib is broken."), "CR-5512")))
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
	f.Scanned = err == nil
	return f
}
