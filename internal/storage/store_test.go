package storage_test

import (
	"context"
	"path/filepath"
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
	for _, address := range []string{"", "mysql://x", "/tmp/x.db", "postgres://u:secret@%zz/"} {
		s, err := storage.Open(context.Background(), address, storagetest.NewKeys(t))
		if err == nil {
			s.Close()
			t.Errorf("%q was opened", address)
		}
	}
}
