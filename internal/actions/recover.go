package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

const recoverAccess = "recover"

// RecoverLink makes the secret of a one-time link by which a person who lost their
// passphrase chooses a new one; it is good for 24 hours. Only whoever can run
// commands on the machine gets one: no page gives it out. NotFound when nobody has
// the name, or they may not sign in.
func (h *House) RecoverLink(ctx context.Context, handle string) (string, error) {
	p, err := h.Accounts.PersonByHandle(ctx, handle)
	if err != nil {
		return "", err
	}
	if !p.Disabled.IsZero() {
		return "", fault.New(fault.NotFound, "fault.not_found")
	}
	s, now := secret(), h.Now()
	if err := h.Accounts.SaveLink(ctx, OneTimeLink{Secret: s, Purpose: recoverAccess, Person: p.ID, Created: now, Expires: now.Add(firstLinkFor)}); err != nil {
		return "", err
	}
	return s, h.note(ctx, p.ID, "make_recover_link", "")
}

// Recovering tells for whom the link is, without using it up.
func (h *House) Recovering(ctx context.Context, secret string) (Person, error) {
	l, err := h.Accounts.Link(ctx, secret, recoverAccess, h.Now())
	if err != nil {
		return Person{}, recoverUsed(err)
	}
	return h.recoverable(ctx, l.Person)
}

// Recover gives the person the link is for a new passphrase, uses the link up and
// ends all their sessions.
func (h *House) Recover(ctx context.Context, secret, passphrase string) (Person, error) {
	p, err := h.Recovering(ctx, secret)
	if err != nil {
		return Person{}, err
	}
	if err := CheckPassphrase(p.Handle, passphrase); err != nil {
		return Person{}, err
	}
	hash, err := hashPassphrase(ctx, passphrase)
	if err != nil {
		return Person{}, err
	}
	if _, err := h.Accounts.UseLink(ctx, secret, recoverAccess, h.Now()); err != nil {
		return Person{}, recoverUsed(err)
	}
	// Somebody who only ever had a passkey gets their first passphrase here.
	cred := Credential{ID: h.NewID(), Person: p.ID, Kind: Passphrase, Created: h.Now()}
	creds, err := h.Accounts.Credentials(ctx, p.ID)
	if err != nil {
		return Person{}, err
	}
	for _, c := range creds {
		if c.Kind == Passphrase {
			cred = c
		}
	}
	cred.Secret = hash
	if err := h.Accounts.SaveCredential(ctx, cred); err != nil {
		return Person{}, err
	}
	if err := h.SignOutEverywhere(ctx, p.ID); err != nil {
		return Person{}, err
	}
	return p, h.note(ctx, p.ID, "change_passphrase", recoverAccess)
}

// recoverable is the person, unless they may not sign in any more.
func (h *House) recoverable(ctx context.Context, who casefile.Person) (Person, error) {
	p, err := h.Accounts.Person(ctx, who)
	if err == nil && !p.Disabled.IsZero() {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return p, recoverUsed(err)
}

// recoverUsed says of a link that is unknown, used or too old what to do about it.
func recoverUsed(err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "recover.used").Because(err)
	}
	return err
}
