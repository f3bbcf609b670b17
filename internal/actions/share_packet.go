package actions

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// Shares finds the case that a link leads to. It keeps no more than a hash of the
// secret in the link's address, and nothing of the key.
type Shares interface {
	// KeepShare writes down where a secret leads.
	KeepShare(ctx context.Context, secret string, id casefile.ID, share string, at time.Time) error
	// ShareOf gives it; NotFound when there is none.
	ShareOf(ctx context.Context, secret string) (id casefile.ID, share string, err error)
}

// MaxShared is the most bytes that a packet behind a link may have. One sealed file of
// the standard must be held in memory as a whole by whoever opens it, also on a phone.
const MaxShared = 48 << 20

// Link is a new link. It is shown once: the key in it is kept nowhere.
type Link struct {
	Text  string // "shlink:/..."
	View  string // the same behind the address of our own page, for whoever has no program for it
	Share records.Share
}

// SharePacket puts a packet behind a link: sealed to a key that is in the link alone.
func (h *House) SharePacket(ctx context.Context, who casefile.Person, c *casefile.Case, ask records.ShareAsk) (Link, error) {
	if err := ask.Check(); err != nil {
		return Link{}, err
	}
	if err := h.mayShare(ctx, who, c); err != nil {
		return Link{}, err
	}
	choice, _, err := casefile.Read[records.PacketChoice](c, records.PacketChoiceRef)
	if err != nil {
		return Link{}, err
	}
	choice.Language, choice.Agreed = ask.Language, ask.Agreed
	in, err := h.packetIn(c, choice)
	if err != nil {
		return Link{}, err
	}
	now := h.Now()
	s := records.Share{ID: h.NewID(), Label: strings.TrimSpace(ask.Label), What: ask.What, Made: now, Expires: now.Add(time.Duration(ask.Days) * 24 * time.Hour), Most: ask.Most}
	if code := strings.TrimSpace(ask.Passcode); code != "" {
		hash, err := hashPassphrase(ctx, code)
		if err != nil {
			return Link{}, err
		}
		s.Passcode, s.Tries = string(hash), records.MostTries
	}
	// The standard allows the short way only where no passcode is asked for.
	s.Direct = s.Passcode == "" && s.What == records.ShareSummary
	key := randomBytes(32)
	secret := base64.RawURLEncoding.EncodeToString(randomBytes(32))
	if s.Files, err = h.lockPacket(ctx, c, in, s.What, key); err != nil {
		return Link{}, err
	}
	// First where the secret leads, then the link itself: a secret that leads nowhere
	// opens nothing.
	if err = h.Shares.KeepShare(ctx, secret, c.ID, s.ID, now); err == nil {
		err = h.save(ctx, who, c, casefile.Change{Verb: "share_packet", Note: s.ID, Drafts: []casefile.Draft{{Ref: records.ShareRef(s.ID), Body: s}}})
	}
	if err != nil {
		_ = h.Vault.Remove(context.WithoutCancel(ctx), sharedParts(s))
		return Link{}, err
	}
	return h.link(s, secret, key)
}

// link writes the link out as the standard has it.
func (h *House) link(s records.Share, secret string, key []byte) (Link, error) {
	flag := ""
	switch {
	case s.Direct:
		flag = "U"
	case s.Passcode != "":
		flag = "P"
	}
	b, err := json.Marshal(struct {
		URL   string `json:"url"`
		Flag  string `json:"flag,omitempty"`
		Key   string `json:"key"`
		Exp   int64  `json:"exp"`
		Label string `json:"label,omitempty"`
		V     int    `json:"v"`
	}{h.Public + "/shl/" + secret, flag, base64.RawURLEncoding.EncodeToString(key), s.Expires.Unix(), s.Label, 1})
	text := "shlink:/" + base64.RawURLEncoding.EncodeToString(b)
	return Link{Text: text, View: h.Public + "/view#" + text, Share: s}, err
}

// lockPacket seals what lies behind a link to its key, and lays it down sealed once
// more with the key of the case.
func (h *House) lockPacket(ctx context.Context, c *casefile.Case, in PacketIn, what string, key []byte) ([]records.Locked, error) {
	whole := &bounded{most: MaxShared}
	summary, err := h.Packets.Summary(in)
	if err != nil {
		return nil, err
	}
	bodies := []struct {
		kind string
		b    []byte
	}{{"application/fhir+json", summary}}
	if what == records.ShareWhole {
		if records.SizeOf(in.Files) > MaxShared {
			return nil, tooLargeToShare()
		}
		if _, err := h.Packets.WritePacket(ctx, whole, in); err != nil {
			return nil, err
		}
		bodies = append(bodies, struct {
			kind string
			b    []byte
		}{"application/zip", whole.Bytes()})
	}
	caseKey, err := h.Cases.Key(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	var files []records.Locked
	for _, x := range bodies {
		var part casefile.Part
		locked, err := h.Packets.Lock(key, x.kind, x.b)
		if err == nil {
			part, err = h.Vault.Put(ctx, caseKey, h.NewID(), bytes.NewReader(locked))
		}
		if err != nil {
			_ = h.Vault.Remove(context.WithoutCancel(ctx), sharedParts(records.Share{Files: files}))
			return nil, err
		}
		files = append(files, records.Locked{Type: x.kind, Size: part.Size, Parts: []casefile.Part{part}})
	}
	return files, nil
}

func tooLargeToShare() error {
	return fault.New(fault.TooLarge, "records.share.too_large").With("limit", strconv.Itoa(MaxShared>>20)).On("what")
}

// bounded gathers bytes up to a limit.
type bounded struct {
	bytes.Buffer
	most int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.most {
		return 0, tooLargeToShare()
	}
	return b.Buffer.Write(p)
}

func sharedParts(s records.Share) []casefile.Part {
	var all []casefile.Part
	for _, f := range s.Files {
		all = append(all, f.Parts...)
	}
	return all
}
