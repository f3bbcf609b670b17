// Package intake turns the bytes that a person hands in into what they say: it
// finds out what a file is from its contents, never from its name, reads what it
// can into facts, and answers with issues for what it cannot. Foreign bytes are
// hostile: whatever they are, reading them ends soon, in bounded memory, without a
// crash.
package intake

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"time"

	"consilium/internal/clinical"
	"consilium/internal/intake/archive"
	"consilium/internal/intake/ccda"
	"consilium/internal/intake/dicom"
	"consilium/internal/intake/document"
	"consilium/internal/intake/fhir"
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
	return read(ctx, file{name: name, sum: sum, in: r, size: size}, opts, 0)
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
func read(ctx context.Context, f file, opts Options, depth int) (out clinical.Reading) {
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
			out.Issues = append(out.Issues, wished(opts.Format, out.Kind)...)
		}
	}()
	src := clinical.Source{File: f.sum, Name: f.name}
	if f.size == 0 {
		return clinical.Reading{Kind: clinical.FileUnknown, Issues: []clinical.Issue{issue(clinical.Error, "empty")}}
	}
	head := make([]byte, min(f.size, headSize))
	n, err := f.in.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return clinical.Reading{Kind: clinical.FileUnknown, Issues: []clinical.Issue{issue(clinical.Error, "not_read")}}
	}
	switch head = head[:n]; identify(head) {
	case isJSON:
		return fhir.Read(ctx, f.in, f.size, src, opts.Limits.FHIR)
	case isXML:
		return ccda.Read(ctx, f.in, f.size, src)
	case isDICOM:
		return dicom.Read(ctx, f.in, f.size, src)
	case isPDF:
		return document.ReadPDF(ctx, f.in, f.size)
	case isImage:
		return document.ReadImage(f.in, f.size)
	case isHL7v2:
		return hl7v2.Read(f.in, f.size)
	case isCard:
		return fhir.ReadCard(string(head), src, opts.Limits.FHIR)
	case isZIP:
		return openArchive(ctx, f, opts, depth)
	case isGzip:
		return readGzip(ctx, f, opts, depth)
	}
	switch {
	case archive.Ends(f.in, f.size):
		return openArchive(ctx, f, opts, depth)
	case dicom.Looks(head):
		return dicom.Read(ctx, f.in, f.size, src)
	}
	return clinical.Reading{Kind: clinical.FileUnknown, Issues: []clinical.Issue{issue(clinical.Note, "unknown")}}
}

func openArchive(ctx context.Context, f file, opts Options, depth int) clinical.Reading {
	return archive.Read(ctx, f.in, f.size, opts.Limits.Archive, archive.Opener{
		Name: f.name, Depth: depth,
		Open: func(name, sum string, in io.ReaderAt, size int64) clinical.Reading {
			return read(ctx, file{name: name, sum: sum, in: in, size: size}, opts, depth+1)
		},
	})
}

// readGzip reads the one file that a gzip file holds. The facts' source is the
// file as it was handed in, which is the one that is kept.
func readGzip(ctx context.Context, f file, opts Options, depth int) clinical.Reading {
	unknown := func(s clinical.Severity, key string) clinical.Reading {
		return clinical.Reading{Kind: clinical.FileUnknown, Issues: []clinical.Issue{issue(s, key)}}
	}
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
	inner := read(ctx, file{name: f.name, sum: f.sum, in: bytes.NewReader(plain.Bytes()), size: n}, opts, depth+1)
	if err != nil {
		inner.Issues = append(inner.Issues, issue(clinical.Error, "gzip_damaged"))
	}
	inner.Issues = append(inner.Issues, issue(clinical.Note, "unpacked"))
	return inner
}

// cancelled stops reading when the time is up.
type cancelled struct {
	ctx context.Context
	r   io.Reader
}

func (c cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

func hash(ctx context.Context, r io.ReaderAt, size int64) (string, error) {
	h := sha256.New()
	if _, err := io.CopyBuffer(h, cancelled{ctx, io.NewSectionReader(r, 0, size)}, make([]byte, 1<<20)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// sayings are the sentences of this package's own issues.
var sayings = map[string]string{
	"not_read":           "The bytes could not be read to the end.",
	"reader_failed":      "This file could not be read: it is damaged in a way that was not foreseen.",
	"empty":              "The file is empty.",
	"unknown":            "It is not known what this file is. It is kept as it is.",
	"too_many_layers":    "There are too many archives inside one another: this one was not opened.",
	"gzip_damaged":       "The file is compressed with gzip and damaged: what could be unpacked was read.",
	"unpacked_too_large": "The file is compressed, and larger than allowed when unpacked: it was not read.",
	"unpacked":           "The file was compressed with gzip and was unpacked for reading.",
	"other_format":       "The file is not of the format that was asked for.",
}

// Sentences gives the English sentence of every issue that reading can come up
// with, by its key, so that a page can hold them in every language. "%" stands for
// the issue's variable "what".
func Sentences() map[string]string {
	all := map[string]string{}
	for key, text := range sayings {
		all["intake."+key] = text
	}
	for _, more := range []map[string]string{
		fhir.Sentences(), ccda.Sentences(), dicom.Sentences(),
		document.Sentences(), archive.Sentences(), hl7v2.Sentences(),
	} {
		maps.Copy(all, more)
	}
	return all
}

func issue(s clinical.Severity, key string) clinical.Issue {
	return clinical.Issue{Severity: s, Key: "intake." + key, Text: sayings[key]}
}

// wished says when a file is not of the format that was asked for.
func wished(want Format, kind string) []clinical.Issue {
	ok := want == Auto
	switch kind {
	case clinical.FileFHIRBundle, clinical.FileFHIRNDJSON, clinical.FileFHIRResource, clinical.FileHealthCard:
		ok = ok || want == FHIR
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
