package decide_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/expert"
	"consilium/internal/journey"
	"consilium/internal/letters"
	"consilium/internal/opinion"
	step "consilium/internal/web/patient/decide"
	"consilium/internal/web/webtest"
	"consilium/people"
)

// begin opens a case in which one of the cast has both opinions and has read them
// side by side.
func begin(t *testing.T, folder string) (*webtest.Site, string, people.Case) {
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
		for i, x := range c.Candidates {
			candidate := expert.Candidate{Doctor: casefile.Doctor{Name: x.Name, Specialty: x.Specialty, Practice: x.Practice, Address: x.Address, Hospital: x.Hospital, Phone: x.Phone, NPI: x.NPI}}
			if _, err := s.House.ShortlistExpert(t.Context(), s.Who, s.Case(id), candidate, casefile.Version(i)); err != nil {
				t.Fatal(err)
			}
		}
		for _, told := range c.Opinions {
			b, err := told.MarshalCompare()
			if err != nil {
				t.Fatal(err)
			}
			var x opinion.Stated
			if err := json.Unmarshal(b, &x); err != nil {
				t.Fatal(err)
			}
			o := opinion.Opinion{ID: x.ID, By: opinion.Author{Name: x.By.Name}, Date: x.Date, Diagnoses: x.Diagnoses, Options: x.Options, UrgencyDays: x.UrgencyDays, Aims: x.Aims}
			for _, r := range x.ReliedOn {
				o.ReliedOn = append(o.ReliedOn, opinion.Record{What: r})
			}
			for _, r := range x.Tests {
				o.Tests = append(o.Tests, opinion.FurtherTest{What: r})
			}
			if err := s.House.WriteOpinion(t.Context(), s.Who, s.Case(id), o, 0); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.House.CompareOpinions(t.Context(), s.Who, s.Case(id), actions.Reading{Of: opinion.Now(s.Case(id)), Language: "en"}, 0); err != nil {
			t.Fatal(err)
		}
		return s, "/case/" + string(id), c
	}
	t.Fatalf("there is no %s", folder)
	return nil, "", people.Case{}
}

func caseOf(s *webtest.Site, home string) *casefile.Case {
	return s.Case(casefile.ID(strings.TrimPrefix(home, "/case/")))
}

func page(s *webtest.Site, path string) string { return html.UnescapeString(s.Get(path).Body) }

func has(t *testing.T, page string, wants ...string) {
	t.Helper()
	page = strings.Join(strings.Fields(page), " ")
	for _, want := range wants {
		if !strings.Contains(page, strings.Join(strings.Fields(want), " ")) {
			t.Errorf("%q is not there", want)
		}
	}
}

func done(t *testing.T, a webtest.Answer, to string) {
	t.Helper()
	if a.Status != http.StatusSeeOther || a.Location() != to {
		t.Fatalf("%d %s, want %s: %s", a.Status, a.Location(), to, a.Body)
	}
}

// version reads the version that a page's form was filled from.
func version(t *testing.T, page string) string {
	t.Helper()
	m := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page has no version")
	}
	return m[1]
}

func valuesOf(c people.Case) url.Values {
	f := url.Values{"version": {"0"}}
	for i, x := range c.Values {
		f.Set("values["+strconv.Itoa(i)+"].what", x.What)
		f.Set("values["+strconv.Itoa(i)+"].weight", strconv.Itoa(x.Weight))
	}
	return f
}

