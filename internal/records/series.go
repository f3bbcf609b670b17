package records

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"consilium/internal/clinical"
)

// Series is all that the records say of one test over time, in one unit: what one
// picture can show. Values that cannot be reckoned into one unit are series of their
// own.
type Series struct {
	ID     string // id of the oldest fact of it: it says nothing of the test
	Name   string // as the records write it most often
	LOINC  string
	Unit   string // in which it is drawn; "" where the records give none
	Mixed  bool   // some values were written in another unit
	Points []Point
	Low    *big.Rat // of the newest usual range in this unit, nil where there is none
	High   *big.Rat
	Range  string // the same as it stands in the record
	Ranges int    // how many different usual ranges the records give
	Out    int    // how many values the laboratories marked
	Note   string // how grams and moles were reckoned, "" where they were not
}

// Point is one value of one moment, with every place that says it.
type Point struct {
	Date    string
	Value   string // as written, with its sign: "<0.01"
	Unit    string // as written
	As      string // in the unit of the series, where that is another one
	About   bool   // As is rounded
	At      *big.Rat
	Limit   string // "<" or ">" where the value is only a limit
	Flag    string // the laboratory's own mark
	Marked  bool   // out of the usual range, as the laboratory says
	Range   string
	Who     string
	Sources []Witness
}

// Worded is a test of which the records give words and no numbers.
type Worded struct {
	Name   string
	Points []Point
}

