package directory

import (
	"math"
	"math/bits"
	"slices"

	"consilium/internal/expert"
)

// Through a whole country a search does not look at rows one by one: it makes the set of
// those who fit, a bit a row, from the sets of the file and the postings, counts its
// bits, and looks at those alone who may be on the page.

// sieve is what is left to ask of each row when the sets are joined.
type sieve struct {
	any   bool // there is something to ask
	class int  // bits that a class must have
}

// joined makes the set of those who fit by all that the file has sets or postings of,
// and the set of those whose primary code fits.
func (s *search) joined() (fit, primary bitmap, err error) {
	q, f := s.q, &s.filter
	fit = s.room(0)
	begun := false
	keep := func(fill func(m bitmap)) {
		if !begun {
			begun = true
			fill(fit)
			return
		}
		other := s.room(1)
		fill(other)
		fit.and(other)
	}
	for i := range s.names {
		if err := s.ctx.Err(); err != nil {
			return nil, nil, err
		}
		if m := &s.names[i]; len(m.spans) == 1 && !m.near {
			if hot, ok := s.sets[setName+m.word]; ok {
				keep(hot.or)
				continue
			}
		}
		keep(func(m bitmap) { s.bearing(&s.names[i], m) })
	}
	if len(s.lists) > 0 {
		primary = s.room(2)
		keep(func(m bitmap) { s.practising(m, primary) })
	}
	kind := []string{setPersons}
	switch q.Kind {
	case expert.Organizations:
		kind[0] = setOrganizations
	case expert.Anybody:
		kind = []string{setPersons, setOrganizations}
	}
	if len(kind) == 1 || !begun { // words and codes have those alone who are in one of the two
		keep(s.either(kind))
	}
	for _, x := range [...]struct {
		of    string
		which uint64
	}{{setState, f.states}, {setLicence, f.licensed}} {
		var names []string
		for w := x.which; w != 0; w &= w - 1 {
			names = append(names, x.of+stateName(uint8(lowestBit(w))))
		}
		if names != nil {
			keep(s.either(names))
		}
	}
	if q.Certified {
		keep(s.either([]string{setBoards}))
	}
	for _, out := range [...]*rowSet{&f.without, &f.barred} {
		for _, row := range out.table {
			if row != 0 {
				fit.drop(row - 1)
			}
		}
	}
	return fit, primary, s.ctx.Err()
}

// room gives an empty set to work with.
func (s *search) room(n int) bitmap {
	for len(s.maps) <= n {
		s.maps = append(s.maps, make(bitmap, bitWords(s.n)))
	}
	clear(s.maps[n])
	return s.maps[n]
}

// either gives what adds several sets.
func (s *search) either(names []string) func(bitmap) {
	return func(m bitmap) {
		for _, n := range names {
			if set, ok := s.sets[n]; ok {
				set.or(m)
			}
		}
	}
}

// bearing adds those who bear a word of a matcher.
func (s *search) bearing(m *matcher, into bitmap) {
	starts, posts := s.parts[partWordPosts], s.parts[partNamePosts]
	for _, sp := range m.spans {
		from, to := int(u32(starts, int(sp.lo))), int(u32(starts, int(sp.hi)))
		for i := from; i < to; i++ {
			row := u32(posts, i) >> 1
			into[row/64] |= 1 << (row % 64)
		}
	}
}

// practising adds those in the circle who bear one of the codes.
func (s *search) practising(into, primary bitmap) {
	posts := s.parts[partPosts]
	for _, r := range s.runs {
		for _, l := range s.lists {
			cs := s.cellsIn(l, r)
			if cs.at == cs.end {
				continue
			}
			from, _ := s.cell(cs.at)
			_, to := s.cell(cs.end - 1)
			for i := from; i < to; i++ {
				post := u32(posts, i)
				row := post >> 1
				into[row/64] |= 1 << (row % 64)
				primary[row/64] |= uint64(post&1) << (row % 64)
			}
		}
	}
}

