package actions

import (
	"context"
	"encoding/hex"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// Challenge is a passkey's challenge that came back answered. The web edge speaks
// the browser's protocol and checks the signature; here stands who may, how often,
// and what is written down.
type Challenge struct {
	Name  string        // the challenge itself
	Good  time.Duration // how long one is good for
	From  string        // the network address, without its port
	Check func(context.Context) (Credential, error)
}

// SignInWithPasskey tells who this is. A challenge counts once. Check finds the
// credential, checks the answer and gives the credential back with its new count.
func (h *House) SignInWithPasskey(ctx context.Context, c Challenge) (Person, error) {
	if err := h.mayTry(ctx, c.From); err != nil {
		return Person{}, err
	}
	if err := h.once(ctx, c.Name, c.Good); err != nil {
		return Person{}, err
	}
	cred, err := c.Check(ctx)
	if err != nil {
		h.failed(ctx, cred.Person, Passkey)
		return Person{}, wrongPasskey().Because(err)
	}
	p, err := h.Accounts.Person(ctx, cred.Person)
	if err != nil || !p.Disabled.IsZero() {
		h.failed(ctx, cred.Person, Passkey)
		return Person{}, wrongPasskey().Because(err)
	}
	cred.Used = h.Now()
	if err := h.Accounts.SaveCredential(ctx, cred); err != nil {
		return Person{}, err
	}
	return p, h.note(ctx, p.ID, "sign_in", string(Passkey))
}

func wrongPasskey() *fault.Fault { return fault.New(fault.Unauthenticated, "passkey.failed") }

// once refuses a challenge that was answered before.
func (h *House) once(ctx context.Context, challenge string, good time.Duration) error {
	now := h.Now()
	key := "challenge:" + hex.EncodeToString([]byte(challenge))
	if err := h.Accounts.AddAttempt(ctx, key, now); err != nil {
		return err
	}
	n, err := h.Accounts.CountAttempts(ctx, key, now.Add(-good))
	if err != nil {
		return err
	}
	if n > 1 {
		return wrongPasskey()
	}
	return nil
}

// AddPasskey gives a person one more way to sign in. Label is what they call it.
func (h *House) AddPasskey(ctx context.Context, who casefile.Person, c Credential) error {
	c.Person, c.Kind, c.Created = who, Passkey, h.Now()
	return h.Accounts.SaveCredential(ctx, c)
}

// RemovePasskey takes a passkey away. The passphrase always stays: it is the way
// in that works everywhere.
func (h *House) RemovePasskey(ctx context.Context, who casefile.Person, id string) error {
	c, err := h.Accounts.Credential(ctx, id)
	if err != nil {
		return err
	}
	if c.Person != who || c.Kind != Passkey {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return h.Accounts.RemoveCredential(ctx, who, id, h.Now())
}
