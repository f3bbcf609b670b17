package coverage_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	core "consilium/internal/coverage"
	"consilium/internal/expert"
	"consilium/internal/journey"
	"consilium/internal/letters"
	"consilium/internal/web/patient/coverage"
	"consilium/internal/web/webtest"
)

var ruth = casefile.Profile{
	Patient:     casefile.Patient{Name: "Ruth Alvarez", BirthDate: "1968-03-14", State: "CA"},
	Diagnosis:   casefile.Diagnosis{Text: "breast cancer", ICD10: "C50.911"},
	FirstDoctor: casefile.Doctor{Name: "Dr. Marsh"},
	DecideBy:    "2026-12-18",
}

type person struct {
	*webtest.Site
	t    *testing.T
	home string
	id   casefile.ID
}

func visit(t *testing.T, p casefile.Profile) person {
	t.Helper()
	s := webtest.New(t, coverage.Step)
	id := s.NewCase(p)
	return person{s, t, "/case/" + string(id), id}
}

// plan chooses a kind of plan.
func (p person) plan(kind string) {
	p.t.Helper()
	if a := p.Post(p.home+"/coverage/plan", url.Values{"plan": {kind}, "version": {p.version()}}); a.Status != http.StatusSeeOther {
		p.t.Fatalf("the plan was not taken: %d %s", a.Status, a.Body)
	}
}

func (p person) version() string {
	return map[casefile.Version]string{0: "0", 1: "1", 2: "2", 3: "3", 4: "4"}[p.Case(p.id).Version(core.Ref)]
}

// answer sends the questions, fields and values in turn, and opens the answer.
func (p person) answer(pairs ...string) webtest.Answer {
	p.t.Helper()
	form := url.Values{"version": {p.version()}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	a := p.Post(p.home+"/coverage", form)
	if a.Status != http.StatusSeeOther || a.Location() != p.home+"/coverage/answer" && a.Location() != p.home+"/coverage/more" {
		p.t.Fatalf("the answers were not taken: %d %s", a.Status, a.Body)
	}
	return p.Get(p.home + "/coverage/answer")
}

func (p person) saved() core.Saved {
	p.t.Helper()
	s, _, err := casefile.Read[core.Saved](p.Case(p.id), core.Ref)
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

// due is the due date of a key, "" for none.
func (p person) due(key string) string {
	for _, d := range p.Case(p.id).Due {
		if d.Key == key {
			return d.On
		}
	}
	return ""
}

func want(t *testing.T, a webtest.Answer, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(a.Body, w) {
			t.Errorf("the page (%d) lacks %q", a.Status, w)
		}
	}
}

func never(t *testing.T, a webtest.Answer, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(a.Body, w) {
			t.Errorf("the page has %q", w)
		}
	}
}

func TestAnHMOPatientInCaliforniaSeesWhatComesFirst(t *testing.T) {
	p := visit(t, ruth)
	if a := p.Get(p.home + "/coverage"); a.Location() != p.home+"/coverage/plan" {
		t.Fatalf("the kind of plan is not asked first: %d %s", a.Status, a.Location())
	}
	p.plan("hmo")
	if journey.Stands(p.Case(p.id), "coverage") != journey.Ready {
		t.Error("the step is done before the questions were shown")
	}
	a := p.answer("plan.funding", "insured", "plan.situs_state", "CA", "plan.hdhp", "no", "condition.cancer", "yes", "treatment.kind", "major_surgery", "expert.network", "in", "expert.format", "in_person")
	want(t, a, "Yes, your plan should pay", "Yes. Your main doctor must send you.", "Only doctors in the plan’s network",
		"1. Ask your main doctor for a referral", "get the approval number", "California law says", "Why we say this", "Rule STA-CA-1", "your first doctor" /* the treatment plan of */, "Before you book: two tracks", "Both parts are still open")
	if journey.Stands(p.Case(p.id), "coverage") != journey.Done {
		t.Error("the step is not done")
	}
	if p.due("due.decision") != "2026-12-18" || p.due("due.referral") == "" || p.due("due.referral") > "2026-12-18" || p.due("due.pre_authorization") == "" {
		t.Errorf("due: %v", p.Case(p.id).Due)
	}
	if card := regexp.MustCompile(`(?s)id="todo-referral".*?</section>`).FindString(a.Body); !strings.Contains(card, "Without the referral your plan may not pay.") {
		t.Error("the first step does not say why")
	}
	for _, d := range p.Case(p.id).Due {
		if strings.HasPrefix(p.Words.In("en").T(d.Key), "due.") {
			t.Errorf("no words for %s", d.Key)
		}
	}
	home := webtest.Words(p.Get(p.home).Body)
	if first, then := strings.Index(home, "Ask your main doctor for a referral"), strings.Index(home, "Ask the clinic for a price"); first < 0 || then < first {
		t.Errorf("the steps of one day stand in another order: %d %d", first, then)
	}
}

