package ccda

import (
	"encoding/base64"
	"strings"

	"consilium/internal/clinical"
)

// maxInside is how many bytes of files inside a document are taken out of it.
const maxInside = 32 << 20

// endings are what a file found inside is called, by its media type.
var endings = map[string]string{
	"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif", "image/gif": ".gif",
	"text/plain": ".txt", "text/rtf": ".rtf", "text/html": ".html", "application/msword": ".doc",
}

// unstructured reads a body that is one file or plain words instead of sections.
func (r *reader) unstructured(n int32, path string) {
	if n == 0 {
		return
	}
	t := r.t
	if r.media(n, path) {
		if strings.HasPrefix(t.attr(n, "mediaType"), "text/plain") {
			body, _ := t.decode(n, maxNarrative)
			addComponent(&r.out.Facts[0], clinical.Component{Text: "Text", Value: clip(strings.TrimSpace(string(body)), maxNarrative)})
		}
		return
	}
	if ref := t.attr(t.child(n, "reference"), "value"); ref != "" {
		r.say(clinical.Warning, "linked", path)
	}
	if words := t.words(n, maxNarrative); words != "" {
		addComponent(&r.out.Facts[0], clinical.Component{Text: "Text", Value: words})
	}
}

// media takes a file out of an element that holds one, and tells whether it does.
func (r *reader) media(n int32, path string) bool {
	t := r.t
	if n == 0 || t.attr(n, "representation") != "B64" {
		return false
	}
	body, ok := t.decode(n, maxInside-r.taken)
	if !ok {
		r.say(clinical.Error, "undecoded", path)
		return true
	}
	r.taken += len(body)
	r.say(clinical.Note, "inside", path)
	if r.open != nil && len(r.out.Children) < maxComponents {
		name := "inside-" + itoa(len(r.out.Children)+1) + endings[strings.ToLower(t.attr(n, "mediaType"))]
		r.out.Children = append(r.out.Children, r.open(name, body))
	}
	return true
}

// decode gives the bytes of an element in base64, up to a limit.
func (t *tree) decode(n int32, limit int) ([]byte, bool) {
	var letters []byte
	for c := t.nodes[n].first; c != 0; c = t.nodes[c].next {
		m := &t.nodes[c]
		if m.attrs > cdata {
			continue
		}
		for _, b := range []byte(t.s[m.start:m.end]) {
			if b > ' ' {
				letters = append(letters, b)
			}
		}
		if len(letters) > limit/3*4+4 {
			return nil, false
		}
	}
	body, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(string(letters), "="))
	return body, err == nil && len(body) > 0
}
