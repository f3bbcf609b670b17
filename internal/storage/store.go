// Package storage keeps cases, people, sessions and jobs in a database: SQLite for
// one machine, PostgreSQL for several. One SQL text serves both. Whatever says
// something of a patient is sealed before it comes here to stay; what stands in
// the clear are ids, times, sizes and states.
package storage

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

// Keyring is the installation's secrets, as storage needs them.
type Keyring interface {
	// NewCaseKey makes a case's key and gives it wrapped for keeping; Unwrap opens it
	// again with the same aad.
	NewCaseKey(aad []byte) (wrapped []byte, key casefile.Key, err error)
	Unwrap(wrapped, aad []byte) (casefile.Key, error)
	// SealValue seals what belongs to the installation, such as a person's name, for
	// one purpose.
	SealValue(plain []byte, purpose ...string) ([]byte, error)
	OpenValue(sealed []byte, purpose ...string) ([]byte, error)
	// Token gives the keyed token of a value, for finding it again.
	Token(label, value string) (string, error)
	// Signer signs the log; PublicKeys are what its readers need, the newest last.
	Signer() note.Signer
	PublicKeys() []string
}

// Store fills every port of actions that keeps something.
type Store struct {
	engine engine
	db     *sql.DB // writes; on SQLite one connection, so that writers queue and never collide
	reads  *sql.DB // the same database; on SQLite connections that cannot write
	keys   Keyring
}

var (
	_ actions.Cases    = (*Store)(nil)
	_ actions.Uploads  = (*Store)(nil)
	_ actions.Accounts = (*Store)(nil)
	_ actions.Jobs     = (*Store)(nil)
)

// Open opens the database at a URL, "sqlite:PATH" or "postgres://...", and brings
// its schema up to date. A schema that is newer than this program is refused.
func Open(ctx context.Context, url string, keys Keyring) (*Store, error) {
	s, err := connect(url)
	if err != nil {
		return nil, err
	}
	s.keys = keys
	if err := s.migrate(ctx); err != nil {
		s.Close()
		return nil, fmt.Errorf("bring the database up to date: %w", classify(err))
	}
	return s, nil
}

// Close closes the database.
func (s *Store) Close() error {
	err := s.db.Close()
	if s.reads != s.db {
		err = errors.Join(err, s.reads.Close())
	}
	return err
}

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return classify(s.reads.PingContext(ctx)) }

// write runs f in one transaction: all of it, or nothing. When it returns without
// error, what was written is on disk.
func (s *Store) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	for try := 1; ; try++ {
		err := s.once(ctx, s.db, nil, f)
		if err == nil || try == 5 || !s.engine.again(err) {
			return classify(err)
		}
	}
}

// read runs f on one unchanging view of the database.
func (s *Store) read(ctx context.Context, f func(tx *sql.Tx) error) error {
	return classify(s.once(ctx, s.reads, s.engine.view(), f))
}

func (s *Store) once(ctx context.Context, db *sql.DB, opts *sql.TxOptions, f func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing once committed
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// exec runs one statement and tells how many rows it touched.
func exec(ctx context.Context, tx *sql.Tx, query string, args ...any) (int64, error) {
	res, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// each runs a query and calls f for every row.
func each(ctx context.Context, tx *sql.Tx, f func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// ms gives a time as it is stored: milliseconds since 1970, 0 for no time.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMS(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// about says what sealed bytes are about. No two different lists give the same
// bytes, so that nothing sealed can be passed off as something else.
func about(kind string, parts ...string) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "consilium storage 1 %d:%s", len(kind), kind)
	for _, p := range parts {
		fmt.Fprintf(h, " %d:%s", len(p), p)
	}
	return h.Sum(nil)
}

func aboutDocument(id casefile.ID, d casefile.Document) []byte {
	n := func(i int64) string { return strconv.FormatInt(i, 10) }
	return about("document", string(id), string(d.Ref.Kind), d.Ref.Name, n(int64(d.Version)), n(int64(d.From)), n(ms(d.At)), string(d.By))
}

func notFound() *fault.Fault { return fault.New(fault.NotFound, "fault.not_found") }

// wrong is our own mistake: a caller asked for something that must never be.
func wrong(text string, args ...any) error {
	return fault.New(fault.Internal, "fault.internal").Because(fmt.Errorf(text, args...))
}
