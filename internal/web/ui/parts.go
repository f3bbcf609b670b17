package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"consilium/internal/finding"
)

// Tone is how a notice speaks.
type Tone string

// The tones. An emergency stands out from everything else and is read out at once.
const (
	Info      Tone = "info"
	Success   Tone = "success"
	Warning   Tone = "warning"
	Emergency Tone = "emergency"
	Wrong     Tone = "error"
)

// Notice is a message in a coloured box. Title may be empty: the tone's own words
// ("Please note") then stand there. Links follow the text.
type Notice struct {
	Tone  Tone
	Title string
	Text  string
	Links []Link
}

// title is the notice's own or its tone's.
func (n Notice) title(s Speaker) string {
	if n.Title != "" {
		return n.Title
	}
	return s.T("notice." + string(n.tone()))
}

// tone is Info when none was given.
func (n Notice) tone() Tone {
	if n.Tone == "" {
		return Info
	}
	return n.Tone
}

// role tells a screen reader how urgent the notice is.
func (n Notice) role() string {
	switch n.tone() {
	case Emergency, Wrong:
		return "alert"
	case Success:
		return "status"
	}
	return ""
}

// Head is the top of a step's page: "Step 3 of 9", the title, one leading sentence.
type Head struct {
	Step  int // from 1; 0 leaves the line out
	Total int
	Title string
	Lead  string
}

// Reason explains one finding. Who can confirm it is in words ("your plan"); when
// empty, general words stand there for an unverified rule.
type Reason struct {
	Finding finding.Finding
	Who     string
}

// verified tells whether the rule's source was read by us.
func (r Reason) verified() bool { return r.Finding.Confidence == finding.Verified }

// confirm says who can confirm the finding.
func (r Reason) confirm(s Speaker) string {
	if r.Who != "" {
		return s.T("why.confirm", "who", r.Who)
	}
	return s.T("why.confirm_plain")
}

// Fact is one row of a summary: what was asked, what was answered, and where to
// change it (empty for no link).
type Fact struct {
	Label  string
	Value  string
	Change string
}

// Table is rows under headings. On a phone each row becomes a small card in which
// every cell carries its heading. The first cell of a row names the row.
type Table struct {
	Title string
	Heads []string
	Rows  [][]Cell
}

// Cell is one cell: text, where the text leads, or a part of its own.
type Cell struct {
	Text string
	Href string
	Part templ.Component // instead of Text
}

// head is the heading of a column.
func (t Table) head(i int) string {
	if i < len(t.Heads) {
		return t.Heads[i]
	}
	return ""
}

// Difference is one field that a stale save and the saved version do not share.
type Difference struct {
	Label string
	Saved string
	Yours string
}

// Progress is how far a long task is. Total 0 means that nobody knows yet.
type Progress struct {
	Label string
	Done  int64
	Total int64
	Text  string // "3 of 12 files"
}

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

// Tick is a mark of the drawn line: X from 0 to 1000.
type tick struct {
	X     int
	Kind  string
	Label string
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
// it. With fewer than three dates there is nothing to draw.
func (t Timeline) drawing() (marks, years []tick) {
	es := t.sorted()
	var ts []time.Time
	var kinds []string
	for _, e := range es {
		if w, ok := e.when(); ok {
			ts, kinds = append(ts, w), append(kinds, e.Kind)
		}
	}
	if len(ts) < 3 {
		return nil, nil
	}
	first, last := slices.MinFunc(ts, time.Time.Compare), slices.MaxFunc(ts, time.Time.Compare)
	span := last.Sub(first)
	if span <= 0 {
		return nil, nil
	}
	at := func(w time.Time) int { return 20 + int(960*w.Sub(first).Hours()/span.Hours()) }
	for i, w := range ts {
		marks = append(marks, tick{X: at(w), Kind: kinds[i]})
	}
	step := (last.Year()-first.Year())/6 + 1
	for y := first.Year() + 1; y <= last.Year(); y += step {
		years = append(years, tick{X: at(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)), Label: strconv.Itoa(y)})
	}
	return marks, years
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

// Empty stands where there is nothing yet: what will be here, and how to begin.
type Empty struct {
	Title string
	Text  string
	Links []Link
}

// Step is the one thing to do next.
type Step struct {
	Label string // above the title; the usual words when empty
	Title string
	Text  string
	Link  Link
}

// Due is something with a date. State is "overdue", "soon" or "".
type Due struct {
	Date  string
	Title string
	Href  string
	State string
}

// Card is a small box that leads somewhere or says one thing.
type Card struct {
	Title string
	Text  string
	Href  string
	Tag   string // a short state: "Done"
}

// conflictTable sets what is saved beside what was typed.
func conflictTable(s Speaker, ds []Difference) Table {
	t := Table{Title: s.T("conflict.title"), Heads: []string{s.T("conflict.field"), s.T("conflict.saved"), s.T("conflict.yours")}}
	or := func(v string) Cell {
		if v == "" {
			v = s.T("not_said")
		}
		return Cell{Text: v}
	}
	for _, d := range ds {
		t.Rows = append(t.Rows, []Cell{{Text: d.Label}, or(d.Saved), or(d.Yours)})
	}
	return t
}

// itoa64 writes a count or a size.
func itoa64(n int64) string { return strconv.FormatInt(n, 10) }
