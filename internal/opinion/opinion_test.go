package opinion

import (
	"encoding/json"
	"reflect"
	"testing"

	"consilium/internal/fault"
)

func TestTheTemplateHasTwentyTwoSectionsAndEachIsFelt(t *testing.T) {
	full := Opinion{
		Identity: Identity{Patient: "Ruth Alvarez"}, Questions: AtStake{Decision: "fusion or not"}, Missing: []string{"X-ray"}, Summary: []DatedLine{{"2026-01", "pain"}}, Images: []Reading{{What: "MRI"}}, Pathology: []Reading{{What: "slide"}},
		Diagnoses: []Diagnosis{{Text: "x"}}, Staging: "IIA", PlanView: View{Stand: "agree"}, Options: []Option{{Text: "y"}}, Recommendation: "y", Tests: []FurtherTest{{What: "CT"}}, Trials: []string{"none open"}, Urgency: "weeks", Answers: []Given{{Question: "q1"}},
		ChangeMind: []string{"z"}, Raise: []string{"z"}, Limits: []string{"no exam"}, Interests: []string{"none"}, Plain: "plain", Signature: Signature{Name: "Dr. B"}, Addenda: []Addendum{{At: "2026-01-01"}},
	}
	filled, empty := full.Filled(), Opinion{}.Filled()
	if len(Sections()) != 22 || len(filled) != 22 {
		t.Fatalf("%d sections, %d felt", len(Sections()), len(filled))
	}
	for _, s := range Sections() {
		if !filled[s.Name] || empty[s.Name] {
			t.Errorf("section %d %s: full %v, empty %v", s.Number, s.Name, filled[s.Name], empty[s.Name])
		}
	}
}

func TestAnOpinionComesBackFromJSONAsItWas(t *testing.T) {
	o := Opinion{ID: "second", By: Author{Name: "Dr. B"}, Upload: Upload{SHA256: "ab", Summary: "short"}, Options: []Option{{Text: "x", Recommended: no()}}, UrgencyDays: n(0)}
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	var back Opinion
	if err := json.Unmarshal(raw, &back); err != nil || !reflect.DeepEqual(o, back) {
		t.Errorf("%v\n%+v\n%+v", err, o, back)
	}
}

func TestAnUploadedOpinionNeedsASummaryAndADoctor(t *testing.T) {
	got := map[string]bool{}
	for _, f := range fault.All(Opinion{Upload: Upload{SHA256: "ab"}, Date: "2026-12-01"}.Check("2026-11-22")) {
		got[f.Field] = true
	}
	if want := map[string]bool{"by.name": true, "upload.summary": true, "date": true}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if err := (Opinion{By: Author{Name: "Dr. B"}, Upload: Upload{SHA256: "ab", Summary: "s"}}).Check("2026-11-22"); err != nil {
		t.Error(err)
	}
}

func TestAnOpinionIsComparedAsItIsStated(t *testing.T) {
	o := Opinion{ID: "second", Staging: "IIA", Diagnoses: []Diagnosis{{Text: "x"}}, ReliedOn: []Record{{"MRI", "2026-09-01"}}, Tests: []FurtherTest{{What: "CT"}}}
	s := o.Stated()
	if s.Diagnoses[0].Stage != "IIA" || s.ReliedOn[0] != "MRI 2026-09-01" || s.Tests[0] != "CT" {
		t.Errorf("%+v", s)
	}
	if o.Diagnoses[0].Stage != "" {
		t.Error("the opinion itself was changed")
	}
}

func TestQuestionsNotFullyAnsweredStayOpen(t *testing.T) {
	o := Opinion{Answers: []Given{{Question: "a", Outcome: "answered"}, {Question: "b", Outcome: "partly", Text: "x"}, {Question: "c", Outcome: "not"}}}
	if got := o.Open([]string{"a", "b", "c", "d"}); !reflect.DeepEqual(got, []string{"b", "c", "d"}) {
		t.Error(got)
	}
}

func TestWeighingShowsATableAndNoVerdict(t *testing.T) {
	d := Decision{
		Options: []Choice{{ID: "o1", Text: "fusion"}, {ID: "o2", Text: "therapy"}}, Values: []Value{{"garden", 3}, {"avoid surgery", 5}},
		Fits: []Fit{{"o1", "avoid surgery", "hurts"}, {"o2", "avoid surgery", "helps"}, {"o2", "garden", "neither"}},
	}
	got := Weigh(d)
	if got.Values[0].What != "avoid surgery" || got.Open != 1 {
		t.Errorf("%+v", got)
	}
	if r := got.Rows[0]; r.Option.ID != "o1" || r.Hurts != 5 || r.Unknown != 3 || r.Cells[1].How != "unknown" {
		t.Errorf("%+v", r)
	}
	if r := got.Rows[1]; r.Option.ID != "o2" || r.Helps != 5 || r.Unknown != 0 {
		t.Errorf("the order of the options was changed, or a weight is lost: %+v", r)
	}
	if d.Values[0].What != "garden" {
		t.Error("the decision itself was changed")
	}
}

func TestOneOptionOfTwoOpinionsIsOnTheTableOnce(t *testing.T) {
	got := OnTheTable([]Opinion{
		{ID: "first", Options: []Option{{Text: "Lumbar fusion", Recommended: yes()}}},
		{ID: "second", Options: []Option{{Text: "lumbar fusion", Recommended: no()}, {Text: "Fisioterapia", Recommended: yes()}}},
		{ID: "third", Options: []Option{{Text: "Physical therapy", Recommended: yes()}}},
	})
	want := []Choice{{ID: "o1", Text: "Lumbar fusion", Advised: []string{"first"}}, {ID: "o2", Text: "Fisioterapia", Advised: []string{"second", "third"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestADecisionCanOnlyChooseWhatIsOnTheTable(t *testing.T) {
	d := Decision{Options: []Choice{{ID: "o1", Text: "x"}}, Chosen: "o9", State: "decided"}
	if f := fault.All(d.Check()); len(f) != 1 || f[0].Field != "chosen" {
		t.Errorf("%v", f)
	}
	d.Chosen = "o1"
	if err := d.Check(); err != nil {
		t.Error(err)
	}
	if _, ok := d.Choice(); !ok {
		t.Error("the choice is not found")
	}
	d.Chosen = ""
	if f := fault.All(d.Check()); len(f) != 1 || f[0].Field != "chosen" {
		t.Errorf("decided with nothing chosen: %v", f)
	}
	for _, id := range CertaintyQuestions() {
		if CertaintyText(id, "es") == CertaintyText(id, "en") || CertaintyText(id, "en") == "certain."+id {
			t.Errorf("%s has no words", id)
		}
	}
}
