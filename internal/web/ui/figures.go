package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
)

// Event is one entry of a timeline. Date is "2026-11-22", "2026-11" or "2026";
// empty is undated and comes last.
type Event struct {
	Date   string
	Title  string
	Detail string
	Kind   string // the marks are coloured by it: condition, procedure, result, medicine, imaging, visit, opinion
	Label  string // the kind in words, shown beside the date
	Source Link   // where it comes from; no label means the usual words
}

// Timeline is a patient's story by date.
type Timeline struct {
	Title  string // the usual words when empty
	Events []Event
}

// sorted gives the events by date, oldest first, the undated last. A bare year or
// month stands before its days.
func (t Timeline) sorted() []Event {
	es := slices.Clone(t.Events)
	slices.SortStableFunc(es, func(a, b Event) int {
		if (a.Date == "") != (b.Date == "") {
			return strings.Compare(b.Date, a.Date)
		}
		return strings.Compare(a.Date, b.Date)
	})
	return es
}

// year is what is written at the line when it changes.
func (e Event) year() string {
	if len(e.Date) >= 4 {
		return e.Date[:4]
	}
	return ""
}

// opensYear tells whether event i is the first of its year.
func opensYear(es []Event, i int) bool { return i == 0 || es[i].year() != es[i-1].year() }

// tick is a mark of the drawn line: X from 0 to 1000.
type tick struct {
	X, Y  int
	Kind  string
	Label string
}

// drawn is the line of a timeline; without marks there is nothing to draw.
type drawn struct {
	marks, years []tick
	from, to     string
}

// when is a date as a day, a bare year or month as its middle.
func (e Event) when() (time.Time, bool) {
	d := e.Date
	switch len(d) {
	case 4:
		d += "-07-01"
	case 7:
		d += "-15"
	}
	if len(d) > 10 {
		d = d[:10]
	}
	t, err := time.Parse(time.DateOnly, d)
	return t, err == nil
}

// drawing places every dated event on a line from 0 to 1000, and the years under
// it. Marks that would lie on each other are set higher and lower in turn. With
// fewer than three dates, or all on one day, there is nothing to draw.
func (t Timeline) drawing() drawn {
	var d drawn
	var ts []time.Time
	var dated []Event
	for _, e := range t.sorted() {
		if w, ok := e.when(); ok {
			ts, dated = append(ts, w), append(dated, e)
		}
	}
	if len(ts) < 3 {
		return d
	}
	first, last := slices.MinFunc(ts, time.Time.Compare), slices.MaxFunc(ts, time.Time.Compare)
	span := last.Sub(first)
	if span <= 0 {
		return d
	}
	at := func(w time.Time) int { return 20 + int(960*w.Sub(first).Hours()/span.Hours()) }
	heights := [...]int{40, 22, 58}
	crowd := 0
	for i, w := range ts {
		x := at(w)
		if i > 0 && x-d.marks[i-1].X < 20 {
			crowd++
		} else {
			crowd = 0
		}
		d.marks = append(d.marks, tick{X: x, Y: heights[crowd%len(heights)], Kind: dated[i].Kind})
	}
	step := (last.Year()-first.Year())/6 + 1
	for y := first.Year() + 1; y <= last.Year(); y += step {
		x := at(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC))
		d.years = append(d.years, tick{X: max(x, 30), Label: strconv.Itoa(y)})
	}
	d.from, d.to = dated[0].Date, dated[len(dated)-1].Date
	return d
}

// kinds are those that a timeline has a colour for.
var kinds = []string{"condition", "procedure", "result", "medicine", "imaging", "visit", "opinion"}

// kindClass is the kind if it has a colour, and "other" if not.
func kindClass(kind string) string {
	if slices.Contains(kinds, kind) {
		return kind
	}
	return "other"
}

// SideBySide compares: one column for each opinion, one row for each topic. On a
// phone each topic becomes a card.
type SideBySide struct {
	Title   string
	Columns []Column
	Rows    []Row
}

