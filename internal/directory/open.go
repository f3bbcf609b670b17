package directory

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"consilium/internal/fault"
)

// Directory is an opened file. Any number of goroutines may ask it at once.
type Directory struct {
	file
	free func() error
}

// file is a verified file: nothing in it points outside it.
type file struct {
	path      string // for what is told of it
	parts     [partCount][]byte
	n         int // rows
	places    []place
	points    []point
	bandStart [bands + 1]int
	zips      []uint16 // place+1 of each ZIP
	codes     []string
	codeNames []string
	codeOf    map[string]int
	words     words
	strings   words
	procs     words
	procOf    map[string]uint64
	data      map[string]string
	sets      map[string]rowBits
	// Of the classes that there are, those that no other outdoes in every part of the fit.
	bestClasses []int
	scratch     *sync.Pool
}

// Open verifies every byte of a file and opens it. What is damaged is refused with a
// fault of kind Damaged that names the file and says to build it again; a file that is
// not there is NotFound.
func Open(path string) (*Directory, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "directory.none").With("file", path).Because(fmt.Errorf("there is no directory at %s: build it with `consilium directory build`", path))
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() < headerSize || info.Size() != int64(int(info.Size())) || !info.Mode().IsRegular() {
		return nil, damaged(path, fmt.Errorf("it has %d bytes", info.Size()))
	}
	b, free, err := load(f, int(info.Size()))
	if err != nil {
		return nil, err
	}
	d := &Directory{free: free}
	d.path = path
	if err := d.read(b); err != nil {
		_ = free()
		return nil, damaged(path, err)
	}
	return d, nil
}

func damaged(path string, err error) error {
	return fault.New(fault.Damaged, "directory.damaged").With("file", path).Because(fmt.Errorf("the directory %s is damaged and is not used: %w; build it again with `consilium directory build`", path, err))
}

// Close lets the file go; nothing may be asked afterwards.
func (d *Directory) Close() error {
	if d.free == nil {
		return nil
	}
	free := d.free
	d.free = nil
	return free()
}

// Rows is the number of clinicians and organisations.
func (d *Directory) Rows() int { return d.n }

// read verifies all bytes and every number that points at others.
func (f *file) read(b []byte) error {
	var err error
	if f.parts, err = split(b); err != nil {
		return err
	}
	var m meta
	if err := json.Unmarshal(f.parts[partMeta], &m); err != nil {
		return fmt.Errorf("part meta: %w", err)
	}
	f.data, f.n = m.Data, len(f.parts[partRows])/rowSize
	wrong := func(n int) error { return fmt.Errorf("part %s has a number that cannot be", partNames[n]) }
	if f.n != m.Rows || len(f.parts[partRows])%rowSize != 0 || f.n >= 1<<30 {
		return wrong(partRows)
	}
	var ok bool
	if f.places, ok = decodePlaces(f.parts[partZIPs]); !ok {
		return wrong(partZIPs)
	}
	for _, check := range []struct {
		part int
		ok   func() bool
	}{
		{partZIPRows, f.zipRowsOK},
		{partCodes, f.codesOK},
		{partCells, f.cellsOK},
		{partPosts, f.postsOK},
		{partWords, f.wordsOK},
		{partWordPosts, f.namePostsOK},
		{partRows, f.rowsOK},
		{partByNPI, f.byNPIOK},
		{partShowAt, func() bool { return endsOK(f.parts[partShowAt], f.n, len(f.parts[partDisplay])) }},
		{partClasses, f.classesOK},
		{partSets, f.setsOK},
		{partTies, f.tiesOK},
		{partSideNPIs, func() bool { return f.sidesOK(partSideNPIs, partSideAt, partSides) }},
		{partVolNPIs, func() bool { return f.sidesOK(partVolNPIs, partVolAt, partVolumes) }},
		{partStrings, f.stringsOK},
	} {
		if !check.ok() {
			return wrong(check.part)
		}
	}
	f.place()
	return nil
}

