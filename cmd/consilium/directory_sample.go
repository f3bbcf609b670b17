package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"consilium/internal/directory"
	"consilium/internal/directory/nppes"
	"consilium/internal/directory/sample"
)

type directorySampleCommand struct {
	Out   string `short:"o" help:"NPPES-shaped file to write; the side files lie beside it, such as npidata.clinicians.csv." required:"" placeholder:"FILE"`
	N     int    `short:"n" help:"How many providers." default:"100000"`
	Seed  uint64 `help:"The same seed makes the same files." default:"1"`
	Sides bool   `help:"Write the side files too." default:"true" negatable:""`
	NUCC  string `name:"nucc" help:"NUCC taxonomy: with it every specialty occurs." placeholder:"FILE"`
	ZIPs  string `name:"zips" help:"ZIP codes with latitude and longitude: with it providers live all over the country." placeholder:"FILE"`
}

// Help is what --help says below the flags.
func (directorySampleCommand) Help() string {
	return "Nobody in these files exists: names, addresses, groups and figures are made up. The NPIs have a right check digit, so that everything that reads them can be tried; " +
		"such a number may by chance be somebody's. Never mix a sample with real files, and never show it to a patient."
}

func (d directorySampleCommand) Run(ctx context.Context, c console) error {
	began := time.Now()
	settings := sample.Settings{Providers: d.N, Seed: d.Seed}
	var err error
	if settings.Codes, settings.ZIPs, err = d.tables(ctx); err != nil {
		return blame(err, d.Out)
	}
	world, err := sample.New(settings)
	if err != nil {
		return wrong{exitWrong, fmt.Errorf("-n: %w", err)}
	}
	var done atomic.Int64
	show := showProgress(c.Err, done.Load)
	defer show.end()
	var total int64
	var lines []string
	for _, f := range sample.Files() {
		if f.Sides && !d.Sides {
			continue
		}
		name := strings.TrimSuffix(d.Out, ".csv") + f.Name + ".csv"
		if !f.Sides {
			name = d.Out
		}
		before := done.Load()
		show.phase(filepath.Base(name), func() float64 { return float64(done.Load()-before) / float64(d.N) })
		size, err := writeSample(world, f, name, func(n int64) error {
			done.Store(before + n)
			return ctx.Err()
		})
		if err != nil {
			if errors.Is(err, context.Canceled) {
				return wrong{exitFailed, fmt.Errorf("interrupted: %s is not whole and was removed", name)}
			}
			return err
		}
		total += size
		lines = append(lines, fmt.Sprintf("%s: %s", name, bytesOf(size)))
	}
	show.end()
	took := time.Since(began)
	for _, l := range lines {
		fmt.Fprintln(c.Out, l)
	}
	fmt.Fprintf(c.Out, "%s made-up providers, seed %d, %s in %s (%s a second)\n", grouped(int64(d.N)), d.Seed, bytesOf(total), took.Round(10*time.Millisecond),
		bytesOf(int64(float64(total)/took.Seconds())))
	return nil
}

// tables reads the lists that were given.
func (d directorySampleCommand) tables(ctx context.Context) (codes []directory.Code, zips []directory.ZIP, err error) {
	reader := nppes.NewReader(nppes.Settings{Today: time.Now()})
	if d.NUCC != "" {
		src, err := nppes.Open(d.NUCC, nppes.Taxonomy)
		if err != nil {
			return nil, nil, err
		}
		defer src.Close()
		if codes, _, err = reader.Codes(ctx, src); err != nil {
			return nil, nil, err
		}
	}
	if d.ZIPs != "" {
		src, err := nppes.Open(d.ZIPs, nppes.ZIPs)
		if err != nil {
			return nil, nil, err
		}
		defer src.Close()
		if zips, _, err = reader.ZIPs(ctx, src); err != nil {
			return nil, nil, err
		}
	}
	return codes, zips, nil
}

// writeSample writes one file; one that is not whole does not stay.
func writeSample(w *sample.World, f sample.File, name string, told func(int64) error) (size int64, err error) {
	out, err := os.Create(name)
	if err != nil {
		return 0, wrong{exitWrong, fmt.Errorf("-o: %w", err)}
	}
	err = w.Write(f, out, told)
	if info, e := out.Stat(); e == nil {
		size = info.Size()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		os.Remove(name)
	}
	return size, err
}
