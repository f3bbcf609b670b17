package opinion

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"consilium/internal/contract"
	"consilium/internal/fault"
	"consilium/internal/finding"
	"consilium/internal/rulebook"
	"consilium/rules"

	"pgregory.net/rapid"
)

var book = func() *rulebook.Book {
	b, problems := rulebook.Load(rules.Files)
	if len(problems) > 0 {
		panic(problems[0])
	}
	return b
}()

func yes() *bool { b := true; return &b }
func no() *bool  { b := false; return &b }
func n(i int) *int {
	return &i
}

// backPain is the example of the fifth text: fusion against a conservative way.
func backPain() Input {
	disc := []Diagnosis{{Text: "Chronic low back pain with lumbar disc degeneration", ICD10: "M51.36"}}
	return Input{PlanKind: "medicare_original", Values: []Value{{"avoid surgery", 5}, {"garden again", 3}}, Opinions: []Stated{
		{
			ID: "first", By: By{Name: "Dr. A", SpecialtyNUCC: "207X00000X"}, Date: "2026-09-10", Diagnoses: disc, Aims: []string{"mechanical stabilization"}, ReliedOn: []string{"MRI 2026-09-01"},
			Options: []Option{{Text: "Lumbar fusion surgery", Kind: "surgery", Recommended: yes(), Evidence: []Evidence{{"test", "MRI shows significant disc degeneration"}}}},
		},
		{
			ID: "second", By: By{Name: "Dr. B", SpecialtyNUCC: "208VP0014X"}, Date: "2026-10-02", Diagnoses: disc, Aims: []string{"pain reduction and better function without immediate surgery"}, ReliedOn: []string{"MRI of 2026-09-01"},
			Options: []Option{
				{Text: "Physical therapy", Kind: "therapy", Recommended: yes()},
				{Text: "Targeted injections", Kind: "injection", Recommended: yes()},
				{Text: "Medication management", Kind: "medication", Recommended: yes()},
				{Text: "Lumbar fusion", Kind: "surgery", Recommended: no(), Evidence: []Evidence{
					{"experience", "Surgery is a last resort, given the patient's age and overall health"},
					{"study", "Disc degeneration is not always directly correlated with pain severity"},
				}},
			},
		},
	}}
}

