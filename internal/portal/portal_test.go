package portal_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/fault"
	"consilium/internal/portal"
	"consilium/internal/portal/portaltest"
)

func open(t *testing.T, s *portaltest.Server, l portal.Limits) *portal.Portals {
	t.Helper()
	ps, err := portal.Read(strings.NewReader(s.List()), l, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

var ask = actions.PortalAsk{State: "state-of-the-test-0123456789", Verifier: strings.Repeat("verifier", 6), Back: "http://127.0.0.1:1/portal/back"}

// code signs in and gives the answer that came back.
func code(t *testing.T, ps *portal.Portals) actions.PortalAnswer {
	t.Helper()
	to, err := ps.SignIn(t.Context(), "general", ask)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Get(to)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil || back.Query().Get("state") != ask.State || back.Query().Get("code") == "" {
		t.Fatalf("back with %s", back)
	}
	q := back.Query()
	return actions.PortalAnswer{State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss")}
}

func token(t *testing.T, ps *portal.Portals) actions.PortalToken {
	t.Helper()
	got, err := ps.Token(t.Context(), "general", code(t, ps), ask)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

const condition = `{"resourceType":"Condition","id":"%s","subject":{"reference":"Patient/ruth-1"},"category":[{"coding":[{"code":"problem-list-item"}]}],"code":{"text":"%s"}}`

func TestSigningInGivesATokenForOnePatient(t *testing.T) {
	for _, old := range []bool{false, true} {
		s := portaltest.New(t)
		s.OldDiscovery = old
		got := token(t, open(t, s, portal.DefaultLimits()))
		if got.Patient != portaltest.Patient || got.Access == "" || got.Refresh == "" || time.Until(got.Until) < 50*time.Minute {
			t.Errorf("old discovery %v: got patient %q until %s", old, got.Patient, got.Until)
		}
	}
}

func TestACodeWorksOnceAndOnlyForWhoAsked(t *testing.T) {
	s := portaltest.New(t)
	ps := open(t, s, portal.DefaultLimits())
	used := code(t, ps)
	if _, err := ps.Token(t.Context(), "general", used, ask); err != nil {
		t.Fatal(err)
	}
	if _, err := ps.Token(t.Context(), "general", used, ask); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a replayed code: %v", err)
	}
	thief := ask
	thief.Verifier = strings.Repeat("another", 7)
	if _, err := ps.Token(t.Context(), "general", code(t, ps), thief); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a code without its verifier: %v", err)
	}
}

func TestAnAnswerOfAnotherIssuerIsRefusedBeforeItsCodeIsShown(t *testing.T) {
	s := portaltest.New(t)
	ps := open(t, s, portal.DefaultLimits())
	for _, issuer := range []string{"", "https://evil.example", strings.TrimSuffix(s.URL, "/fhir") + "/"} {
		a := code(t, ps)
		a.Issuer = issuer
		if _, err := ps.Token(t.Context(), "general", a, ask); !fault.Is(err, fault.Refused) {
			t.Errorf("issuer %q: %v", issuer, err)
		}
	}
	for _, asked := range s.Asked() {
		if strings.Contains(asked, "/token") {
			t.Errorf("asked for a token: %s", asked)
		}
	}
	// A portal that never heard of issuers is held to nothing.
	old := portaltest.New(t)
	old.OldDiscovery = true
	ps = open(t, old, portal.DefaultLimits())
	a := code(t, ps)
	a.Issuer = ""
	if _, err := ps.Token(t.Context(), "general", a, ask); err != nil {
		t.Errorf("without issuers: %v", err)
	}
}

func TestRecordsAreAskedOfTheBaseAloneAndNotOfFurtherHosts(t *testing.T) {
	s, further := portaltest.New(t), portaltest.New(t)
	u, err := url.Parse(further.URL)
	if err != nil {
		t.Fatal(err)
	}
	list := strings.Replace(s.List(), `"client_id"`, `"hosts":["`+u.Host+`"],"client_id"`, 1)
	ps, err := portal.Read(strings.NewReader(list), portal.DefaultLimits(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	tok := token(t, ps)
	s.Before = func(w http.ResponseWriter, r *http.Request) bool {
		fmt.Fprintf(w, `{"resourceType":"Bundle","link":[{"relation":"next","url":%q}],"entry":[]}`, further.URL+"/Condition?page=2")
		return true
	}
	if _, err := ps.Page(t.Context(), "general", tok, "Condition", ""); !fault.Is(err, fault.Refused) {
		t.Errorf("a next page on a further host: %v", err)
	}
	if _, err := ps.Page(t.Context(), "general", tok, "Condition", further.URL+"/Condition?page=2"); !fault.Is(err, fault.Refused) {
		t.Errorf("a cursor to a further host: %v", err)
	}
	if asked := further.Asked(); len(asked) > 0 {
		t.Errorf("the further host was asked: %v", asked)
	}
	// Documents may lie there.
	further.Before = func(w http.ResponseWriter, r *http.Request) bool { fmt.Fprint(w, "a report"); return true }
	if b, _, err := ps.Attachment(t.Context(), "general", tok, actions.PortalAttachment{URL: further.URL + "/x"}); err != nil || string(b) != "a report" {
		t.Errorf("a document of a further host: %q %v", b, err)
	}
}

func TestATokenIsRenewedAndRevoked(t *testing.T) {
	s := portaltest.New(t)
	ps := open(t, s, portal.DefaultLimits())
	first := token(t, ps)
	second, err := ps.Renew(t.Context(), "general", first)
	if err != nil || second.Access == first.Access || second.Patient != first.Patient {
		t.Fatalf("renewing: %v", err)
	}
	if _, err := ps.Renew(t.Context(), "general", first); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a leave that was used up: %v", err)
	}
	if err := ps.Revoke(t.Context(), "general", second); err != nil {
		t.Fatal(err)
	}
	if _, err := ps.Page(t.Context(), "general", second, "Patient", ""); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a revoked token: %v", err)
	}
}

func TestPagesAreFollowedToTheLast(t *testing.T) {
	s := portaltest.New(t)
	for i := range 5 {
		s.Add(fmt.Sprintf(condition, fmt.Sprint("c", i), "x"))
	}
	s.NeedsCategory = []string{"Condition"}
	ps := open(t, s, portal.DefaultLimits())
	tok := token(t, ps)
	got := map[string]bool{}
	for at, first := "", true; first || at != ""; first = false {
		page, err := ps.Page(t.Context(), "general", tok, "Condition", at)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Resources {
			got[r.ID] = true
		}
		at = page.Next
	}
	if len(got) != 5 {
		t.Errorf("got %v", got)
	}
}

func TestWhatAHostilePortalAnswersIsRefused(t *testing.T) {
	far := portaltest.New(t) // whatever is asked here was asked of the wrong host
	bundle := func(next string) string {
		return fmt.Sprintf(`{"resourceType":"Bundle","link":[{"relation":"next","url":%q}],"entry":[]}`, next)
	}
	say := func(body string) func(w http.ResponseWriter, r *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, body) }
	}
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request)
		want   fault.Kind
	}{
		"next page on another host":   {say(bundle(far.URL + "/Condition")), fault.Refused},
		"next page behind a name":     {say(bundle("http://127.0.0.1:80@evil.example/")), fault.Refused},
		"next page without a scheme":  {say(bundle("//evil.example/fhir")), fault.Refused},
		"next page is a file":         {say(bundle("file:///etc/passwd")), fault.Refused},
		"next page with a line break": {say(bundle("Condition?a=1\nhttp://evil.example")), fault.Refused},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, far.URL+"/Condition", http.StatusFound)
		}, fault.Refused},
		"no FHIR":                   {say("<html>sign in</html>"), fault.Refused},
		"another type":              {say(`{"resourceType":"Patient","id":"x"}`), fault.Refused},
		"more than a page may have": {func(w http.ResponseWriter, r *http.Request) { endless(w) }, fault.TooLarge},
		"asked too often":           {func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Retry-After", "7"); w.WriteHeader(429) }, fault.TooMany},
		"asked to wait until a date": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", time.Now().Add(90*time.Second).UTC().Format(http.TimeFormat))
			w.WriteHeader(503)
		}, fault.TooMany},
		"down":        {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) }, fault.TooMany},
		"not allowed": {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(403) }, fault.Forbidden},
		"a body that is announced small": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "900")
			fmt.Fprint(w, "{")
		}, fault.TooMany},
	} {
		t.Run(name, func(t *testing.T) {
			s := portaltest.New(t)
			limits := portal.DefaultLimits()
			limits.Answer = 1 << 20
			ps := open(t, s, limits)
			tok := token(t, ps)
			s.Before = func(w http.ResponseWriter, r *http.Request) bool { c.answer(w, r); return true }
			_, err := ps.Page(t.Context(), "general", tok, "Condition", "")
			if !fault.Is(err, c.want) || err == nil {
				t.Errorf("got %v", err)
			}
			if s := fault.All(err)[0].Vars["seconds"]; name == "asked to wait until a date" && s != "89" && s != "88" && s != "90" {
				t.Errorf("got %s seconds", s)
			}
			if name == "asked too often" && fault.All(err)[0].Vars["seconds"] != "7" {
				t.Errorf("got %v", fault.All(err)[0].Vars)
			}
		})
	}
	if asked := far.Asked(); len(asked) > 0 {
		t.Errorf("another host was asked: %v", asked)
	}
}

