package directory

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"consilium/internal/expert"
)

// country is a made-up country of clinicians: few names and places have most of them,
// as in the real one.
type country struct {
	rng   *rand.Rand
	zips  []ZIP
	codes []Code
	last  []string
	first []string
	row   Row
	buf   [16][]byte
}

var testCodes = []string{"207RX0202X", "207RH0003X", "207RC0000X", "208600000X", "2086X0206X", "207Q00000X", "207R00000X", "163W00000X", "225100000X", "1223G0001X", "2084N0400X", "207T00000X"}

func newCountry(seed uint64, zips []ZIP) *country {
	c := &country{rng: rand.New(rand.NewPCG(seed, 1)), zips: zips}
	for i, code := range testCodes {
		c.codes = append(c.codes, Code{code, "Specialty " + strconv.Itoa(i)})
	}
	heads := []string{"SMITH", "Johnson", "O'Brien", "García", "NGUYEN", "Smith-Jones", "Müller", "LEE", "Le", "Smythe", "WILLIAMSON", "Williams", "MacDonald", "DE LA CRUZ", "Patel", "Schmidt"}
	syllables := []string{"BA", "KO", "RI", "MEN", "STA", "LOW", "TER", "VIN", "SKI", "SON", "AL", "ER"}
	c.last = heads
	for len(c.last) < 2000 {
		n := ""
		for range 2 + c.rng.IntN(3) {
			n += syllables[c.rng.IntN(len(syllables))]
		}
		c.last = append(c.last, n)
	}
	c.first = []string{"JAMES", "Mary", "Ana", "José", "WEI", "Robert", "Linda", "Priya", "Michael", "Anna-Lena", "JO", "Siobhan", "Katherine", "Kathryn"}
	return c
}

// someZIPs are made-up places, dense in few parts.
func someZIPs(rng *rand.Rand, n int) []ZIP {
	var out []ZIP
	for i := range n {
		s := states[rng.IntN(51)]
		lat, lon := 25+rng.Float64()*24, -124+rng.Float64()*57
		switch i % 10 {
		case 0, 1, 2:
			lat, lon, s = 40.7+rng.NormFloat64()*0.3, -74+rng.NormFloat64()*0.3, "NY"
		case 3:
			lat, lon, s = 42.36+rng.NormFloat64()*0.2, -71.06+rng.NormFloat64()*0.2, "MA"
		case 4:
			lat, lon, s = -14.3+rng.Float64(), 170+rng.Float64()*20, "GU" // over the date line
			if lon > 180 {
				lon -= 360
			}
		}
		if i%7 == 0 && i > 0 {
			lat, lon = out[i-1].Lat, out[i-1].Lon // two ZIPs in one point
		}
		out = append(out, ZIP{Code: fmt.Sprintf("%05d", i*31+500), State: s, Lat: lat, Lon: lon})
	}
	return out
}

// skewed draws from 0 to n-1, small numbers more often.
func (c *country) skewed(n int) int {
	f := c.rng.Float64()
	return int(f * f * f * float64(n))
}

func (c *country) npi(i int) uint32 { return uint32(1_000_000_000 + (uint64(i)*7_654_321)%999_999_937) }

// next makes row i.
func (c *country) next(i int) *Row {
	r := &c.row
	ts := r.Taxonomies[:0]
	*r = Row{NPI: c.npi(i)}
	set := func(k int, s string) []byte { c.buf[k] = append(c.buf[k][:0], s...); return c.buf[k] }
	z := c.zips[c.skewed(len(c.zips))]
	state := z.State
	switch c.rng.IntN(50) {
	case 0:
		r.ZIP, state = set(0, "99999"), "AK" // in no list
	case 1:
		r.ZIP, state = nil, "Ontario"
	default:
		r.ZIP = set(0, z.Code)
	}
	r.State = set(1, state)
	r.City = set(2, "TOWN "+strconv.Itoa(c.rng.IntN(90)))
	r.Line1 = set(3, strconv.Itoa(1+c.skewed(40))+" MAIN ST STE "+strconv.Itoa(c.rng.IntN(9)))
	r.Updated = uint32(20200101 + c.rng.IntN(28))
	if c.rng.IntN(5) > 0 {
		r.Phone = set(4, fmt.Sprintf("%010d", c.rng.Int64N(1e10)))
	}
	if c.rng.IntN(5) == 0 {
		r.Organization = true
		name := c.last[c.skewed(len(c.last))]
		switch c.rng.IntN(4) {
		case 0:
			r.Legal = set(5, "FAMILY MEDICINE ASSOCIATES")
		case 1:
			r.Legal, r.Known = set(5, name+" CLINIC, LLC"), set(6, "St. "+name+" Health")
		default:
			r.Legal = set(5, name+" & "+c.last[c.skewed(len(c.last))]+" MD PC")
		}
	} else {
		r.Last, r.First = set(5, c.last[c.skewed(len(c.last))]), set(6, c.first[c.skewed(len(c.first))])
		if c.rng.IntN(2) == 0 {
			r.Middle = set(7, c.first[c.rng.IntN(len(c.first))][:1])
		}
		if c.rng.IntN(9) == 0 {
			r.Former = set(8, c.last[c.skewed(len(c.last))])
		}
		r.Credential, r.Sex = set(9, "M.D."), "FMX\x00"[c.rng.IntN(4)]
	}
	n := 1 + c.skewed(4)
	if c.rng.IntN(40) == 0 {
		n = 0
	}
	primary := c.rng.IntN(max(n, 1))
	for k := range n {
		t := Taxonomy{Code: [10]byte([]byte(testCodes[c.skewed(len(testCodes))])), Primary: k == primary}
		s := state
		if c.rng.IntN(6) == 0 {
			s = states[c.rng.IntN(len(states))]
		}
		if len(s) == 2 && c.rng.IntN(8) > 0 {
			copy(t.State[:], s)
		}
		ts = append(ts, t)
	}
	r.Taxonomies = ts
	return r
}

