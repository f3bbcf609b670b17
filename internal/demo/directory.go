package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/directory"
	"consilium/internal/directory/nppes"
	"consilium/internal/directory/sample"
	"consilium/internal/expert"
	"consilium/people"
)

// MadeUp is the name under which a directory of made-up people says so: it stands among
// its public files, with the day on which it was made.
const MadeUp = "made_up"

// providers is how many the demo's directory makes up.
const providers = 9000

// zips are where the cast lives and where they would go, with the centre of each.
var zips = []directory.ZIP{
	{Code: "92111", City: "San Diego", State: "CA", Lat: 32.8037, Lon: -117.1664},
	{Code: "92121", City: "San Diego", State: "CA", Lat: 32.9039, Lon: -117.2078},
	{Code: "92103", City: "San Diego", State: "CA", Lat: 32.7461, Lon: -117.1705},
	{Code: "92104", City: "San Diego", State: "CA", Lat: 32.7388, Lon: -117.1289},
	{Code: "92123", City: "San Diego", State: "CA", Lat: 32.8110, Lon: -117.1368},
	{Code: "92037", City: "La Jolla", State: "CA", Lat: 32.8385, Lon: -117.2610},
	{Code: "91910", City: "Chula Vista", State: "CA", Lat: 32.6369, Lon: -117.0501},
	{Code: "92025", City: "Escondido", State: "CA", Lat: 33.0571, Lon: -117.0834},
	{Code: "92868", City: "Orange", State: "CA", Lat: 33.7885, Lon: -117.8750},
	{Code: "90042", City: "Los Angeles", State: "CA", Lat: 34.1140, Lon: -118.1930},
	{Code: "45402", City: "Dayton", State: "OH", Lat: 39.7567, Lon: -84.1816},
	{Code: "45406", City: "Dayton", State: "OH", Lat: 39.7825, Lon: -84.2394},
	{Code: "45429", City: "Dayton", State: "OH", Lat: 39.6841, Lon: -84.1636},
	{Code: "45202", City: "Cincinnati", State: "OH", Lat: 39.1103, Lon: -84.4861},
	{Code: "43216", City: "Columbus", State: "OH", Lat: 39.9690, Lon: -83.0114},
	{Code: "30303", City: "Atlanta", State: "GA", Lat: 33.7525, Lon: -84.3920},
	{Code: "30308", City: "Atlanta", State: "GA", Lat: 33.7718, Lon: -84.3757},
	{Code: "30322", City: "Atlanta", State: "GA", Lat: 33.7952, Lon: -84.3243},
	{Code: "30912", City: "Augusta", State: "GA", Lat: 33.4710, Lon: -81.9880},
	{Code: "98402", City: "Tacoma", State: "WA", Lat: 47.2537, Lon: -122.4443},
	{Code: "98403", City: "Tacoma", State: "WA", Lat: 47.2654, Lon: -122.4571},
	{Code: "98501", City: "Olympia", State: "WA", Lat: 47.0130, Lon: -122.8770},
	{Code: "37203", City: "Nashville", State: "TN", Lat: 36.1504, Lon: -86.7916},
	{Code: "55401", City: "Minneapolis", State: "MN", Lat: 44.9793, Lon: -93.2730},
}

// fields are the specialties that occur, as NUCC names them.
var fields = []directory.Code{
	{Code: "207RX0202X", Name: "Medical Oncology"},
	{Code: "207RH0003X", Name: "Hematology & Oncology"},
	{Code: "2086X0206X", Name: "Surgical Oncology"},
	{Code: "2085R0001X", Name: "Radiation Oncology"},
	{Code: "207ZP0102X", Name: "Anatomic Pathology & Clinical Pathology"},
	{Code: "2085R0202X", Name: "Diagnostic Radiology"},
	{Code: "208600000X", Name: "Surgery"},
	{Code: "207X00000X", Name: "Orthopaedic Surgery"},
	{Code: "207XS0117X", Name: "Orthopaedic Surgery of the Spine"},
	{Code: "207T00000X", Name: "Neurological Surgery"},
	{Code: "208100000X", Name: "Physical Medicine & Rehabilitation"},
	{Code: "208VP0014X", Name: "Interventional Pain Medicine"},
	{Code: "207RR0500X", Name: "Rheumatology"},
	{Code: "207K00000X", Name: "Allergy & Immunology"},
	{Code: "2080P0202X", Name: "Pediatric Cardiology"},
	{Code: "207RC0000X", Name: "Cardiovascular Disease"},
	{Code: "208G00000X", Name: "Thoracic Surgery (Cardiothoracic Vascular Surgery)"},
	{Code: "207R00000X", Name: "Internal Medicine"},
	{Code: "207Q00000X", Name: "Family Medicine"},
	{Code: "208000000X", Name: "Pediatrics"},
	{Code: "2084N0400X", Name: "Neurology"},
	{Code: "193200000X", Name: "Multi-Specialty"},
}

// kinds are the sample's files as the reader knows them.
var kinds = map[string]nppes.Kind{
	"": nppes.Providers, ".clinicians": nppes.Clinicians, ".affiliations": nppes.Affiliations, ".reassignments": nppes.Reassignments, ".volumes": nppes.Volumes,
	".opt-out": nppes.OptOuts, ".exclusions": nppes.Exclusions, ".payments": nppes.Payments, ".shared-patients": nppes.SharedPatients,
}

