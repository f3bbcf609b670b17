package records

import (
	"slices"
	"testing"

	"consilium/internal/clinical"
)

func TestAReportIsMatchedByTheStrongestThing(t *testing.T) {
	have := []Held{
		{Item: "imaging_reports", ReportForStudy: "1", Date: "2026-09-01"},
		{Item: "images", StudyUID: "1", Date: "2026-01-01"},
		{Item: "images", StudyUID: "2", Date: "2026-09-01"},
		{Item: "imaging_reports", Description: "CT of the chest", Date: "2026-09"},
		{Item: "images", Modality: []string{"CT"}, Description: "Thorax", Date: "2026-09-30"},
		{Item: "imaging_reports", Description: "Radiografía de rodilla", Date: "2026-05-01"},
		{Item: "images", Modality: []string{"CR"}, BodyPart: "KNEE", Date: "2026-05-02"},
		{Item: "echo_report", Date: "2026-03-01"},
		{Item: "images", Modality: []string{"US"}, Date: "2026-03-01"},
		{Item: "imaging_reports"},
	}
	got := MatchReports(have, 3, func(int) bool { return true })
	for _, want := range []Match{{Report: 0, Images: 1, By: "study_uid"}, {Report: 3, Images: 4, By: "modality_body_part_date"}, {Report: 5, Images: 6, By: "modality_body_part_date"}, {Report: 7, Images: 8, By: "modality_date"}, {Report: 9, Images: 1, By: "nothing_against"}} {
		if !slices.Contains(got, want) {
			t.Errorf("%+v is not in %+v", want, got)
		}
	}
	for _, m := range got {
		if m.Report == 0 && m.Images != 1 {
			t.Errorf("the number does not decide: %+v", m)
		}
	}
	if m := MatchReports(have, 3, func(i int) bool { return i != 1 }); slices.ContainsFunc(m, func(m Match) bool { return m.Images == 1 }) {
		t.Error("what does not count was matched")
	}
}

// A number of the order is as good as the study's own only where the place that gave it,
// or the day, confirms it.
func TestANumberIsCertainOnlyWhenSomethingConfirmsIt(t *testing.T) {
	for _, c := range []struct {
		name           string
		report, images Held
		by             string
		certain        bool
	}{
		{"the study", Held{ReportForStudy: "1.2", Accession: "8"}, Held{StudyUID: "1.2", Accession: "9"}, "study_uid", true},
		{"the day", Held{Accession: "GM-8", Date: "2026-09-01"}, Held{Accession: "gm8", Date: "2026-09-01"}, "accession", true},
		{"the place", Held{Accession: "8", AccessionIssuer: "1.2.3", Date: "2026-09-01"}, Held{Accession: "0008", AccessionIssuer: "urn:oid:1.2.3", Date: "2026-10-01"}, "accession", true},
		{"nothing", Held{Accession: "8", Date: "2026-09-03"}, Held{Accession: "8", Date: "2026-09-01"}, "accession_alone", false},
		{"no number", Held{Description: "MRI brain", Date: "2026-09-01"}, Held{Modality: []string{"MR"}, BodyPart: "HEAD", Date: "2026-09-01"}, "modality_body_part_date", false},
		{"the day alone", Held{Date: "2026-09-01"}, Held{Date: "2026-09-01"}, "date", false},
		{"nothing at all", Held{}, Held{}, "nothing_against", false},
	} {
		c.report.Item, c.images.Item = "imaging_reports", "images"
		a := answer(t, CheckInput{Specialty: "general", Have: []Held{c.report, c.images}})
		if len(a.Matches) != 1 || a.Matches[0].By != c.by || a.Matches[0].Certain != c.certain || a.Matches[0].Text == "" {
			t.Errorf("%s: %+v", c.name, a.Matches)
		}
	}
}

