package letters

import "slices"

// reasons says why the decision should change, for every kind of no in the letter.
// Each kind has its own words; what is said to be so comes from the person, and what
// they add in their own words comes last.
func (w *writer) reasons(in AppealIn) {
	w.heading("appeal.why")
	for _, c := range kinds(in.RefusalIn) {
		w.para(w.because(c, in)...)
	}
	tried, harm := "", ""
	if in.Tried != "" {
		tried = w.say("appeal.tried", "tried", ended(in.Tried))
	}
	if in.Harm != "" {
		harm = w.say("appeal.harm", "harm", ended(in.Harm))
	}
	w.para(tried)
	w.para(harm)
	own := w.letter.With(in.Addition) // nothing is signed yet, so it ends the reasons
	w.letter.Blocks = own.Blocks
}

// kinds lists the class and the further classes, each once. A share of the price
// beside a true refusal is not argued.
func kinds(in RefusalIn) []string {
	var out []string
	for _, c := range append([]string{in.Class}, in.Also...) {
		if c == "" {
			c = "unknown"
		}
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	if len(out) > 1 {
		out = slices.DeleteFunc(out, func(c string) bool { return c == "cost_share" || c == "unknown" })
	}
	return out
}

// because gives the sentences for one kind of no.
func (w *writer) because(class string, in AppealIn) []string {
	switch class {
	case "necessity":
		return []string{w.byLetter("appeal.necessity.letter", in), w.definition(in), w.say("appeal.necessity.which")}
	case "experimental":
		return []string{w.say("appeal.experimental"), w.byLetter("appeal.experimental.letter", in), w.definition(in)}
	case "prior_authorization":
		test := "appeal.pa.post"
		if in.Service == "pre_service" {
			test = "appeal.pa.pre"
		}
		return append(w.so(in, Emergency, ToldNotNeeded, OfficeAsked, ApprovedBefore), w.say("appeal.pa.form"), w.say(test))
	case "network":
		return append(w.so(in, NobodyInside, ListedInside, Emergency), w.networkAsk(in))
	case "second_opinion_required":
		return append(w.so(in, OpinionHad, NotToldOpinion, Emergency), w.opinionBy(in), w.say("appeal.second_opinion"))
	case "missing_information":
		if len(in.Enclosures) == 0 {
			return []string{w.say("appeal.missing.bare")}
		}
		return []string{w.say("appeal.missing")}
	case "clerical", "benefit", "eligibility", "timeliness", "coordination", "cost_share":
		return []string{w.say("appeal." + class)}
	}
	return []string{w.say("appeal.unknown")}
}

// so states the circumstances that the person says are so.
func (w *writer) so(in AppealIn, of ...Circumstance) []string {
	var out []string
	for _, c := range of {
		if slices.Contains(in.Circumstances, c) {
			out = append(out, w.say("appeal.circumstance."+string(c), "patient", in.Patient.Name))
		}
	}
	return out
}

// byLetter points to the doctor's letter, when one goes with the packet.
func (w *writer) byLetter(key string, in AppealIn) string {
	if in.Signer.Name == "" {
		return ""
	}
	return w.say(key, "doctor", in.Signer.Name)
}

func (w *writer) definition(in AppealIn) string {
	if in.Definition == "" {
		return ""
	}
	return w.say("appeal.definition", "definition", ended(in.Definition))
}

func (w *writer) networkAsk(in AppealIn) string {
	switch {
	case slices.Contains(in.Circumstances, NobodyInside):
		return w.say("appeal.network.ask")
	case slices.Contains(in.Circumstances, ListedInside):
		return w.say("appeal.network.listed")
	}
	return w.say("appeal.network.plain", "patient", in.Patient.Name)
}

// opinionBy names who gave the second opinion that the plan asks for.
func (w *writer) opinionBy(in AppealIn) string {
	o := in.Opinions
	switch {
	case !slices.Contains(in.Circumstances, OpinionHad) || o.Second.Name == "":
		return ""
	case o.SecondDate == "":
		return w.say("appeal.opinion_by", "doctor", o.Second.Name)
	}
	return w.say("appeal.opinion_by_on", "doctor", o.Second.Name, "date", Day(o.SecondDate, w.lang))
}
