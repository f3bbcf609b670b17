package records

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// dose is what can be compared of how a medicine is taken. The words themselves are
// what is shown: this only tells whether two of them surely differ.
type dose struct {
	amounts map[string][]string // unit to the amounts that are written with it
	perDay  *big.Rat            // how often in a day, nil where that is not plain
}

var (
	doseAmount = regexp.MustCompile(`([0-9]+(?:\.[0-9]+)?)(?:\s?-\s?([0-9]+(?:\.[0-9]+)?))?\s?(mg|mcg|g|ml|meq|units?|unt|iu|tablets?|tabs?|capsules?|caps?|puffs?|drops?|sprays?|patch(?:es)?)\b`)
	everyHours = regexp.MustCompile(`(?:every|q)\s?([0-9]+)\s?(?:h|hr|hrs|hours?)\b`)
	timesPer   = regexp.MustCompile(`\b([0-9]+) / ([0-9]+) (h|d)\b`)
	timesADay  = regexp.MustCompile(`\b([0-9]+|one|two|three|four|once|twice|thrice)(?: times?| x)? ?(?:a |per |each |every |/ ?)?(?:day|daily)\b`)
	latinTimes = map[string]int64{"bid": 2, "b.i.d.": 2, "tid": 3, "t.i.d.": 3, "qid": 4, "q.i.d.": 4, "qd": 1, "q.d.": 1}
	countWords = map[string]string{"one": "1", "two": "2", "three": "3", "four": "4", "once": "1", "twice": "2", "thrice": "3", "a": "1"}
	doseUnits  = map[string]string{"tabs": "tablet", "tab": "tablet", "tablets": "tablet", "caps": "capsule", "cap": "capsule", "capsules": "capsule", "puffs": "puff", "drops": "drop", "sprays": "spray", "patches": "patch", "units": "unit", "unt": "unit", "iu": "unit"}
)

// doseOf reads the amounts and how often, as far as they are plain.
func doseOf(text string) dose {
	s := strings.NewReplacer("µg", "mcg", "μg", "mcg", "ug", "mcg").Replace(fold(text))
	words := strings.Fields(s)
	for i, w := range words[:max(0, len(words)-1)] {
		if n := countWords[w]; n != "" && doseAmount.MatchString("1 "+words[i+1]) {
			words[i] = n
		}
	}
	s = strings.Join(words, " ")
	d := dose{amounts: map[string][]string{}}
	for _, m := range doseAmount.FindAllStringSubmatch(s, -1) {
		unit := m[3]
		if u := doseUnits[unit]; u != "" {
			unit = u
		}
		for _, n := range m[1:3] {
			if v, ok := new(big.Rat).SetString(n); n != "" && ok {
				d.amounts[unit] = append(d.amounts[unit], v.RatString())
			}
		}
	}
	d.perDay = oftenIn(s)
	return d
}

// oftenIn reads how often in a day. What leaves a choice, or speaks of other days, is
// not read.
func oftenIn(s string) *big.Rat {
	var found []*big.Rat
	if strings.Contains(s, "every other") || strings.Contains(s, "week") || strings.Contains(s, "month") || strings.Contains(s, "alternate") {
		return nil
	}
	number := func(n string) int64 {
		if c := countWords[n]; c != "" {
			n = c
		}
		v, ok := new(big.Int).SetString(n, 10)
		if !ok || !v.IsInt64() {
			return 0
		}
		return v.Int64()
	}
	add := func(a, b int64) {
		if a > 0 && b > 0 {
			found = append(found, big.NewRat(a, b))
		}
	}
	for _, m := range everyHours.FindAllStringSubmatch(s, -1) {
		add(24, number(m[1]))
	}
	for _, m := range timesPer.FindAllStringSubmatch(s, -1) {
		if m[3] == "h" {
			add(24*number(m[1]), number(m[2]))
		} else {
			add(number(m[1]), number(m[2]))
		}
	}
	for _, m := range timesADay.FindAllStringSubmatch(s, -1) {
		add(number(m[1]), 1)
	}
	for _, w := range strings.Fields(s) {
		add(latinTimes[strings.Trim(w, ",;()")], 1)
	}
	if len(found) == 0 && (within(s, "daily") || strings.Contains(s, "every day") || strings.Contains(s, "each day")) {
		add(1, 1)
	}
	for _, f := range found {
		if f.Cmp(found[0]) != 0 {
			return nil
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

func (d dose) known() bool { return len(d.amounts) > 0 || d.perDay != nil }

// differs tells whether two doses surely are not one: amounts of one unit of which
// none agrees, or another number of times in a day.
func (d dose) differs(o dose) bool {
	for unit, a := range d.amounts {
		if b := o.amounts[unit]; len(b) > 0 && !slices.ContainsFunc(a, func(n string) bool { return slices.Contains(b, n) }) {
			return true
		}
	}
	return d.perDay != nil && o.perDay != nil && d.perDay.Cmp(o.perDay) != 0
}
