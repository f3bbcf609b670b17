package records

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"consilium/internal/clinical"
)

// taking is a saying about a medicine; each has its place in its file.
func taking(text, status, from, to string) clinical.Fact {
	return clinical.Fact{Kind: clinical.Medication, Text: text, Status: status, Evidence: clinical.Stated, Date: from, End: to}
}

func coded(f clinical.Fact, codes ...string) clinical.Fact {
	for _, c := range codes {
		f.Codes = append(f.Codes, clinical.Code{System: "http://www.nlm.nih.gov/research/umls/rxnorm", Code: c})
	}
	return f
}

func dosed(f clinical.Fact, dose string) clinical.Fact {
	f.Detail = dose
	return f
}

func evident(f clinical.Fact, e clinical.Evidence) clinical.Fact {
	f.Evidence = e
	return f
}

// listing is a file with sayings about medicines.
func listing(sha string, facts ...clinical.Fact) clinical.Reading {
	for i := range facts {
		path := fmt.Sprintf("entry[%d]", i)
		facts[i].ID = clinical.FactID(sha, path)
		if facts[i].Source.Path == "" {
			facts[i].Source.Path = path
		}
		facts[i].Source.File = sha
	}
	return clinical.Reading{SHA256: sha, Name: sha + ".json", Facts: facts}
}

func medicinesOf(readings ...clinical.Reading) MedicineList {
	return Medicines(FilesOf(clinical.Patient{}, readings), today)
}

