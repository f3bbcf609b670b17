package rulebook

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Mutations is how well the worked cases hold the rules: each number and each
// operator of every active row, of every line of its table and of every named term is
// made wrong in turn, from and until are moved by a day, and each setting is given
// another value. Some case has to come out otherwise than expected.
type Mutations struct {
	Tried  int      `json:"tried"`
	Missed []Missed `json:"missed"`
}

// Missed is a mistake that no case would notice.
type Missed struct {
	Problem
	Topic string `json:"topic"`
	Rule  string `json:"rule"` // the rule, or the term as is.name
	Kind  string `json:"kind"` // number, condition, date or setting
}

// Mutate tries every mistake in every topic. The book's own cases must come out as
// expected before it means anything.
//
// Only two kinds of change are left out, since they change nothing that anybody
// could see: a from or until that moves past a day on which the same version is the
// law before and after (a newer version hides it), and the phrases of says(...), which
// are a vocabulary and neither number nor operator.
func (b *Book) Mutate(only ...string) Mutations {
	m := Mutations{Missed: []Missed{}}
	for _, name := range b.Topics() {
		if len(only) > 0 && !slices.Contains(only, name) {
			continue
		}
		t := b.topics[name]
		t.compile()
		if t.env == nil {
			continue
		}
		cases, _ := b.cases(t)
		bench := &mutation{t: t, report: &m}
		for _, c := range cases {
			bench.cases = append(bench.cases, bench.prepare(c))
		}
		for i, r := range t.rows {
			if r.Status == "active" {
				bench.row(i, r)
			}
		}
		for i, d := range t.terms {
			bench.term(i, d)
		}
	}
	return m
}

// mutation tries the mistakes of one topic on its cases.
type mutation struct {
	t      *topic
	cases  []*trial
	report *Mutations
}

// trial is a case with what every row says of it as the rules stand.
type trial struct {
	Case
	given    *given
	holds    []bool
	outcomes []outcome
	failed   map[string]bool // expectations that are not met even so
	named    map[string]bool // rules that the case expects something of
}

func (m *mutation) prepare(c Case) *trial {
	x := &trial{Case: c, given: m.t.env.prepare(m.t, c.facts, m.t.terms), holds: holding(m.t.rows, c.on), failed: map[string]bool{}, named: map[string]bool{}}
	for _, id := range c.expect.named() {
		id, _, _ = strings.Cut(id, "@")
		x.named[id] = true
	}
	x.outcomes = make([]outcome, len(m.t.rows))
	for i, r := range m.t.rows {
		if x.holds[i] {
			x.outcomes[i] = r.outcome(m.t, x.given, "en")
		}
	}
	x.compare(verdict(x.outcomes), func(f string, args ...any) { x.failed[fmt.Sprintf(f, args...)] = true })
	return x
}

func verdict(outcomes []outcome) finding.Verdict {
	var v finding.Verdict
	for _, o := range outcomes {
		o.addTo(&v)
	}
	return v
}

// notices tells whether the case comes out otherwise than expected when the rows say
// something else.
func (x *trial) notices(outcomes []outcome) bool {
	seen := false
	x.compare(verdict(outcomes), func(f string, args ...any) { seen = seen || !x.failed[fmt.Sprintf(f, args...)] })
	return seen
}

func (m *mutation) count(r Missed, caught bool) {
	m.report.Tried++
	if !caught {
		r.Topic = m.t.name
		m.report.Missed = append(m.report.Missed, r)
	}
}

// rowIs tries row i in a changed form on every case.
func (m *mutation) rowIs(i int, wrong *Row) bool {
	return slices.ContainsFunc(m.cases, func(x *trial) bool {
		if !x.holds[i] || !x.named[wrong.ID] && len(x.expect.Sets) == 0 {
			return false
		}
		o := wrong.outcome(m.t, x.given, "en")
		if same(o, x.outcomes[i]) {
			return false
		}
		was := x.outcomes[i]
		x.outcomes[i] = o
		noticed := x.notices(x.outcomes)
		x.outcomes[i] = was
		return noticed
	})
}

func same(a, b outcome) bool {
	return a.answer == b.answer && maps.Equal(a.fired.Numbers, b.fired.Numbers) && maps.Equal(a.fired.Sets, b.fired.Sets)
}

func (m *mutation) row(i int, r *Row) {
	missed := func(part, kind, change, remedy string) Missed {
		return Missed{Problem{r.file, r.at(part), fmt.Sprintf("rule %s: %s, and every case still comes out", r.ID, change), remedy}, m.t.name, r.ID, kind}
	}
	m.days(i, r, missed)
	for _, w := range mutants(r.When, m.yesNo) {
		if cond, ok := m.ready(w.text); ok {
			wrong := *r
			wrong.cond = cond
			m.count(missed("when", "condition", w.change, caseWith(w.hint, "the rule in fires or in not")), m.rowIs(i, &wrong))
		}
	}
	m.values(r.Numbers, r.Sets, "", missed, func(numbers map[string]int, sets map[string]string) bool {
		wrong := *r
		wrong.Numbers, wrong.Sets = numbers, sets
		return m.rowIs(i, &wrong)
	})
	for n, line := range r.Table {
		table := func(l tableLine) bool {
			wrong := *r
			wrong.Table = slices.Clone(r.Table)
			wrong.Table[n] = l
			return m.rowIs(i, &wrong)
		}
		at := fmt.Sprintf("table/%d/", n)
		for _, w := range mutants(line.When, m.yesNo) {
			if cond, ok := m.ready(w.text); ok {
				l := line
				l.cond = cond
				m.count(missed(at+"when", "condition", w.change, caseWith(w.hint, "what this line gives in numbers or sets_by")), table(l))
			}
		}
		m.values(line.Numbers, line.Sets, at, missed, func(numbers map[string]int, sets map[string]string) bool {
			l := line
			l.Numbers, l.Sets = numbers, sets
			return table(l)
		})
	}
}

