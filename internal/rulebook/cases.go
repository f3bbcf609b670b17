package rulebook

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Case is a worked example: facts of one person on one day, and which rules must
// and must not apply to them.
type Case struct {
	Topic string `json:"topic"`
	Name  string `json:"name"`
	Why   string `json:"why"`

	on     contract.Date
	facts  map[string]any
	expect expectation
}

type caseFacts struct {
	On    string         `json:"on"`
	Facts map[string]any `json:"facts"`
}

// expectation lists rule ids, "MED-01" or with the version "FIG-01@2".
type expectation struct {
	Fires     []string                     `json:"fires"`
	Not       []string                     `json:"not"`
	Undecided []string                     `json:"undecided"` // must neither apply nor be ruled out
	Checks    []string                     `json:"checks"`    // must apply as "check this, and with whom"
	Sets      map[string]string            `json:"sets"`      // the last value that a deciding rule sets
	SetsBy    map[string]map[string]string `json:"sets_by"`   // what one rule sets, also one that only says "check this"
	Numbers   map[string]map[string]int    `json:"numbers"`   // what one rule gives, the line of its table included
}

// named lists every rule id that the expectation speaks of.
func (e expectation) named() []string {
	return slices.Concat(e.Fires, e.Not, e.Undecided, e.Checks, keys(e.Numbers), keys(e.SetsBy))
}

// cases reads every worked case of a topic.
func (b *Book) cases(t *topic) ([]Case, []Problem) {
	var out []Case
	var problems []Problem
	dir := path.Join(path.Dir(t.file), "cases")
	entries, _ := fs.ReadDir(b.files, dir)
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		c := Case{Topic: t.name, Name: e.Name()}
		at := path.Join(dir, e.Name())
		bad := func(file, word, message, remedy string) {
			file = path.Join(at, file)
			problems = append(problems, Problem{file, lineWith(b.files, file, word), message, remedy})
		}
		var facts caseFacts
		if p := readJSON(b.files, path.Join(at, "facts.json"), &facts, `{"on": "2026-11-22", "facts": {"plan.kind": "hmo"}}`); p != nil {
			problems = append(problems, *p)
			continue
		}
		if p := readJSON(b.files, path.Join(at, "expect.json"), &c.expect, `{"fires": ["RULE-1"], "not": ["RULE-2"]}`); p != nil {
			problems = append(problems, *p)
			continue
		}
		why, err := fs.ReadFile(b.files, path.Join(at, "why.md"))
		if err != nil || len(bytes.TrimSpace(why)) == 0 {
			bad("why.md", "", "the case does not say why", "write one or two sentences into it: what is special about these facts")
		}
		c.Why = strings.TrimSpace(string(why))
		if c.on, err = contract.ParseDate(facts.On); err != nil {
			bad("facts.json", "on", fmt.Sprintf("on: %q: %s", facts.On, err), `write the day of the case: "on": "2026-11-22"`)
		}
		c.facts = facts.Facts
		for _, p := range t.misnamed(c.facts) {
			bad("facts.json", p.File, p.Message, p.Remedy)
		}
		for _, p := range t.misexpected(c.expect) {
			bad("expect.json", p.File, p.Message, p.Remedy)
		}
		out = append(out, c)
	}
	return out, problems
}

// misnamed finds facts that are not declared or whose value their kind cannot have.
// Each problem has the word that it is about in place of the file.
func (t *topic) misnamed(facts map[string]any) []Problem {
	var out []Problem
	for _, name := range keys(facts) {
		f, ok := t.facts[name]
		if !ok || strings.HasPrefix(name, "is.") {
			p := Problem{File: name, Message: "fact " + name + " is not declared", Remedy: "write one of the facts at the top of " + t.file + ", or declare it there"}
			if near := contract.Nearest(name, t.order); near != "" {
				p.Remedy = "write " + near
			}
			out = append(out, p)
			continue
		}
		v, ok := clean(facts[name], f)
		if !ok {
			out = append(out, Problem{File: name, Message: fmt.Sprintf("fact %s is not %s", name, kindNames[f.kind]), Remedy: "write " + kindExamples[f.kind] + "; leave the fact out when it is unknown"})
		}
		given, _ := v.([]string)
		if s, isText := v.(string); isText {
			given = []string{s}
		}
		for _, s := range given {
			if ok && f.of != nil && !slices.Contains(f.of, s) {
				p := Problem{File: name, Message: fmt.Sprintf("fact %s is never %q", name, s), Remedy: "write one of " + strings.Join(f.of, ", ")}
				if near := nearest(s, f.of); near != "" {
					p.Remedy = "write " + near
				}
				out = append(out, p)
			}
		}
	}
	return out
}

