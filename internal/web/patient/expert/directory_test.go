package expert_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/casefile"
	core "consilium/internal/expert"
	"consilium/internal/fault"
)

// town is a small directory: every profile is looked at for every question.
type town struct {
	people []core.Profile
	asked  []core.Query
	data   map[string]string // the dates of its files; nil: day
}

var day = map[string]string{"nppes": "2026-11-10", "clinicians": "2026-10-30"}

func (d *town) Data() map[string]string {
	if d.data != nil {
		return d.data
	}
	return day
}

func (d *town) ZIP(zip string) (core.Centre, string, bool) {
	at, ok := map[string]core.Centre{"92111": {Lat: 32.80, Lon: -117.17}, "92121": {Lat: 32.89, Lon: -117.20}, "90042": {Lat: 34.11, Lon: -118.19}}[zip]
	return at, "CA", ok
}

func (d *town) Profile(_ context.Context, npi string) (core.Profile, error) {
	for _, p := range d.people {
		if p.NPI == npi {
			return p, nil
		}
	}
	return core.Profile{}, fault.New(fault.NotFound, "fault.not_found")
}

func (d *town) Find(_ context.Context, q core.Query) (core.Found, error) {
	d.asked = append(d.asked, q)
	var all []core.Match
	for _, p := range d.people {
		m := core.Match{Profile: p, Measures: core.Measures{Miles: -1, Services: -1}}
		for _, s := range p.Specialties {
			if slices.Contains(q.Codes, s.Code) {
				m.Measures.Match = 2
			}
		}
		if q.Centre != nil {
			m.Measures.Miles = math.Hypot((p.Practice.Lat-q.Centre.Lat)*69, (p.Practice.Lon-q.Centre.Lon)*58)
		}
		if c := p.Clinician; c != nil {
			m.Measures.Graduated, m.Measures.Telehealth = c.Graduated, c.Telehealth
		}
		level := core.Unknown
		if q.First != nil {
			level = core.Between(*q.First, p, q.Limits).Level
		}
		switch {
		case len(q.Codes) > 0 && m.Measures.Match == 0, q.Centre != nil && m.Measures.Miles > q.Miles, slices.Contains(q.Without, p.NPI),
			len(q.States) > 0 && !slices.Contains(q.States, p.Practice.State), len(q.Levels) > 0 && !slices.Contains(q.Levels, level),
			q.Members != nil && !q.Members.Has(number(p.NPI)),
			q.Name != "" && !strings.HasPrefix(strings.ToLower(p.Name.Last), strings.ToLower(q.Name)):
			continue
		}
		m.Score = q.Weights.Score(m.Measures)
		all = append(all, m)
	}
	slices.SortStableFunc(all, func(a, b core.Match) int {
		if q.ByDistance {
			return cmp.Or(cmp.Compare(a.Measures.Miles, b.Measures.Miles), strings.Compare(a.Profile.NPI, b.Profile.NPI))
		}
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Profile.NPI, b.Profile.NPI))
	})
	f := core.Found{Total: len(all)}
	if q.Skip < len(all) {
		f.Matches = all[q.Skip:min(len(all), q.Skip+q.Limit)]
	}
	return f, nil
}

func number(npi string) uint32 {
	n, err := strconv.ParseUint(npi, 10, 32)
	if err != nil {
		panic(err)
	}
	return uint32(n)
}

// npi makes a number with its check digit.
func npi(n int) string {
	for c := range 10 {
		if s := fmt.Sprintf("20000%04d%d", n, c); casefile.IsNPI(s) {
			return s
		}
	}
	panic("no check digit fits")
}

var firstNPI = npi(1)

// newTown has the first doctor, a partner of hers, and oncologists of whom one shares
// her hospital.
func newTown() *town {
	place := func(org, line, city, zip string, lat, lon float64) core.Place {
		return core.Place{Organization: org, Line1: line, City: city, State: "CA", ZIP: zip, Phone: "6195550121", Lat: lat, Lon: lon, Placed: true}
	}
	hospital := []core.Hospital{{CCN: "050001", Name: "Jacaranda Mesa Hospital"}}
	other := []core.Hospital{{CCN: "050777", Name: "Costa Azul University Hospital"}}
	onc := []core.Specialty{{Code: "207RX0202X", Name: "Medical Oncology", Primary: true, LicenseState: "CA"}}
	group := func(id, name string) *core.Clinician {
		return &core.Clinician{School: "OTHER", Graduated: 1998, Telehealth: true, Groups: []core.Group{{ID: id, Name: name, Members: 12}}}
	}
	d := &town{people: []core.Profile{
		{
			NPI: firstNPI, Name: core.Name{First: "ELENA", Last: "MARSH"}, Credential: "MD", Specialties: []core.Specialty{{Code: "208600000X", Name: "Surgery", Primary: true, LicenseState: "CA"}},
			Practice: place("JACARANDA MESA SURGICAL GROUP", "910 MESA JACARANDA DR", "SAN DIEGO", "92111", 32.80, -117.17), Clinician: group("1", "Jacaranda Mesa Surgical Group"), Hospitals: hospital,
		},
		{
			NPI: npi(2), Name: core.Name{First: "PETER", Last: "LINDQVIST"}, Credential: "MD", Specialties: onc,
			Practice: place("JACARANDA MESA SURGICAL GROUP", "910 MESA JACARANDA DR", "SAN DIEGO", "92111", 32.80, -117.17), Clinician: group("1", "Jacaranda Mesa Surgical Group"), Hospitals: hospital,
		},
		{
			NPI: npi(3), Name: core.Name{First: "GRACE", Last: "ADEYEMI"}, Credential: "M.D.", Specialties: onc,
			Practice: place("MESA CANCER CARE", "12 PALM ST", "SAN DIEGO", "92111", 32.80, -117.17), Clinician: group("2", "Mesa Cancer Care"), Hospitals: hospital,
		},
	}}
	for i := range 24 {
		p := core.Profile{
			NPI: npi(10 + i), Name: core.Name{First: "MADEUP", Last: fmt.Sprintf("ONCOLOGIST%02d", i)}, Credential: "MD", Specialties: onc,
			Practice:  place(fmt.Sprintf("COSTA AZUL CLINIC %d", i), fmt.Sprintf("%d PASEO DEL FARO", 60+i), "SAN DIEGO", "92121", 32.89+0.004*float64(i), -117.20+0.01*float64(i%5)),
			Clinician: group(fmt.Sprint(100+i), fmt.Sprintf("Costa Azul Clinic %d", i)), Hospitals: other, Payments: []core.Payment{{Maker: "Made-up Devices", Cents: 120050, Payments: 3}},
		}
		d.people = append(d.people, p)
	}
	return d
}
