package letters

import "slices"

// Necessity is the letter of medical necessity, as a draft for the doctor to check,
// complete and sign. It holds what the case knows; what only the doctor can write
// stands as a blank in brackets.
func Necessity(in AppealIn, lang string) Letter {
	w := newWriter("necessity", lang, in.Patient, in.Today)
	w.acting = false // the doctor writes, whoever acts for the patient
	w.letter.From = receiver(in.Signer)
	if phone := oneLine(in.Signer.Phone); phone != "" {
		w.letter.From.Lines = append(w.letter.From.Lines, phone)
	}
	w.letter.Date = w.blank("necessity.today")
	w.address(in.RefusalIn, "necessity.subject")
	w.letter.Blocks = slices.Insert(w.letter.Blocks, 0, Block{Sort: Notice, Text: w.say("necessity.draft")})
	w.table([][2]string{
		{member(in.RefusalIn), in.Plan.Member},
		{"ids.group", in.Plan.Group},
		{"ids.number", in.Claim.Number},
		{"ids.notice", Day(in.Notice, w.lang)},
		{"ids.refusal_codes", commas(in.Codes)},
	})
	w.necessityAsk(in)
	w.heading("necessity.about")
	w.table([][2]string{
		{"ids.diagnosis", Finding{Diagnosis: in.Claim.Diagnosis, ICD10: in.Claim.ICD10}.diagnosis()},
		{"ids.service", bare(in.Claim.Service)},
		{"ids.codes", commas(in.Claim.Codes)},
		{"ids.provider", in.Claim.Provider},
		{"ids.on", Day(in.Claim.On, w.lang)},
	})
	w.necessityHistory(in)
	w.heading("necessity.definition")
	if in.Definition != "" {
		w.para(w.say("necessity.definition.quote", "definition", ended(in.Definition)))
	}
	w.para(w.blank("necessity.definition.answer"))
	w.heading("necessity.guidelines")
	w.para(w.blank("necessity.guidelines.which"))
	w.heading("necessity.harm")
	if in.Harm != "" {
		w.para(w.say("necessity.harm.patient", "harm", ended(in.Harm)))
	}
	w.para(w.blank("necessity.harm.doctor"))
	if slices.Contains(in.Circumstances, NobodyInside) {
		w.para(w.say("necessity.network"), w.blank("necessity.network.why"))
	}
	w.evidence(in.Opinions)
	w.laws(in)
	talk := w.say("necessity.talk")
	if phone := oneLine(in.Signer.Phone); phone != "" {
		talk = w.say("necessity.talk.phone", "phone", phone)
	}
	w.para(w.say("appeal.specialty"), talk)
	if len(in.Enclosures) > 0 {
		w.para(w.say("necessity.records"))
	}
	w.necessitySign(in)
	return w.letter
}

func (w *writer) blank(key string) string { return w.say("necessity.blank", "what", w.say(key)) }

func (w *writer) necessityAsk(in AppealIn) {
	p := in.Patient
	open := ""
	switch {
	case p.Name != "" && p.BirthDate != "":
		open = w.say("necessity.open.born", "patient", p.Name, "date", Day(p.BirthDate, w.lang))
	case p.Name != "":
		open = w.say("necessity.open", "patient", p.Name)
	}
	refused, ask := "", ""
	if in.Notice != "" {
		refused = w.say("necessity.refused", "date", Day(in.Notice, w.lang))
	}
	if s := bare(in.Claim.Service); s != "" {
		key := "necessity.ask"
		if in.Service == "post_service" {
			key = "necessity.ask.post"
		}
		ask = w.say(key, "service", s)
	}
	w.para(open, refused, ask)
	if in.Expedited {
		w.para(w.say("necessity.fast"), w.blank("necessity.fast.why"))
	}
	quote := in.RefusalIn
	quote.Codes = nil // they stand in the table
	w.quote(quote)
}

// necessityHistory lists what the records show, oldest first, and leaves the
// findings themselves to the doctor.
func (w *writer) necessityHistory(in AppealIn) {
	w.heading("necessity.history")
	rows := [][]string{}
	for _, l := range in.History {
		if l.Text != "" {
			rows = append(rows, []string{Day(l.Date, w.lang), l.Text})
		}
	}
	if len(rows) > 0 {
		w.add(Block{Sort: Table, Head: []string{w.say("necessity.date"), w.say("necessity.event")}, Rows: rows})
	}
	if in.Tried != "" {
		w.para(w.say("necessity.tried", "tried", ended(in.Tried)))
	}
	w.para(w.blank("necessity.findings"))
}

func (w *writer) necessitySign(in AppealIn) {
	name, npi := in.Signer.Name, w.blank("necessity.npi.blank")
	if name == "" {
		name = w.blank("necessity.name")
	}
	if in.SignerNPI != "" {
		npi = w.say("necessity.npi", "npi", in.SignerNPI)
	}
	items := []string{name}
	items = append(items, lines(in.Signer.Specialty)...)
	items = append(items, npi, w.blank("necessity.license"), w.blank("necessity.board"), w.blank("necessity.signed"))
	w.add(Block{Sort: Sign, Text: w.say("necessity.close"), Items: items})
}
