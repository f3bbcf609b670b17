package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"time"

	"consilium/internal/appeal"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/need"
	"consilium/internal/opinion"
	"consilium/internal/records"
)

// asked is what every engine command takes: where its JSON comes from, today's
// date, and the language of the reasons.
type asked struct {
	In   string `help:"Read the input from this file instead of standard input." placeholder:"FILE"`
	On   string `help:"Today's date; an \"on\" in the input wins." placeholder:"YYYY-MM-DD"`
	Lang string `help:"Language of the reasons." enum:"en,es" default:"en"`
}

// today is the date asked about.
func (a asked) today() (contract.Date, error) {
	if a.On == "" {
		return contract.DateOf(time.Now()), nil
	}
	d, err := contract.ParseDate(a.On)
	if err != nil {
		return d, wrong{exitWrong, fmt.Errorf("--on: %w", err)}
	}
	return d, nil
}

// read decodes the input strictly. What is wrong with it ends the command with 2
// and one line for each field.
func (a asked) read(c console, into any) error {
	in := c.In
	if a.In != "" {
		f, err := os.Open(a.In)
		if err != nil {
			return wrong{exitWrong, fmt.Errorf("--in: %w", err)}
		}
		defer f.Close()
		in = f
	}
	return refused(contract.Decode(in, into))
}

// refused gives an error about the input the exit code 2, one line for each field.
func refused(err error) error {
	if err == nil {
		return nil
	}
	var ps contract.Problems
	if errors.As(err, &ps) {
		var lines []string
		for _, p := range ps {
			lines = append(lines, p.String())
		}
		return wrong{exitWrong, errors.New(strings.Join(lines, "\n"))}
	}
	if fault.Is(err, fault.Invalid) {
		return wrong{exitWrong, err}
	}
	return err
}

// write prints an answer as indented JSON.
func write(w io.Writer, answer any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(answer)
}

type appealCommands struct {
	Plan appealCommand `cmd:"" help:"From a denial to deadlines, ladder and packet."`
}

type appealCommand struct {
	asked
	kept
}

func (q appealCommand) Run(c console) error {
	on, err := q.today()
	if err != nil {
		return err
	}
	var in appeal.Input
	if err := q.read(c, &in); err != nil {
		return err
	}
	book, err := q.judge()
	if err != nil {
		return err
	}
	answer, err := appeal.Plan(in, on, q.Lang, book)
	if err != nil {
		return refused(err)
	}
	return write(c.Out, answer)
}

type opinionCommands struct {
	Compare compareCommand `cmd:"" help:"Lay two or more opinions side by side."`
}

type compareCommand struct {
	asked
	kept
}

func (q compareCommand) Run(c console) error {
	on, err := q.today()
	if err != nil {
		return err
	}
	var in opinion.Input
	if err := q.read(c, &in); err != nil {
		return err
	}
	if in.On == "" {
		in.On = on.String()
	}
	book, err := q.judge()
	if err != nil {
		return err
	}
	answer, err := opinion.Compare(in, q.Lang, book)
	if err != nil {
		return refused(err)
	}
	return write(c.Out, answer)
}

type needCommands struct {
	Check needCommand `cmd:"" help:"Is a second opinion worth having, why, and how soon?"`
}

type needCommand struct {
	asked
	kept
}

func (q needCommand) Run(c console) error {
	on, err := q.today()
	if err != nil {
		return err
	}
	var in need.Input
	if err := q.read(c, &in); err != nil {
		return err
	}
	book, err := q.judge()
	if err != nil {
		return err
	}
	answer, err := need.Check(in, on, q.Lang, book)
	if err != nil {
		return refused(err)
	}
	return write(c.Out, answer)
}

type coverCommands struct {
	Check coverageCommand `cmd:"" help:"Will the plan pay, and what must be done first?"`
	Cost  costCommand     `cmd:"" help:"What it will cost the person, line by line."`
}

type costCommand struct {
	asked
	kept
}

func (q costCommand) Run(c console) error {
	on, err := q.today()
	if err != nil {
		return err
	}
	var in coverage.CostInput
	if err := q.read(c, &in); err != nil {
		return err
	}
	book, err := q.judge()
	if err != nil {
		return err
	}
	answer, err := coverage.Cost(in, on, q.Lang, book)
	if err != nil {
		return refused(err)
	}
	return write(c.Out, answer)
}

type coverageCommand struct {
	asked
	kept
}

func (q coverageCommand) Run(c console) error {
	on, err := q.today()
	if err != nil {
		return err
	}
	var in coverage.Input
	if err := q.read(c, &in); err != nil {
		return err
	}
	book, err := q.judge()
	if err != nil {
		return err
	}
	answer, err := coverage.Check(in, on, q.Lang, book)
	if err != nil {
		return refused(err)
	}
	return write(c.Out, answer)
}

type schemaCommand struct {
	Command []string `arg:"" help:"The command: need check, coverage check, coverage cost, appeal plan, experts search, opinions compare, records read, records check."`
}

func (s schemaCommand) Run(c console) error {
	name := strings.Join(s.Command, " ")
	shapes, ok := schemas()[name]
	if !ok {
		var known []string
		for k := range schemas() {
			known = append(known, k)
		}
		sort.Strings(known)
		return wrong{exitWrong, fmt.Errorf("no schema for %q; there is one for: %s", name, strings.Join(known, ", "))}
	}
	return write(c.Out, contract.Schema(name, shapes[0], shapes[1]))
}

// schemas pairs each engine command with the shapes of its input and output.
func schemas() map[string][2]any {
	return map[string][2]any{
		"need check":       {need.Input{}, need.Answer{}},
		"coverage check":   {coverage.Input{}, coverage.Answer{}},
		"coverage cost":    {coverage.CostInput{}, coverage.CostAnswer{}},
		"appeal plan":      {appeal.Input{}, appeal.Answer{}},
		"experts search":   {expert.Question{}, expert.Answer{}},
		"opinions compare": {opinion.Input{}, opinion.Answer{}},
		"records read":     {struct{}{}, readings{}},
		"records check":    {records.CheckInput{}, records.CheckAnswer{}},
	}
}
