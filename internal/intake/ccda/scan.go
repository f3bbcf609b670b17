package ccda

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"
)

// The XML is taken apart here and not by encoding/xml, which is half as fast as
// records ask for. Much less is understood, too: no entity but the five that XML
// has, no document type, no name spaces beyond leaving a prefix out.

// What one document may have. Real ones stay below a tenth of each.
const (
	maxDepth = 200
	maxNodes = 2_000_000
	maxTag   = 64 << 10 // bytes of one tag with its attributes
)

// node is an element, or the characters between two tags. Places are bytes of the
// text. Node 0 stands around the whole and is also "none".
type node struct {
	start, end uint32 // an element's name without its prefix, or the characters
	attrs      uint32 // where an element's attributes end; characters or cdata otherwise
	first      int32
	next       int32
}

const (
	characters = 0
	cdata      = 1
)

// tree is a document taken apart.
type tree struct {
	s     string
	nodes []node
	ids   map[string]int32 // the marked places of the narrative
	steps int              // taken through narratives so far
	looks int              // taken at children so far
	// what was met on the way
	doctype  bool // a document type is declared
	declares bool // it declares entities or the like of its own
	unknown  bool // entities that XML does not have
}

var (
	errDamaged = errors.New("damaged")
	errCut     = errors.New("cut short")
	errDeep    = errors.New("too deep")
	errMany    = errors.New("too many")
)

type scanner struct {
	tree
	i     int
	open  []opened
	words int // how many narratives are open
}

type opened struct {
	at, last   int32
	start, end int // the name, with its prefix
}

// scan takes the text apart. What was read before an error stays.
func scan(ctx context.Context, text string) (tree, error) {
	s := &scanner{tree: tree{s: text, ids: map[string]int32{}}}
	s.nodes = make([]node, 1, min(len(text)/40+16, maxNodes))
	s.open = append(s.open, opened{})
	err := s.run(ctx)
	return s.tree, err
}

func (s *scanner) run(ctx context.Context) error {
	for turn := 0; ; turn++ {
		if turn%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		j := strings.IndexByte(s.s[s.i:], '<')
		if j < 0 {
			if len(s.open) > 1 {
				return errCut
			}
			return nil
		}
		s.text(s.i, s.i+j, characters)
		s.i += j
		if len(s.nodes) >= maxNodes {
			return errMany
		}
		if err := s.tag(); err != nil {
			return err
		}
		if s.declares {
			return nil
		}
	}
}

// text keeps characters; the white space of the layout only inside a narrative.
func (s *scanner) text(from, to int, kind uint32) {
	if from >= to || len(s.open) == 1 {
		return
	}
	if s.words == 0 {
		for from < to && s.s[from] <= ' ' {
			from++
		}
		if from == to {
			return
		}
	}
	if kind == characters {
		s.references(s.s[from:to])
	}
	s.add(node{start: uint32(from), end: uint32(to), attrs: kind})
}

func (s *scanner) add(n node) int32 {
	at := int32(len(s.nodes))
	s.nodes = append(s.nodes, n)
	top := &s.open[len(s.open)-1]
	if top.last == 0 {
		s.nodes[top.at].first = at
	} else {
		s.nodes[top.last].next = at
	}
	top.last = at
	return at
}

// references notes an entity that XML itself does not have.
func (s *scanner) references(text string) {
	for {
		i := strings.IndexByte(text, '&')
		if i < 0 {
			return
		}
		_, n := reference(text[i:])
		if n == 0 {
			s.unknown = true
			n = 1
		}
		text = text[i+n:]
	}
}

// skip moves behind the next end.
func (s *scanner) skip(from int, end string) (int, error) {
	j := strings.Index(s.s[s.i+from:], end)
	if j < 0 {
		return 0, errCut
	}
	at := s.i + from + j
	s.i = at + len(end)
	return at, nil
}

func (s *scanner) tag() error {
	rest := s.s[s.i:]
	switch {
	case strings.HasPrefix(rest, "<!--"):
		_, err := s.skip(4, "-->")
		return err
	case strings.HasPrefix(rest, "<?"):
		_, err := s.skip(2, "?>")
		return err
	case strings.HasPrefix(rest, "<![CDATA["):
		from := s.i + 9
		to, err := s.skip(9, "]]>")
		if err == nil {
			s.text(from, to, cdata)
		}
		return err
	case strings.HasPrefix(rest, "<!"):
		return s.declaration()
	case strings.HasPrefix(rest, "</"):
		return s.closing()
	}
	return s.opening()
}

// declaration passes over a document type; one that declares anything ends the
// reading, for nothing honest needs that.
func (s *scanner) declaration() error {
	s.doctype = true
	j := strings.IndexAny(s.s[s.i:], "[>")
	switch {
	case j < 0:
		return errCut
	case s.s[s.i+j] == '[':
		s.declares = true
	}
	s.i += j + 1
	return nil
}

