package cost

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/estimate"
	"consilium/internal/fault"
	"consilium/internal/web/webtest"
)

var ruth = casefile.Profile{
	Patient:   casefile.Patient{Name: "Ruth Alvarez", BirthDate: "1968-03-14", State: "CA"},
	Diagnosis: casefile.Diagnosis{Text: "breast cancer", ICD10: "C50.911"},
}

// payer is a person in a browser who asks for prices.
type payer struct {
	*webtest.Site
	home string
	id   casefile.ID
}

func paying(t *testing.T) payer {
	t.Helper()
	s := webtest.New(t, Step)
	id := s.NewCase(ruth)
	return payer{s, "/case/" + string(id), id}
}

// typed is a form of fields and values in turn; a value like 2026-11-05 of a field
// that ends in @ fills the three parts of a date.
func typed(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, isDate := strings.CutSuffix(pairs[i], "@")
		if !isDate {
			form.Add(name, pairs[i+1])
			continue
		}
		if d, err := time.Parse(time.DateOnly, pairs[i+1]); err == nil {
			form.Set(name+"-year", d.Format("2006"))
			form.Set(name+"-month", strconv.Itoa(int(d.Month())))
			form.Set(name+"-day", strconv.Itoa(d.Day()))
		}
	}
	return form
}

// ask saves what is asked for and gives the address of the estimate.
func (p payer) ask(pairs ...string) string {
	p.T.Helper()
	form := typed(append([]string{"stage", askStage, "paying", "no_insurance", "clinic", "University Hospital", "service", "second opinion visit"}, pairs...)...)
	a := p.Post(p.home+"/cost/estimate/new", form)
	if a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location(), p.home+"/cost/estimate/") {
		p.T.Fatalf("not asked: %d %s", a.Status, webtest.Words(a.Body))
	}
	return a.Location()
}

func (p payer) saved(at string) (estimate.Estimate, casefile.Version) {
	p.T.Helper()
	e, version, err := casefile.Read[estimate.Estimate](p.Case(p.id), estimate.Ref(at[strings.LastIndex(at, "/")+1:]))
	if err != nil {
		p.T.Fatal(err)
	}
	return e, version
}

// send posts one stage of an estimate from its newest version.
func (p payer) send(at, stage string, pairs ...string) webtest.Answer {
	p.T.Helper()
	_, version := p.saved(at)
	return p.Post(at, typed(append([]string{"stage", stage, "version", strconv.Itoa(int(version))}, pairs...)...))
}

func (p payer) must(a webtest.Answer, to string) {
	p.T.Helper()
	if a.Status != http.StatusSeeOther || a.Location() != to {
		p.T.Fatalf("%d to %s: %s", a.Status, a.Location(), webtest.Words(a.Body))
	}
}

// came writes down an estimate of two providers: 500 and 250.
func (p payer) came(at string) {
	p.T.Helper()
	p.must(p.send(at, cameStage, "received@", "2026-11-20", "p0", "University Hospital", "p0_l0_what", "visit", "p0_l0_code", "99204", "p0_l0_amount", "$300", "p0_l1_what", "room", "p0_l1_amount", "200.00",
		"p1", "Pathology Group", "p1_l0_amount", "250"), at)
}

func (p payer) bill(at, provider, on, total string) {
	p.T.Helper()
	e, _ := p.saved(at)
	id := otherProvider
	for _, x := range e.Providers {
		if x.Name == provider {
			id = x.ID
		}
	}
	p.must(p.send(at, billStage, "bill_provider", id, "bill_name", provider, "bill_on@", on, "bill_total", total), at)
}

func (p payer) due(key string) string {
	for _, d := range p.Case(p.id).Due {
		if d.Key == key {
			return d.On + " " + d.Page
		}
	}
	return ""
}

func (p payer) says(a webtest.Answer, words ...string) {
	p.T.Helper()
	for _, w := range words {
		if !strings.Contains(a.Body, w) {
			p.T.Errorf("the page (%d) lacks %q", a.Status, w)
		}
	}
}

