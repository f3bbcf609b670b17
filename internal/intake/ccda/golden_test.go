package ccda_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/intake/ccda"
)

var update = flag.Bool("update", false, "write the golden files anew; the diff is the review")

// told writes a reading so that a person can lay it beside the XML: one fact a
// paragraph, with all that it says.
func told(r clinical.Reading) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s (%s)\n", r.Kind, r.Title, r.Date)
	if p := r.Patient; p != nil {
		fmt.Fprintf(&b, "patient: %s %v, born %s, %s %v\n", p.Name, p.OtherNames, p.BirthDate, p.Sex, p.Identifiers)
	}
	for _, s := range r.Studies {
		fmt.Fprintf(&b, "study: %+v\n", s)
	}
	for _, i := range r.Issues {
		fmt.Fprintf(&b, "%s: %s at %s\n", i.Severity, strings.TrimPrefix(i.Key, "intake.ccda."), i.Path)
	}
	for _, f := range r.Facts {
		fmt.Fprintf(&b, "\n%s: %s\n  at %s\n", f.Kind, f.Text, f.Source.Path)
		line := func(name, value string) {
			if value != "" {
				fmt.Fprintf(&b, "  %s: %s\n", name, strings.ReplaceAll(value, "\n", "\n    "))
			}
		}
		line("codes", codes(f.Codes))
		line("date", strings.TrimSuffix(f.Date+" to "+f.End, " to "))
		line("value", strings.TrimSpace(f.Value+" "+f.Unit))
		line("range", f.Range)
		line("flag", f.Flag)
		line("status", f.Status)
		line("evidence", string(f.Evidence))
		line("who", f.Who)
		line("detail", f.Detail)
		if f.Exam != nil {
			line("exam", fmt.Sprintf("%+v", *f.Exam))
		}
		for _, c := range f.Components {
			line("- "+c.Text, strings.TrimSpace(strings.Join([]string{c.Value, c.Unit, c.Range, codes(c.Codes)}, " ")))
		}
	}
	for _, c := range r.Children {
		fmt.Fprintf(&b, "\ninside: %s, %d bytes\n", c.Name, c.Size)
	}
	return b.String()
}

func codes(all []clinical.Code) string {
	var out []string
	for _, c := range all {
		out = append(out, fmt.Sprintf("[%s %s %s]", c.System[strings.LastIndexAny(c.System, "/:")+1:], c.Code, c.Display))
	}
	return strings.Join(out, " ")
}

// readFile reads a file; what is inside it is only counted.
func readFile(t testing.TB, path string) clinical.Reading {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return ccda.ReadOpening(context.Background(), bytes.NewReader(b), int64(len(b)), clinical.Source{File: "x"}, func(name string, body []byte) clinical.Reading {
		return clinical.Reading{Name: name, Size: int64(len(body))}
	})
}

func TestDocumentsReadAsTheyDidBefore(t *testing.T) {
	files, err := filepath.Glob("testdata/records/*.xml")
	if err != nil || len(files) < 12 {
		t.Fatalf("the records are missing: %v", err)
	}
	sort.Strings(files)
	for _, p := range files {
		got := told(readFile(t, p))
		golden := "testdata/golden/" + strings.TrimSuffix(filepath.Base(p), ".xml") + ".txt"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s reads differently; run with -update and look at the diff", p)
		}
	}
}

func TestAFactOfADocumentSurvivesBeingStored(t *testing.T) {
	r := read(whole)
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back clinical.Reading
	if err := json.Unmarshal(b, &back); err != nil || len(back.Facts) != 1 || back.Facts[0].ID != r.Facts[0].ID {
		t.Errorf("%v %+v", err, back)
	}
}
