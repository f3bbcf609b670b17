package sample

import (
	"math"
	"strings"

	"consilium/internal/directory"
)

// weighted is a taxonomy code with its part of a thousand. The order of the heads
// follows what NPPES counts: nurse practitioners, social workers, therapists and
// internists lead; the rest of NUCC shares what is left by Zipf's law.
type weighted struct {
	code string
	part float64
}

var peopleHead = []weighted{
	{"106S00000X", 70},
	{"363LF0000X", 48},
	{"207R00000X", 46},
	{"183500000X", 44},
	{"1041C0700X", 40},
	{"225100000X", 40},
	{"207Q00000X", 36},
	{"390200000X", 34},
	{"363A00000X", 30},
	{"101YM0800X", 30},
	{"163W00000X", 28},
	{"122300000X", 26},
	{"1223G0001X", 24},
	{"235Z00000X", 24},
	{"111N00000X", 20},
	{"225X00000X", 20},
	{"363L00000X", 18},
	{"208000000X", 17},
	{"103TC0700X", 15},
	{"207P00000X", 13},
	{"152W00000X", 12},
	{"2084P0800X", 12},
	{"207L00000X", 12},
	{"367500000X", 12},
	{"101YA0400X", 12},
	{"207V00000X", 10},
	{"2085R0202X", 9},
	{"208600000X", 8},
	{"207RC0000X", 8},
	{"207X00000X", 7},
	{"208D00000X", 7},
	{"363LP0808X", 7},
	{"171M00000X", 7},
	{"103K00000X", 7},
	{"225700000X", 7},
	{"207W00000X", 5},
	{"2084N0400X", 5},
	{"207RH0003X", 4.5},
	{"207RG0100X", 4.5},
	{"207RN0300X", 3.5},
	{"207RP1001X", 3.5},
	{"207N00000X", 4},
	{"208800000X", 3.2},
	{"207Y00000X", 3.2},
	{"207RX0202X", 1.2},
	{"2085R0001X", 1.6},
	{"207T00000X", 1.8},
	{"207ZP0102X", 3},
	{"207RE0101X", 2.5},
	{"207RR0500X", 2},
	{"208M00000X", 8},
	{"208100000X", 3},
	{"2086X0206X", 0.5},
	{"208G00000X", 1.2},
	{"208200000X", 2},
	{"207RI0200X", 2.4},
}

var bodyHead = []weighted{
	{"3336C0003X", 60},
	{"332B00000X", 55},
	{"251E00000X", 60},
	{"261QM0801X", 40},
	{"207Q00000X", 40},
	{"261QP2300X", 30},
	{"282N00000X", 25},
	{"261Q00000X", 30},
	{"193200000X", 35},
	{"193400000X", 35},
	{"225100000X", 30},
	{"1223G0001X", 45},
	{"314000000X", 28},
	{"207R00000X", 30},
	{"111N00000X", 30},
	{"251S00000X", 25},
	{"291U00000X", 20},
	{"3416L0300X", 18},
	{"253Z00000X", 22},
	{"261QR0400X", 12},
	{"320800000X", 12},
	{"261QU0200X", 12},
	{"152W00000X", 18},
	{"261QA1903X", 12},
}

// lotteries makes the two draws: heads first, all other codes behind them.
func lotteries(codes []directory.Code) (people, bodies lottery) {
	known := map[string]bool{}
	for _, c := range codes {
		known[c.Code] = true
	}
	draw := func(head []weighted, ours func(code string) bool) lottery {
		var names []string
		var weights []float64
		in := map[string]bool{}
		for _, h := range head {
			if len(codes) == 0 || known[h.code] {
				names, weights, in[h.code] = append(names, h.code), append(weights, h.part), true
			}
		}
		tail := 0
		for _, c := range codes {
			if !in[c.Code] && ours(c.Code) {
				tail++
				names, weights = append(names, c.Code), append(weights, 9/math.Pow(float64(tail)+3, 0.8))
			}
		}
		if len(names) == 0 {
			for _, h := range head {
				names, weights = append(names, h.code), append(weights, h.part)
			}
		}
		return newLottery(names, weights)
	}
	// NUCC gives organisations 25 to 34 and 193; all else are people's.
	isBody := func(code string) bool { return code >= "250" && code < "360" || strings.HasPrefix(code, "193") }
	people = draw(peopleHead, func(c string) bool { return !isBody(c) })
	bodies = draw(bodyHead, isBody)
	return people, bodies
}

// physician says whether a taxonomy is one of doctors of medicine or osteopathy.
func physician(code string) bool { return code[:2] == "20" }

// medicare says whether people of a taxonomy are in CMS Doctors and Clinicians.
func medicare(code string) bool {
	switch code[:3] {
	case "363", "367", "225", "104", "103", "152", "213", "111", "231", "235":
		return true
	}
	return physician(code)
}

// credential that somebody of a taxonomy writes behind the name.
func credential(code string, d *dice) string {
	switch code[:3] {
	case "363":
		if code[3] == 'A' {
			return "PA-C"
		}
		return "NP"
	case "122":
		return "D.D.S."
	case "183":
		return "PHARMD"
	case "104":
		return "LCSW"
	case "225":
		return "PT"
	case "111":
		return "D.C."
	case "152":
		return "O.D."
	case "163":
		return "RN"
	case "103":
		return "PH.D."
	case "367":
		return "CRNA"
	}
	if physician(code) {
		if d.chance(130) {
			return "D.O."
		}
		return [...]string{"M.D.", "MD", "M.D.", "MD", "M.D., PH.D."}[d.under(5)]
	}
	return ""
}
