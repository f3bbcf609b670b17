package letters

import (
	"strconv"
	"strings"
)

// BriefIn is what the one-page brief for the visit is made of.
type BriefIn struct {
	Today      string // YYYY-MM-DD
	Patient    Patient
	First      Doctor
	Expert     Doctor
	Visit      string // YYYY-MM-DD
	Heard      Finding
	AtStake    string // the decision, in one sentence
	DecideBy   string // YYYY-MM-DD
	Timeline   []Line // oldest first
	Conditions []string
	Medicines  []string // name and dose, as they are taken
	Allergies  []string
	NoAllergy  Consent  // Given: "no known allergies" was stated. Nothing known is not "none"
	Questions  []string // the patient's own order, the most important first
	Companion  string   // name and how related
	Records    []string // what comes with it
}

// Line is one event of a timeline.
type Line struct {
	Date   string // as exact as it is known
	Text   string
	Source string // where it stands written
}

// Limits of what one page can hold. The rest stays in the full record, and the page
// says so.
const (
	BriefQuestions = 7
	BriefLines     = 12
	BriefMedicines = 14
)

// Brief is the page that a patient hands to the doctor at the visit.
func Brief(in BriefIn, lang string) Letter {
	w := newWriter("brief", lang, in.Patient, in.Today)
	w.letter.From = Address{}
	w.letter.Subject = w.say("brief.title", "patient", in.Patient.Name)
	w.letter.OnePage = w.say("brief.more")
	w.facts(in)
	switch {
	case len(in.Allergies) > 0:
		w.add(Block{Sort: Notice, Text: w.say("brief.allergies", "list", commas(in.Allergies))})
	case in.NoAllergy == Given:
		w.add(Block{Sort: Notice, Text: w.say("brief.no_allergies")})
	}
	if d := in.Heard.diagnosis(); d != "" || in.Heard.Treatment != "" {
		w.heading("brief.heard")
		rows := [][]string{}
		add := func(key, value string) {
			if value != "" {
				rows = append(rows, []string{w.say(key), value})
			}
		}
		add("brief.diagnosis", d)
		add("brief.treatment", in.Heard.Treatment)
		add("brief.by", in.First.Name)
		add("brief.at_stake", in.AtStake)
		add("brief.decide_by", Day(in.DecideBy, w.lang))
		w.add(Block{Sort: Table, Rows: rows})
	}
	w.cut("brief.questions", Numbered, in.Questions, BriefQuestions)
	w.cut("brief.medicines", List, in.Medicines, BriefMedicines)
	w.firm()
	if len(in.Conditions) > 0 {
		w.heading("brief.conditions")
		w.para(commas(in.Conditions))
	}
	if len(in.Timeline) > 0 {
		w.heading("brief.timeline")
		rows, left := [][]string{}, 0
		for i, l := range in.Timeline {
			// The oldest make room: what is recent bears on the visit.
			if i < len(in.Timeline)-BriefLines {
				left++
				continue
			}
			rows = append(rows, []string{Day(l.Date, w.lang), l.Text})
		}
		w.add(Block{Sort: Table, Head: []string{w.say("brief.date"), w.say("brief.event")}, Rows: rows})
		if left > 0 {
			w.para(w.say("brief.earlier", "n", strconv.Itoa(left)))
		}
	}
	w.cut("brief.records", List, in.Records, BriefMedicines)
	return w.letter
}

// firm marks the list that was added last: a medicine that is left out could hurt.
func (w *writer) firm() {
	for i := len(w.letter.Blocks) - 1; i >= 0; i-- {
		if b := &w.letter.Blocks[i]; len(b.Items) > 0 {
			b.Firm = b.Sort == List
			return
		}
	}
}

// facts says who it is about, who they see, and who comes along.
func (w *writer) facts(in BriefIn) {
	rows := [][]string{}
	add := func(key, value string) {
		if value != "" {
			rows = append(rows, []string{w.say(key), value})
		}
	}
	p := in.Patient
	who := p.Name
	if p.Name != "" && p.BirthDate != "" {
		who = w.say("born", "patient", p.Name, "date", Day(p.BirthDate, w.lang))
	}
	if p.Phone != "" {
		who = strings.Trim(who+"  ·  "+p.Phone, " ·")
	}
	add("brief.patient", who)
	if w.acting {
		add("brief.acting", p.Acting+" ("+w.say("role."+as(p.ActingAs))+")")
	}
	switch visit := Day(in.Visit, w.lang); {
	case in.Expert.Name != "" && visit != "":
		add("brief.visit", w.say("brief.visit_with", "doctor", in.Expert.Name, "date", visit))
	case in.Expert.Name != "":
		add("brief.visit", in.Expert.Name)
	default:
		add("brief.visit", visit)
	}
	add("brief.companion", in.Companion)
	w.add(Block{Sort: Table, Rows: rows})
}

// cut adds a list under its heading, at most n long, and says how many are left out.
func (w *writer) cut(key string, sort Sort, items []string, n int) {
	if len(items) == 0 {
		return
	}
	w.heading(key)
	if len(items) > n {
		w.list(sort, items[:n])
		w.para(w.say("brief.and_more", "n", strconv.Itoa(len(items)-n)))
		return
	}
	w.list(sort, items)
}

func commas(list []string) string {
	out := ""
	for i, s := range list {
		if i > 0 {
			out += "; "
		}
		out += s
	}
	return out
}