func TestOriginalMedicareWithMedigapNBeforeSurgery(t *testing.T) {
	walter := casefile.Profile{Patient: casefile.Patient{Name: "Walter Brandt", BirthDate: "1956-08-19", State: "OH"}, Diagnosis: casefile.Diagnosis{Text: "worn disc", ICD10: "M51.360"}}
	p := visit(t, walter)
	p.plan("medicare_original")
	a := p.Get(p.home + "/coverage")
	want(t, a, `name="plan.medigap"`, `name="expert.medicare"`)
	never(t, a, `name="plan.funding"`, `name="expert.network"`) // what does not matter is not asked
	a = p.answer("plan.medigap", "N", "treatment.kind", "major_surgery", "opinions.so_far", "1", "expert.medicare", "participating")
	want(t, a, "Yes, your plan should pay", "Medigap plan pays your 20 percent but for up to $20.00 a visit", "Ask the clinic if the doctor takes Medicare", "The deductible comes first")
	never(t, a, "Ask your main doctor for a referral")
}

func TestMedicaidManagedCareCostsNothing(t *testing.T) {
	p := visit(t, ruth)
	p.plan("medicaid_managed")
	want(t, p.answer(), "Yes, your plan should pay", "Nothing: $0")
}

func TestAnUnknownPlanIsNeverANo(t *testing.T) {
	p := visit(t, ruth)
	p.plan("unknown")
	a := p.answer()
	want(t, a, "We can’t tell yet if your plan pays", "That is not a no", "What we do not know yet", "What kind of plan do I have", "We do not know yet. Ask your plan.")
	never(t, a, "most likely not pay", "<dd>No</dd>")
	if s := p.saved(); s.Answer.Covered != "unknown" || s.Input.Plan.Kind != "" {
		t.Errorf("saved %s of kind %q", s.Answer.Covered, s.Input.Plan.Kind)
	}
	want(t, p.Get(p.home+"/coverage/plan"), `value="unknown" checked`)
}

func TestWithoutAPlanNothingMoreIsAsked(t *testing.T) {
	p := visit(t, ruth)
	a := p.Post(p.home+"/coverage/plan", url.Values{"plan": {"none"}, "version": {"0"}})
	if a.Location() != p.home+"/coverage/answer" {
		t.Fatalf("got %d %s", a.Status, a.Location())
	}
	want(t, p.Get(a.Location()), "You pay for this visit yourself", "The full price", "Ask the hospital for its form")
}

func TestThePlanMustBeNamedIfOnlyAsUnknown(t *testing.T) {
	p := visit(t, ruth)
	for _, kind := range []string{"", "gold", "HMO"} {
		if a := p.Post(p.home+"/coverage/plan", url.Values{"plan": {kind}, "version": {"0"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `href="#f-plan"`) || !strings.Contains(a.Body, `id="f-plan"`) {
			t.Errorf("%q: %d", kind, a.Status)
		}
	}
	if p.Case(p.id).Has(core.Ref) {
		t.Error("it was saved")
	}
}

func TestAWrongAnswerIsMarkedAndWhatWasTypedStays(t *testing.T) {
	p := visit(t, ruth)
	p.plan("hmo")
	a := p.Post(p.home+"/coverage", url.Values{"version": {"1"}, "plan.funding": {"insured"}, "plan.hdhp": {"maybe"}, "plan.situs_state": {"ZZ"}, "expert.network": {"in"}})
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("got %d", a.Status)
	}
	want(t, a, `href="#f-plan.hdhp"`, `href="#f-plan.situs_state"`, `value="insured" checked`, `value="in" checked`)
	if s := p.saved(); s.Asked || s.Input.Plan.HDHP != nil {
		t.Error("a wrong answer was saved")
	}
}

func TestMedigapWithMedicareAdvantageIsNamed(t *testing.T) {
	p := visit(t, ruth)
	p.plan("medicare_advantage_hmo")
	a := p.Post(p.home+"/coverage", url.Values{"version": {"1"}, "plan.medigap": {"G"}, "expert.network": {"in"}})
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("got %d", a.Status)
	}
	want(t, a, `href="#f-plan.medigap"`, "Medigap only works with Original Medicare", `value="G" selected`, `value="in" checked`)
}

