package storage

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
)

var _ actions.Shares = (*Store)(nil)

func shareID(secret string) string {
	sum := sha256.Sum256([]byte("consilium share " + secret))
	return hex.EncodeToString(sum[:])
}

// KeepShare writes down where a secret leads, without the secret.
func (s *Store) KeepShare(ctx context.Context, secret string, id casefile.ID, share string, at time.Time) error {
	if len(secret) < 40 || !plainID.MatchString(share) {
		return wrong("a share needs a long secret and a plain id")
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `INSERT INTO shares (id, case_id, share, created_at) VALUES ($1, $2, $3, $4)`, shareID(secret), string(id), share, ms(at))
		return err
	})
}

// ShareOf tells where a secret leads; NotFound when nowhere.
func (s *Store) ShareOf(ctx context.Context, secret string) (id casefile.ID, share string, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		var c string
		err := tx.QueryRowContext(ctx, `SELECT case_id, share FROM shares WHERE id = $1`, shareID(secret)).Scan(&c, &share)
		id = casefile.ID(c)
		return err
	})
	return id, share, err
}
