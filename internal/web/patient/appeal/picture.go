package appeal

import (
	"bytes"
	"io"
	"net/http"
	"path"
	"strings"

	"consilium/internal/web"
)

// What the page gives: the bytes of a letter, to be drawn beside the form. Only what
// truly begins as a picture or a PDF is told to be one; everything else is handed
// out as bytes to keep. Nothing in it can run: it stands in a box without script,
// without forms and without our origin.

// drawn are the formats that browsers draw, by how their bytes begin.
var drawn = []struct{ head, kind string }{
	{"\x89PNG\r\n\x1a\n", "image/png"},
	{"\xff\xd8\xff", "image/jpeg"},
	{"GIF87a", "image/gif"},
	{"GIF89a", "image/gif"},
	{"%PDF-", "application/pdf"},
}

// drawable tells by its name whether a file is a picture that browsers draw. What
// it truly is tells its bytes: a wrong name only leaves the place empty.
func drawable(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp":
		return true
	}
	return false
}

// isPDF tells by its name whether a file is a PDF.
func isPDF(name string) bool { return strings.EqualFold(path.Ext(name), ".pdf") }

// framed lets a page show a PDF of this house beside its form. What the PDF may do
// says its own answer: nothing.
func framed(v *web.Visit, x denialView) {
	for _, p := range x.Papers {
		if p.PDF {
			h := v.W.Header()
			h.Set("Content-Security-Policy", h.Get("Content-Security-Policy")+"; frame-src 'self'")
			return
		}
	}
}

// kindOf is the type of bytes that begin like this; "" for none that is drawn.
func kindOf(head []byte) string {
	for _, d := range drawn {
		if bytes.HasPrefix(head, []byte(d.head)) {
			return d.kind
		}
	}
	if len(head) > 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP" {
		return "image/webp"
	}
	return ""
}

// The handler.

func showPicture(v *web.Visit) error {
	file, err := v.House.OpenFile(v.Context(), v.Who, v.Case, v.Item("sha"))
	if err != nil {
		return err
	}
	defer file.Close()
	head := make([]byte, 16)
	n, _ := file.ReadAt(head, 0)
	h := v.W.Header()
	h.Set("Content-Disposition", "inline")
	kind := kindOf(head[:n])
	if kind == "" {
		kind = "application/octet-stream"
		h.Set("Content-Disposition", "attachment")
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'self'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("ETag", `"`+file.Received.SHA256+`"`)
	http.ServeContent(v.W, v.R, "", v.Case.Changed, io.NewSectionReader(file, 0, file.Size()))
	return nil
}
