package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"consilium/internal/actions"
	"consilium/internal/fault"
	"consilium/internal/web/text"
)

// Sealer seals what a person's browser keeps for us for a while; purpose says what
// it is and where it belongs, and must be the same when it is opened.
type Sealer interface {
	SealValue(plain []byte, purpose ...string) ([]byte, error)
	OpenValue(sealed []byte, purpose ...string) ([]byte, error)
}

// DoorsConfig is what the doors are made of.
type DoorsConfig struct {
	House     *actions.House
	Words     *text.Words
	Log       *slog.Logger
	Sessions  scs.CtxStore              // holds the sessions' contents; the tokens only as hashes
	SessionID func(token string) string // how the store names the session with this token
	Sealer    Sealer                    // the installation's key
	Public    string                    // the address that people type: "http://127.0.0.1:8080", "https://consilium.example.org"
	Proxies   []netip.Prefix            // who may say for whom a request comes; see Proxies
}

// doors are the pages for signing in and out, and who is signed in.
type doors struct {
	pages     *Server // renders, and turns faults into pages; serves nothing itself
	house     *actions.House
	sealer    Sealer
	sessions  *scs.SessionManager
	sessionID func(token string) string
	passkeys  *webauthn.WebAuthn
	proxies   []netip.Prefix
	public    *url.URL
	settled   atomic.Bool // somebody can sign in: the first run is over, for good
}

// NewDoors makes the doors. A public address that is no address is an error.
func NewDoors(c DoorsConfig) (Doors, error) {
	u, err := url.Parse(c.Public)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("the public address %q must look like https://consilium.example.org", c.Public)
	}
	if c.House == nil || c.Words == nil || c.Log == nil || c.Sessions == nil || c.SessionID == nil || c.Sealer == nil {
		return nil, errors.New("the doors need a house, words, a log, sessions, their ids and a sealer")
	}
	d := &doors{house: c.House, sealer: c.Sealer, sessionID: c.SessionID, proxies: c.Proxies, public: u}
	d.pages = &Server{house: c.House, words: c.Words, doors: d, log: c.Log}
	d.sessions = sessionManager(c.Sessions, c.House.Now, u.Scheme == "https")
	d.passkeys, err = relyingParty(u)
	return d, err
}

// who may use a route of the doors.
type audience int

const (
	anyone   audience = iota // signed in or not
	signedIn                 // a person with a session
)

// routes lists every page of the doors and who may use it.
func (d *doors) routes() []doorRoute {
	return []doorRoute{
		{"GET /welcome/{token}", anyone, d.showWelcome},
		{"POST /welcome/{token}", anyone, d.welcome},
		{"GET /recover/{token}", anyone, d.showRecover},
		{"POST /recover/{token}", anyone, d.recover},
		{"GET /setup", signedIn, d.showSetup},
		{"GET /sign-in", anyone, d.showSignIn},
		{"POST /sign-in", anyone, d.signIn},
		{"POST /sign-in/held", signedIn, d.held},
		{"POST /sign-in/passkey/begin", anyone, d.passkeyChallenge},
		{"POST /sign-in/passkey/finish", anyone, d.signInWithPasskey},
		{"POST /sign-out", anyone, d.signOut},
		{"GET /account", signedIn, d.showAccount},
		{"POST /account", signedIn, d.describeMyself},
		{"GET /account/passphrase", signedIn, d.showPassphrase},
		{"POST /account/passphrase", signedIn, d.changePassphrase},
		{"POST /account/passkey/begin", signedIn, d.newPasskeyChallenge},
		{"POST /account/passkey/finish", signedIn, d.addPasskey},
		{"POST /account/passkey/remove", signedIn, d.removePasskey},
		{"POST /account/reminders", signedIn, d.remindMe},
		{"POST /account/reminders/stop", signedIn, d.stopMyReminders},
		{"GET " + actions.RemindersPath + "{secret}", anyone, d.showReminders},
		{"POST " + actions.RemindersPath + "{secret}", anyone, d.answerReminders},
		{"POST /account/session/end", signedIn, d.endSession},
		{"POST /account/session/end-all", signedIn, d.endAllSessions},
	}
}

type doorRoute struct {
	pattern string
	for_    audience
	do      func(*Visit) error
}

// Routes adds the pages for signing in and out and for the account.
func (d *doors) Routes(mux *http.ServeMux) {
	for _, r := range d.routes() {
		if r.for_ == signedIn {
			mux.Handle(r.pattern, d.pages.signedIn(r.do))
		} else {
			mux.Handle(r.pattern, d.open(r.do))
		}
	}
}

// maxHeld is the most that a form of the doors may weigh: it may carry a whole
// other form, sealed and written in letters.
const maxHeld = 2 * maxForm

// open wraps a page that anyone may use.
func (d *doors) open(do func(*Visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := d.pages.visit(w, r)
		if r.Method == http.MethodPost {
			if err := readForm(w, r, maxHeld); err != nil {
				d.pages.fail(v, err)
				return
			}
			v.Form = r.PostForm
		}
		if err := do(v); err != nil {
			d.pages.fail(v, err)
		}
	})
}

// readForm reads a posted form of at most so many bytes.
func readForm(w http.ResponseWriter, r *http.Request, most int64) error {
	r.Body = http.MaxBytesReader(w, r.Body, most)
	err := r.ParseForm()
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return fault.New(fault.TooLarge, "fault.too_large").Because(err)
	case err != nil:
		return fault.New(fault.Invalid, "fault.invalid").Because(err)
	}
	return nil
}

// fresh tells whether nobody can sign in yet.
func (d *doors) fresh(ctx context.Context) (bool, error) {
	if d.settled.Load() {
		return false, nil
	}
	fresh, err := d.house.Fresh(ctx)
	d.settled.Store(err == nil && !fresh)
	return fresh, err
}

// relyingParty says to passkeys who we are. A passkey belongs to a name, never to
// a number: under a numbered address of this machine they work as "localhost".
func relyingParty(u *url.URL) (*webauthn.WebAuthn, error) {
	host, origin := u.Hostname(), u.Scheme+"://"+u.Host
	if _, err := netip.ParseAddr(host); err == nil {
		host = "localhost"
		origin = u.Scheme + "://" + host
		if p := u.Port(); p != "" {
			origin = u.Scheme + "://" + net.JoinHostPort(host, p)
		}
	}
	limit := webauthn.TimeoutConfig{Enforce: true, Timeout: ceremonyFor, TimeoutUVD: ceremonyFor}
	return webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: "Consilium", RPOrigins: []string{origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey:      protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: limit, Registration: limit},
	})
}

// ceremonyFor is how long a person may take to show a passkey.
const ceremonyFor = 5 * time.Minute

// local gives a path of this house, or "/" for what would lead elsewhere: "//other"
// and "/\other" are read by browsers as other hosts.
func local(back string) string {
	u, err := url.Parse(back)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.ContainsAny(back, "\\\r\n\t") {
		return "/"
	}
	return back
}
