package records

import (
	"math"
	"slices"
	"strconv"
	"time"

	"consilium/internal/records"
	"consilium/internal/web"
)

// medicineScale is the line of time that all the bars of the page share.
type medicineScale struct {
	from, to, today time.Time
	ticks           []stripTick
}

// medicineStrip is the picture of one medicine. Places on the line of time are parts
// of its width, so that the words in it stay as large on a phone; heights are pixels.
type medicineStrip struct {
	Label string
	High  int
	Floor int // where the years stand
	Today string
	Ticks []stripTick
	Bars  []stripBar
	Dots  []stripDot
}

type stripTick struct {
	X     string
	Text  string // where its word stands
	Label string
}

type stripBar struct {
	Y, MidY  int
	X, W     string // all of it: what can be meant
	SureX    string // of which so much is certain
	SureW    string
	Open     string // where the mark of an open end stands, "" where it ends
	Class    string
	Said     string
	Href     string
	Disputed bool
}

type stripDot struct {
	X     string
	Y     int
	Class string
	Said  string
	Href  string
}

// The strip in pixels.
const (
	barHigh, barRow = 14, 24
	axisHigh        = 24
	mostBars        = 80
	mostDots        = 120
	leastWide       = 0.8 // of a hundred: what is shorter could not be seen
	mostYears       = 110 // what lies farther back is drawn at the edge
)

// scaleOf finds the line of time of these medicines: from the first day that any of
// them bears to a little after today.
func scaleOf(all []records.Medicine, today string) medicineScale {
	now, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return medicineScale{}
	}
	s := medicineScale{from: now.AddDate(-1, 0, 0), to: now, today: now}
	oldest, farthest := now.AddDate(-mostYears, 0, 0), now.AddDate(2, 0, 0)
	take := func(from, to time.Time) {
		if from.Before(s.from) && from.After(oldest) {
			s.from = from
		}
		if to.After(s.to) && to.Before(farthest) {
			s.to = to
		}
	}
	for _, m := range all {
		for _, b := range m.Bars {
			take(b.Days())
		}
		for _, k := range m.Marks {
			take(records.MedicineBar{Start: k.Date}.Days())
		}
	}
	s.to = s.to.Add(s.to.Sub(s.from) / 20) // room for the mark of what has no end
	s.ticks = s.years()
	return s
}

// years names the years, at most six of them; where there are less than three, months.
func (s medicineScale) years() []stripTick {
	var out []stripTick
	add := func(at time.Time, label string) {
		if p := s.part(at); p > 3 && p < 97 {
			out = append(out, stripTick{percent(p), percent(p), label})
		}
	}
	years := s.to.Year() - s.from.Year()
	if years >= 3 {
		step := years/6 + 1
		for y := s.from.Year() + 1; y <= s.to.Year(); y += step {
			add(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), strconv.Itoa(y))
		}
		return out
	}
	months := years*12 + int(s.to.Month()) - int(s.from.Month())
	step := months/5 + 1
	for m := time.Date(s.from.Year(), s.from.Month()+1, 1, 0, 0, 0, 0, time.UTC); m.Before(s.to); m = m.AddDate(0, step, 0) {
		add(m, m.Format("1/2006"))
	}
	return out
}

// part is where a day lies on the line, from 0 to 100.
func (s medicineScale) part(t time.Time) float64 {
	whole := s.to.Sub(s.from).Hours()
	if whole <= 0 {
		return 0
	}
	return min(max(100*t.Sub(s.from).Hours()/whole, 0), 100)
}

func percent(p float64) string {
	return strconv.FormatFloat(math.Round(p*100)/100, 'f', -1, 64) + "%"
}

