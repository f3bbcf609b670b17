package packet

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"consilium/internal/clinical"
)

// One fact as a resource. What a code list does not have becomes "unknown", never the
// nearest that would say something else; the source's own words stand beside it.

func (s *summary) condition(f clinical.Fact) []obj {
	r := obj{"resourceType": "Condition", "code": concept(f.Codes, f.Text), "subject": ref(s.patient)}
	verified := ""
	switch st := strings.ToLower(f.Status); {
	case slices.Contains([]string{"active", "recurrence", "relapse", "inactive", "remission", "resolved"}, st):
		r["clinicalStatus"] = status("condition-clinical", st)
	case slices.Contains([]string{"refuted", "unconfirmed", "provisional", "differential", "confirmed"}, st):
		verified = st
		r["verificationStatus"] = status("condition-ver-status", st)
	}
	if r["clinicalStatus"] == nil && dateTime(f.End) != "" {
		r["clinicalStatus"] = status("condition-clinical", "resolved")
	} else if r["clinicalStatus"] == nil && verified == "" {
		r["clinicalStatus"] = obj{"extension": unknown()["extension"]}
	}
	put(r, "onsetDateTime", dateTime(f.Date))
	if ended(r) {
		put(r, "abatementDateTime", dateTime(f.End))
	}
	s.said(r, f, f.Detail)
	s.by(r, "asserter", f.Who)
	return []obj{r}
}

// ended tells whether an end may be written: FHIR allows it only of what is over.
func ended(r obj) bool {
	b, err := json.Marshal(r["clinicalStatus"])
	return err == nil && regexp.MustCompile(`"(inactive|remission|resolved)"`).Match(b)
}

func (s *summary) allergy(f clinical.Fact) []obj {
	r := obj{"resourceType": "AllergyIntolerance", "code": concept(f.Codes, f.Text), "patient": ref(s.patient)}
	switch st := strings.ToLower(f.Status); {
	case slices.Contains([]string{"active", "inactive", "resolved"}, st):
		r["clinicalStatus"] = status("allergyintolerance-clinical", st)
	case slices.Contains([]string{"unconfirmed", "confirmed", "refuted"}, st):
		r["verificationStatus"] = status("allergyintolerance-verification", st)
	}
	put(r, "onsetDateTime", dateTime(f.Date))
	s.said(r, f, f.Detail)
	s.by(r, "asserter", f.Who)
	return []obj{r}
}

func (s *summary) medicine(f clinical.Fact) []obj {
	st := among(f.Status, "unknown", "active", "completed", "intended", "stopped", "on-hold", "not-taken")
	switch strings.ToLower(f.Status) {
	case "cancelled":
		st = "not-taken"
	case "draft":
		st = "intended"
	}
	r := obj{"resourceType": "MedicationStatement", "status": st, "medicationCodeableConcept": concept(f.Codes, f.Text), "subject": ref(s.patient)}
	s.when(r, "effective", f)
	if f.Detail != "" {
		r["dosage"] = []any{obj{"text": f.Detail}}
	}
	s.said(r, f, "")
	s.by(r, "informationSource", f.Who)
	return []obj{r}
}

func (s *summary) vaccine(f clinical.Fact) []obj {
	r := obj{"resourceType": "Immunization", "status": among(f.Status, "completed", "not-done"), "vaccineCode": concept(f.Codes, f.Text), "patient": ref(s.patient)}
	if d := dateTime(f.Date); d != "" {
		r["occurrenceDateTime"] = d
	} else {
		r["_occurrenceDateTime"] = unknown()
	}
	if f.Who != "" {
		r["performer"] = []any{obj{"actor": obj{"display": f.Who}}}
	}
	s.said(r, f, f.Detail)
	return []obj{r}
}

func (s *summary) result(f clinical.Fact) []obj {
	st := among(f.Status, "unknown", "registered", "preliminary", "final", "amended", "corrected", "cancelled")
	if f.Kind == clinical.Report {
		r := obj{"resourceType": "DiagnosticReport", "status": among(f.Status, st, "partial", "appended"), "code": concept(f.Codes, f.Text), "subject": ref(s.patient)}
		s.when(r, "effective", f)
		put(r, "conclusion", f.Detail)
		if f.Who != "" {
			r["performer"] = []any{obj{"display": f.Who}}
		}
		return []obj{r}
	}
	r := obj{"resourceType": "Observation", "status": st, "code": concept(f.Codes, f.Text), "subject": ref(s.patient)}
	s.when(r, "effective", f)
	value(r, f.Value, f.Unit)
	if f.Range != "" {
		r["referenceRange"] = []any{obj{"text": f.Range}}
	}
	if f.Flag != "" {
		r["interpretation"] = []any{obj{"text": f.Flag}}
	}
	var parts []any
	for _, c := range f.Components {
		p := obj{"code": concept(c.Codes, c.Text)}
		if len(c.Codes) == 0 && c.Text == "" {
			p["code"] = obj{"text": f.Text}
		}
		value(p, c.Value, c.Unit)
		if c.Range != "" {
			p["referenceRange"] = []any{obj{"text": c.Range}}
		}
		parts = append(parts, p)
	}
	if len(parts) > 0 {
		r["component"] = parts
	}
	if f.Value == "" && len(parts) == 0 {
		r["dataAbsentReason"] = concept([]clinical.Code{{System: "http://terminology.hl7.org/CodeSystem/data-absent-reason", Code: "unknown"}}, f.Detail)
	}
	if f.Who != "" {
		r["performer"] = []any{obj{"display": f.Who}}
	} else {
		r["performer"] = []any{unknown()}
	}
	s.said(r, f, f.Detail)
	return []obj{r}
}

