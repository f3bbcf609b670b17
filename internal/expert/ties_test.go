package expert

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

var limits = Limits{HospitalPercent: 50, SharedPatients: 50, SharedDays: 180, GraduatedWithin: 2, MakerCents: 10000}

// marsh is the first doctor of these tests, in every public file.
func marsh() Profile {
	return Profile{
		NPI: "1234567893", Name: Name{Last: "Marsh", First: "Elena"},
		Practice:  Place{Organization: "Valley Oncology Medical Group Inc", Line1: "120 N. Main St, Suite 400", City: "Fresno", State: "CA", ZIP: "93701"},
		Clinician: &Clinician{School: "University of California, Davis School of Medicine", Graduated: 1998, Groups: []Group{{ID: "4284636234", Name: "Valley Oncology Medical Group", Members: 31}}},
		Hospitals: []Hospital{{CCN: "050060", Name: "Valley Regional"}, {CCN: "050093", Name: "Saint Agnes"}},
		Reassigns: []Group{{ID: "4284636234", Name: "Valley Oncology Medical Group"}, {ID: "9900112233", Name: "Central Valley Infusion LLC"}},
		Payments:  []Payment{{Maker: "Northwind Biologics, Inc.", Cents: 450000}, {Maker: "Lantern Devices", Cents: 900}},
		Shared:    []Shared{{NPI: "1003000126", Patients: 64, Days: 180}, {NPI: "1104000017", Patients: 12, Days: 60, Top: true}, {NPI: "1205000018", Patients: 49, Days: 180}},
	}
}

// sorensen has nothing in common with marsh.
func sorensen() Profile {
	return Profile{
		NPI: "1245319599", Name: Name{Last: "Sorensen", First: "Judith"},
		Practice:  Place{Organization: "Bay University Physicians", Line1: "9 Hill Road", City: "San Francisco", State: "CA", ZIP: "94143"},
		Clinician: &Clinician{School: "Yale University School of Medicine", Graduated: 1998, Groups: []Group{{ID: "7719988776", Name: "Bay University Physicians"}}},
		Hospitals: []Hospital{{CCN: "050454", Name: "Bay University Hospital"}},
		Reassigns: []Group{{ID: "7719988776"}},
		Payments:  []Payment{{Maker: "Lantern Devices", Cents: 500000}},
	}
}

func TestEveryTieIsSeenWithItsEvidence(t *testing.T) {
	for name, c := range map[string]struct {
		change   func(*Profile)
		signal   string
		strength Strength
		level    Level
		evidence string
	}{
		"the same number": {func(p *Profile) { p.NPI = "1234567893" }, "same_person", Stop, NotIndependent, "1234567893"},
		"the same practice group": {func(p *Profile) {
			p.Clinician.Groups = append(p.Clinician.Groups, Group{ID: "4284636234", Name: "Valley Oncology"})
		}, "same_group", Stop, NotIndependent, "Valley Oncology"},
		"a group with zeros before its number":    {func(p *Profile) { p.Clinician.Groups = []Group{{ID: "004284636234", Name: "V O"}} }, "same_group", Stop, NotIndependent, "V O"},
		"both let one group bill":                 {func(p *Profile) { p.Reassigns = []Group{{ID: "9900112233", Name: "Central Valley Infusion LLC"}} }, "same_reassignment", Warn, Caution, "Central Valley Infusion LLC"},
		"one lets the other's group bill":         {func(p *Profile) { p.Reassigns = []Group{{ID: "4284636234"}} }, "same_reassignment", Warn, Caution, "PAC ID 4284636234"},
		"the same legal name":                     {func(p *Profile) { p.Practice.Organization = "VALLEY ONCOLOGY MEDICAL GROUP, INC." }, "same_organization", Warn, Caution, "VALLEY ONCOLOGY MEDICAL GROUP, INC."},
		"the same building":                       {func(p *Profile) { p.Practice.Line1, p.Practice.ZIP = "120 NORTH MAIN STREET STE 7", "937011122" }, "same_address", Warn, Caution, "120 NORTH MAIN STREET STE 7, 93701"},
		"half of all hospitals":                   {func(p *Profile) { p.Hospitals = []Hospital{{CCN: "050060", Name: "Valley Regional"}} }, "same_hospital", Warn, Caution, "Valley Regional"},
		"one hospital of many":                    {func(p *Profile) { p.Hospitals = append(p.Hospitals, Hospital{CCN: "050060", Name: "Valley Regional"}) }, "same_hospital", Weak, Independent, "Valley Regional"},
		"fifty patients and more":                 {func(p *Profile) { p.NPI = "1003000126" }, "shared_patients", Warn, Caution, "64 / 180 d"},
		"few patients, and among the strongest":   {func(p *Profile) { p.NPI = "1104000017" }, "shared_patients", Warn, Caution, "12 / 60 d"},
		"patients that only the other's list has": {func(p *Profile) { p.Shared = []Shared{{NPI: "1234567893", Patients: 50, Days: 180}} }, "shared_patients", Warn, Caution, "50 / 180 d"},
		"one school, two years apart": {func(p *Profile) {
			p.Clinician.School, p.Clinician.Graduated = "UNIVERSITY OF CALIFORNIA DAVIS SCHOOL OF MEDICINE", 2000
		}, "same_school", Weak, Independent, "UNIVERSITY OF CALIFORNIA DAVIS SCHOOL OF MEDICINE, 1998 / 2000"},
		"paid by one maker":        {func(p *Profile) { p.Payments = []Payment{{Maker: "NORTHWIND BIOLOGICS INC", Cents: 123456}} }, "same_maker", Weak, Independent, "NORTHWIND BIOLOGICS INC: $4,500.00 / $1,234.56"},
		"owns a part of the maker": {func(p *Profile) { p.Payments[0].Ownership = true }, "same_maker", Weak, Independent, "Lantern Devices: $9.00 / $5,000.00"},
	} {
		t.Run(name, func(t *testing.T) {
			other := sorensen()
			c.change(&other)
			for _, way := range []struct{ first, other Profile }{{marsh(), other}, {other, marsh()}} {
				got := Between(way.first, way.other, limits)
				i := 0
				for i < len(got.Signals) && got.Signals[i].Signal != c.signal {
					i++
				}
				if i == len(got.Signals) {
					t.Fatalf("no %s: %+v", c.signal, got)
				}
				if s := got.Signals[i]; s.Strength != c.strength || got.Level != c.level || way.other.NPI == other.NPI && s.Evidence != c.evidence {
					t.Errorf("%s %+v", got.Level, s)
				}
				if c.signal != "same_person" && len(got.Signals) != 1 {
					t.Errorf("more than one sign: %+v", got.Signals)
				}
			}
		})
	}
}

