package nppes

import (
	"bytes"
	"fmt"
	"regexp"
	"time"
)

// A day is 20261109; 0 is none.

// day reads a date as the publishers write it: MM/DD/YYYY, YYYY-MM-DD (with or without
// a time behind it), YYYYMMDD, DD-MON-YY.
func day(text []byte) uint32 {
	text = bytes.TrimSpace(text)
	if len(text) > 10 && (text[10] == 'T' || text[10] == ' ') {
		text = text[:10]
	}
	switch {
	case len(text) == 10 && text[2] == '/' && text[5] == '/':
		return joined(figure(text[6:]), figure(text[:2]), figure(text[3:5]))
	case len(text) == 10 && text[4] == '-' && text[7] == '-':
		return joined(figure(text[:4]), figure(text[5:7]), figure(text[8:]))
	case len(text) == 8 && bytes.IndexByte(text, '/') < 0:
		return joined(figure(text[:4]), figure(text[4:6]), figure(text[6:]))
	}
	if parts := bytes.Split(text, []byte("/")); len(parts) == 3 && len(parts[2]) == 4 && len(parts[0]) <= 2 && len(parts[1]) <= 2 {
		return joined(figure(parts[2]), figure(parts[0]), figure(parts[1]))
	}
	if t, err := time.Parse("02-Jan-06", string(text)); err == nil {
		return ofTime(t)
	}
	return 0
}

// figure reads digits; -1 when it is none.
func figure(text []byte) int {
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	if len(text) == 0 {
		return -1
	}
	return n
}

var lengths = [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func joined(y, m, d int) uint32 {
	if y < 1900 || y > 2199 || m < 1 || m > 12 || d < 1 || d > lengths[m] {
		return 0
	}
	if m == 2 && d == 29 && (y%4 != 0 || y%100 == 0 && y%400 != 0) {
		return 0
	}
	return uint32(y*10000 + m*100 + d)
}

func ofTime(t time.Time) uint32 {
	y, m, d := t.Date()
	return joined(y, int(m), d)
}

// written gives YYYY-MM-DD, or "" for none.
func written(d uint32) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d/10000, d/100%100, d%100)
}

var (
	eightDigits = regexp.MustCompile(`(?:^|[^0-9])([0-9]{8})(?:[^0-9]|$)`)
	dashed      = regexp.MustCompile(`(?:^|[^0-9])((?:19|20)[0-9]{2})[-_.]([01][0-9])[-_.]([0-3][0-9])(?:[^0-9]|$)`)
	monthYear   = regexp.MustCompile(`(?i)(?:^|[^a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-_. ]*((?:19|20)[0-9]{2})(?:[^0-9]|$)`)
	dataYear    = regexp.MustCompile(`(?i)_D(?:Y|ATA)?([0-9]{2})(?:_|\.)`)
	yearAlone   = regexp.MustCompile(`(?:^|[^0-9])(20[0-9]{2})(?:[^0-9]|$)`)
	nuccVersion = regexp.MustCompile(`(?i)nucc_taxonomy_([0-9]{2})([01])(?:[^0-9]|$)`)
	monthNames  = map[string]int{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}
)

// inName finds the date in a file's name, 0 when there is none. Of several the last
// counts, since NPPES writes "from - to". A month without a day is its first; a year of
// data without more is its last day; NUCC's .0 is January and .1 July.
func inName(name string, kind Kind) uint32 {
	var found uint32
	// Two dates may share the sign between them, so that each is looked for behind the one before.
	for rest := name; ; {
		m := eightDigits.FindStringSubmatchIndex(rest)
		if m == nil {
			break
		}
		text := rest[m[2]:m[3]]
		d := day([]byte(text))
		if d == 0 { // Open Payments writes 06302025
			d = day([]byte(text[4:] + text[:4]))
		}
		found = max(found, d)
		rest = rest[m[3]:]
	}
	if found != 0 {
		return found
	}
	if m := dashed.FindStringSubmatch(name); m != nil {
		if d := day([]byte(m[1] + m[2] + m[3])); d != 0 {
			return d
		}
	}
	if m := monthYear.FindStringSubmatch(name); m != nil {
		return joined(figure([]byte(m[2])), monthNames[plain(m[1])], 1)
	}
	switch kind {
	case Taxonomy:
		if m := nuccVersion.FindStringSubmatch(name); m != nil {
			return joined(2000+figure([]byte(m[1])), 1+6*figure([]byte(m[2])), 1)
		}
	case Volumes:
		if m := dataYear.FindStringSubmatch(name); m != nil {
			return joined(2000+figure([]byte(m[1])), 12, 31)
		}
		fallthrough
	case SharedPatients, Payments:
		if m := yearAlone.FindStringSubmatch(name); m != nil {
			return joined(figure([]byte(m[1])), 12, 31)
		}
	}
	return 0
}
