package records

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"consilium/internal/contract"
	"consilium/internal/finding"
	"consilium/internal/rulebook"
	"consilium/rules"
)

var book = rulebook.Open(rules.Files)

func answer(t *testing.T, in CheckInput) CheckAnswer {
	t.Helper()
	a, err := CheckRecords(in, contract.MustDate(today), "en", book)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func missing(a CheckAnswer, need string) []string {
	var out []string
	for _, m := range a.Missing {
		if m.Need == need {
			out = append(out, m.Item)
		}
	}
	slices.Sort(out)
	return out
}

func alarms(a CheckAnswer) []string {
	out := []string{}
	for _, x := range a.Alarms {
		out = append(out, strings.TrimSuffix(x.Kind+":"+x.Reason, ":"))
	}
	slices.Sort(out)
	return out
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, append([]string{}, want...)) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func number(n int) *int { return &n }

func truth(b bool) *bool { return &b }

// basics are what every list wants beside its own.
func basics() []Held {
	return []Held{
		{Item: "doctor_notes", Date: "2026-10-01"},
		{Item: "diagnosis"},
		{Item: "test_results", Date: "2026-10-01"},
		{Item: "medication_list"},
		{Item: "allergies"},
		{Item: "story"},
		{Item: "doctor_contact"},
		{Item: "medical_summary", Date: "2026-11-01"},
	}
}

func TestACompleteFolderIsReadyAndOneThingLessIsNot(t *testing.T) {
	in := CheckInput{Specialty: "general", Have: basics()}
	a := answer(t, in)
	if !a.Ready || len(a.Missing) > 0 || len(a.Alarms) > 0 || len(a.TooOld) > 0 {
		t.Fatalf("%+v", a)
	}
	for i, h := range basics() {
		less := in
		less.Have = slices.Delete(basics(), i, i+1)
		a := answer(t, less)
		if a.Ready == (h.Item != "medical_summary") || len(a.Missing) != 1 || a.Missing[0].Item != string(h.Item) {
			t.Errorf("without %s: ready %v, missing %+v", h.Item, a.Ready, a.Missing)
		}
	}
}

func TestEachSpecialtyAsksForItsOwn(t *testing.T) {
	for _, c := range []struct {
		in   CheckInput
		must []string
	}{
		{CheckInput{Specialty: "oncology"}, []string{"imaging_reports", "images", "pathology_report", "pathology_slides", "staging"}},
		{CheckInput{Specialty: "neurosurgery", ICD10: "D33.3"}, []string{"contrast_mri", "hearing_test", "imaging_reports", "images"}},
		{CheckInput{Specialty: "neurosurgery", ICD10: "D35.2"}, []string{"hormone_panel", "imaging_reports", "images", "visual_fields"}},
		{CheckInput{Specialty: "spine"}, []string{"imaging_reports", "images", "treatments_tried", "xrays"}},
		{CheckInput{Specialty: "orthopaedics"}, []string{"function_goals", "images", "treatments_tried"}},
		{CheckInput{Specialty: "cardiology"}, []string{"ecg", "echo_images", "echo_report"}},
		{CheckInput{Specialty: "paediatrics"}, []string{"guardian_proof"}},
		{CheckInput{Specialty: "rare"}, nil},
	} {
		c.in.Have = basics()
		must := missing(answer(t, c.in), "must")
		// A report and its images call for each other; order does not matter here.
		slices.Sort(c.must)
		same(t, c.in.Specialty+" "+c.in.ICD10, must, c.must...)
	}
	// Who reads only slides, or only scans, asks for no list of medicines.
	a := answer(t, CheckInput{Specialty: "pathology", Question: "Is it malignant?", Have: []Held{{Item: "diagnosis"}, {Item: "doctor_contact"}}})
	same(t, "pathology", missing(a, "must"), "consent_form", "pathology_report", "pathology_slides", "request_form")
}

func TestAnUnverifiedRuleNeverMakesAMust(t *testing.T) {
	a := answer(t, CheckInput{Specialty: "oncology", ICD10: "C61", Have: basics()})
	found := false
	for _, m := range a.Missing {
		if m.Confidence == finding.Unverified && m.Need == "must" {
			t.Errorf("%s decides, and nobody read its source", m.Rule)
		}
		found = found || m.Item == "psa_series" && strings.HasPrefix(m.Why, "Please check this with")
	}
	if !found {
		t.Error("the PSA values are not asked for with whom to check")
	}
}

func TestWhatWasMadeIsNeededAndWhatPerhapsWasIsOnlyAsked(t *testing.T) {
	perhaps := func(a CheckAnswer, item string) bool {
		return slices.ContainsFunc(a.Perhaps, func(l Lacking) bool { return l.Item == item })
	}
	in := CheckInput{Specialty: "general", Have: basics()}
	if a := answer(t, in); !perhaps(a, "operative_reports") || !a.Ready {
		t.Errorf("%+v", a.Perhaps)
	}
	in.Happened = []string{"operation"}
	a := answer(t, in)
	if perhaps(a, "operative_reports") || a.Ready {
		t.Errorf("%+v", a)
	}
	same(t, "after an operation", missing(a, "must"), "operative_reports")
	in.DoesNotFit = []CheckItem{"operative_reports"}
	if a := answer(t, in); !a.Ready {
		t.Error("the person's word that there is none does not count")
	}
	// A pathology report proves that there are slides, and says how long they are kept.
	in = CheckInput{Specialty: "general", Have: append(basics(), Held{Item: "pathology_report", Date: "2017-05-03"})}
	a = answer(t, in)
	same(t, "with a pathology report", missing(a, "must"), "pathology_slides")
	if len(a.AskSoon) != 1 || a.AskSoon[0].Item != "pathology_slides" || a.AskSoon[0].Until.String() != "2027-05-03" || a.AskSoon[0].Years != 10 {
		t.Errorf("%+v", a.AskSoon)
	}
}

func TestTooOldIsMeasuredToTheDayAndTheNewestCounts(t *testing.T) {
	at := func(dates ...string) CheckAnswer {
		in := CheckInput{Specialty: "general", Have: basics()[1:]}
		for _, d := range dates {
			in.Have = append(in.Have, Held{Item: "doctor_notes", Date: d})
		}
		return answer(t, in)
	}
	for _, c := range []struct {
		dates []string
		old   bool
	}{{[]string{"2026-05-23"}, false}, {[]string{"2026-05-22"}, true}, {[]string{"2020", "2026-11"}, false}, {[]string{"2026-05"}, false}, {[]string{"2026-04"}, true}, {[]string{""}, false}} {
		if a := at(c.dates...); len(a.TooOld) > 0 != c.old || a.Ready == c.old {
			t.Errorf("%v: %+v", c.dates, a.TooOld)
		}
	}
	// A new X-ray does not make an old MRI younger.
	in := CheckInput{Specialty: "spine", Have: append(basics(),
		Held{Item: "images", Modality: []string{"MR"}, Date: "2023-11-01", StudyUID: "1"}, Held{Item: "images", Modality: []string{"CR"}, BodyPart: "LSPINE", Date: "2026-11-01", StudyUID: "2"},
		Held{Item: "imaging_reports", ReportForStudy: "1"}, Held{Item: "imaging_reports", ReportForStudy: "2"}, Held{Item: "treatments_tried"})}
	a := answer(t, in)
	if len(a.TooOld) != 1 || a.TooOld[0].Date != "2023-11-01" || a.TooOld[0].MaxDays != 365 || a.TooOld[0].Confidence != finding.Unverified || a.Ready {
		t.Errorf("%+v", a.TooOld)
	}
	same(t, "alarms", alarms(a))
}

func TestEachAlarmComesOnceAndNamesItsRecord(t *testing.T) {
	ruth := CheckPatient{Name: "Ruth Alvarez", BirthDate: contract.MustDate("1961-04-02")}
	for _, c := range []struct {
		name string
		have []Held
		want []string
	}{
		{"a report alone", []Held{{Item: "imaging_reports", Date: "2026-09-01"}}, []string{"report_without_images:unnamed"}},
		{"its images, by number", []Held{{Item: "imaging_reports", ReportForStudy: "1.2"}, {Item: "images", StudyUID: "1.2"}}, nil},
		{"the images of another study", []Held{{Item: "imaging_reports", ReportForStudy: "1.2"}, {Item: "images", StudyUID: "1.3"}}, []string{"images_without_report", "report_without_images:named"}},
		{"by accession", []Held{{Item: "imaging_reports", Accession: "a7", Date: "2026-01-01"}, {Item: "images", Accession: "A7", Date: "2026-06-01"}}, nil},
		{"dictated long after, and no day confirms the number", []Held{{Item: "imaging_reports", Accession: "GM26-1182", Description: "MRI brain", Date: "2026-09-25"}, {Item: "images", Accession: "gm261182", Modality: []string{"MR"}, Date: "2026-09-01"}}, nil},
		{"the same number for another kind of picture", []Held{{Item: "imaging_reports", Accession: "1182", Description: "MRI brain", Date: "2026-09-25"}, {Item: "images", Accession: "1182", Modality: []string{"CR"}, BodyPart: "CHEST", Date: "2026-09-01"}}, []string{"images_without_report", "report_without_images:named"}},
		{"another number on the same day", []Held{{Item: "imaging_reports", Accession: "1182", Description: "MRI brain", Date: "2026-09-01"}, {Item: "images", Accession: "1183", Modality: []string{"MR"}, Description: "MRI brain", Date: "2026-09-01"}}, []string{"images_without_report", "report_without_images:named"}},
		{"two places, each with a number of its own", []Held{{Item: "imaging_reports", Accession: "1182", AccessionIssuer: "1.2.3", Description: "MRI brain", Date: "2026-09-01"}, {Item: "images", Accession: "7", AccessionIssuer: "urn:oid:1.2.4", Modality: []string{"MR"}, Date: "2026-09-01"}}, nil},
		{"one of several numbers of the order", []Held{{Item: "imaging_reports", OrderNumbers: []string{"P-1", "1182"}, Description: "MRI brain", Date: "2026-09-25"}, {Item: "images", Accession: "1182", Modality: []string{"MR"}, Date: "2026-09-01"}}, nil},
		{"numbers of the order that are others", []Held{{Item: "imaging_reports", OrderNumbers: []string{"P-1"}, Description: "MRI brain", Date: "2026-09-01"}, {Item: "images", Accession: "1182", Modality: []string{"MR"}, Date: "2026-09-01"}}, nil},
		{"one report on two studies", []Held{{Item: "imaging_reports", ReportForStudies: []string{"1.2", "1.3"}}, {Item: "images", StudyUID: "1.2"}, {Item: "images", StudyUID: "1.3"}}, nil},
		{"another side", []Held{{Item: "imaging_reports", Description: "MRI of the left knee", Date: "2026-09-01"}, {Item: "images", Description: "MRI knee", Laterality: "R", Modality: []string{"MR"}, Date: "2026-09-01"}}, []string{"images_without_report", "report_without_images:unnamed"}},
		{"another accession", []Held{{Item: "imaging_reports", Accession: "a7"}, {Item: "images", Accession: "a8"}}, []string{"images_without_report", "report_without_images:named"}},
		{"by date and modality", []Held{{Item: "imaging_reports", Description: "MRI brain", Date: "2026-09-03"}, {Item: "images", Modality: []string{"MR"}, Date: "2026-09-01"}}, nil},
		{"four days apart", []Held{{Item: "imaging_reports", Description: "MRI brain", Date: "2026-09-05"}, {Item: "images", Modality: []string{"MR"}, Date: "2026-09-01"}}, []string{"images_without_report", "report_without_images:unnamed"}},
		{"another body part", []Held{{Item: "imaging_reports", Description: "MRI brain", Date: "2026-09-01"}, {Item: "images", Description: "MRI knee", Modality: []string{"MR"}, Date: "2026-09-01"}}, []string{"images_without_report", "report_without_images:unnamed"}},
		{"another person", []Held{{Item: "test_results", PatientName: "Mei Tanaka", PatientBirthDate: "1992-01-01"}}, []string{"wrong_patient"}},
		{"another person in one file", []Held{{Item: "test_results", Name: "a", PatientBirthDate: "1992-01-01"}, {Item: "diagnosis", Name: "a", PatientBirthDate: "1992-01-01"}}, []string{"wrong_patient"}},
		{"a former name, confirmed", []Held{{Item: "test_results", PatientName: "Ruth Smith", PatientConfirmed: truth(true)}}, nil},
		{"the name alone", []Held{{Item: "test_results", PatientName: "ALVAREZ, RUTH"}}, nil},
		{"the same bytes", []Held{{Item: "diagnosis", SHA256: "x", Name: "a"}, {Item: "diagnosis", SHA256: "x", Name: "b"}}, []string{"duplicate:same_bytes"}},
		{"three copies", []Held{{Item: "other", SHA256: "x", Name: "a"}, {Item: "other", SHA256: "x", Name: "b"}, {Item: "other", SHA256: "x", Name: "c"}}, []string{"duplicate:same_bytes"}},
		{"one file with two things", []Held{{Item: "diagnosis", SHA256: "x", Name: "a"}, {Item: "allergies", SHA256: "x", Name: "a"}}, nil},
		{"a line written twice", []Held{{Item: "operative_reports", Date: "2026-01-01"}, {Item: "operative_reports", Date: "2026-01-01"}}, []string{"duplicate:same_bytes"}},
		{"two operations", []Held{{Item: "operative_reports", Date: "2026-01-01"}, {Item: "operative_reports", Date: "2026-01-02"}}, nil},
		{"one report, two forms", []Held{{Item: "operative_reports", Content: "c", Name: "a.pdf"}, {Item: "operative_reports", Content: "c", Name: "a.xml"}}, []string{"duplicate:same_report"}},
		{"one study, two discs", []Held{{Item: "images", StudyUID: "1", Name: "a"}, {Item: "images", StudyUID: "1", Name: "b"}, {Item: "imaging_reports", ReportForStudy: "1"}}, []string{"duplicate:same_study"}},
		{"locked", []Held{{Item: "other", Unreadable: "encrypted"}}, []string{"unreadable:encrypted"}},
		{"somebody else's and locked", []Held{{Unreadable: "encrypted", PatientBirthDate: "1992-01-01"}}, []string{"wrong_patient"}},
		{"Spanish", []Held{{Item: "doctor_notes", Language: "es-MX"}}, []string{"not_english"}},
		{"English", []Held{{Item: "doctor_notes", Language: "en-US"}}, nil},
		{"due back tomorrow", []Held{{Item: "pathology_slides", DueBack: contract.MustDate("2026-11-23")}}, []string{"slides_due_back:soon"}},
		{"due back in two weeks", []Held{{Item: "pathology_slides", DueBack: contract.MustDate("2026-12-06")}}, []string{"slides_due_back:soon"}},
		{"due back later", []Held{{Item: "pathology_slides", DueBack: contract.MustDate("2026-12-07")}}, nil},
		{"due back today", []Held{{Item: "pathology_slides", DueBack: contract.MustDate("2026-11-22")}}, []string{"slides_due_back:soon"}},
		{"due back yesterday", []Held{{Item: "pathology_slides", DueBack: contract.MustDate("2026-11-21")}}, []string{"slides_due_back:overdue"}},
		{"half a disc", []Held{{Item: "images", StudyUID: "1", Listed: number(3), Instances: number(2)}, {Item: "imaging_reports", ReportForStudy: "1"}}, []string{"images_not_here"}},
		{"a list alone", []Held{{Item: "images", StudyUID: "1", Listed: number(3), Instances: number(0)}, {Item: "imaging_reports", ReportForStudy: "1"}}, []string{"images_not_here"}},
		{"a whole disc", []Held{{Item: "images", StudyUID: "1", Listed: number(3), Instances: number(3)}, {Item: "imaging_reports", ReportForStudy: "1"}}, nil},
		{"prints", []Held{{Item: "images", Format: "print", Date: "2026-09-01"}, {Item: "imaging_reports", Date: "2026-09-01"}}, []string{"not_dicom:print"}},
		{"a PDF of pictures", []Held{{Item: "images", Format: "pdf"}}, []string{"not_dicom:pdf"}},
		{"pictures beside the DICOM", []Held{{Item: "images", Format: "picture", Date: "2026-09-01"}, {Item: "images", Format: "dicom", Date: "2026-09-01"}, {Item: "imaging_reports", Date: "2026-09-01"}}, nil},
	} {
		a := answer(t, CheckInput{Specialty: "general", Patient: ruth, Have: c.have})
		same(t, c.name, alarms(a), c.want...)
		for _, x := range a.Alarms {
			if x.Text == "" || x.What == "" || x.Why == "" || x.Next == "" || x.Holder == "" || x.Rule == "" || len(x.Entries) == 0 {
				t.Errorf("%s: not explained: %+v", c.name, x)
			}
		}
	}
}

// Nothing that is somebody else's, cannot be read or is no DICOM counts as here.
func TestWhatCannotBeUsedIsStillMissing(t *testing.T) {
	for _, bad := range []Held{
		{Item: "images", Format: "picture"},
		{Item: "images", Unreadable: "truncated"},
		{Item: "images", Listed: number(4), Instances: number(0)},
		{Item: "images", PatientConfirmed: truth(false)},
	} {
		a := answer(t, CheckInput{Specialty: "radiology", Have: []Held{bad}})
		if !slices.Contains(missing(a, "must"), "images") {
			t.Errorf("%+v counts as images", bad)
		}
	}
	a := answer(t, CheckInput{Specialty: "radiology", Have: []Held{{Item: "imaging_reports", Unreadable: "no_text"}}})
	if slices.Contains(missing(a, "must"), "imaging_reports") {
		t.Error("a scanned report counts for nothing, though people can read it")
	}
}

func TestTheSpecialtyIsProposedAndCanBeChosen(t *testing.T) {
	for code, want := range map[string]string{"C50.911": "oncology", "C71.2": "neurosurgery", "M54.5": "spine", "I35.0": "cardiology", "K50.90": "gastroenterology", "Z00.00": "general", "": "general"} {
		a := answer(t, CheckInput{ICD10: code})
		if a.Specialty != want || !slices.Contains(a.Tell, "specialty") {
			t.Errorf("%s: %s", code, a.Specialty)
		}
	}
	if a := answer(t, CheckInput{ICD10: "C50.911", Specialty: "radiology"}); a.Specialty != "radiology" || len(a.Tell) > 0 {
		t.Errorf("%+v", a.Tell)
	}
	child := CheckInput{ICD10: "C71.2", Patient: CheckPatient{BirthDate: contract.MustDate("2020-01-01")}}
	if a := answer(t, child); a.Specialty != "paediatrics" {
		t.Error(a.Specialty)
	}
}

func TestAWrongQuestionNamesItsFields(t *testing.T) {
	_, err := CheckRecords(CheckInput{Specialty: "onkology", Have: []Held{{Item: "imaging_report"}, {Item: "images", Date: "2027-01-01"}, {PatientBirthDate: "soon"}}, DoesNotFit: []CheckItem{"x"}}, contract.MustDate(today), "fr", book)
	var ps contract.Problems
	if !errors.As(err, &ps) {
		t.Fatal(err)
	}
	for _, field := range []string{"specialty", "have[0].item", "have[1].date", "have[2].patient_birth_date", "does_not_fit[0]", "lang"} {
		if !slices.ContainsFunc(ps, func(p contract.Problem) bool { return p.Field == field }) {
			t.Errorf("%s is not named: %v", field, ps)
		}
	}
	if !strings.Contains(err.Error(), "imaging_reports") {
		t.Errorf("the right word is not given: %v", err)
	}
}

// Every item of the rules is known here, with the same kind, and the other way round.
func TestTheRulesAndTheRecognisedItemsAreTheSame(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Specialties() {
		for _, code := range []string{"C50", "C61", "C34", "C18", "C81", "C40", "C56", "C71", "D33.3", "D35.2", "M54", "I42"} {
			facts := map[string]any{"case.specialty": s, "case.icd10": code}
			for _, f := range book.Judge("records", facts, contract.MustDate(today), "es").Fired {
				item := CheckItem(f.Sets["item"])
				seen[string(item)] = true
				if f.Kind == "item" && kindOfItem(item) != f.Sets["kind"] {
					t.Errorf("%s is %s in the rules and %s here", item, f.Sets["kind"], kindOfItem(item))
				}
			}
		}
	}
	for _, k := range known {
		if !seen[string(k.ID)] {
			t.Errorf("no rule asks for %s", k.ID)
		}
	}
	for item := range seen {
		if !slices.Contains(CheckItem("").Values(), item) {
			t.Errorf("%s is not known here", item)
		}
	}
}
