package expert

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/finding"
)

// weights takes the shares of the fit from the rules and leaves out the parts that this
// question cannot tell apart: no circle, no distance.
func (s *search) weights() Weights {
	w := Weights{Year: yearOf(s.query.Day)}
	for _, f := range s.fit.Fired {
		if f.Kind != "weights" {
			continue
		}
		n := f.Numbers
		w.Specialty, w.Volume, w.Experience, w.Distance, w.Telehealth, w.Teaching = n["specialty"], n["volume"], n["experience"], n["distance"], n["telehealth"], n["teaching"]
		w.Second, w.Neutral = 10*n["second_percent"], 10*n["neutral_percent"]
		w.FullVolume, w.FullYears, w.Reach = n["full_services"], n["full_years"], float64(n["reach_miles"])
	}
	if len(s.query.Codes) == 0 {
		w.Specialty = 0
	}
	if len(s.query.HCPCS) == 0 {
		w.Volume = 0
	}
	if s.query.Centre == nil {
		w.Distance = 0
	}
	if s.query.Telehealth {
		w.Telehealth = 0 // all who are found offer it
	}
	return w.Ready()
}

func yearOf(day string) int {
	year, _, _ := strings.Cut(day, "-")
	n, _ := strconv.Atoi(year)
	return n
}

// measure takes the measures of one profile, as a directory does for each.
func (s *search) measure(p *Profile) Measures {
	m := Measures{Miles: -1, Services: -1}
	for _, sp := range p.Specialties {
		switch {
		case !slices.Contains(s.query.Codes, sp.Code):
		case sp.Primary:
			m.Match = 2
		default:
			m.Match = max(m.Match, 1)
		}
	}
	if s.query.Centre != nil && p.Practice.Placed {
		m.Miles = s.query.Centre.MilesTo(Centre{p.Practice.Lat, p.Practice.Lon})
	}
	for _, v := range p.Volumes {
		if slices.Contains(s.query.HCPCS, v.HCPCS) {
			m.Services, m.Patients = max(m.Services, 0)+v.Services, m.Patients+v.Patients
		}
	}
	if c := p.Clinician; c != nil {
		m.Graduated, m.Telehealth = c.Graduated, c.Telehealth
	}
	return m
}

// EarthRadius is the earth's mean radius in miles (IUGG: 6,371.0088 km).
const EarthRadius = 3958.7613

// MilesTo is the great-circle distance on a sphere of the earth's mean radius.
func (a Centre) MilesTo(b Centre) float64 {
	const rad = math.Pi / 180
	sinLat, sinLon := math.Sin((b.Lat-a.Lat)*rad/2), math.Sin((b.Lon-a.Lon)*rad/2)
	h := sinLat*sinLat + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*sinLon*sinLon
	return 2 * EarthRadius * math.Asin(math.Sqrt(min(1, h)))
}

// files names the public file behind each part of the fit: its key in the directory's
// data, and its title.
var files = [parts][2]string{
	partSpecialty: {"nppes", "NPPES"}, partVolume: {"volumes", "Medicare Physician & Other Practitioners"}, partExperience: {"clinicians", "CMS Doctors and Clinicians"},
	partDistance: {"nppes", "NPPES"}, partTelehealth: {"clinicians", "CMS Doctors and Clinicians"}, partTeaching: {"affiliations", "CMS facility affiliations"},
}

// explain gives the fit with each part: its value, its share, the sentence behind it and
// the public file with its day. The score is exactly what the directory sorted by.
func (s *search) explain(m *Match) Fit {
	w := s.query.Weights
	shares, values, of := w.shares(), w.values(&m.Measures), 0
	for _, share := range shares {
		of += share
	}
	f := Fit{Score: thousandths(m.Score), Factors: []Factor{}}
	for i, share := range shares {
		if share <= 0 {
			continue
		}
		title := files[i][1]
		if day := s.data()[files[i][0]]; day != "" {
			title += " " + day
		}
		f.Factors = append(f.Factors, Factor{
			Name: partNames[i], Value: thousandths(values[i]), Weight: thousandths(1000 * share / of), Evidence: s.evidence(i, m), Source: title,
		})
	}
	return f
}

func thousandths(n int) float64 { return float64(n) / 1000 }

// evidence is the rules' sentence for one part, with this candidate's own numbers.
func (s *search) evidence(part int, m *Match) string {
	kind, fill := "unknown", []string{}
	put := func(k string, pairs ...string) { kind, fill = k, pairs }
	switch x := &m.Measures; part {
	case partSpecialty:
		if name := s.matched(m); x.Match == 2 {
			put("primary", "[specialty]", name)
		} else if x.Match == 1 {
			put("second", "[specialty]", name)
		}
	case partVolume:
		if x.Services > 0 {
			put("known", "[services]", grouped(x.Services), "[patients]", grouped(x.Patients), "[codes]", strings.Join(s.query.HCPCS, ", "))
		}
	case partExperience:
		if x.Graduated > 0 {
			put("known", "[year]", strconv.Itoa(x.Graduated), "[years]", strconv.Itoa(max(0, s.query.Weights.Year-x.Graduated)))
		}
	case partDistance:
		if x.Miles >= 0 {
			put("known", "[miles]", strconv.FormatFloat(x.Miles, 'f', 1, 64), "[zip]", s.q.Near.ZIP)
		}
	case partTelehealth:
		if x.Telehealth {
			put("known")
		}
	case partTeaching:
		if x.Teaching {
			put("known")
		}
	}
	return strings.NewReplacer(fill...).Replace(s.parts[partNames[part]].Words[kind])
}

// matched names the specialties that were asked for and that they say they have.
func (s *search) matched(m *Match) string {
	var names []string
	for _, sp := range m.Profile.Specialties {
		if slices.Contains(s.query.Codes, sp.Code) && (sp.Primary || m.Measures.Match < 2) {
			name := sp.Name
			if name == "" {
				name = sp.Code
			}
			names = append(names, name)
		}
	}
	return strings.Join(names, "; ")
}

// grouped writes a count as people in the US read it: 1,736.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// tieLimits takes the numbers of the ties from the rules.
func (s *search) tieLimits() Limits {
	for _, f := range s.fit.Fired {
		if f.Kind == "limits" {
			return limitsOf(f)
		}
	}
	return Limits{}
}

func limitsOf(f finding.Fired) Limits {
	n := f.Numbers
	return Limits{HospitalPercent: n["hospital_percent"], SharedPatients: n["shared_patients"], SharedDays: n["shared_days"], GraduatedWithin: n["graduated_within"], MakerCents: int64(n["maker_cents"])}
}
