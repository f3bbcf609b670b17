package ccda

import (
	"strings"

	"consilium/internal/clinical"
)

// when reads a time or an interval: its start, and its end where it has one.
func (r *reader) when(n int32) (start, end string) {
	if n == 0 {
		return "", ""
	}
	if start = r.date(n); start != "" {
		return start, ""
	}
	start, end = r.date(r.t.child(n, "low")), r.date(r.t.child(n, "high"))
	if start == "" && end == "" {
		start = r.date(r.t.child(n, "center"))
	}
	return start, end
}

// times reads the effective times of a statement; a medicine has several, of which
// one is its interval.
func (r *reader) times(n int32) (start, end string) {
	r.t.all(n, "effectiveTime", func(_ int, e int32) {
		if start == "" && end == "" {
			start, end = r.when(e)
		}
	})
	return start, end
}

func (r *reader) date(n int32) string {
	if n == 0 {
		return ""
	}
	value := r.t.attr(n, "value")
	if value == "" {
		return ""
	}
	d := clinical.DateFromHL7(value)
	if d == "" {
		r.once(clinical.Warning, "date", "")
	}
	return d
}

// value is what a statement says about what it names.
type value struct {
	text, unit string
	codes      []clinical.Code
	absent     string
}

// values reads every value of an observation.
func (r *reader) values(n int32) value {
	var out value
	r.t.all(n, "value", func(i int, c int32) {
		v := r.value(c)
		switch {
		case i == 0:
			out = v
		case v.text != "" && len(out.text) < maxText:
			more := join(" ", v.text, v.unit)
			if out.unit != "" {
				out.text, out.unit = join(" ", out.text, out.unit), ""
			}
			out.text = join("; ", out.text, more)
		}
	})
	return out
}

// value reads one value of any type of HL7 v3. A null flavor is never a number:
// it gives no text, and says why.
func (r *reader) value(n int32) value {
	t := r.t
	if n == 0 {
		return value{}
	}
	kind := t.attr(n, "type")
	if i := strings.LastIndexByte(kind, ':'); i >= 0 {
		kind = kind[i+1:]
	}
	switch kind {
	case "CD", "CE", "CO", "CS", "CV":
		c := t.coded(n)
		return value{text: c.words(), codes: c.codes, absent: c.absent}
	case "TS":
		return value{text: r.date(n), absent: nulls[t.null(n)]}
	case "IVL_TS":
		from, to := r.when(n)
		return value{text: join("/", from, to), absent: nulls[t.null(n)]}
	case "IVL_PQ", "IVL_INT", "IVL_REAL":
		text, unit := t.interval(n)
		return value{text: text, unit: unit, absent: nulls[t.null(n)]}
	case "RTO", "RTO_PQ_PQ", "RTO_INT_INT":
		top, bottom := t.child(n, "numerator"), t.child(n, "denominator")
		text := join(":", t.attr(top, "value"), t.attr(bottom, "value"))
		return value{text: text, unit: join("/", unit(t.attr(top, "unit")), unit(t.attr(bottom, "unit")))}
	case "II":
		if id := t.attr(n, "extension"); id != "" {
			return value{text: id}
		}
		return value{text: t.attr(n, "root")}
	}
	if text, ok := t.raw(n, "value"); ok && t.null(n) == "" {
		return value{text: clip(strings.TrimSpace(plain(text)), maxText), unit: unit(t.attr(n, "unit"))}
	}
	if t.child(n, "low") != 0 || t.child(n, "high") != 0 {
		text, unit := t.interval(n)
		return value{text: text, unit: unit}
	}
	if c := t.coded(n); c.primal != "" {
		return value{text: c.words(), codes: c.codes}
	}
	v := value{text: t.said(n), absent: nulls[t.null(n)]}
	if v.text == "" && t.child(n, "translation") != 0 { // a quantity in a unit that UCUM does not have
		tr := t.child(n, "translation")
		v.text = t.attr(tr, "value")
		v.unit = t.display(tr)
		if v.unit == "" {
			v.unit = t.said(t.child(tr, "originalText"))
		}
	}
	if v.text != "" {
		v.absent = ""
	}
	return v
}

// unit leaves out the unit of what is only counted.
func unit(u string) string {
	if u == "1" {
		return ""
	}
	return u
}

// interval reads "3.5-5.0", ">= 10" or "< 5".
func (t *tree) interval(n int32) (text, of string) {
	low, high := t.child(n, "low"), t.child(n, "high")
	from, to := t.bound(low), t.bound(high)
	if of = unit(t.attr(low, "unit")); of == "" {
		of = unit(t.attr(high, "unit"))
	}
	open := func(c int32) bool { return t.attr(c, "inclusive") == "false" }
	switch {
	case from != "" && to != "" && open(low):
		text = ">" + from + "-" + to
	case from != "" && to != "" && open(high):
		text = from + "-<" + to
	case from != "" && to != "":
		text = from + "-" + to
	case from != "" && open(low):
		text = ">" + from
	case from != "":
		text = ">=" + from
	case to != "" && open(high):
		text = "<" + to
	case to != "":
		text = "<=" + to
	default:
		center := t.child(n, "center")
		if text = t.bound(center); text == "" {
			text = t.bound(n)
			center = n
		}
		if of == "" {
			of = unit(t.attr(center, "unit"))
		}
	}
	return text, of
}

func (t *tree) bound(n int32) string {
	if n == 0 || t.null(n) != "" {
		return ""
	}
	return t.attr(n, "value")
}

// ranges gives the reference range of a result; of several, each with its words.
func (r *reader) ranges(n int32) string {
	var all []string
	t := r.t
	t.all(n, "referenceRange", func(_ int, c int32) {
		o := t.child(c, "observationRange")
		v := r.value(t.child(o, "value"))
		text := join(" ", v.text, v.unit)
		words := t.said(t.child(o, "text"))
		if words == "" {
			words = t.display(o, "interpretationCode")
		}
		switch {
		case text == "":
			text = words
		case words != "" && !strings.Contains(words, text) && t.siblings(n, "referenceRange") > 1:
			text = words + ": " + text
		}
		if text != "" && len(all) < 20 {
			all = append(all, text)
		}
	})
	return clip(strings.Join(all, "; "), maxText)
}

// siblings tells how many children of that name there are.
func (t *tree) siblings(n int32, name string) int {
	count := 0
	for c := t.nodes[n].first; c != 0 && count < 2; c = t.nodes[c].next {
		if t.is(c, name) {
			count++
		}
	}
	return count
}

// quantity reads "5 mg" or "1-2 tablets" from a quantity or an interval of them.
func (r *reader) quantity(n int32) string {
	if n == 0 || r.t.null(n) != "" {
		return ""
	}
	v := r.value(n)
	u := v.unit
	if strings.HasPrefix(u, "{") && strings.HasSuffix(u, "}") {
		u = strings.Trim(u, "{}")
	}
	return join(" ", v.text, u)
}

// join puts what is there together.
func join(between string, parts ...string) string {
	out := ""
	for _, p := range parts {
		switch {
		case p == "":
		case out == "":
			out = p
		default:
			out += between + p
		}
	}
	return out
}
