package network

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// document is one JSON or XML text, unpacked as it is read.
type document struct {
	name string
	r    io.Reader
}

// documents opens a file by what it is, not by what it is called, and hands over each
// text in it.
func documents(path string, progress func(string, int64, int64), read func(document) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return errors.New("a folder, not a file")
	}
	head := make([]byte, 4)
	n, _ := io.ReadFull(f, head)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if bytes.HasPrefix(head[:n], []byte("PK")) {
		return members(f, info.Size(), read)
	}
	counted := &counter{r: f, of: info.Size(), name: filepath.Base(path), tell: progress}
	if bytes.HasPrefix(head[:n], []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bufio.NewReaderSize(counted, 256<<10))
		if err != nil {
			return err
		}
		return read(document{filepath.Base(path), z})
	}
	return read(document{filepath.Base(path), counted})
}

func members(f *os.File, size int64, read func(document) error) error {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return err
	}
	z.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser { return flate.NewReader(r) })
	found := false
	for _, m := range z.File {
		switch strings.ToLower(filepath.Ext(m.Name)) {
		case ".json", ".ndjson", ".xml":
		default:
			continue
		}
		found = true
		r, err := m.Open()
		if err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
		err = read(document{m.Name, r})
		r.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	if !found {
		return errors.New("no .json, .ndjson or .xml in this zip")
	}
	return nil
}

type counter struct {
	r    io.Reader
	name string
	read int64
	of   int64
	tell func(string, int64, int64)
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.read += int64(n)
	if c.tell != nil {
		c.tell(c.name, c.read, c.of)
	}
	return n, err
}

// stoppable ends the reading when nobody waits for it any more.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s stoppable) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(b)
}
