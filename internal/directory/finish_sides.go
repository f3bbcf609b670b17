package directory

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"consilium/internal/expert"
)

// sideRecord is a statement as the builder kept it: NPI, then its tag and numbers.
type sideRecord struct {
	npi uint32
	rec []byte
}

// bucketOf reads a bucket of statements, sorted by NPI, each NPI's in the order in which
// they came. Those about nobody are counted and left out.
func (f *finish) bucketOf(s *spill, n int, room []byte, list []sideRecord) ([]byte, []sideRecord, error) {
	room, err := s.read(n, room)
	if err != nil {
		return room, nil, err
	}
	list = list[:0]
	for rest := room; len(rest) > 0; {
		var rec []byte
		rec, rest = record(rest)
		list = append(list, sideRecord{binary.LittleEndian.Uint32(rec), rec[4:]})
	}
	slices.SortStableFunc(list, func(a, b sideRecord) int { return cmp.Compare(a.npi, b.npi) })
	return room, list, f.ctx.Err()
}

// stale tells of a statement from an older file whose kind was given anew.
func (f *finish) stale(tag byte) bool {
	kind := tag &^ tagOld
	if kind == tagGroup {
		kind = tagClinician
	}
	return tag&tagOld != 0 && f.given[kind]
}

// writeSides brings together what is said of each NPI.
func (f *finish) writeSides() error {
	edges, err := f.strongest()
	if err != nil {
		return err
	}
	f.w.begin(partSides)
	look := f.lookup()
	number := func(s string) uint64 { return uint64(f.strings.put([]byte(s))) }
	var room, erom, out []byte
	var list []sideRecord
	var ties []edge
	at := uint64(0)
	for n := range sideBuckets {
		if room, list, err = f.bucketOf(f.sides, n, room, list); err != nil {
			return err
		}
		if erom, ties, err = edges.bucket(n, erom, ties); err != nil {
			return err
		}
		for len(list) > 0 || len(ties) > 0 {
			npi := uint32(0)
			if len(list) > 0 && (len(ties) == 0 || list[0].npi <= ties[0].npi) {
				npi = list[0].npi
			} else {
				npi = ties[0].npi
			}
			i, known := f.rank(npi)
			var p expert.Profile
			for ; len(list) > 0 && list[0].npi == npi; list = list[1:] {
				tag := list[0].rec[0]
				if !known {
					if tag&^tagOld != tagGroup {
						f.report.Strange[sideNames[tag&^tagOld]]++
					}
					continue
				}
				if !f.stale(tag) {
					statement(&reader{b: list[0].rec}, look, &p)
				}
			}
			for ; len(ties) > 0 && ties[0].npi == npi; ties = ties[1:] {
				if known && ties[0].kept {
					p.Shared = append(p.Shared, expert.Shared{NPI: digits(uint64(ties[0].other), 10), Patients: int(ties[0].patients), Days: int(ties[0].days), Top: ties[0].top})
				}
			}
			if !known {
				continue
			}
			settle(&p)
			if out = appendSides(out[:0], &p, number); len(out) == 0 {
				continue
			}
			f.markSides(uint32(f.byNPI[i]), &p)
			f.w.write(out)
			at += uint64(len(out))
			f.sideNPIs = binary.LittleEndian.AppendUint32(f.sideNPIs, npi)
			f.sideEnds = binary.LittleEndian.AppendUint64(f.sideEnds, at)
		}
		f.tell(Progress{"sides", int64(n + 1), sideBuckets})
	}
	f.w.end()
	f.sides.close()
	f.edges.close()
	return nil
}

// lookup gives strings by number, each made once.
func (f *finish) lookup() func(uint64) string {
	var made []string
	return func(n uint64) string {
		if n >= uint64(f.strings.len()) {
			return ""
		}
		for len(made) <= int(n) {
			made = append(made, string(f.strings.at(uint32(len(made)))))
		}
		return made[n]
	}
}

// markSides carries into the row what a search asks of it.
func (f *finish) markSides(row uint32, p *expert.Profile) {
	flags := uint16(hasSides)
	h := f.rowsAt[int(row)*rowSize:]
	if c := p.Clinician; c != nil {
		if c.Telehealth {
			flags |= hasTelehealth
		}
		if c.Graduated > 1900 && c.Graduated < 1900+256 {
			h[rowGraduated] = byte(c.Graduated - 1900)
		}
	}
	if p.OptOut != nil {
		flags |= hasOptOut
	}
	if len(p.Boards) > 0 {
		flags |= hasBoards
	}
	if teaches(p.Hospitals) {
		flags |= isTeaching
	}
	f.mark(row, flags)
	p.Practice.State = f.state(row)
	h[rowHad] |= sideTies(p, func(hash uint32) { f.tied = append(f.tied, uint64(hash)<<32|uint64(row)) })
}

// teaches tells whether one of the hospitals is called a teaching hospital.
func teaches(hs []expert.Hospital) bool {
	return slices.ContainsFunc(hs, func(h expert.Hospital) bool { return strings.Contains(strings.ToLower(h.Kind), "teaching") })
}

// writeVolumes adds up the services of each NPI by code. A record is pairs of the
// code's number, less the one before, then services and patients.
func (f *finish) writeVolumes() error {
	type volume struct{ code, services, patients uint64 }
	f.w.begin(partVolumes)
	var room, out []byte
	var list []sideRecord
	var vs []volume
	var err error
	at := uint64(0)
	for n := range sideBuckets {
		if room, list, err = f.bucketOf(f.volumes, n, room, list); err != nil {
			return err
		}
		for len(list) > 0 {
			npi := list[0].npi
			i, known := f.rank(npi)
			vs = vs[:0]
			for ; len(list) > 0 && list[0].npi == npi; list = list[1:] {
				if !known {
					f.report.Strange[sideNames[tagVolume]]++
					continue
				}
				r := reader{b: list[0].rec}
				if !f.stale(r.byte()) {
					vs = append(vs, volume{r.num(), r.num(), r.num()})
				}
			}
			if len(vs) == 0 {
				continue
			}
			slices.SortStableFunc(vs, func(a, b volume) int { return cmp.Compare(a.code, b.code) })
			out = out[:0]
			last := uint64(0)
			for len(vs) > 0 {
				v := vs[0]
				for vs = vs[1:]; len(vs) > 0 && vs[0].code == v.code; vs = vs[1:] {
					v.services, v.patients = v.services+vs[0].services, v.patients+vs[0].patients
				}
				for _, x := range [...]uint64{v.code - last, v.services, v.patients} {
					out = binary.AppendUvarint(out, x)
				}
				last = v.code
			}
			f.mark(uint32(f.byNPI[i]), hasVolumes)
			f.w.write(out)
			at += uint64(len(out))
			f.volNPIs = binary.LittleEndian.AppendUint32(f.volNPIs, npi)
			f.volEnds = binary.LittleEndian.AppendUint64(f.volEnds, at)
		}
		f.tell(Progress{"volumes", int64(n + 1), sideBuckets})
	}
	f.w.end()
	f.volumes.close()
	return nil
}
