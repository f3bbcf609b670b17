package directory

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
)

// finish is the second half of a build: what the rows are in their final order. It
// keeps numbers alone in memory; strings go through the disk.
type finish struct {
	*Builder
	ctx    context.Context
	tell   func(Progress)
	w      *writer
	dead   []uint64 // a bit for each row as it came: replaced or dropped
	n      int      // rows
	rowsAt []byte   // partRows
	ends   []byte   // partShowAt
	first  []uint32 // first row of each ZIP
	tokens []uint32 // partRowWords
	posts  [][]uint32
	cells  [][]cell
	tied   []uint64
	byNPI  []uint64          // npi<<32 | row
	odd    map[uint32]string // states that have no number, by row
	show   int64
	sets   map[string]*setWriter

	sideNPIs, sideEnds, volNPIs, volEnds []byte
}

type cell struct{ zip, start uint32 }

// Finish writes the file beside out and puts it in the place of out. When it fails, or
// dies, out is as it was.
func (b *Builder) Finish(ctx context.Context, out string, progress func(Progress)) (Report, error) {
	if err := b.Err(); err != nil {
		return b.report, err
	}
	if progress == nil {
		progress = func(Progress) {}
	}
	dir := filepath.Dir(out)
	if filepath.Clean(b.dir) != dir {
		sweep(dir)
	}
	file, err := tempFile(dir)
	if err != nil {
		return b.report, err
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(file.Name()) // gone when it took its place
	}()
	f := &finish{Builder: b, ctx: ctx, tell: progress, w: newWriter(file)}
	for _, step := range []func() error{f.settleRows, f.writeRows, f.writeSides, f.writeVolumes, f.writeIndexes} {
		if err := step(); err != nil {
			return b.report, err
		}
	}
	if err := f.w.finish(); err != nil {
		return b.report, err
	}
	if err := ctx.Err(); err != nil {
		return b.report, err
	}
	if err := file.Chmod(0o644); err != nil {
		return b.report, err
	}
	if err := os.Rename(file.Name(), out); err != nil {
		return b.report, err
	}
	b.report.Rows, b.report.Bytes = f.n, f.w.at
	for i, p := range f.w.parts {
		b.report.Parts[partNames[i]] = p.size
	}
	return b.report, syncFolder(dir)
}

// settleRows finds the rows that a later one of the same NPI replaces.
func (f *finish) settleRows() error {
	came := make([]uint64, len(f.npis))
	for i, npi := range f.npis {
		came[i] = uint64(npi)<<32 | uint64(i)
	}
	f.npis = nil
	slices.Sort(came)
	f.dead = make([]uint64, (len(came)+63)/64)
	for i, c := range came {
		npi, row := uint32(c>>32), uint32(c)
		switch {
		case i+1 < len(came) && uint32(came[i+1]>>32) == npi:
			f.report.Replaced++
		case f.drop[npi]:
			f.report.Dropped++
		default:
			f.n++
			continue
		}
		f.dead[row/64] |= 1 << (row % 64)
	}
	f.byNPI = came[:0] // filled again, in the same room
	return f.ctx.Err()
}

// isOut tells whether somebody is excluded from every federal programme. They are in
// no posting: no search finds them.
func (f *finish) isOut(npi uint32) bool {
	return f.excluded[npi] || !f.given[tagExclusion] && f.excludedBefore[npi]
}

// rowRecord is a row as Add left it.
type rowRecord struct {
	zip uint16
	npi uint32
	rec []byte
}

// writeRows goes through the country from south to north, gives rows their numbers and
// writes what is shown of them.
func (f *finish) writeRows() error {
	f.rowsAt = make([]byte, 0, f.n*rowSize)
	f.ends = make([]byte, 0, f.n*8)
	f.first = make([]uint32, len(f.places)+2)
	f.tokens = make([]uint32, 0, f.count)
	f.posts, f.cells = make([][]uint32, 2*len(f.order)), make([][]cell, 2*len(f.order))
	f.tied = make([]uint64, 0, f.Builder.ties)
	f.odd = map[uint32]string{}
	f.w.begin(partDisplay)
	var room []byte
	var list []rowRecord
	next := 0
	for n := range rowBuckets {
		if err := f.ctx.Err(); err != nil {
			return err
		}
		var err error
		if room, err = f.rows.read(n, room); err != nil {
			return err
		}
		list = list[:0]
		for rest := room; len(rest) > 0; {
			var rec []byte
			rec, rest = record(rest)
			if came := binary.LittleEndian.Uint32(rec); f.dead[came/64]>>(came%64)&1 == 0 {
				list = append(list, rowRecord{binary.LittleEndian.Uint16(rec[8:]), binary.LittleEndian.Uint32(rec[4:]), rec})
			}
		}
		slices.SortFunc(list, func(a, b rowRecord) int { return cmp.Or(cmp.Compare(a.zip, b.zip), cmp.Compare(a.npi, b.npi)) })
		for _, r := range list {
			for ; next <= int(r.zip); next++ {
				f.first[next] = uint32(len(f.ends) / 8)
			}
			f.writeRow(r)
		}
		f.tell(Progress{"rows", int64(len(f.ends) / 8), int64(f.n)})
	}
	for ; next < len(f.first); next++ {
		f.first[next] = uint32(len(f.ends) / 8)
	}
	f.w.end()
	f.report.Unplaced = f.n - int(f.first[len(f.places)])
	f.rows.close()
	slices.Sort(f.byNPI)
	return nil
}

