package web_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"consilium/internal/web/browsertest"
)

// chromium opens a page of a real browser that has a device for passkeys. Where
// there is no browser the test is skipped, but never in CI.
func chromium(t *testing.T) context.Context {
	t.Helper()
	ctx := browsertest.Open(t, 2*time.Minute)
	if _, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	_, err := chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}})
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

// complaints gathers what the browser's console says: scripts that fail, and what
// the content policy stopped.
func complaints(ctx context.Context) func() string {
	var mu sync.Mutex
	var said []string
	go func() {
		for m, err := range chromedp.Console(ctx) {
			if err != nil {
				return
			}
			// That a page was answered with "sign in first" is no complaint; nor is that
			// the browser did as signing out asked, which it may say sooner or later.
			if strings.Contains(m.Text, "status of 401") || strings.HasPrefix(m.Text, "Clear-Site-Data header") && strings.Contains(m.Text, "Cleared data types") {
				continue
			}
			mu.Lock()
			said = append(said, m.Source+" "+m.Text)
			mu.Unlock()
		}
	}()
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		return strings.Join(said, "\n")
	}
}

func TestInARealBrowserAPasskeyIsAddedAndSignsIn(t *testing.T) {
	s := newSite(t, named)
	link, err := s.house.FirstLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx := chromium(t)
	said := complaints(ctx)
	do := func(what string, steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatalf("%s: %v\n%s", what, err, said())
		}
	}
	// at waits until the page's heading is this.
	at := func(heading string) {
		t.Helper()
		last := ""
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			// While the next page loads there may be no page to ask.
			last, _ = chromedp.Run(ctx, chromedp.Evaluate[string](`(document.querySelector("h1")?.textContent ?? "") + " | " + (document.querySelector(".passkey-said")?.textContent ?? "")`))
			if strings.HasPrefix(last, heading+" |") {
				return
			}
		}
		t.Fatalf("the page is %q, not %q\n%s", last, heading, said())
	}
	do("open the link", chromedp.Navigate(s.origin()+"/welcome/"+link))
	at("Welcome to Consilium")
	do("set up",
		chromedp.SendKeys(chromedp.CSS("#f-handle"), "Ruth"),
		chromedp.SendKeys(chromedp.CSS("#f-passphrase"), goodPassphrase),
		chromedp.SendKeys(chromedp.CSS("#f-again"), goodPassphrase),
		chromedp.Click(chromedp.CSS("main form button[type=submit]")))
	at("You are set up")
	do("add a passkey", chromedp.Click(chromedp.CSS(".passkey button")))
	at("Your account")
	do("sign out", chromedp.Click(chromedp.CSS("header form button")))
	at("You are signed out")
	do("sign in", chromedp.Navigate(s.origin()+"/sign-in"), chromedp.Click(chromedp.CSS(".passkey button")))
	at("Your cases")

	// The session is lost, a form is posted, and a passkey brings it back.
	if _, err := chromedp.Call(ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	do("start a case", chromedp.Click(chromedp.CSS(`form[action="/cases"] button`)))
	at("Sign in")
	do("sign in", chromedp.Click(chromedp.CSS(".passkey button")))
	at("What you typed is still here")
	do("save", chromedp.Click(chromedp.CSS(`form[action="/cases"] button`)))
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if got, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("main")?.textContent ?? ""`)); strings.Contains(got, "page start") {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the held form never reached its page")
		}
	}
	if c := said(); c != "" {
		t.Errorf("the browser complains:\n%s", c)
	}
}
