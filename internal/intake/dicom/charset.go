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
	if strings.Contains(s, "\x1b") {
		return byEscapes(s, first(declared))
	}
	text, err := found.NewDecoder().String(s)
	if err != nil {
		return strings.ToValidUTF8(s, "�")
	}
	return text
}

// first gives the set that is in force where no escape has chosen another.
func first(declared string) encoding.Encoding {
	name, _, _ := strings.Cut(declared, `\`)
	name = strings.TrimSpace(name)
	name = strings.TrimPrefix(strings.TrimPrefix(name, "ISO_IR "), "ISO 2022 IR ")
	if e := encodings[name]; e != nil && e != japanese.ISO2022JP {
		return e
	}
	return charmap.ISO8859_1
}

// escapes are the sequences that choose another set, PS3.3 C.12.1.1.2, tables
// C.12-3 and C.12-4. Those of Japanese in the low half are kept for their decoder.
var escapes = []struct {
	mark string
	set  encoding.Encoding
	low  bool // it ends with the next escape that chooses the low half
}{
	{"\x1b$(D", japanese.ISO2022JP, true},
	{"\x1b$B", japanese.ISO2022JP, true},
	{"\x1b$)C", korean.EUCKR, false},
	{"\x1b$)A", simplifiedchinese.GBK, false},
	{"\x1b)I", japanese.ShiftJIS, false},
	{"\x1b(J", japanese.ShiftJIS, false},
	{"\x1b(B", nil, false},
	{"\x1b-A", charmap.ISO8859_1, false},
	{"\x1b-B", charmap.ISO8859_2, false},
	{"\x1b-C", charmap.ISO8859_3, false},
	{"\x1b-D", charmap.ISO8859_4, false},
	{"\x1b-L", charmap.ISO8859_5, false},
	{"\x1b-G", charmap.ISO8859_6, false},
	{"\x1b-F", charmap.ISO8859_7, false},
	{"\x1b-H", charmap.ISO8859_8, false},
	{"\x1b-M", charmap.ISO8859_9, false},
	{"\x1b-T", charmap.Windows874, false},
	{"\x1b-b", charmap.ISO8859_15, false},
}

// byEscapes decodes a text piece by piece, each in the set that was chosen for it.
func byEscapes(s string, start encoding.Encoding) string {
	var out strings.Builder
	set, mark := start, ""
	for s != "" {
		next := strings.IndexByte(s, 0x1b)
		if next < 0 {
			next = len(s)
		}
		if piece := s[:next]; piece != "" {
			if mark != "" {
				piece = mark + piece + "\x1b(B"
			}
			text, err := set.NewDecoder().String(piece)
			if err != nil {
				text = strings.ToValidUTF8(piece, "�")
			}
			out.WriteString(text)
		}
		if s = s[next:]; s == "" {
			break
		}
		known := false
		for _, e := range escapes {
			if !strings.HasPrefix(s, e.mark) {
				continue
			}
			known, s = true, s[len(e.mark):]
			switch {
			case e.low:
				set, mark = e.set, e.mark
			case e.set != nil:
				set, mark = e.set, ""
			case mark != "": // back to plain letters
				set, mark = start, ""
			}
			break
		}
		if !known {
			s = s[1:]
		}
	}
	return out.String()
}