func TestTwoOpinionsAreNeededToDiffer(t *testing.T) {
	p := visit(t, ruth)
	p.plan("medicare_original")
	a := p.Post(p.home+"/coverage", url.Values{"version": {"1"}, "opinions.so_far": {"1"}, "opinions.differ": {"yes"}})
	want(t, a, `href="#f-opinions.differ"`, "fewer than two opinions")
}

func TestAStaleSaveIsAConflictAndLosesNothing(t *testing.T) {
	p := visit(t, ruth)
	p.plan("hmo")
	p.answer("plan.funding", "insured")
	a := p.Post(p.home+"/coverage", url.Values{"version": {"1"}, "plan.funding": {"self_funded"}, "plan.hdhp": {"yes"}})
	if a.Status != http.StatusConflict {
		t.Fatalf("got %d", a.Status)
	}
	want(t, a, "changed somewhere else", `value="self_funded" checked`, `name="version" value="2"`)
	if p.saved().Input.Plan.Funding != "insured" {
		t.Error("the old tab won")
	}
	if a := p.Post(p.home+"/coverage/plan", url.Values{"version": {"1"}, "plan": {"ppo"}}); a.Status != http.StatusConflict || !strings.Contains(a.Body, `value="ppo" checked`) {
		t.Errorf("a stale plan: %d", a.Status)
	}
	if a := p.Post(p.home+"/coverage/answer", url.Values{"version": {"1"}, "done": {"referral"}}); a.Status != http.StatusConflict || len(p.saved().Done) > 0 {
		t.Errorf("a stale tick: %d", a.Status)
	}
}

func TestAnotherPlanDropsWhatDoesNotFitIt(t *testing.T) {
	p := visit(t, ruth)
	p.plan("medicare_original")
	p.answer("plan.medigap", "G", "treatment.kind", "major_surgery", "plan.requires_second_opinion", "yes")
	p.plan("medicare_advantage_ppo")
	p.plan("hmo")
	in := p.saved().Input
	if in.Plan.Medigap != "" || in.Treatment.Kind != "" || in.Plan.Requires == nil || in.Plan.Kind != "hmo" {
		t.Errorf("%+v", in)
	}
	if a := p.Get(p.home + "/coverage/answer"); a.Location() != p.home+"/coverage" {
		t.Errorf("the new plan's questions are not asked: %d %s", a.Status, a.Location())
	}
}

func TestWhatTheCaseKnowsIsFilledIn(t *testing.T) {
	p := visit(t, ruth)
	p.plan("hmo")
	a := p.Get(p.home + "/coverage")
	want(t, a, "We filled in what you told us before")
	if !regexp.MustCompile(`name="condition.cancer"[^>]*value="yes"[^>]*checked`).MatchString(a.Body) {
		t.Error("a code for cancer is not taken for cancer")
	}
	if regexp.MustCompile(`name="expert.network"[^>]*checked`).MatchString(a.Body) {
		t.Error("a network was made up")
	}
	p.answer("expert.format", "in_person")
	ctx := t.Context()
	id, err := p.House.ShortlistExpert(ctx, p.Who, p.Case(p.id), expert.Candidate{Doctor: casefile.Doctor{Name: "Dr. Wu"}, Criteria: expert.Criteria{Plan: expert.Yes}}, 0)
	if err == nil {
		err = p.House.ChooseExpert(ctx, p.Who, p.Case(p.id), id, 1)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`name="expert.network"[^>]*value="in"[^>]*checked`).MatchString(p.Get(p.home + "/coverage").Body) {
		t.Error("what the shortlist says of the network is not taken")
	}
}

