package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/consent"
)

// Case loads the newest version of everything.
func (s *Store) Case(ctx context.Context, id casefile.ID) (*casefile.Case, error) {
	var c *casefile.Case
	err := s.read(ctx, func(tx *sql.Tx) error {
		key, err := s.key(ctx, tx, id)
		if err != nil {
			return err
		}
		docs, err := documents(ctx, tx, key, id, `
			SELECT d.kind, d.name, d.version, d.from_version, d.saved_at, d.saved_by, d.sealed
			FROM documents d
			JOIN (SELECT kind, name, MAX(version) AS version FROM documents WHERE case_id = $1 GROUP BY kind, name) newest
			  ON d.kind = newest.kind AND d.name = newest.name AND d.version = newest.version
			WHERE d.case_id = $1`, string(id))
		if err != nil {
			return err
		}
		var state string
		var created, changed int64
		if err := tx.QueryRowContext(ctx, `SELECT state, created_at, changed_at FROM cases WHERE id = $1`, string(id)).Scan(&state, &created, &changed); err != nil {
			return err
		}
		c = casefile.New(id, casefile.State(state), docs)
		c.Created, c.Changed = fromMS(created), fromMS(changed)
		if c.Grants, err = grants(ctx, tx, id); err != nil {
			return err
		}
		if c.Files, err = files(ctx, tx, id); err != nil {
			return err
		}
		return each(ctx, tx, func(scan func(...any) error) error {
			var d casefile.Due
			if err := scan(&d.Key, &d.Item, &d.On, &d.Page); err != nil {
				return err
			}
			c.Due = append(c.Due, d)
			return nil
		}, `SELECT key, item, on_date, page FROM due_dates WHERE case_id = $1 ORDER BY on_date, key, item`, string(id))
	})
	return c, err
}

// History gives every version of one document, oldest first; none when there is no
// such document.
func (s *Store) History(ctx context.Context, id casefile.ID, ref casefile.Ref) ([]casefile.Document, error) {
	var docs []casefile.Document
	err := s.read(ctx, func(tx *sql.Tx) error {
		key, err := s.key(ctx, tx, id)
		if err != nil {
			return err
		}
		docs, err = documents(ctx, tx, key, id, `
			SELECT kind, name, version, from_version, saved_at, saved_by, sealed
			FROM documents WHERE case_id = $1 AND kind = $2 AND name = $3 ORDER BY version`, string(id), string(ref.Kind), ref.Name)
		return err
	})
	return docs, err
}

// Of lists the cases in which the person holds a grant in force, the last changed
// first.
func (s *Store) Of(ctx context.Context, person casefile.Person, at time.Time) ([]actions.Summary, error) {
	const theirs = `
		FROM cases c WHERE c.erased_at = 0 AND EXISTS (
			SELECT 1 FROM grants g WHERE g.case_id = c.id AND g.person = $1 AND g.from_at <= $2
			AND (g.until_at = 0 OR g.until_at > $2) AND (g.revoked_at = 0 OR g.revoked_at > $2))`
	var list []actions.Summary
	err := s.read(ctx, func(tx *sql.Tx) error {
		place := map[casefile.ID]int{}
		err := each(ctx, tx, func(scan func(...any) error) error {
			var id, state string
			var created, changed int64
			if err := scan(&id, &state, &created, &changed); err != nil {
				return err
			}
			place[casefile.ID(id)] = len(list)
			list = append(list, actions.Summary{ID: casefile.ID(id), State: casefile.State(state), Created: fromMS(created), Changed: fromMS(changed)})
			return nil
		}, `SELECT c.id, c.state, c.created_at, c.changed_at`+theirs+` ORDER BY c.changed_at DESC, c.id`, string(person), ms(at))
		if err != nil {
			return err
		}
		return each(ctx, tx, func(scan func(...any) error) error {
			var id string
			var d casefile.Due
			if err := scan(&id, &d.Key, &d.Item, &d.On, &d.Page); err != nil {
				return err
			}
			i := place[casefile.ID(id)]
			list[i].Due = append(list[i].Due, d)
			return nil
		}, `SELECT d.case_id, d.key, d.item, d.on_date, d.page FROM due_dates d WHERE d.case_id IN (SELECT c.id`+theirs+`) ORDER BY d.on_date, d.key, d.item`, string(person), ms(at))
	})
	return list, err
}

