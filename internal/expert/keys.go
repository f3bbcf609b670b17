package expert

import (
	"bytes"
	"strings"
)

// AddressKey makes two spellings of one building the same: house number, street and
// the five digits of the ZIP code, without suite, floor and punctuation. It is ""
// where line 1 has no house number or the ZIP is missing, for then a town or a
// post-office box would look like a building.
func AddressKey(line1, zip string) string {
	return string(AppendAddressKey(nil, []byte(line1), []byte(zip)))
}

// AppendAddressKey is AddressKey without an allocation of its own: it appends the key,
// or nothing, to dst. A directory calls it for every row.
func AppendAddressKey(dst, line1, zip []byte) []byte {
	if len(zip) < 5 {
		return dst
	}
	for _, c := range zip[:5] {
		if c < '0' || c > '9' {
			return dst
		}
	}
	start := len(dst)
	if dst = appendStreet(dst, line1); len(dst) > start {
		dst = append(append(dst, ' '), zip[:5]...)
	}
	return dst
}

// appendStreet appends the words of an address that say which building it is.
func appendStreet(dst, line []byte) []byte {
	start := len(dst)
	skip := false // the last word was "suite": this one is its number
	for len(line) > 0 {
		var word []byte
		var room [24]byte
		if word, line = nextWord(room[:0], line); len(word) == 0 {
			continue
		}
		if long, ok := streets[string(word)]; ok {
			word = append(room[:0], long...)
		}
		if n, ok := numbers[string(word)]; ok {
			word = append(room[:0], n...)
		}
		switch {
		case skip:
			skip = false
		case within[string(word)]:
			skip = true
			if cut, ok := lastOrdinal(dst[start:]); ok && string(word) == "floor" {
				dst, skip = dst[:start+cut], false // "2nd floor"
			}
		default:
			if len(dst) == start && !hasDigit(word) {
				return dst
			}
			if len(dst) > start {
				dst = append(dst, ' ')
			}
			dst = append(dst, word...)
		}
	}
	return dst
}

// lastOrdinal tells where a last word such as 2nd begins, when it is not the first.
func lastOrdinal(words []byte) (at int, ok bool) {
	at = bytes.LastIndexByte(words, ' ')
	if at < 0 || words[at+1] < '0' || words[at+1] > '9' {
		return 0, false
	}
	switch last := words[at:]; string(last[len(last)-2:]) {
	case "st", "nd", "rd", "th":
		return at, true
	}
	return 0, false
}

// nextWord takes the letters and digits up to the next other sign, in lower case. The
// sign # stands for a suite. Apostrophes and full stops inside a word are dropped:
// "St." is "st", "O'Hara" is "ohara".
func nextWord(dst, line []byte) (word, rest []byte) {
	for i, c := range line {
		switch {
		case c >= 'A' && c <= 'Z':
			dst = append(dst, c+'a'-'A')
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 0x80:
			dst = append(dst, c)
		case c == '\'' || c == '.':
		case c == '#':
			if len(dst) > 0 {
				return dst, line[i:]
			}
			return append(dst, "suite"...), line[i+1:]
		default:
			return dst, line[i+1:]
		}
	}
	return dst, nil
}

func hasDigit(word []byte) bool { return bytes.ContainsAny(word, "0123456789") }

// within are the words after which stands a place inside a building.
var within = map[string]bool{"suite": true, "floor": true, "room": true, "unit": true, "apt": true, "apartment": true, "building": true, "department": true}

// numbers are house numbers and streets that are written both ways.
var numbers = map[string]string{
	"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
	"first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th", "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th",
}

// OrganizationKey makes two spellings of one practice the same: lower case, without
// punctuation and legal form, common short forms written out. A name of general words
// alone ("Family Medicine Associates") is borne by many practices, so that its key
// also holds the state. "" when nothing is left.
func OrganizationKey(name, state string) string {
	return string(AppendOrganizationKey(nil, []byte(name), []byte(state)))
}

// AppendOrganizationKey is OrganizationKey without an allocation of its own: it appends
// the key, or nothing, to dst.
func AppendOrganizationKey(dst, name, state []byte) []byte {
	start, telling := len(dst), false
	for len(name) > 0 {
		var word []byte
		var room [48]byte
		if word, name = nextWord(room[:0], name); len(word) == 0 || legalForms[string(word)] {
			continue
		}
		if long, ok := shortForms[string(word)]; ok {
			word = append(room[:0], long...)
		}
		telling = telling || !generalWords[string(word)]
		if len(dst) > start {
			dst = append(dst, ' ')
		}
		dst = append(dst, word...)
	}
	if len(dst) > start && !telling {
		if len(state) == 0 {
			return dst[:start]
		}
		dst = append(append(dst, ", "...), bytes.ToLower(state)...)
	}
	return dst
}

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

var (
	legalForms = set("the a an inc incorporated llc lc llp lp pc pllc pa apc apmc sc psc ltd limited corp corporation co company md mds do dba of and at for in")
	shortForms = map[string]string{
		"assoc": "associates", "assocs": "associates", "association": "associates", "ctr": "center", "centre": "center", "cntr": "center", "centers": "center",
		"med": "medical", "hosp": "hospital", "hospitals": "hospital", "univ": "university", "grp": "group", "svcs": "services", "service": "services", "svc": "services",
		"phys": "physicians", "physician": "physicians", "doctors": "physicians", "dept": "department", "inst": "institute", "clinics": "clinic", "st": "saint", "mt": "mount",
		"ortho": "orthopedic", "orthopaedic": "orthopedic", "orthopaedics": "orthopedic", "orthopedics": "orthopedic", "onc": "oncology", "hem": "hematology", "reg": "regional",
		"specialist": "specialists", "surg": "surgical", "paediatric": "pediatric", "paediatrics": "pediatric", "pediatrics": "pediatric",
	}
	generalWords = set("associates center medical hospital university group services physicians department institute clinic practice practices care health healthcare specialists specialist " +
		"surgical surgery surgeons family medicine internal general oncology hematology cancer orthopedic pediatric cardiology heart vascular neurology neurological neurosurgery brain spine pain eye ear nose throat " +
		"ent skin dermatology urology women womens obstetrics gynecology ob gyn obgyn radiology imaging pathology laboratory gastroenterology digestive endocrinology diabetes kidney nephrology pulmonary lung " +
		"rheumatology arthritis allergy asthma immunology infectious disease diseases psychiatry behavioral mental rehabilitation physical therapy regional county city community national american " +
		"primary urgent emergency private office offices specialty multispecialty consultants partners advanced comprehensive first")
)
