package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/directory/network"
	"consilium/internal/fault"
)

type networkCommands struct {
	Build  networkBuildCommand  `cmd:"" help:"Make a network file from a plan's directory and its price file."`
	Show   networkShowCommand   `cmd:"" help:"Say what a network file holds, or what it says of one clinician."`
	Sample networkSampleCommand `cmd:"" help:"Write a made-up price file of any size, to measure with."`
}

type networkBuildCommand struct {
	Out     string   `short:"o" required:"" placeholder:"FILE" help:"The network file to write. An older one is replaced only when the new one is whole."`
	Name    string   `required:"" help:"What people call the network, such as \"Acme Gold PPO\"."`
	PlanNet []string `name:"plan-net" sep:"none" placeholder:"FILE" help:"The plan's directory (Da Vinci Plan-Net): a Bundle or lines of resources, plain, .gz or .zip. May be given again."`
	Rates   []string `sep:"none" placeholder:"FILE" help:"The plan's in-network price file: JSON or XML, plain, .gz or .zip. May be given again."`
	Codes   []string `placeholder:"CODE" help:"Billing codes whose prices are wanted, with commas. Absent: those of a second opinion."`
	Only    []string `sep:"none" placeholder:"NAME" help:"Of a directory of several networks, the one with this name or id, or of this insurance plan. May be given again."`
	Temp    string   `placeholder:"DIR" help:"Folder for what does not fit in memory. Absent: beside the network file."`
	On      string   `placeholder:"DATE" help:"Today's date, YYYY-MM-DD, for places where somebody no longer works."`
}

func (q networkBuildCommand) Run(ctx context.Context, c console) error {
	if len(q.PlanNet)+len(q.Rates) == 0 {
		return wrong{exitWrong, errors.New("name a directory with --plan-net or a price file with --rates")}
	}
	on, err := asked{On: q.On}.today()
	if err != nil {
		return err
	}
	codes := q.Codes
	if len(codes) == 0 {
		codes = secondOpinionCodes(on)
	}
	start := time.Now()
	p := network.Plan{Out: q.Out, Name: q.Name, PlanNet: q.PlanNet, Rates: q.Rates, Codes: codes, Only: q.Only, On: on.String(), Temp: q.Temp, Progress: told(c.Err)}
	report, err := network.Build(ctx, p)
	if err != nil {
		said(c.Err, report)
		return wrong{exitWrong, fmt.Errorf("no network file was written: %w", err)}
	}
	said(c.Err, report)
	fmt.Fprintf(c.Out, "%s: %d clinicians and organizations, %d groups known by tax number only, %d prices for %d codes, %.1f MB, %s\n",
		q.Out, report.Members, report.Groups, report.Prices, len(codes), float64(report.Bytes)/1e6, time.Since(start).Round(time.Millisecond))
	return nil
}