// place makes what a search needs of the ZIPs.
func (f *file) place() {
	f.zips = make([]uint16, 100000)
	f.points = make([]point, len(f.places))
	next := 0
	for i, p := range f.places {
		f.zips[p.zip] = uint16(i + 1)
		f.points[i] = pointOf(p.lat, p.lon)
		for ; next <= band(p.lat); next++ {
			f.bandStart[next] = i
		}
	}
	for ; next < len(f.bandStart); next++ {
		f.bandStart[next] = len(f.places)
	}
	places := len(f.places)
	f.scratch = &sync.Pool{New: func() any {
		s := &scratch{chords: make([]float64, places+1)}
		for i := range s.chords {
			s.chords[i] = -1
		}
		return s
	}}
}

func (f *file) zipRowsOK() bool {
	b := f.parts[partZIPRows]
	if len(b) != 4*(len(f.places)+2) || u32(b, 0) != 0 || int(u32(b, len(f.places)+1)) != f.n {
		return false
	}
	return rising(b)
}

// rising tells whether numbers of four bytes never fall.
func rising(b []byte) bool {
	last := uint32(0)
	for ; len(b) >= 4; b = b[4:] {
		n := binary.LittleEndian.Uint32(b)
		if n < last {
			return false
		}
		last = n
	}
	return true
}

func (f *file) codesOK() bool {
	b := f.parts[partCodes]
	names, ok := readWords(f.parts[partCodeNames])
	if !ok || len(b)%10 != 0 || len(b)/10 > 1<<16 || names.n != len(b)/10 {
		return false
	}
	f.codeOf = map[string]int{}
	for i := range names.n {
		code := string(b[10*i : 10*i+10])
		f.codeOf[code] = i
		f.codes, f.codeNames = append(f.codes, code), append(f.codeNames, string(names.at(i)))
	}
	return len(f.codeOf) == names.n
}

func (f *file) cellsOK() bool {
	starts, cells := f.parts[partCodeCells], f.parts[partCells]
	if len(starts) != 4*(2*len(f.codes)+1) || len(cells)%8 != 0 || !rising(starts) || u32(starts, 0) != 0 || int(u32(starts, 2*len(f.codes))) != len(cells)/8 || len(f.parts[partPosts])%4 != 0 {
		return false
	}
	last, posts := uint32(0), len(f.parts[partPosts])/4
	for c := range 2 * len(f.codes) {
		zip := -1
		for i := u32(starts, c); i < u32(starts, c+1); i++ {
			z, start := int(u32(cells, 2*int(i))), u32(cells, 2*int(i)+1)
			if z <= zip || z > len(f.places) || start < last || int64(start) > int64(posts) {
				return false
			}
			zip, last = z, start
		}
	}
	return len(cells) == 0 && posts == 0 || len(cells) > 0 && u32(cells, 1) == 0
}

// postsOK: the rows of a cell lie in its ZIP and rise, so that those of several codes
// can be merged.
func (f *file) postsOK() bool {
	zips, posts := f.parts[partZIPRows], f.parts[partPosts]
	for i := range len(f.parts[partCells]) / 8 {
		z := int(u32(f.parts[partCells], 2*i))
		next := u32(zips, z)
		from, to := f.cell(i)
		for ; from < to; from++ {
			row := u32(posts, from) >> 1
			if row < next || row >= u32(zips, z+1) {
				return false
			}
			next = row + 1
		}
	}
	return true
}

func (f *file) wordsOK() (ok bool) {
	if f.words, ok = readWords(f.parts[partWords]); !ok {
		return false
	}
	for i := range f.words.n {
		if w := f.words.at(i); len(w) == 0 || len(w) > longestWord || i > 0 && string(f.words.at(i-1)) >= string(w) {
			return false
		}
	}
	return true
}

func (f *file) namePostsOK() bool {
	starts, posts := f.parts[partWordPosts], f.parts[partNamePosts]
	if len(starts) != 4*(f.words.n+1) || !rising(starts) || u32(starts, 0) != 0 || len(posts)%4 != 0 || int(u32(starts, f.words.n)) != len(posts)/4 {
		return false
	}
	for ; len(posts) > 0; posts = posts[4:] {
		if int(binary.LittleEndian.Uint32(posts)>>1) >= f.n {
			return false
		}
	}
	return true
}

