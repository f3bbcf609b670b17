// Package letters is what each letter of a case says: to the first doctor that a
// second opinion is wanted, to both doctors what was decided, to a records office what
// to send, and the one page that a patient carries into the visit.
//
// Each letter is made by a pure function from the case's own facts. A fact that is not
// known is left out: nothing is filled in, guessed or hinted at. The letters are in
// English or Spanish; what a doctor or a patient wrote stays in the words they used.
package letters

import (
	_ "embed"
	"encoding/json"
	"strconv"
	"strings"
)

// Letter is a finished letter, as text in blocks, ready to be shown or printed.
type Letter struct {
	Kind     string  `json:"kind"`     // tell_first, refer, ask, decision_first, decision_second, records, brief
	Language string  `json:"language"` // "en" or "es"
	From     Address `json:"from"`
	To       Address `json:"to,omitzero"` // nothing where there is no receiver: the brief
	Date     string  `json:"date"`        // written out: "November 22, 2026"
	Subject  string  `json:"subject"`
	Blocks   []Block `json:"blocks"`
	OnePage  string  `json:"one_page,omitempty"` // what to say where the page had to be cut; "" for letters of any length
}

// Address is a name and the lines below it.
type Address struct {
	Name  string   `json:"name,omitempty"`
	Lines []string `json:"lines,omitempty"`
}

// Sort is what a block is.
type Sort string

// The sorts of block.
const (
	Heading   Sort = "heading"
	Paragraph Sort = "paragraph"
	List      Sort = "list"
	Numbered  Sort = "numbered"
	Table     Sort = "table"  // Head may be empty; then the first cell of each row heads it
	Sign      Sort = "sign"   // the closing, with room for a signature above the name
	Notice    Sort = "notice" // a paragraph that must not be missed: an allergy, a consent
)

// Block is one part of a letter.
type Block struct {
	Sort  Sort       `json:"sort"`
	Text  string     `json:"text,omitempty"`
	Items []string   `json:"items,omitempty"` // of a list; under a closing, the lines below the name
	Head  []string   `json:"head,omitempty"`  // of a table
	Rows  [][]string `json:"rows,omitempty"`
	Path  string     `json:"path,omitempty"` // of a closing: a drawn signature, as an SVG path in a field of SignWidth by SignHeight
	Firm  bool       `json:"firm,omitempty"` // the last to be cut where a page must be fitted: to miss a line could hurt

	Sources []Source `json:"sources,omitempty"` // of the items or rows: where each stands written
	Left    int      `json:"left,omitempty"`    // how many lines are not on the page
	More    string   `json:"more,omitempty"`    // what to say of them, with {n}
	Anchor  string   `json:"anchor,omitempty"`  // the name of this place, for a Source to point to
}

// Text gives the whole letter as plain text, one line for each part: for a page that
// shows it, a message that quotes it, and a test that reads it.
func (l Letter) Text() string {
	var b strings.Builder
	line := func(s string) {
		if s != "" {
			b.WriteString(s + "\n")
		}
	}
	for _, a := range []Address{l.From, l.To} {
		line(a.Name)
		for _, s := range a.Lines {
			line(s)
		}
	}
	line(l.Date)
	line(l.Subject)
	for _, k := range l.Blocks {
		if k.Inline() {
			line(strings.TrimSpace(k.Text + " " + commas(k.Items) + " " + k.Rest()))
			continue
		}
		line(k.Text)
		for i, s := range k.Items {
			switch k.Sort {
			case Numbered:
				s = strconv.Itoa(i+1) + ". " + s
			case List:
				s = "- " + s
			}
			line(s)
		}
		line(strings.Join(k.Head, " | "))
		for _, r := range k.Rows {
			line(strings.Join(r, " | "))
		}
		line(k.Rest())
	}
	return b.String()
}

// Patient is whose case it is, and who writes for them.
type Patient struct {
	Name      string
	BirthDate string // YYYY-MM-DD
	Address   string // lines parted by line ends
	Phone     string
	Email     string
	Acting    string // the name of who writes for the patient; "" when they write themselves
	ActingAs  string // parent, guardian, companion, advocate
}

// Doctor is somebody who gets a letter.
type Doctor struct {
	Name      string
	Specialty string
	Practice  string
	Address   string // lines parted by line ends
	Phone     string
}

// Finding is the diagnosis and the treatment as the patient heard them.
type Finding struct {
	Diagnosis string
	ICD10     string
	Treatment string
}

//go:embed text.en.json
var textEN []byte

//go:embed text.es.json
var textES []byte

var texts = map[string]map[string]string{"en": readTexts(textEN), "es": readTexts(textES)}

func readTexts(raw []byte) map[string]string {
	var m map[string]string
	if err := json.Unmarshal(raw, &m); err != nil {
		panic("letters: text: " + err.Error()) // our own file, embedded: a test reads it
	}
	return m
}

// writer puts one letter together.
type writer struct {
	lang   string
	acting bool // a parent or another person writes for the patient
	letter Letter
}