// byBits is a walk over the set of those who fit.
type byBits struct {
	*search
	fit, primary bitmap
	sieve        sieve
}

// walkSets answers by sets.
func (s *search) walkSets() error {
	fit, primary, err := s.joined()
	if err != nil {
		return err
	}
	w := &byBits{search: s, fit: fit, primary: primary}
	if s.q.Telehealth {
		w.sieve.class = classTelehealth
	}
	w.sieve.any = s.q.Telehealth || s.q.Medicare || s.q.Certified || s.q.Members != nil || s.filter.weighed
	if s.q.Centre == nil {
		return w.everywhere()
	}
	starts := s.parts[partZIPRows]
	for _, r := range s.runs {
		for zip := r.lo; zip < r.hi; zip++ {
			chord := s.chords[zip]
			if chord < 0 {
				continue
			}
			from, to := int(u32(starts, zip)), int(u32(starts, zip+1))
			if from == to {
				continue
			}
			s.shut = false
			w.sift(from, to)
			n := fit.count(from, to)
			s.count(n, chord)
			if n == 0 || s.closed(chord) {
				continue
			}
			for i := from / 64; 64*i < to; i++ {
				for x := fit.within(i, from, to); x != 0; x &= x - 1 {
					if s.best.byDistance && s.closed(chord) {
						break
					}
					row := uint32(64*i + bits.TrailingZeros64(x))
					s.offer(row, w.match(row), chord)
				}
			}
			if s.steps += n; s.pause() != nil {
				return s.ctx.Err()
			}
		}
	}
	return nil
}

// match tells how a row fits the codes.
func (w *byBits) match(row uint32) int {
	switch {
	case w.primary == nil:
		return 0
	case w.primary.has(row):
		return 2
	}
	return 1
}

// sift takes those of from..to out of the set who do not pass what no set says.
func (w *byBits) sift(from, to int) {
	if !w.sieve.any {
		return
	}
	s, f, classes := w.search, &w.filter, w.parts[partClasses]
	for i := from / 64; 64*i < to; i++ {
		for x := w.fit.within(i, from, to); x != 0; x &= x - 1 {
			row := uint32(64*i + bits.TrailingZeros64(x))
			class := int(u16(classes, int(row)))
			passes := class&w.sieve.class == w.sieve.class
			if passes && f.weighed {
				passes = f.untied[class>>classHad] || f.tied.has(row)
			}
			if passes && s.q.Members != nil {
				passes = s.q.Members.Has(s.row(int(row)).npi())
			}
			if passes && (s.q.Certified || s.q.Medicare && class&classOptOut != 0) {
				passes = f.allowed(s, row)
			}
			if !passes {
				w.fit.drop(row)
			}
		}
	}
}

// mostTies is how many equals are looked at one by one to find those whose NPI is least.
const mostTies = 1 << 12

// everywhere is a walk without distances. The fit then hangs on the class of a row alone,
// unless volumes count: first the scores are counted, then those are fetched who are
// among the best.
func (w *byBits) everywhere() error {
	s, all := w.search, len(w.fit)
	for i := 0; i < all; i += 1 << 12 {
		w.sift(64*i, 64*min(all, i+1<<12))
		if err := s.ctx.Err(); err != nil {
			return err
		}
	}
	s.total = w.fit.count(0, 64*all)
	far := math.Inf(1)
	if s.best.most == 0 || s.total == 0 {
		return nil
	}
	if s.total <= 256 || !s.best.byDistance && len(s.q.HCPCS) > 0 {
		return w.each(func(row uint32) { s.offer(row, w.match(row), far) })
	}
	var wanted wishes // by distance all are equal
	equals := s.total
	if !s.best.byDistance {
		var err error
		if wanted, equals, err = w.ranked(); err != nil {
			return err
		}
	}
	few := equals <= mostTies
	if few {
		wanted.equal(better)
	}
	if few || equals < s.total {
		if err := w.each(func(row uint32) {
			if wanted.of(w, row) == better {
				s.offer(row, w.match(row), far)
			}
		}); err != nil || few {
			return err
		}
	}
	left := s.best.most - len(s.best.heap)
	byNPI := s.parts[partByNPI]
	for i := 0; i < s.n && left > 0; i++ {
		if i&(1<<15-1) == 0 && s.ctx.Err() != nil {
			return s.ctx.Err()
		}
		if row := u32(byNPI, i); w.fit.has(row) && wanted.of(w, row) == equal {
			s.offer(row, w.match(row), far)
			left--
		}
	}
	return nil
}

