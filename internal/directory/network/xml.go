package network

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// The schema allows XML beside JSON. It is rewritten as JSON as it streams: an element
// whose children are called item is a list, one with other children an object, one
// without children a text.

const deepestXML = 64

var errDeep = errors.New("the XML is nested too deeply")

// transcode gives the JSON; close ends it early.
func transcode(r io.Reader) *io.PipeReader {
	out, in := io.Pipe()
	go func() {
		w := bufio.NewWriterSize(in, 64<<10)
		err := rewrite(xml.NewDecoder(r), w)
		if err == nil {
			err = w.Flush()
		}
		in.CloseWithError(err)
	}()
	return out
}

type element struct {
	open byte // {, [, or 0 while no child was seen
	any  bool // a child was written
	text strings.Builder
}

func rewrite(d *xml.Decoder, w *bufio.Writer) error {
	var stack []*element
	for {
		t, err := d.Token()
		if err == io.EOF && len(stack) == 0 {
			return nil
		}
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if len(stack) >= deepestXML {
				return errDeep
			}
			if len(stack) > 0 {
				begin(w, stack[len(stack)-1], t.Name.Local)
			}
			stack = append(stack, &element{})
		case xml.CharData:
			if len(stack) > 0 {
				if top := stack[len(stack)-1]; top.open == 0 && top.text.Len() < longestText {
					top.text.Write(t[:min(len(t), longestText)])
				}
			}
		case xml.EndElement:
			if len(stack) == 0 {
				return errors.New("an end tag without a beginning")
			}
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			switch top.open {
			case '{':
				w.WriteByte('}')
			case '[':
				w.WriteByte(']')
			default:
				quote(w, strings.TrimSpace(top.text.String()))
			}
		}
	}
}

// begin writes what stands before a child.
func begin(w *bufio.Writer, parent *element, name string) {
	if parent.open == 0 {
		parent.open = '{'
		if name == "item" {
			parent.open = '['
		}
		w.WriteByte(parent.open)
	}
	if parent.any {
		w.WriteByte(',')
	}
	parent.any = true
	if parent.open == '{' {
		quote(w, name)
		w.WriteByte(':')
	}
}

func quote(w *bufio.Writer, s string) {
	w.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			w.WriteByte('\\')
			w.WriteRune(c)
		case c < ' ':
			w.WriteString(`\u00` + strconv.FormatInt(int64(c)/16, 16) + strconv.FormatInt(int64(c)%16, 16))
		default:
			w.WriteRune(c)
		}
	}
	w.WriteByte('"')
}
