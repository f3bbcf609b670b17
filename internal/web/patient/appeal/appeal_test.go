package appeal_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

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

func TestALetterOfASelfFundedPlanGetsItsDay(t *testing.T) {
	p := visit(t, "mei-tanaka")
	a := p.Get(p.home + "/appeal")
	want(t, a, "Do you have the letter?", `name="files"`, "Type what it says")
	form := p.Get(p.begin(""))
	want(t, form, `value="erisa" checked`, "We chose an answer from what you told us about your plan.")
	id := p.enter(p.cast.Refused.Denial)
	a = p.Get(p.home + "/appeal/answer/" + id)
	want(t, a, "Send your appeal by Tuesday, May 11, 2027.")
	t.Log(webtest.Words(a.Body))
}

func refOf(id string) casefile.Ref { return appeal.Ref(id) }
