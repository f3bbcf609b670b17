package appeal_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	page "consilium/internal/web/patient/appeal"
	"consilium/internal/web/webtest"
	"consilium/people"
)

// person is somebody of the cast whose plan has said no.
type person struct {
	*webtest.Site
	t    *testing.T
	home string
	id   casefile.ID
	cast people.Case
}

func visit(t *testing.T, folder string) person {
	t.Helper()
	c := castOf(t, folder)
	s := webtest.New(t, page.Step)
	id := s.NewCase(c.Profile)
	p := person{s, t, "/case/" + string(id), id, c}
	var in coverage.Input
	if err := contract.Decode(bytes.NewReader(c.Coverage), &in); err != nil {
		t.Fatal(err)
	}
	if _, err := s.House.CheckCoverage(t.Context(), s.Who, s.Case(id), in, 0); err != nil {
		t.Fatal(err)
	}
	return p
}

func castOf(t *testing.T, folder string) people.Case {
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
	t.Fatalf("nobody is called %s", folder)
	return people.Case{}
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

// letter is the form of a letter of refusal as the person fills it.
func letter(d appeal.Denial, version int) url.Values {
	f := url.Values{"version": {strconv.Itoa(version)}}
	set := func(name, value string) {
		if value != "" {
			f.Set(name, value)
		}
	}
	day := func(name string, d contract.Date) {
		if !d.IsZero() {
			set(name+"-month", strconv.Itoa(int(d.Month())))
			set(name+"-day", strconv.Itoa(d.Day()))
			set(name+"-year", strconv.Itoa(d.Year()))
		}
	}
	in := d.Input
	set("plan.name", d.Plan.Name)
	set("plan.address", d.Plan.Address)
	set("plan.fax", d.Plan.Fax)
	set("plan.phone", d.Plan.Phone)
	set("plan.member", d.Plan.Member)
	set("plan.group", d.Plan.Group)
	set("claim.number", d.Claim.Number)
	set("claim.service", d.Claim.Service)
	set("claim.codes", strings.Join(d.Claim.Codes, " "))
	set("claim.icd10", d.Claim.ICD10)
	set("claim.provider", d.Claim.Provider)
	if on, err := contract.ParseDate(d.Claim.On); err == nil {
		day("claim.on", on)
	}
	set("regime", in.Regime)
	set("level", in.Level)
	set("service", in.Service)
	set("denial.class", in.Denial.Class)
	set("denial.reason", in.Denial.Reason)
	set("denial.carc", strings.Join(in.Denial.CARC, " "))
	set("denial.rarc", strings.Join(in.Denial.RARC, " "))
	set("denial.group", in.Denial.Group)
	set("funding", in.Funding)
	set("state", in.State)
	if in.Urgent != nil {
		set("urgent", map[bool]string{true: "yes", false: "no"}[*in.Urgent])
	}
	if in.Amount != nil {
		set("amount", in.Amount.String())
	}
	day("notice_date", in.NoticeDate)
	day("received_date", in.ReceivedDate)
	day("letter_deadline", in.LetterDeadline)
	day("peer_to_peer_by", in.PeerToPeerBy)
	return f
}

// begin opens a new letter and gives its address.
func (p person) begin(query string) string {
	p.t.Helper()
	a := p.Get(p.home + "/appeal/denial/new" + query)
	if a.Status != http.StatusSeeOther {
		p.t.Fatalf("a new letter: %d %s", a.Status, a.Body)
	}
	return a.Location()
}

// enter sends a letter and gives its id.
func (p person) enter(d appeal.Denial) string {
	p.t.Helper()
	at, _, _ := strings.Cut(p.begin(""), "?")
	a := p.Post(at, letter(d, 0))
	id := at[strings.LastIndex(at, "/")+1:]
	if a.Status != http.StatusSeeOther || a.Location() != p.home+"/appeal/answer/"+id {
		p.t.Fatalf("the letter was not taken: %d %s %s", a.Status, a.Location(), webtest.Words(a.Body))
	}
	return id
}

func (p person) denial(id string) appeal.Denial {
	p.t.Helper()
	d, _, err := casefile.Read[appeal.Denial](p.Case(p.id), appeal.Ref(id))
	if err != nil {
		p.t.Fatal(err)
	}
	return d
}

// due is the date of a key for an item, "" for none.
func (p person) due(key, item string) string {
	for _, d := range p.Case(p.id).Due {
		if d.Key == key && d.Item == item {
			return d.On
		}
	}
	return ""
}

func refOf(id string) casefile.Ref { return appeal.Ref(id) }

// version is the version that a form of this denial is made from.
func (p person) version(id string) string {
	return strconv.Itoa(int(p.Case(p.id).Version(refOf(id))))
}

// send keeps the packet as sent and gives its id.
func (p person) send(id string, on string) string {
	p.t.Helper()
	f := url.Values{"version": {p.version(id)}, "how": {"fax"}, "proof": {"FX 20931"}}
	part := strings.Split(on, "-")
	f.Set("on-year", part[0])
	f.Set("on-month", part[1])
	f.Set("on-day", part[2])
	a := p.Post(p.home+"/appeal/send/"+id, f)
	if a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location(), p.home+"/appeal/sent/") {
		p.t.Fatalf("the packet was not kept: %d %s", a.Status, webtest.Words(a.Body))
	}
	return a.Location()[strings.LastIndex(a.Location(), "/")+1:]
}

