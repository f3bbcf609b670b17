package expert_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/coverage"
	core "consilium/internal/expert"
	"consilium/internal/letters"
	"consilium/internal/web/webtest"
)

// told saves what kind of plan the patient has.
func told(t *testing.T, s *webtest.Site, id casefile.ID, plan coverage.Plan) {
	t.Helper()
	if _, err := s.House.CheckCoverage(t.Context(), s.Who, s.Case(id), coverage.Input{Plan: plan}, 0); err != nil {
		t.Fatal(err)
	}
}

func TestTheWayThatFitsThePlanStandsFirst(t *testing.T) {
	s, id, at := visit(t)
	if w := webtest.Words(s.Get(at + "/routes").Body); !strings.Contains(w, "Tell us about your plan") || strings.Contains(w, "Your plan wants a referral") {
		t.Fatalf("%.1500s", w)
	}
	told(t, s, id, coverage.Plan{Kind: "hmo", Funding: "insured", SitusState: "CA"})
	w := webtest.Words(s.Get(at + "/routes").Body)
	doctor, center := strings.Index(w, "Ask your own doctor"), strings.Index(w, "Look at teaching hospitals")
	if !strings.Contains(w, "Your plan wants a referral, and your doctor can write one") || doctor < 0 || doctor > center {
		t.Fatalf("%.1500s", w)
	}
}

