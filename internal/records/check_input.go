package records

import (
	"fmt"
	"slices"
	"strings"

	"consilium/internal/clinical"
	"consilium/internal/contract"
)

// CheckInput is the case and what is at hand. Everything may be absent, and absent
// means unknown.
type CheckInput struct {
	On             contract.Date `json:"on,omitzero" doc:"today's date"`
	Specialty      string        `json:"specialty,omitempty" enum:"general,oncology,neurosurgery,spine,orthopaedics,cardiology,pathology,radiology,paediatrics,autoimmune,gastroenterology,endocrinology,rare" doc:"of the second doctor; without it one is proposed from the diagnosis"`
	ICD10          string        `json:"icd10,omitempty" pattern:"^[A-Za-z][0-9][0-9A-Za-z](\\.?[0-9A-Za-z]{1,4})?$" form:"write an ICD-10-CM code such as C50.911" doc:"of the main diagnosis"`
	Diagnosis      string        `json:"diagnosis,omitempty" doc:"in words"`
	UnderTreatment *bool         `json:"under_treatment,omitempty" doc:"treatment of the illness has begun"`
	Patient        CheckPatient  `json:"patient,omitzero"`
	Question       string        `json:"question,omitempty" doc:"what the second doctor is asked"`
	Happened       []string      `json:"happened,omitempty" enum:"tissue,operation,hospital_stay,cancer_drugs,radiation,implant,images" doc:"what is known to have been: then the records of it exist"`
	DoesNotFit     []CheckItem   `json:"does_not_fit,omitempty" doc:"items that were never made, or do not concern the person"`
	Have           []Held        `json:"have,omitempty"`
}

// CheckPatient is whose records they should be.
type CheckPatient struct {
	Name       string        `json:"name,omitempty"`
	BirthDate  contract.Date `json:"birth_date,omitzero"`
	OtherNames []string      `json:"other_names,omitempty" doc:"former names and other spellings"`
}

// Held is one thing at hand: a report, a set of images, a file that nobody can open.
type Held struct {
	Item             CheckItem     `json:"item,omitempty" doc:"what it is; other, or absent, where nobody knows"`
	Date             string        `json:"date,omitempty" doc:"2026, 2026-05 or 2026-05-03"`
	PatientName      string        `json:"patient_name,omitempty"`
	PatientBirthDate string        `json:"patient_birth_date,omitempty"`
	PatientConfirmed *bool         `json:"patient_confirmed,omitempty" doc:"the person says that it is theirs, whatever name it bears"`
	StudyUID         string        `json:"study_uid,omitempty" doc:"of images: DICOM Study Instance UID"`
	ReportForStudy   string        `json:"report_for_study,omitempty" doc:"of a report: the Study Instance UID of its images"`
	ReportForStudies []string      `json:"report_for_studies,omitempty" doc:"of a report on several studies: all of them"`
	Accession        string        `json:"accession,omitempty" doc:"number of the order, on a report and on its images"`
	AccessionIssuer  string        `json:"accession_issuer,omitempty" doc:"whose number it is: an OID, a URI or a name"`
	OrderNumbers     []string      `json:"order_numbers,omitempty" doc:"other numbers of the order: one of them may be the accession number, and none need be"`
	Modality         []string      `json:"modality,omitempty" doc:"DICOM modality codes, such as MR"`
	BodyPart         string        `json:"body_part,omitempty"`
	Laterality       string        `json:"laterality,omitempty" enum:"L,R,B" doc:"left, right or both"`
	Description      string        `json:"description,omitempty" doc:"title of the report or of the study"`
	Instances        *int          `json:"instances,omitempty" min:"0" max:"10000000" doc:"images that are here"`
	Listed           *int          `json:"listed,omitempty" min:"0" max:"10000000" doc:"images that the disc's own list names"`
	Format           string        `json:"format,omitempty" enum:"dicom,fhir,ccda,hl7v2,pdf,picture,print,specimen,told,other" doc:"how it is at hand; picture: JPEG and the like; print: paper or film"`
	Unreadable       string        `json:"unreadable,omitempty" enum:"encrypted,locked_archive,truncated,damaged,empty_disc,no_text,empty" doc:"why it cannot be read"`
	Language         string        `json:"language,omitempty" pattern:"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$" form:"write a language tag such as en or es-MX"`
	DueBack          contract.Date `json:"due_back,omitzero" doc:"of slides and blocks on loan"`
	Holder           string        `json:"holder,omitempty" doc:"who made it or keeps it"`
	Name             string        `json:"name,omitempty" doc:"of the file"`
	SHA256           string        `json:"sha256,omitempty" doc:"of the file's bytes"`
	Content          string        `json:"content,omitempty" doc:"fingerprint of its words: the same for the same report in two formats"`

	Top  string `json:"-"` // SHA-256 of the received file, where it comes from a case
	Fact string `json:"-"` // id of the fact
	Loan string `json:"-"` // id of the specimen that was lent
}

