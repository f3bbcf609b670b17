package actions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// RemindJob is the kind of the job that sends one reminder; its subject is the
// person, the day and how many days before.
const RemindJob = "remind"

// ErrEnded is what a worker gives back that has ended its job itself, in the
// transaction that saved what it did: the queue has nothing left to do.
var ErrEnded = errors.New("the job has ended already")

// reminderHour is the hour of the day before which nobody is reminded.
const reminderHour = 8

// PlanReminders writes down every reminder that is due today and is not written
// down yet, each with its job. Somebody calls it every hour or so; several replicas
// may call it at once. A server that was down on the day itself catches up on the
// day after.
func (h *House) PlanReminders(ctx context.Context) error {
	if !h.SendsMail() {
		return nil
	}
	now, today := h.Now(), h.today()
	if err := h.Accounts.PruneReminders(ctx, now.Add(-confirmWithin), now.AddDate(0, -1, 0).Format(time.DateOnly)); err != nil {
		return err
	}
	all, err := h.Accounts.AllReminding(ctx)
	if err != nil {
		return err
	}
	after := time.Date(now.Year(), now.Month(), now.Day(), reminderHour, 0, 0, 0, now.Location())
	if now.After(after) {
		after = now
	}
	var wrong error
	for _, who := range all {
		// What is wrong with one person's reminders must not keep those of the others.
		wrong = errors.Join(wrong, h.planFor(ctx, who, today, after))
	}
	return wrong
}

// planFor writes down the reminders of today for one person, to be sent after then.
func (h *House) planFor(ctx context.Context, who Reminding, today string, after time.Time) error {
	cases, err := h.Cases.Of(ctx, who.Person, h.Now())
	if err != nil {
		return err
	}
	for _, c := range cases {
		if c.State == casefile.Closed {
			continue
		}
		for _, due := range c.Due {
			left := daysUntil(today, due.On)
			i := slices.IndexFunc(who.Days, func(days int) bool { return left >= 0 && (left == days || left == days-1) })
			if i < 0 {
				continue
			}
			r := Reminder{Person: who.Person, On: due.On, Days: who.Days[i]}
			if _, err := h.Accounts.PlanReminder(ctx, r, h.Now(), casefile.Job{Kind: RemindJob, Subject: r.subject(), After: after}); err != nil {
				return err
			}
		}
	}
	return nil
}

// daysUntil counts the days from one date to another, both YYYY-MM-DD; negative
// when the second is past, or no date.
func daysUntil(today, on string) int {
	from, err := time.Parse(time.DateOnly, today)
	to, err2 := time.Parse(time.DateOnly, on)
	if err != nil || err2 != nil {
		return -1
	}
	return int(to.Sub(from) / (24 * time.Hour))
}

func (r Reminder) subject() string { return fmt.Sprintf("%s/%s/%d", r.Person, r.On, r.Days) }

// reminderOf reads a reminder from its job.
func reminderOf(w Work) (Reminder, error) {
	p := strings.Split(w.Subject, "/")
	if len(p) == 3 {
		if days, err := strconv.Atoi(p[2]); err == nil {
			return Reminder{Person: casefile.Person(p[0]), On: p[1], Days: days}, nil
		}
	}
	return Reminder{}, fault.New(fault.Internal, "fault.internal").Because(errors.New("a reminder's job has no subject"))
}

// DoRemind sends one reminder, unless it is no longer wanted: the person ended
// reminders or may not see the case any more, the case is closed, nothing is due on
// that day. That it was sent is saved with the job's end. Only when the machine
// stops between the mail server's yes and that moment is the message sent again,
// under the same name, so that mail programs show one.
func (h *House) DoRemind(ctx context.Context, w Work) error {
	r, err := reminderOf(w)
	if err != nil {
		return err
	}
	who, about, err := h.wanted(ctx, r)
	if err != nil {
		return err
	}
	var say Speaker
	if len(about) > 0 {
		if say, err = h.speakerFor(ctx, who); err != nil {
			return err
		}
	}
	if say == nil {
		return h.endReminder(ctx, w, r)
	}
	err = h.mail(ctx, h.reminderMessage(who, r, say))
	if fault.Is(err, fault.Refused) {
		if err := h.Accounts.RefuseReminding(ctx, who.Secret, h.Now()); err != nil {
			return err
		}
		return h.endReminder(ctx, w, r)
	}
	if err != nil {
		return err
	}
	return h.endReminder(ctx, w, r, about...)
}

func (h *House) endReminder(ctx context.Context, w Work, r Reminder, about ...casefile.ID) error {
	if err := h.Accounts.EndReminder(ctx, w, r, h.Now(), about...); err != nil {
		return err
	}
	return ErrEnded
}

// wanted gives whom to remind, and the cases in which something is due on that day
// that the person may see; none when the reminder is no longer wanted.
func (h *House) wanted(ctx context.Context, r Reminder) (who Reminding, about []casefile.ID, err error) {
	who, ok, err := h.MyReminding(ctx, r.Person)
	if err != nil || !ok || who.Confirmed.IsZero() || !who.Refused.IsZero() || !slices.Contains(who.Days, r.Days) || daysUntil(h.today(), r.On) < 0 {
		return who, nil, err
	}
	cases, err := h.Cases.Of(ctx, r.Person, h.Now())
	for _, c := range cases {
		if c.State != casefile.Closed && slices.ContainsFunc(c.Due, func(d casefile.Due) bool { return d.On == r.On }) {
			about = append(about, c.ID)
		}
	}
	return who, about, err
}

// reminderMessage says how many days are left, and where to sign in.
func (h *House) reminderMessage(who Reminding, r Reminder, say Speaker) Message {
	m := h.message(who, say, r.subject())
	when := say.T("mail.reminder.today")
	if left := daysUntil(h.today(), r.On); left > 0 {
		when = say.N("mail.reminder.left", left)
	}
	m.Subject = say.T("mail.reminder.subject")
	m.Text = say.T("mail.reminder.text", "when", when, "link", h.Public+"/", "stop", m.Stop)
	return m
}

// speakerFor speaks the person's language; nil when they may not sign in any more.
func (h *House) speakerFor(ctx context.Context, r Reminding) (Speaker, error) {
	p, err := h.Accounts.Person(ctx, r.Person)
	if err != nil || !p.Disabled.IsZero() {
		return nil, err
	}
	if p.Language != "" {
		return h.Words(p.Language), nil
	}
	return h.Words(r.Language), nil
}

// message is what all messages to a person share. about tells messages apart; only
// its hash leaves the house.
func (h *House) message(r Reminding, say Speaker, about string) Message {
	sum := sha256.Sum256([]byte("consilium message " + about + " " + r.Secret))
	return Message{ID: hex.EncodeToString(sum[:16]), To: r.Address, Lang: say.Lang(), Stop: h.Public + RemindersPath + r.Secret, At: h.Now()}
}

func (h *House) mail(ctx context.Context, m Message) error {
	if !h.SendsMail() {
		// Another replica may be set up for it, or this one will be.
		return fault.New(fault.Internal, "fault.internal").Because(errors.New("no mail server is set up"))
	}
	return h.Mailer.Mail(ctx, m)
}