func compare(t testing.TB, in Input, lang string) Answer {
	t.Helper()
	a, err := Compare(in, lang, book)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func about(p Pair, what string) *Difference {
	for i := range p.Differ {
		if p.Differ[i].About == what {
			return &p.Differ[i]
		}
	}
	return nil
}

func TestFusionAgainstTheConservativeWayIsReproduced(t *testing.T) {
	a := compare(t, backPain(), "en")
	p := a.Pairs[0]
	if p.Diagnosis != same || p.Management != different || p.Impact != "major" {
		t.Fatalf("got %s, %s, %s", p.Diagnosis, p.Management, p.Impact)
	}
	if want := []string{"judged_differently", "other_goals"}; !reflect.DeepEqual(p.Causes, want) {
		t.Errorf("causes %v, want %v", p.Causes, want)
	}
	if p.Agree[0] != (Agreement{"diagnosis", "Chronic low back pain with lumbar disc degeneration (M51.36)"}) {
		t.Errorf("agree %v", p.Agree)
	}
	if len(p.Differ) != 1 {
		t.Fatalf("they differ in the treatment alone, got %+v", p.Differ)
	}
	d := p.Differ[0]
	if d.About != "treatment" || d.A != "Lumbar fusion surgery" || d.B != "Physical therapy; Targeted injections; Medication management; Lumbar fusion (named, not advised)" {
		t.Errorf("differ %q against %q", d.A, d.B)
	}
	for _, want := range []string{
		"Dr. A aims for: mechanical stabilization.", "Dr. B aims for: pain reduction and better function without immediate surgery.",
		"Dr. A points to “MRI shows significant disc degeneration”.",
		"Dr. B points to “Surgery is a last resort, given the patient's age and overall health”, “Disc degeneration is not always directly correlated with pain severity”.",
		"The way Dr. B advises is less invasive to begin with.", "Dr. A from orthopedic surgery, Dr. B from interventional pain medicine",
	} {
		if !strings.Contains(d.Why, want) {
			t.Errorf("why does not say %q:\n%s", want, d.Why)
		}
	}
	if len(d.EvidenceA) != 1 || d.EvidenceA[0].Kind != "test" || len(d.EvidenceB) != 2 {
		t.Errorf("evidence %v, %v", d.EvidenceA, d.EvidenceB)
	}
	if !strings.Contains(d.AskA, "Dr. B advises: Physical therapy") || !strings.Contains(d.AskA, "last resort") || !strings.Contains(d.AskB, "MRI shows significant disc degeneration") {
		t.Errorf("asks:\n%s\n%s", d.AskA, d.AskB)
	}
	if want := (ThirdOpinion{true, "yes", "MED-02"}); a.ThirdOpinion != want {
		t.Errorf("third opinion %+v", a.ThirdOpinion)
	}
	raw, _ := json.Marshal(a)
	for _, word := range []string{"correct", "is right", "is wrong", "better choice"} {
		if strings.Contains(strings.ToLower(string(raw)), word) {
			t.Errorf("it takes a side: %q", word)
		}
	}
}

func TestBreastCancerWithOnePathologyAndTwoTreatments(t *testing.T) {
	dx := []Diagnosis{{Text: "Invasive ductal carcinoma of the right breast", ICD10: "C50.911", Certainty: "certain", Stage: "IIA"}}
	in := Input{PlanKind: "ppo", Opinions: []Stated{
		{ID: "first", By: By{Name: "Dr. Lee"}, Diagnoses: dx, UrgencyDays: n(30), ReliedOn: []string{"Pathology report 2026-08-20"}, Options: []Option{{Text: "Mastectomy", Kind: "surgery", Recommended: yes()}, {Text: "Hormone therapy", Kind: "medication", Recommended: yes()}}},
		{
			ID: "second", By: By{Name: "Dr. Fournier"}, Diagnoses: []Diagnosis{{Text: "Carcinoma ductal infiltrante de mama derecha", ICD10: "C50911", Certainty: "certain", Stage: "Estadio 2A"}}, UrgencyDays: n(30), ReliedOn: []string{"Pathology report 2026-08-20"},
			Options: []Option{{Text: "Lumpectomía", Recommended: yes()}, {Text: "Radioterapia", Recommended: yes()}, {Text: "Terapia hormonal", Recommended: yes()}},
		},
	}}
	a := compare(t, in, "en")
	p := a.Pairs[0]
	if p.Diagnosis != same || p.Management != different {
		t.Fatalf("got %s, %s", p.Diagnosis, p.Management)
	}
	d := about(p, "treatment")
	if d == nil || d.A != "Mastectomy" || d.B != "Lumpectomía; Radioterapia" {
		t.Fatalf("treatment %+v", d)
	}
	got := map[string]bool{}
	for _, g := range p.Agree {
		got[g.About] = true
	}
	for _, w := range []string{"diagnosis", "stage", "certainty", "treatment", "records", "urgency"} {
		if !got[w] {
			t.Errorf("they agree on %s, and it is not said: %v", w, p.Agree)
		}
	}
	if a.ThirdOpinion != (ThirdOpinion{true, "unknown", ""}) {
		t.Errorf("third %+v", a.ThirdOpinion)
	}
}

func TestDiagnosesStandToEachOtherAsTheirCodesAndWordsSay(t *testing.T) {
	for _, c := range []struct {
		a, b Diagnosis
		want string
	}{
		{Diagnosis{Text: "x", ICD10: "C50.911"}, Diagnosis{Text: "y", ICD10: "c50911"}, same},
		{Diagnosis{Text: "x", ICD10: "C50.911"}, Diagnosis{Text: "x", ICD10: "C50.919"}, refined},
		{Diagnosis{Text: "x", ICD10: "C50"}, Diagnosis{Text: "x", ICD10: "C50.911"}, refined},
		{Diagnosis{Text: "x", ICD10: "M32.9"}, Diagnosis{Text: "x", ICD10: "M35.00"}, different},
		{Diagnosis{Text: "x", ICD10: "R76.8"}, Diagnosis{Text: "x", ICD10: "M32.9"}, refined},
		{Diagnosis{Text: "Disc degeneration"}, Diagnosis{Text: "degenerative disc"}, same},
		{Diagnosis{Text: "Breast cancer"}, Diagnosis{Text: "Cáncer de mama"}, same},
		{Diagnosis{Text: "lupus"}, Diagnosis{Text: "Systemic lupus erythematosus"}, refined},
		{Diagnosis{Text: "lupus"}, Diagnosis{Text: "artritis reumatoide"}, different},
		{Diagnosis{Text: "heart attack"}, Diagnosis{Text: "Myocardial infarction"}, refined},
		{Diagnosis{Text: "Type 1 diabetes"}, Diagnosis{Text: "Type 2 diabetes"}, different},
		{Diagnosis{Text: "benign lung nodule"}, Diagnosis{Text: "malignant lung nodule"}, different},
		{Diagnosis{Text: "cancer"}, Diagnosis{Text: "no cancer"}, different},
		{Diagnosis{Text: "Zorn's malady"}, Diagnosis{Text: "Quell complex"}, cannotSay},
		{Diagnosis{Text: "breast cancer", ICD10: "C50.911"}, Diagnosis{Text: "Invasive ductal carcinoma"}, refined},
		{Diagnosis{Text: "lupus", ICD10: "M32.9"}, Diagnosis{Text: "fibromyalgia"}, different},
	} {
		if got := relate(c.a, c.b); got != c.want {
			t.Errorf("%v and %v: %s, want %s", c.a, c.b, got, c.want)
		}
		if x, y := relate(c.a, c.b), relate(c.b, c.a); x != y {
			t.Errorf("%v and %v: %s one way and %s the other", c.a, c.b, x, y)
		}
	}
}

func two(a, b Stated) Input {
	a.ID, b.ID = "first", "second"
	return Input{Opinions: []Stated{a, b}}
}

func TestAnotherStageOrCertaintyRefinesADiagnosis(t *testing.T) {
	d := func(stage, sure string) Stated {
		return Stated{Diagnoses: []Diagnosis{{Text: "Colon cancer", ICD10: "C18.7", Stage: stage, Certainty: sure}}, Options: []Option{{Text: "Surgery", Recommended: yes()}}}
	}
	for _, c := range []struct {
		a, b         Stated
		want, impact string
	}{
		{d("IIA", ""), d("stage 2A", ""), same, "none"},
		{d("IIA", ""), d("IIB", ""), refined, "minor"},
		{d("IIA", ""), d("IIIA", ""), refined, "moderate"},
		{d("", "probable"), d("", "certain"), refined, "minor"},
		{d("IIA", ""), d("", ""), same, "none"},
	} {
		p := compare(t, two(c.a, c.b), "en").Pairs[0]
		if p.Diagnosis != c.want || p.Impact != c.impact {
			t.Errorf("%v %v: %s %s, want %s %s", c.a.Diagnoses, c.b.Diagnoses, p.Diagnosis, p.Impact, c.want, c.impact)
		}
	}
}

func TestAnotherSideOfTheBodyIsAlwaysMajorAndComesFirst(t *testing.T) {
	a := Stated{Diagnoses: []Diagnosis{{Text: "Osteoarthritis of the left knee", ICD10: "M17.12"}}}
	b := Stated{Diagnoses: []Diagnosis{{Text: "Artrosis de la rodilla derecha", ICD10: "M17.11"}}}
	got := compare(t, two(a, b), "en")
	if d := about(got.Pairs[0], "side"); d == nil || d.A != "left side" || d.B != "right side" || got.Pairs[0].Impact != "major" {
		t.Fatalf("%+v", got.Pairs[0])
	}
	if got.NextSteps[0].Step != "check_side" {
		t.Errorf("first step is %v", got.NextSteps[0])
	}
}

func TestTreatmentsStandToEachOther(t *testing.T) {
	o := func(options ...Option) Stated { return Stated{Options: options} }
	adv := func(text string) Option { return Option{Text: text, Recommended: yes()} }
	for name, c := range map[string]struct {
		a, b Stated
		want string
	}{
		"the same in two languages":         {o(adv("Physical therapy")), o(adv("Fisioterapia")), same},
		"one says it more closely":          {o(adv("Lumbar fusion")), o(adv("Lumbar fusion at L4-L5")), refined},
		"one adds to a shared core":         {o(adv("Lumpectomy")), o(adv("Lumpectomy"), adv("Radiation therapy")), refined},
		"two different operations":          {o(Option{Text: "Discectomy", Kind: "surgery", Recommended: yes()}), o(Option{Text: "Hip replacement", Kind: "surgery", Recommended: yes()}), different},
		"one advises what the other denies": {o(adv("Chemotherapy"), adv("Lumpectomy")), o(adv("Lumpectomy"), Option{Text: "Quimioterapia", Recommended: no()}), different},
		"nothing advised on one side":       {o(adv("Chemotherapy")), o(Option{Text: "Lumpectomy"}), cannotSay},
		"nothing known":                     {o(), o(), cannotSay},
		"waiting against an operation":      {o(adv("Watchful waiting")), o(adv("Prostatectomy")), different},
	} {
		if got := compare(t, two(c.a, c.b), "en").Pairs[0].Management; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestCausesComeFromWhatTheOpinionsState(t *testing.T) {
	dx := func(text string, relied, missing []string) Stated {
		return Stated{Diagnoses: []Diagnosis{{Text: text}}, ReliedOn: relied, Missing: missing, Options: []Option{{Text: "Biopsy", Recommended: yes()}}}
	}
	for name, c := range map[string]struct {
		a, b Stated
		want []string
	}{
		"a record that one had not":  {dx("lupus", []string{"Blood test 2026-01-02"}, nil), dx("fibromyalgia", []string{"Blood test 2026-01-02", "Kidney biopsy 2026-03-01"}, nil), []string{"new_data", "read_differently"}},
		"one record read two ways":   {dx("lupus", []string{"Biopsy 2026-01-02"}, nil), dx("fibromyalgia", []string{"Biopsy 2026-01-02"}, nil), []string{"read_differently"}},
		"a doctor missed something":  {dx("lupus", nil, []string{"MRI"}), dx("fibromyalgia", nil, nil), []string{"too_little_data"}},
		"what one missed, one had":   {dx("lupus", nil, []string{"MRI"}), dx("fibromyalgia", []string{"MRI 2026-03-01"}, nil), []string{"new_data", "too_little_data"}},
		"nothing differs":            {dx("lupus", nil, []string{"MRI"}), dx("lupus", nil, nil), []string{}},
		"neither says why they part": {dx("lupus", nil, nil), dx("fibromyalgia", nil, nil), []string{"too_little_data"}},
	} {
		if got := compare(t, two(c.a, c.b), "en").Pairs[0].Causes; !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestAFindingThatOnlyOneSawIsMissedOrSeen(t *testing.T) {
	a := Stated{Diagnoses: []Diagnosis{{Text: "Pneumonia", ICD10: "J18.9"}}, ReliedOn: []string{"CT 2026-05-05"}}
	b := Stated{Diagnoses: []Diagnosis{{Text: "Pneumonia", ICD10: "J18.9"}, {Text: "Lung nodule", ICD10: "R91.1"}}, ReliedOn: []string{"CT scan 2026-05-05"}}
	p := compare(t, two(a, b), "en").Pairs[0]
	if p.Diagnosis != refined || !reflect.DeepEqual(p.Causes, []string{"missed_or_seen"}) {
		t.Errorf("%s %v", p.Diagnosis, p.Causes)
	}
}

func TestAThirdOpinionIsSuggestedOnlyOnARealDifference(t *testing.T) {
	in := backPain()
	for plan, want := range map[string]ThirdOpinion{
		"medicare_original": {true, "yes", "MED-02"}, "medicare_advantage_hmo": {true, "unknown", "MA-01"},
		"ppo": {true, "unknown", ""}, "none": {true, "no", ""}, "": {true, "unknown", ""},
	} {
		in.PlanKind = plan
		if got := compare(t, in, "es").ThirdOpinion; got != want {
			t.Errorf("%s: %+v, want %+v", plan, got, want)
		}
	}
	in.PlanKind, in.PlanState, in.PlanFunding = "ppo", "NJ", "insured"
	if got := compare(t, in, "en").ThirdOpinion; got != (ThirdOpinion{true, "unknown", "STA-NJ-1"}) {
		t.Errorf("New Jersey: %+v", got)
	}
	in.PlanKind = "medicare_original"
	in.Opinions[1] = in.Opinions[0]
	in.Opinions[1].ID = "second"
	if got := compare(t, in, "en").ThirdOpinion; got != (ThirdOpinion{false, "unknown", "MED-03"}) {
		t.Errorf("agreeing: %+v", got)
	}
	three := backPain()
	third := three.Opinions[1]
	third.ID = "third"
	three.Opinions = append(three.Opinions, third)
	if got := compare(t, three, "en"); got.ThirdOpinion.Suggested || len(got.Pairs) != 3 {
		t.Errorf("three opinions: %+v, %d pairs", got.ThirdOpinion, len(got.Pairs))
	}
}

// judged is a book that says the same of everything.
type judged finding.Verdict

func (j judged) Judge(string, map[string]any, contract.Date, string) finding.Verdict {
	return finding.Verdict(j)
}

func TestWhatIsSaidOfAThirdOpinionIsWhatTheRulesSay(t *testing.T) {
	said := func(in Input, lang string) map[string]finding.Finding {
		t.Helper()
		got := map[string]finding.Finding{}
		for _, f := range compare(t, in, lang).Findings {
			got[f.Rule] = f
		}
		return got
	}
	in := backPain()
	got := said(in, "en")
	if len(got) != 2 || !strings.Contains(got["MED-02"].Reason, "20%") || got["MED-02"].Citation != "Medicare Benefit Policy Manual ch. 15 s. 30.C" || got["TRG-17"].Reason == "" {
		t.Errorf("Medicare: %+v", got)
	}
	if es := said(in, "es")["MED-02"].Reason; !strings.Contains(es, "tercera opinión") || !strings.Contains(es, "20%") {
		t.Errorf("in Spanish: %q", es)
	}
	in.PlanKind, in.PlanState, in.PlanFunding = "ppo", "NJ", "insured"
	if got := said(in, "en"); !strings.Contains(got["STA-NJ-1"].Reason, "third opinion") {
		t.Errorf("New Jersey: %+v", got)
	}
	in.PlanKind, in.PlanState, in.PlanFunding = "workers_comp", "CA", "unknown"
	if a := compare(t, in, "en"); a.ThirdOpinion != (ThirdOpinion{true, "unknown", "WC-02"}) || a.Findings[1].Confidence != finding.Unverified || !strings.HasPrefix(a.Findings[1].Reason, "Please check") {
		t.Errorf("workers' compensation: %+v, %+v", a.ThirdOpinion, a.Findings)
	}
	in.PlanKind = "medicare_advantage_hmo"
	in.Opinions[1] = in.Opinions[0]
	in.Opinions[1].ID = "second"
	if got := said(in, "en"); len(got) != 0 {
		t.Errorf("nobody is sent to ask about a third opinion when two agree: %+v", got)
	}
}

func TestARuleThatNobodyReadNeverPromisesAThirdOpinion(t *testing.T) {
	row := finding.Fired{Kind: "trigger", Sets: map[string]string{"third": "yes"}, Words: map[string]string{"third": "It is paid."}, Finding: finding.Finding{Rule: "X-1", Reason: "Please check: it may be paid."}}
	for decides, want := range map[bool]ThirdOpinion{true: {true, "yes", "X-1"}, false: {false, "unknown", "X-1"}} {
		row.Decides = decides
		a, err := Compare(backPain(), "en", judged{Fired: []finding.Fired{row}})
		if err != nil || a.ThirdOpinion != want {
			t.Errorf("decides %v: %+v, want %+v (%v)", decides, a.ThirdOpinion, want, err)
		}
		if last := a.Findings[len(a.Findings)-1]; (last.Reason == "It is paid.") != decides {
			t.Errorf("decides %v: %q", decides, last.Reason)
		}
	}
	if a, err := Compare(backPain(), "en", judged{}); err != nil || a.ThirdOpinion != (ThirdOpinion{false, "unknown", ""}) || len(a.Findings) != 0 {
		t.Errorf("a book without rules: %+v (%v)", a.ThirdOpinion, err)
	}
}

func TestAQuestionLeftOpenIsNamed(t *testing.T) {
	in := two(Stated{Answers: []Given{{Question: "q1", Text: "yes"}, {Question: "q2", Text: "maybe", Outcome: "partly"}}}, Stated{Answers: []Given{{Question: "q1", Text: "x"}}})
	if got, want := compare(t, in, "en").Unanswered, []Unanswered{{"first", "q2", true}, {"second", "q2", false}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	in.Opinions[0].Answers = nil // it was never asked, as far as is known
	in.Questions = []Asked{{ID: "q2", Of: []string{"second"}}}
	if got, want := compare(t, in, "en").Unanswered, []Unanswered{{"second", "q2", false}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestAWrongInputNamesItsField(t *testing.T) {
	in := backPain()
	in.PlanKind, in.On = "hmoo", "2026-13-01"
	in.Opinions[1].ID = "first"
	in.Opinions[0].Diagnoses = []Diagnosis{{Text: "x", ICD10: "nonsense", Certainty: "sure"}}
	in.Values[0].Weight = 9
	_, err := Compare(in, "en", book)
	got := map[string]bool{}
	var wrong contract.Problems
	if !errors.As(err, &wrong) || !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
	for _, p := range wrong {
		got[p.Field] = p.Message != ""
	}
	for _, field := range []string{"plan_kind", "on", "opinions[1].id", "opinions[0].diagnoses[0].icd10", "opinions[0].diagnoses[0].certainty", "values[0].weight"} {
		if !got[field] {
			t.Errorf("%s is not named: %v", field, err)
		}
	}
	if _, err := Compare(Input{Opinions: in.Opinions[:1]}, "en", book); !fault.Is(err, fault.Invalid) {
		t.Errorf("one opinion cannot be compared: %v", err)
	}
}

func TestEverySentenceIsInBothLanguages(t *testing.T) {
	for key, en := range texts["en"] {
		es, ok := texts["es"][key]
		if !ok {
			t.Errorf("%s is not in Spanish", key)
			continue
		}
		for _, hole := range strings.Split(en, "{")[1:] {
			if h := "{" + hole[:strings.Index(hole, "}")+1]; !strings.Contains(es, h) {
				t.Errorf("%s: %s is lost in Spanish", key, h)
			}
		}
	}
	if len(texts["en"]) != len(texts["es"]) {
		t.Error("the two languages do not have the same keys")
	}
	raw, _ := json.Marshal(compare(t, backPain(), "es"))
	for _, key := range []string{"why.", "ask.", "step.", "rule."} {
		if strings.Contains(string(raw), `"`+key) {
			t.Errorf("a key is shown in place of its sentence: %s", raw)
		}
	}
}

func anyOpinion(t *rapid.T, id string) Stated {
	word := rapid.SampledFrom([]string{"lupus", "breast cancer", "no cancer", "left knee pain", "right knee pain", "type 1 diabetes", "zorn", "lumbar fusion", "physical therapy", "fisioterapia", "chemotherapy", "MRI 2026-01-01", "MRI 2026-02-01", "CT", "hip surgery"})
	code := rapid.SampledFrom([]string{"", "C50.911", "C50.912", "M32.9", "R91.1", "D24.1"})
	flag := rapid.SampledFrom([]*bool{nil, yes(), no()})
	words := func(label string) []string { return rapid.SliceOfN(word, 0, 3).Draw(t, label) }
	o := Stated{ID: id, By: By{Name: rapid.SampledFrom([]string{"", "Dr. X", "Dr. Y"}).Draw(t, "name")}, Tests: words("tests"), ReliedOn: words("relied"), Missing: words("missing"), Aims: words("aims")}
	for range rapid.IntRange(0, 3).Draw(t, "diagnoses") {
		o.Diagnoses = append(o.Diagnoses, Diagnosis{Text: word.Draw(t, "dx"), ICD10: code.Draw(t, "code"), Stage: rapid.SampledFrom([]string{"", "IIA", "III"}).Draw(t, "stage"), Certainty: rapid.SampledFrom([]string{"", "certain", "possible"}).Draw(t, "sure")})
	}
	for range rapid.IntRange(0, 3).Draw(t, "options") {
		o.Options = append(o.Options, Option{Text: word.Draw(t, "option"), Kind: rapid.SampledFrom([]string{"", "surgery", "therapy"}).Draw(t, "kind"), Recommended: flag.Draw(t, "flag"), Evidence: []Evidence{{"test", word.Draw(t, "evidence")}}})
	}
	if rapid.Bool().Draw(t, "urgent") {
		o.UrgencyDays = n(rapid.IntRange(0, 200).Draw(t, "days"))
	}
	return o
}

func TestSwappingTheOpinionsMirrorsTheAnswer(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := anyOpinion(rt, "one"), anyOpinion(rt, "two")
		p := compare(t, Input{Opinions: []Stated{a, b}}, "en").Pairs[0]
		q := compare(t, Input{Opinions: []Stated{b, a}}, "en").Pairs[0]
		if !reflect.DeepEqual(p, mirror(q)) {
			rt.Fatalf("not mirrored:\n%+v\n%+v", p, q)
		}
		// The verdicts do not hang on the ids either.
		a.ID, b.ID = "two", "one"
		r := compare(t, Input{Opinions: []Stated{a, b}}, "en").Pairs[0]
		if p.Diagnosis != r.Diagnosis || p.Management != r.Management || p.Impact != r.Impact || !reflect.DeepEqual(p.Causes, r.Causes) || len(p.Differ) != len(r.Differ) || len(p.Agree) != len(r.Agree) {
			rt.Fatalf("other ids, other answer:\n%+v\n%+v", p, r)
		}
	})
}

func TestIdenticalOpinionsDoNotDiffer(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := anyOpinion(rt, "one")
		b := a
		b.ID = "two"
		got := compare(t, Input{Opinions: []Stated{a, b}, PlanKind: "medicare_original"}, "en")
		p := got.Pairs[0]
		if len(p.Differ) != 0 || len(p.Causes) != 0 || p.Impact != "none" || got.ThirdOpinion.Suggested {
			rt.Fatalf("%+v", got)
		}
	})
}

func FuzzCompareNeverFailsOnWhatItAccepts(f *testing.F) {
	seed, _ := json.Marshal(backPain())
	f.Add(seed)
	f.Add([]byte(`{"opinions":[{"id":"a"},{"id":"b","diagnoses":[{"text":"€","icd10":"C5"}]}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var in Input
		if contract.Decode(bytes.NewReader(raw), &in) != nil {
			return
		}
		for _, lang := range []string{"en", "es", "xx"} {
			a, err := Compare(in, lang, book)
			if err != nil {
				if !fault.Is(err, fault.Invalid) {
					t.Fatal(err)
				}
				continue
			}
			if _, err := json.Marshal(a); err != nil {
				t.Fatal(err)
			}
			if a.ThirdOpinion.Suggested && len(in.Opinions) != 2 {
				t.Fatal("a third opinion is suggested where there are more")
			}
		}
	})
}

func TestTheContractsOwnExampleIsReadAndAnswered(t *testing.T) {
	raw := `{"opinions":[{"id":"first","by":{"name":"Dr. A","specialty_nucc":"207X00000X"},"date":"2026-09-01","diagnoses":[{"text":"Breast cancer","icd10":"C50.911","certainty":"certain","stage":"IIA"}],
"options":[{"text":"lumbar fusion","kind":"surgery","recommended":true,"benefits":[],"harms":[],"evidence":[{"kind":"test","text":"MRI"}]}],"tests":[],"urgency_days":30,"relied_on":["MRI 2026-09-01"],"missing":[],"answers":[{"question":"q1","text":"yes"}]},{"id":"second"}],
"values":[{"what":"avoid surgery","weight":5}],"plan_kind":"medicare_original"}`
	var in Input
	if err := contract.Decode(strings.NewReader(raw), &in); err != nil {
		t.Fatal(err)
	}
	p := compare(t, in, "en").Pairs[0]
	if p.Diagnosis != cannotSay || p.Management != cannotSay {
		t.Errorf("what the second does not say is unknown: %+v", p)
	}
	if s := contract.Schema("opinions compare", Input{}, Answer{}); len(fmt.Sprint(s)) < 500 {
		t.Errorf("schema %v", s)
	}
	if err := contract.Decode(strings.NewReader(strings.Replace(raw, "urgency_days", "urgency_day", 1)), &in); err == nil {
		t.Error("an unknown key is read")
	}
}

func BenchmarkCompare(b *testing.B) {
	in := backPain()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compare(in, "en", book); err != nil {
			b.Fatal(err)
		}
	}
}
