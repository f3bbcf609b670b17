package directory

import (
	"context"
	"math"
	"slices"

	"consilium/internal/expert"
)

// scratch is what a search writes into and gives back.
type scratch struct {
	chords []float64 // of each ZIP; below 0: not in the circle
	cells  []cells
	maps   []bitmap
	// Of one ZIP.
	windows [2]bitmap
}

// search is one query on its way.
type search struct {
	*file
	*scratch
	ctx    context.Context
	q      *expert.Query
	runs   []run
	lists  []int // of rows, two for each code: persons and organisations
	procs  []uint64
	filter filter
	names  []matcher
	best   top
	total  int
	out    int // they fit, and their ZIP is in no list
	steps  int
	shut   bool             // by distance: the rest of the ZIP, whose NPIs rise, comes too late
	bound  *expert.Measures // of the best that can be; nil: not made yet
	driven int              // the word of the name whose postings are walked; below 0: none

	lastChord, lastMiles float64
}

// Find answers a query: the exact number of those who fit, and one page of them. It
// stops when ctx ends.
func (d *Directory) Find(ctx context.Context, q expert.Query) (found expert.Found, err error) {
	defer d.guard(&err)()
	s := &search{file: &d.file, scratch: d.scratch.Get().(*scratch), ctx: ctx, q: &q}
	defer s.release()
	q.Weights = q.Weights.Ready()
	if err = ctx.Err(); err != nil {
		return found, err
	}
	s.best = top{most: max(q.Skip, 0) + max(q.Limit, 0), byDistance: q.ByDistance}
	possible, err := s.prepare()
	if err != nil || !possible {
		return found, err
	}
	if err = s.look(); err != nil {
		return found, err
	}
	if s.total == 0 && len(s.names) > 0 && s.misspell() {
		if err = s.look(); err != nil {
			return found, err
		}
		found.Near = s.total > 0
	}
	found.Total, found.Unplaced = s.total, s.out
	found.Matches, err = s.page()
	return found, err
}

// release gives the scratch back clean.
func (s *search) release() {
	for _, r := range s.runs {
		for z := r.lo; z < r.hi; z++ {
			s.chords[z] = -1
		}
	}
	s.file.scratch.Put(s.scratch)
}

// prepare turns the query's words into numbers. possible is false when nobody can fit.
func (s *search) prepare() (possible bool, err error) {
	q := s.q
	for _, c := range q.Codes {
		n, ok := s.codeOf[c]
		if !ok || slices.Contains(s.lists, 2*n) || slices.Contains(s.lists, 2*n+1) {
			continue
		}
		if q.Kind != expert.Organizations {
			s.lists = append(s.lists, 2*n)
		}
		if q.Kind == expert.Organizations || q.Kind == expert.Anybody {
			s.lists = append(s.lists, 2*n+1)
		}
	}
	if len(q.Codes) > 0 && len(s.lists) == 0 {
		return false, nil
	}
	for _, h := range q.HCPCS {
		if n, ok := s.procOf[h]; ok {
			s.procs = append(s.procs, n)
		}
	}
	if s.names, possible = s.matchers(q.Name); !possible {
		return false, nil
	}
	switch {
	case q.Centre == nil:
		s.runs = []run{{0, len(s.places) + 1}}
		for z := range s.chords {
			s.chords[z] = math.Inf(1)
		}
	case q.Miles > 0:
		s.runs = s.circle(q.Centre.Lat, q.Centre.Lon, q.Miles, s.chords)
		// Those without a place are counted, and not found.
		s.chords[len(s.places)] = math.Inf(1)
		s.runs = append(s.runs, run{len(s.places), len(s.places) + 1})
	default: // no circle, but distances
		s.runs = []run{{0, len(s.places) + 1}}
		centre := pointOf(q.Centre.Lat, q.Centre.Lon)
		for z, p := range s.points {
			s.chords[z] = p.chord2(centre)
		}
		s.chords[len(s.places)] = math.Inf(1)
	}
	return s.filter.prepare(s)
}

