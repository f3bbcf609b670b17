package actions

import (
	"context"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// SayWhose keeps the person's word on a file that seems to be about somebody
// else: it is the patient's after all, or it is set aside. The file may be one
// inside an archive. Nothing is deleted, and the word can be changed.
func (h *House) SayWhose(ctx context.Context, who casefile.Person, c *casefile.Case, sha256 string, w records.Whose, from casefile.Version) error {
	w.Reason = strings.TrimSpace(w.Reason)
	if err := w.Check(); err != nil {
		return err
	}
	files, err := records.Files(c)
	if err != nil {
		return err
	}
	if _, _, ok := records.Find(files, sha256); !ok {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return h.save(ctx, who, c, casefile.Change{
		Verb: "say_whose", Note: sha256,
		Drafts: []casefile.Draft{{Ref: records.WhoseRef(sha256), From: from, Body: w}},
	})
}
