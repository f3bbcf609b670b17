package nppes

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// single makes doubled quotes one, in place.
func single(text []byte) []byte {
	to := 0
	for from := 0; from < len(text); from++ {
		text[to] = text[from]
		to++
		if text[from] == '"' && from+1 < len(text) && text[from+1] == '"' {
			from++
		}
	}
	return text[:to]
}

func ascii(b []byte) bool {
	const high = 0x8080808080808080
	for len(b) >= 16 {
		if (binary.LittleEndian.Uint64(b)|binary.LittleEndian.Uint64(b[8:]))&high != 0 {
			return false
		}
		b = b[16:]
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// high1252 are the characters of Windows-1252 at 0x80 to 0x9F; elsewhere it is Latin-1.
var high1252 = [32]rune{
	'€', 0xfffd, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0xfffd, 'Ž', 0xfffd,
	0xfffd, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0xfffd, 'ž', 'Ÿ',
}

func windows1252(c byte) rune {
	if c >= 0x80 && c < 0xa0 {
		return high1252[c-0x80]
	}
	return rune(c)
}

// unavailable is what CMS writes for what it does not publish.
var unavailable = []byte("<UNAVAIL>")

// trimmed takes blanks off the ends, in place makes control characters blanks, and
// gives nothing for CMS's mark of what is not published.
func trimmed(text []byte) []byte {
	for i, c := range text {
		if c < ' ' || c == 0x7f {
			text[i] = ' '
		}
	}
	text = bytes.TrimSpace(text)
	if len(text) == len(unavailable) && bytes.EqualFold(text, unavailable) {
		return nil
	}
	return text
}

// plain is a column's name without case, blanks and signs: "Rndrng_NPI" and "rndrng
// npi" are one.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, name)
}

// npi reads ten digits that are an NPI: first digit 1 or 2, and a check digit by Luhn
// over 80840 and the number.
func npi(text []byte) (uint32, bool) {
	if len(text) != 10 || (text[0] != '1' && text[0] != '2') {
		return 0, false
	}
	var n, sum uint32 = 0, 24 // 24: what 80840 adds
	for i, c := range text {
		d := uint32(c - '0')
		if d > 9 {
			return 0, false
		}
		n = n*10 + d
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return n, sum%10 == 0
}

// digitsOnly keeps the digits, in place.
func digitsOnly(text []byte) []byte {
	to := 0
	for _, c := range text {
		if c >= '0' && c <= '9' {
			text[to] = c
			to++
		}
	}
	return text[:to]
}

// zip5 gives the first five digits of a ZIP or ZIP+4. A ZIP whose leading zeros a
// spreadsheet ate gets them back.
func zip5(text []byte, room *[5]byte) []byte {
	text = trimmed(text)
	if i := bytes.IndexByte(text, '-'); i >= 0 {
		text = text[:i]
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return nil
		}
	}
	switch n := len(text); {
	case n == 5, n == 9:
		return text[:5]
	case n == 4, n == 8, n == 3, n == 7:
		width := 5
		if n > 5 {
			width = 9
		}
		lead := width - n
		copy(room[:], "00000")
		copy(room[lead:], text)
		return room[:]
	}
	return nil
}

// phone gives ten digits, or nothing.
func phone(text []byte) []byte {
	text = digitsOnly(text)
	if len(text) == 11 && text[0] == '1' {
		text = text[1:]
	}
	if len(text) != 10 || text[0] < '2' {
		return nil
	}
	return text
}

// number reads a whole number; a fraction is cut off, commas and blanks are left out.
func number(text []byte) (int, bool) {
	n, any := 0, false
	for _, c := range bytes.TrimSpace(text) {
		switch {
		case c >= '0' && c <= '9':
			if n > 1<<40 {
				return 0, false
			}
			n, any = n*10+int(c-'0'), true
		case c == ',':
		case c == '.':
			return n, any
		default:
			return 0, false
		}
	}
	return n, any
}

// cents reads dollars with or without a fraction. Half a cent is rounded up.
func cents(text []byte) (int64, bool) {
	text = bytes.TrimSpace(text)
	text = bytes.TrimPrefix(text, []byte("$"))
	whole, frac, _ := bytes.Cut(text, []byte("."))
	n, ok := number(whole)
	if !ok && len(whole) > 0 || len(text) == 0 {
		return 0, false
	}
	c := int64(n) * 100
	for i, d := range frac {
		if d < '0' || d > '9' {
			return 0, false
		}
		switch i {
		case 0:
			c += int64(d-'0') * 10
		case 1:
			c += int64(d - '0')
		case 2:
			if d >= '5' {
				c++
			}
		}
	}
	return c, true
}
