package actions

import (
	"context"
	"time"

	"consilium/internal/casefile"
)

// Reminding is a person's wish to be reminded of dates by e-mail. All but the times
// is kept sealed.
type Reminding struct {
	Person    casefile.Person
	Address   string
	Language  string    // of the page on which they asked; used when the person follows the browser
	Days      []int     // how many days before a date: 7, 3, 1
	Secret    string    // what the links in the messages carry
	Asked     time.Time // when they gave the address
	Confirmed time.Time // zero: nobody has shown yet that the address is theirs
	Refused   time.Time // zero, or when the mail server refused the address for good
}

// Reminder is one message: that a day is so many days ahead. Whatever is due on that
// day, in however many cases, there is one message: it says no more than one does.
type Reminder struct {
	Person casefile.Person
	On     string // YYYY-MM-DD
	Days   int
}

// Reminders keeps who is reminded, and which reminders there have been.
type Reminders interface {
	// SaveReminding keeps a person's wish in the place of any earlier one, and
	// enqueues the jobs with it.
	SaveReminding(ctx context.Context, r Reminding, at time.Time, jobs ...casefile.Job) error
	// Reminding is NotFound when the person has no wish; by a secret likewise.
	Reminding(ctx context.Context, person casefile.Person) (Reminding, error)
	RemindingBySecret(ctx context.Context, secret string) (Reminding, error)
	// AllReminding lists everybody whose address is confirmed and takes mail.
	AllReminding(ctx context.Context) ([]Reminding, error)
	// ConfirmReminding and RefuseReminding note what was learned of an address.
	ConfirmReminding(ctx context.Context, secret string, at time.Time) error
	RefuseReminding(ctx context.Context, secret string, at time.Time) error
	// StopReminding forgets a person's wish; no fault when there is none.
	StopReminding(ctx context.Context, person casefile.Person, at time.Time) error
	// PlanReminder writes down a reminder together with its job. One that is written
	// down already is left as it is: then planned is false.
	PlanReminder(ctx context.Context, r Reminder, at time.Time, job casefile.Job) (planned bool, err error)
	// EndReminder ends the held job and says in the same transaction, and in the log
	// of each case that it was about, that the reminder was sent. About none it is
	// forgotten: nobody needs it any more. Conflict when the hold has been lost.
	EndReminder(ctx context.Context, w Work, r Reminder, at time.Time, about ...casefile.ID) error
	// PruneReminders forgets addresses asked for before then and never confirmed, and
	// reminders of days (YYYY-MM-DD) before that day.
	PruneReminders(ctx context.Context, asked time.Time, day string) error
}

// Message is an e-mail. It never says anything of a case: e-mail is read by others.
type Message struct {
	ID      string // names it for mail programs: the same when it is sent again
	To      string
	Subject string
	Text    string
	Lang    string
	Stop    string // the address at which such messages end
	At      time.Time
}

// Mailer sends e-mail.
type Mailer interface {
	// Mail returns once the mail server has taken the message. Refused when the
	// server will never take mail for the address.
	Mail(ctx context.Context, m Message) error
}

// Speaker says texts in one language: for messages, which no page says.
type Speaker interface {
	Lang() string
	T(key string, pairs ...string) string
	N(key string, n int, pairs ...string) string
}
