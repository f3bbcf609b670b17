package directory

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"consilium/internal/expert"
)

// everybody is what a scan looks at: all profiles, with what queries ask of them as
// plain values. It shares nothing with the search but how a name is cut into words.
type everybody struct {
	all    []expert.Profile
	rows   []plain
	places []expert.Centre
	words  []string
	mu     sync.Mutex
	tied   map[*expert.Profile][]tie
}

// plain is one profile.
type plain struct {
	npi            uint32
	organization   bool
	excluded       bool
	codes, primary uint // a bit for each of testCodes
	place          int  // in places; below 0: none
	words          []int
	state          string
	licensed       []string
	asked          expert.Measures // those that no query changes
	optOut         *expert.OptOut
	boards         []expert.Board
	volumes        []expert.Volume
}

type tie struct {
	level   expert.Level
	stopped bool
}

func everybodyOf(d built) *everybody {
	e := &everybody{all: d.profiles, tied: map[*expert.Profile][]tie{}}
	places, words := map[string]int{}, map[string]int{}
	for i := range e.all {
		p := &e.all[i]
		n := p.Name
		r := plain{npi: uint32(npiOf(p.NPI)), organization: p.Organization, excluded: p.Exclusion != nil, place: -1, state: p.Practice.State, optOut: p.OptOut, boards: p.Boards, volumes: p.Volumes}
		for _, s := range p.Specialties {
			k := slices.Index(testCodes, s.Code)
			r.codes |= 1 << k
			if s.Primary {
				r.primary |= 1 << k
			}
			r.licensed = append(r.licensed, s.LicenseState)
		}
		if p.Practice.Placed {
			k, ok := places[p.Practice.ZIP]
			if !ok {
				k = len(e.places)
				places[p.Practice.ZIP] = k
				e.places = append(e.places, expert.Centre{Lat: p.Practice.Lat, Lon: p.Practice.Lon})
			}
			r.place = k
		}
		for _, w := range cut(strings.Join([]string{n.Last, n.First, n.Middle, n.Former, n.Organization, n.Known}, " ")) {
			k, ok := words[w]
			if !ok {
				k = len(e.words)
				words[w] = k
				e.words = append(e.words, w)
			}
			r.words = append(r.words, k)
		}
		r.asked = expert.Measures{Miles: -1, Services: -1, Patients: -1}
		if p.Clinician != nil {
			r.asked.Telehealth, r.asked.Graduated = p.Clinician.Telehealth, p.Clinician.Graduated
		}
		r.asked.Teaching = slices.ContainsFunc(p.Hospitals, func(h expert.Hospital) bool { return h.Kind == "Teaching hospital" })
		e.rows = append(e.rows, r)
	}
	return e
}

// ties compares a first doctor with everybody, once.
func (e *everybody) ties(first *expert.Profile, l expert.Limits) []tie {
	e.mu.Lock()
	defer e.mu.Unlock()
	if had, ok := e.tied[first]; ok {
		return had
	}
	out := make([]tie, len(e.all))
	for i := range e.all {
		signals := expert.Ties(*first, e.all[i], l)
		out[i].level = expert.LevelOf(signals, expert.ComparedIn(*first, e.all[i]))
		out[i].stopped = slices.ContainsFunc(signals, func(s expert.Signal) bool { return s.Signal == "same_group" || s.Signal == "same_person" })
	}
	e.tied[first] = out
	return out
}

// answer is what a scan finds.
type answer struct {
	total, unplaced int
	near            bool
	page            []expert.Match
}

// fitting is one of those found.
type fitting struct {
	i, score int
	miles    float64
	npi      uint32
	measures expert.Measures
}

