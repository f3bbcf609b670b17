package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"

	"consilium/internal/actions"
	"consilium/internal/intake"
	"consilium/internal/intake/document"
	"consilium/internal/intake/healthcard"
	"consilium/internal/portal"
)

// portals reads the operator's list of portals; nil when there is none.
func (s serveCommand) portals() (actions.Portals, error) {
	if s.Portals == "" {
		return nil, nil
	}
	f, err := os.Open(s.Portals)
	if err != nil {
		return nil, fmt.Errorf("--portals: %w", err)
	}
	defer f.Close()
	list, err := portal.Read(f, portal.DefaultLimits(), time.Now)
	if err != nil {
		return nil, fmt.Errorf("--portals: %w", err)
	}
	return list, nil
}

// recogniseWithin is the longest that one file may take where the words of scanned
// pages are recognised, which takes seconds a page. It ends before the job does.
const recogniseWithin = 8 * time.Minute

// reading says how files are read: whose health cards are believed, and whether the
// words of scanned pages are recognised.
func (s serveCommand) reading() (o intake.Options, err error) {
	if s.OCR != "" {
		if _, err := exec.LookPath(s.OCR); err != nil {
			return o, fmt.Errorf("--ocr: %w", err)
		}
		o.Tools.OCR = document.OCR{Tesseract: s.OCR}
		o.Limits = intake.DefaultLimits()
		o.Limits.Time = recogniseWithin
	}
	if s.Trust != "" {
		b, err := os.ReadFile(s.Trust)
		if err != nil {
			return o, fmt.Errorf("--trust: %w", err)
		}
		if o.Cards, err = healthcard.ParseTrust(b); err != nil {
			return o, fmt.Errorf("--trust: %w", err)
		}
	}
	return o, nil
}
