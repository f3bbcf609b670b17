package letters

import (
	_ "embed"
	"maps"
	"strconv"
	"strings"
)

// RequestWording is the version of the words of the papers with which records are
// asked for. It stands beside each signature: it changes whenever a sentence that is
// signed does.
const RequestWording = "2026-11-22.2"

//go:embed access.en.json
var accessEN []byte

//go:embed access.es.json
var accessES []byte

func init() { // the papers about records keep their words in files of their own
	maps.Copy(texts["en"], readTexts(accessEN))
	maps.Copy(texts["es"], readTexts(accessES))
}

// AccessIn is what the papers to a holder of records are made of.
type AccessIn struct {
	Today     string // YYYY-MM-DD
	Patient   Patient
	Holder    Holder
	Kinds     []string // records, images, pathology, billing
	Items     []string // what is missing, in words of the letter's language
	Details   string
	From      string // YYYY-MM-DD
	Until     string
	Chart     string
	Specimen  Specimen
	Format    string // portal, download, disc, email, paper
	NeedBy    string
	To        []string // me, doctor
	Recipient Doctor
	Fax       string // of the recipient
	Signer    Signer
	Release   Release

	Sent     string // YYYY-MM-DD, of a chaser: when it was asked for
	How      string // mail, fax, portal, email, hand
	Proof    string
	Received string
	Due      string
	Lacks    string // what did not come
	Reason   string // of a refusal, as they gave it
	Answered string // YYYY-MM-DD
	Fee      []FeeLine
	Barred   []string // parts of the fee that may not be asked for
	FlatMost string   // "$6.50"
	Act      int      // days that the law gives the holder to act
	More     int      // days of the one extension
	Complain int      // days in which a complaint is made
	LastDay  string   // YYYY-MM-DD, the last day for it; "" where it is not known
	Asked    string   // YYYY-MM-DD: when the holder asked for more time
	First    string   // YYYY-MM-DD, the last day without more time
	Flaw     string   // why more time does not count: unwritten, late, bare, second; "" where it does
}

// Holder is the office that keeps the records.
type Holder struct {
	Name    string
	Office  string
	Address string
	Fax     string
	Phone   string
	Officer string // the privacy officer's name
}

// Specimen is tissue that a laboratory keeps.
type Specimen struct {
	What      string
	Accession string
	Taken     string   // YYYY-MM-DD
	Wants     []string // report, slides, recuts, blocks, digital
}

// Signer is who signs a paper.
type Signer struct {
	Name      string
	For       bool   // somebody signs for the patient
	Authority string // parent, guardian, health_care_power, court, executor, other
	Document  string
	State     string
}

// Release is what an authorization says besides.
type Release struct {
	Purpose   string // request, opinion
	Expires   string // YYYY-MM-DD
	Event     string
	Sensitive []string
	Insurer   bool
}

// FeeLine is one part of a bill, the amount written out.
type FeeLine struct{ Part, Amount string }

// Access is the letter with which a patient asks for copies of their own records.
func Access(in AccessIn, lang string) Letter {
	w := newWriter("access", lang, in.Patient, in.Today)
	w.holder(in, "access.subject")
	w.para(w.say("access.open", "patient", in.Patient.Name), w.say("access.law", "days", strconv.Itoa(in.Act)))
	w.wanted(in)
	w.heading("access.how")
	how := []string{w.say("access.format." + or(in.Format, "download"))}
	how = append(how, w.say("access.fee"))
	if in.NeedBy != "" {
		how = append(how, w.say("access.by", "date", Day(in.NeedBy, w.lang)))
	}
	w.list(List, how)
	w.para(w.say("access.send_me"))
	w.para(w.say("access.refuse"))
	w.signed(in)
	return w.letter
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// holder writes to the records office and names the patient.
func (w *writer) holder(in AccessIn, subject string) {
	to := Address{Name: in.Holder.Name}
	to.Lines = append(to.Lines, lines(in.Holder.Office)...)
	to.Lines = append(to.Lines, lines(in.Holder.Address)...)
	if fax := oneLine(in.Holder.Fax); fax != "" {
		to.Lines = append(to.Lines, w.say("ids.fax", "number", fax))
	}
	w.letter.To = to
	w.letter.Subject = w.say(subject)
	if who := w.who(in.Patient); who != "" {
		w.letter.Subject += ": " + who
	}
}

// wanted lists what is asked for.
func (w *writer) wanted(in AccessIn) {
	w.heading("access.what")
	w.list(List, w.things(in))
	span := ""
	switch {
	case in.From != "" && in.Until != "":
		span = w.say("records.span", "from", Day(in.From, w.lang), "until", Day(in.Until, w.lang))
	case in.From != "":
		span = w.say("records.since", "from", Day(in.From, w.lang))
	case in.Until != "":
		span = w.say("access.until", "until", Day(in.Until, w.lang))
	}
	chart := ""
	if c := oneLine(in.Chart); c != "" {
		chart = w.say("access.chart", "number", c)
	}
	w.para(span, chart)
	w.specimen(in)
}

// things are the lines of what is asked for, each specific enough to act on.
func (w *writer) things(in AccessIn) []string {
	var all []string
	for _, k := range in.Kinds {
		all = append(all, w.say("access.ask."+k))
	}
	all = append(all, in.Items...)
	for _, s := range strings.Split(in.Details, "\n") {
		all = append(all, strings.TrimSpace(s))
	}
	return all
}

// specimen names the tissue, its number and what of it is wanted.
func (w *writer) specimen(in AccessIn) {
	s := in.Specimen
	if len(s.Wants) == 0 && s.What == "" && s.Accession == "" {
		return
	}
	w.heading("access.specimen")
	rows := [][]string{}
	add := func(key, value string) {
		if value = strings.TrimSpace(value); value != "" {
			rows = append(rows, []string{w.say(key), value})
		}
	}
	add("access.specimen.what", s.What)
	add("access.specimen.accession", s.Accession)
	add("access.specimen.taken", Day(s.Taken, w.lang))
	if len(rows) > 0 {
		w.add(Block{Sort: Table, Rows: rows})
	}
	var wants []string
	for _, k := range s.Wants {
		wants = append(wants, w.say("access.want."+k))
	}
	w.list(List, wants)
	w.para(w.say("access.specimen.ask"))
}

// signed closes a paper with room to sign, the name, by what right somebody signs for
// the patient, and the date.
func (w *writer) signed(in AccessIn) {
	b := Block{Sort: Sign, Text: w.say("close"), Items: []string{or(in.Signer.Name, in.Patient.Name)}}
	if in.Signer.For {
		b.Items = append(b.Items, w.authority(in))
	}
	b.Items = append(b.Items, w.say("access.date", "date", ""))
	w.add(b)
}

// authority says by what right somebody signs for the patient.
func (w *writer) authority(in AccessIn) string {
	s := w.say("access.for."+or(in.Signer.Authority, "other"), "patient", in.Patient.Name)
	if d := oneLine(in.Signer.Document); d != "" {
		s += ". " + w.say("access.document", "document", d)
	}
	if in.Signer.State != "" {
		s += " (" + in.Signer.State + ")"
	}
	return s
}
