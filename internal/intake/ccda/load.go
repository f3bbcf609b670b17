package ccda

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// maxBytes is how much of a file is read: a document with its letters embedded.
// Real ones reach 20 MB.
const maxBytes = 40 << 20

var (
	errEncoding = errors.New("unknown encoding")
	errLetters  = errors.New("bytes that are no letters")
)

// load gives the text of a file as UTF-8. With errLetters, the text is there, and
// some of its bytes are no letters of the encoding that it says.
func load(ctx context.Context, in io.ReaderAt, size int64) (string, error) {
	size = min(size, maxBytes)
	var b strings.Builder
	b.Grow(int(size))
	if _, err := io.CopyBuffer(&b, cancelled{ctx, io.NewSectionReader(in, 0, size)}, make([]byte, min(size+1, 256<<10))); err != nil {
		return "", err
	}
	text := b.String()
	from, err := encodingOf(text)
	if err != nil {
		return "", err
	}
	if from != nil {
		decoded, err := from.NewDecoder().String(text)
		if err != nil {
			return "", errEncoding
		}
		text = decoded
	}
	text = strings.TrimPrefix(text, "\ufeff")
	if !utf8.ValidString(text) || from != nil && strings.ContainsRune(text, utf8.RuneError) {
		return text, errLetters
	}
	return text, nil
}

// encodingOf tells how the text is written, by its first bytes and by what it says
// itself; nil is UTF-8.
func encodingOf(text string) (encoding.Encoding, error) {
	head := text[:min(len(text), 4)]
	switch {
	case strings.HasPrefix(head, "\xff\xfe"), strings.HasPrefix(head, "\xfe\xff"):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil
	case head == "<\x00?\x00", head == "<\x00C\x00":
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), nil
	case head == "\x00<\x00?", head == "\x00<\x00C":
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), nil
	case strings.HasPrefix(head, "\xef\xbb\xbf"):
		return nil, nil
	}
	label := declared(text)
	if label == "" || strings.EqualFold(label, "utf-8") || strings.HasPrefix(strings.ToLower(label), "utf-16") {
		return nil, nil // what says UTF-16 and is not was written over by somebody's program
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, errEncoding
	}
	if name, _ := htmlindex.Name(e); name == "utf-8" || name == "replacement" {
		return nil, nil
	}
	return e, nil
}

// declared gives the encoding of the XML declaration, or "".
func declared(text string) string {
	head := []byte(strings.TrimLeft(text[:min(len(text), 400)], " \t\r\n"))
	end := bytes.Index(head, []byte("?>"))
	if !bytes.HasPrefix(head, []byte("<?xml")) || end < 0 {
		return ""
	}
	_, rest, ok := strings.Cut(string(head[:end]), "encoding")
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, " \t\r\n=")
	if rest == "" || rest[0] != '"' && rest[0] != '\'' {
		return ""
	}
	label, _, _ := strings.Cut(rest[1:], rest[:1])
	return strings.TrimSpace(label)
}

// cancelled stops reading when the time is up.
type cancelled struct {
	ctx context.Context
	r   io.Reader
}

func (c cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
