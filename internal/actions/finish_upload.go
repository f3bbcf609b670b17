package actions

import (
	"context"
	"encoding/hex"
	"strconv"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// FinishUpload makes an upload a record of the case and has it read. Bytes that the
// case holds already are not kept twice: the answer is the record that is there,
// which says under Again what else they were called. An upload that is not complete
// is a Conflict that carries the "offset" to go on from.
func (h *House) FinishUpload(ctx context.Context, who casefile.Person, c *casefile.Case, id string) (records.Received, error) {
	if err := h.mayAdd(ctx, who, c); err != nil {
		return records.Received{}, err
	}
	u, err := h.uploadOf(ctx, who, c, id)
	if err != nil {
		return records.Received{}, err
	}
	if u.Size >= 0 && u.Received != u.Size {
		return records.Received{}, fault.New(fault.Conflict, "records.upload.unfinished").On("file").With("offset", strconv.FormatInt(u.Received, 10)).With("name", u.Name)
	}
	if u.Received == 0 {
		if err := h.Uploads.DropUpload(ctx, u); err != nil {
			return records.Received{}, err
		}
		return records.Received{}, emptyFile(u.Name)
	}
	sum, err := running(u.Hash)
	if err != nil {
		return records.Received{}, err
	}
	return h.keepRecord(ctx, c, u, hex.EncodeToString(sum.Sum(nil)))
}

// keepRecord saves the file, or finds that it is there. Another upload of the same
// bytes may end at the same moment: then the case is looked at again.
func (h *House) keepRecord(ctx context.Context, c *casefile.Case, u Upload, sha256 string) (records.Received, error) {
	for try := 1; ; try++ {
		got, err := h.receive(ctx, c, u, sha256)
		if !fault.Is(err, fault.Conflict) || fault.All(err)[0].Field == "upload" || try == 4 {
			return got, err
		}
		if c, err = h.Cases.Case(ctx, c.ID); err != nil {
			return records.Received{}, err
		}
	}
}

func (h *House) receive(ctx context.Context, c *casefile.Case, u Upload, sha256 string) (records.Received, error) {
	now := h.Now()
	change := casefile.Change{Case: c.ID, By: u.By, At: now, Note: sha256, Taken: casefile.Taken{Upload: u.ID, Received: u.Received}}
	if !c.Holds(sha256) {
		got := records.Received{SHA256: sha256, Name: u.Name, Size: u.Received}
		change.Verb = "receive_upload"
		change.Drafts = []casefile.Draft{{Ref: records.Ref(sha256), From: c.Version(records.Ref(sha256)), Body: got}}
		change.Files = []casefile.File{{SHA256: sha256, Size: u.Received, At: now, Parts: u.Parts}}
		change.Jobs = []casefile.Job{{Kind: ReadRecordJob, Subject: sha256}}
		return got, h.Cases.Apply(ctx, change)
	}
	got, version, err := casefile.Read[records.Received](c, records.Ref(sha256))
	if err != nil {
		return got, err
	}
	got.Again = append(got.Again, records.Again{Name: u.Name, At: now.UTC().Format(time.RFC3339)})
	change.Verb = "receive_upload_again"
	change.Drafts = []casefile.Draft{{Ref: records.Ref(sha256), From: version, Body: got}}
	if err := h.Cases.Apply(ctx, change); err != nil {
		return got, err
	}
	// The bytes are there already. Where these cannot be taken away they cost room
	// and nothing else.
	_ = h.Vault.Remove(context.WithoutCancel(ctx), u.Parts)
	return got, nil
}