// scan answers a query by looking at everybody.
func (e *everybody) scan(q expert.Query) answer {
	words := cut(q.Name)
	bears := func(fits func(w, have string) bool) (out [][]bool) {
		for _, w := range words {
			of := make([]bool, len(e.words))
			for k, have := range e.words {
				of[k] = fits(w, have)
			}
			out = append(out, of)
		}
		return out
	}
	a, best := e.those(q, bears(func(w, have string) bool { return strings.HasPrefix(have, w) }))
	if a.total == 0 && slices.ContainsFunc(words, func(w string) bool { return len(w) >= 4 }) {
		a, best = e.those(q, bears(func(w, have string) bool {
			switch {
			case len(w) >= 8:
				return slipsTo(w, have) <= 2
			case len(w) >= 4:
				return slipsTo(w, have) <= 1
			}
			return strings.HasPrefix(have, w)
		}))
		a.near = a.total > 0
	}
	for _, x := range best[min(q.Skip, len(best)):] {
		shown := e.all[x.i]
		shown.Volumes = slices.DeleteFunc(slices.Clone(shown.Volumes), func(v expert.Volume) bool { return !slices.Contains(q.HCPCS, v.HCPCS) })
		if len(shown.Volumes) == 0 {
			shown.Volumes = nil
		}
		a.page = append(a.page, expert.Match{Profile: shown, Measures: x.measures, Score: q.Weights.Score(x.measures)})
	}
	return a
}

// those looks at everybody: how many pass every part of a query, and the best of them.
// bears tells for each word of the query which words fit it.
func (e *everybody) those(q expert.Query, bears [][]bool) (a answer, best []fitting) {
	far := func(m float64) float64 {
		if m < 0 {
			return math.Inf(1)
		}
		return m
	}
	order := func(a, b fitting) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(far(a.miles), far(b.miles)), cmp.Compare(a.npi, b.npi))
	}
	codes := uint(0)
	for _, c := range q.Codes {
		codes |= 1 << slices.Index(testCodes, c)
	}
	miles := make([]float64, len(e.places))
	if q.Centre != nil {
		for k, c := range e.places {
			miles[k] = haversine(*q.Centre, c)
		}
	}
	var ties []tie
	if q.First != nil {
		ties = e.ties(q.First, q.Limits)
	}
rows:
	for i := range e.rows {
		p := &e.rows[i]
		if codes != 0 && p.codes&codes == 0 || p.excluded {
			continue
		}
		if p.organization && q.Kind != expert.Organizations && q.Kind != expert.Anybody || !p.organization && q.Kind == expert.Organizations {
			continue
		}
		m := p.asked
		if q.Centre != nil && p.place >= 0 {
			m.Miles = miles[p.place]
			if q.Miles > 0 && m.Miles > q.Miles {
				continue
			}
		}
		if q.Telehealth && !m.Telehealth || len(q.States) > 0 && !slices.Contains(q.States, p.state) || q.Licensed != "" && !slices.Contains(p.licensed, q.Licensed) {
			continue
		}
		if q.Members != nil && !q.Members.Has(p.npi) {
			continue
		}
		if ties != nil {
			if t := ties[i]; t.stopped || len(q.Levels) == 0 && t.level == expert.NotIndependent || len(q.Levels) > 0 && !slices.Contains(q.Levels, t.level) {
				continue
			}
		}
		if q.Medicare && p.optOut != nil && p.optOut.From <= q.Day && (p.optOut.Until == "" || p.optOut.Until >= q.Day) {
			continue
		}
		if q.Certified && !slices.ContainsFunc(p.boards, func(b expert.Board) bool {
			return b.Status != "expired" && (b.Until == "" || b.Until >= q.Day)
		}) {
			continue
		}
		for _, of := range bears {
			if !slices.ContainsFunc(p.words, func(k int) bool { return of[k] }) {
				continue rows
			}
		}
		if len(q.Without) > 0 && slices.Contains(q.Without, e.all[i].NPI) {
			continue
		}
		if q.Centre != nil && q.Miles > 0 && p.place < 0 {
			a.unplaced++
			continue
		}
		a.total++
		switch {
		case p.primary&codes != 0:
			m.Match = 2
		case codes != 0:
			m.Match = 1
		}
		if len(q.HCPCS) > 0 && len(p.volumes) > 0 {
			m.Services, m.Patients = 0, 0
			for _, v := range p.volumes {
				if slices.Contains(q.HCPCS, v.HCPCS) {
					m.Services, m.Patients = m.Services+v.Services, m.Patients+v.Patients
				}
			}
		}
		x := fitting{i: i, miles: m.Miles, npi: p.npi, measures: m}
		if !q.ByDistance {
			x.score = q.Weights.Score(m)
		}
		if k := q.Skip + q.Limit; len(best) < k || order(x, best[k-1]) < 0 {
			at, _ := slices.BinarySearchFunc(best, x, order)
			best = slices.Insert(best, at, x)
			best = best[:min(k, len(best))]
		}
	}
	return a, best
}

