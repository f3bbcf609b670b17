package clinical

import (
	"sort"
	"strings"
	"time"
)

// Event is one line of the timeline: a fact at its date, with its source.
type Event struct {
	Date   string `json:"date"` // as precise as it was given; "" when unknown
	End    string `json:"end,omitempty"`
	Kind   Kind   `json:"kind"`
	Text   string `json:"text"`
	Fact   string `json:"fact"` // the fact's id
	Source Source `json:"source"`
}

// Timeline orders standing facts by date, oldest first. A partial date stands
// before any fuller date within it ("2020" before "2020-05" before "2020-05-03"),
// instants are compared as moments in time, and facts without a readable date come
// last. Facts of the same date keep the order of Kinds, then of their text, so
// that the same facts always give the same timeline.
func Timeline(facts []Fact) []Event {
	type keyed struct {
		key  dateKey
		kind int
		e    Event
	}
	order := map[Kind]int{}
	for i, k := range Kinds() {
		order[k] = i
	}
	list := make([]keyed, 0, len(facts))
	for _, f := range Standing(facts) {
		list = append(list, keyed{
			keyOf(f.Date), order[f.Kind],
			Event{Date: f.Date, End: f.End, Kind: f.Kind, Text: f.Text, Fact: f.ID, Source: f.Source},
		})
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if c := a.key.compare(b.key); c != 0 {
			return c < 0
		}
		if a.kind != b.kind {
			return a.kind < b.kind
		}
		if a.e.Text != b.e.Text {
			return a.e.Text < b.e.Text
		}
		return a.e.Fact < b.e.Fact
	})
	events := make([]Event, len(list))
	for i, k := range list {
		events[i] = k.e
	}
	return events
}

// dateKey places a date of any precision: the day as written, then the moment. A day
// as far as it is known stands before every fuller one within it, as "2020" does before
// "2020-05" among letters.
type dateKey struct {
	known  bool
	day    string // "2020", "2020-05" or "2020-05-03"
	moment time.Time
}

func keyOf(date string) dateKey {
	day, known := dayOf(date)
	if !known {
		return dateKey{}
	}
	return dateKey{known, day, momentOf(date)}
}

// dayOf gives the day of a date, as far as it is known. Of an instant it is the local
// day, as written by the person who wrote it.
func dayOf(date string) (string, bool) {
	n := len(date)
	if n > 10 && date[10] == 'T' {
		n = 10
	}
	if n != len(date) && n != 10 || n != 4 && n != 7 && n != 10 {
		return "", false
	}
	year, ok := digits(date[:4])
	if !ok {
		return "", false
	}
	if n >= 7 {
		month, ok := digits(date[5:7])
		if !ok || date[4] != '-' || month < 1 || month > 12 {
			return "", false
		}
		if n == 10 {
			day, ok := digits(date[8:10])
			if !ok || date[7] != '-' || day < 1 || day > daysIn(year, month) {
				return "", false
			}
		}
	}
	return date[:n], true
}

func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

func daysIn(year, month int) int {
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

// momentOf gives the moment of an instant, the zero time of anything else.
func momentOf(date string) time.Time {
	if len(date) <= 10 || date[10] != 'T' {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, date); err == nil {
			return t
		}
	}
	return time.Time{}
}

func (a dateKey) compare(b dateKey) int {
	switch {
	case a.known != b.known:
		if a.known {
			return -1
		}
		return 1
	case a.day != b.day:
		return strings.Compare(a.day, b.day)
	}
	return a.moment.Compare(b.moment)
}

// CompareDates orders two dates of any precision as Timeline does: negative when
// a is earlier, positive when later. A date that cannot be read comes last. The moments
// are read only where the days are the same.
func CompareDates(a, b string) int {
	if a == b {
		return 0
	}
	x, xKnown := dayOf(a)
	y, yKnown := dayOf(b)
	switch {
	case xKnown != yKnown:
		if xKnown {
			return -1
		}
		return 1
	case !xKnown:
		return 0
	case x != y:
		return strings.Compare(x, y)
	}
	return momentOf(a).Compare(momentOf(b))
}

// ReadableDate tells whether s is a date of a precision that records may give.
func ReadableDate(s string) bool {
	_, known := dayOf(s)
	return known
}
