package document_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/intake/document"
)

// pdf writes a small PDF of some pages, with a true cross-reference.
func pdf(pages int, trailer string) string {
	var b strings.Builder
	b.WriteString("%PDF-1.7\n")
	kids := ""
	for i := range pages {
		kids += fmt.Sprintf("%d 0 R ", i+3)
	}
	b.WriteString("1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n")
	fmt.Fprintf(&b, "2 0 obj\n<</Type /Pages /Kids [%s] /Count %d>>\nendobj\n", kids, pages)
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 3 /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n", trailer, at)
	return b.String()
}

func readPDF(s string) clinical.Reading {
	return document.ReadPDF(context.Background(), strings.NewReader(s), int64(len(s)), clinical.Source{}, document.Tools{PDFText: document.None})
}

func readImage(b []byte) clinical.Reading {
	return document.ReadImage(context.Background(), bytes.NewReader(b), int64(len(b)), clinical.Source{}, document.Tools{})
}

func has(r clinical.Reading, key string) bool {
	for _, i := range r.Issues {
		if i.Key == "intake.document."+key {
			return true
		}
	}
	return false
}

func TestAPDFSaysItsVersionAndPages(t *testing.T) {
	r := readPDF(pdf(12, ""))
	if r.Title != "PDF 1.7, 12 pages" || r.Pages != 12 || r.Has(clinical.Error) || r.Has(clinical.Warning) {
		t.Errorf("%+v", r)
	}
}

func TestALockedPDFSaysSo(t *testing.T) {
	if r := readPDF(pdf(1, "/Encrypt 9 0 R")); !has(r, "pdf_encrypted") {
		t.Errorf("%+v", r.Issues)
	}
	if r := readPDF(pdf(1, "")); has(r, "pdf_encrypted") {
		t.Errorf("%+v", r.Issues)
	}
}

func TestAPDFCutShortSaysSo(t *testing.T) {
	whole := pdf(3, "")
	for cut := 10; cut < len(whole)-6; cut++ {
		if r := readPDF(whole[:cut]); !r.Has(clinical.Error) {
			t.Fatalf("cut at %d: %+v", cut, r.Issues)
		}
	}
	if r := readPDF(strings.Replace(whole, "startxref\n", "startxref\n9", 1)); !has(r, "pdf_damaged") {
		t.Errorf("%+v", r.Issues)
	}
}

func TestAPictureSaysItsSize(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	if r := readImage(b.Bytes()); r.Title != "PNG, 30 × 20" || r.Has(clinical.Warning) || r.Has(clinical.Error) {
		t.Errorf("%+v", r)
	}
	if r := readImage(b.Bytes()[:40]); !has(r, "image_cut") {
		t.Errorf("%+v", r)
	}
	if r := readImage(b.Bytes()[:20]); !has(r, "image_damaged") {
		t.Errorf("%+v", r)
	}
	tiff := "II*\x00\x08\x00\x00\x00\x02\x00\x00\x01\x03\x00\x01\x00\x00\x00\x40\x00\x00\x00\x01\x01\x04\x00\x01\x00\x00\x00\x30\x00\x00\x00"
	if r := readImage([]byte(tiff)); r.Title != "TIFF, 64 × 48" {
		t.Errorf("%+v", r)
	}
}

func FuzzPDF(f *testing.F) {
	f.Add(pdf(2, "/Encrypt 9 0 R"))
	f.Add("%PDF-1.4\nstartxref\n3\n%%EOF")
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := json.Marshal(readPDF(s)); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzImage(f *testing.F) {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2)))
	f.Add(b.Bytes())
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x01\x00\x00\x01\x03\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		document.ImageType(b)
		readImage(b)
	})
}