// kindNames and kindExamples say in plain words what a fact of a kind looks like.
var (
	kindNames = map[string]string{
		"yes_no": "yes or no", "number": "a whole number", "text": "a text", "words": "a text",
		"choice": "one of its values", "choices": "a list of its values", "state": "a state",
	}
	kindExamples = map[string]string{
		"yes_no": "true or false, without quotes", "number": "digits without quotes", "text": "a text in double quotes", "words": "a text in double quotes",
		"choice": "one value in double quotes", "choices": `a list such as ["one", "two"]`, "state": `two capital letters such as "CA"`,
	}
)

// misexpected finds rules, numbers and settings that no row has.
func (t *topic) misexpected(e expectation) []Problem {
	var out []Problem
	missing := func(word, what string, known []string) {
		p := Problem{File: word, Message: "there is no " + what, Remedy: "write one of " + strings.Join(known, ", ")}
		if len(known) == 0 {
			p.Remedy = "take it out"
		}
		out = append(out, p)
	}
	for _, id := range e.named() {
		name, _, _ := strings.Cut(id, "@")
		if len(t.versions(id)) == 0 && !slices.Contains(t.faulty, name) {
			p := Problem{File: id, Message: "there is no rule " + id, Remedy: "write an id of " + t.file}
			if near := contract.Nearest(id, t.ids()); near != "" {
				p.Remedy = "write " + near
			}
			out = append(out, p)
		}
	}
	for _, id := range keys(e.Numbers) {
		known := map[string]bool{}
		for _, r := range t.versions(id) {
			for _, name := range r.numberNames() {
				known[name] = true
			}
		}
		for _, name := range keys(e.Numbers[id]) {
			if !known[name] && len(known) > 0 {
				missing(name, "number "+name+" in rule "+id, keys(known))
			}
		}
	}
	for _, id := range keys(e.SetsBy) {
		for _, name := range keys(e.SetsBy[id]) {
			if _, ok := t.sets[name]; !ok {
				missing(name, "setting "+name, keys(t.sets))
			}
		}
	}
	return out
}

// versions gives the rows of a rule: "FIG-01" all of them, "FIG-01@2" that one.
func (t *topic) versions(id string) []*Row {
	id, version, one := strings.Cut(id, "@")
	var out []*Row
	for _, r := range t.rows {
		if r.ID == id && (!one || version == strconv.Itoa(r.Version)) {
			out = append(out, r)
		}
	}
	return out
}

func (t *topic) ids() []string {
	var out []string
	for _, r := range t.rows {
		out = append(out, r.ID)
	}
	return out
}

func (r *Row) numberNames() []string {
	out := keys(r.Numbers)
	for _, l := range r.Table {
		out = append(out, keys(l.Numbers)...)
	}
	return out
}

// Failure is a worked case whose answer is not the expected one.
type Failure struct {
	Topic   string `json:"topic"`
	Case    string `json:"case"`
	Message string `json:"message"`
}

// Report is the outcome of running every worked case.
type Report struct {
	Topics   int       `json:"topics"`
	Rules    int       `json:"rules"` // rows, each version counted
	Cases    int       `json:"cases"`
	Checks   int       `json:"checks"` // single expectations that were compared
	Failures []Failure `json:"failures"`
	Problems []Problem `json:"problems"` // cases that could not be run
}

// OK tells whether every case came out as expected.
func (r Report) OK() bool { return len(r.Failures) == 0 && len(r.Problems) == 0 }

