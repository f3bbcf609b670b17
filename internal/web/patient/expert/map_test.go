package expert

import (
	"math"
	"testing"

	"consilium/internal/expert"
)

func TestTheMapHasTrueDistancesAndDirections(t *testing.T) {
	san := expert.Centre{Lat: 32.8037, Lon: -117.1664}
	for _, c := range []struct {
		to    expert.Centre
		miles float64
		way   string
	}{
		{san, 0, "n"},
		{expert.Centre{Lat: san.Lat + 1, Lon: san.Lon}, 69.09, "n"},
		{expert.Centre{Lat: san.Lat - 1, Lon: san.Lon}, 69.09, "s"},
		{expert.Centre{Lat: san.Lat, Lon: san.Lon + 0.5}, 29.04, "e"},
		{expert.Centre{Lat: san.Lat, Lon: san.Lon - 0.5}, 29.04, "w"},
		{expert.Centre{Lat: san.Lat + 0.42, Lon: san.Lon + 0.5}, 41.1, "ne"},
		{expert.Centre{Lat: 34.1140, Lon: -118.1930}, 108.2, "nw"}, // Los Angeles
	} {
		miles, _ := away(san, c.to)
		if math.Abs(miles-c.miles) > c.miles*0.005+0.01 || compass(san, c.to) != c.way {
			t.Errorf("%v: %.2f miles %s, not %.2f %s", c.to, miles, compass(san, c.to), c.miles, c.way)
		}
	}
}

func TestNumbersAtOnePlaceAreWrittenShort(t *testing.T) {
	for want, ns := range map[string][]int{"1": {1}, "1, 2": {1, 2}, "1–3": {1, 2, 3}, "1–3, 7": {1, 2, 3, 7}, "1, 2, 5–9": {1, 2, 5, 6, 7, 8, 9}} {
		if got := numbers(ns); got != want {
			t.Errorf("%v is written %q, not %q", ns, got, want)
		}
	}
}
