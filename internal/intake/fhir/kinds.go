package fhir

import "consilium/internal/clinical"

// shape says where a resource type keeps what a fact needs: the first member that
// says something wins.
type shape struct {
	kind   clinical.Kind
	text   []string
	date   []string // primitives, periods (their start is the date, their end the end)
	end    []string
	status []string
	who    []string
	detail []string
}

// KindOf tells which kind of fact a resource type becomes. It depends on the type
// alone, so that anybody can count a file independently: each such resource that
// is an entry of a bundle (bundles inside bundles included), a line or a file of
// its own is one fact, whatever its status; one that is contained in another
// resource is part of that one. What is withdrawn (entered-in-error) is counted
// too, and says so in its status.
//
// Not facts: who and where (Patient, Practitioner, PractitionerRole, Organization,
// Location, RelatedPerson, HealthcareService, Endpoint ...), money (Claim,
// ExplanationOfBenefit, Coverage, ...), the workings of systems (Provenance,
// AuditEvent, OperationOutcome, Task, Schedule, MessageHeader ...), definitions
// (Questionnaire, ValueSet, PlanDefinition ...), supplies, and Medication and
// Substance, which are read as part of what refers to them.
func KindOf(resourceType string) (clinical.Kind, bool) {
	s, ok := shapes[resourceType]
	return s.kind, ok
}

var (
	noteOnly = []string{"note"}
	reasons  = []string{"reasonCode", "reasonReference", "note"}
)

