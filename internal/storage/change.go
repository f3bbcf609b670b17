package storage

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"consilium/internal/auditlog"
	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
)

// Create makes a case with a key of its own and applies the change to it.
func (s *Store) Create(ctx context.Context, ch casefile.Change) error {
	if len(ch.Grants) == 0 {
		return wrong("a case needs somebody who may open it")
	}
	if !plainID.MatchString(string(ch.Case)) || ch.Case == "installation" {
		return wrong("%q cannot be a case's id", ch.Case)
	}
	wrapped, key, err := s.keys.NewCaseKey([]byte(ch.Case))
	if err != nil {
		return classify(err)
	}
	if ch.State == "" {
		ch.State = casefile.Open
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `INSERT INTO cases (id, state, wrapped_key, created_at, changed_at) VALUES ($1, $2, $3, $4, $4)`,
			string(ch.Case), string(ch.State), wrapped, ms(ch.At))
		if taken(err) {
			return fault.New(fault.Conflict, "fault.conflict").On("case")
		} else if err != nil {
			return err
		}
		if _, err := exec(ctx, tx, `INSERT INTO log_trees (tree, size) VALUES ($1, 0)`, string(ch.Case)); err != nil {
			return err
		}
		return s.apply(ctx, tx, key, ch)
	})
}

// Apply writes all of a change, or nothing.
func (s *Store) Apply(ctx context.Context, ch casefile.Change) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		key, err := s.key(ctx, tx, ch.Case)
		if err != nil {
			return err
		}
		return s.apply(ctx, tx, key, ch)
	})
}

// apply takes the case's place in its log first: on PostgreSQL that makes writers
// of one case wait for each other, so that the versions read next are the newest.
func (s *Store) apply(ctx context.Context, tx *sql.Tx, key casefile.Key, ch casefile.Change) error {
	seq, err := next(ctx, tx, string(ch.Case))
	if err != nil {
		return err
	}
	var subjects []auditlog.Subject
	for _, d := range ch.Drafts {
		sub, err := saveDraft(ctx, tx, key, ch, d)
		if err != nil {
			return err
		}
		subjects = append(subjects, sub)
	}
	for _, f := range ch.Files {
		if err := saveFile(ctx, tx, ch, f); err != nil {
			return err
		}
		subjects = append(subjects, auditlog.Subject{Ref: "file/" + f.SHA256})
	}
	for _, g := range ch.Grants {
		sub, err := saveGrant(ctx, tx, ch.Case, g)
		if err != nil {
			return err
		}
		subjects = append(subjects, sub)
	}
	if ch.Taken.Upload != "" {
		if err := takeUpload(ctx, tx, ch.Case, ch.Taken); err != nil {
			return err
		}
	}
	if err := s.saveIndex(ctx, tx, ch); err != nil {
		return err
	}
	for _, j := range ch.Jobs {
		if err := enqueue(ctx, tx, ch, j); err != nil {
			return err
		}
	}
	// An erased case cannot be changed: its key may have gone since it was read.
	n, err := exec(ctx, tx, `UPDATE cases SET changed_at = $2, state = CASE WHEN $3 = '' THEN state ELSE $3 END WHERE id = $1 AND erased_at = 0`,
		string(ch.Case), ms(ch.At), string(ch.State))
	if err != nil {
		return err
	}
	if n == 0 {
		return notFound()
	}
	return s.append(ctx, tx, string(ch.Case), auditlog.Entry{Seq: seq, At: ch.At, By: ch.By, Verb: ch.Verb, Subjects: subjects, Note: ch.Note})
}

