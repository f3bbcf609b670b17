package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// OpenedFile is a file of the case, to be read at any offset. Whoever opens it
// closes it.
type OpenedFile struct {
	Reader
	Received records.Received
}

// OpenFile opens a file that was handed in, for a person who may see the case. That it was read stands
// in the case's log before the first byte is given.
func (h *House) OpenFile(ctx context.Context, who casefile.Person, c *casefile.Case, sha256 string) (OpenedFile, error) {
	if err := h.may(ctx, who, c, consent.See); err != nil {
		return OpenedFile{}, err
	}
	received, version, err := casefile.Read[records.Received](c, records.Ref(sha256))
	if err == nil && version == 0 {
		// Not everything that the case keeps was handed in: a packet as it was sent is
		// taken out only by whoever may.
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return OpenedFile{}, err
	}
	r, err := h.openNoted(ctx, c, sha256, casefile.Change{By: who, Verb: "open_file", Note: sha256})
	if err != nil {
		return OpenedFile{}, err
	}
	return OpenedFile{r, received}, nil
}

// openNoted opens sealed bytes of the case, and writes the entry into the log before it
// gives them. Whoever opens them closes them.
func (h *House) openNoted(ctx context.Context, c *casefile.Case, sha256 string, entry casefile.Change) (Reader, error) {
	r, err := h.openRecord(ctx, c, sha256)
	if err != nil {
		return nil, err
	}
	entry.Case, entry.At = c.ID, h.Now()
	if err := h.Cases.Note(ctx, entry); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}
