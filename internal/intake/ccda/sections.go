package ccda

import "consilium/internal/clinical"

// section kinds: what a section is there for.
type sectionKind struct {
	name  string        // our own word for it, for issues
	kind  clinical.Kind // what its statements are when they follow no known template
	as    string        // the element that is that kind there
	words string        // the word that says "none known" of the whole section
}

var (
	problems      = &sectionKind{name: "problems", kind: clinical.Condition, as: "observation"}
	allergies     = &sectionKind{name: "allergies", kind: clinical.Allergy, as: "observation"}
	medications   = &sectionKind{name: "medications", kind: clinical.Medication, as: "substanceAdministration"}
	immunizations = &sectionKind{name: "immunizations", kind: clinical.Immunization, as: "substanceAdministration"}
	results       = &sectionKind{name: "results", kind: clinical.Result, as: "observation"}
	procedures    = &sectionKind{name: "procedures", kind: clinical.Procedure, as: "procedure"}
	encounters    = &sectionKind{name: "encounters", kind: clinical.Encounter, as: "encounter"}
	family        = &sectionKind{name: "family", kind: clinical.FamilyHistory, as: "organizer"}
	devices       = &sectionKind{name: "devices", kind: clinical.Device, as: "supply"}
	measured      = &sectionKind{kind: clinical.Result, as: "observation"}
	plans         = &sectionKind{kind: clinical.Other}
	prose         = &sectionKind{}
)

// sectionsByCode are the sections of C-CDA R1.1 and R2.1 by their LOINC code.
var sectionsByCode = map[string]*sectionKind{
	"11450-4": problems,      // problem list
	"11348-0": problems,      // history of past illness
	"46241-6": problems,      // hospital admission diagnosis
	"11535-2": problems,      // hospital discharge diagnosis
	"78375-3": problems,      // discharge diagnosis
	"10219-4": problems,      // preoperative diagnosis
	"10218-6": problems,      // postoperative diagnosis
	"59769-0": problems,      // postprocedure diagnosis
	"55109-3": problems,      // complications
	"10160-0": medications,   // medications
	"42346-7": medications,   // admission medications
	"10183-2": medications,   // hospital discharge medications
	"75311-1": medications,   // discharge medications
	"29549-3": medications,   // medications administered
	"59774-0": medications,   // procedure anesthesia
	"10213-7": medications,   // surgical operation note anesthesia
	"48765-2": allergies,     // allergies and intolerances
	"30954-2": results,       // results
	"11493-4": results,       // hospital discharge studies summary
	"8716-3":  measured,      // vital signs
	"29545-1": measured,      // physical findings
	"10184-0": measured,      // hospital discharge physical
	"10210-3": measured,      // general status
	"29762-2": measured,      // social history
	"47420-5": measured,      // functional status
	"10190-7": measured,      // mental status
	"61144-2": measured,      // nutrition
	"47519-4": procedures,    // procedures
	"29554-3": procedures,    // procedure description
	"46240-8": encounters,    // encounters
	"11369-6": immunizations, // immunizations
	"10157-6": family,        // family history
	"46264-8": devices,       // medical equipment
	"18776-5": plans,         // plan of treatment
	"51847-2": plans,         // assessment and plan
	"59772-4": plans,         // planned procedure
	"61146-7": plans,         // goals
	"75310-3": plans,         // health concerns
	"62387-6": plans,         // interventions
	"11383-7": plans,         // outcomes
	"69730-0": plans,         // instructions
	"42348-3": plans,         // advance directives
	"48768-6": plans,         // payers
	"85847-2": plans,         // care teams
	"48767-8": prose,         // annotation
	"34109-9": prose,         // notes
	"51848-0": prose,         // assessment
	"29299-5": prose,         // reason for visit
	"46239-0": prose,         // chief complaint and reason for visit
	"10154-3": prose,         // chief complaint
	"42349-1": prose,         // reason for referral
	"10164-2": prose,         // history of present illness
	"10187-3": prose,         // review of systems
	"8648-8":  prose,         // hospital course
	"8653-8":  prose,         // hospital discharge instructions
	"18841-7": prose,         // hospital consultations
	"42344-2": prose,         // discharge diet
	"11329-0": prose,         // medical history
	"59768-2": prose,         // procedure indications
	"59776-5": prose,         // procedure findings
	"10215-2": prose,         // operative note procedure findings
	"59770-8": prose,         // estimated blood loss
	"59771-6": prose,         // implants
	"59773-2": prose,         // specimens taken
	"59775-7": prose,         // disposition
	"10223-0": prose,         // operative note surgical procedure
	"11537-8": prose,         // surgical drains
	"55122-6": prose,         // operative note implants
	"10216-0": prose,         // operative note fluids
	"55115-0": prose,         // request
	"55114-3": prose,         // imaging procedure description
	"18785-6": prose,         // reason for study
	"55110-1": prose,         // conclusions
	"18782-3": prose,         // study observation
	"19005-8": prose,         // radiology impression
	"18783-1": prose,         // radiology recommendation
	"55113-5": prose,         // key images
	"18834-2": prose,         // radiology comparison
	"121181":  prose,         // DICOM object catalog
	"22634-0": prose,         // pathology report gross observation
	"22635-7": prose,         // pathology report microscopic observation
	"22636-5": prose,         // pathology report relevant history
	"22637-3": prose,         // pathology report final diagnosis
	"22633-2": prose,         // pathology report specimen
	"22638-1": prose,         // pathology report comments
	"22639-9": prose,         // pathology report supplemental
}

// sectionsByTemplate serve where a section has no code of its own; those of C-CDA
// start with 2.16.840.1.113883.10.20.22.2.
var sectionsByTemplate = map[string]*sectionKind{
	"5": problems, "5.1": problems, "20": problems, "24": problems, "35": problems, "36": problems, "37": problems, "43": problems, "34": problems,
	"1": medications, "1.1": medications, "11": medications, "11.1": medications, "38": medications, "44": medications, "25": medications,
	"6": allergies, "6.1": allergies, "3": results, "3.1": results, "16": results,
	"4": measured, "4.1": measured, "17": measured, "14": measured, "56": measured, "57": measured, "26": measured, "2.10": measured,
	"7": procedures, "7.1": procedures, "27": procedures, "22": encounters, "22.1": encounters,
	"2": immunizations, "2.1": immunizations, "15": family, "23": devices,
	"10": plans, "9": plans, "30": plans, "60": plans, "58": plans, "61": plans, "21.2.3": plans, "45": plans,
	"21": plans, "21.1": plans, "18": plans, "500": plans,
}

const sectionRoot = "2.16.840.1.113883.10.20.22.2."

func (t *tree) sectionOf(n int32) *sectionKind {
	if k := sectionsByCode[t.attr(t.child(n, "code"), "code")]; k != nil {
		return k
	}
	found := prose
	t.templates(n, func(root string) {
		if len(root) > len(sectionRoot) && root[:len(sectionRoot)] == sectionRoot {
			if k := sectionsByTemplate[root[len(sectionRoot):]]; k != nil {
				found = k
			}
		}
	})
	return found
}

// kindOf tells what a statement is that follows no template we know.
func (s *sectionKind) kindOf(element string) clinical.Kind {
	switch {
	case s.kind != "" && s.as == element, s == procedures && (element == "act" || element == "observation"), s == devices && element == "procedure", s == plans:
		return s.kind
	}
	switch element {
	case "substanceAdministration":
		return clinical.Medication
	case "procedure":
		return clinical.Procedure
	case "encounter":
		return clinical.Encounter
	case "supply":
		return clinical.Device
	}
	return clinical.Other
}
