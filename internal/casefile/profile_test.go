package casefile

import (
	"testing"

	"consilium/internal/fault"
)

func TestNPIsAreCheckedByTheirLastDigit(t *testing.T) {
	for s, want := range map[string]bool{"1234567893": true, "1234567890": false, "123456789": false, "12345678931": false, "3234567893": false, "1x34567893": false, "": false} {
		if IsNPI(s) != want {
			t.Errorf("%q: want %v", s, want)
		}
	}
}

func TestEveryWrongFieldIsNamedAtOnce(t *testing.T) {
	p := Profile{Patient: Patient{BirthDate: "2030-01-01", State: "ZZ"}, FirstDoctor: Doctor{NPI: "1"}, DecideBy: "2020-01-01"}
	got := map[string]bool{}
	for _, f := range fault.All(p.Check("2026-11-22")) {
		got[f.Field] = true
	}
	for _, field := range []string{"patient_name", "birth_date", "state", "diagnosis", "doctor_npi", "decide_by"} {
		if !got[field] {
			t.Errorf("%s is wrong and was not named", field)
		}
	}
}

func TestARightProfilePasses(t *testing.T) {
	p := Profile{Patient: Patient{Name: "Ruth Alvarez", BirthDate: "1961-04-02", State: "CA"}, Diagnosis: Diagnosis{Text: "breast cancer"}, DecideBy: "2026-12-10"}
	if err := p.Check("2026-11-22"); err != nil {
		t.Fatal(err)
	}
}

func TestADiagnosisCodeHasItsForm(t *testing.T) {
	for code, want := range map[string]bool{"C50.911": true, "C50911": true, "I10": true, "U07.1": true, "C4A.0": true, "50.9": false, "C5": false, "C50.": false, "C50.91123": false, "c50": false, "C50 911": false} {
		if IsICD10(code) != want {
			t.Errorf("%s: got %t", code, !want)
		}
	}
}