func TestALetterOfASelfFundedPlanGetsItsDay(t *testing.T) {
	p := visit(t, "mei-tanaka")
	a := p.Get(p.home + "/appeal")
	want(t, a, "Do you have the letter?", `name="files"`, "Type what it says")
	form := p.Get(p.begin(""))
	want(t, form, `value="erisa" checked`, "We chose an answer from what you told us about your plan.", `name="denial.carc"`, "Where do I find the codes?")
	id := p.enter(p.cast.Refused.Denial)
	a = p.Get(p.home + "/appeal/answer/" + id)
	want(t, a, "Send your appeal by Tuesday, May 11, 2027.", "170 days left.", "no approval was asked for first", "CARC 197",
		"so we counted as the law does", "Ask the office what it sent to the plan", "External review", "Your next step", "Later, if they say no again", "60 days", "Rule RGT-03", "29 CFR 2560.503-1")
	if got := p.due("due.appeal", id); got != "2027-05-11" {
		t.Errorf("due: %q of %v", got, p.Case(p.id).Due)
	}
	want(t, p.Get(p.home), "Send your appeal to the plan", p.home+"/appeal/answer/"+id)
	// A year later the day is past, and the page says so.
	p.Pass(365 * 24 * time.Hour)
	want(t, p.Get(p.home+"/appeal/answer/"+id), "The day to appeal was Tuesday, May 11, 2027.")
}

func TestEveryPageIsPlainInBothLanguages(t *testing.T) {
	p := visit(t, "mei-tanaka")
	p.Plain("en", p.home+"/appeal")
	p.Plain("es", p.home+"/appeal")
	id := p.enter(p.cast.Refused.Denial)
	packet := ""
	for _, path := range []string{"/appeal", "/appeal/denial/" + id, "/appeal/answer/" + id, "/appeal/send/" + id, "/appeal/reply/" + id, "sent", "answered"} {
		switch path {
		case "sent":
			packet = p.send(id, "2026-11-22")
			path = "/appeal/answer/" + id
		case "answered":
			path = "/appeal"
		}
		for _, lang := range []string{"en", "es"} {
			p.Plain(lang, p.home+path)
		}
	}
	for _, path := range []string{"/appeal/packet/" + id, "/appeal/sent/" + packet} {
		for _, lang := range []string{"en", "es"} {
			if a := p.GetIn(lang, p.home+path); a.Status != http.StatusOK || strings.Contains(a.Body, "⟦") || !strings.Contains(a.Body, `<html lang="`+lang+`"`) {
				t.Errorf("%s in %s: %d, or a word is missing", path, lang, a.Status)
			}
		}
	}
	for _, d := range p.Case(p.id).Due {
		for _, lang := range []string{"en", "es"} {
			if strings.Contains(p.Words.In(lang).T(d.Key), "⟦") {
				t.Errorf("%s has no words in %s", d.Key, lang)
			}
		}
	}
	want(t, p.GetIn("es", p.home+"/appeal/answer/"+id), "El plan debe contestar hasta el jueves, 21 de enero de 2027.")
}

