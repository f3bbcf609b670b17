package storage

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"consilium/internal/fault"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the "pgx" driver
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// engine is the little in which the two databases differ.
type engine string

const (
	onSQLite   engine = "sqlite"
	onPostgres engine = "postgres"
)

// connect opens the pools without touching the database.
func connect(address string) (*Store, error) {
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		return connectSQLite(path)
	}
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		db, err := sql.Open("pgx", address)
		if err != nil {
			// The cause would repeat the address with its password.
			return nil, errors.New("the database address cannot be read: it should look like postgres://user@host/name")
		}
		db.SetMaxOpenConns(16)
		db.SetMaxIdleConns(8)
		return &Store{engine: onPostgres, db: db, reads: db}, nil
	}
	return nil, errors.New("the database address must begin with sqlite: or postgres://")
}

func connectSQLite(path string) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	// Only the operator may read the file; SQLite gives its companions the same mode.
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	open := func(conns int, extra ...string) (*sql.DB, error) {
		// synchronous=FULL: a commit is on disk before it is acknowledged.
		q := url.Values{"_pragma": append([]string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"}, extra...), "_txlock": {"immediate"}, "_dqs": {"0"}}
		u := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
		db, err := sql.Open("sqlite", u.String())
		if err == nil {
			db.SetMaxOpenConns(conns)
			db.SetMaxIdleConns(conns)
		}
		return db, err
	}
	db, err := open(1, "secure_delete(1)") // what is deleted is overwritten
	if err != nil {
		return nil, err
	}
	reads, err := open(4, "query_only(1)")
	if err != nil {
		db.Close()
		return nil, err
	}
	return &Store{engine: onSQLite, db: db, reads: reads}, nil
}

// view is how to read one unchanging state.
func (e engine) view() *sql.TxOptions {
	if e == onPostgres {
		return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return &sql.TxOptions{ReadOnly: true} // WAL: a read transaction sees one state
}

// skipHeld makes workers pass by the rows that another worker is just taking. On
// SQLite there is one writer at a time and nothing to pass by.
func (e engine) skipHeld() string {
	if e == onPostgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// again tells whether the same transaction may succeed when it is run once more.
func (e engine) again(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// scrub takes out of the files what a transaction has taken out of the tables.
// What PostgreSQL's own log and the operator's backups still hold of a wrapped key
// is theirs to let expire.
func (s *Store) scrub(ctx context.Context) error {
	if s.engine == onPostgres {
		_, err := s.db.ExecContext(ctx, `VACUUM cases`)
		return err
	}
	var busy, log, moved int
	return s.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &moved)
}

// taken tells whether a row with this key is there already.
func taken(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}

// full tells whether there was no room to write.
func full(err error) bool {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return true
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code()&0xff == sqlite3.SQLITE_FULL
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "53100"
}

// classify gives an error of the database its kind. Its text may repeat values, so
// only what the engine calls the error goes on.
func classify(err error) error {
	if err == nil {
		return nil
	}
	var f *fault.Fault
	var fs fault.Faults
	if errors.As(err, &f) || errors.As(err, &fs) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fault.New(fault.Internal, "fault.internal").Because(err)
	}
	switch {
	case full(err):
		return fault.New(fault.Full, "fault.full").Because(named(err))
	case taken(err):
		return fault.New(fault.Conflict, "fault.conflict").Because(named(err))
	case errors.Is(err, sql.ErrNoRows):
		return notFound()
	}
	return fault.New(fault.Internal, "fault.internal").Because(named(err))
}

// named keeps of a PostgreSQL error its code and the names in it; its detail quotes
// the row.
func named(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return fmt.Errorf("postgres %s: %s (table %s, constraint %s)", pg.Code, pg.Message, pg.TableName, pg.ConstraintName)
	}
	return err
}

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date. Replicas that start together wait for each
// other on PostgreSQL.
func (s *Store) migrate(ctx context.Context) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	all := p.ListSources()
	if newest := all[len(all)-1].Version; have > newest {
		return fmt.Errorf("the database is of version %d and this program knows up to %d: use the newer program", have, newest)
	}
	_, err = p.Up(ctx)
	return err
}

func (s *Store) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	dialect := goose.DialectSQLite3
	var opts []goose.ProviderOption
	if s.engine == onPostgres {
		dialect = goose.DialectPostgres
		// Try each second, for five minutes: a large upgrade takes its time.
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, s.db, files, opts...)
}
