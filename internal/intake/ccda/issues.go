package ccda

import "consilium/internal/clinical"

var sayings = map[string]string{
	"fragment":   "This is a piece of a C-CDA document, not a whole one: it does not say whom it is about.",
	"other_cda":  "This is a CDA document, but it does not say that it is a C-CDA one: what is known of it was read.",
	"not_cda":    "This is XML, but not a C-CDA document.",
	"damaged":    "The XML is damaged: nothing after this place could be read.",
	"cut_short":  "The file ends in the middle: the rest is missing.",
	"doctype":    "The file declares a document type, which C-CDA does not allow: the declaration was ignored.",
	"entities":   "The file declares entities of its own, which C-CDA does not allow and which can do harm: it was not read.",
	"reference":  "The file uses entities that XML does not have: they were left out.",
	"encoding":   "The text is in an encoding that is not known.",
	"letters":    "Some bytes are no letters of the encoding that the file is said to be in: each is shown as a mark.",
	"too_deep":   "The XML is nested too deep: it was not read to the end.",
	"too_large":  "The file is larger than is read: what comes after was not looked at.",
	"too_many":   "The file has more parts than are read: what comes after was not looked at.",
	"time":       "Reading took too long and was stopped.",
	"no_patient": "The document does not say whom it is about.",
	"patients":   "The document names more than one patient.",
	"narrative":  "This section is only in words: the words are kept, and no facts could be read from them.",
	"date":       "A date in this document cannot be read: it was left out.",
	"masked":     "The sender held back a part of this record.",
	"inside":     "There is a file inside this document.",
	"linked":     "This document points at a file that is not in it.",
	"undecoded":  "There is a file inside this document, and it is damaged or too large to be taken out.",
}

const maxIssues = 500

func (r *reader) say(s clinical.Severity, key, path string) {
	if len(r.out.Issues) < maxIssues {
		r.out.Issues = append(r.out.Issues, clinical.Issue{Severity: s, Path: path, Key: "intake.ccda." + key, Text: sayings[key]})
	}
}

// once says what matters the first time only.
func (r *reader) once(s clinical.Severity, key, path string) {
	if !r.told[key] {
		r.told[key] = true
		r.say(s, key, path)
	}
}

// Sentences gives the English sentence of every issue of this reader, by its full key.
func Sentences() map[string]string {
	all := map[string]string{}
	for key, text := range sayings {
		all["intake.ccda."+key] = text
	}
	return all
}
