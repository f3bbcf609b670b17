package intake

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"consilium/internal/clinical"
	"consilium/internal/intake/archive"
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
	isDisc
	isGzip
	isCard
	isLink
	isHL7v2
	isProgram
	isDiscPart
	isVirusTest
	isOffice
	isWebPage
	isText
)

// kinds are the kinds of file that a reading calls them.
var kinds = map[content]string{
	isUnknown: clinical.FileUnknown, isDICOM: clinical.FileDICOM, isPDF: clinical.FilePDF, isImage: clinical.FileImage,
	isZIP: clinical.FileZIP, isDisc: clinical.FileISO, isProgram: clinical.FileUnknown,
}

// said is what is said of what is no record.
var said = map[content]struct {
	severity clinical.Severity
	key      string
}{
	isProgram:   {clinical.Note, "program"},
	isDiscPart:  {clinical.Note, "disc_part"},
	isVirusTest: {clinical.Error, "virus_test"},
	isOffice:    {clinical.Note, "office"},
	isWebPage:   {clinical.Note, "web_page"},
	isText:      {clinical.Note, "text"},
}

// identify tells what a file is from how it begins. A name can lie, and a file
// that another person made can carry any.
func identify(head []byte) content {
	switch {
	case archive.IsDisc(head):
		return isDisc
	case len(head) >= 132 && string(head[128:132]) == "DICM":
		return isDICOM
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return isGzip
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return packed(head)
	case bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return isZIP
	case document.ImageType(head) != "":
		return isImage
	case program(head):
		return isProgram
	}
	// A PDF may have rubbish in front, within the first kilobyte.
	if i := bytes.Index(head[:min(len(head), 1024)], []byte("%PDF-")); i >= 0 {
		return isPDF
	}
	text := strings.TrimLeft(string(bytes.TrimPrefix(head[:min(len(head), 4096)], []byte("\xef\xbb\xbf"))), " \t\r\n\v\x1c")
	lower := strings.ToLower(text[:min(len(text), 200)])
	switch {
	case strings.HasPrefix(text, "{\\rtf"), bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return isOffice
	case strings.HasPrefix(text, "{"):
		return isJSON
	case strings.HasPrefix(text, "shc:/"), strings.HasPrefix(text, "eyJ") && strings.Count(text, ".") == 2 && !strings.Contains(text, " "):
		return isCard
	case strings.HasPrefix(text, "shlink:/"), strings.HasPrefix(text, "https://") && strings.Contains(text[:min(len(text), 300)], "#shlink:/"):
		return isLink
	case strings.HasPrefix(text, "MSH|"), strings.HasPrefix(text, "FHS|"), strings.HasPrefix(text, "BHS|"):
		return isHL7v2
	case strings.HasPrefix(lower, "<!doctype html"), strings.HasPrefix(lower, "<html"):
		return isWebPage
	case strings.HasPrefix(text, "<"), bytes.HasPrefix(head, []byte("\xff\xfe<\x00")), bytes.HasPrefix(head, []byte("\xfe\xff\x00<")):
		return isXML
	case strings.Contains(text[:min(len(text), 128)], "EICAR-"+"STANDARD-"+"ANTIVIRUS-"+"TEST-FILE"):
		return isVirusTest
	case strings.HasPrefix(lower, "[autorun]"), strings.HasPrefix(lower, "[.shellclassinfo]"):
		return isDiscPart
	case words(head):
		return isText
	}
	return isUnknown
}

// packed tells what a ZIP file is made for: some programs and documents are ZIP
// files of parts that mean nothing by themselves.
func packed(head []byte) content {
	first := ""
	if len(head) > 30 {
		n := int(head[26]) | int(head[27])<<8
		first = string(head[30:min(len(head), 30+n)])
	}
	switch {
	case strings.HasPrefix(first, "META-INF/"):
		return isProgram // Java, in which many viewers on discs are written
	case first == "[Content_Types].xml", first == "_rels/.rels", first == "mimetype":
		return isOffice
	}
	return isZIP
}

// program tells whether a file begins as programs and their parts do.
func program(head []byte) bool {
	for _, magic := range []string{
		"\x7fELF", "\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe",
		"dex\n", "\x00asm", "MSCF", "L\x00\x00\x00\x01\x14\x02\x00", "#!/", "#! /",
	} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return len(head) > 64 && bytes.HasPrefix(head, []byte("MZ")) && bytes.IndexByte(head[:64], 0) > 0
}

// words tells whether a file is plain text.
func words(head []byte) bool {
	if len(head) == headSize { // the last letter may be cut
		head = head[:len(head)-utf8.UTFMax]
	}
	if !utf8.Valid(head) && len(head) < 8 {
		return false
	}
	odd := 0
	for _, b := range head {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' {
			return false
		}
		if b >= 0x80 {
			odd++
		}
	}
	return utf8.Valid(head) || odd*10 < len(head)
}

// twoKinds tells whether a file was made to pass for two kinds at once.
func twoKinds(what content, head []byte, in io.ReaderAt, size int64) bool {
	pdf := bytes.Index(head[:min(len(head), 1024)], []byte("%PDF-"))
	switch what {
	case isDICOM: // the 128 bytes in front may be a TIFF's, so that viewers of slides open it
		front := head[:128]
		return program(head) || bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("\x1f\x8b")) ||
			pdf >= 0 && pdf < 128 || document.ImageType(head) != "" && document.ImageType(head) != "TIFF" ||
			bytes.Contains(bytes.ToLower(front), []byte("<script"))
	case isDisc:
		return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("\x1f\x8b")) || pdf >= 0 || document.ImageType(head) != ""
	case isImage:
		return pdf >= 0 || archive.EndsExactly(in, size)
	case isPDF, isJSON, isXML, isHL7v2, isGzip:
		return archive.EndsExactly(in, size)
	}
	return false
}