func TestJustBelowALimitIsNoTie(t *testing.T) {
	for name, change := range map[string]func(*Profile){
		"49 patients":                    func(p *Profile) { p.NPI = "1205000018" },
		"patients over a longer time":    func(p *Profile) { p.Shared = []Shared{{NPI: "1234567893", Patients: 90, Days: 365}} },
		"three years apart":              func(p *Profile) { p.Clinician.School, p.Clinician.Graduated = marsh().Clinician.School, 2001 },
		"no year":                        func(p *Profile) { p.Clinician.School, p.Clinician.Graduated = marsh().Clinician.School, 0 },
		"a meal from one maker":          func(p *Profile) { p.Payments = []Payment{{Maker: "Northwind Biologics Inc", Cents: 9999}} },
		"another ZIP":                    func(p *Profile) { p.Practice.Line1 = marsh().Practice.Line1 },
		"the same town":                  func(p *Profile) { p.Practice.Line1, p.Practice.ZIP = "122 N Main St", "93701" },
		"a post-office box":              func(p *Profile) { p.Practice.Line1, p.Practice.ZIP = "PO Box 4", "93701" },
		"a group and a hospital of none": func(p *Profile) { p.Clinician.Groups, p.Hospitals = []Group{{}}, []Hospital{{}} },
	} {
		other := sorensen()
		change(&other)
		if got := Ties(marsh(), other, limits); len(got) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTwoSchoolsThatTheFileDoesNotNameAreNotOne(t *testing.T) {
	a, b := marsh(), sorensen()
	a.Clinician.School, b.Clinician.School = "OTHER", "OTHER"
	if got := Ties(a, b, limits); len(got) != 0 {
		t.Error(got)
	}
}

func TestTheOnlyHospitalOfBothIsTold(t *testing.T) {
	a, b := marsh(), sorensen()
	a.Hospitals = a.Hospitals[:1]
	b.Hospitals = a.Hospitals
	if got := Ties(a, b, limits); len(got) != 1 || got[0].Seen["only"] != "yes" || got[0].Seen["percent"] != "100" {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsInNoFileIsNoProofOfIndependence(t *testing.T) {
	bare := func(npi, line, zip string) Profile { return Profile{NPI: npi, Practice: Place{Line1: line, ZIP: zip}} }
	for name, c := range map[string]struct {
		first, other Profile
		level        Level
		compared     []string
	}{
		"nothing is known":               {Profile{NPI: "1"}, Profile{NPI: "2"}, Unknown, []string{}},
		"two addresses alone":            {bare("1", "9 Hill Road", "94143"), bare("2", "8 Hill Road", "94143"), Unknown, []string{"address"}},
		"one in every file, one in none": {marsh(), bare("2", "8 Hill Road", "94143"), Unknown, []string{"address"}},
		"both in every file":             {marsh(), sorensen(), Independent, []string{"group", "organization", "address", "hospital"}},
		"one address and nothing else":   {bare("1", "9 Hill Road", "94143"), bare("2", "9 Hill Rd", "94143"), Caution, []string{"address"}},
	} {
		if got := Between(c.first, c.other, limits); got.Level != c.level || !reflect.DeepEqual(got.Compared, c.compared) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTheStrongestSignComesFirst(t *testing.T) {
	got := Ties(marsh(), marsh(), limits)
	for i := 1; i < len(got); i++ {
		order := map[Strength]int{Stop: 0, Warn: 1, Weak: 2}
		if order[got[i-1].Strength] > order[got[i].Strength] {
			t.Fatalf("%+v", got)
		}
	}
	if got[0].Signal != "same_person" || len(got) < 4 {
		t.Fatalf("%+v", got)
	}
}

// drawn makes a doctor whose every group, building, hospital, school, maker and shared
// patient bears the mark, so that two marks never meet.
func drawn(t *rapid.T, mark string, state string) Profile {
	n := func(label string, most int) int { return rapid.IntRange(0, most).Draw(t, mark+label) }
	p := Profile{NPI: mark + fmt.Sprint(n("npi", 9999)), Practice: Place{State: state, City: "Fresno", ZIP: "93701"}}
	if n("address", 3) > 0 {
		p.Practice.Line1 = fmt.Sprintf("%d%s Main St Suite %d", n("house", 90)+1, mark, n("suite", 9))
	}
	if n("organization", 2) > 0 {
		p.Practice.Organization = fmt.Sprintf("%s%d Oncology Associates", mark, n("name", 5))
	}
	if n("clinician", 3) > 0 {
		p.Clinician = &Clinician{School: rapid.SampledFrom([]string{"", "OTHER", "School " + mark}).Draw(t, mark+"school"), Graduated: 1980 + n("year", 40)}
		for i := range n("groups", 4) {
			p.Clinician.Groups = append(p.Clinician.Groups, Group{ID: fmt.Sprintf("%d%s", i, mark)})
		}
	}
	for i := range n("hospitals", 5) {
		p.Hospitals = append(p.Hospitals, Hospital{CCN: fmt.Sprintf("%d%s", i, mark)})
	}
	for i := range n("reassigns", 3) {
		p.Reassigns = append(p.Reassigns, Group{ID: fmt.Sprintf("%d%s", i, mark)})
	}
	for i := range n("payments", 4) {
		p.Payments = append(p.Payments, Payment{Maker: fmt.Sprintf("Maker %d %s", i, mark), Cents: int64(n("cents", 900000)), Ownership: n("owns", 1) == 1})
	}
	for i := range n("shared", 4) {
		p.Shared = append(p.Shared, Shared{NPI: fmt.Sprintf("%d%s", i, mark), Patients: n("patients", 500), Days: 180, Top: true})
	}
	return p
}

func TestNoSignFiresForTwoUnrelatedDoctors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawn(t, "a", "CA"), drawn(t, "b", "CA")
		got := Between(a, b, limits)
		if len(got.Signals) != 0 || got.Level == Caution || got.Level == NotIndependent {
			t.Fatalf("%+v", got)
		}
		if got.Level == Independent && len(got.Compared) == 0 {
			t.Fatal("independent, and nothing was compared")
		}
	})
}

func TestTiesAreTheSameFromBothSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mark := rapid.SampledFrom([]string{"a", "b"})
		a, b := drawn(t, "a", "CA"), drawn(t, mark.Draw(t, "mark"), "CA")
		if rapid.Bool().Draw(t, "share patients") {
			a.Shared = append(a.Shared, Shared{NPI: b.NPI, Patients: 60, Days: 180})
		}
		one, two := Between(a, b, limits), Between(b, a, limits)
		kinds := func(s Standing) (out []string) {
			for _, x := range s.Signals {
				out = append(out, x.Signal+" "+string(x.Strength))
			}
			return out
		}
		if one.Level != two.Level || !reflect.DeepEqual(kinds(one), kinds(two)) || !reflect.DeepEqual(one.Compared, two.Compared) {
			t.Fatalf("%+v\n%+v", one, two)
		}
	})
}