var shapes = map[string]shape{
	"Condition": {
		clinical.Condition,
		[]string{"code", "category"},
		[]string{"onsetDateTime", "onsetPeriod", "recordedDate"},
		[]string{"abatementDateTime", "abatementPeriod"},
		[]string{"clinicalStatus", "verificationStatus"},
		[]string{"asserter", "recorder"},
		[]string{"stage", "severity", "note"},
	},

	"MedicationRequest": {
		clinical.Medication,
		[]string{"medicationCodeableConcept", "medicationReference"},
		[]string{"authoredOn"},
		nil,
		[]string{"status"},
		[]string{"requester", "recorder"},
		[]string{"dosageInstruction", "note"},
	},
	"MedicationStatement": {
		clinical.Medication,
		[]string{"medicationCodeableConcept", "medicationReference"},
		[]string{"effectiveDateTime", "effectivePeriod", "dateAsserted"},
		nil,
		[]string{"status"},
		[]string{"informationSource"},
		[]string{"dosage", "note"},
	},
	"MedicationAdministration": {
		clinical.Medication,
		[]string{"medicationCodeableConcept", "medicationReference"},
		[]string{"effectiveDateTime", "effectivePeriod"},
		nil,
		[]string{"status"},
		[]string{"performer"},
		[]string{"dosage", "note"},
	},
	"MedicationDispense": {
		clinical.Medication,
		[]string{"medicationCodeableConcept", "medicationReference"},
		[]string{"whenHandedOver", "whenPrepared"},
		nil,
		[]string{"status"},
		[]string{"performer"},
		[]string{"dosageInstruction", "note"},
	},

	"AllergyIntolerance": {
		clinical.Allergy,
		[]string{"code", "reaction"},
		[]string{"onsetDateTime", "onsetPeriod", "recordedDate"},
		nil,
		[]string{"clinicalStatus", "verificationStatus"},
		[]string{"asserter", "recorder"},
		[]string{"reaction", "note"},
	},
	"Observation": {
		clinical.Result,
		[]string{"code"},
		[]string{"effectiveDateTime", "effectivePeriod", "effectiveInstant", "effectiveTiming", "issued"},
		nil,
		[]string{"status"},
		[]string{"performer"},
		noteOnly,
	},
	"Procedure": {
		clinical.Procedure,
		[]string{"code", "category"},
		[]string{"performedDateTime", "performedPeriod"},
		nil,
		[]string{"status"},
		[]string{"performer", "asserter", "recorder"},
		[]string{"outcome", "reasonCode", "reasonReference", "note"},
	},
	"DiagnosticReport": {
		clinical.Report,
		[]string{"code", "category"},
		[]string{"effectiveDateTime", "effectivePeriod", "issued"},
		nil,
		[]string{"status"},
		[]string{"resultsInterpreter", "performer"},
		[]string{"conclusion", "conclusionCode"},
	},
	"DocumentReference": {
		clinical.Document,
		[]string{"type", "description", "category"},
		[]string{"date"},
		nil,
		[]string{"docStatus", "status"},
		[]string{"author", "authenticator", "custodian"},
		[]string{"description"},
	},
	"Composition": {
		clinical.Document,
		[]string{"title", "type"},
		[]string{"date"},
		nil,
		[]string{"status"},
		[]string{"author", "custodian"},
		nil,
	},
	"Immunization": {
		clinical.Immunization,
		[]string{"vaccineCode"},
		[]string{"occurrenceDateTime", "recorded"},
		nil,
		[]string{"status"},
		[]string{"performer"},
		[]string{"statusReason", "note"},
	},
	"Encounter": {
		clinical.Encounter,
		[]string{"type", "serviceType", "class"},
		[]string{"period"},
		nil,
		[]string{"status"},
		[]string{"participant", "serviceProvider"},
		[]string{"reasonCode", "reasonReference"},
	},
	"ImagingStudy": {
		clinical.ImagingStudy,
		[]string{"description", "procedureCode", "series", "modality"},
		[]string{"started"},
		nil,
		[]string{"status"},
		[]string{"interpreter", "referrer"},
		[]string{"reasonCode", "note"},
	},
	"FamilyMemberHistory": {
		clinical.FamilyHistory,
		[]string{"relationship", "name"},
		[]string{"date"},
		nil,
		[]string{"status"},
		nil, noteOnly,
	},
	"Device": {
		clinical.Device,
		[]string{"deviceName", "type", "modelNumber"},
		[]string{"manufactureDate"},
		nil,
		[]string{"status"},
		[]string{"manufacturer"},
		noteOnly,
	},

	"AdverseEvent": {
		clinical.Other,
		[]string{"event", "category"},
		[]string{"date", "detected", "recordedDate"},
		nil,
		[]string{"outcome", "actuality"},
		[]string{"recorder"},
		[]string{"severity", "seriousness"},
	},
	"BodyStructure": {clinical.Other, []string{"location", "morphology", "description"}, nil, nil, nil, nil, []string{"description"}},
	"CarePlan": {
		clinical.Other,
		[]string{"title", "category", "description"},
		[]string{"period", "created"},
		nil,
		[]string{"status"},
		[]string{"author"},
		[]string{"description", "note"},
	},
	"CareTeam": {clinical.Other, []string{"name", "category"}, []string{"period"}, nil, []string{"status"}, nil, reasons},
	"ClinicalImpression": {
		clinical.Other,
		[]string{"summary", "description", "code"},
		[]string{"effectiveDateTime", "effectivePeriod", "date"},
		nil,
		[]string{"status"},
		[]string{"assessor"},
		[]string{"summary", "note"},
	},
	"DetectedIssue": {
		clinical.Other,
		[]string{"code", "detail"},
		[]string{"identifiedDateTime", "identifiedPeriod"},
		nil,
		[]string{"status"},
		[]string{"author"},
		[]string{"detail"},
	},
	"DeviceRequest": {
		clinical.Other,
		[]string{"codeCodeableConcept", "codeReference"},
		[]string{"authoredOn", "occurrenceDateTime", "occurrencePeriod"},
		nil,
		[]string{"status"},
		[]string{"requester"},
		reasons,
	},
	"DeviceUseStatement": {
		clinical.Other,
		[]string{"device"},
		[]string{"timingDateTime", "timingPeriod", "recordedOn"},
		nil,
		[]string{"status"},
		[]string{"source"},
		reasons,
	},
	"EpisodeOfCare": {
		clinical.Other,
		[]string{"type"},
		[]string{"period"},
		nil,
		[]string{"status"},
		[]string{"careManager", "managingOrganization"},
		nil,
	},
	"Flag": {clinical.Other, []string{"code", "category"}, []string{"period"}, nil, []string{"status"}, []string{"author"}, nil},
	"Goal": {
		clinical.Other,
		[]string{"description"},
		[]string{"startDate", "statusDate"},
		nil,
		[]string{"lifecycleStatus"},
		[]string{"expressedBy"},
		noteOnly,
	},
	"ImmunizationRecommendation": {clinical.Other, []string{"recommendation"}, []string{"date"}, nil, nil, []string{"authority"}, nil},
	"Media": {
		clinical.Other,
		[]string{"type", "modality", "bodySite"},
		[]string{"createdDateTime", "createdPeriod", "issued"},
		nil,
		[]string{"status"},
		[]string{"operator"},
		noteOnly,
	},
	"MolecularSequence": {clinical.Other, []string{"type"}, nil, nil, nil, []string{"performer"}, nil},
	"NutritionOrder": {
		clinical.Other,
		[]string{"oralDiet", "instantiates"},
		[]string{"dateTime"},
		nil,
		[]string{"status"},
		[]string{"orderer"},
		noteOnly,
	},
	"QuestionnaireResponse": {
		clinical.Other,
		[]string{"questionnaire"},
		[]string{"authored"},
		nil,
		[]string{"status"},
		[]string{"author", "source"},
		nil,
	},
	"RequestGroup": {clinical.Other, []string{"code"}, []string{"authoredOn"}, nil, []string{"status"}, []string{"author"}, reasons},
	"RiskAssessment": {
		clinical.Other,
		[]string{"code", "prediction"},
		[]string{"occurrenceDateTime", "occurrencePeriod"},
		nil,
		[]string{"status"},
		[]string{"performer"},
		[]string{"mitigation", "note"},
	},
	"ServiceRequest": {
		clinical.Other,
		[]string{"code", "category"},
		[]string{"authoredOn", "occurrenceDateTime", "occurrencePeriod"},
		nil,
		[]string{"status"},
		[]string{"requester"},
		reasons,
	},
	"Specimen": {clinical.Other, []string{"type"}, []string{"collection", "receivedTime"}, nil, []string{"status"}, nil, noteOnly},
	"VisionPrescription": {
		clinical.Other,
		[]string{"lensSpecification"},
		[]string{"dateWritten", "created"},
		nil,
		[]string{"status"},
		[]string{"prescriber"},
		nil,
	},
}
