package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// MaxAttempts is how often a job is tried before it is dead. With the waits of
// Backoff that takes about eight and a half hours.
const MaxAttempts = 15

// Backoff is how long a job waits after its nth failed try: 2 s, doubled each
// time, at most 4 hours.
func Backoff(attempt int) time.Duration {
	const most = 4 * time.Hour
	if attempt > 13 {
		return most
	}
	return min(time.Second<<max(attempt, 1), most)
}

// LeaseJob takes the oldest job that is due and not held. A job whose worker died
// too often is dead, as one that failed too often.
func (s *Store) LeaseJob(ctx context.Context, worker string, now time.Time, hold time.Duration) (w actions.Work, ok bool, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `UPDATE jobs SET dead = 1, worker = '', last_fault = 'worker died' WHERE dead = 0 AND attempts >= $1 AND held_until <= $2`, MaxAttempts, ms(now)); err != nil {
			return err
		}
		var caseID string
		var after, until int64
		err := tx.QueryRowContext(ctx, `
			UPDATE jobs SET worker = $1, held_until = $2, attempts = attempts + 1 WHERE id = (
				SELECT id FROM jobs WHERE dead = 0 AND after_at <= $3 AND held_until <= $3
				ORDER BY after_at, created_at, id LIMIT 1`+s.engine.skipHeld()+`)
			RETURNING id, case_id, kind, subject, after_at, attempts, held_until`, worker, ms(now.Add(hold)), ms(now)).
			Scan(&w.ID, &caseID, &w.Kind, &w.Subject, &after, &w.Attempt, &until)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		w.Case, w.Worker, w.After, w.Until, ok = casefile.ID(caseID), worker, fromMS(after), fromMS(until), true
		return nil
	})
	if err != nil {
		return actions.Work{}, false, err
	}
	return w, ok, nil
}

// KeepJob holds on for longer. w stays good for finishing and failing.
func (s *Store) KeepJob(ctx context.Context, w actions.Work, until time.Time) error {
	return s.held(ctx, `UPDATE jobs SET held_until = $4 WHERE id = $1 AND worker = $2 AND attempts = $3 AND dead = 0`, w, ms(until))
}

const finishJob = `DELETE FROM jobs WHERE id = $1 AND worker = $2 AND attempts = $3 AND dead = 0`

// FinishJob takes the job away.
func (s *Store) FinishJob(ctx context.Context, w actions.Work) error {
	return s.held(ctx, finishJob, w)
}

// endHeld takes the job away within a transaction that saves what the job did.
func endHeld(ctx context.Context, tx *sql.Tx, w actions.Work) error {
	return changeHeld(ctx, tx, finishJob, w)
}

// FailJob gives the job back, or lets it be dead after the last try.
func (s *Store) FailJob(ctx context.Context, w actions.Work, now time.Time, why fault.Kind) error {
	dead := 0
	if w.Attempt >= MaxAttempts {
		dead = 1
	}
	return s.held(ctx, `UPDATE jobs SET worker = '', held_until = 0, after_at = $4, last_fault = $5, dead = $6 WHERE id = $1 AND worker = $2 AND attempts = $3 AND dead = 0`,
		w, ms(now.Add(Backoff(w.Attempt))), why.String(), dead)
}

// held changes a job that is still the worker's: the number of tries tells a hold
// from a later one of the same worker.
func (s *Store) held(ctx context.Context, query string, w actions.Work, args ...any) error {
	return s.write(ctx, func(tx *sql.Tx) error { return changeHeld(ctx, tx, query, w, args...) })
}

func changeHeld(ctx context.Context, tx *sql.Tx, query string, w actions.Work, args ...any) error {
	n, err := exec(ctx, tx, query, append([]any{w.ID, w.Worker, w.Attempt}, args...)...)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "fault.conflict").On("job")
	}
	return err
}

// CountJobs says how the jobs stand. One whose hold has run out counts as held
// until it is taken again.
func (s *Store) CountJobs(ctx context.Context) (actions.WorkCount, error) {
	var c actions.WorkCount
	err := s.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT
			COALESCE(SUM(CASE WHEN dead = 0 AND worker = '' THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN dead = 0 AND worker <> '' THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN dead = 1 THEN 1 ELSE 0 END), 0) FROM jobs`).Scan(&c.Waiting, &c.Held, &c.Dead)
	})
	return c, err
}

// ReviveJobs lets dead jobs be tried again from the start.
func (s *Store) ReviveJobs(ctx context.Context, now time.Time) (int, error) {
	var n int64
	err := s.write(ctx, func(tx *sql.Tx) (err error) {
		n, err = exec(ctx, tx, `UPDATE jobs SET dead = 0, attempts = 0, worker = '', held_until = 0, after_at = $1 WHERE dead = 1`, ms(now))
		return err
	})
	return int(n), err
}
