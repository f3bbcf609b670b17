package letters

import "slices"

// PeerToPeer is the one page that a doctor has at hand when they talk with the plan's
// doctor: which case it is, what the plan said, what to say, what to ask, what to
// write down.
func PeerToPeer(in AppealIn, lang string) Letter {
	w := newWriter("peer_to_peer", lang, in.Patient, in.Today)
	w.letter.From = Address{}
	w.letter.To = receiver(in.Signer)
	w.letter.OnePage = w.say("peer.more")
	w.letter.Subject = w.say("peer.title.bare")
	if in.Patient.Name != "" {
		w.letter.Subject = w.say("peer.title", "patient", in.Patient.Name)
	}
	w.para(w.say("peer.open"))
	w.table([][2]string{
		{"peer.call", join(in.Plan.Name, in.Plan.Phone)},
		{"peer.by", Day(in.TalkBy, w.lang)},
		{"peer.file_by", Day(in.FileBy, w.lang)},
		{"ids.patient", w.who(in.Patient)},
		{member(in.RefusalIn), in.Plan.Member},
		{"ids.number", in.Claim.Number},
		{"ids.notice", Day(in.Notice, w.lang)},
		{"ids.service", bare(in.Claim.Service)},
		{"ids.diagnosis", Finding{Diagnosis: in.Claim.Diagnosis, ICD10: in.Claim.ICD10}.diagnosis()},
	})
	reason, codes := "", ""
	if in.Reason != "" {
		reason = w.say("peer.reason", "reason", in.Reason)
	}
	if len(in.Codes) > 0 {
		codes = w.say("peer.codes", "codes", commas(in.Codes))
	}
	w.para(reason, codes)
	w.heading("peer.points")
	about := "peer." + point(in.Class) + "."
	w.list(Numbered, []string{w.say(about + "1"), w.say(about + "2"), w.say(about + "3")})
	if in.Tried+in.Harm != "" {
		w.heading("peer.facts")
		var facts []string
		if in.Tried != "" {
			facts = append(facts, w.say("appeal.tried", "tried", ended(in.Tried)))
		}
		if in.Harm != "" {
			facts = append(facts, w.say("appeal.harm", "harm", ended(in.Harm)))
		}
		w.list(List, facts)
	}
	w.heading("peer.asks")
	w.list(List, []string{w.say("peer.ask.criteria"), w.say("peer.ask.unmet"), w.say("peer.ask.specialty"), w.say("peer.ask.change")})
	w.heading("peer.note")
	rows := [][]string{}
	for _, k := range []string{"name", "when", "reference", "outcome"} {
		rows = append(rows, []string{w.say("peer.note." + k), ""})
	}
	w.add(Block{Sort: Table, Rows: rows, Firm: true})
	clock := w.say("peer.clock")
	if in.FileBy != "" {
		clock = w.say("peer.clock.by", "date", Day(in.FileBy, w.lang))
	}
	w.add(Block{Sort: Notice, Text: clock})
	return w.letter
}

// point is the kind of no that has its own three points.
func point(class string) string {
	if slices.Contains([]string{"necessity", "experimental", "prior_authorization", "network"}, class) {
		return class
	}
	return "other"
}
