package web

import (
	"net/url"
	"slices"
	"strconv"

	"consilium/internal/actions"
	"consilium/internal/fault"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// remindersView is what the account page shows of reminders by e-mail.
type remindersView struct {
	Sent    bool // the operator has set up a mail server
	Address string
	State   string // "", "waiting", "on", "refused"
	Form    ui.Form
}

// reminders is what the account page shows; with what was typed where that was
// wrong.
func (d *doors) reminders(v *Visit, wrong error) (remindersView, error) {
	view := remindersView{Sent: d.house.SendsMail(), Form: ui.NewForm(v.Say, nil)}
	r, ok, err := d.house.MyReminding(v.Context(), v.Who)
	if err != nil {
		return view, err
	}
	values := url.Values{"days": {"7", "1"}} // a week to do something, and the last call
	if ok {
		view.Address, view.State = r.Address, "waiting"
		switch {
		case !r.Refused.IsZero():
			view.State = "refused"
		case !r.Confirmed.IsZero():
			view.State = "on"
		}
		values = url.Values{"email": {r.Address}}
		for _, n := range r.Days {
			values.Add("days", strconv.Itoa(n))
		}
	}
	if wrong != nil {
		values = url.Values{"email": v.Form["email"], "days": v.Form["days"]}
	}
	view.Form = ui.NewForm(v.Say, values)
	if wrong != nil {
		view.Form = view.Form.Failed(wrong)
	}
	return view, nil
}

// remindMe saves where and when the person wants to be reminded.
func (d *doors) remindMe(v *Visit) error {
	var days []int
	for _, s := range v.Form["days"] {
		n, _ := strconv.Atoi(s) // what is no number is no choice either
		days = append(days, n)
	}
	slices.Sort(days)
	err := d.house.RemindMe(v.Context(), v.Who, v.Form.Get("email"), v.Lang(), slices.Compact(days))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooMany) {
		return d.renderAccount(v, Status(err), accountWrong{reminders: err})
	}
	if err != nil {
		return err
	}
	r, _, err := d.house.MyReminding(v.Context(), v.Who)
	if err != nil {
		return err
	}
	if r.Confirmed.IsZero() {
		return accountDone(v, "reminders-asked")
	}
	return accountDone(v, "reminders-saved")
}

// stopMyReminders ends the person's reminders.
func (d *doors) stopMyReminders(v *Visit) error {
	if err := d.house.StopMyReminders(v.Context(), v.Who); err != nil {
		return err
	}
	return accountDone(v, "reminders-stopped")
}

// showReminders is where the link of a message leads: it confirms the address, or
// stops reminders. Looking does neither, for mail programs look by themselves.
func (d *doors) showReminders(v *Visit) error {
	r, err := d.house.RemindingOf(v.Context(), v.Item("secret"))
	if err != nil {
		return err
	}
	view := reminderPageView{Action: actions.RemindersPath + v.Item("secret"), Confirm: r.Confirmed.IsZero()}
	return v.Render(v.Say.T("reminders.title"), remindersPage(v.Say, view))
}

// answerReminders does what was pressed. A mail program that stops reminders for
// its person posts without a word of ours (RFC 8058).
func (d *doors) answerReminders(v *Visit) error {
	do, title, said := d.house.StopReminders, v.Say.T("reminders.stopped"), v.Say.T("reminders.stopped_text")
	if v.Form.Get("do") == "confirm" {
		do, title, said = d.house.ConfirmReminders, v.Say.T("reminders.confirmed"), v.Say.T("reminders.confirmed_text")
	}
	if err := do(v.Context(), v.Item("secret")); err != nil {
		return err
	}
	v.once = true
	return v.Render(v.Say.T("reminders.title"), remindersDonePage(title, said))
}

// reminderPageView is what the page behind a message's link shows.
type reminderPageView struct {
	Action  string
	Confirm bool // the address is not confirmed yet
}

// reminderDays are the choices of how long before a date.
func reminderDays(say text.Speaker) []ui.Option {
	var all []ui.Option
	for _, n := range actions.ReminderDays {
		all = append(all, ui.Option{Value: strconv.Itoa(n), Label: say.N("account.reminders_before", n)})
	}
	return all
}
