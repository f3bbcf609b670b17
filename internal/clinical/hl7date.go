package clinical

import "strings"

// DateFromHL7 turns a time stamp as HL7 v2, CDA and DICOM write it
// ("20120806", "201208061015-0500") into the form that facts have ("2012-08-06",
// "2012-08-06T10:15:00-05:00"), as precise as it was given. A time without a zone
// cannot be placed, so only its day is kept. What is no date gives "".
func DateFromHL7(s string) string {
	s = strings.TrimSpace(s)
	if len(s) == 10 && (s[4] == '.' && s[7] == '.' || s[4] == '-' && s[7] == '-') {
		s = s[:4] + s[5:7] + s[8:]
	}
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	num, rest := s[:digits], s[digits:]
	date := ""
	switch {
	case digits >= 8:
		date = num[:4] + "-" + num[4:6] + "-" + num[6:8]
	case digits == 6:
		return readable(num[:4] + "-" + num[4:6])
	case digits == 4:
		return readable(num)
	default:
		return ""
	}
	if digits < 12 {
		return readable(date)
	}
	seconds := "00"
	if digits >= 14 {
		seconds = num[12:14]
	}
	fraction := ""
	if strings.HasPrefix(rest, ".") {
		end := 1
		for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
			end++
		}
		if end > 1 {
			fraction = rest[:end]
		}
		rest = rest[end:]
	}
	full := date + "T" + num[8:10] + ":" + num[10:12] + ":" + seconds + fraction
	switch {
	case rest == "Z":
		full += "Z"
	case len(rest) == 5 && (rest[0] == '+' || rest[0] == '-'):
		full += rest[:3] + ":" + rest[3:]
	default:
		return readable(date)
	}
	if !keyOf(full).known || keyOf(full).moment.IsZero() {
		return readable(date)
	}
	return full
}

func readable(date string) string {
	if keyOf(date).known {
		return date
	}
	return ""
}
