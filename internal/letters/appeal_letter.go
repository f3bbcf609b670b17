package letters

import (
	"slices"
	"strconv"
	"strings"
)

// Appeal is the patient's letter that asks the plan to change its decision.
func Appeal(in AppealIn, lang string) Letter {
	w := newWriter("appeal", lang, in.Patient, in.Today)
	subject := "appeal.subject"
	if in.Expedited {
		subject = "appeal.subject.fast"
	}
	w.address(in.RefusalIn, subject)
	w.identify(in.RefusalIn)
	w.request(in)
	w.quote(in.RefusalIn)
	w.reasons(in)
	w.evidence(in.Opinions)
	w.promised(in.Calls)
	w.laws(in)
	w.rights(in)
	if w.acting {
		w.para(w.say("appeal.representative", "patient", in.Patient.Name))
	}
	w.enclosures(in.Enclosures)
	if phone := oneLine(in.Patient.Phone); phone != "" {
		w.para(w.say("appeal.end.phone", "phone", phone))
	} else {
		w.para(w.say("appeal.end"))
	}
	w.sign(in.Patient)
	return w.letter
}

// address writes to the plan and names the patient, so that the letter finds the file.
func (w *writer) address(in RefusalIn, subject string) {
	w.letter.To = in.receiver()
	if fax := oneLine(in.Plan.Fax); fax != "" && in.SendTo == "" {
		w.letter.To.Lines = append(w.letter.To.Lines, w.say("ids.fax", "number", fax))
	}
	w.letter.Subject = w.say(subject)
	if who := w.who(in.Patient); who != "" {
		w.letter.Subject += ": " + who
	}
	if in.SendTo != "" || !planDecides(in.Level) {
		w.para(w.say("appeal.dear.any"))
		return
	}
	if in.Plan.Name == "" {
		w.para(w.say("appeal.dear"))
		return
	}
	w.para(w.say("appeal.dear.plan", "plan", in.Plan.Name))
}

// planDecides tells whether the plan itself decides at a level, as rules/appeal names
// them; an unknown one goes to the plan.
func planDecides(level string) bool {
	return slices.Contains([]string{"", "internal", "plan_appeal", "plan_reconsideration", "grievance", "redetermination"}, level)
}

// receiver is who decides: the plan, unless another does at this level.
func (in RefusalIn) receiver() Address {
	if other := lines(in.SendTo); len(other) > 0 {
		return Address{Name: other[0], Lines: other[1:]}
	}
	return Address{Name: in.Plan.Name, Lines: lines(in.Plan.Address)}
}

func (w *writer) who(p Patient) string {
	if p.Name != "" && p.BirthDate != "" {
		return w.say("born", "patient", p.Name, "date", Day(p.BirthDate, w.lang))
	}
	return p.Name
}

// identify lists the numbers under which the plan finds the case. What is not known
// has no line.
func (w *writer) identify(in RefusalIn) {
	c, plan := in.Claim, ""
	if in.SendTo != "" {
		plan = in.Plan.Name
	}
	w.table([][2]string{
		{"ids.plan", plan},
		{member(in), in.Plan.Member},
		{"ids.group", in.Plan.Group},
		{"ids.number", c.Number},
		{"ids.notice", Day(in.Notice, w.lang)},
		{"ids.received", Day(in.Received, w.lang)},
		{"ids.service", bare(c.Service)},
		{"ids.codes", strings.Join(c.Codes, ", ")},
		{"ids.diagnosis", Finding{Diagnosis: c.Diagnosis, ICD10: c.ICD10}.diagnosis()},
		{"ids.provider", c.Provider},
		{"ids.on", Day(c.On, w.lang)},
	})
}

// member is what the number of the insured person is called.
func member(in RefusalIn) string {
	if in.Regime == "medicare_original" {
		return "ids.medicare"
	}
	return "ids.member"
}

// table adds the rows that have a value, each headed by the words of its key.
func (w *writer) table(pairs [][2]string) {
	rows := [][]string{}
	for _, p := range pairs {
		if v := oneLine(p[1]); v != "" {
			rows = append(rows, []string{w.say(p[0]), v})
		}
	}
	if len(rows) > 0 {
		w.add(Block{Sort: Table, Rows: rows})
	}
}

// request says in one sentence what is asked for, and whether it cannot wait. That
// waiting could do the harm which the law names is said only when the person says so.
func (w *writer) request(in AppealIn) {
	open := w.say("appeal.open", "patient", in.Patient.Name)
	if in.Notice != "" {
		open = w.say("appeal.open.on", "date", Day(in.Notice, w.lang), "patient", in.Patient.Name)
	}
	w.para(open, w.asked(in.RefusalIn), w.level(in.RefusalIn))
	if !in.Expedited {
		return
	}
	urgent := ""
	if in.Urgent {
		urgent = w.say("appeal.urgent", "patient", in.Patient.Name)
	}
	w.add(Block{Sort: Notice, Text: join(w.say("appeal.fast"), urgent)})
}

// level names the step that the letter asks for, as its law calls it.
func (w *writer) level(in RefusalIn) string {
	key, name := "appeal.asks", w.say("level."+in.Level)
	if name == "level."+in.Level {
		key, name = "appeal.level", bare(in.LevelName)
	}
	switch {
	case name == "":
		return ""
	case in.LevelLaw != "":
		return w.say(key+".law", "level", name, "law", in.LevelLaw)
	}
	return w.say(key, "level", name)
}

