package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"consilium/internal/contract"
	"consilium/internal/finding"
	"consilium/internal/rulebook"
	"consilium/rules"
)

type rulesCommands struct {
	Check   rulesCheckCommand   `cmd:"" help:"Look for what is wrong in the rules, with file, line and remedy."`
	Test    rulesTestCommand    `cmd:"" help:"Run every worked case."`
	Explain rulesExplainCommand `cmd:"" help:"Show a rule: text, source, dates, cases."`
	Release rulesReleaseCommand `cmd:"" help:"Write down every rule as it stands: from then on none may be edited, only followed by a new version."`
}

// kept says where the rules are: in the binary, or in a folder that somebody is
// working on.
type kept struct {
	Rules string `help:"Folder of rules to use instead of the binary's own." type:"existingdir" placeholder:"DIR"`
}

func (k kept) files() fs.FS {
	if k.Rules != "" {
		return os.DirFS(k.Rules)
	}
	return rules.Files
}

// at is how messages name the folder.
func (k kept) at() string {
	if k.Rules == "" {
		return "rules"
	}
	if here, err := os.Getwd(); err == nil {
		if near, err := filepath.Rel(here, k.Rules); err == nil && !strings.HasPrefix(near, "..") {
			return near
		}
	}
	return k.Rules
}

// book loads the rules; a row that is wrong is named and left out, which no answer
// may be given with.
func (k kept) book() (*rulebook.Book, error) {
	load := inTheBinary
	if k.Rules != "" {
		load = func() (*rulebook.Book, []rulebook.Problem) { return rulebook.Load(k.files()) }
	}
	book, problems := load()
	if len(problems) > 0 {
		return nil, wrong{exitWrong, errors.New(k.said(problems))}
	}
	return book, nil
}

// judge answers by the rules: those of a folder once all of them were looked over, the
// binary's own, which were before it was built, as soon as the topic is read.
type judge interface {
	Judge(topic string, facts map[string]any, on contract.Date, lang string) finding.Verdict
}

func (k kept) judge() (judge, error) {
	if k.Rules == "" {
		return ownRules(), nil
	}
	return k.book()
}

// ownRules are the binary's own, read topic by topic as they are asked about.
var ownRules = sync.OnceValue(func() *rulebook.Lazy { return rulebook.Open(rules.Files) })

// inTheBinary are the binary's own rules, which cannot change while it runs.
var inTheBinary = sync.OnceValues(func() (*rulebook.Book, []rulebook.Problem) { return rulebook.Load(rules.Files) })

// said gives one line for each problem: where it is, what it is, what to write.
func (k kept) said(problems []rulebook.Problem) string {
	var lines []string
	for _, p := range problems {
		where := k.at() + "/" + p.File
		if p.Line > 0 {
			where = fmt.Sprintf("%s:%d", where, p.Line)
		}
		lines = append(lines, fmt.Sprintf("%s: %s. To mend it: %s", where, strings.TrimSuffix(p.Message, "."), p.Remedy))
	}
	return strings.Join(lines, "\n")
}

type rulesCheckCommand struct {
	kept
	Topic []string `help:"Only these topics." placeholder:"TOPIC"`
}

func (r rulesCheckCommand) Run(c console) error {
	if problems := rulebook.Check(r.files(), r.Topic...); len(problems) > 0 {
		return wrong{exitWrong, errors.New(r.said(problems))}
	}
	fmt.Fprintln(c.Out, "The rules are as they should be.")
	return nil
}

type rulesReleaseCommand struct {
	Rules string `help:"Folder of rules in which released.txt is written." type:"existingdir" required:"" placeholder:"DIR"`
}

