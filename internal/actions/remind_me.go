package actions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"slices"
	"strings"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// ReminderDays are how many days before a date a person may be reminded.
var ReminderDays = []int{7, 3, 1}

const (
	// confirmWithin is how long the link that confirms an address is good.
	confirmWithin = 7 * 24 * time.Hour
	// confirmsAtMost is how many messages to confirm an address one person, or one
	// address, may cause in a window of tries: nobody shall be flooded through us.
	confirmsAtMost = 5
	// RemindersPath is where the links of messages lead, with their secret.
	RemindersPath = "/reminders/"
)

// ConfirmRemindersJob is the kind of the job that asks the owner of an address
// whether it is theirs; its subject is the person and which of their wishes it is.
const ConfirmRemindersJob = "confirm_reminders"

// SendsMail tells whether the operator has set up e-mail.
func (h *House) SendsMail() bool { return h.Mailer != nil }

// MyReminding gives the person's wish to be reminded; ok is false when there is
// none, or it was never confirmed in time.
func (h *House) MyReminding(ctx context.Context, who casefile.Person) (r Reminding, ok bool, err error) {
	r, err = h.Accounts.Reminding(ctx, who)
	if fault.Is(err, fault.NotFound) {
		return Reminding{}, false, nil
	}
	return r, err == nil && !h.lapsed(r), err
}

// lapsed tells whether the time to confirm has passed.
func (h *House) lapsed(r Reminding) bool {
	return r.Confirmed.IsZero() && h.Now().After(r.Asked.Add(confirmWithin))
}

// RemindMe saves to which address and how many days before the person wants to be
// reminded. A new address gets a message first, with a link that confirms it;
// until then nothing else is sent there. What is wrong is said at the fields
// "email" and "days".
func (h *House) RemindMe(ctx context.Context, who casefile.Person, address, lang string, days []int) error {
	if !h.SendsMail() {
		return fault.New(fault.Forbidden, "reminders.off")
	}
	address = strings.TrimSpace(address)
	var wrong fault.Faults
	if address == "" {
		wrong = append(wrong, fault.New(fault.Invalid, "form.required").On("email"))
	} else if !plainAddress(address) {
		wrong = append(wrong, fault.New(fault.Invalid, "reminders.email_wrong").On("email"))
	}
	if len(days) == 0 {
		wrong = append(wrong, fault.New(fault.Invalid, "form.required").On("days"))
	}
	for _, d := range days {
		if !slices.Contains(ReminderDays, d) {
			wrong = append(wrong, fault.New(fault.Invalid, "form.choice").On("days"))
			break
		}
	}
	if err := wrong.OrNil(); err != nil {
		return err
	}
	now := h.Now()
	r, ok, err := h.MyReminding(ctx, who)
	if err != nil {
		return err
	}
	if ok && r.Address == address && !r.Confirmed.IsZero() && r.Refused.IsZero() {
		r.Days = days
		return h.Accounts.SaveReminding(ctx, r, now)
	}
	if err := h.mayConfirm(ctx, who, address); err != nil {
		return err
	}
	r = Reminding{Person: who, Address: address, Language: lang, Days: days, Secret: secret(), Asked: now}
	return h.Accounts.SaveReminding(ctx, r, now, casefile.Job{Kind: ConfirmRemindersJob, Subject: confirmSubject(r), After: now})
}

// confirmSubject names the person and which of their wishes it is, without the
// secret.
func confirmSubject(r Reminding) string {
	sum := sha256.Sum256([]byte("consilium wish " + r.Secret))
	return string(r.Person) + "/" + hex.EncodeToString(sum[:8])
}

// plainAddress tells whether this is an address that any mail server takes, and
// nothing but an address.
func plainAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || len(s) > 254 {
		return false
	}
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	return !strings.ContainsAny(s, `[]"`)
}

func (h *House) mayConfirm(ctx context.Context, who casefile.Person, address string) error {
	now := h.Now()
	for _, key := range []string{"reminders:" + string(who), "reminders-to:" + strings.ToLower(address)} {
		if err := h.Accounts.AddAttempt(ctx, key, now); err != nil {
			return err
		}
		n, err := h.Accounts.CountAttempts(ctx, key, now.Add(-tryWindow))
		if err != nil {
			return err
		}
		if n > confirmsAtMost {
			return fault.New(fault.TooMany, "reminders.too_many").On("email")
		}
	}
	return nil
}

// RemindingOf gives the wish that the link of a message belongs to. NotFound when
// it has ended, or was not confirmed in time.
func (h *House) RemindingOf(ctx context.Context, secret string) (Reminding, error) {
	r, err := h.Accounts.RemindingBySecret(ctx, secret)
	if err == nil && h.lapsed(r) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if fault.Is(err, fault.NotFound) {
		return Reminding{}, fault.New(fault.NotFound, "reminders.used").Because(err)
	}
	return r, err
}

// ConfirmReminders takes the address as the person's own: whoever has the link of
// the message reads what comes there.
func (h *House) ConfirmReminders(ctx context.Context, secret string) error {
	if _, err := h.RemindingOf(ctx, secret); err != nil {
		return err
	}
	return h.Accounts.ConfirmReminding(ctx, secret, h.Now())
}

// StopReminders ends the reminders to which the link of a message belongs.
func (h *House) StopReminders(ctx context.Context, secret string) error {
	r, err := h.RemindingOf(ctx, secret)
	if err != nil {
		return err
	}
	return h.Accounts.StopReminding(ctx, r.Person, h.Now())
}

// StopMyReminders ends the person's reminders and forgets the address.
func (h *House) StopMyReminders(ctx context.Context, who casefile.Person) error {
	return h.Accounts.StopReminding(ctx, who, h.Now())
}

// DoConfirmReminders sends the message that asks whether the address is theirs.
func (h *House) DoConfirmReminders(ctx context.Context, w Work) error {
	who, _, _ := strings.Cut(w.Subject, "/")
	r, ok, err := h.MyReminding(ctx, casefile.Person(who))
	if err != nil {
		return err
	}
	if !ok || confirmSubject(r) != w.Subject || !r.Confirmed.IsZero() {
		return nil // ended, or another address by now: that has a job of its own
	}
	say, err := h.speakerFor(ctx, r)
	if err != nil || say == nil {
		return err
	}
	m := h.message(r, say, "confirm "+w.Subject)
	m.Subject = say.T("mail.confirm.subject")
	m.Text = say.T("mail.confirm.text", "link", m.Stop)
	err = h.mail(ctx, m)
	if fault.Is(err, fault.Refused) {
		return h.Accounts.RefuseReminding(ctx, r.Secret, h.Now())
	}
	return err
}
