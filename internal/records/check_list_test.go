package records

import (
	"slices"
	"testing"

	"consilium/internal/contract"
)

func TestStandingCountsWhatIsNeededAndWhatWasMade(t *testing.T) {
	in := CheckInput{Specialty: "general", Have: basics()}
	s := answer(t, in).Standing()
	if s.Here != s.Of || len(s.Most) > 0 || s.Of != 7 { // the summary only helps
		t.Fatalf("all is here: %+v", s)
	}
	in.Have[0].Date = "2026-01-01" // the notes are too old to count
	in.Have = append(in.Have, Held{Item: "pathology_report", Date: "2026-10-01"})
	s = answer(t, in).Standing()
	if s.Here != 7 || s.Of != 9 || len(s.Most) != 1 || s.Most[0].Item != "pathology_slides" {
		t.Fatalf("old notes, and a report whose slides are not here: %+v", s)
	}
}

func TestWhatTakesLongestToGetIsNamedFirst(t *testing.T) {
	a := answer(t, CheckInput{Specialty: "oncology", Have: []Held{{Item: "pathology_report"}, {Item: "imaging_reports"}}})
	var kinds []string
	for _, l := range a.Standing().Most {
		if !slices.Contains(kinds, l.Kind) {
			kinds = append(kinds, l.Kind)
		}
	}
	if len(kinds) < 4 || kinds[0] != "specimen" || kinds[1] != "image_set" || kinds[len(kinds)-1] != "data" {
		t.Errorf("the order is %v", kinds)
	}
}

func TestWhatDoesNotFitIsGivenBackAndNotCounted(t *testing.T) {
	in := CheckInput{Specialty: "general", Have: basics()[1:], DoesNotFit: []CheckItem{"doctor_notes"}}
	a := answer(t, in)
	if s := a.Standing(); s.Of != 6 || s.Here != 6 {
		t.Errorf("got %+v", s)
	}
	if len(a.NotMine) != 1 || a.NotMine[0].Item != "doctor_notes" || a.NotMine[0].Name == "" {
		t.Errorf("got %+v", a.NotMine)
	}
}

func TestTheListIsTheOneThatTheCheckUses(t *testing.T) {
	for _, s := range Specialties() {
		in := CheckInput{Specialty: s, ICD10: "C50.911"}
		list := List(in, contract.MustDate(today), "es", book)
		a := answer(t, in)
		if len(list) != len(a.List) {
			t.Fatalf("%s: %d and %d", s, len(list), len(a.List))
		}
		for i := range list {
			if list[i].Item != a.List[i].Item || list[i].Name == "" || list[i].Name == a.List[i].Name {
				t.Errorf("%s: %+v and %+v", s, list[i], a.List[i])
			}
		}
	}
}

func TestAnItemOfAnotherListHasItsNameStill(t *testing.T) {
	n := NamesFor(CheckInput{Specialty: "pathology"}, contract.MustDate(today), "en", book)
	for _, item := range []string{"pathology_slides", "ecg", "guardian_proof", "doctor_notes"} {
		if n.Of(item) == "" {
			t.Errorf("%s has no name", item)
		}
	}
	if got := n.Of("other") + n.Of(""); got != "" {
		t.Errorf("what nobody can name is called %q", got)
	}
}
