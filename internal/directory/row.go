// Package directory is the national directory of clinicians: one immutable file built
// from public files, and the search over it. The file is built beside the old one and
// takes its place whole; what is damaged is refused, never served.
package directory

import "consilium/internal/expert"

// Row is one provider of NPPES as the builder takes it. The slices hold only until
// the next row: the builder copies what it keeps.
type Row struct {
	NPI          uint32
	Organization bool   // entity type 2
	Sex          byte   // F, M, X or 0
	Updated      uint32 // last update, 20261109; 0 unknown

	Last, First, Middle, Suffix, Former []byte // as written, blanks at the ends taken off
	Legal, Known                        []byte // of an organisation: legal business name, other name
	Credential                          []byte
	Line1, Line2, City, State           []byte // of the practice location
	ZIP                                 []byte // five digits; empty when it has none
	Phone                               []byte // ten digits; empty when it has none
	Taxonomies                          []Taxonomy
}

// Taxonomy is one of up to fifteen of a row.
type Taxonomy struct {
	Code    [10]byte // NUCC
	State   [2]byte  // of the licence; zero when none is named
	Primary bool
}

// Sides are what the other public files say of a provider, by NPI. A statement about
// an NPI that is in no row is counted and left out.
type Sides interface {
	Clinician(npi uint32, c expert.Clinician) // a row for each group: groups add up
	Hospital(npi uint32, h expert.Hospital)
	Reassign(npi uint32, g expert.Group)
	Volume(npi uint32, v expert.Volume) // the same code at two places adds up
	OptOut(npi uint32, o expert.OptOut)
	Exclude(npi uint32, x expert.Exclusion)
	Payment(npi uint32, p expert.Payment) // the same maker adds up
	Shared(a, b uint32, patients, days int)
	Board(npi uint32, b expert.Board)
}
