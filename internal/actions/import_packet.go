package actions

import (
	"context"
	"io"
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// PacketCheck is what is known of a packet that was handed in, once every byte of it
// has been checked and before anything of it is taken.
type PacketCheck struct {
	Upload      string
	Manifest    records.Manifest
	Fingerprint string
	Known       bool // made here, or by an installation that this case took a packet from before
	Originals   []records.Contents
	Size        int64
}

// Trust is the person's word on an installation that is not known.
type Trust struct {
	Agreed bool // they compared the number, or know where the packet comes from
}

// CheckPacket checks a packet that was uploaded: hashes, signature, log.
func (h *House) CheckPacket(ctx context.Context, who casefile.Person, c *casefile.Case, upload string) (PacketCheck, error) {
	u, p, file, err := h.packetOf(ctx, who, c, upload)
	if err != nil {
		return PacketCheck{}, err
	}
	defer file.Close()
	return h.packetCheck(c, u, p)
}

// packetOf opens an upload as a packet. Whoever opens it closes it.
func (h *House) packetOf(ctx context.Context, who casefile.Person, c *casefile.Case, upload string) (Upload, OpenedPacket, io.Closer, error) {
	if err := h.mayAdd(ctx, who, c); err != nil {
		return Upload{}, nil, nil, err
	}
	u, err := h.uploadOf(ctx, who, c, upload)
	if err != nil {
		return u, nil, nil, err
	}
	key, err := h.Cases.Key(ctx, c.ID)
	if err != nil {
		return u, nil, nil, err
	}
	file, err := h.Vault.Open(ctx, key, u.Parts)
	if err != nil {
		return u, nil, nil, err
	}
	p, err := h.Packets.OpenPacket(ctx, file, file.Size())
	if err != nil {
		file.Close()
		return u, nil, nil, err
	}
	return u, p, file, nil
}

func (h *House) packetCheck(c *casefile.Case, u Upload, p OpenedPacket) (PacketCheck, error) {
	check := PacketCheck{Upload: u.ID, Manifest: p.Manifest(), Fingerprint: p.Fingerprint(), Size: u.Received}
	before, err := records.Imports(c)
	if err != nil {
		return check, err
	}
	check.Known = slices.Contains(h.Packets.Keys(), check.Manifest.Key) ||
		slices.ContainsFunc(before, func(i records.Import) bool { return i.Key == check.Manifest.Key })
	for _, e := range check.Manifest.Entries {
		if e.What == records.WhatOriginal {
			check.Originals = append(check.Originals, e)
		}
	}
	return check, nil
}

// ImportPacket takes the originals of a packet into the case, by the way that every
// file takes: sealed, logged, read. Every byte is checked once more. A packet by an
// installation that is not known is taken only when the person vouches for it. What
// was begun and broken off can be done again: nothing comes twice.
func (h *House) ImportPacket(ctx context.Context, who casefile.Person, c *casefile.Case, upload string, trust Trust) (records.Import, error) {
	u, p, file, err := h.packetOf(ctx, who, c, upload)
	if err != nil {
		return records.Import{}, err
	}
	defer file.Close()
	check, err := h.packetCheck(c, u, p)
	if err != nil {
		return records.Import{}, err
	}
	if !check.Known && !trust.Agreed {
		return records.Import{}, fault.New(fault.Invalid, "form.required").On("trust")
	}
	m := check.Manifest
	imp := records.Import{ID: p.ID(), Made: m.Made, Key: m.Key, Fingerprint: check.Fingerprint, Version: m.Version, Facts: m.Facts}
	for _, e := range check.Originals {
		if err := h.importOriginal(ctx, who, c, p, e); err != nil {
			return imp, err
		}
		imp.Files = append(imp.Files, records.Came{SHA256: e.SHA256, Path: e.Path})
	}
	if c, err = h.Cases.Case(ctx, c.ID); err != nil {
		return imp, err
	}
	change := casefile.Change{Verb: "import_packet", Note: imp.ID}
	if !c.Has(records.ImportRef(imp.ID)) {
		change.Drafts = append(change.Drafts, casefile.Draft{Ref: records.ImportRef(imp.ID), Body: imp})
	}
	for _, e := range check.Originals {
		// The word of the person here goes before the word of the person there.
		if e.Label != nil && !c.Has(records.LabelRef(e.SHA256)) && e.Label.Check(h.today()) == nil {
			change.Drafts = append(change.Drafts, casefile.Draft{Ref: records.LabelRef(e.SHA256), Body: *e.Label})
		}
	}
	if len(change.Drafts) > 0 {
		if err := h.save(ctx, who, c, change); err != nil {
			return imp, err
		}
	}
	// The packet itself is not kept: all that it brought is there. Where it cannot be
	// dropped now, the hourly tidying does it.
	_ = h.dropUpload(context.WithoutCancel(ctx), u)
	return imp, nil
}

// importOriginal takes one original in, unless the case has it.
func (h *House) importOriginal(ctx context.Context, who casefile.Person, c *casefile.Case, p OpenedPacket, e records.Contents) error {
	if c.Holds(e.SHA256) && c.Has(records.Ref(e.SHA256)) || e.Size == 0 {
		return nil
	}
	r, err := p.Open(e.Path)
	if err != nil {
		return err
	}
	name := e.Name
	if strings.TrimSpace(name) == "" {
		name = e.Path
	}
	u, err := h.StartUpload(ctx, who, c, name, e.Size)
	if err != nil {
		return err
	}
	if u, err = h.AppendUpload(ctx, who, c, u.ID, 0, r); err != nil {
		_ = h.dropUpload(context.WithoutCancel(ctx), u)
		return err
	}
	got, err := h.FinishUpload(ctx, who, c, u.ID)
	if err == nil && got.SHA256 != e.SHA256 {
		err = fault.New(fault.Damaged, "packet.changed").With("file", e.Path)
	}
	return err
}

// mayShare refuses whoever may not take things out of the case or write in it.
func (h *House) mayShare(ctx context.Context, who casefile.Person, c *casefile.Case) error {
	if err := h.may(ctx, who, c, consent.Export); err != nil {
		return err
	}
	return h.mayAdd(ctx, who, c)
}
