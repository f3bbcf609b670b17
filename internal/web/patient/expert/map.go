package expert

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/expert"
	"consilium/internal/web"
)

// The drawn map: no tiles, nothing from elsewhere. North is up, the ZIP's centre is in
// the middle, each doctor stands in the true direction and at the true distance.

// The drawing is mapSide wide and high; the outer ring has the radius mapReach.
const (
	mapSide  = 400
	mapReach = 172
	dotRoom  = 27 // dots nearer than this are drawn as one
)

// mapView is the drawing.
type mapView struct {
	Title string
	Rings []ring
	Dots  []dot
}

// ring is a circle of equal distance.
type ring struct {
	R     int
	Label string
}

// dot is one or more doctors at a place.
type dot struct {
	X, Y, Wide int
	Label      string
}

// place is a doctor by the number in the list.
type place struct {
	N  int
	At expert.Centre
}

// scales are how far a drawing can reach, each with its inner ring, in miles.
var scales = [][2]int{{2, 1}, {5, 2}, {10, 5}, {25, 10}, {50, 25}, {100, 50}}

func drawMap(v *web.Visit, centre expert.Centre, places []place) *mapView {
	farthest := 0.0
	for _, p := range places {
		far, _ := away(centre, p.At)
		farthest = max(farthest, far)
	}
	i := slices.IndexFunc(scales, func(s [2]int) bool { return float64(s[0]) >= farthest })
	if i < 0 {
		i = len(scales) - 1
	}
	miles, inner := scales[i][0], scales[i][1]
	m := &mapView{Title: v.Say.N("expert.map.title", miles)}
	for _, r := range []int{inner, miles} {
		m.Rings = append(m.Rings, ring{R: mapReach * r / miles, Label: v.Say.N("expert.map.ring", r)})
	}
	type cluster struct {
		x, y float64
		ns   []int
	}
	var all []cluster
	for _, p := range places {
		far, way := away(centre, p.At)
		r := math.Min(far/float64(miles), 1) * mapReach
		x, y := mapSide/2+r*math.Sin(way), mapSide/2-r*math.Cos(way)
		i := slices.IndexFunc(all, func(c cluster) bool { return math.Hypot(c.x-x, c.y-y) < dotRoom })
		if i < 0 {
			all = append(all, cluster{x: x, y: y, ns: []int{p.N}})
		} else {
			all[i].ns = append(all[i].ns, p.N)
		}
	}
	for _, c := range all {
		d := dot{X: int(math.Round(c.x)), Y: int(math.Round(c.y)), Label: numbers(c.ns)}
		d.Wide = max(26, 12+8*len(d.Label))
		d.X = min(max(d.X, d.Wide/2), mapSide-d.Wide/2)
		m.Dots = append(m.Dots, d)
	}
	return m
}

// numbers writes 1, 2, 3, 7 as "1–3, 7".
func numbers(ns []int) string {
	var parts []string
	for i := 0; i < len(ns); {
		j := i
		for j+1 < len(ns) && ns[j+1] == ns[j]+1 {
			j++
		}
		switch {
		case j == i:
			parts = append(parts, strconv.Itoa(ns[i]))
		case j == i+1:
			parts = append(parts, strconv.Itoa(ns[i]), strconv.Itoa(ns[j]))
		default:
			parts = append(parts, strconv.Itoa(ns[i])+"–"+strconv.Itoa(ns[j]))
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// away gives the great-circle distance in miles and the bearing in radians from
// north, clockwise.
func away(from, to expert.Centre) (miles, bearing float64) {
	rad := math.Pi / 180
	a, b, dl := from.Lat*rad, to.Lat*rad, (to.Lon-from.Lon)*rad
	return from.MilesTo(to), math.Atan2(math.Sin(dl)*math.Cos(b), math.Cos(a)*math.Sin(b)-math.Sin(a)*math.Cos(b)*math.Cos(dl))
}

// compass is the direction by name: n, ne, e, se, s, sw, w, nw.
func compass(from, to expert.Centre) string {
	_, way := away(from, to)
	return []string{"n", "ne", "e", "se", "s", "sw", "w", "nw"}[(int(math.Round(way/(math.Pi/4)))+8)%8]
}
