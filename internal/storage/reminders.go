package storage

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"consilium/internal/actions"
	"consilium/internal/auditlog"
	"consilium/internal/casefile"
)

// sealedReminding is what of a person's wish to be reminded is kept sealed.
type sealedReminding struct {
	Address  string `json:"address"`
	Language string `json:"language"`
	Days     []int  `json:"days"`
	Secret   string `json:"secret"`
}

func remindingID(secret string) string {
	sum := sha256.Sum256([]byte("consilium reminding " + secret))
	return hex.EncodeToString(sum[:])
}

// SaveReminding keeps a person's wish in the place of any earlier one, and enqueues
// the jobs with it.
func (s *Store) SaveReminding(ctx context.Context, r actions.Reminding, at time.Time, jobs ...casefile.Job) error {
	if r.Address == "" || len(r.Secret) < 20 {
		return wrong("reminding needs an address and a long secret")
	}
	b, err := json.Marshal(sealedReminding{r.Address, r.Language, r.Days, r.Secret})
	if err != nil {
		return classify(err)
	}
	sealed, err := s.keys.SealValue(b, "reminding", string(r.Person))
	if err != nil {
		return classify(err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `INSERT INTO reminding (person, sealed, link_id, asked_at, confirmed_at, refused_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (person) DO UPDATE SET sealed = $2, link_id = $3, asked_at = $4, confirmed_at = $5, refused_at = $6`,
			string(r.Person), sealed, remindingID(r.Secret), ms(r.Asked), ms(r.Confirmed), ms(r.Refused))
		if err != nil {
			return err
		}
		for _, j := range jobs {
			if err := enqueue(ctx, tx, casefile.Change{Case: actions.InstallationLog, At: at}, j); err != nil {
				return err
			}
		}
		return s.log(ctx, tx, installation, auditlog.Entry{At: at, By: r.Person, Verb: "save_reminders"})
	})
}

// Reminding gives a person's wish; NotFound when there is none.
func (s *Store) Reminding(ctx context.Context, person casefile.Person) (actions.Reminding, error) {
	return s.oneReminding(ctx, ` WHERE person = $1`, string(person))
}

// RemindingBySecret finds a wish by the secret of its links.
func (s *Store) RemindingBySecret(ctx context.Context, secret string) (actions.Reminding, error) {
	return s.oneReminding(ctx, ` WHERE link_id = $1`, remindingID(secret))
}

func (s *Store) oneReminding(ctx context.Context, where, arg string) (actions.Reminding, error) {
	all, err := s.reminding(ctx, where, arg)
	if err != nil {
		return actions.Reminding{}, err
	}
	if len(all) == 0 {
		return actions.Reminding{}, notFound()
	}
	return all[0], nil
}

// AllReminding lists everybody who is to be reminded: confirmed, and not refused.
func (s *Store) AllReminding(ctx context.Context) ([]actions.Reminding, error) {
	return s.reminding(ctx, ` WHERE confirmed_at > 0 AND refused_at = 0`)
}

func (s *Store) reminding(ctx context.Context, where string, args ...any) ([]actions.Reminding, error) {
	var list []actions.Reminding
	err := s.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan func(...any) error) error {
			var person string
			var sealed []byte
			var asked, confirmed, refused int64
			if err := scan(&person, &sealed, &asked, &confirmed, &refused); err != nil {
				return err
			}
			b, err := s.keys.OpenValue(sealed, "reminding", person)
			if err != nil {
				return fmt.Errorf("reminding of person %s: %w", person, err)
			}
			var in sealedReminding
			if err := json.Unmarshal(b, &in); err != nil {
				return wrong("reminding of person %s: %w", person, err)
			}
			list = append(list, actions.Reminding{
				Person: casefile.Person(person), Address: in.Address, Language: in.Language, Days: in.Days, Secret: in.Secret,
				Asked: fromMS(asked), Confirmed: fromMS(confirmed), Refused: fromMS(refused),
			})
			return nil
		}, `SELECT person, sealed, asked_at, confirmed_at, refused_at FROM reminding`+where+` ORDER BY asked_at, person`, args...)
	})
	return list, err
}

// ConfirmReminding takes the address with this secret as the person's own.
func (s *Store) ConfirmReminding(ctx context.Context, secret string, at time.Time) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		var person string
		if err := tx.QueryRowContext(ctx, `UPDATE reminding SET confirmed_at = $2, refused_at = 0 WHERE link_id = $1 RETURNING person`, remindingID(secret), ms(at)).Scan(&person); err != nil {
			return err
		}
		return s.log(ctx, tx, installation, auditlog.Entry{At: at, By: casefile.Person(person), Verb: "confirm_reminders"})
	})
}

// RefuseReminding notes that the address with this secret takes no mail. Where the
// person has another address by now, nothing is noted.
func (s *Store) RefuseReminding(ctx context.Context, secret string, at time.Time) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `UPDATE reminding SET refused_at = $2 WHERE link_id = $1`, remindingID(secret), ms(at))
		return err
	})
}

// StopReminding forgets a person's wish, address and all.
func (s *Store) StopReminding(ctx context.Context, person casefile.Person, at time.Time) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `DELETE FROM reminding WHERE person = $1`, string(person))
		if err != nil || n == 0 {
			return err
		}
		return s.log(ctx, tx, installation, auditlog.Entry{At: at, By: person, Verb: "stop_reminders"})
	})
}

// PlanReminder writes down a reminder with its job; one that is written down
// already is left as it is, and planned is false.
func (s *Store) PlanReminder(ctx context.Context, r actions.Reminder, at time.Time, job casefile.Job) (planned bool, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `INSERT INTO reminders (person, on_date, days, planned_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
			string(r.Person), r.On, r.Days, ms(at))
		if planned = err == nil && n == 1; !planned {
			return err
		}
		return enqueue(ctx, tx, casefile.Change{Case: actions.InstallationLog, At: at}, job)
	})
	return planned && err == nil, err
}

// EndReminder ends the job that a worker holds and says in the same transaction
// that the reminder was sent, also in the log of each case that it was about. Of
// none it is forgotten: nobody needs it any more. Conflict when the hold has been
// lost.
func (s *Store) EndReminder(ctx context.Context, w actions.Work, r actions.Reminder, at time.Time, about ...casefile.ID) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := endHeld(ctx, tx, w); err != nil {
			return err
		}
		where := []any{string(r.Person), r.On, r.Days}
		if len(about) == 0 {
			_, err := exec(ctx, tx, `DELETE FROM reminders WHERE person = $1 AND on_date = $2 AND days = $3 AND sent_at = 0`, where...)
			return err
		}
		_, err := exec(ctx, tx, `UPDATE reminders SET sent_at = $4 WHERE person = $1 AND on_date = $2 AND days = $3`, append(where, ms(at))...)
		if err != nil {
			return err
		}
		// In one order for everybody, so that two transactions cannot wait for each other.
		for _, id := range slices.Sorted(slices.Values(about)) {
			if err := s.log(ctx, tx, string(id), auditlog.Entry{At: at, By: r.Person, Verb: "send_reminder"}); err != nil {
				return err
			}
		}
		return nil
	})
}

// PruneReminders forgets addresses that nobody confirmed since then, and reminders
// of days before that day.
func (s *Store) PruneReminders(ctx context.Context, asked time.Time, day string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `DELETE FROM reminding WHERE confirmed_at = 0 AND asked_at < $1`, ms(asked)); err != nil {
			return err
		}
		_, err := exec(ctx, tx, `DELETE FROM reminders WHERE on_date < $1`, day)
		return err
	})
}
