package expert_test

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"consilium/internal/expert"
	"consilium/internal/fault"
)

// memory is a directory of a few profiles that looks at every one of them.
type memory struct {
	profiles []expert.Profile
	data     map[string]string
	asked    expert.Query // the last query
}

var zips = map[string]struct {
	centre expert.Centre
	state  string
}{
	"02139": {expert.Centre{Lat: 42.3647, Lon: -71.1042}, "MA"}, "02114": {expert.Centre{Lat: 42.3611, Lon: -71.0682}, "MA"},
	"03755": {expert.Centre{Lat: 43.7022, Lon: -72.2896}, "NH"}, "10021": {expert.Centre{Lat: 40.7693, Lon: -73.9588}, "NY"},
}

func (m *memory) ZIP(zip string) (expert.Centre, string, bool) {
	z, ok := zips[zip]
	return z.centre, z.state, ok
}

func (m *memory) Data() map[string]string { return m.data }

func (m *memory) Specialty(code string) (string, bool) {
	name, ok := names[code]
	return name, ok
}

var names = map[string]string{
	"207RX0202X": "Medical Oncology", "207RH0003X": "Hematology & Oncology", "2086X0206X": "Surgical Oncology", "207P00000X": "Emergency Medicine", "2080P0207X": "Pediatric Hematology-Oncology",
}

func (m *memory) Profile(_ context.Context, npi string) (expert.Profile, error) {
	for _, p := range m.profiles {
		if p.NPI == npi {
			return p, nil
		}
	}
	return expert.Profile{}, fault.New(fault.NotFound, "fault.not_found")
}

func (m *memory) Find(_ context.Context, q expert.Query) (expert.Found, error) {
	m.asked = q
	var found expert.Found
	var all []expert.Match
	for _, p := range m.profiles {
		x := measured(p, q)
		if !fits(p, x, q) {
			continue
		}
		if q.Centre != nil && !p.Practice.Placed {
			found.Unplaced++
			continue
		}
		if q.Centre != nil && x.Miles > q.Miles {
			continue
		}
		all = append(all, expert.Match{Profile: p, Measures: x, Score: q.Weights.Score(x)})
	}
	slices.SortFunc(all, func(a, b expert.Match) int {
		first := cmp.Compare(b.Score, a.Score)
		if q.ByDistance {
			first = cmp.Compare(a.Measures.Miles, b.Measures.Miles)
		}
		return cmp.Or(first, cmp.Compare(a.Profile.NPI, b.Profile.NPI))
	})
	found.Total = len(all)
	all = all[min(q.Skip, len(all)):]
	found.Matches = all[:min(q.Limit, len(all))]
	return found, nil
}

func measured(p expert.Profile, q expert.Query) expert.Measures {
	x := expert.Measures{Miles: -1, Services: -1}
	for _, s := range p.Specialties {
		if slices.Contains(q.Codes, s.Code) {
			x.Match = max(x.Match, 1)
			if s.Primary {
				x.Match = 2
			}
		}
	}
	if q.Centre != nil && p.Practice.Placed {
		x.Miles = arc(*q.Centre, expert.Centre{Lat: p.Practice.Lat, Lon: p.Practice.Lon})
	}
	for _, v := range p.Volumes {
		if slices.Contains(q.HCPCS, v.HCPCS) {
			x.Services, x.Patients = max(0, x.Services)+v.Services, x.Patients+v.Patients
		}
	}
	if p.Clinician != nil {
		x.Graduated, x.Telehealth = p.Clinician.Graduated, p.Clinician.Telehealth
	}
	return x
}

// arc is the great-circle distance in miles by the law of cosines.
func arc(a, b expert.Centre) float64 {
	const rad = math.Pi / 180
	c := math.Sin(a.Lat*rad)*math.Sin(b.Lat*rad) + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*math.Cos((a.Lon-b.Lon)*rad)
	return math.Acos(min(1, c)) * 3958.7613
}

func fits(p expert.Profile, x expert.Measures, q expert.Query) bool {
	if len(q.Codes) > 0 && x.Match == 0 || len(q.States) > 0 && !slices.Contains(q.States, p.Practice.State) || slices.Contains(q.Without, p.NPI) {
		return false
	}
	if !q.Kind.Has(&p) {
		return false
	}
	if q.Name != "" && !strings.HasPrefix(strings.ToLower(p.Name.Last), strings.ToLower(q.Name)) {
		return false
	}
	if q.Telehealth && !x.Telehealth || q.Licensed != "" && !slices.Contains(p.LicensedIn(), q.Licensed) {
		return false
	}
	if q.Certified && len(p.Boards) == 0 || q.Medicare && p.OptOut != nil {
		return false
	}
	if q.First != nil && len(q.Levels) > 0 && !slices.Contains(q.Levels, expert.Between(*q.First, p, q.Limits).Level) {
		return false
	}
	return true
}

// doctor makes a profile with one main field at one of the known ZIP codes.
func doctor(npi, last, code, zip string, change ...func(*expert.Profile)) expert.Profile {
	z := zips[zip]
	p := expert.Profile{
		NPI: npi, Name: expert.Name{First: "Ana", Last: last}, Credential: "MD", Specialties: []expert.Specialty{{Code: code, Name: names[code], Primary: true, LicenseState: z.state}},
		Practice:  expert.Place{Line1: npi[5:8] + " Elm St", City: "Town", State: z.state, ZIP: zip, Lat: z.centre.Lat, Lon: z.centre.Lon, Placed: z.state != ""},
		Clinician: &expert.Clinician{Graduated: 2000, Groups: []expert.Group{{ID: npi, Name: "Group of " + last}}},
		Hospitals: []expert.Hospital{{CCN: npi[4:], Name: "Hospital " + last}},
	}
	for _, c := range change {
		c(&p)
	}
	return p
}
