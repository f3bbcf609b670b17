package records

import (
	"fmt"
	"testing"

	"consilium/internal/clinical"
)

// thirtyThousand are the facts of a long illness, as one portal gives them: results of
// three hundred tests over ten years, with visits and medicines between them.
func thirtyThousand() []File {
	facts := make([]clinical.Fact, 0, 30_000)
	for i := range 30_000 {
		test, day := i%300, i/300
		f := clinical.Fact{
			ID: fmt.Sprintf("%032x", i), Kind: clinical.Result, Text: fmt.Sprintf("Test %d", test), Date: fmt.Sprintf("20%02d-%02d-%02dT08:30:00-05:00", 16+day%10, 1+day%12, 1+(i*7)%28),
			Codes: []clinical.Code{{System: "http://loinc.org", Code: fmt.Sprintf("%d-%d", 1000+test, test%10)}},
			Value: fmt.Sprintf("%d.%d", 3+i%9, i%10), Unit: []string{"g/dL", "mmol/L", "10*3/uL", "mg/dL"}[test%4], Range: "3.5 - 5.0", Who: "Larkspur Laboratory",
			Source: clinical.Source{File: "a"},
		}
		switch {
		case test%25 == 0:
			f.Kind, f.Value, f.Unit, f.Range = clinical.Medication, "", "", ""
		case test%25 == 1:
			f.Kind, f.Value, f.Unit, f.Range = clinical.Encounter, "", "", ""
		}
		facts = append(facts, f)
	}
	return FilesOf(clinical.Patient{}, []clinical.Reading{{SHA256: "a", Name: "portal.json", Kind: clinical.FileFHIRBundle, Facts: facts}})
}

func BenchmarkThirtyThousandFacts(b *testing.B) {
	files := thirtyThousand()
	all := Together(files)
	for _, c := range []struct {
		name string
		do   func()
	}{
		{"Together", func() { Together(files) }},
		{"Trends", func() { Trends(all) }},
		{"Shown", func() { Filter{}.Shown(all) }},
		{"Moments", func() { Moments(files, Story{}) }},
		{"Contradictions", func() { Contradictions(files) }},
		{"Gather", func() { Gather(files) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.do()
			}
		})
	}
}
