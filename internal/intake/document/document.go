// Package document tells what a PDF or a picture is: its version, pages and
// dimensions, and whether it is locked or damaged. It does not read their text.
package document

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"consilium/internal/clinical"
)

var sayings = map[string]string{
	"pdf_listed":      "This is a PDF: it is kept, but its text is not read into facts.",
	"pdf_damaged":     "The PDF is damaged: it may not open, or not show every page.",
	"pdf_no_end":      "The PDF has no proper end: it may have been cut short.",
	"pdf_encrypted":   "The PDF is encrypted: it may ask for a password when it is opened.",
	"pdf_attachments": "The PDF has other files attached inside it: they are not listed.",
	"pdf_active":      "The PDF contains a script: it is never run here.",
	"pdf_large":       "The PDF is large: its pages were not counted.",
	"image_listed":    "This is a picture: it is kept, but nothing on it is read.",
	"image_damaged":   "The picture is damaged: its size could not be read.",
	"image_cut":       "The picture ends early: a part of it may be missing.",
	"image_huge":      "The picture is extremely large in pixels: it may not open.",
	"stopped":         "Reading took too long and was stopped.",
}

func issue(s clinical.Severity, key string) clinical.Issue {
	return clinical.Issue{Severity: s, Key: "intake.document." + key, Text: sayings[key]}
}

var (
	startxref = regexp.MustCompile(`startxref\s+(\d{1,12})`)
	pagesType = regexp.MustCompile(`/Type\s*/Pages\b`)
	countKey  = regexp.MustCompile(`/Count\s+(\d{1,7})`)
	encryptBy = regexp.MustCompile(`/Encrypt\s*(\d+\s+\d+\s+R\b|<<)`)
	objStart  = regexp.MustCompile(`^\s*\d+\s+\d+\s+obj`)
)

const (
	edge      = 32 << 10 // how much of either end is looked at
	scanLimit = 64 << 20 // pages are counted in files up to this size
	window    = 1 << 20
	maxTrees  = 2000 // nodes of the page tree that are looked at; the root is the largest
)

// ReadPDF tells the version, the number of pages where it stands uncompressed,
// and whether the file is encrypted or damaged.
func ReadPDF(ctx context.Context, in io.ReaderAt, size int64) clinical.Reading {
	out := clinical.Reading{Kind: clinical.FilePDF}
	say := func(s clinical.Severity, key string) { out.Issues = append(out.Issues, issue(s, key)) }
	head := at(in, 0, min(size, edge))
	begin := int64(bytes.Index(head, []byte("%PDF-")))
	version := "?"
	if v := regexp.MustCompile(`^%PDF-(\d\.\d)`).FindSubmatch(head[max(begin, 0):]); v != nil {
		version = string(v[1])
	} else {
		say(clinical.Error, "pdf_damaged")
	}
	tail := at(in, max(0, size-edge), min(size, edge))
	encrypted, sound := trailer(in, tail, begin, size)
	if !bytes.Contains(tail, []byte("%%EOF")) {
		say(clinical.Error, "pdf_no_end")
	} else if !sound {
		say(clinical.Error, "pdf_damaged")
	}
	found, err := scan(ctx, in, size)
	switch {
	case err != nil:
		say(clinical.Error, "stopped")
	case size > scanLimit:
		say(clinical.Note, "pdf_large")
	}
	if encrypted || found.encrypted {
		say(clinical.Warning, "pdf_encrypted")
	}
	if found.files {
		say(clinical.Note, "pdf_attachments")
	}
	if found.script {
		say(clinical.Warning, "pdf_active")
	}
	out.Pages = found.pages
	out.Title = "PDF " + version
	switch {
	case out.Pages == 1:
		out.Title += ", 1 page"
	case out.Pages > 1:
		out.Title += ", " + strconv.Itoa(out.Pages) + " pages"
	}
	say(clinical.Note, "pdf_listed")
	return out
}

// trailer looks where the file says its cross-reference is, and whether there is
// one, and whether it names an encryption dictionary.
func trailer(in io.ReaderAt, tail []byte, begin, size int64) (encrypted, sound bool) {
	if i := bytes.LastIndex(tail, []byte("trailer")); i >= 0 {
		encrypted = bytes.Contains(tail[i:], []byte("/Encrypt"))
	}
	all := startxref.FindAllSubmatch(tail, -1)
	if all == nil {
		return encrypted, false
	}
	offset, err := strconv.ParseInt(string(all[len(all)-1][1]), 10, 64)
	if err != nil || offset < 0 || offset >= size {
		return encrypted, false
	}
	for _, o := range []int64{offset, offset + max(begin, 0)} {
		b := at(in, o, min(4096, max(size-o, 0)))
		switch {
		case bytes.HasPrefix(bytes.TrimLeft(b, "\r\n\t \x00"), []byte("xref")):
			return encrypted, true
		case objStart.Match(b):
			if end := bytes.Index(b, []byte("stream")); end >= 0 {
				b = b[:end]
			}
			return encrypted || bytes.Contains(b, []byte("/Encrypt")), true
		}
	}
	return encrypted, false
}

type scanned struct {
	pages, trees  int
	files, script bool
	encrypted     bool
}

// scan goes through the file once, in windows that overlap, for the page tree.
func scan(ctx context.Context, in io.ReaderAt, size int64) (scanned, error) {
	var s scanned
	const overlap = 4096
	for pos := int64(0); pos < min(size, scanLimit); pos += window - overlap {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		b := at(in, pos, min(window, size-pos))
		s.files = s.files || bytes.Contains(b, []byte("/EmbeddedFile"))
		s.encrypted = s.encrypted || bytes.Contains(b, []byte("/Encrypt")) && encryptBy.Match(b)
		s.script = s.script || bytes.Contains(b, []byte("/JavaScript"))
		if s.trees >= maxTrees || !bytes.Contains(b, []byte("/Pages")) {
			continue
		}
		for _, m := range pagesType.FindAllIndex(b, maxTrees-s.trees) {
			s.trees++
			from, to := bytes.LastIndex(b[:m[0]], []byte("obj")), bytes.Index(b[m[1]:], []byte("endobj"))
			if from < 0 || m[0]-from > overlap {
				from = max(0, m[0]-overlap)
			}
			if to < 0 || to > overlap {
				to = min(overlap, len(b)-m[1])
			}
			if c := countKey.FindSubmatch(b[from : m[1]+to]); c != nil {
				if n, err := strconv.Atoi(string(c[1])); err == nil && n <= 100_000 {
					s.pages = max(s.pages, n)
				}
			}
		}
	}
	return s, nil
}

// at gives up to n bytes from a place.
func at(in io.ReaderAt, pos, n int64) []byte {
	if n <= 0 {
		return nil
	}
	b := make([]byte, n)
	got, _ := in.ReadAt(b, pos)
	return b[:got]
}

func pixels(width, height int) string { return fmt.Sprintf("%d × %d", width, height) }

// Sentences gives the English sentence of every issue of this reader, by its full key.
func Sentences() map[string]string {
	all := map[string]string{}
	for key, text := range sayings {
		all["intake.document."+key] = text
	}
	return all
}