func (f *file) rowsOK() bool {
	names := f.parts[partRowWords]
	if len(names)%4 != 0 {
		return false
	}
	for b := names; len(b) > 0; b = b[4:] {
		if int(binary.LittleEndian.Uint32(b)) >= f.words.n {
			return false
		}
	}
	zips := f.parts[partZIPRows]
	zip := 0
	for i := range f.n {
		for i >= int(u32(zips, zip+1)) {
			zip++
		}
		r := f.row(i)
		if r.zip() != zip || int(r.state()) > len(states) || int(r.word())+int(r.words()) > len(names)/4 {
			return false
		}
	}
	return true
}

func (f *file) byNPIOK() bool {
	b := f.parts[partByNPI]
	if len(b) != 4*f.n {
		return false
	}
	last := uint32(0)
	for i := range f.n {
		row := int(u32(b, i))
		if row >= f.n {
			return false
		}
		npi := f.row(row).npi()
		if npi <= last {
			return false
		}
		last = npi
	}
	return true
}

// endsOK: n ends of eight bytes that never fall, the last of them the size of the part.
func endsOK(ends []byte, n, size int) bool {
	if len(ends) != 8*n {
		return false
	}
	last := uint64(0)
	for ; len(ends) > 0; ends = ends[8:] {
		e := binary.LittleEndian.Uint64(ends)
		if e < last {
			return false
		}
		last = e
	}
	return last == uint64(size)
}

func (f *file) tiesOK() bool {
	b := f.parts[partTies]
	if len(b)%8 != 0 {
		return false
	}
	last := uint64(0)
	for ; len(b) > 0; b = b[8:] {
		t := binary.LittleEndian.Uint64(b)
		if t < last || int(uint32(t)) >= f.n {
			return false
		}
		last = t
	}
	return true
}

func (f *file) sidesOK(npis, ends, text int) bool {
	b := f.parts[npis]
	if len(b)%4 != 0 || !endsOK(f.parts[ends], len(b)/4, len(f.parts[text])) {
		return false
	}
	return rising(b)
}

func (f *file) stringsOK() (ok bool) {
	if f.strings, ok = readWords(f.parts[partStrings]); !ok {
		return false
	}
	f.procs, ok = readWords(f.parts[partProcs])
	f.procOf = map[string]uint64{}
	for i := range f.procs.n {
		f.procOf[string(f.procs.at(i))] = uint64(i)
	}
	return ok
}

// row is one record of partRows.
type row []byte

func (f *file) row(i int) row { return row(f.parts[partRows][i*rowSize : i*rowSize+rowSize]) }

func (r row) licences() uint64 { return binary.LittleEndian.Uint64(r) }
func (r row) npi() uint32      { return binary.LittleEndian.Uint32(r[rowNPI:]) }
func (r row) word() uint32     { return binary.LittleEndian.Uint32(r[rowWord:]) }
func (r row) zip() int         { return int(binary.LittleEndian.Uint16(r[rowZIP:])) }
func (r row) flags() uint16    { return binary.LittleEndian.Uint16(r[rowFlags:]) }
func (r row) state() uint8     { return r[rowState] }
func (r row) words() uint8     { return r[rowWordCount] }
func (r row) had() uint8       { return r[rowHad] }

func (r row) graduated() int {
	if r[rowGraduated] == 0 {
		return 0
	}
	return 1900 + int(r[rowGraduated])
}

// cell gives the postings of a cell.
func (f *file) cell(i int) (from, to int) {
	cells := f.parts[partCells]
	from, to = int(u32(cells, 2*i+1)), len(f.parts[partPosts])/4
	if 8*(i+1) < len(cells) {
		to = int(u32(cells, 2*i+3))
	}
	return from, to
}

// display gives what is shown of a row.
func (f *file) display(i int) []byte {
	from := uint64(0)
	if i > 0 {
		from = u64(f.parts[partShowAt], i-1)
	}
	to := u64(f.parts[partShowAt], i)
	return f.parts[partDisplay][from:to:to]
}
