// Package fhir reads FHIR R4 records, as a hospital or an app hands them out, into
// the facts they state: bundles of every type, single resources, newline-delimited
// files and SMART Health Cards. It checks them against the official element table
// and says what is wrong and where, but a mistake in one place never hides what
// stands in another. The bytes are streamed: memory does not grow with the file,
// only with the facts that are found.
package fhir

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"consilium/internal/clinical"
	"consilium/internal/intake/healthcard"

	"github.com/go-json-experiment/json/jsontext"
)

// Limits are what one file may ask of the reader.
type Limits struct {
	MaxBytes     int64 // of the whole file; what lies beyond is not read
	MaxResource  int64 // bytes of one entry, line or resource
	MaxEntries   int   // entries or lines
	MaxDepth     int   // levels of nesting in one entry
	MaxFactBytes int   // bytes of text kept as facts, over the whole file
}

// DefaultLimits hold a record of a whole life with its attached letters, and keep
// the reader under 512 MB of memory.
func DefaultLimits() Limits {
	return Limits{MaxBytes: 256 << 20, MaxResource: 32 << 20, MaxEntries: 250_000, MaxDepth: 100, MaxFactBytes: 96 << 20}
}

// Reader reads within limits, and checks health cards against who is trusted.
type Reader struct {
	Limits Limits
	Cards  healthcard.Trust
	Open   Opener // of files inside the record; nil only says that they are there
}

// reading is the state of reading one file.
type reading struct {
	ctx   context.Context
	lim   Limits
	in    io.ReaderAt
	size  int64 // as much as may be read
	whole int64 // the size of the file
	src   clinical.Source

	out      clinical.Reading
	log      *issueLog
	tree     tree
	check    checker
	kept     int
	stopped  bool
	history  bool
	repeated []string // paths of entries whose address another entry has
	strings  map[string]string
	subjects []string // of each fact, as the file points at it
	people   []clinical.Patient
	subject  map[string]string // words for a subject, where the file has any
	links    links
	cards    healthcard.Trust
	open     Opener
	at       string // path of the resource that is being read
	taken    int    // bytes of the files found inside
}

// Read reads a file whose first byte other than space is "{". A file that is JSON
// but not FHIR comes back as of unknown kind. src names the file; its hash makes
// the ids of the facts.
func Read(ctx context.Context, in io.ReaderAt, size int64, src clinical.Source, lim Limits) clinical.Reading {
	return Reader{Limits: lim}.Read(ctx, in, size, src)
}

// Read reads a file as the function Read does.
func (r Reader) Read(ctx context.Context, in io.ReaderAt, size int64, src clinical.Source) clinical.Reading {
	one := newReading(ctx, src, r.Limits)
	one.cards, one.open = r.Cards, r.Open
	one.in, one.size, one.whole = in, min(size, r.Limits.MaxBytes), size
	start := one.afterMark()
	if one.isLines(start) {
		one.lines(start)
	} else {
		one.document(start)
	}
	return one.finish()
}

func newReading(ctx context.Context, src clinical.Source, lim Limits) *reading {
	r := &reading{
		ctx: ctx, lim: lim, src: src, log: newIssueLog(), strings: map[string]string{},
		subject: map[string]string{}, links: newLinks(),
	}
	r.out = clinical.Reading{Name: src.Name, SHA256: src.File, Kind: clinical.FileUnknown}
	r.check = checker{t: &r.tree, log: r.log, onLink: r.links.seen}
	return r
}

// afterMark gives where the text begins, behind a byte order mark.
func (r *reading) afterMark() int64 {
	var b [3]byte
	if n, _ := r.in.ReadAt(b[:], 0); n == 3 && string(b[:]) == "\xef\xbb\xbf" {
		r.log.add("byte_order_mark", "", "")
		return 3
	}
	return 0
}

var (
	errTooLarge = errors.New("one value is larger than allowed")
	errFileEnd  = errors.New("the file goes on beyond what may be read")
)

// guarded reads the file from a place, watches the clock, and refuses to hand out
// more than one resource's worth of bytes between two calls of fresh.
type guarded struct {
	r    *reading
	at   int64
	left int64
}

func (r *reading) from(at int64) *guarded { return &guarded{r: r, at: at, left: r.lim.MaxResource} }

func (g *guarded) fresh() { g.left = g.r.lim.MaxResource }

func (g *guarded) Read(p []byte) (int, error) {
	if err := g.r.ctx.Err(); err != nil {
		return 0, err
	}
	if g.left <= 0 {
		return 0, errTooLarge
	}
	room := g.r.size - g.at
	if room <= 0 {
		if g.r.size < g.r.whole {
			return 0, errFileEnd
		}
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), g.left, room)]
	n, err := g.r.in.ReadAt(p, g.at)
	g.at += int64(n)
	g.left -= int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// failed turns an error of reading into an issue at the place where it happened.
func (r *reading) failed(err error, base string) {
	path := base
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		path = pointerPath(base, string(syntax.JSONPointer))
	}
	switch key := r.reason(err); key {
	case "too_large":
		r.log.add(key, "", strconv.FormatInt(r.lim.MaxBytes>>20, 10))
	case "resource_too_large":
		r.log.add(key, path, strconv.FormatInt(r.lim.MaxResource>>20, 10))
	case "timeout", "not_read":
		r.log.add(key, "", "")
	case "too_deep":
		r.log.add(key, base, strconv.Itoa(r.lim.MaxDepth))
	default:
		r.log.add(key, path, "")
	}
}

func (r *reading) reason(err error) string {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, errFileEnd):
		return "too_large"
	case errors.Is(err, errTooLarge):
		return "resource_too_large"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "cut_short"
	case errors.Is(err, jsontext.ErrDuplicateName):
		return "duplicate_key"
	case !errors.As(err, &syntax):
		return "not_read"
	case strings.Contains(err.Error(), "max depth"):
		return "too_deep"
	case strings.Contains(err.Error(), "UTF-8"), strings.Contains(err.Error(), "surrogate"):
		return "invalid_utf8"
	}
	return "not_json"
}

// pointerPath turns a JSON pointer into a path as the issues give it.
func pointerPath(base, pointer string) string {
	for i, name := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		switch {
		case name == "":
		case i >= 20:
			return base + "..."
		case digits([]byte(name), len(name)):
			base += "[" + name + "]"
		default:
			base = strings.TrimPrefix(base+"."+safeName(name), ".")
		}
	}
	return base
}

// same gives one string for equal strings, for records repeat themselves a lot.
func (r *reading) same(s string) string {
	if len(s) > 128 {
		return s
	}
	if known, ok := r.strings[s]; ok {
		return known
	}
	if len(r.strings) < 50_000 {
		r.strings[s] = s
	}
	return s
}

// finish settles what could only be known at the end.
func (r *reading) finish() clinical.Reading {
	r.settle()
	r.patients()
	withdrawn := 0
	for _, f := range r.out.Facts {
		if f.Status == clinical.EnteredInError {
			withdrawn++
		}
	}
	if withdrawn > 0 {
		r.log.add("withdrawn", "", strconv.Itoa(withdrawn))
	}
	r.out.Issues = r.log.result()
	r.out.Counts = clinical.Count(r.out.Facts)
	return r.out
}
