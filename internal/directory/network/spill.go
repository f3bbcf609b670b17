package network

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"io"
	"math"
	"os"
	"slices"
)

// pair is what is sorted: two numbers, the first before the second.
type pair struct{ a, b uint64 }

func comparePairs(x, y pair) int {
	if c := cmp.Compare(x.a, y.a); c != 0 {
		return c
	}
	return cmp.Compare(x.b, y.b)
}

// sorter sorts any number of pairs in little memory: what does not fit is written to
// disk in sorted runs, which are merged at the end.
type sorter struct {
	dir  string
	room int
	half bool // only the first number counts for the order
	held []pair
	aux  []pair
	runs []*os.File
	err  error
}

const sorterRoom = 1 << 19 // pairs: 8 MiB, and as much again while they are sorted

func newSorter(dir string) *sorter { return &sorter{dir: dir, room: sorterRoom} }

// newGrouper gives a sorter that brings together what has the same first number, in
// whatever order.
func newGrouper(dir string) *sorter { return &sorter{dir: dir, room: sorterRoom, half: true} }

func (s *sorter) add(a, b uint64) {
	if len(s.held) == s.room {
		s.flush()
	}
	s.held = append(s.held, pair{a, b})
}

// sort orders what is held, byte by byte from the lowest (a radix sort), and leaves out
// the bytes that are the same in all pairs.
func (s *sorter) sort() {
	if s.half && slices.IsSortedFunc(s.held, func(x, y pair) int { return cmp.Compare(x.a, y.a) }) {
		return
	}
	if len(s.held) < 1024 {
		slices.SortFunc(s.held, comparePairs)
		return
	}
	if cap(s.aux) < len(s.held) {
		s.aux = make([]pair, len(s.held))
	}
	some, all := pair{}, pair{^uint64(0), ^uint64(0)}
	for _, p := range s.held {
		some, all = pair{some.a | p.a, some.b | p.b}, pair{all.a & p.a, all.b & p.b}
	}
	from, to := s.held, s.aux[:len(s.held)]
	for shift := 0; shift < 64 && !s.half; shift += 8 {
		if (some.b^all.b)>>shift&0xff != 0 {
			var at [256]uint32
			for k := range from {
				at[byte(from[k].b>>shift)]++
			}
			starts(&at)
			for _, p := range from {
				k := &at[byte(p.b>>shift)]
				to[*k] = p
				*k++
			}
			from, to = to, from
		}
	}
	for shift := 0; shift < 64; shift += 8 {
		if (some.a^all.a)>>shift&0xff != 0 {
			var at [256]uint32
			for k := range from {
				at[byte(from[k].a>>shift)]++
			}
			starts(&at)
			for _, p := range from {
				k := &at[byte(p.a>>shift)]
				to[*k] = p
				*k++
			}
			from, to = to, from
		}
	}
	s.held, s.aux = from, to
}

// starts turns how many into where they begin.
func starts(at *[256]uint32) {
	sum := uint32(0)
	for k, n := range at {
		at[k] = sum
		sum += n
	}
}

func (s *sorter) flush() {
	if s.err != nil {
		s.held = s.held[:0]
		return
	}
	s.sort()
	f, err := os.CreateTemp(s.dir, "run-*")
	if err != nil {
		s.err = err
		return
	}
	s.runs = append(s.runs, f)
	w := bufio.NewWriterSize(f, 256<<10)
	var b [16]byte
	for _, p := range s.held {
		binary.LittleEndian.PutUint64(b[:], p.a)
		binary.LittleEndian.PutUint64(b[8:], p.b)
		w.Write(b[:])
	}
	s.err = w.Flush()
	s.held = s.held[:0]
}

// sorted gives the pairs in order, each once. close follows.
func (s *sorter) sorted() (*merged, error) {
	s.sort()
	m := &merged{err: s.err, half: s.half}
	if m.err != nil {
		return nil, m.err
	}
	for _, f := range s.runs {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		m.push(&run{r: bufio.NewReaderSize(f, 64<<10)})
	}
	m.push(&run{held: s.held})
	return m, m.err
}

func (s *sorter) close() {
	for _, f := range s.runs {
		f.Close()
		os.Remove(f.Name())
	}
	s.runs, s.held, s.aux = nil, nil, nil
}

type run struct {
	r    *bufio.Reader
	held []pair
	now  pair
}

func (r *run) next() (bool, error) {
	if r.r == nil {
		if len(r.held) == 0 {
			return false, nil
		}
		r.now, r.held = r.held[0], r.held[1:]
		return true, nil
	}
	var b [16]byte
	if _, err := io.ReadFull(r.r, b[:]); err == io.EOF {
		return false, nil
	} else if err != nil {
		return false, err
	}
	r.now = pair{binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])}
	return true, nil
}

type merged struct {
	runs  []*run
	now   pair // the pair at hand while ok
	ok    bool
	half  bool
	begun bool
	err   error
}

