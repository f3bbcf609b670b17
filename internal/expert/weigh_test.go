package expert

import (
	"testing"

	"pgregory.net/rapid"
)

var weights = Weights{
	Specialty: 40, Volume: 20, Experience: 10, Distance: 20, Telehealth: 5, Teaching: 5,
	Second: 600, Neutral: 400, FullVolume: 500, FullYears: 15, Year: 2026, Reach: 100,
}

func TestTheBestOfAllIsOneAndTheUnknownIsNeutral(t *testing.T) {
	best := Measures{Match: 2, Miles: 0, Services: 500, Patients: 90, Graduated: 2000, Teaching: true, Telehealth: true}
	if got := weights.Score(best); got != 1000 {
		t.Error(got)
	}
	if got := weights.Score(Measures{Match: 2, Miles: -1, Services: -1}); got != (40*1000+60*400)/100 {
		t.Error(got)
	}
	none := Weights{}
	if got := none.Score(Measures{Miles: -1}); got != 0 {
		t.Error(got)
	}
	for name, worse := range map[string]func(*Measures){
		"a further field": func(m *Measures) { m.Match = 1 }, "60 miles": func(m *Measures) { m.Miles = 60 }, "fewer services": func(m *Measures) { m.Services = 100 },
		"three years": func(m *Measures) { m.Graduated = 2023 }, "no teaching hospital": func(m *Measures) { m.Teaching = false }, "no video": func(m *Measures) { m.Telehealth = false },
	} {
		m := best
		worse(&m)
		if got := weights.Score(m); got >= 1000 || got < 700 {
			t.Errorf("%s: %d", name, got)
		}
	}
}

func drawMeasures(t *rapid.T) Measures {
	return Measures{
		Match: rapid.IntRange(0, 2).Draw(t, "match"), Miles: rapid.Float64Range(-1, 5000).Draw(t, "miles"), Services: rapid.IntRange(-1, 1<<40).Draw(t, "services"),
		Graduated: rapid.OneOf(rapid.Just(0), rapid.IntRange(1930, 2040)).Draw(t, "graduated"), Teaching: rapid.Bool().Draw(t, "teaching"), Telehealth: rapid.Bool().Draw(t, "telehealth"),
	}
}

func TestNothingIsWorseForHavingDoneMoreOrBeingNearer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMeasures(t)
		score, ready := weights.Score(m), weights.Ready()
		if again := ready.Score(m); again != score {
			t.Fatalf("%d when ready, %d before", again, score)
		}
		if score < 0 || score > 1000 {
			t.Fatalf("%d", score)
		}
		for name, better := range map[string]func(*Measures){
			"more services": func(m *Measures) { m.Services += rapid.IntRange(0, 1000).Draw(t, "more") },
			"nearer":        func(m *Measures) { m.Miles = max(min(m.Miles, 0), m.Miles/2) },
			"the main field": func(m *Measures) {
				if m.Match > 0 {
					m.Match = 2
				}
			},
			"a teaching hospital": func(m *Measures) { m.Teaching = true },
			"video":               func(m *Measures) { m.Telehealth = true },
			"no volume known at all": func(m *Measures) {
				if m.Services < 0 {
					m.Services = 1 // the least that is known is not less than nothing known
				}
			},
		} {
			other := m
			better(&other)
			if got := weights.Score(other); got < score {
				t.Fatalf("%s: %d fell to %d", name, score, got)
			}
		}
	})
}

func TestAPartWithoutAShareChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, m := weights, drawMeasures(t)
		w.Volume = 0
		if rapid.Bool().Draw(t, "ready") {
			w = w.Ready()
		}
		other := m
		other.Services = rapid.IntRange(-1, 1<<30).Draw(t, "other")
		if w.Score(m) != w.Score(other) {
			t.Fatal("a part without a share counted")
		}
	})
}

func BenchmarkScore(b *testing.B) {
	m := Measures{Match: 2, Miles: 12.5, Services: 120, Graduated: 2011}
	b.ReportAllocs()
	sum, w := 0, weights.Ready()
	for b.Loop() {
		m.Services = (m.Services + 7) & 1023
		sum += w.Score(m)
	}
	if sum == 0 {
		b.Fatal("nothing was weighed")
	}
}