// Names in the clear must not be able to carry a sentence.
var (
	plainKind = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	plainKey  = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)
	plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$`)
	plainID   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
	hash256   = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// plainDue tells whether a due date says nothing but a text key, an id, a day or none,
// and a page.
func plainDue(d casefile.Due) bool {
	_, err := time.Parse(time.DateOnly, d.On)
	return (err == nil || d.On == "") && plainKey.MatchString(d.Key) && (d.Item == "" || plainID.MatchString(d.Item)) && (d.Page == "" || plainKey.MatchString(d.Page))
}

func saveDraft(ctx context.Context, tx *sql.Tx, key casefile.Key, ch casefile.Change, d casefile.Draft) (auditlog.Subject, error) {
	none := auditlog.Subject{}
	if !plainKind.MatchString(string(d.Ref.Kind)) || d.Ref.Name != "" && !plainName.MatchString(d.Ref.Name) {
		return none, wrong("a document of kind %q has a name that must not stand in the clear", d.Ref.Kind)
	}
	var newest casefile.Version
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM documents WHERE case_id = $1 AND kind = $2 AND name = $3`,
		string(ch.Case), string(d.Ref.Kind), d.Ref.Name).Scan(&newest); err != nil {
		return none, err
	}
	stale := fault.New(fault.Conflict, "fault.conflict").On(string(d.Ref.Kind))
	if newest != d.From {
		return none, stale
	}
	body, err := json.Marshal(d.Body)
	if err != nil {
		return none, wrong("document %s cannot be written as JSON: %w", d.Ref.Kind, err)
	}
	doc := casefile.Document{Ref: d.Ref, Version: d.From + 1, From: d.From, At: ch.At, By: ch.By}
	sealed, err := key.Seal(body, aboutDocument(ch.Case, doc))
	if err != nil {
		return none, err
	}
	_, err = exec(ctx, tx, `INSERT INTO documents (case_id, kind, name, version, from_version, saved_at, saved_by, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(ch.Case), string(d.Ref.Kind), d.Ref.Name, int64(doc.Version), int64(doc.From), ms(ch.At), string(ch.By), sealed)
	if taken(err) {
		return none, stale
	}
	sum := sha256.Sum256(sealed)
	return auditlog.Subject{Ref: d.Ref.String(), Version: doc.Version, SHA256: hex.EncodeToString(sum[:])}, err
}

func saveFile(ctx context.Context, tx *sql.Tx, ch casefile.Change, f casefile.File) error {
	if !hash256.MatchString(f.SHA256) || len(f.Parts) == 0 {
		return wrong("a file needs a SHA-256 and parts")
	}
	at := f.At
	if at.IsZero() {
		at = ch.At
	}
	_, err := exec(ctx, tx, `INSERT INTO files (case_id, sha256, size, added_at) VALUES ($1, $2, $3, $4)`, string(ch.Case), f.SHA256, f.Size, ms(at))
	if taken(err) {
		return fault.New(fault.Conflict, "fault.conflict").On("file")
	} else if err != nil {
		return err
	}
	var size int64
	for i, p := range f.Parts {
		size += p.Size
		if _, err := exec(ctx, tx, `INSERT INTO file_parts (case_id, sha256, n, name, size) VALUES ($1, $2, $3, $4, $5)`, string(ch.Case), f.SHA256, i, p.Name, p.Size); err != nil {
			return err
		}
	}
	if size != f.Size {
		return wrong("the parts of a file hold %d bytes and the file %d", size, f.Size)
	}
	return nil
}

// saveGrant adds a grant, or ends one that is there: nothing else of a grant ever
// changes.
func saveGrant(ctx context.Context, tx *sql.Tx, id casefile.ID, g consent.Grant) (auditlog.Subject, error) {
	b, err := json.Marshal(g)
	if err != nil {
		return auditlog.Subject{}, err
	}
	sum := sha256.Sum256(b)
	sub := auditlog.Subject{Ref: "grant/" + g.ID, SHA256: hex.EncodeToString(sum[:])}
	n, err := exec(ctx, tx, `UPDATE grants SET until_at = $6, revoked_at = $7 WHERE id = $1 AND case_id = $2 AND person = $3 AND role = $4 AND from_at = $5`,
		g.ID, string(id), g.Person, string(g.Role), ms(g.From), ms(g.Until), ms(g.Revoked))
	if err != nil || n == 1 {
		return sub, err
	}
	if !plainID.MatchString(g.ID) || !plainID.MatchString(g.Person) {
		return sub, wrong("a grant needs an id and a person's id")
	}
	_, err = exec(ctx, tx, `INSERT INTO grants (id, case_id, person, role, from_at, until_at, revoked_at, wording) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		g.ID, string(id), g.Person, string(g.Role), ms(g.From), ms(g.Until), ms(g.Revoked), g.Wording)
	if taken(err) {
		return sub, fault.New(fault.Conflict, "fault.conflict").On("grant")
	}
	return sub, err
}

