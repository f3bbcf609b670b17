package rulebook

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/finding"

	"go.yaml.in/yaml/v3"
)

// reader turns one rules.yaml into a topic and notes each problem with its line.
type reader struct {
	t        *topic
	file     string
	problems []Problem
}

func readTopic(file string, body []byte) (*topic, []Problem) {
	t := &topic{name: strings.SplitN(file, "/", 2)[0], file: file, facts: map[string]*fact{}, sets: map[string][]string{}, confirm: map[string]text{}}
	r := &reader{t: t, file: file}
	var doc yaml.Node
	if err := yaml.Unmarshal(body, &doc); err != nil {
		t.unread = true
		r.problems = append(r.problems, unreadable(file, body, err))
		return t, r.problems
	}
	if len(doc.Content) == 0 {
		t.unread = true
		r.say(0, "the file is empty", "write facts: and rules:")
		return t, r.problems
	}
	top := r.fields(doc.Content[0], "the file", "facts", "sets", "confirm", "terms", "rules")
	r.each(top["facts"], r.fact)
	r.each(top["sets"], func(k string, n *yaml.Node) { t.sets[k] = r.texts(n) })
	r.each(top["confirm"], func(k string, n *yaml.Node) { t.confirm[k] = r.sentence(n) })
	r.each(top["terms"], func(k string, n *yaml.Node) {
		t.terms = append(t.terms, &term{name: k, when: condition{text: n.Value}})
		t.facts["is."+k] = &fact{kind: "yes_no", line: n.Line}
	})
	if rules := top["rules"]; rules != nil {
		for _, n := range rules.Content {
			r.row(n)
		}
	}
	r.versions()
	return t, r.problems
}

func (r *reader) say(line int, message, remedy string) {
	r.problems = append(r.problems, Problem{r.file, line, message, remedy})
}

// fields gives the entries of a mapping, refusing keys that nobody knows.
func (r *reader) fields(n *yaml.Node, what string, known ...string) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	if n == nil || n.Kind != yaml.MappingNode {
		line := 0
		if n != nil {
			line = n.Line
		}
		r.say(line, what+" must be a list of `key: value` lines", "write "+strings.Join(known, ":, ")+":")
		return out
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if !slices.Contains(known, k.Value) {
			remedy := "write one of " + strings.Join(known, ", ")
			if near := contract.Nearest(k.Value, known); near != "" {
				remedy = "write " + near
			} else if strings.Contains(k.Value, " ") {
				remedy = `if this is the rest of a sentence, put the whole sentence in double quotes: en: "First, then."`
			}
			r.say(k.Line, fmt.Sprintf("%s has no key %q", what, k.Value), remedy)
			continue
		}
		if out[k.Value] != nil {
			r.say(k.Line, fmt.Sprintf("key %q is given twice", k.Value), "keep one")
		}
		out[k.Value] = n.Content[i+1]
	}
	return out
}

func (r *reader) each(n *yaml.Node, do func(string, *yaml.Node)) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		do(n.Content[i].Value, n.Content[i+1])
	}
}

func (r *reader) texts(n *yaml.Node) []string {
	var out []string
	if n != nil {
		for _, c := range n.Content {
			out = append(out, c.Value)
		}
	}
	return out
}

var factName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)

func (r *reader) fact(name string, n *yaml.Node) {
	f := r.fields(n, "fact "+name, "kind", "of", "about")
	kind := value(f["kind"])
	kinds := []string{"yes_no", "number", "text", "words", "choice", "choices", "state"}
	if !slices.Contains(kinds, kind) {
		r.say(n.Line, fmt.Sprintf("fact %s is of no known kind: %q", name, kind), "one of "+strings.Join(kinds, ", "))
		return
	}
	if !factName.MatchString(name) {
		r.say(n.Line, "fact name "+name+" is not usable", "small letters, digits, _ and dots, such as plan.kind")
		return
	}
	of := r.texts(f["of"])
	if strings.HasPrefix(kind, "choice") != (of != nil) {
		remedy := "of: [first, second]"
		if given := value(f["of"]); given != "" {
			remedy = "put square brackets around them: of: [" + given + "]"
		}
		r.say(n.Line, "fact "+name+": a choice lists its values under `of`, and nothing else does", remedy)
	}
	if kind == "state" {
		of = casefile.States
	}
	r.t.facts[name] = &fact{kind: kind, of: of, about: value(f["about"]), line: n.Line}
	r.t.order = append(r.t.order, name)
}

func value(n *yaml.Node) string {
	if n == nil || n.Tag == "!!null" {
		return ""
	}
	return strings.TrimSpace(n.Value)
}

var languageNames = map[string]string{"en": "English (en)", "es": "Spanish (es)"}

