package fhir

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"consilium/internal/clinical"
	"consilium/internal/intake/narrative"
)

// Limits of what is shown of one file.
const (
	mostViewed  = 32 << 20 // bytes that are looked through
	mostTexts   = 2000     // resources whose words are shown
	mostSection = 12       // sections inside one another
)

// viewed is what is read of a resource to show its words.
type viewed struct {
	ResourceType string
	Title        json.RawMessage
	Name         json.RawMessage
	Text         struct{ Div string }
	Code         struct {
		Text   string
		Coding []struct{ Display string }
	}
	Section       []viewedSection
	Entry         []struct{ Resource json.RawMessage }
	PresentedForm []viewedFile
	Content       []struct{ Attachment viewedFile }
}

type viewedSection struct {
	Title   string
	Text    struct{ Div string }
	Section []viewedSection
}

type viewedFile struct {
	ContentType string
	Title       string
	Data        string
}

// View gives what the resources of a file say in their own narrative, and tells
// whether they say more than is shown. The facts of a resource are another matter:
// many have no narrative at all.
func View(ctx context.Context, in io.ReaderAt, size int64) ([]clinical.Mark, bool) {
	v := viewer{ctx: ctx}
	d := json.NewDecoder(io.NewSectionReader(in, 0, min(size, mostViewed)))
	for ctx.Err() == nil && !v.b.Full() { // NDJSON is one resource after another
		var r viewed
		if err := d.Decode(&r); errors.Is(err, io.EOF) {
			break
		} else if !readable(err) {
			v.cut = true
			break
		}
		v.resource(r, 0)
	}
	marks, cut := v.b.Marks()
	return marks, cut || v.cut || size > mostViewed
}

type viewer struct {
	ctx   context.Context
	b     narrative.Builder
	texts int
	cut   bool
}

func (v *viewer) resource(r viewed, depth int) {
	if v.ctx.Err() != nil || depth > 3 || v.b.Full() {
		v.cut = true
		return
	}
	words := r.Text.Div != "" || len(r.Section) > 0
	for _, f := range r.files() {
		words = words || f.read() != nil
	}
	if words {
		if v.texts++; v.texts > mostTexts {
			v.cut = true
			return
		}
		v.b.Block(clinical.MarkTitle, r.heading())
		v.narrated(r.Text.Div)
		v.sections(r.Section, 0)
		for _, f := range r.files() {
			if show := f.read(); show != nil {
				v.b.Block(clinical.MarkSubtitle, f.Title)
				show(&v.b)
			}
		}
	}
	for _, e := range r.Entry {
		var inner viewed
		if readable(json.Unmarshal(e.Resource, &inner)) {
			v.resource(inner, depth+1)
		}
	}
}

// readable tells whether a resource could be taken apart. One in which a member is of
// another kind than here is read for all the rest.
func readable(err error) bool {
	var other *json.UnmarshalTypeError
	return err == nil || errors.As(err, &other)
}

func (v *viewer) sections(all []viewedSection, depth int) {
	if depth > mostSection {
		v.cut = true
		return
	}
	for _, s := range all {
		v.b.Block(clinical.MarkSubtitle, s.Title)
		v.narrated(s.Text.Div)
		v.sections(s.Section, depth+1)
	}
}

func (v *viewer) narrated(div string) {
	v.b.Open("\x00narrative", clinical.MarkParagraph)
	narrative.HTML(&v.b, div)
	v.b.Close("\x00narrative")
}

func (r viewed) files() []viewedFile {
	all := r.PresentedForm
	for _, c := range r.Content {
		all = append(all, c.Attachment)
	}
	return all
}

// heading names a resource in its own words.
func (r viewed) heading() string {
	var title string
	switch {
	case json.Unmarshal(r.Title, &title) == nil && title != "":
	case r.Code.Text != "":
		title = r.Code.Text
	case len(r.Code.Coding) > 0 && r.Code.Coding[0].Display != "":
		title = r.Code.Coding[0].Display
	case json.Unmarshal(r.Name, &title) == nil && title != "":
	default:
		title = r.ResourceType
	}
	return title
}

// read gives what shows an attachment of words; nil for one that is another file.
func (f viewedFile) read() func(*narrative.Builder) {
	kind, _, _ := strings.Cut(strings.ToLower(f.ContentType), ";")
	var show func(*narrative.Builder, string)
	switch strings.TrimSpace(kind) {
	case "text/plain":
		show = narrative.Plain
	case "text/html", "application/xhtml+xml":
		show = narrative.HTML
	case "text/rtf", "application/rtf":
		show = narrative.RTF
	}
	if show == nil || f.Data == "" {
		return nil
	}
	return func(b *narrative.Builder) {
		body, err := base64.StdEncoding.DecodeString(f.Data)
		if err != nil {
			body, _ = base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.Join(strings.Fields(f.Data), ""), "="))
		}
		b.Open("\x00attached", clinical.MarkParagraph)
		show(b, narrative.Letters(body))
		b.Close("\x00attached")
	}
}