func (m *merged) Len() int { return len(m.runs) }
func (m *merged) Less(i, j int) bool {
	x, y := m.runs[i].now, m.runs[j].now
	return x.a < y.a || x.a == y.a && x.b < y.b && !m.half
}
func (m *merged) Swap(i, j int) { m.runs[i], m.runs[j] = m.runs[j], m.runs[i] }
func (m *merged) Push(x any)    { m.runs = append(m.runs, x.(*run)) }
func (m *merged) Pop() any {
	last := m.runs[len(m.runs)-1]
	m.runs = m.runs[:len(m.runs)-1]
	return last
}

func (m *merged) push(r *run) {
	if more, err := r.next(); err != nil {
		m.err = err
	} else if more {
		heap.Push(m, r)
	}
}

// step goes to the next pair that differs.
func (m *merged) step() bool {
	for m.err == nil && len(m.runs) > 0 {
		r := m.runs[0]
		p := r.now
		if more, err := r.next(); err != nil {
			m.err = err
		} else if more {
			if len(m.runs) > 1 {
				heap.Fix(m, 0)
			}
		} else {
			heap.Pop(m)
		}
		if m.begun && p == m.now {
			continue
		}
		m.now, m.ok, m.begun = p, true, true
		return true
	}
	m.ok = false
	return false
}

// spill is bytes on disk that are only ever added to.
type spill struct {
	f   *os.File
	buf []byte
	len int64
	err error
}

func newSpill(dir string) *spill {
	f, err := os.CreateTemp(dir, "part-*")
	return &spill{f: f, err: err}
}

const spillBuffer = 64 << 10

func (s *spill) write(b []byte) {
	s.buf = append(s.buf, b...)
	s.len += int64(len(b))
	if len(s.buf) >= spillBuffer {
		s.flush()
	}
}

func (s *spill) number(n uint32) {
	s.buf = binary.LittleEndian.AppendUint32(s.buf, n)
	s.len += 4
	if len(s.buf) >= spillBuffer {
		s.flush()
	}
}

func (s *spill) flush() {
	if s.err == nil {
		_, s.err = s.f.Write(s.buf)
	}
	s.buf = s.buf[:0]
}

// copyTo writes all of it out.
func (s *spill) copyTo(w io.Writer) error {
	s.flush()
	if s.err != nil {
		return s.err
	}
	if _, err := s.f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(w, s.f)
	return err
}

func (s *spill) close() {
	if s.f != nil {
		s.f.Close()
		os.Remove(s.f.Name())
	}
}

// table is rows of bytes on disk, each known by its number. Equal rows are kept once
// as long as the memory for knowing them lasts.
type table struct {
	data, starts *spill
	rows         uint32
	seen         map[[2]uint64]uint32
}

var rowSeeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

const remembered = 1 << 18 // rows of one table that are known again

var errTooMuch = errors.New("the network is too large for one file")

func newTable(dir string) *table {
	t := &table{data: newSpill(dir), starts: newSpill(dir), seen: map[[2]uint64]uint32{}}
	t.starts.number(0)
	return t
}

func (t *table) add(row []byte) uint32 {
	key := [2]uint64{maphash.Bytes(rowSeeds[0], row), maphash.Bytes(rowSeeds[1], row)}
	if n, ok := t.seen[key]; ok {
		return n
	}
	if len(t.seen) >= remembered {
		clear(t.seen)
	}
	n := t.push(row)
	t.seen[key] = n
	return n
}

// push adds a row even when there is one like it.
func (t *table) push(row []byte) uint32 {
	t.data.write(row)
	if t.data.len > math.MaxUint32 || t.rows == math.MaxUint32 {
		t.data.err = errTooMuch
		return 0
	}
	t.starts.number(uint32(t.data.len))
	t.rows++
	return t.rows - 1
}

func (t *table) close() { t.data.close(); t.starts.close() }

// rowReader reads a table's rows in their order.
type rowReader struct {
	data, starts *bufio.Reader
	at           uint32
	row          []byte
}

func (t *table) reader() (*rowReader, error) {
	for _, s := range []*spill{t.data, t.starts} {
		if s.flush(); s.err != nil {
			return nil, s.err
		}
		if _, err := s.f.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
	}
	r := &rowReader{data: bufio.NewReaderSize(t.data.f, 256<<10), starts: bufio.NewReaderSize(t.starts.f, 64<<10)}
	_, err := r.starts.Discard(4)
	return r, err
}

func (r *rowReader) next() ([]byte, error) {
	var b [4]byte
	if _, err := io.ReadFull(r.starts, b[:]); err != nil {
		return nil, err
	}
	end := binary.LittleEndian.Uint32(b[:])
	n := int(end - r.at)
	r.at = end
	r.row = slices.Grow(r.row[:0], n)[:n]
	_, err := io.ReadFull(r.data, r.row)
	return r.row, err
}
