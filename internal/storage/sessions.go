package storage

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"strconv"
	"time"

	"consilium/internal/actions"
	"consilium/internal/auditlog"
	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// SessionID gives the id under which the session with this token is kept.
func SessionID(token string) string {
	sum := sha256.Sum256([]byte("consilium session " + token))
	return hex.EncodeToString(sum[:])
}

// Contents keeps the sessions' contents for the session cookie's middleware. It
// fills the scs.CtxStore and scs.IterableCtxStore interfaces. The clock is the
// caller's, because that interface has no place for a time.
type Contents struct {
	store *Store
	now   func() time.Time
}

// Contents gives the store for the session cookie's middleware.
func (s *Store) Contents(now func() time.Time) *Contents { return &Contents{s, now} }

// FindCtx gives what is kept for a token; found is false when there is none or it
// has expired, was revoked or was tampered with.
func (c *Contents) FindCtx(ctx context.Context, token string) (b []byte, found bool, err error) {
	id := SessionID(token)
	var sealed []byte
	var expires int64
	err = c.store.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT sealed, expires_at FROM sessions WHERE id = $1`, id).Scan(&sealed, &expires)
	})
	if fault.Is(err, fault.NotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if sealed == nil || expires <= ms(c.now()) {
		return nil, false, nil
	}
	b, err = c.store.keys.OpenValue(sealed, "session", id, strconv.FormatInt(expires, 10))
	if err != nil {
		return nil, false, nil // the interface asks for "not found" where something was tampered with
	}
	return b, true, nil
}

// CommitCtx keeps contents for a token. Of a session that was revoked while a
// request was under way nothing is kept: it stays revoked.
func (c *Contents) CommitCtx(ctx context.Context, token string, b []byte, expires time.Time) error {
	id, now := SessionID(token), ms(c.now())
	sealed, err := c.store.keys.SealValue(b, "session", id, strconv.FormatInt(ms(expires), 10))
	if err != nil {
		return classify(err)
	}
	return c.store.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `INSERT INTO sessions (id, sealed, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)
			ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, seen_at = excluded.seen_at, expires_at = excluded.expires_at WHERE sessions.revoked_at = 0`,
			id, sealed, now, ms(expires))
		return err
	})
}

// DeleteCtx ends a session for good; one that is not there is no fault.
func (c *Contents) DeleteCtx(ctx context.Context, token string) error {
	return c.store.write(ctx, func(tx *sql.Tx) error {
		_, err := revoke(ctx, tx, c.now(), `id = $2`, SessionID(token))
		return err
	})
}

// AllCtx gives the contents of every session that has not expired, by id: the
// tokens themselves are nowhere kept.
func (c *Contents) AllCtx(ctx context.Context) (map[string][]byte, error) {
	all := map[string][]byte{}
	err := c.store.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan func(...any) error) error {
			var id string
			var sealed []byte
			var expires int64
			if err := scan(&id, &sealed, &expires); err != nil {
				return err
			}
			if b, err := c.store.keys.OpenValue(sealed, "session", id, strconv.FormatInt(expires, 10)); err == nil {
				all[id] = b
			}
			return nil
		}, `SELECT id, sealed, expires_at FROM sessions WHERE expires_at > $1 AND sealed IS NOT NULL`, ms(c.now()))
	})
	return all, err
}

// Find is FindCtx without a context.
func (c *Contents) Find(token string) ([]byte, bool, error) {
	return c.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (c *Contents) Commit(token string, b []byte, expires time.Time) error {
	return c.CommitCtx(context.Background(), token, b, expires)
}

// Delete is DeleteCtx without a context.
func (c *Contents) Delete(token string) error { return c.DeleteCtx(context.Background(), token) }

// All is AllCtx without a context.
func (c *Contents) All() (map[string][]byte, error) { return c.AllCtx(context.Background()) }

// Prune drops the sessions and links that have expired.
func (c *Contents) Prune(ctx context.Context) error {
	return c.store.write(ctx, func(tx *sql.Tx) error {
		for _, q := range []string{`DELETE FROM sessions WHERE expires_at <= $1`, `DELETE FROM links WHERE expires_at <= $1`} {
			if _, err := exec(ctx, tx, q, ms(c.now())); err != nil {
				return err
			}
		}
		return nil
	})
}

// OwnSession says whose session the one with this token is.
func (s *Store) OwnSession(ctx context.Context, token string, in actions.Session) error {
	id := SessionID(token)
	device, err := s.keys.SealValue([]byte(in.Device), "device", id)
	if err != nil {
		return classify(err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		// The expiry of contents that are there already stays: they are sealed with it.
		_, err := exec(ctx, tx, `INSERT INTO sessions (id, person, device, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (id) DO UPDATE SET person = excluded.person, device = excluded.device, created_at = excluded.created_at, seen_at = excluded.seen_at WHERE sessions.revoked_at = 0`,
			id, string(in.Person), device, ms(in.Created), ms(in.Seen), ms(in.Expires))
		return err
	})
}

// SessionsOf lists a person's sessions, newest first.
func (s *Store) SessionsOf(ctx context.Context, person casefile.Person, at time.Time) ([]actions.Session, error) {
	var list []actions.Session
	err := s.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan func(...any) error) error {
			in := actions.Session{Person: person}
			var device []byte
			var created, seen, expires int64
			if err := scan(&in.ID, &device, &created, &seen, &expires); err != nil {
				return err
			}
			if device != nil {
				b, err := s.keys.OpenValue(device, "device", in.ID)
				if err != nil {
					return err
				}
				in.Device = string(b)
			}
			in.Created, in.Seen, in.Expires = fromMS(created), fromMS(seen), fromMS(expires)
			list = append(list, in)
			return nil
		}, `SELECT id, device, created_at, seen_at, expires_at FROM sessions WHERE person = $1 AND expires_at > $2 AND revoked_at = 0 ORDER BY created_at DESC, id`, string(person), ms(at))
	})
	return list, err
}

// revoke takes a session's contents away and leaves a mark, so that a request that
// is under way cannot bring it back. The mark goes when the session would have
// expired.
func revoke(ctx context.Context, tx *sql.Tx, at time.Time, which string, args ...any) (int64, error) {
	return exec(ctx, tx, `UPDATE sessions SET sealed = NULL, device = NULL, revoked_at = $1 WHERE revoked_at = 0 AND `+which, append([]any{ms(at)}, args...)...)
}

// RevokeSession ends one session of the person.
func (s *Store) RevokeSession(ctx context.Context, person casefile.Person, id string, at time.Time) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := revoke(ctx, tx, at, `id = $2 AND person = $3`, id, string(person))
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound()
		}
		return s.log(ctx, tx, installation, auditlog.Entry{At: at, By: person, Verb: "revoke_session"})
	})
}

// RevokeOthers ends every session of the person but one.
func (s *Store) RevokeOthers(ctx context.Context, person casefile.Person, keep string, at time.Time) (int, error) {
	var n int64
	err := s.write(ctx, func(tx *sql.Tx) (err error) {
		if n, err = revoke(ctx, tx, at, `person = $2 AND id <> $3`, string(person), keep); err != nil {
			return err
		}
		return s.log(ctx, tx, installation, auditlog.Entry{At: at, By: person, Verb: "revoke_sessions", Note: strconv.FormatInt(n, 10)})
	})
	return int(n), err
}
