package letters

import "strconv"

// Chaser asks a holder in a friendly way how the request stands, before its last day.
func Chaser(in AccessIn, lang string) Letter {
	w := newWriter("chaser", lang, in.Patient, in.Today)
	w.holder(in, "chaser.subject")
	w.para(w.sentOn(in), w.say("chaser.none"))
	if in.Due != "" {
		w.para(w.say("chaser.due", "date", Day(in.Due, w.lang)))
	}
	w.lacks(in)
	w.wanted(in)
	w.para(w.say("chaser.tell"))
	w.sign(in.Patient)
	return w.letter
}

// sentOn says when and how the request went out.
func (w *writer) sentOn(in AccessIn) string {
	s := w.say("chaser.sent", "date", Day(in.Sent, w.lang), "how", w.say("chaser.by."+or(in.How, "mail")))
	if in.Proof != "" {
		s = join(s, w.say("chaser.proof", "number", oneLine(in.Proof)))
	}
	if in.Received != "" && in.Received != in.Sent {
		s = join(s, w.say("chaser.received", "date", Day(in.Received, w.lang)))
	}
	return s
}

func (w *writer) lacks(in AccessIn) {
	if s := oneLine(in.Lacks); s != "" {
		w.para(w.say("chaser.lacks", "what", s))
	}
}

// Escalation tells the privacy officer of a holder that the last day has passed.
func Escalation(in AccessIn, lang string) Letter {
	w := newWriter("escalation", lang, in.Patient, in.Today)
	w.holder(in, "escalation.subject")
	w.officer(in)
	w.para(w.sentOn(in), w.say("escalation.late", "date", Day(in.Due, w.lang)), w.say("escalation.none"))
	w.lacks(in)
	w.para(w.say("escalation.law", "days", strconv.Itoa(in.Act), "more", strconv.Itoa(in.More)))
	w.para(w.say("escalation.blocking"))
	w.wanted(in)
	w.heading("escalation.do")
	w.list(Numbered, []string{w.say("escalation.send"), w.say("escalation.why"), w.say("escalation.who")})
	w.para(w.say("escalation.complain"))
	w.sign(in.Patient)
	return w.letter
}

// MoreTime answers a holder who wants more time: by which day the answer is due now, or
// why the first day still holds.
func MoreTime(in AccessIn, lang string) Letter {
	w := newWriter("more_time", lang, in.Patient, in.Today)
	w.holder(in, "more_time.subject")
	w.para(w.sentOn(in), w.say("more_time.asked", "date", Day(in.Asked, w.lang)))
	w.para(w.say("more_time.law", "days", strconv.Itoa(in.Act), "more", strconv.Itoa(in.More)))
	if in.Flaw == "" {
		w.para(w.say("more_time.counts", "date", Day(in.Due, w.lang)))
	} else {
		w.para(w.say("more_time.flaw."+in.Flaw), w.say("more_time.first", "date", Day(in.First, w.lang)))
	}
	w.wanted(in)
	w.para(w.say("more_time.parts"), w.say("chaser.tell"))
	w.sign(in.Patient)
	return w.letter
}

// officer puts the privacy officer at the top of the address.
func (w *writer) officer(in AccessIn) {
	name := or(oneLine(in.Holder.Officer), w.say("escalation.officer"))
	w.letter.To.Lines = append([]string{w.letter.To.Name}, w.letter.To.Lines...)
	w.letter.To.Name = name
	w.para(w.say("dear", "doctor", name))
}

// FeeDispute asks a holder to take back what it may not charge, and to show how it
// came to the rest.
func FeeDispute(in AccessIn, lang string) Letter {
	w := newWriter("fee", lang, in.Patient, in.Today)
	w.holder(in, "fee.subject")
	w.para(w.sentOn(in), w.say("fee.billed"))
	rows := [][]string{}
	for _, l := range in.Fee {
		rows = append(rows, []string{w.say("fee.part." + l.Part), l.Amount})
	}
	w.add(Block{Sort: Table, Head: []string{w.say("fee.for"), w.say("fee.amount")}, Rows: rows})
	w.para(w.say("fee.law"))
	var barred []string
	for _, p := range in.Barred {
		barred = append(barred, w.say("fee.barred."+p))
	}
	if len(barred) > 0 {
		w.para(w.say("fee.off"))
		w.list(List, barred)
	}
	if in.FlatMost != "" {
		w.para(w.say("fee.flat", "amount", in.FlatMost))
	}
	w.para(w.say("fee.itemize"), w.say("fee.no_wait"))
	w.sign(in.Patient)
	return w.letter
}

