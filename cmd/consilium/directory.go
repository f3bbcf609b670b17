package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"consilium/internal/directory"
	"consilium/internal/directory/nppes"
)

type directoryCommands struct {
	Build  directoryBuildCommand  `cmd:"" help:"Build the directory from public files, beside the old one, and put it in its place."`
	Update directoryUpdateCommand `cmd:"" help:"Take weekly changes and newer side files into a directory."`
	Check  directoryCheckCommand  `cmd:"" help:"Look whether a directory file is whole, and say what it has."`
	Sample directorySampleCommand `cmd:"" help:"Write made-up public files of any size, to try and to measure with. Nobody in them exists."`
}

// publicFiles are the flags for files that build and update share. Each file may be
// .csv, .csv.gz or .zip, and each flag may come again.
type publicFiles struct {
	Clinicians     []string          `help:"CMS Doctors and Clinicians, national file: schools, groups, telehealth." placeholder:"FILE" sep:"none"`
	Hospitals      []string          `help:"CMS list of hospitals: the names to the numbers of the affiliations." placeholder:"FILE" sep:"none"`
	Affiliations   []string          `help:"CMS facility affiliations: hospitals." placeholder:"FILE" sep:"none"`
	Reassignments  []string          `help:"CMS revalidation reassignments: who bills through which group." placeholder:"FILE" sep:"none"`
	Volumes        []string          `help:"Medicare Physician & Other Practitioners, by provider and service." placeholder:"FILE" sep:"none"`
	OptOut         []string          `help:"Medicare opt-out list." placeholder:"FILE" sep:"none"`
	Exclusions     []string          `help:"OIG list of excluded individuals and entities." placeholder:"FILE" sep:"none"`
	Payments       []string          `help:"Open Payments, general payments; one file for each year." placeholder:"FILE" sep:"none"`
	SharedPatients []string          `help:"Shared-patient file, CMS 2009-2015 or Hop Teaming." placeholder:"FILE" sep:"none"`
	Boards         []string          `help:"Your own list of board certificates: npi,board,specialty,status,until,source." placeholder:"FILE" sep:"none"`
	Deactivated    []string          `help:"NPPES list of deactivated NPIs." placeholder:"FILE" sep:"none"`
	Date           map[string]string `help:"Of which day a file is, such as nppes=2026-11-10. Absent: from its name, else its newest row, else the file's time." placeholder:"FILE=DATE"`
	Bad            string            `help:"Write every refused row here: file, line, reason." placeholder:"FILE"`
}

// of gives the files of each kind.
func (p publicFiles) of() map[nppes.Kind][]string {
	return map[nppes.Kind][]string{
		nppes.Hospitals: p.Hospitals, nppes.Clinicians: p.Clinicians, nppes.Affiliations: p.Affiliations, nppes.Reassignments: p.Reassignments, nppes.Volumes: p.Volumes,
		nppes.OptOuts: p.OptOut, nppes.Exclusions: p.Exclusions, nppes.Payments: p.Payments, nppes.SharedPatients: p.SharedPatients,
		nppes.Boards: p.Boards, nppes.Deactivated: p.Deactivated,
	}
}

// dates checks what --date says.
func (p publicFiles) dates() (map[nppes.Kind]string, error) {
	out := map[nppes.Kind]string{}
	for name, day := range p.Date {
		kind := nppes.Kind(strings.ReplaceAll(name, "-", "_"))
		if !slices.Contains(nppes.Kinds(), kind) {
			return nil, wrong{exitWrong, fmt.Errorf("--date: there is no file %q; there are %v", name, nppes.Kinds())}
		}
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return nil, wrong{exitWrong, fmt.Errorf("--date: %q is no date: write %s=YYYY-MM-DD", day, name)}
		}
		out[kind] = day
	}
	return out, nil
}

type directoryBuildCommand struct {
	Out   string   `short:"o" help:"The directory file." required:"" placeholder:"FILE"`
	NPPES []string `name:"nppes" help:"NPPES provider file, .csv or the .zip as published; weekly files may follow the full one." required:"" placeholder:"FILE" sep:"none"`
	NUCC  string   `name:"nucc" help:"NUCC taxonomy: what the specialties are called." required:"" placeholder:"FILE"`
	ZIPs  string   `name:"zips" help:"ZIP codes with latitude and longitude." required:"" placeholder:"FILE"`
	publicFiles
}

func (b directoryBuildCommand) Run(ctx context.Context, c console) error {
	files := b.of()
	files[nppes.Providers], files[nppes.Taxonomy], files[nppes.ZIPs] = b.NPPES, []string{b.NUCC}, []string{b.ZIPs}
	return assemble(ctx, c, assembly{out: b.Out, files: files, public: b.publicFiles})
}

