package actions

import (
	"context"
	"encoding/base32"
	"strings"
	"time"

	"consilium/internal/fault"
)

const (
	firstRun     = "first_run"
	firstLinkFor = 24 * time.Hour
)

// secret makes what stands in a one-time link: 160 random bits, 32 small letters
// and digits.
func secret() string {
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(randomBytes(20)))
}

// Fresh tells whether nobody can sign in yet. A person whose making was cut short
// before they had a way to sign in does not count.
func (h *House) Fresh(ctx context.Context) (bool, error) {
	people, err := h.Accounts.People(ctx)
	if err != nil {
		return false, err
	}
	for _, p := range people {
		creds, err := h.Accounts.Credentials(ctx, p.ID)
		if err != nil {
			return false, err
		}
		if len(creds) > 0 {
			return false, nil
		}
	}
	return true, nil
}

// FirstLink makes the secret of the one-time link by which the owner is made; it
// is good for 24 hours. It is "" when somebody can sign in already.
func (h *House) FirstLink(ctx context.Context) (string, error) {
	fresh, err := h.Fresh(ctx)
	if err != nil || !fresh {
		return "", err
	}
	s, now := secret(), h.Now()
	return s, h.Accounts.SaveLink(ctx, OneTimeLink{Secret: s, Purpose: firstRun, Created: now, Expires: now.Add(firstLinkFor)})
}

// Welcome tells whether the first-run link is good, without using it up.
func (h *House) Welcome(ctx context.Context, secret string) error {
	if fresh, err := h.Fresh(ctx); err != nil {
		return err
	} else if !fresh {
		return fault.New(fault.NotFound, "welcome.used")
	}
	if _, err := h.Accounts.Link(ctx, secret, firstRun, h.Now()); err != nil {
		return used(err)
	}
	return nil
}

// used says of a link that is unknown, used or too old what to do about it.
func used(err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "welcome.used").Because(err)
	}
	return err
}