// Trends gives every test as series over time, those with marked values first, then
// those with most values; and beside them the tests that are told in words.
func Trends(facts []Agreed) ([]Series, []Worded) {
	t := trends{tests: map[string]*test{}, words: map[string]*Worded{}}
	for _, f := range facts {
		if f.Kind != clinical.Result {
			continue
		}
		t.add(f, f.Text, f.Codes, f.Value, f.Unit, f.Range)
		for _, c := range f.Components {
			name := c.Text
			if name == "" {
				name = f.Text
			}
			t.add(f, name, c.Codes, c.Value, c.Unit, c.Range)
		}
	}
	var all []Series
	for _, key := range t.order {
		all = append(all, t.tests[key].series()...)
	}
	slices.SortStableFunc(all, func(a, b Series) int {
		return cmp.Or(cmp.Compare(min(1, b.Out), min(1, a.Out)), cmp.Compare(len(b.Points), len(a.Points)), cmp.Compare(fold(a.Name), fold(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	var worded []Worded
	for _, key := range t.worded {
		w := t.words[key]
		sortPoints(w.Points)
		worded = append(worded, *w)
	}
	slices.SortStableFunc(worded, func(a, b Worded) int { return cmp.Compare(fold(a.Name), fold(b.Name)) })
	return all, worded
}

type trends struct {
	tests  map[string]*test
	order  []string
	words  map[string]*Worded
	worded []string
}

// test is one thing that is measured, in whatever units.
type test struct {
	loinc  string
	sub    substance
	names  map[string]int
	points []measured
}

type measured struct {
	Point
	m    measure
	fact string
}

func (t *trends) add(f Agreed, name string, codes []clinical.Code, value, unit, usual string) {
	value = strings.TrimSpace(value)
	if value == "" {
		return
	}
	p := Point{Date: f.Date, Value: value, Unit: strings.TrimSpace(unit), Range: usual, Flag: f.Flag, Marked: marked(f.Fact), Who: f.Who, Sources: f.Sources}
	key := codeKey(clinical.Fact{Text: name, Codes: codes})
	loinc, _ := strings.CutPrefix(key, "http://loinc.org|")
	if loinc == key {
		loinc = ""
	}
	m, ok := measureOf(value, unit)
	if !ok {
		w := t.words[key]
		if w == nil {
			w = &Worded{Name: name}
			t.words[key] = w
			t.worded = append(t.worded, key)
		}
		w.Points = append(w.Points, p)
		return
	}
	sub, _ := substanceOf(loinc)
	if sub.ID != "" {
		key = "substance|" + sub.ID // grams and moles of it are one test
	}
	x := t.tests[key]
	if x == nil {
		x = &test{loinc: loinc, sub: sub, names: map[string]int{}}
		t.tests[key] = x
		t.order = append(t.order, key)
	}
	x.names[name]++
	p.Limit = strings.TrimSuffix(m.sign, "=")
	x.points = append(x.points, measured{p, m, f.ID})
}

// series parts the values of a test by what can be reckoned into one unit: the unit
// of the newest value is that of the picture.
func (x *test) series() []Series {
	slices.SortStableFunc(x.points, func(a, b measured) int {
		return cmp.Or(clinical.CompareDates(a.Date, b.Date), cmp.Compare(a.fact, b.fact))
	})
	left := x.points
	var out []Series
	for len(left) > 0 {
		unit := left[len(left)-1].Unit
		s := Series{Name: x.name(), LOINC: x.loinc, Unit: unit}
		var rest []measured
		molar := false
		for _, p := range left {
			at, exact, ok := p.m.in(unit, x.sub.weight)
			if !ok {
				rest = append(rest, p)
				continue
			}
			p.At = at
			if p.Unit != unit {
				if text, about, ok := p.m.written(unit, x.sub.weight); ok && !(text == p.Value && !about) {
					p.As, p.About = text, about
				}
				s.Mixed = true
			}
			molar = molar || !exact
			if p.Marked {
				s.Out++
			}
			if s.ID == "" {
				s.ID = p.fact
			}
			s.Points = append(s.Points, p.Point)
		}
		if molar {
			s.Note = x.sub.ID
		}
		s.usual(x.sub.weight)
		out = append(out, s)
		left = rest
	}
	if len(out) > 1 { // two series of one fact id would be one address
		seen := map[string]bool{}
		for i := range out {
			for seen[out[i].ID] {
				out[i].ID += "x"
			}
			seen[out[i].ID] = true
		}
	}
	return out
}

// name is the way in which the test is written most often.
func (x *test) name() string {
	best := ""
	for n, count := range x.names {
		if best == "" || count > x.names[best] || count == x.names[best] && n < best {
			best = n
		}
	}
	return best
}

// usual takes the newest usual range that the records give.
func (s *Series) usual(weight *big.Rat) {
	seen := map[string]bool{}
	for i := len(s.Points) - 1; i >= 0; i-- {
		p := s.Points[i]
		if p.Range == "" {
			continue
		}
		seen[fold(p.Range+" "+p.Unit)] = true
		if s.Range != "" {
			continue
		}
		low, high, unit, ok := readRange(p.Range)
		if !ok {
			continue
		}
		if unit == "" {
			unit = p.Unit
		}
		if a := limitIn(low, unit, s.Unit, weight); a != nil {
			s.Low, s.Range = a, p.Range
		}
		if b := limitIn(high, unit, s.Unit, weight); b != nil {
			s.High, s.Range = b, p.Range
		}
	}
	s.Ranges = len(seen)
}

func limitIn(value, unit, to string, weight *big.Rat) *big.Rat {
	if value == "" {
		return nil
	}
	m, ok := measureOf(value, unit)
	if !ok {
		return nil
	}
	v, _, ok := m.in(to, weight)
	if !ok {
		return nil
	}
	return v
}

// readRange reads a usual range as laboratories write it: "3.5 - 5.0", "3.5-5.0
// mmol/L", "< 200", ">= 60". What says more than that is not read.
func readRange(s string) (low, high, unit string, ok bool) {
	s = strings.TrimSpace(strings.NewReplacer("–", "-", "—", "-", " to ", " - ").Replace(s))
	s = strings.TrimSuffix(strings.TrimPrefix(s, "("), ")")
	for _, p := range []struct {
		sign string
		low  bool
	}{{"<=", false}, {">=", true}, {"≤", false}, {"≥", true}, {"<", false}, {">", true}} {
		if rest, is := strings.CutPrefix(s, p.sign); is {
			n, unit := numberFirst(strings.TrimSpace(rest))
			if n == "" || !unitLike(unit) {
				return "", "", "", false
			}
			if p.low {
				return n, "", unit, true
			}
			return "", n, unit, true
		}
	}
	low, rest := numberFirst(s)
	if low == "" {
		return "", "", "", false
	}
	between, rest1 := "", rest
	if i := strings.Index(rest, "-"); i >= 0 {
		between, rest1 = strings.TrimSpace(rest[:i]), strings.TrimSpace(rest[i+1:])
	} else {
		return "", "", "", false
	}
	high, unit = numberFirst(rest1)
	if high == "" || between != "" && between != unit || !unitLike(unit) {
		return "", "", "", false
	}
	return low, high, unit, true
}

// numberFirst parts a decimal number from what follows it.
func numberFirst(s string) (number, rest string) {
	i := 0
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.' || i == 0 && s[i] == '-') {
		i++
	}
	if !plainDecimal(s[:i]) {
		return "", s
	}
	return s[:i], strings.TrimSpace(s[i:])
}

// unitLike tells a unit from a sentence.
func unitLike(s string) bool { return len(s) <= 20 && !strings.ContainsAny(s, ";:,()") }

func sortPoints(ps []Point) {
	slices.SortStableFunc(ps, func(a, b Point) int { return clinical.CompareDates(a.Date, b.Date) })
}
