package dicom

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// encodings are the specific character sets of DICOM PS3.3 C.12.1.1.2.
var encodings = map[string]encoding.Encoding{
	"100": charmap.ISO8859_1, "101": charmap.ISO8859_2, "109": charmap.ISO8859_3, "110": charmap.ISO8859_4,
	"144": charmap.ISO8859_5, "127": charmap.ISO8859_6, "126": charmap.ISO8859_7, "138": charmap.ISO8859_8,
	"148": charmap.ISO8859_9, "203": charmap.ISO8859_15, "166": charmap.Windows874, "13": japanese.ShiftJIS,
	"87": japanese.ISO2022JP, "159": japanese.ISO2022JP, "149": korean.EUCKR, "58": simplifiedchinese.GBK,
	"GB18030": simplifiedchinese.GB18030, "GBK": simplifiedchinese.GBK,
}

// decode turns the bytes of a text element into text, by the character sets that
// the file declares. Text in an undeclared set is kept where it is valid UTF-8.
func decode(b []byte, declared string) string {
	s := strings.TrimRight(string(b), " \x00")
	if !strings.Contains(s, "\x1b") {
		return decodePart(s, declared)
	}
	// The first set is in force again behind every delimiter of a name (PS3.5
	// 6.1.2.5.3), so each part is decoded by itself.
	var out strings.Builder
	double, from := false, 0
	for i := 0; i <= len(s); i++ {
		switch {
		case i == len(s), !double && (s[i] == '^' || s[i] == '='):
			out.WriteString(decodePart(s[from:i], declared))
			if i < len(s) {
				out.WriteByte(s[i])
			}
			from = i + 1
		case s[i] == '\x1b' && i+2 < len(s):
			double = s[i+1] == '$' && s[i+2] != ')' // a set of two bytes in the low half
		}
	}
	return out.String()
}

// decodePart decodes a part that no delimiter divides.
func decodePart(s, declared string) string {
	var found encoding.Encoding
	for _, name := range strings.Split(declared, `\`) {
		name = strings.TrimSpace(name)
		name = strings.TrimPrefix(strings.TrimPrefix(name, "ISO_IR "), "ISO 2022 IR ")
		if e := encodings[name]; e != nil && (found == nil || strings.Contains(s, "\x1b")) {
			found = e
		}
	}
	if found == nil {
		return strings.ToValidUTF8(s, "�")
	}
	if found != japanese.ISO2022JP {
		// The escape sequences only say which set comes next.
		for _, esc := range []string{"\x1b$)C", "\x1b$)A", "\x1b-A", "\x1b-B", "\x1b-F", "\x1b-G", "\x1b-H", "\x1b-L", "\x1b-M", "\x1b(B", "\x1b)I", "\x1b(J"} {
			s = strings.ReplaceAll(s, esc, "")
		}
	}
	text, err := found.NewDecoder().String(s)
	if err != nil {
		return strings.ToValidUTF8(s, "�")
	}
	return text
}
