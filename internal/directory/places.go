package directory

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"consilium/internal/expert"
)

// bandHeight is the height of the bands in which ZIPs are kept, in degrees. Within a
// band they lie from west to east, so that a circle is one run of ZIPs in each band.
const bandHeight = 0.25

const bands = int(180/bandHeight) + 1

func band(lat float64) int { return int((lat + 90) / bandHeight) }

// place is where a ZIP lies.
type place struct {
	zip      uint32 // as a number
	state    uint8
	lat, lon float64
}

// placesOf puts ZIPs into the order of the file. Codes that are not five digits and
// points that are not on the earth are left out, and so is all but the first of a code.
func placesOf(zips []ZIP) []place {
	var out []place
	var had [100000]bool
	for _, z := range zips {
		n, ok := zipNumber(z.Code)
		if !ok || had[n] || !(math.Abs(z.Lat) <= 90 && math.Abs(z.Lon) <= 180) {
			continue
		}
		had[n] = true
		out = append(out, place{n, stateNumber(z.State), z.Lat, z.Lon})
	}
	slices.SortFunc(out, comparePlaces)
	return out
}

func comparePlaces(a, b place) int {
	return cmp.Or(cmp.Compare(band(a.lat), band(b.lat)), cmp.Compare(a.lon, b.lon), cmp.Compare(a.zip, b.zip))
}

// zipNumber reads five digits.
func zipNumber[T string | []byte](s T) (uint32, bool) {
	if len(s) != 5 {
		return 0, false
	}
	n := uint32(0)
	for i := range 5 {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + uint32(s[i]-'0')
	}
	return n, true
}

func encodePlaces(ps []place) []byte {
	out := make([]byte, 0, len(ps)*zipSize)
	for _, p := range ps {
		out = binary.LittleEndian.AppendUint32(out, p.zip)
		out = binary.LittleEndian.AppendUint32(out, uint32(p.state))
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(p.lat))
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(p.lon))
	}
	return out
}

func decodePlaces(b []byte) (ps []place, ok bool) {
	if len(b)%zipSize != 0 || len(b)/zipSize > math.MaxUint16-1 {
		return nil, false
	}
	for ; len(b) > 0; b = b[zipSize:] {
		state := binary.LittleEndian.Uint32(b[4:])
		p := place{binary.LittleEndian.Uint32(b), uint8(state), math.Float64frombits(u64(b, 1)), math.Float64frombits(u64(b, 2))}
		if p.zip > 99999 || state > uint32(len(states)) || !(math.Abs(p.lat) <= 90 && math.Abs(p.lon) <= 180) || len(ps) > 0 && comparePlaces(ps[len(ps)-1], p) >= 0 {
			return nil, false
		}
		ps = append(ps, p)
	}
	return ps, true
}

// point is a place on the unit sphere: the square of the chord between two grows with
// their distance, and costs neither sine nor root.
type point struct{ x, y, z float64 }

func pointOf(lat, lon float64) point {
	sa, ca := math.Sincos(lat * math.Pi / 180)
	so, co := math.Sincos(lon * math.Pi / 180)
	return point{ca * co, ca * so, sa}
}

// chord2 is the square of the chord: four times the haversine of the angle.
func (p point) chord2(q point) float64 {
	dx, dy, dz := p.x-q.x, p.y-q.y, p.z-q.z
	return dx*dx + dy*dy + dz*dz
}

// milesOf gives the great-circle distance that belongs to the square of a chord.
func milesOf(chord2 float64) float64 {
	return 2 * expert.EarthRadius * math.Asin(min(1, math.Sqrt(chord2)/2))
}

// chordOf is the other way round.
func chordOf(miles float64) float64 {
	if miles >= math.Pi*expert.EarthRadius {
		return 4
	}
	s := 2 * math.Sin(miles/(2*expert.EarthRadius))
	return s * s
}

// run is a run of ZIPs, from lo to before hi.
type run struct{ lo, hi int }

// circle gives the runs of ZIPs in which all those within miles of a point lie, and
// puts the square of each one's chord, or a negative number outside, into chords.
func (f *file) circle(lat, lon, miles float64, chords []float64) []run {
	var runs []run
	centre, limit := pointOf(lat, lon), chordOf(miles)
	angle := miles / expert.EarthRadius * 180 / math.Pi
	wide := 360.0 // degrees to the east and west that the circle reaches
	if lat+angle < 90 && lat-angle > -90 {
		wide = math.Asin(min(1, math.Sin(angle*math.Pi/180)/math.Cos(lat*math.Pi/180)))*180/math.Pi + 1e-9
	}
	first, last := band(max(-90, lat-angle-1e-9)), band(min(90, lat+angle+1e-9))
	for b := first; b <= last; b++ {
		from, to := f.bandStart[b], f.bandStart[b+1]
		if from == to {
			continue
		}
		if wide >= 180 {
			runs = f.within(runs, run{from, to}, centre, limit, chords)
			continue
		}
		// On both sides of the date line too.
		for _, turn := range [...]float64{-360, 0, 360} {
			lo, hi := lon+turn-wide, lon+turn+wide
			if hi < -180 || lo > 180 {
				continue
			}
			r := run{lo: from + f.before(from, to, lo)}
			r.hi = r.lo + f.until(r.lo, to, hi)
			runs = f.within(runs, r, centre, limit, chords)
		}
	}
	return runs
}

// before counts the ZIPs of from..to that lie west of a longitude; until counts those at
// it too.
func (f *file) before(from, to int, lon float64) int {
	n, _ := slices.BinarySearchFunc(f.places[from:to], lon, func(p place, l float64) int { return cmp.Compare(p.lon, l) })
	return n
}

func (f *file) until(from, to int, lon float64) int {
	n, _ := slices.BinarySearchFunc(f.places[from:to], lon, func(p place, l float64) int {
		if p.lon <= l {
			return -1
		}
		return 1
	})
	return n
}

// within measures a run and cuts off its ends that lie outside.
func (f *file) within(runs []run, r run, centre point, limit float64, chords []float64) []run {
	out := run{r.hi, r.lo}
	for z := r.lo; z < r.hi; z++ {
		c := f.points[z].chord2(centre)
		if c > limit {
			c = -1
		} else {
			out.lo, out.hi = min(out.lo, z), z+1
		}
		chords[z] = c
	}
	if out.lo >= out.hi {
		return runs
	}
	return append(runs, out)
}
