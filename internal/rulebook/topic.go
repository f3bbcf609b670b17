package rulebook

import (
	"strings"
	"sync"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// topic is one folder: its declared facts, its named terms and its rows.
type topic struct {
	name    string
	file    string
	facts   map[string]*fact
	order   []string // facts as declared
	sets    map[string][]string
	confirm map[string]text // who can confirm an unverified rule: how to say so
	terms   []*term
	rows    []*Row
	faulty  []string // rules whose row is wrong, and left out
	unread  bool     // the file could not be read at all

	once     sync.Once
	problems []Problem
	env      *environment
}

// fact is a thing that a condition may speak of.
type fact struct {
	kind  string // yes_no, number, text (compared as it is), words (as a person types), choice, choices, state
	of    []string
	about string
	line  int
}

// term is a name for a condition that several rows share: is.cancer.
type term struct {
	name string
	when condition
}

// text is a sentence in each language.
type text map[string]string

// Languages are those that every sentence of a row must have.
var Languages = []string{"en", "es"}

func (t text) in(lang string) string {
	if s, ok := t[lang]; ok {
		return s
	}
	return t["en"]
}

// Row is one version of one rule.
type Row struct {
	ID         string
	Version    int
	When       string
	Effect     string
	Sets       map[string]string
	Numbers    map[string]int
	Words      map[string]text
	Items      []text
	Table      []tableLine
	From       contract.Date
	Until      contract.Date // last day; zero means no end is known
	Citation   string
	Source     string // key of a line of sources.md
	Confidence finding.Confidence
	Status     string // active or retired
	Confirm    string // who can confirm it, when it is unverified
	Reason     text

	topic string
	file  string
	line  int
	lines map[string]int // where each part stands: "when", "numbers/days", "table/0/when"
	cond  condition
}

// at gives the line of a part of the row, or of the row itself.
func (r *Row) at(part string) int {
	if n, ok := r.lines[part]; ok {
		return n
	}
	return r.line
}

// tableLine is one case of a row that says different numbers for different facts:
// the first line whose condition holds is the one that counts.
type tableLine struct {
	When    string
	Numbers map[string]int
	Sets    map[string]string
	Words   map[string]text
	cond    condition
}

// inForce tells whether the row is the law on a day. An unknown day has all rows.
func (r *Row) inForce(on contract.Date) bool {
	if r.Status == "retired" {
		return false
	}
	if on.IsZero() {
		return r.Until.IsZero()
	}
	return !(!r.From.IsZero() && on.Before(r.From)) && !(!r.Until.IsZero() && on.After(r.Until))
}

func (t *topic) judge(facts map[string]any, on contract.Date, lang string) finding.Verdict {
	t.compile()
	var v finding.Verdict
	if t.env == nil {
		return v
	}
	given := t.env.prepare(t, facts, t.terms)
	for i, holds := range holding(t.rows, on) {
		if !holds {
			continue
		}
		o := t.rows[i].outcome(t, given, lang)
		o.addTo(&v)
	}
	return v
}

// holding tells which rows are the law on a day: of each rule the newest version in
// force.
func holding(rows []*Row, on contract.Date) []bool {
	newest := make(map[string]int, len(rows))
	for _, r := range rows {
		if r.inForce(on) && r.Version > newest[r.ID] {
			newest[r.ID] = r.Version
		}
	}
	out := make([]bool, len(rows))
	for i, r := range rows {
		out[i] = r.Version == newest[r.ID] && r.inForce(on)
	}
	return out
}

// outcome is what one row says of some facts: it applied, it is open, or neither.
type outcome struct {
	answer answer
	fired  finding.Fired
	open   finding.Undecided
}

func (o outcome) addTo(v *finding.Verdict) {
	switch o.answer {
	case yes:
		v.Fired = append(v.Fired, o.fired)
	case unknown:
		v.Undecided = append(v.Undecided, o.open)
	}
}

// outcome asks the row. A row whose condition could not be understood says nothing.
func (r *Row) outcome(t *topic, given *given, lang string) outcome {
	if r.cond.program == nil {
		return outcome{}
	}
	switch answer, missing := r.cond.eval(given); answer {
	case yes:
		if fired, ok := r.fire(t, given, lang); ok {
			return outcome{answer: yes, fired: fired}
		}
		return outcome{answer: unknown, open: finding.Undecided{Rule: r.ID, Kind: r.Effect}}
	case unknown:
		return outcome{answer: unknown, open: finding.Undecided{Rule: r.ID, Kind: r.Effect, Missing: missing}}
	}
	return outcome{}
}

// fire fills the row's sentence and data. A row with a table none of whose lines
// holds says nothing.
func (r *Row) fire(t *topic, given *given, lang string) (finding.Fired, bool) {
	f := finding.Fired{Kind: r.Effect, Decides: r.Confidence == finding.Verified, Sets: r.Sets, Numbers: r.Numbers}
	words := r.Words
	if len(r.Table) > 0 {
		line := r.line0(given)
		if line == nil {
			return f, false
		}
		f.Sets, f.Numbers, words = merge(f.Sets, line.Sets), merge(f.Numbers, line.Numbers), merge(words, line.Words)
	}
	if len(words) > 0 {
		f.Words = map[string]string{}
		for k, w := range words {
			f.Words[k] = fill(w.in(lang), f)
		}
	}
	for _, item := range r.Items {
		f.Items = append(f.Items, fill(item.in(lang), f))
	}
	f.Finding = finding.Finding{
		Rule: r.ID, Version: r.Version, Effect: r.Effect, Citation: r.Citation,
		Confidence: r.Confidence, From: r.From.String(), Reason: fill(r.Reason.in(lang), f),
	}
	if !f.Decides {
		f.Effect = "check"
		f.Reason = t.confirm[r.Confirm].in(lang) + ": " + f.Reason
	}
	return f, true
}

func (r *Row) line0(given *given) *tableLine {
	for i := range r.Table {
		if a, _ := r.Table[i].cond.eval(given); a == yes {
			return &r.Table[i]
		}
	}
	return nil
}

func merge[V any](a, b map[string]V) map[string]V {
	if len(b) == 0 {
		return a
	}
	out := make(map[string]V, len(a)+len(b))
	for k, v := range a {
		out[k] = v
	}
	for k, v := range b {
		out[k] = v
	}
	return out
}

// fill puts the row's own numbers, settings and words in place of {name}.
func fill(s string, f finding.Fired) string {
	if !strings.Contains(s, "{") {
		return s
	}
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '{')
		end := strings.IndexByte(s, '}')
		if open < 0 || end < open {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:open])
		b.WriteString(valueOf(s[open+1:end], f))
		s = s[end+1:]
	}
}
