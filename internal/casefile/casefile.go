// Package casefile is the case: one patient's question, and everything about it.
// A case is a sealed folder of append-only documents, files, the people who may
// open it, and a log. Nothing in it is ever overwritten: a save adds a version and
// names the version that it was made from.
package casefile

import (
	"encoding/json"
	"fmt"
	"sort"
	"time"

	"consilium/internal/consent"
	"consilium/internal/fault"
)

// ID names a case. It is random (26 letters and digits) and says nothing of the
// patient, so it may stand in a URL.
type ID string

// Person names somebody who can sign in. Random too.
type Person string

// Kind is the noun that a document holds: "profile", "need", "plan", "opinion"...
type Kind string

// Version counts the saves of one document from 1; 0 means that there is none yet.
type Version int

// State is whether the case is being worked on.
type State string

// The states of a case.
const (
	Open   State = "open"
	Closed State = "closed"
)

// Ref names one document of a case. Name is "" where the case has only one of the
// kind, and otherwise tells them apart: an opinion's id, a file's SHA-256.
type Ref struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name,omitempty"`
}

// String gives "kind" or "kind/name".
func (r Ref) String() string {
	if r.Name == "" {
		return string(r.Kind)
	}
	return string(r.Kind) + "/" + r.Name
}

// Document is one version of one noun of the case, opened.
type Document struct {
	Ref     Ref             `json:"ref"`
	Version Version         `json:"version"`
	From    Version         `json:"from"` // the version that this save was made from
	At      time.Time       `json:"at"`
	By      Person          `json:"by"`
	Body    json.RawMessage `json:"body"`
}

// File is stored bytes of the case, addressed by the SHA-256 of the plain bytes
// (64 hexadecimal letters). What the file is called and what it holds stands in
// sealed documents.
type File struct {
	SHA256 string
	Size   int64 // bytes
	At     time.Time
	Parts  []Part // where the sealed bytes lie, in order
}

// Part is one sealed piece of a file: a random name in the vault, and how many
// plain bytes it holds.
type Part struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
}

// Key seals and opens what belongs to one case. What it is about (aad) must be
// the same at both ends, so that a sealed document cannot be passed off as
// another. Opening with the wrong key or aad is Damaged.
type Key interface {
	Seal(plain, aad []byte) ([]byte, error)
	Open(sealed, aad []byte) ([]byte, error)
}

// Case is everything about one question, loaded once for one request.
type Case struct {
	ID      ID
	State   State
	Created time.Time
	Changed time.Time
	Grants  []consent.Grant
	Files   []File
	Due     []Due // by date

	documents map[Ref]Document
}

// New gives a case that holds these documents; of several versions of one
// document it keeps the newest.
func New(id ID, state State, documents []Document) *Case {
	c := &Case{ID: id, State: state, documents: map[Ref]Document{}}
	for _, d := range documents {
		if had, ok := c.documents[d.Ref]; !ok || had.Version < d.Version {
			c.documents[d.Ref] = d
		}
	}
	return c
}

// Document gives the newest version of a document; ok is false when there is none.
func (c *Case) Document(ref Ref) (d Document, ok bool) {
	d, ok = c.documents[ref]
	return d, ok
}

// Version gives the newest version of a document, 0 when there is none.
func (c *Case) Version(ref Ref) Version { return c.documents[ref].Version }

// Has tells whether the case holds a document.
func (c *Case) Has(ref Ref) bool { _, ok := c.documents[ref]; return ok }

// Named lists the newest documents of a kind in the order of their names.
func (c *Case) Named(kind Kind) []Document {
	var ds []Document
	for r, d := range c.documents {
		if r.Kind == kind {
			ds = append(ds, d)
		}
	}
	sort.Slice(ds, func(i, j int) bool { return ds[i].Ref.Name < ds[j].Ref.Name })
	return ds
}

// Holds tells whether the case has the file with this SHA-256.
func (c *Case) Holds(sha256 string) bool {
	for _, f := range c.Files {
		if f.SHA256 == sha256 {
			return true
		}
	}
	return false
}

// Read opens a document into its noun. Where there is none it gives the zero noun
// and version 0; a stored body that does not fit the noun is Damaged.
func Read[T any](c *Case, ref Ref) (T, Version, error) {
	var v T
	d, ok := c.documents[ref]
	if !ok {
		return v, 0, nil
	}
	if err := json.Unmarshal(d.Body, &v); err != nil {
		return v, d.Version, fault.New(fault.Damaged, "fault.damaged").Because(fmt.Errorf("document %s version %d: %w", ref.Kind, d.Version, err))
	}
	return v, d.Version, nil
}

// ReadAll opens every document of a kind, in the order of their names.
func ReadAll[T any](c *Case, kind Kind) ([]T, error) {
	var all []T
	for _, d := range c.Named(kind) {
		v, _, err := Read[T](c, d.Ref)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// Draft is a document to be saved: the noun, and the version it was made from.
type Draft struct {
	Ref  Ref
	From Version
	Body any // the noun; stored as JSON
}

// Job is work to be done later, stored in the same transaction as what it is
// about. It names things; it never carries health data.
type Job struct {
	Kind    string    // the job's worker: "read_record"
	Subject string    // what it is about: a SHA-256, a document's ref
	After   time.Time // not before
}

// Change is everything that one action writes: saved whole or not at all, with its
// entry in the case's log.
type Change struct {
	Case   ID
	By     Person
	At     time.Time
	Verb   string // the action's name, for the log: "answer_need"
	Drafts []Draft
	Files  []File
	Grants []consent.Grant // new ones, and revoked ones by their id
	State  State           // "" leaves it
	Jobs   []Job
	Due    []Due  // each takes the place of that of its key and item; one without a day takes it away
	Terms  []Term // replaces what the case can be found by when not nil
	Taken  Taken  // the upload that ends with this change, if one does
	Note   string // a word for the log that is no health data: a SHA-256, a count
}

// Due is a date by which something must happen. What it is stands as a text key,
// so that the worklist holds no health data. A case has one date for each key and
// item.
type Due struct {
	Key  string // text key: "due.decision"
	Item string // which of several: the random id of a denial, of an estimate; "" where there is one only
	On   string // YYYY-MM-DD; in a change "" says that it is not due any more
	Page string // id of the page that says more, such as "appeal.answer"; its address takes the item, if there is one
}

// Taken is an upload that a change ends: it is gone when the change is saved, and
// its parts belong to whoever made the change. Where it is gone already, or has
// grown since it was looked at, the change is a Conflict on "upload".
type Taken struct {
	Upload   string
	Received int64 // bytes that it had when it was looked at
}

// Term is something that a case can be found by: a "name", a "birth_date", a
// "number". Only a keyed token of it is kept, outside the sealed documents.
type Term struct {
	Label string
	Value string
}
