package directory

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"consilium/internal/expert"
)

func TestNamesAreComparedWithoutMarksAndSigns(t *testing.T) {
	for name, want := range map[string]string{
		"O'Brien": "OBRIEN", "o’brien": "OBRIEN", "García-Márquez": "GARCIA MARQUEZ", "St. Luke's  Clinic, L.L.C.": "ST LUKES CLINIC LLC", "Müller": "MULLER", "Straße": "STRASSE",
		"Łukasz Ørsted": "LUKASZ ORSTED", "A&B/C": "A B C", "": "", " . ' - ": "", "北京 Clinic": "北京 CLINIC", "x\xffy": "X Y", strings.Repeat("a", 90): strings.Repeat("A", 40),
	} {
		if got := strings.Join(cut(name), " "); got != want {
			t.Errorf("%q: %q, not %q", name, got, want)
		}
	}
}

func TestSimilarWordsAreThoseThatSlipsAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.StringMatching(`[ABC]{1,9}`)
		list := rapid.SliceOfNDistinct(letters, 1, 60, rapid.ID[string]).Draw(t, "list")
		slices.Sort(list)
		w := rapid.StringMatching(`[ABC]{4,10}`).Draw(t, "word")
		slips := rapid.IntRange(0, 2).Draw(t, "slips")
		n := newInterner()
		for _, s := range list {
			n.put([]byte(s))
		}
		f := file{}
		f.words, _ = readWords(n.encode())
		m := matcher{spans: f.similar(w, slips)}
		for i, s := range list {
			if want := slipsTo(w, s) <= slips; m.has(uint32(i)) != want {
				t.Fatalf("%s and %s by %d: %v, not %v (%v)", w, s, slips, !want, want, m.spans)
			}
		}
	})
}

func TestDistancesAreThoseOfTheHaversine(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	f := &file{}
	zips := someZIPs(rng, 3000)
	f.places = placesOf(zips)
	f.place()
	chords := make([]float64, len(f.places)+1)
	for range 300 {
		at := f.places[rng.IntN(len(f.places))]
		lat, lon, miles := at.lat+rng.Float64(), at.lon+rng.Float64(), []float64{1, 20, 300, 3000, 9000}[rng.IntN(5)]
		for i := range chords {
			chords[i] = -1
		}
		runs := f.circle(lat, lon, miles, chords)
		for z, p := range f.places {
			want := haversine(expert.Centre{Lat: lat, Lon: lon}, expert.Centre{Lat: p.lat, Lon: p.lon})
			in := slices.ContainsFunc(runs, func(r run) bool { return z >= r.lo && z < r.hi }) && chords[z] >= 0
			if in != (want <= miles) && max(want-miles, miles-want) > 1e-6 {
				t.Fatalf("%v miles from a circle of %v: in it %v", want, miles, in)
			}
			if in && max(want-milesOf(chords[z]), milesOf(chords[z])-want) > 1e-6 {
				t.Fatalf("%v miles, not %v", milesOf(chords[z]), want)
			}
		}
	}
}
