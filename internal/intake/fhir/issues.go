package fhir

import (
	"strconv"
	"strings"

	"consilium/internal/clinical"
)

// sayings are the sentences of the issues, by key. A "%" stands for the name of
// an element or type of the standard, or for a number; never for a value of the
// record.
var sayings = map[string]string{
	"not_json":           "This is not well-formed JSON: nothing after this place could be read.",
	"cut_short":          "The file ends in the middle: what came whole before the end was read, the rest is missing.",
	"duplicate_key":      "A name is given twice in the same object, so it is not clear which value counts: this part was not read.",
	"invalid_utf8":       "The text here is not valid UTF-8: this part was not read.",
	"too_deep":           "The data is nested deeper than % levels: this part was not read.",
	"too_many_values":    "This part has more than % values: it was not read.",
	"too_large":          "The file is larger than the % MB that are read: nothing after that was read.",
	"resource_too_large": "One entry is larger than % MB: nothing from there on was read.",
	"too_many_entries":   "There are more than % entries: the rest was not read.",
	"too_many_facts":     "The file holds more text than is kept as facts: the rest was not read.",
	"timeout":            "Reading took too long and was stopped: the rest was not read.",
	"not_read":           "The bytes could not be read to the end.",
	"trailing":           "There is something more after the end of the data: it was not read.",
	"byte_order_mark":    "The file begins with a byte order mark, which FHIR does not allow: it was skipped.",
	"empty":              "The file is empty.",
	"not_object":         "This should be an object, and is not: it was not read.",
	"no_resource_type":   "This has no resourceType, so it is not known what it is: it was not read.",
	"unknown_resource":   "% is not a resource type of FHIR R4: it was not read.",
	"unknown_element":    "The standard has no element of this name here: it was not understood.",
	"missing":            "The element %, which the standard requires, is missing.",
	"not_repeatable":     "This element may be given only once, and is given as a list.",
	"should_repeat":      "This element must be given as a list, even when there is only one.",
	"wrong_form":         "The value does not have the form of the type %.",
	"empty_value":        "An empty value, list or object is not allowed.",
	"two_choices":        "More than one value is given where the standard allows one of several (%).",
	"unresolved":         "This points at something that is not in the file.",
	"wrong_target":       "This points at a %, which the standard does not allow here.",
	"duplicate_id":       "Another entry of the file has the same address.",
	"several_patients":   "The file speaks of % patients: each fact says whose it is, and none may be merged without looking.",
	"withdrawn":          "% facts were marked by their author as entered in error: they are kept and shown as withdrawn.",
	"history":            "This is a history: older versions of the same record are counted too.",
	"unsupported":        "Data inside a % resource is not read into facts.",
	"card_valid":         "This is a SMART Health Card: its signature is right, and its issuer is known.",
	"card_unknown":       "This is a SMART Health Card of an issuer that is not known here: its signature could not be checked.",
	"card_key":           "This SMART Health Card names a known issuer, and a key that is not known: its signature could not be checked.",
	"card_forged":        "The signature of this SMART Health Card is wrong: it was changed or damaged, and nothing on it was read.",
	"card_algorithm":     "This SMART Health Card is not signed in the way that health cards must be: nothing on it was read.",
	"card_expired":       "This SMART Health Card has expired.",
	"card_early":         "This SMART Health Card is dated in the future.",
	"card_revoked":       "This SMART Health Card was called back by its issuer: ask for a new one.",
	"card_part":          "This SMART Health Card is spread over several codes, and some of them are missing.",
	"card_damaged":       "The health card's contents could not be unpacked.",
	"inside":             "There is a file inside this record.",
	"inside_damaged":     "There is a file inside this record, damaged or too large: it was not taken out.",
	"linked":             "This record points at a document that is not in it: ask the sender for that document.",
	"more":               "% more issues of one kind are not listed:",
	"json_not_fhir":      "This is JSON, but not FHIR.",
}

// Beyond these an issue is only counted: a file with one mistake on every line
// should give a person one thing to read.
const (
	sameIssueLimit = 3
	allIssueLimit  = 300
	checkLimit     = 100_000 // with so many, what follows is no longer checked, only read
)

// issueLog collects issues and folds those that repeat.
type issueLog struct {
	list  []clinical.Issue
	seen  map[string]int
	order []string
	total int // of all issues, listed or not
	extra map[string]int
}

func newIssueLog() *issueLog {
	return &issueLog{seen: map[string]int{}, extra: map[string]int{}}
}

// severityOf says how much each issue matters. What is not named is an error.
func severityOf(key string) clinical.Severity {
	switch key {
	case "byte_order_mark", "withdrawn", "history", "unsupported", "card_valid", "inside", "more", "json_not_fhir":
		return clinical.Note
	case "unknown_element", "unresolved", "wrong_target", "should_repeat", "several_patients", "trailing", "empty_value", "duplicate_id", "card_unknown", "card_key", "card_expired", "card_early", "linked":
		return clinical.Warning
	}
	return clinical.Error
}

// add records an issue at a path; what fills the "%" of its sentence.
func (l *issueLog) add(key, path, what string) {
	l.total++
	fold := key + "\x00" + what + "\x00" + withoutIndexes(path)
	l.seen[fold]++
	if n := l.seen[fold]; n > sameIssueLimit || len(l.list) >= allIssueLimit {
		if len(l.seen) > 4*allIssueLimit && n == 1 {
			delete(l.seen, fold)
		}
		if l.extra[key] == 0 {
			l.order = append(l.order, key)
		}
		l.extra[key]++
		return
	}
	l.list = append(l.list, NewIssue(key, path, what))
}

// result gives the issues, then how many of each kind were not listed.
func (l *issueLog) result() []clinical.Issue {
	out := l.list
	for _, key := range l.order {
		i := NewIssue("more", "", strconv.Itoa(l.extra[key]))
		i.Text = i.Text + " " + strings.ReplaceAll(sayings[key], "%", "…")
		i.Severity = severityOf(key)
		i.Vars["of"] = "intake.fhir." + key
		out = append(out, i)
	}
	return out
}

// NewIssue makes an issue of this reader; what fills the sentence's "%" and is
// made safe first.
func NewIssue(key, path, what string) clinical.Issue {
	i := clinical.Issue{Severity: severityOf(key), Path: path, Key: "intake.fhir." + key, Text: sayings[key]}
	if what != "" {
		what = safeName(what)
		i.Text = strings.ReplaceAll(i.Text, "%", what)
		i.Vars = map[string]string{"what": what}
	}
	return i
}

// safeName gives a name from a file only when it looks like a name: anything else
// might be a value, and a value may be about a person.
func safeName(s string) string {
	if len(s) == 0 || len(s) > 64 {
		return "?"
	}
	for _, c := range []byte(s) {
		if !(digit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '-' || c == '[' || c == ']' || c == '.') {
			return "?"
		}
	}
	return s
}

func withoutIndexes(path string) string {
	var b strings.Builder
	inside := false
	for i := 0; i < len(path); i++ {
		switch {
		case path[i] == '[':
			inside = true
		case path[i] == ']':
			inside = false
		case !inside:
			b.WriteByte(path[i])
		}
	}
	return b.String()
}

// Sentences gives the English sentence of every issue of this reader, by its full key.
func Sentences() map[string]string {
	all := map[string]string{}
	for key, text := range sayings {
		all["intake.fhir."+key] = text
	}
	return all
}
