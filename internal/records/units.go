package records

import (
	_ "embed"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
)

//go:embed substances.json
var substancesData []byte

// substance is one whose grams and moles can be reckoned into each other, and the
// tests of it in serum or plasma.
type substance struct {
	ID     string         `json:"id"`
	Note   string         `json:"note"`
	MadeOf map[string]int `json:"made_of"`
	Mass   []string       `json:"mass"`  // LOINC codes of tests that give grams
	Moles  []string       `json:"moles"` // and of those that give moles
	weight *big.Rat       // grams in a mole
}

// substances are read once. Only these are ever reckoned from grams into moles: what
// is not here gets a picture of its own for each unit.
var substances = func() []substance {
	var data struct {
		Weights    map[string]string
		Substances []substance
	}
	if err := json.Unmarshal(substancesData, &data); err != nil {
		panic("records: substances.json: " + err.Error()) // embedded: a test reads it at every build
	}
	for i, s := range data.Substances {
		sum := new(big.Rat)
		for element, n := range s.MadeOf {
			w, ok := new(big.Rat).SetString(data.Weights[element])
			if !ok {
				panic("records: substances.json: no weight of " + element)
			}
			sum.Add(sum, w.Mul(w, big.NewRat(int64(n), 1)))
		}
		data.Substances[i].weight = sum
	}
	return data.Substances
}()

// substanceOf finds the substance that a LOINC code measures.
func substanceOf(loinc string) (substance, bool) {
	i := slices.IndexFunc(substances, func(s substance) bool { return slices.Contains(s.Mass, loinc) || slices.Contains(s.Moles, loinc) })
	if i < 0 {
		return substance{}, false
	}
	return substances[i], true
}

// measure is a value as it was written, ready to be reckoned.
type measure struct {
	amount
	scale    *big.Rat // base units in one of its own
	sign     string   // "<", ">", "<=", ">=" where the laboratory gave no more than a limit
	decimals int      // digits behind the point, as written
	digits   int      // digits that say something
}

// measureOf reads a value such as "7.10" or "<0.01" with its unit.
func measureOf(value, unit string) (measure, bool) {
	var m measure
	s := strings.TrimSpace(value)
	for _, p := range []struct{ written, sign string }{{"<=", "<="}, {"≤", "<="}, {">=", ">="}, {"≥", ">="}, {"<", "<"}, {">", ">"}} {
		if rest, ok := strings.CutPrefix(s, p.written); ok {
			m.sign, s = p.sign, strings.TrimSpace(rest)
			break
		}
	}
	if !plainDecimal(s) {
		return m, false
	}
	a, ok := amountOf(s, unit)
	if !ok {
		return m, false
	}
	one, _ := scaleOf(unit)
	m.amount, m.scale = a, one.value
	whole, part, _ := strings.Cut(strings.TrimLeft(s, "+-"), ".")
	m.decimals = len(part)
	m.digits = len(strings.TrimLeft(whole+part, "0"))
	return m, true
}

// plainDecimal tells whether s is nothing but a decimal number: a telephone number or
// a date is none.
func plainDecimal(s string) bool {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+")
	whole, part, point := strings.Cut(s, ".")
	digits := func(t string) bool { return t != "" && strings.Trim(t, "0123456789") == "" }
	return digits(whole) && (!point || digits(part)) || whole == "" && digits(part)
}

// scaleOf is how many of the base unit one of a unit is.
func scaleOf(unit string) (amount, bool) { return amountOf("1", unit) }

// in gives the measure as a number of another unit. weight is that of a mole in grams,
// nil where it is not known. exact is false where it had to be rounded.
func (m measure) in(unit string, weight *big.Rat) (value *big.Rat, exact, ok bool) {
	to, ok := scaleOf(unit)
	if !ok {
		return nil, false, false
	}
	v := new(big.Rat).Quo(m.value, to.value)
	if m.of == to.of {
		return v, true, true
	}
	if weight == nil || weight.Sign() == 0 {
		return nil, false, false
	}
	switch {
	case strings.HasPrefix(m.of, "g/") && to.of == "mol/"+m.of[2:]:
		return v.Quo(v, weight), false, true
	case strings.HasPrefix(m.of, "mol/") && to.of == "g/"+m.of[4:]:
		return v.Mul(v, weight), false, true
	}
	return nil, false, false
}

// written gives a measure in another unit in as many digits as it was given with:
// "7.10" mg/dL is "0.0710" g/L. about is true where it had to be rounded.
func (m measure) written(unit string, weight *big.Rat) (text string, about, ok bool) {
	v, exact, ok := m.in(unit, weight)
	if !ok {
		return "", false, false
	}
	places := decimalsFor(v, max(m.digits, 2))
	if exact {
		to, _ := scaleOf(unit)
		places = max(0, m.decimals-powerOfTen(new(big.Rat).Quo(m.scale, to.value)))
	}
	return m.sign + v.FloatString(places), !exact, true
}

// powerOfTen is n where r is ten to the n: all scales of units are.
func powerOfTen(r *big.Rat) int {
	if r.IsInt() {
		return len(r.Num().String()) - 1
	}
	return 1 - len(r.Denom().String())
}

// decimalsFor is how many places show so many digits of v.
func decimalsFor(v *big.Rat, digits int) int {
	x := new(big.Rat).Abs(v)
	if x.Sign() == 0 {
		return 0
	}
	whole := len(new(big.Int).Quo(x.Num(), x.Denom()).String())
	if x.Cmp(big.NewRat(1, 1)) >= 0 {
		return max(0, digits-whole)
	}
	n := 0
	ten, one := big.NewRat(10, 1), big.NewRat(1, 1)
	for ; x.Cmp(one) < 0 && n < 60; n++ {
		x.Mul(x, ten)
	}
	return n - 1 + digits
}
