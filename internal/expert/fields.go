package expert

import "slices"

// Field is a field of work as a person would name it, and the NUCC codes that stand
// for it (facts.md 7.3). Which code a clinician bears is their own choice: no proof.
type Field struct {
	ID    string // end of a text key: "medical_oncology"
	Codes []string
}

// Fields are the fields of work that a person can choose, those of one region of
// medicine side by side.
var Fields = []Field{
	{"medical_oncology", []string{"207RX0202X", "207RH0003X"}},
	{"surgical_oncology", []string{"2086X0206X"}},
	{"radiation_oncology", []string{"2085R0001X"}},
	{"blood", []string{"207RH0003X", "207RH0000X"}},
	{"gynecologic_oncology", []string{"207VX0201X"}},
	{"child_oncology", []string{"2080P0207X"}},
	{"pathology", []string{"207ZP0101X", "207ZP0102X", "207ZC0500X"}},
	{"radiology", []string{"2085R0202X", "2085B0100X", "2085N0700X"}},
	{"colorectal_surgery", []string{"208C00000X"}},
	{"general_surgery", []string{"208600000X"}},
	{"urology", []string{"208800000X"}},
	{"neurosurgery", []string{"207T00000X"}},
	{"spine_surgery", []string{"207XS0117X", "207T00000X"}},
	{"neurology", []string{"2084N0400X", "2084V0102X", "2084E0001X", "2084N0008X"}},
	{"child_neurology", []string{"2084N0402X"}},
	{"orthopedics", []string{"207X00000X", "207XS0114X", "207XX0801X", "207XX0005X"}},
	{"hand_surgery", []string{"207XS0106X"}},
	{"foot_surgery", []string{"207XX0004X"}},
	{"cardiology", []string{"207RC0000X", "207RI0011X"}},
	{"heart_rhythm", []string{"207RC0001X"}},
	{"heart_failure", []string{"207RA0001X"}},
	{"heart_surgery", []string{"208G00000X"}},
	{"child_cardiology", []string{"2080P0202X"}},
	{"vascular_surgery", []string{"2086S0129X"}},
	{"gastroenterology", []string{"207RG0100X"}},
	{"liver", []string{"207RI0008X", "207RT0003X"}},
	{"transplant", []string{"204F00000X"}},
	{"endocrinology", []string{"207RE0101X"}},
	{"rheumatology", []string{"207RR0500X"}},
	{"kidney", []string{"207RN0300X"}},
	{"lung", []string{"207RP1001X"}},
	{"infection", []string{"207RI0200X"}},
	{"genetics", []string{"207SG0201X"}},
	{"gynecology", []string{"207V00000X"}},
	{"high_risk_pregnancy", []string{"207VM0101X"}},
	{"fertility", []string{"207VE0102X"}},
	{"pelvic_floor", []string{"207VF0040X", "2088F0040X"}},
	{"eye", []string{"207W00000X"}},
	{"retina", []string{"207WX0107X"}},
	{"ear_nose_throat", []string{"207Y00000X", "207YX0007X"}},
	{"child_surgery", []string{"2086S0120X"}},
	{"dermatology", []string{"207N00000X"}},
	{"plastic_surgery", []string{"208200000X"}},
	{"rehabilitation", []string{"208100000X"}},
	{"pain", []string{"208VP0014X"}},
	{"allergy", []string{"207K00000X"}},
	{"psychiatry", []string{"2084P0800X"}},
}

// FieldOf gives a field by its id.
func FieldOf(id string) (Field, bool) {
	i := slices.IndexFunc(Fields, func(f Field) bool { return f.ID == id })
	if i < 0 {
		return Field{}, false
	}
	return Fields[i], true
}

// FieldsFor gives the ids of the fields that hold the first code of a list or are
// made of its codes alone: what a person would call the specialties that a rule names.
func FieldsFor(codes []string) []string {
	var ids []string
	for _, f := range Fields {
		all := !slices.ContainsFunc(f.Codes, func(c string) bool { return !slices.Contains(codes, c) })
		if all || slices.Contains(codes, f.Codes[0]) {
			ids = append(ids, f.ID)
		}
	}
	return ids
}
