package expert

import (
	"testing"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

var first = casefile.Doctor{
	Name: "Dr. Elena Marsh", NPI: "1234567893", Practice: "Valley Oncology Medical Group", Address: "120 N. Main St, Suite 400, Fresno, CA 93701",
	Hospital: "Valley Regional Hospital",
}

func TestEachSignOfClosenessIsSeen(t *testing.T) {
	for name, c := range map[string]struct {
		doctor casefile.Doctor
		signal string
		level  Level
	}{
		"the same number":               {casefile.Doctor{NPI: "1234567893", Practice: "Elsewhere"}, "same_person", NotIndependent},
		"the same practice":             {casefile.Doctor{Practice: "Valley Oncology"}, "same_practice", NotIndependent},
		"the same building":             {casefile.Doctor{Practice: "Sierra Cancer Care", Address: "120 North Main Street, Ste 210, Fresno, CA 93701"}, "same_address", Caution},
		"the same hospital":             {casefile.Doctor{Practice: "Sierra Cancer Care", Hospital: "Valley Regional"}, "same_hospital", Caution},
		"the same name, no number said": {casefile.Doctor{Name: "Elena Marsh, MD", Practice: "Sierra Cancer Care"}, "same_name", Caution},
	} {
		level, signals := Independence(first, c.doctor)
		if level != c.level || !has(signals, c.signal) {
			t.Errorf("%s: %s %v", name, level, signals)
		}
	}
}

func TestTwoUnrelatedDoctorsShowNoSign(t *testing.T) {
	level, signals := Independence(first, casefile.Doctor{
		Name: "Dr. Judith Sorensen", NPI: "1245319599", Practice: "Bay University Cancer Center", Address: "9 Hill Road, San Francisco, CA 94143", Hospital: "Bay University Hospital",
	})
	if level != Independent || len(signals) != 0 {
		t.Fatalf("%s %v", level, signals)
	}
}

func TestWhatCannotBeComparedIsUnknownAndNeverIndependent(t *testing.T) {
	for _, d := range []casefile.Doctor{{}, {Name: "Dr. Judith Sorensen"}, {NPI: "1245319599"}} {
		if level, _ := Independence(first, d); level != Unknown {
			t.Errorf("%+v: %s", d, level)
		}
	}
}

func TestATownAloneIsNoBuilding(t *testing.T) {
	level, signals := Independence(casefile.Doctor{Address: "Fresno, CA"}, casefile.Doctor{Address: "Fresno, CA"})
	if len(signals) != 0 {
		t.Fatalf("%s %v", level, signals)
	}
}

func TestSettingTheChosenOneAsideChoosesNobody(t *testing.T) {
	s := Shortlist{}.Put(Candidate{ID: "a"}).Put(Candidate{ID: "b"})
	s.Chosen = "a"
	s = s.Put(Candidate{ID: "a", Gone: true})
	if s.Chosen != "" || len(s.Candidates) != 2 {
		t.Fatalf("%+v", s)
	}
}

func TestACriterionThatNobodyAnsweredIsToConfirm(t *testing.T) {
	var c Criteria
	for _, n := range Names {
		if c.Of(n) != ToConfirm {
			t.Errorf("%s: %s", n, c.Of(n))
		}
		c.Set(n, Yes)
		if c.Of(n) != Yes {
			t.Errorf("%s was not set", n)
		}
	}
}

func TestACandidateNeedsANameAndARightNumber(t *testing.T) {
	fields := map[string]bool{}
	for _, f := range fault.All(Candidate{Doctor: casefile.Doctor{NPI: "12"}, Criteria: Criteria{Plan: "maybe"}}.Check()) {
		fields[f.Field] = true
	}
	if !fields["name"] || !fields["npi"] || !fields["accepts_plan"] {
		t.Fatalf("%v", fields)
	}
}
