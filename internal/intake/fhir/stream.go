package fhir

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"

	"consilium/internal/clinical"

	"github.com/go-json-experiment/json/jsontext"
)

var lenient = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// document reads one JSON object: a bundle entry by entry, anything else whole.
func (r *reading) document(start int64) {
	typeName, err := r.topType(start)
	switch {
	case typeName == "Bundle":
		r.out.Kind = clinical.FileFHIRBundle
		r.bundle(start)
	case typeName == "" && err != nil:
		r.failed(err, "")
	case typeName == "":
		r.notFHIR(start)
	default:
		r.out.Kind = clinical.FileFHIRResource
		r.single(start, safeName(typeName))
	}
}

// topType finds the resourceType of the outermost object. It usually stands at
// the start, so little is read.
func (r *reading) topType(start int64) (string, error) {
	g := r.from(start)
	d := jsontext.NewDecoder(g, lenient...)
	if tok, err := d.ReadToken(); err != nil || tok.Kind() != '{' {
		return "", err
	}
	for d.PeekKind() == '"' {
		tok, err := d.ReadToken()
		if err != nil {
			return "", err
		}
		if tok.String() == "resourceType" && d.PeekKind() == '"' {
			tok, err = d.ReadToken()
			if err != nil {
				return "", err
			}
			return tok.String(), nil
		}
		if err := skip(d, g); err != nil {
			return "", err
		}
	}
	_, err := d.ReadToken()
	return "", err
}

// skip passes over one value token by token, so that nothing large is held.
func skip(d *jsontext.Decoder, g *guarded) error {
	depth := d.StackDepth()
	for {
		g.fresh()
		if _, err := d.ReadToken(); err != nil {
			return err
		}
		if d.StackDepth() <= depth {
			return nil
		}
	}
}

// bundle streams a bundle. It reads strictly; when an entry holds something that
// must be refused and yet has a clear end (a repeated name, bytes that are no
// text), it starts again in a mode that can step over such entries.
func (r *reading) bundle(start int64) {
	done, again := r.entriesFrom(start, 0, nil)
	if again {
		r.entriesFrom(start, done, lenient)
	}
}

// entriesFrom reads the bundle, passing over entries that were read before. It
// answers how many are done, and whether it is worth starting again leniently.
func (r *reading) entriesFrom(start int64, done int, mode []jsontext.Options) (int, bool) {
	g := r.from(start)
	d := jsontext.NewDecoder(g, mode...)
	head := []byte("{")
	names := map[string]bool{}
	if _, err := d.ReadToken(); err != nil {
		r.failed(err, "Bundle")
		return done, false
	}
	for d.PeekKind() == '"' {
		tok, err := d.ReadToken()
		if err != nil {
			r.failed(err, "Bundle")
			return done, false
		}
		name := tok.String()
		if names[name] || len(names) > 1000 {
			r.log.add("duplicate_key", "Bundle."+safeName(name), "")
			return done, false
		}
		names[name] = true
		if name == "entry" && d.PeekKind() == '[' {
			var ok, again bool
			if done, ok, again = r.entryList(d, g, done, mode); !ok {
				return done, again
			}
			g.fresh()
			continue
		}
		raw, err := d.ReadValue()
		if err != nil {
			r.failed(err, "Bundle")
			return done, false
		}
		if mode != nil && !r.strict(raw, "Bundle."+safeName(name)) {
			continue
		}
		if len(head)+len(raw) < 1<<20 {
			if len(head) > 1 {
				head = append(head, ',')
			}
			head, _ = jsontext.AppendQuote(head, name)
			head = append(append(head, ':'), raw...)
		}
		g.fresh()
	}
	if _, err := d.ReadToken(); err != nil {
		r.failed(err, "Bundle")
		return done, false
	}
	r.bundleHead(append(head, '}'))
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		r.log.add("trailing", "", "")
	}
	return done, false
}

// entryList reads the entries of a bundle. ok is false when reading cannot go on.
func (r *reading) entryList(d *jsontext.Decoder, g *guarded, done int, mode []jsontext.Options) (n int, ok, again bool) {
	if _, err := d.ReadToken(); err != nil {
		r.failed(err, "Bundle")
		return done, false, false
	}
	i := 0
	for d.PeekKind() != ']' {
		g.fresh()
		path := "Bundle.entry[" + strconv.Itoa(i) + "]"
		raw, err := d.ReadValue()
		if err != nil {
			if key := r.reason(err); mode == nil && (key == "duplicate_key" || key == "invalid_utf8") {
				return i, false, true
			}
			if errors.As(err, new(*jsontext.SyntacticError)) {
				r.failed(err, "Bundle")
			} else {
				r.failed(err, path)
			}
			return i, false, false
		}
		if i >= r.lim.MaxEntries {
			r.log.add("too_many_entries", path, strconv.Itoa(r.lim.MaxEntries))
			return i, false, false
		}
		if i >= done && (mode == nil || r.strict(raw, path)) {
			r.entry(raw, path)
		}
		if r.stopped {
			return i, false, false
		}
		i++
	}
	_, err := d.ReadToken()
	if err != nil {
		r.failed(err, "Bundle")
	}
	return i, err == nil, false
}

