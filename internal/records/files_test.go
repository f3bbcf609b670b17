package records

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const today = "2026-11-22"

// caseOf gives a case of Ruth Alvarez with these nouns.
func caseOf(t *testing.T, nouns map[casefile.Ref]any) *casefile.Case {
	t.Helper()
	nouns[casefile.ProfileRef] = casefile.Profile{Patient: casefile.Patient{Name: "Ruth Alvarez", BirthDate: "1961-04-02"}, Diagnosis: casefile.Diagnosis{Text: "x"}}
	var ds []casefile.Document
	for ref, noun := range nouns {
		body, err := json.Marshal(noun)
		if err != nil {
			t.Fatal(err)
		}
		ds = append(ds, casefile.Document{Ref: ref, Version: 1, At: noon, Body: body})
	}
	return casefile.New("c", casefile.Open, ds)
}

// put adds a received file and its reading.
func put(nouns map[casefile.Ref]any, r clinical.Reading) {
	nouns[Ref(r.SHA256)] = Received{SHA256: r.SHA256, Name: r.Name}
	nouns[FactsRef(r.SHA256)] = r
}

func fact(sha, text, date string, kind clinical.Kind) clinical.Fact {
	return clinical.Fact{ID: clinical.FactID(sha, text), Kind: kind, Text: text, Date: date, Source: clinical.Source{File: sha, Path: text}}
}

func person(name, born string) *clinical.Patient {
	return &clinical.Patient{Name: name, BirthDate: born}
}

