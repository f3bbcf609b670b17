package expert

import (
	"slices"
	"testing"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
)

func wrongFields(err error) map[string]bool {
	out := map[string]bool{}
	for _, f := range fault.All(err) {
		out[f.Field] = true
	}
	return out
}

func TestAWishNamesEveryWrongField(t *testing.T) {
	good := Wish{Fields: []string{"medical_oncology", "FIT-31"}, ZIP: "92111", Miles: 25, Sort: "fit", Ties: NoTies}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	got := wrongFields(Wish{Fields: []string{"shaman"}, ZIP: "9211", Miles: 7, State: "XX", Sort: "fame", Ties: "some", Name: string(make([]rune, 101))}.Check())
	for _, f := range []string{"fields", "zip", "miles", "state", "sort", "ties", "name"} {
		if !got[f] {
			t.Errorf("%s is taken", f)
		}
	}
	if !wrongFields(Wish{}.Check())["zip"] {
		t.Error("a wish without a place or a name is taken")
	}
}

func TestAWishKeepsToWhatIsProposedNow(t *testing.T) {
	now := []Proposed{{Proposal: Proposal{Rule: "FIT-31", Codes: []string{"207RX0202X"}}, First: true}, {Proposal: Proposal{Rule: "FIT-32", Codes: []string{"2086X0206X"}}}}
	for _, c := range []struct{ fields, want, codes []string }{
		{[]string{"FIT-32", "urology"}, []string{"FIT-32", "urology"}, []string{"2086X0206X", "208800000X"}},
		{[]string{"FIT-99"}, []string{"FIT-31"}, []string{"207RX0202X"}}, // of another diagnosis
		{nil, nil, nil}, // any field
	} {
		w := Wish{Fields: c.fields}.Fitting(now)
		if !slices.Equal(w.Fields, c.want) || !slices.Equal(w.Codes(now), c.codes) {
			t.Errorf("%v became %v with %v", c.fields, w.Fields, w.Codes(now))
		}
	}
}

func TestWhatWasSaidLastCounts(t *testing.T) {
	days, price := 12, contract.Money(45000)
	calls := []Call{
		{ID: "a", N: 1, Candidate: "x", On: "2026-11-20", Told: []Told{{Question: "network", Reply: Yes}, {Question: "wait", Days: &days}}},
		{ID: "b", N: 3, Candidate: "x", On: "2026-11-20", Told: []Told{{Question: "network", Reply: ToConfirm}}},
		{ID: "c", N: 2, Candidate: "x", On: "2026-11-20", Told: []Told{{Question: "network", Reply: No}, {Question: "price", Price: &price}}},
		{ID: "d", N: 4, Candidate: "y", On: "2026-11-21", Told: []Told{{Question: "network", Reply: No}}},
	}
	got := Latest(calls, "x")
	if got["network"].Reply != ToConfirm || got["network"].Call.ID != "b" || *got["wait"].Days != 12 || *got["price"].Price != price || len(got) != 3 {
		t.Errorf("%+v", got)
	}
}

func TestACallNamesEveryWrongField(t *testing.T) {
	minus, much := -1, contract.Money(-5)
	got := wrongFields(Call{On: "2026-11-30", CallBack: "2026-11-01", Told: []Told{{Question: "wait", Days: &minus}, {Question: "price", Price: &much}, {Question: "network", Reply: "maybe"}, {Question: "shoe_size", Text: "9"}}}.Check("2026-11-22"))
	for _, f := range []string{"person", "on", "call_back", "q.wait", "q.price", "q.network", "q.shoe_size"} {
		if !got[f] {
			t.Errorf("%s is taken", f)
		}
	}
	if !wrongFields(Call{Person: "Dana", On: "2026-11-20", Told: []Told{{Question: "network"}}}.Check("2026-11-22"))["q.self_referral"] {
		t.Error("a call in which nothing was said is taken")
	}
	if err := (Call{Person: "Dana", On: "2026-11-20", CallBack: "2026-11-25"}).Check("2026-11-22"); err != nil {
		t.Errorf("a promise to call back is something: %v", err)
	}
}

func TestASnapshotCutsLongListsAndStaysWithoutTheDirectory(t *testing.T) {
	p := Profile{NPI: "1245319599"}
	for range 50 {
		p.Payments = append(p.Payments, Payment{Maker: "A"})
		p.Shared = append(p.Shared, Shared{NPI: "1"})
	}
	e := Expert{
		NPI: p.NPI, Name: "GRACE ADEYEMI", Practice: Place{Organization: "MESA CANCER CARE", Line1: "12 PALM ST", City: "SAN DIEGO", State: "CA", ZIP: "92111", Phone: "6195550121"},
		Specialties: []Specialty{{Name: "Internal Medicine"}, {Name: "Medical Oncology", Primary: true}}, Independence: Standing{Level: NotIndependent}, Profile: &p,
	}
	s := Keep(e, map[string]string{"nppes": "2026-11-10"}, "2026-11-22", "en")
	if len(s.Profile.Payments) != 20 || len(s.Profile.Shared) != 20 || len(p.Payments) != 50 {
		t.Errorf("%d payments are kept of %d", len(s.Profile.Payments), len(p.Payments))
	}
	c := FromDirectory(*s)
	want := casefile.Doctor{Name: "Grace Adeyemi", NPI: "1245319599", Practice: "Mesa Cancer Care", Address: "12 Palm St, San Diego, CA 92111", Specialty: "Medical Oncology", Phone: "(619) 555-0121"}
	if c.Doctor != want || c.Criteria.Of("independent") != No || c.Criteria.Of("expertise") != ToConfirm {
		t.Errorf("%+v %+v", c.Doctor, c.Criteria)
	}
}

func TestEveryFieldOfWorkHasCodesOfTenSigns(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Fields {
		if seen[f.ID] || len(f.Codes) == 0 {
			t.Errorf("%s comes twice or has no code", f.ID)
		}
		seen[f.ID] = true
		for _, c := range f.Codes {
			if len(c) != 10 || c[9] != 'X' {
				t.Errorf("%s: %s is no NUCC code", f.ID, c)
			}
		}
	}
}
