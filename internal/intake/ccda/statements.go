package ccda

import (
	"strings"

	"consilium/internal/clinical"
)

func (r *reader) status(n int32) string {
	return strings.ToLower(r.t.attr(r.t.child(n, "statusCode"), "code"))
}

func (r *reader) negated(n int32) bool { return r.t.attr(n, "negationInd") == "true" }

// standing are the clinical states by their SNOMED code, in FHIR's words.
var standing = map[string]string{
	"55561003": "active", "73425007": "inactive", "90734009": "chronic", "7087005": "intermittent",
	"255227004": "recurrence", "415684004": "suspected", "410516002": "refuted", "413322009": "resolved",
	"277022003": "remission", "246455001": "recurrence",
}

// clinicalStatus gives the state of a problem or allergy: what its own status
// says, else resolved where it ended, else how its concern stands.
func (r *reader) clinicalStatus(n int32, at place, template, end string) string {
	t := r.t
	if s := r.status(n); s == "nullified" || s == "aborted" && r.status(at.wrapper) == "nullified" {
		return clinical.EnteredInError
	}
	if at.wrapper != 0 && r.status(at.wrapper) == "nullified" {
		return clinical.EnteredInError
	}
	if r.negated(n) {
		return "refuted"
	}
	for _, from := range []int32{n, at.wrapper} {
		if o := t.first(from, statement_+template); o != 0 {
			v := t.coded(t.child(o, "value"))
			for _, c := range v.codes {
				if s := standing[c.Code]; s != "" {
					return s
				}
			}
			if v.words() != "" {
				return strings.ToLower(v.words())
			}
		}
	}
	if end != "" {
		return "resolved"
	}
	if at.wrapper != 0 {
		switch s := r.status(at.wrapper); s {
		case "completed", "suspended", "aborted":
			return "inactive"
		default:
			return s
		}
	}
	return ""
}

func (r *reader) condition(n int32, at place, f *clinical.Fact) {
	t := r.t
	c := t.coded(t.child(n, "value"))
	if t.child(n, "value") == 0 || t.attr(t.child(n, "value"), "type") == "ST" {
		c = concept{text: t.said(t.child(n, "value"))}
		if c.text == "" {
			c = t.coded(t.child(n, "code"))
		}
	}
	f.Text, f.Codes = c.words(), c.codes
	if f.Text == "" {
		f.Text = t.said(t.child(n, "text"))
	}
	if f.Text == "" {
		f.Detail = c.absent
	}
	f.Date, f.End = r.times(n)
	f.Status = r.clinicalStatus(n, at, "6", f.End)
	f.Who = r.who(n, "author", "informant", "performer")
	switch {
	case !r.negated(n):
	case c.primal == "55607006" || c.primal == "64572001" || len(f.Codes) == 0 && c.absent != "":
		f.Text, f.Codes = "No known problems", nil
	default:
		f.Text = "Does not have: " + f.Text
	}
	r.about(n, f)
	for _, template := range []string{"8", "31"} { // severity; age at onset
		if o := t.first(n, statement_+template); o != 0 {
			v := r.values(o)
			addComponent(f, clinical.Component{Text: t.display(o, "code"), Value: v.text, Unit: v.unit, Codes: v.codes})
		}
	}
}