func cut(name string) (words []string) {
	eachWord([]byte(name), nil, func(w []byte) { words = append(words, string(w)) })
	return words
}

// slipsTo is the least number of slips from w to any beginning of a word.
func slipsTo(w, word string) int {
	d := make([][]int, len(word)+1)
	best := len(w)
	for i := range d {
		d[i] = make([]int, len(w)+1)
		for j := range d[i] {
			switch {
			case i == 0:
				d[i][j] = j
			case j == 0:
				d[i][j] = i
			default:
				cost := 1
				if word[i-1] == w[j-1] {
					cost = 0
				}
				d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
				if i > 1 && j > 1 && word[i-1] == w[j-2] && word[i-2] == w[j-1] {
					d[i][j] = min(d[i][j], d[i-2][j-2]+1)
				}
			}
		}
		best = min(best, d[i][len(w)])
	}
	return best
}

// haversine in miles.
func haversine(a, b expert.Centre) float64 {
	rad := math.Pi / 180
	sLat, sLon := math.Sin((b.Lat-a.Lat)*rad/2), math.Sin((b.Lon-a.Lon)*rad/2)
	return 2 * 3958.7613 * math.Asin(math.Sqrt(sLat*sLat+math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*sLon*sLon))
}

type odd struct{ by uint32 }

func (o odd) Has(npi uint32) bool { return npi%o.by == 0 }
func (o odd) Len() int            { return 1 }

// ask draws a query over all fields.
func ask(rng *rand.Rand, d built) expert.Query {
	pick := func(p *expert.Profile) *expert.Profile { *p = d.profiles[rng.IntN(len(d.profiles))]; return p }
	one := func(n int) bool { return rng.IntN(n) == 0 }
	var p expert.Profile
	q := expert.Query{
		Limit: 1 + rng.IntN(25), ByDistance: one(2), Day: "2026-11-22",
		Weights: expert.Weights{Specialty: rng.IntN(500), Volume: rng.IntN(300), Experience: rng.IntN(300), Distance: rng.IntN(500), Telehealth: rng.IntN(100), Year: 2026, Reach: 60},
		Limits:  expert.Limits{HospitalPercent: 50, SharedPatients: 50, SharedDays: 180, GraduatedWithin: 2, MakerCents: 1000},
	}
	if !one(3) {
		for range 1 + rng.IntN(4) {
			q.Codes = append(q.Codes, testCodes[rng.IntN(len(testCodes))])
		}
	}
	if !one(4) {
		if pick(&p); p.Practice.Placed {
			q.Centre = &expert.Centre{Lat: p.Practice.Lat + rng.Float64()*0.1, Lon: p.Practice.Lon}
			q.Miles = []float64{1, 5, 10, 25, 50, 100, 500, 4000, 13000, 0}[rng.IntN(10)]
		}
	}
	if one(4) {
		for range 1 + rng.IntN(3) {
			q.States = append(q.States, states[rng.IntN(len(states))])
		}
		if one(2) {
			q.States = append(q.States, "NY")
		}
	}
	if one(3) {
		n := pick(&p).Name
		words := cut(n.Last + " " + n.First + " " + n.Organization)
		for range 1 + rng.IntN(2) {
			w := words[rng.IntN(len(words))]
			w = w[:1+rng.IntN(len(w))]
			if one(2) && len(w) >= 4 { // a slip
				at := 1 + rng.IntN(len(w)-2)
				switch rng.IntN(4) {
				case 0:
					w = w[:at] + w[at+1:]
				case 1:
					w = w[:at] + "Q" + w[at:]
				case 2:
					w = w[:at] + "Q" + w[at+1:]
				case 3:
					w = w[:at] + w[at+1:at+2] + w[at:at+1] + w[at+2:]
				}
			}
			q.Name += " " + strings.ToLower(w)
		}
	}
	if one(4) {
		q.Licensed = states[rng.IntN(len(states))]
		if one(2) {
			q.Licensed = "NY"
		}
	}
	q.Kind = []expert.Kind{"", "", expert.Persons, expert.Organizations, expert.Anybody}[rng.IntN(5)]
	q.Telehealth, q.Medicare, q.Certified = one(6), one(3), one(15)
	if one(6) {
		q.Members = odd{uint32(2 + rng.IntN(5))}
	}
	if one(3) {
		q.First = &d.profiles[rng.IntN(8)*37] // few, so that a scan can remember them
		for _, l := range []expert.Level{expert.Independent, expert.Caution, expert.NotIndependent, expert.Unknown} {
			if one(3) {
				q.Levels = append(q.Levels, l)
			}
		}
	}
	if one(3) {
		q.HCPCS = []string{testProcs[rng.IntN(4)], testProcs[rng.IntN(2)], "00000"}
		slices.Sort(q.HCPCS)
		q.HCPCS = slices.Compact(q.HCPCS)
	}
	for one(3) {
		q.Without = append(q.Without, pick(&p).NPI)
	}
	for one(2) {
		q.Skip += rng.IntN(30)
	}
	q.Weights = q.Weights.Ready() // a scan is slow enough
	return q
}

