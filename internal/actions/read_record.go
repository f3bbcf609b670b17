package actions

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/consent"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// ReadRecordJob is the kind of the job that reads a file; its subject is the
// file's SHA-256. Whoever saves a received file enqueues it in the same change.
const ReadRecordJob = "read_record"

// RecordReader says what the bytes of a file mean. It never fails: what it cannot
// read it says as an issue of the reading.
type RecordReader interface {
	ReadRecord(ctx context.Context, name string, r io.ReaderAt, size int64) clinical.Reading
}

// readWithin is the longest that one file may take to read, opening and hashing
// included: two gigabytes and more must fit.
const readWithin = 10 * time.Minute

// ReadRecord reads a received file and saves what it says. Reading a file again
// saves nothing when it says the same.
func (h *House) ReadRecord(ctx context.Context, who casefile.Person, c *casefile.Case, sha256 string) error {
	if err := h.may(ctx, who, c, consent.Write); err != nil {
		return err
	}
	return h.readRecord(ctx, who, c, sha256)
}

// DoReadRecord is ReadRecord for the job: it is done on behalf of the person who
// handed the file in, whose right to do so was asked then.
func (h *House) DoReadRecord(ctx context.Context, w Work) error {
	c, err := h.Cases.Case(ctx, w.Case)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return nil // erased in the meantime: there is nothing left to read
		}
		return err
	}
	d, ok := c.Document(records.Ref(w.Subject))
	if !ok {
		return fault.New(fault.NotFound, "fault.not_found").Because(fmt.Errorf("the job names a file that the case does not hold"))
	}
	return h.readRecord(ctx, d.By, c, w.Subject)
}

func (h *House) readRecord(ctx context.Context, by casefile.Person, c *casefile.Case, sha256 string) error {
	received, version, err := casefile.Read[records.Received](c, records.Ref(sha256))
	if err != nil {
		return err
	}
	if version == 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	ctx, stop := context.WithTimeout(ctx, readWithin)
	defer stop()
	file, err := h.openRecord(ctx, c, sha256)
	if err != nil {
		return err
	}
	defer file.Close()
	reading := h.Reader.ReadRecord(ctx, received.Name, file, file.Size())
	if err := ctx.Err(); err != nil {
		return fault.New(fault.Internal, "fault.internal").Because(err) // cut short: what was read is not what it says
	}
	if reading.SHA256 != sha256 {
		return fault.New(fault.Damaged, "fault.damaged").Because(fmt.Errorf("the bytes of a file are not those of its SHA-256"))
	}
	from := c.Version(records.FactsRef(sha256))
	if from > 0 {
		body, err := json.Marshal(reading)
		if err != nil {
			return fault.New(fault.Internal, "fault.internal").Because(err)
		}
		if had, _ := c.Document(records.FactsRef(sha256)); bytes.Equal(had.Body, body) {
			return nil
		}
	}
	err = h.Cases.Apply(ctx, casefile.Change{
		Case: c.ID, By: by, At: h.Now(), Verb: "read_record", Note: sha256,
		Drafts: []casefile.Draft{{Ref: records.FactsRef(sha256), From: from, Body: reading}},
	})
	if fault.Is(err, fault.Conflict) {
		return nil // somebody read it at the same moment, and it says the same
	}
	return err
}

// openRecord opens the bytes of a file of the case.
func (h *House) openRecord(ctx context.Context, c *casefile.Case, sha256 string) (Reader, error) {
	for _, f := range c.Files {
		if f.SHA256 == sha256 {
			key, err := h.Cases.Key(ctx, c.ID)
			if err != nil {
				return nil, err
			}
			return h.Vault.Open(ctx, key, f.Parts)
		}
	}
	return nil, fault.New(fault.NotFound, "fault.not_found")
}
