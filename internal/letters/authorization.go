package letters

// Authorization is the form with which a patient lets a holder give records to
// somebody else, with every part that 45 CFR 164.508(c) wants in it. kind is
// "authorization", or "psychotherapy" or "counseling" for notes that need a form of
// their own and may be combined with no other.
func Authorization(in AccessIn, kind, lang string) Letter {
	w := newWriter(kind, lang, in.Patient, in.Today)
	w.holder(in, kind+".subject")
	w.add(Block{Sort: Table, Rows: w.parts(in, kind)})
	if kind == "authorization" {
		w.wanted(in)
		w.sensitive(in)
	} else {
		w.heading("access.what")
		w.list(List, []string{w.say(kind + ".what")})
		w.para(w.say(kind + ".alone"))
	}
	w.heading("authorization.know")
	know := []string{w.say("authorization.revoke", "holder", in.Holder.Name), w.say("authorization.revoke.not"), w.say("authorization.conditions"), w.say("authorization.redisclose"), w.say("authorization.copy")}
	if has(in.Release.Sensitive, "substance_use") || kind == "counseling" {
		know = append(know, w.say("authorization.part2"), w.say("authorization.part2.refuse"), w.say("authorization.part2.court"))
	}
	w.list(Numbered, know)
	w.signed(in)
	return w.letter
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// parts are who gives, who gets, what for and until when.
func (w *writer) parts(in AccessIn, kind string) [][]string {
	who := in.Patient.Name
	if in.Patient.BirthDate != "" {
		who = w.say("born", "patient", in.Patient.Name, "date", Day(in.Patient.BirthDate, w.lang))
	}
	to := join(in.Recipient.Name + sep(in.Recipient.Practice) + sep(oneLine(in.Recipient.Address)))
	if f := oneLine(in.Fax); f != "" {
		to += sep(w.say("ids.fax", "number", f))
	}
	ends := Day(in.Release.Expires, w.lang)
	if in.Release.Event != "" {
		if ends != "" {
			ends = w.say("authorization.ends.both", "date", ends, "event", in.Release.Event)
		} else {
			ends = in.Release.Event
		}
	}
	purpose := ""
	if in.Release.Purpose != "" {
		purpose = w.say("authorization.purpose." + in.Release.Purpose)
	}
	return [][]string{
		{w.say("authorization.patient"), who},
		{w.say("authorization.from"), in.Holder.Name + sep(oneLine(in.Holder.Address))},
		{w.say("authorization.to"), to},
		{w.say("authorization.purpose"), purpose},
		{w.say("authorization.ends"), ends},
	}
}

func sep(s string) string {
	if s == "" {
		return ""
	}
	return ", " + s
}

// sensitive has a box for each kind of information that needs a yes of its own. A box
// that is not ticked is a no, and says so.
func (w *writer) sensitive(in AccessIn) {
	w.heading("authorization.sensitive")
	w.para(w.say("authorization.sensitive.how"))
	rows := [][]string{}
	for _, k := range []string{"substance_use", "hiv", "genetic", "mental_health", "reproductive"} {
		mark := w.say("authorization.no")
		if has(in.Release.Sensitive, k) {
			mark = w.say("authorization.yes")
		}
		rows = append(rows, []string{w.say("authorization.kind." + k), mark})
	}
	w.add(Block{Sort: Table, Rows: rows})
}
