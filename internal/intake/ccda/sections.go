package ccda

import "consilium/internal/clinical"

// section kinds: what a section is there for.
type sectionKind struct {
	name string        // our own word for it, for issues
	kind clinical.Kind // what its statements are when they follow no known template
	as   string        // the element that is that kind there
}

var (
	problems      = &sectionKind{name: "problems", kind: clinical.Condition, as: "observation"}
	allergies     = &sectionKind{name: "allergies", kind: clinical.Allergy, as: "observation"}
	medications   = &sectionKind{name: "medications", kind: clinical.Medication, as: "substanceAdministration"}
	administered  = &sectionKind{name: "medications", kind: clinical.Medication, as: "substanceAdministration"}
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

// sectionsByCode are the sections of C-CDA R1.1 and R2.1 that have entries, by
// their LOINC code. All others are prose.
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
	"29549-3": administered,  // medications administered
	"59774-0": administered,  // procedure anesthesia
	"10213-7": administered,  // surgical operation note anesthesia
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
}

// sectionsByTemplate serve where a section has no code of its own; those of C-CDA
// start with 2.16.840.1.113883.10.20.22.2.
var sectionsByTemplate = map[string]*sectionKind{
	"5": problems, "5.1": problems, "20": problems, "24": problems, "35": problems, "36": problems, "37": problems, "43": problems, "34": problems,
	"1": medications, "1.1": medications, "11": medications, "11.1": medications, "38": administered, "44": medications, "25": administered,
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
