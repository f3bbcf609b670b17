package directory

import (
	"context"
	"errors"

	"consilium/internal/expert"
)

// Inputs are what a build needs before the first row.
type Inputs struct {
	Dir   string // where temporary files lie: the folder of the file to build
	ZIPs  []ZIP  // where ZIP codes lie
	Codes []Code // what taxonomy codes are called (NUCC)
}

// ZIP is where a ZIP code lies: everybody in it is placed at its centre.
type ZIP struct {
	Code, City, State string
	Lat, Lon          float64 // degrees
}

// Code is a taxonomy code and its name.
type Code struct{ Code, Name string }

// Progress is how far a build is: Done of Of units of a phase (rows, sides, ...).
type Progress struct {
	Phase    string // rows, sides, names, ties, writing
	Done, Of int64
}

// Report is what a build made and what it left out.
type Report struct {
	Rows     int              // in the file
	Replaced int              // earlier rows of an NPI that came again
	Dropped  int              // rows of dropped NPIs
	Unplaced int              // rows whose ZIP is in no list
	Sides    map[string]int   // statements taken, by kind
	Strange  map[string]int   // statements about an NPI in no row, by kind
	Bytes    int64            // of the file
	Parts    map[string]int64 // bytes of each part of the file
}

// Builder makes a directory file. It is for one goroutine. Add, the sides, From, Drop
// and SetData come in any order; then Finish; Close always.
type Builder struct {
	err error
}

var _ Sides = (*Builder)(nil)

// NewBuilder begins a build. What earlier builds that died left in the folder is
// swept.
func NewBuilder(in Inputs) (*Builder, error) { return &Builder{}, nil }

// Add takes over a row; a later row of the same NPI replaces an earlier one. The error
// is Invalid for a row that cannot be taken (the next may come), any other ends the build.
func (b *Builder) Add(r Row) error { return b.err }

// Drop leaves out an NPI (deactivated), whether its row came before or comes later.
func (b *Builder) Drop(npi uint32) {}

// SetData says of which day a public file is: SetData("nppes", "2026-11-10").
func (b *Builder) SetData(file, date string) {}

// From takes over all of an older file. Rows added replace those of the same NPI; of a
// kind of side that is given anew, nothing old is kept.
func (b *Builder) From(d *Directory) error { return b.err }

// Err is the first error that ended the build: the sides have no error of their own.
func (b *Builder) Err() error { return b.err }

// Finish writes the file beside out and puts it in the place of out.
func (b *Builder) Finish(ctx context.Context, out string, progress func(Progress)) (Report, error) {
	return Report{}, errors.New("not built yet")
}

// Close removes what is temporary. It may be called twice and after Finish.
func (b *Builder) Close() error { return nil }

// Clinician takes a row of CMS Doctors and Clinicians.
func (b *Builder) Clinician(npi uint32, c expert.Clinician) {}

// Hospital takes a facility affiliation.
func (b *Builder) Hospital(npi uint32, h expert.Hospital) {}

// Reassign takes a reassignment of benefits.
func (b *Builder) Reassign(npi uint32, g expert.Group) {}

// Volume takes Medicare services of one code.
func (b *Builder) Volume(npi uint32, v expert.Volume) {}

// OptOut takes a Medicare opt-out.
func (b *Builder) OptOut(npi uint32, o expert.OptOut) {}

// Exclude takes an OIG exclusion.
func (b *Builder) Exclude(npi uint32, x expert.Exclusion) {}

// Payment takes a payment of a maker.
func (b *Builder) Payment(npi uint32, p expert.Payment) {}

// Shared takes an edge of a shared-patient file: it counts for both.
func (b *Builder) Shared(a, c uint32, patients, days int) {}

// Board takes a certificate.
func (b *Builder) Board(npi uint32, c expert.Board) {}
