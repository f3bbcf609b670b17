package program

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/auditlog"
	"consilium/internal/clinical"
	"consilium/internal/intake/healthlink"
	"consilium/internal/records"
)

// client opens a link straight from the standard, with nothing of ours.
type client struct {
	http                  *http.Client
	URL, Flag, Key, Label string
	Exp                   int64
	V                     int
}

func newClient(t testing.TB, h *http.Client, link string) *client {
	t.Helper()
	payload, ok := strings.CutPrefix(link, "shlink:/")
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	c := &client{http: h}
	if !ok || err != nil || json.Unmarshal(raw, c) != nil {
		t.Fatalf("not a link: %q, %v", link, err)
	}
	key, err := base64.RawURLEncoding.DecodeString(c.Key)
	if len(c.Key) != 43 || err != nil || len(key) != 32 || len(c.URL) > 128 || len(c.Label) > 80 || c.Exp == 0 {
		t.Fatalf("the link is not as the standard has it: %+v", c)
	}
	return c
}

func (c *client) post(t testing.TB, recipient, passcode string) (int, map[string]any) {
	t.Helper()
	ask, _ := json.Marshal(map[string]any{"recipient": recipient, "passcode": passcode, "embeddedLengthMax": 100})
	res, err := c.http.Post(c.URL, "application/json", bytes.NewReader(ask))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.Header.Get("Access-Control-Allow-Origin") != "*" || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers: %v", res.Header)
	}
	var body map[string]any
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body
}

func (c *client) get(t testing.TB, at string) (int, []byte) {
	t.Helper()
	res, err := c.http.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, b
}

// decrypt is RFC 7516, 5.2, for "dir" and A256GCM.
func (c *client) decrypt(t testing.TB, jwe []byte) []byte {
	t.Helper()
	p := strings.Split(string(jwe), ".")
	var b [5][]byte
	for i := range p {
		var err error
		if b[i], err = base64.RawURLEncoding.Strict().DecodeString(p[i]); err != nil || len(p) != 5 {
			t.Fatalf("part %d: %v", i, err)
		}
	}
	var head struct{ Alg, Enc, Zip, Cty string }
	if err := json.Unmarshal(b[0], &head); err != nil || head.Alg != "dir" || head.Enc != "A256GCM" || len(b[1]) != 0 {
		t.Fatalf("header %s", b[0])
	}
	key, _ := base64.RawURLEncoding.DecodeString(c.Key)
	block, _ := aes.NewCipher(key)
	gcm, _ := cipher.NewGCM(block)
	plain, err := gcm.Open(nil, b[2], append(b[3], b[4]...), []byte(p[0]))
	if err != nil {
		t.Fatal(err)
	}
	if head.Zip == "DEF" {
		if plain, err = io.ReadAll(flate.NewReader(bytes.NewReader(plain))); err != nil {
			t.Fatal(err)
		}
	}
	return plain
}

// open starts the house's server on the network and makes links lead there.
func (in *install) serve() *http.Client {
	srv := httptest.NewTLSServer(in.Handler())
	in.t.Cleanup(srv.Close)
	in.House.Public = srv.URL
	return srv.Client()
}

func (in *install) share(ask records.ShareAsk) actions.Link {
	in.t.Helper()
	l, err := in.House.SharePacket(in.t.Context(), in.who, in.load(), ask)
	if err != nil {
		in.t.Fatal(err)
	}
	return l
}

func ask() records.ShareAsk {
	return records.ShareAsk{Label: "Records", What: records.ShareWhole, Days: 14, Most: 3, Passcode: "blue river 7", Language: "en", Agreed: records.PacketWording}
}

