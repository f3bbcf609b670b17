package actions

import (
	"context"

	"consilium/internal/casefile"
)

// RevokeSession ends one session of the person; it holds from its next request. The
// store writes it down.
func (h *House) RevokeSession(ctx context.Context, who casefile.Person, id string) error {
	return h.Accounts.RevokeSession(ctx, who, id, h.Now())
}

// SignOutEverywhere ends every session of the person, this one too.
func (h *House) SignOutEverywhere(ctx context.Context, who casefile.Person) error {
	_, err := h.Accounts.RevokeOthers(ctx, who, "", h.Now())
	return err
}
