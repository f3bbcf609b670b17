package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
)

// CloseCase closes a case or opens it again. A closed case can be read and takes no
// new word; everything in it stays. Doing it twice is no fault.
func (h *House) CloseCase(ctx context.Context, who casefile.Person, c *casefile.Case, state casefile.State) error {
	if err := h.may(ctx, who, c, consent.Close); err != nil {
		return err
	}
	if state != casefile.Open && state != casefile.Closed {
		return fault.New(fault.Invalid, "form.choice").On("state")
	}
	if c.State == state {
		return nil
	}
	verb := "close_case"
	if state == casefile.Open {
		verb = "reopen_case"
	}
	return h.save(ctx, who, c, casefile.Change{Verb: verb, State: state})
}