// saveIndex puts due dates in the place of those of the same key and item, and replaces
// look-up terms where the change names any. Only the dates that a change is about are
// touched: two changes at once to two things of a case keep the dates of both.
func (s *Store) saveIndex(ctx context.Context, tx *sql.Tx, ch casefile.Change) error {
	for _, d := range ch.Due {
		if !plainDue(d) {
			return wrong("a due date has a key, an item, a page or a day that must not stand in the clear")
		}
		if _, err := exec(ctx, tx, `DELETE FROM due_dates WHERE case_id = $1 AND key = $2 AND item = $3`, string(ch.Case), d.Key, d.Item); err != nil {
			return err
		}
		if d.On == "" {
			continue
		}
		if _, err := exec(ctx, tx, `INSERT INTO due_dates (case_id, key, item, on_date, page) VALUES ($1, $2, $3, $4, $5)`, string(ch.Case), d.Key, d.Item, d.On, d.Page); err != nil {
			return err
		}
	}
	if ch.Terms != nil {
		if _, err := exec(ctx, tx, `DELETE FROM tokens WHERE case_id = $1`, string(ch.Case)); err != nil {
			return err
		}
		for _, t := range ch.Terms {
			token, err := s.keys.Token(t.Label, t.Value)
			if err != nil {
				return err
			}
			if _, err := exec(ctx, tx, `INSERT INTO tokens (label, token, case_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, t.Label, token, string(ch.Case)); err != nil {
				return err
			}
		}
	}
	return nil
}

func enqueue(ctx context.Context, tx *sql.Tx, ch casefile.Change, j casefile.Job) error {
	if !plainKind.MatchString(j.Kind) {
		return wrong("%q is no kind of job", j.Kind)
	}
	_, err := exec(ctx, tx, `INSERT INTO jobs (id, case_id, kind, subject, after_at, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		rand.Text(), string(ch.Case), j.Kind, j.Subject, ms(j.After), ms(ch.At))
	return err
}

// Note adds an entry to a case's log, or to the installation's, and writes nothing
// else.
func (s *Store) Note(ctx context.Context, ch casefile.Change) error {
	if len(ch.Drafts)+len(ch.Files)+len(ch.Grants)+len(ch.Jobs) > 0 || ch.State != "" {
		return wrong("a note writes nothing but the log")
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		return s.log(ctx, tx, string(ch.Case), auditlog.Entry{At: ch.At, By: ch.By, Verb: ch.Verb, Note: ch.Note})
	})
}

// Erase destroys the case's key and takes away what stands in the clear or could
// still be sealed again. The log stays: it says that the case was there and is gone.
func (s *Store) Erase(ctx context.Context, ch casefile.Change) error {
	if err := s.erase(ctx, ch); err != nil {
		return err
	}
	// The case is gone for everybody who asks. That its key also leaves the files may
	// have to wait for a reader to end; the next erasing or start does it then.
	_ = s.scrub(context.WithoutCancel(ctx))
	return nil
}

func (s *Store) erase(ctx context.Context, ch casefile.Change) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		seq, err := next(ctx, tx, string(ch.Case))
		if err != nil {
			return err
		}
		n, err := exec(ctx, tx, `UPDATE cases SET wrapped_key = NULL, erased_at = $2, changed_at = $2, state = $3 WHERE id = $1 AND erased_at = 0`, string(ch.Case), ms(ch.At), string(casefile.Closed))
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound()
		}
		for _, table := range []string{"tokens", "due_dates", "jobs", "documents", "grants", "shares"} {
			if _, err := exec(ctx, tx, fmt.Sprintf(`DELETE FROM %s WHERE case_id = $1`, table), string(ch.Case)); err != nil {
				return err
			}
		}
		return s.append(ctx, tx, string(ch.Case), auditlog.Entry{Seq: seq, At: ch.At, By: ch.By, Verb: ch.Verb, Note: ch.Note})
	})
}
