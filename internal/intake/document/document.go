// Package document tells what a PDF or a picture is: its version, pages and
// dimensions, and whether it is locked, damaged or only scanned. The words of a PDF
// are read page by page where the machine has a program for it, which runs in a
// process of its own within limits.
package document

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"consilium/internal/clinical"
)

var sayings = map[string]string{
	"pdf_listed":       "This is a PDF: it is kept, but its text is not read into facts.",
	"pdf_read":         "This is a PDF: its words were read page by page.",
	"pdf_locked":       "The PDF asks for a password: its words could not be read. Ask the sender for it, or for a copy without one.",
	"pdf_no_copy":      "The PDF forbids that its words be copied: they were not read.",
	"pdf_scanned":      "The PDF has pictures of pages and no words: it was probably scanned. People can read it; it cannot be searched.",
	"pdf_empty":        "The PDF shows no words and no pictures: it may be empty or damaged.",
	"pdf_part_scanned": "Pages that have no words and were probably scanned: %.",
	"pdf_recognised":   "Pages whose words were recognised from a picture, and may be wrong: %.",
	"pdf_long":         "The PDF has more words than are kept: the rest was not read.",
	"pdf_heavy":        "The PDF asks for more time or memory than is given: its words were not read.",
	"image_hidden":     "Most browsers cannot show this kind of picture: download it to look at it.",
	"image_script":     "The picture carries the text of a program inside: it is never run here.",
	"image_read":       "The words on the picture were recognised, and may be wrong.",
	"pdf_damaged":      "The PDF is damaged: it may not open, or not show every page.",
	"pdf_no_end":       "The PDF has no proper end: it may have been cut short.",
	"pdf_encrypted":    "The PDF is encrypted: it may ask for a password when it is opened.",
	"pdf_attachments":  "The PDF has other files attached inside it: they are not listed.",
	"pdf_active":       "The PDF contains a script: it is never run here.",
	"pdf_large":        "The PDF is large: its pages were not counted.",
	"image_listed":     "This is a picture: it is kept, but nothing on it is read.",
	"image_damaged":    "The picture is damaged: its size could not be read.",
	"image_cut":        "The picture ends early: a part of it may be missing.",
	"image_huge":       "The picture is extremely large in pixels: it may not open.",
	"stopped":          "Reading took too long and was stopped.",
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

// with fills the "%" of an issue's sentence.
func with(i clinical.Issue, what string) clinical.Issue {
	i.Text, i.Vars = strings.ReplaceAll(i.Text, "%", what), map[string]string{"what": what}
	return i
}

// pdfReader is the state of reading one PDF.
type pdfReader struct {
	src      clinical.Source
	out      clinical.Reading
	pictures bool // there are pictures on its pages
}

func (r *pdfReader) say(s clinical.Severity, key string) {
	r.out.Issues = append(r.out.Issues, issue(s, key))
}

func (r *pdfReader) told(key string) bool {
	for _, i := range r.out.Issues {
		if i.Key == "intake.document."+key {
			return true
		}
	}
	return false
}

// ReadPDF tells the version, the number of pages, whether the file is encrypted,
// damaged or scanned, and its words page by page where tools can.
func ReadPDF(ctx context.Context, in io.ReaderAt, size int64, src clinical.Source, tools Tools) clinical.Reading {
	r := pdfReader{src: src}
	r.out.Kind = clinical.FilePDF
	r.look(ctx, in, size)
	if !r.pdfWords(ctx, in, size, tools) {
		r.say(clinical.Note, "pdf_listed")
	}
	r.out.Title += pagesOf(r.out.Pages)
	return r.out
}

func pagesOf(n int) string {
	switch {
	case n == 1:
		return ", 1 page"
	case n > 1:
		return ", " + strconv.Itoa(n) + " pages"
	}
	return ""
}

// look tells what the bytes themselves say.
func (r *pdfReader) look(ctx context.Context, in io.ReaderAt, size int64) {
	say := r.say
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
	r.pictures = found.pictures
	r.out.Pages = found.pages
	r.out.Title = "PDF " + version
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
	pictures      bool
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
		s.pictures = s.pictures || bytes.Contains(b, []byte("/Subtype /Image")) || bytes.Contains(b, []byte("/Subtype/Image"))
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