// What a step costs on each road, in nanoseconds, about.
const (
	costOfName = 60.0 // a posting of a name, and all about its row
	costOfPost = 12.0 // a posting of a code
	costOfRow  = 8.0
	costOfTest = 15.0 // of the words of a row
	costOfBit  = 1.5  // put into a set
	costOfWord = 0.5  // of 64 bits, joined
	costOfZIP  = 10.0
)

// look walks those who can fit by the cheapest road: the names, the codes in the
// circle, everybody in the circle, or sets.
func (s *search) look() error {
	s.total, s.out, s.best.heap, s.driven, s.shut = 0, 0, s.best.heap[:0], -1, false
	byName := math.MaxInt
	rarest := 0
	for i, m := range s.names {
		if n := m.count(s.file); n < byName {
			byName, rarest = n, i
		}
	}
	reach := float64(s.reach())
	place := reach * costOfRow
	if len(s.lists) > 0 {
		place = reach * costOfPost
	}
	if len(s.names) > 0 {
		place += reach * costOfTest
	}
	sets := s.costOfSets(reach)
	switch name := float64(byName) * costOfName; {
	case len(s.names) > 0 && name < place && name < sets:
		s.driven = rarest
		return s.walkName(rarest)
	case sets < place:
		return s.walkSets()
	case len(s.lists) > 0:
		return s.walkCodes()
	}
	return s.walkRows()
}

// costOfSets says what the road by sets costs.
func (s *search) costOfSets(reach float64) float64 {
	words := float64(bitWords(s.n)) * costOfWord
	cost := 5 * words
	for i := range s.names {
		m := &s.names[i]
		if _, ok := s.sets[setName+m.word]; !ok || m.near {
			cost += float64(m.count(s.file)) * costOfBit
		}
		cost += 2 * words
	}
	if len(s.lists) > 0 {
		cost += reach*costOfBit + 3*words
	}
	if s.q.Centre != nil {
		for _, r := range s.runs {
			cost += float64(r.hi-r.lo) * costOfZIP
		}
	}
	return cost
}

// reach is the number of rows or postings that a walk by place would see.
func (s *search) reach() int {
	n := 0
	if len(s.lists) == 0 {
		for _, r := range s.runs {
			n += int(u32(s.parts[partZIPRows], r.hi) - u32(s.parts[partZIPRows], r.lo))
		}
		return n
	}
	for _, r := range s.runs {
		for _, c := range s.lists {
			if cs := s.cellsIn(c, r); cs.at < cs.end {
				from, _ := s.cell(cs.at)
				_, to := s.cell(cs.end - 1)
				n += to - from
			}
		}
	}
	return n
}

// cells are those of one list that lie in a run.
type cells struct {
	at, end  int
	zip      int // of the cell at hand
	from, to int // its postings
}