// text reads the words of a PDF.
func text(t *testing.T, pdf string) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("pdftotext is not here")
		}
		t.Skip("pdftotext is not here: install poppler-utils")
	}
	file := filepath.Join(t.TempDir(), "letter.pdf")
	if err := os.WriteFile(file, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-raw", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

// The whole step, as two of the cast walk it: what matters, the decision, the letters
// with the case's own facts, the end.
func TestTheCastDecidesAndTellsBothDoctors(t *testing.T) {
	for _, folder := range []string{"walter-brandt", "ruth-alvarez"} {
		t.Run(folder, func(t *testing.T) {
			s, home, c := begin(t, folder)
			done(t, s.Post(home+"/decide", valuesOf(c)), home+"/decide")
			if got := journey.Stands(caseOf(s, home), "decide"); got != journey.Ready {
				t.Errorf("weighing alone made the step %s", got)
			}
			p := page(s, home+"/decide")
			has(t, p, c.Values[0].What, c.Opinions[0].Options[0].Text, "I don’t know yet", "This is a picture, not an answer.")

			done(t, s.Post(home+"/decide/choice", url.Values{
				"version": {"1"}, "chosen": {"own"}, "own": {c.Decision.Choice}, "reasons": {c.Decision.Reasons}, "with": {"second"}, "certain-know_options": {"yes"},
			}), home+"/decide/letters")
			if got := journey.Stands(caseOf(s, home), "decide"); got != journey.Done {
				t.Errorf("the step stands %s", got)
			}
			for _, d := range caseOf(s, home).Due {
				if d.Key == "due.decision" {
					t.Error("the decision is still due")
				}
			}
			p = page(s, home+"/decide/letters")
			has(t, p, c.Decision.Choice, c.Profile.FirstDoctor.Practice, c.Candidates[0].Practice)
			if strings.Contains(p, "Consent: I agree") {
				t.Error("a letter gives a consent that nobody gave")
			}
			form := url.Values{"version": {"0"}, "language": {"en"}, "talk": {"yes"}, "send": {"MRI 2026-08-11"}, "addition-second": {"Please call my daughter first."}}
			form.Set("preview", "yes")
			a := s.Post(home+"/decide/letters", form)
			if a.Status != http.StatusOK || caseOf(s, home).Has(letters.Ref("first")) {
				t.Fatalf("the preview was saved or refused: %d", a.Status)
			}
			has(t, html.UnescapeString(a.Body), "Consent: I agree", "Please call my daughter first.")
			form.Del("preview")
			done(t, s.Post(home+"/decide/letters", form), home+"/decide/letters")
			has(t, page(s, home+"/decide/letters"), "Both letters were kept on November 22, 2026", home+"/decide/letter/first")

			for which, other := range map[string]string{"first": c.Opinions[1].By.Name, "second": c.Opinions[0].By.Name} {
				a := s.Get(home + "/decide/letter/" + which)
				if a.Status != http.StatusOK || a.Header.Get("Content-Type") != "application/pdf" {
					t.Fatalf("%s: %d %s", which, a.Status, a.Body)
				}
				letter := text(t, a.Body)
				has(t, letter, c.Profile.Patient.Name, other, c.Decision.Choice, c.Decision.Reasons[:60], "Consent: I agree that you and "+other,
					c.Opinions[0].Options[0].Text, "What I would like to ask you")
				if (which == "second") != strings.Contains(letter, "Please call my daughter first.") {
					t.Errorf("%s: what was added to one letter is not only there", which)
				}
			}
			has(t, text(t, s.Get(home+"/decide/letter/first").Body), "Please send "+c.Opinions[1].By.Name, "MRI 2026-08-11")
		})
	}
}

// What each choice means for what matters is drawn as the person judged it.
func TestWhatWasJudgedIsDrawnAndNothingIsAddedUp(t *testing.T) {
	s, home, c := begin(t, "walter-brandt")
	done(t, s.Post(home+"/decide", valuesOf(c)), home+"/decide")
	form := valuesOf(c)
	form.Set("version", "1")
	form.Set("values[0].fit.o1", "hurts")
	form.Set("values[0].fit.o2", "helps")
	done(t, s.Post(home+"/decide", form), home+"/decide")
	d, _, err := s.House.DecisionSoFar(caseOf(s, home))
	if err != nil || len(d.Fits) != 2 || d.Fits[0].How != "hurts" {
		t.Fatalf("%+v %v", d.Fits, err)
	}
	p := page(s, home+"/decide")
	if !strings.Contains(p, `class="lean lean-against"`) || !strings.Contains(p, `class="lean lean-for"`) {
		t.Error("what was judged is not drawn")
	}
	// An option that an opinion adds later is put beside, and what was judged stays.
	all, err := opinion.All(caseOf(s, home))
	if err != nil {
		t.Fatal(err)
	}
	second := all[1]
	second.Options = append([]opinion.Option{{Text: "Wait and watch", Kind: "observation"}}, second.Options...)
	if err := s.House.WriteOpinion(t.Context(), s.Who, caseOf(s, home), second, 1); err != nil {
		t.Fatal(err)
	}
	d, _, err = s.House.DecisionSoFar(caseOf(s, home))
	if err != nil || len(d.Options) != 3 || len(d.Fits) != 2 {
		t.Fatalf("%+v %v", d, err)
	}
	for _, o := range d.Options {
		if o.Text == "Wait and watch" && (o.ID == "o1" || o.ID == "o2") {
			t.Error("a new option took the place of one that was judged")
		}
	}
}

func TestWrongAnswersAreNamedAndKept(t *testing.T) {
	s, home, _ := begin(t, "walter-brandt")
	a := s.Post(home+"/decide", url.Values{"version": {"0"}, "values[1].what": {"Walk again"}, "values[2].what": {"walk again"}, "values[2].weight": {"4"}})
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("%d", a.Status)
	}
	has(t, html.UnescapeString(a.Body), `value="Walk again"`, `href="#f-values-0-.weight"`, "You wrote this twice.")
	a = s.Post(home+"/decide/choice", url.Values{"version": {"0"}, "chosen": {"own"}, "reasons": {"I want to walk."}})
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("%d", a.Status)
	}
	has(t, html.UnescapeString(a.Body), `href="#f-own"`, "I want to walk.")
	if a := s.Post(home+"/decide/choice", url.Values{"version": {"0"}, "reasons": {"I want to walk."}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `href="#f-chosen"`) {
		t.Errorf("a decision without a choice was taken: %d", a.Status)
	}
	if a := s.Post(home+"/decide/choice", url.Values{"version": {"0"}, "chosen": {"o9"}, "with": {"fifth"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a choice that is not on the table was taken: %d", a.Status)
	}
	choose(t, s, home)
	a = s.Post(home+"/decide/letters", url.Values{"version": {"0"}, "language": {"en"}, "talk_until-month": {"2"}, "talk_until-day": {"30"}, "talk_until-year": {"2027"}, "addition-first": {"My own words."}})
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("%d", a.Status)
	}
	has(t, html.UnescapeString(a.Body), `href="#f-talk_until"`, "My own words.")
}

func choose(t *testing.T, s *webtest.Site, home string) {
	t.Helper()
	done(t, s.Post(home+"/decide/choice", url.Values{"version": {version(t, page(s, home+"/decide/choice"))}, "chosen": {"o2"}, "with": {"second"}, "certain-know_harms": {"no"}}), home+"/decide/letters")
}

func TestAStaleSaveIsAConflict(t *testing.T) {
	s, home, c := begin(t, "walter-brandt")
	done(t, s.Post(home+"/decide", valuesOf(c)), home+"/decide")
	late := valuesOf(c)
	late.Set("values[0].what", "My late words")
	if a := s.Post(home+"/decide", late); a.Status != http.StatusConflict {
		t.Errorf("weighing: %d", a.Status)
	}
	a := s.Post(home+"/decide/choice", url.Values{"version": {"0"}, "chosen": {"o1"}, "reasons": {"My late words."}})
	if a.Status != http.StatusConflict {
		t.Errorf("choice: %d", a.Status)
	}
	has(t, html.UnescapeString(a.Body), "My late words.", "This page was changed somewhere else")
	choose(t, s, home)
	form := url.Values{"version": {"0"}, "language": {"en"}}
	done(t, s.Post(home+"/decide/letters", form), home+"/decide/letters")
	form.Set("addition-first", "My late words.")
	if a := s.Post(home+"/decide/letters", form); a.Status != http.StatusConflict {
		t.Errorf("letters: %d", a.Status)
	}
}

func TestLettersSayWhenTheyAreOutOfDate(t *testing.T) {
	s, home, _ := begin(t, "walter-brandt")
	if a := s.Get(home + "/decide/letters"); a.Location() != home+"/decide/choice" {
		t.Errorf("letters before a decision: %d %s", a.Status, a.Location())
	}
	choose(t, s, home)
	has(t, page(s, home+"/decide/letters"), "You were not sure about everything", "Do you know the good and the bad")
	if a := s.Get(home + "/decide/letter/first"); a.Status != http.StatusNotFound {
		t.Errorf("a letter that was not kept: %d", a.Status)
	}
	done(t, s.Post(home+"/decide/letters", url.Values{"version": {"0"}, "language": {"en"}}), home+"/decide/letters")
	kept := text(t, s.Get(home+"/decide/letter/first").Body)
	v := version(t, page(s, home+"/decide/choice"))
	done(t, s.Post(home+"/decide/choice", url.Values{"version": {v}, "chosen": {"o1"}, "with": {"first"}}), home+"/decide/letters")
	has(t, page(s, home+"/decide/letters"), "Something has changed since you kept these letters")
	if text(t, s.Get(home+"/decide/letter/first").Body) != kept {
		t.Error("a letter that was kept has changed by itself")
	}
}

func TestALetterInSpanishIsSpanish(t *testing.T) {
	s, home, _ := begin(t, "ruth-alvarez")
	choose(t, s, home)
	for _, path := range []string{"/decide", "/decide/choice", "/decide/letters", "/decide/close"} {
		a := s.GetIn("es", home+path)
		if a.Status != http.StatusOK || strings.Contains(a.Body, "⟦") || !strings.Contains(a.Body, `lang="es"`) {
			t.Errorf("%s: %d, or a word is missing", path, a.Status)
		}
	}
	done(t, s.Post(home+"/decide/letters", url.Values{"version": {"0"}, "language": {"es"}}), home+"/decide/letters")
	letter := text(t, s.Get(home+"/decide/letter/second").Body)
	has(t, letter, "Tratamiento", "Judith Sorensen")
	for _, not := range []string{"Treatment", "They differ", "Dear"} {
		if strings.Contains(letter, not) {
			t.Errorf("the Spanish letter says %q", not)
		}
	}
}

func TestAClosedCaseTakesNoNewWordAndOpensAgain(t *testing.T) {
	s, home, _ := begin(t, "walter-brandt")
	has(t, page(s, home+"/decide/close"), "You have not written down a decision.", "You have not kept letters")
	choose(t, s, home)
	if a := s.Post(home+"/decide/close", url.Values{"state": {"burned"}}); a.Status == http.StatusSeeOther {
		t.Error("a state that there is not was taken")
	}
	done(t, s.Post(home+"/decide/close", url.Values{"state": {"closed"}}), home)
	if caseOf(s, home).State != casefile.Closed {
		t.Fatal("the case is not closed")
	}
	for path, form := range map[string]url.Values{
		"/decide":         {"version": {"1"}, "values[0].what": {"x"}, "values[0].weight": {"1"}},
		"/decide/choice":  {"version": {"1"}, "chosen": {"o1"}},
		"/decide/letters": {"version": {"0"}, "language": {"en"}},
	} {
		a := s.Post(home+path, form)
		if a.Status != http.StatusForbidden || !strings.Contains(a.Body, "This case is closed") {
			t.Errorf("%s: a closed case took a new word: %d", path, a.Status)
		}
	}
	has(t, page(s, home+"/decide/choice"), "This case is closed. To change it, open it again from its overview.")
	has(t, page(s, home+"/decide/close"), "This case is closed", "Open it again")
	done(t, s.Post(home+"/decide/close", url.Values{"state": {"open"}}), home)
	choose(t, s, home)
}

func TestWhoMayOnlyLookCannotDecideOrClose(t *testing.T) {
	s, home, _ := begin(t, "walter-brandt")
	id := casefile.ID(strings.TrimPrefix(home, "/case/"))
	c := caseOf(s, home)
	ctx := t.Context()
	const stranger = "person000000000000stranger"
	if err := s.House.CloseCase(ctx, stranger, c, casefile.Closed); err == nil {
		t.Error("a stranger closed the case")
	}
	if err := s.House.Decide(ctx, stranger, c, actions.Choosing{Chosen: "o1"}, 0); err == nil {
		t.Error("a stranger decided")
	}
	if _, err := s.House.PrintLetter(ctx, stranger, c, "first"); err == nil {
		t.Error("a stranger took a letter away")
	}
	if got := s.Case(id); got.State != casefile.Open || got.Has(opinion.DecisionRef) {
		t.Error("something was written")
	}
}
