package directory

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"consilium/internal/expert"
)

// everybody is what a scan looks at: it remembers words and ties, which no query changes.
type everybody struct {
	all   []expert.Profile
	words [][]string
	tied  map[*expert.Profile][]tie
}

type tie struct {
	level   expert.Level
	stopped bool
}

func everybodyOf(d built) *everybody {
	e := &everybody{all: d.profiles, tied: map[*expert.Profile][]tie{}}
	for i := range e.all {
		n := e.all[i].Name
		e.words = append(e.words, cut(strings.Join([]string{n.Last, n.First, n.Middle, n.Former, n.Organization, n.Known}, " ")))
	}
	return e
}

// ties compares a first doctor with everybody.
func (e *everybody) ties(first *expert.Profile, l expert.Limits) []tie {
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

// scan answers a query by looking at everybody. It shares nothing with the search but
// how a name is cut into words.
func (e *everybody) scan(q expert.Query) (total int, near bool, page []expert.Match) {
	words := cut(q.Name)
	found := e.those(q, func(have []string) bool {
		for _, w := range words {
			if !slices.ContainsFunc(have, func(h string) bool { return strings.HasPrefix(h, w) }) {
				return false
			}
		}
		return true
	})
	if len(found) == 0 && slices.ContainsFunc(words, func(w string) bool { return len(w) >= 4 }) {
		known := map[string]bool{}
		found = e.those(q, func(have []string) bool {
			for _, w := range words {
				slips := 0
				if len(w) >= 4 {
					slips = 1
				}
				if len(w) >= 8 {
					slips = 2
				}
				if !slices.ContainsFunc(have, func(h string) bool {
					key := w + " " + h
					is, ok := known[key]
					if !ok {
						is = slipsTo(w, h) <= slips
						known[key] = is
					}
					return is
				}) {
					return false
				}
			}
			return true
		})
		near = len(found) > 0
	}
	far := func(m float64) float64 {
		if m < 0 {
			return math.Inf(1)
		}
		return m
	}
	slices.SortFunc(found, func(a, b fitting) int {
		score := 0
		if !q.ByDistance {
			score = cmp.Compare(b.score, a.score)
		}
		return cmp.Or(score, cmp.Compare(far(a.miles), far(b.miles)), cmp.Compare(a.npi, b.npi))
	})
	on := found[min(q.Skip, len(found)):]
	for _, x := range on[:min(q.Limit, len(on))] {
		m := e.measure(q, x.i)
		shown := e.all[x.i]
		shown.Volumes = slices.DeleteFunc(slices.Clone(shown.Volumes), func(v expert.Volume) bool { return !slices.Contains(q.HCPCS, v.HCPCS) })
		if len(shown.Volumes) == 0 {
			shown.Volumes = nil
		}
		page = append(page, expert.Match{Profile: shown, Measures: m, Score: q.Weights.Score(m)})
	}
	return len(found), near, page
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

// fitting is one of those found.
type fitting struct {
	i, score int
	miles    float64
	npi      string
}

// those gives all who pass every other part of a query and bear a name that fits.
func (e *everybody) those(q expert.Query, named func(words []string) bool) (found []fitting) {
	for i := range e.all {
		p := &e.all[i]
		if len(q.Codes) > 0 && !slices.ContainsFunc(p.Specialties, func(s expert.Specialty) bool { return slices.Contains(q.Codes, s.Code) }) {
			continue
		}
		if len(q.States) > 0 && !slices.Contains(q.States, p.Practice.State) {
			continue
		}
		if q.Licensed != "" && !slices.ContainsFunc(p.Specialties, func(s expert.Specialty) bool { return s.LicenseState == q.Licensed }) {
			continue
		}
		if q.Telehealth && (p.Clinician == nil || !p.Clinician.Telehealth) || p.Exclusion != nil || slices.Contains(q.Without, p.NPI) {
			continue
		}
		if q.Medicare && p.OptOut != nil && p.OptOut.From <= q.Day && (p.OptOut.Until == "" || p.OptOut.Until >= q.Day) {
			continue
		}
		if q.Certified && !slices.ContainsFunc(p.Boards, func(b expert.Board) bool {
			return b.Status != "expired" && (b.Until == "" || b.Until >= q.Day)
		}) {
			continue
		}
		if q.Members != nil && !q.Members.Has(uint32(npiOf(p.NPI))) {
			continue
		}
		if q.Name != "" && !named(e.words[i]) {
			continue
		}
		if q.First != nil {
			t := e.ties(q.First, q.Limits)[i]
			if t.stopped || len(q.Levels) == 0 && t.level == expert.NotIndependent || len(q.Levels) > 0 && !slices.Contains(q.Levels, t.level) {
				continue
			}
		}
		m := e.measure(q, i)
		if q.Centre != nil && q.Miles > 0 && (m.Miles < 0 || m.Miles > q.Miles) {
			continue
		}
		x := fitting{i: i, miles: m.Miles, npi: p.NPI}
		if !q.ByDistance {
			x.score = q.Weights.Score(m)
		}
		found = append(found, x)
	}
	return found
}

// measure gives what bears on the fit of one.
func (e *everybody) measure(q expert.Query, i int) expert.Measures {
	p := &e.all[i]
	m := expert.Measures{Miles: -1, Services: -1, Patients: -1}
	for _, s := range p.Specialties {
		if slices.Contains(q.Codes, s.Code) {
			m.Match = max(m.Match, 1)
			if s.Primary {
				m.Match = 2
			}
		}
	}
	if q.Centre != nil && p.Practice.Placed {
		m.Miles = haversine(*q.Centre, expert.Centre{Lat: p.Practice.Lat, Lon: p.Practice.Lon})
	}
	if p.Clinician != nil {
		m.Telehealth, m.Graduated = p.Clinician.Telehealth, p.Clinician.Graduated
	}
	m.Teaching = slices.ContainsFunc(p.Hospitals, func(h expert.Hospital) bool { return h.Kind == "Teaching hospital" })
	if len(q.HCPCS) > 0 && len(p.Volumes) > 0 {
		m.Services, m.Patients = 0, 0
		for _, v := range p.Volumes {
			if slices.Contains(q.HCPCS, v.HCPCS) {
				m.Services, m.Patients = m.Services+v.Services, m.Patients+v.Patients
			}
		}
	}
	return m
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
	hits, near, most := 0, 0, 0
	for i := range queries {
		q := ask(rng, d)
		f := compare(t, d, e, q, i)
		most = max(most, f.Total)
		if f.Total > 0 {
			hits++
		}
		if f.Near {
			near++
		}
	}
	// A test whose queries find nobody would prove nothing.
	if hits < queries/3 || near < queries/100 || most < n/10 {
		t.Errorf("of %d queries %d found somebody, %d nearly; at most %d", queries, hits, near, most)
	}
}

func compare(t *testing.T, d built, e *everybody, q expert.Query, i int) (got expert.Found) {
	t.Helper()
	var err error
	got, err = d.Find(context.Background(), q)
	if err != nil {
		t.Fatalf("query %d: %v", i, err)
	}
	total, isNear, page := e.scan(q)
	if got.Total != total || got.Near != isNear {
		t.Fatalf("query %d %s: found %d (near %v), not %d (near %v)", i, tell(q), got.Total, got.Near, total, isNear)
	}
	if len(got.Matches) != len(page) {
		t.Fatalf("query %d %s: a page of %d, not %d", i, tell(q), len(got.Matches), len(page))
	}
	for k := range page {
		a, b := got.Matches[k], page[k]
		if math.Abs(a.Measures.Miles-b.Measures.Miles) > 1e-6 {
			t.Fatalf("query %d %s, match %d: %v miles, not %v", i, tell(q), k, a.Measures.Miles, b.Measures.Miles)
		}
		a.Measures.Miles = b.Measures.Miles
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("query %d %s, match %d:\n%s\nnot\n%s", i, tell(q), k, show(a), show(b))
		}
	}
	return got
}

func tell(q expert.Query) string {
	q.First = nil
	return fmt.Sprintf("%+v", q)
}

func show(m expert.Match) string {
	return fmt.Sprintf("%+v clinician %+v", m, m.Profile.Clinician)
}
