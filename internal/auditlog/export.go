package auditlog

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"consilium/internal/fault"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The exported log is one line of JSON each: a head, the entries in order, each
// with the checkpoint that was signed when it was written, and a foot that repeats
// the last checkpoint, so that a file that was cut short shows it.
type (
	headLine struct {
		Format string   `json:"format"`
		Tree   string   `json:"tree"`
		Keys   []string `json:"keys"` // public keys; the newest last
	}
	entryLine struct {
		Entry      json.RawMessage `json:"entry"`
		Checkpoint string          `json:"checkpoint"`
	}
	footLine struct {
		Entries int64  `json:"entries"`
		Last    string `json:"last"`
	}
)

const format = "consilium-log-1"

// maxLine bounds what Verify holds in memory: an entry names at most some thousand
// documents.
const maxLine = 4 << 20

// Writer writes an exported log.
type Writer struct {
	w    *bufio.Writer
	n    int64
	last string
}

// NewWriter starts an exported log of a tree, signed by one of the public keys.
func NewWriter(w io.Writer, tree string, keys []string) (*Writer, error) {
	out := &Writer{w: bufio.NewWriter(w)}
	return out, out.put(headLine{format, tree, keys})
}

// Add writes the next entry as it is stored.
func (w *Writer) Add(entry []byte, checkpoint string) error {
	w.n++
	w.last = checkpoint
	return w.put(entryLine{entry, checkpoint})
}

// Close writes the foot. It does not close the writer beneath.
func (w *Writer) Close() error {
	if err := w.put(footLine{w.n, w.last}); err != nil {
		return err
	}
	return w.w.Flush()
}

func (w *Writer) put(v any) error {
	b, err := line(v)
	if err != nil {
		return err
	}
	if _, err := w.w.Write(b); err != nil {
		return err
	}
	return w.w.WriteByte('\n')
}

// Report says what a log holds and whether it is whole.
type Report struct {
	Tree     string
	Entries  int64
	Root     string // of the last checkpoint, base64
	Keys     []string
	Trusted  bool // the signatures were checked with a key that the reader brought
	First    time.Time
	Last     time.Time
	Problems []Problem
}

// Problem is something wrong with the log. Entry is the number of the entry that
// it is about, 0 when it is about the file.
type Problem struct {
	Entry int64
	Text  string
}

// maxProblems bounds the report: a log with more is simply not to be trusted.
const maxProblems = 20

// Verify checks an exported log offline. trustedKey holds one or more public keys
// that the reader got another way, apart by spaces; with "" the keys in the file
// are used, which proves only that the file agrees with itself. earlier are signed
// checkpoints that the reader kept: a log that was cut back or rewritten since then
// does not agree with them.
//
// The error is Damaged when the report has problems, naming the first entry, and
// Refused when this is no log.
func Verify(r io.Reader, trustedKey string, earlier ...string) (Report, error) {
	v := &verifier{in: bufio.NewReaderSize(r, 64<<10), kept: map[int64]Checkpoint{}}
	if err := v.head(trustedKey); err != nil {
		return v.rep, err
	}
	v.keep(earlier)
	if err := v.entries(); err != nil {
		return v.rep, err
	}
	v.foot()
	if len(v.rep.Problems) > 0 {
		p := v.rep.Problems[0]
		return v.rep, fault.New(fault.Damaged, "log.damaged").With("entry", fmt.Sprint(p.Entry)).Because(errors.New(p.Text))
	}
	return v.rep, nil
}

type verifier struct {
	in     *bufio.Reader
	keys   note.Verifiers
	kept   map[int64]Checkpoint
	edge   edge
	last   string
	end    *footLine
	broken bool // the root is wrong from here on; saying it once is enough
	rep    Report
}

func (v *verifier) problem(entry int64, text string, args ...any) {
	if len(v.rep.Problems) < maxProblems {
		v.rep.Problems = append(v.rep.Problems, Problem{entry, fmt.Sprintf(text, args...)})
	}
}

// read gives the next line, io.EOF at the end, Refused when it is too long.
func (v *verifier) read() ([]byte, error) {
	var b []byte
	for {
		part, err := v.in.ReadSlice('\n')
		b = append(b, part...)
		if len(b) > maxLine {
			return nil, fault.New(fault.Refused, "log.not_a_log").Because(fmt.Errorf("a line is longer than %d bytes", maxLine))
		}
		switch {
		case err == nil:
			return b, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(b) > 0:
			return b, nil
		default:
			return nil, err
		}
	}
}

