package directory

import (
	"encoding/binary"
	"math"
	"slices"

	"consilium/internal/expert"
	"consilium/internal/fault"
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
	Phase    string // rows, shared_patients, sides, names, writing
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
	dir    string
	places []place
	zips   [100000]uint16 // place+1 of each ZIP, 0 none
	codes  map[[10]byte]uint16
	names  []string // of codes
	order  [][10]byte
	data   map[string]string
	report Report
	err    error

	npis  []uint32 // of the rows in the order in which they came
	drop  map[uint32]bool
	rows  *spill
	words *interner
	count int // words of all rows
	posts int // codes of all rows
	ties  int

	sides, volumes, edges    *spill
	strings, procs           *interner
	given                    [tagCount]bool
	old                      byte // tagOld while an older file is taken over
	excluded, excludedBefore map[uint32]bool

	room, key []byte
	rowWords  []uint32
	rowCodes  []uint16
	rowTies   []uint32
}

var _ Sides = (*Builder)(nil)

// rowBuckets is the number of pieces of the country that are sorted one by one; the
// last holds the rows without a place.
const rowBuckets = 257

// NewBuilder begins a build. What earlier builds that died left in the folder is
// swept.
func NewBuilder(in Inputs) (*Builder, error) {
	sweep(in.Dir)
	b := &Builder{
		dir: in.Dir, codes: map[[10]byte]uint16{}, data: map[string]string{}, drop: map[uint32]bool{},
		rows: newSpill(in.Dir, rowBuckets), words: newInterner(),
		sides: newSpill(in.Dir, sideBuckets), volumes: newSpill(in.Dir, sideBuckets), edges: newSpill(in.Dir, sideBuckets),
		strings: newInterner(), procs: newInterner(), excluded: map[uint32]bool{}, excludedBefore: map[uint32]bool{},
		report: Report{Sides: map[string]int{}, Strange: map[string]int{}, Parts: map[string]int64{}},
	}
	places := placesOf(in.ZIPs)
	if len(places) > math.MaxUint16-1 {
		return nil, fault.New(fault.Invalid, "directory.zips")
	}
	b.put(places)
	for _, c := range in.Codes {
		if len(c.Code) == 10 {
			if n, ok := b.code([10]byte([]byte(c.Code))); ok {
				b.names[n] = c.Name
			}
		}
	}
	return b, nil
}

// put says where ZIPs lie.
func (b *Builder) put(places []place) {
	b.places = places
	for i, p := range places {
		b.zips[p.zip] = uint16(i + 1)
	}
}

// code gives the number of a taxonomy code.
func (b *Builder) code(c [10]byte) (uint16, bool) {
	n, ok := b.codes[c]
	if !ok {
		if len(b.order) == math.MaxUint16 {
			return 0, false
		}
		n = uint16(len(b.order))
		b.codes[c] = n
		b.order, b.names = append(b.order, c), append(b.names, "")
	}
	return n, true
}

// mostBytes is how many bytes the strings of a row may have together.
const mostBytes = 16 << 10

