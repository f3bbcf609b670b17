package web

import (
	"net/http"

	"consilium/internal/fault"
	"consilium/internal/web/ui"
)

// showRecover lets whoever holds a recovery link choose a new passphrase. Looking
// does not use the link up.
func (d *doors) showRecover(v *Visit) error {
	return d.renderRecover(v, http.StatusOK, ui.NewForm(v.Say, nil))
}

func (d *doors) renderRecover(v *Visit, status int, f ui.Form) error {
	p, err := d.house.Recovering(v.Context(), v.Item("token"))
	if err != nil {
		return err
	}
	return v.RenderAs(status, v.Say.T("recover.title"), recoverPage(v.Say, f, v.Item("token"), p.Handle))
}

// recover changes the passphrase, ends every session and signs the person in.
func (d *doors) recover(v *Visit) error {
	again := func(err error) error {
		return d.renderRecover(v, Status(err), ui.NewForm(v.Say, nil).Failed(err))
	}
	if v.Form.Get("passphrase") != v.Form.Get("again") {
		return again(fault.New(fault.Invalid, "form.mismatch").On("again"))
	}
	p, err := d.house.Recover(v.Context(), v.Item("token"), v.Form.Get("passphrase"))
	if fault.Is(err, fault.Invalid) {
		return again(err)
	}
	if err != nil {
		return err
	}
	if err := d.start(v, p); err != nil {
		return err
	}
	return accountDone(v, "passphrase")
}