type directoryUpdateCommand struct {
	Out   string   `short:"o" help:"The directory file: it is read, and the new one takes its place." required:"" placeholder:"FILE"`
	NPPES []string `name:"nppes" help:"NPPES weekly files, oldest first." placeholder:"FILE" sep:"none"`
	publicFiles
}

func (u directoryUpdateCommand) Run(ctx context.Context, c console) error {
	files := u.of()
	files[nppes.Providers] = u.NPPES
	any := false
	for _, names := range files {
		any = any || len(names) > 0
	}
	if !any {
		return wrong{exitWrong, errors.New("there is nothing to take in: give --nppes, --deactivated or another file")}
	}
	old, err := directory.Open(u.Out)
	if err != nil {
		return wrong{exitWrong, fmt.Errorf("%s: %w", u.Out, err)}
	}
	defer old.Close()
	return assemble(ctx, c, assembly{out: u.Out, files: files, public: u.publicFiles, old: old})
}

// assembly is one build or update.
type assembly struct {
	out    string
	files  map[nppes.Kind][]string
	public publicFiles
	old    *directory.Directory // nil: build anew
}

// assemble reads every file into a new directory. The old one is untouched until the
// new one is whole; so it is when this is interrupted at any moment.
func assemble(ctx context.Context, c console, a assembly) (err error) {
	began := time.Now()
	dates, err := a.public.dates()
	if err != nil {
		return err
	}
	if info, err := os.Stat(filepath.Dir(a.out)); err != nil || !info.IsDir() {
		return wrong{exitWrong, fmt.Errorf("-o: there is no folder %s", filepath.Dir(a.out))}
	}
	files, err := openAll(ctx, a.files)
	defer closeAll(files)
	if err != nil {
		return blame(err, a.out)
	}
	if err := a.spared(files); err != nil {
		return err
	}
	bad, closeBad, err := badRows(a.public.Bad)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeBad()) }()

	reader := nppes.NewReader(nppes.Settings{Today: began, Dates: dates, Bad: bad})
	show := showProgress(c.Err, reader.Rows)
	defer show.end()
	in := directory.Inputs{Dir: filepath.Dir(a.out)}
	var reports []nppes.Report
	add := func(rep nppes.Report, err error) error {
		reports = append(reports, rep)
		return err
	}
	for _, f := range files {
		var rep nppes.Report
		switch f.kind {
		case nppes.Taxonomy:
			in.Codes, rep, err = reader.Codes(ctx, f.Source)
		case nppes.ZIPs:
			in.ZIPs, rep, err = reader.ZIPs(ctx, f.Source)
		default:
			continue
		}
		if err := add(rep, err); err != nil {
			return blame(err, a.out)
		}
	}
	keepSmall()
	builder, err := directory.NewBuilder(in)
	if err != nil {
		return err
	}
	defer builder.Close()
	if a.old != nil {
		show.phase("old directory", nil)
		if err := builder.From(a.old); err != nil {
			return blame(err, a.out)
		}
	}
	for _, r := range reports {
		builder.SetData(string(r.Kind), r.Date)
	}
	for i, f := range files {
		if f.kind == nppes.Taxonomy || f.kind == nppes.ZIPs {
			continue
		}
		show.phase(fmt.Sprintf("file %d of %d, %s", i+1, len(files), f.kind), f.Done)
		if err := add(reader.Read(ctx, builder, f.Source, f.kind)); err != nil {
			return blame(err, a.out)
		}
	}
	reader.Deactivate(builder)
	made, err := builder.Finish(ctx, a.out, show.building)
	if err != nil {
		return blame(err, a.out)
	}
	show.end()
	tellBuilt(c.Out, a, reports, made, time.Since(began))
	return nil
}

// spared refuses to write over one of the files that are to be read.
func (a assembly) spared(files []opened) error {
	for flag, name := range map[string]string{"-o": a.out, "--bad": a.public.Bad} {
		to, err := os.Stat(name)
		if name == "" || err != nil {
			continue
		}
		for _, f := range files {
			if from, err := os.Stat(f.Path); err == nil && os.SameFile(to, from) {
				return wrong{exitWrong, fmt.Errorf("%s: %s is one of the files to read", flag, name)}
			}
		}
	}
	if a.public.Bad != "" && filepath.Clean(a.public.Bad) == filepath.Clean(a.out) {
		return wrong{exitWrong, fmt.Errorf("--bad: %s is the directory itself", a.out)}
	}
	return nil
}

// blame gives an error its exit code: 2 when a file is to be given anew.
func blame(err error, out string) error {
	var file *nppes.FileError
	switch {
	case errors.Is(err, context.Canceled):
		return wrong{exitFailed, fmt.Errorf("interrupted: %s is as it was", out)}
	case errors.As(err, &file):
		return wrong{exitWrong, err}
	}
	return err
}

// opened is a file with what it is.
type opened struct {
	*nppes.Source
	kind nppes.Kind
}

