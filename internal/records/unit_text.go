package records

import (
	"regexp"
	"strings"
)

// UnitText gives a unit as people print it: "mmHg" for UCUM's "mm[Hg]", "°C" for
// "Cel", "10⁶/µL" for "10*6/uL". A unit with a part that is not known here stays as
// it was written: nothing is guessed. Codes and print symbols are from the Unified
// Code for Units of Measure (UCUM).
func UnitText(unit string) string {
	u := strings.TrimSpace(unit)
	if m := countUnit.FindStringSubmatch(u); m != nil {
		return strings.ReplaceAll(m[1], "_", " ")
	}
	var b strings.Builder
	for part := range unitPieces(u) {
		text, ok := printedPart(part)
		if !ok {
			return unit
		}
		b.WriteString(text)
	}
	return b.String()
}

// unitPieces cuts a unit at the signs between its parts, which are pieces too. A sign
// inside braces belongs to what the braces say.
func unitPieces(u string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		from, deep := 0, 0
		for i, c := range u {
			switch {
			case c == '{':
				deep++
			case c == '}':
				deep--
			case (c == '/' || c == '.') && deep == 0:
				if (i > from && !yield(u[from:i])) || !yield(u[i:i+1]) {
					return
				}
				from = i + 1
			}
		}
		if from < len(u) {
			yield(u[from:])
		}
	}
}

// printedPart gives the print of one part.
func printedPart(p string) (string, bool) {
	if m := tenTo.FindStringSubmatch(p); m != nil {
		return "10" + raised.Replace(m[1]), true
	}
	if i := strings.IndexByte(p, '{'); i > 0 && strings.HasSuffix(p, "}") {
		p = p[:i] // "mg{creat}": what is counted is said by the name of the test
	}
	text, ok := unitSymbols[p]
	if !ok && plainUnit.MatchString(p) {
		return p, true
	}
	return text, ok
}

var (
	countUnit = regexp.MustCompile(`^\{([^{}]+)\}$`)
	tenTo     = regexp.MustCompile(`^10[*^](\d{1,2})$`)
	raised    = strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")
	// plainUnit are units that are printed as UCUM writes them.
	plainUnit = regexp.MustCompile(`^(%|[numckdMG]?(g|L|l|mol|m|s|U|Pa|J|W|V|Hz|kat)|h|d|min|[nmk]?cal|fL|fmol|pg|pmol)$`)
)

// unitSymbols are the units that UCUM writes in another way than people print them.
var unitSymbols = map[string]string{
	"/": "/", ".": "·",
	"Cel": "°C", "[degF]": "°F", "mm[Hg]": "mmHg", "cm[H2O]": "cmH₂O",
	"[lb_av]": "lb", "[oz_av]": "oz", "[in_i]": "in", "[ft_i]": "ft",
	"[IU]": "IU", "[iU]": "IU", "k[IU]": "kIU", "m[IU]": "mIU", "u[IU]": "µIU",
	"m[iU]": "mIU", "u[iU]": "µIU", "uU": "µU", "k[iU]": "kIU",
	"uL": "µL", "ul": "µL", "ug": "µg", "umol": "µmol", "um": "µm", "us": "µs", "ukat": "µkat",
	"eq": "Eq", "meq": "mEq", "mosm": "mOsm", "m2": "m²", "m3": "m³", "cm2": "cm²", "cm3": "cm³",
	"{1.73_m2}": "1.73 m²", "mo": "month", "wk": "week", "a": "year", "[HPF]": "HPF", "[LPF]": "LPF", "[pH]": "pH",
	"deg": "°", "mL": "mL", "dL": "dL", "[drp]": "drop", "{count}": "count",
}
