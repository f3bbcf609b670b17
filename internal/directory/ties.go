package directory

import (
	"sort"
	"strings"

	"consilium/internal/expert"
)

// Kinds of keys that two who are close share. School and maker are not among them:
// weak signs alone change no level, so that nobody is looked for by them.
const (
	tieAddress      = 'a'
	tieOrganization = 'o'
	tieGroup        = 'g' // PAC ID, of an enrolment or a reassignment
	tieHospital     = 'h' // CCN
)

// hash is FNV-1a of 64 bits, folded to 32. Two keys with one hash do no harm: every
// candidate is compared in full.
func hash(key []byte) uint32 {
	h := uint64(14695981039346656037)
	for _, c := range key {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	return uint32(h >> 32)
}

// sideTies gives the keys that the other files give somebody, and what can be compared.
// The keys must be those that expert.Ties compares by.
func sideTies(p *expert.Profile, take func(hash uint32)) (had byte) {
	var room [128]byte
	group := func(gs []expert.Group) {
		for _, g := range gs {
			if id := groupID(g.ID); id != "" {
				take(hash(append(append(room[:0], tieGroup), id...)))
				had |= byte(expert.ComparedGroup)
			}
			if key := expert.AppendOrganizationKey(append(room[:0], tieOrganization), []byte(g.Name), []byte(p.Practice.State)); len(key) > 1 {
				take(hash(key))
				had |= byte(expert.ComparedOrganization)
			}
		}
	}
	if p.Clinician != nil {
		group(p.Clinician.Groups)
	}
	group(p.Reassigns)
	for _, h := range p.Hospitals {
		if ccn := facilityID(h.CCN); ccn != "" {
			take(hash(append(append(room[:0], tieHospital), ccn...)))
			had |= byte(expert.ComparedHospital)
		}
	}
	return had
}

// groupID and facilityID make numbers the same that differ in blanks and zeros, as
// expert.Ties does.
func groupID(s string) string    { return strings.TrimLeft(strings.TrimSpace(s), "0") }
func facilityID(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }

// close gives the rows that share anything with the first doctor that may change their
// level, each once.
func (f *file) close(first *expert.Profile) ([]uint32, error) {
	var set rowSet
	var rows []uint32
	add := func(row uint32) {
		if !set.has(row) {
			set.add(row)
			rows = append(rows, row)
		}
	}
	take := func(h uint32) {
		b := f.parts[partTies]
		for i := sort.Search(len(b)/8, func(i int) bool { return uint32(u64(b, i)>>32) >= h }); 8*i < len(b) && uint32(u64(b, i)>>32) == h; i++ {
			add(uint32(u64(b, i)))
		}
	}
	npi := func(s string) {
		if n := npiOf(s); n > 0 && n < 1<<32 {
			if row, ok := f.rowOf(uint32(n)); ok {
				add(uint32(row))
			}
		}
	}
	p := *first
	sideTies(&p, take)
	if key := expert.AppendAddressKey([]byte{tieAddress}, []byte(p.Practice.Line1), []byte(p.Practice.ZIP)); len(key) > 1 {
		take(hash(key))
	}
	for _, name := range []string{p.Practice.Organization, p.Name.Organization, p.Name.Known} {
		if key := expert.AppendOrganizationKey([]byte{tieOrganization}, []byte(name), []byte(p.Practice.State)); len(key) > 1 {
			take(hash(key))
		}
	}
	npi(p.NPI)
	for _, e := range p.Shared {
		npi(e.NPI)
	}
	// An edge is kept with both ends: what others say of the first doctor is what the
	// directory says of them.
	if n := npiOf(p.NPI); n > 0 && n < 1<<32 {
		if row, ok := f.rowOf(uint32(n)); ok {
			known, ok := f.full(row)
			if !ok {
				return nil, f.damagedRow(row)
			}
			for _, e := range known.Shared {
				npi(e.NPI)
			}
		}
	}
	return rows, nil
}