func (s *scanner) closing() error {
	from := s.i + 2
	to, err := s.skip(2, ">")
	if err != nil {
		return err
	}
	if len(s.open) == 1 {
		return errDamaged
	}
	top := s.open[len(s.open)-1]
	if strings.TrimRight(s.s[from:to], " \t\r\n") != s.s[top.start:top.end] {
		return errDamaged
	}
	s.leave(top)
	return nil
}

func (s *scanner) leave(top opened) {
	if s.s[top.start:top.end] == "text" {
		s.words--
	}
	s.open = s.open[:len(s.open)-1]
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == ':' || c == '_' || c == '-' || c == '.' || c >= 0x80
}

// word gives where the name that starts at i ends, and where its part behind the
// prefix starts. A colon with nothing on one side of it divides nothing: the name is
// then taken whole, as encoding/xml does, and is none that a document may use.
func (s *scanner) word(i int) (end, local int) {
	end, local = i, i
	for end < len(s.s) && nameByte(s.s[end]) {
		if s.s[end] == ':' && end > i {
			local = end + 1
		}
		end++
	}
	if local == end {
		local = i
	}
	return end, local
}

func (s *scanner) opening() error {
	if len(s.open) > maxDepth {
		return errDeep
	}
	start := s.i + 1
	end, local := s.word(start)
	switch {
	case end == len(s.s):
		return errCut
	case end == start, local == end, s.s[start] >= '0' && s.s[start] <= '9', s.s[start] == '-', s.s[start] == '.':
		return errDamaged
	}
	i, err := s.attributes(end)
	if err != nil {
		return err
	}
	at := s.add(node{start: uint32(local), end: uint32(end), attrs: uint32(i)})
	empty := s.s[i] == '/'
	if empty {
		i++
		if i >= len(s.s) {
			return errCut
		}
		if s.s[i] != '>' {
			return errDamaged
		}
	}
	if s.words > 0 && i-end > 4 {
		if id := s.attr(at, "ID"); id != "" {
			if _, twice := s.ids[id]; !twice {
				s.ids[strings.Clone(id)] = at
			}
		}
	}
	s.i = i + 1
	if !empty {
		if s.s[start:end] == "text" {
			s.words++
			if id := s.attr(at, "ID"); id != "" {
				s.ids[strings.Clone(id)] = at
			}
		}
		s.open = append(s.open, opened{at: at, start: start, end: end})
	}
	return nil
}

// attributes checks them and gives where they end: at ">" or "/".
func (s *scanner) attributes(i int) (int, error) {
	limit := min(len(s.s), i+maxTag)
	short := func() error {
		if limit < len(s.s) {
			return errMany
		}
		return errCut
	}
	for {
		before := i
		for i < limit && space(s.s[i]) {
			i++
		}
		switch {
		case i >= limit:
			return 0, short()
		case s.s[i] == '>' || s.s[i] == '/':
			return i, nil
		case i == before:
			return 0, errDamaged
		}
		end, _ := s.word(i)
		if end == i {
			return 0, errDamaged
		}
		for i = end; i < limit && space(s.s[i]); i++ {
		}
		if i >= limit {
			return 0, short()
		}
		if s.s[i] != '=' {
			return 0, errDamaged
		}
		for i++; i < limit && space(s.s[i]); i++ {
		}
		if i >= limit {
			return 0, short()
		}
		quote := s.s[i]
		if quote != '"' && quote != '\'' {
			return 0, errDamaged
		}
		j := strings.IndexByte(s.s[i+1:limit], quote)
		if j < 0 {
			return 0, short()
		}
		value := s.s[i+1 : i+1+j]
		if strings.IndexByte(value, '<') >= 0 {
			return 0, errDamaged
		}
		s.references(value)
		i += j + 2
	}
}

// reference reads "&amp;" or "&#233;" at the start: what it stands for, and how
// many bytes it takes; 0 when XML has no such thing.
func reference(text string) (string, int) {
	end := strings.IndexByte(text[:min(len(text), 12)], ';')
	if end < 2 {
		return "", 0
	}
	switch name := text[1:end]; name {
	case "lt":
		return "<", end + 1
	case "gt":
		return ">", end + 1
	case "amp":
		return "&", end + 1
	case "quot":
		return `"`, end + 1
	case "apos":
		return "'", end + 1
	default:
		if name[0] != '#' || len(name) < 2 {
			return "", 0
		}
		return number(name[1:], end+1)
	}
}

func number(digits string, size int) (string, int) {
	base := rune(10)
	if digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	r := rune(0)
	for _, c := range []byte(digits) {
		v := rune(99)
		switch {
		case c >= '0' && c <= '9':
			v = rune(c - '0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			v = rune(c|0x20-'a') + 10
		}
		if v >= base || r > utf8.MaxRune {
			return "", 0
		}
		r = r*base + v
	}
	if digits == "" || !utf8.ValidRune(r) || r < ' ' && r != '\t' && r != '\n' && r != '\r' {
		return "", 0
	}
	return string(r), size
}