func TestEveryWrongFieldIsNamedAtOnceAndWhatWasTypedStays(t *testing.T) {
	p := visit(t, "mei-tanaka")
	d := p.cast.Refused.Denial
	at, _, _ := strings.Cut(p.begin(""), "?")
	f := letter(d, 0)
	f.Set("received_date-day", "8")     // a day before the letter was written
	f.Set("notice_date-year", "2026")   //
	f.Set("letter_deadline-month", "2") // there is no such day
	f.Set("letter_deadline-day", "30")
	f.Set("letter_deadline-year", "2027")
	f.Set("denial.carc", "197, 9999")
	f.Set("claim.codes", "88323 12")
	f.Set("claim.icd10", "not a code")
	f.Set("amount", "much")
	f.Set("level", "alj_denied")
	f.Set("claim.service", "My own words <b>& more</b>")
	a := p.Post(at, f)
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("%d %s", a.Status, a.Location())
	}
	for _, field := range []string{"received_date", "letter_deadline", "denial.carc", "claim.codes", "claim.icd10", "amount", "level"} {
		if !strings.Contains(a.Body, `href="#f-`+field+`"`) {
			t.Errorf("%s is not named", field)
		}
	}
	want(t, a, "My own words &lt;b&gt;&amp; more&lt;/b&gt;", `value="197, 9999"`, "The letter can’t have come before the date printed on it.", "There is no such day.", "We don’t know this code.", "This kind of plan has no such step.")
	if n := len(p.Case(p.id).Named(appeal.Kind)); n != 0 {
		t.Errorf("%d letters were saved", n)
	}
	f = letter(d, 0)
	f.Set("notice_date-month", "12") // to come
	f.Set("received_date-month", "12")
	a = p.Post(at, f)
	want(t, a, `href="#f-notice_date"`, `href="#f-received_date"`, "This date must be today or earlier.")
	for _, name := range []string{"regime", "denial.class", "service", "urgent", "drug", "ending", "state", "denial.group"} {
		f = letter(d, 0)
		f.Set(name, "something else")
		if a := p.Post(at, f); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `href="#f-`+name+`"`) {
			t.Errorf("%s took an answer that is not offered: %d", name, a.Status)
		}
	}
	f = letter(d, 0)
	f.Set("regime", "medicaid_managed")
	f.Set("drug", "part_d")
	want(t, p.Post(at, f), `href="#f-drug"`, "This does not fit the kind of plan you chose.")
}

func TestACodeIsReadAsTheLetterWritesIt(t *testing.T) {
	p := visit(t, "mei-tanaka")
	at, _, _ := strings.Cut(p.begin(""), "?")
	f := letter(p.cast.Refused.Denial, 0)
	f.Set("denial.carc", "PR-197")
	f.Set("denial.group", "")
	f.Set("denial.rarc", "n386")
	f.Set("amount", "$1,240")
	if a := p.Post(at, f); a.Status != http.StatusSeeOther {
		t.Fatal(webtest.Words(a.Body))
	}
	in := p.denial(at[strings.LastIndex(at, "/")+1:]).Input
	if len(in.Denial.CARC) != 1 || in.Denial.CARC[0] != "197" || in.Denial.Group != "PR" || in.Denial.RARC[0] != "N386" || in.Amount.String() != "1240.00" {
		t.Errorf("%+v %v", in.Denial, in.Amount)
	}
}

func TestALetterOfWhichLittleIsKnownAsksForTheOneThingThatIsMissing(t *testing.T) {
	p := visit(t, "mei-tanaka")
	id := p.enter(appeal.Denial{Plan: appeal.Payer{Name: "Some plan"}})
	a := p.Get(p.home + "/appeal/answer/" + id)
	want(t, a, "We need to know which kind of plan it is.", "We can’t tell from this why they said no.")
	f := url.Values{"version": {p.version(id)}, "plan.name": {"Some plan"}, "regime": {"erisa"}, "denial.class": {"necessity"}}
	if a := p.Post(p.home+"/appeal/denial/"+id, f); a.Status != http.StatusSeeOther {
		t.Fatal(webtest.Words(a.Body))
	}
	want(t, p.Get(p.home+"/appeal/answer/"+id), "We need one more date.", "Add the day the letter came", "not medically necessary")
	for _, d := range p.Case(p.id).Due {
		if d.Item == id {
			t.Errorf("a date was made up: %v", d)
		}
	}
}

