package actions

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"unicode"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// OpenShare is somebody's asking for what lies behind a link. That they did, and who
// they say they are, is saved in the case, with its entry in the log, before the first
// byte is given. A wrong passcode is Unauthenticated and says under "left" how many
// tries there are; a link that no longer opens is NotFound, whatever the reason.
func (h *House) OpenShare(ctx context.Context, secret, recipient, passcode string) (records.Share, error) {
	return h.openAs(ctx, secret, recipient, passcode, byList)
}

// OpenDirect is OpenShare for a link to one file without a list.
func (h *House) OpenDirect(ctx context.Context, secret, recipient string) (records.Share, error) {
	return h.openAs(ctx, secret, recipient, "", byFile)
}

// road is how somebody asks: for the list of files, or for the one file itself.
type road int

const (
	byList road = iota
	byFile
)

func (h *House) openAs(ctx context.Context, secret, recipient, passcode string, by road) (records.Share, error) {
	recipient = whoSays(recipient)
	if recipient == "" {
		return records.Share{}, fault.New(fault.Invalid, "form.required").On("recipient")
	}
	in := knock{secret: secret, recipient: recipient, passcode: passcode, by: by}
	for try := 1; ; try++ {
		s, err := h.openShare(ctx, &in)
		// Somebody else opened it at this very moment: their opening counts, so it is read
		// again before this one is.
		if !fault.Is(err, fault.Conflict) || try == mostKnocks || ctx.Err() != nil {
			return s, err
		}
	}
}

// mostKnocks is how often an opening is tried while others open the same link. Each
// failed try is another's opening that was saved, so more than a link may have openings
// and wrong passcodes in all are only needed for one that opens any number of times.
const mostKnocks = records.MostOpenings + records.MostTries + 1

// knock is one asking for what lies behind a link.
type knock struct {
	secret, recipient, passcode string
	by                          road

	// A passcode is hashed slowly, so once for all tries of one asking.
	hash string
	same bool
}

func (k *knock) knows(ctx context.Context, hash string) (bool, error) {
	if hash == "" || k.hash == hash {
		return hash == "" || k.same, nil
	}
	same, _, err := samePassphrase(ctx, []byte(hash), k.passcode)
	if err == nil {
		k.hash, k.same = hash, same
	}
	return same, err
}

func (h *House) openShare(ctx context.Context, in *knock) (records.Share, error) {
	c, s, version, err := h.shareBehind(ctx, in.secret)
	if err != nil {
		return records.Share{}, err
	}
	if s.Direct != (in.by == byFile) {
		return records.Share{}, fault.New(fault.NotFound, "link.gone")
	}
	right, err := in.knows(ctx, s.Passcode)
	if err != nil {
		return records.Share{}, err
	}
	now := h.Now()
	change := casefile.Change{Case: c.ID, At: now, Verb: "open_share", Note: s.ID}
	next := s.Opened(now, in.recipient)
	if !right {
		change.Verb, next = "refuse_share", s.Refuse(now, in.recipient)
	}
	change.Drafts = []casefile.Draft{{Ref: records.ShareRef(s.ID), From: version, Body: next}}
	if err := h.Cases.Apply(ctx, change); err != nil {
		return records.Share{}, err
	}
	if !right {
		return records.Share{}, fault.New(fault.Unauthenticated, "link.passcode").With("left", strconv.Itoa(next.Tries)).On("passcode")
	}
	return next, nil
}

// shareBehind gives the link that a secret leads to, while it opens.
func (h *House) shareBehind(ctx context.Context, secret string) (*casefile.Case, records.Share, casefile.Version, error) {
	gone := fault.New(fault.NotFound, "link.gone")
	id, name, err := h.Shares.ShareOf(ctx, secret)
	if err != nil {
		return nil, records.Share{}, 0, err
	}
	c, err := h.Cases.Case(ctx, id)
	if err != nil {
		return nil, records.Share{}, 0, err
	}
	s, version, err := casefile.Read[records.Share](c, records.ShareRef(name))
	switch {
	case err != nil:
	case version == 0:
		err = gone
	case s.Over(h.Now()) != "":
		err = gone.Because(errors.New(s.Over(h.Now())))
	}
	return c, s, version, err
}

// SharedFile opens one file behind a link for whoever was let in: sealed to the link's
// key. A link that was taken back in the meantime gives nothing. Whoever opens it
// closes it.
func (h *House) SharedFile(ctx context.Context, secret string, n int) (Reader, records.Locked, error) {
	id, name, err := h.Shares.ShareOf(ctx, secret)
	if err != nil {
		return nil, records.Locked{}, err
	}
	c, err := h.Cases.Case(ctx, id)
	if err != nil {
		return nil, records.Locked{}, err
	}
	s, _, err := casefile.Read[records.Share](c, records.ShareRef(name))
	if err != nil {
		return nil, records.Locked{}, err
	}
	// The last opening that was allowed may still fetch what it was let in for.
	if over := s.Over(h.Now()); over != "" && over != "used" || n < 0 || n >= len(s.Files) {
		return nil, records.Locked{}, fault.New(fault.NotFound, "link.gone")
	}
	key, err := h.Cases.Key(ctx, c.ID)
	if err != nil {
		return nil, records.Locked{}, err
	}
	r, err := h.Vault.Open(ctx, key, s.Files[n].Parts)
	return r, s.Files[n], err
}

// whoSays cleans what somebody says of themselves: one line, not too long.
func whoSays(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Bidi_Control, r)
	}), " ")
	if r := []rune(s); len(r) > records.MostRecipient {
		s = string(r[:records.MostRecipient])
	}
	return s
}