func (p payer) silent(a webtest.Answer, words ...string) {
	p.T.Helper()
	for _, w := range words {
		if strings.Contains(a.Body, w) {
			p.T.Errorf("the page has %q", w)
		}
	}
}

func TestWhoAsksForAPriceSeesTheDayAndTheLetter(t *testing.T) {
	p := paying(t)
	p.says(p.Get(p.home+"/cost/estimates"), "You have not asked for a price yet")
	p.says(p.Get(p.home+"/cost/estimate/new"), "Visit for a second opinion")
	at := p.ask("asked@", "2026-11-20", "codes", "99204, 88321")
	a := p.Get(at)
	p.says(a, "Price from University Hospital", "Wait for the price", "due by November 25, 2026", "Rule GFE-03")
	if p.due("due.estimate_due") != "2026-11-25 cost.estimate" {
		t.Errorf("due: %v", p.Case(p.id).Due)
	}
	p.says(p.Get(p.home), "The written price should be here", `href="`+at+`"`)
	pdf := p.Get(at[:strings.LastIndex(at, "/estimate/")] + "/estimate_letter/" + at[strings.LastIndex(at, "/")+1:] + "/request/en")
	if pdf.Status != 200 || !strings.HasPrefix(pdf.Body, "%PDF-") || pdf.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("the letter: %d", pdf.Status)
	}
	p.Pass(5 * 24 * time.Hour)
	a = p.Get(at)
	p.says(a, "The price is late", "/reminder/en", "It has not come.")
	p.says(p.Get(p.home+"/cost/estimates"), "University Hospital", "The price is late", "Overdue")
}

func TestWithInsuranceThePlanIsToBeAsked(t *testing.T) {
	p := paying(t)
	at := p.ask("paying", "insurance", "asked@", "2026-11-20")
	e, _ := p.saved(at)
	if e.Paying != "no_insurance" { // the first value counts: the form has one choice only
		t.Fatalf("paying %q", e.Paying)
	}
	p.must(p.send(at, askStage, "paying", "insurance", "clinic", "University Hospital", "service", "visit", "asked@", "2026-11-20"), at)
	a := p.Get(at)
	p.says(a, "Ask your plan what you will pay", "not in force yet", "/coverage/calls")
	p.silent(a, "/estimate_letter/", "due by November")
	if p.due("due.estimate_due") != "" {
		t.Error("a date is due that no law gives")
	}
	p.must(p.send(at, askStage, "paying", "unknown", "clinic", "University Hospital", "service", "visit"), at)
	p.says(p.Get(at), "Say how you will pay")
}

func TestWhatCameIsWrittenDownAndGoneThrough(t *testing.T) {
	p := paying(t)
	at := p.ask("asked@", "2026-11-18")
	more := p.send(at, cameStage, "received@", "2026-11-20", "p0", "University Hospital", "p0_l0_what", "visit", "p0_l0_amount", "300", "more", "provider")
	p.says(more, `name="p1"`, `value="visit"`, `value="300"`)
	if e, _ := p.saved(at); more.Status != 200 || len(e.Providers) > 0 {
		t.Error("making room saved something")
	}
	lines := p.send(at, cameStage, "p0", "University Hospital", "p0_l0_amount", "300", "more", "0")
	p.says(lines, `name="p0_l3_amount"`)
	p.came(at)
	e, _ := p.saved(at)
	if len(e.Providers) != 2 || estimate.Total(e.Providers[0].Lines) != 50000 || e.Providers[1].ID == "" || p.due("due.estimate_due") != "" {
		t.Fatalf("saved: %+v, due %q", e.Providers, p.due("due.estimate_due"))
	}
	a := p.Get(at)
	p.says(a, "Go through the paper", "the diagnosis codes and the service codes")
	p.must(p.send(at, lookStage, "has", "patient", "has", "service", "has", "nonsense"), at)
	a = p.Get(at)
	p.says(a, "9 parts are missing", "/new/en", "What I could not find in the estimate")
	p.must(p.send(at, askStage, "paying", "no_insurance", "clinic", "University Hospital", "service", "visit", "asked@", "2026-11-18", "again@", "2026-11-22"), at)
	p.says(p.Get(at), "Wait for the price", "due by November 25, 2026")
	if e, _ := p.saved(at); len(e.Has) != 2 || !e.Looked {
		t.Errorf("has %v", e.Has)
	}
	// The same providers keep their ids when the lines are mended.
	p.must(p.send(at, cameStage, "received@", "2026-11-20", "p0", "University Hospital", "p0_id", e.Providers[0].ID, "p0_l0_amount", "320"), at)
	if again, _ := p.saved(at); again.Providers[0].ID != e.Providers[0].ID || len(again.Providers) != 1 {
		t.Errorf("the provider is another one now: %+v", again.Providers)
	}
}

