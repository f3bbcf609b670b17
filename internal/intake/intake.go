// Package intake turns the bytes that a person hands in into what they say: it
// finds out what a file is from its contents, never from its name, reads what it
// can into facts, and answers with issues for what it cannot. Foreign bytes are
// hostile: whatever they are, reading them ends soon, in bounded memory, without a
// crash.
package intake

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"consilium/internal/clinical"
	"consilium/internal/intake/archive"
	"consilium/internal/intake/ccda"
	"consilium/internal/intake/dicom"
	"consilium/internal/intake/document"
	"consilium/internal/intake/fhir"
	"consilium/internal/intake/healthcard"
	"consilium/internal/intake/healthlink"
	"consilium/internal/intake/hl7v2"
)

// Format is what the caller takes a file to be.
type Format string

// Auto looks at the bytes. Any other format is a wish: when the bytes are
// something else, the reading says so.
const (
	Auto  Format = "auto"
	FHIR  Format = "fhir"
	CCDA  Format = "ccda"
	DICOM Format = "dicom"
	PDF   Format = "pdf"
	ZIP   Format = "zip"
	Image Format = "image"
)

// Formats lists what the format may be.
func Formats() []Format { return []Format{Auto, FHIR, CCDA, DICOM, PDF, ZIP, Image} }

// Options are how to read a file. The zero value reads anything within
// DefaultLimits.
type Options struct {
	Format Format
	Limits Limits
	SHA256 string // the file's hash, lower-case hex, when it is known already; computed otherwise
	Tools  document.Tools
	Cards  healthcard.Trust // whose health cards are believed
}

// Limits are what one file may ask of the machine.
type Limits struct {
	FHIR     fhir.Limits
	Archive  archive.Limits
	Unpacked int64         // bytes of a gzip file, unpacked
	Time     time.Duration // for reading what is in a file, after its hash is known
}

// DefaultLimits keep the reading of any one file under 512 MB and 10 s.
func DefaultLimits() Limits {
	return Limits{FHIR: fhir.DefaultLimits(), Archive: archive.DefaultLimits(), Unpacked: 48 << 20, Time: 8 * time.Second}
}

func (o Options) filled() Options {
	if o.Format == "" {
		o.Format = Auto
	}
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits()
	}
	return o
}

// ReadFile reads a file of this machine. The error is about opening it; anything
// wrong inside is an issue of the reading.
func ReadFile(ctx context.Context, path string, opts Options) (clinical.Reading, error) {
	f, err := os.Open(path)
	if err != nil {
		return clinical.Reading{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return clinical.Reading{}, err
	}
	if !info.Mode().IsRegular() {
		return clinical.Reading{}, fmt.Errorf("%s: not a file", filepath.Base(path))
	}
	return Read(ctx, filepath.Base(path), f, info.Size(), opts), nil
}

// Read reads one file. The name is only kept, never trusted.
func Read(ctx context.Context, name string, r io.ReaderAt, size int64, opts Options) clinical.Reading {
	opts = opts.filled()
	sum, err := opts.SHA256, error(nil)
	if sum == "" {
		sum, err = hash(ctx, r, size)
	}
	if err != nil {
		return clinical.Reading{
			Name: name, Size: size, Kind: clinical.FileUnknown, Counts: clinical.Count(nil),
			Issues: []clinical.Issue{issue(clinical.Error, "not_read")},
		}
	}
	ctx, cancel := context.WithTimeout(ctx, opts.Limits.Time)
	defer cancel()
	w := walker{opts: opts, images: map[string]bool{}}
	return w.read(ctx, file{name: name, sum: sum, in: r, size: size}, 0, &level{})
}

// file is one file on its way in: a whole one, or one out of an archive.
type file struct {
	name string
	sum  string
	in   io.ReaderAt
	size int64
}

// read identifies a file and hands it to its reader. depth counts the archives
// around it.
func (w *walker) read(ctx context.Context, f file, depth int, around *level) (out clinical.Reading) {
	defer func() {
		// The last resort: a mistake of ours on hostile bytes must not take the
		// server down. What went wrong is not told, for it might quote the record.
		if recover() != nil {
			out = clinical.Reading{Kind: clinical.FileUnknown, Issues: []clinical.Issue{issue(clinical.Error, "reader_failed")}}
		}
		out.Name, out.SHA256, out.Size = f.name, f.sum, f.size
		if out.Counts == nil {
			out.Counts = clinical.Count(out.Facts)
		}
		if depth == 0 {
			out.Issues = append(out.Issues, wished(w.opts.Format, out.Kind)...)
		}
	}()
	src := clinical.Source{File: f.sum, Name: f.name}
	if w.seek.passes(f) {
		return unknown(clinical.Note, "unknown")
	}
	if f.size == 0 {
		return unknown(clinical.Error, "empty")
	}
	head := make([]byte, min(f.size, headSize))
	n, err := f.in.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return unknown(clinical.Error, "not_read")
	}
	head = head[:n]
	what := identify(head)
	if twoKinds(what, head, f.in, f.size) {
		// What one program takes for a picture and another for an archive was made to
		// get past somebody: nothing in it is believed.
		return clinical.Reading{Kind: cmp.Or(kinds[what], clinical.FileUnknown), Issues: []clinical.Issue{issue(clinical.Error, "two_kinds")}}
	}
	opts := w.opts
	switch what {
	case isJSON:
		return w.fhir(ctx, f, depth).Read(ctx, f.in, f.size, src)
	case isXML:
		return ccda.ReadOpening(ctx, f.in, f.size, src, w.inside(ctx, f, depth))
	case isDICOM:
		return w.dicom(ctx, f, depth, around)
	case isPDF:
		return document.ReadPDF(ctx, f.in, f.size, src, opts.Tools)
	case isImage:
		return document.ReadImage(ctx, f.in, f.size, src, opts.Tools)
	case isHL7v2:
		return hl7v2.Read(ctx, f.in, f.size, src, w.inside(ctx, f, depth))
	case isCard:
		return w.fhir(ctx, f, depth).ReadCard(string(head), src)
	case isLink:
		return healthlink.Read(string(head), opts.Cards.Now)
	case isZIP, isDisc:
		return w.archive(ctx, f, depth, what)
	case isGzip:
		return w.gzip(ctx, f, depth, around)
	case isUnknown:
	default:
		return unknown(said[what].severity, said[what].key)
	}
	switch {
	case archive.Ends(f.in, f.size):
		return w.archive(ctx, f, depth, isZIP)
	case dicom.Looks(head):
		return w.dicom(ctx, f, depth, around)
	}
	return unknown(clinical.Note, "unknown")
}

