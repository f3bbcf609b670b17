package directory

import (
	"encoding/binary"
	"io"
	"os"
)

// spill keeps records on the disk in buckets, so that a build sorts one bucket at a
// time in memory. All buckets share one temporary file.
type spill struct {
	file    *os.File
	dir     string
	buckets []bucket
	end     int64
	records int64
	err     error
}

type bucket struct {
	buf    []byte
	pieces []piece
	size   int64
}

type piece struct {
	at  int64
	len int
}

const pieceSize = 32 << 10

func newSpill(dir string, buckets int) *spill {
	return &spill{dir: dir, buckets: make([]bucket, buckets)}
}

// add keeps a copy of a record.
func (s *spill) add(n int, record []byte) {
	b := &s.buckets[n]
	if len(b.buf) > 0 && len(b.buf)+4+len(record) > pieceSize {
		s.flush(b)
	}
	if b.buf == nil {
		b.buf = make([]byte, 0, pieceSize)
	}
	b.buf = binary.LittleEndian.AppendUint32(b.buf, uint32(len(record)))
	b.buf = append(b.buf, record...)
	b.size += int64(4 + len(record))
	s.records++
}

func (s *spill) flush(b *bucket) {
	if len(b.buf) == 0 || s.err != nil {
		b.buf = b.buf[:0]
		return
	}
	if s.file == nil {
		if s.file, s.err = tempFile(s.dir); s.err != nil {
			return
		}
	}
	if _, s.err = s.file.WriteAt(b.buf, s.end); s.err != nil {
		return
	}
	b.pieces = append(b.pieces, piece{s.end, len(b.buf)})
	s.end += int64(len(b.buf))
	b.buf = b.buf[:0]
}

// read gives all records of a bucket, one after the other, each behind its length. It
// uses room when that is large enough. Nothing may be added afterwards.
func (s *spill) read(n int, room []byte) ([]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	b := &s.buckets[n]
	if int64(cap(room)) < b.size {
		room = make([]byte, 0, b.size+b.size/8)
	}
	room = room[:0]
	for _, p := range b.pieces {
		at := len(room)
		room = room[:at+p.len]
		if _, err := io.ReadFull(io.NewSectionReader(s.file, p.at, int64(p.len)), room[at:]); err != nil {
			return nil, err
		}
	}
	room = append(room, b.buf...)
	return room, nil
}

func (s *spill) close() {
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
		s.file = nil
	}
	s.buckets = nil
}

// record takes the first record off those that read gave.
func record(b []byte) (rec, rest []byte) {
	n := binary.LittleEndian.Uint32(b)
	return b[4 : 4+n], b[4+n:]
}