func TestEachProviderIsSetBesideItsOwnPrice(t *testing.T) {
	p := paying(t)
	at := p.ask("asked@", "2026-11-18", "visit@", "2026-11-21")
	p.came(at)
	p.bill(at, "University Hospital", "2026-11-21", "800")
	p.bill(at, "Pathology Group", "2026-11-21", "$549.99")
	dispute := strings.Replace(at, "/cost/estimate/", "/cost/dispute/", 1)
	a := p.Get(dispute)
	p.says(a, "A little above", "$300.00", "$299.99", "$900.00", "never added up", "<svg")
	p.silent(a, "You may dispute it", "$599.99")
	if p.due("due.bill_dispute") != "" {
		t.Error("TRAP-10: overages of two providers were added")
	}
	p.bill(at, "University Hospital", "2026-11-22", "100")
	a = p.Get(dispute)
	p.says(a, "You may dispute it", "until March 21, 2027", "$25.00", "Send these papers with it", "Leave these out")
	if p.due("due.bill_dispute") != "2027-03-21 cost.dispute" {
		t.Errorf("due %q", p.due("due.bill_dispute"))
	}
	e, _ := p.saved(at)
	for which, status := range map[string]int{"provider/en": 200, "packet/es": 200, "packet/fr": 404, "nonsense/en": 404} {
		got := p.Get(strings.Replace(at, "/cost/estimate/", "/cost/dispute_letter/", 1) + "/" + e.Providers[0].ID + "/" + which)
		if got.Status != status {
			t.Errorf("%s: %d", which, got.Status)
		}
	}
	if got := p.Get(strings.Replace(at, "/cost/estimate/", "/cost/dispute_letter/", 1) + "/" + e.Providers[1].ID + "/packet/en"); got.Status != 404 {
		t.Errorf("a packet against a bill that is below the line: %d", got.Status)
	}
	p.says(p.Get(p.home+"/cost/estimates"), "you may dispute it", "3 bills")
}

func TestADisputeThatWasStartedIsNotDueAnyMore(t *testing.T) {
	p := paying(t)
	at := p.ask("asked@", "2026-11-18")
	p.came(at)
	p.bill(at, "University Hospital", "2026-11-21", "1500")
	dispute := strings.Replace(at, "/cost/estimate/", "/cost/dispute/", 1)
	e, version := p.saved(at)
	post := func(pairs ...string) webtest.Answer {
		return p.Post(dispute, typed(append([]string{"version", strconv.Itoa(int(version)), "n", "0", "provider", e.Providers[0].ID}, pairs...)...))
	}
	wrong := post("d0_started@", "2026-12-24", "d0_note", "called twice")
	if wrong.Status != http.StatusUnprocessableEntity {
		t.Fatalf("a day to come was taken: %d", wrong.Status)
	}
	p.says(wrong, `href="#f-d0_started"`, "called twice", "This date must be today or earlier.")
	p.says(post("d0_outcome", "won"), `href="#f-d0_settled"`)
	if p.due("due.bill_dispute") == "" {
		t.Error("nothing is due though nothing was started")
	}
	p.must(post("d0_wrote@", "2026-11-21", "d0_started@", "2026-11-22", "d0_send_to", "1 Main Street"), dispute)
	a := p.Get(dispute)
	p.says(a, "You started a dispute on November 22, 2026.", "1 Main Street")
	p.says(p.Get(at), "Your dispute is open", "collections")
	if p.due("due.bill_dispute") != "" {
		t.Error("the last day still stands")
	}
	version++
	p.must(post("d0_started@", "2026-11-22", "d0_settled@", "2026-11-22", "d0_outcome", "won"), dispute)
	p.says(p.Get(dispute), "This was settled on November 22, 2026.")
	p.silent(p.Get(at), "Your dispute is open")
}

