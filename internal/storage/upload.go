package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// sealedUpload is what of an upload is kept sealed.
type sealedUpload struct {
	Name string `json:"name"`
	Hash []byte `json:"hash"`
}

func aboutUpload(u actions.Upload) []byte {
	return about("upload", u.ID, string(u.Case), string(u.By), strconv.FormatInt(u.Received, 10))
}

// StartUpload keeps an upload that has received nothing yet.
func (s *Store) StartUpload(ctx context.Context, u actions.Upload) error {
	if u.Received != 0 || len(u.Parts) > 0 {
		return wrong("an upload starts empty")
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		sealed, err := s.sealUpload(ctx, tx, u)
		if err != nil {
			return err
		}
		_, err = exec(ctx, tx, `INSERT INTO uploads (id, case_id, person, size, received, started_at, touched_at, sealed) VALUES ($1, $2, $3, $4, 0, $5, $5, $6)`,
			u.ID, string(u.Case), string(u.By), u.Size, ms(u.At), sealed)
		return err
	})
}

// Upload gives how far an upload has come.
func (s *Store) Upload(ctx context.Context, id string) (actions.Upload, error) {
	var u actions.Upload
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		u, err = s.upload(ctx, tx, id)
		return err
	})
	return u, err
}

// SaveUpload records progress. The parts that are kept already must be the first
// parts of u: who lost a race against another request is told Conflict, and what
// that one was promised stays.
func (s *Store) SaveUpload(ctx context.Context, u actions.Upload) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		// Taking the row first makes a second request for the same upload wait.
		n, err := exec(ctx, tx, `UPDATE uploads SET touched_at = $2 WHERE id = $1`, u.ID, ms(u.At))
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound()
		}
		had, err := uploadParts(ctx, tx, u.ID)
		if err != nil {
			return err
		}
		if len(had) > len(u.Parts) {
			return lostRace(had)
		}
		var received int64
		for i, p := range u.Parts {
			received += p.Size
			if i < len(had) {
				if had[i] != p {
					return lostRace(had)
				}
				continue
			}
			if _, err := exec(ctx, tx, `INSERT INTO upload_parts (upload_id, n, name, size) VALUES ($1, $2, $3, $4)`, u.ID, i, p.Name, p.Size); err != nil {
				return err
			}
		}
		if received != u.Received {
			return wrong("the parts of an upload hold %d bytes, not %d", received, u.Received)
		}
		sealed, err := s.sealUpload(ctx, tx, u)
		if err != nil {
			return err
		}
		_, err = exec(ctx, tx, `UPDATE uploads SET received = $2, sealed = $3 WHERE id = $1`, u.ID, u.Received, sealed)
		return err
	})
}

func lostRace(had []casefile.Part) error {
	var received int64
	for _, p := range had {
		received += p.Size
	}
	return fault.New(fault.Conflict, "records.upload.offset").On("offset").With("offset", strconv.FormatInt(received, 10))
}

// StaleUploads lists those that nobody has added to since then, the oldest first.
// Those of a case that was erased come without name and hash.
func (s *Store) StaleUploads(ctx context.Context, before time.Time) ([]actions.Upload, error) {
	var list []actions.Upload
	err := s.read(ctx, func(tx *sql.Tx) error {
		var ids []string
		err := each(ctx, tx, func(scan func(...any) error) error {
			var id string
			if err := scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
			return nil
		}, `SELECT id FROM uploads WHERE touched_at < $1 ORDER BY touched_at, id`, ms(before))
		if err != nil {
			return err
		}
		for _, id := range ids {
			u, err := s.upload(ctx, tx, id)
			if err != nil && !fault.Is(classify(err), fault.NotFound) {
				return err
			}
			list = append(list, u)
		}
		return nil
	})
	return list, err
}

// DropUpload forgets an upload as it was looked at.
func (s *Store) DropUpload(ctx context.Context, u actions.Upload) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		return takeUpload(ctx, tx, u.Case, casefile.Taken{Upload: u.ID, Received: u.Received})
	})
}

// takeUpload ends an upload. Only one of all who try can succeed, and none when
// bytes were added that they have not seen. Touching the row first makes them wait
// for each other.
func takeUpload(ctx context.Context, tx *sql.Tx, id casefile.ID, t casefile.Taken) error {
	n, err := exec(ctx, tx, `UPDATE uploads SET touched_at = touched_at WHERE id = $1 AND case_id = $2 AND received = $3`, t.Upload, string(id), t.Received)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "fault.conflict").On("upload")
	}
	if _, err := exec(ctx, tx, `DELETE FROM upload_parts WHERE upload_id = $1`, t.Upload); err != nil {
		return err
	}
	_, err = exec(ctx, tx, `DELETE FROM uploads WHERE id = $1`, t.Upload)
	return err
}

func (s *Store) sealUpload(ctx context.Context, tx *sql.Tx, u actions.Upload) ([]byte, error) {
	key, err := s.key(ctx, tx, u.Case)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(sealedUpload{u.Name, u.Hash})
	if err != nil {
		return nil, err
	}
	return key.Seal(b, aboutUpload(u))
}

// upload reads one. Without the case's key it gives what stands in the clear, and
// NotFound.
func (s *Store) upload(ctx context.Context, tx *sql.Tx, id string) (actions.Upload, error) {
	u := actions.Upload{ID: id}
	var caseID, person string
	var at int64
	var sealed []byte
	err := tx.QueryRowContext(ctx, `SELECT case_id, person, size, received, started_at, sealed FROM uploads WHERE id = $1`, id).
		Scan(&caseID, &person, &u.Size, &u.Received, &at, &sealed)
	if err != nil {
		return u, err
	}
	u.Case, u.By, u.At = casefile.ID(caseID), casefile.Person(person), fromMS(at)
	if u.Parts, err = uploadParts(ctx, tx, id); err != nil {
		return u, err
	}
	key, err := s.key(ctx, tx, u.Case)
	if err != nil {
		return u, err
	}
	b, err := key.Open(sealed, aboutUpload(u))
	if err != nil {
		return u, fmt.Errorf("upload %s: %w", id, err)
	}
	var in sealedUpload
	if err := json.Unmarshal(b, &in); err != nil {
		return u, wrong("upload %s: %w", id, err)
	}
	u.Name, u.Hash = in.Name, in.Hash
	return u, nil
}

func uploadParts(ctx context.Context, tx *sql.Tx, id string) ([]casefile.Part, error) {
	var parts []casefile.Part
	err := each(ctx, tx, func(scan func(...any) error) error {
		var p casefile.Part
		if err := scan(&p.Name, &p.Size); err != nil {
			return err
		}
		parts = append(parts, p)
		return nil
	}, `SELECT name, size FROM upload_parts WHERE upload_id = $1 ORDER BY n`, id)
	return parts, err
}
