// Package actions holds the verbs: one file per thing that a person or a job can
// do. An action checks who asks, lets the core decide, and writes everything in
// one transaction with its log entry and its jobs. Nothing else writes.
package actions

import (
	"context"
	"io"
	"time"

	"consilium/internal/casefile"
)

// Cases is where cases are kept.
type Cases interface {
	// Create makes a case with a key of its own and applies the change, which must
	// hold at least one grant.
	Create(ctx context.Context, change casefile.Change) error
	// Case loads the newest version of everything. NotFound when there is none.
	Case(ctx context.Context, id casefile.ID) (*casefile.Case, error)
	// Apply writes all of a change, or nothing. A draft made from a version that is
	// no longer the newest is a Conflict on the draft's kind; a full disk is Full.
	Apply(ctx context.Context, change casefile.Change) error
	// History gives every version of one document, oldest first.
	History(ctx context.Context, id casefile.ID, ref casefile.Ref) ([]casefile.Document, error)
	// Of lists the cases in which the person holds a grant in force.
	Of(ctx context.Context, person casefile.Person, at time.Time) ([]Summary, error)
	// Note adds an entry to the case's log and writes nothing else: a record was
	// read, a page was refused.
	Note(ctx context.Context, change casefile.Change) error
	// Key gives the case's key, for sealing files.
	Key(ctx context.Context, id casefile.ID) (casefile.Key, error)
	// Erase destroys the case's key: what it sealed can never be read again.
	Erase(ctx context.Context, change casefile.Change) error
	// Log writes the case's log with its signed checkpoint, in the form that
	// `consilium log verify` reads.
	Log(ctx context.Context, id casefile.ID, w io.Writer) error
}

// Summary is a case as the worklist sees it: no names, no health data.
type Summary struct {
	ID      casefile.ID
	State   casefile.State
	Created time.Time
	Changed time.Time
	Due     []casefile.Due
}

// Upload is a file on its way in.
type Upload struct {
	ID       string
	Case     casefile.ID
	By       casefile.Person
	Name     string // what the person's machine calls it, with its folder; kept sealed
	Size     int64  // bytes that the person's machine announced, -1 when unknown
	Received int64  // bytes that are safe: sealed, on disk, acknowledged
	Parts    []casefile.Part
	Hash     []byte // state of the running SHA-256 after Received bytes; kept sealed
	At       time.Time
}

// Uploads keeps how far each upload has come, so that it can go on after a lost
// connection or a restart.
type Uploads interface {
	StartUpload(ctx context.Context, u Upload) error
	Upload(ctx context.Context, id string) (Upload, error)
	// SaveUpload records progress; it is durable when it returns.
	SaveUpload(ctx context.Context, u Upload) error
	// StaleUploads lists those that nobody has added to since then.
	StaleUploads(ctx context.Context, before time.Time) ([]Upload, error)
	// DropUpload forgets an upload as it was looked at; its parts are then the
	// caller's to take away. Conflict when it is gone already or has grown since.
	DropUpload(ctx context.Context, u Upload) error
}

// Vault keeps the sealed bytes.
type Vault interface {
	// Put seals what r gives as one part under this name, replacing what an
	// interrupted try left, and returns once it is safe on disk. Full when the disk is.
	Put(ctx context.Context, key casefile.Key, name string, r io.Reader) (casefile.Part, error)
	// Open gives the plain bytes of the parts, one after another, at any offset.
	Open(ctx context.Context, key casefile.Key, parts []casefile.Part) (Reader, error)
	// Remove takes parts away; one that is gone already is no fault.
	Remove(ctx context.Context, parts []casefile.Part) error
}

// Reader reads an opened file at any offset.
type Reader interface {
	io.ReaderAt
	io.Closer
	Size() int64
}
