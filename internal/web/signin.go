package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"strconv"

	"consilium/internal/actions"
	"consilium/internal/fault"
	"consilium/internal/web/ui"
)

// signInView is what the sign-in page shows.
type signInView struct {
	Form      ui.Form
	Back      string // where to go afterwards: a path of this house
	Held      string // a form that was posted without a session, sealed
	Lost      bool   // the session was lost while a form was posted
	Fresh     bool   // nobody can sign in yet: the link is on the terminal
	Passkey   bool   // passkeys work under the address that the person came by
	Elsewhere string // the address under which they would
}

// showSignIn shows the page for signing in; whoever is signed in goes on.
func (d *doors) showSignIn(v *Visit) error {
	back := local(v.R.URL.Query().Get("back"))
	if v.Who != "" {
		http.Redirect(v.W, v.R, back, http.StatusSeeOther)
		return nil
	}
	return d.renderSignIn(v, http.StatusOK, signInView{Back: back})
}

func (d *doors) renderSignIn(v *Visit, status int, s signInView) error {
	fresh, err := d.fresh(v.Context())
	if err != nil {
		return err
	}
	if s.Form.Speaker == nil {
		s.Form = ui.NewForm(v.Say, nil)
	}
	s.Fresh = fresh
	s.Passkey, s.Elsewhere = d.passkeyHere(v)
	if !s.Passkey && s.Elsewhere != "" {
		s.Elsewhere += join("/sign-in", url.Values{"back": {s.Back}})
	}
	v.Scripts("passkey.js")
	return v.RenderAs(status, v.Say.T("signin.title"), signInPage(v.Say, s))
}

// passkeyHere tells whether passkeys work under the address that the person came
// by, and if not, which of this machine's does.
func (d *doors) passkeyHere(v *Visit) (here bool, elsewhere string) {
	origin := d.passkeys.Config.RPOrigins[0]
	u, err := url.Parse(origin)
	if err != nil {
		return false, ""
	}
	if v.R.Host == u.Host {
		return true, ""
	}
	if _, err := netip.ParseAddr(d.public.Hostname()); err == nil && !loopback(d.public.Hostname()) {
		return false, "" // a numbered address that is not this machine has no passkeys
	}
	return false, origin
}

// signIn checks the passphrase and goes on to where the person wanted to be.
func (d *doors) signIn(v *Visit) error {
	s := signInView{Form: ui.NewForm(v.Say, url.Values{"handle": v.Form["handle"]}), Back: local(v.Form.Get("back")), Held: v.Form.Get("held")}
	p, err := d.house.SignIn(v.Context(), actions.Try{
		Handle: v.Form.Get("handle"), Passphrase: v.Form.Get("passphrase"), From: d.from(v.R),
	})
	if fault.Is(err, fault.Unauthenticated) || fault.Is(err, fault.TooMany) {
		s.Form = s.Form.Failed(err)
		if wait := fault.All(err)[0].Vars["minutes"]; wait != "" {
			n, _ := strconv.Atoi(wait)
			v.W.Header().Set("Retry-After", strconv.Itoa(n*60))
		}
		return d.renderSignIn(v, Status(err), s)
	}
	if err != nil {
		return err
	}
	if err := d.start(v, p); err != nil {
		return err
	}
	return d.goOn(v, s.Back, s.Held)
}

// goOn shows the form that the person had posted before they signed in, or goes to
// where they wanted to be.
func (d *doors) goOn(v *Visit, back, sealed string) error {
	if sealed != "" {
		if h, ok := d.unhold(sealed); ok {
			return d.showHeld(v, h)
		}
	}
	http.Redirect(v.W, v.R, back, http.StatusSeeOther)
	return nil
}

// held shows a held form to a person who came back by passkey.
func (d *doors) held(v *Visit) error {
	return d.goOn(v, local(v.Form.Get("back")), v.Form.Get("held"))
}

// signOut ends the session. It is a form, so that no link can do it.
func (d *doors) signOut(v *Visit) error {
	who := v.Who
	if who != "" {
		if err := d.end(v); err != nil {
			return err
		}
		if err := d.house.SignedOut(v.Context(), who); err != nil {
			return err
		}
	}
	// What the browser still keeps of forms goes too: the next person may be another.
	v.W.Header().Set("Clear-Site-Data", `"storage"`)
	return v.Render(v.Say.T("signout.title"), signedOutPage(v.Say))
}
