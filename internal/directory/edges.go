package directory

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// Shared-patient files have tens of millions of edges. Of each clinician the strongest
// stay; an edge stays with both ends or with neither, so that a tie is seen from both.
const (
	strongestEdges = 64 // of each clinician, and all that are as strong as the last of them: what fits into a file, no rule
	// An edge is marked Top while the file is built, when no rule is at hand: these two are
	// the bounds of a strong tie by shared patients. How many patients make a tie for a
	// search is read again from the rules (expert_fit, limits, shared_patients), whose
	// number is the same; a change there goes here too, and a test holds them together.
	topPercent  = 5
	topPatients = 50
)

// edge is one direction of a pair.
type edge struct {
	npi, other, patients, days uint32
	top, kept                  bool
}

// edges knows for each clinician how strong an edge must be to be among the strongest.
type edges struct {
	f     *finish
	least []uint32 // by rank of the NPI
}

// strongest reads all edges once.
func (f *finish) strongest() (*edges, error) {
	e := &edges{f: f}
	if f.edges.records == 0 {
		return e, nil
	}
	e.least = make([]uint32, f.n)
	var room []byte
	var list []edge
	var err error
	for n := range sideBuckets {
		if room, list, err = e.pairs(n, room, list); err != nil {
			return nil, err
		}
		for from := 0; from < len(list); {
			to := from + 1
			for to < len(list) && list[to].npi == list[from].npi {
				to++
			}
			if i, ok := f.rank(list[from].npi); ok && to-from > strongestEdges {
				byStrength(list[from:to])
				e.least[i] = list[from+strongestEdges-1].patients
			}
			from = to
		}
		f.tell(Progress{"shared_patients", int64(n + 1), sideBuckets})
	}
	return e, nil
}

func byStrength(list []edge) {
	slices.SortFunc(list, func(a, b edge) int {
		return cmp.Or(-cmp.Compare(a.patients, b.patients), cmp.Compare(a.other, b.other))
	})
}

// pairs reads a bucket; a pair that came several times is one, with its largest number
// of patients. Pairs of which one is in no row are left out.
func (e *edges) pairs(n int, room []byte, list []edge) ([]byte, []edge, error) {
	room, err := e.f.edges.read(n, room)
	if err != nil {
		return room, nil, err
	}
	list = list[:0]
	for rest := room; len(rest) > 0; {
		var rec []byte
		rec, rest = record(rest)
		r := reader{b: rec[8:]}
		x := edge{npi: binary.LittleEndian.Uint32(rec), other: binary.LittleEndian.Uint32(rec[4:])}
		x.patients, x.days = uint32(min(r.num(), 1<<31)), uint32(min(r.num(), 1<<15))
		list = append(list, x)
	}
	slices.SortFunc(list, func(a, b edge) int {
		return cmp.Or(cmp.Compare(a.npi, b.npi), cmp.Compare(a.other, b.other), -cmp.Compare(a.patients, b.patients), cmp.Compare(a.days, b.days))
	})
	list = slices.CompactFunc(list, func(a, b edge) bool { return a.npi == b.npi && a.other == b.other })
	list = slices.DeleteFunc(list, func(x edge) bool {
		_, ok := e.f.rank(x.other)
		return !ok
	})
	return room, list, e.f.ctx.Err()
}

// bucket reads a bucket again, says which edges are strong, and orders them by NPI.
func (e *edges) bucket(n int, room []byte, list []edge) ([]byte, []edge, error) {
	if e.least == nil {
		return room, nil, nil
	}
	room, list, err := e.pairs(n, room, list)
	if err != nil {
		return room, nil, err
	}
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to].npi == list[from].npi {
			to++
		}
		of := list[from:to]
		byStrength(of)
		i, known := e.f.rank(of[0].npi)
		if !known {
			e.f.report.Strange[sideNames[tagShared]] += len(of)
		}
		for k := range of {
			x := &of[k]
			x.top = k < len(of)*topPercent/100 || x.patients >= topPatients
			j, _ := e.f.rank(x.other)
			x.kept = known && (x.patients >= e.least[i] || x.patients >= e.least[j])
		}
		from = to
	}
	return room, list, nil
}
