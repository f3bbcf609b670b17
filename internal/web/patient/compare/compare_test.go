package compare_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"consilium/internal/casefile"
	"consilium/internal/journey"
	"consilium/internal/opinion"
	"consilium/internal/questions"
	step "consilium/internal/web/patient/compare"
	"consilium/internal/web/webtest"
	"consilium/people"
)

// begin opens a case in which one of the cast has written down both opinions.
func begin(t *testing.T, folder string) (*webtest.Site, casefile.ID, people.Case) {
	t.Helper()
	for _, p := range people.Cast() {
		if p.Folder != folder {
			continue
		}
		c, err := p.Case("en")
		if err != nil {
			t.Fatal(err)
		}
		s := webtest.New(t, step.Step)
		id := s.NewCase(c.Profile)
		list := questions.List{}
		ids := map[string]string{}
		for _, q := range c.Questions {
			if list, err = list.Add(q.Text, ""); err != nil {
				t.Fatal(err)
			}
			ids[q.ID] = list.Questions[len(list.Questions)-1].ID
		}
		if err := s.House.AskQuestions(t.Context(), s.Who, s.Case(id), list, 0); err != nil {
			t.Fatal(err)
		}
		for _, told := range c.Opinions {
			o := written(t, told)
			for i := range o.Answers {
				o.Answers[i].Question = ids[o.Answers[i].Question]
			}
			if err := s.House.WriteOpinion(t.Context(), s.Who, s.Case(id), o, 0); err != nil {
				t.Fatal(err)
			}
		}
		return s, id, c
	}
	t.Fatalf("there is no %s", folder)
	return nil, "", people.Case{}
}

// written is an opinion of the cast as the core holds it.
func written(t *testing.T, told people.Opinion) opinion.Opinion {
	t.Helper()
	b, err := told.MarshalCompare()
	if err != nil {
		t.Fatal(err)
	}
	var s opinion.Stated
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	o := opinion.Opinion{
		ID: s.ID, By: opinion.Author{Name: s.By.Name}, Date: s.Date, Diagnoses: s.Diagnoses, Options: s.Options,
		UrgencyDays: s.UrgencyDays, Missing: s.Missing, Answers: s.Answers, Aims: s.Aims, Plain: told.Summary,
	}
	for _, x := range s.Tests {
		o.Tests = append(o.Tests, opinion.FurtherTest{What: x})
	}
	for _, x := range s.ReliedOn {
		o.ReliedOn = append(o.ReliedOn, opinion.Record{What: x})
	}
	return o
}

func page(s *webtest.Site, id casefile.ID) string {
	return html.UnescapeString(s.Get("/case/" + string(id) + "/compare").Body)
}

