package records

import (
	"math/big"
	"strings"
)

// prefixes are the metric ones as UCUM writes them, by their power of ten.
var prefixes = map[string]int{"k": 3, "h": 2, "da": 1, "": 0, "d": -1, "c": -2, "m": -3, "u": -6, "µ": -6, "μ": -6, "n": -9, "p": -12, "f": -15}

// metric are the units that take a prefix in laboratory work; the same quantity is
// only compared within one of them: grams and moles are never reckoned into each
// other, for that takes to know the substance.
var metric = []string{"mol", "eq", "Eq", "IU", "g", "L", "l", "m", "U", "Pa", "J"}

// amount is a value in base units: comparable with another of the same dimension.
type amount struct {
	value *big.Rat
	of    string // dimension: "g/L", or the unit itself where it is not reckoned
}

// amountOf reads a plain decimal with a UCUM unit such as mg/dL or 10*3/uL. A value
// that is no decimal number is not reckoned.
func amountOf(value, unit string) (amount, bool) {
	v, ok := new(big.Rat).SetString(strings.TrimSpace(value))
	if !ok || len(value) > 40 || strings.ContainsAny(value, "/eEpPxX_") {
		return amount{}, false
	}
	unit = strings.NewReplacer("[IU]", "IU", "[iU]", "IU").Replace(strings.TrimSpace(unit))
	power, dims := 0, []string{}
	for i, part := range strings.Split(unit, "/") {
		p, dim := unitPart(part)
		if i > 0 {
			p = -p
		}
		power += p
		dims = append(dims, dim)
	}
	if power < -60 || power > 60 {
		return amount{}, false
	}
	ten := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(power, -power))), nil))
	if power < 0 {
		ten.Inv(ten)
	}
	return amount{v.Mul(v, ten), strings.Join(dims, "/")}, true
}

// unitPart gives the power of ten and the dimension of one side of a unit.
func unitPart(s string) (int, string) {
	s = strings.Trim(s, "[] ")
	if i := strings.IndexByte(s, '{'); i >= 0 {
		s = s[:i] // an annotation, such as {cells}
	}
	for _, ten := range []string{"10*", "10^", "x10^", "x10*", "x10E", "10e"} {
		if rest, ok := strings.CutPrefix(s, ten); ok && len(rest) > 0 && rest[0] >= '1' && rest[0] <= '9' {
			n := int(rest[0] - '0')
			rest = rest[1:]
			if len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9' {
				n, rest = n*10+int(rest[0]-'0'), rest[1:]
			}
			return n, strings.Trim(rest, ". ")
		}
	}
	switch s {
	case "K", "thou":
		return 3, ""
	case "cells", "cell":
		return 0, ""
	case "%":
		return 0, "%"
	case "min", "mo", "mm[Hg", "mmHg", "pH", "Cel", "degF":
		return 0, s
	}
	for _, u := range metric {
		if p, ok := strings.CutSuffix(s, u); ok {
			if n, ok := prefixes[p]; ok {
				switch u {
				case "l", "eq":
					u = strings.ToUpper(u[:1]) + u[1:]
				}
				return n, u
			}
		}
	}
	return 0, s
}

// sameAmount compares two values: the same quantity in two units is the same. known
// is false where they cannot be compared.
func sameAmount(value1, unit1, value2, unit2 string) (same, known bool) {
	a, ok1 := amountOf(value1, unit1)
	b, ok2 := amountOf(value2, unit2)
	if ok1 && ok2 {
		if a.of != b.of {
			return false, false
		}
		return a.value.Cmp(b.value) == 0, true
	}
	if ok1 != ok2 {
		return false, false
	}
	return fold(value1) == fold(value2) && fold(unit1) == fold(unit2), true
}

// fold makes two writings of one text alike: case and spaces.
func fold(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }
