package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"consilium/internal/actions"
	"consilium/internal/auditlog"
	"consilium/internal/casefile"
	"consilium/internal/fault"
)

const installation = string(actions.InstallationLog)

// sealedPerson is what of a person is kept sealed.
type sealedPerson struct {
	Handle   string `json:"handle"`
	Display  string `json:"display"`
	Language string `json:"language,omitempty"`
}

// CreatePerson adds a person.
func (s *Store) CreatePerson(ctx context.Context, p actions.Person) error {
	if !plainID.MatchString(string(p.ID)) || p.Handle == "" {
		return wrong("a person needs an id and a handle")
	}
	token, sealed, err := s.sealPerson(p)
	if err != nil {
		return classify(err)
	}
	owner := 0
	if p.Owner {
		owner = 1
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `INSERT INTO people (id, handle_token, sealed, is_owner, created_at, disabled_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			string(p.ID), token, sealed, owner, ms(p.Created), ms(p.Disabled))
		if taken(err) {
			return fault.New(fault.Conflict, "fault.conflict").On("handle")
		} else if err != nil {
			return err
		}
		return s.log(ctx, tx, installation, auditlog.Entry{At: p.Created, Verb: "create_person", Subjects: []auditlog.Subject{{Ref: "person/" + string(p.ID)}}})
	})
}

// SavePerson changes what may change of a person.
func (s *Store) SavePerson(ctx context.Context, p actions.Person, at time.Time) error {
	token, sealed, err := s.sealPerson(p)
	if err != nil {
		return classify(err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE people SET handle_token = $2, sealed = $3, disabled_at = $4 WHERE id = $1`, string(p.ID), token, sealed, ms(p.Disabled))
		if taken(err) {
			return fault.New(fault.Conflict, "fault.conflict").On("handle")
		} else if err != nil {
			return err
		}
		if n == 0 {
			return notFound()
		}
		verb := "save_person"
		if !p.Disabled.IsZero() {
			verb = "disable_person"
			if _, err := revoke(ctx, tx, at, `person = $2`, string(p.ID)); err != nil {
				return err
			}
		}
		return s.log(ctx, tx, installation, auditlog.Entry{At: at, Verb: verb, Subjects: []auditlog.Subject{{Ref: "person/" + string(p.ID)}}})
	})
}

// Person gives one person.
func (s *Store) Person(ctx context.Context, id casefile.Person) (actions.Person, error) {
	return s.onePerson(ctx, `id = $1`, string(id))
}

// PersonByHandle finds a person by what they type to sign in.
func (s *Store) PersonByHandle(ctx context.Context, handle string) (actions.Person, error) {
	token, err := s.keys.Token("handle", handle)
	if err != nil {
		return actions.Person{}, classify(err)
	}
	return s.onePerson(ctx, `handle_token = $1`, token)
}

func (s *Store) onePerson(ctx context.Context, where, arg string) (actions.Person, error) {
	all, err := s.people(ctx, ` WHERE `+where, arg)
	if err != nil {
		return actions.Person{}, err
	}
	if len(all) == 0 {
		return actions.Person{}, notFound()
	}
	return all[0], nil
}

// People lists everybody, oldest first.
func (s *Store) People(ctx context.Context) ([]actions.Person, error) { return s.people(ctx, "") }

func (s *Store) people(ctx context.Context, where string, args ...any) ([]actions.Person, error) {
	var list []actions.Person
	err := s.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan func(...any) error) error {
			var id string
			var sealed []byte
			var owner, created, disabled int64
			if err := scan(&id, &sealed, &owner, &created, &disabled); err != nil {
				return err
			}
			b, err := s.keys.OpenValue(sealed, "person", id)
			if err != nil {
				return fmt.Errorf("person %s: %w", id, err)
			}
			var in sealedPerson
			if err := json.Unmarshal(b, &in); err != nil {
				return wrong("person %s: %w", id, err)
			}
			list = append(list, actions.Person{
				ID: casefile.Person(id), Handle: in.Handle, Display: in.Display, Language: in.Language,
				Owner: owner == 1, Created: fromMS(created), Disabled: fromMS(disabled),
			})
			return nil
		}, `SELECT id, sealed, is_owner, created_at, disabled_at FROM people`+where+` ORDER BY created_at, id`, args...)
	})
	return list, err
}

