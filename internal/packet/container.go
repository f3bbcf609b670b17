package packet

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"
)

// The container is a ZIP file in one fixed form, so that from the names, the sizes,
// the bytes and the time there is exactly one file. Nothing is compressed: originals
// stay as they are, a packet cannot be a bomb, and the reader can write the container
// anew and hold it against what it was given, byte for byte. Every common program
// opens it.

const (
	sigLocal      = 0x04034b50
	sigDescriptor = 0x08074b50
	sigCentral    = 0x02014b50
	sigEnd        = 0x06054b50
	sigEnd64      = 0x06064b50
	sigLocator64  = 0x07064b50

	flags     = 0x0808      // sizes stand behind the bytes; names are UTF-8
	mode      = 0o644 << 16 // of an ordinary file
	most32    = 1<<32 - 1
	most16    = 1<<16 - 1
	plain     = 20 // version needed
	large     = 45 // version needed beyond 4 GiB
	unixMaker = 3 << 8
)

// part is one file of the container.
type part struct {
	name   string
	size   int64
	crc    uint32
	offset int64
}

func (p part) large() bool { return p.size >= most32 }

func (p part) version() uint16 {
	if p.large() || p.offset >= most32 {
		return large
	}
	return plain
}

// headSize is how many bytes stand before the bytes of a file of this name.
func headSize(name string) int64 { return 30 + int64(len(name)) }

// tailSize is how many bytes stand behind them.
func tailSize(size int64) int64 {
	if size >= most32 {
		return 24
	}
	return 16
}

// container writes the fixed form.
type container struct {
	w     *bufio.Writer
	at    int64
	date  uint16
	clock uint16
	parts []part
}

func newContainer(w io.Writer, made time.Time) *container {
	t := made.UTC()
	return &container{
		w:     bufio.NewWriterSize(w, 64<<10),
		date:  uint16((max(t.Year(), 1980)-1980)<<9 | int(t.Month())<<5 | t.Day()),
		clock: uint16(t.Hour()<<11 | t.Minute()<<5 | t.Second()/2),
	}
}

// put writes numbers of two, four and eight bytes.
func (c *container) put(values ...any) error {
	var b []byte
	for _, v := range values {
		switch v := v.(type) {
		case uint16:
			b = binary.LittleEndian.AppendUint16(b, v)
		case uint32:
			b = binary.LittleEndian.AppendUint32(b, v)
		case uint64:
			b = binary.LittleEndian.AppendUint64(b, v)
		case string:
			b = append(b, v...)
		}
	}
	n, err := c.w.Write(b)
	c.at += int64(n)
	return err
}

// add writes one file from r to its end. size is what is expected; -1 is any size
// below 4 GiB.
func (c *container) add(ctx context.Context, name string, size int64, r io.Reader) (int64, error) {
	p := part{name: name, size: size, offset: c.at}
	if err := c.head(p); err != nil {
		return 0, err
	}
	sum := crc32.NewIEEE()
	n, err := io.CopyBuffer(io.MultiWriter(c.w, sum), &patient{ctx, r}, make([]byte, 64<<10))
	c.at += n
	switch {
	case err != nil:
		return n, err
	case size >= 0 && n != size:
		return n, fmt.Errorf("%s has %d bytes and was said to have %d", name, n, size)
	case size < 0 && n >= most32:
		return n, fmt.Errorf("%s is larger than it may be", name)
	}
	p.size, p.crc = n, sum.Sum32()
	return n, c.tail(p)
}

// head writes what stands before the bytes of a file.
func (c *container) head(p part) error {
	need := uint16(plain)
	if p.large() {
		need = large
	}
	return c.put(uint32(sigLocal), need, uint16(flags), uint16(0), c.clock, c.date, uint32(0), uint32(0), uint32(0), uint16(len(p.name)), uint16(0), p.name)
}

// tail writes what stands behind them, and keeps the file for the directory.
func (c *container) tail(p part) error {
	c.parts = append(c.parts, p)
	if p.large() {
		return c.put(uint32(sigDescriptor), p.crc, uint64(p.size), uint64(p.size))
	}
	return c.put(uint32(sigDescriptor), p.crc, uint32(p.size), uint32(p.size))
}

// close writes the directory at the end.
func (c *container) close() error {
	start := c.at
	for _, p := range c.parts {
		if err := c.central(p); err != nil {
			return err
		}
	}
	size, count, end := c.at-start, len(c.parts), c.at
	n, s, o := uint16(min(count, most16)), uint32(min(size, most32)), uint32(min(start, most32))
	if count >= most16 || size >= most32 || start >= most32 {
		if err := c.put(uint32(sigEnd64), uint64(44), uint16(unixMaker|large), uint16(large), uint32(0), uint32(0), uint64(count), uint64(count), uint64(size), uint64(start),
			uint32(sigLocator64), uint32(0), uint64(end), uint32(1)); err != nil {
			return err
		}
	}
	if err := c.put(uint32(sigEnd), uint16(0), uint16(0), n, n, s, o, uint16(0)); err != nil {
		return err
	}
	return c.w.Flush()
}

// central writes one line of the directory.
func (c *container) central(p part) error {
	var extra []any
	size, offset := uint32(min(p.size, most32)), uint32(min(p.offset, most32))
	long := 0
	if p.large() {
		extra, long = append(extra, uint64(p.size), uint64(p.size)), long+16
	}
	if p.offset >= most32 {
		extra, long = append(extra, uint64(p.offset)), long+8
	}
	if long > 0 {
		extra, long = append([]any{uint16(1), uint16(long)}, extra...), long+4
	}
	line := []any{
		uint32(sigCentral), uint16(unixMaker | p.version()), p.version(), uint16(flags), uint16(0), c.clock, c.date, p.crc, size, size,
		uint16(len(p.name)), uint16(long), uint16(0), uint16(0), uint16(0), uint32(mode), offset, p.name,
	}
	return c.put(append(line, extra...)...)
}

// patient is a reader that ends when nobody waits any more.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

// body gives the bytes of one file.
func (p part) body(r io.ReaderAt) *io.SectionReader {
	return io.NewSectionReader(r, p.offset+headSize(p.name), p.size)
}

// errOther says that a container is not in the one form that it can have.
var errOther = errors.New("the container is not in its one form")

// mirror holds what is written against what r has at the same place.
type mirror struct {
	r    io.ReaderAt
	at   int64
	size int64
	buf  []byte
}

func (m *mirror) Write(b []byte) (int, error) {
	if m.at+int64(len(b)) > m.size {
		return 0, errOther
	}
	if len(m.buf) < len(b) {
		m.buf = make([]byte, len(b))
	}
	if _, err := m.r.ReadAt(m.buf[:len(b)], m.at); err != nil && err != io.EOF {
		return 0, err
	}
	if string(m.buf[:len(b)]) != string(b) {
		return 0, errOther
	}
	m.at += int64(len(b))
	return len(b), nil
}
