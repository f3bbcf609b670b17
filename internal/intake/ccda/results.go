package ccda

import (
	"strings"

	"consilium/internal/clinical"
)

// result reads a measurement or another observation.
func (r *reader) result(n int32, at place, f *clinical.Fact) {
	t := r.t
	c, v := t.coded(t.child(n, "code")), r.values(n)
	if c.primal == "ASSERTION" { // the value is what is observed
		c = concept{text: v.text, codes: v.codes}
		v = value{}
	}
	f.Text, f.Codes = c.words(), c.codes
	f.Value, f.Unit = v.text, v.unit
	f.Detail = v.absent
	f.Range = r.ranges(n)
	f.Flag = r.flag(n)
	f.Date, f.End = r.times(n)
	if f.Date == "" && f.End == "" && at.wrapper != 0 {
		f.Date, f.End = r.times(at.wrapper) // a panel's time is that of what is in it
	}
	f.Status = r.status(n)
	f.Who = r.who(n, "performer", "author", "informant")
	if r.negated(n) {
		f.Status = "refuted"
		f.Text = "Not so: " + f.Text
	}
	r.about(n, f)
	r.inner(n, f, 0)
}

// inner keeps the observations inside one that are not facts of their own.
func (r *reader) inner(n int32, f *clinical.Fact, depth int) {
	t := r.t
	t.parts(n, func(_ int32, _ int, c int32) {
		if _, own := r.roleOf(c, place{inside: true}); own || !t.is(c, "observation") || t.follows(c, statement_+"19") || r.pictured(c) {
			return
		}
		code, v := t.coded(t.child(c, "code")), r.values(c)
		addComponent(f, clinical.Component{Text: code.words(), Codes: code.codes, Value: v.text, Unit: v.unit, Range: r.ranges(c)})
		if depth < 4 {
			r.inner(c, f, depth+1)
		}
	})
}

// pictured tells of a part that only says in which picture something is seen.
func (r *reader) pictured(n int32) bool {
	for _, number := range []string{"8", "9", "10", "11"} {
		if r.t.follows(n, imaging_+number) {
			return true
		}
	}
	return false
}

func (r *reader) flag(n int32) string {
	t := r.t
	var all []string
	t.all(n, "interpretationCode", func(_ int, c int32) {
		s := t.attr(c, "code")
		if s == "" {
			s = t.coded(c).words()
		}
		if s != "" && len(all) < 10 {
			all = append(all, s)
		}
	})
	return strings.Join(all, ", ")
}

// panel reads the frame of several results; they are facts of their own.
func (r *reader) panel(n int32, _ place, f *clinical.Fact) {
	t := r.t
	c := t.coded(t.child(n, "code"))
	f.Text, f.Codes = c.words(), c.codes
	f.Status = r.status(n)
	f.Who = r.who(n, "performer", "author", "informant")
	f.Date, f.End = r.times(n)
	t.parts(n, func(_ int32, _ int, part int32) {
		if f.Date == "" && f.End == "" {
			f.Date, f.End = r.times(part)
		}
	})
	if s := t.child(n, "specimen"); s != 0 {
		v := t.coded(t.down(s, "specimenRole", "specimenPlayingEntity", "code"))
		addComponent(f, clinical.Component{Text: "Specimen", Value: v.words(), Codes: v.codes})
	}
}

// other reads what has no kind of its own: plans, goals, directives, concerns.
func (r *reader) other(n int32, _ place, f *clinical.Fact) {
	t := r.t
	c, v := t.coded(t.child(n, "code")), r.values(n)
	if c.words() == "" && c.primal == "" {
		if drug, _ := r.drug(n); drug.words() != "" {
			c = drug
		}
	}
	if c.primal == "ASSERTION" && v.text != "" {
		c, v = concept{text: v.text, codes: v.codes}, value{}
	}
	f.Text, f.Codes = c.words(), c.codes
	f.Value, f.Unit = v.text, v.unit
	f.Date, f.End = r.times(n)
	f.Status = r.status(n)
	switch mood := t.attr(n, "moodCode"); {
	case r.negated(n):
		f.Status = "not-done"
	case mood == "INT" || mood == "PRMS" || mood == "PRP" || mood == "RQO" || mood == "ARQ" || mood == "APT":
		if f.Status == "" || f.Status == "active" {
			f.Status = "planned"
		}
	}
	f.Who = r.who(n, "author", "performer", "informant")
	f.Detail = t.said(t.child(n, "text"))
	if f.Detail == f.Text {
		f.Detail = ""
	}
	if f.Detail == "" {
		f.Detail = v.absent
	}
	r.about(n, f)
	r.inner(n, f, 0)
}

