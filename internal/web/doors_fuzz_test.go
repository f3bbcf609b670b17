package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"consilium/internal/actions"
)

// glass seals nothing: whatever is held reaches the reader behind the seal.
type glass struct{}

func (glass) SealValue(plain []byte, _ ...string) ([]byte, error)  { return plain, nil }
func (glass) OpenValue(sealed []byte, _ ...string) ([]byte, error) { return sealed, nil }

func FuzzNoAddressLeadsElsewhere(f *testing.F) {
	for _, s := range []string{"/", "//x", "/\\x", "/a?b=c#d", "https://x", "/\t/x", "/%2f/x", "\\\\x", "/a\n", "/..//x"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://consilium.example.org/sign-in")
	f.Fuzz(func(t *testing.T, back string) {
		to := local(back)
		// As a browser reads it: it drops tabs and line ends, and takes \ for /.
		read := strings.NewReplacer("\t", "", "\n", "", "\r", "", "\\", "/").Replace(to)
		u, err := base.Parse(read)
		if err != nil || u.Host != base.Host || u.Scheme != "https" || strings.HasPrefix(strings.TrimSpace(read), "//") {
			t.Errorf("%q leads to %q", back, to)
		}
	})
}

func FuzzAHeldFormIsReadOrRefused(f *testing.F) {
	d := &doors{sealer: glass{}, house: &actions.House{Now: func() time.Time { return time.Unix(0, 0) }}}
	good, err := d.hold("/case/x/start", url.Values{"name": {"Ruth", "é"}})
	if err != nil {
		f.Fatal(err)
	}
	if h, ok := d.unhold(good); !ok || h.Form.Get("name") != "Ruth" {
		f.Fatal("what was held was not read")
	}
	for _, s := range []string{good, "", ".", "a.b", good[:len(good)/2], good + "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if h, ok := d.unhold(s); ok && local(h.Path) != h.Path {
			t.Errorf("a form would be sent to %q", h.Path)
		}
	})
}

func FuzzWhatAProxySaysGivesAnAddress(f *testing.F) {
	d := &doors{proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	f.Add("10.0.0.1:1", "203.0.113.7")
	f.Add("[::1]:1", "x,,2001:db8::1%eth0")
	f.Add("pipe", "")
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		got := d.from(&http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {forwarded}}})
		_, err1 := netip.ParseAddr(got)
		_, err2 := netip.ParsePrefix(got)
		if err1 != nil && err2 != nil && got != "unknown" {
			t.Errorf("%q by %q gives %q", forwarded, remote, got)
		}
	})
}
