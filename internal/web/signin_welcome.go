package web

import (
	"net/http"
	"net/url"

	"consilium/internal/fault"
	"consilium/internal/web/ui"
)

// showWelcome shows the first-run page to whoever holds the one-time link. Looking
// does not use the link up: a mail program or a browser may look ahead.
func (d *doors) showWelcome(v *Visit) error {
	token := v.Item("token")
	if err := d.house.Welcome(v.Context(), token); err != nil {
		return err
	}
	return d.renderWelcome(v, http.StatusOK, token, ui.NewForm(v.Say, nil))
}

func (d *doors) renderWelcome(v *Visit, status int, token string, f ui.Form) error {
	return v.RenderAs(status, v.Say.T("welcome.title"), welcomePage(v.Say, f, token))
}

// welcome makes the owner, signs them in and offers a passkey.
func (d *doors) welcome(v *Visit) error {
	token, handle, passphrase := v.Item("token"), v.Form.Get("handle"), v.Form.Get("passphrase")
	if err := d.house.Welcome(v.Context(), token); err != nil {
		return err
	}
	again := func(err error) error {
		f := ui.NewForm(v.Say, url.Values{"handle": {handle}}).Failed(err)
		return d.renderWelcome(v, Status(err), token, f)
	}
	if passphrase != v.Form.Get("again") {
		return again(fault.New(fault.Invalid, "form.mismatch").On("again"))
	}
	p, err := d.house.WelcomeOwner(v.Context(), token, handle, passphrase)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return again(err)
	}
	if err != nil {
		return err
	}
	if err := d.start(v, p); err != nil {
		return err
	}
	http.Redirect(v.W, v.R, "/setup", http.StatusSeeOther)
	return nil
}

// showSetup says that the owner is made, and offers a passkey.
func (d *doors) showSetup(v *Visit) error {
	here, elsewhere := d.passkeyHere(v)
	if !here && elsewhere != "" {
		elsewhere += "/account"
	}
	v.Scripts("passkey.js")
	return v.Render(v.Say.T("setup.title"), setupPage(v.Say, here, elsewhere))
}
