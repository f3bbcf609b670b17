package journey

import (
	"strings"
	"testing"
	"time"

	"consilium/internal/casefile"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func doc(kind casefile.Kind, name string, minutes int, body string) casefile.Document {
	return casefile.Document{Ref: casefile.Ref{Kind: kind, Name: name}, Version: 1, At: noon.Add(time.Duration(minutes) * time.Minute), Body: []byte(body)}
}

func TestAnEmptyCaseBeginsAtTheStartAndLocksTheRest(t *testing.T) {
	c := casefile.New("c", casefile.Open, nil)
	if Next(c) != "start" {
		t.Fatalf("next is %q", Next(c))
	}
	for _, s := range Steps[1:] {
		if Stands(c, s.ID) != Locked {
			t.Errorf("%s is %s", s.ID, Stands(c, s.ID))
		}
	}
}

func TestAnEmergencyLocksEverythingButStartAndNeed(t *testing.T) {
	c := casefile.New("c", casefile.Open, []casefile.Document{doc("profile", "", 0, `{}`), doc("need", "", 1, `{"answer":{"advice":"emergency"}}`)})
	if Next(c) != "need" {
		t.Fatalf("next is %q", Next(c))
	}
	for _, s := range Steps {
		want := s.ID != "start" && s.ID != "need"
		if locked := Stands(c, s.ID) == Locked; locked != want {
			t.Errorf("%s locked: %v", s.ID, locked)
		}
	}
}

func TestAChangedAnswerMustBeLookedAtAgain(t *testing.T) {
	c := casefile.New("c", casefile.Open, []casefile.Document{doc("profile", "", 5, `{}`), doc("need", "", 1, `{"asked":true,"answer":{"advice":"strong"}}`)})
	if got := Stands(c, "need"); got != Again {
		t.Fatalf("need stands %s", got)
	}
	if Next(c) != "need" {
		t.Fatalf("next is %q", Next(c))
	}
}

func TestComparingNeedsTwoOpinions(t *testing.T) {
	one := casefile.New("c", casefile.Open, []casefile.Document{doc("profile", "", 0, `{}`), doc("opinion", "first", 1, `{}`)})
	two := casefile.New("c", casefile.Open, []casefile.Document{doc("profile", "", 0, `{}`), doc("opinion", "first", 1, `{}`), doc("opinion", "second", 2, `{}`)})
	if Stands(one, "compare") != Locked || Stands(two, "compare") != Ready {
		t.Fatalf("one: %s, two: %s", Stands(one, "compare"), Stands(two, "compare"))
	}
}

func TestAPageThatIsNotOnTheMapIsNotFound(t *testing.T) {
	for _, id := range []string{"", "start.", "admin", "need.secret"} {
		if _, _, ok := PageOf(id); ok {
			t.Errorf("%q was found", id)
		}
	}
}

func TestEveryPageBelongsToItsStepAndSaysWhoMay(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range All() {
		for _, p := range s.Pages {
			if seen[p.ID] {
				t.Errorf("%s is listed twice", p.ID)
			}
			seen[p.ID] = true
			if p.ID != s.ID && !strings.HasPrefix(p.ID, s.ID+".") {
				t.Errorf("%s is not of step %s", p.ID, s.ID)
			}
			if p.Show == "" {
				t.Errorf("%s does not say who may open it", p.ID)
			}
		}
		for _, n := range append(append([]string{}, s.Needs...), s.Rests...) {
			if _, ok := Find(n); !ok {
				t.Errorf("%s names %s, which is no step", s.ID, n)
			}
		}
	}
}

func TestALetterOfRefusalIsNoRecordForTheSecondDoctor(t *testing.T) {
	documents := []casefile.Document{
		doc("profile", "", 0, `{}`), doc("record", "aa", 1, `{}`), doc("record", "bb", 2, `{}`), doc("denial", "d", 3, `{"letter":"aa","pages":["bb"]}`),
	}
	if got := Stands(casefile.New("c", casefile.Open, documents), "records"); got != Ready {
		t.Errorf("with the letter alone records stands %s", got)
	}
	if got := Stands(casefile.New("c", casefile.Open, append(documents, doc("record", "cc", 4, `{}`))), "records"); got != Done {
		t.Errorf("with a record records stands %s", got)
	}
}

func TestNobodyIsLedIntoARoad(t *testing.T) {
	c := casefile.New("c", casefile.Open, []casefile.Document{doc("profile", "", 0, `{}`)})
	for _, r := range Roads {
		if Stands(c, r.ID) != Ready {
			t.Errorf("%s stands %s", r.ID, Stands(c, r.ID))
		}
		if After(r.ID) != "" {
			t.Errorf("after %s comes %s", r.ID, After(r.ID))
		}
		for _, s := range Steps {
			if s.ID == r.ID || After(s.ID) == r.ID {
				t.Errorf("the way leads into %s", r.ID)
			}
		}
	}
}
