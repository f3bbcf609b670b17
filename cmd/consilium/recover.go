package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"consilium/cmd/consilium/program"
	"consilium/internal/fault"
)

type recoverCommand struct {
	Name   string `arg:"" help:"The name that they sign in with."`
	Data   string `help:"Folder of keys, files and database." default:"./data" env:"CONSILIUM_DATA"`
	Store  string `help:"Database: sqlite:PATH or postgres://..." env:"CONSILIUM_STORE"`
	Public string `help:"The address that people type." default:"http://127.0.0.1:8080" env:"CONSILIUM_PUBLIC"`
}

// Run prints a link that works once and for a day. Whoever can run this can read
// the keys as well, so it gives away nothing new.
func (r recoverCommand) Run(ctx context.Context, c console) error {
	p, err := program.Open(ctx, program.Config{Data: r.Data, Store: r.Store, Public: r.Public, Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		return err
	}
	defer p.Close()
	secret, err := p.House.RecoverLink(ctx, r.Name)
	if fault.Is(err, fault.NotFound) {
		return wrong{exitWrong, fmt.Errorf("nobody signs in as %q here", r.Name)}
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Out, "This link works once, within a day:\n  %s/recover/%s\n", strings.TrimSuffix(r.Public, "/"), secret)
	return nil
}
