package actions

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// Tries at signing in are counted in windows of 15 minutes that start at the full
// hour and its quarters, so that the page can say when the next one starts, and
// so that somebody who keeps trying does not lock the door for longer. A name may
// be shared by nobody, an address by a whole clinic.
const (
	tryWindow    = 15 * time.Minute
	triesByName  = 10
	triesByPlace = 100
)

// Try is one try at signing in with a passphrase.
type Try struct {
	Handle     string
	Passphrase string
	From       string // the network address, without its port
}

// SignIn tells who this is. Every fault but TooMany is the same "signin.wrong",
// and takes the same time, so that nobody learns which names exist.
func (h *House) SignIn(ctx context.Context, t Try) (Person, error) {
	handle := strings.ToLower(strings.TrimSpace(t.Handle))
	if err := h.mayTry(ctx, t.From, "handle:"+handle); err != nil {
		return Person{}, err
	}
	p, cred, err := h.passphraseOf(ctx, handle)
	if err != nil {
		return Person{}, err
	}
	same, stale, err := samePassphrase(ctx, cred.Secret, t.Passphrase)
	if err != nil {
		return Person{}, err
	}
	if !same || p.ID == "" || !p.Disabled.IsZero() {
		h.failed(ctx, p.ID, Passphrase)
		return Person{}, wrongSignIn()
	}
	cred.Used = h.Now()
	if stale {
		if cred.Secret, err = hashPassphrase(ctx, t.Passphrase); err != nil {
			return Person{}, err
		}
	}
	if err := h.Accounts.SaveCredential(ctx, cred); err != nil {
		return Person{}, err
	}
	if err := h.Accounts.ForgetAttempts(ctx, "handle:"+handle); err != nil {
		return Person{}, err
	}
	return p, h.note(ctx, p.ID, "sign_in", string(Passphrase))
}

func wrongSignIn() *fault.Fault { return fault.New(fault.Unauthenticated, "signin.wrong") }

// passphraseOf finds a person and their passphrase; for a name that nobody has it
// gives no person and a hash that nothing fits.
func (h *House) passphraseOf(ctx context.Context, handle string) (Person, Credential, error) {
	none := Credential{Secret: nobody()}
	p, err := h.Accounts.PersonByHandle(ctx, handle)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Person{}, Credential{}, err
	}
	creds, err := h.Accounts.Credentials(ctx, p.ID)
	if err != nil {
		return Person{}, Credential{}, err
	}
	for _, c := range creds {
		if c.Kind == Passphrase {
			return p, c, nil
		}
	}
	return Person{}, none, nil
}

// mayTry counts the try, and refuses when there were too many for the address or
// for one of the other keys.
func (h *House) mayTry(ctx context.Context, from string, keys ...string) error {
	now := h.Now()
	start := now.Truncate(tryWindow)
	// Written in hexadecimal: keys are compared as names are, without their dots.
	limits := map[string]int{"from:" + hex.EncodeToString([]byte(from)): triesByPlace}
	for _, k := range keys {
		limits[k] = triesByName
	}
	over := false
	for key, most := range limits {
		if err := h.Accounts.AddAttempt(ctx, key, now); err != nil {
			return err
		}
		n, err := h.Accounts.CountAttempts(ctx, key, start)
		if err != nil {
			return err
		}
		over = over || n > most
	}
	if !over {
		return nil
	}
	if err := h.note(ctx, "", "sign_in_refused", "too_many"); err != nil {
		return err
	}
	wait := start.Add(tryWindow).Sub(now)
	return fault.New(fault.TooMany, "signin.too_many").With("minutes", fmt.Sprint(int(wait/time.Minute)+1))
}

// failed writes down a sign-in that failed. One that cannot be written down has
// failed all the same.
func (h *House) failed(ctx context.Context, who casefile.Person, how CredentialKind) {
	_ = h.note(ctx, who, "sign_in_failed", string(how))
}

// note adds an entry to the installation's own log.
func (h *House) note(ctx context.Context, who casefile.Person, verb, word string) error {
	return h.Cases.Note(ctx, casefile.Change{Case: InstallationLog, By: who, At: h.Now(), Verb: verb, Note: word})
}

// SignedOut writes down that a person signed out.
func (h *House) SignedOut(ctx context.Context, who casefile.Person) error {
	return h.note(ctx, who, "sign_out", "")
}
