package letters

// TellFirstIn is what the letter to the first doctor is made of.
type TellFirstIn struct {
	Today    string // YYYY-MM-DD
	Patient  Patient
	Doctor   Doctor
	Heard    Finding
	Reasons  []string // why a second opinion is wanted, each a phrase or a sentence
	Expert   Doctor   // where it is to be had, when it is known
	Records  []string // what the office is asked to send
	DecideBy string   // YYYY-MM-DD, when a date is set
	Plan     PlanAsks // what the health plan asks for and only this doctor can give
}

// PlanAsks is what a health plan wants of the first doctor before it pays.
type PlanAsks struct {
	Referral bool     // a referral to the second doctor
	Approval bool     // a request for the plan's approval of the visit
	Outside  bool     // of a doctor outside the network, for nobody inside fits
	Urgent   bool     // waiting could do harm: the doctor's word makes the plan hurry
	Holds    []string // what the request must hold, by the ids of the rules that say so
	Laws     []string // the laws under which the person has a right to it, as they are cited
	MemberID string   // of the plan, when the person wants it in the letter
}

func (p PlanAsks) any() bool { return p.Referral || p.Approval || p.Outside || p.Urgent }

// TellFirst is the letter that tells the first doctor that a second opinion is wanted,
// why, and what would help.
func TellFirst(in TellFirstIn, lang string) Letter {
	w := newWriter("tell_first", lang, in.Patient, in.Today)
	w.greet(in.Doctor, in.Patient, w.say("tell.subject"))
	w.para(w.say("tell.thanks"), w.heard(in.Heard, in.Patient))
	w.para(w.say("tell.want"), w.say("tell.not_distrust"))
	if len(in.Reasons) > 0 {
		w.para(w.say("tell.reasons"))
		w.list(List, in.Reasons)
	}
	if in.Expert.Name != "" {
		w.para(w.seeing(in.Expert))
	} else {
		w.para(w.say("tell.recommend"))
	}
	if len(in.Records) > 0 {
		w.heading("tell.records.heading")
		w.para(w.say("tell.records"), w.say("tell.images"))
		w.list(List, in.Records)
	}
	w.forPlan(in.Plan, in.Patient)
	if in.DecideBy != "" {
		w.para(w.say("tell.by", "date", Day(in.DecideBy, w.lang)), w.say("tell.wait"))
	} else {
		w.para(w.say("tell.no_wait"))
	}
	w.para(w.say("tell.share"))
	w.sign(in.Patient)
	return w.letter
}

// forPlan asks for what the plan wants before it pays.
func (w *writer) forPlan(p PlanAsks, patient Patient) {
	if !p.any() {
		return
	}
	w.heading("plan.heading")
	var asks []string
	for _, x := range []struct {
		wanted bool
		key    string
	}{{p.Referral, "plan.referral"}, {p.Approval, "plan.approval"}, {p.Outside, "plan.outside"}, {p.Urgent, "plan.urgent"}} {
		if x.wanted {
			asks = append(asks, w.say(x.key, "patient", patient.Name))
		}
	}
	w.para(w.say("plan.open"))
	w.list(Numbered, asks)
	var holds []string
	for _, rule := range p.Holds {
		if s := w.say("plan.hold." + rule); s != "plan.hold."+rule {
			holds = append(holds, s)
		}
	}
	if len(holds) > 0 {
		w.para(w.say("plan.holds"))
		w.list(List, holds)
	}
	if len(p.Laws) > 0 {
		w.para(w.say("plan.laws"))
		w.list(List, p.Laws)
	}
	if p.MemberID != "" {
		w.para(w.say("plan.member", "number", p.MemberID))
	}
	w.para(w.say("plan.back"))
}

// heard says back what the doctor said, as far as it is known.
func (w *writer) heard(f Finding, p Patient) string {
	d := f.diagnosis()
	switch {
	case d != "" && f.Treatment != "":
		return w.say("heard.both", "diagnosis", d, "treatment", f.Treatment, "patient", p.Name)
	case d != "":
		return w.say("heard.diagnosis", "diagnosis", d, "patient", p.Name)
	case f.Treatment != "":
		return w.say("heard.treatment", "treatment", f.Treatment, "patient", p.Name)
	}
	return ""
}

func (w *writer) seeing(d Doctor) string {
	where := d.Practice
	switch {
	case d.Specialty != "" && where != "":
		return w.say("tell.seeing.full", "doctor", d.Name, "specialty", d.Specialty, "practice", where)
	case where != "":
		return w.say("tell.seeing.at", "doctor", d.Name, "practice", where)
	}
	return w.say("tell.seeing", "doctor", d.Name)
}

// RecordsIn is what a request for records is made of.
type RecordsIn struct {
	Today   string // YYYY-MM-DD
	Patient Patient
	Holder  Doctor   // who holds them: an office, a hospital, an imaging centre
	Items   []string // each record by its name
	From    string   // YYYY-MM-DD, the first day of what is asked for
	Until   string
	SendTo  Doctor // nobody: to the patient
	NeedBy  string // YYYY-MM-DD
	Numbers string // the chart or accession numbers, when they are known
}

// Records is the request for copies of records, under the patient's own right of
// access (45 CFR 164.524: an answer within 30 days, at a reasonable cost-based fee).
func Records(in RecordsIn, lang string) Letter {
	w := newWriter("records", lang, in.Patient, in.Today)
	w.greet(in.Holder, in.Patient, w.say("records.subject"))
	w.para(w.say("records.open", "patient", in.Patient.Name), w.say("records.law"))
	w.heading("records.what")
	w.list(List, in.Items)
	span := ""
	switch {
	case in.From != "" && in.Until != "":
		span = w.say("records.span", "from", Day(in.From, w.lang), "until", Day(in.Until, w.lang))
	case in.From != "":
		span = w.say("records.since", "from", Day(in.From, w.lang))
	}
	number := ""
	if in.Numbers != "" {
		number = w.say("records.numbers", "numbers", in.Numbers)
	}
	w.para(span, number)
	w.heading("records.how")
	how := []string{w.say("records.electronic"), w.say("records.images"), w.say("records.fee")}
	if in.NeedBy != "" {
		how = append(how, w.say("records.by", "date", Day(in.NeedBy, w.lang)))
	}
	w.list(List, how)
	if in.SendTo.Name != "" || in.SendTo.Practice != "" {
		w.para(w.say("records.send_to"))
		a := receiver(in.SendTo)
		rows := [][]string{}
		if a.Name != "" {
			rows = append(rows, []string{w.say("records.name"), a.Name})
		}
		for _, p := range [][2]string{{"records.practice", in.SendTo.Practice}, {"records.address", in.SendTo.Address}, {"records.phone", in.SendTo.Phone}} {
			if s := oneLine(p[1]); s != "" {
				rows = append(rows, []string{w.say(p[0]), s})
			}
		}
		w.add(Block{Sort: Table, Rows: rows})
	} else {
		w.para(w.say("records.send_me"))
	}
	w.para(w.say("records.refuse"))
	w.sign(in.Patient)
	return w.letter
}

func oneLine(s string) string {
	out := ""
	for i, l := range lines(s) {
		if i > 0 {
			out += ", "
		}
		out += l
	}
	return out
}
