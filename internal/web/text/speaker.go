package text

import (
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Speaker says things in one language.
type Speaker struct {
	words *Words
	lang  string
}

// Lang gives the language as a BCP 47 tag: "en" or "es".
func (s Speaker) Lang() string { return s.lang }

// Has tells whether there is a text for this key.
func (s Speaker) Has(key string) bool { _, ok := s.words.byLang[s.lang][key]; return ok }

// T gives the text of a key. Pairs are name and value, in turn: T("x", "name",
// "Ana") puts Ana where the text says {name}. A key that nobody wrote is shown as
// ⟦key⟧ and recorded in Missing.
func (s Speaker) T(key string, pairs ...string) string {
	t, ok := s.words.byLang[s.lang][key]
	if !ok {
		s.words.lacks(s.lang, key)
		return "⟦" + key + "⟧"
	}
	if len(pairs) < 2 {
		return t
	}
	// One pass, so that a value that happens to hold "{name}" stays as typed.
	r := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		r = append(r, "{"+pairs[i]+"}", pairs[i+1])
	}
	return strings.NewReplacer(r...).Replace(t)
}

// N gives the text of key.one or key.other, by how many, with {n} replaced by the
// number. Both languages say "one" for exactly 1.
func (s Speaker) N(key string, n int, pairs ...string) string {
	form := ".other"
	if n == 1 {
		form = ".one"
	}
	return s.T(key+form, append([]string{"n", s.Number(int64(n))}, pairs...)...)
}

// Number writes a whole number with a comma between thousands, as both languages
// do in the United States.
func (s Speaker) Number(n int64) string {
	d := strconv.FormatInt(n, 10)
	sign := ""
	if d[0] == '-' {
		sign, d = "-", d[1:]
	}
	for i := len(d) - 3; i > 0; i -= 3 {
		d = d[:i] + "," + d[i:]
	}
	return sign + d
}

// Date writes out a date of the records: "2026-11-22" becomes "November 22, 2026"
// or "22 de noviembre de 2026". A month alone ("2026-11"), a year alone and an
// instant (its date) work too; what is no date is given back as it is.
func (s Speaker) Date(iso string) string {
	if len(iso) > 10 && iso[10] == 'T' {
		iso = iso[:10]
	}
	p := strings.Split(iso, "-")
	for _, n := range p {
		if _, err := strconv.Atoi(n); err != nil {
			return iso
		}
	}
	if len(p) == 0 || len(p) > 3 || len(p[0]) != 4 {
		return iso
	}
	if len(p) == 1 {
		return p[0]
	}
	if !s.Has("month." + p[1]) {
		return iso
	}
	month := s.T("month." + p[1])
	if len(p) == 2 {
		return s.T("date.month", "month", month, "year", p[0])
	}
	day, _ := strconv.Atoi(p[2])
	return s.T("date.full", "day", strconv.Itoa(day), "month", month, "year", p[0])
}

// Day writes out a whole date with its weekday: "2026-12-01" becomes "Tuesday,
// December 1, 2026" or "martes, 1 de diciembre de 2026". What is no whole date is
// written as Date writes it.
func (s Speaker) Day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return s.Date(iso)
	}
	return s.T("date.day", "weekday", s.T("weekday."+strconv.Itoa(int(t.Weekday()))), "date", s.Date(iso))
}

// Money writes US dollars from a decimal text: "1283.5" becomes "$1,283.50". What
// is no amount is given back as it is. Half a cent is rounded up.
func (s Speaker) Money(amount string) string {
	r, ok := new(big.Rat).SetString(amount)
	if !ok || strings.ContainsAny(amount, "eE/") {
		return amount
	}
	t := r.FloatString(2)
	sign := ""
	if strings.HasPrefix(t, "-") {
		sign, t = "-", t[1:]
	}
	whole, cents, _ := strings.Cut(t, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + "$" + whole + "." + cents
}

// Bytes writes a size so that a person can compare it: "312 KB", "1.4 GB"
// (thousands, as file managers and phones show them).
func (s Speaker) Bytes(n int64) string {
	if n < 1000 {
		return s.N("bytes", int(n))
	}
	f, units := float64(n), []string{"KB", "MB", "GB", "TB"}
	u := -1
	// 999.95 and more would round to "1000.0": step up first.
	for f >= 999.95 && u < len(units)-1 {
		f /= 1000
		u++
	}
	dec := 1
	if u == 0 || f >= 99.95 {
		dec = 0
	}
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', dec, 64), ".0") + " " + units[u]
}