// The alarm says what a request must name.
func TestAReportThatNamesItsStudySaysWhichToAskFor(t *testing.T) {
	a := answer(t, CheckInput{Specialty: "general", Have: []Held{
		{Item: "imaging_reports", Description: "MRI of the left knee", BodyPart: "KNEE", Modality: []string{"MR"}, Date: "2026-09-01", ReportForStudy: "1.2", OrderNumbers: []string{"GM26-1"}},
	}})
	if len(a.Alarms) != 1 {
		t.Fatalf("%+v", a.Alarms)
	}
	x := a.Alarms[0]
	if x.Reason != "named" || x.Number != "GM26-1" || !slices.Equal(x.Studies, []string{"1.2"}) || !slices.Equal(x.Modality, []string{"MR"}) || x.BodyPart != "KNEE" || x.Date != "2026-09-01" || !x.Blocks {
		t.Errorf("%+v", x)
	}
}

func TestATextGivesTheNumbersThatItCallsAccessionNumbers(t *testing.T) {
	for text, want := range map[string][]string{
		"MRI BRAIN\nAccession #: GM26-20817\nThere is a mass": {"GM26-20817"},
		"Accession Number 1182734. ACCESSION NO.: S26-18842":  {"1182734", "S26-18842"},
		"accession numbers are assigned on arrival":           nil,
		"Accession:": nil,
		"ACCESSION ID 0042317 and accession id 0042317": {"0042317"},
		"Accession: K\u212a1234":                        nil,
	} {
		if got := numbersIn(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// The spine in one and its lumbar part in the other can be the same; neck and lumbar
// part cannot.
func TestPartsOfTheBodyAreComparedAsFarAsTheyAreNamed(t *testing.T) {
	for _, c := range []struct {
		a, b       string
		same, both bool
	}{
		{"MRI lumbar spine", "LSPINE", true, true},
		{"MRI spine", "Lumbosacral", true, true},
		{"MRI cervical spine", "LSPINE", false, true},
		{"Brain", "HEAD", true, true},
		{"MRI", "HEAD", false, false},
		{"Mamografía", "breast", false, false},
		{"tobillo", "FOOT", true, true},
	} {
		same, both := samePart(Held{Description: c.a}, Held{BodyPart: c.b})
		if same != c.same || both != c.both {
			t.Errorf("%s and %s: %v %v", c.a, c.b, same, both)
		}
	}
}

func TestTheSameQuantityInTwoUnitsIsTheSame(t *testing.T) {
	for _, c := range []struct {
		v1, u1, v2, u2 string
		same, known    bool
	}{
		{"7.10", "g/dL", "71", "g/L", true, true},
		{"7.1", "g/dL", "7.10", "g/dL", true, true},
		{"7.1", "g/dL", "7.2", "g/dL", false, true},
		{"4.5", "10*3/uL", "4500", "/uL", true, true},
		{"4.5", "10*9/L", "4.5", "10*3/uL", true, true},
		{"90", "mg/dL", "5", "mmol/L", false, false},
		{"0.5", "mg/L", "500", "ug/L", true, true},
		{"0.5", "mg/L", "500", "µg/L", true, true},
		{"5", "m[IU]/L", "0.005", "[IU]/L", true, true},
		{"positive", "", "Positive ", "", true, true},
		{"positive", "", "negative", "", false, true},
		{"5", "mg", "positive", "", false, false},
		{"1e3", "g", "1000", "g", false, false},
		{"5", "", "5", "mg", false, false},
		{"10", "min", "10", "min", true, true},
		{"12", "%", "12", "%", true, true},
	} {
		same, known := sameAmount(c.v1, c.u1, c.v2, c.u2)
		if same != c.same || known != c.known {
			t.Errorf("%s %s and %s %s: %v %v", c.v1, c.u1, c.v2, c.u2, same, known)
		}
	}
}

// saying is a file with facts, of the patient or of nobody.
func saying(sha string, p *clinical.Patient, facts ...clinical.Fact) clinical.Reading {
	for i := range facts {
		facts[i].ID = clinical.FactID(sha, facts[i].Text+facts[i].Value+string(facts[i].Kind))
		facts[i].Source = clinical.Source{File: sha}
	}
	return clinical.Reading{SHA256: sha, Name: sha + ".json", Kind: clinical.FileFHIRBundle, Patient: p, Facts: facts}
}

func hemoglobin(value, unit, date string) clinical.Fact {
	return clinical.Fact{Kind: clinical.Result, Text: "Hemoglobin", Codes: []clinical.Code{{System: "http://loinc.org", Code: "718-7"}}, Value: value, Unit: unit, Date: date}
}

func TestOneFactInTwoFilesHasTwoSources(t *testing.T) {
	oid := hemoglobin("138", "g/L", "2026-10-01")
	oid.Codes[0].System = "2.16.840.1.113883.6.1"
	oid.Text = "Hgb"
	files := FilesOf(clinical.Patient{}, []clinical.Reading{
		saying("a", nil, hemoglobin("13.8", "g/dL", "2026-10-01"), hemoglobin("12.0", "g/dL", "2026-10-02")),
		saying("b", nil, oid, clinical.Fact{Kind: clinical.Condition, Text: "Anemia"}),
		saying("c", nil, clinical.Fact{Kind: clinical.Condition, Text: "Anemia"}),
	})
	all := Together(files)
	if len(all) != 4 {
		t.Fatalf("%d facts: %+v", len(all), all)
	}
	for _, a := range all {
		want := 1
		if a.Value == "13.8" {
			want = 2
		}
		if len(a.Sources) != want {
			t.Errorf("%s %s has %d sources", a.Text, a.Value, len(a.Sources))
		}
	}
}

func TestContradictionsAreShownWithBothSourcesAndNeverResolved(t *testing.T) {
	med := func(status, from, to string) clinical.Fact {
		return clinical.Fact{Kind: clinical.Medication, Text: "Warfarin", Codes: []clinical.Code{{System: "http://www.nlm.nih.gov/research/umls/rxnorm", Code: "11289"}}, Status: status, Date: from, End: to}
	}
	dx := func(status string) clinical.Fact {
		return clinical.Fact{Kind: clinical.Condition, Text: "Asthma", Status: status, Date: "2020"}
	}
	allergy := func(text, code string) clinical.Fact {
		return clinical.Fact{Kind: clinical.Allergy, Text: text, Codes: []clinical.Code{{System: "http://www.nlm.nih.gov/research/umls/rxnorm", Code: code}}}
	}
	ruth := func(birth, sex string) *clinical.Patient {
		return &clinical.Patient{Name: "Ruth Alvarez", BirthDate: birth, Sex: sex}
	}
	for _, c := range []struct {
		name string
		a, b clinical.Reading
		want string
	}{
		{"a medicine", saying("a", nil, med("active", "2025-01-01", "")), saying("b", nil, med("stopped", "2025-01-01", "2026-03-01")), "medicine"},
		{"begun again after the stop", saying("a", nil, med("active", "2026-06-01", "")), saying("b", nil, med("stopped", "2025-01-01", "2026-03-01")), ""},
		{"finished as planned", saying("a", nil, med("active", "2025-01-01", "")), saying("b", nil, med("completed", "2025-01-01", "2026-03-01")), ""},
		{"in one file", saying("a", nil, med("active", "2025-01-01", ""), med("stopped", "2025-01-01", "")), saying("b", nil), ""},
		{"a diagnosis", saying("a", nil, dx("active")), saying("b", nil, dx("refuted")), "diagnosis"},
		{"one that is over", saying("a", nil, dx("active")), saying("b", nil, dx("inactive")), ""},
		{"an allergy", saying("a", nil, allergy("Penicillin", "70618")), saying("b", nil, allergy("No known allergies", "")), "allergy"},
		{"no drug allergy, and one to a drug", saying("a", nil, allergy("Penicillin", "70618")), saying("b", nil, allergy("No known drug allergies", "")), "allergy"},
		{"no drug allergy, and one to food", saying("a", nil, clinical.Fact{Kind: clinical.Allergy, Text: "Peanut"}), saying("b", nil, allergy("No known drug allergies", "")), ""},
		{"a result", saying("a", nil, hemoglobin("13.8", "g/dL", "2026-10-01T08:00:00Z")), saying("b", nil, hemoglobin("12.8", "g/dL", "2026-10-01T08:00:00Z")), "result"},
		{"in another unit", saying("a", nil, hemoglobin("13.8", "g/dL", "2026-10-01")), saying("b", nil, hemoglobin("138", "g/L", "2026-10-01")), ""},
		{"an hour later", saying("a", nil, hemoglobin("13.8", "g/dL", "2026-10-01T08:00:00Z")), saying("b", nil, hemoglobin("12.8", "g/dL", "2026-10-01T09:00:00Z")), ""},
		{"two birth dates", saying("a", ruth("1968-03-14", "")), saying("b", ruth("1968-03-15", "")), "birth_date"},
		{"two sexes", saying("a", ruth("1968-03-14", "female")), saying("b", ruth("1968-03-14", "male")), "sex"},
		{"half a birth date", saying("a", ruth("1968-03-14", "")), saying("b", ruth("1968", "")), ""},
	} {
		got := Contradictions(FilesOf(clinical.Patient{}, []clinical.Reading{c.a, c.b}))
		switch {
		case c.want == "" && len(got) > 0:
			t.Errorf("%s: %+v", c.name, got)
		case c.want == "":
		case len(got) != 1 || got[0].Kind != c.want || len(got[0].Sides) != 2:
			t.Errorf("%s: %+v", c.name, got)
		case got[0].Sides[0].File == got[0].Sides[1].File || got[0].Sides[0].Says == got[0].Sides[1].Says:
			t.Errorf("%s: the sides are not two: %+v", c.name, got[0].Sides)
		}
	}
}

func TestHoldersAreEverybodyWhoMadeSomethingOnceEach(t *testing.T) {
	by := func(kind clinical.Kind, who, date string, parts ...clinical.Component) clinical.Fact {
		return clinical.Fact{Kind: kind, Text: who + date, Who: who, Date: date, Components: parts}
	}
	files := FilesOf(clinical.Patient{}, []clinical.Reading{
		saying("a", nil, by(clinical.Report, "Larkspur Hospital", "2026-01-02"), by(clinical.Result, "LARKSPUR HOSP.", "2026-05-01"), by(clinical.Result, "Larkspur Hospital", "2024-05-01"),
			by(clinical.Encounter, "Dr. Ana Solís, MD", "2026-02-03", clinical.Component{Text: "Location", Value: "Larkspur Imaging Center", Codes: []clinical.Code{{System: "http://hl7.org/fhir/sid/us-npi", Code: "2000000002"}}})),
		saying("b", nil, by(clinical.Document, "SOLIS ANA", "2026-03-01", clinical.Component{Text: "Custodian", Value: "Larkspur Hospital"}), by(clinical.Result, "Unknown", ""), by(clinical.FamilyHistory, "Mother", "")),
	})
	got := Holders(files)
	if len(got) != 3 {
		t.Fatalf("%+v", got)
	}
	h := got[0]
	if h.Name != "Larkspur Hospital" || !slices.Equal(h.Also, []string{"LARKSPUR HOSP."}) || h.Person || !h.Kept || h.Count() != 4 || h.First != "2024-05-01" || h.Last != "2026-05-01" || h.Made[0].Kind != clinical.Result || len(h.Tops) != 2 {
		t.Errorf("%+v", h)
	}
	if h := got[1]; h.Name != "Dr. Ana Solís, MD" || !h.Person || h.Count() != 2 {
		t.Errorf("%+v", h)
	}
	if h := got[2]; h.Name != "Larkspur Imaging Center" || h.NPI != "2000000002" {
		t.Errorf("%+v", h)
	}
}

func TestTheLanguageOfATextIsToldOnlyWhenItShows(t *testing.T) {
	for text, want := range map[string]string{
		"The patient was seen in the clinic and has no pain at rest with the new medicine that was given":                            "en",
		"El paciente refiere dolor de cabeza por las mañanas y se pide una resonancia con contraste del cerebro":                     "es",
		"Der Patient klagt über Schmerzen und die Untersuchung ist nicht auffällig, eine Kontrolle wurde von uns mit ihm vereinbart": "de",
		"Пациент жалуется на головную боль по утрам, которая проходит после отдыха":                                                  "ru",
		"Hemoglobin 13.8 g/dL, leukocytes 5.1, platelets 210, sodium 140, potassium 4.1, glucose 92, ALT 21, AST 19":                 "",
		"no acute distress": "",
	} {
		if got := languageOf(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestAFolderShowsWhatItHoldsAndWhatHappened(t *testing.T) {
	study := func(sha, uid string, n int, kind string) clinical.Reading {
		return clinical.Reading{SHA256: sha, Name: sha, Kind: kind, Studies: []clinical.Study{{UID: uid, Modality: []string{"MR"}, Date: "2026-10-01", Description: "MRI brain", Instances: n}}}
	}
	locked := clinical.Reading{SHA256: "z", Name: "z.pdf", Kind: clinical.FilePDF, Issues: []clinical.Issue{{Severity: clinical.Warning, Key: "intake.document.pdf_encrypted"}}}
	opened := clinical.Reading{
		SHA256: "y", Name: "y.pdf", Kind: clinical.FilePDF, Issues: []clinical.Issue{{Severity: clinical.Warning, Key: "intake.document.pdf_encrypted"}, {Key: "intake.document.pdf_read"}},
		Facts: []clinical.Fact{{Kind: clinical.Document, Text: "Larkspur Hospital", Components: []clinical.Component{{Text: "Page 1", Value: "Larkspur Hospital\nSurgical pathology report"}}}},
	}
	plan := study("p", "9", 1, clinical.FileDICOM)
	plan.Studies[0].Modality = []string{"RTPLAN"}
	g := Gather(FilesOf(clinical.Patient{}, []clinical.Reading{
		study("a", "1", 1, clinical.FileDICOM), study("b", "1", 1, clinical.FileDICOM), study("dir", "1", 3, clinical.FileDICOMDIR), plan, locked, opened,
		saying("f", nil, clinical.Fact{Kind: clinical.Procedure, Text: "Lumpectomy of breast", Status: "completed"}, clinical.Fact{Kind: clinical.Procedure, Text: "Chemotherapy", Status: "planned"},
			clinical.Fact{Kind: clinical.Result, Text: "Heart rate", Codes: []clinical.Code{{Code: "8867-4"}}}),
	}))
	if !slices.Equal(g.Happened, []string{"tissue", "operation"}) {
		t.Errorf("%v", g.Happened)
	}
	items := map[CheckItem]Held{}
	for _, h := range g.Have {
		items[h.Item] = h
	}
	if h := items["images"]; *h.Instances != 2 || *h.Listed != 3 || h.StudyUID != "1" || h.Date != "2026-10-01" {
		t.Errorf("%+v", h)
	}
	if h := items["other"]; h.Unreadable != "encrypted" {
		t.Errorf("%+v", h)
	}
	if h := items["pathology_report"]; h.Unreadable != "" || h.Name != "y.pdf" {
		t.Errorf("%+v", h)
	}
	if len(g.Have) != 3 {
		t.Errorf("%+v", g.Have)
	}
}

// What a request to one place names is what that place, or a person, wrote.
func TestARequestNamesWhatItsHolderCanFind(t *testing.T) {
	report := func(item CheckItem, title, number, holder string) Held {
		return Held{Item: item, Description: title, Date: "2026-09-01", OrderNumbers: []string{number}, Holder: holder}
	}
	have := []Held{
		report("imaging_reports", "MRI brain", "GM-1", "Larkspur Hospital"), report("imaging_reports", "CT chest", "GM-2", "Dr. Ana Solís, MD"),
		report("imaging_reports", "PET scan", "Q-3", "Quarry Imaging Center"), report("pathology_report", "Core biopsy", "S26-1", "LARKSPUR HOSPITAL"),
		report("pathology_report", "Core biopsy", "S26-1", ""), report("pathology_report", "Skin", "K-7", "Quarry Imaging Center"),
	}
	a := answer(t, CheckInput{Specialty: "general", Have: have})
	if got, want := StudiesToAsk(a, "Larkspur Hospital"), []Named{{"MRI brain", "2026-09-01", "GM-1"}, {"CT chest", "2026-09-01", "GM-2"}}; !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if n, ok := TissueToAsk(have, "Larkspur Hospital"); !ok || n.Number != "S26-1" {
		t.Errorf("%+v %v", n, ok)
	}
	if n, ok := TissueToAsk(append(have, report("pathology_report", "Node", "S26-2", "")), "Larkspur Hospital"); ok {
		t.Errorf("of two specimens one is guessed: %+v", n)
	}
}

// A report and its scan come out of their files with the numbers that tie them.
func TestAReportAndItsImagesAreGatheredWithTheirNumbers(t *testing.T) {
	report := clinical.Fact{Kind: clinical.Report, Text: "MRI of the knee", Date: "2026-09-20", Exam: &clinical.Exam{StudyUIDs: []string{"1.2"}, Accession: "GM-8", Issuer: "1.2.3", Modality: []string{"MR"}, BodyPart: "Knee", Laterality: "L"}}
	page := clinical.Fact{Kind: clinical.Document, Text: "MRI report", Components: []clinical.Component{{Text: "Page 1", Value: "MRI brain report\nAccession #: Q-4471"}}}
	disc := clinical.Reading{SHA256: "d", Name: "IM1", Kind: clinical.FileDICOM, Studies: []clinical.Study{{UID: "1.2", Modality: []string{"MR"}, Date: "2026-09-01", Instances: 1, Accession: "GM-8", Issuer: "1.2.3", BodyPart: "KNEE", Laterality: "L"}}}
	pdf := saying("p", nil, page)
	pdf.Kind = clinical.FilePDF
	g := Gather(FilesOf(clinical.Patient{}, []clinical.Reading{saying("f", nil, report), disc, pdf}))
	if len(g.Have) != 3 {
		t.Fatalf("%+v", g.Have)
	}
	for _, h := range g.Have {
		switch {
		case h.isImages() && (h.Accession != "GM-8" || h.AccessionIssuer != "1.2.3" || h.BodyPart != "KNEE" || h.Laterality != "L"),
			h.Name == "f.json" && (h.ReportForStudy != "1.2" || h.Accession != "GM-8" || !slices.Equal(h.Modality, []string{"MR"}) || h.Laterality != "L"),
			h.Name == "p.json" && !slices.Equal(h.OrderNumbers, []string{"Q-4471"}):
			t.Errorf("%+v", h)
		}
	}
	if m := MatchReports(g.Have, 3, func(int) bool { return true }); len(m) == 0 || m[0].By != "study_uid" {
		t.Errorf("%+v", m)
	}
}

func TestNoAllergyToADrugIsNotNoAllergyAtAll(t *testing.T) {
	for text, want := range map[string]NoAllergy{
		"No known allergies": NoneAtAll, "NKA": NoneAtAll, "No known drug allergies": NoDrug, "NKDA": NoDrug,
		"Penicillin": "", "Penicillin, no known reaction": "",
	} {
		if got := NoAllergyIn(clinical.Fact{Kind: clinical.Allergy, Text: text}); got != want {
			t.Errorf("%q is %q, not %q", text, got, want)
		}
	}
	if got := NoAllergyIn(clinical.Fact{Kind: clinical.Condition, Text: "No known allergies"}); got != "" {
		t.Errorf("a condition is %q", got)
	}
}
