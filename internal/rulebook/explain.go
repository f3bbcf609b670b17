package rulebook

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Explanation is all that is kept about one rule, for people.
type Explanation struct {
	ID       string        `json:"id"`
	Topic    string        `json:"topic"`
	Versions []VersionText `json:"versions"` // newest first
	Meanings []Meaning     `json:"meanings"` // the terms and facts that the conditions speak of
	Cases    []CaseText    `json:"cases"`    // those that make it apply first
}

// VersionText is one version of a rule.
type VersionText struct {
	Version    int               `json:"version"`
	Status     string            `json:"status"`
	From       string            `json:"from,omitempty"`
	Until      string            `json:"until,omitempty"`
	When       string            `json:"when"`     // as written
	InWords    string            `json:"in_words"` // the same, readable
	Effect     string            `json:"effect"`
	Sets       map[string]string `json:"sets,omitempty"`
	Numbers    map[string]int    `json:"numbers,omitempty"`
	Table      []LineText        `json:"table,omitempty"` // the first line that holds counts
	Reason     string            `json:"reason"`          // in the language asked for
	Reasons    map[string]string `json:"reasons"`         // in each language
	Citation   string            `json:"citation"`
	Source     string            `json:"source,omitempty"`      // key of a line of sources.md
	SourceSays string            `json:"source_says,omitempty"` // that line: title and strength
	Confidence string            `json:"confidence"`
	ConfirmBy  string            `json:"confirm_by,omitempty"` // who can confirm an unverified rule
	File       string            `json:"file"`
	Line       int               `json:"line"`
}

// LineText is one line of a rule's table.
type LineText struct {
	When    string            `json:"when"`
	InWords string            `json:"in_words"`
	Sets    map[string]string `json:"sets,omitempty"`
	Numbers map[string]int    `json:"numbers,omitempty"`
}

// Meaning tells what a term or fact of a condition stands for.
type Meaning struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// CaseText is a worked case that names the rule.
type CaseText struct {
	Name    string `json:"name"`
	Applies bool   `json:"applies"` // whether the rule must apply there
	On      string `json:"on"`
	Why     string `json:"why"`
}

// UnknownRule is the error of a rule id that no topic has.
type UnknownRule struct {
	ID      string
	Nearest string // what was most likely meant; may be empty
}

func (e UnknownRule) Error() string {
	if e.Nearest != "" {
		return "there is no rule " + e.ID + "; did you mean " + e.Nearest + "?"
	}
	return "there is no rule " + e.ID
}

// Explain gives the text, the standing and the cases of a rule in "en" or "es". The
// error is an UnknownRule.
func (b *Book) Explain(id, lang string) (Explanation, error) {
	var all []string
	for _, name := range b.Topics() {
		t := b.topics[name]
		e := Explanation{ID: id, Topic: t.name, Versions: []VersionText{}, Meanings: []Meaning{}, Cases: []CaseText{}}
		asked := ""
		for _, r := range t.rows {
			all = append(all, r.ID)
			if r.ID == id {
				v := r.version(t, lang)
				v.SourceSays = b.sourceSays(t, r.Source)
				e.Versions = append(e.Versions, v)
				asked += " " + r.When
				for _, l := range r.Table {
					asked += " " + l.When
				}
			}
		}
		if len(e.Versions) == 0 {
			continue
		}
		slices.SortFunc(e.Versions, func(a, b VersionText) int { return b.Version - a.Version })
		e.Meanings = append(e.Meanings, t.meanings(asked)...)
		cases, _ := b.cases(t)
		var silent []CaseText
		for _, c := range cases {
			if slices.ContainsFunc(slices.Concat(c.expect.Fires, c.expect.Checks, keys(c.expect.Numbers), keys(c.expect.SetsBy)), c.speaksOf(id)) {
				e.Cases = append(e.Cases, CaseText{c.Name, true, c.on.String(), c.Why})
			} else if slices.ContainsFunc(slices.Concat(c.expect.Not, c.expect.Undecided), c.speaksOf(id)) {
				silent = append(silent, CaseText{c.Name, false, c.on.String(), c.Why})
			}
		}
		e.Cases = append(e.Cases, silent...)
		return e, nil
	}
	return Explanation{}, UnknownRule{id, contract.Nearest(strings.ToUpper(id), all)}
}

// speaksOf finds a rule among the ids of the case, with or without a version.
func (c Case) speaksOf(id string) func(string) bool {
	return func(s string) bool { return s == id || strings.HasPrefix(s, id+"@") }
}

// meanings lists the terms that a condition uses, those that they use in turn, and
// the facts of all of them that say what they are about.
func (t *topic) meanings(text string) []Meaning {
	var out []Meaning
	for i := len(t.terms) - 1; i >= 0; i-- { // a term speaks of earlier ones only
		if d := t.terms[i]; speaksOf(text, "is."+d.name) {
			out = append(out, Meaning{"is." + d.name, readable(d.when.text)})
			text += " " + d.when.text
		}
	}
	for _, name := range t.order {
		if f := t.facts[name]; f.about != "" && (speaksOf(text, name) || speaksOf(text, "known."+name)) {
			out = append(out, Meaning{name, f.about})
		}
	}
	return out
}

// sourceSays gives the title and strength of a source, as sources.md has them.
func (b *Book) sourceSays(t *topic, key string) string {
	body, err := fs.ReadFile(b.files, path.Join(path.Dir(t.file), "sources.md"))
	if err != nil || key == "" {
		return ""
	}
	for line := range strings.Lines(string(body)) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "| "+key+" |"); ok {
			var cells []string
			for cell := range strings.SplitSeq(rest, "|") {
				if cell = strings.TrimSpace(cell); cell != "" {
					cells = append(cells, cell)
				}
			}
			return strings.Join(cells, "; ")
		}
	}
	return ""
}

func (r *Row) version(t *topic, lang string) VersionText {
	v := VersionText{
		Version: r.Version, Status: r.Status, From: r.From.String(), Until: r.Until.String(), When: r.When, InWords: readable(r.When), Effect: r.Effect,
		Sets: r.Sets, Numbers: r.Numbers,
		Reason: r.said(lang), Reasons: map[string]string{}, Citation: r.Citation, Source: r.Source, Confidence: string(r.Confidence),
		ConfirmBy: t.confirm[r.Confirm].in(lang), File: r.file, Line: r.line,
	}
	for _, lang := range Languages {
		v.Reasons[lang] = r.said(lang)
	}
	for _, l := range r.Table {
		v.Table = append(v.Table, LineText{l.When, readable(l.When), l.Sets, l.Numbers})
	}
	return v
}

// said is the row's sentence with its own numbers put in. What only a line of its
// table gives stays as {name}.
func (r *Row) said(lang string) string {
	return variable.ReplaceAllStringFunc(r.Reason.in(lang), func(place string) string {
		f := finding.Fired{Numbers: r.Numbers, Sets: r.Sets}
		if name := strings.Trim(place, "{}"); slices.ContainsFunc(r.Table, func(l tableLine) bool { return l.gives(name) }) || len(r.Words) > 0 {
			return place
		}
		return fill(place, f)
	})
}

func (l tableLine) gives(name string) bool {
	name = strings.TrimSuffix(name, ":money")
	_, number := l.Numbers[name]
	_, set := l.Sets[name]
	_, word := l.Words[name]
	return number || set || word
}