func (r *reader) sentence(n *yaml.Node) text {
	out := text{}
	if n == nil {
		return out
	}
	f := r.fields(n, "a sentence", Languages...)
	for _, lang := range Languages {
		s := value(f[lang])
		if strings.HasPrefix(s, "“") && strings.HasSuffix(s, "”") {
			r.say(f[lang].Line, "the sentence stands in curly quotes “ ”", `use straight quotes: "`+strings.Trim(s, "“”")+`"`)
		}
		if s == "" {
			r.say(n.Line, "the sentence has no words in "+languageNames[lang], "add "+lang+": with one plain sentence")
		}
		out[lang] = s
	}
	return out
}

func (r *reader) sentences(n *yaml.Node) map[string]text {
	out := map[string]text{}
	r.each(n, func(k string, n *yaml.Node) { out[k] = r.sentence(n) })
	return out
}

func (r *reader) numbers(n *yaml.Node) map[string]int {
	out := map[string]int{}
	torn := false
	r.each(n, func(k string, n *yaml.Node) {
		_, err := strconv.ParseFloat(k, 64)
		torn = torn || err == nil && value(n) == ""
	})
	if torn {
		r.say(n.Line, "a number has a comma in it", "write it without commas and signs; money in cents: $1,200.50 is 120050")
		return out
	}
	r.each(n, func(k string, n *yaml.Node) {
		v, err := strconv.Atoi(n.Value)
		if err != nil {
			r.say(n.Line, fmt.Sprintf("number %s is %q", k, n.Value), wholeNumber(n.Value))
		}
		out[k] = v
	})
	return out
}

// wholeNumber tells how to write what was meant by a number such as 20% or $1,200.50.
func wholeNumber(s string) string {
	plain := strings.NewReplacer("%", "", "$", "", ",", "", " ", "").Replace(s)
	if n, err := strconv.Atoi(plain); err == nil && !strings.Contains(s, "$") {
		return fmt.Sprintf("write %d, a whole number without signs", n)
	}
	if dollars, err := strconv.ParseFloat(plain, 64); err == nil {
		if strings.Contains(s, "$") {
			return fmt.Sprintf("write %d: money is in cents", int(dollars*100+0.5))
		}
		return fmt.Sprintf("write a whole number; if it is money, in cents: %d", int(dollars*100+0.5))
	}
	return "write a whole number (money in cents)"
}

func (r *reader) settings(n *yaml.Node) map[string]string {
	out := map[string]string{}
	r.each(n, func(k string, n *yaml.Node) {
		allowed, ok := r.t.sets[k]
		if !ok {
			remedy := "declare it at the top under sets:"
			if near := contract.Nearest(k, keys(r.t.sets)); near != "" {
				remedy = "write " + near
			}
			r.say(n.Line, "the row sets "+k+", which is not declared", remedy)
		} else if len(allowed) > 0 && !slices.Contains(allowed, n.Value) {
			r.say(n.Line, fmt.Sprintf("%s is never %q", k, n.Value), "write one of "+strings.Join(allowed, ", "))
		}
		out[k] = n.Value
	})
	return out
}

func keys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

