package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"consilium/internal/clinical"
	"consilium/internal/intake"
	"consilium/internal/intake/document"
	"consilium/internal/intake/healthcard"
)

type recordsCommands struct {
	Read  readCommand         `cmd:"" help:"Say what files hold: whose they are, facts, images, problems."`
	Check recordsCheckCommand `cmd:"" help:"What is missing for a specialty, too old or wrong."`
}

type readCommand struct {
	Files  []string `arg:"" help:"Files to read; a folder is read with everything in it." name:"file"`
	Format string   `help:"What the files are." enum:"auto,fhir,ccda,dicom,pdf,zip,image" default:"auto"`
	Facts  bool     `help:"Print the facts themselves, not only how many."`
	Trust  string   `help:"File of issuers whose SMART Health Cards are believed: a snapshot of the VCI directory." type:"existingfile" placeholder:"FILE"`
	OCR    string   `name:"ocr" help:"Recognise the words of scanned pages with this program (tesseract). It makes mistakes." placeholder:"PROGRAM"`
	Words  string   `help:"The program pdftotext, which reads the words of PDFs; \"none\" does without." placeholder:"PROGRAM"`
}

// readings is what the command prints.
type readings struct {
	Files []clinical.Reading `json:"files"`
}

// Run reads each file by itself; one that cannot be opened ends the command with 2.
func (r readCommand) Run(ctx context.Context, c console) error {
	out := readings{Files: []clinical.Reading{}}
	for _, name := range r.Files {
		reading, err := r.read(ctx, name)
		if err != nil {
			if errors.Is(err, os.ErrNotExist) {
				err = errors.New("there is no such file")
			}
			return wrong{exitWrong, fmt.Errorf("%s: %w", name, err)}
		}
		if !r.Facts {
			reading = reading.WithoutFacts()
		}
		out.Files = append(out.Files, reading)
	}
	return write(c.Out, out)
}

// read reads a file, or a folder with everything in it.
func (r readCommand) read(ctx context.Context, name string) (clinical.Reading, error) {
	opts := intake.Options{Format: intake.Format(r.Format)}
	opts.Tools = document.Tools{PDFText: r.Words, OCR: document.OCR{Tesseract: r.OCR}}
	if r.OCR != "" {
		opts.Limits = intake.DefaultLimits()
		opts.Limits.Time = 10 * time.Minute // recognising takes seconds a page
	}
	if r.Trust != "" {
		b, err := os.ReadFile(r.Trust)
		if err != nil {
			return clinical.Reading{}, err
		}
		if opts.Cards, err = healthcard.ParseTrust(b); err != nil {
			return clinical.Reading{}, fmt.Errorf("--trust: %w", err)
		}
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return intake.ReadFolder(ctx, name, opts)
	}
	return intake.ReadFile(ctx, name, opts)
}
