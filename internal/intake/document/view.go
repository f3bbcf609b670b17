package document

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/tiff"

	"consilium/internal/clinical"
)

// Limits of the pictures that are shown.
const (
	mostPixels  = 40_000_000 // of one that is decoded here: a letter at 600 dots an inch has 34 million
	mostShown   = 250_000_000
	mostPicture = 64 << 20 // bytes of one that is handed to the browser as it is
	mostSide    = 3000     // pixels of one that is drawn here
)

// drawing keeps the pictures that are decoded at the same time to what a small
// machine bears.
var drawing = make(chan struct{}, 1)

var errNotShown = errors.New("the picture cannot be shown")

// types are the media types of the pictures that browsers show.
var types = map[string]string{"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WebP": "image/webp", "AVIF": "image/avif", "BMP": "image/bmp"}

// View tells whether Picture can show a picture, and how many pages it has.
func View(in io.ReaderAt, size int64) clinical.View {
	kind := ImageType(at(in, 0, min(size, 64)))
	width, height, err := dimensions(kind, in, size)
	pixels := int64(width) * int64(height)
	switch {
	case kind == "TIFF" && pixels > 0 && pixels <= mostPixels:
		return clinical.View{Drawn: true, Frames: len(pagesTIFF(in, size))}
	case types[kind] != "" && err == nil && pixels <= mostShown && size <= mostPicture:
		return clinical.View{Drawn: true, Frames: 1}
	case types[kind] == "" && kind != "TIFF":
		return clinical.View{Why: "format", How: kind}
	case err != nil, pixels <= 0:
		return clinical.View{Why: "damaged"}
	}
	return clinical.View{Why: "large"}
}

// Picture gives a picture that every browser shows: its own bytes, or a page of a
// TIFF drawn anew.
func Picture(in io.ReaderAt, size int64, page int) (clinical.Picture, error) {
	if v := View(in, size); !v.Drawn {
		return clinical.Picture{}, errNotShown
	}
	kind := ImageType(at(in, 0, min(size, 64)))
	if kind != "TIFF" {
		body := make([]byte, size)
		if n, err := in.ReadAt(body, 0); int64(n) < size {
			return clinical.Picture{}, err
		}
		return clinical.Picture{Type: types[kind], Data: body}, nil
	}
	drawing <- struct{}{}
	defer func() { <-drawing }()
	r, err := pageTIFF(in, size, page)
	if err != nil {
		return clinical.Picture{}, err
	}
	c, err := tiff.DecodeConfig(r)
	if err != nil || c.Width <= 0 || c.Height <= 0 || int64(c.Width)*int64(c.Height) > mostPixels {
		return clinical.Picture{}, errNotShown
	}
	if r, err = pageTIFF(in, size, page); err != nil {
		return clinical.Picture{}, err
	}
	picture, err := tiff.Decode(r)
	if err != nil {
		return clinical.Picture{}, errNotShown
	}
	return Draw(picture)
}

// Draw gives a picture as PNG, made smaller where it is very large.
func Draw(picture image.Image) (clinical.Picture, error) {
	b := picture.Bounds()
	if side := max(b.Dx(), b.Dy()); side > mostSide {
		small := image.NewRGBA(image.Rect(0, 0, max(1, b.Dx()*mostSide/side), max(1, b.Dy()*mostSide/side)))
		draw.ApproxBiLinear.Scale(small, small.Bounds(), picture, b, draw.Src, nil)
		picture = small
	}
	var out bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, picture)
	return clinical.Picture{Type: "image/png", Data: out.Bytes()}, err
}

// orderTIFF gives how the numbers of a TIFF are written.
func orderTIFF(head []byte) binary.ByteOrder {
	if head[0] == 'M' {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// pagesTIFF gives where the directory of each page begins.
func pagesTIFF(in io.ReaderAt, size int64) []uint32 {
	head := at(in, 0, 8)
	if len(head) < 8 {
		return nil
	}
	order := orderTIFF(head)
	seen := map[uint32]bool{}
	var pages []uint32
	for dir := order.Uint32(head[4:]); dir > 0 && int64(dir) < size && !seen[dir] && len(pages) < maxPagesTIFF; {
		seen[dir] = true
		n := at(in, int64(dir), 2)
		if len(n) < 2 {
			break
		}
		pages = append(pages, dir)
		next := at(in, int64(dir)+2+int64(order.Uint16(n))*12, 4)
		if len(next) < 4 {
			break
		}
		dir = order.Uint32(next)
	}
	return pages
}

// pageTIFF gives a TIFF whose first page is the one that is wanted.
func pageTIFF(in io.ReaderAt, size int64, page int) (io.Reader, error) {
	pages := pagesTIFF(in, size)
	if page < 1 || page > len(pages) {
		return nil, errNotShown
	}
	head := bytes.Clone(at(in, 0, 8))
	orderTIFF(head).PutUint32(head[4:], pages[page-1])
	return io.NewSectionReader(headed{in, head}, 0, size), nil
}

// headed is a file with another beginning.
type headed struct {
	io.ReaderAt
	head []byte
}

func (h headed) ReadAt(p []byte, off int64) (int, error) {
	n, err := h.ReaderAt.ReadAt(p, off)
	if off >= 0 && off < int64(len(h.head)) {
		copy(p[:n], h.head[off:])
	}
	return n, err
}