func TestAStepThatIsDoneIsNotDueAndOpensTheVisit(t *testing.T) {
	p := visit(t, ruth)
	p.plan("hmo")
	want(t, p.answer(), "Please hold the visit")
	var all []string
	for _, s := range p.saved().Answer.Steps {
		all = append(all, s.ID)
	}
	if a := p.Post(p.home+"/coverage/answer", url.Values{"version": {p.version()}, "done": {"referral", "bake_a_cake"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d", a.Status)
	}
	if p.due("due.referral") != "" || p.due("due.network") == "" || p.due("due.decision") == "" {
		t.Errorf("due: %v", p.Case(p.id).Due)
	}
	if got := p.saved().Done; len(got) != 1 {
		t.Errorf("done: %v", got)
	}
	a := p.answer("plan.funding", "insured") // another answer keeps what is done
	if p.due("due.referral") != "" {
		t.Error("what is done is due again")
	}
	want(t, a, "Please hold the visit")
	p.Post(p.home+"/coverage/answer", url.Values{"version": {p.version()}, "done": all})
	want(t, p.Get(p.home+"/coverage/answer"), "All is ready. You can book and go to the visit.")
}

func TestWhatThePlanAsksForMustBeKnownBeforeTheVisit(t *testing.T) {
	p := visit(t, ruth)
	p.plan("unknown")
	p.answer()
	p.Post(p.home+"/coverage/answer", url.Values{"version": {p.version()}, "done": {"records", "estimate"}})
	want(t, p.Get(p.home+"/coverage/answer"), "Not known: ask the plan", "Please hold the visit", "Your plan’s part is behind.")
	call := func(said ...core.Spoken) {
		t.Helper()
		if _, err := p.House.RecordCall(t.Context(), p.Who, p.Case(p.id), core.Call{On: "2026-11-22", Person: "Dana", Reference: "R-7", Notes: "Nothing is needed.", Answers: said}); err != nil {
			t.Fatal(err)
		}
	}
	call() // a talk without these two answers settles nothing
	want(t, p.Get(p.home+"/coverage/answer"), "Not known: ask the plan")
	call(core.Spoken{Rule: "ASK-02", Question: "Do I need a referral?", Said: core.SaidYes}, core.Spoken{Rule: "ASK-11", Question: "Must you approve it?", Said: core.SaidUnsure})
	a := p.Get(p.home + "/coverage/answer")
	want(t, a, "Yes. Your main doctor must send you.", "1. Ask your main doctor for a referral", "Your plan told you that you need a referral", "They were not sure", "number R-7", "Not known: ask the plan")
	if p.due("due.referral") == "" {
		t.Error("what the plan asks for has no date")
	}
	call(core.Spoken{Rule: "ASK-02", Question: "Do I need a referral?", Said: core.SaidNo}, core.Spoken{Rule: "ASK-11", Question: "Must you approve it?", Said: core.SaidNo, Answer: "not for a talk"})
	a = p.Get(p.home + "/coverage/answer")
	want(t, a, "All is ready", "You have written down 3 calls so far.", "No. not for a talk")
	never(t, a, "Ask your main doctor for a referral")
	if p.due("due.referral") != "" {
		t.Error("what the plan does not ask for still has a date")
	}
}

func TestTwoTracksSayWhichIsBehind(t *testing.T) {
	p := visit(t, ruth)
	p.plan("hmo")
	p.answer()
	for _, c := range []struct {
		done []string
		says string
	}{
		{nil, "Both parts are still open."},
		{[]string{"records"}, "Your plan’s part is behind."},
		{[]string{"referral", "network", "pre_authorization"}, "Your records are behind."},
	} {
		p.Post(p.home+"/coverage/answer", url.Values{"version": {p.version()}, "done": c.done})
		want(t, p.Get(p.home+"/coverage/answer"), c.says, "Please hold the visit.")
	}
}

func TestWhatMattersOnlyAfterTheFirstAnswersIsAskedNext(t *testing.T) {
	p := visit(t, casefile.Profile{Patient: casefile.Patient{Name: "Ruth Alvarez", BirthDate: "1968-03-14", State: "CA"}, Diagnosis: casefile.Diagnosis{Text: "back pain", ICD10: "M54.50"}})
	p.plan("hmo")
	a := p.Post(p.home+"/coverage", url.Values{"version": {p.version()}, "plan.funding": {"insured"}, "plan.situs_state": {"CA"}, "condition.serious": {"no"}, "expert.network": {"in"}})
	if a.Location() != p.home+"/coverage/more" {
		t.Fatalf("led to %s", a.Location())
	}
	a = p.Get(p.home + "/coverage/more")
	want(t, a, `name="condition.unclear"`, `name="opinions.first_by"`, `name="plan.marketplace"`)
	never(t, a, `name="plan.church_or_government"`, `name="expert.directory_said_in"`, `name="treatment.cosmetic"`)
	never(t, p.Get(p.home+"/coverage"), `name="condition.unclear"`)
	a = p.Post(p.home+"/coverage/more", url.Values{"version": {p.version()}, "condition.unclear": {"perhaps"}, "opinions.first_by": {"pcp"}})
	want(t, a, `href="#f-condition.unclear"`, `value="pcp" checked`)
	a = p.Post(p.home+"/coverage/more", url.Values{"version": {p.version()}, "condition.unclear": {"yes"}, "opinions.first_by": {"pcp"}})
	if a.Location() != p.home+"/coverage/answer" {
		t.Fatalf("%d, led to %s", a.Status, a.Location())
	}
	want(t, p.Get(a.Location()), "Yes, your plan should pay", "a main doctor or specialist of the same medical group")
	// Another funding: the ground of California's law is not asked any more, nor kept.
	p.answer("plan.funding", "self_funded", "plan.situs_state", "CA", "expert.network", "in")
	if in := p.saved().Input; in.Condition.Unclear != nil || in.Opinions.FirstBy != "" {
		t.Errorf("kept what nobody can see: %+v", in)
	}
	want(t, p.Get(p.home+"/coverage/more"), `name="plan.church_or_government"`)
}

func TestTheVAIsAskedHowFarAndHowLong(t *testing.T) {
	p := visit(t, ruth)
	p.plan("va")
	a := p.Get(p.home + "/coverage")
	want(t, a, `name="va.care"`, `name="va.drive_minutes"`, `name="va.wait_days"`)
	never(t, a, `name="plan.funding"`, `name="expert.network"`, `name="plan.qmb"`)
	a = p.Post(p.home+"/coverage", url.Values{"version": {p.version()}, "va.care": {"specialty"}, "va.drive_minutes": {"an hour"}})
	want(t, a, `href="#f-va.drive_minutes"`, "Please write a number", `value="an hour"`)
	a = p.answer("va.care", "specialty", "va.drive_minutes", "75", "va.wait_days", "10")
	want(t, a, "so you may ask it to pay a doctor outside", "60 minutes", "have the VA approve the visit")
}

func TestATestHasItsOwnAnswerOfThePlanAndItsOwnDate(t *testing.T) {
	p := visit(t, ruth)
	p.plan("hmo")
	want(t, p.answer(), "Each test needs its own check.")
	a := p.Get(p.home + "/coverage/tests")
	want(t, a, "does not cover tests", "No tests yet")
	m := regexp.MustCompile(`/coverage/test/([a-z0-9]+)`).FindStringSubmatch(a.Body)
	if m == nil {
		t.Fatal("no way to add a test")
	}
	page := p.home + "/coverage/test/" + m[1]
	want(t, p.Get(page), "Must you approve this test first, apart from the visit?", "Do you pay for this test?", `value="not_asked" checked`)
	form := url.Values{"version": {"0"}, "name": {"MRI of the breast"}, "kind": {"imaging"}, "answer": {"not_asked"}, "need_by-month": {"1"}, "need_by-day": {"20"}, "need_by-year": {"2027"}}
	if a := p.Post(page, form); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d %s", a.Status, a.Body)
	}
	want(t, p.Get(p.home+"/coverage/tests"), "MRI of the breast", "Not asked yet", "Ask the plan before you have the test.", "December 29, 2026") // 15 days of the plan and a week
	if p.due("due.test_ask") != "2026-12-29" {
		t.Errorf("due: %v", p.Case(p.id).Due)
	}
	form.Set("version", "1")
	form.Set("answer", "approved")
	want(t, p.Post(page, form), `href="#f-number"`, "Please write the approval number", "MRI of the breast")
	form.Set("number", "A-100")
	form.Set("until-month", "1")
	form.Set("until-day", "10")
	form.Set("until-year", "2027")
	p.Post(page, form)
	want(t, p.Get(p.home+"/coverage/tests"), "Approval ends too early", "A-100")
	if p.due("due.test_ask") != "" {
		t.Error("an answered test is due still")
	}
	form.Set("version", "2")
	form.Set("until-month", "2")
	p.Post(page, form)
	a = p.Get(p.home + "/coverage/tests")
	want(t, a, "You can have the test.")
	never(t, a, "Approval ends too early")
	form.Set("number", "A-101")
	if a := p.Post(page, form); a.Status != http.StatusConflict {
		t.Errorf("a stale save: %d", a.Status)
	}
	if a := p.Get(p.home + "/coverage/test/x"); a.Status != http.StatusNotFound {
		t.Errorf("an id that is none: %d", a.Status)
	}
	if strings.Contains(p.Log(), "MRI") {
		t.Error("the log tells of the test")
	}
}

func TestTheFirstDoctorIsAskedForWhatThePlanWants(t *testing.T) {
	p := visit(t, ruth)
	p.plan("hmo")
	p.answer("plan.funding", "insured", "plan.situs_state", "CA", "condition.cancer", "yes", "treatment.kind", "major_surgery")
	want(t, p.Get(p.home+"/coverage/answer"), p.home+"/coverage/letter")
	page := p.home + "/coverage/letter"
	a := p.Get(page)
	want(t, a, "Dear Dr. Marsh:", "A referral to the second doctor, in writing", "to approve the visit", "Cal. Health &amp; Safety 1383.15", "your findings, the test results and the treatment you plan", "The list of medicines", "I hope to decide by December 18, 2026")
	form := url.Values{"version": {"0"}, "language": {"en"}, "reasons": {"It is a large step."}, "member": {"H-22"}, "addition": {"Thank you for calling me back."}, "preview": {"yes"}}
	want(t, p.Post(page, form), "- It is a large step."[2:], "Member ID of the plan: H-22.", "Thank you for calling me back.")
	if p.Case(p.id).Has(letters.Ref(actions.ForPlan)) {
		t.Error("a look was kept")
	}
	if a := p.Get(p.home + "/coverage/print"); a.Status != http.StatusNotFound {
		t.Errorf("a letter that nobody kept: %d", a.Status)
	}
	form.Del("preview")
	if a := p.Post(page, form); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d", a.Status)
	}
	want(t, p.Get(page), "You kept this letter on November 22, 2026")
	if a := p.Get(p.home + "/coverage/print"); a.Status != http.StatusOK || !strings.HasPrefix(a.Body, "%PDF") {
		t.Errorf("the letter is no PDF: %d", a.Status)
	}
	// What is done is not asked for any more, and what was kept says so.
	p.Post(p.home+"/coverage/answer", url.Values{"version": {p.version()}, "done": {"referral", "pre_authorization"}})
	a = p.Get(page)
	want(t, a, "What you kept reads otherwise now")
	never(t, a, "A referral to the second doctor, in writing")
	want(t, p.GetIn("es", page), "Carta a su primer médico")
}

