package people

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/contract"
	"consilium/internal/intake/dicom"
	"consilium/internal/intake/fhir"
	"consilium/internal/need"
	"consilium/internal/opinion"
	"consilium/internal/rulebook"
	"consilium/rules"
)

func TestTheReaderFindsNothingWrongInABundle(t *testing.T) {
	for _, p := range Cast() {
		c, err := p.Case("en")
		if err != nil {
			t.Fatal(err)
		}
		facts := 0
		for _, r := range c.Records {
			if !strings.HasSuffix(r.File, ".json") {
				continue
			}
			raw := read(t, p, r.File)
			sum := sha256.Sum256(raw)
			got := fhir.Read(context.Background(), bytes.NewReader(raw), int64(len(raw)),
				clinical.Source{File: hex.EncodeToString(sum[:]), Name: r.File}, fhir.DefaultLimits())
			for _, i := range got.Issues {
				t.Errorf("%s/%s: %s %s: %s", p.Folder, r.File, i.Severity, i.Path, i.Text)
			}
			if got.Kind != clinical.FileFHIRBundle || got.Patient == nil {
				t.Fatalf("%s/%s: read as %s", p.Folder, r.File, got.Kind)
			}
			for _, f := range got.Facts {
				if f.Text == "" {
					t.Errorf("%s/%s: %s at %s has no words", p.Folder, r.File, f.Kind, f.Source.Path)
				}
				if f.Date == "" && f.Kind != clinical.FamilyHistory && f.Kind != clinical.Other {
					t.Errorf("%s/%s: %q has no date", p.Folder, r.File, f.Text)
				}
			}
			if r.Wrong == "" {
				facts += len(got.Facts)
			}
		}
		if facts < 60 {
			t.Errorf("%s: %d facts are too few for a story", p.Folder, facts)
		}
	}
}

func TestEverybodyHasReasonForASecondOpinion(t *testing.T) {
	book, problems := rulebook.Load(rules.Files)
	if book == nil {
		t.Fatal(problems)
	}
	each(t, func(t *testing.T, p Person, c Case) {
		var in need.Input
		if err := contract.Decode(bytes.NewReader(c.Need), &in); err != nil {
			t.Fatal(err)
		}
		got, err := need.Check(in, contract.MustDate(Day), c.Profile.Patient.Language, book)
		if err != nil {
			t.Fatal(err)
		}
		if got.Advice != "strong" {
			t.Errorf("a second opinion is %s, and the story says strong", got.Advice)
		}
	})
}

func TestTwoOpinionsOfOneDiagnosisDifferInTreatment(t *testing.T) {
	decided := 0
	each(t, func(t *testing.T, p Person, c Case) {
		if c.Decision == nil {
			return
		}
		decided++
		got := compared(t, c)
		pair := got.Pairs[0]
		if pair.Diagnosis != "same" || pair.Management != "different" || pair.Impact != "major" {
			t.Errorf("diagnosis %s, management %s, impact %s", pair.Diagnosis, pair.Management, pair.Impact)
		}
		for _, cause := range pair.Causes {
			if cause == "read_differently" {
				t.Error("nobody read the tests differently in this story")
			}
		}
		if !got.ThirdOpinion.Suggested {
			t.Error("a real difference, and no third opinion is suggested")
		}
	})
	if decided != 4 { // two people, each in two languages
		t.Errorf("%d cases are decided, want 4", decided)
	}
}

// The fifth seed text tells of two opinions on back pain. Whoever changes Walter's
// case must leave them as they are told there.
func TestWaltersOpinionsAreTheExampleOfTheGuide(t *testing.T) {
	var walter Case
	for _, p := range Cast() {
		if p.Folder == "walter-brandt" {
			walter, _ = p.Case("en")
		}
	}
	pair := compared(t, walter).Pairs[0]
	b, err := json.Marshal(pair.Differ)
	if err != nil {
		t.Fatal(err)
	}
	told := strings.ToLower(string(b))
	for _, want := range []string{
		"lumbar fusion surgery", "mri", "significant disc degeneration", "mechanical stabilization",
		"physical therapy, targeted injections, and medication management", "multi-modal", "functional improvement without immediate surgery",
		"not always directly correlated with pain severity",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("the comparison does not say %q", want)
		}
	}
	all, _ := json.Marshal(walter.Opinions[1])
	if !strings.Contains(strings.ToLower(string(all)), "a last resort, especially given the patient's age and overall health") {
		t.Error("the second opinion does not call surgery a last resort")
	}
}

func compared(t *testing.T, c Case) opinion.Answer {
	t.Helper()
	var parts []string
	for _, o := range c.Opinions {
		b, err := o.MarshalCompare()
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, string(b))
	}
	values, err := json.Marshal(c.Values)
	if err != nil {
		t.Fatal(err)
	}
	var in opinion.Input
	if err := contract.Decode(strings.NewReader(`{"opinions":[`+strings.Join(parts, ",")+`],"values":`+string(values)+`}`), &in); err != nil {
		t.Fatal(err)
	}
	book, problems := rulebook.Load(rules.Files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	got, err := opinion.Compare(in, c.Profile.Patient.Language, book)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestReportsAndPicturesNameTheirPatient(t *testing.T) {
	checked := 0
	for _, p := range Cast() {
		c, err := p.Case("en")
		if err != nil {
			t.Fatal(err)
		}
		given, family, _ := strings.Cut(c.Profile.Patient.Name, " ")
		born := c.Profile.Patient.BirthDate
		for _, r := range c.Records {
			base, kind, _ := strings.Cut(strings.TrimPrefix(r.File, "records/"), ".")
			switch kind {
			case "pdf": // its letters are packed, so the page that it was printed from answers
				page := string(read(t, p, "source/"+base+".html"))
				if !strings.Contains(page, given) || !strings.Contains(page, family) || !strings.Contains(page, born) || !strings.Contains(page, "SYNTHETIC RECORD") {
					t.Errorf("%s/%s does not name %s, born %s, or does not say that it is synthetic", p.Folder, r.File, c.Profile.Patient.Name, born)
				}
			case "dcm":
				raw := read(t, p, r.File)
				got := dicom.Read(context.Background(), bytes.NewReader(raw), int64(len(raw)), clinical.Source{Name: r.File})
				if got.Patient == nil || len(got.Studies) != 1 {
					t.Fatalf("%s/%s: no patient or no study", p.Folder, r.File)
				}
				if is, why := clinical.SamePatient(*got.Patient, clinical.Patient{Name: c.Profile.Patient.Name, BirthDate: born}); is != clinical.Same {
					t.Errorf("%s/%s: %s", p.Folder, r.File, why)
				}
				if !strings.Contains(string(raw), "SYNTHETIC") {
					t.Errorf("%s/%s does not say that it is synthetic", p.Folder, r.File)
				}
			default:
				continue
			}
			checked++
		}
	}
	if checked < 5 {
		t.Errorf("only %d reports and pictures were looked at", checked)
	}
}