func TestAWrongFormKeepsWhatWasTyped(t *testing.T) {
	p := paying(t)
	a := p.Post(p.home+"/cost/estimate/new", typed("stage", askStage, "paying", "no_insurance", "clinic", "", "service", "visit", "asked@", "2026-11-30", "visit-month", "13", "visit-day", "1", "visit-year", "2026", "clinic_npi", "123"))
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("answered %d", a.Status)
	}
	p.says(a, `href="#f-clinic"`, `href="#f-asked"`, `href="#f-visit"`, `value="13"`, "This date must be today or earlier.")
	at := p.ask("asked@", "2026-11-18")
	a = p.send(at, cameStage, "received@", "2026-11-17", "p0", "", "p0_l0_amount", "", "p1", "University Hospital", "p1_l0_what", "visit", "p1_l0_amount", "-5", "p2", "university hospital", "p2_l0_amount", "abc", "p3", "Lab")
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("answered %d", a.Status)
	}
	p.says(a, `href="#f-received"`, `href="#f-p0_l0_amount"`, `href="#f-p1"`, `href="#f-p1_l0_amount"`, `href="#f-p2_l0_amount"`, `value="-5"`, `value="abc"`, "can’t be below zero", "This name is there twice", "at least one price")
	p.came(at)
	a = p.send(at, billStage, "bill_on@", "2026-11-23", "bill_total", "12.345")
	p.says(a, `href="#f-bill_on"`, `href="#f-bill_total"`, `href="#f-bill_provider"`, `value="12.345"`)
}

func TestTheSameFormSentTwiceIsOne(t *testing.T) {
	p := paying(t)
	id := regexp.MustCompile(`name="id" value="([a-z0-9]{26})"`).FindStringSubmatch(p.Get(p.home + "/cost/estimate/new").Body)
	if id == nil {
		t.Fatal("the form has no id")
	}
	first := p.ask("id", id[1])
	if again := p.ask("id", id[1]); again != first || len(p.Case(p.id).Named(estimate.Kind)) != 1 {
		t.Errorf("%s and %s", first, again)
	}
	p.came(first)
	e, version := p.saved(first)
	form := typed("stage", billStage, "version", strconv.Itoa(int(version)), "bill", strings.Repeat("a", 26), "bill_provider", e.Providers[0].ID, "bill_on@", "2026-11-21", "bill_total", "500")
	p.must(p.Post(first, form), first)
	if late := p.Post(first, form); late.Status != http.StatusSeeOther && late.Status != http.StatusConflict {
		t.Errorf("sent twice: %d", late.Status)
	}
	if e, _ := p.saved(first); len(e.Bills) != 1 {
		t.Errorf("%d bills", len(e.Bills))
	}
	stale := p.Post(first, typed("stage", askStage, "version", "1", "paying", "no_insurance", "clinic", "Other Clinic", "service", "visit"))
	if stale.Status != http.StatusConflict || !strings.Contains(stale.Body, "Other Clinic") {
		t.Errorf("a stale form: %d", stale.Status)
	}
}

func TestABillCanBeTakenAway(t *testing.T) {
	p := paying(t)
	at := p.ask("asked@", "2026-11-18")
	p.came(at)
	p.bill(at, "Anesthesia Partners", "2026-11-21", "2,000")
	p.says(p.Get(strings.Replace(at, "/estimate/", "/dispute/", 1)), "Not in the price", "Anesthesia Partners", "Please check this with")
	e, _ := p.saved(at)
	p.must(p.send(at, "drop", "bill", e.Bills[0].ID), at)
	if e, _ := p.saved(at); len(e.Bills) != 0 {
		t.Error("it is still there")
	}
}

