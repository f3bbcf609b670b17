package records

import (
	"slices"
	"strings"
	"unicode"
)

// studies gives the UIDs of the studies that a report is about.
func (h Held) studies() []string {
	if h.ReportForStudy == "" || slices.Contains(h.ReportForStudies, h.ReportForStudy) {
		return h.ReportForStudies
	}
	return append([]string{h.ReportForStudy}, h.ReportForStudies...)
}

// namesStudy tells whether a report names its images by a number.
func (h Held) namesStudy() bool { return len(h.studies()) > 0 || h.Accession != "" }

// number gives the number by which whoever made the images finds them.
func (h Held) number() string {
	if h.Accession == "" && len(h.OrderNumbers) > 0 {
		return h.OrderNumbers[0]
	}
	return h.Accession
}

// sameNumber compares the numbers of the order. Two accession numbers decide, unless
// two departments gave them: whoever takes in a disc from elsewhere gives it a number of
// their own. Of the other numbers only an equal one says something.
func sameNumber(report, images Held) (same, known bool) {
	a, b := plainNumber(report.Accession), plainNumber(images.Accession)
	if a != "" && b != "" {
		same, issuers := comparedIssuers(report, images)
		switch {
		case issuers && !same:
			return false, false
		case a == b:
			return true, true
		}
	}
	for _, x := range append([]string{report.Accession}, report.OrderNumbers...) {
		for _, y := range append([]string{images.Accession}, images.OrderNumbers...) {
			if n := plainNumber(x); n != "" && n == plainNumber(y) {
				return true, true
			}
		}
	}
	return false, a != "" && b != ""
}

// plainNumber is a number without what two systems write differently: signs, case and
// leading zeros.
func plainNumber(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
	return strings.TrimLeft(s, "0")
}

// sameIssuer tells whether the same place gave both numbers, as far as both say it.
func sameIssuer(a, b Held) bool {
	same, _ := comparedIssuers(a, b)
	return same && a.Accession != "" && b.Accession != ""
}

// comparedIssuers compares who gave two numbers. Only two OIDs can be told apart: a
// name and a URI may mean the same place.
func comparedIssuers(a, b Held) (same, known bool) {
	x, y := strings.TrimPrefix(strings.ToLower(a.AccessionIssuer), "urn:oid:"), strings.TrimPrefix(strings.ToLower(b.AccessionIssuer), "urn:oid:")
	if x == "" || y == "" {
		return false, false
	}
	if x == y {
		return true, true
	}
	oid := func(s string) bool { return strings.Contains(s, ".") && strings.Trim(s, "0123456789.") == "" }
	return false, oid(x) && oid(y)
}

// otherSide tells whether a report and images are of two different sides of the body.
func otherSide(a, b Held) bool {
	x, y := a.side(), b.side()
	return x != "" && y != "" && x != y && x != "B" && y != "B"
}

// side is the side that an entry says, else the one that its title speaks of alone.
func (h Held) side() string {
	if h.Laterality != "" {
		return h.Laterality
	}
	text := strings.ToLower(h.Description)
	left, right := saysOne(text, []string{"left", "izquierd"}), saysOne(text, []string{"right", "derech"})
	switch {
	case left && !right:
		return "L"
	case right && !left:
		return "R"
	}
	return ""
}

// mostNumbers is how many numbers of one text are taken.
const mostNumbers = 16

// numbersIn finds the numbers that a text itself calls accession numbers. A file of
// many pages may speak of many, so that none of them is the report's for certain.
func numbersIn(text string) []string {
	const word = "accession"
	var out []string
	for lower := strings.ToLower(text); len(out) < mostNumbers; {
		i := strings.Index(lower, word)
		if i < 0 || len(lower) != len(text) {
			break
		}
		text, lower = text[i+len(word):], lower[i+len(word):]
		head := lower[:min(len(lower), 80)]
		rest := strings.TrimLeft(head, " \t\n#:.-")
		for _, name := range []string{"number", "num", "no", "id"} {
			if after, ok := strings.CutPrefix(rest, name); ok && after != "" && strings.ContainsRune(" \t\n#:.-", rune(after[0])) {
				rest = strings.TrimLeft(after, " \t\n#:.-")
				break
			}
		}
		from := len(head) - len(rest)
		n := strings.IndexFunc(rest, func(r rune) bool { return r > 127 || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' })
		if n < 0 {
			n = len(rest)
		}
		found := strings.Trim(text[from:from+n], "-")
		if len(found) >= 4 && strings.ContainsAny(found, "0123456789") && !slices.Contains(out, found) {
			out = append(out, found)
		}
	}
	return out
}
