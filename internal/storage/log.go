package storage

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"strings"

	"consilium/internal/auditlog"
	"consilium/internal/casefile"

	"golang.org/x/mod/sumdb/tlog"
)

// next takes the next place in a tree. Whoever holds it holds the tree until the
// transaction ends. There is no such case when there is no tree.
func next(ctx context.Context, tx *sql.Tx, tree string) (seq int64, err error) {
	err = tx.QueryRowContext(ctx, `UPDATE log_trees SET size = size + 1 WHERE tree = $1 RETURNING size`, tree).Scan(&seq)
	return seq, err
}

// log appends an entry at the next place.
func (s *Store) log(ctx context.Context, tx *sql.Tx, tree string, e auditlog.Entry) (err error) {
	if e.Seq, err = next(ctx, tx, tree); err != nil {
		return err
	}
	return s.append(ctx, tx, tree, e)
}

func (s *Store) append(ctx context.Context, tx *sql.Tx, tree string, e auditlog.Entry) error {
	leaf, err := auditlog.Append(tree, e, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		return hashes(ctx, tx, tree, indexes)
	}), s.keys.Signer())
	if err != nil {
		return err
	}
	if _, err := exec(ctx, tx, `INSERT INTO log_entries (tree, seq, entry, checkpoint) VALUES ($1, $2, $3, $4)`, tree, leaf.Seq, leaf.Entry, leaf.Checkpoint); err != nil {
		return err
	}
	for i, h := range leaf.Hashes {
		if _, err := exec(ctx, tx, `INSERT INTO log_hashes (tree, n, hash) VALUES ($1, $2, $3)`, tree, leaf.First+int64(i), h[:]); err != nil {
			return err
		}
	}
	return nil
}

// hashes reads stored hashes in the order asked for; there are at most about two
// for each doubling of the tree.
func hashes(ctx context.Context, tx *sql.Tx, tree string, indexes []int64) ([]tlog.Hash, error) {
	if len(indexes) == 0 {
		return nil, nil
	}
	args, marks := []any{tree}, make([]string, len(indexes))
	place := map[int64]int{}
	for i, x := range indexes {
		args = append(args, x)
		marks[i] = fmt.Sprintf("$%d", i+2)
		place[x] = i
	}
	out := make([]tlog.Hash, len(indexes))
	found := 0
	err := each(ctx, tx, func(scan func(...any) error) error {
		var n int64
		var h []byte
		if err := scan(&n, &h); err != nil {
			return err
		}
		if len(h) != tlog.HashSize {
			return wrong("log hash %d has %d bytes", n, len(h))
		}
		found++
		copy(out[place[n]][:], h)
		return nil
	}, `SELECT n, hash FROM log_hashes WHERE tree = $1 AND n IN (`+strings.Join(marks, ", ")+`)`, args...)
	if err == nil && found != len(place) {
		err = wrong("the log lacks %d of its hashes", len(place)-found)
	}
	return out, err
}

// Log writes a case's log, or the installation's, in the form that auditlog.Verify
// reads. It works for an erased case too.
func (s *Store) Log(ctx context.Context, id casefile.ID, w io.Writer) error {
	return s.read(ctx, func(tx *sql.Tx) error {
		var size int64
		if err := tx.QueryRowContext(ctx, `SELECT size FROM log_trees WHERE tree = $1`, string(id)).Scan(&size); err != nil {
			return err
		}
		out, err := auditlog.NewWriter(w, string(id), s.keys.PublicKeys())
		if err != nil {
			return err
		}
		err = each(ctx, tx, func(scan func(...any) error) error {
			var entry []byte
			var checkpoint string
			if err := scan(&entry, &checkpoint); err != nil {
				return err
			}
			return out.Add(entry, checkpoint)
		}, `SELECT entry, checkpoint FROM log_entries WHERE tree = $1 ORDER BY seq`, string(id))
		if err != nil {
			return err
		}
		return out.Close()
	})
}
