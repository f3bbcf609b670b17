package ccda

import "strings"

func (t *tree) element(n int32) bool { return n != 0 && t.nodes[n].attrs > cdata }

// name gives the name of an element without its prefix; "" of characters.
func (t *tree) name(n int32) string {
	if !t.element(n) {
		return ""
	}
	return t.s[t.nodes[n].start:t.nodes[n].end]
}

func (t *tree) is(n int32, name string) bool {
	m := &t.nodes[n]
	return m.attrs > cdata && int(m.end-m.start) == len(name) && t.s[m.start:m.end] == name
}

// maxLooks bounds how many children of one document are looked at, so that a
// statement with very many parts, each of which looks at all others, ends soon. Real
// documents take some thirty looks for each of their elements.
const maxLooks = 100_000_000

// child gives the first child of that name, or 0.
func (t *tree) child(n int32, name string) int32 {
	if n == 0 {
		return 0
	}
	for c := t.nodes[n].first; c != 0; c = t.nodes[c].next {
		if t.looks++; t.is(c, name) {
			return c
		}
		if t.looks > maxLooks {
			break
		}
	}
	return 0
}

// down follows names from child to child.
func (t *tree) down(n int32, names ...string) int32 {
	for _, name := range names {
		if n = t.child(n, name); n == 0 {
			return 0
		}
	}
	return n
}

// all calls do for every child of that name, with its number among them.
func (t *tree) all(n int32, name string, do func(i int, c int32)) {
	if n == 0 {
		return
	}
	i := 0
	for c := t.nodes[n].first; c != 0 && t.looks <= maxLooks; c = t.nodes[c].next {
		if t.looks++; t.is(c, name) {
			do(i, c)
			i++
		}
	}
}

// raw gives the attribute as it stands in the text, and whether it is there.
func (t *tree) raw(n int32, name string) (string, bool) {
	m := &t.nodes[n]
	if n == 0 || m.attrs <= cdata {
		return "", false
	}
	s := t.s[m.end:m.attrs]
	for {
		eq := strings.IndexByte(s, '=')
		if eq < 0 {
			return "", false
		}
		key := strings.TrimSpace(s[:eq])
		s = s[eq+1:]
		for len(s) > 0 && space(s[0]) {
			s = s[1:]
		}
		if s == "" {
			return "", false
		}
		end := strings.IndexByte(s[1:], s[0])
		if end < 0 {
			return "", false
		}
		if i := strings.IndexByte(key, ':'); i > 0 && key != name {
			key = key[i+1:]
		}
		if key == name {
			return s[1 : 1+end], true
		}
		s = s[end+2:]
	}
}

// attr gives the value of an attribute, without white space around it.
func (t *tree) attr(n int32, name string) string {
	s, _ := t.raw(n, name)
	if strings.IndexByte(s, '&') >= 0 {
		s = plain(s[:min(len(s), 4*maxText)])
	}
	return strings.TrimSpace(s)
}

// null gives the null flavor of an element: why something is not there.
func (t *tree) null(n int32) string { return t.attr(n, "nullFlavor") }

// plain puts in what references stand for; an unknown one is left out.
func plain(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		word, n := reference(s)
		if n == 0 {
			if n = strings.IndexByte(s[:min(len(s), 32)], ';') + 1; n == 0 {
				n = 1
			}
		}
		b.WriteString(word)
		s = s[n:]
	}
}

// templates calls do for the root of every template that a statement follows.
func (t *tree) templates(n int32, do func(root string)) {
	for c := t.nodes[n].first; c != 0; c = t.nodes[c].next {
		if t.is(c, "templateId") {
			if root := t.attr(c, "root"); root != "" {
				do(root)
			}
		}
	}
}

func (t *tree) follows(n int32, root string) bool {
	found := false
	t.templates(n, func(r string) { found = found || r == root })
	return found
}

// part gives the statement that an entry, an entryRelationship or a component
// holds.
func (t *tree) part(n int32) int32 {
	for c := t.nodes[n].first; c != 0; c = t.nodes[c].next {
		if statements[t.name(c)] {
			return c
		}
	}
	return 0
}

// statements are the elements that say something clinical.
var statements = map[string]bool{
	"observation": true, "act": true, "organizer": true, "procedure": true, "encounter": true,
	"substanceAdministration": true, "supply": true, "observationMedia": true, "regionOfInterest": true,
}

// parts calls do for each statement directly inside another, with the link to it
// and that link's number among those of its name.
func (t *tree) parts(n int32, do func(link int32, i int, c int32)) {
	for _, name := range []string{"entryRelationship", "component"} {
		t.all(n, name, func(i int, link int32) {
			t.looks += 16
			if c := t.part(link); c != 0 {
				do(link, i, c)
			}
		})
	}
}

// first gives the first statement directly inside that follows the template, or 0.
func (t *tree) first(n int32, root string) int32 {
	found := int32(0)
	t.parts(n, func(_ int32, _ int, c int32) {
		if found == 0 && t.follows(c, root) {
			found = c
		}
	})
	return found
}
