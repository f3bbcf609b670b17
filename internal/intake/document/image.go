package document

import (
	"bytes"
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
	case len(head) > 12 && string(head[4:8]) == "ftyp" && isHEIF(string(head[8:12])):
		return "HEIC"
	case bytes.HasPrefix(head, []byte("\x00\x00\x00\x0cjP  \r\n\x87\n")):
		return "JPEG 2000"
	}
	return ""
}

func isHEIF(brand string) bool {
	return brand == "heic" || brand == "heix" || brand == "mif1" || brand == "msf1" || brand == "avif"
}

// ReadImage tells a picture's format and dimensions from its header alone.
func ReadImage(in io.ReaderAt, size int64) clinical.Reading {
	out := clinical.Reading{Kind: clinical.FileImage}
	say := func(s clinical.Severity, key string) { out.Issues = append(out.Issues, issue(s, key)) }
	out.Title = ImageType(at(in, 0, min(size, 64)))
	// Headers with large colour profiles or previews may run to megabytes.
	r := io.NewSectionReader(in, 0, min(size, 16<<20))
	var c image.Config
	var err error
	switch out.Title {
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
		c.Width, c.Height = tiffSize(in)
	}
	switch {
	case err != nil:
		say(clinical.Error, "image_damaged")
	case c.Width > 0 && c.Height > 0:
		out.Title += ", " + pixels(c.Width, c.Height)
		if int64(c.Width)*int64(c.Height) > 1<<30 {
			say(clinical.Warning, "image_huge")
		}
		tail := at(in, max(0, size-64<<10), min(size, 64<<10))
		if bytes.HasPrefix([]byte(out.Title), []byte("PNG")) && !bytes.Contains(tail, []byte("IEND")) ||
			bytes.HasPrefix([]byte(out.Title), []byte("JPEG")) && !bytes.Contains(tail, []byte("\xff\xd9")) {
			say(clinical.Warning, "image_cut")
		}
	case out.Title == "TIFF":
		say(clinical.Error, "image_damaged")
	}
	say(clinical.Note, "image_listed")
	return out
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