// Key gives the case's key.
func (s *Store) Key(ctx context.Context, id casefile.ID) (casefile.Key, error) {
	var key casefile.Key
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		key, err = s.key(ctx, tx, id)
		return err
	})
	return key, err
}

// Find lists the cases that stand under a term of the blind index, such as a name.
func (s *Store) Find(ctx context.Context, term casefile.Term) ([]casefile.ID, error) {
	token, err := s.keys.Token(term.Label, term.Value)
	if err != nil {
		return nil, classify(err)
	}
	var ids []casefile.ID
	err = s.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan func(...any) error) error {
			var id string
			if err := scan(&id); err != nil {
				return err
			}
			ids = append(ids, casefile.ID(id))
			return nil
		}, `SELECT case_id FROM tokens WHERE label = $1 AND token = $2 ORDER BY case_id`, term.Label, token)
	})
	return ids, err
}

// key unwraps the case's key. A case that was erased has none and is NotFound.
func (s *Store) key(ctx context.Context, tx *sql.Tx, id casefile.ID) (casefile.Key, error) {
	var wrapped []byte
	if err := tx.QueryRowContext(ctx, `SELECT wrapped_key FROM cases WHERE id = $1`, string(id)).Scan(&wrapped); err != nil {
		return nil, err
	}
	if wrapped == nil {
		return nil, notFound()
	}
	return s.keys.Unwrap(wrapped, []byte(id))
}

func documents(ctx context.Context, tx *sql.Tx, key casefile.Key, id casefile.ID, query string, args ...any) ([]casefile.Document, error) {
	var docs []casefile.Document
	err := each(ctx, tx, func(scan func(...any) error) error {
		var kind, by string
		var at int64
		var sealed []byte
		var d casefile.Document
		if err := scan(&kind, &d.Ref.Name, &d.Version, &d.From, &at, &by, &sealed); err != nil {
			return err
		}
		d.Ref.Kind, d.At, d.By = casefile.Kind(kind), fromMS(at), casefile.Person(by)
		body, err := key.Open(sealed, aboutDocument(id, d))
		if err != nil {
			return fmt.Errorf("document %s version %d of case %s: %w", kind, d.Version, id, err)
		}
		d.Body = body
		docs = append(docs, d)
		return nil
	}, query, args...)
	return docs, err
}

func grants(ctx context.Context, tx *sql.Tx, id casefile.ID) ([]consent.Grant, error) {
	var list []consent.Grant
	err := each(ctx, tx, func(scan func(...any) error) error {
		var g consent.Grant
		var role string
		var from, until, revoked int64
		if err := scan(&g.ID, &g.Person, &role, &from, &until, &revoked, &g.Wording); err != nil {
			return err
		}
		g.Role, g.From, g.Until, g.Revoked = consent.Role(role), fromMS(from), fromMS(until), fromMS(revoked)
		list = append(list, g)
		return nil
	}, `SELECT id, person, role, from_at, until_at, revoked_at, wording FROM grants WHERE case_id = $1 ORDER BY from_at, id`, string(id))
	return list, err
}

func files(ctx context.Context, tx *sql.Tx, id casefile.ID) ([]casefile.File, error) {
	var list []casefile.File
	err := each(ctx, tx, func(scan func(...any) error) error {
		var sha256 string
		var size, at int64
		var part casefile.Part
		if err := scan(&sha256, &size, &at, &part.Name, &part.Size); err != nil {
			return err
		}
		if n := len(list); n == 0 || list[n-1].SHA256 != sha256 {
			list = append(list, casefile.File{SHA256: sha256, Size: size, At: fromMS(at)})
		}
		last := &list[len(list)-1]
		last.Parts = append(last.Parts, part)
		return nil
	}, `SELECT f.sha256, f.size, f.added_at, p.name, p.size FROM files f
		JOIN file_parts p ON p.case_id = f.case_id AND p.sha256 = f.sha256
		WHERE f.case_id = $1 ORDER BY f.added_at, f.sha256, p.n`, string(id))
	return list, err
}