// caseWith says what to write. A hint that already tells where the rule goes stands
// alone.
func caseWith(hint, expects string) string {
	switch {
	case hint == "":
		return "add a case that settles it, with " + expects + "; if none can, this part of the condition changes nothing: take it out"
	case strings.Contains(hint, "the rule in"):
		return "add a case " + hint
	}
	return "add a case " + hint + ", with " + expects
}

// values changes each number by one, both ways, and gives each setting another value.
func (m *mutation) values(numbers map[string]int, sets map[string]string, at string, missed func(part, kind, change, remedy string) Missed, caught func(map[string]int, map[string]string) bool) {
	for _, k := range keys(numbers) {
		for _, by := range []int{1, -1} {
			wrong := maps.Clone(numbers)
			wrong[k] += by
			r := missed(at+"numbers/"+k, "number", fmt.Sprintf("%s %d became %d", k, numbers[k], wrong[k]), "")
			r.Remedy = fmt.Sprintf("in a case where it applies add \"numbers\": {%q: {%q: %d}}", r.Rule, k, numbers[k])
			m.count(r, caught(wrong, sets))
		}
	}
	for _, k := range keys(sets) {
		wrong := maps.Clone(sets)
		wrong[k] = otherValue(sets[k], m.t.sets[k])
		r := missed(at+"sets/"+k, "setting", fmt.Sprintf("%s %q became %q", k, sets[k], wrong[k]), "")
		r.Remedy = fmt.Sprintf("in a case where it applies add \"sets_by\": {%q: {%q: %q}}", r.Rule, k, sets[k])
		m.count(r, caught(numbers, wrong))
	}
}

// otherValue gives a wrong value of a setting: the next declared one, or one more.
func otherValue(v string, declared []string) string {
	if i := slices.Index(declared, v); i >= 0 && len(declared) > 1 {
		return declared[(i+1)%len(declared)]
	}
	if n, err := strconv.Atoi(v); err == nil {
		return strconv.Itoa(n + 1)
	}
	return v + "?"
}

// days moves from and until by a day, both ways. One day is then under another
// version than before, or under none; a case of that day has to notice.
func (m *mutation) days(i int, r *Row, missed func(part, kind, change, remedy string) Missed) {
	for _, d := range []struct {
		part string
		day  contract.Date
		by   int
	}{{"from", r.From, 1}, {"from", r.From, -1}, {"until", r.Until, 1}, {"until", r.Until, -1}} {
		if d.day.IsZero() {
			continue
		}
		wrong, moved := *r, d.day.AddDays(d.by)
		on := d.day // the day that changes hands
		if d.part == "from" {
			wrong.From = moved
		} else {
			wrong.Until = moved
		}
		verdict := "fires"
		if d.part == "from" && d.by < 0 || d.part == "until" && d.by > 0 {
			on, verdict = moved, "not"
		}
		rows := slices.Clone(m.t.rows)
		rows[i] = &wrong
		after := holding(rows, on)
		if slices.Equal(holding(m.t.rows, on), after) {
			continue // a newer version hides it
		}
		caught := slices.ContainsFunc(m.cases, func(x *trial) bool {
			if x.on != on {
				return false
			}
			outcomes := make([]outcome, len(rows))
			for n := range rows {
				if after[n] {
					outcomes[n] = rows[n].outcome(m.t, x.given, "en")
				}
			}
			return x.notices(outcomes)
		})
		m.count(missed(d.part, "date", fmt.Sprintf("%s %s became %s", d.part, d.day, moved),
			fmt.Sprintf("add a case on %s with %s@%d in %s", on, r.ID, r.Version, verdict)), caught)
	}
}

// term tries the mistakes of a named term on every case where it then says something
// else.
func (m *mutation) term(i int, d *term) {
	name := "is." + d.name
	for _, w := range mutants(d.when.text, m.yesNo) {
		cond, ok := m.ready(w.text)
		if !ok {
			continue
		}
		terms := slices.Clone(m.t.terms)
		terms[i] = &term{name: d.name, when: cond}
		caught := slices.ContainsFunc(m.cases, func(x *trial) bool {
			was, _ := d.when.eval(x.given)
			if is, _ := cond.eval(x.given); is == was {
				return false
			}
			given := m.t.env.prepare(m.t, x.facts, terms)
			outcomes := make([]outcome, len(m.t.rows))
			for n, r := range m.t.rows {
				if x.holds[n] {
					outcomes[n] = r.outcome(m.t, given, "en")
				}
			}
			return x.notices(outcomes)
		})
		m.count(Missed{Problem{m.t.file, m.t.lineOf(d), fmt.Sprintf("term %s: %s, and every case still comes out", name, w.change), caseWith(w.hint, "a rule that uses "+name+" in fires or in not")}, m.t.name, name, "condition"}, caught)
	}
}

func (m *mutation) yesNo(name string) bool {
	f := m.t.facts[strings.TrimPrefix(name, "known.")]
	return f != nil && (f.kind == "yes_no" || strings.HasPrefix(name, "known."))
}

// ready compiles a changed condition. One that the language refuses is noticed by
// everybody.
func (m *mutation) ready(text string) (condition, bool) {
	checked, issues := m.t.env.understand(text)
	if issues != nil {
		return condition{}, false
	}
	program, err := m.t.env.program(checked)
	return condition{text, program}, err == nil
}