// Test runs every worked case of every topic, or of those named. Beyond what a case expects, it takes
// away each fact in turn: a rule that does not ask whether something is known may
// fall silent then, but none may begin to apply.
func (b *Book) Test(only ...string) Report {
	r := Report{Failures: []Failure{}, Problems: append([]Problem{}, b.problems...)}
	r.Problems = append(r.Problems, b.Compile()...)
	for _, name := range b.Topics() {
		if len(only) > 0 && !slices.Contains(only, name) {
			continue
		}
		t := b.topics[name]
		cases, problems := b.cases(t)
		r.Topics++
		r.Rules += len(t.rows)
		r.Cases += len(cases)
		r.Problems = append(r.Problems, problems...)
		for _, c := range cases {
			fail := func(format string, args ...any) {
				r.Failures = append(r.Failures, Failure{t.name, c.Name, fmt.Sprintf(format, args...)})
			}
			v := t.judge(c.facts, c.on, "en")
			r.Checks += c.compare(v, fail)
			r.Checks += t.withoutEach(c, v, fail)
		}
		if fired := t.judge(nil, contract.Date{}, "en").Fired; len(fired) > 0 {
			for _, f := range fired {
				if !t.always(f.Rule) {
					r.Failures = append(r.Failures, Failure{t.name, "", f.Rule + " applies although nothing is known"})
				}
			}
		}
	}
	return r
}

// compare gives how many single expectations were compared.
func (c Case) compare(v finding.Verdict, fail func(string, ...any)) int {
	fired, open, sets := map[string]finding.Fired{}, map[string]bool{}, map[string]string{}
	for _, f := range v.Fired {
		fired[f.Rule], fired[fmt.Sprintf("%s@%d", f.Rule, f.Version)] = f, f
		if !f.Decides {
			continue
		}
		for k, s := range f.Sets {
			sets[k] = s
		}
	}
	for _, u := range v.Undecided {
		open[u.Rule] = true
	}
	done := len(c.expect.Fires) + len(c.expect.Not) + len(c.expect.Undecided) + len(c.expect.Checks) + len(c.expect.Sets)
	for _, id := range c.expect.Fires {
		if _, ok := fired[id]; !ok {
			fail("%s must apply and does not", id)
		}
	}
	for _, id := range c.expect.Not {
		if _, ok := fired[id]; ok {
			fail("%s must not apply and does", id)
		}
	}
	for _, id := range c.expect.Undecided {
		if !open[id] {
			fail("%s must be left open and is not", id)
		}
	}
	for _, id := range c.expect.Checks {
		if f, ok := fired[id]; !ok || f.Decides {
			fail("%s must say: check this, and with whom", id)
		}
	}
	for _, k := range keys(c.expect.Sets) {
		if sets[k] != c.expect.Sets[k] {
			fail("%s is %q, not %q", k, sets[k], c.expect.Sets[k])
		}
	}
	for _, id := range keys(c.expect.SetsBy) {
		done += len(c.expect.SetsBy[id])
		for _, k := range keys(c.expect.SetsBy[id]) {
			if got, want := fired[id].Sets[k], c.expect.SetsBy[id][k]; got != want {
				fail("%s sets %s to %q, not %q", id, k, got, want)
			}
		}
	}
	for _, id := range keys(c.expect.Numbers) {
		done += len(c.expect.Numbers[id])
		for _, k := range keys(c.expect.Numbers[id]) {
			want := c.expect.Numbers[id][k]
			if got, ok := fired[id].Numbers[k]; !ok {
				fail("%s gives no %s, which must be %d", id, k, want)
			} else if got != want {
				fail("%s gives %s as %d, not %d", id, k, got, want)
			}
		}
	}
	return done
}

func (t *topic) withoutEach(c Case, full finding.Verdict, fail func(string, ...any)) int {
	fired := map[string]bool{}
	for _, f := range full.Fired {
		fired[f.Rule] = true
	}
	for _, name := range keys(c.facts) {
		less := map[string]any{}
		for k, v := range c.facts {
			if k != name {
				less[k] = v
			}
		}
		for _, f := range t.judge(less, c.on, "en").Fired {
			if !fired[f.Rule] && !t.asksKnown(f.Rule) {
				fail("%s begins to apply when %s is unknown", f.Rule, name)
			}
		}
	}
	return len(c.facts)
}

// asksKnown tells whether a rule, or a term it uses, speaks of what is known.
func (t *topic) asksKnown(id string) bool {
	var says func(string) bool
	says = func(s string) bool {
		if strings.Contains(s, "known.") {
			return true
		}
		for _, d := range t.terms {
			if strings.Contains(s, "is."+d.name) && s != d.when.text && says(d.when.text) {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(t.rows, func(r *Row) bool { return r.ID == id && says(r.When) })
}

// always tells whether a rule is meant for everyone: its condition is `true`, or
// it asks what is known.
func (t *topic) always(id string) bool {
	return t.asksKnown(id) || slices.ContainsFunc(t.rows, func(r *Row) bool { return r.ID == id && r.When == "true" })
}
