package storage_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"consilium/internal/storage"
	"consilium/internal/storage/storagetest"
)

func init() {
	storage.SchemaKeys = func(t testing.TB) storage.Keyring { return storagetest.NewKeys(t) }
	storage.SchemaPlace = map[string]func(t testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "consilium.db") },
		"postgres": func(t testing.TB) string { return storagetest.Postgres(t).URL },
	}
}

func TestSQLiteKeepsCases(t *testing.T) {
	storagetest.Run(t, func(t testing.TB) storagetest.Place {
		return storagetest.SQLite(t, filepath.Join(t.TempDir(), "consilium.db"))
	})
}

func TestPostgreSQLKeepsCases(t *testing.T) { storagetest.Run(t, storagetest.Postgres) }

func TestAnAddressOfAnotherKindIsRefused(t *testing.T) {
	for _, address := range []string{"", "mysql://x", "/tmp/x.db", "postgres://u:secret@%zz/", "postgres://u:secret@127.0.0.1:1/x", "postgres://u:secret@127.0.0.1:1/x?sslmode=odd"} {
		s, err := storage.Open(context.Background(), address, storagetest.NewKeys(t))
		if err == nil {
			s.Close()
			t.Errorf("%q was opened", address)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the password stands in the error: %v", err)
		}
	}
}

func TestAFolderMayHaveAnyName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "Ruth's data ?x=1 100% #2", "consilium.db")
	storagetest.NewCase(t, storagetest.SQLite(t, path).Open(t), "case1", "ruth")
	st, err := os.Stat(path)
	if err != nil || st.Size() == 0 {
		t.Fatalf("the database is not where it should be: %v", err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if st, err := os.Stat(path + suffix); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v; only the operator may read it", suffix, st.Mode(), err)
		}
	}
}
