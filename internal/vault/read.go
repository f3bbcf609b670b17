package vault

import (
	"context"
	"errors"
	"io"
	"sort"
	"sync"

	"consilium/internal/casefile"
	"consilium/internal/fault"

	"filippo.io/age"
)

// source is where one part's sealed bytes are read.
type source interface {
	io.ReaderAt
	io.Closer
}

// opener finds a part's sealed bytes and tells how many there are.
type opener func(name string) (source, int64, error)

// mostOpen is how many parts of one file are held open at a time.
const mostOpen = 4

// reader reads the plain bytes of several parts as one. It may be used by several
// at once.
type reader struct {
	key   casefile.Key
	parts []casefile.Part
	ends  []int64 // where each part ends in the whole
	open  opener
	size  int64

	mu     sync.Mutex
	held   []*opened // the last used first
	closed bool
}

// opened is one part held open. It is closed when it has left the row and nobody
// reads it any more.
type opened struct {
	part  int
	src   source
	plain io.ReaderAt
	users int
	gone  bool
}

func openParts(ctx context.Context, key casefile.Key, parts []casefile.Part, open opener) (*reader, error) {
	r := &reader{key: key, parts: parts, open: open}
	for _, p := range parts {
		if p.Size < 0 {
			return nil, damaged(errors.New("a part has a negative size"))
		}
		r.size += p.Size
		r.ends = append(r.ends, r.size)
	}
	// Whether a part is there and whole shows before the first byte is sent: a part
	// whose sealed size is too small for its plain bytes is found without opening it.
	for i, p := range parts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		src, size, err := open(p.Name)
		if err != nil {
			return nil, err
		}
		src.Close()
		if size < p.Size {
			return nil, damaged(errors.New("a part was cut"))
		}
		if i == 0 {
			o, err := r.take(0)
			if err != nil {
				r.Close()
				return nil, err
			}
			r.give(o)
		}
	}
	return r, nil
}

// Size gives the number of plain bytes.
func (r *reader) Size() int64 { return r.size }

// ReadAt fills io.ReaderAt.
func (r *reader) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, fault.New(fault.Internal, "fault.internal").Because(errors.New("read before the start"))
	}
	for n < len(p) {
		i := sort.Search(len(r.ends), func(i int) bool { return r.ends[i] > off })
		if i == len(r.ends) {
			return n, io.EOF
		}
		within := off - (r.ends[i] - r.parts[i].Size)
		want := min(int64(len(p)-n), r.parts[i].Size-within)
		got, err := r.readPart(i, p[n:n+int(want)], within)
		n, off = n+got, off+int64(got)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (r *reader) readPart(i int, p []byte, off int64) (int, error) {
	o, err := r.take(i)
	if err != nil {
		return 0, err
	}
	defer r.give(o)
	n, err := o.plain.ReadAt(p, off)
	if n == len(p) {
		return n, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = errors.New("a part is shorter than it was")
	}
	return n, damaged(err)
}

// take gives a part, open, and holds it until it is given back.
func (r *reader) take(i int) (*opened, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, fault.New(fault.Internal, "fault.internal").Because(errors.New("read after close"))
	}
	for at, o := range r.held {
		if o.part == i {
			copy(r.held[1:at+1], r.held[:at])
			r.held[0] = o
			o.users++
			return o, nil
		}
	}
	part := r.parts[i]
	src, size, err := r.open(part.Name)
	if err != nil {
		return nil, err
	}
	plain, plainSize, err := age.DecryptReaderAt(src, size, &owner{r.key, part.Name})
	if err == nil && plainSize != part.Size {
		err = errors.New("a part is not as long as it was")
	}
	if err != nil {
		src.Close()
		return nil, damaged(err)
	}
	o := &opened{part: i, src: src, plain: plain, users: 1}
	r.held = append([]*opened{o}, r.held...)
	if len(r.held) > mostOpen {
		r.drop(r.held[mostOpen])
		r.held = r.held[:mostOpen]
	}
	return o, nil
}

func (r *reader) give(o *opened) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o.users--
	if o.gone && o.users == 0 {
		o.src.Close()
	}
}

func (r *reader) drop(o *opened) {
	o.gone = true
	if o.users == 0 {
		o.src.Close()
	}
}

// Close closes what is held open.
func (r *reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, o := range r.held {
		r.drop(o)
	}
	r.held, r.closed = nil, true
	return nil
}
