package letters

// ReferIn is what the written request for a referral is made of.
type ReferIn struct {
	Today    string // YYYY-MM-DD
	Patient  Patient
	Doctor   Doctor
	Heard    Finding
	Refused  bool     // the doctor said no to it
	Asked    string   // YYYY-MM-DD, when they were asked before, when it is known
	Reasons  []string // why a second opinion is wanted
	Expert   Doctor   // where it is to be had, when it is known
	Laws     []string // the laws under which the person has a right to it, as they are cited
	MemberID string   // of the plan, when the person wants it in the letter
	ReplyBy  string   // YYYY-MM-DD, by when an answer is asked for
}

// Refer is the letter that asks a doctor for a referral in writing, or for the reason
// of a no in writing: with either, the person can go on.
func Refer(in ReferIn, lang string) Letter {
	w := newWriter("refer", lang, in.Patient, in.Today)
	w.greet(in.Doctor, in.Patient, w.say("refer.subject"))
	w.para(w.say("tell.thanks"), w.heard(in.Heard, in.Patient))
	w.para(w.before(in), w.say("refer.again"), w.say("tell.not_distrust"))
	if len(in.Reasons) > 0 {
		w.para(w.say("tell.reasons"))
		w.list(List, in.Reasons)
	}
	if in.Expert.Name != "" {
		w.para(w.seeing(in.Expert))
	}
	w.heading("refer.heading")
	w.list(Numbered, []string{w.say("refer.referral"), w.say("refer.reason", "patient", in.Patient.Name), w.say("refer.chart"), w.say("refer.other")})
	if len(in.Laws) > 0 {
		w.para(w.say("plan.laws"))
		w.list(List, in.Laws)
	}
	if in.MemberID != "" {
		w.para(w.say("plan.member", "number", in.MemberID))
	}
	if in.ReplyBy != "" {
		w.para(w.say("refer.by", "date", Day(in.ReplyBy, w.lang)), w.say("tell.no_wait"))
	} else {
		w.para(w.say("tell.no_wait"))
	}
	w.para(w.say("tell.share"))
	w.sign(in.Patient)
	return w.letter
}

// before says what was asked and answered so far.
func (w *writer) before(in ReferIn) string {
	switch {
	case in.Refused && in.Asked != "":
		return w.say("refer.refused.on", "date", Day(in.Asked, w.lang))
	case in.Refused:
		return w.say("refer.refused")
	case in.Asked != "":
		return w.say("refer.asked.on", "date", Day(in.Asked, w.lang))
	}
	return w.say("refer.ask")
}
