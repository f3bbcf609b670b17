package network

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"strconv"
)

// The scanner reads JSON from a stream at about the speed at which it is unpacked.
// What nobody asked for is skipped by counting brackets outside strings, without
// being decoded, in constant memory whatever its depth or length.

const (
	chunkSize   = 256 << 10
	longestText = 64 << 10 // bytes of one string that is read; more is cut and reported
)

type chunk struct {
	bytes []byte
	err   error
}

// pump reads r in one goroutine while another looks at what was read. stop ends it.
func pump(r io.Reader) (in <-chan chunk, free chan<- []byte, stop func()) {
	const ahead = 4
	full, empty, quit := make(chan chunk, ahead), make(chan []byte, ahead+1), make(chan struct{})
	for range ahead {
		empty <- make([]byte, chunkSize)
	}
	go func() {
		defer close(full)
		for {
			var b []byte
			select {
			case b = <-empty:
			case <-quit:
				return
			}
			n, err := io.ReadFull(r, b[:chunkSize])
			if err == io.ErrUnexpectedEOF && n > 0 && endsHere(r) {
				err = io.EOF
			}
			select {
			case full <- chunk{b[:n], err}:
			case <-quit:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return full, empty, func() {
		close(quit)
		for range full {
		}
	}
}

// endsHere tells a short last piece from a reader that itself broke off: io.ReadFull
// says the same of both.
func endsHere(r io.Reader) bool {
	var one [1]byte
	_, err := r.Read(one[:])
	return err == io.EOF
}

type step struct {
	name string
	at   int
}

type scanner struct {
	in    <-chan chunk
	free  chan<- []byte
	buf   []byte
	i     int
	base  int64 // offset of buf[0]
	end   error // why the stream ended
	err   error // what is wrong with it
	fresh bool  // right after an opening bracket: no comma may come
	key   []byte
	text  []byte
	path  []step
	note  func(path, what string, offset int64)
}

func newScanner(in <-chan chunk, free chan<- []byte, note func(path, what string, offset int64)) *scanner {
	return &scanner{in: in, free: free, note: note, key: make([]byte, 0, 256), text: make([]byte, 0, 1024)}
}

// more brings the next piece; false at the end.
func (s *scanner) more() bool {
	if s.end != nil {
		return false
	}
	c, ok := <-s.in
	if !ok {
		s.end = io.EOF
		s.base += int64(len(s.buf))
		s.buf, s.i = nil, 0
		return false
	}
	if s.buf != nil {
		s.free <- s.buf[:cap(s.buf)]
	}
	s.base += int64(len(s.buf))
	s.buf, s.i = c.bytes, 0
	if c.err != nil {
		s.end = c.err
		if c.err != io.EOF {
			s.err = fmt.Errorf("the file cannot be unpacked after byte %d: %w", s.base+int64(len(c.bytes)), c.err)
		}
	}
	return len(s.buf) > 0
}

func (s *scanner) offset() int64 { return s.base + int64(s.i) }

// broken ends the reading: what follows cannot be understood.
func (s *scanner) broken(what string) {
	if s.err == nil {
		s.err = fmt.Errorf("%s at byte %d: %s", s.where(""), s.offset(), what)
	}
}

// complain notes what is wrong with one value; reading goes on.
func (s *scanner) complain(name, what string) { s.note(s.where(name), what, s.offset()) }

// where is the path of what is being read.
func (s *scanner) where(name string) string {
	var b []byte
	for _, p := range s.path {
		if len(b) > 0 && p.name != "" {
			b = append(b, '.')
		}
		b = append(b, p.name...)
		if p.at >= 0 {
			b = append(b, '[')
			b = strconv.AppendInt(b, int64(p.at), 10)
			b = append(b, ']')
		}
	}
	if name != "" {
		if len(b) > 0 {
			b = append(b, '.')
		}
		b = append(b, name...)
	}
	if len(b) == 0 {
		return "the file"
	}
	return string(b)
}

// peek gives the next byte that is not blank, and leaves it; 0 at the end.
func (s *scanner) peek() byte {
	for {
		for s.i < len(s.buf) {
			if c := s.buf[s.i]; c > ' ' {
				return c
			} else if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				s.broken("a byte that JSON does not allow")
				return 0
			}
			s.i++
		}
		if s.err != nil || !s.more() {
			return 0
		}
	}
}

// enter opens an object or an array named name; anything else is noted and skipped.
func (s *scanner) enter(bracket byte, name string) bool {
	if c := s.peek(); c != bracket {
		if c != 'n' { // null is nothing
			s.complain(name, "expected "+map[byte]string{'{': "an object", '[': "an array"}[bracket]+", found "+kind(c))
		}
		s.skip()
		return false
	}
	s.i++
	s.fresh = true
	at := -1
	s.path = append(s.path, step{name, at})
	return true
}

func kind(c byte) string {
	switch {
	case c == '{':
		return "an object"
	case c == '[':
		return "an array"
	case c == '"':
		return "text"
	case c == 't' || c == 'f':
		return "true or false"
	case c == 'n':
		return "null"
	case c == '-' || c >= '0' && c <= '9':
		return "a number"
	}
	return "something that is not JSON"
}

// next stands before the next item of an array, or leaves it.
func (s *scanner) next() bool {
	if !s.follow(']') {
		return false
	}
	s.path[len(s.path)-1].at++
	return true
}

// field stands before the value of the next field of an object, its name in s.key,
// or leaves it.
func (s *scanner) field() bool {
	if !s.follow('}') {
		return false
	}
	if s.peek() != '"' {
		s.broken("expected a name in quotes")
		return false
	}
	s.key = s.quoted(s.key[:0])
	if s.peek() != ':' {
		s.broken("expected a colon")
		return false
	}
	s.i++
	return s.err == nil
}

func (s *scanner) follow(bracket byte) bool {
	c := s.peek()
	if s.err != nil {
		return false
	}
	if c == bracket {
		s.i++
		s.fresh = false
		s.path = s.path[:len(s.path)-1]
		return false
	}
	if !s.fresh {
		if c != ',' {
			s.short(c, "expected a comma or the end of the list")
			return false
		}
		s.i++
		if c = s.peek(); c == bracket {
			s.broken("a comma before a closing bracket")
			return false
		}
	}
	s.fresh = false
	if c == 0 {
		s.short(c, "")
		return false
	}
	return true
}

func (s *scanner) short(c byte, what string) {
	if c == 0 {
		what = "the file ends too early"
	}
	s.broken(what)
}

// quoted appends a string's text, without its escapes, to b. The quote is next.
func (s *scanner) quoted(b []byte) []byte {
	s.i++
	start := len(b)
	long := false
	for {
		rest := s.buf[s.i:]
		if q := bytes.IndexByte(rest, '"'); q >= 0 {
			rest = rest[:q]
		}
		e := bytes.IndexByte(rest, '\\')
		if e >= 0 {
			rest = rest[:e]
		}
		if room := longestText - (len(b) - start); len(rest) > room {
			b, long = append(b, rest[:room]...), true
		} else {
			b = append(b, rest...)
		}
		s.i += len(rest)
		switch {
		case s.i >= len(s.buf):
			if s.err != nil || !s.more() {
				s.broken("the file ends inside a text")
				return b
			}
		case s.buf[s.i] == '"':
			s.i++
			if long {
				s.complain("", "a text of more than "+strconv.Itoa(longestText)+" bytes was cut")
			}
			return b
		default:
			b = s.escape(b)
			if s.err != nil {
				return b
			}
		}
	}
}

func (s *scanner) byte() byte {
	if s.i >= len(s.buf) && (s.err != nil || !s.more()) {
		s.broken("the file ends inside a text")
		return 0
	}
	c := s.buf[s.i]
	s.i++
	return c
}

func (s *scanner) escape(b []byte) []byte {
	s.i++
	switch c := s.byte(); c {
	case '"', '\\', '/':
		return append(b, c)
	case 'b', 'f', 'n', 'r', 't':
		return append(b, ' ')
	case 'u':
		var four [4]byte
		for k := range four {
			four[k] = s.byte()
		}
		n, err := strconv.ParseUint(string(four[:]), 16, 32)
		if err != nil {
			s.broken("a wrong escape in a text")
			return b
		}
		return append(b, string(rune(n))...) // half of a pair becomes U+FFFD: nothing here needs it
	}
	s.broken("a wrong escape in a text")
	return b
}

// scalar reads text, a number, true, false or null as text; the result holds until the
// next reading. Anything else is noted and skipped.
func (s *scanner) scalar(name string) ([]byte, bool) {
	c := s.peek()
	switch {
	case s.err != nil:
		return nil, false
	case c == '"':
		s.text = s.quoted(s.text[:0])
		return s.text, s.err == nil
	case c == '{' || c == '[':
		s.complain(name, "expected text or a number, found "+kind(c))
		s.skip()
		return nil, false
	}
	s.text = s.plain(s.text[:0])
	if string(s.text) == "null" {
		return nil, false
	}
	return s.text, s.err == nil
}

// plain reads what stands without quotes.
func (s *scanner) plain(b []byte) []byte {
	start, long := len(b), false
	for {
		for s.i < len(s.buf) {
			c := s.buf[s.i]
			if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.') {
				if len(b) == start {
					s.broken("found " + kind(c))
				}
				if long {
					s.complain("", "a number of more than 64 digits was cut")
				}
				return b
			}
			if len(b)-start < 64 {
				b = append(b, c)
			} else {
				long = true
			}
			s.i++
		}
		if s.err != nil || !s.more() {
			if len(b) == start {
				s.short(0, "")
			}
			return b
		}
	}
}

// whole reads a number without a fraction, quoted or not.
func (s *scanner) whole(name string) (uint64, bool) {
	if s.peek(); len(s.buf)-s.i > 24 {
		var n uint64
		k := s.i
		for ; k < s.i+19 && s.buf[k]-'0' <= 9; k++ {
			n = n*10 + uint64(s.buf[k]-'0')
		}
		if c := s.buf[k]; k > s.i && (c == ',' || c == ']' || c == '}' || c <= ' ') {
			s.i = k
			return n, true
		}
	}
	t, ok := s.scalar(name)
	if !ok {
		return 0, false
	}
	n, ok := wholeOf(t)
	if !ok {
		s.complain(name, "expected a whole number")
	}
	return n, ok
}

func wholeOf(t []byte) (uint64, bool) {
	if n, err := strconv.ParseUint(string(bytes.TrimSpace(t)), 10, 63); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(string(t), 64)
	if err != nil || f < 0 || f > 1<<53 || f != float64(uint64(f)) {
		return 0, false
	}
	return uint64(f), true
}

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
