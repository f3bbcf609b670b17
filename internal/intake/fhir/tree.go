package fhir

import (
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// node is one JSON value of a resource. Node 0 of a tree stands for "not there".
type node struct {
	kind             byte // '{' '[' '"' '0' 't' 'f' 'n'
	escaped          bool // a string with a backslash in it
	keyStart, keyEnd uint32
	start, end       uint32 // of a string, without its quotes
	child, next      int32
}

// tree is a resource's JSON, kept as spans of the bytes that were read, so that a
// number stays exactly as it was written. It is used again for every resource.
type tree struct {
	raw   []byte
	nodes []node
	deep  bool // nested deeper than allowed: the tree is not whole
	full  bool // more values than allowed: the tree is not whole
	limit int
}

// maxNodes is how many values one resource may have. A two-hour electrocardiogram
// is one value; the largest real resources have some ten thousand.
const maxNodes = 1_000_000

// parse builds the tree of raw, which must be valid JSON, and gives its root.
func (t *tree) parse(raw []byte, maxDepth int) int32 {
	t.raw, t.nodes, t.deep, t.full, t.limit = raw, append(t.nodes[:0], node{}), false, false, maxDepth
	root, _ := t.value(t.space(0), 0)
	return root
}

func (t *tree) space(i int) int {
	for i < len(t.raw) && (t.raw[i] == ' ' || t.raw[i] == '\n' || t.raw[i] == '\t' || t.raw[i] == '\r') {
		i++
	}
	return i
}

func (t *tree) value(i, depth int) (int32, int) {
	if i >= len(t.raw) || depth > t.limit || len(t.nodes) > maxNodes {
		t.deep = t.deep || depth > t.limit
		t.full = t.full || len(t.nodes) > maxNodes
		return 0, len(t.raw)
	}
	id := int32(len(t.nodes))
	t.nodes = append(t.nodes, node{start: uint32(i)})
	switch c := t.raw[i]; c {
	case '{', '[':
		t.nodes[id].kind = c
		i = t.space(i + 1)
		last := int32(0)
		for i < len(t.raw) && t.raw[i] != '}' && t.raw[i] != ']' {
			var ks, ke int
			if c == '{' {
				ks = i + 1
				ke, _ = t.quoted(ks)
				i = t.space(ke + 1) // at the colon
				i = t.space(i + 1)
			}
			var child int32
			child, i = t.value(i, depth+1)
			if child == 0 {
				return id, len(t.raw)
			}
			t.nodes[child].keyStart, t.nodes[child].keyEnd = uint32(ks), uint32(ke)
			if last == 0 {
				t.nodes[id].child = child
			} else {
				t.nodes[last].next = child
			}
			last = child
			i = t.space(i)
			if i < len(t.raw) && t.raw[i] == ',' {
				i = t.space(i + 1)
			}
		}
		i++
	case '"':
		end, escaped := t.quoted(i + 1)
		n := &t.nodes[id]
		n.kind, n.start, n.end, n.escaped = '"', uint32(i+1), uint32(end), escaped
		return id, end + 1
	case 't', 'f', 'n':
		t.nodes[id].kind = c
		i += 4
		if c == 'f' {
			i++
		}
	default:
		t.nodes[id].kind = '0'
		for i < len(t.raw) && strings.IndexByte("+-0123456789.eE", t.raw[i]) >= 0 {
			i++
		}
	}
	i = min(i, len(t.raw))
	t.nodes[id].end = uint32(i)
	return id, i
}

// quoted gives the place of the closing quote of a string that begins at i.
func (t *tree) quoted(i int) (int, bool) {
	escaped := false
	for i < len(t.raw) && t.raw[i] != '"' {
		if t.raw[i] == '\\' {
			escaped = true
			i++
		}
		i++
	}
	return min(i, len(t.raw)), escaped
}

func (t *tree) key(n int32) []byte { return t.raw[t.nodes[n].keyStart:t.nodes[n].keyEnd] }

func (t *tree) span(n int32) []byte { return t.raw[t.nodes[n].start:t.nodes[n].end] }

// get gives the member of an object, or 0.
func (t *tree) get(n int32, name string) int32 {
	if t.nodes[n].kind != '{' {
		return 0
	}
	for c := t.nodes[n].child; c != 0; c = t.nodes[c].next {
		if string(t.key(c)) == name {
			return c
		}
	}
	return 0
}

// first gives the first item of an array, the value itself otherwise.
func (t *tree) first(n int32) int32 {
	if t.nodes[n].kind == '[' {
		return t.nodes[n].child
	}
	return n
}

// items gives the items of an array, the value itself otherwise, none for 0.
func (t *tree) items(n int32) []int32 {
	if n == 0 {
		return nil
	}
	if t.nodes[n].kind != '[' {
		return []int32{n}
	}
	var out []int32
	for c := t.nodes[n].child; c != 0; c = t.nodes[c].next {
		out = append(out, c)
	}
	return out
}

// maxText is how much of one text is kept in a fact, in bytes. The file itself
// keeps the rest, and the fact's source leads to it.
const maxText = 4000

// text gives a primitive as text: a string unescaped, a number as it was written.
func (t *tree) text(n int32) string {
	switch t.nodes[n].kind {
	case '"':
		b := t.unquoted(n)
		return clip(strings.TrimSpace(strings.ToValidUTF8(string(b[:min(len(b), 4*maxText)]), "")))
	case '0', 't', 'f':
		return clip(string(t.span(n)))
	}
	return ""
}

// unquoted gives the bytes of a string with its escapes undone.
func (t *tree) unquoted(n int32) []byte {
	if !t.nodes[n].escaped {
		return t.span(n)
	}
	u, err := jsontext.AppendUnquote(nil, t.raw[t.nodes[n].start-1:t.nodes[n].end+1])
	if err != nil {
		return t.span(n)
	}
	return u
}

// member gives the text of a member that is a primitive.
func (t *tree) member(n int32, name string) string { return t.text(t.get(n, name)) }

func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	i := maxText
	for i > 0 && !utf8.RuneStart(s[i]) {
		i--
	}
	return s[:i] + "…"
}