// strict tells whether raw is one whole value without repeated names and with
// valid text; if not, it says so.
func (r *reading) strict(raw []byte, base string) bool {
	d := jsontext.NewDecoder(bytes.NewBuffer(raw))
	_, err := d.ReadValue()
	if err != nil {
		r.failed(err, base)
		return false
	}
	if _, err = d.ReadToken(); !errors.Is(err, io.EOF) {
		r.log.add("trailing", base, "")
	}
	return true
}

// bundleHead checks what a bundle says about itself.
func (r *reading) bundleHead(raw []byte) {
	root := r.tree.parse(raw, r.lim.MaxDepth)
	if !r.sound("Bundle") {
		return
	}
	r.check.resource(root, "Bundle")
	if r.tree.member(root, "type") == "history" {
		r.history = true
		r.log.add("history", "Bundle.type", "")
	}
	if r.out.Date == "" {
		r.out.Date = r.tree.member(root, "timestamp")
	}
}

// sound tells whether the tree is whole; if not, it says why.
func (r *reading) sound(path string) bool {
	switch {
	case r.tree.deep:
		r.log.add("too_deep", path, strconv.Itoa(r.lim.MaxDepth))
	case r.tree.full:
		r.log.add("too_many_values", path, strconv.Itoa(maxNodes))
	default:
		return true
	}
	return false
}

// entry reads one entry of a bundle.
func (r *reading) entry(raw []byte, path string) {
	root := r.tree.parse(raw, r.lim.MaxDepth)
	if !r.sound(path) {
		return
	}
	if r.tree.nodes[root].kind != '{' {
		r.log.add("not_object", path, "")
		return
	}
	r.check.base, r.check.steps, r.check.local = path, r.check.steps[:0], nil
	r.check.object(root, table()["Bundle.entry"])
	r.resource(r.tree.get(root, "resource"), r.tree.member(root, "fullUrl"), path+".resource")
}

// single reads a file that is one resource.
func (r *reading) single(start int64, typeName string) {
	g := r.from(start)
	d := jsontext.NewDecoder(g)
	raw, err := d.ReadValue()
	if err != nil {
		r.failed(err, typeName)
		return
	}
	raw = bytes.Clone(raw)
	g.fresh()
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		r.log.add("trailing", "", "")
	}
	r.alone(raw, typeName)
}

// alone reads a resource that is not an entry of anything.
func (r *reading) alone(raw []byte, path string) {
	root := r.tree.parse(raw, r.lim.MaxDepth)
	if !r.sound(path) {
		return
	}
	if r.check.resource(root, path) {
		r.resource(root, "", path)
	}
}

// isLines tells whether the file is newline-delimited: its first line is a whole
// object, or breaks off in the middle of one, and the next line begins another.
func (r *reading) isLines(start int64) bool {
	g := r.from(start)
	var l firstLine
	buf := make([]byte, 64<<10)
	var next []byte // what follows the first line
	for next == nil {
		g.fresh()
		n, err := g.Read(buf)
		if i := l.scan(buf[:n]); i >= 0 {
			next = buf[i:n]
		} else if err != nil {
			return false
		}
	}
	if l.depth != 0 && !l.broken() {
		return false
	}
	for {
		if next = bytes.TrimLeft(next, "\r\n"); len(next) > 1 {
			return next[0] == '{' && (l.depth == 0 || next[1] == '"')
		}
		g.fresh()
		kept := copy(buf, next)
		n, err := g.Read(buf[kept:])
		if err != nil {
			return false
		}
		next = buf[:kept+n]
	}
}

// firstLine follows the brackets and strings of the first line that is not blank.
type firstLine struct {
	depth           int
	quoted, escaped bool
	last            byte // the last byte that is not space
}

// scan goes on through b and gives the place behind the line's end, or -1.
func (l *firstLine) scan(b []byte) int {
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case c == '\n' && l.last != 0:
			return i + 1
		case l.escaped:
			l.escaped = false
		case l.quoted:
			if c == '\\' {
				l.escaped = true
			} else if c == '"' {
				l.quoted = false
			}
		case c == '"':
			l.quoted = true
		case c == '{', c == '[':
			l.depth++
		case c == '}', c == ']':
			l.depth--
		}
		if c > ' ' {
			l.last = c
		}
	}
	return -1
}

// broken tells whether the line ends where no line of indented JSON would.
func (l *firstLine) broken() bool {
	return l.depth > 0 && !(l.last == '{' || l.last == '[' || l.last == ',' || l.last == ':')
}

// lines reads a newline-delimited file, one resource a line. A bad line is named
// by its number and passed over.
func (r *reading) lines(start int64) {
	r.out.Kind = clinical.FileFHIRNDJSON
	g := r.from(start)
	b := bufio.NewReaderSize(g, 256<<10)
	var long []byte
	for i := 1; ; i++ {
		g.fresh()
		line, err := b.ReadSlice('\n')
		long = long[:0]
		for errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, line...)
			line, err = b.ReadSlice('\n')
		}
		if len(long) > 0 {
			long = append(long, line...)
			line = long
		}
		if err == nil && len(line) <= 1 {
			continue // blank lines may be many
		}
		path := "line[" + strconv.Itoa(i) + "]"
		if err != nil && !errors.Is(err, io.EOF) {
			r.failed(err, path)
			return
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			if i > r.lim.MaxEntries {
				r.log.add("too_many_entries", path, strconv.Itoa(r.lim.MaxEntries))
				return
			}
			if r.strict(line, path) {
				r.alone(line, path)
			}
		}
		if err != nil || r.stopped {
			return
		}
	}
}
