package actions

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// MaxHandle is the most letters that a sign-in name may have.
const MaxHandle = 64

// CheckHandle tells what is wrong with a sign-in name; nil when it will do.
func CheckHandle(handle string) error {
	handle = strings.TrimSpace(handle)
	wrong := func(key string) *fault.Fault { return fault.New(fault.Invalid, key).On("handle") }
	letters := 0
	for _, r := range handle {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters++
		}
		if unicode.IsControl(r) || r == utf8.RuneError {
			return wrong("form.text")
		}
	}
	switch {
	case handle == "":
		return wrong("form.required")
	case utf8.RuneCountInString(handle) > MaxHandle:
		return wrong("form.too_long").With("max", fmt.Sprint(MaxHandle))
	case letters < 2:
		return wrong("handle.letters")
	}
	return nil
}

// CreateOwner makes a person who may run this installation, with a passphrase.
// Both are checked; what is wrong is said at the fields "handle" and "passphrase".
func (h *House) CreateOwner(ctx context.Context, handle, passphrase string) (Person, error) {
	if err := checkBoth(handle, passphrase); err != nil {
		return Person{}, err
	}
	hash, err := hashPassphrase(ctx, passphrase)
	if err != nil {
		return Person{}, err
	}
	handle = strings.TrimSpace(handle)
	now := h.Now()
	p := Person{ID: casefile.Person(h.NewID()), Handle: handle, Display: handle, Owner: true, Created: now}
	if err := h.Accounts.CreatePerson(ctx, p); fault.Is(err, fault.Conflict) {
		// Their making may have been cut short before they had a way to sign in.
		if p, err = h.unfinished(ctx, handle); err != nil {
			return Person{}, err
		}
	} else if err != nil {
		return Person{}, err
	}
	return p, h.Accounts.SaveCredential(ctx, Credential{ID: h.NewID(), Person: p.ID, Kind: Passphrase, Secret: hash, Created: now})
}

// unfinished finds a person who has no way to sign in; for anybody else the name
// is taken.
func (h *House) unfinished(ctx context.Context, handle string) (Person, error) {
	p, err := h.Accounts.PersonByHandle(ctx, handle)
	if err != nil {
		return Person{}, err
	}
	creds, err := h.Accounts.Credentials(ctx, p.ID)
	if err != nil {
		return Person{}, err
	}
	if len(creds) > 0 {
		return Person{}, fault.New(fault.Conflict, "handle.taken").On("handle")
	}
	return p, nil
}

// WelcomeOwner makes the owner for whoever holds the first-run link, and uses the
// link up. What is wrong with the name or the passphrase is said before that.
func (h *House) WelcomeOwner(ctx context.Context, secret, handle, passphrase string) (Person, error) {
	if err := h.Welcome(ctx, secret); err != nil {
		return Person{}, err
	}
	if err := checkBoth(handle, passphrase); err != nil {
		return Person{}, err
	}
	if _, err := h.Accounts.UseLink(ctx, secret, firstRun, h.Now()); err != nil {
		return Person{}, used(err)
	}
	return h.CreateOwner(ctx, handle, passphrase)
}

func checkBoth(handle, passphrase string) error {
	var wrong fault.Faults
	if err := CheckHandle(handle); err != nil {
		wrong = append(wrong, fault.All(err)...)
	}
	if err := CheckPassphrase(handle, passphrase); err != nil {
		wrong = append(wrong, fault.All(err)...)
	}
	return wrong.OrNil()
}
