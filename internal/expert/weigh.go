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

	scale scale // made by Ready
}

// scale is what Ready works out once, so that a row needs no division: the shares as
// parts of 1<<16, the scales as thousandths for each unit in parts of 1<<24.
type scale struct {
	shares  [parts]int
	most    int // log2 of FullVolume
	perLog  int
	perYear int
	perMile float64
	ready   bool
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

// Ready gives the same weights with what every row needs worked out. Score does without,
// and is then slower.
func (w Weights) Ready() Weights {
	s := scale{ready: true}
	given, of := w.shares(), 0
	for _, share := range given {
		of += max(share, 0)
	}
	left, largest := 0, 0
	if of > 0 {
		left = 1 << 16
		for i, share := range given {
			s.shares[i] = max(share, 0) << 16 / of
			left -= s.shares[i]
			if share > given[largest] {
				largest = i
			}
		}
	}
	s.shares[largest] += left // the shares add up to the whole
	if w.FullVolume > 0 {
		s.most = log2(w.FullVolume)
		s.perLog = (1000-w.Neutral)<<24/s.most + 1
	}
	if w.FullYears > 0 {
		s.perYear = 1000<<24/w.FullYears + 1
	}
	if w.Reach > 0 {
		s.perMile = 1000 / w.Reach
	}
	w.scale = s
	return w
}

// Score gives the fit in thousandths. It reads nothing but its arguments and allocates
// nothing, so that a directory may call it for every row; of weights that are Ready it
// takes some nanoseconds.
func (w *Weights) Score(m Measures) int {
	if !w.scale.ready {
		ready := w.Ready()
		w = &ready
	}
	s := &w.scale.shares
	sum := s[partSpecialty]*w.specialty(&m) + s[partVolume]*w.volume(&m) + s[partExperience]*w.experience(&m) + s[partDistance]*w.distance(&m) +
		s[partTelehealth]*w.yes(m.Telehealth) + s[partTeaching]*w.yes(m.Teaching)
	return (sum + 1<<15) >> 16
}

// values gives each part in thousandths, as Score weighs it.
func (w *Weights) values(m *Measures) [parts]int {
	return [parts]int{w.specialty(m), w.volume(m), w.experience(m), w.distance(m), w.yes(m.Telehealth), w.yes(m.Teaching)}
}

func (w *Weights) specialty(m *Measures) int {
	switch {
	case m.Match >= 2:
		return 1000
	case m.Match == 1:
		return w.Second
	}
	return 0
}

// volume is neutral for those whom the file leaves out: it has only Original Medicare
// and no row below eleven patients (facts.md PUF-02), so that a volume can raise the fit
// and its lack cannot lower it.
func (w *Weights) volume(m *Measures) int {
	if m.Services <= 0 || w.scale.most == 0 {
		return w.Neutral
	}
	return w.Neutral + min(log2(m.Services), w.scale.most)*w.scale.perLog>>24
}

func (w *Weights) experience(m *Measures) int {
	if m.Graduated <= 0 || w.scale.perYear == 0 {
		return w.Neutral
	}
	return min(max(w.Year-m.Graduated, 0), w.FullYears) * w.scale.perYear >> 24
}

func (w *Weights) distance(m *Measures) int {
	if m.Miles < 0 || w.scale.perMile == 0 {
		return w.Neutral
	}
	return 1000 - int(min(m.Miles*w.scale.perMile, 1000))
}

func (w *Weights) yes(is bool) int {
	if is {
		return 1000
	}
	return w.Neutral
}

// log2 is the binary logarithm of n+1 in thousandths, straight between powers of two:
// the same on every machine.
func log2(n int) int {
	u := uint(n) + 1
	k := bits.Len(u) - 1
	return 1000*k + int(1000*(u-1<<k)>>k)
}
