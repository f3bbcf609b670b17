package directory

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"consilium/internal/expert"
)

// Tags of what other public files say. A statement is its tag and its numbers; strings
// are numbers of the file's list of strings. The same bytes lie in the temporary file
// of a build and in the finished file.
const (
	tagClinician = iota + 1
	tagGroup
	tagHospital
	tagReassign
	tagOptOut
	tagExclusion
	tagPayment
	tagShared
	tagBoard
	tagVolume // only while building
	tagCount
	tagOld = 0x80 // taken over from an older file
)

// sideNames are the kinds in a report. What the clinicians' file says is one kind.
var sideNames = [tagCount]string{"", "clinicians", "clinicians", "affiliations", "reassignments", "opt_out", "exclusions", "payments", "shared_patients", "boards", "volumes"}

const sideBuckets = 512

// sideBucket spreads NPIs in their order: ten digits of which the first is 1 or 2.
func sideBucket(npi uint32) int {
	const first, last = 1_000_000_000, 3_000_000_000
	return int(uint64(min(max(npi, first), last-1)-first) * sideBuckets / (last - first))
}

// side begins a statement in the builder's room.
func (b *Builder) side(npi uint32, tag byte) {
	b.room = binary.LittleEndian.AppendUint32(b.room[:0], npi)
	b.room = append(b.room, tag|b.old)
	if b.old == 0 {
		b.given[tag] = true
		b.report.Sides[sideNames[tag]]++
	}
}

func (b *Builder) str(s string) { b.num(uint64(b.strings.put([]byte(strings.TrimSpace(s))))) }
func (b *Builder) num(n uint64) { b.room = binary.AppendUvarint(b.room, n) }

func (b *Builder) keep(npi uint32) { b.sides.add(sideBucket(npi), b.room) }

// Clinician takes a row of CMS Doctors and Clinicians.
func (b *Builder) Clinician(npi uint32, c expert.Clinician) {
	b.side(npi, tagClinician)
	b.str(c.School)
	b.num(uint64(max(c.Graduated, 0)))
	b.num(pair(c.Telehealth, c.Assignment))
	b.keep(npi)
	for _, g := range c.Groups {
		b.group(npi, tagGroup, g)
	}
}

func (b *Builder) group(npi uint32, tag byte, g expert.Group) {
	b.room = binary.LittleEndian.AppendUint32(b.room[:0], npi)
	b.room = append(b.room, tag|b.old)
	b.str(g.ID)
	b.str(g.Name)
	b.num(uint64(max(g.Members, 0)))
	b.keep(npi)
}

// Hospital takes a facility affiliation.
func (b *Builder) Hospital(npi uint32, h expert.Hospital) {
	b.side(npi, tagHospital)
	b.str(h.CCN)
	b.str(h.Kind)
	b.str(h.Name)
	b.keep(npi)
}

// Reassign takes a reassignment of benefits to a group.
func (b *Builder) Reassign(npi uint32, g expert.Group) {
	b.side(npi, tagReassign) // counts it
	b.group(npi, tagReassign, g)
}

// Volume takes Medicare services of one code.
func (b *Builder) Volume(npi uint32, v expert.Volume) {
	b.side(npi, tagVolume)
	b.num(uint64(b.procs.put([]byte(strings.ToUpper(strings.TrimSpace(v.HCPCS))))))
	b.num(uint64(max(v.Services, 0)))
	b.num(uint64(max(v.Patients, 0)))
	b.volumes.add(sideBucket(npi), b.room)
}

// OptOut takes a time in which they do not bill Medicare.
func (b *Builder) OptOut(npi uint32, o expert.OptOut) {
	b.side(npi, tagOptOut)
	b.str(o.From)
	b.str(o.Until)
	b.keep(npi)
}

// Exclude takes an exclusion by OIG.
func (b *Builder) Exclude(npi uint32, x expert.Exclusion) {
	b.side(npi, tagExclusion)
	b.str(x.Kind)
	b.str(x.From)
	b.keep(npi)
	if b.old != 0 {
		b.excludedBefore[npi] = true
	} else {
		b.excluded[npi] = true
	}
}

