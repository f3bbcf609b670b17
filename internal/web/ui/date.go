package ui

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"consilium/internal/fault"
)

// ParseDate reads a DateField that was posted: name-month, name-day and name-year.
// It gives "YYYY-MM-DD", or "" when all three are empty, or a fault on the field
// that says which part to mend. A month may also be typed by name in English or
// Spanish, whole or its first three letters.
func ParseDate(form url.Values, name string) (string, *fault.Fault) {
	m, d, y := part(form, name, "month"), part(form, name, "day"), part(form, name, "year")
	if m == "" && d == "" && y == "" {
		return "", nil
	}
	wrong := func(key string) (string, *fault.Fault) {
		return "", fault.New(fault.Invalid, "form.date."+key).On(name)
	}
	month, ok := monthOf(m)
	if !ok {
		return wrong("month")
	}
	day, err := strconv.Atoi(d)
	if err != nil || day < 1 || day > 31 || len(d) > 2 {
		return wrong("day")
	}
	year, err := strconv.Atoi(y)
	if err != nil || len(y) != 4 || year < 1800 {
		return wrong("year")
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day || int(t.Month()) != month {
		return wrong("real")
	}
	return t.Format(time.DateOnly), nil
}

// NeedDate is ParseDate for a date that must be there.
func NeedDate(form url.Values, name string) (string, *fault.Fault) {
	s, f := ParseDate(form, name)
	if f == nil && s == "" {
		return "", fault.New(fault.Invalid, "form.date.required").On(name)
	}
	return s, f
}

// SetDate puts a stored "YYYY-MM-DD" into the three inputs of a DateField; what is
// no date leaves them empty.
func SetDate(form url.Values, name, iso string) {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return
	}
	form.Set(name+"-month", strconv.Itoa(int(t.Month())))
	form.Set(name+"-day", strconv.Itoa(t.Day()))
	form.Set(name+"-year", t.Format("2006"))
}

// part gives one of the three inputs, without blanks round it.
func part(form url.Values, name, which string) string {
	return strings.TrimSpace(form.Get(name + "-" + which))
}

var months = map[string]int{
	"jan": 1, "ene": 1, "feb": 2, "mar": 3, "apr": 4, "abr": 4, "may": 5, "jun": 6, "jul": 7,
	"aug": 8, "ago": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12, "dic": 12,
}

// monthOf reads a month as a number or by the first three letters of its name.
func monthOf(s string) (int, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return n, n >= 1 && n <= 12 && len(s) <= 2
	}
	s = strings.ToLower(s)
	if len(s) < 3 {
		return 0, false
	}
	n, ok := months[s[:3]]
	return n, ok
}

// itoa writes a small number into an id or a text.
func itoa(n int) string { return strconv.Itoa(n) }
