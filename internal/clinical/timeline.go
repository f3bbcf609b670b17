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

// dateKey places a date of any precision: the day as written, then how precise it
// is, then the moment.
type dateKey struct {
	known  bool
	day    string // padded: "2020-00-00", "2020-05-00", "2020-05-03"
	moment time.Time
}

func keyOf(date string) dateKey {
	switch {
	case len(date) == 4 && parses("2006", date):
		return dateKey{known: true, day: date + "-00-00"}
	case len(date) == 7 && parses("2006-01", date):
		return dateKey{known: true, day: date + "-00"}
	case len(date) == 10 && parses("2006-01-02", date):
		return dateKey{known: true, day: date}
	case len(date) > 10 && date[10] == 'T' && parses("2006-01-02", date[:10]):
		// The day is the local day, as written by the person who wrote it.
		k := dateKey{known: true, day: date[:10]}
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
			if t, err := time.Parse(layout, date); err == nil {
				k.moment = t
				break
			}
		}
		return k
	}
	return dateKey{}
}

func parses(layout, s string) bool {
	_, err := time.Parse(layout, s)
	return err == nil
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
// a is earlier, positive when later. A date that cannot be read comes last.
func CompareDates(a, b string) int { return keyOf(a).compare(keyOf(b)) }

// ReadableDate tells whether s is a date of a precision that records may give.
func ReadableDate(s string) bool { return keyOf(s).known }
