package hl7v2

import (
	"encoding/hex"
	"strings"

	"consilium/internal/clinical"
)

// text undoes the escapes of a field, HL7 v2 chapter 2.7.
func (r *reader) text(s string) string {
	if strings.IndexByte(s, r.esc) < 0 {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, r.esc)
		if i < 0 {
			b.WriteString(s)
			return strings.ToValidUTF8(b.String(), "�")
		}
		b.WriteString(s[:i])
		rest := s[i+1:]
		j := strings.IndexByte(rest, r.esc)
		if j < 0 || j > 64 {
			b.WriteByte(r.esc) // a mark that begins nothing
			s = rest
			continue
		}
		if !r.escape(&b, rest[:j]) {
			b.WriteString(s[i : i+1+j]) // and its end may begin the next
			s = rest[j:]
			continue
		}
		s = rest[j+1:]
	}
}

// escape writes what one escape stands for, and tells whether it is one.
func (r *reader) escape(b *strings.Builder, code string) bool {
	switch {
	case code == "F":
		b.WriteByte(r.field)
	case code == "S":
		b.WriteByte(r.comp)
	case code == "T":
		b.WriteByte(r.sub)
	case code == "R":
		b.WriteByte(r.rep)
	case code == "E":
		b.WriteByte(r.esc)
	case code == "H", code == "N": // bold and plain
	case strings.HasPrefix(code, "."):
		switch c := strings.ToLower(code[1:]); {
		case strings.HasPrefix(c, "br"), strings.HasPrefix(c, "sp"), strings.HasPrefix(c, "ce"):
			b.WriteByte('\n')
		case strings.HasPrefix(c, "sk"), strings.HasPrefix(c, "in"), strings.HasPrefix(c, "ti"):
			b.WriteByte(' ')
		case strings.HasPrefix(c, "fi"), strings.HasPrefix(c, "nf"):
		default:
			return false
		}
	case strings.HasPrefix(code, "X"):
		raw, err := hex.DecodeString(code[1:])
		if err != nil || len(raw) == 0 {
			return false
		}
		for _, c := range raw {
			if c >= ' ' || c == '\n' || c == '\t' {
				b.WriteByte(c)
			} else if c == '\r' {
				b.WriteByte('\n')
			}
		}
	case strings.HasPrefix(code, "Z"), strings.HasPrefix(code, "C"), strings.HasPrefix(code, "M"):
		return len(code) > 1 // of one maker, or a change of letters
	default:
		return false
	}
	return true
}

// systems are the names of coding systems of HL7 table 0396, as the URIs that facts
// have. One that is not here stays as the message names it.
var systems = map[string]string{
	"LN": "http://loinc.org", "LOINC": "http://loinc.org", "SCT": "http://snomed.info/sct", "SNOMED-CT": "http://snomed.info/sct",
	"I9": "http://hl7.org/fhir/sid/icd-9-cm", "I9C": "http://hl7.org/fhir/sid/icd-9-cm", "I9CDX": "http://hl7.org/fhir/sid/icd-9-cm", "ICD9": "http://hl7.org/fhir/sid/icd-9-cm",
	"I10": "http://hl7.org/fhir/sid/icd-10", "I10C": "http://hl7.org/fhir/sid/icd-10-cm", "ICD10": "http://hl7.org/fhir/sid/icd-10-cm", "ICD-10-CM": "http://hl7.org/fhir/sid/icd-10-cm",
	"CVX": "http://hl7.org/fhir/sid/cvx", "C4": "http://www.ama-assn.org/go/cpt", "CPT4": "http://www.ama-assn.org/go/cpt", "NDC": "http://hl7.org/fhir/sid/ndc",
	"RXNORM": "http://www.nlm.nih.gov/research/umls/rxnorm", "UCUM": "http://unitsofmeasure.org", "HCPCS": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
}

// coded gives the words and codes of a coded field: code, words and system, then the
// same again in another system.
func (r *reader) coded(field string) (string, []clinical.Code) {
	var codes []clinical.Code
	for _, i := range []int{0, 3} {
		c := clinical.Code{Code: r.part(field, i), Display: r.part(field, i+1), System: r.part(field, i+2)}
		if uri := systems[strings.ToUpper(c.System)]; uri != "" {
			c.System = uri
		}
		if c.Code != "" {
			codes = append(codes, c)
		}
	}
	for _, text := range []string{r.part(field, 8), r.part(field, 1), r.part(field, 4), r.part(field, 0)} {
		if text != "" {
			return text, codes
		}
	}
	return "", codes
}

// first gives the first subcomponent of a component.
func (r *reader) first(field string, i int) string {
	s, _, _ := strings.Cut(r.part(field, i), string(r.sub))
	return s
}

// person gives the name of a provider field (XCN): number, family, given, middle.
func (r *reader) person(field string) string {
	family := r.part(field, 1)
	if i := strings.IndexByte(family, r.sub); i >= 0 {
		family = family[:i]
	}
	name := strings.Join(strings.Fields(r.part(field, 5)+" "+r.part(field, 2)+" "+r.part(field, 3)+" "+family), " ")
	if name == "" && strings.IndexByte(field, r.comp) < 0 && strings.Trim(field, "0123456789") != "" {
		return r.part(field, 0)
	}
	return name
}

// patient reads the patient segment.
func (r *reader) patient(f []string) {
	born := clinical.DateFromHL7(r.part(at(f, 7), 0))
	p := clinical.Patient{BirthDate: born[:min(len(born), 10)]} // the hour is nobody's business here
	for _, name := range strings.SplitN(at(f, 5), string(r.rep), 20) {
		family := strings.ReplaceAll(r.part(name, 0), string(r.sub), " ")
		full := strings.Join(strings.Fields(r.part(name, 1)+" "+r.part(name, 2)+" "+family), " ")
		switch {
		case full == "":
		case p.Name == "":
			p.Name = full
		default:
			p.OtherNames = append(p.OtherNames, full)
		}
	}
	switch r.part(at(f, 8), 0) {
	case "M":
		p.Sex = "male"
	case "F":
		p.Sex = "female"
	case "O", "A":
		p.Sex = "other"
	case "U":
		p.Sex = "unknown"
	}
	for _, id := range strings.SplitN(at(f, 3), string(r.rep), 50) {
		if v := r.part(id, 0); v != "" {
			p.Identifiers = append(p.Identifiers, clinical.Identifier{System: r.first(id, 3), Type: r.part(id, 4), Value: v})
		}
	}
	if p.Ref = p.Name + "/" + p.BirthDate; len(p.Identifiers) > 0 {
		p.Ref = p.Identifiers[0].Value
	}
	if p.Empty() {
		return
	}
	if _, known := r.people[p.Ref]; !known && len(r.order) < 1000 {
		r.people[p.Ref] = p
		r.order = append(r.order, p.Ref)
	}
	r.who = &p
}
