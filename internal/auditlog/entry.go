// Package auditlog is the log of a case: who did what, and when, in an order that
// nobody can change afterwards without being found out. Each entry is a leaf of an
// append-only Merkle tree, and each state of the tree is signed. A patient can take
// the log away and check it with no help from the server that wrote it.
//
// Entries name things by their ids and hashes. They hold no health data.
package auditlog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// MaxNote is the most bytes that an entry's note may have.
const MaxNote = 200

// Entry is one thing that happened.
type Entry struct {
	Seq      int64 // counts from 1 within its tree
	At       time.Time
	By       casefile.Person // "" for the installation itself
	Verb     string          // the action's name: "answer_need"
	Subjects []Subject
	Note     string // one line, no health data: a count, a SHA-256
}

// Subject is a thing that the entry is about: a version of a document, a file, a
// grant.
type Subject struct {
	Ref     string           `json:"ref"`               // "opinion/ab12", "file/<SHA-256>", "grant/<id>"
	Version casefile.Version `json:"version,omitempty"` // of a document
	SHA256  string           `json:"sha256,omitempty"`  // of the sealed body as it is stored
}

// encoded fixes the order of the fields: an entry has one encoding.
type encoded struct {
	Seq      int64     `json:"seq"`
	At       string    `json:"at"`
	By       string    `json:"by,omitempty"`
	Verb     string    `json:"verb"`
	Subjects []Subject `json:"subjects,omitempty"`
	Note     string    `json:"note,omitempty"`
}

const timeForm = "2006-01-02T15:04:05.000Z"

// Encode gives the entry's one encoding: a line of JSON without line end, times in
// UTC to the millisecond. An entry without number or verb, or with text that does
// not belong in a log, is refused.
func Encode(e Entry) ([]byte, error) {
	if e.Seq < 1 || e.Verb == "" {
		return nil, fault.New(fault.Internal, "fault.internal").Because(fmt.Errorf("log entry %d has verb %q", e.Seq, e.Verb))
	}
	if len(e.Note) > MaxNote {
		return nil, fault.New(fault.Internal, "fault.internal").Because(fmt.Errorf("note of log entry %d has %d bytes, at most %d", e.Seq, len(e.Note), MaxNote))
	}
	for _, s := range []string{string(e.By), e.Verb, e.Note} {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
			return nil, fault.New(fault.Internal, "fault.internal").Because(fmt.Errorf("log entry %d holds text that is not one line", e.Seq))
		}
	}
	return line(encoded{Seq: e.Seq, At: e.At.UTC().Format(timeForm), By: string(e.By), Verb: e.Verb, Subjects: e.Subjects, Note: e.Note})
}

// Decode reads an encoded entry.
func Decode(b []byte) (Entry, error) {
	var w encoded
	if err := json.Unmarshal(b, &w); err != nil {
		return Entry{}, fault.New(fault.Damaged, "fault.damaged").Because(err)
	}
	at, err := time.Parse(timeForm, w.At)
	if err != nil {
		return Entry{}, fault.New(fault.Damaged, "fault.damaged").Because(err)
	}
	return Entry{Seq: w.Seq, At: at, By: casefile.Person(w.By), Verb: w.Verb, Subjects: w.Subjects, Note: w.Note}, nil
}

// line encodes without escaping for HTML and without the line end.
func line(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
