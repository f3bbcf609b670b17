package ui

import (
	"strconv"

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
	Date  string // YYYY-MM-DD
	Left  string // how long it is until then: "in 12 days"; the state's usual words when empty
	Title string
	About string // which of several it is: "Dr. Osei"
	Href  string
	State string
	Note  string // what to do about it, when it needs saying
}

// tag is what the mark beside the date says.
func (d Due) tag(s Speaker) string {
	switch {
	case d.Left != "":
		return d.Left
	case d.State == "overdue":
		return s.T("state.overdue")
	case d.State == "soon":
		return s.T("state.due_soon")
	}
	return ""
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
