package packet

import (
	"bytes"
	"hash/crc32"
	"io"
	"testing"
	"time"
)

// Named is one file of a container that a test puts together by itself.
type Named struct {
	Name string
	Body []byte
}

// SignedText is what the key signs.
func SignedText(manifest []byte) string { return signedText(manifest) }

// Contain writes a container of any files.
func Contain(t testing.TB, made time.Time, files []Named) []byte {
	t.Helper()
	var b bytes.Buffer
	c := newContainer(&b, made)
	for _, f := range files {
		if _, err := c.add(t.Context(), f.Name, int64(len(f.Body)), bytes.NewReader(f.Body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Hollow is one file of a container of which only the last bytes are there: whatever
// stands before them is zeros that are written nowhere.
type Hollow struct {
	Name string
	Size int64
	Body []byte
}

// Listed is one line of a container's directory as it was read.
type Listed struct {
	Name         string
	Size, Offset int64
}

// Sparse is a long file of zeros of which only some pieces are held.
type Sparse struct {
	pieces []piece
	at     int64
}

type piece struct {
	at int64
	b  []byte
}

// Size is how long it is, in bytes.
func (s *Sparse) Size() int64 { return s.at }

// Write holds b at the end.
func (s *Sparse) Write(b []byte) (int, error) {
	s.pieces = append(s.pieces, piece{s.at, bytes.Clone(b)})
	s.at += int64(len(b))
	return len(b), nil
}

// ReadAt fills io.ReaderAt.
func (s *Sparse) ReadAt(b []byte, at int64) (int, error) {
	n := min(int64(len(b)), s.at-at)
	if n <= 0 {
		return 0, io.EOF
	}
	clear(b[:n])
	for _, p := range s.pieces {
		if from, to := max(p.at, at), min(p.at+int64(len(p.b)), at+n); from < to {
			copy(b[from-at:to-at], p.b[from-p.at:])
		}
	}
	if n < int64(len(b)) {
		return int(n), io.EOF
	}
	return int(n), nil
}

// ContainHollow writes a container that may be far larger than what it takes.
func ContainHollow(t testing.TB, made time.Time, files []Hollow) *Sparse {
	t.Helper()
	out := &Sparse{}
	c := newContainer(out, made)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		p := part{name: f.Name, size: f.Size, offset: c.at, crc: crc32.ChecksumIEEE(f.Body)}
		must(c.head(p))
		must(c.w.Flush())
		zeros := f.Size - int64(len(f.Body))
		c.at, out.at = c.at+zeros, out.at+zeros
		must(c.put(string(f.Body)))
		must(c.tail(p))
	}
	must(c.close())
	return out
}

// List reads the directory.
func List(r io.ReaderAt, size int64) ([]Listed, error) {
	parts, err := list(r, size)
	var all []Listed
	for _, p := range parts {
		all = append(all, Listed{p.name, p.size, p.offset})
	}
	return all, err
}
