package opinion_test

import (
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"consilium/internal/casefile"
	core "consilium/internal/opinion"
	"consilium/internal/questions"
	step "consilium/internal/web/patient/opinion"
	"consilium/internal/web/webtest"
	"consilium/people"
)

// story gives what one of the cast tells, in English.
func story(t *testing.T, folder string) people.Case {
	t.Helper()
	for _, p := range people.Cast() {
		if p.Folder == folder {
			c, err := p.Case("en")
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
	}
	t.Fatalf("there is no %s", folder)
	return people.Case{}
}

// typed is an opinion of the cast as a person types it into the form.
func typed(o people.Opinion) url.Values {
	f := url.Values{"version": {"0"}, "by.name": {o.By.Name}, "plain": {o.Summary}, "urgency_days": {strconv.Itoa(o.UrgencyDays)}}
	day := strings.Split(o.Date, "-")
	f.Set("date-year", day[0])
	f.Set("date-month", day[1])
	f.Set("date-day", day[2])
	for i, d := range o.Diagnoses {
		p := "diagnoses[" + strconv.Itoa(i) + "]."
		f.Set(p+"text", d.Text)
		f.Set(p+"icd10", d.ICD10)
		f.Set(p+"certainty", d.Certainty)
		f.Set(p+"stage", d.Stage)
	}
	for i, x := range o.Options {
		p := "options[" + strconv.Itoa(i) + "]."
		f.Set(p+"text", x.Text)
		f.Set(p+"kind", x.Kind)
		f.Set(p+"recommended", map[bool]string{true: "yes", false: "no"}[x.Recommended])
		f.Set(p+"benefits", strings.Join(x.Benefits, "\r\n"))
		f.Set(p+"harms", strings.Join(x.Harms, "\r\n"))
		for _, e := range x.Evidence {
			key := p + "evidence." + e.Kind
			f.Set(key, f.Get(key)+"\r\n"+e.Text)
		}
	}
	for i, x := range o.Tests {
		f.Set("tests["+strconv.Itoa(i)+"].what", x)
	}
	f.Set("relied_on", strings.Join(o.ReliedOn, "\r\n"))
	f.Set("missing", strings.Join(o.Missing, "\r\n"))
	f.Set("aims", strings.Join(o.Aims, "\r\n"))
	return f
}

func begin(t *testing.T, folder string) (*webtest.Site, casefile.ID, people.Case) {
	t.Helper()
	c := story(t, folder)
	s := webtest.New(t, step.Step)
	return s, s.NewCase(c.Profile), c
}

func opinions(t *testing.T, s *webtest.Site, id casefile.ID) []core.Opinion {
	t.Helper()
	all, err := core.All(s.Case(id))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// handIn puts a file into the case and gives its address.
func handIn(t *testing.T, s *webtest.Site, id casefile.ID, name, body string) string {
	t.Helper()
	u, err := s.House.StartUpload(t.Context(), s.Who, s.Case(id), name, int64(len(body)))
	if err == nil {
		_, err = s.House.AppendUpload(t.Context(), s.Who, s.Case(id), u.ID, 0, strings.NewReader(body))
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.House.FinishUpload(t.Context(), s.Who, s.Case(id), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	return r.SHA256
}

// What was typed is what a comparison is made of: nothing of it is lost on the way
// through the form.
func TestOpinionsOfTheCastGoThroughTheFormWhole(t *testing.T) {
	for _, folder := range []string{"walter-brandt", "ruth-alvarez"} {
		t.Run(folder, func(t *testing.T) {
			s, id, c := begin(t, folder)
			home := "/case/" + string(id)
			for i, path := range []string{"/opinion/first", "/opinion/write/new"} {
				page := s.Get(home + path)
				if page.Status != http.StatusOK {
					t.Fatalf("%s: %d", path, page.Status)
				}
				if a := s.Post(home+path, typed(c.Opinions[i])); a.Status != http.StatusSeeOther {
					t.Fatalf("%s: %d %s", path, a.Status, a.Body)
				}
			}
			for i, o := range opinions(t, s, id) {
				want := c.Opinions[i]
				got := o.Stated()
				if o.ID != want.ID || got.By.Name != want.By.Name || got.Date != want.Date || *got.UrgencyDays != want.UrgencyDays || o.Plain != want.Summary {
					t.Errorf("%s is not as it was typed: %+v", want.ID, o)
				}
				for j, d := range want.Diagnoses {
					if g := got.Diagnoses[j]; g.Text != d.Text || g.ICD10 != d.ICD10 || g.Certainty != d.Certainty || g.Stage != d.Stage {
						t.Errorf("%s: diagnosis %+v, want %+v", want.ID, g, d)
					}
				}
				for j, x := range want.Options {
					g := got.Options[j]
					if g.Text != x.Text || g.Kind != x.Kind || g.Recommended == nil || *g.Recommended != x.Recommended ||
						strings.Join(g.Benefits, "|") != strings.Join(x.Benefits, "|") || strings.Join(g.Harms, "|") != strings.Join(x.Harms, "|") || len(g.Evidence) != len(x.Evidence) {
						t.Errorf("%s: option %+v, want %+v", want.ID, g, x)
					}
				}
				if strings.Join(got.Tests, "|") != strings.Join(want.Tests, "|") || strings.Join(got.Missing, "|") != strings.Join(want.Missing, "|") ||
					strings.Join(got.Aims, "|") != strings.Join(want.Aims, "|") || len(got.ReliedOn) != len(want.ReliedOn) {
					t.Errorf("%s: lists are not as they were typed: %+v", want.ID, got)
				}
			}
			page := html.UnescapeString(s.Get(home + "/opinion").Body)
			for _, want := range []string{c.Opinions[0].By.Name, c.Opinions[1].By.Name, c.Opinions[1].Summary[:40], home + "/compare"} {
				if !strings.Contains(page, want) {
					t.Errorf("the overview lacks %q", want)
				}
			}
		})
	}
}

func TestTheFirstOpinionBeginsWithWhatTheCaseKnows(t *testing.T) {
	s, id, c := begin(t, "walter-brandt")
	page := s.Get("/case/" + string(id) + "/opinion/first").Body
	for _, want := range []string{c.Profile.FirstDoctor.Name, c.Profile.Diagnosis.Text, c.Profile.Treatment} {
		if !strings.Contains(page, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	if len(opinions(t, s, id)) != 0 {
		t.Error("looking at the form saved something")
	}
}

func TestAddingARowLosesNothingAndSavesNothing(t *testing.T) {
	s, id, c := begin(t, "walter-brandt")
	form := typed(c.Opinions[1])
	form.Set("add", "options")
	a := s.Post("/case/"+string(id)+"/opinion/write/new", form)
	if a.Status != http.StatusOK {
		t.Fatalf("%d", a.Status)
	}
	for _, want := range []string{`name="options[2].text"`, "Fairbank, BMJ 2005", "Bending (flexion-extension) X-rays", c.Opinions[1].By.Name} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	if len(opinions(t, s, id)) != 0 {
		t.Error("a row more saved the opinion")
	}
}

func TestWrongFieldsAreNamedAtOnceAndWhatWasTypedIsKept(t *testing.T) {
	s, id, _ := begin(t, "walter-brandt")
	form := url.Values{
		"version": {"0"}, "date-month": {"13"}, "date-day": {"1"}, "date-year": {"2026"}, "urgency_days": {"soon"},
		"diagnoses[0].text": {""}, "diagnoses[1].text": {"Worn discs"}, "diagnoses[1].icd10": {"12"},
		"options[3].harms": {"Takes months"},
	}
	a := s.Post("/case/"+string(id)+"/opinion/write/new", form)
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("%d", a.Status)
	}
	for _, field := range []string{"by.name", "date", "urgency_days", "diagnoses-0-.icd10", "options-0-.text"} {
		if !strings.Contains(a.Body, `href="#f-`+field+`"`) {
			t.Errorf("nothing leads to the wrong field %s", field)
		}
	}
	for _, want := range []string{`value="13"`, `value="soon"`, "Worn discs", "Takes months"} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("%q was lost", want)
		}
	}
}

func TestAnOpinionThatSaysNothingIsToldWhatIsNeeded(t *testing.T) {
	s, id, _ := begin(t, "walter-brandt")
	a := s.Post("/case/"+string(id)+"/opinion/write/new", url.Values{"version": {"0"}, "by.name": {"Beatrice Boone"}})
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `href="#f-diagnoses-0-.text"`) || !strings.Contains(a.Body, `id="f-diagnoses-0-.text"`) || !strings.Contains(a.Body, "pick a document") {
		t.Errorf("%d: nothing leads to where something could be said", a.Status)
	}
}

func TestAStaleSaveIsAConflictAndLosesNothing(t *testing.T) {
	s, id, c := begin(t, "walter-brandt")
	path := "/case/" + string(id) + "/opinion/write/second"
	first := typed(c.Opinions[1])
	if a := s.Post(path, first); a.Status != http.StatusSeeOther {
		t.Fatalf("%d", a.Status)
	}
	late := typed(c.Opinions[1])
	late.Set("by.specialty", "Pain medicine of the spine")
	a := s.Post(path, late)
	if a.Status != http.StatusConflict {
		t.Fatalf("%d", a.Status)
	}
	for _, want := range []string{"This page was changed somewhere else", "Pain medicine of the spine", `name="version" value="1"`} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestAnOpinionMayBeADocumentAndASummary(t *testing.T) {
	s, id, c := begin(t, "walter-brandt")
	path := "/case/" + string(id) + "/opinion/write/new"
	form := url.Values{"version": {"0"}, "by.name": {"Beatrice Boone"}, "upload.sha256": {strings.Repeat("a", 64)}, "upload.summary": {"Exercise first."}}
	if a := s.Post(path, form); a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("a file that is not in the case was taken: %d", a.Status)
	}
	sha := handIn(t, s, id, "boone-letter.pdf", "%PDF-1.4 a letter")
	if page := s.Get(path).Body; !strings.Contains(page, "boone-letter.pdf") {
		t.Error("the file cannot be chosen")
	}
	form.Set("upload.sha256", sha)
	if a := s.Post(path, form); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	o := opinions(t, s, id)[0]
	if o.Upload.Name != "boone-letter.pdf" || o.Upload.By != c.Profile.Patient.Name || o.Upload.Summary != "Exercise first." {
		t.Errorf("%+v", o.Upload)
	}
}

func TestOpenQuestionsStayToBeAskedAgain(t *testing.T) {
	s, id, c := begin(t, "walter-brandt")
	home := "/case/" + string(id)
	list := questions.List{}
	var err error
	for _, q := range c.Questions {
		if list, err = list.Add(q.Text, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.House.AskQuestions(t.Context(), s.Who, s.Case(id), list, 0); err != nil {
		t.Fatal(err)
	}
	if a := s.Post(home+"/opinion/write/second", typed(c.Opinions[1])); a.Status != http.StatusSeeOther {
		t.Fatalf("%d", a.Status)
	}
	ids := list.IDs()
	form := url.Values{"version": {"1"}, "outcome-" + ids[0]: {"answered"}, "text-" + ids[0]: {c.Opinions[1].Answers[0].Text}, "outcome-" + ids[1]: {"partly"}}
	if a := s.Post(home+"/opinion/answers/second", form); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	page := s.Get(home + "/opinion").Body
	if !strings.Contains(page, "Questions fully answered: 1 of 6") || !strings.Contains(page, "Still open, to ask again") || !strings.Contains(page, c.Questions[1].Text) {
		t.Error("the overview does not say what is still open")
	}
	// Writing the opinion again must not take the marks away.
	again := typed(c.Opinions[1])
	again.Set("version", "2")
	if a := s.Post(home+"/opinion/write/second", again); a.Status != http.StatusSeeOther {
		t.Fatalf("%d", a.Status)
	}
	if o := opinions(t, s, id)[0]; len(o.Answers) != 2 || o.Outcome(ids[1]) != "partly" {
		t.Errorf("the marks are gone: %+v", o.Answers)
	}
	if a := s.Post(home+"/opinion/answers/second", url.Values{"version": {"3"}, "outcome-" + ids[2]: {"maybe"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `href="#f-outcome-`+ids[2]+`"`) {
		t.Errorf("an unknown mark was taken: %d", a.Status)
	}
}

func TestTheSpanishPagesAreSpanish(t *testing.T) {
	s, id, _ := begin(t, "ruth-alvarez")
	for path, want := range map[string]string{"": "Lo que dice cada médico", "/first": "La opinión del primer médico", "/write/new": "La tengo en un documento"} {
		a := s.GetIn("es", "/case/"+string(id)+"/opinion"+path)
		if a.Status != http.StatusOK || !strings.Contains(a.Body, want) || strings.Contains(a.Body, "⟦") {
			t.Errorf("%s: %d lacks %q, or a word is missing", path, a.Status, want)
		}
	}
}

func TestAnOpinionThatNobodyCanNameIsNotFound(t *testing.T) {
	s, id, _ := begin(t, "ruth-alvarez")
	for _, path := range []string{"/opinion/write/third", "/opinion/write/tenth", "/opinion/answers/second"} {
		if a := s.Get("/case/" + string(id) + path); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.Status)
		}
	}
}
