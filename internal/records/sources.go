package records

import (
	"cmp"
	"slices"
	"strings"

	"consilium/internal/clinical"
)

// Filter narrows what a timeline shows; a zero field narrows nothing.
type Filter struct {
	Kind   clinical.Kind
	Source string // SHA-256 of a received file
	Year   string // "2026", or Undated
	Word   string // in the text, the value, the detail or who said it, whatever the case
}

// Undated is the year of what bears no date.
const Undated = "none"

// YearOf is the year that a date bears, Undated where it bears none.
func YearOf(date string) string {
	if len(date) < 4 || strings.Trim(date[:4], "0123456789") != "" {
		return Undated
	}
	return date[:4]
}

// Takes tells whether the filter shows a fact.
func (f Filter) Takes(a Agreed) bool {
	switch {
	case f.Kind != "" && a.Kind != f.Kind,
		f.Year != "" && YearOf(a.Date) != f.Year,
		f.Source != "" && !slices.ContainsFunc(a.Sources, func(w Witness) bool { return w.Top == f.Source }):
		return false
	}
	if f.Word == "" {
		return true
	}
	word := strings.ToLower(f.Word)
	for _, s := range []string{a.Text, a.Detail, a.Value, a.Who} {
		if strings.Contains(strings.ToLower(s), word) {
			return true
		}
	}
	return slices.ContainsFunc(a.Components, func(c clinical.Component) bool { return strings.Contains(strings.ToLower(c.Text+" "+c.Value), word) })
}

// Year is how much the records say of one year.
type Year struct {
	Year  string
	Count int
}

// Years counts what a filter shows by year, the newest first and the undated last. The
// filter's own year does not count.
func Years(all []Agreed, f Filter) []Year {
	f.Year = ""
	count := map[string]int{}
	for _, a := range all {
		if f.Takes(a) {
			count[YearOf(a.Date)]++
		}
	}
	out := make([]Year, 0, len(count))
	for y, n := range count {
		out = append(out, Year{y, n})
	}
	slices.SortFunc(out, func(a, b Year) int {
		if (a.Year == Undated) != (b.Year == Undated) {
			return map[bool]int{true: 1, false: -1}[a.Year == Undated]
		}
		return cmp.Compare(b.Year, a.Year)
	})
	return out
}

// Shown gives what a filter shows, the newest first.
func (f Filter) Shown(all []Agreed) []Agreed {
	var at []int
	for i := range all {
		if f.Takes(all[i]) {
			at = append(at, i)
		}
	}
	slices.SortFunc(at, func(i, j int) int {
		a, b := &all[i], &all[j]
		if c := laterFirst(a.Date, b.Date); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(rankOf(a.Kind), rankOf(b.Kind)), cmp.Compare(a.Text, b.Text), cmp.Compare(a.ID, b.ID))
	})
	out := make([]Agreed, len(at))
	for n, i := range at {
		out[n] = all[i]
	}
	return out
}

// laterFirst orders dates, and reads them only where their days do not tell.
func laterFirst(a, b string) int {
	full := func(s string) bool { return len(s) >= 10 && s[4] == '-' && s[7] == '-' && s[0] >= '0' && s[0] <= '9' }
	if full(a) && full(b) && a[:10] != b[:10] {
		return cmp.Compare(b[:10], a[:10])
	}
	if a == b {
		return 0
	}
	// What bears no date comes last here too.
	if ra, rb := clinical.ReadableDate(a), clinical.ReadableDate(b); ra != rb {
		return map[bool]int{true: -1, false: 1}[ra]
	}
	return clinical.CompareDates(b, a)
}
