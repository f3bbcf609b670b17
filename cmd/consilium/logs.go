package main

import (
	"errors"
	"fmt"
	"os"

	"consilium/internal/auditlog"
)

type logCommands struct {
	Verify verifyCommand `cmd:"" help:"Check a downloaded log: every entry, every proof, every signature."`
}

type verifyCommand struct {
	File string `arg:"" help:"The log, as a case's page gives it." type:"existingfile"`
	Key  string `help:"The installation's public key, from its operator. Without it the log is only checked against the key that it brings itself." placeholder:"KEY"`
}

// Run prints what was checked. A log that is not whole ends the command with 2 and
// names each entry that is wrong.
func (v verifyCommand) Run(c console) error {
	f, err := os.Open(v.File)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := auditlog.Verify(f, v.Key)
	if err != nil {
		return wrong{exitWrong, err}
	}
	for _, p := range r.Problems {
		if p.Entry > 0 {
			fmt.Fprintf(c.Err, "entry %d: %s\n", p.Entry, p.Text)
		} else {
			fmt.Fprintf(c.Err, "%s\n", p.Text)
		}
	}
	if len(r.Problems) > 0 {
		return wrong{exitWrong, errors.New("this log is not whole")}
	}
	fmt.Fprintf(c.Out, "whole: %d entries of %s, from %s to %s, root %s\n", r.Entries, r.Tree, r.First.Format("2006-01-02 15:04:05"), r.Last.Format("2006-01-02 15:04:05"), r.Root)
	if !r.Trusted {
		fmt.Fprintln(c.Out, "signed by the key that the log brings itself; give --key to check it against the installation's own")
	}
	return nil
}