func TestALinkOpensForAnotherProgram(t *testing.T) {
	house := newInstall(t)
	house.hand("records.json", []byte(bundle))
	web := house.serve()
	link := house.share(ask())
	c := newClient(t, web, link.Text)
	if c.Flag != "P" || !strings.HasSuffix(link.View, "#"+link.Text) {
		t.Errorf("%+v", link)
	}
	status, body := c.post(t, "Dr. Chen, Lakeside", "wrong one")
	if status != http.StatusUnauthorized || body["remainingAttempts"] != 4.0 {
		t.Fatalf("%d %v", status, body)
	}
	if status, _ := c.post(t, " ", "blue river 7"); status != http.StatusBadRequest {
		t.Errorf("nobody: %d", status)
	}
	status, body = c.post(t, "Dr. Chen, Lakeside", "blue river 7")
	if status != http.StatusOK {
		t.Fatalf("%d %v", status, body)
	}
	files := body["files"].([]any)
	if len(files) != 2 {
		t.Fatalf("%v", files)
	}
	var plain [][]byte
	for _, f := range files {
		at := f.(map[string]any)["location"].(string)
		status, jwe := c.get(t, at)
		if status != http.StatusOK {
			t.Fatalf("%d", status)
		}
		plain = append(plain, c.decrypt(t, jwe))
		if status, _ := c.get(t, strings.Replace(at, "?t=", "?t=A", 1)); status != http.StatusNotFound {
			t.Errorf("a made-up ticket: %d", status)
		}
	}
	check(t, plain[0], clinical.Counts{clinical.Condition: 1, clinical.Medication: 1})
	if m := openPacket(t, plain[1]).Manifest(); m.Facts.Count != 3 {
		t.Errorf("%+v", m)
	}
	// The patient sees who opened it; the log has the entry and not the words.
	all, err := records.Shares(house.load())
	if err != nil || len(all) != 1 || all[0].Uses != 1 || all[0].Tries != 4 || len(all[0].Openings) != 2 || !all[0].Openings[0].Refused || all[0].Openings[1].Recipient != "Dr. Chen, Lakeside" {
		t.Fatalf("%+v, %v", all, err)
	}
	var log bytes.Buffer
	if err := house.House.Cases.Log(t.Context(), house.case1, &log); err != nil {
		t.Fatal(err)
	}
	if s := log.String(); !strings.Contains(s, `"open_share"`) || !strings.Contains(s, `"refuse_share"`) || strings.Contains(s, "Chen") {
		t.Error(s)
	}
	if _, err := auditlog.Verify(&log, house.Keys.PublicKeys()[0]); err != nil {
		t.Error(err)
	}
	// The reader of links that this house has itself opens it too.
	l, err := healthlink.Parse(link.Text)
	if err != nil {
		t.Fatal(err)
	}
	got, err := l.Open(t.Context(), healthlink.Ask{Recipient: "Dr. Osei", Passcode: "blue river 7", Now: house.House.Now()}, fetcher(web))
	if err != nil || len(got) != 2 || !bytes.Equal(got[0].Body, plain[0]) || got[0].ContentType != "application/fhir+json" {
		t.Errorf("%d files, %v", len(got), err)
	}
}

func fetcher(web *http.Client) healthlink.Fetcher {
	return func(ctx context.Context, r healthlink.Request) (int, []byte, error) {
		req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
		if err != nil {
			return 0, nil, err
		}
		res, err := web.Do(req)
		if err != nil {
			return 0, nil, err
		}
		defer res.Body.Close()
		b, err := io.ReadAll(io.LimitReader(res.Body, r.Limit+1))
		return res.StatusCode, b, err
	}
}

func TestALinkEndsByTriesByUsesByTimeAndByWord(t *testing.T) {
	house := newInstall(t)
	house.hand("records.json", []byte(bundle))
	web := house.serve()

	c := newClient(t, web, house.share(ask()).Text)
	for left := 4; left >= 0; left-- {
		if status, body := c.post(t, "x", "no"); status != http.StatusUnauthorized || body["remainingAttempts"] != float64(left) {
			t.Fatalf("%d %v", status, body)
		}
	}
	if status, _ := c.post(t, "x", "blue river 7"); status != http.StatusNotFound {
		t.Errorf("after five wrong tries: %d", status)
	}

	few := ask()
	few.Most = 1
	c = newClient(t, web, house.share(few).Text)
	_, body := c.post(t, "x", "blue river 7")
	at := body["files"].([]any)[1].(map[string]any)["location"].(string)
	if status, _ := c.get(t, at); status != http.StatusOK {
		t.Errorf("the last opening may not fetch what it was let in for: %d", status)
	}
	if status, _ := c.post(t, "x", "blue river 7"); status != http.StatusNotFound {
		t.Errorf("once more than allowed: %d", status)
	}

	link := house.share(ask())
	c = newClient(t, web, link.Text)
	_, body = c.post(t, "x", "blue river 7")
	at = body["files"].([]any)[0].(map[string]any)["location"].(string)
	if err := house.House.RevokeShare(t.Context(), house.who, house.load(), link.Share.ID); err != nil {
		t.Fatal(err)
	}
	if status, _ := c.post(t, "x", "blue river 7"); status != http.StatusNotFound {
		t.Errorf("revoked: %d", status)
	}
	if status, _ := c.get(t, at); status != http.StatusNotFound {
		t.Errorf("revoked, with a ticket from before: %d", status)
	}

	now := house.House.Now()
	c = newClient(t, web, house.share(ask()).Text)
	house.House.Now = func() time.Time { return now.Add(14*24*time.Hour + time.Second) }
	if status, _ := c.post(t, "x", "blue river 7"); status != http.StatusNotFound {
		t.Errorf("expired: %d", status)
	}
	if status, _ := (&client{http: web, URL: house.House.Public + "/shl/" + strings.Repeat("A", 43)}).post(t, "x", ""); status != http.StatusNotFound {
		t.Errorf("a made-up link: %d", status)
	}
}

