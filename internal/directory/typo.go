package directory

// misspell lets long words differ a little from how names begin: from four letters on
// by one slip, from eight on by two. A slip is a letter too many, one too few, another
// letter, or two neighbours that changed places. It tells whether anything changed.
func (s *search) misspell() bool {
	changed := false
	for i := range s.names {
		m := &s.names[i]
		slips := 0
		switch {
		case len(m.word) >= 8:
			slips = 2
		case len(m.word) >= 4:
			slips = 1
		}
		if slips > 0 {
			m.spans, m.near = s.similar(m.word, slips), true
			changed = true
		}
	}
	return changed
}

// similar gives the words of which some beginning differs from w by at most so many
// slips. It walks the sorted list as if it were a tree: words with a common beginning
// share the rows of the table of distances, and a beginning that no end can mend is
// passed over whole.
func (f *file) similar(w string, slips int) []span {
	var out []span
	// rows[d][j] is the distance of the first d letters of the word at hand from the
	// first j of w.
	var rows [longestWord + 1][longestWord + 1]uint8
	for j := range len(w) + 1 {
		rows[0][j] = uint8(j)
	}
	var path [longestWord]byte
	depth := 0 // rows that hold for the word at hand
	for i := 0; i < f.words.n; {
		word := f.words.at(i)
		for d := 0; d < depth; d++ {
			if d >= len(word) || word[d] != path[d] {
				depth = d
				break
			}
		}
		next := i + 1
		for depth < len(word) {
			d := depth + 1
			path[depth] = word[depth]
			least := fill(&rows[d], &rows[depth], before(&rows, d), w, path[:d])
			depth = d
			if int(rows[d][len(w)]) <= slips {
				next = f.after(i, string(word[:d]))
				out = append(out, span{uint32(i), uint32(next)})
				break
			}
			// What comes can be no less than the least of this row, or of the one
			// before and one swap.
			if int(least) > slips && int(lowest(&rows[depth-1], len(w)))+1 > slips {
				next = f.after(i, string(word[:d]))
				break
			}
		}
		i = next
	}
	return join(out)
}

func before(rows *[longestWord + 1][longestWord + 1]uint8, d int) *[longestWord + 1]uint8 {
	if d < 2 {
		return nil
	}
	return &rows[d-2]
}

// fill computes one row from the two above it (optimal string alignment) and gives its
// least number.
func fill(row, above, above2 *[longestWord + 1]uint8, w string, path []byte) uint8 {
	c := path[len(path)-1]
	row[0] = uint8(len(path))
	least := row[0]
	for j := 1; j <= len(w); j++ {
		cost := uint8(1)
		if w[j-1] == c {
			cost = 0
		}
		n := min(above[j]+1, row[j-1]+1, above[j-1]+cost)
		if above2 != nil && j > 1 && w[j-1] == path[len(path)-2] && w[j-2] == c {
			n = min(n, above2[j-2]+1)
		}
		row[j] = n
		least = min(least, n)
	}
	return least
}

func lowest(row *[longestWord + 1]uint8, n int) uint8 {
	least := row[0]
	for _, x := range row[1 : n+1] {
		least = min(least, x)
	}
	return least
}

// join puts spans together that touch.
func join(spans []span) []span {
	var out []span
	for _, s := range spans {
		if n := len(out); n > 0 && out[n-1].hi >= s.lo {
			out[n-1].hi = max(out[n-1].hi, s.hi)
		} else {
			out = append(out, s)
		}
	}
	return out
}
