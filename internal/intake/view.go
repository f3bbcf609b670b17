package intake

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"time"

	"consilium/internal/clinical"
	"consilium/internal/intake/ccda"
	"consilium/internal/intake/dicom"
	"consilium/internal/intake/document"
	"consilium/internal/intake/fhir"
	"consilium/internal/intake/narrative"
)

// Limits of looking at one file.
const (
	viewTime  = 8 * time.Second
	viewWords = 4 << 20 // bytes of a text, a web page or a letter that are looked at
)

// View says how a file can be looked at. What it is tell its bytes, as in Read; one
// that was made to pass for two kinds is not shown at all.
func View(ctx context.Context, in io.ReaderAt, size int64) (out clinical.View) {
	defer func() {
		if recover() != nil { // a mistake of ours on hostile bytes ends here
			out = clinical.View{Why: "damaged"}
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, viewTime)
	defer cancel()
	in, size, what := opened(ctx, in, size)
	switch what {
	case isJSON:
		out.Words, out.Cut = fhir.View(ctx, in, size)
	case isXML:
		out.Words, out.Cut = ccda.View(ctx, in, size)
	case isText, isWebPage, isOffice:
		out.Words, out.Cut = wordsOf(what, in, size)
	case isImage:
		out = document.View(in, size)
	case isDICOM:
		out = dicom.View(ctx, in, size)
	}
	return out
}

// drawing keeps the medical images that are drawn at the same time to what a small
// machine bears.
var drawing = make(chan struct{}, 1)

// Picture gives a still picture of a file that is one: the page of a scan, the frame
// of a film, both counted from 1.
func Picture(ctx context.Context, in io.ReaderAt, size int64, frame int) (out clinical.Picture, err error) {
	defer func() {
		if recover() != nil {
			out, err = clinical.Picture{}, errNoPicture
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, viewTime)
	defer cancel()
	in, size, what := opened(ctx, in, size)
	switch what {
	case isImage:
		return document.Picture(in, size, frame)
	case isDICOM:
		drawing <- struct{}{}
		defer func() { <-drawing }()
		picture, err := dicom.Still(ctx, in, size, frame)
		if err != nil {
			return clinical.Picture{}, err
		}
		return document.Draw(picture)
	}
	return clinical.Picture{}, errNoPicture
}

var errNoPicture = errors.New("there is no picture of it")

// opened says what a file is, and unpacks it when it is packed by itself.
func opened(ctx context.Context, in io.ReaderAt, size int64) (io.ReaderAt, int64, content) {
	what := looked(in, size)
	if what != isGzip {
		return in, size, what
	}
	z, err := gzip.NewReader(io.NewSectionReader(in, 0, size))
	if err != nil {
		return in, size, isUnknown
	}
	limit := DefaultLimits().Unpacked
	var plain bytes.Buffer
	if n, err := io.Copy(&plain, io.LimitReader(cancelled{ctx, z}, limit+1)); err != nil || n > limit {
		return in, size, isUnknown
	}
	inner := bytes.NewReader(plain.Bytes())
	return inner, inner.Size(), looked(inner, inner.Size())
}

// looked tells what a file is; one of two kinds is nothing.
func looked(in io.ReaderAt, size int64) content {
	head := make([]byte, min(size, headSize))
	n, err := in.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) || n == 0 {
		return isUnknown
	}
	head = head[:n]
	what := identify(head)
	switch {
	case twoKinds(what, head, in, size):
		return isUnknown
	case what == isUnknown && dicom.Looks(head):
		return isDICOM // one without the usual beginning
	}
	return what
}

// wordsOf shows what is written in a text, a web page or a letter.
func wordsOf(what content, in io.ReaderAt, size int64) ([]clinical.Mark, bool) {
	b := make([]byte, min(size, viewWords))
	n, err := in.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false
	}
	b = b[:n]
	var out narrative.Builder
	text := narrative.Letters(b)
	switch {
	case what == isWebPage:
		narrative.HTML(&out, text)
	case what == isText:
		narrative.Plain(&out, text)
	case bytes.HasPrefix(bytes.TrimLeft(b, "\xef\xbb\xbf \t\r\n"), []byte("{\\rtf")):
		narrative.RTF(&out, text)
	default:
		return nil, false // a document of an office program
	}
	marks, cut := out.Marks()
	return marks, cut || size > viewWords
}
