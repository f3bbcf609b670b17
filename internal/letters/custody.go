package letters

import "strings"

// CustodyIn is what a chain of custody is made of.
type CustodyIn struct {
	Today     string
	Patient   Patient
	Lab       string
	What      string
	Accession string
	Slides    string
	Blocks    string
	DueBack   string // YYYY-MM-DD
	Moves     []Handover
}

// Handover is one step of a chain of custody. Kind is left, arrived, returned or home;
// Condition good, broken, missing or not_checked.
type Handover struct {
	On, Kind, From, To, Courier, Tracking, Condition, Note string
}

// Custody is the sheet that goes with slides and blocks: every hand they pass through,
// with room for the next ones to sign.
func Custody(in CustodyIn, lang string) Letter {
	w := newWriter("custody", lang, in.Patient, in.Today)
	w.letter.From = Address{}
	w.letter.Subject = w.say("custody.subject") + ": " + w.who(in.Patient)
	rows := [][]string{}
	for _, x := range [][2]string{{"custody.lab", in.Lab}, {"access.specimen.what", in.What}, {"access.specimen.accession", in.Accession}, {"custody.slides", in.Slides}, {"custody.blocks", in.Blocks}, {"custody.back", Day(in.DueBack, w.lang)}} {
		if x[1] != "" {
			rows = append(rows, []string{w.say(x[0]), x[1]})
		}
	}
	w.add(Block{Sort: Table, Rows: rows})
	w.add(Block{Sort: Notice, Text: w.say("custody.care")})
	w.heading("custody.hands")
	rows = [][]string{}
	for _, m := range in.Moves {
		var how []string
		for _, s := range []string{m.Courier, m.Tracking, m.Note} {
			if s != "" {
				how = append(how, s)
			}
		}
		condition := ""
		if m.Condition != "" {
			condition = w.say("custody.condition." + m.Condition)
		}
		rows = append(rows, []string{Day(m.On, w.lang), w.say("custody.kind." + m.Kind), m.From, m.To, strings.Join(how, ", "), condition})
	}
	for range 3 { // for the next hands, on paper
		rows = append(rows, []string{"________", "________", "________", "________", "________", "________"})
	}
	w.add(Block{Sort: Table, Head: []string{w.say("custody.day"), w.say("custody.step"), w.say("custody.from"), w.say("custody.to"), w.say("custody.how"), w.say("custody.condition")}, Rows: rows})
	w.para(w.say("custody.sign"))
	return w.letter
}
