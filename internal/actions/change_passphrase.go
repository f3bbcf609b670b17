package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// NewPassphrase asks for another passphrase.
type NewPassphrase struct {
	Old     string
	New     string
	From    string // the network address, without its port
	Session string // the id of the session that stays
}

// ChangePassphrase puts a new passphrase in the old one's place and ends the
// person's other sessions: whoever knew the old one is out. What is wrong is said
// at the fields "old" and "passphrase".
func (h *House) ChangePassphrase(ctx context.Context, who casefile.Person, n NewPassphrase) error {
	p, err := h.Accounts.Person(ctx, who)
	if err != nil {
		return err
	}
	if err := CheckPassphrase(p.Handle, n.New); err != nil {
		return err
	}
	// Counted apart from signing in: a stolen session must not be able to guess.
	if err := h.mayTry(ctx, n.From, "change:"+string(who)); err != nil {
		return err
	}
	_, cred, err := h.passphraseOf(ctx, p.Handle)
	if err != nil {
		return err
	}
	if same, _, err := samePassphrase(ctx, cred.Secret, n.Old); err != nil {
		return err
	} else if !same {
		if err := h.note(ctx, who, "change_passphrase_failed", ""); err != nil {
			return err
		}
		return fault.New(fault.Invalid, "passphrase.wrong").On("old")
	}
	if cred.Secret, err = hashPassphrase(ctx, n.New); err != nil {
		return err
	}
	if err := h.Accounts.SaveCredential(ctx, cred); err != nil {
		return err
	}
	if _, err := h.Accounts.RevokeOthers(ctx, who, n.Session, h.Now()); err != nil {
		return err
	}
	return h.note(ctx, who, "change_passphrase", "")
}