// Add takes over a row; a later row of the same NPI replaces an earlier one. The error
// is Invalid for a row that cannot be taken (the next may come), any other ends the build.
func (b *Builder) Add(r Row) error {
	if b.err != nil {
		return b.err
	}
	size := 0
	for _, s := range [...][]byte{r.Last, r.First, r.Middle, r.Suffix, r.Former, r.Legal, r.Known, r.Credential, r.Line1, r.Line2, r.City, r.State, r.ZIP, r.Phone} {
		size += len(s)
	}
	if r.NPI < 1_000_000_000 || size > mostBytes || len(r.Taxonomies) > maxTaxonomies {
		return fault.New(fault.Invalid, "directory.row")
	}
	zip := len(b.places)
	if n, ok := zipNumber(r.ZIP); ok && b.zips[n] > 0 {
		zip = int(b.zips[n]) - 1
	}
	licences := uint64(0)
	b.rowCodes = b.rowCodes[:0]
	for _, t := range r.Taxonomies {
		n, ok := b.code(t.Code)
		if !ok {
			return fault.New(fault.Invalid, "directory.row")
		}
		b.rowCodes = append(b.rowCodes, n)
		if s := stateNumber(t.State[:]); s > 0 {
			licences |= 1 << s
		}
	}
	had := b.tie(&r)
	b.rowWords = b.rowWords[:0]
	for _, name := range [...][]byte{r.Last, r.First, r.Middle, r.Former, r.Legal, r.Known} {
		if len(name) > 0 {
			b.wordsOf(name)
		}
	}

	// The record: number of the row, NPI, ZIP, state, had, licences, words, codes,
	// ties, display.
	out := binary.LittleEndian.AppendUint32(b.room[:0], uint32(len(b.npis)))
	out = binary.LittleEndian.AppendUint32(out, r.NPI)
	out = binary.LittleEndian.AppendUint16(out, uint16(zip))
	out = append(out, stateNumber(r.State), had)
	out = binary.LittleEndian.AppendUint64(out, licences)
	out = append(out, byte(len(b.rowWords)), byte(len(b.rowTies)))
	for _, w := range b.rowWords {
		out = binary.LittleEndian.AppendUint32(out, w)
	}
	for _, t := range b.rowTies {
		out = binary.LittleEndian.AppendUint32(out, t)
	}
	out = b.appendCodes(out, r.Taxonomies)
	b.room = appendDisplay(out, &r, b.rowCodes, zip < len(b.places))
	bucket := rowBuckets - 1
	if zip < len(b.places) {
		bucket = zip * (rowBuckets - 1) / len(b.places)
	}
	b.rows.add(bucket, b.room)
	b.err = b.rows.err
	b.npis = append(b.npis, r.NPI)
	b.count += len(b.rowWords)
	b.ties += len(b.rowTies)
	return b.err
}

// appendCodes writes each code once: the number of codes, then code<<1 | primary.
func (b *Builder) appendCodes(out []byte, ts []Taxonomy) []byte {
	at := len(out)
	out = append(out, 0)
	for i, n := range b.rowCodes {
		if slices.Contains(b.rowCodes[:i], n) {
			continue
		}
		primary := uint32(0)
		for j := range ts {
			if b.rowCodes[j] == n && ts[j].Primary {
				primary = 1
			}
		}
		out = binary.LittleEndian.AppendUint32(out, uint32(n)<<1|primary)
		out[at]++
		b.posts++
	}
	return out
}

// wordsOf adds the words of a name to those of the row, each once.
func (b *Builder) wordsOf(name []byte) {
	var room [64]byte
	eachWord(name, room[:0], func(w []byte) {
		id := b.words.put(w)
		if len(b.rowWords) < math.MaxUint8 && !slices.Contains(b.rowWords, id) {
			b.rowWords = append(b.rowWords, id)
		}
	})
}

// tie puts the keys by which the row's place and names tie it to others into rowTies,
// and says of what it has any.
func (b *Builder) tie(r *Row) (had byte) {
	b.rowTies = b.rowTies[:0]
	if b.key = expert.AppendAddressKey(append(b.key[:0], tieAddress), r.Line1, r.ZIP); len(b.key) > 1 {
		b.rowTies = append(b.rowTies, hash(b.key))
		had |= byte(expert.ComparedAddress)
	}
	for _, name := range [...][]byte{r.Legal, r.Known} {
		if len(name) == 0 {
			continue
		}
		if b.key = expert.AppendOrganizationKey(append(b.key[:0], tieOrganization), name, r.State); len(b.key) > 1 {
			b.rowTies = append(b.rowTies, hash(b.key))
			had |= byte(expert.ComparedOrganization)
		}
	}
	return had
}

// Drop leaves out an NPI (deactivated), whether its row came before or comes later.
func (b *Builder) Drop(npi uint32) { b.drop[npi] = true }

// SetData says of which day a public file is: SetData("nppes", "2026-11-10").
func (b *Builder) SetData(file, date string) { b.data[file] = date }

// Err is the first error that ended the build: the sides have no error of their own.
func (b *Builder) Err() error {
	for _, s := range []*spill{b.rows, b.sides, b.volumes, b.edges} {
		if b.err == nil {
			b.err = s.err
		}
	}
	return b.err
}

// Close removes what is temporary. It may be called twice and after Finish.
func (b *Builder) Close() error {
	for _, s := range []*spill{b.rows, b.sides, b.volumes, b.edges} {
		s.close()
	}
	return nil
}
