package packet

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"image/color"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// Lock seals bytes to the key of a SMART Health Link: a compact JWE, RFC 7516, with
// "dir" and A256GCM. What is text is packed first; a packet is not, for it holds images
// that do not shrink.
func (Press) Lock(key []byte, contentType string, plain []byte) ([]byte, error) {
	if len(key) != 32 {
		return nil, errors.New("packet: the key of a link has 32 bytes")
	}
	header := `{"alg":"dir","enc":"A256GCM","cty":"` + contentType + `"}`
	if strings.HasSuffix(contentType, "json") {
		header = `{"alg":"dir","enc":"A256GCM","cty":"` + contentType + `","zip":"DEF"}`
		var packed bytes.Buffer
		w, err := flate.NewWriter(&packed, flate.DefaultCompression)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(plain); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		plain = packed.Bytes()
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	b64 := base64.RawURLEncoding
	protected := b64.EncodeToString([]byte(header))
	iv := make([]byte, gcm.NonceSize())
	_, _ = rand.Read(iv) // never fails: the runtime stops the process instead
	sealed := gcm.Seal(nil, iv, plain, []byte(protected))
	text, tag := sealed[:len(sealed)-gcm.Overhead()], sealed[len(sealed)-gcm.Overhead():]
	out := make([]byte, 0, len(protected)+b64.EncodedLen(len(text))+64)
	out = append(out, protected+".."+b64.EncodeToString(iv)+"."...)
	out = b64.AppendEncode(out, text)
	out = append(out, '.')
	return b64.AppendEncode(out, tag), nil
}

// QR draws a text as a QR code: rows of modules, true is dark. The quiet border around
// it is the page's.
func (Press) QR(text string) ([][]bool, error) {
	var code barcode.Barcode
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, err
	}
	size := code.Bounds()
	rows := make([][]bool, size.Dy())
	for y := range rows {
		rows[y] = make([]bool, size.Dx())
		for x := range rows[y] {
			rows[y][x] = color.GrayModel.Convert(code.At(size.Min.X+x, size.Min.Y+y)).(color.Gray).Y < 128
		}
	}
	return rows, nil
}
