package fhir

import (
	"bytes"
	"strconv"
)

// step is one step of the path to the value that is being checked.
type step struct {
	name  []byte
	index int // -1 when the value is not in a list
}

// checker holds one resource at a time against the table.
type checker struct {
	t      *tree
	log    *issueLog
	base   string // path of the resource
	steps  []step
	local  map[string]bool // ids of the contained resources
	onLink func(ref []byte, c *checker)
}

func (c *checker) path() string {
	b := []byte(c.base)
	for _, s := range c.steps {
		b = append(b, '.')
		b = append(b, safeName(string(s.name))...)
		if s.index >= 0 {
			b = append(b, '[')
			b = strconv.AppendInt(b, int64(s.index), 10)
			b = append(b, ']')
		}
	}
	return string(b)
}

func (c *checker) say(key, what string) { c.log.add(key, c.path(), what) }

// at says an issue about a member of the value that is being checked.
func (c *checker) at(name []byte, key, what string) {
	c.steps = append(c.steps, step{name, -1})
	c.say(key, what)
	c.steps = c.steps[:len(c.steps)-1]
}

// resource checks a whole resource. It answers false when its type is unknown.
func (c *checker) resource(n int32, base string) bool {
	c.base, c.steps, c.local = base, c.steps[:0], nil
	return c.resourceHere(n)
}

func (c *checker) resourceHere(n int32) bool {
	if c.t.nodes[n].kind != '{' {
		c.say("not_object", "")
		return false
	}
	name := c.t.member(n, "resourceType")
	if name == "" {
		c.say("no_resource_type", "")
		return false
	}
	s := table()[name]
	if s == nil || !s.resource {
		c.say("unknown_resource", name)
		return false
	}
	if list := c.t.get(n, "contained"); list != 0 {
		outer := c.local
		defer func() { c.local = outer }()
		c.local = map[string]bool{}
		for _, i := range c.t.items(list) {
			c.local[c.t.member(i, "id")] = true
		}
	}
	c.object(n, s)
	return true
}

// object checks the members of an object against a structure.
func (c *checker) object(n int32, s *structure) {
	if c.log.total > checkLimit {
		return
	}
	t := c.t
	var seen [4]uint64
	var chosen [8]struct {
		slot int
		name string
	}
	choices := 0
	members := 0
	for m := t.nodes[n].child; m != 0; m = t.nodes[m].next {
		members++
		key := t.key(m)
		companion := len(key) > 1 && key[0] == '_'
		if companion {
			key = key[1:]
		}
		e := s.members[string(key)]
		if e == nil || companion && e.primitive == notPrimitive {
			if s.resource && !companion && string(key) == "resourceType" || string(key) == "fhir_comments" {
				continue
			}
			c.at(t.key(m), "unknown_element", "")
			continue
		}
		if e.slot < 64*len(seen) {
			seen[e.slot/64] |= 1 << (e.slot % 64)
		}
		if name := s.slots[e.slot].name; name[len(name)-1] == ']' && choices < len(chosen) {
			known := false
			for _, ch := range chosen[:choices] {
				if ch.slot == e.slot {
					known = true
					if ch.name != e.name {
						c.at(key, "two_choices", name)
					}
				}
			}
			if !known {
				chosen[choices].slot, chosen[choices].name = e.slot, e.name
				choices++
			}
		}
		c.memberOf(m, key, e, companion)
	}
	if members == 0 {
		c.say("empty_value", "")
	}
	for i, sl := range s.slots {
		if sl.required && i < 64*len(seen) && seen[i/64]&(1<<(i%64)) == 0 {
			c.say("missing", sl.name)
		}
	}
}

// memberOf checks one member: how often it is given, then each of its values.
func (c *checker) memberOf(m int32, key []byte, e *element, companion bool) {
	t := c.t
	list := t.nodes[m].kind == '['
	c.steps = append(c.steps, step{key, -1})
	top := len(c.steps) - 1
	defer func() { c.steps = c.steps[:top] }()
	switch {
	case list && !e.many:
		c.say("not_repeatable", "")
	case !list && e.many:
		c.say("should_repeat", "")
	}
	if !list {
		c.one(m, e, companion)
		return
	}
	if t.nodes[m].child == 0 {
		c.say("empty_value", "")
	}
	i := 0
	for v := t.nodes[m].child; v != 0; v = t.nodes[v].next {
		c.steps[top].index = i
		i++
		if t.nodes[v].kind == 'n' && e.primitive != notPrimitive {
			continue // a null in a list of primitives keeps the place of its companion
		}
		c.one(v, e, companion)
	}
}

// one checks one value against its element's type.
func (c *checker) one(v int32, e *element, companion bool) {
	t := c.t
	kind := t.nodes[v].kind
	switch {
	case companion:
		if kind != '{' {
			c.say("wrong_form", "Element")
			return
		}
		c.object(v, table()["Element"])
	case e.primitive != notPrimitive:
		b := t.span(v)
		if t.nodes[v].escaped {
			b = t.unquoted(v)
		}
		if kind == '"' && len(b) == 0 {
			c.say("empty_value", "")
		} else if !wellFormed(e.primitive, kind, b) {
			c.say("wrong_form", e.typeName)
		}
	case e.any:
		c.resourceHere(v)
	case kind != '{':
		c.say("wrong_form", e.typeName)
	case e.of != nil:
		c.object(v, e.of)
		if e.typeName == "Reference" {
			c.reference(v, e)
		}
	}
}

// reference checks what a reference points at, as far as the file can tell.
func (c *checker) reference(n int32, e *element) {
	r := c.t.get(n, "reference")
	if r == 0 || c.t.nodes[r].kind != '"' {
		return
	}
	ref := c.t.span(r)
	switch {
	case len(ref) > 1 && ref[0] == '#':
		if !c.local[string(ref[1:])] {
			c.say("unresolved", "")
		}
		return
	case len(ref) > 0 && c.onLink != nil:
		c.onLink(ref, c)
	}
	if e.targets == nil {
		return
	}
	if name := targetType(ref); name != "" {
		for _, t := range e.targets {
			if t == name {
				return
			}
		}
		c.say("wrong_target", name)
	}
}

// targetType gives the resource type that a literal reference names, or "".
func targetType(ref []byte) string {
	if i := bytes.Index(ref, []byte("/_history/")); i >= 0 {
		ref = ref[:i]
	}
	i := bytes.LastIndexByte(ref, '/')
	if i <= 0 {
		return ""
	}
	name := ref[bytes.LastIndexByte(ref[:i], '/')+1 : i]
	if s := table()[string(name)]; s != nil && s.resource {
		return s.name
	}
	return ""
}
