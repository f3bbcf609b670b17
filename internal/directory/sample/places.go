package sample

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"consilium/internal/directory"
)

// state is a state or the District of Columbia: its people in thousands (Census of
// 2020, US Census Bureau), the first two digits of its hospitals' CMS numbers, and a
// ZIP code of its largest city for samples without a list.
type state struct {
	code   string
	people int
	cms    string
	zip    string
	city   string
}

var states = []state{
	{"AL", 5024, "01", "35801", "HUNTSVILLE"},
	{"AK", 733, "02", "99501", "ANCHORAGE"},
	{"AZ", 7152, "03", "85004", "PHOENIX"},
	{"AR", 3012, "04", "72201", "LITTLE ROCK"},
	{"CA", 39538, "05", "90012", "LOS ANGELES"},
	{"CO", 5774, "06", "80202", "DENVER"},
	{"CT", 3606, "07", "06604", "BRIDGEPORT"},
	{"DE", 990, "08", "19801", "WILMINGTON"},
	{"DC", 690, "09", "20001", "WASHINGTON"},
	{"FL", 21538, "10", "32202", "JACKSONVILLE"},
	{"GA", 10712, "11", "30303", "ATLANTA"},
	{"HI", 1455, "12", "96813", "HONOLULU"},
	{"ID", 1839, "13", "83702", "BOISE"},
	{"IL", 12813, "14", "60602", "CHICAGO"},
	{"IN", 6786, "15", "46204", "INDIANAPOLIS"},
	{"IA", 3190, "16", "50309", "DES MOINES"},
	{"KS", 2938, "17", "67202", "WICHITA"},
	{"KY", 4506, "18", "40202", "LOUISVILLE"},
	{"LA", 4658, "19", "70112", "NEW ORLEANS"},
	{"ME", 1362, "20", "04101", "PORTLAND"},
	{"MD", 6177, "21", "21201", "BALTIMORE"},
	{"MA", 7030, "22", "02108", "BOSTON"},
	{"MI", 10077, "23", "48226", "DETROIT"},
	{"MN", 5706, "24", "55401", "MINNEAPOLIS"},
	{"MS", 2961, "25", "39201", "JACKSON"},
	{"MO", 6155, "26", "64106", "KANSAS CITY"},
	{"MT", 1084, "27", "59101", "BILLINGS"},
	{"NE", 1962, "28", "68102", "OMAHA"},
	{"NV", 3105, "29", "89101", "LAS VEGAS"},
	{"NH", 1378, "30", "03101", "MANCHESTER"},
	{"NJ", 9289, "31", "07102", "NEWARK"},
	{"NM", 2118, "32", "87102", "ALBUQUERQUE"},
	{"NY", 20201, "33", "10001", "NEW YORK"},
	{"NC", 10439, "34", "28202", "CHARLOTTE"},
	{"ND", 779, "35", "58102", "FARGO"},
	{"OH", 11799, "36", "43215", "COLUMBUS"},
	{"OK", 3959, "37", "73102", "OKLAHOMA CITY"},
	{"OR", 4237, "38", "97204", "PORTLAND"},
	{"PA", 13003, "39", "19102", "PHILADELPHIA"},
	{"RI", 1097, "41", "02903", "PROVIDENCE"},
	{"SC", 5118, "42", "29401", "CHARLESTON"},
	{"SD", 887, "43", "57104", "SIOUX FALLS"},
	{"TN", 6911, "44", "37201", "NASHVILLE"},
	{"TX", 29146, "45", "77002", "HOUSTON"},
	{"UT", 3272, "46", "84101", "SALT LAKE CITY"},
	{"VT", 643, "47", "05401", "BURLINGTON"},
	{"VA", 8631, "49", "23451", "VIRGINIA BEACH"},
	{"WA", 7705, "50", "98101", "SEATTLE"},
	{"WV", 1794, "51", "25301", "CHARLESTON"},
	{"WI", 5894, "52", "53202", "MILWAUKEE"},
	{"WY", 577, "53", "82001", "CHEYENNE"},
}

// place is a ZIP code.
type place struct {
	zip, city string
	state     *state
}

// settle gives every ZIP its share of the ranks: the state's share of the people, and
// within it more where ZIP codes lie close together.
func (w *World) settle(zips []directory.ZIP) error {
	if len(zips) == 0 {
		for _, s := range states {
			zips = append(zips, directory.ZIP{Code: s.zip, City: s.city, State: s.code})
		}
	}
	const cell = 0.25 // degrees
	at := func(z directory.ZIP) [2]int {
		return [2]int{int(math.Floor(z.Lat / cell)), int(math.Floor(z.Lon / cell))}
	}
	crowd := map[[2]int]int{}
	for _, z := range zips {
		crowd[at(z)]++
	}
	byState := map[string][]directory.ZIP{}
	for _, z := range zips {
		byState[z.State] = append(byState[z.State], z)
	}
	total := 0
	for _, s := range states {
		if len(byState[s.code]) > 0 {
			total += s.people
		}
	}
	if total == 0 {
		return errNoZIPs
	}
	sum := 0.0
	for i := range states {
		s := &states[i]
		own := byState[s.code]
		if len(own) == 0 {
			continue
		}
		slices.SortFunc(own, func(a, b directory.ZIP) int { return cmp.Compare(a.Code, b.Code) })
		weights, all := make([]float64, len(own)), 0.0
		for i, z := range own {
			c := at(z)
			near := 0
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					near += crowd[[2]int{c[0] + dy, c[1] + dx}]
				}
			}
			d := dice{mix(w.seed ^ uint64(c[0]+1000)<<20 ^ uint64(c[1]+1000) ^ hash(z.Code))}
			weights[i] = float64(near) * (0.3 + 1.4*d.share())
			all += weights[i]
		}
		w.states = append(w.states, stretch{*s, uint32(sum * float64(w.n))})
		for i, z := range own {
			w.places = append(w.places, place{z.Code, strings.ToUpper(z.City), s})
			w.bounds = append(w.bounds, uint32(sum*float64(w.n)))
			sum += float64(s.people) / float64(total) * weights[i] / all
		}
	}
	return nil
}

func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// place of a rank.
func (w *World) place(rank uint32) *place { return &w.places[find(w.bounds, rank)] }

// perHospital is how many ranks share a hospital; a fifth of them or so work there.
const perHospital = 2048

// hospital is the number of the hospital around a rank.
func hospital(rank uint32) uint32 { return rank / perHospital }

// ccn is a hospital's CMS number: state and four digits.
func (w *World) ccn(buf []byte, hospital uint32) []byte {
	first := hospital * perHospital
	i := len(w.states) - 1
	for i > 0 && w.states[i].from > first {
		i--
	}
	buf = append(buf, w.states[i].state.cms...)
	return padded(buf, uint64(1+hospital-w.states[i].from/perHospital)%10_000, 4)
}

// padded appends a number with leading zeros.
func padded(buf []byte, n uint64, width int) []byte {
	for i, unit := 0, pow10(width-1); i < width; i, unit = i+1, unit/10 {
		buf = append(buf, byte('0'+n/unit%10))
	}
	return buf
}

func pow10(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}