// profileOf is what a directory must say of a row, written without its code.
func (c *country) profileOf(r *Row, zips map[string]ZIP) expert.Profile {
	p := expert.Profile{
		NPI: strconv.Itoa(int(r.NPI)), Organization: r.Organization,
		Name:       expert.Name{Last: string(r.Last), First: string(r.First), Middle: string(r.Middle), Suffix: string(r.Suffix), Former: string(r.Former), Organization: string(r.Legal), Known: string(r.Known)},
		Credential: string(r.Credential),
		Practice:   expert.Place{Line1: string(r.Line1), Line2: string(r.Line2), City: string(r.City), State: string(r.State), ZIP: string(r.ZIP), Phone: string(r.Phone), Organization: string(r.Legal)},
	}
	if r.Sex != 0 {
		p.Sex = string(rune(r.Sex))
	}
	u := strconv.Itoa(int(r.Updated))
	p.Updated = u[:4] + "-" + u[4:6] + "-" + u[6:]
	if z, ok := zips[p.Practice.ZIP]; ok {
		p.Practice.Lat, p.Practice.Lon, p.Practice.Placed = z.Lat, z.Lon, true
	}
	for _, t := range r.Taxonomies {
		s := expert.Specialty{Code: string(t.Code[:]), Name: "Specialty " + strconv.Itoa(slices.Index(testCodes, string(t.Code[:]))), Primary: t.Primary}
		if t.State != [2]byte{} {
			s.LicenseState = string(t.State[:])
		}
		p.Specialties = append(p.Specialties, s)
	}
	return p
}

var testProcs = []string{"99213", "19301", "96413", "99205"}