func unknown(s clinical.Severity, key string) clinical.Reading {
	return clinical.Reading{Kind: clinical.FileUnknown, Issues: []clinical.Issue{issue(s, key)}}
}

// inside gives what reads the files that a document wraps: each is a child, read
// like any other file.
func (w *walker) inside(ctx context.Context, f file, depth int) func(name string, body []byte) clinical.Reading {
	return func(name string, body []byte) clinical.Reading {
		sum := sha256.Sum256(body)
		child := file{name: f.name + "/" + name, sum: hex.EncodeToString(sum[:]), in: bytes.NewReader(body), size: int64(len(body))}
		if depth >= w.opts.Limits.Archive.MaxDepth {
			out := unknown(clinical.Error, "too_many_layers")
			out.Name, out.SHA256, out.Size, out.Counts = child.name, child.sum, child.size, clinical.Count(nil)
			return out
		}
		return w.read(ctx, child, depth+1, &level{})
	}
}

// gzip reads the one file that a gzip file holds. The facts' source is the
// file as it was handed in, which is the one that is kept.
func (w *walker) gzip(ctx context.Context, f file, depth int, around *level) clinical.Reading {
	opts := w.opts
	if depth > opts.Limits.Archive.MaxDepth {
		return unknown(clinical.Error, "too_many_layers")
	}
	z, err := gzip.NewReader(io.NewSectionReader(f.in, 0, f.size))
	if err != nil {
		return unknown(clinical.Error, "gzip_damaged")
	}
	limit := opts.Limits.Unpacked >> depth // what is unpacked inside an archive shares the memory of the outer one
	var plain bytes.Buffer
	n, err := io.Copy(&plain, io.LimitReader(cancelled{ctx, z}, limit+1))
	if n > limit {
		return unknown(clinical.Error, "unpacked_too_large")
	}
	inner := w.read(ctx, file{name: f.name, sum: f.sum, in: bytes.NewReader(plain.Bytes()), size: n}, depth+1, around)
	if err != nil {
		inner.Issues = append(inner.Issues, issue(clinical.Error, "gzip_damaged"))
	}
	inner.Issues = append(inner.Issues, issue(clinical.Note, "unpacked"))
	return inner
}

func hash(ctx context.Context, r io.ReaderAt, size int64) (string, error) {
	h := sha256.New()
	if _, err := io.CopyBuffer(h, cancelled{ctx, io.NewSectionReader(r, 0, size)}, make([]byte, 1<<20)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// wished says when a file is not of the format that was asked for.
func wished(want Format, kind string) []clinical.Issue {
	ok := want == Auto
	switch kind {
	case clinical.FileFHIRBundle, clinical.FileFHIRNDJSON, clinical.FileFHIRResource, clinical.FileHealthCard:
		ok = ok || want == FHIR
	case clinical.FileISO, clinical.FileFolder:
		ok = ok || want == ZIP
	case clinical.FileDICOMDIR, clinical.FileDICOM:
		ok = ok || want == DICOM
	default:
		ok = ok || string(want) == kind
	}
	if ok {
		return nil
	}
	return []clinical.Issue{issue(clinical.Error, "other_format")}
}
