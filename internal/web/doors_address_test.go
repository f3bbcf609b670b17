package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"consilium/internal/web"
)

func TestListeningElsewhereWithoutTLSIsRefused(t *testing.T) {
	for _, c := range []struct {
		addr, tls, proxy string
		says             string
	}{
		{"127.0.0.1:8080", "", "", ""},
		{"localhost:8080", "", "", ""},
		{"[::1]:8080", "", "", ""},
		{"127.9.9.9:1", "", "", ""},
		{":8080", "", "", "refusing to listen on :8080 without TLS"},
		{"0.0.0.0:8080", "", "", "refusing"},
		{"[::]:8080", "", "", "refusing"},
		{"192.168.1.4:8080", "", "", "refusing"},
		{"example.org:80", "", "", "refusing"},
		{":443", "cert.pem", "", ""},
		{":8080", "", "10.0.0.5", ""},
		{":8080", "", "10.0.0.0/8, fd00::/8", ""},
		{":8080", "", "yes", "must be an address or a network"},
		{"8080", "", "", "must be host:port"},
	} {
		err := web.CheckListen(c.addr, c.tls, c.proxy)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%+v: %v", c, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestOnlyAKnownProxySaysForWhomARequestComes(t *testing.T) {
	proxies, err := web.Proxies("127.0.0.1,10.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	behind := newSite(t, func(c *web.DoorsConfig) { c.Proxies = proxies })
	alone := newSite(t)
	for _, s := range []*site{behind, alone} {
		s.owner()
		s.wait(s.clock().Truncate(15 * time.Minute).Add(15 * time.Minute).Sub(s.clock()))
	}
	try := func(s *site, forwarded string) int {
		return s.browser().do(http.MethodPost, "/sign-in", fields("handle", "nobody"+forwarded, "passphrase", "x"), "X-Forwarded-For", forwarded).status
	}
	use := func(s *site, key string) {
		for range 100 {
			if err := s.store.AddAttempt(t.Context(), "from:"+fmt.Sprintf("%x", key), s.clock()); err != nil {
				t.Fatal(err)
			}
		}
	}
	use(behind, "203.0.113.7")
	use(behind, "2001:db8:1:2::/64")
	use(alone, "203.0.113.7")
	for _, c := range []struct {
		s         *site
		forwarded string
		want      int
	}{
		{behind, "203.0.113.7", http.StatusTooManyRequests},
		{behind, "203.0.113.7, 10.1.1.1", http.StatusTooManyRequests},     // through two of ours
		{behind, "198.51.100.1, 203.0.113.7", http.StatusTooManyRequests}, // what stands before is the visitor's own invention
		{behind, "203.0.113.7, 198.51.100.1", http.StatusUnauthorized},    // an invention
		{behind, "2001:db8:1:2:aaaa::1", http.StatusTooManyRequests},      // the household's other addresses
		{behind, "2001:db8:1:3::1", http.StatusUnauthorized},              // the neighbours
		{behind, "nonsense", http.StatusUnauthorized},
		{alone, "203.0.113.7", http.StatusUnauthorized}, // nobody is believed
	} {
		if got := try(c.s, c.forwarded); got != c.want {
			t.Errorf("%q: answered %d, want %d", c.forwarded, got, c.want)
		}
	}
}

func TestAPostFromAnotherSiteIsRefused(t *testing.T) {
	s := newSite(t)
	s.owner()
	b := s.browser()
	b.signIn("ruth", goodPassphrase)
	for _, head := range [][]string{
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Origin", "https://evil.example"},
	} {
		for _, path := range []string{"/sign-out", "/cases", "/account/session/end-all", "/sign-in"} {
			if a := b.do(http.MethodPost, path, fields("handle", "ruth", "passphrase", goodPassphrase), head...); a.status != http.StatusForbidden {
				t.Errorf("%v %s: answered %d", head, path, a.status)
			}
		}
	}
	if !b.in() {
		t.Error("another site signed the person out")
	}
	if a := b.do(http.MethodPost, "/sign-out", url.Values{}, "Sec-Fetch-Site", "same-origin", "Origin", s.server.URL); a.status != http.StatusOK {
		t.Errorf("our own post was answered %d", a.status)
	}
}
