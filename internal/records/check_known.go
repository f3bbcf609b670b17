package records

import (
	"slices"
	"strings"

	"consilium/internal/clinical"
)

// CheckItem is the id of one thing that a list of records may ask for. What is asked
// for, of whom and why stands in the rules; here stands only by what it is recognised.
type CheckItem string

// Values lists every item, so that a wrong one is answered with the right one.
func (CheckItem) Values() []string {
	out := make([]string, 0, len(known)+1)
	for _, k := range known {
		out = append(out, string(k.ID))
	}
	return append(out, string(OtherItem))
}

// recognised says by what an item is known in a record.
type recognised struct {
	ID       CheckItem
	Kind     string      // note, report, image_set, specimen, data
	LOINC    []string    // types of document, or of result
	Words    []string    // in a title, lower case
	Also     []CheckItem // more general items that it answers as well
	Modality []string    // DICOM modalities of images, where the item says which
	Shows    []string    // words of body parts that such images show
	Named    bool        // nothing but somebody's word tells that images are these
	Pictures CheckItem   // of a report: the images that belong to it
}

func knownItem(id CheckItem) recognised {
	if i := slices.IndexFunc(known, func(k recognised) bool { return k.ID == id }); i >= 0 {
		return known[i]
	}
	return recognised{ID: id}
}

func kindOfItem(id CheckItem) string    { return knownItem(id).Kind }
func picturesOf(id CheckItem) CheckItem { return knownItem(id).Pictures }
func saysOne(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return within(text, w) })
}

