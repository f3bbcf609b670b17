package intake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/intake"
)

var update = flag.Bool("update", false, "write the golden files anew; the diff is the review")

func TestRecordsReadAsTheyDidBefore(t *testing.T) {
	files, err := filepath.Glob("testdata/fhir/*.json")
	if err != nil || len(files) < 8 {
		t.Fatalf("the records are missing: %v", err)
	}
	for _, p := range files {
		got, err := intake.ReadFile(context.Background(), p, intake.Options{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, '\n')
		golden := filepath.Join("testdata/golden", filepath.Base(p))
		if *update {
			if err := os.WriteFile(golden, b, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b, want) {
			t.Errorf("%s reads differently; run with -update and look at the diff", p)
		}
	}
}

func TestAReadingSurvivesBeingStored(t *testing.T) {
	got, err := intake.ReadFile(context.Background(), "testdata/fhir/Bundle-bundle-minimal.json", intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var back clinical.Reading
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(back)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, again) || len(back.Facts) == 0 {
		t.Error("a stored reading is not the same when it is taken out again")
	}
	short, err := json.Marshal(got.WithoutFacts())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(short), "fact_list") || !strings.Contains(string(short), `"facts":{"condition":1,`) {
		t.Errorf("without facts only the counts should be there: %.200s", short)
	}
}