var ruleID = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$`)

func (r *reader) row(n *yaml.Node) {
	before := len(r.problems)
	f := r.fields(n, "a rule", "id", "version", "when", "effect", "sets", "numbers", "words", "items", "table", "from", "until", "citation", "source", "confidence", "status", "confirm", "reason")
	unknownPart := len(r.problems) > before
	row := &Row{
		ID: value(f["id"]), When: value(f["when"]), Effect: value(f["effect"]), Citation: value(f["citation"]), Source: value(f["source"]),
		Confidence: finding.Confidence(value(f["confidence"])), Status: value(f["status"]), Confirm: value(f["confirm"]),
		Sets: r.settings(f["sets"]), Numbers: r.numbers(f["numbers"]), Words: r.sentences(f["words"]),
		topic: r.t.name, file: r.file, line: n.Line, lines: map[string]int{},
	}
	note := func(prefix string, fields map[string]*yaml.Node) {
		for k, n := range fields {
			row.lines[prefix+k] = n.Line
			r.each(n, func(name string, n *yaml.Node) { row.lines[prefix+k+"/"+name] = n.Line })
		}
	}
	note("", f)
	name := "rule " + row.ID
	if !ruleID.MatchString(row.ID) {
		r.say(n.Line, fmt.Sprintf("rule id %q is not an id", row.ID), "capital letters and digits with a dash, such as MED-01")
	}
	v, err := strconv.Atoi(value(f["version"]))
	if err != nil || v < 1 {
		r.say(n.Line, name+" has no version", "version: 1, and one more for each later version")
	}
	row.Version = v
	row.From, row.Until = r.date(f["from"]), r.date(f["until"])
	if !row.From.IsZero() && !row.Until.IsZero() && row.Until.Before(row.From) {
		r.say(n.Line, name+" ends before it starts", "put the earlier date in from:")
	}
	for _, k := range []string{"when", "effect", "citation", "confidence", "status", "reason"} {
		switch {
		case f[k] != nil && strings.HasPrefix(f[k].Tag, "!") && !strings.HasPrefix(f[k].Tag, "!!"):
			r.say(f[k].Line, name+": "+k+" begins with ! outside quotes", `put all of it in double quotes: `+k+`: "`+strings.TrimSpace(f[k].Tag+" "+f[k].Value)+`"`)
		case unknownPart && f[k] == nil: // most likely the part that has a wrong name
		case f[k] == nil || k != "reason" && value(f[k]) == "":
			r.say(n.Line, name+" has no "+k, "add a line "+k+": "+examples[k])
		}
	}
	if f["reason"] != nil {
		row.Reason = r.sentence(f["reason"])
	}
	for _, item := range list(f["items"]) {
		row.Items = append(row.Items, r.sentence(item))
	}
	for i, line := range list(f["table"]) {
		c := r.fields(line, "a line of a table", "when", "numbers", "sets", "words")
		note(fmt.Sprintf("table/%d/", i), c)
		row.Table = append(row.Table, tableLine{When: value(c["when"]), Numbers: r.numbers(c["numbers"]), Sets: r.settings(c["sets"]), Words: r.sentences(c["words"]), cond: condition{text: value(c["when"])}})
	}
	r.standing(row)
	r.variables(row)
	row.cond.text = row.When
	if len(r.problems) == before {
		r.t.rows = append(r.t.rows, row)
	} else {
		r.t.faulty = append(r.t.faulty, row.ID)
	}
}

// examples show what each part that a rule must have looks like.
var examples = map[string]string{
	"when": `"plan.kind == 'hmo'"`, "effect": "coverage", "citation": `"42 CFR 410.32"`, "confidence": "verified", "status": "active",
	"reason": `with en: and es: under it, each one plain sentence in double quotes`,
}

func list(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	return n.Content
}

func (r *reader) date(n *yaml.Node) contract.Date {
	s := value(n)
	if s == "" {
		return contract.Date{}
	}
	d, err := contract.ParseDate(s)
	if err != nil {
		r.say(n.Line, fmt.Sprintf("%q: %s", s, err), "write the year, month and day of the calendar as YYYY-MM-DD, such as 2026-01-31")
	}
	return d
}

// standing checks confidence, status and who can confirm.
func (r *reader) standing(row *Row) {
	name := "rule " + row.ID
	switch row.Confidence {
	case finding.Verified, "":
	case finding.Unverified:
		if _, ok := r.t.confirm[row.Confirm]; !ok {
			r.say(row.line, name+" is unverified and does not say who can confirm it", "add confirm: with one of "+strings.Join(keys(r.t.confirm), ", "))
		}
	default:
		r.say(row.line, fmt.Sprintf("%s: confidence %q", name, row.Confidence), "verified when the source was read, else unverified")
	}
	if row.Status != "" && row.Status != "active" && row.Status != "retired" {
		r.say(row.line, fmt.Sprintf("%s: status %q", name, row.Status), "active or retired")
	}
}

var variable = regexp.MustCompile(`\{([^}]*)\}`)

// variables checks that each {name} of a sentence is something the row says.
func (r *reader) variables(row *Row) {
	known := map[string]bool{}
	note := func(numbers map[string]int, sets map[string]string, words map[string]text) {
		for k := range numbers {
			known[k], known[k+":money"] = true, true
		}
		for k := range sets {
			known[k] = true
		}
		for k := range words {
			known[k] = true
		}
	}
	note(row.Numbers, row.Sets, row.Words)
	for _, l := range row.Table {
		note(l.Numbers, l.Sets, l.Words)
	}
	for lang, s := range row.Reason {
		for _, m := range variable.FindAllStringSubmatch(s, -1) {
			if !known[m[1]] {
				r.say(row.line, fmt.Sprintf("rule %s: the %s sentence uses {%s}, which the row does not give", row.ID, lang, m[1]), "one of "+strings.Join(keys(known), ", "))
			}
		}
	}
}

// versions checks that no two versions of a rule hold on the same day.
func (r *reader) versions() {
	for i, a := range r.t.rows {
		for _, b := range r.t.rows[:i] {
			if a.ID != b.ID {
				continue
			}
			if a.Version == b.Version {
				r.say(a.line, fmt.Sprintf("rule %s version %d is given twice, here and at line %d", a.ID, a.Version, b.line), fmt.Sprintf("a new rule: give it an id of its own; a later version of the same rule: version: %d, and end the one before with until:", b.Version+1))
				continue
			}
			old, late := a, b
			if a.Version > b.Version {
				old, late = b, a
			}
			if old.Status == "active" && (old.Until.IsZero() || late.From.IsZero() || !old.Until.Before(late.From)) {
				r.say(late.line, fmt.Sprintf("rule %s: versions %d and %d hold on the same day", a.ID, old.Version, late.Version), fmt.Sprintf("end version %d with until: the day before version %d starts", old.Version, late.Version))
			}
		}
	}
}