func names(all []Medicine) string {
	var out []string
	for _, m := range all {
		out = append(out, m.Name)
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

func TestOneMedicineInTwoFilesIsOneRowWithBothNamed(t *testing.T) {
	list := medicinesOf(
		listing("a", coded(taking("Warfarin Sodium 5 MG Oral Tablet", "active", "2025-03-01", ""), "855332")),
		listing("b", coded(taking("warfarin (COUMADIN) 5 mg tablet", "active", "2025-05", ""), "855332")),
	)
	if len(list.All) != 1 {
		t.Fatalf("%d rows: %s", len(list.All), names(list.All))
	}
	m := list.All[0]
	if m.State != MedicineTaking || len(m.Said) != 2 || len(m.Clashes) != 0 {
		t.Errorf("%+v", m)
	}
	if len(m.Bars) != 1 || m.Bars[0].Start != "2025-03-01" || m.Bars[0].To != EdgeOpen || !slices.Equal(m.Bars[0].Said, []int{0, 1}) {
		t.Errorf("two files that speak of the same time are not one bar: %+v", m.Bars)
	}
}

func TestOnlyWhatIsCertainlyOneMedicineIsOneRow(t *testing.T) {
	on := func(text string, codes ...string) clinical.Fact {
		return coded(taking(text, "active", "2025-01-01", ""), codes...)
	}
	ndc := on("Simvastatin 20 MG Oral Tablet")
	ndc.Codes = []clinical.Code{{System: "http://hl7.org/fhir/sid/ndc", Code: "1-2-3"}}
	for _, c := range []struct {
		what    string
		a, b    clinical.Fact
		rows    int
		perhaps string
	}{
		{"the same code, other words", on("Warfarin", "855332"), on("Coumadin 5 mg", "855332"), 1, ""},
		{"the same words", on("Lisinopril 10 mg"), on("LISINOPRIL  10mg"), 1, ""},
		{"words with the strength, one with a code", on("Lisinopril 10 MG Oral Tablet", "314076"), on("lisinopril 10 mg oral tablet"), 1, ""},
		{"the same words with codes of two systems", on("Simvastatin 20 MG Oral Tablet", "312961"), ndc, 1, ""},
		{"words without the strength, one with a code", on("Lisinopril", "314076"), on("Lisinopril"), 2, "name"},
		{"an ingredient and a product", on("Warfarin", "11289"), on("Warfarin Sodium 5 MG Oral Tablet", "855332"), 2, "name"},
		{"two strengths", on("Warfarin Sodium 5 MG Oral Tablet", "855332"), on("Warfarin Sodium 10 MG Oral Tablet", "855296"), 2, "strength"},
		{"two strengths in words", on("metformin 500 mg"), on("metformin 1000 mg"), 2, "strength"},
		{"one of several codes shared", on("Warfarin", "11289", "855332"), on("Jantoven", "11289"), 2, "code"},
		{"the same words and two codes", on("Lisinopril 10 MG", "1"), on("Lisinopril 10 MG", "2"), 2, "name"},
		{"one of two in it", on("Acetaminophen 325 MG Oral Tablet"), on("Acetaminophen 325 MG / oxyCODONE Hydrochloride 5 MG Oral Tablet"), 2, ""},
		{"the two in it the other way round", on("oxyCODONE 5 MG / Acetaminophen 325 MG"), on("Acetaminophen 325 MG / oxyCODONE 5 MG Oral Tablet"), 2, "name"},
		{"two medicines", on("Lisinopril 10 mg"), on("Losartan 10 mg"), 2, ""},
		{"without a name", on(""), on(""), 2, ""},
	} {
		list := medicinesOf(listing("a", c.a), listing("b", c.b))
		if len(list.All) != c.rows {
			t.Errorf("%s: %d rows", c.what, len(list.All))
			continue
		}
		for _, m := range list.All {
			why := ""
			if len(m.Perhaps) > 0 {
				why = m.Perhaps[0].Why
			}
			if why != c.perhaps {
				t.Errorf("%s: perhaps the same by %q, want %q", c.what, why, c.perhaps)
			}
		}
	}
}

func TestAThirdFileDoesNotMakeTwoMedicinesOne(t *testing.T) {
	on := func(text string, codes ...string) clinical.Fact {
		return coded(taking(text, "active", "2025-01-01", ""), codes...)
	}
	list := medicinesOf(listing("a", on("Drug 5 MG", "1")), listing("b", on("Drug 5 MG", "2")), listing("c", on("drug 5 mg")), listing("d", on("Drug 5mg")))
	if len(list.All) != 3 {
		t.Fatalf("%d rows", len(list.All))
	}
	for _, m := range list.All {
		if len(m.RxNorm) == 0 && len(m.Said) != 2 {
			t.Errorf("those without codes are not one by themselves: %+v", m.Said)
		}
		if len(m.Perhaps) != 2 {
			t.Errorf("%s is perhaps the same as %d", m.RxNorm, len(m.Perhaps))
		}
	}
}

func TestAMedicineStandsAsTheRecordsSay(t *testing.T) {
	document := taking("A 5 mg", "completed", "2025-01-01", "")
	document.Source.Path = "ClinicalDocument.component"
	finished := taking("A 5 mg", "completed", "2025-01-01", "2025-02-01")
	finished.Source.Path = "ClinicalDocument.component"
	for _, c := range []struct {
		what string
		f    clinical.Fact
		want MedicineState
		bars int
	}{
		{"taken", taking("A", "active", "2025-01-01", ""), MedicineTaking, 1},
		{"to be taken until next year", taking("A", "active", "2025-01-01", "2027-01-01"), MedicineTaking, 1},
		{"its last day has passed", taking("A", "active", "2025-01-01", "2026-11-21"), MedicineUnclear, 1},
		{"its last day is today", taking("A", "active", "2025-01-01", today), MedicineTaking, 1},
		{"its last day is some day of this month", taking("A", "active", "2025-01-01", "2026-11"), MedicineTaking, 1},
		{"stopped", taking("A", "stopped", "2025-01-01", ""), MedicineOver, 1},
		{"finished", taking("A", "completed", "2025-01-01", "2025-02-01"), MedicineOver, 1},
		{"complete as an entry of a document", document, MedicineUnclear, 1},
		{"complete and ended in a document", finished, MedicineOver, 1},
		{"on hold", taking("A", "on-hold", "2025-01-01", ""), MedicinePaused, 1},
		{"no status", taking("A", "", "2025-01-01", ""), MedicineUnclear, 1},
		{"no status and ended", taking("A", "", "2025-01-01", "2025-02-01"), MedicineOver, 1},
		{"no dates", taking("A", "active", "", ""), MedicineTaking, 0},
		{"a date that is none", taking("A", "active", "last spring", ""), MedicineTaking, 0},
		{"refused", taking("A", "not-taken", "2025-01-01", ""), MedicineNotTaken, 0},
		{"called off", taking("A", "cancelled", "2025-01-01", ""), MedicineNotTaken, 0},
		{"ordered not to be taken", evident(taking("A", "do-not-perform", "2025-01-01", ""), clinical.Ordered), MedicineNotTaken, 0},
		{"planned", evident(taking("A", "active", "2025-01-01", ""), clinical.Planned), MedicinePlanned, 0},
		{"written in error", taking("A", "entered-in-error", "2025-01-01", ""), MedicineWithdrawn, 0},
		{"given", evident(taking("A", "completed", "2025-01-01", ""), clinical.Given), MedicineGiven, 0},
		{"handed over", evident(taking("A", "completed", "2025-01-01", ""), clinical.Dispensed), MedicineDispensed, 0},
		{"given, no status", evident(taking("A", "", "2025-01-01", ""), clinical.Given), MedicineGiven, 0},
		{"not given", evident(taking("A", "not-done", "2025-01-01", ""), clinical.Given), MedicineNotTaken, 0},
	} {
		m := medicinesOf(listing("a", c.f)).All[0]
		if m.State != c.want || m.Said[0].State != c.want || len(m.Bars) != c.bars {
			t.Errorf("%s: %s with %d bars, want %s with %d", c.what, m.State, len(m.Bars), c.want, c.bars)
		}
		if want := c.want == MedicineGiven || c.want == MedicineDispensed; want != (len(m.Marks) == 1) {
			t.Errorf("%s: %d marks", c.what, len(m.Marks))
		}
	}
}

func TestABarBeginsAndEndsAsExactlyAsItIsKnown(t *testing.T) {
	for _, c := range []struct {
		f                clinical.Fact
		start, end       string
		from, to         BarEdge
		first, lastKnown string
	}{
		{taking("A", "active", "2024", ""), "2024", "", EdgeDated, EdgeOpen, "2024-01-01", ""},
		{taking("A", "completed", "2024-02", "2025"), "2024-02", "2025", EdgeDated, EdgeDated, "2024-02-01", "2025-12-31"},
		{taking("A", "stopped", "", "2025-06"), "2025-06", "2025-06", EdgeUnsaid, EdgeDated, "2025-06-01", "2025-06-30"},
		{taking("A", "stopped", "2025-06-03T10:00:00Z", ""), "2025-06-03", "", EdgeDated, EdgeUnsaid, "2025-06-03", "2025-06-03"},
		{evident(taking("A", "active", "2025-06-03", ""), clinical.Listed), "2025-06-03", "", EdgeUnsaid, EdgeOpen, "2025-06-03", ""},
		{taking("A", "stopped", "2025-06-03", "2024-01-01"), "2025-06-03", "", EdgeDated, EdgeUnsaid, "2025-06-03", "2025-06-03"},
	} {
		b := medicinesOf(listing("a", c.f)).All[0].Bars[0]
		if b.Start != c.start || b.End != c.end || b.From != c.from || b.To != c.to {
			t.Errorf("%s to %s: %+v", c.f.Date, c.f.End, b)
		}
		from, to := b.Days()
		if got := from.Format("2006-01-02"); got != c.first {
			t.Errorf("%s to %s begins on %s", c.f.Date, c.f.End, got)
		}
		if got := to.Format("2006-01-02"); c.lastKnown != "" && got != c.lastKnown {
			t.Errorf("%s to %s ends on %s", c.f.Date, c.f.End, got)
		}
	}
}

func TestTimesThatMeetAreOneBarAndOthersAreNot(t *testing.T) {
	done := func(from, to string) clinical.Fact { return taking("A", "completed", from, to) }
	list := medicinesOf(
		listing("a", done("2020-01-01", "2020-03-01"), done("2021-01-01", "2021-02-01")),
		listing("b", done("2020-02-01", "2020-06"), done("2022-01-01", "2022-02-01")),
	)
	var got []string
	for _, b := range list.All[0].Bars {
		got = append(got, fmt.Sprint(b.Start, " ", b.End, " ", b.Said))
	}
	if want := "2020-01-01 2020-06 [0 1]; 2021-01-01 2021-02-01 [2]; 2022-01-01 2022-02-01 [3]"; strings.Join(got, "; ") != want {
		t.Errorf("got %v", got)
	}
}

func TestTakenHereAndStoppedThereIsDisputed(t *testing.T) {
	a := coded(taking("Warfarin", "active", "2025-01-01", ""), "11289")
	b := coded(evident(taking("warfarin", "stopped", "2025-01-01", "2026-03-01"), clinical.Ordered), "11289")
	m := medicinesOf(listing("a", a), listing("b", b)).All[0]
	if m.State != MedicineDisputed || len(m.Clashes) != 1 || len(m.Clashes[0].Sides) != 2 || len(m.Bars) != 2 {
		t.Errorf("%+v", m)
	}
	b.Evidence = clinical.Dispensed // what a pharmacy called off stops no medicine
	if m := medicinesOf(listing("a", a), listing("b", b)).All[0]; m.State != MedicineTaking {
		t.Errorf("%+v", m)
	}
	b = coded(taking("warfarin", "entered-in-error", "2025-01-01", "2026-03-01"), "11289")
	if m := medicinesOf(listing("a", a), listing("b", b)).All[0]; m.State != MedicineTaking || len(m.Said) != 2 {
		t.Errorf("%+v", m)
	}
	// An active order beside an order not to take it.
	b = coded(evident(taking("warfarin", "do-not-perform", "2026-01-01", ""), clinical.Ordered), "11289")
	if m := medicinesOf(listing("a", a), listing("b", b)).All[0]; m.State != MedicineDisputed {
		t.Errorf("%+v", m)
	}
	b = coded(taking("warfarin", "on-hold", "2026-01-01", ""), "11289")
	if m := medicinesOf(listing("a", a), listing("b", b)).All[0]; m.State != MedicineDisputed {
		t.Errorf("%+v", m)
	}
}

func TestAnotherDoseForTheSameDayIsShown(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"1 tablet by mouth daily", "Take 1 tablet PO QD", false},
		{"1 tablet by mouth daily", "Take 2 tablets PO QD", true},
		{"one tablet twice a day", "1 tablet, every 12 h", false},
		{"one tablet twice a day", "1 tablet, every 8 h", true},
		{"5 mg", "5.0 mg daily", false},
		{"5 mg", "10 mg", true},
		{"1-2 tablets every 6 hours", "2 tablets", false},
		{"1 / 6 h", "4 / 1 d", false},
		{"1 / 6 h", "2 / 1 d", true},
		{"500 mcg", "500 µg", false},
		{"as directed", "1 tablet", false},
		{"1 tablet (5 mg)", "5 mg", false},
		{"1 tablet every other day", "1 tablet daily", false},
		{"", "1 tablet", false},
	} {
		a, b := dosed(taking("A 5 mg", "active", "2025-01-01", ""), c.a), dosed(taking("A 5 mg", "active", "2025-06-01", ""), c.b)
		m := medicinesOf(listing("a", a), listing("b", b)).All[0]
		if got := len(m.Clashes) == 1 && m.Clashes[0].Kind == "dose"; got != c.want {
			t.Errorf("%q and %q: %+v", c.a, c.b, m.Clashes)
		}
	}
	a, b := dosed(taking("A", "completed", "2025-01-01", "2025-05-31"), "5 mg"), dosed(taking("A", "active", "2025-06-01", ""), "10 mg")
	if m := medicinesOf(listing("a", a), listing("b", b)).All[0]; len(m.Clashes) != 0 {
		t.Errorf("another dose afterwards is called a contradiction: %+v", m.Clashes)
	}
	a.Date, a.End, b.Date = "2025", "2025", "2025" // which days of the year, nobody wrote
	b.Status, b.End = "completed", "2025"
	if m := medicinesOf(listing("a", a), listing("b", b)).All[0]; len(m.Clashes) != 0 {
		t.Errorf("two doses of one year are called a contradiction: %+v", m.Clashes)
	}
}