func has(t *testing.T, page string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// read presses "I have read this" on a page as it was shown.
func read(s *webtest.Site, id casefile.ID, page string) webtest.Answer {
	form := url.Values{}
	for _, name := range []string{"version", "of"} {
		m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
		form.Set(name, m[1])
	}
	return s.Post("/case/"+string(id)+"/compare", form)
}

// The back pain example: the same diagnosis, the same pictures, surgery against a way
// that is less invasive, each with what it rests on, and no word on who is right.
func TestTheBackPainExampleStandsSideBySide(t *testing.T) {
	s, id, c := begin(t, "walter-brandt")
	p := page(s, id)
	has(t, p, "Arthur Adler", "Beatrice Boone", "They agree on what it is.", "They advise different treatments.",
		c.Opinions[0].Options[0].Text, c.Opinions[1].Options[0].Text, "Fairbank, BMJ 2005",
		"A structural fix: mechanical stabilization", "A third opinion", "Ask Arthur Adler", "Ask Beatrice Boone", "We do not say who is right")
	// Her list was for Dr. Boone: Dr. Adler is not blamed for it, and only q6 is open.
	has(t, p, c.Questions[5].Text, "Beatrice Boone has not answered this.")
	if strings.Contains(p, "something new") {
		t.Error("both read the same pictures: nothing was new")
	}
	if strings.Contains(p, "Arthur Adler has not answered this.") {
		t.Error("the first doctor is blamed for questions that were written for the second")
	}
}

func TestAThirdOpinionIsPaidForByThePlanOfTheCase(t *testing.T) {
	s, id, c := begin(t, "walter-brandt")
	has(t, page(s, id), "We can’t tell if your plan pays.")
	var in map[string]any
	if err := json.Unmarshal(c.Coverage, &in); err != nil {
		t.Fatal(err)
	}
	who := s.Who
	if err := s.Store.Apply(t.Context(), casefile.Change{Case: id, By: who, At: s.Now(), Verb: "test", Drafts: []casefile.Draft{{Ref: casefile.Ref{Kind: "coverage"}, Body: map[string]any{"input": in}}}}); err != nil {
		t.Fatal(err)
	}
	has(t, page(s, id), "Your plan helps pay for it.", "MED-02")
}

func TestAgreeingOpinionsAskForNoThird(t *testing.T) {
	s, id, c := begin(t, "walter-brandt")
	same := written(t, c.Opinions[0])
	same.ID, same.By.Name = "second", "Beatrice Boone"
	if err := s.House.WriteOpinion(t.Context(), s.Who, s.Case(id), same, 1); err != nil {
		t.Fatal(err)
	}
	p := page(s, id)
	has(t, p, "They agree on what it is.", "They advise the same treatment.")
	if strings.Contains(p, "A third opinion") {
		t.Error("a third opinion is suggested where the two agree")
	}
}

func TestBreastCancerAgreesOnTheTissueAndDiffersOnTheOperation(t *testing.T) {
	s, id, c := begin(t, "ruth-alvarez")
	has(t, page(s, id), "They agree on what it is.", "They advise different treatments.", "NSABP B-06", "TAILORx",
		c.Questions[6].Text, "Judith Sorensen has not answered this.")
}

func TestReadingIsSavedOnceAndGoesStaleWhenAnOpinionChanges(t *testing.T) {
	s, id, c := begin(t, "walter-brandt")
	before := page(s, id)
	if got := journey.Stands(s.Case(id), "compare"); got != journey.Ready {
		t.Fatalf("looking alone made the step %s", got)
	}
	if a := read(s, id, before); a.Status != http.StatusSeeOther || a.Location() != "/case/"+string(id)+"/decide" {
		t.Fatalf("%d %s", a.Status, a.Location())
	}
	kept, version, err := casefile.Read[opinion.Comparison](s.Case(id), opinion.ComparisonRef)
	if err != nil || version != 1 || len(kept.Of) != 2 || kept.Answer.Pairs[0].Management != "different" || kept.On != "2026-11-22" {
		t.Fatalf("version %d %+v %v", version, kept, err)
	}
	if got := journey.Stands(s.Case(id), "compare"); got != journey.Done {
		t.Errorf("the step stands %s", got)
	}
	has(t, page(s, id), "You read this on November 22, 2026", "Go on to your decision")

	s.Pass(1e9)
	shown := page(s, id)
	o := written(t, c.Opinions[1])
	o.Options = o.Options[:1]
	if err := s.House.WriteOpinion(t.Context(), s.Who, s.Case(id), o, 1); err != nil {
		t.Fatal(err)
	}
	if got := journey.Stands(s.Case(id), "compare"); got != journey.Again {
		t.Errorf("the step stands %s after an opinion changed", got)
	}
	has(t, page(s, id), "An opinion has changed since you read this", "I have read this")
	// A page from before the change says nothing of what there is now.
	a := read(s, id, shown)
	if a.Status != http.StatusConflict {
		t.Errorf("a comparison that nobody has seen was saved as read: %d", a.Status)
	}
	has(t, html.UnescapeString(a.Body), "An opinion was changed while you were reading")
	if a := read(s, id, page(s, id)); a.Status != http.StatusSeeOther {
		t.Errorf("%d", a.Status)
	}
}

// The letter before the decision asks each doctor about the exact points.
func TestEachDoctorCanBeAskedByLetter(t *testing.T) {
	s, id, c := begin(t, "walter-brandt")
	for to, other := range map[string]string{"first": "Beatrice Boone", "second": "Arthur Adler"} {
		has(t, page(s, id), "/compare/ask/"+to)
		shown := html.UnescapeString(s.Get("/case/" + string(id) + "/compare/ask/" + to).Body)
		has(t, shown, other, "What in my case makes you prefer that as the first step?", "/compare/ask/"+to+"?as=pdf")
		a := s.Get("/case/" + string(id) + "/compare/ask/" + to + "?as=pdf")
		if a.Status != http.StatusOK || a.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(a.Body, "%PDF-") {
			t.Fatalf("%s: %d", to, a.Status)
		}
		l, err := s.House.AskLetter(s.Case(id), to, "en")
		if err != nil {
			t.Fatal(err)
		}
		has(t, l.Text(), c.Profile.Patient.Name, other, "What in my case makes you prefer that as the first step?", c.Opinions[0].Options[0].Text)
		if strings.Contains(l.Text(), "I have decided") {
			t.Error("a letter before the decision speaks of one")
		}
	}
	for _, to := range []string{"third", "nobody", "third?as=pdf"} {
		if a := s.Get("/case/" + string(id) + "/compare/ask/" + to); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", to, a.Status)
		}
	}
}

// With a third opinion there is nothing more to suggest, and every pair is shown.
func TestThreeOpinionsStandSideBySide(t *testing.T) {
	s, id, c := begin(t, "walter-brandt")
	third := written(t, c.Opinions[1])
	third.ID, third.By.Name, third.Answers = "third", "Ngozi Achebe", nil
	if err := s.House.WriteOpinion(t.Context(), s.Who, s.Case(id), third, 0); err != nil {
		t.Fatal(err)
	}
	p := page(s, id)
	has(t, p, "Arthur Adler and Ngozi Achebe", "Beatrice Boone and Ngozi Achebe", "/compare/ask/third")
	if strings.Contains(p, "A third opinion") || strings.Contains(p, "Ngozi Achebe has not answered this.") {
		t.Error("a fourth is suggested, or the third doctor is blamed for questions nobody marked")
	}
}

func TestTheSpanishPageIsSpanish(t *testing.T) {
	s, id, _ := begin(t, "walter-brandt")
	a := s.GetIn("es", "/case/"+string(id)+"/compare")
	p := html.UnescapeString(a.Body)
	has(t, p, "Las opiniones lado a lado", "Están de acuerdo en qué es.", "Pregunte a Arthur Adler")
	if strings.Contains(p, "⟦") {
		t.Error("a word is missing")
	}
}

func TestOneOpinionCannotBeCompared(t *testing.T) {
	s := webtest.New(t, step.Step)
	id := s.NewCase(someone(t))
	if a := s.Get("/case/" + string(id) + "/compare"); a.Status != http.StatusSeeOther {
		t.Errorf("%d", a.Status)
	}
}

func someone(t *testing.T) casefile.Profile {
	t.Helper()
	c, err := people.Cast()[0].Case("en")
	if err != nil {
		t.Fatal(err)
	}
	return c.Profile
}
