package actions

import (
	"context"
	"time"

	"consilium/internal/casefile"
)

// InstallationLog is the tree of the installation's own log: first run, people,
// credentials, sign-ins and refusals that belong to no case. Cases.Note and
// Cases.Log take it in place of a case's id.
const InstallationLog casefile.ID = "installation"

// Person is somebody who can sign in. The handle and the display name are kept
// sealed; a person is found by a keyed token of the handle.
type Person struct {
	ID       casefile.Person
	Handle   string // what they type to sign in; compared without case or outer spaces
	Display  string // what pages call them
	Language string // "en", "es"; "" follows the browser
	Owner    bool   // made by the first-run link: may run the installation
	Created  time.Time
	Disabled time.Time // zero: may sign in
}

// People keeps who can sign in. Making, changing and disabling a person is
// written to the installation's log in the same transaction.
type People interface {
	// CreatePerson adds a person; a handle that is taken is a Conflict on "handle".
	CreatePerson(ctx context.Context, p Person) error
	// SavePerson changes handle, display name, language and disabled. A person who is
	// disabled loses every session in the same transaction.
	SavePerson(ctx context.Context, p Person, at time.Time) error
	// Person is NotFound when there is none.
	Person(ctx context.Context, id casefile.Person) (Person, error)
	// PersonByHandle is NotFound when there is none.
	PersonByHandle(ctx context.Context, handle string) (Person, error)
	// People lists everybody, oldest first; none means that this is the first run.
	People(ctx context.Context) ([]Person, error)
}

// CredentialKind says how a credential is checked.
type CredentialKind string

// The kinds of credential.
const (
	Passkey    CredentialKind = "passkey"
	Passphrase CredentialKind = "passphrase"
)

// Credential is one way for a person to prove who they are. All but its id, kind
// and times is kept sealed.
type Credential struct {
	ID      string // a passkey's credential id in base64url; any random id for a passphrase
	Person  casefile.Person
	Kind    CredentialKind
	Label   string // what the person calls it: "blue key"
	Secret  []byte // a passkey as JSON; a passphrase only as its slow hash
	Created time.Time
	Used    time.Time // zero: never
}

// Credentials keeps how people sign in.
type Credentials interface {
	// SaveCredential adds a credential or replaces what stands under its id (a new
	// signature count, when it was last used). The id of another person's credential
	// is a Conflict. Adding is logged; replacing is not.
	SaveCredential(ctx context.Context, c Credential) error
	// Credential finds one by its id; NotFound when there is none.
	Credential(ctx context.Context, id string) (Credential, error)
	// Credentials lists a person's, oldest first.
	Credentials(ctx context.Context, person casefile.Person) ([]Credential, error)
	// RemoveCredential is NotFound when the person has no such credential.
	RemoveCredential(ctx context.Context, person casefile.Person, id string, at time.Time) error
}

// Session is one signed-in browser, as its person may see it. The cookie's token
// is nowhere kept, only its hash, which is the id.
type Session struct {
	ID      string // hexadecimal SHA-256 of the cookie's token
	Person  casefile.Person
	Device  string // what the browser says it is, in a few words; kept sealed
	Created time.Time
	Seen    time.Time
	Expires time.Time
}

// Sessions keeps who is signed in where. The same store also holds the sessions'
// contents for the session cookie's middleware.
type Sessions interface {
	// OwnSession says whose session the one with this token is: Person, Device,
	// Created, Seen and Expires are taken from s. It works before or after the
	// session's contents are first saved.
	OwnSession(ctx context.Context, token string, s Session) error
	// SessionsOf lists a person's sessions that have not expired, newest first.
	SessionsOf(ctx context.Context, person casefile.Person, at time.Time) ([]Session, error)
	// RevokeSession ends one session of the person; it holds from the next request.
	// NotFound when the person has no such session.
	RevokeSession(ctx context.Context, person casefile.Person, id string, at time.Time) error
	// RevokeOthers ends every session of the person but the one with this id ("" ends
	// all) and tells how many.
	RevokeOthers(ctx context.Context, person casefile.Person, keep string, at time.Time) (int, error)
}

// OneTimeLink lets whoever holds its secret do one thing once.
type OneTimeLink struct {
	Secret  string          // in the link only: the store keeps its hash and gives "" back
	Purpose string          // "first_run", "invite", "recover"
	Person  casefile.Person // whom it is for; "" on first run
	Case    casefile.ID     // what it opens; "" when it is about no case
	Created time.Time
	Expires time.Time
	Used    time.Time // zero: still good
}

// Links keeps one-time links.
type Links interface {
	SaveLink(ctx context.Context, l OneTimeLink) error
	// Link looks at a link without using it. One that is unknown, for another
	// purpose, used or expired is NotFound, so that nobody learns which.
	Link(ctx context.Context, secret, purpose string, at time.Time) (OneTimeLink, error)
	// UseLink uses it up; of two who try at once, one gets NotFound.
	UseLink(ctx context.Context, secret, purpose string, at time.Time) (OneTimeLink, error)
}

// Attempts counts tries at signing in, across all replicas. A key is a handle or
// a network address with a prefix that says which ("handle:...", "from:..."); only
// its keyed token is kept. Add first and count after: then tries at the same
// moment cannot all pass.
type Attempts interface {
	AddAttempt(ctx context.Context, key string, at time.Time) error
	CountAttempts(ctx context.Context, key string, since time.Time) (int, error)
	// ForgetAttempts clears a key, after a success.
	ForgetAttempts(ctx context.Context, key string) error
	// PruneAttempts drops, for every key, what is older.
	PruneAttempts(ctx context.Context, before time.Time) error
}

// Accounts is everything that signing in and the account page need.
type Accounts interface {
	People
	Credentials
	Sessions
	Links
	Attempts
	Reminders
}