// sides says something about a part of the rows, to the builder and in the profiles.
func (c *country) sides(b Sides, all []expert.Profile) {
	at := map[string]int{}
	for i := range all {
		at[all[i].NPI] = i
	}
	npi := func(i int) uint32 { n, _ := strconv.Atoi(all[i].NPI); return uint32(n) }
	for i := range all {
		p := &all[i]
		if c.rng.IntN(3) == 0 && !p.Organization {
			cl := expert.Clinician{School: []string{"OTHER", "HARVARD MEDICAL SCHOOL", "STATE UNIVERSITY"}[c.rng.IntN(3)], Graduated: 1960 + c.rng.IntN(60), Telehealth: c.rng.IntN(3) == 0, Assignment: c.rng.IntN(2) == 0}
			for range c.rng.IntN(3) {
				n := c.skewed(800)
				id := fmt.Sprintf("%010d", 4_000_000_000+n)
				if !slices.ContainsFunc(cl.Groups, func(g expert.Group) bool { return g.ID == id }) {
					cl.Groups = append(cl.Groups, expert.Group{ID: id, Name: fmt.Sprintf("%s GROUP", c.last[n%len(c.last)]), Members: 2 + n%50})
				}
			}
			for _, g := range cl.Groups { // a row of the file for each group
				b.Clinician(npi(i), expert.Clinician{School: cl.School, Graduated: cl.Graduated, Telehealth: cl.Telehealth, Assignment: cl.Assignment, Groups: []expert.Group{g}})
			}
			if len(cl.Groups) == 0 {
				b.Clinician(npi(i), cl)
			} else {
				p.Practice.Organization = cl.Groups[0].Name
			}
			p.Clinician = &cl
		}
		for range c.rng.IntN(6) / 3 {
			h := expert.Hospital{CCN: fmt.Sprintf("%06d", c.skewed(300)), Kind: []string{"Hospital", "Teaching hospital"}[c.rng.IntN(2)], Name: "H"}
			if !slices.ContainsFunc(p.Hospitals, func(o expert.Hospital) bool { return o.CCN == h.CCN }) {
				b.Hospital(npi(i), h)
				p.Hospitals = append(p.Hospitals, h)
			}
		}
		switch c.rng.IntN(30) {
		case 0:
			g := expert.Group{ID: fmt.Sprintf("%010d", 4_000_000_000+c.skewed(800)), Name: "BILLING " + c.last[c.skewed(50)%len(c.last)]}
			b.Reassign(npi(i), g)
			p.Reassigns = append(p.Reassigns, g)
		case 1:
			o := expert.OptOut{From: "2024-01-01", Until: []string{"", "2025-12-31", "2027-12-31"}[c.rng.IntN(3)]}
			b.OptOut(npi(i), o)
			p.OptOut = &o
		case 2:
			x := expert.Exclusion{Kind: "1128a1", From: "2020-02-02"}
			b.Exclude(npi(i), x)
			p.Exclusion = &x
		case 3:
			y := expert.Payment{Maker: "MAKER " + strconv.Itoa(c.rng.IntN(20)), Cents: int64(200 + c.rng.IntN(1e6)), Payments: 2, Ownership: c.rng.IntN(9) == 0}
			b.Payment(npi(i), expert.Payment{Maker: y.Maker, Cents: 100, Payments: 1})
			b.Payment(npi(i), expert.Payment{Maker: y.Maker, Cents: y.Cents - 100, Payments: 1, Ownership: y.Ownership})
			p.Payments = append(p.Payments, y)
		case 4:
			x := expert.Board{Board: "ABMS", Specialty: "Medical Oncology", Status: []string{"active", "expired", ""}[c.rng.IntN(3)], Until: []string{"", "2025-01-01", "2030-01-01"}[c.rng.IntN(3)], Source: "operator"}
			b.Board(npi(i), x)
			p.Boards = append(p.Boards, x)
		}
		if c.rng.IntN(4) == 0 {
			for k, h := range testProcs {
				if c.rng.IntN(2) == 0 {
					v := expert.Volume{HCPCS: h, Services: 11 + c.rng.IntN(500), Patients: 11 + c.rng.IntN(200) + k}
					b.Volume(npi(i), expert.Volume{HCPCS: h, Services: 1, Patients: 1})
					b.Volume(npi(i), expert.Volume{HCPCS: h, Services: v.Services - 1, Patients: v.Patients - 1})
					p.Volumes = append(p.Volumes, v)
				}
			}
			slices.SortFunc(p.Volumes, func(a, b expert.Volume) int { return strings.Compare(a.HCPCS, b.HCPCS) })
		}
	}
	pairs := map[[2]int]bool{}
	for range len(all) * 2 {
		i, j := c.skewed(len(all)), c.rng.IntN(len(all))
		if i == j || pairs[[2]int{i, j}] || pairs[[2]int{j, i}] || len(all[i].Shared) > 50 || len(all[j].Shared) > 50 {
			continue
		}
		pairs[[2]int{i, j}] = true
		patients := 11 + c.skewed(60)
		b.Shared(npi(i), npi(j), patients, 180)
		all[i].Shared = append(all[i].Shared, expert.Shared{NPI: all[j].NPI, Patients: patients, Days: 180})
		all[j].Shared = append(all[j].Shared, expert.Shared{NPI: all[i].NPI, Patients: patients, Days: 180})
	}
	b.Shared(npi(0), 2_999_999_999, 77, 30) // somebody in no row
	for i := range all {
		s := all[i].Shared
		slices.SortFunc(s, func(a, b expert.Shared) int {
			if a.Patients != b.Patients {
				return b.Patients - a.Patients
			}
			return strings.Compare(a.NPI, b.NPI)
		})
		for k := range s {
			s[k].Top = k < len(s)/20 || s[k].Patients >= 50
		}
	}
}

// built is a country in a file, and what must be in it.
type built struct {
	*Directory
	path     string
	profiles []expert.Profile
	report   Report
}

func build(t testing.TB, seed uint64, n int) built {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 2))
	zips := someZIPs(rng, 2000)
	c := newCountry(seed, zips)
	dir := t.TempDir()
	b, err := NewBuilder(Inputs{Dir: dir, ZIPs: zips, Codes: c.codes})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	byZIP := map[string]ZIP{}
	for _, z := range zips {
		byZIP[z.Code] = z
	}
	out := built{path: filepath.Join(dir, "directory.db")}
	for i := range n {
		r := c.next(i)
		if err := b.Add(*r); err != nil {
			t.Fatal(err)
		}
		out.profiles = append(out.profiles, c.profileOf(r, byZIP))
	}
	c.sides(b, out.profiles)
	b.SetData("nppes", "2026-11-10")
	if out.report, err = b.Finish(context.Background(), out.path, nil); err != nil {
		t.Fatal(err)
	}
	if out.Directory, err = Open(out.path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Directory.Close() })
	return out
}

// realZIPs are the centres of all US ZIP codes from the open data beside the module,
// the dense ones several times; nil where that is not there.
func realZIPs(t testing.TB) []ZIP {
	f, err := os.Open("../../../shared/data/open/codes/all_us_zipcodes.csv.gz")
	if err != nil {
		return nil
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []ZIP
	for _, r := range rows[1:] {
		lat, err1 := strconv.ParseFloat(r[5], 64)
		lon, err2 := strconv.ParseFloat(r[6], 64)
		if err1 == nil && err2 == nil && !math.IsNaN(lat) {
			out = append(out, ZIP{Code: r[0], City: r[1], State: r[2], Lat: lat, Lon: lon})
		}
	}
	return out
}
