package estimate

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"consilium/internal/contract"
	"consilium/internal/fault"
	"consilium/internal/finding"
	"consilium/internal/rulebook"
	"consilium/rules"
)

var book, _ = rulebook.Load(rules.Files)

func day(s string) contract.Date { return contract.MustDate(s) }

// money reads dollars.
func money(t testing.TB, s string) contract.Money {
	t.Helper()
	m, err := contract.ParseMoney(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// asked is Ruth without insurance, who asked a clinic on a Monday.
func asked() Estimate {
	return Estimate{ID: "e", Clinic: Provider{Name: "University Hospital"}, Service: "second opinion visit", Paying: NoInsurance, Asked: day("2026-11-02")}
}

// came is the same with an estimate of two providers.
func came(t testing.TB) Estimate {
	e := asked()
	e.Received, e.Looked = day("2026-11-04"), true
	e.Has = []string{"patient", "service", "items", "codes", "charges", "providers", "separate", "more_items", "only_estimate", "right_to_dispute", "no_contract"}
	e.Providers = []Provider{
		{ID: "a", Name: "University Hospital", Lines: []Line{{"visit", "99204", money(t, "300.00")}, {"room", "", money(t, "200.00")}}},
		{ID: "b", Name: "Pathology Group", Lines: []Line{{"slide review", "88321", money(t, "250.00")}}},
	}
	return e
}

func check(t testing.TB, e Estimate, on string) Answer {
	t.Helper()
	a, err := Check(e, day(on), "en", book)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func billed(t testing.TB, e Estimate, pairs ...string) Estimate {
	for i := 0; i+3 < len(pairs); i += 4 {
		e.Bills = append(e.Bills, Bill{ID: pairs[i], Provider: pairs[i+1], Name: map[string]string{"a": "University Hospital", "b": "Pathology Group"}[pairs[i+1]], Received: day(pairs[i+2]), Total: money(t, pairs[i+3])})
		if b := &e.Bills[len(e.Bills)-1]; b.Name == "" {
			b.Name, b.Provider = b.Provider, ""
		}
	}
	return e
}

func TestTheEstimateIsDueOnTheBusinessDayThatTheLawGives(t *testing.T) {
	for _, c := range []struct{ why, asked, booked, visit, due string }{
		{"asked on a Monday: Thursday", "2026-11-02", "", "", "2026-11-05"},
		{"asked on a Friday: Wednesday", "2026-11-13", "", "", "2026-11-18"},
		{"over Veterans Day", "2026-11-10", "", "", "2026-11-16"},
		{"asked on a Saturday counts from Monday on", "2026-11-14", "", "", "2026-11-18"},
		{"booked three business days ahead: the next business day", "", "2026-11-16", "2026-11-19", "2026-11-17"},
		{"booked on a Friday nine business days ahead", "", "2026-11-13", "2026-11-27", "2026-11-16"},
		{"Thanksgiving makes ten business days nine", "", "2026-11-13", "2026-11-30", "2026-11-18"},
		{"booked ten business days ahead over New Year", "", "2026-11-02", "2026-11-17", "2026-11-05"},
		{"booked two business days ahead: no day", "", "2026-11-17", "2026-11-19", ""},
		{"asked and booked: the earlier day", "2026-11-13", "2026-11-16", "2026-11-19", "2026-11-17"},
		{"asked and booked far ahead: the request is earlier", "2026-11-09", "2026-11-16", "2026-12-22", "2026-11-13"},
		{"before the law there is no clock", "2021-12-30", "", "", ""},
	} {
		e := asked()
		e.Asked, e.Scheduled, e.Visit = contract.Date{}, contract.Date{}, contract.Date{}
		for _, p := range []struct {
			to  *contract.Date
			say string
		}{{&e.Asked, c.asked}, {&e.Scheduled, c.booked}, {&e.Visit, c.visit}} {
			if p.say != "" {
				*p.to = day(p.say)
			}
		}
		on := "2026-11-17"
		a := check(t, e, on)
		if a.Due.String() != c.due {
			t.Errorf("%s: due %q, want %q", c.why, a.Due, c.due)
		}
	}
}

func TestWhatIsNextFollowsTheDays(t *testing.T) {
	e := asked()
	for on, want := range map[string]Next{"2026-11-03": Wait, "2026-11-05": Wait, "2026-11-06": Remind} {
		if a := check(t, e, on); a.Next != want || a.Late != (want == Remind) {
			t.Errorf("%s: %s, late %v", on, a.Next, a.Late)
		}
	}
	e.Asked = contract.Date{}
	if a := check(t, e, "2026-11-06"); a.Next != Ask || !a.Due.IsZero() {
		t.Errorf("nobody asked: %s, due %s", a.Next, a.Due)
	}
	e.Scheduled, e.Visit = day("2026-11-17"), day("2026-11-19")
	if a := check(t, e, "2026-11-17"); a.Next != Ask || !rule(a, "GFE-04") {
		t.Errorf("booked too near for a day: %s", a.Next)
	}
	e.Paying = ""
	if a := check(t, e, "2026-11-17"); a.Next != SayHow || a.Applies != "unknown" {
		t.Errorf("how it is paid is not known: %s %s", a.Next, a.Applies)
	}
	e.Paying = Insurance
	if a := check(t, e, "2026-11-17"); a.Next != Insured || a.Applies != "no" || !rule(a, "GFE-16") || len(a.Clocks) > 0 || len(a.Parts) > 0 {
		t.Errorf("insured: %s %s %v", a.Next, a.Applies, a.Clocks)
	}
	e.Paying, e.Visit = NotUsing, day("2026-11-19")
	if a := check(t, e, "2026-11-20"); a.Next != Bills || a.Late {
		t.Errorf("after the visit without an estimate: %s", a.Next)
	}
}

func rule(a Answer, id string) bool {
	return slices.ContainsFunc(a.Findings, func(f finding.Finding) bool { return f.Rule == id })
}

func TestAPartThatIsMissingIsNamed(t *testing.T) {
	e := came(t)
	if a := check(t, e, "2026-11-05"); a.Next != Bills || len(a.Parts) != 11 || len(a.Missing()) != 0 {
		t.Fatalf("all is there: %s, %d parts", a.Next, len(a.Parts))
	}
	e.Has = slices.DeleteFunc(slices.Clone(e.Has), func(s string) bool { return s == "right_to_dispute" })
	a := check(t, e, "2026-11-05")
	if m := a.Missing(); a.Next != Mend || len(m) != 1 || m[0].ID != "right_to_dispute" || !strings.Contains(m[0].Text, "dispute") {
		t.Errorf("missing: %v", m)
	}
	e.Looked = false
	if a := check(t, e, "2026-11-05"); a.Next != Look {
		t.Errorf("not looked at: %s", a.Next)
	}
}

func TestAMovedVisitBringsANewEstimate(t *testing.T) {
	e := came(t)
	e.Scheduled, e.Visit, e.Changed = day("2026-11-02"), day("2026-11-30"), day("2026-11-20")
	a := check(t, e, "2026-11-22")
	if a.Next != Fresh || a.Due != day("2026-11-27") {
		t.Fatalf("next %s, due %s", a.Next, a.Due)
	}
	e.Received = day("2026-11-21")
	if a := check(t, e, "2026-11-22"); a.Next == Fresh || !a.Due.IsZero() {
		t.Errorf("the new one came: %s, due %s", a.Next, a.Due)
	}
}

func TestANewEstimateThatWasAskedForIsWaitedFor(t *testing.T) {
	e := came(t)
	e.Has, e.Again = nil, day("2026-11-06")
	for on, want := range map[string]Next{"2026-11-06": Wait, "2026-11-12": Wait, "2026-11-13": Remind} {
		if a := check(t, e, on); a.Next != want || a.Due != day("2026-11-12") {
			t.Errorf("%s: %s, due %s", on, a.Next, a.Due)
		}
	}
	e.Received = day("2026-11-09")
	if a := check(t, e, "2026-11-13"); a.Next != Mend || !a.Due.IsZero() {
		t.Errorf("it came: %s, due %s", a.Next, a.Due)
	}
}

func TestABookingAfterTheEstimateBringsANewOne(t *testing.T) {
	e := came(t)
	e.Scheduled, e.Visit = day("2026-11-10"), day("2026-12-10")
	a := check(t, e, "2026-11-12")
	if a.Next != Fresh || a.Due != day("2026-11-16") || !rule(a, "GFE-07-B") {
		t.Errorf("next %s, due %s", a.Next, a.Due)
	}
}

func TestEachProviderIsMeasuredAlone(t *testing.T) {
	// The estimate says 500 and 250.
	for _, c := range []struct {
		why    string
		bills  []string
		states []State
		next   Next
	}{
		{"exactly 400 over", []string{"1", "a", "2026-11-20", "900.00"}, []State{Possible, Unbilled}, Object},
		{"one cent less", []string{"1", "a", "2026-11-20", "899.99"}, []State{Below, Unbilled}, Fine},
		{"TRAP-10: 300 and 300 are not 600", []string{"1", "a", "2026-11-20", "800.00", "2", "b", "2026-11-20", "550.00"}, []State{Below, Below}, Fine},
		{"one saves nothing for the other", []string{"1", "a", "2026-11-20", "0.00", "2", "b", "2026-11-20", "650.00"}, []State{Within, Possible}, Object},
		{"two bills of one provider are one", []string{"1", "a", "2026-11-20", "500.00", "2", "a", "2026-11-21", "400.00"}, []State{Possible, Unbilled}, Object},
		{"as written", []string{"1", "a", "2026-11-20", "500.00"}, []State{Within, Unbilled}, Fine},
		{"who is not on it cannot be measured", []string{"1", "Anesthesia Partners", "2026-11-20", "2000.00"}, []State{Unbilled, Unbilled, Unlisted}, Query},
		{"the name is enough", []string{"1", "university  hospital", "2026-11-20", "900.00"}, []State{Possible, Unbilled}, Object},
		{"a bill before the estimate", []string{"1", "a", "2026-11-03", "900.00"}, []State{AfterBill, Unbilled}, Query},
		{"a bill on the day of the estimate", []string{"1", "a", "2026-11-04", "900.00"}, []State{Possible, Unbilled}, Object},
	} {
		e := billed(t, came(t), c.bills...)
		a := check(t, e, "2026-11-22")
		var got []State
		for _, s := range a.Compared {
			got = append(got, s.State)
		}
		if !slices.Equal(got, c.states) || a.Next != c.next {
			t.Errorf("%s: %v, next %s", c.why, got, a.Next)
		}
	}
	a := check(t, billed(t, came(t), "1", "a", "2026-11-20", "800.00", "2", "b", "2026-11-20", "550.00"), "2026-11-22")
	if a.Least != money(t, "400.00") {
		t.Errorf("the line is %s", a.Least)
	}
	for _, s := range a.Compared {
		if !slices.ContainsFunc(s.Findings, func(f finding.Finding) bool { return f.Rule == "GFE-11-ALONE" }) {
			t.Errorf("%s: nobody says that overages are never added", s.Name)
		}
	}
}

func TestADisputeCanBeStartedFor120DaysFromTheFirstBill(t *testing.T) {
	e := billed(t, came(t), "1", "a", "2026-11-20", "100.00", "2", "a", "2026-12-15", "900.00")
	a := check(t, e, "2026-12-20")
	s, ok := a.Of("a")
	if !ok || s.Until != day("2027-03-20") || a.Until != s.Until || s.Fee != money(t, "25.00") || len(s.Send) < 3 {
		t.Fatalf("until %s, fee %s, send %v", s.Until, s.Fee, s.Send)
	}
	if a := check(t, e, "2027-03-20"); a.Next != Object {
		t.Errorf("the last day counts: %s", a.Next)
	}
	late := check(t, e, "2027-03-21")
	if s, _ := late.Of("a"); late.Next != Past || s.State != TooLate || !late.Until.IsZero() {
		t.Errorf("a day late: %s %s", late.Next, s.State)
	}
}

func TestACorrectedBillCountsOnceAndTheDaysRunFromTheFirst(t *testing.T) {
	e := billed(t, came(t), "1", "a", "2026-11-10", "1500.00", "2", "a", "2026-11-20", "950.00")
	e.Bills[1].InPlaceOf = "1"
	s, _ := check(t, e, "2026-11-22").Of("a")
	if s.Billed != money(t, "950.00") || s.State != Possible || s.First != day("2026-11-10") {
		t.Errorf("billed %s, %s, first %s", s.Billed, s.State, s.First)
	}
	e.Bills[1].Total = money(t, "500.00")
	if s, _ := check(t, e, "2026-11-22").Of("a"); s.State != Within {
		t.Errorf("mended: %s", s.State)
	}
}

func TestADisputeThatIsOpenIsWaitedFor(t *testing.T) {
	e := billed(t, came(t), "1", "a", "2026-11-10", "1500.00")
	e.Disputes = []Dispute{{Provider: "a", Wrote: day("2026-11-12")}}
	if a := check(t, e, "2026-11-22"); a.Next != Object || a.Until.IsZero() {
		t.Errorf("a letter to the provider stops no day: %s", a.Next)
	}
	e.Disputes[0].Started = day("2026-11-15")
	a := check(t, e, "2026-11-22")
	if a.Next != Pending || !a.Until.IsZero() || !rule(a, "GFE-14") || !rule(a, "GFE-15") {
		t.Errorf("started: %s, until %s", a.Next, a.Until)
	}
	e.Disputes[0].Settled, e.Disputes[0].Outcome = day("2026-11-20"), "won"
	if a := check(t, e, "2026-11-22"); a.Next != Fine || rule(a, "GFE-14") {
		t.Errorf("settled: %s", a.Next)
	}
}

func TestWithInsuranceNoBillIsMeasured(t *testing.T) {
	e := billed(t, came(t), "1", "a", "2026-11-10", "1500.00", "2", "b", "2026-11-10", "1.00")
	for _, paying := range []string{Insurance, ""} {
		e.Paying = paying
		a := check(t, e, "2026-11-22")
		for _, s := range a.Compared {
			if s.State != NoRight || !s.Until.IsZero() {
				t.Errorf("%q: %s %s", paying, s.State, s.Until)
			}
		}
	}
}

func TestWhatNobodyVerifiedDecidesNothing(t *testing.T) {
	e := billed(t, came(t), "1", "a", "2026-11-03", "1500.00", "2", "Anesthesia Partners", "2026-11-20", "900.00")
	a := check(t, e, "2026-11-22")
	for _, s := range a.Compared {
		if s.State == Possible || !s.Until.IsZero() {
			t.Errorf("%s: %s until %s", s.Name, s.State, s.Until)
		}
		for _, f := range s.Findings {
			if (f.Rule == "GFE-11-ORDER" || f.Rule == "GFE-05-CO") && !strings.HasPrefix(f.Reason, "Please check this with") {
				t.Errorf("%s: %s", f.Rule, f.Reason)
			}
		}
	}
}

func TestWhatCannotBeIsRefusedOnItsField(t *testing.T) {
	on := day("2026-11-22")
	with := func(change func(*Estimate)) Estimate {
		e := billed(t, came(t), "1", "a", "2026-11-10", "600.00", "2", "b", "2026-11-12", "250.00")
		change(&e)
		return e
	}
	for field, e := range map[string]Estimate{
		"clinic":           with(func(e *Estimate) { e.Clinic.Name = " " }),
		"service":          with(func(e *Estimate) { e.Service = "" }),
		"paying":           with(func(e *Estimate) { e.Paying = "barter" }),
		"codes":            with(func(e *Estimate) { e.Codes = []string{"99204; drop"} }),
		"asked":            with(func(e *Estimate) { e.Asked = day("2026-11-23"); e.Scheduled = day("2026-11-01") }),
		"scheduled":        with(func(e *Estimate) { e.Scheduled = day("2026-11-23") }),
		"visit":            with(func(e *Estimate) { e.Scheduled, e.Visit = day("2026-11-03"), day("2026-11-02") }),
		"visit ":           with(func(e *Estimate) { e.Visit = day("2399-01-01") }),
		"asked ":           with(func(e *Estimate) { e.Asked = day("1801-01-01") }),
		"received":         with(func(e *Estimate) { e.Received = day("2026-11-01") }),
		"changed":          with(func(e *Estimate) { e.Changed = day("2026-12-01") }),
		"again":            with(func(e *Estimate) { e.Again = day("2026-11-01") }),
		"p1":               with(func(e *Estimate) { e.Providers[1].Name = "UNIVERSITY hospital" }),
		"p0":               with(func(e *Estimate) { e.Providers[0].Name = "" }),
		"p0_npi":           with(func(e *Estimate) { e.Providers[0].NPI = "1234567890" }),
		"p1_tin":           with(func(e *Estimate) { e.Providers[1].TIN = "12345" }),
		"p0_l1_amount":     with(func(e *Estimate) { e.Providers[0].Lines[1].Amount = -1 }),
		"p0_l0_code":       with(func(e *Estimate) { e.Providers[0].Lines[0].Code = "<b>" }),
		"bill_total":       with(func(e *Estimate) { e.Bills[0].Total = -1 }),
		"bill_on":          with(func(e *Estimate) { e.Bills[0].Received = day("2026-11-23") }),
		"bill_name":        with(func(e *Estimate) { e.Bills[0].Name = "" }),
		"bill_in_place_of": with(func(e *Estimate) { e.Bills[0].InPlaceOf = "2" }), // of another provider
		"settled": with(func(e *Estimate) {
			e.Disputes = []Dispute{{Provider: "a", Started: day("2026-11-15"), Settled: day("2026-11-14")}}
		}),
		"outcome": with(func(e *Estimate) { e.Disputes = []Dispute{{Provider: "a", Outcome: "maybe"}} }),
	} {
		a, err := Check(e, on, "en", book)
		fs := fault.All(err)
		field = strings.TrimSpace(field) // a field twice
		if len(fs) != 1 || fs[0].Field != field || fs[0].Kind != fault.Invalid {
			t.Errorf("%s: %v", field, err)
		}
		if len(a.Compared) > 0 || len(a.Findings) > 0 {
			t.Errorf("%s: something was answered", field)
		}
	}
	ring := with(func(e *Estimate) {
		e.Bills[1].Provider, e.Bills[1].Name = "a", "University Hospital"
		e.Bills[0].InPlaceOf, e.Bills[1].InPlaceOf = "2", "1"
	})
	if _, err := Check(ring, on, "en", book); !fault.Is(err, fault.Invalid) {
		t.Errorf("bills that correct each other: %v", err)
	}
	if err := with(func(*Estimate) {}).Wrong(on); err != nil {
		t.Errorf("what is right is refused: %v", err)
	}
}

func TestTheAnswerIsInBothLanguages(t *testing.T) {
	e := billed(t, came(t), "1", "a", "2026-11-10", "1500.00")
	es, err := Check(e, day("2026-11-22"), "es", book)
	if err != nil {
		t.Fatal(err)
	}
	en := check(t, e, "2026-11-22")
	if len(es.Findings) != len(en.Findings) || es.Findings[0].Reason == en.Findings[0].Reason || es.Parts[0].Text == en.Parts[0].Text {
		t.Error("the two languages do not say the same")
	}
}

func TestAnEstimateIsReadAsItWasSaved(t *testing.T) {
	e := billed(t, came(t), "1", "a", "2026-11-10", "1500.00")
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var back Estimate
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(back); string(again) != string(b) {
		t.Errorf("%s\n%s", b, again)
	}
}

// However the bills lie, a provider may be disputed only when its own bills are the
// line or more above its own part, and adding another provider's bill changes nothing.
func FuzzOneProviderNeverSpeaksForAnother(f *testing.F) {
	f.Add(int64(90000), int64(25000), int64(30000))
	f.Add(int64(39999), int64(39999), int64(39999))
	f.Fuzz(func(t *testing.T, one, two, other int64) {
		e := came(t)
		clip := func(n int64) contract.Money {
			return contract.Money(((n % 1_000_000_00) + 1_000_000_00) % 1_000_000_00)
		}
		add := func(id, p string, m contract.Money) {
			e.Bills = append(e.Bills, Bill{ID: id, Provider: p, Name: p, Received: day("2026-11-10"), Total: m})
		}
		add("1", "a", clip(one))
		add("2", "a", clip(two))
		alone, err := Check(e, day("2026-11-22"), "en", book)
		if err != nil {
			t.Fatal(err)
		}
		add("3", "b", clip(other))
		both, err := Check(e, day("2026-11-22"), "en", book)
		if err != nil {
			t.Fatal(err)
		}
		x, _ := alone.Of("a")
		y, _ := both.Of("a")
		if x.State != y.State || (x.State == Possible) != (clip(one)+clip(two) >= 500_00+400_00) {
			t.Errorf("%s alone, %s with another: %s", x.State, y.State, x.Above)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	e := billed(b, came(b), "1", "a", "2026-11-10", "1500.00", "2", "b", "2026-11-10", "250.00")
	for b.Loop() {
		if _, err := Check(e, day("2026-11-22"), "en", book); err != nil {
			b.Fatal(err)
		}
	}
}
