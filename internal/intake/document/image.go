package document

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"

	"consilium/internal/clinical"
)

// ImageType tells which picture format begins like this, or "".
func ImageType(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return "PNG"
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return "JPEG"
	case bytes.HasPrefix(head, []byte("GIF87a")), bytes.HasPrefix(head, []byte("GIF89a")):
		return "GIF"
	case bytes.HasPrefix(head, []byte("II*\x00")), bytes.HasPrefix(head, []byte("MM\x00*")):
		return "TIFF"
	case bytes.HasPrefix(head, []byte("BM")) && len(head) > 18 && head[6] == 0 && head[7] == 0 && head[8] == 0 && head[9] == 0:
		return "BMP"
	case len(head) > 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return "WebP"
	case len(head) > 12 && string(head[4:8]) == "ftyp" && (string(head[8:12]) == "avif" || string(head[8:12]) == "avis"):
		return "AVIF"
	case len(head) > 12 && string(head[4:8]) == "ftyp" && isHEIF(string(head[8:12])):
		return "HEIC"
	case bytes.HasPrefix(head, []byte("\x00\x00\x00\x0cjP  \r\n\x87\n")):
		return "JPEG 2000"
	}
	return ""
}

func isHEIF(brand string) bool {
	return brand == "heic" || brand == "heix" || brand == "heim" || brand == "heis" || brand == "hevc" || brand == "mif1" || brand == "msf1"
}

// metadata is how much of a picture is looked at for what it carries besides the
// picture. Headers with large colour profiles or previews may run to megabytes.
const metadata = 16 << 20

// shown are the pictures that every browser can show.
var shown = map[string]bool{"PNG": true, "JPEG": true, "GIF": true, "BMP": true, "WebP": true, "AVIF": true}

// InBrowser tells whether browsers can show the picture that begins like this.
func InBrowser(head []byte) bool { return shown[ImageType(head)] }

// ReadImage tells a picture's format, dimensions, date and pages from its header
// alone, and its words where tools can and are told to.
func ReadImage(ctx context.Context, in io.ReaderAt, size int64, src clinical.Source, tools Tools) clinical.Reading {
	out := clinical.Reading{Kind: clinical.FileImage}
	say := func(s clinical.Severity, key string) { out.Issues = append(out.Issues, issue(s, key)) }
	kind := ImageType(at(in, 0, min(size, 64)))
	out.Title = kind
	width, height, err := dimensions(kind, in, size)
	var e exif
	switch kind {
	case "TIFF":
		e = readExif(in, size, 0)
		if out.Pages = e.pages; width == 0 || height == 0 {
			err = errDamaged
		}
	case "JPEG", "PNG", "WebP", "HEIC", "AVIF":
		if from := exifAt(in, size); from > 0 {
			e = readExif(in, size, from)
		}
	}
	if e.turned && kind != "HEIC" && kind != "AVIF" { // those say their size as it is shown
		width, height = height, width
	}
	out.Date = e.date
	switch {
	case err != nil:
		say(clinical.Error, "image_damaged")
	case width > 0 && height > 0:
		out.Title += ", " + pixels(width, height)
		if int64(width)*int64(height) > 1<<30 {
			say(clinical.Warning, "image_huge")
		}
		tail := at(in, max(0, size-64<<10), min(size, 64<<10))
		if kind == "PNG" && !bytes.Contains(tail, []byte("IEND")) || kind == "JPEG" && !bytes.Contains(tail, []byte("\xff\xd9")) {
			say(clinical.Warning, "image_cut")
		}
	}
	if out.Pages > 1 {
		out.Title += pagesOf(out.Pages)
	}
	if scripted(in, size) {
		say(clinical.Warning, "image_script")
	}
	if !shown[kind] {
		say(clinical.Note, "image_hidden")
	}
	if words := imageWords(ctx, kind, in, size, tools.OCR); words != "" {
		f := clinical.Fact{Kind: clinical.Document, Text: firstLine(words), Source: src, Components: []clinical.Component{{Text: "Page 1", Value: words}}}
		f.Source.Path, f.Source.Page = "text", 1
		f.ID = clinical.FactID(src.File, f.Source.Path)
		out.Facts = append(out.Facts, f)
		say(clinical.Warning, "image_read")
		return out
	}
	say(clinical.Note, "image_listed")
	return out
}

// imageWords recognises the words on a picture, where the operator turned that on.
func imageWords(ctx context.Context, kind string, in io.ReaderAt, size int64, o OCR) string {
	if o.Tesseract == "" || o.Tesseract == None || kind != "PNG" && kind != "JPEG" && kind != "TIFF" {
		return ""
	}
	if words := o.recognise(ctx, io.NewSectionReader(in, 0, size)); letters(words) >= fewLetters {
		return words
	}
	return ""
}

// dimensions gives width and height in pixels, 0 where they are not known.
func dimensions(kind string, in io.ReaderAt, size int64) (width, height int, err error) {
	r := io.NewSectionReader(in, 0, min(size, metadata))
	var c image.Config
	switch kind {
	case "PNG":
		c, err = png.DecodeConfig(r)
	case "JPEG":
		c, err = jpeg.DecodeConfig(r)
	case "GIF":
		c, err = gif.DecodeConfig(r)
	case "BMP":
		c, err = bmp.DecodeConfig(r)
	case "WebP":
		c, err = webp.DecodeConfig(r)
	case "TIFF":
		width, height = tiffSize(in)
		return width, height, nil
	case "HEIC", "AVIF":
		if width, height = heifSize(in, size); width == 0 {
			err = errDamaged
		}
		return width, height, err
	}
	return c.Width, c.Height, err
}

// scripted tells whether a picture's bytes hold the text of a program for a server
// or a browser, as pictures made for an attack do.
func scripted(in io.ReaderAt, size int64) bool {
	const piece, overlap = 1 << 20, 16
	for pos := int64(0); pos < min(size, metadata); pos += piece - overlap {
		b := bytes.ToLower(at(in, pos, min(piece, size-pos)))
		for _, mark := range []string{"<?php", "<script", "<?=", "<%@"} {
			for from := 0; ; {
				i := bytes.Index(b[from:], []byte(mark))
				if i < 0 {
					break
				}
				if from += i + len(mark); printable(b[from:min(len(b), from+8)]) {
					return true // three letters by chance in a picture have no words behind them
				}
			}
		}
	}
	return false
}

func printable(b []byte) bool {
	for _, c := range b {
		if (c < ' ' || c > '~') && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return len(b) == 8
}

// tiffSize reads width and height from the first directory of a TIFF.
func tiffSize(in io.ReaderAt) (width, height int) {
	head := at(in, 0, 8)
	if len(head) < 8 {
		return 0, 0
	}
	var order binary.ByteOrder = binary.LittleEndian
	if head[0] == 'M' {
		order = binary.BigEndian
	}
	dir := int64(order.Uint32(head[4:]))
	n := at(in, dir, 2)
	if len(n) < 2 {
		return 0, 0
	}
	entries := at(in, dir+2, int64(order.Uint16(n))*12)
	for ; len(entries) >= 12; entries = entries[12:] {
		v := int(order.Uint32(entries[8:]))
		if order.Uint16(entries[2:]) == 3 {
			v = int(order.Uint16(entries[8:]))
		}
		switch order.Uint16(entries) {
		case 256:
			width = v
		case 257:
			height = v
		}
	}
	return width, height
}