func (w *writer) asked(in RefusalIn) string {
	service := bare(in.Claim.Service)
	if service == "" {
		return w.say("appeal.ask.undo")
	}
	key := "appeal.ask.any"
	switch in.Service {
	case "pre_service":
		key = "appeal.ask.pre"
	case "post_service":
		key = "appeal.ask.post"
	case "concurrent":
		key = "appeal.ask.ongoing"
	}
	return w.say(key, "service", service)
}

// bare is a phrase without the full stop, to stand inside a sentence.
func bare(s string) string { return strings.TrimRight(strings.TrimSpace(s), ".") }

// quote gives the plan's own words back to it.
func (w *writer) quote(in RefusalIn) {
	reason, codes := "", ""
	if r := strings.Join(strings.Fields(in.Reason), " "); r != "" {
		reason = w.say("appeal.quoted", "reason", r)
	}
	if len(in.Codes) > 0 {
		codes = w.say("appeal.codes", "codes", strings.Join(in.Codes, ", "))
	}
	w.para(reason, codes)
}

// evidence lays the two opinions side by side.
func (w *writer) evidence(o Opinions) {
	if len(o.Agree)+len(o.Differ) == 0 {
		return
	}
	w.heading("appeal.opinions")
	when := ""
	if o.SecondDate != "" {
		when = w.say("appeal.opinions.on", "date", Day(o.SecondDate, w.lang))
	}
	w.para(w.say("appeal.opinions.open"), when)
	if len(o.Agree) > 0 {
		w.para(w.say("compared.agree"))
		w.list(List, o.Agree)
	}
	if len(o.Differ) == 0 {
		return
	}
	w.para(w.say("compared.differ"))
	rows := [][]string{}
	for _, d := range o.Differ {
		rows = append(rows, []string{d.About, d.First, d.Second})
	}
	head := []string{w.say("compared.about"), w.say("appeal.opinions.first"), w.say("appeal.opinions.second")}
	for i, d := range []Doctor{o.First, o.Second} {
		if d.Name != "" {
			head[i+1] = d.Name
		}
	}
	w.add(Block{Sort: Table, Head: head, Rows: rows})
}

// promised lists what the plan said before, each with who said it, when and under
// which number. It draws no conclusion: the two sentences stand side by side.
func (w *writer) promised(calls []Said) {
	var items []string
	for _, c := range calls {
		word := ""
		switch c.Word {
		case "yes", "no", "unsure":
			word = w.say("appeal.said." + c.Word)
		}
		said := join(word, strings.Join(strings.Fields(c.Said), " "))
		if said == "" {
			continue
		}
		s := w.say("appeal.call", "said", said)
		switch {
		case c.On != "" && c.By != "":
			s = w.say("appeal.call.by", "date", Day(c.On, w.lang), "by", c.By, "said", said)
		case c.On != "":
			s = w.say("appeal.call.on", "date", Day(c.On, w.lang), "said", said)
		}
		asked, reference, against := "", "", ""
		if c.Asked != "" {
			asked = w.say("appeal.call.asked", "asked", strings.Join(strings.Fields(c.Asked), " "))
		}
		if c.Reference != "" {
			reference = w.say("appeal.call.reference", "reference", bare(c.Reference))
		}
		if c.Against != "" {
			against = w.say("appeal.call.against", "against", strings.Join(strings.Fields(c.Against), " "))
		}
		items = append(items, join(s, asked, reference, against))
	}
	if len(items) > 0 {
		w.heading("appeal.calls")
		w.list(List, items)
	}
}

// laws cites the laws that give the right to a second opinion.
func (w *writer) laws(in AppealIn) {
	var items []string
	for _, l := range in.Laws {
		s := strings.TrimSpace(l.Text)
		switch {
		case s == "":
			s = l.Citation
		case l.Citation != "":
			s = bare(s) + " (" + l.Citation + ")."
		}
		items = append(items, s)
	}
	if len(items) > 0 {
		w.heading("appeal.laws")
		w.para(append(w.so(in, IsOpinion), w.say("appeal.laws.text"))...)
		w.list(List, items)
	}
}

// rights asks for what the law of the plan gives. Three things are asked for under
// every law, and not twice.
func (w *writer) rights(in AppealIn) {
	var items []string
	has := func(id string) bool { return slices.Contains(in.Rights, id) }
	items = append(items, w.say("appeal.specialty"))
	if !has("RGT-03") {
		items = append(items, w.say("appeal.file"))
	}
	for _, id := range in.Rights {
		if id == "RGT-07" && !in.Expedited {
			continue
		}
		if s := w.say("right." + id); s != "right."+id && !slices.Contains(items, s) {
			items = append(items, s)
		}
	}
	items = append(items, w.say("appeal.written"))
	w.heading("appeal.rights")
	w.list(Numbered, items)
}

// enclosures numbers what goes with the letter, in the order of the packet.
func (w *writer) enclosures(titles []string) {
	var items []string
	for i, t := range titles {
		items = append(items, w.say("appeal.enclosure", "n", strconv.Itoa(i+1), "title", t))
	}
	if len(items) > 0 {
		w.heading("appeal.enclosures")
		w.list(List, items)
	}
}
