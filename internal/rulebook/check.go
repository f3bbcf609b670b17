package rulebook

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"

	"consilium/internal/finding"
)

// Check looks at everything that the people who keep the rules can get wrong: rows,
// conditions, sources, cases, and that each rule has a case that makes it apply and
// one that does not.
//
// Where topics are named, only their problems are given.
func Check(files fs.FS, only ...string) []Problem {
	b, problems := Load(files)
	problems = append(append([]Problem{}, problems...), b.Compile()...)
	for _, name := range b.Topics() {
		t := b.topics[name]
		if t.unread {
			continue // the first thing to mend; the rest would only be noise
		}
		problems = append(problems, b.unsourced(t)...)
		cases, bad := b.cases(t)
		problems = append(problems, bad...)
		fires, not := map[string]bool{}, map[string]bool{}
		for _, c := range cases {
			for _, id := range c.expect.Fires {
				id, _, _ = strings.Cut(id, "@")
				fires[id] = true
			}
			for _, id := range slices.Concat(c.expect.Not, c.expect.Undecided) {
				id, _, _ = strings.Cut(id, "@")
				not[id] = true
			}
		}
		problems = append(problems, t.uncovered(fires, not)...)
	}
	problems = append(problems, b.edited()...)
	if len(only) > 0 {
		problems = slices.DeleteFunc(problems, func(p Problem) bool {
			topic, _, _ := strings.Cut(p.File, "/")
			return !slices.Contains(only, topic)
		})
	}
	sort.SliceStable(problems, func(i, j int) bool {
		a, b := problems[i], problems[j]
		return a.File < b.File || a.File == b.File && a.Line < b.Line
	})
	return problems
}

// uncovered finds the active rules that no case makes apply, or that no case shows
// not to apply. A rule whose condition is `true` applies to everybody.
func (t *topic) uncovered(fires, not map[string]bool) []Problem {
	var out []Problem
	told := map[string]bool{}
	for _, r := range t.rows {
		if r.Status != "active" || told[r.ID] {
			continue
		}
		told[r.ID] = true
		missing := func(message, expect string) {
			out = append(out, Problem{r.file, r.line, message, fmt.Sprintf("make a folder %s/cases/NAME with facts.json, why.md and expect.json: {%q: [%q]}", t.name, expect, r.ID)})
		}
		silent := r.When != "true" && !not[r.ID]
		switch {
		case !fires[r.ID] && silent:
			missing("no case makes rule "+r.ID+" apply, and none shows where it does not", "fires")
			out[len(out)-1].Remedy += fmt.Sprintf(", and another whose expect.json is {\"not\": [%q]}", r.ID)
		case !fires[r.ID]:
			missing("no case makes rule "+r.ID+" apply", "fires")
		case silent:
			missing("no case shows where rule "+r.ID+" does not apply", "not")
		}
	}
	return out
}

// unsourced finds verified rows whose source is no line of sources.md.
func (b *Book) unsourced(t *topic) []Problem {
	name := path.Join(path.Dir(t.file), "sources.md")
	body, err := fs.ReadFile(b.files, name)
	if err != nil {
		return []Problem{{name, 0, "the topic has no sources.md", "write it beside rules.yaml, each source as a line | key | title | strength |"}}
	}
	var out []Problem
	for _, r := range t.rows {
		if r.Source == "" && r.Confidence == finding.Verified {
			out = append(out, Problem{r.file, r.line, "rule " + r.ID + " is verified and names no source", "add source: with a key of sources.md; if nobody read the source, write confidence: unverified"})
		}
		if r.Source != "" && !bytes.Contains(body, []byte("| "+r.Source+" |")) {
			out = append(out, Problem{r.file, r.line, "rule " + r.ID + " names source " + r.Source + ", which sources.md does not list", "add a line | " + r.Source + " | title | strength | to it, or write a key that is there"})
		}
	}
	return out
}
