package network

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Plan says of what a network file is made.
type Plan struct {
	Out     string   // the file to write; an older one is replaced whole
	Name    string   // what people call the network, such as "Acme Gold PPO"
	PlanNet []string // directories: a Bundle, a resource or NDJSON; plain, .gz or .zip
	Rates   []string // in-network rates files: JSON or XML; plain, .gz or .zip
	Codes   []string // billing codes whose rates are wanted
	Only    []string // of several networks, those with this name or id, or of the insurance plan with it; empty: all
	On      string   // YYYY-MM-DD: roles that ended before are left out; "" none is
	Temp    string   // folder for what does not fit in memory; "" beside Out

	Progress func(file string, read, of int64) // packed bytes; may be nil
}

// Report is what came of it.
type Report struct {
	Members int // NPIs
	Groups  int // tax numbers that are in the network without naming their clinicians
	Prices  int // that differ
	Bytes   int64
	Sources []Source
	Issues  []Issue // the first of each source; Counts.Issues has the number
}

const keptIssues = 200 // of one source

// Build reads every source and writes the network file: beside the old one, which it
// replaces only when it is whole. A source that breaks off, or is no JSON, is an
// error: half a network would tell people that their doctor is not in it.
func Build(ctx context.Context, p Plan) (Report, error) {
	if p.Temp == "" {
		p.Temp = filepath.Dir(p.Out)
	}
	dir, err := os.MkdirTemp(p.Temp, ".network-*")
	if err != nil {
		return Report{}, err
	}
	defer os.RemoveAll(dir)
	b := newBuilder(ctx, dir, p)
	defer b.close()
	for _, path := range p.PlanNet {
		if err := b.source("plan-net", path, b.readPlanNet); err != nil {
			return b.report, err
		}
	}
	if len(p.PlanNet) > 0 {
		if err := b.net.join(); err != nil {
			return b.report, err
		}
		if err := b.known(); err != nil {
			return b.report, err
		}
	}
	for _, path := range p.Rates {
		if err := b.source("rates", path, b.readRates); err != nil {
			return b.report, err
		}
	}
	return b.report, b.write(p.Out)
}

// known refuses a name that no network has: an empty network would tell people that
// nobody is in it.
func (b *builder) known() error {
	if len(b.plan.Only) == 0 || len(b.net.wanted) > 0 {
		return nil
	}
	var names []string
	for _, s := range b.report.Sources {
		for _, name := range s.Names {
			names = named(names, name)
		}
	}
	return b.unknown(names)
}

func (b *builder) unknown(names []string) error {
	return fmt.Errorf("no network or insurance plan is called %s; there are: %s", strings.Join(b.plan.Only, " or "), strings.Join(names, "; "))
}

// builder gathers, on disk, what the sources say.
type builder struct {
	ctx    context.Context
	dir    string
	plan   Plan
	codes  map[string]bool
	report Report
	src    *Source
	kept   int

	net    *directory
	posts  *sorter // npi<<32|tin, list: a member, and what they are paid there
	work   *sorter // npi<<8|accepting, role
	lists  *table  // pairs of item and set
	sets   *table  // price numbers
	prices *table
	words  *table
	items  *table
	roles  *table
}

func newBuilder(ctx context.Context, dir string, p Plan) *builder {
	b := &builder{
		ctx: ctx, dir: dir, plan: p, codes: map[string]bool{}, posts: newSorter(dir), work: newSorter(dir),
		lists: newTable(dir), sets: newTable(dir), prices: newTable(dir), words: newTable(dir), items: newTable(dir), roles: newTable(dir),
	}
	for _, c := range p.Codes {
		b.codes[strings.ToUpper(strings.TrimSpace(c))] = true
	}
	b.lists.add(nil) // list 0: a member of whom no rate is known
	b.words.add(nil)
	b.net = newDirectory(b)
	return b
}

func (b *builder) tables() []*table {
	return []*table{b.lists, b.sets, b.prices, b.words, b.items, b.roles}
}

func (b *builder) close() {
	b.posts.close()
	b.work.close()
	b.net.close()
	for _, t := range b.tables() {
		t.close()
	}
}

func (b *builder) source(kind, path string, read func(document) error) error {
	b.report.Sources = append(b.report.Sources, Source{Kind: kind, File: filepath.Base(path)})
	b.src, b.kept = &b.report.Sources[len(b.report.Sources)-1], 0
	err := documents(path, b.plan.Progress, func(d document) error {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		d.r = stoppable{b.ctx, d.r}
		return read(d)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return nil
}

func (b *builder) issue(path, what string, offset int64) {
	b.src.Counts.Issues++
	if b.kept++; b.kept <= keptIssues {
		b.report.Issues = append(b.report.Issues, Issue{b.src.File, path, what, offset})
	}
}

// npi tells whether a number counts as an NPI, and keeps count of those that do not.
func (b *builder) npi(n uint64) bool {
	if !isNPI(n) {
		b.src.Counts.BadNPI++
		return false
	}
	if !checks(n) {
		b.src.Counts.Doubtful++
	}
	return true
}

func (b *builder) word(text []byte) uint32 { return b.words.add(text) }

func (b *builder) failed() error {
	for _, s := range []*sorter{b.posts, b.work} {
		if s.err != nil {
			return s.err
		}
	}
	for _, t := range b.tables() {
		if t.data.err != nil {
			return t.data.err
		}
		if t.starts.err != nil {
			return t.starts.err
		}
	}
	return nil
}

func numbers(to []byte, ns ...uint32) []byte {
	for _, n := range ns {
		to = binary.LittleEndian.AppendUint32(to, n)
	}
	return to
}

// named adds a name once, keeping few: they are for people to read.
func named(names []string, name string) []string {
	if name == "" || len(names) >= 50 || slices.Contains(names, name) {
		return names
	}
	return append(names, strings.Clone(name))
}