// OtherItem is what nobody can name.
const OtherItem CheckItem = "other"

func (h Held) isImages() bool { return kindOfItem(h.Item) == "image_set" }

// isImageReport tells of a report to which pictures belong.
func (h Held) isImageReport() bool { return picturesOf(h.Item) != "" }

func (h Held) modalities() []string {
	if len(h.Modality) > 0 {
		var out []string
		for _, m := range h.Modality {
			if pictured(m) && m != "OT" {
				out = append(out, m)
			}
		}
		return out
	}
	return knownItem(h.Item).Modality
}

// mayBe tells whether an entry is of one of the modalities, as far as it says.
func (h Held) mayBe(modality []string) bool {
	mine := h.modalities()
	return len(mine) == 0 || slices.ContainsFunc(mine, func(m string) bool { return slices.Contains(modality, m) })
}

// answers tells whether the entry is what an item wants. Any set of images is
// "images"; for a special set its modality must fit, and what it shows as far as it
// says so.
func (h Held) answers(w *want) bool {
	if string(h.Item) == w.Item {
		return true
	}
	if w.Kind == "image_set" && h.isImages() {
		if w.Item == "images" || w.Item == "prior_images" {
			return true
		}
		known := knownItem(CheckItem(w.Item))
		if known.Named || len(w.modality) == 0 {
			return false
		}
		mine := h.modalities()
		if !slices.ContainsFunc(mine, func(m string) bool { return slices.Contains(w.modality, m) }) {
			return false
		}
		about := strings.ToLower(h.BodyPart + " " + h.Description)
		return strings.TrimSpace(about) == "" || len(known.Shows) == 0 || saysOne(about, known.Shows)
	}
	// A special report is a scan report too, and a report of the brain's own tissue is
	// a pathology report.
	return slices.Contains(knownItem(h.Item).Also, CheckItem(w.Item))
}

// reportsOn tells of a report on a specimen or on images that are wanted.
func (h Held) reportsOn(l Lacking) bool {
	switch l.Kind {
	case "specimen":
		return h.Item == "pathology_report"
	case "image_set":
		how := knownItem(CheckItem(l.Item)).Modality
		mine := h.modalities()
		if len(mine) == 0 {
			mine = modalitiesIn(h.Description)
		}
		return h.isImageReport() && (len(how) == 0 || slices.ContainsFunc(mine, func(m string) bool { return slices.Contains(how, m) }))
	}
	return false
}

func (in CheckInput) validate(on contract.Date, lang string) error {
	var ps contract.Problems
	if err := contract.Validate(in); err != nil {
		ps = append(ps, err.(contract.Problems)...)
	}
	if lang != "en" && lang != "es" {
		ps.Add("lang", "unknown value %q; one of en, es", lang)
	}
	if b := in.Patient.BirthDate; !b.IsZero() && !on.IsZero() && b.After(on) {
		ps.Add("patient.birth_date", "is after today (%s)", on)
	}
	for i, h := range in.Have {
		at := fmt.Sprintf("have[%d]", i)
		for _, d := range []struct{ field, value string }{{"date", h.Date}, {"patient_birth_date", h.PatientBirthDate}} {
			if d.value == "" {
				continue
			}
			if !clinical.ReadableDate(d.value) {
				ps.Add(at+"."+d.field, "%q is no date; write 2026-05-03, or 2026-05 or 2026 where no more is known", d.value)
			} else if !on.IsZero() && day(d.value) > on.String() {
				ps.Add(at+"."+d.field, "is after today (%s)", on)
			}
		}
	}
	return ps.OrNil()
}

// AsPatient gives whose it should be, as records would name them.
func (p CheckPatient) AsPatient() clinical.Patient {
	out := clinical.Patient{Name: p.Name, OtherNames: p.OtherNames}
	if !p.BirthDate.IsZero() {
		out.BirthDate = p.BirthDate.String()
	}
	return out
}
