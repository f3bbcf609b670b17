package fhir

import (
	"strings"

	"consilium/internal/clinical"
)

// describe gives the words, codes and, for a reference without words, the
// reference of a value, whichever type it is of.
func (r *reading) describe(n int32) (text string, codes []clinical.Code, ref string) {
	t := &r.tree
	switch t.nodes[n].kind {
	case '"', '0', 't', 'f':
		return t.text(n), nil, ""
	case '[':
		for _, i := range t.items(n) {
			if text, codes, ref = r.describe(i); text != "" || ref != "" {
				return text, codes, ref
			}
		}
		return "", nil, ""
	case '{':
	default:
		return "", nil, ""
	}
	text = t.member(n, "text")
	for _, c := range t.items(t.get(n, "coding")) {
		if len(codes) < maxCodes && t.nodes[c].kind == '{' {
			codes = append(codes, r.coding(c))
		}
	}
	if c := t.get(n, "code"); t.nodes[c].kind == '"' {
		codes = append(codes, r.coding(n))
	}
	for _, c := range codes {
		if text == "" {
			text = c.Display
		}
	}
	if text == "" && len(codes) > 0 {
		text = codes[0].Code
	}
	if rf := t.get(n, "reference"); t.nodes[rf].kind == '"' {
		return t.member(n, "display"), nil, t.text(rf)
	}
	if text == "" {
		text = t.member(n, "display")
	}
	if text == "" { // a part: its own code, concept or name
		for _, name := range []string{"concept", "code", "type", "description", "substance", "manifestation", "vaccineCode", "outcome", "name", "summary"} {
			if v := t.get(n, name); t.nodes[v].kind == '{' || t.nodes[v].kind == '[' || t.nodes[v].kind == '"' {
				if text, codes, ref = r.describe(v); text != "" {
					return text, codes, ref
				}
			}
		}
	}
	return text, codes, ""
}

func (r *reading) coding(n int32) clinical.Code {
	t := &r.tree
	return clinical.Code{System: r.same(t.member(n, "system")), Code: r.same(t.member(n, "code")), Display: r.same(t.member(n, "display"))}
}

// code gives the code of a code, coding or concept: what a machine compares.
func (r *reading) code(n int32) string {
	t := &r.tree
	n = t.first(n)
	switch t.nodes[n].kind {
	case '"':
		return r.same(t.text(n))
	case '{':
		for _, c := range t.items(t.get(n, "coding")) {
			if s := t.member(c, "code"); s != "" {
				return r.same(s)
			}
		}
		if s := t.member(n, "code"); s != "" {
			return r.same(s)
		}
		return t.member(n, "text")
	}
	return ""
}

// phrase gives a short text of a value: dosage, reaction, note, stage or concept.
func (r *reading) phrase(n int32) string {
	t := &r.tree
	var parts []string
	for _, i := range t.items(n) {
		if len(parts) >= 10 {
			break
		}
		s := ""
		switch {
		case t.get(i, "manifestation") != 0:
			s = r.phrase(t.get(i, "manifestation"))
			if sev := t.member(i, "severity"); sev != "" && s != "" {
				s += " (" + sev + ")"
			}
		case t.get(i, "summary") != 0:
			s = r.phrase(t.get(i, "summary"))
		case t.get(i, "doseAndRate") != 0 && t.member(i, "text") == "":
			value, unit := r.choice(t.first(t.get(i, "doseAndRate")), "dose")
			s = strings.TrimSpace(value + " " + unit)
			s = strings.TrimSpace(s + " " + r.howOften(i))
			if by := r.phrase(t.get(i, "route")); by != "" {
				s = strings.TrimPrefix(s+", "+by, ", ")
			}
		case t.get(i, "dose") != 0 && t.member(i, "text") == "":
			value, unit := r.quantity(t.get(i, "dose"))
			s = strings.TrimSpace(value + " " + unit)
		default:
			s, _, _ = r.describe(i)
		}
		if s != "" {
			parts = append(parts, s)
		}
	}
	return clip(strings.Join(parts, "; "))
}

// howOften gives how often a dose is taken: the timing's own words or code, else
// its numbers, such as "2 / 1 d" for twice in one day, with UCUM units of time.
func (r *reading) howOften(dosage int32) string {
	t := &r.tree
	timing := t.get(dosage, "timing")
	s := r.phrase(t.get(timing, "code"))
	if rep := t.get(timing, "repeat"); s == "" && t.get(rep, "period") != 0 {
		times := t.member(rep, "frequency")
		if times == "" {
			times = "1"
		}
		s = times + " / " + t.member(rep, "period") + " " + t.member(rep, "periodUnit")
	}
	if r.asNeeded(dosage) {
		s = strings.TrimSpace(s + " PRN")
	}
	return s
}