func newWriter(kind, lang string, p Patient, today string) *writer {
	if lang != "es" {
		lang = "en"
	}
	w := &writer{lang: lang, acting: strings.TrimSpace(p.Acting) != ""}
	w.letter = Letter{Kind: kind, Language: lang, From: w.sender(p), Date: Day(today, lang), Blocks: []Block{}}
	return w
}

// say gives the sentence of a key with its values. Where somebody writes for the
// patient, the key's own wording for that is taken, if it has one.
func (w *writer) say(key string, kv ...string) string {
	s, ok := "", false
	if w.acting {
		s, ok = texts[w.lang][key+".for"]
	}
	if !ok {
		if s, ok = texts[w.lang][key]; !ok {
			return key
		}
	}
	pairs := make([]string, 0, len(kv))
	for i := 0; i+1 < len(kv); i += 2 {
		pairs = append(pairs, "{"+kv[i]+"}", strings.TrimSpace(kv[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

func (w *writer) add(b Block) { w.letter.Blocks = append(w.letter.Blocks, b) }

func (w *writer) heading(key string, kv ...string) {
	w.add(Block{Sort: Heading, Text: w.say(key, kv...)})
}

// para adds a paragraph of the sentences that are not empty.
func (w *writer) para(sentences ...string) {
	if s := join(sentences...); s != "" {
		w.add(Block{Sort: Paragraph, Text: s})
	}
}

func (w *writer) list(sort Sort, items []string) {
	var kept []string
	for _, s := range items {
		if s = strings.TrimSpace(s); s != "" {
			kept = append(kept, s)
		}
	}
	if len(kept) > 0 {
		w.add(Block{Sort: sort, Items: kept})
	}
}

func join(sentences ...string) string {
	var kept []string
	for _, s := range sentences {
		if s = strings.TrimSpace(s); s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, " ")
}

func (w *writer) sender(p Patient) Address {
	a := Address{Name: p.Name}
	if w.acting {
		a.Name = p.Acting
		a.Lines = append(a.Lines, w.say("acting."+as(p.ActingAs), "patient", p.Name))
	}
	a.Lines = append(a.Lines, lines(p.Address)...)
	a.Lines = append(a.Lines, lines(p.Phone)...)
	a.Lines = append(a.Lines, lines(p.Email)...)
	return a
}

func as(role string) string {
	switch role {
	case "parent", "guardian", "companion", "advocate":
		return role
	}
	return "other"
}

func receiver(d Doctor) Address {
	a := Address{Name: d.Name}
	for _, s := range []string{d.Specialty, d.Practice, d.Address} {
		a.Lines = append(a.Lines, lines(s)...)
	}
	return a
}

func lines(s string) []string {
	var out []string
	for _, l := range strings.Split(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// greet names the patient, so that the office finds the chart, and opens the letter.
func (w *writer) greet(d Doctor, p Patient, subject string) {
	w.letter.To = receiver(d)
	w.letter.Subject = subject
	who := p.Name
	if p.BirthDate != "" {
		who = w.say("born", "patient", p.Name, "date", Day(p.BirthDate, w.lang))
	}
	if who != "" {
		w.letter.Subject = subject + ": " + who
	}
	if d.Name == "" {
		w.para(w.say("dear.office"))
		return
	}
	w.para(w.say("dear", "doctor", d.Name))
}

// sign closes the letter.
func (w *writer) sign(p Patient) {
	b := Block{Sort: Sign, Text: w.say("close"), Items: []string{p.Name}}
	if w.acting {
		b.Items = []string{p.Acting, w.say("acting."+as(p.ActingAs), "patient", p.Name)}
	}
	w.add(b)
}

func (f Finding) diagnosis() string {
	switch {
	case strings.TrimSpace(f.Diagnosis) == "":
		return strings.TrimSpace(f.ICD10)
	case strings.TrimSpace(f.ICD10) == "":
		return strings.TrimSpace(f.Diagnosis)
	}
	return strings.TrimSpace(f.Diagnosis) + " (" + strings.TrimSpace(f.ICD10) + ")"
}

// Day writes a date out in the language: "November 22, 2026", "22 de noviembre de
// 2026". A month or a year alone stays as exact as it is; what is no date stays as
// it was written.
func Day(iso, lang string) string {
	part := strings.Split(strings.SplitN(strings.TrimSpace(iso), "T", 2)[0], "-")
	month := func() (string, bool) {
		n, err := strconv.Atoi(part[1])
		if err != nil || n < 1 || n > 12 || len(part[1]) != 2 {
			return "", false
		}
		return months[lang == "es"][n-1], true
	}
	if len(part) < 2 || len(part[0]) != 4 {
		return iso
	}
	m, ok := month()
	if !ok {
		return iso
	}
	switch len(part) {
	case 2:
		if lang == "es" {
			return m + " de " + part[0]
		}
		return m + " " + part[0]
	case 3:
		d, err := strconv.Atoi(part[2])
		if err != nil || d < 1 || d > 31 {
			return iso
		}
		if lang == "es" {
			return strconv.Itoa(d) + " de " + m + " de " + part[0]
		}
		return m + " " + strconv.Itoa(d) + ", " + part[0]
	}
	return iso
}

var months = map[bool][12]string{
	false: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	true:  {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
}
