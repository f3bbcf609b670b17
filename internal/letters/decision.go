package letters

import "strings"

// Difference is one point on which the two opinions part, and what to ask of each
// doctor about it.
type Difference struct {
	About     string // in the language of the letter: "Treatment"
	First     string
	Second    string
	AskFirst  string
	AskSecond string
}

// Consent says whether the patient agrees that the two doctors talk.
type Consent string

// The states of a consent. Unknown is written of in no letter.
const (
	Unknown Consent = ""
	Given   Consent = "given"
	Refused Consent = "refused"
)

// DecisionIn is what the letters after the decision are made of. They go to both
// doctors from the same facts.
type DecisionIn struct {
	Today       string // YYYY-MM-DD
	Patient     Patient
	First       Doctor
	Second      Doctor
	Heard       Finding // what the first doctor said
	SecondDate  string  // YYYY-MM-DD, when the second opinion was given
	Agree       []string
	Differ      []Difference
	Chosen      string  // the option, in the patient's words
	Reasons     string  // "" leaves them out
	With        string  // "first", "second", or "" while it is open who will treat
	Talk        Consent // may the two doctors talk with each other?
	TalkUntil   string  // YYYY-MM-DD
	Enclosed    []string
	SendRecords []string // what the doctor who hands over is asked to send
}

// DecisionToFirst is the letter to the first doctor after the decision.
func DecisionToFirst(in DecisionIn, lang string) Letter {
	return decision(in, lang, side{"decision_first", in.First, in.Second, "first"})
}

// DecisionToSecond is the letter to the second doctor after the decision.
func DecisionToSecond(in DecisionIn, lang string) Letter {
	return decision(in, lang, side{"decision_second", in.Second, in.First, "second"})
}

// Ask is the letter to one doctor, before the decision, about the exact points on
// which the two part. to is "first" or "second".
func Ask(in DecisionIn, to, lang string) Letter {
	s := side{"ask", in.First, in.Second, "first"}
	if to == "second" {
		s = side{"ask", in.Second, in.First, "second"}
	}
	w := newWriter(s.kind, lang, in.Patient, in.Today)
	w.greet(s.you, in.Patient, w.say("ask.subject"))
	w.para(w.say("ask.open", "other", w.other(s.other)), w.say("ask.purpose"))
	w.compared(in, s)
	w.asks(in, s)
	w.consent(in, s)
	w.para(w.say("ask.reply"))
	w.sign(in.Patient)
	return w.letter
}

// side is the doctor written to, and the other one.
type side struct {
	kind  string
	you   Doctor
	other Doctor
	id    string
}

func decision(in DecisionIn, lang string, s side) Letter {
	w := newWriter(s.kind, lang, in.Patient, in.Today)
	w.greet(s.you, in.Patient, w.say("decision.subject"))
	if s.id == "first" {
		when := ""
		if in.SecondDate != "" {
			when = w.say("decision.second_on", "doctor", w.other(in.Second), "date", Day(in.SecondDate, w.lang))
		} else {
			when = w.say("decision.second", "doctor", w.other(in.Second))
		}
		w.para(w.say("decision.thanks_first"), w.heard(in.Heard, in.Patient), when)
	} else {
		w.para(w.say("decision.thanks_second"), w.say("decision.telling"))
	}
	w.heading("decision.heading")
	chosen := ""
	if in.Chosen != "" {
		chosen = w.say("decision.chosen", "option", strings.TrimRight(strings.TrimSpace(in.Chosen), "."))
	}
	reasons := ""
	if in.Reasons != "" {
		reasons = w.say("decision.reasons", "reasons", ended(in.Reasons))
	}
	w.para(chosen, reasons)
	w.para(w.care(in, s))
	w.compared(in, s)
	w.asks(in, s)
	w.consent(in, s)
	w.transfer(in, s)
	if len(in.Enclosed) > 0 {
		w.para(w.say("decision.enclosed"))
		w.list(List, in.Enclosed)
	}
	w.para(w.say("decision.end"))
	w.sign(in.Patient)
	return w.letter
}

func (w *writer) other(d Doctor) string {
	if d.Name == "" {
		return w.say("other.doctor")
	}
	return d.Name
}

// care says who will treat.
func (w *writer) care(in DecisionIn, s side) string {
	switch in.With {
	case "":
		return ""
	case s.id:
		return w.say("care.you")
	}
	return w.say("care.other", "doctor", w.other(s.other))
}

// compared says where the two opinions agree and where they part, in a table with the
// receiver's own view first.
func (w *writer) compared(in DecisionIn, s side) {
	if len(in.Agree)+len(in.Differ) == 0 {
		return
	}
	w.heading("compared.heading")
	if len(in.Agree) > 0 {
		w.para(w.say("compared.agree"))
		w.list(List, in.Agree)
	}
	if len(in.Differ) == 0 {
		return
	}
	w.para(w.say("compared.differ"))
	rows := [][]string{}
	for _, d := range in.Differ {
		you, other := d.First, d.Second
		if s.id == "second" {
			you, other = other, you
		}
		rows = append(rows, []string{d.About, you, other})
	}
	w.add(Block{Sort: Table, Head: []string{w.say("compared.about"), w.say("compared.you"), w.other(s.other)}, Rows: rows})
}

func (w *writer) asks(in DecisionIn, s side) {
	var items []string
	for _, d := range in.Differ {
		q := d.AskFirst
		if s.id == "second" {
			q = d.AskSecond
		}
		items = append(items, q)
	}
	if join(items...) == "" {
		return
	}
	w.heading("asks.heading")
	w.para(w.say("asks.open"))
	w.list(Numbered, items)
}

func (w *writer) consent(in DecisionIn, s side) {
	switch in.Talk {
	case Given:
		until := ""
		if in.TalkUntil != "" {
			until = w.say("consent.until", "date", Day(in.TalkUntil, w.lang))
		}
		w.add(Block{Sort: Notice, Text: join(w.say("consent.given", "other", w.other(s.other), "patient", in.Patient.Name), until, w.say("consent.revoke"))})
	case Refused:
		w.add(Block{Sort: Notice, Text: w.say("consent.refused", "other", w.other(s.other), "patient", in.Patient.Name)})
	}
}

// transfer asks the doctor who hands over to send the records, and tells the doctor
// who takes over that they are asked for.
func (w *writer) transfer(in DecisionIn, s side) {
	if in.With == "" {
		return
	}
	if in.With == s.id {
		if s.id == "second" {
			w.para(w.say("transfer.take_over", "other", w.other(s.other)))
		}
		return
	}
	w.heading("transfer.heading")
	w.para(w.say("transfer.send", "other", w.other(s.other)))
	w.list(List, in.SendRecords)
	w.para(w.say("transfer.results", "other", w.other(s.other)))
}

// ended closes a text with a full stop where it has no end mark of its own.
func ended(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") || strings.HasSuffix(s, "…") || strings.HasSuffix(s, "”") {
		return s
	}
	return s + "."
}
