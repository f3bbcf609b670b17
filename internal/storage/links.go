package storage

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"time"

	"consilium/internal/actions"
	"consilium/internal/auditlog"
	"consilium/internal/casefile"
)

func linkID(secret string) string {
	sum := sha256.Sum256([]byte("consilium link " + secret))
	return hex.EncodeToString(sum[:])
}

// SaveLink keeps a one-time link without its secret.
func (s *Store) SaveLink(ctx context.Context, l actions.OneTimeLink) error {
	if len(l.Secret) < 20 || !plainKind.MatchString(l.Purpose) {
		return wrong("a link needs a long secret and a purpose")
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `INSERT INTO links (id, purpose, person, case_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			linkID(l.Secret), l.Purpose, string(l.Person), string(l.Case), ms(l.Created), ms(l.Expires))
		return err
	})
}

// Link looks at a link without using it.
func (s *Store) Link(ctx context.Context, secret, purpose string, at time.Time) (actions.OneTimeLink, error) {
	var l actions.OneTimeLink
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		l, err = scanLink(tx.QueryRowContext(ctx, `SELECT purpose, person, case_id, created_at, expires_at, used_at FROM links
			WHERE id = $1 AND purpose = $2 AND used_at = 0 AND expires_at > $3`, linkID(secret), purpose, ms(at)))
		return err
	})
	return l, err
}

// UseLink uses a link up.
func (s *Store) UseLink(ctx context.Context, secret, purpose string, at time.Time) (actions.OneTimeLink, error) {
	var l actions.OneTimeLink
	err := s.write(ctx, func(tx *sql.Tx) (err error) {
		l, err = scanLink(tx.QueryRowContext(ctx, `UPDATE links SET used_at = $3 WHERE id = $1 AND purpose = $2 AND used_at = 0 AND expires_at > $3
			RETURNING purpose, person, case_id, created_at, expires_at, used_at`, linkID(secret), purpose, ms(at)))
		if err != nil {
			return err
		}
		return s.log(ctx, tx, installation, auditlog.Entry{At: at, By: l.Person, Verb: "use_link", Note: purpose})
	})
	return l, err
}

func scanLink(row *sql.Row) (actions.OneTimeLink, error) {
	var l actions.OneTimeLink
	var person, caseID string
	var created, expires, used int64
	err := row.Scan(&l.Purpose, &person, &caseID, &created, &expires, &used)
	l.Person, l.Case = casefile.Person(person), casefile.ID(caseID)
	l.Created, l.Expires, l.Used = fromMS(created), fromMS(expires), fromMS(used)
	return l, err
}

// AddAttempt counts a try.
func (s *Store) AddAttempt(ctx context.Context, key string, at time.Time) error {
	subject, err := s.keys.Token("attempt", key)
	if err != nil {
		return classify(err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `INSERT INTO attempts (id, subject, tried_at) VALUES ($1, $2, $3)`, rand.Text(), subject, ms(at))
		return err
	})
}

// CountAttempts tells how many tries there were since then.
func (s *Store) CountAttempts(ctx context.Context, key string, since time.Time) (int, error) {
	subject, err := s.keys.Token("attempt", key)
	if err != nil {
		return 0, classify(err)
	}
	var n int
	err = s.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM attempts WHERE subject = $1 AND tried_at >= $2`, subject, ms(since)).Scan(&n)
	})
	return n, err
}

// ForgetAttempts clears a key.
func (s *Store) ForgetAttempts(ctx context.Context, key string) error {
	subject, err := s.keys.Token("attempt", key)
	if err != nil {
		return classify(err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `DELETE FROM attempts WHERE subject = $1`, subject)
		return err
	})
}

// PruneAttempts drops what is older.
func (s *Store) PruneAttempts(ctx context.Context, before time.Time) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `DELETE FROM attempts WHERE tried_at < $1`, ms(before))
		return err
	})
}
