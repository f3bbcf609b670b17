package contract

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Date is a day of the calendar without a time or a place. The zero Date means
// unknown. Dates can be compared with == and used as map keys.
type Date struct {
	year  int
	month time.Month
	day   int
}

var errDate = errors.New(`not a date; write it as YYYY-MM-DD, such as "2026-11-22"`)

// ParseDate reads YYYY-MM-DD and refuses a day that no calendar has (2026-02-30).
func ParseDate(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return Date{}, errDate
	}
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		if digits(s[:4]) && digits(s[5:7]) && digits(s[8:]) {
			return Date{}, errors.New("no calendar has this day")
		}
		return Date{}, errDate
	}
	if t.Year() < 1800 || t.Year() > 2400 {
		return Date{}, errors.New("the year must be between 1800 and 2400")
	}
	return DateOf(t), nil
}

func digits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// MustDate is ParseDate for dates written in code.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic("contract: " + s + ": " + err.Error())
	}
	return d
}

// DateOf is the calendar day of an instant, in the instant's own place.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// IsZero tells whether the date is unknown.
func (d Date) IsZero() bool { return d == Date{} }

// Time is midnight of the day in UTC.
func (d Date) Time() time.Time { return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC) }

// Year, Month and Day are the parts.
func (d Date) Year() int { return d.year }

// Month of the year.
func (d Date) Month() time.Month { return d.month }

// Day of the month, from 1.
func (d Date) Day() int { return d.day }

// Weekday of the date.
func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }

// String is YYYY-MM-DD, or nothing for the unknown date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, int(d.month), d.day)
}

// Before tells whether d comes earlier than e.
func (d Date) Before(e Date) bool { return d.compare(e) < 0 }

// After tells whether d comes later than e.
func (d Date) After(e Date) bool { return d.compare(e) > 0 }

func (d Date) compare(e Date) int {
	a := d.year*10000 + int(d.month)*100 + d.day
	b := e.year*10000 + int(e.month)*100 + e.day
	return a - b
}

// AddDays counts calendar days, backwards when n is negative.
func (d Date) AddDays(n int) Date { return DateOf(d.Time().AddDate(0, 0, n)) }

// DaysUntil counts calendar days from d to e.
func (d Date) DaysUntil(e Date) int { return int(e.Time().Sub(d.Time()).Hours() / 24) }

// AgeOn is the number of whole years from a birth date d to a day. Someone born
// on 29 February turns on 1 March in other years.
func (d Date) AgeOn(on Date) int {
	n := on.year - d.year
	if on.month < d.month || on.month == d.month && on.day < d.day {
		n--
	}
	return n
}

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD; nothing is the unknown date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err == nil {
		*d = v
	}
	return err
}

// Money is an amount of US dollars in whole cents. It is written "283.00".
type Money int64

var errMoney = errors.New(`not an amount; write dollars and two decimals in quotes, such as "283.00"`)

// ParseMoney reads dollars with exactly two decimals, up to a hundred billion.
func ParseMoney(s string) (Money, error) {
	body, negative := strings.CutPrefix(s, "-")
	whole, cents, ok := strings.Cut(body, ".")
	if !ok || len(cents) != 2 || !digits(whole) || !digits(cents) || len(whole) > 12 {
		return 0, errMoney
	}
	if len(whole) > 1 && whole[0] == '0' {
		return 0, errMoney
	}
	n, err := strconv.ParseInt(whole+cents, 10, 64)
	if err != nil {
		return 0, errMoney
	}
	if negative {
		n = -n
	}
	return Money(n), nil
}

// String is dollars with two decimals and no sign of currency: "283.00".
func (m Money) String() string { return hundredths(int64(m), 2) }

// MarshalText writes "283.00".
func (m Money) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads "283.00".
func (m *Money) UnmarshalText(b []byte) error {
	v, err := ParseMoney(string(b))
	if err == nil {
		*m = v
	}
	return err
}

// Percent is a share in hundredths of one percent: 2000 is "20", 1250 is "12.5".
type Percent int64

var errPercent = errors.New(`not a percentage; write it in quotes without a sign, such as "20" or "12.5"`)

// ParsePercent reads 0 to 100 with at most two decimals.
func ParsePercent(s string) (Percent, error) {
	whole, part, dot := strings.Cut(s, ".")
	if !digits(whole) || len(whole) > 3 || dot && (!digits(part) || len(part) > 2) {
		return 0, errPercent
	}
	n, _ := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	if n > 10000 {
		return 0, errors.New("a percentage is between 0 and 100")
	}
	return Percent(n), nil
}

// String is the shortest writing: "20", "12.5".
func (p Percent) String() string {
	return strings.TrimSuffix(strings.TrimRight(hundredths(int64(p), 2), "0"), ".")
}

// MarshalText writes "20".
func (p Percent) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads "20".
func (p *Percent) UnmarshalText(b []byte) error {
	v, err := ParsePercent(string(b))
	if err == nil {
		*p = v
	}
	return err
}

func hundredths(n int64, places int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%0*d", sign, n/100, places, n%100)
}
