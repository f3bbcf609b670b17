package fhir

import (
	"encoding/base64"
	"strconv"
	"strings"

	"consilium/internal/clinical"
)

// Opener reads a file that was found inside a record, such as a letter in PDF. The
// name is made here.
type Opener func(name string, body []byte) clinical.Reading

// Limits of the files inside one record.
const (
	maxInside  = 64 << 20 // bytes of all of them
	maxOpened  = 1000
	maxLetters = 64 << 10 // bytes of the words of one
)

// endings are what a file found inside is called, by its media type.
var endings = map[string]string{
	"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif", "application/xml": ".xml", "text/xml": ".xml",
	"application/dicom": ".dcm", "text/rtf": ".rtf", "application/rtf": ".rtf", "application/hl7-v3+xml": ".xml", "application/fhir+json": ".json",
}

// attached reads the attachments of a document or report. Words become part of the
// fact; anything else is a file of its own.
func (r *reading) attached(f *clinical.Fact, attachments []int32) {
	t := &r.tree
	for _, a := range attachments {
		if t.nodes[a].kind != '{' {
			continue
		}
		data := t.get(a, "data")
		if data == 0 {
			if t.get(a, "url") != 0 && !strings.HasPrefix(t.member(a, "url"), "Binary/") && !strings.HasPrefix(t.member(a, "url"), "#") {
				r.log.add("linked", r.at, "")
			}
			continue
		}
		body, ok := r.decoded(data)
		if !ok {
			continue
		}
		kind, _, _ := strings.Cut(strings.ToLower(t.member(a, "contentType")), ";")
		switch strings.TrimSpace(kind) {
		case "text/plain":
			r.words(f, t.member(a, "title"), strings.ToValidUTF8(string(body[:min(len(body), maxLetters)]), ""))
		case "text/html", "application/xhtml+xml":
			r.words(f, t.member(a, "title"), words(body))
		default:
			r.inside(body, kind)
		}
	}
}

func (r *reading) words(f *clinical.Fact, title, words string) {
	if title == "" {
		title = "Text"
	}
	if words = strings.TrimSpace(words); words != "" {
		addComponent(f, clinical.Component{Text: title, Value: words})
	}
}

// decoded gives the bytes of a value in base64.
func (r *reading) decoded(n int32) ([]byte, bool) {
	letters := r.tree.unquoted(n)
	if r.taken+len(letters)/4*3 > maxInside {
		r.log.add("inside_damaged", r.at, "")
		return nil, false
	}
	body := make([]byte, base64.StdEncoding.DecodedLen(len(letters)))
	got, err := base64.StdEncoding.Decode(body, letters)
	if err != nil {
		got, err = base64.RawStdEncoding.Decode(body, []byte(strings.TrimRight(strings.Join(strings.Fields(string(letters)), ""), "=")))
	}
	if r.taken += got; err != nil || got == 0 {
		if len(letters) > 0 {
			r.log.add("inside_damaged", r.at, "")
		}
		return nil, false
	}
	return body[:got], true
}

// inside hands a file over to be read.
func (r *reading) inside(body []byte, kind string) {
	r.log.add("inside", r.at, "")
	if r.open != nil && len(r.out.Children) < maxOpened {
		name := "inside-" + strconv.Itoa(len(r.out.Children)+1) + endings[strings.TrimSpace(kind)]
		r.out.Children = append(r.out.Children, r.open(name, body))
	}
}
