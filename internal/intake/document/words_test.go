//go:build unix

package document_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"consilium/internal/clinical"
	"consilium/internal/intake/document"
)

// program writes a program that stands in for one of poppler's or for tesseract.
func program(t *testing.T, script string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(p, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return p
}

func readWith(s string, tools document.Tools) clinical.Reading {
	return document.ReadPDF(context.Background(), strings.NewReader(s), int64(len(s)), clinical.Source{File: "sum"}, tools)
}

func TestTheWordsOfAPDFAreReadPageByPage(t *testing.T) {
	p := program(t, `cat >/dev/null; printf '\n\n   PATHOLOGY   REPORT  \n\n\n\nDiagnosis: none   \n\fSecond page of words\001\n\f'`)
	r := readWith(pdf(2, ""), document.Tools{PDFText: p})
	if len(r.Facts) != 1 || !has(r, "pdf_read") || has(r, "pdf_listed") || r.Pages != 2 {
		t.Fatalf("%+v", r)
	}
	f := r.Facts[0]
	if f.Kind != clinical.Document || f.Text != "PATHOLOGY REPORT" || f.Source.Page != 1 || f.ID != clinical.FactID("sum", "text") {
		t.Errorf("%+v", f)
	}
	if f.Components[0].Value != "   PATHOLOGY   REPORT\n\nDiagnosis: none" || f.Components[1].Text != "Page 2" || f.Components[1].Value != "Second page of words" {
		t.Errorf("%q", f.Components)
	}
}

func TestAPDFWithoutWordsSaysWhy(t *testing.T) {
	scan := pdf(3, "") + "% /Subtype /Image\n%%EOF\n"
	for name, c := range map[string]struct{ pdf, script, key string }{
		"scanned":           {scan, `cat >/dev/null; printf '\f\f\f'`, "pdf_scanned"},
		"a page is scanned": {scan, `cat >/dev/null; printf 'plenty of words here\f\fand more words here\f'`, "pdf_part_scanned"},
		"empty":             {pdf(1, ""), `cat >/dev/null; printf '\f'`, "pdf_empty"},
		"locked":            {pdf(1, "/Encrypt 9 0 R"), `cat >/dev/null; echo 'Command Line Error: Incorrect password' >&2; exit 1`, "pdf_locked"},
		"not to be copied":  {pdf(1, ""), `cat >/dev/null; exit 3`, "pdf_no_copy"},
		"damaged":           {pdf(1, ""), `cat >/dev/null; exit 1`, "pdf_damaged"},
		"no such program":   {pdf(1, ""), `exec /nowhere/to/be/found`, "pdf_damaged"},
	} {
		if r := readWith(c.pdf, document.Tools{PDFText: program(t, c.script)}); !has(r, c.key) {
			t.Errorf("%s: %+v", name, r.Issues)
		}
	}
	if r := readWith(pdf(1, ""), document.Tools{PDFText: document.None}); !has(r, "pdf_listed") || len(r.Facts) > 0 {
		t.Errorf("%+v", r.Issues)
	}
}

// A program that reads foreign bytes may be made to run wild: it is stopped.
func TestAProgramThatRunsWildIsStopped(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	s := pdf(1, "")
	begin := time.Now()
	r := document.ReadPDF(ctx, strings.NewReader(s), int64(len(s)), clinical.Source{}, document.Tools{PDFText: program(t, "exec sleep 60")})
	if !has(r, "stopped") || time.Since(begin) > 30*time.Second {
		t.Errorf("%s %+v", time.Since(begin), r.Issues)
	}
	r = readWith(s, document.Tools{PDFText: program(t, `exec yes 'words words words words'`)})
	if !has(r, "pdf_long") || len(r.Facts) != 1 || len(r.Facts[0].Components[0].Value) > 64<<10 {
		t.Errorf("%+v", r.Issues)
	}
	made := filepath.Join(t.TempDir(), "made")
	readWith(s, document.Tools{PDFText: program(t, `cat >/dev/null; echo something > `+made)})
	if info, err := os.Stat(made); err == nil && info.Size() > 0 && hasLimits {
		t.Error("the program wrote a file")
	}
	if hasLimits {
		// More than it may have, so it dies by itself or gets none.
		hungry := program(t, `exec dd if=/dev/zero of=/dev/null bs=1G count=1`)
		if r := readWith(s, document.Tools{PDFText: hungry}); len(r.Facts) > 0 || !r.Has(clinical.Error) {
			t.Errorf("%+v", r.Issues)
		}
	}
}

func TestWordsInPicturesAreRecognisedOnlyWhenAnOperatorSaysSo(t *testing.T) {
	scan := pdf(2, "") + "% /Subtype /Image\n%%EOF\n"
	none := program(t, `cat >/dev/null; printf '\f\f'`)
	pictures := program(t, `cat >/dev/null; echo "page of $*"`)
	tesseract := program(t, `read first; printf '%s\nwith words %s' "$first" "$4"`)
	if r := readWith(scan, document.Tools{PDFText: none}); !has(r, "pdf_scanned") || len(r.Facts) > 0 {
		t.Errorf("%+v", r.Issues)
	}
	r := readWith(scan, document.Tools{PDFText: none, OCR: document.OCR{Tesseract: tesseract, Pictures: pictures, Languages: "eng+spa"}})
	if len(r.Facts) != 1 || len(r.Facts[0].Components) != 2 || !has(r, "pdf_recognised") || !strings.Contains(r.Facts[0].Components[1].Value, "-f 2 -l 2") ||
		!strings.HasSuffix(r.Facts[0].Components[1].Value, "with words eng+spa") {
		t.Fatalf("%+v %+v", r.Facts, r.Issues)
	}
	r = readWith(scan, document.Tools{PDFText: none, OCR: document.OCR{Tesseract: tesseract, Pictures: pictures, Pages: 1}})
	if len(r.Facts) != 1 || len(r.Facts[0].Components) != 1 || !has(r, "pdf_part_scanned") {
		t.Errorf("%+v", r.Issues)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 20)), nil); err != nil {
		t.Fatal(err)
	}
	photo := document.ReadImage(context.Background(), bytes.NewReader(b.Bytes()), int64(b.Len()), clinical.Source{}, document.Tools{OCR: document.OCR{Tesseract: program(t, `cat >/dev/null; echo a letter with words`)}})
	if len(photo.Facts) != 1 || photo.Facts[0].Text != "a letter with words" || !has(photo, "image_read") {
		t.Errorf("%+v", photo)
	}
}

