package web

import (
	"net/http"
	"net/url"

	"consilium/internal/actions"
	"consilium/internal/fault"
	"consilium/internal/web/ui"
)

// accountView is what a person's own page shows.
type accountView struct {
	actions.Account
	Form      ui.Form
	Reminders remindersView
	Here      string // the id of the session that shows the page
	Passkey   bool   // passkeys work under the address that the person came by
	Elsewhere string // the address under which they would
	Done      string // what has just been done: a key of the words
}

// done lists what the account page may say was done; an address can name nothing
// else.
var done = map[string]string{
	"saved": "account.done.saved", "passkey": "account.done.passkey", "removed": "account.done.removed",
	"passphrase": "account.done.passphrase", "ended": "account.done.ended",
	"reminders-asked": "account.done.reminders_asked", "reminders-saved": "account.done.reminders_saved", "reminders-stopped": "account.done.reminders_stopped",
}

// showAccount shows a person how they sign in and where they are signed in.
func (d *doors) showAccount(v *Visit) error {
	return d.renderAccount(v, http.StatusOK, accountWrong{})
}

// accountWrong is what was wrong with one of the page's forms.
type accountWrong struct{ self, reminders error }

func (d *doors) renderAccount(v *Visit, status int, wrong accountWrong) error {
	a := accountView{Here: d.here(v), Done: done[v.R.URL.Query().Get("done")]}
	var err error
	if a.Account, err = d.house.MyAccount(v.Context(), v.Who); err != nil {
		return err
	}
	a.Passkey, a.Elsewhere = d.passkeyHere(v)
	if !a.Passkey && a.Elsewhere != "" {
		a.Elsewhere += "/account"
	}
	values := url.Values{"display": {a.Person.Display}, "language": {a.Person.Language}}
	if wrong.self != nil {
		values = url.Values{"display": v.Form["display"], "language": v.Form["language"]}
	}
	a.Form = ui.NewForm(v.Say, values)
	if wrong.self != nil {
		a.Form = a.Form.Failed(wrong.self)
	}
	if a.Reminders, err = d.reminders(v, wrong.reminders); err != nil {
		return err
	}
	v.Scripts("passkey.js")
	return v.RenderAs(status, v.Say.T("account.title"), accountPage(v.Say, a))
}

// describeMyself changes the person's name and language.
func (d *doors) describeMyself(v *Visit) error {
	lang := v.Form.Get("language")
	err := d.house.DescribeMyself(v.Context(), v.Who, v.Form.Get("display"), lang)
	if fault.Is(err, fault.Invalid) {
		return d.renderAccount(v, Status(err), accountWrong{self: err})
	}
	if err != nil {
		return err
	}
	if lang != "" {
		keepLanguage(v.W, lang)
	}
	return accountDone(v, "saved")
}

func accountDone(v *Visit, what string) error {
	http.Redirect(v.W, v.R, "/account?done="+what, http.StatusSeeOther)
	return nil
}

// removePasskey takes a passkey away.
func (d *doors) removePasskey(v *Visit) error {
	if err := d.house.RemovePasskey(v.Context(), v.Who, v.Form.Get("id")); err != nil {
		return err
	}
	return accountDone(v, "removed")
}

// endSession ends one of the person's sessions; ending this one signs out.
func (d *doors) endSession(v *Visit) error {
	id := v.Form.Get("id")
	if err := d.house.RevokeSession(v.Context(), v.Who, id); err != nil {
		return err
	}
	if id == d.here(v) {
		return d.gone(v)
	}
	return accountDone(v, "ended")
}

// endAllSessions signs the person out everywhere, here too.
func (d *doors) endAllSessions(v *Visit) error {
	if err := d.house.SignOutEverywhere(v.Context(), v.Who); err != nil {
		return err
	}
	return d.gone(v)
}

// gone says that the person is signed out here.
func (d *doors) gone(v *Visit) error {
	if err := d.end(v); err != nil {
		return err
	}
	v.W.Header().Set("Clear-Site-Data", `"storage"`)
	return v.Render(v.Say.T("signout.title"), signedOutPage(v.Say))
}
