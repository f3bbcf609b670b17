package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"consilium/internal/clinical"
	"consilium/internal/records"
)

type recordsCheckCommand struct {
	Files []string `arg:"" optional:"" help:"Files or folders to read as well: what they hold counts as at hand." name:"file"`
	asked
	kept
}

// Run answers for what the input lists and what the files hold.
func (q recordsCheckCommand) Run(ctx context.Context, c console) error {
	on, err := q.today()
	if err != nil {
		return err
	}
	var in records.CheckInput
	if q.In != "" || len(q.Files) == 0 {
		if err := q.read(c, &in); err != nil {
			return err
		}
	}
	book, err := q.judge()
	if err != nil {
		return err
	}
	var readings []clinical.Reading
	for _, name := range q.Files {
		reading, err := readCommand{}.read(ctx, name)
		if err != nil {
			if errors.Is(err, os.ErrNotExist) {
				err = errors.New("there is no such file")
			}
			return wrong{exitWrong, fmt.Errorf("%s: %w", name, err)}
		}
		readings = append(readings, reading)
	}
	if len(readings) > 0 {
		records.Gather(records.FilesOf(in.Patient.AsPatient(), readings)).Into(&in)
	}
	answer, err := records.CheckRecords(in, on, q.Lang, book)
	if err != nil {
		return refused(err)
	}
	return write(c.Out, answer)
}
