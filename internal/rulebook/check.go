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
func Check(files fs.FS) []Problem {
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
		for _, r := range t.rows {
			if !fires[r.ID] && r.Status == "active" {
				problems = append(problems, Problem{r.file, r.line, "no case makes rule " + r.ID + " apply", fmt.Sprintf(`make a folder rules/%s/cases/NAME with facts.json, why.md and expect.json: {"fires": [%q]}`, t.name, r.ID)})
			}
			if !not[r.ID] && r.Status == "active" && r.When != "true" {
				problems = append(problems, Problem{r.file, r.line, "no case shows where rule " + r.ID + " does not apply", fmt.Sprintf(`make a folder rules/%s/cases/NAME with facts.json, why.md and expect.json: {"not": [%q]}`, t.name, r.ID)})
			}
		}
	}
	problems = append(problems, b.edited()...)
	sort.SliceStable(problems, func(i, j int) bool {
		a, b := problems[i], problems[j]
		return a.File < b.File || a.File == b.File && a.Line < b.Line
	})
	return problems
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
