// Package sample makes up public files: NPPES and what CMS, OIG and others publish
// about providers, of any size, with the skew of the real ones, so that anybody can
// build and measure a directory without fetching anything. Nobody in them exists; the
// numbers are valid and may by chance be somebody's, so a sample must never be mixed
// with real files.
//
// Everything about a provider follows from the seed and one number, their rank. Ranks
// lie along the map: neighbours share ZIP codes, practices and hospitals. So no file
// needs another one, nor memory that grows, and all of them agree.
package sample

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"

	"consilium/internal/directory"
)

// Limits of a sample.
const MaxProviders = 50_000_000

// Settings say what to make.
type Settings struct {
	Providers int
	Seed      uint64
	Codes     []directory.Code // NUCC; none: some of the commonest
	ZIPs      []directory.ZIP  // none: one for each state
}

// World is made-up country, the same for the same settings.
type World struct {
	n, seed uint64
	step    uint64 // file order -> rank: rank = (i*step + shift) mod n
	shift   uint64
	places  []place
	bounds  []uint32 // ranks of place p are bounds[p] to bounds[p+1]
	states  []stretch
	words
	people    lottery // taxonomy codes of people
	bodies    lottery // of organisations
	mandelbro *zipf   // of surnames
	given     *zipf   // of first names
}

// stretch is the ranks of one state.
type stretch struct {
	state state
	from  uint32
}

// New makes a country ready.
func New(s Settings) (*World, error) {
	if s.Providers < 1 || s.Providers > MaxProviders {
		return nil, fmt.Errorf("a sample has 1 to %d providers", MaxProviders)
	}
	w := &World{n: uint64(s.Providers), seed: mix(s.Seed + 0x9e3779b97f4a7c15)}
	w.step = coprime(w.n)
	w.shift = w.seed % w.n
	if err := w.settle(s.ZIPs); err != nil {
		return nil, err
	}
	w.people, w.bodies = lotteries(s.Codes)
	w.words = vocabulary()
	w.mandelbro = newZipf(len(w.surnames), 25, 0.95)
	w.given = newZipf(4_000, 8, 1.1)
	return w, nil
}

// words are the made-up names. They are the same in every world.
type words struct {
	surnames, makers, schools, streets []string
	firsts                             [2][]string // men, women
}

var vocabulary = sync.OnceValue(func() words {
	return words{surnames: names(150_000, 1), firsts: [2][]string{names(4_000, 2), names(4_000, 3)}, streets: names(3_000, 4), makers: names(1_500, 5), schools: names(190, 6)}
})

// coprime gives a step near the golden section of n that meets every rank once.
func coprime(n uint64) uint64 {
	step := max(1, uint64(float64(n)*0.6180339887))
	for gcd(step, n) != 1 {
		step++
	}
	return step
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// rank of the i-th row of a file.
func (w *World) rank(i uint64) uint32 { return uint32((i*w.step + w.shift) % w.n) }

// dice are numbers by chance that follow from the seed, a rank and a purpose.
type dice struct{ state uint64 }

func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (w *World) dice(rank uint32, purpose uint64) dice {
	return dice{mix(w.seed ^ uint64(rank)*0xd1342543de82ef95 ^ purpose<<56)}
}

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	return mix(d.state)
}

// under gives 0 to n-1.
func (d *dice) under(n int) int { return int(d.next() >> 33 * uint64(n) >> 31) }

// share gives 0 to below 1.
func (d *dice) share() float64 { return float64(d.next()>>11) / (1 << 53) }

// chance is true in so many of a thousand.
func (d *dice) chance(thousandths int) bool { return d.under(1000) < thousandths }

// zipf draws ranks by the law of Zipf and Mandelbrot: weight 1/(rank+q)^s. Its inverse
// is laid out once, in pieces between which a straight line is near enough.
type zipf struct {
	n    int
	knot [pieces + 1]float32
}

const pieces = 8192