func TestNoMedicinesHereAndOneThereIsShown(t *testing.T) {
	none := taking("No known medications", "refuted", "", "")
	files := FilesOf(clinical.Patient{}, []clinical.Reading{listing("a", none), listing("b", taking("Warfarin", "active", "2025-01-01", ""))})
	list := Medicines(files, today)
	if len(list.All) != 1 || len(list.None) != 1 {
		t.Fatalf("%+v", list)
	}
	if got := Contradictions(files); len(got) != 1 || got[0].Kind != "no_medicine" || len(got[0].Sides) != 2 || got[0].Sides[1].Says != "Warfarin" {
		t.Errorf("%+v", got)
	}
	for what, f := range map[string]clinical.Fact{
		"begun later":   taking("Warfarin", "active", "2026-02-01", ""),
		"ended before":  taking("Warfarin", "active", "2024-02-01", "2024-05-01"),
		"stopped":       taking("Warfarin", "stopped", "2024-02-01", ""),
		"only given":    evident(taking("Warfarin", "active", "", ""), clinical.Given),
		"no one's word": taking("No information about medications", "active", "", ""),
	} {
		none.Date = "2025-06-01"
		if got := Contradictions(FilesOf(clinical.Patient{}, []clinical.Reading{listing("a", none), listing("b", f)})); len(got) != 0 {
			t.Errorf("%s: %+v", what, got)
		}
	}
}