// secondOpinionCodes are the numbers that may stand on the bill of a second opinion.
func secondOpinionCodes(on contract.Date) []string {
	var all []string
	for _, c := range coverage.Codes(on, "en", ownRules()) {
		if c.Kind == "modifier" || c.Kind == "diagnosis" || c.Retired {
			continue
		}
		for _, part := range strings.Split(c.Codes, ",") {
			low, high, ranged := strings.Cut(strings.TrimSpace(part), "-")
			from, err1 := strconv.Atoi(low)
			to, err2 := strconv.Atoi(high)
			if !ranged || err1 != nil || err2 != nil {
				all = append(all, low)
				continue
			}
			for n := from; n <= to; n++ {
				all = append(all, strconv.Itoa(n))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// said lists what each source gave and what was wrong with it.
func said(w io.Writer, r network.Report) {
	for _, i := range r.Issues {
		fmt.Fprintln(w, i)
	}
	for _, s := range r.Sources {
		counts, _ := json.Marshal(s.Counts)
		fmt.Fprintf(w, "%s (%s, of %s): %s\n", s.File, s.Kind, orUnknown(s.Updated), counts)
	}
}

func orUnknown(day string) string {
	if day == "" {
		return "unknown date"
	}
	return day
}

// told writes how far a file has been read, at most once a second.
func told(w io.Writer) func(string, int64, int64) {
	start, last := time.Now(), time.Now()
	return func(file string, read, of int64) {
		now := time.Now()
		if now.Sub(last) < time.Second || of == 0 {
			return
		}
		last = now
		spent := now.Sub(start).Seconds()
		fmt.Fprintf(w, "%s: %d %%, %.0f MB/s packed\n", file, read*100/of, float64(read)/1e6/spent)
	}
}

type networkShowCommand struct {
	File string `arg:"" help:"The network file."`
	NPI  string `name:"npi" placeholder:"NPI" help:"Say what the plan says of this clinician."`
	TIN  string `name:"tin" placeholder:"NUMBER" help:"Or of everybody who bills under this tax number."`
	Code string `placeholder:"CODE" help:"Only the prices for this billing code."`
}

// Run answers in JSON.
func (q networkShowCommand) Run(c console) error {
	n, err := openNetwork(q.File)
	if err != nil {
		return err
	}
	switch {
	case q.NPI != "":
		if !casefile.IsNPI(q.NPI) {
			return wrong{exitWrong, errors.New("--npi: not an NPI: ten digits, the last of which checks the others")}
		}
		npi, err := strconv.ParseUint(q.NPI, 10, 32)
		if err != nil {
			return wrong{exitWrong, fmt.Errorf("--npi: %w", err)}
		}
		return write(c.Out, struct {
			Network   string            `json:"network"`
			NPI       string            `json:"npi"`
			In        bool              `json:"in_network"`
			Accepting string            `json:"accepting"`
			Roles     []network.Role    `json:"roles"`
			Rates     []network.Rate    `json:"rates"`
			Dates     map[string]string `json:"dates"`
		}{n.Name(), q.NPI, n.Has(uint32(npi)), n.Accepts(uint32(npi)).String(), n.Roles(uint32(npi)), n.Rates(uint32(npi), q.Code), n.Dates()})
	case q.TIN != "":
		return write(c.Out, struct {
			Network string            `json:"network"`
			TIN     string            `json:"tin"`
			In      bool              `json:"in_network"`
			Rates   []network.Rate    `json:"rates"`
			Dates   map[string]string `json:"dates"`
		}{n.Name(), q.TIN, n.HasGroup(q.TIN), n.GroupRates(q.TIN, q.Code), n.Dates()})
	}
	return write(c.Out, struct {
		Network string           `json:"network"`
		Members int              `json:"members"`
		Groups  int              `json:"groups"`
		Codes   []string         `json:"codes"`
		Bytes   int              `json:"bytes"`
		Sources []network.Source `json:"sources"`
	}{n.Name(), n.Len(), n.Groups(), n.Codes(), n.Bytes(), n.Sources()})
}

// openNetwork opens a network file; what is wrong with it is the input's fault.
func openNetwork(path string) (*network.Network, error) {
	n, err := network.Open(path)
	var f *fault.Fault
	if errors.As(err, &f) && f.Unwrap() != nil {
		return nil, wrong{exitWrong, fmt.Errorf("%s: %w", filepath.Base(path), f.Unwrap())}
	}
	if err != nil {
		return nil, wrong{exitWrong, err}
	}
	return n, nil
}

type networkSampleCommand struct {
	N    int64  `short:"n" default:"300" help:"Size, in million bytes."`
	Seed uint64 `default:"1" help:"The same number gives the same file."`
	Out  string `short:"o" required:"" placeholder:"FILE" help:"The file to write."`
}

func (q networkSampleCommand) Run(c console) error {
	f, err := os.Create(q.Out)
	if err != nil {
		return wrong{exitWrong, err}
	}
	w := bufio.NewWriter(f)
	err = network.Sample(w, q.N*1_000_000, q.Seed, secondOpinionCodes(contract.DateOf(time.Now())))
	if e := w.Flush(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