func TestALinkToTheSummaryIsTheFileItself(t *testing.T) {
	house := newInstall(t)
	house.hand("records.json", []byte(bundle))
	web := house.serve()
	a := ask()
	a.Passcode, a.What = "", records.ShareSummary
	c := newClient(t, web, house.share(a).Text)
	if c.Flag != "U" {
		t.Fatalf("flag %q", c.Flag)
	}
	status, jwe := c.get(t, c.URL+"?recipient=Dr.+Chen")
	if status != http.StatusOK {
		t.Fatal(status)
	}
	check(t, c.decrypt(t, jwe), clinical.Counts{clinical.Condition: 1})
	if status, _ := c.get(t, c.URL); status != http.StatusBadRequest {
		t.Errorf("nobody: %d", status)
	}
	if status, _ := c.post(t, "x", ""); status != http.StatusNotFound {
		t.Errorf("a list of a link without one: %d", status)
	}
}

func TestTheKeyOfALinkIsKeptNowhere(t *testing.T) {
	house := newInstall(t)
	house.hand("records.json", []byte(bundle))
	l := house.share(ask())
	c := newClient(t, http.DefaultClient, l.Text)
	s, _ := json.Marshal(l.Share)
	docs, err := house.House.Cases.History(t.Context(), house.case1, records.ShareRef(l.Share.ID))
	if err != nil || len(docs) != 1 {
		t.Fatal(err)
	}
	secret := c.URL[strings.LastIndex(c.URL, "/")+1:]
	for _, hay := range []string{string(s), string(docs[0].Body)} {
		for _, needle := range []string{c.Key, secret, "blue river"} {
			if strings.Contains(hay, needle) {
				t.Errorf("%q is kept", needle)
			}
		}
	}
}

func TestSomebodyWhoAsksTooOftenWaits(t *testing.T) {
	house := newInstall(t)
	web := house.serve()
	c := &client{http: web, URL: house.House.Public + "/shl/" + strings.Repeat("A", 43)}
	for n := 1; ; n++ {
		status, _ := c.post(t, "x", "")
		if status == http.StatusTooManyRequests {
			break
		}
		if n > 100 {
			t.Fatal("nobody stops it")
		}
	}
}

func TestThePageForADoctorHoldsNothingOfThePatient(t *testing.T) {
	house := newInstall(t)
	web := house.serve()
	for _, lang := range []string{"en", "es"} {
		req, _ := http.NewRequest("GET", house.House.Public+"/view", nil)
		req.Header.Set("Accept-Language", lang)
		res, err := web.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(b), `<html lang="`+lang) || !strings.Contains(string(b), "/view/link.js") || strings.Contains(string(b), "link.title") {
			t.Errorf("%d %s", res.StatusCode, b)
		}
		// Without script the key cannot be used here, and the page says three other ways.
		_, without, _ := strings.Cut(string(b), "<noscript>")
		without, _, _ = strings.Cut(without, "</noscript>")
		if strings.Count(without, "<li>") != 3 || !strings.Contains(without, "SMART Health Links") || !strings.Contains(without, "shlink:/") || !strings.Contains(without, "#") || !strings.Contains(without, "USB") || strings.Contains(without, "link.without.") {
			t.Errorf("%s: %s", lang, without)
		}
		if p := res.Header.Get("Content-Security-Policy"); !strings.Contains(p, "script-src 'self'") || strings.Contains(p, "unsafe") {
			t.Error(p)
		}
	}
}