func TestAnAllergyHereAndRuledOutThereIsShown(t *testing.T) {
	on := func(status string) clinical.Fact {
		return clinical.Fact{Kind: clinical.Allergy, Text: "Penicillin", Status: status, Date: "2020"}
	}
	for status, want := range map[string]int{"refuted": 1, "inactive": 0, "entered-in-error": 0, "active": 0} {
		got := Contradictions(FilesOf(clinical.Patient{}, []clinical.Reading{listing("a", on("active")), listing("b", on(status))}))
		if len(got) != want || want == 1 && (got[0].Kind != "allergy_status" || len(got[0].Sides) != 2) {
			t.Errorf("%s: %+v", status, got)
		}
	}
}

// someRecords makes files as a house of many might: the same few medicines under many
// names, codes, states and days.
func someRecords(r *rand.Rand) []clinical.Reading {
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	var out []clinical.Reading
	for i := range 1 + r.IntN(5) {
		var facts []clinical.Fact
		for range r.IntN(7) {
			f := taking(pick("Warfarin", "warfarin 5 mg", "Warfarin Sodium 5 MG Oral Tablet", "Metformin 500 MG", "No known medications", ""),
				pick("active", "stopped", "completed", "entered-in-error", "on-hold", "not-taken", "", "unknown"),
				pick("", "2024", "2025-03", "2025-03-01", "2025-06-01T10:00:00Z", "soon"), pick("", "", "2025", "2026-01-01", "2023-01-01"))
			f.Evidence = clinical.Evidence(pick("", "order", "statement", "listed", "administration", "dispense", "plan"))
			f.Detail = pick("", "1 tablet daily", "2 tablets daily", "5 mg")
			if code := pick("", "", "11289", "855332"); code != "" {
				f = coded(f, code)
			}
			facts = append(facts, f)
		}
		out = append(out, listing(fmt.Sprint("file", i), facts...))
	}
	return out
}

func TestTheOrderOfTheFilesDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		all := someRecords(r)
		want, clashes := medicinesOf(all...), Contradictions(FilesOf(clinical.Patient{}, all))
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if got := medicinesOf(all...); !reflect.DeepEqual(got, want) {
			t.Fatalf("in another order\n%+v\nis\n%+v", want, got)
		}
		if got := Contradictions(FilesOf(clinical.Patient{}, all)); !reflect.DeepEqual(got, clashes) {
			t.Fatalf("in another order the contradictions\n%+v\nare\n%+v", clashes, got)
		}
	}
}

func TestEverySayingIsThereOnceAndNothingIsAdded(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		all := someRecords(r)
		want := map[string]clinical.Fact{}
		for _, x := range all {
			for _, f := range x.Facts {
				want[f.ID] = f
			}
		}
		list := medicinesOf(all...)
		var got []string
		for _, w := range list.None {
			got = append(got, w.Fact)
		}
		for _, m := range list.All {
			drawn := map[int]bool{}
			for _, s := range m.Said {
				for _, w := range s.Sources {
					f := want[w.Fact]
					got = append(got, w.Fact)
					if f.Text != s.Text && fold(f.Text) != fold(s.Text) || f.Status != s.Status || f.Date != s.Date || f.End != s.End || fold(f.Detail) != fold(s.Dose) || f.Evidence != s.Evidence || w.File != f.Source.File || w.Place.Path != f.Source.Path {
						t.Fatalf("%+v became %+v", f, s)
					}
				}
			}
			for _, b := range m.Bars {
				for _, i := range b.Said {
					drawn[i] = true
				}
				if !slices.ContainsFunc(b.Said, func(i int) bool { return day(m.Said[i].Date) == b.Start || day(m.Said[i].End) == b.Start }) {
					t.Fatalf("nobody wrote that a bar begins on %s: %+v", b.Start, m.Said)
				}
				if b.End != "" && !slices.ContainsFunc(b.Said, func(i int) bool { return day(m.Said[i].End) == b.End }) {
					t.Fatalf("nobody wrote that a bar ends on %s: %+v", b.End, m.Said)
				}
			}
			for _, k := range m.Marks {
				for _, i := range k.Said {
					drawn[i] = true
				}
			}
			for i, s := range m.Said {
				dated := clinical.ReadableDate(s.Date) || clinical.ReadableDate(s.End)
				switch s.State {
				case MedicineWithdrawn, MedicinePlanned, MedicineNotTaken:
					if drawn[i] {
						t.Fatalf("drawn as taken: %+v", s)
					}
				case MedicineGiven, MedicineDispensed:
					dated = clinical.ReadableDate(s.Date)
					fallthrough
				default:
					if drawn[i] != dated {
						t.Fatalf("drawn: %v: %+v", drawn[i], s)
					}
				}
			}
		}
		slices.Sort(got)
		if n := len(slices.Compact(slices.Clone(got))); len(got) != len(want) || n != len(want) {
			t.Fatalf("%d sayings became %d", len(want), len(got))
		}
	}
}

func FuzzDoses(f *testing.F) {
	f.Add("1-2 tablets every 4-6 hours", "2 / 1 d PRN")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := doseOf(a), doseOf(b)
		if x.differs(x) {
			t.Errorf("%q differs from itself", a)
		}
		if x.differs(y) != y.differs(x) {
			t.Errorf("%q and %q differ one way only", a, b)
		}
	})
}