// openAll opens and looks over every file, so that a wrong one is told before the long
// work.
func openAll(ctx context.Context, names map[nppes.Kind][]string) (files []opened, err error) {
	for _, kind := range nppes.Kinds() {
		for _, name := range names[kind] {
			src, err := nppes.Open(name, kind)
			if err != nil {
				return files, err
			}
			files = append(files, opened{src, kind})
			if err := nppes.Check(ctx, src, kind); err != nil {
				return files, err
			}
		}
	}
	return files, nil
}

func closeAll(files []opened) {
	for _, f := range files {
		f.Close()
	}
}

// badRows opens the list of refused rows, when one is wanted.
func badRows(name string) (*nppes.BadRows, func() error, error) {
	if name == "" {
		return nil, func() error { return nil }, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, nil, wrong{exitWrong, fmt.Errorf("--bad: %w", err)}
	}
	b := nppes.NewBadRows(f)
	return b, func() error { return errors.Join(b.Close(), f.Close()) }, nil
}

// tellBuilt prints what came of it.
func tellBuilt(out io.Writer, a assembly, reports []nppes.Report, made directory.Report, took time.Duration) {
	for _, r := range reports {
		tellRead(out, r)
	}
	if made.Replaced > 0 {
		fmt.Fprintf(out, "  %s rows replaced by a later row of the same NPI\n", grouped(int64(made.Replaced)))
	}
	if made.Dropped > 0 {
		fmt.Fprintf(out, "  %s rows left out: the NPI is deactivated\n", grouped(int64(made.Dropped)))
	}
	if made.Unplaced > 0 {
		fmt.Fprintf(out, "  %s providers have a ZIP that is in no list: no distance is known for them\n", grouped(int64(made.Unplaced)))
	}
	for _, kind := range slices.Sorted(maps.Keys(made.Strange)) {
		if n := made.Strange[kind]; n > 0 {
			fmt.Fprintf(out, "  %s statements of %s are about an NPI that is in no row\n", grouped(int64(n)), kind)
		}
	}
	fmt.Fprintf(out, "%s: %s providers, %s, %s", a.out, grouped(int64(made.Rows)), bytesOf(made.Bytes), took.Round(100*time.Millisecond))
	if peak := peakMemory(); peak > 0 {
		fmt.Fprintf(out, ", at most %s of memory", bytesOf(peak))
	}
	fmt.Fprintln(out)
}

// tellRead prints what became of one file.
func tellRead(out io.Writer, r nppes.Report) {
	fmt.Fprintf(out, "%s (%s) of %s, by %s: %s rows, %s taken", r.Kind, filepath.Base(r.File), r.Date, r.DateBy, grouped(r.Rows), grouped(r.Taken))
	for _, reason := range slices.Sorted(maps.Keys(r.Dropped)) {
		fmt.Fprintf(out, ", %s left out: %s", grouped(r.Dropped[reason]), reason)
	}
	fmt.Fprintln(out)
	for _, note := range r.Notes {
		fmt.Fprintf(out, "  %s\n", note)
	}
	if r.Recoded > 0 {
		fmt.Fprintf(out, "  %s rows were not UTF-8 and were read as Windows-1252\n", grouped(r.Recoded))
	}
	if r.Bad == 0 {
		return
	}
	fmt.Fprintf(out, "  %s bad rows:\n", grouped(r.Bad))
	for _, b := range r.Refused {
		fmt.Fprintf(out, "    %s\n", b)
	}
	if more := r.Bad - int64(len(r.Refused)); more > 0 {
		fmt.Fprintf(out, "    and %s more: --bad FILE writes them all\n", grouped(more))
	}
}

type directoryCheckCommand struct {
	File string `arg:"" help:"The directory file."`
}

// keepSmall has the collector work harder before the process grows past what a build
// may take: a build of the whole country then keeps under 1.5 GB, for an eighth more
// of processor time. What the operator says in GOMEMLIMIT stands.
func keepSmall() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(1200 << 20)
	}
}

// Run reads every byte; a file that is damaged ends with 2.
func (d directoryCheckCommand) Run(c console) error {
	info, err := os.Stat(d.File)
	if err != nil {
		return wrong{exitWrong, fmt.Errorf("%s: there is no such file", d.File)}
	}
	dir, err := directory.Open(d.File)
	if err != nil {
		return wrong{exitWrong, fmt.Errorf("%s: %w", d.File, err)}
	}
	defer dir.Close()
	fmt.Fprintf(c.Out, "%s is whole: %s providers, %s\n", d.File, grouped(int64(dir.Rows())), bytesOf(info.Size()))
	data := dir.Data()
	for _, file := range slices.Sorted(maps.Keys(data)) {
		fmt.Fprintf(c.Out, "  %s of %s\n", file, data[file])
	}
	return nil
}

// grouped writes 1234567 as 1,234,567.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	var b strings.Builder
	for i, d := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// bytesOf writes a size in the unit that people read.
func bytesOf(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d bytes", n)
}
