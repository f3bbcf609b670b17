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
	Conditions []Stated
	Medicines  []Stated // name and dose, as they are taken
	Allergies  []Stated
	NoAllergy  Consent  // Given: "no known allergies" was stated. Nothing known is not "none"
	Questions  []string // the patient's own order, the most important first
	Companion  string   // name and how related
	Records    []string // what comes with it
}

// Line is one event of a timeline.
type Line struct {
	Date   string // as exact as it is known
	Text   string
	Detail string // what stands with it, in the record's words
	From   Source
}

// Stated is one thing that a record says.
type Stated struct {
	Text string
	From Source
}

// Source is where a line stands written. The zero value is the person's own word.
type Source struct {
	File string `json:"file,omitempty"` // SHA-256 of the file as it was received
	Name string `json:"name,omitempty"` // as it is printed: "3, p. 2", "mri.pdf, p. 2"
}

// Anchor is the name by which the pages of a packet point to its file.
func (s Source) Anchor() string {
	if s.File == "" {
		return ""
	}
	return "file-" + s.File
}

// OnPage names a page of a file, counted from 1; 0 is the file as a whole.
func OnPage(name string, page int, lang string) string {
	if page == 0 {
		return name
	}
	return newWriter("brief", lang, Patient{}, "").say("brief.page", "name", name, "n", strconv.Itoa(page))
}

// Why it is not certain that a medicine is taken.
const (
	UnsureDisputed = "disputed" // the records disagree
	UnsurePaused   = "paused"   // it is on hold
	UnsureUnclear  = "unclear"  // too little is said
)

// Unsure names a medicine and says why it is not certain that it is taken.
func Unsure(medicine, why, lang string) string {
	return newWriter("brief", lang, Patient{}, "").say("brief.unsure."+why, "medicine", medicine)
}

// Limits of what one page can hold. The rest stays in the packet, and the page says how
// much that is.
const (
	BriefQuestions = 7
	BriefLines     = 12
	BriefMedicines = 14
	BriefRecords   = 14

	briefAllergies = 12 // more are counted: each is a word that must not be missed
	briefName      = 60 // runes of one allergy
)

// Brief is the page that a patient hands to the doctor at the visit: first what is
// asked, then what was said, what must not be missed, and the course of things. Each
// line says where it stands written.
func Brief(in BriefIn, lang string) Letter {
	w := newWriter("brief", lang, in.Patient, in.Today)
	w.letter.From = Address{}
	w.letter.Subject = w.say("brief.title", "patient", in.Patient.Name)
	w.letter.OnePage = w.say("brief.more")
	w.facts(in)
	if len(in.Questions) > 0 {
		w.add(Block{Sort: Notice, Text: w.say("brief.question", "question", in.Questions[0])})
	}
	w.told(in)
	w.allergies(in)
	w.medicines(in.Medicines)
	w.inline("brief.conditions", in.Conditions, len(in.Conditions))
	w.course(in.Timeline)
	if len(in.Questions) > 1 {
		w.heading("brief.questions")
		more := in.Questions[1:]
		w.add(w.capped(Block{Sort: Numbered, Items: more}, BriefQuestions-1))
	}
	var records []Stated
	for _, r := range in.Records {
		records = append(records, Stated{Text: r})
	}
	w.inline("brief.records", records, BriefRecords)
	return w.letter
}

// told is what the first doctor said, and by when it must be decided.
func (w *writer) told(in BriefIn) {
	d := in.Heard.diagnosis()
	if d == "" && in.Heard.Treatment == "" {
		return
	}
	w.heading("brief.heard")
	rows := [][]string{}
	add := func(key, value string) {
		if value != "" {
			rows = append(rows, []string{w.say(key), value})
		}
	}
	add("brief.diagnosis", d)
	add("brief.treatment", in.Heard.Treatment)
	add("brief.decide_by", Day(in.DecideBy, w.lang))
	add("brief.at_stake", in.AtStake)
	var by []string
	for _, s := range []string{in.First.Name, in.First.Specialty, in.First.Practice, in.First.Phone} {
		by = append(by, lines(s)...)
	}
	add("brief.by", strings.Join(by, ", "))
	w.add(Block{Sort: Table, Rows: rows})
}

// allergies are never shortened to make room: each is named as far as it fits in a
// line, and those beyond a dozen are counted.
func (w *writer) allergies(in BriefIn) {
	switch {
	case len(in.Allergies) > 0:
		b := Block{Sort: Notice, Text: w.say("brief.allergies"), Firm: true}
		for _, a := range in.Allergies {
			if r := []rune(a.Text); len(r) > briefName {
				a.Text = strings.TrimSpace(string(r[:briefName-1])) + "…"
			}
			b.Items, b.Sources = append(b.Items, a.Text), append(b.Sources, a.From)
		}
		w.add(w.capped(b, briefAllergies))
	case in.NoAllergy == Given:
		w.add(Block{Sort: Notice, Text: w.say("brief.no_allergies"), Firm: true})
	}
}

// medicines are firm: one that is left out could hurt. What is bought without a
// prescription stands in hardly any record, so the page has a line for it.
func (w *writer) medicines(all []Stated) {
	w.heading("brief.medicines")
	if len(all) > 0 {
		b := Block{Sort: List, Firm: true}
		for _, m := range all {
			b.Items, b.Sources = append(b.Items, m.Text), append(b.Sources, m.From)
		}
		w.add(w.capped(b, BriefMedicines))
	}
	w.para(w.say("brief.otc") + " " + strings.Repeat("_", 34))
}

// inline adds a list that runs on in one paragraph, behind its heading.
func (w *writer) inline(key string, all []Stated, n int) {
	if len(all) == 0 {
		return
	}
	b := Block{Sort: Paragraph, Text: w.say(key)}
	for _, s := range all {
		b.Items, b.Sources = append(b.Items, s.Text), append(b.Sources, s.From)
	}
	w.add(w.capped(b, n))
}

// course is the timeline. The oldest make room: what is recent bears on the visit.
func (w *writer) course(all []Line) {
	if len(all) == 0 {
		return
	}
	w.heading("brief.timeline")
	b := Block{Sort: Table, Head: []string{w.say("brief.date"), w.say("brief.event")}, More: w.say("brief.earlier")}
	b.Left = max(0, len(all)-BriefLines)
	for _, l := range all[b.Left:] {
		text := l.Text
		if l.Detail != "" {
			text += ": " + l.Detail
		}
		b.Rows, b.Sources = append(b.Rows, []string{Day(l.Date, w.lang), text}), append(b.Sources, l.From)
	}
	w.add(b)
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

// capped keeps the first n lines of a list and counts the rest.
func (w *writer) capped(b Block, n int) Block {
	b.More = w.say("brief.and_more")
	if over := len(b.Items) - n; over > 0 {
		b.Items, b.Left = b.Items[:n], over
		if len(b.Sources) > n {
			b.Sources = b.Sources[:n]
		}
	}
	return b
}

// Rest says how many lines of a block are not on the page; "" when all are.
func (b Block) Rest() string {
	if b.Left == 0 {
		return ""
	}
	return strings.ReplaceAll(b.More, "{n}", strconv.Itoa(b.Left))
}

// Inline tells whether the lines of a block run on in one paragraph.
func (b Block) Inline() bool {
	return (b.Sort == Paragraph || b.Sort == Notice) && len(b.Items) > 0
}

// SourceOf gives where the line i of a block stands written.
func (b Block) SourceOf(i int) Source {
	if i < len(b.Sources) {
		return b.Sources[i]
	}
	return Source{}
}

func commas(list []string) string { return strings.Join(list, "; ") }