// endless sends until nobody listens: five gigabytes, were they taken.
func endless(w http.ResponseWriter) {
	block := make([]byte, 1<<16)
	for sent := 0; sent < 5<<30; sent += len(block) {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

func TestASignInElsewhereIsNotFollowed(t *testing.T) {
	s := portaltest.New(t)
	s.Before = func(w http.ResponseWriter, r *http.Request) bool {
		fmt.Fprint(w, `{"authorization_endpoint":"https://evil.example/authorize","token_endpoint":"https://evil.example/token","code_challenge_methods_supported":["S256"]}`)
		return true
	}
	if to, err := open(t, s, portal.DefaultLimits()).SignIn(t.Context(), "general", ask); !fault.Is(err, fault.Refused) || to != "" {
		t.Errorf("got %q %v", to, err)
	}
}

func TestAPortalThatKnowsNoPKCEIsRefused(t *testing.T) {
	s := portaltest.New(t)
	s.Before = func(w http.ResponseWriter, r *http.Request) bool {
		root := strings.TrimSuffix(s.URL, "/fhir")
		fmt.Fprintf(w, `{"authorization_endpoint":"%s/authorize","token_endpoint":"%s/token","code_challenge_methods_supported":["plain"]}`, root, root)
		return true
	}
	if _, err := open(t, s, portal.DefaultLimits()).SignIn(t.Context(), "general", ask); !fault.Is(err, fault.Refused) {
		t.Errorf("got %v", err)
	}
}

func TestAPortalThatIsNotThereIsBusy(t *testing.T) {
	ps, err := portal.Read(strings.NewReader(`{"portals":[{"id":"x","name":"X","base":"http://127.0.0.1:1/fhir","client_id":"c"}]}`), portal.DefaultLimits(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ps.SignIn(context.Background(), "x", ask); !fault.Is(err, fault.TooMany) {
		t.Errorf("got %v", err)
	}
}

func TestAListThatWouldBeUnsafeIsRefused(t *testing.T) {
	for _, list := range []string{
		`{"portals":[{"id":"x","name":"X","base":"http://fhir.example.org/r4","client_id":"c"}]}`,
		`{"portals":[{"id":"x","name":"X","base":"https://user:pass@fhir.example.org/r4","client_id":"c"}]}`,
		`{"portals":[{"id":"x","name":"X","base":"https://fhir.example.org/r4?x=1","client_id":"c"}]}`,
		`{"portals":[{"id":"../x","name":"X","base":"https://fhir.example.org/r4","client_id":"c"}]}`,
		`{"portals":[{"id":"x","name":"","base":"https://fhir.example.org/r4","client_id":"c"}]}`,
		`{"portals":[{"id":"x","name":"X","base":"https://fhir.example.org/r4"}]}`,
		`{"portals":[{"id":"x","name":"X","base":"https://fhir.example.org/r4","client_id":"c","hosts":["*"]}]}`,
		`{"portals":[{"id":"x","name":"X","base":"https://fhir.example.org/r4","client_id":"c","secret":"s"}]}`,
		`{"portals":[{"id":"x","name":"X","base":"https://a.example/r4","client_id":"c"},{"id":"x","name":"Y","base":"https://b.example/r4","client_id":"c"}]}`,
		`[]`,
	} {
		if _, err := portal.Read(strings.NewReader(list), portal.DefaultLimits(), time.Now); err == nil {
			t.Errorf("taken: %s", list)
		}
	}
}

func TestADocumentIsGivenAsItsBytes(t *testing.T) {
	s := portaltest.New(t)
	s.Binaries["b1"] = portaltest.Binary{Type: "text/plain", Body: []byte("Final diagnosis: ductal carcinoma.")}
	ps := open(t, s, portal.DefaultLimits())
	tok := token(t, ps)
	for _, a := range []actions.PortalAttachment{{URL: "Binary/b1"}, {URL: s.URL + "/Binary/b1", Type: "text/plain; charset=utf-8"}} {
		b, kind, err := ps.Attachment(t.Context(), "general", tok, a)
		if err != nil || string(b) != "Final diagnosis: ductal carcinoma." || kind != "text/plain" {
			t.Errorf("%v: got %q %q %v", a, b, kind, err)
		}
	}
	if _, _, err := ps.Attachment(t.Context(), "general", tok, actions.PortalAttachment{URL: "https://evil.example/x.pdf"}); !fault.Is(err, fault.Refused) {
		t.Errorf("a document of another host: %v", err)
	}
}