func TestTheLetterStandsBesideTheFormAndCanDoNothing(t *testing.T) {
	p := visit(t, "mei-tanaka")
	pdf := []byte("%PDF-1.4\n1 0 obj <</JavaScript (app.alert(1))>> endobj\n%%EOF\n")
	png := []byte("\x89PNG\r\n\x1a\n" + strings.Repeat("x", 40))
	page := []byte("<script>alert(1)</script>")
	a := p.PostFiles(p.home+"/appeal", webtest.Upload{Field: "files", Name: "letter.png", Body: bytes.NewReader(png)}, webtest.Upload{Field: "files", Name: "letter.pdf", Body: bytes.NewReader(pdf)}, webtest.Upload{Field: "files", Name: "letter.html.png", Body: bytes.NewReader(page)})
	if a.Status != http.StatusSeeOther || strings.Count(a.Location(), "letter=") != 3 {
		t.Fatalf("%d %s %s", a.Status, a.Location(), webtest.Words(a.Body))
	}
	form := p.Get(a.Location())
	want(t, form, `<img src="`+p.home+`/appeal/picture/`, `<iframe class="letter-frame"`, "The letter, page 1 of 3")
	if got := form.Header.Get("Content-Security-Policy"); !strings.Contains(got, "frame-src 'self'") || !strings.Contains(got, "script-src 'self'") || strings.Contains(got, "unsafe") {
		t.Errorf("the page's policy: %s", got)
	}
	at, query, _ := strings.Cut(a.Location(), "?")
	vals, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	for i, kind := range []string{"image/png", "application/pdf", "application/octet-stream"} {
		got := p.Get(p.home + "/appeal/picture/" + vals["letter"][i])
		if got.Status != http.StatusOK || got.Header.Get("Content-Type") != kind {
			t.Errorf("%d: %d %s", i, got.Status, got.Header.Get("Content-Type"))
		}
		if policy := got.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "sandbox; default-src 'none'") || got.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%d: %s", i, policy)
		}
		if i == 2 && !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") {
			t.Error("bytes that are no picture are shown")
		}
	}
	f := letter(p.cast.Refused.Denial, 0)
	f["letter"] = vals["letter"]
	if a := p.Post(at, f); a.Status != http.StatusSeeOther {
		t.Fatal(webtest.Words(a.Body))
	}
	id := at[strings.LastIndex(at, "/")+1:]
	if got := p.denial(id).Papers(); len(got) != 3 || got[1] != vals["letter"][1] {
		t.Errorf("the letter's pages: %v", got)
	}
	want(t, p.Get(p.home+"/appeal/denial/"+id), `<img src="`, `<iframe`)
	// What is not of this case is left out.
	if a := p.Get(p.home + "/appeal/denial/" + strings.Repeat("a", 26) + "?letter=" + strings.Repeat("0", 64)); a.Status != http.StatusOK || strings.Contains(a.Body, "letter-beside") {
		t.Errorf("a file that is not here: %d", a.Status)
	}
	if a := p.Get(p.home + "/appeal/picture/" + strings.Repeat("0", 64)); a.Status != http.StatusNotFound {
		t.Errorf("a picture that is not here: %d", a.Status)
	}
	for _, at := range []string{"/appeal/denial/x", "/appeal/answer/x", "/appeal/packet/x", "/appeal/send/x", "/appeal/sent/x", "/appeal/reply/x", "/appeal/letter/" + id + "/x", "/appeal/sent_pdf/x"} {
		if a := p.Get(p.home + at); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", at, a.Status)
		}
	}
	// With script the files are sent before: the page finds what came since it was shown.
	p.Pass(time.Minute)
	since := strconv.FormatInt(p.Now().UnixMilli(), 10)
	p.Pass(time.Second)
	p.PostFiles(p.home+"/appeal", webtest.Upload{Field: "files", Name: "second.png", Body: bytes.NewReader(append(png, 'y'))})
	if got := p.begin("?since=" + since); strings.Count(got, "letter=") != 1 {
		t.Errorf("what came since: %s", got)
	}
	if a := p.PostFiles(p.home + "/appeal"); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("no file: %d", a.Status)
	}
}

func TestTwoLettersEachHaveTheirOwnDay(t *testing.T) {
	p := visit(t, "mei-tanaka")
	d := p.cast.Refused.Denial
	first := p.enter(d)
	d.Input.NoticeDate, d.Input.ReceivedDate = contract.MustDate("2026-08-03"), contract.MustDate("2026-08-05")
	d.Claim.Service = "An MRI"
	second := p.enter(d)
	if a, b := p.due("due.appeal", first), p.due("due.appeal", second); a != "2027-05-11" || b != "2027-02-01" {
		t.Errorf("due: %q and %q", a, b)
	}
	a := p.Get(p.home + "/appeal")
	want(t, a, "You have entered 2 letters.", "Tuesday, May 11, 2027", "Monday, February 1, 2027")
	if strings.Index(a.Body, "February 1, 2027") > strings.Index(a.Body, "May 11, 2027") {
		t.Error("the sooner day does not come first")
	}
	want(t, p.Get(p.home), p.home+"/appeal/answer/"+first, p.home+"/appeal/answer/"+second, "An MRI", d.Plan.Name) // the overview tells them apart
	if a := p.Post(p.home+"/appeal/reply/"+second, url.Values{"version": {p.version(second)}, "reply": {"won"}}); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	if a, b := p.due("due.appeal", first), p.due("due.appeal", second); a != "2027-05-11" || b != "" {
		t.Errorf("after one was won: %q and %q", a, b)
	}
}