// Column heads one opinion: who, and a second line (specialty, date).
type Column struct {
	Name string
	Sub  string
}

// Row is one topic: what each opinion says of it, in the order of the columns, and
// whether they agree.
type Row struct {
	Label string
	Cells []Cell
	Agree Agreement
	Why   string // why they differ, in words
}

// Agreement is whether the opinions say the same of a topic.
type Agreement string

// The agreements; the zero value says nothing.
const (
	Agree  Agreement = "agree"
	Differ Agreement = "differ"
)

// column is the heading of column i.
func (s SideBySide) column(i int) string {
	if i < len(s.Columns) {
		return s.Columns[i].Name
	}
	return ""
}

// Weigh sets what matters to a person against the options.
type Weigh struct {
	Title   string
	Options []string
	Rows    []Matter
}

// Matter is one thing that matters: how much (0-5), and what each option means
// for it, in the order of the options.
type Matter struct {
	What   string
	Weight int
	Cells  []Judgement
}

// Judgement is what an option means for one thing that matters.
type Judgement struct {
	Lean Lean
	Text string
}

// Lean is whether an option speaks for or against. The zero value is neither.
type Lean string

// The leans.
const (
	For     Lean = "for"
	Against Lean = "against"
)

// sign is the lean as a sign that is also read without colour.
func (l Lean) sign() string {
	switch l {
	case For:
		return "+"
	case Against:
		return "−"
	}
	return "·"
}

// Call is a sheet to hold while on the telephone; printed, it has lines to write on.
type Call struct {
	Title     string
	Who       string
	Phone     string
	Say       []string // sentences to say first
	Questions []Question
	Name      string // who was spoken with; empty leaves a line
	Date      string // YYYY-MM-DD
	Reference string
}

// Question is one thing to ask, and the answer when there is one.
type Question struct {
	Ask    string
	Answer string
}

// tel is the number as a link that a phone dials.
func tel(phone string) templ.SafeURL {
	return templ.SafeURL("tel:" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone))
}

// option is the heading of column i.
func (w Weigh) option(i int) string {
	if i < len(w.Options) {
		return w.Options[i]
	}
	return ""
}

// Upload is a place to add files. Start is the address that upload.js posts to; see
// the script's head for what it sends and expects.
type Upload struct {
	Name   string // of the file field, when there is no script
	Label  string
	Hint   string
	Accept string
	Start  string
	Next   string // where to go on when all is stored; "" stays and reloads
}

// uploadWords are the words that upload.js needs, as data-say-* attributes.
var uploadWords = []struct{ attr, key string }{
	{"waiting", "upload.waiting"},
	{"sending", "upload.sending"},
	{"retrying", "upload.retrying"},
	{"done", "upload.done"},
	{"failed", "upload.failed"},
	{"empty", "upload.empty"},
	{"all-done", "upload.all_done"},
	{"some-failed", "upload.some_failed"},
	{"drop", "upload.drop_here"},
	{"again", "button.try_again"},
	{"next", "button.next"},
}

// Passkey is a button that uses WebAuthn.
type Passkey struct {
	Use  PasskeyUse
	Next string // where to go when it worked and the answer names no place
	Form string // the id of a form to send when it worked, instead of going anywhere
}

// PasskeyUse is what a passkey is wanted for.
type PasskeyUse string

// The uses of a passkey.
const (
	SignInWithPasskey PasskeyUse = "/sign-in/passkey"
	AddPasskey        PasskeyUse = "/account/passkey"
)

func (p Passkey) begin() string  { return string(p.Use) + "/begin" }
func (p Passkey) finish() string { return string(p.Use) + "/finish" }

// label is what the button says.
func (p Passkey) label(s Speaker) string {
	if p.Use == AddPasskey {
		return s.T("passkey.add")
	}
	return s.T("passkey.sign_in")
}

// words gives the script its words.
func (p Upload) words(s Speaker) templ.Attributes {
	a := templ.Attributes{}
	for _, w := range uploadWords {
		a["data-say-"+w.attr] = s.T(w.key)
	}
	return a
}
