package ccda

import (
	"strings"

	"consilium/internal/clinical"
)

// drug reads what is taken or given: the code, the name, the maker.
func (r *reader) drug(n int32) (concept, int32) {
	t := r.t
	p := t.down(n, "consumable", "manufacturedProduct")
	if p == 0 {
		p = t.down(n, "product", "manufacturedProduct")
	}
	m := t.child(p, "manufacturedMaterial")
	if m == 0 {
		m = t.child(p, "manufacturedLabeledDrug")
	}
	c := t.coded(t.child(m, "code"))
	if name := t.line(t.child(m, "name")); c.text == "" {
		c.text = name
	}
	return c, p
}

func (r *reader) medication(n int32, at place, f *clinical.Fact) {
	t := r.t
	c, _ := r.drug(n)
	f.Text, f.Codes = c.words(), c.codes
	f.Date, f.End = r.times(n)
	f.Status = r.status(n)
	if f.Status == "nullified" {
		f.Status = clinical.EnteredInError
	}
	f.Evidence = r.evidence(n, at)
	f.Who = r.who(n, "author", "informant", "performer")
	if r.negated(n) && f.Status != clinical.EnteredInError {
		f.Status = "not-taken"
		if c.primal == "" && f.End == "" && (len(c.codes) == 0 || c.codes[0].Code == "410942007") {
			f.Text, f.Codes, f.Status = "No known medications", nil, "refuted"
		}
	}
	f.Detail = r.sig(n)
	r.about(n, f)
	r.refusal(n, f)
	t.parts(n, func(_ int32, _ int, part int32) {
		name := ""
		switch {
		case t.follows(part, statement_+"17"):
			name = "Supply ordered"
		case t.follows(part, statement_+"18"):
			name = "Dispensed"
		case t.is(part, "substanceAdministration") && !t.follows(part, statement_+"147"):
			inner, _ := r.drug(part)
			addComponent(f, clinical.Component{Text: inner.words(), Codes: inner.codes, Value: r.sig(part)})
			return
		case t.follows(part, statement_+"20"):
			addComponent(f, clinical.Component{Text: "Instruction", Value: r.instruction(part)})
			return
		default:
			return
		}
		on, _ := r.times(part)
		many := ""
		if repeats := t.attr(t.child(part, "repeatNumber"), "value"); repeats != "" {
			many = "×" + repeats
		}
		addComponent(f, clinical.Component{Text: name, Value: join(", ", join(" ", r.quantity(t.child(part, "quantity")), many), on)})
	})
	if m := r.quantity(t.down(n, "maxDoseQuantity", "numerator")); m != "" {
		addComponent(f, clinical.Component{Text: "At most", Value: join(" per ", m, r.quantity(t.down(n, "maxDoseQuantity", "denominator")))})
	}
}

// evidence tells what sort of saying about a medicine this is: by its template, else
// by its mood and the section that it stands in.
func (r *reader) evidence(n int32, at place) clinical.Evidence {
	t := r.t
	mood := t.attr(n, "moodCode")
	switch {
	case t.follows(n, statement_+"18"):
		return clinical.Dispensed
	case at.section == plans || mood == "PRP" || mood == "PRMS":
		return clinical.Planned
	case t.follows(n, statement_+"17"), mood == "INT", mood == "RQO":
		return clinical.Ordered
	case at.section == administered:
		return clinical.Given
	}
	return clinical.Stated
}

func (r *reader) instruction(n int32) string {
	if s := r.t.said(r.t.child(n, "text")); s != "" {
		return s
	}
	return r.t.display(n, "code")
}

// sig gives how a medicine is taken: the prescriber's own words, else its parts.
func (r *reader) sig(n int32) string {
	t := r.t
	if free := t.first(n, statement_+"147"); free != 0 {
		if s := t.said(t.child(free, "text")); s != "" {
			return s
		}
	}
	var parts []string
	add := func(s string) {
		if s != "" && len(parts) < 20 {
			parts = append(parts, s)
		}
	}
	dose := r.quantity(t.child(n, "doseQuantity"))
	route := strings.ToLower(t.display(n, "routeCode"))
	if form := t.display(n, "administrationUnitCode"); strings.ToLower(form) != route && dose != "" && !strings.Contains(strings.ToLower(form), strings.ToLower(dose)) {
		dose = join(" ", dose, strings.ToLower(form))
	}
	if dose != "" && strings.Trim(dose, "0123456789.") == "" {
		dose = "dose " + dose
	}
	add(dose)
	add(r.quantity(t.child(n, "rateQuantity")))
	add(route)
	t.all(n, "effectiveTime", func(_ int, e int32) { add(r.rhythm(e)) })
	t.all(n, "precondition", func(_ int, p int32) {
		c := t.child(p, "criterion")
		why := t.display(c, "value")
		if why == "" {
			why = r.value(t.child(c, "value")).text
		}
		if why == "" {
			why = t.said(t.child(c, "text"))
		}
		add(join(": ", "if needed", why))
	})
	return strings.Join(parts, ", ")
}

