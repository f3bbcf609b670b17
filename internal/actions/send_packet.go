package actions

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/contract"
	"consilium/internal/fault"
)

// Sending is how a packet went out.
type Sending struct {
	ID    string // of the packet, made by whoever showed the form: the same form sent twice is one packet
	On    string // YYYY-MM-DD
	How   string // mail, fax, portal, hand, phone
	Proof string // tracking or confirmation number
}

// SendPacket keeps a packet exactly as it was sent: its letters, and their PDF among
// the case's sealed files. From that day the plan's time runs: the day by which it
// must have answered goes to the case's due list in the place of the day to appeal.
// from is the version of the denial that the form was made from.
func (h *House) SendPacket(ctx context.Context, who casefile.Person, c *casefile.Case, denial string, s Sending, from casefile.Version) (appeal.Packet, error) {
	d, err := DenialOf(c, denial)
	if err != nil {
		return appeal.Packet{}, err
	}
	if had, version, err := casefile.Read[appeal.Packet](c, appeal.PacketRef(s.ID)); err != nil || version > 0 {
		return had, err
	}
	draft, _, err := h.DraftOf(c, d, "en")
	if err != nil {
		return appeal.Packet{}, err
	}
	p := appeal.Packet{ID: s.ID, Denial: denial, Level: "internal", On: s.On, How: s.How, Proof: strings.TrimSpace(s.Proof), Draft: draft}
	if d.Answer.Next != nil {
		p.Level = d.Answer.Next.Level
	}
	if err := p.Check(h.today()); err != nil {
		return p, err
	}
	if p.Letters, p.Enclosed, err = h.AppealPacket(c, d, draft); err != nil {
		return p, err
	}
	if d.Input.FiledDate.IsZero() {
		if d.Input.FiledDate, err = contract.ParseDate(s.On); err != nil {
			return p, fault.New(fault.Invalid, "form.date.real").On("on")
		}
		if err := onField(d.Input.Check(h.today()), "filed_date", "on"); err != nil {
			return p, err
		}
	}
	if d.Answer, err = h.AppealAnswer(d, "en"); err != nil {
		return p, err
	}
	d.On = h.today()
	if d.Answer.Next != nil {
		p.DecideBy = d.Answer.Next.DecideBy.String()
	}
	return p, h.keepPacket(ctx, who, c, p, d, from)
}

// keepPacket prints the packet, seals the PDF, and writes it down with the denial.
func (h *House) keepPacket(ctx context.Context, who casefile.Person, c *casefile.Case, p appeal.Packet, d appeal.Denial, from casefile.Version) error {
	if err := h.mayAdd(ctx, who, c); err != nil {
		return err
	}
	pdf, err := h.Paper.PrintAll(p.Letters)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(pdf)
	p.SHA256 = hex.EncodeToString(sum[:])
	change := casefile.Change{
		Verb: "send_packet", Note: p.ID, Due: appealDue(d, contract.DateOf(h.Now())),
		Drafts: []casefile.Draft{{Ref: appeal.PacketRef(p.ID), Body: p}, {Ref: appeal.Ref(d.ID), From: from, Body: d}},
	}
	if c.Holds(p.SHA256) {
		return h.save(ctx, who, c, change)
	}
	key, err := h.Cases.Key(ctx, c.ID)
	if err != nil {
		return err
	}
	part, err := h.Vault.Put(ctx, key, h.NewID(), bytes.NewReader(pdf))
	if err != nil {
		return err
	}
	change.Files = []casefile.File{{SHA256: p.SHA256, Size: part.Size, At: h.Now(), Parts: []casefile.Part{part}}}
	if err := h.save(ctx, who, c, change); err != nil {
		change.Case, change.By, change.Files = c.ID, who, nil
		twice := fault.Is(err, fault.Conflict) && h.savedJustSo(ctx, change) // then the first keeps its own part
		// Only where it is certain that nothing refers to it may the part go again.
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Full) {
			_ = h.Vault.Remove(context.WithoutCancel(ctx), []casefile.Part{part})
		}
		if twice {
			return nil
		}
		return err
	}
	return nil
}

// onField gives the faults of a check that stand on one field, on the field of that
// name in a form.
func onField(err error, field, name string) error {
	var fs fault.Faults
	for _, f := range fault.All(err) {
		if f.Field == field {
			fs = append(fs, f.On(name))
		}
	}
	return fs.OrNil()
}

// PacketOf gives one packet as it was sent; NotFound when there is none of that id.
func PacketOf(c *casefile.Case, id string) (appeal.Packet, error) {
	p, version, err := casefile.Read[appeal.Packet](c, appeal.PacketRef(id))
	if err == nil && version == 0 {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return p, err
}

// OpenPacket opens the PDF of a packet as it was sent, for a person who may take
// things out of the case, and writes so in its log. Whoever opens it closes it.
func (h *House) OpenPacket(ctx context.Context, who casefile.Person, c *casefile.Case, id string) (Reader, error) {
	if err := h.may(ctx, who, c, consent.Export); err != nil {
		return nil, err
	}
	p, err := PacketOf(c, id)
	if err != nil {
		return nil, err
	}
	return h.openNoted(ctx, c, p.SHA256, casefile.Change{By: who, Verb: "open_packet", Note: id})
}