func (r rulesReleaseCommand) Run(c console) error {
	text, fresh, problems := rulebook.Release(os.DirFS(r.Rules))
	if len(problems) > 0 {
		return wrong{exitWrong, errors.New(kept(r).said(problems))}
	}
	if err := os.WriteFile(filepath.Join(r.Rules, rulebook.ReleasedFile), []byte(text), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(c.Out, "%d rules and terms are newly released: from now on they are never edited\n", fresh)
	return nil
}

type rulesTestCommand struct {
	kept
	Mutate bool     `help:"Also make every number and operator wrong in turn, and name those that no case notices."`
	Topic  []string `help:"Only these topics." placeholder:"TOPIC"`
}

func (r rulesTestCommand) Run(c console) error {
	book, err := r.book()
	if err != nil {
		return err
	}
	report := book.Test(r.Topic...)
	for _, f := range report.Failures {
		fmt.Fprintf(c.Err, "%s/%s/cases/%s: %s\n", r.at(), f.Topic, f.Case, f.Message)
	}
	if len(report.Problems) > 0 {
		fmt.Fprintln(c.Err, r.said(report.Problems))
	}
	if !report.OK() {
		return wrong{exitWrong, fmt.Errorf("%d of %d cases are not as expected", len(report.Failures), report.Cases)}
	}
	fmt.Fprintf(c.Out, "%d topics, %d rules, %d cases, %d expectations: all as expected\n", report.Topics, report.Rules, report.Cases, report.Checks)
	if !r.Mutate {
		return nil
	}
	m := book.Mutate(r.Topic...)
	var missed []rulebook.Problem
	count, settings := map[string]int{}, map[string]int{}
	for _, x := range m.Missed {
		missed = append(missed, x.Problem)
		count[x.Topic]++
		if x.Kind == "setting" {
			settings[x.Topic]++
		}
	}
	if len(missed) > 0 {
		for _, name := range slices.Sorted(maps.Keys(count)) {
			fmt.Fprintf(c.Out, "%s: %d mistakes would pass, %d of them in settings\n", name, count[name], settings[name])
		}
		return wrong{exitWrong, fmt.Errorf("%s\n%d of %d mistakes would pass the cases", r.said(missed), len(missed), m.Tried)}
	}
	fmt.Fprintf(c.Out, "%d mistakes tried: a case notices each\n", m.Tried)
	return nil
}

type rulesExplainCommand struct {
	kept
	Rule string `arg:"" help:"The rule's id, such as MED-01."`
	Lang string `help:"Language of the text." enum:"en,es" default:"en"`
	JSON bool   `help:"Print JSON." name:"json"`
}

func (r rulesExplainCommand) Run(c console) error {
	book, err := r.book()
	if err != nil {
		return err
	}
	e, err := book.Explain(r.Rule, r.Lang)
	if err != nil {
		return wrong{exitWrong, err}
	}
	if r.JSON {
		return write(c.Out, e)
	}
	tell(c.Out, r.at(), e)
	return nil
}

// tell prints an explanation for people.
func tell(out io.Writer, at string, e rulebook.Explanation) {
	fmt.Fprintf(out, "%s, a rule of %s\n", e.ID, e.Topic)
	for _, v := range e.Versions {
		fmt.Fprintf(out, "\nVersion %d, %s, %s\n", v.Version, v.Status, v.Confidence)
		line := func(name, text string) {
			if text != "" {
				fmt.Fprintf(out, "  %s: %s\n", name, text)
			}
		}
		line("Holds", held(v.From, v.Until))
		line("Says", v.Reasons["en"])
		line("Dice", v.Reasons["es"])
		line("When", v.InWords)
		line("Written as", v.When)
		line("Effect", strings.TrimSuffix(v.Effect+": "+gives(v.Sets, v.Numbers), ": "))
		for _, l := range v.Table {
			line("  if "+l.InWords, gives(l.Sets, l.Numbers))
		}
		line("Law or paper", v.Citation)
		line("Source", strings.Trim(v.Source+": "+v.SourceSays, ": "))
		line("Who can confirm it", v.ConfirmBy)
		line("Row", fmt.Sprintf("%s/%s:%d", at, v.File, v.Line))
	}
	if len(e.Meanings) > 0 {
		fmt.Fprintln(out, "\nWhere")
	}
	for _, m := range e.Meanings {
		fmt.Fprintf(out, "  %s: %s\n", m.Name, m.Text)
	}
	if len(e.Cases) > 0 {
		fmt.Fprintln(out, "\nCases")
	}
	for _, x := range e.Cases {
		applies := "applies in"
		if !x.Applies {
			applies = "does not apply in"
		}
		fmt.Fprintf(out, "  %s %s (%s): %s\n", applies, x.Name, x.On, strings.Join(strings.Fields(x.Why), " "))
	}
}

func held(from, until string) string {
	switch {
	case from == "" && until == "":
		return ""
	case until == "":
		return "from " + from + " on"
	case from == "":
		return "until " + until
	}
	return "from " + from + " until " + until
}

// gives lists what a rule sets and the numbers that it gives.
func gives(sets map[string]string, numbers map[string]int) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(sets)) {
		out = append(out, k+" is "+sets[k])
	}
	for _, k := range slices.Sorted(maps.Keys(numbers)) {
		if n := strconv.Itoa(numbers[k]); sets[k] != n {
			out = append(out, k+" is "+n)
		}
	}
	return strings.Join(out, ", ")
}
