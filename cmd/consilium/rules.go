package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"consilium/internal/rulebook"
	"consilium/rules"
)

type rulesCommands struct {
	Check   rulesCheckCommand   `cmd:"" help:"Look for what is wrong in the rules, with file, line and remedy."`
	Test    rulesTestCommand    `cmd:"" help:"Run every worked case."`
	Explain rulesExplainCommand `cmd:"" help:"Show a rule: text, source, dates, cases."`
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

// book loads the rules; a row that is wrong is named and left out, which no answer
// may be given with.
func (k kept) book() (*rulebook.Book, error) {
	book, problems := rulebook.Load(k.files())
	if len(problems) > 0 {
		return nil, wrong{exitWrong, errors.New(said(problems))}
	}
	return book, nil
}

func said(problems []rulebook.Problem) string {
	var lines []string
	for _, p := range problems {
		lines = append(lines, fmt.Sprintf("rules/%s:%d: %s. %s", p.File, p.Line, strings.TrimSuffix(p.Message, "."), p.Remedy))
	}
	return strings.Join(lines, "\n")
}

type rulesCheckCommand struct{ kept }

func (r rulesCheckCommand) Run(c console) error {
	if problems := rulebook.Check(r.files()); len(problems) > 0 {
		return wrong{exitWrong, errors.New(said(problems))}
	}
	fmt.Fprintln(c.Out, "The rules are as they should be.")
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
		fmt.Fprintf(c.Err, "rules/%s/cases/%s: %s\n", f.Topic, f.Case, f.Message)
	}
	if len(report.Problems) > 0 {
		fmt.Fprintln(c.Err, said(report.Problems))
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
		return wrong{exitWrong, fmt.Errorf("%s\n%d of %d mistakes would pass the cases", said(missed), len(missed), m.Tried)}
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
	fmt.Fprintf(c.Out, "%s (%s)\n", e.ID, e.Topic)
	for _, v := range e.Versions {
		fmt.Fprintf(c.Out, "\nVersion %d, %s, %s\n", v.Version, v.Status, v.Confidence)
		for _, line := range []struct{ name, text string }{
			{"From", v.From},
			{"Until", v.Until},
			{"Says", v.Reason},
			{"When", v.When},
			{"Effect", v.Effect},
			{"Written in", v.Citation},
			{"Source", v.Source},
			{"Who can confirm it", v.ConfirmBy},
			{"Row", fmt.Sprintf("rules/%s:%d", v.File, v.Line)},
		} {
			if line.text != "" {
				fmt.Fprintf(c.Out, "  %s: %s\n", line.name, line.text)
			}
		}
	}
	if len(e.Cases) > 0 {
		fmt.Fprintln(c.Out, "\nCases")
	}
	for _, x := range e.Cases {
		applies := "applies in"
		if !x.Applies {
			applies = "does not apply in"
		}
		fmt.Fprintf(c.Out, "  %s %s: %s\n", applies, x.Name, strings.Join(strings.Fields(x.Why), " "))
	}
	return nil
}