// strip draws one medicine: bars that would lie on each other stand in rows, and days
// on which it was given or handed over in a row of their own.
func (s medicineScale) strip(v *web.Visit, x medicineView) medicineStrip {
	d := medicineStrip{Ticks: s.ticks, Today: percent(s.part(s.today))}
	var lanes []float64 // where each row is free again
	for _, b := range x.Bars[:min(len(x.Bars), mostBars)] {
		bar, from, to := s.bar(b)
		lane := 0
		for lane < len(lanes) && lanes[lane] > from && lane < 5 {
			lane++
		}
		if lane == len(lanes) {
			lanes = append(lanes, 0)
		}
		lanes[lane] = to + 0.3
		bar.Y = 4 + lane*barRow
		bar.MidY = bar.Y + barHigh/2
		bar.Said, bar.Href = saidTogether(v, x, b.Said)
		d.Bars = append(d.Bars, bar)
	}
	rows := len(lanes)
	if len(x.Marks) > 0 {
		last := -1.0
		for _, k := range x.Marks {
			from, _ := records.MedicineBar{Start: k.Date}.Days()
			p := s.part(from)
			if p-last < 0.4 && len(d.Dots) > 20 || len(d.Dots) == mostDots {
				continue // it would lie on the one before; the table has it
			}
			last = p
			dot := stripDot{X: percent(p), Y: 4 + rows*barRow + barHigh/2, Class: "meds-" + string(k.State)}
			dot.Said, dot.Href = saidTogether(v, x, k.Said)
			d.Dots = append(d.Dots, dot)
		}
		rows++
	}
	if rows == 0 {
		return medicineStrip{}
	}
	d.Floor = 4 + rows*barRow
	d.High = d.Floor + axisHigh
	d.Label = v.Say.T("records.medicines.picture", "what", x.Title, "state", v.Say.T("records.medicines.state."+string(x.State)))
	return d
}

// bar places one bar: all the days that can be meant, and of those the certain ones.
func (s medicineScale) bar(b records.MedicineBar) (bar stripBar, from, to float64) {
	first, last := b.Days()
	_, startLast := records.MedicineBar{Start: b.Start}.Days()
	from, to = s.part(first), s.part(last.AddDate(0, 0, 1))
	sureFrom, sureTo := from, to
	if startLast.After(first) { // known to the month or the year alone
		sureFrom = s.part(startLast)
	}
	switch b.To {
	case records.EdgeOpen:
		to = max(s.part(s.today), from+leastWide)
		sureTo = to
		bar.Open = percent(min(to, 97))
	case records.EdgeDated:
		if endFirst, _ := (records.MedicineBar{Start: b.End}).Days(); endFirst.AddDate(0, 0, 1).Before(last) {
			sureTo = s.part(endFirst)
		}
	case records.EdgeUnsaid:
		to = min(max(to, from+leastWide)+3, 100) // it went on, nobody wrote how long
		sureTo = from + leastWide
	}
	if b.From == records.EdgeUnsaid {
		from = max(0, from-3)
	}
	if to < from+leastWide {
		to = from + leastWide
	}
	if b.Start == b.End && b.From == records.EdgeUnsaid {
		sureFrom, sureTo = to-leastWide, to
	}
	bar.X, bar.W = percent(from), percent(to-from)
	if sureTo > sureFrom {
		bar.SureX, bar.SureW = percent(sureFrom), percent(max(sureTo-sureFrom, leastWide))
	}
	bar.Class = "meds-" + string(b.State)
	return bar, from, to
}

// saidTogether names what a mark stands for, and where it stands.
func saidTogether(v *web.Visit, x medicineView, said []int) (label, href string) {
	first := x.Said[said[0]]
	label = x.Title + ", " + evidenceOf(v.Say, first.Evidence) + ": " + whenOf(v.Say, first)
	var names []string
	for _, i := range said {
		for _, w := range x.Said[i].Sources {
			if href == "" {
				href = witnessLink(v, w).Href
			}
			if len(names) < mostFiles && !slices.Contains(names, w.Name) {
				names = append(names, w.Name)
			}
		}
	}
	for _, n := range names {
		label += ", " + n
	}
	return label, href
}