// Review asks for a refusal in writing, and for a second look at it.
func Review(in AccessIn, lang string) Letter {
	w := newWriter("review", lang, in.Patient, in.Today)
	w.holder(in, "review.subject")
	w.para(w.sentOn(in), w.say("review.refused", "date", Day(in.Answered, w.lang)))
	if r := oneLine(in.Reason); r != "" {
		w.para(w.say("review.reason", "reason", r))
	}
	w.list(Numbered, []string{w.say("review.written"), w.say("review.look"), w.say("review.rest"), w.say("review.who")})
	w.para(w.say("review.law"))
	w.sign(in.Patient)
	return w.letter
}

// ComplaintStreet is where the Office for Civil Rights takes complaints by mail, below
// its name: as its complaint form had it when it was last seen, so whoever mails one is
// told to check it.
var ComplaintStreet = []string{"200 Independence Avenue, S.W., Room 509F, HHH Building", "Washington, D.C. 20201"}

// Complaint is a sheet that gathers what the form of the Office for Civil Rights asks.
func Complaint(in AccessIn, lang string) Letter {
	w := newWriter("complaint", lang, in.Patient, in.Today)
	w.letter.To = Address{Name: w.say("complaint.to"), Lines: append([]string{w.say("complaint.to.office")}, ComplaintStreet...)}
	w.letter.Subject = w.say("complaint.subject")
	rows := [][]string{{w.say("complaint.who"), w.letter.From.Name}, {w.say("authorization.patient"), in.Patient.Name}, {w.say("complaint.about"), in.Holder.Name + sep(oneLine(in.Holder.Address)) + sep(oneLine(in.Holder.Phone))}}
	w.add(Block{Sort: Table, Rows: rows})
	w.heading("complaint.what")
	w.para(w.sentOn(in))
	switch {
	case in.Answered != "":
		w.para(w.say("review.refused", "date", Day(in.Answered, w.lang)))
		if r := oneLine(in.Reason); r != "" {
			w.para(w.say("review.reason", "reason", r))
		}
	case in.Due != "":
		w.para(w.say("escalation.late", "date", Day(in.Due, w.lang)), w.say("escalation.none"))
	}
	w.lacks(in)
	w.wanted(in)
	days := w.say("complaint.days", "days", strconv.Itoa(in.Complain))
	if in.LastDay != "" {
		days = w.say("complaint.last_day", "days", strconv.Itoa(in.Complain), "date", Day(in.LastDay, w.lang))
	}
	w.para(w.say("complaint.law"), days)
	w.sign(in.Patient)
	return w.letter
}

// FaxCover is the first page of a fax, with no health information on it. Whoever sends
// it writes the number of pages: what goes with it, we do not know.
func FaxCover(in AccessIn, lang string) Letter {
	w := newWriter("fax", lang, in.Patient, in.Today)
	w.holder(in, "fax.subject")
	w.letter.Subject = w.say("fax.subject") // the cover may be read by anybody who passes
	rows := [][]string{{w.say("fax.to"), in.Holder.Name + sep(oneLine(in.Holder.Office))}, {w.say("fax.number"), oneLine(in.Holder.Fax)}, {w.say("fax.from"), w.letter.From.Name}, {w.say("fax.phone"), oneLine(in.Patient.Phone)}, {w.say("fax.pages"), "____"}}
	w.add(Block{Sort: Table, Rows: rows})
	w.add(Block{Sort: Notice, Text: w.say("fax.private")})
	return w.letter
}
