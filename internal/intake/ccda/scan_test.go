package ccda

import (
	"context"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// shape writes a document as its elements, attributes and words, for comparing.
func (t *tree) shape(n int32, b *strings.Builder) {
	for c := t.nodes[n].first; c != 0; c = t.nodes[c].next {
		m := &t.nodes[c]
		switch m.attrs {
		case characters:
			b.WriteString(strings.Join(strings.Fields(strings.ReplaceAll(plain(t.s[m.start:m.end]), "\r\n", "\n")), " "))
		case cdata:
			b.WriteString(strings.Join(strings.Fields(strings.ReplaceAll(t.s[m.start:m.end], "\r\n", "\n")), " "))
		default:
			b.WriteString("<" + t.name(c))
			for _, a := range []string{"code", "root", "value", "displayName", "ID"} {
				if v, ok := t.raw(c, a); ok {
					b.WriteString(" " + a + "=" + strings.Join(strings.Fields(plain(v)), " "))
				}
			}
			b.WriteString(">")
			t.shape(c, b)
			b.WriteString("</>")
		}
	}
}

// theirs writes the same with encoding/xml; ok is false where that finds a fault.
func theirs(text string) (string, bool) {
	var b strings.Builder
	depth := 0
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		tok, err := d.RawToken()
		if err != nil {
			return b.String(), err == io.EOF && depth == 0
		}
		switch x := tok.(type) {
		case xml.StartElement:
			depth++
			b.WriteString("<" + x.Name.Local)
			for _, name := range []string{"code", "root", "value", "displayName", "ID"} {
				for _, a := range x.Attr {
					if a.Name.Local == name {
						b.WriteString(" " + name + "=" + strings.Join(strings.Fields(a.Value), " "))
						break
					}
				}
			}
			b.WriteString(">")
		case xml.EndElement:
			if depth--; depth < 0 {
				return "", false
			}
			b.WriteString("</>")
		case xml.CharData:
			if depth > 0 {
				b.WriteString(strings.Join(strings.Fields(string(x)), " "))
			}
		}
	}
}

func TestTheScannerSeesWhatTheStandardLibrarySees(t *testing.T) {
	files, _ := filepath.Glob("testdata/records/*.xml")
	more, _ := filepath.Glob("../../../../shared/data/open/ccda/*/*")
	compared := 0
	for _, p := range append(files, more...) {
		body, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.TrimPrefix(string(body), "\ufeff")
		want, ok := theirs(text)
		if !ok || !utf8.ValidString(text) {
			continue
		}
		got, err := scan(context.Background(), text)
		var b strings.Builder
		got.shape(0, &b)
		if err != nil || b.String() != want {
			t.Errorf("%s: the two differ: %v", p, err)
		}
		compared++
	}
	if compared < 20 {
		t.Errorf("only %d files were compared", compared)
	}
}

// What the scanner takes for whole, the standard library must see in the same way,
// where it takes it for whole too.
func FuzzScan(f *testing.F) {
	f.Add(`<a b="c"><text ID='x'>d &amp; e<![CDATA[f]]></text><!-- g --><?h?></a>`)
	f.Add(`<a:b c:value="1"/><text>x &#233; &#xe9;</text>`)
	f.Add(`<!DOCTYPE a><a></a >`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := scan(context.Background(), text)
		if err != nil || got.unknown || got.doctype || !utf8.ValidString(text) {
			return
		}
		want, ok := theirs(text)
		if !ok {
			return
		}
		var b strings.Builder
		got.shape(0, &b)
		if b.String() != want {
			t.Errorf("%q: %q and %q", text, b.String(), want)
		}
	})
}
