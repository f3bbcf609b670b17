package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"time"

	"consilium/internal/intake/document"
)

// maxPiece is how large a file inside another may be to be taken out and looked at,
// in bytes.
const maxPiece = 48 << 20

// pieceTime is how long looking for it may take.
const pieceTime = 30 * time.Second

// sought is one file that is looked for inside another. A nil sought looks for none.
type sought struct {
	name string // "disc.zip/letters/report.pdf"
	sum  string
	body []byte // once it is found
}

// only tells an archive what to unpack: the file itself, or what it is in.
func (s *sought) only() func(name string) bool {
	if s == nil {
		return nil
	}
	return func(name string) bool {
		return s.body == nil && (name == s.name || strings.HasPrefix(s.name, name+"/"))
	}
}

// passes takes the file that is looked for, and tells whether this one need not be
// read.
func (s *sought) passes(f file) bool {
	if s == nil {
		return false
	}
	if s.body == nil && f.name == s.name && f.sum == s.sum && f.size <= maxPiece {
		body := make([]byte, f.size)
		if n, _ := f.in.ReadAt(body, 0); int64(n) == f.size {
			s.body = body
		}
	}
	return s.body != nil || !strings.HasPrefix(s.name, f.name+"/")
}

// Piece gives the bytes of a file inside another, by the name and the SHA-256 that
// its reading has; ok is false when it is not there, or larger than is taken out.
func Piece(ctx context.Context, whole Whole, name, sum string) (body *bytes.Reader, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, pieceTime)
	defer cancel()
	opts := Options{}.filled()
	opts.Tools = document.Tools{PDFText: document.None}
	w := walker{opts: opts, images: map[string]bool{}, seek: &sought{name: name, sum: sum}}
	w.read(ctx, file{name: whole.Name, sum: whole.SHA256, in: whole.In, size: whole.Size}, 0, &level{})
	// Of one that is too large only the beginning was unpacked.
	if got := sha256.Sum256(w.seek.body); w.seek.body == nil || hex.EncodeToString(got[:]) != sum {
		return nil, false
	}
	return bytes.NewReader(w.seek.body), true
}

// Whole is a file as it was handed in.
type Whole struct {
	Name   string
	SHA256 string
	In     io.ReaderAt
	Size   int64
}
