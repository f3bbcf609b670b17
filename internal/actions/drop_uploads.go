package actions

import (
	"context"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// DropUpload gives up an upload that its person no longer wants.
func (h *House) DropUpload(ctx context.Context, who casefile.Person, c *casefile.Case, id string) error {
	if err := h.mayAdd(ctx, who, c); err != nil {
		return err
	}
	u, err := h.uploadOf(ctx, who, c, id)
	if err != nil {
		return err
	}
	return h.dropUpload(ctx, u)
}

// DropUploads gives up every upload that nobody has added to since then, and tells
// how many. One that goes on at this very moment is left alone.
func (h *House) DropUploads(ctx context.Context, before time.Time) (int, error) {
	stale, err := h.Uploads.StaleUploads(ctx, before)
	if err != nil {
		return 0, err
	}
	dropped := 0
	for _, u := range stale {
		err := h.dropUpload(ctx, u)
		if fault.Is(err, fault.Conflict) {
			continue
		}
		if err != nil {
			return dropped, err
		}
		dropped++
	}
	return dropped, nil
}

// dropUpload forgets the upload first and takes its parts away after: whoever could
// still have finished it gets a conflict, and nothing refers to parts that are gone.
func (h *House) dropUpload(ctx context.Context, u Upload) error {
	if err := h.Uploads.DropUpload(ctx, u); err != nil {
		return err
	}
	return h.Vault.Remove(ctx, u.Parts)
}
