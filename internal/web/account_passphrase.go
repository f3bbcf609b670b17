package web

import (
	"net/http"

	"consilium/internal/actions"
	"consilium/internal/fault"
	"consilium/internal/web/ui"
)

// showPassphrase shows the form for another passphrase.
func (d *doors) showPassphrase(v *Visit) error {
	return d.renderPassphrase(v, http.StatusOK, ui.NewForm(v.Say, nil))
}

func (d *doors) renderPassphrase(v *Visit, status int, f ui.Form) error {
	return v.RenderAs(status, v.Say.T("passphrase.title"), passphrasePage(v.Say, f))
}

// changePassphrase changes the passphrase and signs out everywhere else. This
// session goes on, under a new token.
func (d *doors) changePassphrase(v *Visit) error {
	again := func(err error) error {
		return d.renderPassphrase(v, Status(err), ui.NewForm(v.Say, nil).Failed(err))
	}
	if v.Form.Get("passphrase") != v.Form.Get("again") {
		return again(fault.New(fault.Invalid, "form.mismatch").On("again"))
	}
	err := d.house.ChangePassphrase(v.Context(), v.Who, actions.NewPassphrase{
		Old: v.Form.Get("old"), New: v.Form.Get("passphrase"), From: d.from(v.R), Session: d.here(v),
	})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooMany) {
		return again(err)
	}
	if err != nil {
		return err
	}
	a, err := d.house.MyAccount(v.Context(), v.Who)
	if err != nil {
		return err
	}
	if err := d.start(v, a.Person); err != nil {
		return err
	}
	return accountDone(v, "passphrase")
}
