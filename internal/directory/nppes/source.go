package nppes

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// Source is an open file: CSV as it is, or within gzip or ZIP. What it is, its first
// bytes say, not its name.
type Source struct {
	Path  string
	Size  int64     // bytes on disk
	Time  time.Time // the file's own
	Notes []string  // what else lies in the ZIP

	file    *os.File
	read    atomic.Int64 // bytes taken from the disk
	members []member
}

// member is one table: the file itself, or one member of its ZIP.
type member struct {
	name string
	open func() (io.ReadCloser, error)
}

// Done gives how much of the file was read, 0 to 1.
func (s *Source) Done() float64 {
	if s.Size == 0 {
		return 1
	}
	return min(1, float64(s.read.Load())/float64(s.Size))
}

// Close lets go of the file.
func (s *Source) Close() error { return s.file.Close() }

// Open opens a file for one of the kinds.
func Open(name string, kind Kind) (*Source, error) {
	f, err := os.Open(name)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			err = errors.New("there is no such file")
		}
		return nil, &FileError{name, err}
	}
	s := &Source{Path: name, file: f}
	if err := s.look(kind); err != nil {
		f.Close()
		return nil, &FileError{name, err}
	}
	return s, nil
}

// base is the file's name without its folder.
func (s *Source) base() string { return filepath.Base(s.Path) }

// label says which table of the file is meant.
func (s *Source) label(m member) string {
	if m.name == s.base() || m.name+".gz" == s.base() {
		return s.Path
	}
	return s.Path + " (" + m.name + ")"
}

func (s *Source) look(kind Kind) error {
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return errors.New("it is a folder, not a file")
	}
	s.Size, s.Time = info.Size(), info.ModTime()
	head := make([]byte, 8)
	n, err := s.file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	base := s.base()
	switch head = head[:n]; {
	case n == 0:
		return errors.New("the file is empty")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return s.unzip(kind)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		s.members = []member{{strings.TrimSuffix(base, ".gz"), func() (io.ReadCloser, error) {
			z, err := gzip.NewReader(bufio.NewReaderSize(s.counted(), 128<<10))
			if err != nil {
				return nil, err
			}
			return z, nil
		}}}
	default:
		s.members = []member{{base, func() (io.ReadCloser, error) { return io.NopCloser(s.counted()), nil }}}
	}
	return nil
}

// counted reads the file from its beginning and counts.
func (s *Source) counted() io.Reader {
	return &counter{io.NewSectionReader(s.file, 0, s.Size), &s.read}
}

type counter struct {
	io.Reader
	n *atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// countedAt is for archive/zip, which reads by offset.
type countedAt struct{ s *Source }

func (c countedAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.s.file.ReadAt(p, off)
	c.s.read.Add(int64(n))
	return n, err
}

// maxMembers bounds a ZIP's list: the publishers' have under 20.
const maxMembers = 10_000

func (s *Source) unzip(kind Kind) error {
	z, err := zip.NewReader(countedAt{s}, s.Size)
	if err != nil {
		return fmt.Errorf("the ZIP cannot be read (%w): download it again", err)
	}
	if len(z.File) > maxMembers {
		return fmt.Errorf("the ZIP has %d members, more than %d", len(z.File), maxMembers)
	}
	z.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser { return flate.NewReader(r) })
	if kind == Deactivated && part(z, sheetPart) != nil {
		s.members = []member{{s.base(), func() (io.ReadCloser, error) { return workbook(z) }}}
		return nil
	}
	chosen, notes := choose(z.File, kind)
	if len(chosen) == 0 {
		return fmt.Errorf("no member of the ZIP is %s: it has %s", kind.about(), list(z.File))
	}
	s.Notes = notes
	for _, f := range chosen {
		s.members = append(s.members, member{path.Base(f.Name), func() (io.ReadCloser, error) {
			if strings.HasSuffix(strings.ToLower(f.Name), ".xlsx") {
				return inner(f)
			}
			r, err := f.Open()
			if errors.Is(err, zip.ErrAlgorithm) {
				return nil, fmt.Errorf("%s is packed by method %d, which this program cannot read: unpack it and give the CSV", f.Name, f.Method)
			}
			return r, err
		}})
	}
	return nil
}