func (s *Store) sealPerson(p actions.Person) (token string, sealed []byte, err error) {
	if token, err = s.keys.Token("handle", p.Handle); err != nil {
		return "", nil, err
	}
	b, err := json.Marshal(sealedPerson{p.Handle, p.Display, p.Language})
	if err != nil {
		return "", nil, err
	}
	sealed, err = s.keys.SealValue(b, "person", string(p.ID))
	return token, sealed, err
}

// sealedCredential is what of a credential is kept sealed.
type sealedCredential struct {
	Label  string `json:"label"`
	Secret []byte `json:"secret"`
}

// SaveCredential adds a credential or replaces what stands under its id.
func (s *Store) SaveCredential(ctx context.Context, c actions.Credential) error {
	if c.ID == "" || c.Person == "" {
		return wrong("a credential needs an id and a person")
	}
	b, err := json.Marshal(sealedCredential{c.Label, c.Secret})
	if err != nil {
		return classify(err)
	}
	sealed, err := s.keys.SealValue(b, "credential", c.ID, string(c.Person), string(c.Kind))
	if err != nil {
		return classify(err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE credentials SET sealed = $4, used_at = $5 WHERE id = $1 AND person = $2 AND kind = $3`, c.ID, string(c.Person), string(c.Kind), sealed, ms(c.Used))
		if err != nil || n == 1 {
			return err
		}
		_, err = exec(ctx, tx, `INSERT INTO credentials (id, person, kind, sealed, created_at, used_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			c.ID, string(c.Person), string(c.Kind), sealed, ms(c.Created), ms(c.Used))
		if taken(err) {
			return fault.New(fault.Conflict, "fault.conflict").On("credential")
		} else if err != nil {
			return err
		}
		return s.log(ctx, tx, installation, auditlog.Entry{At: c.Created, By: c.Person, Verb: "save_credential", Note: string(c.Kind)})
	})
}

// Credential finds one by its id.
func (s *Store) Credential(ctx context.Context, id string) (actions.Credential, error) {
	list, err := s.credentials(ctx, ` WHERE id = $1`, id)
	if err != nil {
		return actions.Credential{}, err
	}
	if len(list) == 0 {
		return actions.Credential{}, notFound()
	}
	return list[0], nil
}

// Credentials lists a person's, oldest first.
func (s *Store) Credentials(ctx context.Context, person casefile.Person) ([]actions.Credential, error) {
	return s.credentials(ctx, ` WHERE person = $1`, string(person))
}

func (s *Store) credentials(ctx context.Context, where string, args ...any) ([]actions.Credential, error) {
	var list []actions.Credential
	err := s.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(scan func(...any) error) error {
			var c actions.Credential
			var person, kind string
			var sealed []byte
			var created, used int64
			if err := scan(&c.ID, &person, &kind, &sealed, &created, &used); err != nil {
				return err
			}
			b, err := s.keys.OpenValue(sealed, "credential", c.ID, person, kind)
			if err != nil {
				return fmt.Errorf("credential of person %s: %w", person, err)
			}
			var in sealedCredential
			if err := json.Unmarshal(b, &in); err != nil {
				return wrong("credential of person %s: %w", person, err)
			}
			c.Person, c.Kind, c.Label, c.Secret = casefile.Person(person), actions.CredentialKind(kind), in.Label, in.Secret
			c.Created, c.Used = fromMS(created), fromMS(used)
			list = append(list, c)
			return nil
		}, `SELECT id, person, kind, sealed, created_at, used_at FROM credentials`+where+` ORDER BY created_at, id`, args...)
	})
	return list, err
}

// RemoveCredential takes one away.
func (s *Store) RemoveCredential(ctx context.Context, person casefile.Person, id string, at time.Time) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `DELETE FROM credentials WHERE id = $1 AND person = $2`, id, string(person))
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound()
		}
		return s.log(ctx, tx, installation, auditlog.Entry{At: at, By: person, Verb: "remove_credential"})
	})
}