func (f *finish) writeRow(r rowRecord) {
	row := uint32(len(f.ends) / 8)
	rec := r.rec[22:]
	words, ties := int(r.rec[20]), int(r.rec[21])
	flags := uint16(0)
	out := f.isOut(r.npi)
	if out {
		flags |= isExcluded
	}
	word := len(f.tokens)
	for i := range words {
		f.tokens = append(f.tokens, u32(rec, i))
	}
	rec = rec[4*words:]
	for i := range ties {
		f.tied = append(f.tied, uint64(u32(rec, i))<<32|uint64(row))
	}
	rec = rec[4*ties:]
	codes := int(rec[0])
	rec = rec[1:]
	show := rec[4*codes:]
	kind := uint32(show[0] & 1)
	for i := range codes {
		n := u32(rec, i)
		if out {
			continue
		}
		c := n>>1<<1 | kind
		if k := len(f.cells[c]); k == 0 || f.cells[c][k-1].zip != uint32(r.zip) {
			f.cells[c] = append(f.cells[c], cell{uint32(r.zip), uint32(len(f.posts[c]))})
		}
		f.posts[c] = append(f.posts[c], row<<1|n&1)
	}
	if kind != 0 {
		flags |= isOrganization
	}
	if r.rec[10] == 0 {
		if s, ok := readDisplay(show); ok && len(s.strs[showState]) > 0 {
			f.odd[row] = string(s.strs[showState])
		}
	}
	f.w.write(show)
	f.show += int64(len(show))
	f.ends = binary.LittleEndian.AppendUint64(f.ends, uint64(f.show))
	f.byNPI = append(f.byNPI, uint64(r.npi)<<32|uint64(row))

	h := binary.LittleEndian.AppendUint64(f.rowsAt, binary.LittleEndian.Uint64(r.rec[12:]))
	h = binary.LittleEndian.AppendUint32(h, r.npi)
	h = binary.LittleEndian.AppendUint32(h, uint32(word))
	h = binary.LittleEndian.AppendUint16(h, r.zip)
	h = binary.LittleEndian.AppendUint16(h, flags)
	f.rowsAt = append(h, r.rec[10], 0, byte(words), r.rec[11])
}

// rank gives the place of an NPI among all rows in the order of NPIs.
func (f *finish) rank(npi uint32) (int, bool) {
	i, _ := slices.BinarySearch(f.byNPI, uint64(npi)<<32)
	return i, i < len(f.byNPI) && uint32(f.byNPI[i]>>32) == npi
}

// state is the state of a row as its profile says it.
func (f *finish) state(row uint32) string {
	if s := stateName(f.rowsAt[int(row)*rowSize+rowState]); s != "" {
		return s
	}
	return f.odd[row]
}

// mark sets flags of a row.
func (f *finish) mark(row uint32, flags uint16) {
	h := f.rowsAt[int(row)*rowSize:]
	binary.LittleEndian.PutUint16(h[rowFlags:], binary.LittleEndian.Uint16(h[rowFlags:])|flags)
}

// meta is the JSON of partMeta.
type meta struct {
	Rows int               `json:"rows"`
	Data map[string]string `json:"data"`
}