// each goes through the set.
func (w *byBits) each(take func(row uint32)) error {
	for i, x := range w.fit {
		if i&(1<<12-1) == 0 && w.ctx.Err() != nil {
			return w.ctx.Err()
		}
		for ; x != 0; x &= x - 1 {
			take(uint32(64*i + bits.TrailingZeros64(x)))
		}
	}
	return nil
}

// merits is the part of a class that bears on the fit.
const merits = classTelehealth<<1 - 1

// wishes says of each class, of those whose primary code fits and of all others, whether
// its rows are among the best for certain, or as good as the last of the best, or not.
type wishes [2][merits + 1]uint8

const (
	equal  = 0
	better = 1
	worse  = 2
)

func (x *wishes) of(w *byBits, row uint32) uint8 {
	first := 0
	if w.primary != nil && w.primary.has(row) {
		first = 1
	}
	return x[first][int(u16(w.parts[partClasses], int(row)))&merits]
}

// equal makes something else of all equals.
func (x *wishes) equal(to uint8) {
	for k := range x {
		for class, is := range x[k] {
			if is == equal {
				x[k][class] = to
			}
		}
	}
}

// ranked counts those who fit by class, and says which classes are among the best and
// how many rows are as good as the last of the best.
func (w *byBits) ranked() (wanted wishes, equals int, err error) {
	var counts [2][merits + 1]int
	classes := w.parts[partClasses]
	for i, x := range w.fit {
		if i&(1<<12-1) == 0 && w.ctx.Err() != nil {
			return wanted, 0, w.ctx.Err()
		}
		if x == 0 {
			continue
		}
		first := uint64(0)
		if w.primary != nil {
			first = w.primary[i]
		}
		of := classes[128*i:]
		for ; x != 0; x &= x - 1 {
			k := bits.TrailingZeros64(x)
			counts[first>>k&1][int(of[2*k])|int(of[2*k+1])<<8&merits]++
		}
	}
	type kind struct{ first, class, score int }
	var kinds []kind
	for first := range counts {
		for class, n := range counts[first] {
			if n > 0 {
				kinds = append(kinds, kind{first, class, w.q.Weights.Score(w.merit(first, class))})
			}
		}
	}
	slices.SortFunc(kinds, func(a, b kind) int { return b.score - a.score })
	last, before := math.MinInt, 0
	for i, k := range kinds {
		if i == 0 || k.score != kinds[i-1].score {
			if before+equals >= w.best.most {
				break
			}
			before, equals, last = before+equals, 0, k.score
		}
		equals += counts[k.first][k.class]
	}
	for _, k := range kinds {
		switch {
		case k.score > last:
			wanted[k.first][k.class] = better
		case k.score < last:
			wanted[k.first][k.class] = worse
		}
	}
	return wanted, equals, nil
}

// merit gives the measures of a class without a distance.
func (w *byBits) merit(first, class int) expert.Measures {
	m := measuresOf(class)
	if w.primary != nil {
		m.Match = 1 + first
	}
	return m
}

// measuresOf gives the measures that a class holds.
func measuresOf(class int) expert.Measures {
	m := expert.Measures{Miles: -1, Services: -1, Patients: -1, Teaching: class&classTeaching != 0, Telehealth: class&classTelehealth != 0}
	if g := class & classGraduated; g > 0 {
		m.Graduated = 1900 + g
	}
	return m
}