// Payment takes what a maker paid.
func (b *Builder) Payment(npi uint32, p expert.Payment) {
	b.side(npi, tagPayment)
	b.str(p.Maker)
	b.num(uint64(max(p.Cents, 0)))
	b.num(uint64(max(p.Payments, 0)))
	b.num(pair(p.Ownership, false))
	b.keep(npi)
}

// Shared takes an edge of a shared-patient file: it counts for both, whichever of them
// the file names first.
func (b *Builder) Shared(a, c uint32, patients, days int) {
	if a == c {
		return
	}
	for _, pair := range [...][2]uint32{{a, c}, {c, a}} {
		b.room = binary.LittleEndian.AppendUint32(b.room[:0], pair[0])
		b.room = binary.LittleEndian.AppendUint32(b.room, pair[1])
		b.num(uint64(max(patients, 0)))
		b.num(uint64(max(days, 0)))
		b.edges.add(sideBucket(pair[0]), b.room)
	}
	b.given[tagShared] = true
	b.report.Sides[sideNames[tagShared]]++
}

// sharedOld takes over an edge as an older file has it, for one of the two.
func (b *Builder) sharedOld(npi uint32, s expert.Shared, other uint32) {
	b.side(npi, tagShared)
	b.num(uint64(other))
	b.num(uint64(s.Patients))
	b.num(uint64(s.Days))
	b.num(pair(s.Top, false))
	b.keep(npi)
}

// Board takes a certificate.
func (b *Builder) Board(npi uint32, c expert.Board) {
	b.side(npi, tagBoard)
	for _, s := range []string{c.Board, c.Specialty, c.Status, c.Until, c.Source} {
		b.str(s)
	}
	b.keep(npi)
}

func pair(a, b bool) (n uint64) {
	if a {
		n |= 1
	}
	if b {
		n |= 2
	}
	return n
}

// statement reads one statement into a profile. look gives a string by its number.
func statement(r *reader, look func(uint64) string, p *expert.Profile) {
	switch r.byte() &^ tagOld {
	case tagClinician:
		if p.Clinician == nil {
			p.Clinician = &expert.Clinician{}
		}
		c := p.Clinician
		school, year, bits := look(r.num()), int(r.num()&0xffff), r.num()
		c.School, c.Graduated = cmp.Or(c.School, school), cmp.Or(c.Graduated, year)
		c.Telehealth, c.Assignment = c.Telehealth || bits&1 != 0, c.Assignment || bits&2 != 0
	case tagGroup:
		if p.Clinician == nil {
			p.Clinician = &expert.Clinician{}
		}
		p.Clinician.Groups = putGroup(p.Clinician.Groups, expert.Group{ID: look(r.num()), Name: look(r.num()), Members: int(r.num() & 0xffffffff)})
	case tagReassign:
		p.Reassigns = putGroup(p.Reassigns, expert.Group{ID: look(r.num()), Name: look(r.num()), Members: int(r.num() & 0xffffffff)})
	case tagHospital:
		h := expert.Hospital{CCN: look(r.num()), Kind: look(r.num()), Name: look(r.num())}
		i := slices.IndexFunc(p.Hospitals, func(o expert.Hospital) bool { return o.CCN == h.CCN })
		if i < 0 {
			p.Hospitals = append(p.Hospitals, h)
		} else {
			p.Hospitals[i].Kind, p.Hospitals[i].Name = cmp.Or(p.Hospitals[i].Kind, h.Kind), cmp.Or(p.Hospitals[i].Name, h.Name)
		}
	case tagOptOut:
		// The later of two times stands: an opt-out is renewed every two years.
		o := expert.OptOut{From: look(r.num()), Until: look(r.num())}
		if p.OptOut == nil || o.From >= p.OptOut.From {
			p.OptOut = &o
		}
	case tagExclusion:
		x := expert.Exclusion{Kind: look(r.num()), From: look(r.num())}
		if p.Exclusion == nil || x.From >= p.Exclusion.From {
			p.Exclusion = &x
		}
	case tagPayment:
		y := expert.Payment{Maker: look(r.num()), Cents: int64(r.num() & (1<<62 - 1)), Payments: int(r.num() & 0xffffffff), Ownership: r.num()&1 != 0}
		i := slices.IndexFunc(p.Payments, func(o expert.Payment) bool { return o.Maker == y.Maker })
		if i < 0 {
			p.Payments = append(p.Payments, y)
		} else {
			o := &p.Payments[i]
			o.Cents, o.Payments, o.Ownership = o.Cents+y.Cents, o.Payments+y.Payments, o.Ownership || y.Ownership
		}
	case tagShared:
		p.Shared = append(p.Shared, expert.Shared{NPI: digits(r.num()%10_000_000_000, 10), Patients: int(r.num() & 0xffffffff), Days: int(r.num() & 0xffff), Top: r.num()&1 != 0})
	case tagBoard:
		c := expert.Board{Board: look(r.num()), Specialty: look(r.num()), Status: look(r.num()), Until: look(r.num()), Source: look(r.num())}
		if !slices.Contains(p.Boards, c) {
			p.Boards = append(p.Boards, c)
		}
	default:
		r.bad = true
	}
}