func TestARealProgramReadsARealPDF(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("pdftotext is not installed")
	}
	words := "BT /F1 12 Tf 10 100 Td (Biopsy of the left breast) Tj ET"
	var b bytes.Buffer
	var at []int
	add := func(s string) {
		at = append(at, b.Len())
		b.WriteString(s)
	}
	b.WriteString("%PDF-1.4\n")
	add("1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n")
	add("2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n")
	add("3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>\nendobj\n")
	add("4 0 obj\n<</Length " + itoa(len(words)) + ">>\nstream\n" + words + "\nendstream\nendobj\n")
	add("5 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n")
	xref := b.Len()
	b.WriteString("xref\n0 6\n0000000000 65535 f \n")
	for _, a := range at {
		s := "0000000000" + itoa(a)
		b.WriteString(s[len(s)-10:] + " 00000 n \n")
	}
	b.WriteString("trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n" + itoa(xref) + "\n%%EOF\n")
	r := readWith(b.String(), document.Tools{})
	if len(r.Facts) != 1 || r.Facts[0].Text != "Biopsy of the left breast" || r.Has(clinical.Error) || r.Has(clinical.Warning) {
		t.Errorf("%+v", r)
	}
}

func itoa(n int) string {
	var b []byte
	for ; n > 0 || b == nil; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}

// tiff writes the directories of a TIFF: each a list of tag, type and value.
func tiff(dirs ...[][3]uint32) []byte {
	b := []byte("II*\x00\x08\x00\x00\x00")
	for i, d := range dirs {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(d)))
		for _, e := range d {
			b = binary.LittleEndian.AppendUint16(b, uint16(e[0]))
			b = binary.LittleEndian.AppendUint16(b, uint16(e[1]))
			b = binary.LittleEndian.AppendUint32(b, 1)
			b = binary.LittleEndian.AppendUint32(b, e[2])
		}
		next := uint32(0)
		if i < len(dirs)-1 {
			next = uint32(len(b) + 4)
		}
		b = binary.LittleEndian.AppendUint32(b, next)
	}
	return b
}

func TestAPictureSaysWhatItsHeaderTells(t *testing.T) {
	fax := tiff([][3]uint32{{256, 3, 1728}, {257, 3, 2200}}, [][3]uint32{{256, 3, 1728}}, [][3]uint32{{256, 3, 1728}})
	if r := readImage(fax); r.Title != "TIFF, 1728 × 2200, 3 pages" || r.Pages != 3 || !has(r, "image_hidden") {
		t.Errorf("%+v", r)
	}
	loop := tiff([][3]uint32{{256, 3, 10}, {257, 3, 10}})
	binary.LittleEndian.PutUint32(loop[len(loop)-4:], 8)
	if r := readImage(loop); r.Pages != 1 {
		t.Errorf("%+v", r)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	e := append([]byte("Exif\x00\x00"), tiff([][3]uint32{{274, 3, 6}, {306, 2, 0}})...)
	binary.LittleEndian.PutUint32(e[6+8+2+12+8:], uint32(len(e)-6))
	e = append(e, "2025:09:03 10:15:00\x00"...)
	photo := append([]byte("\xff\xd8\xff\xe1"), byte((len(e)+2)>>8), byte(len(e)+2))
	photo = append(append(photo, e...), b.Bytes()[2:]...)
	if r := readImage(photo); r.Title != "JPEG, 30 × 40" || r.Date != "2025-09-03" || has(r, "image_hidden") {
		t.Errorf("%+v", r)
	}
	heic := []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic....ispe\x00\x00\x00\x00\x00\x00\x0f\xc0\x00\x00\x0b\xd0")
	if r := readImage(heic); r.Title != "HEIC, 4032 × 3024" || !has(r, "image_hidden") {
		t.Errorf("%+v", r)
	}
	if !document.InBrowser(photo) || document.InBrowser(heic) || document.InBrowser(fax) {
		t.Error("what a browser can show is not told rightly")
	}
	evil := append(bytes.Clone(photo), "<?php system($_GET['c']); ?>\xff\xd9"...)
	if r := readImage(evil); !has(r, "image_script") {
		t.Errorf("%+v", r)
	}
	if r := readImage(photo); has(r, "image_script") {
		t.Errorf("%+v", r)
	}
}