func (v *verifier) head(trusted string) error {
	b, err := v.read()
	var h headLine
	if err == nil {
		err = json.Unmarshal(b, &h)
	}
	if err != nil || h.Format != format {
		return fault.New(fault.Refused, "log.not_a_log").Because(fmt.Errorf("the first line is not the head of a log: %w", err))
	}
	v.rep.Tree, v.rep.Keys = h.Tree, h.Keys
	use := h.Keys
	if trusted != "" {
		use, v.rep.Trusted = strings.Fields(trusted), true
	}
	var known []note.Verifier
	for _, k := range use {
		key, err := note.NewVerifier(k)
		if err != nil {
			return fault.New(fault.Invalid, "log.key").On("key").Because(err)
		}
		known = append(known, key)
	}
	v.keys = note.VerifierList(known...)
	return nil
}

// keep reads the checkpoints that the reader brought.
func (v *verifier) keep(signed []string) {
	for _, s := range signed {
		c, err := OpenCheckpoint(s, v.keys)
		switch {
		case err != nil:
			v.problem(0, "a checkpoint that you kept cannot be checked: %v", err)
		case c.Tree != v.rep.Tree:
			v.problem(0, "a checkpoint that you kept is of another log")
		default:
			v.kept[c.Size] = c
		}
	}
}

func (v *verifier) entries() error {
	for {
		b, err := v.read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if v.end != nil {
			v.problem(0, "there is more after the end of the log")
			return nil
		}
		var l struct {
			entryLine
			Foot *string `json:"last"`
			N    int64   `json:"entries"`
		}
		at := v.edge.size + 1
		if err := json.Unmarshal(b, &l); err != nil {
			v.problem(at, "entry %d cannot be read, or the file was cut there", at)
			return nil
		}
		if l.Foot != nil {
			v.end = &footLine{l.N, *l.Foot}
			continue
		}
		v.entry(at, l.entryLine)
	}
}

// entry checks one entry against its place in the order and against what was
// signed when it was written.
func (v *verifier) entry(at int64, l entryLine) {
	e, err := Decode(l.Entry)
	if err != nil {
		v.problem(at, "entry %d cannot be read", at)
	} else if e.Seq != at {
		v.problem(at, "entry %d is missing or out of place: entry %d stands there", at, e.Seq)
		v.broken = true
	}
	if at == 1 {
		v.rep.First = e.At
	}
	v.edge.add(tlog.RecordHash(l.Entry))
	v.rep.Entries, v.rep.Last, v.last = at, e.At, l.Checkpoint
	root := v.edge.root()
	v.rep.Root = root.String()

	c, err := OpenCheckpoint(l.Checkpoint, v.keys)
	switch {
	case v.broken:
	case err != nil:
		v.problem(at, "the checkpoint of entry %d is not signed by the key: %v", at, err)
	case c.Tree != v.rep.Tree:
		v.problem(at, "the checkpoint of entry %d is of another log", at)
	case c.Size != at || c.Root != root:
		v.problem(at, "entry %d was changed, or something before it was taken out", at)
		v.broken = true
	}
	if k, ok := v.kept[at]; ok && k.Root != root {
		v.problem(at, "the log up to entry %d is not what it was when you kept its checkpoint", at)
	}
}

func (v *verifier) foot() {
	n := v.edge.size
	for size := range v.kept {
		if size > n {
			v.problem(n+1, "entries %d to %d were there when you kept a checkpoint and are gone", n+1, size)
		}
	}
	if v.end == nil {
		v.problem(n+1, "the file was cut: what comes from entry %d on is missing", n+1)
		return
	}
	if v.end.Entries > n {
		v.problem(n+1, "entries %d to %d are missing", n+1, v.end.Entries)
		return
	}
	if v.end.Last == v.last && v.end.Entries == n {
		return
	}
	if c, err := OpenCheckpoint(v.end.Last, v.keys); err == nil && c.Size > n {
		v.problem(n+1, "entries %d to %d are missing", n+1, c.Size)
		return
	}
	v.problem(n, "the last checkpoint does not belong to entry %d", n)
}
