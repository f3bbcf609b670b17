package ui

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Chart draws one test over time, with its usual range as a band. It holds numbers as
// they are; only where a mark is drawn is rounded.
type Chart struct {
	Label string // what the picture shows, for those who cannot see it
	Unit  string
	// Points in any order. Without Linked they are a picture; with it each leads to its
	// source.
	Points []ChartPoint
	Linked bool
	Low    *big.Rat // of the usual range, nil where there is none
	High   *big.Rat
	Usual  string // names the band
	From   string // YYYY-MM-DD: where the line of time begins and ends; "" where the points do
	To     string
}

// ChartPoint is one value.
type ChartPoint struct {
	Date   string // as exact as it is known
	At     *big.Rat
	Said   string // "7.10 mmol/L, May 3, 2026"
	Marked bool   // out of range, as the laboratory says
	Limit  bool   // no more than a limit is known
	Href   string
}

// The drawing in its own units.
const (
	chartWide, chartHigh        = 640, 230
	chartLeft, chartRight       = 74, 626
	chartTop, chartBottom       = 16, 182
	mostDots, mostLinks, mostIn = 90, 40, 3
)

// plotted is a chart ready to be drawn.
type plotted struct {
	Line         string // points of the line
	Dots         []dot
	Ticks        []tick // of the values, X unused
	Times        []tick
	Band         bool
	BandY, BandH int
	Edges        []int
	Linked       bool
}

type dot struct {
	X, Y int
	ChartPoint
}

// Shape gives the corners of the mark of a value out of range.
func (d dot) diamond() string {
	x, y := d.X, d.Y
	return itoa(x) + "," + itoa(y-9) + " " + itoa(x+9) + "," + itoa(y) + " " + itoa(x) + "," + itoa(y+9) + " " + itoa(x-9) + "," + itoa(y)
}

// drawable tells whether there is a line to draw: two values of two days.
func (c Chart) drawable() bool {
	first := time.Time{}
	for _, p := range c.Points {
		w, ok := Event{Date: p.Date}.when()
		if !ok || p.At == nil {
			continue
		}
		if first.IsZero() {
			first = w
		} else if !w.Equal(first) {
			return true
		}
	}
	return false
}

// plot places everything.
func (c Chart) plot() plotted {
	type at struct {
		ChartPoint
		when  time.Time
		value float64
	}
	var ps []at
	lo, hi := math.Inf(1), math.Inf(-1)
	take := func(v float64) { lo, hi = min(lo, v), max(hi, v) }
	for _, p := range c.Points {
		if w, ok := (Event{Date: p.Date}).when(); ok && p.At != nil {
			v, _ := p.At.Float64()
			ps = append(ps, at{p, w, v})
			take(v)
		}
	}
	if len(ps) == 0 {
		return plotted{}
	}
	slices.SortStableFunc(ps, func(a, b at) int { return a.when.Compare(b.when) })
	from, to := ps[0].when, ps[len(ps)-1].when
	if w, ok := (Event{Date: c.From}).when(); ok && w.Before(from) {
		from = w
	}
	if w, ok := (Event{Date: c.To}).when(); ok && w.After(to) {
		to = w
	}
	// A range far away from the values would press them flat: its near edge is enough.
	spread := max(hi-lo, math.Abs(hi)*0.1)
	for _, r := range []*big.Rat{c.Low, c.High} {
		if r != nil {
			if v, _ := r.Float64(); v > lo-3*spread && v < hi+3*spread {
				take(v)
			}
		}
	}
	ticks, bottom, top := valueTicks(lo, hi)
	x := func(w time.Time) int {
		if !to.After(from) {
			return (chartLeft + chartRight) / 2
		}
		return chartLeft + int(float64(chartRight-chartLeft)*w.Sub(from).Hours()/to.Sub(from).Hours())
	}
	y := func(v float64) int {
		v = min(max(v, bottom), top)
		return chartBottom - int(math.Round(float64(chartBottom-chartTop)*(v-bottom)/(top-bottom)))
	}
	d := plotted{Linked: c.Linked && len(ps) <= mostLinks}
	for _, t := range ticks {
		d.Ticks = append(d.Ticks, tick{Y: y(t.at), Label: t.label})
	}
	d.Times = timeTicks(from, to, x)
	if c.Low != nil || c.High != nil {
		yTop, yBottom := chartTop, chartBottom
		if c.High != nil {
			v, _ := c.High.Float64()
			yTop = y(v)
			if v <= top && v >= bottom {
				d.Edges = append(d.Edges, yTop)
			}
		}
		if c.Low != nil {
			v, _ := c.Low.Float64()
			yBottom = y(v)
			if v <= top && v >= bottom {
				d.Edges = append(d.Edges, yBottom)
			}
		}
		d.Band, d.BandY, d.BandH = yBottom > yTop, yTop, yBottom-yTop
	}
	// Of very many values those that would lie on one another are drawn once, the least
	// and the greatest of each place.
	var line []string
	last, inPlace := dot{X: -1}, 0
	for _, p := range ps {
		n := dot{x(p.when), y(p.value), p.ChartPoint}
		if n.X == last.X {
			inPlace++
		} else {
			inPlace = 0
		}
		if len(ps) <= mostDots || inPlace < mostIn {
			line = append(line, itoa(n.X)+","+itoa(n.Y))
		}
		if len(ps) <= mostDots || p.Marked && inPlace < mostIn && len(d.Dots) < 4*mostDots {
			d.Dots = append(d.Dots, n)
		}
		last = n
	}
	d.Line = strings.Join(line, " ")
	return d
}

type valueTick struct {
	at    float64
	label string
}

// valueTicks gives three to six round values that hold lo and hi, and where the drawing
// begins and ends.
func valueTicks(lo, hi float64) (ticks []valueTick, bottom, top float64) {
	span := hi - lo
	if span <= 0 {
		span = max(math.Abs(hi)*0.2, 1e-6)
		if hi == 0 {
			span = 1
		}
		lo, hi = lo-span/2, hi+span/2
	}
	power := int(math.Floor(math.Log10(span / 3)))
	unit := math.Pow10(power)
	step := 10 * unit
	for _, m := range []float64{1, 2, 5} {
		if span/(m*unit) <= 4.5 {
			step = m * unit
			break
		}
	}
	first, end := math.Floor(lo/step), math.Ceil(hi/step)
	places := max(0, -power)
	for i := first; i <= end && len(ticks) < 12; i++ {
		ticks = append(ticks, valueTick{i * step, strconv.FormatFloat(i*step, 'f', places, 64)})
	}
	return ticks, first * step, end * step
}

// timeTicks names the years of a long line of time, and the months of a short one.
func timeTicks(from, to time.Time, x func(time.Time) int) []tick {
	var out []tick
	years := to.Year() - from.Year()
	if years >= 2 {
		step := years/6 + 1
		for y := from.Year() + 1; y <= to.Year(); y += step {
			out = append(out, tick{X: x(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)), Label: strconv.Itoa(y)})
		}
		return out
	}
	months := years*12 + int(to.Month()) - int(from.Month())
	step := months/6 + 1
	for m := time.Date(from.Year(), from.Month()+1, 1, 0, 0, 0, 0, time.UTC); !m.After(to); m = m.AddDate(0, step, 0) {
		out = append(out, tick{X: x(m), Label: m.Format("1/2006")})
	}
	return out
}