func TestOnePartOfTheTwoIsNotEnoughForTheVisit(t *testing.T) {
	p := visit(t, ruth)
	p.plan("hmo")
	p.answer()
	for _, done := range [][]string{{"records"}, {"referral", "network", "pre_authorization"}} {
		p.Post(p.home+"/coverage/answer", url.Values{"version": {p.version()}, "done": done})
		want(t, p.Get(p.home+"/coverage/answer"), "Please hold the visit")
	}
}

func TestACallIsWrittenDownAndShown(t *testing.T) {
	p := visit(t, ruth)
	p.plan("hmo")
	p.answer()
	page := p.home + "/coverage/calls"
	a := p.Get(page)
	want(t, a, "Do you pay for a second opinion for my diagnosis?", "my name is Ruth Alvarez", "breast cancer", "December 18, 2026", `value="22"`, `name="rule-0" value="ASK-01"`)
	if n := strings.Count(a.Body, "reference number"); n != 1 {
		t.Errorf("the reference number is asked for %d times", n)
	}
	call := url.Values{
		"call": {hidden(t, a, "call")}, "person": {"Dana in member services"}, "on-month": {"11"}, "on-day": {"20"}, "on-year": {"2026"}, "reference": {"R-7781"},
		"ask-0": {hidden(t, a, "ask-0")}, "rule-0": {"ASK-01"}, "yes-no-0": {"yes"}, "said-0": {"yes"}, "answer-0": {"inside the network"}, "ask-1": {hidden(t, a, "ask-1")}, "answer-1": {""},
	}
	for range 2 { // sent twice, kept once
		if a := p.Post(page, call); a.Status != http.StatusSeeOther {
			t.Fatalf("got %d %s", a.Status, a.Body)
		}
	}
	call.Set("answer-0", "they changed their mind")
	call.Set("said-0", "no")
	call.Set("reference", "")
	p.Post(page, call) // the same form again, with something else in it
	a = p.Get(page)
	want(t, a, "Call on November 20, 2026", "Dana in member services", "R-7781", "Yes. inside the network", "No. they changed their mind", "They gave none")
	if calls, err := casefile.ReadAll[core.Call](p.Case(p.id), core.CallKind); err != nil || len(calls) != 2 || calls[0].Answers[0].Rule != "ASK-01" || calls[0].Answers[0].Said == "" {
		t.Errorf("kept without its id: %+v", calls)
	}
	call.Set("said-0", "maybe")
	if a := p.Post(page, call); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("an answer that is none: %d", a.Status)
	}
	if n := len(p.Case(p.id).Named(core.CallKind)); n != 2 {
		t.Errorf("%d calls are kept", n)
	}
	for _, d := range p.Case(p.id).Named(core.CallKind) {
		if d.Version != 1 {
			t.Error("a call was written over")
		}
	}
	if strings.Contains(p.Log(), "Dana") || strings.Contains(p.Log(), "R-7781") {
		t.Error("the log tells of the call")
	}
}