// rhythm reads how often: "every 6 h", "every 4-6 h", or at which event of the day.
func (r *reader) rhythm(n int32) string {
	t := r.t
	if p := t.child(n, "period"); p != 0 {
		if s := r.quantity(p); s != "" {
			return "every " + s
		}
		return ""
	}
	if e := t.child(n, "event"); e != 0 {
		code := t.attr(e, "code")
		if s := events[code]; s != "" {
			return s
		}
		return code
	}
	s := ""
	t.all(n, "comp", func(_ int, c int32) { s = join(", ", s, r.rhythm(c)) })
	return s
}

// events are times of the day that a medicine goes by (HL7 v3 TimingEvent).
var events = map[string]string{
	"HS": "at bedtime", "AC": "before meals", "PC": "after meals", "ACM": "before breakfast", "ACD": "before lunch",
	"ACV": "before dinner", "PCM": "after breakfast", "PCD": "after lunch", "PCV": "after dinner", "WAKE": "on waking",
	"C": "with meals", "CM": "with breakfast", "CD": "with lunch", "CV": "with dinner", "IC": "between meals",
}

func (r *reader) immunization(n int32, _ place, f *clinical.Fact) {
	t := r.t
	c, p := r.drug(n)
	f.Text, f.Codes = c.words(), c.codes
	f.Date, f.End = r.times(n)
	f.Status = r.status(n)
	if r.negated(n) {
		f.Status = "not-done"
	}
	f.Who = r.who(n, "performer", "author", "informant")
	r.refusal(n, f)
	f.Detail = join("; ", f.Detail, r.sig(n))
	if lot := t.line(t.down(p, "manufacturedMaterial", "lotNumberText")); lot != "" {
		addComponent(f, clinical.Component{Text: "Lot", Value: lot})
	}
	if maker := t.line(t.down(p, "manufacturerOrganization", "name")); maker != "" {
		addComponent(f, clinical.Component{Text: "Maker", Value: maker})
	}
	t.parts(n, func(_ int32, _ int, part int32) {
		if t.follows(part, statement_+"9") {
			v := r.values(part)
			addComponent(f, clinical.Component{Text: "Reaction", Value: v.text, Codes: v.codes})
		}
	})
	r.about(n, f)
}

// supply reads a thing that is given to a person: crutches, a walker, a pump.
func (r *reader) supply(n int32, at place, f *clinical.Fact) {
	t := r.t
	f.Date, f.End = r.times(n)
	f.Status = r.status(n)
	if r.negated(n) {
		f.Status = "not-done"
	}
	f.Who = r.who(n, "performer", "author", "informant")
	t.all(n, "participant", func(_ int, p int32) {
		if c := t.child(p, "participantRole"); f.Text == "" && t.child(c, "playingDevice") != 0 {
			r.device(c, f)
		}
	})
	if f.Text == "" {
		c, _ := r.drug(n)
		if c.words() == "" {
			c = t.coded(t.child(n, "code"))
		}
		f.Text, f.Codes = c.words(), c.codes
	}
	if many := r.quantity(t.child(n, "quantity")); many != "" {
		addComponent(f, clinical.Component{Text: "Quantity", Value: many})
	}
	r.about(n, f)
}

// thing reads an implant or other device that takes part in a statement, which
// gives the time.
func (r *reader) thing(n int32, at place, f *clinical.Fact) {
	f.Date, f.End = r.times(at.wrapper)
	r.device(n, f)
	if r.negated(at.wrapper) {
		f.Status = "not-done"
		if len(f.Codes) == 0 || f.Codes[0].Code == "40388003" { // any implant at all
			f.Text, f.Codes, f.Status = "No known implanted devices", nil, "refuted"
		}
	}
	t := r.t
	t.parts(t.first(at.wrapper, statement_+"311"), func(_ int32, _ int, c int32) { // what the device's number says
		code, v := t.coded(t.child(c, "code")), r.values(c)
		addComponent(f, clinical.Component{Text: code.words(), Codes: code.codes, Value: v.text, Unit: v.unit})
	})
}

func (r *reader) device(n int32, f *clinical.Fact) {
	t := r.t
	d := t.child(n, "playingDevice")
	c := t.coded(t.child(d, "code"))
	f.Text, f.Codes = c.words(), c.codes
	model := t.line(t.child(d, "manufacturerModelName"))
	if model == "" {
		model = t.display(d, "manufacturerModelName")
	}
	if f.Text == "" {
		f.Text = model
	} else if model != "" {
		addComponent(f, clinical.Component{Text: "Model", Value: model})
	}
	t.all(n, "id", func(_ int, id int32) {
		root := t.attr(id, "root")
		if v := t.attr(id, "extension"); v != "" {
			name := "Number"
			if root == "2.16.840.1.113883.3.3719" {
				name = "UDI"
			}
			addComponent(f, clinical.Component{Text: name, Value: v})
		}
	})
	if maker := t.line(t.down(n, "scopingEntity", "desc")); maker != "" {
		addComponent(f, clinical.Component{Text: "Maker", Value: maker})
	}
}
