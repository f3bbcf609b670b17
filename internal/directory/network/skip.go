package network

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

var (
	quoteMask [256]int64 // all ones for a quote
	turn      [256]int64 // +1 for an opening bracket, -1 for a closing one
)

func init() {
	quoteMask['"'] = -1
	turn['{'], turn['['], turn['}'], turn[']'] = 1, 1, -1, -1
}

// skip passes over one value without decoding it.
func (s *scanner) skip() {
	switch c := s.peek(); c {
	case 0:
		if s.err == nil {
			s.short(c, "")
		}
		return
	case '{', '[', '"':
	default:
		s.text = s.plain(s.text[:0])
		return
	}
	const block = 4096
	var t track
	for {
		for s.i < len(s.buf) {
			b := s.buf[s.i:min(s.i+block, len(s.buf))]
			var k int
			var done bool
			if t.escaped || bytes.IndexByte(b, '\\') >= 0 {
				k, done = t.slow(b)
			} else {
				k, done = t.fast(b)
			}
			s.i += k
			if done {
				return
			}
		}
		if s.err != nil || !s.more() {
			s.broken("the file ends inside a value")
			return
		}
	}
}

// track is where in a value the skipping is.
type track struct {
	depth   int64
	inside  int64 // all ones in a string
	escaped bool
}

// slow goes byte by byte, and knows of escapes.
func (t *track) slow(b []byte) (int, bool) {
	for k, c := range b {
		switch {
		case t.escaped:
			t.escaped = false
			continue
		case c == '\\' && t.inside != 0:
			t.escaped = true
			continue
		}
		t.inside ^= quoteMask[c]
		t.depth += turn[c] &^ t.inside
		if t.depth|t.inside == 0 {
			return k + 1, true
		}
	}
	return len(b), false
}

const (
	ones   = 0x0101010101010101
	sevens = 0x7f7f7f7f7f7f7f7f
)

// equal marks, by a one in its lowest bit, each byte of w that is c.
func equal(w, c uint64) uint64 {
	w ^= c * ones
	return ^((w&sevens + sevens) | w | sevens) >> 7
}

// fast takes eight bytes at a time where none of them is a backslash. A product with
// ones is, in each byte, the number of quotes up to there: where it is odd the byte
// stands in a string.
func (t *track) fast(b []byte) (int, bool) {
	depth, inside := t.depth, uint64(t.inside)
	k := 0
	for ; k+8 <= len(b); k += 8 {
		w := binary.LittleEndian.Uint64(b[k:])
		out := ^(equal(w, '"')*ones ^ inside)
		both := w | 0x20*ones // { is [ with this bit, and } is ]
		closed := equal(both, '}') & out
		opened := equal(both, '{') & out
		if closed != 0 || depth == 0 {
			if depth <= int64(bits.OnesCount64(closed)) {
				t.depth, t.inside = depth, int64(inside)
				if n, done := t.slow(b[k : k+8]); done {
					return k + n, true
				}
				depth, inside = t.depth, uint64(t.inside)
				continue
			}
			depth -= int64(bits.OnesCount64(closed))
		}
		depth += int64(bits.OnesCount64(opened))
		// The last byte's parity, spread over all bits.
		inside = -(^out >> 56 & 1)
	}
	t.depth, t.inside = depth, int64(inside)
	n, done := t.slow(b[k:])
	return k + n, done
}

// raw appends one whole value to b, at most limit bytes; a longer one is skipped.
func (s *scanner) raw(b []byte, limit int) ([]byte, bool) {
	c := s.peek()
	if c != '{' && c != '[' && c != '"' {
		b = s.plain(b)
		return b, s.err == nil
	}
	var depth int64
	inside, escaped, over := false, false, false
	for {
		from := s.i
		for s.i < len(s.buf) {
			c := s.buf[s.i]
			s.i++
			switch {
			case escaped:
				escaped = false
			case inside && c == '\\':
				escaped = true
			case c == '"':
				inside = !inside
			case !inside:
				depth += turn[c]
			}
			if depth == 0 && !inside {
				if len(b)+s.i-from > limit {
					return b, false
				}
				return append(b, s.buf[from:s.i]...), !over
			}
		}
		if len(b)+s.i-from > limit {
			over = true
		}
		if !over {
			b = append(b, s.buf[from:s.i]...)
		}
		if s.err != nil || !s.more() {
			s.broken("the file ends inside a value")
			return b, false
		}
	}
}
