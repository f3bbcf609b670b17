package storagetest

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	"consilium/internal/casefile"
)

// raw opens the database past the store, as somebody who has got hold of it.
func raw(t testing.TB, p Place) *sql.DB {
	t.Helper()
	driver, dsn := "pgx", p.URL
	if path, ok := strings.CutPrefix(p.URL, "sqlite:"); ok {
		driver, dsn = "sqlite", path
	}
	db, err := sql.Open(driver, dsn)
	must(t, err)
	return db
}

// tamper runs SQL past the store.
func tamper(t testing.TB, p Place, query string, args ...any) {
	t.Helper()
	db := raw(t, p)
	defer db.Close()
	if strings.HasPrefix(p.URL, "postgres") {
		// Moving a row must be possible for whoever owns the database.
		query = "SET session_replication_role = replica; " + query
	}
	_, err := db.Exec(query, args...)
	must(t, err)
}

// wrappedKey reads a case's wrapped key, and makes sure that it could be found in
// the files if it were there.
func wrappedKey(t testing.TB, p Place, id casefile.ID) []byte {
	t.Helper()
	db := raw(t, p)
	defer db.Close()
	var b []byte
	must(t, db.QueryRow(`SELECT wrapped_key FROM cases WHERE id = $1`, string(id)).Scan(&b))
	if strings.HasPrefix(p.URL, "sqlite:") && !inFiles(t, p, b) {
		t.Fatal("looking through the files finds nothing")
	}
	return b
}

// inFiles looks for bytes in the files of an SQLite database. Those of a server are
// not ours to read.
func inFiles(t testing.TB, p Place, want []byte) bool {
	t.Helper()
	path, ok := strings.CutPrefix(p.URL, "sqlite:")
	if !ok {
		return false
	}
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + suffix)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(b, want) {
			return true
		}
	}
	return false
}

// tables are all that a store keeps.
var tables = []string{
	"cases", "documents", "grants", "log_trees", "log_entries", "log_hashes", "files", "file_parts", "uploads", "upload_parts",
	"people", "credentials", "sessions", "links", "attempts", "jobs", "due_dates", "tokens", "reminding", "reminders",
}

// everything gives every value of every row as text.
func everything(t testing.TB, p Place) string {
	t.Helper()
	db := raw(t, p)
	defer db.Close()
	var b strings.Builder
	for _, table := range tables {
		rows, err := db.Query("SELECT * FROM " + table)
		must(t, err)
		cols, err := rows.Columns()
		must(t, err)
		for rows.Next() {
			vals, ptrs := make([]any, len(cols)), make([]any, len(cols))
			for i := range vals {
				ptrs[i] = &vals[i]
			}
			must(t, rows.Scan(ptrs...))
			for _, v := range vals {
				if raw, ok := v.([]byte); ok {
					v = string(raw)
				}
				fmt.Fprintf(&b, "%v\n", v)
			}
		}
		must(t, rows.Err())
		rows.Close()
	}
	return b.String()
}
