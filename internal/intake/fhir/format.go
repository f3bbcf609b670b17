package fhir

import (
	"bytes"
	"unicode/utf8"
)

// wellFormed tells whether a primitive has the format that R4 gives its type. The
// formats are those of the data types page of FHIR R4.
func wellFormed(p primitive, kind byte, b []byte) bool {
	switch p {
	case pBoolean:
		return kind == 't' || kind == 'f'
	case pInteger, pPositiveInt, pUnsignedInt:
		return kind == '0' && wholeNumber(p, b)
	case pDecimal:
		return kind == '0'
	}
	if kind != '"' || len(b) == 0 {
		return false
	}
	switch p {
	case pDate:
		return datePart(b) == len(b)
	case pDateTime:
		n := datePart(b)
		return n == len(b) || n == 10 && timeAndZone(b[10:])
	case pInstant:
		return datePart(b) == 10 && len(b) > 10 && timeAndZone(b[10:])
	case pTime:
		return clock(b) == len(b)
	case pCode:
		return b[0] != ' ' && b[len(b)-1] != ' ' && !bytes.Contains(b, []byte("  ")) && !bytes.ContainsAny(b, "\t\r\n")
	case pID:
		return identifier(b)
	case pURI:
		return !bytes.ContainsAny(b, " \t\r\n")
	case pOID:
		return bytes.HasPrefix(b, []byte("urn:oid:"))
	case pUUID:
		return bytes.HasPrefix(b, []byte("urn:uuid:")) && len(b) == 45
	case pBase64:
		return base64Text(b)
	case pXHTML:
		return bytes.HasPrefix(bytes.TrimSpace(b), []byte("<"))
	}
	return utf8.RuneCount(b) > 0 && len(bytes.TrimSpace(b)) > 0
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func digits(b []byte, n int) bool {
	if len(b) < n {
		return false
	}
	for _, c := range b[:n] {
		if !digit(c) {
			return false
		}
	}
	return true
}

// wholeNumber checks a 32-bit whole number, written without fraction or exponent.
func wholeNumber(p primitive, b []byte) bool {
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 10 || !digits(b, len(b)) || len(b) > 1 && b[0] == '0' {
		return false
	}
	n := int64(0)
	for _, c := range b {
		n = n*10 + int64(c-'0')
	}
	switch {
	case n > 1<<31-1 && !(negative && n == 1<<31):
		return false
	case p == pPositiveInt:
		return !negative && n > 0
	case p == pUnsignedInt:
		return !negative
	}
	return true
}

// datePart gives how many bytes at the start are YYYY, YYYY-MM or YYYY-MM-DD, or -1.
func datePart(b []byte) int {
	if !digits(b, 4) || b[0] == '0' && b[1] == '0' && b[2] == '0' && b[3] == '0' {
		return -1
	}
	if len(b) == 4 {
		return 4
	}
	if b[4] != '-' || !digits(b[5:], 2) {
		return -1
	}
	month := int(b[5]-'0')*10 + int(b[6]-'0')
	if month < 1 || month > 12 {
		return -1
	}
	if len(b) == 7 {
		return 7
	}
	if b[7] != '-' || !digits(b[8:], 2) {
		return -1
	}
	day := int(b[8]-'0')*10 + int(b[9]-'0')
	year := int(b[0]-'0')*1000 + int(b[1]-'0')*100 + int(b[2]-'0')*10 + int(b[3]-'0')
	if day < 1 || day > monthDays(year, month) {
		return -1
	}
	return 10
}

func monthDays(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// clock gives how many bytes at the start are hh:mm:ss with an optional fraction, or -1.
func clock(b []byte) int {
	if len(b) < 8 || !digits(b, 2) || b[2] != ':' || !digits(b[3:], 2) || b[5] != ':' || !digits(b[6:], 2) ||
		b[0] > '2' || b[0] == '2' && b[1] > '3' || b[3] > '5' || b[6] > '6' || b[6] == '6' && b[7] > '0' {
		return -1
	}
	n := 8
	if n < len(b) && b[n] == '.' {
		n++
		for n < len(b) && digit(b[n]) {
			n++
		}
		if n == 9 {
			return -1
		}
	}
	return n
}

func timeAndZone(b []byte) bool {
	if len(b) < 2 || b[0] != 'T' {
		return false
	}
	n := clock(b[1:])
	if n < 0 {
		return false
	}
	zone := b[1+n:]
	if string(zone) == "Z" {
		return true
	}
	return len(zone) == 6 && (zone[0] == '+' || zone[0] == '-') && digits(zone[1:], 2) && zone[3] == ':' &&
		digits(zone[4:], 2) && zone[1] <= '1' && zone[4] <= '5'
}

func identifier(b []byte) bool {
	if len(b) > 64 {
		return false
	}
	for _, c := range b {
		if !(digit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '.') {
			return false
		}
	}
	return true
}

func base64Text(b []byte) bool {
	n := 0
	for _, c := range b {
		switch {
		case digit(c), c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '+', c == '/', c == '=':
			n++
		case c == ' ', c == '\n', c == '\r', c == '\t':
		default:
			return false
		}
	}
	return n%4 == 0
}