func TestPlacesToLookFitTheIllness(t *testing.T) {
	s, _, at := visit(t)
	w := webtest.Words(s.Get(at + "/routes").Body)
	for _, want := range []string{"American Society of Clinical Oncology", "Susan G. Komen", "komen.org", "designated cancer centers", "Your state medical board"} {
		if !strings.Contains(w, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(w, "American College of Cardiology") {
		t.Error("a list of heart doctors for a breast cancer")
	}
}

func TestEveryProgrammeIsOnThePageOnceWithYesNoOrAsk(t *testing.T) {
	s, _, at := visit(t)
	a := s.Get(at + "/programmes")
	for _, id := range []string{"danafarber", "cleveland", "ucsf", "secondopinion", "providence", "alight"} {
		if n := strings.Count(a.Body, at+"/programme/"+id+`"`); n != 1 {
			t.Errorf("%s is there %d times", id, n)
		}
	}
	w := webtest.Words(a.Body)
	for _, want := range []string{"$2,400", "5 to 7 business days", "November 2026", "From 2015", "It does not take breast cancer"} {
		if !strings.Contains(w, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestAnAnswerSettlesWhatWasOpen(t *testing.T) {
	s, id, at := visit(t)
	before := webtest.Words(s.Get(at + "/programme/danafarber").Body)
	if !strings.Contains(before, "if you are in the hospital") || !strings.Contains(before, "Something is still open") {
		t.Fatalf("%.900s", before)
	}
	if a := s.Post(at+"/programmes", url.Values{"version": {"0"}, "in_hospital": {"no"}, "signs": {"no"}, "member": {"to_confirm"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d: %s", a.Status, webtest.Words(a.Body))
	}
	kept, _, err := casefile.Read[core.RouteAnswers](s.Case(id), core.RoutesRef)
	if err != nil || kept.Signs != core.No || kept.Member != core.ToConfirm || kept.Lawsuit != "" {
		t.Fatalf("%+v %v", kept, err)
	}
	if w := webtest.Words(s.Get(at + "/programme/danafarber").Body); !strings.Contains(w, "it would take you") || strings.Contains(w, "still need") {
		t.Fatalf("%.900s", w)
	}
	if w := webtest.Words(s.Get(at + "/programme/mgb").Body); !strings.Contains(w, "it would not take you") || !strings.Contains(w, "Your own doctor must take part") {
		t.Fatalf("%.900s", w)
	}
}

func TestWhatIsMissingLeadsToThePageThatAsksForIt(t *testing.T) {
	s, _, at := visit(t)
	home := strings.TrimSuffix(at, "/expert")
	for programme, page := range map[string]string{"danafarber": at + "/programmes", "northwestern": "", "msk": home + "/need"} {
		body := s.Get(at + "/programme/" + programme).Body
		body = body[strings.Index(body, "<main"):]
		body = body[:strings.Index(body, `<dl class="summary"`)]
		if page != "" && !strings.Contains(body, `href="`+page+`"`) || page == "" && strings.Contains(body, "href=") {
			t.Errorf("%s: no way to %q", programme, page)
		}
	}
}

func TestAWrongAnswerIsNamedAndNothingIsSaved(t *testing.T) {
	s, id, at := visit(t)
	if a := s.Post(at+"/programmes", url.Values{"version": {"0"}, "signs": {"perhaps"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `href="#f-signs"`) {
		t.Fatalf("%d", a.Status)
	}
	if _, version, _ := casefile.Read[core.RouteAnswers](s.Case(id), core.RoutesRef); version != 0 {
		t.Fatal("it was saved")
	}
}

func TestTheOrderIsAsAsked(t *testing.T) {
	s, _, at := visit(t)
	order := func(path string, first, second string) {
		t.Helper()
		body := s.Get(path).Body
		a, b := strings.Index(body, "/programme/"+first+`"`), strings.Index(body, "/programme/"+second+`"`)
		if a < 0 || b < 0 || a > b {
			t.Errorf("%s: %s at %d, %s at %d", path, first, a, second, b)
		}
	}
	order(at+"/programmes?sort=price", "northwestern", "danafarber")
	order(at+"/programmes?sort=speed", "stanford", "cleveland")
	order(at+"/programmes?sort=nonsense", "secondopinion", "providence")
}

func TestAProgrammeThatIsNotThereIsNotFound(t *testing.T) {
	s, _, at := visit(t)
	if a := s.Get(at + "/programme/nobody"); a.Status != http.StatusNotFound {
		t.Fatalf("%d", a.Status)
	}
}

func TestTheReferralIsAskedForInALetterThatIsKept(t *testing.T) {
	s, id, at := visit(t)
	told(t, s, id, coverage.Plan{Kind: "hmo", Funding: "insured", SitusState: "MO"})
	w := webtest.Words(s.Get(at + "/referral").Body)
	for _, want := range []string{"Dear Dr. Elena Marsh", "Missouri", "That is called a grievance", "Please answer by November 29, 2026"} {
		if !strings.Contains(w, want) {
			t.Errorf("the page lacks %q: %s", want, w)
		}
	}
	form := url.Values{
		"version": {"0"}, "refused": {"yes"}, "asked-month": {"11"}, "asked-day": {"16"}, "asked-year": {"2026"}, "reasons": {"The surgery is large"},
		"reply_by-month": {"12"}, "reply_by-day": {"1"}, "reply_by-year": {"2026"}, "language": {"en"},
	}
	preview := url.Values{"preview": {"yes"}}
	for k, v := range form {
		preview[k] = v
	}
	if a := s.Post(at+"/referral", preview); a.Status != http.StatusOK || !strings.Contains(webtest.Words(a.Body), "and was told no") {
		t.Fatalf("%d: %.600s", a.Status, webtest.Words(a.Body))
	}
	if a := s.Post(at+"/referral", form); a.Status != http.StatusSeeOther {
		t.Fatalf("%d: %s", a.Status, webtest.Words(a.Body))
	}
	sent, _, err := casefile.Read[letters.Sent](s.Case(id), letters.Ref(actions.ForReferral))
	if err != nil || !sent.Refused || sent.Asked != "2026-11-16" || !strings.Contains(sent.Letter.Text(), "- The surgery is large") || !strings.Contains(sent.Letter.Text(), "Please answer by December 1, 2026.") {
		t.Fatalf("%+v %v", sent, err)
	}
	if a := s.Get(at + "/referral_pdf"); a.Status != http.StatusOK || !strings.HasPrefix(a.Body, "%PDF") {
		t.Fatalf("%d", a.Status)
	}
	if w := webtest.Words(s.Get(at + "/referral").Body); !strings.Contains(w, "Your letter is kept as of November 22, 2026") {
		t.Fatalf("%.600s", w)
	}
	if w := webtest.Words(s.Get(at + "/routes").Body); !strings.Contains(w, "Your doctor said no") {
		t.Fatalf("%.600s", w)
	}
}

func TestALetterWithWrongDaysKeepsWhatWasTyped(t *testing.T) {
	s, id, at := visit(t)
	for field, day := range map[string]string{"asked": "2027", "reply_by": "2025"} {
		a := s.Post(at+"/referral", url.Values{"version": {"0"}, "language": {"en"}, "reasons": {"a fresh look"}, field + "-month": {"3"}, field + "-day": {"4"}, field + "-year": {day}})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "a fresh look") || !strings.Contains(a.Body, `href="#f-`+field) {
			t.Errorf("%s: %d", field, a.Status)
		}
	}
	if _, version, _ := casefile.Read[letters.Sent](s.Case(id), letters.Ref(actions.ForReferral)); version != 0 {
		t.Fatal("it was kept")
	}
}

func TestALetterThatWasNeverKeptCannotBeTaken(t *testing.T) {
	s, _, at := visit(t)
	if a := s.Get(at + "/referral_pdf"); a.Status != http.StatusNotFound {
		t.Fatalf("%d", a.Status)
	}
}

func TestUnverifiedLawsAreNotNamedInTheLetter(t *testing.T) {
	s, id, _ := visit(t)
	told(t, s, id, coverage.Plan{Kind: "hmo", Funding: "insured", SitusState: "WA"})
	l, err := s.House.ReferralLetter(s.Case(id), actions.ReferralPosting{Terms: letters.Terms{Language: "en"}})
	if err != nil || strings.Contains(l.Text(), "RCW 48.43.515 (second-opinion clause)") {
		t.Fatalf("%v %s", err, l.Text())
	}
}

func TestTheOtherRoadsArePlainInBothLanguages(t *testing.T) {
	s, id, at := visit(t)
	for _, stage := range []string{"bare", "told"} {
		if stage == "told" {
			told(t, s, id, coverage.Plan{Kind: "hmo", Funding: "insured", SitusState: "CA"})
		}
		for _, lang := range []string{"en", "es"} {
			for _, page := range []string{"/routes", "/programmes", "/programmes?sort=speed", "/referral", "/programme/cleveland", "/programme/stanford", "/programme/secondmd", "/programme/ucsf"} {
				s.Plain(lang, at+page)
			}
		}
	}
}
