package directory

// span is a run of words of the sorted list, from lo to before hi.
type span struct{ lo, hi uint32 }

// matcher is one word of a query: the words of the list that it may begin.
type matcher struct {
	word  string
	spans []span // in order, apart from each other
	near  bool   // they need not begin so, but nearly so
}

func (m *matcher) has(w uint32) bool {
	if len(m.spans) == 1 {
		return w >= m.spans[0].lo && w < m.spans[0].hi
	}
	lo, hi := 0, len(m.spans)
	for lo < hi {
		if mid := (lo + hi) / 2; m.spans[mid].hi <= w {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < len(m.spans) && m.spans[lo].lo <= w
}

// count is how many postings its words have.
func (m *matcher) count(f *file) int {
	n := 0
	for _, s := range m.spans {
		n += int(u32(f.parts[partWordPosts], int(s.hi)) - u32(f.parts[partWordPosts], int(s.lo)))
	}
	return n
}

// mostWords is how many words of a query are heeded.
const mostWords = 12

// matchers finds the words of the list that begin as those of a name. A name of signs
// alone is no name.
func (f *file) matchers(name string) (ms []matcher, possible bool) {
	eachWord([]byte(name), nil, func(w []byte) {
		if len(ms) < mostWords {
			lo := f.atLeast(0, string(w))
			ms = append(ms, matcher{word: string(w), spans: []span{{uint32(lo), uint32(f.after(lo, string(w)))}}})
		}
	})
	return ms, true
}

// atLeast finds the first word, from a place on, that is not below another.
func (f *file) atLeast(from int, w string) int {
	lo, hi := from, f.words.n
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); string(f.words.at(mid)) < w {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// after finds the first word, from a place on, that does not begin so. It gallops: the
// run is short most of the time.
func (f *file) after(from int, prefix string) int {
	begins := func(i int) bool {
		w := f.words.at(i)
		return len(w) >= len(prefix) && string(w[:len(prefix)]) == prefix
	}
	lo, step := from, 1
	for lo+step <= f.words.n && begins(lo+step-1) {
		lo, step = lo+step, step*2
	}
	hi := min(lo+step-1, f.words.n)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); begins(mid) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// named tells whether every word of the query begins a word of the row.
func (s *search) named(r row) bool {
	all := s.parts[partRowWords]
	from, count := int(r.word()), int(r.words())
	for i := range s.names {
		if i == s.driven {
			continue // the row was found by this one
		}
		m := &s.names[i]
		found := false
		for k := range count {
			if m.has(u32(all, from+k)) {
				found = true
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// walkName goes through the rows that bear a word which one word of the query begins.
func (s *search) walkName(which int) error {
	m := &s.names[which]
	starts, posts := s.parts[partWordPosts], s.parts[partNamePosts]
	for _, sp := range m.spans {
		for w := sp.lo; w < sp.hi; w++ {
			from, to := int(u32(starts, int(w))), int(u32(starts, int(w)+1))
			s.steps += 1 + to - from
			for i := from; i < to; i++ {
				post := u32(posts, i)
				row := post >> 1
				// A row with two such words counts with the first.
				if (m.near || post&1 != 0) && s.earlier(row, w, m) {
					continue
				}
				zip := s.row(int(row)).zip()
				chord := s.chords[zip]
				if chord < 0 {
					continue
				}
				match := 0
				if len(s.lists) > 0 {
					if match = s.matchOf(row, zip); match == 0 {
						continue
					}
				}
				s.take(row, match, chord)
			}
			if err := s.pause(); err != nil {
				return err
			}
		}
	}
	return nil
}

// earlier tells whether a word of the row that stands before w matches too.
func (s *search) earlier(row, w uint32, m *matcher) bool {
	r := s.row(int(row))
	all := s.parts[partRowWords]
	for k := range int(r.words()) {
		switch other := u32(all, int(r.word())+k); {
		case other >= w:
			return false
		case m.has(other):
			return true
		}
	}
	return false
}

// matchOf tells how a row fits the codes: 2 by its primary one, 1 by another, 0 not.
func (s *search) matchOf(row uint32, zip int) int {
	match := 0
	posts := s.parts[partPosts]
	for _, c := range s.lists {
		cs := s.cellsIn(c, run{zip, zip + 1})
		if cs.at == cs.end {
			continue
		}
		lo, to := s.cell(cs.at)
		hi := to
		for lo < hi {
			if mid := int(uint(lo+hi) >> 1); u32(posts, mid)>>1 < row {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		if lo < to && u32(posts, lo)>>1 == row {
			match = max(match, 1+int(u32(posts, lo)&1))
		}
	}
	return match
}