// writeIndexes writes all parts that lie in memory.
func (f *finish) writeIndexes() error {
	m, err := json.Marshal(meta{f.n, f.data})
	if err != nil {
		return err
	}
	f.w.put(partMeta, m)
	f.w.put(partZIPs, encodePlaces(f.places))
	f.w.put(partZIPRows, bytesOf(f.first))
	var codes []byte
	names := newInterner()
	for i, c := range f.order {
		codes = append(codes, c[:]...)
		names.bytes = append(names.bytes, f.names[i]...)
		names.ends = append(names.ends, uint32(len(names.bytes)))
	}
	f.w.put(partCodes, codes)
	f.w.put(partCodeNames, names.encode())
	f.writePosts()
	f.w.put(partRows, f.rowsAt)
	f.w.begin(partByNPI)
	var four [4]byte
	for _, n := range f.byNPI {
		binary.LittleEndian.PutUint32(four[:], uint32(n))
		f.w.write(four[:])
	}
	f.w.end()
	f.byNPI = nil
	f.w.put(partShowAt, f.ends)
	f.ends = nil
	if err := f.writeNames(); err != nil {
		return err
	}
	f.writeClasses()
	f.writeSets()
	slices.Sort(f.tied)
	f.tied = slices.Compact(f.tied)
	f.w.begin(partTies)
	var eight [8]byte
	for _, t := range f.tied {
		binary.LittleEndian.PutUint64(eight[:], t)
		f.w.write(eight[:])
	}
	f.w.end()
	f.w.put(partSideNPIs, f.sideNPIs)
	f.w.put(partSideAt, f.sideEnds)
	f.w.put(partVolNPIs, f.volNPIs)
	f.w.put(partVolAt, f.volEnds)
	f.w.put(partProcs, f.procs.encode())
	f.w.put(partStrings, f.strings.encode())
	f.tell(Progress{"writing", f.w.at, f.w.at})
	return f.ctx.Err()
}

func (f *finish) writePosts() {
	starts, cells, total := []uint32{0}, []byte{}, uint32(0)
	for c, list := range f.cells {
		for _, x := range list {
			cells = binary.LittleEndian.AppendUint32(cells, x.zip)
			cells = binary.LittleEndian.AppendUint32(cells, x.start+total)
		}
		starts = append(starts, uint32(len(cells)/8))
		total += uint32(len(f.posts[c]))
	}
	f.w.put(partCodeCells, bytesOf(starts))
	f.w.put(partCells, cells)
	f.w.begin(partPosts)
	for _, list := range f.posts {
		f.w.write(bytesOf(list))
	}
	f.w.end()
	f.posts, f.cells = nil, nil
}

func bytesOf(ns []uint32) []byte {
	out := make([]byte, 4*len(ns))
	for i, n := range ns {
		binary.LittleEndian.PutUint32(out[4*i:], n)
	}
	return out
}

// writeNames sorts the words, renames those of the rows, and turns them about.
func (f *finish) writeNames() error {
	f.tell(Progress{"names", 0, int64(f.words.len())})
	uses := make([]uint32, f.words.len())
	for _, t := range f.tokens {
		uses[t]++
	}
	sorted := make([]uint32, 0, len(uses))
	for id, n := range uses {
		if n > 0 { // a word of replaced rows alone is none
			sorted = append(sorted, uint32(id))
		}
	}
	slices.SortFunc(sorted, func(a, b uint32) int { return cmp.Compare(string(f.words.at(a)), string(f.words.at(b))) })
	list := &interner{}
	renamed := make([]uint32, len(uses))
	for i, id := range sorted {
		renamed[id] = uint32(i)
		list.bytes = append(list.bytes, f.words.at(id)...)
		list.ends = append(list.ends, uint32(len(list.bytes)))
	}
	f.words = nil
	for i, t := range f.tokens {
		f.tokens[i] = renamed[t]
	}
	clear(uses)
	f.eachName(func(_ uint32, ws []uint32, out bool) {
		slices.Sort(ws)
		for _, w := range ws {
			if !out {
				uses[w]++
			}
		}
	})
	f.w.put(partRowWords, bytesOf(f.tokens))
	f.w.put(partWords, list.encode())
	starts := make([]uint32, len(sorted)+1)
	for i := range sorted {
		starts[i+1] = starts[i] + uses[i]
	}
	f.w.put(partWordPosts, bytesOf(starts))
	posts := make([]byte, 4*int(starts[len(sorted)]))
	f.eachName(func(row uint32, ws []uint32, out bool) {
		for i, w := range ws {
			if out {
				continue
			}
			alike := uint32(0)
			if i > 0 && list.at(ws[i-1])[0] == list.at(w)[0] || i+1 < len(ws) && list.at(ws[i+1])[0] == list.at(w)[0] {
				alike = 1
			}
			binary.LittleEndian.PutUint32(posts[4*int(starts[w]):], row<<1|alike)
			starts[w]++
		}
	})
	f.w.put(partNamePosts, posts)
	f.tokens = nil
	f.hot(list, starts, posts)
	return f.ctx.Err()
}

// eachName gives the words of each row, and whether the row is in no posting.
func (f *finish) eachName(take func(row uint32, ws []uint32, out bool)) {
	for row := range f.n {
		h := f.rowsAt[row*rowSize:]
		from, count := int(binary.LittleEndian.Uint32(h[rowWord:])), int(h[rowWordCount])
		take(uint32(row), f.tokens[from:from+count], binary.LittleEndian.Uint16(h[rowFlags:])&isExcluded != 0)
	}
}
