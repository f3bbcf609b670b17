package actions

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/expert"
	"consilium/internal/fault"
)

// House is what every verb needs: where things are kept, what time it is and how
// to name a new thing. Time and ids come in from outside, so that a test can say
// what they are.
type House struct {
	Cases     Cases
	Uploads   Uploads
	Vault     Vault
	Reader    RecordReader
	Viewer    Viewer
	Paper     Paper
	Packets   Packets
	Shares    Shares
	Accounts  Accounts
	Rules     Rules
	Directory expert.Directory // nil where the operator has installed none
	Networks  Networks         // nil where there is none to look for
	Calendars Calendars
	Mailer    Mailer  // nil where the operator has set up no mail server
	Portals   Portals // nil where the operator has listed none
	Words     func(lang string) Speaker
	Public    string // the address that people type, such as "https://consilium.example.org": links that leave the house begin with it
	Now       func() time.Time
	NewID     func() string // a random name: 26 letters and digits
}

// today is the date on which an action is done, YYYY-MM-DD.
func (h *House) today() string { return h.Now().Format(time.DateOnly) }

// may refuses whoever holds no grant for this verb. The refusal is written to the
// case's log.
func (h *House) may(ctx context.Context, who casefile.Person, c *casefile.Case, verb consent.Verb) error {
	if consent.May(c.Grants, string(who), verb, h.Now()) {
		return nil
	}
	// A refusal that cannot be logged is still a refusal.
	_ = h.Cases.Note(ctx, casefile.Change{Case: c.ID, By: who, At: h.Now(), Verb: "refused", Note: string(verb)})
	return fault.New(fault.Forbidden, "fault.forbidden")
}

// May is may for the wrapper, which asks before it shows a page.
func (h *House) May(ctx context.Context, who casefile.Person, c *casefile.Case, verb consent.Verb) error {
	return h.may(ctx, who, c, verb)
}

// save writes documents of a case that the person may write in. The same change sent
// twice, as by a button pressed twice, is saved once and is no conflict.
func (h *House) save(ctx context.Context, who casefile.Person, c *casefile.Case, change casefile.Change) error {
	if err := h.may(ctx, who, c, consent.Write); err != nil {
		return err
	}
	if c.State == casefile.Closed && change.State == "" {
		return fault.New(fault.Forbidden, "fault.closed")
	}
	change.Case, change.By, change.At = c.ID, who, h.Now()
	err := h.Cases.Apply(ctx, change)
	if fault.Is(err, fault.Conflict) && h.savedJustSo(ctx, change) {
		return nil
	}
	return err
}

// savedJustSo tells whether the case has every document of a change already, saved by
// the same person from the same version with the same words.
func (h *House) savedJustSo(ctx context.Context, change casefile.Change) bool {
	if len(change.Drafts) == 0 || len(change.Files)+len(change.Grants) > 0 || change.Taken.Upload != "" {
		return false
	}
	now, err := h.Cases.Case(ctx, change.Case)
	if err != nil || change.State != "" && now.State != change.State {
		return false
	}
	return !slices.ContainsFunc(change.Drafts, func(d casefile.Draft) bool {
		had, ok := now.Document(d.Ref)
		return !ok || had.From != d.From || had.By != change.By || !says(had, d.Body)
	})
}

// says tells whether a saved document holds just this.
func says(d casefile.Document, body any) bool {
	b, err := json.Marshal(body)
	var had bytes.Buffer
	return err == nil && json.Compact(&had, d.Body) == nil && bytes.Equal(had.Bytes(), b)
}

// Load gives the case to a person who may see it. Whoever may not is told that
// there is no such case, so that an address says nothing.
func (h *House) Load(ctx context.Context, who casefile.Person, id casefile.ID) (*casefile.Case, error) {
	c, err := h.Cases.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := h.may(ctx, who, c, consent.See); err != nil {
		return nil, fault.New(fault.NotFound, "fault.not_found").Because(err)
	}
	return c, nil
}
