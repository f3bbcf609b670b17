package narrative

import (
	"strconv"
	"strings"

	"consilium/internal/clinical"

	"golang.org/x/text/encoding/charmap"
)

// Plain adds plain text: an empty line parts paragraphs, every other line stays a
// line, and blanks inside a line stay, for reports set in columns need them.
func Plain(b *Builder, s string) {
	s = strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(s, "\ufeff"), "\r\n", "\n"), "\r", "\n")
	open := false
	for line := range strings.SplitSeq(s, "\n") {
		if b.Full() {
			break
		}
		line = strings.TrimRight(strings.ReplaceAll(line, "\t", "    "), " \f\v")
		switch {
		case strings.TrimSpace(line) == "":
			b.Close("\x00plain")
			open = false
			continue
		case open:
			b.Line()
		default:
			b.Open("\x00plain", clinical.MarkParagraph)
			open = true
		}
		b.Keep(line)
	}
	b.Close("\x00plain")
}

// Letters gives text that is UTF-8, or was written by an older system of the West.
func Letters(s []byte) string {
	if plain := string(s); strings.ToValidUTF8(plain, "") == plain {
		return plain
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(s)
	if err != nil {
		return strings.ToValidUTF8(string(s), "")
	}
	return string(out)
}

// aside are the groups of RTF that hold no words of the document.
var aside = map[string]bool{
	"fonttbl": true, "colortbl": true, "stylesheet": true, "info": true, "pict": true, "object": true, "themedata": true, "datastore": true,
	"listtable": true, "listoverridetable": true, "rsidtbl": true, "generator": true, "fldinst": true, "xmlnstbl": true, "latentstyles": true,
	"nonshppict": true, "bkmkstart": true, "bkmkend": true, "filetbl": true, "revtbl": true,
}

// rtfGroup is what a group of RTF inherits from the one around it.
type rtfGroup struct {
	skip  bool
	bold  bool
	bytes int // letters that stand for one of \u
}

// rtfReader takes RTF apart.
type rtfReader struct {
	b     *Builder
	now   rtfGroup
	stack []rtfGroup
	line  strings.Builder
	wait  int // letters still to be passed over behind \u
}

// RTF adds what a document in Rich Text Format says.
func RTF(b *Builder, s string) {
	r := rtfReader{b: b, now: rtfGroup{bytes: 1}}
	b.Open("\x00rtf", clinical.MarkParagraph)
	for i := 0; i < len(s) && !b.Full(); {
		switch c := s[i]; c {
		case '{':
			if r.stack = append(r.stack, r.now); len(r.stack) > 2000 {
				i = len(s)
			}
			i++
		case '}':
			r.flush()
			if n := len(r.stack); n > 0 {
				r.now, r.stack = r.stack[n-1], r.stack[:n-1]
			}
			i++
		case '\\':
			i = r.word(s, i+1)
		case '\r', '\n':
			i++
		default:
			r.say(charmap.Windows1252.DecodeByte(c))
			i++
		}
	}
	r.flush()
	b.Close("\x00rtf")
}

func (r *rtfReader) say(c rune) {
	if r.wait > 0 {
		r.wait--
		return
	}
	if !r.now.skip {
		r.line.WriteRune(c)
	}
}

// flush hands over the words read so far.
func (r *rtfReader) flush() {
	if r.line.Len() == 0 {
		return
	}
	if r.now.bold {
		r.b.Open("\x00bold", clinical.MarkStrong)
		defer r.b.Close("\x00bold")
	}
	r.b.Keep(r.line.String())
	r.line.Reset()
}

// word reads what stands behind a backslash and gives where it ends.
func (r *rtfReader) word(s string, i int) int {
	if i >= len(s) {
		return i
	}
	switch c := s[i]; {
	case c == '\'':
		if n, err := strconv.ParseUint(s[min(i+1, len(s)):min(i+3, len(s))], 16, 8); err == nil {
			r.say(charmap.Windows1252.DecodeByte(byte(n)))
		}
		return min(i+3, len(s))
	case c == '*':
		r.now.skip = true
		return i + 1
	case c == '~':
		r.say(' ')
		return i + 1
	case c == '\n' || c == '\r':
		r.paragraph()
		return i + 1
	case !letter(c):
		if c == '\\' || c == '{' || c == '}' || c == '_' {
			r.say(rune(c))
		}
		return i + 1
	}
	end := i
	for end < len(s) && letter(s[end]) {
		end++
	}
	name, from := s[i:end], end
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || end == from && s[end] == '-') {
		end++
	}
	n, err := strconv.Atoi(s[from:end])
	if err != nil {
		n = 1
	}
	if end < len(s) && s[end] == ' ' {
		end++
	}
	r.control(name, n)
	if name == "bin" && n > 0 {
		end = min(end+n, len(s))
	}
	return end
}

func (r *rtfReader) control(name string, n int) {
	switch name {
	case "par", "sect", "page", "row":
		r.paragraph()
	case "line":
		r.flush()
		r.b.Line()
	case "tab", "cell":
		r.say(' ')
		r.say(' ')
	case "b":
		r.flush()
		r.now.bold = n != 0
	case "plain", "pard":
		r.flush()
		r.now.bold = false
	case "uc":
		r.now.bytes = min(max(n, 0), 8)
	case "u":
		if n < 0 {
			n += 1 << 16
		}
		r.say(rune(n))
		r.wait = r.now.bytes
	case "emdash":
		r.say('—')
	case "endash":
		r.say('–')
	case "bullet":
		r.say('•')
	case "lquote":
		r.say('‘')
	case "rquote":
		r.say('’')
	case "ldblquote":
		r.say('“')
	case "rdblquote":
		r.say('”')
	default:
		if aside[name] {
			r.now.skip = true
		}
	}
}

func (r *rtfReader) paragraph() {
	r.flush()
	if r.now.skip {
		return
	}
	r.b.Close("\x00rtf")
	r.b.Open("\x00rtf", clinical.MarkParagraph)
}