// note reads a clinical note inside a document.
func (r *reader) note(n int32, at place, f *clinical.Fact) {
	t := r.t
	c := t.coded(t.child(n, "code"))
	f.Text, f.Codes = c.words(), c.codes
	for _, tr := range c.codes[min(1, len(c.codes)):] { // the translation names the sort of note
		if tr.Display != "" {
			f.Text = tr.Display
			break
		}
	}
	f.Date, f.End = r.times(n)
	f.Status = r.status(n)
	f.Who = r.who(n, "author", "informant")
	text := t.child(n, "text")
	f.Detail = t.said(text)
	r.media(text, at.path+".text")
}

// team reads a care team and who is in it.
func (r *reader) team(n int32, _ place, f *clinical.Fact) {
	t := r.t
	c := t.coded(t.child(n, "code"))
	f.Text, f.Codes = c.words(), c.codes
	f.Date, f.End = r.times(n)
	f.Status = r.status(n)
	f.Who = r.who(n, "author")
	t.parts(n, func(_ int32, _ int, part int32) {
		t.all(part, "performer", func(_ int, p int32) {
			does := t.coded(t.child(p, "functionCode"))
			if does.words() == "" {
				does = t.coded(t.down(p, "assignedEntity", "code"))
			}
			addComponent(f, clinical.Component{Text: does.words(), Codes: does.codes, Value: t.party(p)})
		})
	})
}

// policy reads who pays, and under which number.
func (r *reader) policy(n int32, _ place, f *clinical.Fact) {
	t := r.t
	c := t.coded(t.child(n, "code"))
	f.Text, f.Codes = c.words(), c.codes
	f.Date, f.End = r.times(n)
	f.Status = r.status(n)
	t.all(n, "performer", func(_ int, p int32) {
		if name := t.line(t.down(p, "assignedEntity", "representedOrganization", "name")); name != "" && t.follows(p, statement_+"87") {
			f.Text = join(", ", name, f.Text)
		}
	})
	t.all(n, "participant", func(_ int, p int32) {
		c := t.child(p, "participantRole")
		name := map[string]string{"COV": "Member number", "HLD": "Holder's number"}[t.attr(p, "typeCode")]
		if id := t.attr(t.child(c, "id"), "extension"); name != "" && id != "" {
			addComponent(f, clinical.Component{Text: name, Value: id})
		}
		if from, to := r.when(t.child(p, "time")); t.attr(p, "typeCode") == "COV" && f.Date == "" {
			f.Date, f.End = from, to
		}
	})
}

// study reads an imaging study and its series, as a report names them.
func (r *reader) study(n int32, _ place, f *clinical.Fact) {
	t := r.t
	s := clinical.Study{UID: strings.Clone(t.attr(t.child(n, "id"), "root")), Modality: []string{}}
	s.Date, _ = r.times(n)
	t.parts(n, func(_ int32, _ int, series int32) {
		s.Series++
		if uid := t.attr(t.child(series, "id"), "root"); uid != "" && len(s.SeriesUIDs) < maxComponents {
			s.SeriesUIDs = append(s.SeriesUIDs, strings.Clone(uid))
		}
		t.all(t.child(series, "code"), "qualifier", func(_ int, q int32) {
			if m := t.attr(t.child(q, "value"), "code"); m != "" && len(s.Modality) < 20 {
				s.Modality = append(s.Modality, strings.Clone(m))
				f.Text = join(", ", f.Text, t.display(q, "value"))
			}
		})
		t.parts(series, func(_ int32, _ int, _ int32) { s.Instances++ })
	})
	f.Date, f.Value = s.Date, s.UID
	f.Detail = t.said(t.child(n, "text"))
	s.BodyPart, s.Laterality = r.site(n)
	s.Description = strings.Clone(f.Text)
	if f.Text == "" {
		f.Text = "Imaging study"
	}
	var e clinical.Exam
	e.AddStudy(s.UID)
	for _, m := range s.Modality {
		e.AddModality(m)
	}
	e.BodyPart, e.Laterality = s.BodyPart, s.Laterality
	f.Exam = e.OrNil()
	r.reportsOn(e)
	r.out.Studies = append(r.out.Studies, s)
}
