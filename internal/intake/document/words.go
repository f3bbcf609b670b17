package document

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"

	"consilium/internal/clinical"
)

// Limits of the words of one document.
const (
	maxPages    = 2000
	maxPageText = 64 << 10 // bytes of one page
	maxText     = 4 << 20  // bytes of all pages
	fewLetters  = 12       // a page with fewer letters has no words to speak of
	ocrPages    = 20
)

// pdfWords reads the words of a PDF page by page, where the machine has a program
// for it. It answers false where it has none.
func (r *pdfReader) pdfWords(ctx context.Context, in io.ReaderAt, size int64, tools Tools) bool {
	program := found(tools.PDFText, "pdftotext")
	if program == "" || size > scanLimit {
		return false
	}
	got := run(ctx, programTime, io.NewSectionReader(in, 0, size), program, "-enc", "UTF-8", "-layout", "-l", strconv.Itoa(maxPages), "-", "-")
	switch {
	case got.err != nil && ctx.Err() != nil:
		r.say(clinical.Error, "stopped")
		return true
	case got.err != nil && len(got.out) == 0:
		r.say(clinical.Error, "pdf_heavy")
		return true
	case got.err != nil: // what came before the limit is kept
		r.say(clinical.Warning, "pdf_long")
	case got.code == 3:
		r.say(clinical.Warning, "pdf_no_copy")
		return true
	case got.code != 0 && strings.Contains(got.said, "Incorrect password"):
		r.say(clinical.Error, "pdf_locked")
		return true
	case got.code != 0:
		if !r.told("pdf_damaged") {
			r.say(clinical.Error, "pdf_damaged")
		}
		return true
	}
	pages := bytes.Split(bytes.TrimSuffix(got.out, []byte("\f")), []byte("\f"))
	r.keep(ctx, pages, in, size, tools)
	return true
}

// keep makes one fact of a document's pages.
func (r *pdfReader) keep(ctx context.Context, pages [][]byte, in io.ReaderAt, size int64, tools Tools) {
	if r.out.Pages == 0 || len(pages) > r.out.Pages && len(pages) < maxPages {
		r.out.Pages = len(pages)
	}
	f := clinical.Fact{Kind: clinical.Document, Source: r.src}
	taken, without, guessed := 0, 0, 0
	for i, page := range pages {
		words := readable(page, maxPageText)
		if n := letters(words); n == 0 || n < fewLetters && r.pictures {
			if seen := ocrPage(ctx, in, size, i+1, guessed, tools.OCR); letters(seen) >= fewLetters {
				words = seen
				guessed++
			} else {
				without++
			}
		}
		if words == "" {
			continue
		}
		if taken += len(words); taken > maxText {
			r.say(clinical.Warning, "pdf_long")
			break
		}
		if f.Source.Page == 0 {
			f.Source.Page = i + 1
			f.Text = firstLine(words)
		}
		f.Components = append(f.Components, clinical.Component{Text: "Page " + strconv.Itoa(i+1), Value: words})
	}
	switch {
	case without == len(pages) && r.pictures:
		r.say(clinical.Warning, "pdf_scanned")
	case without == len(pages):
		r.say(clinical.Warning, "pdf_empty")
	case without > 0:
		r.out.Issues = append(r.out.Issues, with(issue(clinical.Warning, "pdf_part_scanned"), strconv.Itoa(without)))
	}
	if guessed > 0 {
		r.out.Issues = append(r.out.Issues, with(issue(clinical.Warning, "pdf_recognised"), strconv.Itoa(guessed)))
	}
	if len(f.Components) == 0 {
		return
	}
	if f.Text == "" {
		f.Text = r.out.Title
	}
	f.Source.Path = "text"
	f.ID = clinical.FactID(r.src.File, f.Source.Path)
	r.out.Facts = append(r.out.Facts, f)
	r.say(clinical.Note, "pdf_read")
}

// ocrPage recognises the words of one page of a PDF that has only a picture of them.
// done is how many pages were recognised before.
func ocrPage(ctx context.Context, in io.ReaderAt, size int64, page, done int, o OCR) string {
	most := o.Pages
	if most <= 0 {
		most = ocrPages
	}
	pictures := found(o.Pictures, "pdftoppm")
	if o.Tesseract == "" || o.Tesseract == None || pictures == "" || done >= most || ctx.Err() != nil {
		return ""
	}
	n := strconv.Itoa(page)
	picture := run(ctx, programTime, io.NewSectionReader(in, 0, size), pictures, "-r", "150", "-gray", "-f", n, "-l", n, "-singlefile", "-")
	if picture.err != nil || picture.code != 0 || len(picture.out) == 0 {
		return ""
	}
	return o.recognise(ctx, bytes.NewReader(picture.out))
}

// recognise gives the words of a picture.
func (o OCR) recognise(ctx context.Context, picture io.Reader) string {
	languages := o.Languages
	if languages == "" {
		languages = "eng"
	}
	got := run(ctx, ocrTime, picture, o.Tesseract, "stdin", "stdout", "-l", languages)
	if got.err != nil || got.code != 0 {
		return ""
	}
	return readable(bytes.ReplaceAll(got.out, []byte("\f"), nil), maxPageText)
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if r > ' ' {
			n++
		}
	}
	return n
}

// firstLine gives the line that a document begins with, as its name.
func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimLeft(s, "\n \t"), "\n")
	line = strings.Join(strings.Fields(line), " ")
	if len(line) > 120 {
		line = strings.ToValidUTF8(line[:120], "") + "…"
	}
	return line
}