func (r *reading) asNeeded(dosage int32) bool {
	t := &r.tree
	return t.member(dosage, "asNeededBoolean") == "true" || t.get(dosage, "asNeededCodeableConcept") != 0
}

// when gives the date of a dateTime, the start and end of a period, or the first
// event of a timing, each as precise as it was given.
func (r *reading) when(n int32) (start, end string) {
	t := &r.tree
	switch t.nodes[n].kind {
	case '"':
		return t.text(n), ""
	case '{':
		if e := t.first(t.get(n, "event")); e != 0 {
			return t.text(e), ""
		}
		if c := t.get(n, "collectedDateTime"); c != 0 {
			return t.text(c), ""
		}
		if c := t.get(n, "collectedPeriod"); c != 0 {
			return r.when(c)
		}
		return t.member(n, "start"), t.member(n, "end")
	}
	return "", ""
}

// valueOf gives the value[x] of an observation or component, and its unit.
func (r *reading) valueOf(n int32) (value, unit string) { return r.choice(n, "value") }

// choice gives the value of a choice element whose name begins with prefix.
func (r *reading) choice(n int32, prefix string) (value, unit string) {
	t := &r.tree
	if t.nodes[n].kind != '{' {
		return "", ""
	}
	for c := t.nodes[n].child; c != 0; c = t.nodes[c].next {
		key := string(t.key(c))
		if typeName, ok := strings.CutPrefix(key, prefix); ok && typeName != "" && typeName[0] >= 'A' && typeName[0] <= 'Z' {
			return r.anyValue(c)
		}
	}
	return "", ""
}

func (r *reading) anyValue(n int32) (value, unit string) {
	t := &r.tree
	if t.nodes[n].kind != '{' {
		return t.text(n), ""
	}
	has := func(name string) bool { return t.get(n, name) != 0 }
	switch {
	case has("numerator"), has("denominator"):
		a, au := r.quantity(t.get(n, "numerator"))
		b, bu := r.quantity(t.get(n, "denominator"))
		return strings.TrimSpace(a+" "+au) + " / " + strings.TrimSpace(b+" "+bu), ""
	case has("low"), has("high"):
		a, au := r.quantity(t.get(n, "low"))
		b, bu := r.quantity(t.get(n, "high"))
		if au == "" {
			au = bu
		}
		return between(a, b), au
	case has("start"), has("end"):
		return t.member(n, "start") + "/" + t.member(n, "end"), ""
	case has("coding"), has("text"):
		text, _, _ := r.describe(n)
		return text, ""
	case has("value"), has("unit"):
		return r.quantity(n)
	case has("origin"):
		return "(a recorded curve)", ""
	}
	text, _, _ := r.describe(n)
	return text, ""
}

func (r *reading) quantity(n int32) (value, unit string) {
	t := &r.tree
	value = t.member(n, "value")
	if value != "" {
		value = t.member(n, "comparator") + value
	}
	if unit = t.member(n, "unit"); unit == "" {
		unit = t.member(n, "code")
	}
	return value, r.same(unit)
}

func (r *reading) rangeOf(n int32) string {
	t := &r.tree
	if n == 0 {
		return ""
	}
	if s := t.member(n, "text"); s != "" {
		return s
	}
	a, au := r.quantity(t.get(n, "low"))
	b, bu := r.quantity(t.get(n, "high"))
	if bu == "" {
		bu = au
	}
	return strings.TrimSpace(between(a, b) + " " + bu)
}

func between(a, b string) string {
	switch {
	case a == "" && b == "":
		return ""
	case b == "":
		return ">= " + a
	case a == "":
		return "<= " + b
	}
	return a + " - " + b
}

// person gives who a reference, or the part that holds one, names.
func (r *reading) person(n int32) (text, ref string) {
	t := &r.tree
	for _, name := range []string{"actor", "individual", "provider", "member"} {
		if v := t.get(n, name); v != 0 {
			n = v
			break
		}
	}
	if t.nodes[n].kind == '"' {
		return t.text(n), ""
	}
	return t.member(n, "display"), t.member(n, "reference")
}