func TestAnEstimateThatIsNotThereIsNotFound(t *testing.T) {
	p := paying(t)
	for _, at := range []string{"/cost/estimate/abc", "/cost/dispute/abc", "/cost/estimate_letter/abc/request/en", "/cost/dispute_letter/a/b/packet/en"} {
		if a := p.Get(p.home + at); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", at, a.Status)
		}
	}
	if a := p.Post(p.home+"/cost/estimate/new", typed("stage", cameStage)); a.Status == http.StatusSeeOther {
		t.Error("what came was kept of nothing")
	}
}

func TestEveryPageOfAPriceIsPlain(t *testing.T) {
	p := paying(t)
	at := p.ask("asked@", "2026-11-18", "scheduled@", "2026-11-18", "visit@", "2026-12-18", "others", "yes", "repeats", "yes")
	waiting := p.ask("asked@", "2026-11-20")
	p.came(at)
	for _, lang := range []string{"en", "es"} {
		p.Plain(lang, p.home+"/cost/estimates")
		p.Plain(lang, p.home+"/cost/estimate/new")
		p.Plain(lang, waiting)
		p.Plain(lang, at)
	}
	p.must(p.send(at, lookStage, "has", "patient"), at)
	p.bill(at, "University Hospital", "2026-11-21", "1500")
	p.bill(at, "Pathology Group", "2026-11-19", "1500")
	p.bill(at, "Anesthesia Partners", "2026-11-21", "900")
	for _, lang := range []string{"en", "es"} {
		p.Plain(lang, p.home+"/cost/estimates")
		p.Plain(lang, at)
		p.Plain(lang, strings.Replace(at, "/cost/estimate/", "/cost/dispute/", 1))
	}
	if strings.Contains(p.Log(), "Alvarez") || strings.Contains(p.Log(), "University") {
		t.Error("the log says whose it is")
	}
}

func TestAnAmountIsReadAsPeopleTypeIt(t *testing.T) {
	for in, want := range map[string]int64{"1250": 125000, "$1,250.5": 125050, " 0.05 ": 5, "007": 700, "000": 0, "00.50": 50, "-00.5": -50, "-5": -500, "12.345": -1, "abc": -1, "": -1, "1e9": -1, "9999999999": -1, "1.": -1, "5-": -1} {
		e, err := readAmount(in)
		switch {
		case want == -1 && err == nil:
			t.Errorf("%q was read as %s", in, e)
		case want != -1 && (err != nil || int64(e) != want):
			t.Errorf("%q: %s %v", in, e, err)
		}
	}
}

func readAmount(s string) (contract.Money, error) {
	var fs fault.Faults
	m := readDollars(url.Values{"x": {s}}, "x", &fs)
	return m, fs.OrNil()
}

// Whatever is posted, the rows that are left are as many as are read, and taking the
// empty ones out again changes nothing.
func FuzzCameForm(f *testing.F) {
	f.Add("p0=A&p0_l0_what=&p0_l0_amount=&p1=B&p1_l0_amount=5&p1_l2_amount=7&p3=C")
	f.Add("p0=&p0_l0_amount=$1,2&p0_l1_amount=-3")
	f.Fuzz(func(t *testing.T, body string) {
		form, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		compactRows(form)
		once := form.Encode()
		came, _ := readCame(form)
		compactRows(form)
		if form.Encode() != once {
			t.Errorf("%q is not the same twice: %q", once, form.Encode())
		}
		lines := 0
		for _, p := range came.Providers {
			lines += len(p.Lines)
		}
		if len(came.Providers) > estimate.ProvidersMax || lines > estimate.ProvidersMax*estimate.LinesMax {
			t.Errorf("%d providers, %d lines", len(came.Providers), lines)
		}
	})
}
