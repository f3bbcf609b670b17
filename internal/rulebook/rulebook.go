// Package rulebook reads the rules that people keep as rows (what the law, a plan or
// a published study says, from when, and where that stands written) and answers,
// for the facts of one person on one day, which of them apply and why.
//
// The engine knows no disease and no plan by name: a topic is a folder with the
// facts it may speak of, its rows, its sources and its worked cases. A condition is
// an expression of the Common Expression Language over declared facts. A fact that
// nobody gave is unknown, and unknown is a third value beside yes and no: a rule
// whose condition cannot be settled does not apply, and says which fact it lacks.
package rulebook

import (
	"io/fs"
	"path"
	"sort"
	"sync"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Book is every rule of every topic. It is made once by Load and is safe for use
// by many at a time.
type Book struct {
	files    fs.FS
	topics   map[string]*topic
	problems []Problem
}

// Load reads rules/<topic>/rules.yaml for every folder of the file system. The
// problems are those seen in reading the rows; conditions are compiled when a topic
// is first used (Check compiles them all). A row with a problem is left out.
func Load(files fs.FS) (*Book, []Problem) {
	b := &Book{files: files, topics: map[string]*topic{}}
	dirs, err := fs.ReadDir(files, ".")
	if err != nil {
		b.problems = []Problem{{File: ".", Message: "the folder of rules cannot be read", Remedy: "give the folder that holds one folder per topic"}}
		return b, b.problems
	}
	var found []*topicFile
	for _, d := range dirs {
		if d.IsDir() {
			found = append(found, &topicFile{name: path.Join(d.Name(), "rules.yaml")})
		}
	}
	eachAtOnce(found, func(f *topicFile) { f.read(files) })
	seen := map[string]*Row{}
	for _, f := range found {
		if f.topic == nil {
			continue
		}
		b.problems = append(b.problems, f.problems...)
		for _, r := range f.topic.rows {
			if first := seen[r.ID]; first != nil && first.topic != r.topic {
				b.problems = append(b.problems, Problem{r.file, r.line, "rule id " + r.ID + " is already used in topic " + first.topic, "an id is never reused: give this rule a new one"})
			}
			seen[r.ID] = r
		}
		b.topics[f.topic.name] = f.topic
	}
	return b, b.problems
}

// topicFile is one rules.yaml and what was read from it.
type topicFile struct {
	name     string
	topic    *topic // nil where there is no such file
	problems []Problem
}

// read reads the file; a folder without one is no topic.
func (f *topicFile) read(files fs.FS) {
	if text, err := fs.ReadFile(files, f.name); err == nil {
		f.topic, f.problems = readTopic(f.name, text)
	}
}

// Topics names the topics in order of the alphabet.
func (b *Book) Topics() []string {
	var names []string
	for n := range b.topics {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Evaluate gives the findings of every rule of a topic that applies to the facts
// on a day, in the order of the rows, in "en" or "es".
func (b *Book) Evaluate(topic string, facts map[string]any, on contract.Date, lang string) []finding.Finding {
	return b.Judge(topic, facts, on, lang).Findings()
}

// Judge is Evaluate with what each rule says as data, and with the rules that could
// not be settled. A fact is a bool, int, string or []string under its declared
// name; a fact that is absent or nil is unknown.
func (b *Book) Judge(topic string, facts map[string]any, on contract.Date, lang string) finding.Verdict {
	t := b.topics[topic]
	if t == nil {
		return finding.Verdict{}
	}
	return t.judge(facts, on, lang)
}

// Compile makes every condition ready, so that the first question is as fast as
// the next. It gives the conditions that cannot be understood.
func (b *Book) Compile() []Problem {
	var wait sync.WaitGroup
	for _, t := range b.topics {
		wait.Go(func() { t.compile() })
	}
	wait.Wait()
	var out []Problem
	for _, name := range b.Topics() {
		out = append(out, b.topics[name].compile()...)
	}
	return out
}

// Problem is something wrong with a row, for the people who keep the rules.
type Problem struct {
	File    string `json:"file"` // under rules/
	Line    int    `json:"line"` // from 1; 0 when it is about the whole file
	Message string `json:"message"`
	Remedy  string `json:"remedy"` // what to write instead
}
