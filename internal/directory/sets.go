package directory

import (
	"encoding/binary"
	"math/bits"
)

// A set in the file is named by one sign and what it is of.
const (
	setName          = "n" // and the beginning of a word: who bears such a word
	setState         = "s" // and a state: who practises there
	setLicence       = "l" // and a state: who is licensed there
	setPersons       = "p"
	setOrganizations = "o"
	setBoards        = "b" // who has an imported certificate
)

// hotShare: the beginning of a word that more than one row in so many bears has a set;
// the rows of all others are put together when they are asked for.
const hotShare = 16

// The class of a row.
const (
	classGraduated  = 1<<8 - 1 // year less 1900
	classTeaching   = 1 << 8
	classTelehealth = 1 << 9
	classOptOut     = 1 << 10
	classVolumes    = 1 << 11
	classHad        = 12 // shift: what the files have of it to compare
)

func classOf(r row) int {
	c := int(r[rowGraduated]) | int(r.had()&15)<<classHad
	for _, x := range [...]struct{ flag, class int }{{isTeaching, classTeaching}, {hasTelehealth, classTelehealth}, {hasOptOut, classOptOut}, {hasVolumes, classVolumes}} {
		if int(r.flags())&x.flag != 0 {
			c |= x.class
		}
	}
	return c
}

func bitWords(rows int) int { return (rows + 63) / 64 }

func lowestBit(x uint64) int { return bits.TrailingZeros64(x) }

// bitmap is a set of rows at work: a bit each.
type bitmap []uint64

func (m bitmap) has(row uint32) bool { return m[row/64]>>(row%64)&1 != 0 }
func (m bitmap) drop(row uint32)     { m[row/64] &^= 1 << (row % 64) }

func (m bitmap) and(o bitmap) {
	o = o[:len(m)]
	for i := range m {
		m[i] &= o[i]
	}
}

// within gives the bits of word i that lie in from..to.
func (m bitmap) within(i, from, to int) uint64 {
	w := m[i]
	if lo := from - 64*i; lo > 0 {
		w &= ^uint64(0) << lo
	}
	if hi := to - 64*i; hi < 64 {
		w &= 1<<hi - 1
	}
	return w
}

// count counts the rows of from..to.
func (m bitmap) count(from, to int) int {
	n := 0
	for i := from / 64; 64*i < to; i++ {
		n += bits.OnesCount64(m.within(i, from, to))
	}
	return n
}

// rowBits is a set in the file: the words of 64 rows that are not empty, or, without
// places, all words.
type rowBits struct{ at, bits []byte }

// or adds the set to others.
func (s rowBits) or(m bitmap) {
	if s.at == nil {
		b := s.bits[:8*len(m)]
		for i := range m {
			m[i] |= binary.LittleEndian.Uint64(b[8*i:])
		}
		return
	}
	for i := range len(s.at) / 4 {
		m[u32(s.at, i)] |= u64(s.bits, i)
	}
}

// setsOK reads the sets and checks that none reaches beyond the rows.
func (f *file) setsOK() bool {
	names, ok := readWords(f.parts[partSetNames])
	all := f.parts[partSets]
	if !ok || !endsOK(f.parts[partSetEnds], names.n, len(all)) && (names.n > 0 || len(all) > 0) {
		return false
	}
	words := bitWords(f.n)
	tail := ^uint64(0) // bits that the last word may have
	if f.n%64 != 0 {
		tail = 1<<(f.n%64) - 1
	}
	f.sets = make(map[string]rowBits, names.n)
	from := uint64(0)
	for i := range names.n {
		to := u64(f.parts[partSetEnds], i)
		b := all[from:to]
		from = to
		if len(b) < 8 || u64(b, 0) > uint64(words) {
			return false
		}
		n := int(u64(b, 0))
		b = b[8:]
		var s rowBits
		switch len(b) {
		case 8 * words:
			s.bits = b
			if n != words || words > 0 && u64(b, words-1)&^tail != 0 {
				return false
			}
		case 12 * n:
			s.at, s.bits = b[:4*n:4*n], b[4*n:]
			next := uint32(0)
			for k := range n {
				at := u32(s.at, k)
				if at < next || int(at) >= words || int(at) == words-1 && u64(s.bits, k)&^tail != 0 {
					return false
				}
				next = at + 1
			}
		default:
			return false
		}
		f.sets[string(names.at(i))] = s
	}
	return len(f.sets) == names.n
}

// classesOK checks the size of the classes and finds the best: more years, a teaching
// hospital and telehealth never lower a fit, so that one of each kind stands for all.
func (f *file) classesOK() bool {
	b := f.parts[partClasses]
	if len(b) != 2*f.n {
		return false
	}
	var had [merits + 1]bool
	for i := range f.n {
		had[u16(b, i)&merits] = true
	}
	f.bestClasses = nil
	for kind := 0; kind <= merits; kind += classGraduated + 1 {
		if had[kind] { // year not known
			f.bestClasses = append(f.bestClasses, kind)
		}
		for year := 1; year <= classGraduated; year++ {
			if had[kind|year] {
				f.bestClasses = append(f.bestClasses, kind|year)
				break
			}
		}
	}
	return true
}
