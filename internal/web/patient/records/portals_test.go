package records_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/portal"
	"consilium/internal/portal/portaltest"
	core "consilium/internal/records"
	"consilium/internal/web/webtest"
)

// hospital is a portal that has the records of Ruth Alvarez, and a site whose
// operator listed it.
func hospital(t *testing.T) (*webtest.Site, string, *portaltest.Server) {
	t.Helper()
	s, home := site(t)
	far := portaltest.New(t)
	far.Add(
		`{"resourceType":"Patient","id":"ruth-1","name":[{"family":"Alvarez","given":["Ruth"]}],"birthDate":"1961-04-02"}`,
		`{"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/ruth-1"},"code":{"text":"Invasive ductal carcinoma"},"recordedDate":"2026-09-01"}`,
		`{"resourceType":"Condition","id":"c2","subject":{"reference":"Patient/ruth-1"},"code":{"text":"High blood pressure"}}`,
		`{"resourceType":"Condition","id":"c3","subject":{"reference":"Patient/ruth-1"},"code":{"text":"Migraine"}}`,
		`{"resourceType":"Observation","id":"o1","status":"final","subject":{"reference":"Patient/ruth-1"},"category":[{"coding":[{"code":"laboratory"}]}],"code":{"text":"Hemoglobin"},"valueQuantity":{"value":7.1,"unit":"g/dL"},"effectiveDateTime":"2026-09-20"}`,
	)
	listed(t, s, far.List())
	return s, home, far
}

func listed(t *testing.T, s *webtest.Site, list string) {
	t.Helper()
	ps, err := portal.Read(strings.NewReader(list), portal.DefaultLimits(), s.Now)
	if err != nil {
		t.Fatal(err)
	}
	s.House.Portals = ps
}

