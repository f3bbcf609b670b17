package records

import "slices"

// KindsOf tells what to ask for where these items are missing: the pictures of a scan,
// the tissue, or records. Nothing missing asks for records.
func KindsOf(items []string) []string {
	var kinds []string
	add := func(k string) {
		if !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	for _, i := range items {
		switch k := knownItem(CheckItem(i)); {
		case k.Kind == "image_set" || k.Pictures != "":
			add(AskImages)
		case k.Kind == "specimen" || i == "pathology_report":
			add(AskPathology)
		default:
			add(AskRecords)
		}
	}
	if len(kinds) == 0 {
		add(AskRecords)
	}
	return kinds
}

// SameHolder tells whether two names are spellings of one holder's.
func SameHolder(a, b string) bool {
	x, _ := holderKey(a)
	y, _ := holderKey(b)
	return x == y
}
