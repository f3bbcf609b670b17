package intake

import (
	"bytes"
	"strings"

	"consilium/internal/intake/document"
)

// headSize is how much of a file is looked at to tell what it is.
const headSize = 64 << 10

type content int

const (
	isUnknown content = iota
	isJSON
	isXML
	isDICOM
	isPDF
	isImage
	isZIP
	isGzip
	isCard
	isHL7v2
)

// identify tells what a file is from how it begins. A name can lie, and a file
// that another person made can carry any.
func identify(head []byte) content {
	switch {
	case len(head) >= 132 && string(head[128:132]) == "DICM":
		return isDICOM
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return isGzip
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return isZIP
	case document.ImageType(head) != "":
		return isImage
	}
	// A PDF may have rubbish in front, within the first kilobyte.
	if i := bytes.Index(head[:min(len(head), 1024)], []byte("%PDF-")); i >= 0 {
		return isPDF
	}
	text := strings.TrimLeft(string(bytes.TrimPrefix(head[:min(len(head), 4096)], []byte("\xef\xbb\xbf"))), " \t\r\n\v\x1c")
	switch {
	case strings.HasPrefix(text, "{"):
		return isJSON
	case strings.HasPrefix(text, "shc:/"), strings.HasPrefix(text, "eyJ") && strings.Count(text, ".") == 2 && !strings.Contains(text, " "):
		return isCard
	case strings.HasPrefix(text, "MSH|"), strings.HasPrefix(text, "FHS|"), strings.HasPrefix(text, "BHS|"):
		return isHL7v2
	case strings.HasPrefix(text, "<"), bytes.HasPrefix(head, []byte("\xff\xfe<\x00")), bytes.HasPrefix(head, []byte("\xfe\xff\x00<")):
		return isXML
	}
	return isUnknown
}