// signIn walks to the portal and back, as a browser does.
func signIn(t *testing.T, s *webtest.Site, home string) webtest.Answer {
	t.Helper()
	page := home + "/records/portal/general"
	if a := s.Post(page, url.Values{"do": {"connect"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("connect: %d %s", a.Status, a.Body)
	}
	return s.Get(back(t, s, follow(t, s, home)))
}

// follow goes to the portal by the page's link and lets the portal answer.
func follow(t *testing.T, s *webtest.Site, home string) string {
	t.Helper()
	page := home + "/records/portal/general"
	if a := s.Get(page); !strings.Contains(a.Body, `href="`+page+`?go=sign-in"`) {
		t.Fatalf("no link to the portal: %s", webtest.Words(a.Body))
	}
	a := s.Get(page + "?go=sign-in")
	if a.Status != http.StatusFound {
		t.Fatalf("the link does not lead to the portal: %d", a.Status)
	}
	res, err := (&http.Client{CheckRedirect: s.Client.CheckRedirect}).Get(a.Location())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusFound {
		t.Fatalf("the portal refused to sign in: %d", res.StatusCode)
	}
	return res.Header.Get("Location")
}

// back is the path to which the portal sent the person.
func back(t *testing.T, s *webtest.Site, to string) string {
	t.Helper()
	path, ok := strings.CutPrefix(to, s.URL)
	if !ok {
		t.Fatalf("the portal sent the person to %s", to)
	}
	return path
}

// pull fetches all, however many turns it takes.
func pull(t *testing.T, s *webtest.Site, home string) core.Pull {
	t.Helper()
	if a := s.Post(home+"/records/portal/general", url.Values{"do": {"pull"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("pull: %d %s", a.Status, a.Body)
	}
	s.Work()
	return pulled(t, s, home)
}

func pulled(t *testing.T, s *webtest.Site, home string) core.Pull {
	t.Helper()
	p, _, err := casefile.Read[core.Pull](s.Case(casefile.ID(strings.TrimPrefix(home, "/case/"))), core.PullRef("general"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func connection(t *testing.T, s *webtest.Site, home string) core.Connection {
	t.Helper()
	c, _, err := casefile.Read[core.Connection](s.Case(casefile.ID(strings.TrimPrefix(home, "/case/"))), core.ConnectionRef("general"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRecordsComeFromAPortalAndAreReadLikeAnyFile(t *testing.T) {
	s, home, _ := hospital(t)
	if a := signIn(t, s, home); a.Status != http.StatusSeeOther || a.Location() != home+"/records/portal/general" {
		t.Fatalf("back from the portal: %d %s %s", a.Status, a.Location(), a.Body)
	}
	p := pull(t, s, home)
	if p.Ended == "" || p.Stopped != "" || len(p.Missing()) > 0 || p.New() != 5 {
		t.Fatalf("got %+v", p)
	}
	got := files(t, s, home)
	if len(got) != 3 {
		t.Fatalf("got %d files", len(got))
	}
	for _, f := range got {
		if !strings.HasPrefix(f.Name, "General Hospital/2026-11-22/") {
			t.Errorf("a file is called %s", f.Name)
		}
	}
	all := texts(got)
	for _, want := range []string{"Invasive ductal carcinoma", "High blood pressure", "Migraine", "Hemoglobin"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s did not come: %s", want, all)
		}
	}
	if a := s.Get(home + "/records/pulled/general"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Diagnoses") {
		t.Errorf("got %d %s", a.Status, webtest.Words(a.Body))
	}
}

func TestTheSamePullTwiceGivesNothingDouble(t *testing.T) {
	s, home, far := hospital(t)
	signIn(t, s, home)
	pull(t, s, home)
	first := files(t, s, home)
	p := pull(t, s, home)
	if p.New() != 0 || p.Found() != 5 || len(files(t, s, home)) != len(first) {
		t.Fatalf("the second pull: %d new of %d, %d files", p.New(), p.Found(), len(files(t, s, home)))
	}
	// One more result, and one that was changed: only these come.
	far.Add(`{"resourceType":"Observation","id":"o2","status":"final","subject":{"reference":"Patient/ruth-1"},"code":{"text":"Platelets"},"valueQuantity":{"value":200,"unit":"10*3/uL"}}`)
	if p = pull(t, s, home); p.New() != 1 || len(files(t, s, home)) != len(first)+1 {
		t.Fatalf("the third pull: %d new, %d files", p.New(), len(files(t, s, home)))
	}
	if !strings.Contains(texts(files(t, s, home)), "Platelets") {
		t.Error("the new result did not come")
	}
}

func TestDocumentsAndWhatRecordsPointToComeToo(t *testing.T) {
	s, home, far := hospital(t)
	far.Add(
		`{"resourceType":"DocumentReference","id":"d1","status":"current","subject":{"reference":"Patient/ruth-1"},"type":{"text":"Pathology"},"content":[{"attachment":{"contentType":"text/plain","url":"Binary/b1","title":"Pathology report"}}]}`,
		`{"resourceType":"DiagnosticReport","id":"r1","status":"final","subject":{"reference":"Patient/ruth-1"},"code":{"text":"MRI"},"presentedForm":[{"contentType":"text/plain","url":"`+far.URL+`/Binary/gone"}]}`,
		`{"resourceType":"MedicationRequest","id":"m1","status":"active","intent":"order","subject":{"reference":"Patient/ruth-1"},"medicationReference":{"reference":"Medication/tam"}}`,
		`{"resourceType":"Medication","id":"tam","code":{"text":"Tamoxifen 20 mg"}}`,
		`{"resourceType":"Medication","id":"other","code":{"text":"Not Ruth's"}}`,
	)
	far.Binaries["b1"] = portaltest.Binary{Type: "text/plain", Body: []byte("Invasive ductal carcinoma, grade 2.")}
	signIn(t, s, home)
	p := pull(t, s, home)
	names := ""
	for _, f := range files(t, s, home) {
		names += f.Base() + "; "
	}
	for _, want := range []string{"Pathology report.txt", "Medication.ndjson", "DocumentReference.ndjson"} {
		if !strings.Contains(names, want) {
			t.Errorf("%s did not come: %s", want, names)
		}
	}
	missing := p.Missing()
	if len(missing) != 1 || missing[0].Type != core.Attachments || missing[0].Lost != 1 {
		t.Errorf("the document that is gone is not told: %+v", missing)
	}
	for _, x := range p.Types {
		if x.Type == "Medication" && x.New != 1 {
			t.Errorf("of medicines came %d", x.New)
		}
	}
	if a := s.Get(home + "/records/pulled/general"); !strings.Contains(a.Body, "Attached files") || !strings.Contains(a.Body, "What is missing") {
		t.Error("the page does not tell what is missing")
	}
	// What was lost is tried again, and what came is not fetched again.
	far.Binaries["gone"] = portaltest.Binary{Type: "text/plain", Body: []byte("MRI: one mass.")}
	if p = pull(t, s, home); len(p.Missing()) != 0 || p.New() != 1 {
		t.Errorf("the second try: %+v", p)
	}
}

func TestAStrangerCannotEndASignIn(t *testing.T) {
	s, home, far := hospital(t)
	page := home + "/records/portal/general"
	s.Post(page, url.Values{"do": {"connect"}})
	to := back(t, s, follow(t, s, home))
	for name, path := range map[string]string{
		"another state": "/portal/back?state=guessed&code=abc",
		"no state":      "/portal/back?code=abc",
	} {
		if a := s.Get(path); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
	// The right answer works, once.
	if a := s.Get(to); a.Status != http.StatusSeeOther || connection(t, s, home).State != core.PortalConnected {
		t.Fatalf("the right answer: %d", a.Status)
	}
	if a := s.Get(to); a.Status != http.StatusNotFound {
		t.Errorf("the same answer again: %d", a.Status)
	}
	if connection(t, s, home).State != core.PortalConnected {
		t.Error("the replay ended the link")
	}
	// What it takes to get in is in no log and in no document.
	c := s.Case(casefile.ID(strings.TrimPrefix(home, "/case/")))
	all := s.Log()
	for _, d := range c.Named(core.ConnectionKind) {
		all += string(d.Body)
	}
	for _, secret := range far.Secrets() {
		if strings.Contains(all, secret) {
			t.Error("a token stands in a log or a document")
		}
	}
}

func TestAnAnswerThatComesTooLateIsRefused(t *testing.T) {
	s, home, _ := hospital(t)
	page := home + "/records/portal/general"
	s.Post(page, url.Values{"do": {"connect"}})
	to := back(t, s, follow(t, s, home))
	s.Pass(core.AskFor)
	if a := s.Get(to); a.Status != http.StatusNotFound {
		t.Errorf("got %d", a.Status)
	}
	if a := s.Get(page); !strings.Contains(a.Body, `value="connect"`) {
		t.Error("the page does not let the person begin again")
	}
}

func TestWhoSaysNoAtThePortalIsToldAndMayTryAgain(t *testing.T) {
	s, home, _ := hospital(t)
	page := home + "/records/portal/general"
	s.Post(page, url.Values{"do": {"connect"}})
	u, err := url.Parse(back(t, s, follow(t, s, home)))
	if err != nil {
		t.Fatal(err)
	}
	no := url.Values{"state": {u.Query().Get("state")}, "error": {"access_denied"}}
	if a := s.Get("/portal/back?" + no.Encode()); a.Status != http.StatusSeeOther || a.Location() != page {
		t.Fatalf("got %d %s", a.Status, a.Location())
	}
	if a := s.Get(page); !strings.Contains(a.Body, "did not let us in") || !strings.Contains(a.Body, `value="connect"`) {
		t.Errorf("got %s", webtest.Words(a.Body))
	}
}

func TestATokenThatEndsIsRenewedAndOneThatCannotEndsThePull(t *testing.T) {
	for _, lasting := range []bool{true, false} {
		s, home, far := hospital(t)
		far.NoRefresh = !lasting
		signIn(t, s, home)
		far.Expire()
		p := pull(t, s, home)
		switch {
		case lasting && (p.Stopped != "" || p.New() != 5):
			t.Errorf("with leave to renew: %+v", p)
		case !lasting && (p.Stopped != "signed_out" || p.Ended == "" || connection(t, s, home).State != core.PortalEnded):
			t.Errorf("without leave to renew: %+v", p)
		}
		if a := s.Get(home + "/records/portal/general"); !lasting && !strings.Contains(a.Body, `value="connect"`) {
			t.Error("the page does not let the person sign in again")
		}
	}
}

func TestABusyPortalIsWaitedForAndATypeThatNeverComesIsNamed(t *testing.T) {
	s, home, far := hospital(t)
	signIn(t, s, home)
	busy := 0
	far.Before = func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case strings.HasPrefix(r.URL.Path, "/fhir/Condition") && busy < 2:
			busy++
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		case strings.HasPrefix(r.URL.Path, "/fhir/Observation"):
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	}
	if p := pull(t, s, home); p.Ended != "" || busy != 1 {
		t.Fatalf("the portal was asked %d times before its time: %+v", busy, p)
	}
	if a := s.Get(home + "/records/portal/general"); a.Header.Get("Refresh") == "" || !strings.Contains(a.Body, "asked us to wait") {
		t.Error("the page does not say that we wait")
	}
	s.Pass(119 * time.Second)
	if s.Work(); busy != 1 {
		t.Error("asked before the two minutes were over")
	}
	for range 30 {
		s.Pass(20 * time.Minute)
		s.Work()
	}
	p := pulled(t, s, home)
	if p.Ended == "" || len(p.Missing()) != 1 || p.Missing()[0].Type != "Observation" || p.Missing()[0].Why != "busy" {
		t.Fatalf("got %+v", p)
	}
	if !strings.Contains(texts(files(t, s, home)), "Migraine") {
		t.Error("what could be had did not come")
	}
}

func TestAllComesAtOnceWhereThePortalOffersItAndTheOperatorWantsIt(t *testing.T) {
	for _, c := range []struct{ wanted, offered, broken bool }{{true, true, false}, {true, false, false}, {false, true, false}, {true, true, true}} {
		s, home, far := hospital(t)
		far.Everything = c.offered
		if c.wanted {
			listed(t, s, strings.Replace(far.List(), `"client_id"`, `"everything":true,"client_id"`, 1))
		}
		far.Before = func(w http.ResponseWriter, r *http.Request) bool {
			if c.broken && strings.HasSuffix(r.URL.Path, "$everything") {
				w.WriteHeader(http.StatusForbidden)
				return true
			}
			return false
		}
		signIn(t, s, home)
		p := pull(t, s, home)
		first := "Patient"
		if c.wanted && c.offered && !c.broken {
			first = core.Everything
		}
		if p.Ended == "" || len(p.Missing()) > 0 || p.New() != 5 || p.Types[0].Type != first {
			t.Errorf("%+v: got %+v", c, p)
		}
		if all := texts(files(t, s, home)); !strings.Contains(all, "Migraine") || !strings.Contains(all, "Hemoglobin") {
			t.Errorf("%+v: came %s", c, all)
		}
	}
}

func TestAHostilePageEndsItsTypeAndNothingElse(t *testing.T) {
	s, home, far := hospital(t)
	elsewhere := portaltest.New(t)
	signIn(t, s, home)
	far.Before = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/fhir/Condition") {
			_, _ = w.Write([]byte(`{"resourceType":"Bundle","link":[{"relation":"next","url":"` + elsewhere.URL + `/Condition"}],"entry":[]}`))
			return true
		}
		return false
	}
	p := pull(t, s, home)
	if len(p.Missing()) != 1 || p.Missing()[0].Type != "Condition" || p.Missing()[0].Why != "broken" || len(elsewhere.Asked()) > 0 {
		t.Errorf("got %+v; elsewhere was asked %v", p, elsewhere.Asked())
	}
	if !strings.Contains(texts(files(t, s, home)), "Hemoglobin") {
		t.Error("the other types did not come")
	}
}

func TestEndingTheLinkDestroysTheTokenAndKeepsTheRecords(t *testing.T) {
	s, home, far := hospital(t)
	signIn(t, s, home)
	pull(t, s, home)
	page := home + "/records/portal/general"
	if a := s.Post(page, url.Values{"do": {"forget"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d %s", a.Status, a.Body)
	}
	if c := connection(t, s, home); c.State != core.PortalForgotten || c.Secret != nil {
		t.Errorf("got %+v", c)
	}
	if n := far.Tokens(); n != 0 {
		t.Errorf("%d tokens still open the portal", n)
	}
	if len(files(t, s, home)) != 3 {
		t.Error("the records went away")
	}
	if a := s.Post(page, url.Values{"do": {"pull"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a pull without a link: %d", a.Status)
	}
}

func TestWithoutAListThePagesSaySoAndNothingIsAsked(t *testing.T) {
	s, home := site(t)
	if a := s.Get(home + "/records/portals"); a.Status != http.StatusOK || !strings.Contains(a.Body, "This site does not fetch from portals") {
		t.Errorf("got %d %s", a.Status, webtest.Words(a.Body))
	}
	if a := s.Get(home + "/records/portal/general"); a.Status != http.StatusNotFound {
		t.Errorf("got %d", a.Status)
	}
	if a := s.Post(home+"/records/portal/general", url.Values{"do": {"connect"}}); a.Status != http.StatusNotFound {
		t.Errorf("got %d", a.Status)
	}
}

func TestThePagesOfPortalsAreEasyToRead(t *testing.T) {
	s, home, far := hospital(t)
	far.Before = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/fhir/Observation") {
			w.WriteHeader(http.StatusForbidden)
			return true
		}
		return false
	}
	page := home + "/records/portal/general"
	paths := map[string]func(){
		"list": func() {}, "new": func() {}, "asked": func() { s.Post(page, url.Values{"do": {"connect"}}) }, "linked": func() { signIn(t, s, home) },
		"coming": func() { s.Post(page, url.Values{"do": {"pull"}}) }, "here": func() { s.Work() }, "pulled": func() {},
		"forgotten": func() { s.Post(page, url.Values{"do": {"forget"}}) },
	}
	for _, at := range []string{"list", "new", "asked", "linked", "coming", "here", "pulled", "forgotten"} {
		paths[at]()
		path := map[string]string{"list": home + "/records/portals", "pulled": home + "/records/pulled/general"}[at]
		if path == "" {
			path = page
		}
		for _, lang := range []string{"en", "es"} {
			s.Plain(lang, path)
		}
	}
	if lacks := s.Words.Missing(); len(lacks) > 0 {
		t.Errorf("words that are missing: %v", lacks)
	}
}
