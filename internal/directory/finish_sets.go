package directory

import (
	"encoding/binary"
	"maps"
	"slices"
)

// writeClasses writes the numbers of each row that filters and the fit ask for, two
// bytes of them, so that a walk through millions reads little.
func (f *finish) writeClasses() {
	f.w.begin(partClasses)
	out := make([]byte, 0, 1<<16)
	for row := range f.n {
		out = binary.LittleEndian.AppendUint16(out, uint16(classOf(row24(f.rowsAt, row))))
		if len(out) == cap(out) || row == f.n-1 {
			f.w.write(out)
			out = out[:0]
		}
	}
	f.w.end()
}

func row24(rows []byte, i int) row { return row(rows[i*rowSize : i*rowSize+rowSize]) }

// setWriter is a set of rows on its way: the words of 64 rows that are not empty.
type setWriter struct {
	at   []uint32
	bits []uint64
}

// add puts in a row; rows come in order, the same one may come again.
func (s *setWriter) add(row uint32) {
	if n := len(s.at); n == 0 || s.at[n-1] != row/64 {
		s.at, s.bits = append(s.at, row/64), append(s.bits, 0)
	}
	s.bits[len(s.bits)-1] |= 1 << (row % 64)
}

func (f *finish) set(name string) *setWriter {
	s := f.sets[name]
	if s == nil {
		s = &setWriter{}
		f.sets[name] = s
	}
	return s
}

// hot makes a set for each beginning of words that many rows bear.
func (f *finish) hot(list *interner, ends []uint32, posts []byte) {
	f.sets = map[string]*setWriter{}
	start := func(w int) int {
		if w == 0 {
			return 0
		}
		return int(ends[w-1]) // writing moved each start to its end
	}
	var deepen func(lo, hi, length int)
	deepen = func(lo, hi, length int) {
		for i := lo; i < hi; {
			w := list.at(uint32(i))
			if len(w) <= length {
				i++
				continue
			}
			to := i + 1
			for to < hi && len(list.at(uint32(to))) > length && list.at(uint32(to))[length] == w[length] {
				to++
			}
			if rows := start(to) - start(i); rows > f.n/hotShare {
				all := make([]uint64, bitWords(f.n))
				for k := start(i); k < start(to); k++ {
					row := u32(posts, k) >> 1
					all[row/64] |= 1 << (row % 64)
				}
				s := f.set(setName + string(w[:length+1]))
				for at, bits := range all {
					if bits != 0 {
						s.at, s.bits = append(s.at, uint32(at)), append(s.bits, bits)
					}
				}
				deepen(i, to, length+1)
			}
			i = to
		}
	}
	deepen(0, list.len(), 0)
}

// writeSets writes the sets that filters of the whole country are made of. Those who are
// excluded are in none.
func (f *finish) writeSets() {
	var states, licences [len(states) + 1]*setWriter
	for i := range states {
		states[i], licences[i] = f.set(setState+stateName(uint8(i))), f.set(setLicence+stateName(uint8(i)))
	}
	persons, organizations, boards := f.set(setPersons), f.set(setOrganizations), f.set(setBoards)
	for i := range f.n {
		r, n := row24(f.rowsAt, i), uint32(i)
		flags := r.flags()
		if flags&isExcluded != 0 {
			continue
		}
		if flags&isOrganization != 0 {
			organizations.add(n)
		} else {
			persons.add(n)
		}
		if flags&hasBoards != 0 {
			boards.add(n)
		}
		states[r.state()].add(n)
		for l := r.licences(); l != 0; l &= l - 1 {
			if s := lowestBit(l); s < len(licences) {
				licences[s].add(n)
			}
		}
	}
	names := &interner{}
	var ends []byte
	at := 0
	f.w.begin(partSets)
	var room []byte
	for _, name := range slices.Sorted(maps.Keys(f.sets)) {
		room = f.sets[name].encode(room[:0], bitWords(f.n))
		f.w.write(room)
		at += len(room)
		names.bytes = append(names.bytes, name...)
		names.ends = append(names.ends, uint32(len(names.bytes)))
		ends = binary.LittleEndian.AppendUint64(ends, uint64(at))
	}
	f.w.end()
	f.sets = nil
	f.w.put(partSetNames, names.encode())
	f.w.put(partSetEnds, ends)
}

// encode writes the number of words that the set has, their places, and their bits; a
// set that is dense has all words and no places.
func (s *setWriter) encode(out []byte, words int) []byte {
	dense := 3*len(s.at) >= 2*words
	n := len(s.at)
	if dense {
		n = words
	}
	out = binary.LittleEndian.AppendUint64(out, uint64(n))
	if !dense {
		for _, at := range s.at {
			out = binary.LittleEndian.AppendUint32(out, at)
		}
		for _, bits := range s.bits {
			out = binary.LittleEndian.AppendUint64(out, bits)
		}
		return out
	}
	from := len(out)
	out = append(out, make([]byte, 8*words)...)
	for i, at := range s.at {
		binary.LittleEndian.PutUint64(out[from+8*int(at):], s.bits[i])
	}
	return out
}
