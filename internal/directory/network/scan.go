package network

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
)

// The scanner reads JSON from a stream at about the speed at which it is unpacked.
// What nobody asked for is skipped by counting brackets outside strings, without
// being decoded, in constant memory whatever its depth or length.

const longestText = 64 << 10 // bytes of one string that is read; more is cut and reported

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