func read(t *testing.T, c *casefile.Case) []File {
	t.Helper()
	fs, err := Files(c)
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

func TestOnlyFactsOfTheCasesPatientCount(t *testing.T) {
	for name, x := range map[string]struct {
		patient *clinical.Patient
		want    Belongs
		counts  int
	}{
		"the same person":          {person("Alvarez, Ruth", "1961-04-02"), Fits, 1},
		"another birth date":       {person("Ruth Alvarez", "1961-04-03"), Differs, 0},
		"another name":             {person("Maria Lopez", "1961-04-02"), Differs, 0},
		"nobody named":             {nil, Nobody, 1},
		"a name and no birth date": {person("Ruth Alvarez", ""), Check, 1},
	} {
		nouns := map[casefile.Ref]any{}
		put(nouns, clinical.Reading{SHA256: "a", Patient: x.patient, Facts: []clinical.Fact{fact("a", "anemia", "2026-01-02", clinical.Condition)}})
		fs := read(t, caseOf(t, nouns))
		if got := fs[0].Piece.Belongs; got != x.want {
			t.Errorf("%s: belongs is %s, want %s", name, got, x.want)
		}
		if got := len(Facts(fs)); got != x.counts {
			t.Errorf("%s: %d facts count, want %d", name, got, x.counts)
		}
	}
}

func TestOfAFileAboutSeveralPeopleOnlyThePatientsFactsCount(t *testing.T) {
	mine, other, nobody := fact("a", "mine", "2026-01-02", clinical.Condition), fact("a", "other", "2026-01-02", clinical.Condition), fact("a", "nobody's", "2026-01-02", clinical.Condition)
	mine.Subject, other.Subject = "Patient/1", "Patient/2"
	r := clinical.Reading{SHA256: "a", Patients: []clinical.Patient{{Name: "Ruth Alvarez", BirthDate: "1961-04-02", Ref: "Patient/1"}, {Name: "Ann Lee", BirthDate: "1950-01-01", Ref: "Patient/2"}}, Facts: []clinical.Fact{mine, other, nobody}}
	nouns := map[casefile.Ref]any{}
	put(nouns, r)
	fs := read(t, caseOf(t, nouns))
	if got := Facts(fs); len(got) != 1 || got[0].Text != "mine" {
		t.Fatalf("got %v", got)
	}
}

func TestAFileInsideAnArchiveIsJudgedByItself(t *testing.T) {
	good := clinical.Reading{SHA256: "in1", Name: "z.zip/a", Patient: person("Ruth Alvarez", "1961-04-02"), Facts: []clinical.Fact{fact("in1", "good", "2026-01-02", clinical.Condition)}}
	bad := clinical.Reading{SHA256: "in2", Name: "z.zip/b", Patient: person("Ann Lee", "1950-01-01"), Facts: []clinical.Fact{fact("in2", "bad", "2026-01-02", clinical.Condition)}}
	nouns := map[casefile.Ref]any{}
	put(nouns, clinical.Reading{SHA256: "zip", Kind: clinical.FileZIP, Children: []clinical.Reading{good, bad}})
	fs := read(t, caseOf(t, nouns))
	if got := Facts(fs); len(got) != 1 || got[0].Text != "good" {
		t.Fatalf("got %v", got)
	}
	if !fs[0].Piece.Asks() {
		t.Error("nobody asks whose the second file is")
	}
	if got := TopOf(fs)["in1"]; got != "zip" {
		t.Errorf("the inner file is held by %q", got)
	}
	nouns[WhoseRef("in2")] = Whose{Claim: Ours, Reason: "former name"}
	if got := Facts(read(t, caseOf(t, nouns))); len(got) != 2 {
		t.Errorf("after the person's word: %v", got)
	}
	nouns[WhoseRef("zip")] = Whose{Claim: NotOurs, Reason: "sent by mistake"}
	delete(nouns, WhoseRef("in2"))
	if got := Facts(read(t, caseOf(t, nouns))); len(got) != 0 {
		t.Errorf("the whole archive was set aside and %v counts", got)
	}
}

func TestTheSameFactInTwoFilesCountsOnceAndTwoMeasurementsStayTwo(t *testing.T) {
	a, b := fact("a", "sodium", "2026-01-02T08:00:00Z", clinical.Result), fact("b", "sodium", "2026-01-02T08:00:00Z", clinical.Result)
	a.Value, b.Value = "140", "140"
	later := fact("b", "sodium", "2026-01-02T18:00:00Z", clinical.Result)
	later.ID, later.Value = "later", "140"
	nouns := map[casefile.Ref]any{}
	put(nouns, clinical.Reading{SHA256: "a", Facts: []clinical.Fact{a}})
	put(nouns, clinical.Reading{SHA256: "b", Facts: []clinical.Fact{b, later}})
	if got := Facts(read(t, caseOf(t, nouns))); len(got) != 2 {
		t.Fatalf("got %d facts", len(got))
	}
}

func TestWithdrawnAndSupersededFactsDoNotCount(t *testing.T) {
	gone, old := fact("a", "gone", "2026-01-02", clinical.Condition), fact("a", "old", "2026-01-02", clinical.Condition)
	gone.Status, old.Superseded = clinical.EnteredInError, "read again"
	nouns := map[casefile.Ref]any{}
	put(nouns, clinical.Reading{SHA256: "a", Facts: []clinical.Fact{gone, old}})
	if got := Facts(read(t, caseOf(t, nouns))); len(got) != 0 {
		t.Fatalf("got %v", got)
	}
}

// standsIn sets what the files of a case show against the general list: for each item
// here, too old, missing or perhaps.
func standsIn(t *testing.T, nouns map[casefile.Ref]any) map[string]string {
	t.Helper()
	in := CheckInput{Specialty: "general"}
	Gather(read(t, caseOf(t, nouns))).Into(&in)
	a := answer(t, in)
	by := map[string]string{}
	for _, x := range a.Here {
		by[x.Item] = "here"
	}
	for _, x := range a.TooOld {
		by[x.Item] = "too old"
	}
	for _, x := range a.Missing {
		by[x.Item] = "missing"
	}
	for _, x := range a.Perhaps {
		by[x.Item] = "perhaps"
	}
	return by
}

func TestAReportIsNotTheImageAndNotTheSlide(t *testing.T) {
	mri := fact("a", "MRI of the breast", "2026-10-20", clinical.Report)
	path := fact("a", "Surgical pathology", "2026-10-06", clinical.Report)
	nouns := map[casefile.Ref]any{}
	put(nouns, clinical.Reading{SHA256: "a", Kind: clinical.FileFHIRBundle, Facts: []clinical.Fact{mri, path}, Studies: []clinical.Study{{UID: "1", Instances: 600}}})
	by := standsIn(t, nouns)
	for id, want := range map[string]string{"imaging_reports": "here", "images": "missing", "pathology_report": "here", "pathology_slides": "missing", "operative_reports": "perhaps", "allergies": "missing"} {
		if got := by[id]; got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
	put(nouns, clinical.Reading{SHA256: "b", Kind: clinical.FileDICOM, Studies: []clinical.Study{{UID: "1", Modality: []string{"MR"}}}})
	if got := standsIn(t, nouns)["images"]; got != "here" {
		t.Errorf("with an image file: %s", got)
	}
}

func TestAPlannedBiopsyIsNoPathologyReport(t *testing.T) {
	nouns := map[casefile.Ref]any{}
	planned := fact("a", "Biopsy of breast", "2026-10-06", clinical.Procedure)
	planned.Status = "preparation"
	put(nouns, clinical.Reading{SHA256: "a", Facts: []clinical.Fact{planned}})
	if got := standsIn(t, nouns)["pathology_report"]; got == "here" {
		t.Fatalf("got %s", got)
	}
}

func TestNotesOlderThanSixMonthsAreTooOld(t *testing.T) {
	for date, want := range map[string]string{"2026-10-01": "here", "2026-05-24": "here", "2026-05-22": "too old", "2026-05": "here", "2026-04": "too old", "2026": "here", "2025": "too old"} {
		nouns := map[casefile.Ref]any{}
		put(nouns, clinical.Reading{SHA256: "a", Facts: []clinical.Fact{fact("a", "Progress note", date, clinical.Document)}})
		if got := standsIn(t, nouns)["doctor_notes"]; got != want {
			t.Errorf("a note of %s is %s, want %s", date, got, want)
		}
	}
}

func TestWhatIsSomebodyElsesTicksNothingOff(t *testing.T) {
	nouns := map[casefile.Ref]any{}
	put(nouns, clinical.Reading{SHA256: "a", Kind: clinical.FileDICOM, Patient: person("Ann Lee", "1950-01-01"), Studies: []clinical.Study{{UID: "1", Modality: []string{"MR"}}}})
	nouns[LabelRef("a")] = Label{Item: "doctor_notes"}
	by := standsIn(t, nouns)
	if by["images"] == "here" || by["doctor_notes"] != "missing" {
		t.Fatalf("images: %s, notes: %s", by["images"], by["doctor_notes"])
	}
}

func TestSlidesOnLoanAreHereAndTheirDayIsWatched(t *testing.T) {
	lent := Specimen{ID: "s1", Lab: "Larkspur Pathology", What: "breast, left", Slides: "4", DueBack: "2026-11-25", Moves: []Move{{Kind: Left, On: "2026-11-01"}}}
	home := lent
	home.ID, home.Moves = "s2", append(home.Moves, Move{Kind: Home, On: "2026-11-10"})
	in := CheckInput{Specialty: "general", Have: OnLoan([]Specimen{lent, home})}
	if len(in.Have) != 1 || in.Have[0].Loan != "s1" {
		t.Fatalf("on loan: %+v", in.Have)
	}
	a := answer(t, in)
	if got := alarms(a); !slices.Contains(got, "slides_due_back:soon") {
		t.Errorf("due in three days: %v", got)
	}
	if !slices.ContainsFunc(a.Here, func(p Present) bool { return p.Item == "pathology_slides" }) {
		t.Error("slides that the second laboratory has are not here")
	}
	blocks := lent
	blocks.Slides, blocks.Blocks = "", "1"
	if got := OnLoan([]Specimen{blocks}); len(got) != 1 || got[0].Item != "pathology_blocks" {
		t.Errorf("a block: %+v", got)
	}
}