// about reads what may stand at any statement: where in the body, in which way,
// and remarks.
func (r *reader) about(n int32, f *clinical.Fact) {
	t := r.t
	t.all(n, "targetSiteCode", func(_ int, c int32) {
		site := t.coded(c)
		text := site.words()
		t.all(c, "qualifier", func(_ int, q int32) {
			text = join(", ", text, t.display(q, "value"))
		})
		addComponent(f, clinical.Component{Text: "Body site", Value: text, Codes: site.codes})
	})
	t.all(t.child(n, "value"), "qualifier", func(_ int, q int32) {
		v := t.coded(t.child(q, "value"))
		name := t.display(q, "name")
		if name == "" {
			name = "Qualifier"
		}
		addComponent(f, clinical.Component{Text: name, Value: v.words(), Codes: v.codes})
	})
	if m := t.display(n, "methodCode"); m != "" {
		addComponent(f, clinical.Component{Text: "Method", Value: m})
	}
	t.parts(n, func(_ int32, _ int, c int32) {
		if t.follows(c, statement_+"64") || t.follows(c, "2.16.840.1.113883.10.20.1.40") { // comment
			f.Detail = join("; ", f.Detail, t.said(t.child(c, "text")))
		}
		if t.follows(c, statement_+"19") { // indication
			v := r.values(c)
			text := v.text
			if text == "" {
				text = t.said(t.child(c, "text"))
			}
			if text == "" {
				text = t.display(c, "code")
			}
			addComponent(f, clinical.Component{Text: "Reason", Value: text, Codes: v.codes})
		}
	})
}

// nothing is said of an allergy to everything of a sort, when it is negated.
var noKnown = map[string]string{
	"416098002": "No known drug allergies", "419511003": "No known drug allergies", "59037007": "No known drug allergies",
	"414285001": "No known food allergies", "418471000": "No known food allergies", "235719002": "No known food allergies",
	// as what one is allergic to: a substance, a drug, food
	"105590001": "No known allergies", "410942007": "No known drug allergies", "255620007": "No known food allergies",
}

func (r *reader) allergy(n int32, at place, f *clinical.Fact) {
	t := r.t
	sort := t.coded(t.child(n, "value"))
	var agent concept
	t.all(n, "participant", func(_ int, p int32) {
		e := t.down(p, "participantRole", "playingEntity")
		if e == 0 || agent.text != "" || len(agent.codes) > 0 {
			return
		}
		agent = t.coded(t.child(e, "code"))
		if name := t.line(t.child(e, "name")); agent.text == "" {
			agent.text = name
		}
	})
	f.Text, f.Codes = agent.words(), agent.codes
	if f.Text == "" && len(f.Codes) == 0 && !r.negated(n) {
		if f.Text = t.said(t.child(n, "text")); f.Text == "" {
			f.Text, f.Codes = sort.words(), sort.codes
		}
	}
	f.Date, f.End = r.times(n)
	f.Status = r.clinicalStatus(n, at, "28", f.End)
	f.Who = r.who(n, "author", "informant", "performer")
	if r.negated(n) {
		if all := noKnown[agent.primal]; all != "" {
			f.Text, f.Codes = all, nil
		} else if f.Text != "" && len(f.Codes) > 0 {
			f.Text = "Not allergic to: " + f.Text
		} else {
			f.Codes = nil
			if f.Text = noKnown[sort.primal]; f.Text == "" {
				f.Text = "No known allergies"
			}
		}
	}
	if sort.words() != "" && sort.words() != f.Text {
		addComponent(f, clinical.Component{Text: "Type", Value: sort.words(), Codes: sort.codes})
	}
	var said []string
	for _, from := range []int32{n, at.wrapper} {
		if from == 0 {
			continue
		}
		t.parts(from, func(_ int32, _ int, c int32) {
			if !t.follows(c, statement_+"9") || len(said) > 50 {
				return
			}
			v := r.values(c)
			if v.text == "" {
				v.text = t.said(t.child(c, "text"))
			}
			how := r.values(t.first(c, statement_+"8")).text
			part := clinical.Component{Text: "Reaction", Value: v.text, Codes: v.codes}
			if how != "" {
				part.Value = join(" ", v.text, "("+strings.ToLower(how)+")")
			}
			said = append(said, part.Value)
			addComponent(f, part)
		})
	}
	f.Detail = strings.Join(said, "; ")
	for _, template := range []string{"8", "145"} { // severity; criticality
		if o := t.first(n, statement_+template); o != 0 {
			if v := r.values(o).text; v != "" {
				f.Detail = join("; ", f.Detail, strings.ToLower(v))
			}
		}
	}
	r.about(n, f)
}

