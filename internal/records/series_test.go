package records

import (
	"math/big"
	"testing"

	"consilium/internal/clinical"
)

func TestAValueIsWrittenInAnotherUnitWithoutLosingADigit(t *testing.T) {
	for _, c := range []struct{ value, unit, to, want string }{
		{"7.10", "mg/dL", "mg/dL", "7.10"},
		{"7.10", "mg/dL", "g/L", "0.0710"},
		{"7.10", "g/L", "mg/dL", "710"},
		{"7.105", "g/L", "mg/dL", "710.5"},
		{"0.0", "g/L", "mg/dL", "0"},
		{"0.00", "mg/dL", "g/L", "0.0000"},
		{"5.20", "10*3/uL", "10*9/L", "5.20"},
		{"5.20", "K/uL", "10*9/L", "5.20"},
		{"5200", "/uL", "10*9/L", "5.200"},
		{"250", "10*3/uL", "10*6/uL", "0.250"},
		{"-1.5", "mmol/L", "umol/L", "-1500"},
		{"<0.01", "ug/L", "ng/mL", "<0.01"},
		{"100000000000000000.1", "mg/L", "g/L", "100000000000000.0001"},
	} {
		m, ok := measureOf(c.value, c.unit)
		if !ok {
			t.Errorf("%s %s is not read", c.value, c.unit)
			continue
		}
		got, about, ok := m.written(c.to, nil)
		if !ok || about || got != c.want {
			t.Errorf("%s %s in %s is %q (%v, %v), want %q", c.value, c.unit, c.to, got, about, ok, c.want)
		}
	}
}

func TestGramsAreReckonedIntoMolesOnlyOfAKnownSubstance(t *testing.T) {
	glucose, _ := substanceOf("2345-7")
	creatinine, _ := substanceOf("14682-9")
	for _, c := range []struct {
		value, unit, to, want string
		weight                *big.Rat
	}{
		{"99", "mg/dL", "mmol/L", "5.5", glucose.weight},
		{"5.5", "mmol/L", "mg/dL", "99", glucose.weight},
		{"1.10", "mg/dL", "umol/L", "97.2", creatinine.weight},
		{"0.9", "mg/dL", "umol/L", "80", creatinine.weight},
		{"<2.0", "mg/dL", "mmol/L", "<0.11", glucose.weight},
	} {
		m, _ := measureOf(c.value, c.unit)
		got, about, ok := m.written(c.to, c.weight)
		if !ok || !about || got != c.want {
			t.Errorf("%s %s in %s is %q (%v, %v), want about %q", c.value, c.unit, c.to, got, about, ok, c.want)
		}
	}
	for _, c := range []struct{ unit, to string }{{"mg/dL", "mmol/L"}, {"mg/dL", "U/L"}, {"IU/L", "U/L"}, {"%", "mg/dL"}, {"mm[Hg]", "kPa"}, {"", "mg/dL"}} {
		m, ok := measureOf("5", c.unit)
		if !ok {
			continue
		}
		if got, _, ok := m.written(c.to, nil); ok {
			t.Errorf("5 %s became %s %s", c.unit, got, c.to)
		}
	}
}

// The weights that chemistry tables give, to be held against what the elements add up
// to.
func TestTheWeightsOfSubstancesAreThoseOfTheTables(t *testing.T) {
	want := map[string]string{
		"glucose": "180.156", "cholesterol": "386.664", "hdl": "386.664", "ldl_calculated": "386.664", "triglycerides": "885.453", "creatinine": "113.120",
		"urate": "168.112", "bilirubin": "584.673", "calcium": "40.078", "magnesium": "24.305", "phosphate": "30.974",
	}
	codes := map[string]string{}
	for _, s := range substances {
		if got := s.weight.FloatString(3); got != want[s.ID] {
			t.Errorf("%s weighs %s, want %s", s.ID, got, want[s.ID])
		}
		for _, c := range append(s.Mass, s.Moles...) {
			if codes[c] != "" {
				t.Errorf("%s is of %s and of %s", c, codes[c], s.ID)
			}
			codes[c] = s.ID
		}
	}
	if len(substances) != len(want) {
		t.Errorf("%d substances, want %d", len(substances), len(want))
	}
}

func TestUsualRangesAreReadAsLaboratoriesWriteThem(t *testing.T) {
	for s, want := range map[string][3]string{
		"3.5 - 5.0": {"3.5", "5.0", ""}, "3.5-5.0 mmol/L": {"3.5", "5.0", "mmol/L"}, "70–99": {"70", "99", ""}, "(70 to 99)": {"70", "99", ""},
		"< 200": {"", "200", ""}, ">= 60 mL/min": {"60", "", "mL/min"}, "-2 - 2": {"-2", "2", ""}, "13.2 g/dL - 16.6 g/dL": {"13.2", "16.6", "g/dL"},
	} {
		low, high, unit, ok := readRange(s)
		if !ok || [3]string{low, high, unit} != want {
			t.Errorf("%q is %q %q %q (%v)", s, low, high, unit, ok)
		}
	}
	for _, s := range []string{"", "negative", "see note", "men: 13-17; women: 12-15", "3.5", "1-2-3 days after meals, fasting", "2026-05-03"} {
		if low, high, unit, ok := readRange(s); ok && s != "2026-05-03" {
			t.Errorf("%q was read as %q %q %q", s, low, high, unit)
		}
	}
}

func lab(id, code, date, value, unit, usual, flag string) Agreed {
	f := clinical.Fact{ID: id, Kind: clinical.Result, Text: "Glucose", Date: date, Value: value, Unit: unit, Range: usual, Flag: flag}
	if code != "" {
		f.Codes = []clinical.Code{{System: "http://loinc.org", Code: code}}
	}
	return Agreed{f, []Witness{{Fact: id}}}
}

func TestOneTestInTwoUnitsIsOneSeriesAndWhatCannotBeReckonedIsAnother(t *testing.T) {
	all, worded := Trends([]Agreed{
		lab("b", "2345-7", "2026-02-01", "7.10", "mmol/L", "", ""),
		lab("a", "2345-7", "2026-01-01", "99", "mg/dL", "70 - 99", ""),
		lab("c", "14749-6", "2026-03-01", "6.0", "mmol/L", "3.9 - 5.5", "H"),
		lab("d", "2345-7", "2026-04-01", "trace", "", "", ""),
		lab("e", "2345-7", "2026-05-01", "3", "U/L", "", ""),
	})
	if len(all) != 2 || len(worded) != 1 || worded[0].Points[0].Value != "trace" {
		t.Fatalf("%d series, %d in words: %+v", len(all), len(worded), all)
	}
	s := all[0]
	if s.Unit != "mmol/L" || len(s.Points) != 3 || s.Points[0].As != "5.5" || !s.Points[0].About || s.Points[1].Value != "7.10" || s.Points[1].As != "" {
		t.Errorf("%+v", s)
	}
	if s.Out != 1 || !s.Points[2].Marked || s.Low.FloatString(1) != "3.9" || s.High.FloatString(1) != "5.5" || s.Ranges != 2 || s.Note != "glucose" || !s.Mixed {
		t.Errorf("%+v", s)
	}
	if all[1].Unit != "U/L" || len(all[1].Points) != 1 || all[1].ID == s.ID {
		t.Errorf("%+v", all[1])
	}
	// Without a code nobody knows the substance: two units are two pictures.
	all, _ = Trends([]Agreed{lab("a", "", "2026-01-01", "99", "mg/dL", "", ""), lab("b", "", "2026-02-01", "5.5", "mmol/L", "", "")})
	if len(all) != 2 {
		t.Errorf("%+v", all)
	}
}