var (
	providersName = regexp.MustCompile(`(?i)^npidata_.*\.csv$`)
	siblings      = []struct {
		name *regexp.Regexp
		what string
	}{
		{regexp.MustCompile(`(?i)^othername_.*\.csv$`), "other names of organisations"},
		{regexp.MustCompile(`(?i)^pl_.*\.csv$`), "further practice locations"},
		{regexp.MustCompile(`(?i)^endpoint_.*\.csv$`), "electronic addresses"},
	}
)

// choose takes the members that are the kind's table. NPPES has several kinds in one
// ZIP, and a *_fileheader.csv with the first line alone beside each.
func choose(files []*zip.File, kind Kind) (chosen []*zip.File, notes []string) {
	var tables, named []*zip.File
	for _, f := range files {
		base := path.Base(f.Name)
		low := strings.ToLower(base)
		if f.FileInfo().IsDir() || strings.HasPrefix(base, ".") || strings.HasPrefix(f.Name, "__MACOSX/") || strings.Contains(low, "fileheader") {
			continue
		}
		if !strings.HasSuffix(low, ".csv") && !strings.HasSuffix(low, ".txt") && !(kind == Deactivated && strings.HasSuffix(low, ".xlsx")) {
			continue
		}
		sibling := ""
		for _, x := range siblings {
			if x.name.MatchString(base) {
				sibling = x.what
			}
		}
		switch {
		case sibling != "":
			if kind == Providers {
				notes = append(notes, fmt.Sprintf("%s: %s, not used", base, sibling))
			}
		case providersName.MatchString(base):
			named = append(named, f)
		case !strings.Contains(low, "readme"):
			tables = append(tables, f)
		}
	}
	if kind == Providers && len(named) > 0 {
		return named, notes
	}
	var csvs []*zip.File
	for _, f := range tables {
		if strings.HasSuffix(strings.ToLower(f.Name), ".csv") {
			csvs = append(csvs, f)
		}
	}
	if len(csvs) > 0 {
		return csvs, notes
	}
	return tables, notes
}

func list(files []*zip.File) string {
	var names []string
	for _, f := range files {
		if len(names) == 8 {
			names = append(names, "...")
			break
		}
		names = append(names, f.Name)
	}
	if len(names) == 0 {
		return "no members"
	}
	return strings.Join(names, ", ")
}

// ahead reads a stream in its own goroutine, so that unpacking and splitting work side
// by side. stop ends it.
func ahead(ctx context.Context, in io.Reader) (out io.Reader, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	a := &reading{full: make(chan chunk, 2), empty: make(chan []byte, 3), ctx: ctx}
	for range cap(a.empty) {
		a.empty <- make([]byte, readAtOnce)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer close(a.full)
		for {
			var b []byte
			select {
			case b = <-a.empty:
			case <-ctx.Done():
				return
			}
			n, err := io.ReadFull(in, b[:cap(b)])
			if err == io.ErrUnexpectedEOF && n > 0 {
				// ReadFull's word for a stream that ends before the chunk is full; a decompressor's
				// own unexpected end is told by the next read, since it is sticky.
				err = nil
			}
			select {
			case a.full <- chunk{b[:n], err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return a, func() { cancel(); <-ended }
}

type chunk struct {
	data []byte
	err  error
}

type reading struct {
	full  chan chunk
	empty chan []byte
	ctx   context.Context
	now   []byte // of have, not yet given out
	have  []byte
	err   error
}

func (a *reading) Read(p []byte) (int, error) {
	for len(a.now) == 0 {
		if a.have != nil {
			a.empty <- a.have
			a.have = nil
		}
		if a.err != nil {
			return 0, a.err
		}
		if err := a.ctx.Err(); err != nil {
			return 0, err
		}
		select {
		case c, ok := <-a.full:
			if !ok {
				if err := a.ctx.Err(); err != nil {
					return 0, err
				}
				return 0, io.ErrUnexpectedEOF
			}
			a.have, a.now, a.err = c.data, c.data, c.err
		case <-a.ctx.Done():
			return 0, a.ctx.Err()
		}
	}
	n := copy(p, a.now)
	a.now = a.now[n:]
	return n, nil
}