func (r *reader) procedure(n int32, at place, f *clinical.Fact) {
	t := r.t
	c := t.coded(t.child(n, "code"))
	f.Text, f.Codes = c.words(), c.codes
	f.Date, f.End = r.times(n)
	f.Status = r.status(n)
	if r.negated(n) {
		f.Status = "not-done"
		if c.primal == "71388002" { // any procedure at all
			f.Text, f.Codes, f.Status = "No known procedures", nil, "refuted"
			if t.child(n, "participant") != 0 {
				f.Text = "No known procedures with an implant"
			}
		}
	}
	f.Who = r.who(n, "performer", "author", "informant")
	v := r.values(n)
	f.Value, f.Unit = v.text, v.unit
	r.about(n, f)
	r.places(n, f)
	r.refusal(n, f)
}

// places names the locations that take part.
func (r *reader) places(n int32, f *clinical.Fact) {
	t := r.t
	t.all(n, "participant", func(_ int, p int32) {
		if t.attr(p, "typeCode") != "LOC" {
			return
		}
		c := t.child(p, "participantRole")
		name := t.line(t.down(c, "playingEntity", "name"))
		kind := t.coded(t.child(c, "code"))
		if name == "" {
			name = kind.words()
		}
		addComponent(f, clinical.Component{Text: "Location", Value: name, Codes: kind.codes})
	})
}

// refusal keeps why something was not done or given.
func (r *reader) refusal(n int32, f *clinical.Fact) {
	if !r.negated(n) {
		return
	}
	t := r.t
	t.parts(n, func(link int32, _ int, c int32) {
		if t.attr(link, "typeCode") != "RSON" && !t.follows(c, statement_+"53") {
			return
		}
		why := r.values(c).text
		if why == "" {
			why = t.display(c, "code")
		}
		if why == "" {
			why = t.said(t.child(c, "text"))
		}
		f.Detail = join("; ", f.Detail, why)
	})
}

func (r *reader) encounter(n int32, at place, f *clinical.Fact) {
	t := r.t
	c := t.coded(t.child(n, "code"))
	f.Text, f.Codes = c.words(), c.codes
	f.Date, f.End = r.times(n)
	f.Status = r.status(n)
	f.Who = r.who(n, "performer", "author")
	r.places(n, f)
	if to := t.coded(t.child(n, "dischargeDispositionCode")); to.words() != "" {
		addComponent(f, clinical.Component{Text: "Discharged to", Value: to.words(), Codes: to.codes})
	}
	r.about(n, f)
}

func (r *reader) relative(n int32, at place, f *clinical.Fact) {
	t := r.t
	who := t.down(n, "subject", "relatedSubject")
	c := t.coded(t.child(who, "code"))
	f.Text, f.Codes = c.words(), c.codes
	if name := t.person(t.down(who, "subject", "name")); name != "" {
		f.Text = join(", ", f.Text, name)
	}
	f.Date, f.End = r.times(n)
	f.Status = r.status(n)
	if t.attr(t.down(who, "subject", "deceasedInd"), "value") == "true" {
		f.Detail = "deceased"
	}
	t.parts(n, func(_ int32, _ int, o int32) {
		v := t.coded(t.child(o, "value"))
		part := clinical.Component{Text: v.words(), Codes: v.codes}
		if part.Text == "" {
			part.Text = t.said(t.child(o, "text"))
		}
		if r.negated(o) {
			part.Text = "Does not have: " + part.Text
		}
		if age := t.first(o, statement_+"31"); age != 0 {
			a := r.values(age)
			part.Value, part.Unit = a.text, a.unit
		}
		if t.first(o, statement_+"47") != 0 {
			part.Range = ""
			part.Text += " (cause of death)"
			f.Detail = "deceased"
		}
		addComponent(f, part)
	})
}