func putGroup(gs []expert.Group, g expert.Group) []expert.Group {
	i := slices.IndexFunc(gs, func(o expert.Group) bool { return o.ID == g.ID && (g.ID != "" || o.Name == g.Name) })
	if i < 0 {
		return append(gs, g)
	}
	gs[i].Name, gs[i].Members = cmp.Or(gs[i].Name, g.Name), max(gs[i].Members, g.Members)
	return gs
}

// settle puts what was gathered into its final order.
func settle(p *expert.Profile) {
	slices.SortStableFunc(p.Payments, func(a, b expert.Payment) int {
		return cmp.Or(-cmp.Compare(a.Cents, b.Cents), cmp.Compare(a.Maker, b.Maker))
	})
	slices.SortStableFunc(p.Shared, func(a, b expert.Shared) int {
		return cmp.Or(-cmp.Compare(a.Patients, b.Patients), cmp.Compare(a.NPI, b.NPI))
	})
}

// appendSides writes what is said of one NPI, as statement reads it.
func appendSides(out []byte, p *expert.Profile, number func(string) uint64) []byte {
	num := func(ns ...uint64) {
		for _, n := range ns {
			out = binary.AppendUvarint(out, n)
		}
	}
	tag := func(t byte, ns ...uint64) { out = append(out, t); num(ns...) }
	if c := p.Clinician; c != nil {
		tag(tagClinician, number(c.School), uint64(c.Graduated), pair(c.Telehealth, c.Assignment))
		for _, g := range c.Groups {
			tag(tagGroup, number(g.ID), number(g.Name), uint64(g.Members))
		}
	}
	for _, h := range p.Hospitals {
		tag(tagHospital, number(h.CCN), number(h.Kind), number(h.Name))
	}
	for _, g := range p.Reassigns {
		tag(tagReassign, number(g.ID), number(g.Name), uint64(g.Members))
	}
	if o := p.OptOut; o != nil {
		tag(tagOptOut, number(o.From), number(o.Until))
	}
	if x := p.Exclusion; x != nil {
		tag(tagExclusion, number(x.Kind), number(x.From))
	}
	for _, y := range p.Payments {
		tag(tagPayment, number(y.Maker), uint64(y.Cents), uint64(y.Payments), pair(y.Ownership, false))
	}
	for _, s := range p.Shared {
		tag(tagShared, npiOf(s.NPI), uint64(s.Patients), uint64(s.Days), pair(s.Top, false))
	}
	for _, c := range p.Boards {
		tag(tagBoard, number(c.Board), number(c.Specialty), number(c.Status), number(c.Until), number(c.Source))
	}
	return out
}

// npiOf reads ten digits; 0 for anything else.
func npiOf(s string) uint64 {
	if len(s) != 10 {
		return 0
	}
	n := uint64(0)
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0
		}
		n = n*10 + uint64(s[i]-'0')
	}
	return n
}