func (s *summary) procedure(f clinical.Fact) []obj {
	r := obj{"resourceType": "Procedure", "status": among(f.Status, "unknown", "preparation", "in-progress", "not-done", "on-hold", "stopped", "completed"), "code": concept(f.Codes, f.Text), "subject": ref(s.patient)}
	s.when(r, "performed", f)
	if f.Who != "" {
		r["performer"] = []any{obj{"actor": obj{"display": f.Who}}}
	}
	s.said(r, f, f.Detail)
	return []obj{r}
}

func (s *summary) device(f clinical.Fact) []obj {
	use := obj{"resourceType": "DeviceUseStatement", "status": among(f.Status, "active", "completed", "intended", "stopped", "on-hold"), "subject": ref(s.patient), "device": ref(urn("fact", f.ID, "1"))}
	if d := dateTime(f.Date); d != "" {
		use["timingDateTime"] = d
	} else {
		use["_timingDateTime"] = unknown()
	}
	s.said(use, f, f.Detail)
	return []obj{use, {"resourceType": "Device", "type": concept(f.Codes, f.Text), "patient": ref(s.patient)}}
}

func (s *summary) imaging(f clinical.Fact) []obj {
	r := obj{"resourceType": "ImagingStudy", "status": among(f.Status, "unknown", "registered", "available", "cancelled"), "subject": ref(s.patient)}
	put(r, "started", dateTime(f.Date))
	put(r, "description", f.Text)
	if oidForm.MatchString(f.Value) {
		r["identifier"] = []any{obj{"system": "urn:dicom:uid", "value": "urn:oid:" + f.Value}}
	}
	if len(f.Codes) > 0 {
		r["procedureCode"] = []any{concept(f.Codes, "")}
	}
	s.said(r, f, f.Detail)
	return []obj{r}
}

var oidForm = regexp.MustCompile(`^[0-2](\.(0|[1-9][0-9]*))+$`)

func (s *summary) family(f clinical.Fact) []obj {
	r := obj{"resourceType": "FamilyMemberHistory", "status": among(f.Status, "partial", "completed", "health-unknown"), "relationship": concept(f.Codes, f.Text), "patient": ref(s.patient)}
	put(r, "date", dateTime(f.Date))
	var ills []any
	for _, c := range f.Components {
		ill := obj{"code": concept(c.Codes, c.Text)}
		put(ill, "onsetString", strings.TrimSpace(c.Value+" "+c.Unit))
		ills = append(ills, ill)
	}
	if len(ills) > 0 {
		r["condition"] = ills
	}
	s.said(r, f, f.Detail)
	return []obj{r}
}

func (s *summary) visit(f clinical.Fact) []obj {
	r := obj{
		"resourceType": "Encounter", "status": among(f.Status, "unknown", "planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled"),
		"class": obj{"system": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "code": "UNK", "display": "unknown"}, "type": []any{concept(f.Codes, f.Text)}, "subject": ref(s.patient),
	}
	period := obj{}
	put(period, "start", dateTime(f.Date))
	put(period, "end", dateTime(f.End))
	if len(period) > 0 {
		r["period"] = period
	}
	if f.Who != "" {
		r["participant"] = []any{obj{"individual": obj{"display": f.Who}}}
	}
	if f.Detail != "" {
		r["reasonCode"] = []any{obj{"text": f.Detail}}
	}
	return []obj{r}
}

// when writes a date, a period, or that the date is not known.
func (s *summary) when(r obj, name string, f clinical.Fact) {
	start, end := dateTime(f.Date), dateTime(f.End)
	switch {
	case end != "":
		period := obj{"end": end}
		put(period, "start", start)
		r[name+"Period"] = period
	case start != "":
		r[name+"DateTime"] = start
	default:
		r["_"+name+"DateTime"] = unknown()
	}
}

// said keeps the source's own words that no element takes.
func (s *summary) said(r obj, f clinical.Fact, words string) {
	var notes []any
	if words = strings.TrimSpace(words); words != "" {
		notes = append(notes, obj{"text": words})
	}
	if f.Date != "" && dateTime(f.Date) == "" {
		notes = append(notes, obj{"text": s.say("Date as written: ", "Fecha como está escrita: ") + f.Date})
	}
	if len(notes) > 0 {
		r["note"] = notes
	}
}

// by names who said it.
func (s *summary) by(r obj, name, who string) {
	if who != "" {
		r[name] = obj{"display": who}
	}
}

func put(r obj, name, value string) {
	if value = strings.TrimSpace(value); value != "" {
		r[name] = value
	}
}

// among gives a status if the list has it, and otherwise what stands for it.
func among(given, otherwise string, list ...string) string {
	if given = strings.ToLower(given); slices.Contains(list, given) {
		return given
	}
	return otherwise
}

var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// value writes a number just as it was written ("7.10" is never "7.1"), a comparison
// with its sign, and anything else as text.
func value(r obj, v, unit string) {
	v = strings.TrimSpace(v)
	if v == "" {
		return
	}
	comparator := ""
	for _, c := range []string{"<=", ">=", "<", ">"} {
		if rest, ok := strings.CutPrefix(v, c); ok && number.MatchString(strings.TrimSpace(rest)) {
			comparator, v = c, strings.TrimSpace(rest)
			break
		}
	}
	if !number.MatchString(v) || len(v) > 30 {
		put(r, "valueString", strings.TrimSpace(v+" "+unit))
		return
	}
	q := obj{"value": json.Number(v)}
	put(q, "unit", unit)
	put(q, "comparator", comparator)
	r["valueQuantity"] = q
}