func (f *file) cellsIn(list int, r run) cells {
	starts, all := f.parts[partCodeCells], f.parts[partCells]
	lo, hi := int(u32(starts, list)), int(u32(starts, list+1))
	find := func(lo, hi, zip int) int {
		for lo < hi {
			if mid := int(uint(lo+hi) >> 1); int(u32(all, 2*mid)) < zip {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		return lo
	}
	from := find(lo, hi, r.lo)
	return cells{at: from, end: find(from, min(hi, from+r.hi-r.lo), r.hi)}
}

// walkCodes goes through the ZIPs of the circle and merges the rows of all codes in
// each, so that one with several of them counts once.
func (s *search) walkCodes() error {
	for _, r := range s.runs {
		list := s.scratch.cells[:0]
		for _, c := range s.lists {
			if cs := s.cellsIn(c, r); cs.at < cs.end {
				cs.zip = s.zipOf(&cs)
				list = append(list, cs)
			}
		}
		s.scratch.cells = list
		if err := s.ctx.Err(); err != nil {
			return err
		}
		for {
			zip := math.MaxInt
			for i := range list {
				zip = min(zip, list[i].zip)
			}
			if zip == math.MaxInt {
				break
			}
			if chord := s.chords[zip]; chord >= 0 {
				if err := s.walkZIP(list, zip, chord); err != nil {
					return err
				}
			}
			for i := range list {
				if c := &list[i]; c.zip == zip {
					c.at++
					c.zip = s.zipOf(c)
				}
			}
		}
	}
	return nil
}

// zipOf gives the ZIP of the cell at hand; behind the last, one beyond all.
func (f *file) zipOf(c *cells) int {
	if c.at == c.end {
		return math.MaxInt
	}
	return int(u32(f.parts[partCells], 2*c.at))
}

// walkZIP merges the cells that the codes have in one ZIP.
func (s *search) walkZIP(list []cells, zip int, chord float64) error {
	posts := s.parts[partPosts]
	s.shut = false
	only, here := -1, 0
	for i := range list {
		c := &list[i]
		if c.zip == zip {
			c.from, c.to = s.cell(c.at)
			only = i
			here++
		} else {
			c.from, c.to = 0, 0
		}
	}
	if here == 1 {
		c := list[only]
		s.steps += c.to - c.from
		if s.filter.open && s.closed(chord) {
			s.count(c.to-c.from, chord)
			return nil
		}
		for i := c.from; i < c.to; i++ {
			post := u32(posts, i)
			s.take(post>>1, 1+int(post&1), chord)
		}
		return s.pause()
	}
	// Those of several lists, each once: a bit for each row of the ZIP.
	base := u32(s.parts[partZIPRows], zip)
	words := bitWords(int(u32(s.parts[partZIPRows], zip+1) - base))
	fit, primary := s.window(0, words), s.window(1, words)
	for i := range list {
		for k := list[i].from; k < list[i].to; k++ {
			post := u32(posts, k)
			at := post>>1 - base
			fit[at/64] |= 1 << (at % 64)
			primary[at/64] |= uint64(post&1) << (at % 64)
		}
		s.steps += list[i].to - list[i].from
	}
	if s.filter.open && s.closed(chord) {
		s.count(fit.count(0, 64*words), chord)
		return s.pause()
	}
	for i, x := range fit {
		for ; x != 0; x &= x - 1 {
			k := lowestBit(x)
			s.take(base+uint32(64*i+k), 1+int(primary[i]>>k&1), chord)
		}
	}
	return s.pause()
}

// window gives a small empty set.
func (s *search) window(n, words int) bitmap {
	if cap(s.windows[n]) < words {
		s.windows[n] = make(bitmap, words+words/2)
	}
	m := s.windows[n][:words]
	clear(m)
	return m
}

// pause looks now and then whether anybody still waits.
func (s *search) pause() error {
	if s.steps < 1<<15 {
		return nil
	}
	s.steps = 0
	return s.ctx.Err()
}

// walkRows goes through everybody in the circle.
func (s *search) walkRows() error {
	starts := s.parts[partZIPRows]
	for _, r := range s.runs {
		for zip := r.lo; zip < r.hi; zip++ {
			chord := s.chords[zip]
			if chord < 0 {
				continue
			}
			s.shut = false
			from, to := u32(starts, zip), u32(starts, zip+1)
			for row := from; row < to; row++ {
				s.take(row, 0, chord)
			}
			s.steps += int(to - from)
			if err := s.pause(); err != nil {
				return err
			}
		}
	}
	return nil
}

// take counts a row that passes the filter, and keeps it when it is among the best.
// match is 2 for the primary code, 1 for another, 0 when no code was asked for.
func (s *search) take(row uint32, match int, chord float64) {
	if !s.filter.open && !s.filter.passes(s, row) {
		return
	}
	if s.count(1, chord); !s.closed(chord) {
		s.offer(row, match, chord)
	}
}

// count counts some at one distance.
func (s *search) count(n int, chord float64) {
	if s.nowhere(chord) {
		s.out += n
	} else {
		s.total += n
	}
}

// nowhere tells of those who cannot be in a circle, for they have no place.
func (s *search) nowhere(chord float64) bool {
	return s.q.Centre != nil && s.q.Miles > 0 && math.IsInf(chord, 1)
}

// closed tells that nobody at this distance can still come among the best.
func (s *search) closed(chord float64) bool {
	switch {
	case s.best.most == 0 || s.nowhere(chord):
		return true
	case !s.best.full():
		return false
	case s.best.byDistance:
		return s.shut || chord > s.best.heap[0].chord
	case s.bound == nil:
		s.bound = s.highest()
	}
	m := *s.bound
	m.Miles = s.miles(chord)
	score := s.q.Weights.Score(m)
	return score < s.best.heap[0].score || score == s.best.heap[0].score && chord > s.best.heap[0].chord
}

// highest gives the measures, but for the distance, of the best that can be: the parts
// of the fit add up, so that what is best at one distance is best at each.
func (s *search) highest() *expert.Measures {
	var best expert.Measures
	most := math.MinInt
	matches := []int{0}
	if len(s.lists) > 0 {
		matches = []int{1, 2}
	}
	services := []int{-1}
	if len(s.q.HCPCS) > 0 {
		services = []int{-1, math.MaxInt32}
	}
	for _, match := range matches {
		for _, n := range services {
			for _, class := range s.bestClasses {
				m := measuresOf(class)
				m.Match, m.Services = match, n
				if score := s.q.Weights.Score(m); score > most {
					best, most = m, score
				}
			}
		}
	}
	return &best
}

// miles is the distance of a chord; below 0 when it is not known.
func (s *search) miles(chord float64) float64 {
	if math.IsInf(chord, 1) {
		return -1
	}
	if chord != s.lastChord { // those of one ZIP come together
		s.lastChord, s.lastMiles = chord, milesOf(chord)
	}
	return s.lastMiles
}

// offer keeps a row when it is among the best.
func (s *search) offer(row uint32, match int, chord float64) {
	h := hit{chord: chord, row: row, match: int8(match)}
	if !s.best.byDistance {
		if h.score = s.q.Weights.Score(s.measures(row, match, chord)); s.best.full() && h.score < s.best.heap[0].score {
			return
		}
	}
	h.npi = s.row(int(row)).npi()
	if !s.best.put(h) && s.driven < 0 {
		s.shut = true
	}
}

// measures are what bears on the fit of a row.
func (s *search) measures(row uint32, match int, chord float64) expert.Measures {
	r := s.row(int(row))
	flags := r.flags()
	m := expert.Measures{
		Match: match, Miles: s.miles(chord), Services: -1, Patients: -1, Graduated: r.graduated(),
		Teaching: flags&isTeaching != 0, Telehealth: flags&hasTelehealth != 0,
	}
	if len(s.q.HCPCS) > 0 && flags&hasVolumes != 0 {
		m.Services, m.Patients = s.served(r.npi(), s.procs)
	}
	return m
}

// page makes the matches of the page that was asked for.
func (s *search) page() ([]expert.Match, error) {
	hits := s.best.sorted()
	hits = hits[min(max(s.q.Skip, 0), len(hits)):]
	if len(hits) == 0 {
		return nil, nil
	}
	out := make([]expert.Match, len(hits))
	for i, h := range hits {
		p, ok := s.full(int(h.row))
		if !ok {
			return nil, s.damagedRow(int(h.row))
		}
		m := s.measures(h.row, int(h.match), h.chord)
		if len(s.procs) > 0 && m.Services >= 0 {
			if p.Volumes, ok = s.volumes(h.npi, s.procs); !ok {
				return nil, s.damagedRow(int(h.row))
			}
		}
		out[i] = expert.Match{Profile: p, Measures: m, Score: s.q.Weights.Score(m)}
	}
	return out, nil
}
