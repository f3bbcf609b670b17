package opinion

import (
	"sort"
	"strings"
)

// The steps of impact, in rising order.
const (
	none = iota
	minor
	moderate
	major
)

var impacts = [...]string{"none", "minor", "moderate", "major"}

// comparison is one pair on its way to an answer. The two sides are put in the order
// of their ids first, so that no answer depends on which was named first.
type comparison struct {
	lang           string
	a, b           Stated
	nameA, nameB   string
	pair           Pair
	impact         int
	clash          leftovers
	extraDiagnosis bool
	otherSide      bool
}

// Compare puts two or more opinions side by side, every one with every other. lang is
// "en" or "es"; any other is read as "en". book answers, for the day that the input
// gives, what holds for a third opinion. It fails only on an input that Validate refuses.
func Compare(in Input, lang string, book Book) (Answer, error) {
	if err := in.Validate(); err != nil {
		return Answer{}, err
	}
	if lang != "es" {
		lang = "en"
	}
	out := Answer{Pairs: []Pair{}, Unanswered: unanswered(in)}
	sides := false
	for i := range in.Opinions {
		for j := i + 1; j < len(in.Opinions); j++ {
			c := newComparison(in.Opinions[i], in.Opinions[j], lang)
			p := c.run()
			sides = sides || c.otherSide
			if p.A != in.Opinions[i].ID {
				p = mirror(p)
			}
			out.Pairs = append(out.Pairs, p)
		}
	}
	out.ThirdOpinion, out.Findings = third(in, out.Pairs, lang, book)
	out.NextSteps = nextSteps(in, out, sides, lang)
	return out, nil
}

func newComparison(a, b Stated, lang string) *comparison {
	if b.ID < a.ID {
		a, b = b, a
	}
	c := &comparison{lang: lang, a: a, b: b}
	c.nameA, c.nameB = c.nameOf(a), c.nameOf(b)
	if c.nameA == c.nameB {
		c.nameA, c.nameB = c.nameA+" ("+a.ID+")", c.nameB+" ("+b.ID+")"
	}
	c.pair = Pair{A: a.ID, B: b.ID, Causes: []string{}, Agree: []Agreement{}, Differ: []Difference{}}
	return c
}

func (c *comparison) nameOf(o Stated) string {
	if n := strings.TrimSpace(o.By.Name); n != "" {
		return n
	}
	return c.say("doctor_of", "id", o.ID)
}

func (c *comparison) run() Pair {
	c.compareDiagnoses()
	c.compareTreatment()
	c.compareTests()
	c.compareUrgency()
	c.compareRecords()
	c.pair.Impact = impacts[c.impact]
	c.pair.Causes = c.causes()
	return c.pair
}

func mirror(p Pair) Pair {
	p.A, p.B = p.B, p.A
	differ := make([]Difference, len(p.Differ))
	for i, d := range p.Differ {
		d.A, d.B = d.B, d.A
		d.EvidenceA, d.EvidenceB = d.EvidenceB, d.EvidenceA
		d.AskA, d.AskB = d.AskB, d.AskA
		differ[i] = d
	}
	p.Differ = differ
	return p
}

func (c *comparison) raise(to int) { c.impact = max(c.impact, to) }

func (c *comparison) agree(about, text string) {
	c.pair.Agree = append(c.pair.Agree, Agreement{About: about, Text: text})
}

func (c *comparison) put(d Difference) { c.pair.Differ = append(c.pair.Differ, d) }

// differ adds a difference with the evidence that bears on it and a question for each.
func (c *comparison) differ(about, a, b, why string) {
	d := Difference{About: about, A: a, B: b, Why: why, EvidenceA: []Evidence{}, EvidenceB: []Evidence{}}
	switch about {
	case "diagnosis", "stage", "certainty", "side":
		d.EvidenceA, d.EvidenceB = tests(c.a), tests(c.b)
	}
	d.AskA = c.ask(about, c.nameB, a, b)
	d.AskB = c.ask(about, c.nameA, b, a)
	c.put(d)
}

// ask gives the question for one doctor: what the other says, and what would help.
func (c *comparison) ask(about, other, own, theirs string) string {
	silent := c.say("not_mentioned")
	key := "ask." + about
	switch {
	case theirs == silent:
		key = "ask.other_silent"
	case own == silent:
		key = "ask.own_silent"
	}
	return c.say(key, "other", other, "own", own, "theirs", theirs)
}

