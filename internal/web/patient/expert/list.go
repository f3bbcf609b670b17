package expert

import "strings"

// uncalled is the first candidate whose clinic nobody has called.
func uncalled(l listView) (row, bool) {
	for _, r := range l.Candidates {
		if len(r.Calls) == 0 && !r.Stopped() {
			return r, true
		}
	}
	return row{}, false
}

// installed tells by a text key's end whether there is a directory to search.
func installed(l listView) string {
	if l.Directory {
		return "text"
	}
	return "absent"
}

// digits are those of a telephone number.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, s)
}