// BuildDirectory makes a small directory of made-up clinicians around the places of the
// cast, with the cast's own doctors among them, and puts it at path. Nobody in it
// exists; it says so under MadeUp.
func BuildDirectory(ctx context.Context, path string, now time.Time) (err error) {
	dir, err := os.MkdirTemp(filepath.Dir(path), "demo-directory-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	world, err := sample.New(sample.Settings{Providers: providers, Seed: 1, Codes: fields, ZIPs: zips})
	if err != nil {
		return err
	}
	b, err := directory.NewBuilder(directory.Inputs{Dir: dir, ZIPs: zips, Codes: fields})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	reader := nppes.NewReader(nppes.Settings{Today: now})
	for _, f := range sample.Files() {
		kind, ok := kinds[f.Name]
		if !ok {
			continue
		}
		if err := take(ctx, reader, b, world, f, kind, filepath.Join(dir, "npidata"+f.Name+".csv")); err != nil {
			return err
		}
	}
	reader.Deactivate(b)
	for _, d := range doctors() {
		if err := d.into(b, now); err != nil {
			return err
		}
	}
	b.SetData(MadeUp, now.Format(time.DateOnly))
	_, err = b.Finish(ctx, path, func(directory.Progress) {})
	return err
}

// take writes one file of the sample and reads it as an operator's would be read.
func take(ctx context.Context, r *nppes.Reader, b *directory.Builder, w *sample.World, f sample.File, kind nppes.Kind, name string) error {
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := errors.Join(w.Write(f, out, nil), out.Close()); err != nil {
		return err
	}
	src, err := nppes.Open(name, kind)
	if err != nil {
		return err
	}
	defer src.Close()
	_, err = r.Read(ctx, silent{b}, src, kind)
	return err
}

// silent gives everybody a telephone number of those kept for stories (555-0100 to
// 555-0199), so that nobody who exists is called.
type silent struct{ *directory.Builder }

func (s silent) Add(r directory.Row) error {
	if len(r.Phone) == 10 {
		r.Phone = fmt.Appendf(nil, "%s55501%02d", r.Phone[:3], r.NPI%100)
	}
	return s.Builder.Add(r)
}

// doctor is one of the cast's.
type doctor struct {
	casefile.Doctor
	credentials string
	code        string
}

// codeOf are the specialties of the cast's doctors as NUCC codes, by what their story
// calls them.
var codeOf = map[string]string{
	"General surgery": "208600000X", "Breast surgical oncology": "2086X0206X", "Medical oncology": "207RX0202X", "Rheumatology": "207RR0500X", "Pediatric cardiology": "2080P0202X",
	"Orthopedic surgery of the spine": "207XS0117X",
}

func doctors() []doctor {
	var all []doctor
	for _, p := range people.Cast() {
		told, err := p.Case("en")
		if err != nil {
			continue // whoever loads the cast says what is wrong with it
		}
		add := func(d casefile.Doctor, credentials string) {
			if casefile.IsNPI(d.NPI) {
				code := codeOf[d.Specialty]
				if code == "" {
					code = "207R00000X"
				}
				all = append(all, doctor{d, credentials, code})
			}
		}
		add(told.Profile.FirstDoctor, "MD")
		for _, x := range told.Candidates {
			add(casefile.Doctor{Name: x.Name, NPI: x.NPI, Practice: x.Practice, Address: x.Address, Specialty: x.Specialty, Phone: x.Phone, Hospital: x.Hospital}, x.Credentials)
		}
	}
	return all
}

// into adds the doctor with practice, group and hospital.
func (d doctor) into(b *directory.Builder, now time.Time) error {
	n, err := strconv.ParseUint(d.NPI, 10, 32)
	if err != nil {
		return err
	}
	first, last, _ := strings.Cut(d.Name, " ")
	parts := strings.Split(d.Address, ", ") // "910 Mesa Jacaranda Drive, Suite 200, San Diego, CA 92111"
	if len(parts) < 3 {
		return fmt.Errorf("the address of %s is not of the form street, city, state ZIP", d.Name)
	}
	state, zip, _ := strings.Cut(parts[len(parts)-1], " ")
	upper := func(s string) []byte { return []byte(strings.ToUpper(s)) }
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, d.Phone)
	row := directory.Row{
		NPI: uint32(n), Updated: uint32(now.Year()*10000 + int(now.Month())*100 + now.Day()),
		First: upper(first), Last: upper(last), Credential: []byte(d.credentials),
		Line1: upper(parts[0]), City: upper(parts[len(parts)-2]), State: []byte(state), ZIP: []byte(zip), Phone: []byte(digits),
		Taxonomies: []directory.Taxonomy{{Code: [10]byte([]byte(d.code)), State: [2]byte([]byte(state)), Primary: true}},
	}
	if len(parts) > 3 {
		row.Line2 = upper(strings.Join(parts[1:len(parts)-2], ", "))
	}
	if err := b.Add(row); err != nil {
		return err
	}
	b.Clinician(row.NPI, expert.Clinician{School: "OTHER", Graduated: 1994 + int(n%14), Groups: []expert.Group{{ID: number(d.Practice), Name: strings.ToUpper(d.Practice), Members: 9}}})
	if d.Hospital != "" {
		b.Hospital(row.NPI, expert.Hospital{CCN: "99" + number(d.Hospital)[:4], Kind: "Hospital", Name: d.Hospital})
	}
	return b.Err()
}

// number makes ten digits out of a name, always the same: PAC IDs and hospital numbers
// of places that do not exist.
func number(name string) string {
	h := uint64(14695981039346656037)
	for _, c := range []byte(strings.ToLower(name)) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return fmt.Sprintf("%010d", h%10_000_000_000)
}
