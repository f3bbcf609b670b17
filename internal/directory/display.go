package directory

import (
	"encoding/binary"
	"strconv"

	"consilium/internal/expert"
)

// Strings of a row in the order in which a display holds those that it has.
const (
	showLast = iota
	showFirst
	showMiddle
	showSuffix
	showFormer
	showLegal
	showKnown
	showCredential
	showLine1
	showLine2
	showCity
	showState // only one that has no number
	showZIP   // only one that is in no list
	showCount
)

// A display is: a byte of organisation and sex, date of update, phone, a mask of the
// strings it has, those strings behind their lengths, the taxonomies.

func appendDisplay(out []byte, r *Row, codes []uint16, placed bool) []byte {
	kind := byte(0)
	if r.Organization {
		kind = 1
	}
	switch r.Sex {
	case 'F':
		kind |= 1 << 1
	case 'M':
		kind |= 2 << 1
	case 'X':
		kind |= 3 << 1
	}
	out = append(out, kind)
	out = binary.AppendUvarint(out, uint64(r.Updated))
	out = binary.AppendUvarint(out, phoneNumber(r.Phone))
	strs := [showCount][]byte{r.Last, r.First, r.Middle, r.Suffix, r.Former, r.Legal, r.Known, r.Credential, r.Line1, r.Line2, r.City, nil, nil}
	if stateNumber(r.State) == 0 {
		strs[showState] = r.State
	}
	if !placed {
		strs[showZIP] = r.ZIP
	}
	mask := uint64(0)
	for i, s := range strs {
		if len(s) > 0 {
			mask |= 1 << i
		}
	}
	out = binary.AppendUvarint(out, mask)
	for _, s := range strs {
		if len(s) > 0 {
			out = binary.AppendUvarint(out, uint64(len(s)))
			out = append(out, s...)
		}
	}
	out = binary.AppendUvarint(out, uint64(len(r.Taxonomies)))
	for i, t := range r.Taxonomies {
		primary := uint64(0)
		if t.Primary {
			primary = 1
		}
		out = binary.AppendUvarint(out, uint64(codes[i])<<1|primary)
		out = append(out, stateNumber(t.State[:]))
	}
	return out
}

// phoneNumber is ten digits as a number and one, so that 0 stands for none.
func phoneNumber(b []byte) uint64 {
	if len(b) != 10 {
		return 0
	}
	n := uint64(0)
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + uint64(c-'0')
	}
	return n + 1
}

// reader reads numbers and strings and never beyond the end: bad says that it tried.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *reader) num() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) str() []byte {
	n := r.num()
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	s := r.b[:n]
	r.b = r.b[n:]
	return s
}

// shown is a display taken apart; its strings lie in the file.
type shown struct {
	organization bool
	sex          byte
	updated      uint32
	phone        uint64
	strs         [showCount][]byte
	taxonomies   []shownCode
}

type shownCode struct {
	code    uint16
	primary bool
	state   uint8
}

// maxTaxonomies bounds what a row may say: NPPES has fifteen.
const maxTaxonomies = 64

func readDisplay(b []byte) (s shown, ok bool) {
	r := reader{b: b}
	kind := r.byte()
	s.organization, s.sex = kind&1 != 0, "\x00FMX"[kind>>1&3]
	s.updated = uint32(r.num())
	s.phone = r.num()
	mask := r.num()
	for i := range s.strs {
		if mask>>i&1 != 0 {
			s.strs[i] = r.str()
		}
	}
	n := r.num()
	if n > maxTaxonomies {
		return s, false
	}
	s.taxonomies = make([]shownCode, 0, n)
	for range n {
		c := r.num()
		s.taxonomies = append(s.taxonomies, shownCode{code: uint16(c >> 1), primary: c&1 != 0, state: r.byte()})
	}
	return s, !r.bad && len(r.b) == 0
}

// profile puts what is shown of a row into words; sides come on top.
func (f *file) profile(row int) (expert.Profile, bool) {
	h := f.row(row)
	// One copy for all strings of the row.
	all := string(f.display(row))
	b := f.display(row)
	s, ok := readDisplay(b)
	if !ok {
		return expert.Profile{}, false
	}
	text := func(i int) string {
		if len(s.strs[i]) == 0 {
			return ""
		}
		at := cap(b) - cap(s.strs[i]) // how far into the display it lies
		return all[at : at+len(s.strs[i])]
	}
	p := expert.Profile{
		NPI: strconv.FormatUint(uint64(h.npi()), 10), Organization: s.organization,
		Name:       expert.Name{Last: text(showLast), First: text(showFirst), Middle: text(showMiddle), Suffix: text(showSuffix), Former: text(showFormer), Organization: text(showLegal), Known: text(showKnown)},
		Credential: text(showCredential),
		Practice:   expert.Place{Line1: text(showLine1), Line2: text(showLine2), City: text(showCity), State: stateName(h.state())},
		Updated:    dateOf(s.updated),
	}
	if s.sex != 0 {
		p.Sex = "F"
		if s.sex != 'F' {
			p.Sex = string(rune(s.sex))
		}
	}
	if p.Practice.State == "" {
		p.Practice.State = text(showState)
	}
	if s.phone > 0 && s.phone <= 1e10 {
		p.Practice.Phone = digits(s.phone-1, 10)
	}
	if z := h.zip(); z < len(f.places) {
		at := f.places[z]
		p.Practice.ZIP, p.Practice.Lat, p.Practice.Lon, p.Practice.Placed = digits(uint64(at.zip), 5), at.lat, at.lon, true
	} else {
		p.Practice.ZIP = text(showZIP)
	}
	if p.Organization {
		p.Practice.Organization = p.Name.Organization
	}
	for _, t := range s.taxonomies {
		if int(t.code) >= len(f.codes) {
			return p, false
		}
		p.Specialties = append(p.Specialties, expert.Specialty{Code: f.codes[t.code], Name: f.codeNames[t.code], Primary: t.primary, LicenseState: stateName(t.state)})
	}
	return p, true
}

// digits writes a number with leading zeros.
func digits(n uint64, width int) string {
	var b [10]byte
	for i := width - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b[:width])
}

// dateOf writes 20261109 as 2026-11-09.
func dateOf(n uint32) string {
	if n == 0 || n > 99991231 {
		return ""
	}
	d := digits(uint64(n), 8)
	return d[:4] + "-" + d[4:6] + "-" + d[6:]
}
