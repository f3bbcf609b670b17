package actions

import (
	"context"

	"consilium/internal/casefile"
)

// Account is what a person's own page shows.
type Account struct {
	Person   Person
	Passkeys []Credential
	Sessions []Session // newest first
}

// MyAccount gives a person what is kept of them for signing in.
func (h *House) MyAccount(ctx context.Context, who casefile.Person) (a Account, err error) {
	if a.Person, err = h.Accounts.Person(ctx, who); err != nil {
		return a, err
	}
	creds, err := h.Accounts.Credentials(ctx, who)
	if err != nil {
		return a, err
	}
	for _, c := range creds {
		if c.Kind == Passkey {
			a.Passkeys = append(a.Passkeys, c)
		}
	}
	a.Sessions, err = h.Accounts.SessionsOf(ctx, who, h.Now())
	return a, err
}
