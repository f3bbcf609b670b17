package expert

import "math/bits"

// Measures are what bears on the fit, as numbers, so that a whole country can be
// weighed without a word being read.
type Measures struct {
	Match      int     // 2 the primary specialty fits, 1 another one, 0 none was asked for
	Miles      float64 // from the centre; below 0: not known
	Services   int     // of the asked HCPCS codes; below 0: no volume known
	Patients   int     // of the same
	Graduated  int     // year, 0 unknown
	Teaching   bool    // affiliated with a teaching hospital, where the file says so
	Telehealth bool
}

// Weights are the shares of the fit and the scales of its parts, from the rules (topic
// expert_fit). A share of 0 leaves its part out. Fame is no part of it.
type Weights struct {
	Specialty, Volume, Experience, Distance, Telehealth, Teaching int

	Second     int     // thousandths that a further specialty is worth, the primary being 1000
	Neutral    int     // thousandths for what no file tells: neither a merit nor a fault
	FullVolume int     // services a year from which more counts no more
	FullYears  int     // years since graduation from which more counts no more
	Year       int     // this year, for the years since graduation
	Reach      float64 // miles at which distance counts nothing
}

// The parts of the fit, in the order in which they are told.
const (
	partSpecialty = iota
	partVolume
	partExperience
	partDistance
	partTelehealth
	partTeaching
	parts
)

// partNames are the names of the parts in an answer and in the rules.
var partNames = [parts]string{"specialty_match", "volume", "experience", "distance", "telehealth", "teaching"}

func (w *Weights) shares() [parts]int {
	return [parts]int{w.Specialty, w.Volume, w.Experience, w.Distance, w.Telehealth, w.Teaching}
}

// Score gives the fit in thousandths. It reads nothing but its arguments and allocates
// nothing, so that a directory may call it for every row.
func (w Weights) Score(m Measures) int {
	sum, of := 0, 0
	values := w.values(&m)
	for i, share := range w.shares() {
		sum += share * values[i]
		of += share
	}
	if of <= 0 {
		return 0
	}
	return sum / of
}

// values gives each part in thousandths. What no file tells is neutral: the public
// volume has only Original Medicare and leaves out fewer than eleven patients
// (facts.md PUF-02), so that a volume can raise the fit and its lack cannot lower it.
func (w *Weights) values(m *Measures) (v [parts]int) {
	switch m.Match {
	case 0:
	case 1:
		v[partSpecialty] = w.Second
	default:
		v[partSpecialty] = 1000
	}
	v[partVolume] = w.Neutral
	if m.Services > 0 && w.FullVolume > 0 {
		v[partVolume] += (1000 - w.Neutral) * min(log2(m.Services), log2(w.FullVolume)) / log2(w.FullVolume)
	}
	v[partExperience] = w.Neutral
	if m.Graduated > 0 && w.FullYears > 0 {
		v[partExperience] = 1000 * min(max(w.Year-m.Graduated, 0), w.FullYears) / w.FullYears
	}
	v[partDistance] = w.Neutral
	if m.Miles >= 0 && w.Reach > 0 {
		v[partDistance] = int(1000 * max(0, 1-m.Miles/w.Reach))
	}
	v[partTelehealth], v[partTeaching] = w.Neutral, w.Neutral
	if m.Telehealth {
		v[partTelehealth] = 1000
	}
	if m.Teaching {
		v[partTeaching] = 1000
	}
	return v
}

// log2 is the binary logarithm of n+1 in thousandths, straight between powers of two:
// the same on every machine.
func log2(n int) int {
	u := uint(n) + 1
	k := bits.Len(u) - 1
	return 1000*k + int(1000*(u-1<<k)>>k)
}
