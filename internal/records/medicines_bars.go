package records

import (
	"cmp"
	"slices"
	"time"

	"consilium/internal/clinical"
)

// BarEdge is what is known of an end of a bar.
type BarEdge string

// A bar begins or ends on a written day, on one that nobody wrote, or has no end yet.
const (
	EdgeDated  BarEdge = "dated"
	EdgeUnsaid BarEdge = "unsaid"
	EdgeOpen   BarEdge = "open"
)

// MedicineBar is a time for which the records speak of a medicine. What several say of
// times that meet, and that end alike, is one bar.
type MedicineBar struct {
	State MedicineState
	Start string // as written, as exact as it is known
	End   string
	From  BarEdge // unsaid: it was taken on Start, and began nobody knows when
	To    BarEdge // unsaid: it is over, and no more is known than that it was taken on Start
	Said  []int   // which sayings, as places in Medicine.Said
}

// MedicineMark is a single day.
type MedicineMark struct {
	State MedicineState // given or dispensed
	Date  string
	Said  []int
}

// drawn gives the times of all sayings. What was planned, not taken or withdrawn is
// never drawn.
func drawn(said []MedicineSaid) (bars []MedicineBar, marks []MedicineMark) {
	for i, s := range said {
		switch s.State {
		case MedicineTaking, MedicineOver, MedicinePaused, MedicineUnclear:
			if b, ok := barOf(s); ok {
				b.Said = []int{i}
				bars = append(bars, b)
			}
		case MedicineGiven, MedicineDispensed:
			marks = addMark(marks, i, s)
		}
	}
	bars = meeting(bars)
	slices.SortStableFunc(marks, func(a, b MedicineMark) int { return clinical.CompareDates(a.Date, b.Date) })
	return bars, marks
}

func addMark(marks []MedicineMark, i int, s MedicineSaid) []MedicineMark {
	if !clinical.ReadableDate(s.Date) {
		return marks
	}
	for j, m := range marks {
		if m.State == s.State && day(m.Date) == day(s.Date) {
			marks[j].Said = append(marks[j].Said, i)
			return marks
		}
	}
	return append(marks, MedicineMark{s.State, day(s.Date), []int{i}})
}

// barOf gives the time of one saying, false where it bears no day.
func barOf(s MedicineSaid) (MedicineBar, bool) {
	start, end := readableOr(s.Date), readableOr(s.End)
	b := MedicineBar{State: s.State, Start: start, End: end, From: EdgeDated, To: EdgeDated}
	switch {
	case start == "" && end == "":
		return b, false
	case start == "":
		b.Start, b.From = end, EdgeUnsaid
		return b, true
	case s.Evidence == clinical.Listed:
		b.From = EdgeUnsaid
	}
	first, _, _ := span(start)
	_, last, _ := span(end)
	switch {
	case end != "" && !last.Before(first):
	case s.State == MedicineTaking:
		b.End, b.To = "", EdgeOpen
	default:
		b.End, b.To = "", EdgeUnsaid // nobody wrote it, or a day before its start
	}
	return b, true
}

func readableOr(date string) string {
	if !clinical.ReadableDate(date) {
		return ""
	}
	return day(date)
}

// Days are the first and the last day that a bar can mean.
func (b MedicineBar) Days() (from, to time.Time) {
	from, to, _ = span(b.Start)
	switch b.To {
	case EdgeOpen:
		to = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	case EdgeDated:
		_, to, _ = span(b.End)
	}
	return from, to
}

// meeting makes one bar of those that meet, stand alike and end alike.
func meeting(bars []MedicineBar) []MedicineBar {
	slices.SortStableFunc(bars, func(a, b MedicineBar) int {
		x, xx := a.Days()
		y, yy := b.Days()
		return cmp.Or(x.Compare(y), xx.Compare(yy), cmp.Compare(a.From, b.From), cmp.Compare(len(b.Start), len(a.Start)), cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.State, b.State))
	})
	var out []MedicineBar
	last := map[[2]string]int{} // of each sort the one that reaches farthest
	for _, b := range bars {
		sort := [2]string{string(b.State), string(b.To)}
		from, to := b.Days()
		i, had := last[sort]
		if had {
			_, reach := out[i].Days()
			if !from.After(reach) {
				out[i].Said = append(out[i].Said, b.Said...)
				if b.To == EdgeDated && (to.After(reach) || to.Equal(reach) && len(b.End) > len(out[i].End)) {
					out[i].End = b.End
				}
				continue
			}
		}
		last[sort] = len(out)
		out = append(out, b)
	}
	for i := range out {
		slices.Sort(out[i].Said)
	}
	return out
}
