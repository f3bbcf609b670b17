package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"consilium/internal/actions"
	"consilium/internal/fault"
	"consilium/internal/packet"
)

type packetCommands struct {
	Verify packetVerifyCommand `cmd:"" help:"Check every byte of a packet: hashes, signature, log."`
	Show   packetShowCommand   `cmd:"" help:"List what is in a packet, after checking it."`
}

type packetVerifyCommand struct {
	File string `arg:"" help:"The packet." type:"existingfile"`
	Key  string `help:"The public key of the installation that should have made it, from its operator. Without it the packet is only checked against the key that it brings itself." placeholder:"KEY"`
}

// Run prints what was checked. A packet that was changed ends the command with 2 and
// says where.
func (v packetVerifyCommand) Run(ctx context.Context, c console) error {
	return withPacket(ctx, v.File, func(p actions.OpenedPacket) error {
		m := p.Manifest()
		if v.Key != "" && !packet.Known(m, strings.Fields(v.Key)) {
			return wrong{exitWrong, fmt.Errorf("whole, but signed by another installation: %s", p.Fingerprint())}
		}
		fmt.Fprintf(c.Out, "whole: %d files, %d facts, made %s by installation %s, log of %d entries\n", len(m.Entries), m.Facts.Count, m.Made, p.Fingerprint(), m.Log.Entries)
		if v.Key == "" {
			fmt.Fprintln(c.Out, "signed by the key that the packet brings itself; compare the installation's number with whoever gave it to you, or give --key")
		}
		return nil
	})
}

type packetShowCommand struct {
	File string `arg:"" help:"The packet." type:"existingfile"`
	Get  string `help:"Write this one file of the packet to standard output." placeholder:"PATH"`
}

// Run lists the files of a packet, or writes one of them.
func (s packetShowCommand) Run(ctx context.Context, c console) error {
	return withPacket(ctx, s.File, func(p actions.OpenedPacket) error {
		if s.Get != "" {
			r, err := p.Open(s.Get)
			if err != nil {
				return wrong{exitWrong, fmt.Errorf("the packet has no %s", s.Get)}
			}
			_, err = io.Copy(c.Out, r)
			return err
		}
		m := p.Manifest()
		fmt.Fprintf(c.Out, "made     %s\nby       %s\nversion  %s\nfacts    %d\n", m.Made, p.Fingerprint(), m.Version, m.Facts.Count)
		for _, l := range m.LeftOut {
			fmt.Fprintf(c.Out, "left out %d files: %s\n", l.Files, l.Why)
		}
		for _, e := range m.Entries {
			fmt.Fprintf(c.Out, "%12d  %s  %s\n", e.Size, e.SHA256, e.Path)
		}
		return nil
	})
}

// withPacket opens a packet and says in plain words what is wrong with it.
func withPacket(ctx context.Context, file string, do func(actions.OpenedPacket) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	p, err := packet.Open(ctx, f, st.Size())
	var ft *fault.Fault
	switch {
	case fault.Is(err, fault.Damaged) && errors.As(err, &ft):
		return wrong{exitWrong, fmt.Errorf("changed: %s is not as it was signed", ft.Vars["file"])}
	case fault.Is(err, fault.Refused):
		return wrong{exitWrong, errors.New("this is not a packet that this version knows, or it is damaged at its end")}
	case err != nil:
		return err
	}
	return do(p)
}