func TestBeforeThePlanIsKnownTheSheetAsksEverything(t *testing.T) {
	p := visit(t, ruth)
	want(t, p.Get(p.home+"/coverage/calls"), "Do you pay for a second opinion for my diagnosis?", "Do I need a referral, and from whom?")
}

func TestAWrongCallNamesItsFieldsAndKeepsTheAnswers(t *testing.T) {
	p := visit(t, ruth)
	p.plan("hmo")
	p.answer()
	page := p.home + "/coverage/calls"
	a := p.Post(page, url.Values{"person": {" "}, "on-month": {"11"}, "on-day": {"23"}, "on-year": {"2026"}, "ask-0": {"Do you pay?"}, "answer-0": {"They said yes"}})
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("got %d", a.Status)
	}
	want(t, a, `href="#f-person"`, `href="#f-on"`, "This date must be today or earlier.", "They said yes", `value="23"`)
	a = p.Post(page, url.Values{"person": {"Dana"}, "on-month": {"13"}, "on-day": {"1"}, "on-year": {"2026"}})
	want(t, a, "The month is missing or wrong", "at least one answer", `value="13"`)
	if len(p.Case(p.id).Named(core.CallKind)) != 0 {
		t.Error("a wrong call was kept")
	}
}

func TestTheStepSpeaksSpanish(t *testing.T) {
	p := visit(t, ruth)
	want(t, p.GetIn("es", p.home+"/coverage/plan"), "¿Qué tipo de plan de salud tiene?", "La tarjeta dice HMO")
	p.plan("hmo")
	want(t, p.GetIn("es", p.home+"/coverage"), "¿Quién paga las cuentas de este plan?")
	p.answer("plan.funding", "insured", "plan.situs_state", "CA", "condition.cancer", "yes")
	a := p.GetIn("es", p.home+"/coverage/answer")
	want(t, a, "Sí, su plan debe pagar", "Pida un referido a su médico principal", "La ley de California", "Antes de pedir la cita")
	never(t, a, "Ask your main doctor", "California law")
	want(t, p.GetIn("es", p.home+"/coverage/calls"), "¿Pagan una segunda opinión para mi diagnóstico?", "Hola, me llamo Ruth Alvarez")
}

func hidden(t *testing.T, a webtest.Answer, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(a.Body)
	if m == nil {
		t.Fatalf("no field %s", name)
	}
	return m[1]
}