func TestATickStaysAndALateTickIsAsked(t *testing.T) {
	p := visit(t, "mei-tanaka")
	id := p.enter(p.cast.Refused.Denial)
	moves := p.denial(id).Answer.FirstMoves
	if len(moves) < 2 {
		t.Fatalf("%v", moves)
	}
	at := p.home + "/appeal/answer/" + id
	if a := p.Post(at, url.Values{"version": {"1"}, "done": {moves[0].ID, "made-up"}}); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	if got := p.denial(id).Done; len(got) != 1 || got[0] != moves[0].ID {
		t.Errorf("done: %v", got)
	}
	want(t, p.Get(at), `value="`+moves[0].ID+`" checked`)
	a := p.Post(at, url.Values{"version": {"1"}, "done": {moves[1].ID}})
	if a.Status != http.StatusConflict {
		t.Errorf("a tick on an old list: %d", a.Status)
	}
	want(t, a, "This page was changed somewhere else")
	// What is ticked survives a change of the letter, and a late change is a conflict.
	f := letter(p.cast.Refused.Denial, 2)
	f.Set("claim.service", "Another name")
	if a := p.Post(p.home+"/appeal/denial/"+id, f); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	if got := p.denial(id); len(got.Done) != 1 || got.Claim.Service != "Another name" {
		t.Errorf("%v %s", got.Done, got.Claim.Service)
	}
	f.Set("claim.service", "My late words")
	a = p.Post(p.home+"/appeal/denial/"+id, f)
	if a.Status != http.StatusConflict {
		t.Errorf("a late letter: %d", a.Status)
	}
	want(t, a, "My late words", "Another name")
}

func TestCareThatIsToEndGoesBeforeEverything(t *testing.T) {
	p := visit(t, "walter-brandt")
	d := appeal.Denial{Plan: appeal.Payer{Name: "Medicare"}, Input: appeal.Input{
		Regime: "medicare_original", Service: "concurrent", NoticeDate: contract.MustDate("2026-11-22"), ReceivedDate: contract.MustDate("2026-11-22"),
	}}
	at, _, _ := strings.Cut(p.begin(""), "?")
	f := letter(d, 0)
	f.Set("ending", "skilled_nursing")
	if a := p.Post(at, f); a.Status != http.StatusSeeOther {
		t.Fatal(webtest.Words(a.Body))
	}
	id := at[strings.LastIndex(at, "/")+1:]
	answer := p.home + "/appeal/answer/" + id
	want(t, p.Get(answer), "Ask for the fast appeal by Monday, November 23, 2026.", "1 day left.", "Call the quality group (QIO) now", "by noon of the day after")
	if got := p.due("due.fast_appeal", id); got != "2026-11-23" {
		t.Errorf("due: %v", p.Case(p.id).Due)
	}
	p.Plain("en", answer)
	p.Plain("es", answer)
	moves := p.denial(id).Answer.FirstMoves
	done := url.Values{"version": {"1"}, "done": {"quality_organization"}}
	if len(moves) > 0 {
		done.Add("done", moves[0].ID)
	}
	if a := p.Post(answer, done); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	if got := p.due("due.fast_appeal", id); got != "" {
		t.Errorf("what is done is still due: %s", got)
	}
	a := p.Get(answer)
	never(t, a, "Call the quality group (QIO) now")
	want(t, a, `type="hidden" name="done" value="quality_organization"`)
}

func TestATalkBetweenDoctorsIsDueUntilItIsDone(t *testing.T) {
	p := visit(t, "ruth-alvarez")
	d := p.cast.Refused.Denial
	d.Input.PeerToPeerBy = contract.MustDate("2026-12-01")
	id := p.enter(d)
	if got := p.due("due.peer_to_peer", id); got != "2026-12-01" {
		t.Errorf("due: %v", p.Case(p.id).Due)
	}
	want(t, p.Get(p.home+"/appeal/answer/"+id), "A talk between doctors (by Tuesday, December 1, 2026)", "/appeal/letter/"+id+"/peer")
	if a := p.Post(p.home+"/appeal/answer/"+id, url.Values{"version": {"1"}, "done": {"peer_to_peer"}}); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	if got := p.due("due.peer_to_peer", id); got != "" {
		t.Errorf("still due: %s", got)
	}
	if got := p.due("due.appeal", id); got != "2027-05-19" {
		t.Errorf("the appeal's own day: %q", got)
	}
}