// askTreatment gives the questions about a difference in treatment: they name what the
// other doctor points to.
func (c *comparison) askTreatment(d Difference) (string, string) {
	one := func(other, own, theirs string, ev []Evidence) string {
		q := c.ask("treatment", other, own, theirs)
		if len(ev) > 0 {
			q += " " + c.say("ask.evidence", "other", other, "evidence", quoted(ev[:1]))
		}
		return q
	}
	return one(c.nameB, d.A, d.B, d.EvidenceB), one(c.nameA, d.B, d.A, d.EvidenceA)
}

// tests lists what an opinion points to for its diagnosis: its own evidence, else the
// tests that its options cite.
func tests(o Stated) []Evidence {
	out := []Evidence{}
	for _, d := range o.Diagnoses {
		out = append(out, d.Evidence...)
	}
	if len(out) > 0 {
		return out
	}
	for _, t := range o.Options {
		for _, e := range t.Evidence {
			if e.Kind == "test" {
				out = append(out, e)
			}
		}
	}
	return out
}

func (c *comparison) compareTests() {
	both, onlyA, onlyB := align2(c.a.Tests, c.b.Tests, sameWords)
	for _, t := range both {
		c.agree("tests", t)
	}
	if len(onlyA)+len(onlyB) > 0 {
		c.raise(minor)
		c.differ("tests", c.list(onlyA), c.list(onlyB), c.say("why.tests"))
	}
}

func (c *comparison) compareUrgency() {
	a, b := c.a.UrgencyDays, c.b.UrgencyDays
	if a == nil || b == nil {
		return
	}
	lo, hi := min(*a, *b), max(*a, *b)
	switch {
	case lo == hi:
		c.agree("urgency", c.days(lo))
	case hi-lo >= 7 && hi >= 2*lo:
		c.raise(minor)
		if hi >= 4*lo && hi-lo >= 14 {
			c.raise(moderate)
		}
		c.differ("urgency", c.days(*a), c.days(*b), c.say("why.urgency"))
	default:
		c.agree("urgency", c.say("days.between", "lo", itoa(lo), "hi", itoa(hi)))
	}
}

func (c *comparison) days(n int) string {
	if n == 1 {
		return c.say("days.one")
	}
	return c.say("days", "n", itoa(n))
}

// compareRecords compares what each doctor read. A record that both read is an
// agreement; one that only one names is a difference only where both name any.
func (c *comparison) compareRecords() {
	both, onlyA, onlyB := align2(c.a.ReliedOn, c.b.ReliedOn, sameRecord)
	for _, t := range both {
		c.agree("records", t)
	}
	if len(c.a.ReliedOn) > 0 && len(c.b.ReliedOn) > 0 && len(onlyA)+len(onlyB) > 0 {
		c.differ("records", c.list(onlyA), c.list(onlyB), c.say("why.records"))
	}
}

// align2 pairs two lists of texts: what both hold (in the fuller wording), and what
// only one does, each in the order of its own list.
func align2(a, b []string, eq func(a, b string) bool) (both, onlyA, onlyB []string) {
	used := make([]bool, len(b))
	for _, x := range a {
		found := false
		for j, y := range b {
			if !used[j] && eq(x, y) {
				used[j], found = true, true
				both = append(both, firstOf(x, y))
				break
			}
		}
		if !found {
			onlyA = append(onlyA, x)
		}
	}
	for j, y := range b {
		if !used[j] {
			onlyB = append(onlyB, y)
		}
	}
	sort.Strings(both)
	return both, onlyA, onlyB
}

func sameWords(a, b string) bool { return equalSets(meaning(a), meaning(b)) }

// sameRecord tells whether two lines mean one record: the same words, and the same
// date where both give one.
func sameRecord(a, b string) bool {
	ta, da := undated(a)
	tb, db := undated(b)
	return equalSets(meaning(ta), meaning(tb)) && (da == "" || db == "" || da == db)
}

// undated takes an ISO date out of a line.
func undated(s string) (text, date string) {
	for _, f := range strings.Fields(s) {
		t := strings.Trim(f, ".,;()[]")
		if len(t) == 10 && t[4] == '-' && t[7] == '-' {
			return strings.Replace(s, t, "", 1), t
		}
	}
	return s, ""
}