func newZipf(n int, q, s float64) *zipf {
	z := &zipf{n: n}
	e := 1 - s
	low, high := math.Pow(q, e), math.Pow(q+float64(n), e)
	for i := range z.knot {
		z.knot[i] = float32(math.Pow(low+(high-low)*float64(i)/pieces, 1/e) - q)
	}
	return z
}

func (z *zipf) draw(d *dice) int {
	x := d.next()
	i, part := x>>51, float32(x>>27&(1<<24-1))/(1<<24)
	return min(z.n-1, max(0, int(z.knot[i]+part*(z.knot[i+1]-z.knot[i]))))
}

// lottery draws codes by weight.
type lottery struct {
	codes []string
	cum   []uint32 // of 1<<32-1
	guide [257]uint16
}

func newLottery(codes []string, weights []float64) lottery {
	var l lottery
	total, sum := 0.0, 0.0
	for _, x := range weights {
		total += x
	}
	for i, x := range weights {
		sum += x
		l.codes = append(l.codes, codes[i])
		l.cum = append(l.cum, uint32(sum/total*math.MaxUint32))
	}
	l.cum[len(l.cum)-1] = math.MaxUint32
	at := 0
	for g := range 256 {
		for l.cum[at] < uint32(g)<<24 {
			at++
		}
		l.guide[g] = uint16(at)
	}
	l.guide[256] = uint16(len(l.cum) - 1)
	return l
}

func (l *lottery) draw(d *dice) string {
	x := uint32(d.next() >> 32)
	at := l.guide[x>>24]
	for l.cum[at] < x {
		at++
	}
	return l.codes[at]
}

// File is one of the files of a sample.
type File struct {
	Name  string // behind the main file's name: ".clinicians"; "" for NPPES
	Sides bool   // one of the side files
	write func(w *World, out *writer)
}

// Files are all that a sample has, NPPES first.
func Files() []File {
	return []File{
		{"", false, (*World).writeProviders},
		{".clinicians", true, (*World).writeClinicians},
		{".hospitals", true, (*World).writeHospitals},
		{".affiliations", true, (*World).writeAffiliations},
		{".reassignments", true, (*World).writeReassignments},
		{".volumes", true, (*World).writeVolumes},
		{".opt-out", true, (*World).writeOptOuts},
		{".exclusions", true, (*World).writeExclusions},
		{".payments", true, (*World).writePayments},
		{".shared-patients", true, (*World).writeShared},
		{".boards", true, (*World).writeBoards},
	}
}

// Write writes a file. told, which may be nil, hears now and then of how many providers
// were gone through; when it gives an error, that ends the work.
func (w *World) Write(f File, out io.Writer, told func(done int64) error) error {
	x := &writer{out: out, told: told, buf: make([]byte, 0, flushAt+64<<10)}
	f.write(w, x)
	x.flush()
	return x.err
}

// writer gathers rows and writes them in large pieces.
type writer struct {
	out  io.Writer
	buf  []byte
	err  error
	told func(int64) error
}

const flushAt = 256 << 10

func (x *writer) flush() {
	if x.err == nil && len(x.buf) > 0 {
		_, x.err = x.out.Write(x.buf)
	}
	x.buf = x.buf[:0]
}

// each goes through all providers in the order of the file.
func (w *World) each(x *writer, row func(rank uint32)) {
	for i := uint64(0); i < w.n && x.err == nil; i++ {
		row(w.rank(i))
		if len(x.buf) >= flushAt {
			x.flush()
		}
		if i&0x3fff == 0x3fff && x.told != nil && x.err == nil {
			x.err = x.told(int64(i + 1))
		}
	}
	if x.told != nil && x.err == nil {
		x.err = x.told(int64(w.n))
	}
}

var errNoZIPs = errors.New("no ZIP code of the list lies in a state")

// find gives the last of sorted bounds that is not above x.
func find(bounds []uint32, x uint32) int {
	i, found := slices.BinarySearch(bounds, x)
	if !found {
		i--
	}
	// An empty stretch shares its bound with the next one.
	for i+1 < len(bounds) && bounds[i+1] <= x {
		i++
	}
	return i
}