// known lists every item, special ones before general ones: the first that fits a
// title is the one that it is.
var known = []recognised{
	{ID: "echo_report", Kind: "report", LOINC: []string{"34552-0", "59281-6"}, Words: []string{"echocardiogra", "ecocardiogra"}, Also: []CheckItem{"imaging_reports"}, Modality: []string{"US"}, Pictures: "echo_images"},
	{ID: "stress_test", Kind: "report", LOINC: []string{"18752-6"}, Words: []string{"stress test", "exercise test", "prueba de esfuerzo"}},
	{ID: "rhythm_monitor", Kind: "report", LOINC: []string{"18754-2"}, Words: []string{"holter", "event monitor", "rhythm monitor", "monitor de ritmo"}},
	{ID: "ecg", Kind: "report", LOINC: []string{"11524-6", "28010-7"}, Words: []string{"electrocardiogra", "ecg", "ekg", "12-lead"}},
	{ID: "device_check", Kind: "report", Words: []string{"device interrogation", "pacemaker check", "device check"}},
	{ID: "hearing_test", Kind: "report", LOINC: []string{"28615-3"}, Words: []string{"audiogra", "audiometr", "hearing test"}},
	{ID: "visual_fields", Kind: "report", Words: []string{"visual field", "perimetry", "campo visual", "campimetr"}},
	{ID: "nerve_test", Kind: "report", LOINC: []string{"18749-2"}, Words: []string{"electromyogra", "emg", "nerve conduction", "electromiogra"}},
	{ID: "radiation_summary", Kind: "report", LOINC: []string{"68609-7", "55753-9"}, Words: []string{"radiation therapy summary", "radiation treatment summary", "radiotherapy summary", "resumen de radioterapia"}},
	{ID: "genomic_assay", Kind: "report", Words: []string{"oncotype", "mammaprint", "prosigna", "recurrence score", "genomic assay"}},
	{ID: "germline_test", Kind: "report", Words: []string{"germline", "brca", "hereditary cancer"}, Also: []CheckItem{"genetic_report"}},
	{ID: "pdl1", Kind: "report", LOINC: []string{"85147-7", "83052-1", "83055-4"}, Words: []string{"pd-l1", "pdl1"}},
	{ID: "mismatch_repair", Kind: "report", LOINC: []string{"81691-8", "85077-6"}, Words: []string{"mismatch repair", "microsatellite", "msi-h", "microsatélite"}},
	{ID: "ras_braf", Kind: "report", Words: []string{"kras", "nras", "braf", "ras mutation"}},
	{ID: "flow_cytometry", Kind: "report", LOINC: []string{"33699-0"}, Words: []string{"flow cytometr", "citometría de flujo"}},
	{ID: "cytogenetics", Kind: "report", LOINC: []string{"55195-3"}, Words: []string{"cytogenet", "karyotyp", "fish panel", "fluorescence in situ", "citogenét"}},
	{ID: "molecular_report", Kind: "report", LOINC: []string{"51969-4", "81247-9"}, Words: []string{"next generation sequencing", "next-generation sequencing", "ngs", "molecular report", "molecular profil", "genomic profil", "tumor sequencing"}},
	{ID: "genetic_report", Kind: "report", Words: []string{"genetic report", "genetic test", "exome", "genome sequencing", "informe genético"}},
	{ID: "biopsy_core_map", Kind: "report", Words: []string{"core map", "biopsy map"}},
	{ID: "endoscopy_report", Kind: "report", LOINC: []string{"18751-8", "18753-4", "28023-0"}, Words: []string{"endoscop", "colonoscop", "gastroscop", "endoscopia"}, Also: []CheckItem{"operative_reports"}},
	{ID: "pathology_report", Kind: "report", LOINC: []string{"11526-1", "22634-0", "60568-3", "22637-3", "65757-7", "66110-8", "33746-9"}, Words: []string{"patholog", "biops", "histolog", "cytolog", "patolog", "citolog"}},
	{ID: "operative_reports", Kind: "report", LOINC: []string{"11504-8", "28570-0", "59282-4", "18744-3"}, Words: []string{"operative", "operation note", "procedure note", "surgical report", "informe quir", "informe operatorio"}},
	{ID: "discharge_summaries", Kind: "report", LOINC: []string{"18842-5", "28655-9", "11490-0"}, Words: []string{"discharge summar", "discharge letter", "resumen de alta", "hoja de alta"}},
	{ID: "imaging_reports", Kind: "report", LOINC: []string{"18748-4", "24606-6", "36643-5", "24627-2", "24531-6", "30746-2"}, Words: []string{"mri", "ct scan", "ct head", "ct chest", "ct abdomen", "x-ray", "xray", "radiograph", "ultrasound", "mammogra", "radiology", "pet scan", "pet/ct", "radiograf", "resonancia", "tomograf", "ecograf", "angiogra"}, Pictures: "images"},
	{ID: "serology_panel", Kind: "report", LOINC: []string{"8061-4", "5130-0"}, Words: []string{"antinuclear", "serology", "serología", "autoantibod"}, Also: []CheckItem{"test_results"}},
	{ID: "hormone_panel", Kind: "report", LOINC: []string{"2842-3", "2141-0", "2484-4"}, Words: []string{"pituitary panel", "hormone panel", "panel hormonal"}, Also: []CheckItem{"test_results"}},
	{ID: "dynamic_tests", Kind: "report", Words: []string{"suppression test", "stimulation test", "prueba de supresión", "prueba de estimulación"}, Also: []CheckItem{"test_results"}},
	{ID: "infection_labs", Kind: "data", LOINC: []string{"1988-5", "30341-2", "4537-7"}, Also: []CheckItem{"test_results"}},
	{ID: "psa_series", Kind: "data", LOINC: []string{"2857-1", "19197-3"}, Words: []string{"prostate specific antigen", "psa"}, Also: []CheckItem{"test_results", "tumor_markers"}},
	{ID: "cea_series", Kind: "data", LOINC: []string{"2039-6"}, Words: []string{"carcinoembryonic"}, Also: []CheckItem{"test_results", "tumor_markers"}},
	{ID: "ca125_series", Kind: "data", LOINC: []string{"10334-1"}, Words: []string{"ca-125", "ca 125"}, Also: []CheckItem{"test_results", "tumor_markers"}},
	{ID: "tumor_markers", Kind: "data", LOINC: []string{"6875-9", "24108-3", "1834-1"}, Words: []string{"tumor marker", "marcador tumoral"}, Also: []CheckItem{"test_results"}},
	{ID: "protein_studies", Kind: "data", LOINC: []string{"33647-9", "24351-9"}, Words: []string{"protein electrophoresis", "free light chain"}, Also: []CheckItem{"test_results"}},
	{ID: "test_results", Kind: "report", LOINC: []string{"11502-2", "24323-8", "58410-2", "57021-8"}, Words: []string{"laboratory report", "lab report", "blood test", "laboratorio"}},
	{ID: "medication_list", Kind: "data", LOINC: []string{"10160-0"}, Words: []string{"medication list", "lista de medic"}},
	{ID: "allergies", Kind: "data", LOINC: []string{"48765-2"}, Words: []string{"allerg", "alergi"}},
	{ID: "medical_summary", Kind: "note", LOINC: []string{"60591-5", "34133-9"}, Words: []string{"patient summary", "medical summary", "summary of care", "resumen médico"}},
	{ID: "doctor_notes", Kind: "note", LOINC: []string{"11506-3", "34117-2", "11488-4", "34109-9", "51847-2", "34108-1", "57133-1", "18748-9"}, Words: []string{"progress note", "visit note", "office visit", "consult", "history and physical", "clinic note", "evaluation and plan", "nota de evolución", "nota médica"}},
	{ID: "staging", Kind: "data", LOINC: []string{"21908-9", "21902-2", "21914-7"}, Words: []string{"cancer stage", "tnm", "stage group", "etapa del cáncer"}},

	{ID: "contrast_mri", Kind: "image_set", Modality: []string{"MR"}, Shows: []string{"brain", "head", "skull", "cereb", "neuro", "pituitar"}},
	{ID: "brain_mri", Kind: "image_set", Modality: []string{"MR"}, Shows: []string{"brain", "head", "skull", "cereb", "neuro"}},
	{ID: "prostate_mri", Kind: "image_set", Modality: []string{"MR"}, Shows: []string{"prosta", "pelvi"}},
	{ID: "psma_pet", Kind: "image_set", Modality: []string{"PT"}, Shows: []string{"psma"}},
	{ID: "pet_images", Kind: "image_set", Modality: []string{"PT"}},
	{ID: "mammogram", Kind: "image_set", Modality: []string{"MG"}},
	{ID: "echo_images", Kind: "image_set", Modality: []string{"US"}, Shows: []string{"heart", "echo", "card", "corazón"}},
	{ID: "heart_scan", Kind: "image_set", Modality: []string{"CT", "MR", "NM", "PT"}, Shows: []string{"heart", "card", "coronar", "corazón", "myocard"}},
	{ID: "angiogram_images", Kind: "image_set", Modality: []string{"XA"}},
	{ID: "xrays", Kind: "image_set", Modality: []string{"CR", "DX", "RF"}, Shows: []string{"spine", "spinal", "lumbar", "thora", "cervic", "sacr", "columna"}},
	{ID: "flexion_extension", Kind: "image_set", Modality: []string{"CR", "DX"}, Named: true},
	{ID: "weight_bearing_xrays", Kind: "image_set", Modality: []string{"CR", "DX"}, Named: true},
	{ID: "preoperative_images", Kind: "image_set", Named: true},
	{ID: "prior_images", Kind: "image_set", Named: true},
	{ID: "images", Kind: "image_set"},

	{ID: "pathology_slides", Kind: "specimen"},
	{ID: "cytology_slides", Kind: "specimen"},
	{ID: "marrow_slides", Kind: "specimen"},
	{ID: "digital_slides", Kind: "specimen", Also: []CheckItem{"pathology_slides"}},
	{ID: "pathology_blocks", Kind: "specimen"},

	{ID: "diagnosis", Kind: "data"},
	{ID: "drug_regimens", Kind: "data"},
	{ID: "treatments_tried", Kind: "data"},
	{ID: "function_goals", Kind: "data"},
	{ID: "implant_record", Kind: "data"},
	{ID: "smoking_bone", Kind: "data"},
	{ID: "valve_gradients", Kind: "data"},
	{ID: "surgical_risk", Kind: "data"},
	{ID: "family_genetics", Kind: "data"},
	{ID: "steroid_history", Kind: "data"},
	{ID: "growth_data", Kind: "data"},
	{ID: "dated_photos", Kind: "data"},
	{ID: "question", Kind: "data"},
	{ID: "story", Kind: "data", Also: []CheckItem{"question"}},
	{ID: "doctor_contact", Kind: "data"},
	{ID: "request_form", Kind: "note"},
	{ID: "consent_form", Kind: "note"},
	{ID: "guardian_proof", Kind: "note"},
}

// itemOf recognises a report, a document or a result by its codes first and its words
// then.
func itemOf(f clinical.Fact) (CheckItem, bool) {
	text := strings.ToLower(f.Text)
	for _, c := range f.Codes {
		for _, k := range known {
			if slices.Contains(k.LOINC, c.Code) {
				return k.ID, true
			}
		}
		text += "\n" + strings.ToLower(c.Display)
	}
	return itemByWords(text)
}

func itemByWords(text string) (CheckItem, bool) {
	for _, k := range known {
		if len(k.Words) > 0 && saysOne(text, k.Words) {
			return k.ID, true
		}
	}
	return "", false
}

// within finds a word at a word's beginning: "mri" is in "MRI of the breast" and
// not in "primrite".
func within(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		i += from
		if i == 0 || !letter(text[i-1]) {
			return true
		}
		from = i + 1
	}
}

func letter(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b >= 0x80 }
