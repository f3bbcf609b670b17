package records_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

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
	return s.Get(back(t, s, follow(t, s, s.Get(page).Body)))
}

// follow finds the link to the portal on the page and lets the portal answer.
func follow(t *testing.T, s *webtest.Site, body string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, `href="http://127.0.0.1:`)
	if !ok {
		t.Fatalf("no link to the portal: %s", webtest.Words(body))
	}
	to, _, _ := strings.Cut(rest, `"`)
	res, err := (&http.Client{CheckRedirect: s.Client.CheckRedirect}).Get("http://127.0.0.1:" + strings.ReplaceAll(to, "&amp;", "&"))
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