func TestEverySearchFindsWhatAScanOfEverybodyFinds(t *testing.T) {
	n, queries := 100_000, 2_000
	if testing.Short() {
		n, queries = 5_000, 300
	}
	d := build(t, 7, n)
	rng := rand.New(rand.NewPCG(3, 3))
	e := everybodyOf(d)
	var qs []expert.Query
	for range queries {
		qs = append(qs, ask(rng, d))
	}
	var next, hits, near, unplaced, most atomic.Int64
	var askers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		askers.Go(func() {
			for i := int(next.Add(1)) - 1; i < queries && !t.Failed(); i = int(next.Add(1)) - 1 {
				f := compare(t, d, e, qs[i], i)
				most.Store(max(most.Load(), int64(f.Total)))
				if f.Total > 0 {
					hits.Add(1)
				}
				if f.Near {
					near.Add(1)
				}
				if f.Unplaced > 0 {
					unplaced.Add(1)
				}
			}
		})
	}
	askers.Wait()
	// A test whose queries find nobody would prove nothing.
	if int(hits.Load()) < queries/3 || int(near.Load()) < queries/100 || int(unplaced.Load()) < queries/20 || int(most.Load()) < n/10 {
		t.Errorf("of %d queries %d found somebody, %d nearly, %d some without a place; at most %d", queries, hits.Load(), near.Load(), unplaced.Load(), most.Load())
	}
}

// compare asks the search and the scan, and tells where they differ.
func compare(t *testing.T, d built, e *everybody, q expert.Query, i int) (got expert.Found) {
	t.Helper()
	got, err := d.Find(context.Background(), q)
	if err != nil {
		t.Errorf("query %d: %v", i, err)
		return got
	}
	want := e.scan(q)
	if got.Total != want.total || got.Near != want.near || got.Unplaced != want.unplaced {
		t.Errorf("query %d %s: found %d (near %v) and %d without a place, not %d (near %v) and %d", i, tell(q), got.Total, got.Near, got.Unplaced, want.total, want.near, want.unplaced)
		return got
	}
	if len(got.Matches) != len(want.page) {
		t.Errorf("query %d %s: a page of %d, not %d", i, tell(q), len(got.Matches), len(want.page))
		return got
	}
	for k := range want.page {
		a, b := got.Matches[k], want.page[k]
		if math.Abs(a.Measures.Miles-b.Measures.Miles) > 1e-6 {
			t.Errorf("query %d %s, match %d: %v miles, not %v", i, tell(q), k, a.Measures.Miles, b.Measures.Miles)
			return got
		}
		a.Measures.Miles = b.Measures.Miles
		if !reflect.DeepEqual(a, b) {
			t.Errorf("query %d %s, match %d:\n%s\nnot\n%s", i, tell(q), k, show(a), show(b))
			return got
		}
	}
	return got
}

func tell(q expert.Query) string {
	q.First = nil
	q.Weights, q.Limits = expert.Weights{}, expert.Limits{}
	return fmt.Sprintf("%+v", q)
}

func show(m expert.Match) string {
	return fmt.Sprintf("%+v clinician %+v", m, m.Profile.Clinician)
}
