package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"consilium/internal/directory"
	"consilium/internal/directory/nppes"
	"consilium/internal/expert"
)

// lists are the tables that a build needs, small.
func lists(t *testing.T, dir string) (nucc, zips string) {
	t.Helper()
	nucc, zips = filepath.Join(dir, "nucc_taxonomy_251.csv"), filepath.Join(dir, "zips.csv")
	save(t, nucc, "Code,Grouping,Classification,Specialization,Display Name\n207RX0202X,A,Internal Medicine,Medical Oncology,Medical Oncology Physician\n207R00000X,A,Internal Medicine,,Internal Medicine Physician\n207RC0000X,A,Internal Medicine,Cardiovascular Disease,Cardiovascular Disease Physician\n")
	save(t, zips, "code,city,state,lat,lon\n02108,Boston,MA,42.3576,-71.0684\n10001,New York,NY,40.7506,-73.9972\n06105,Hartford,CT,41.7691,-72.7010\n")
	return nucc, zips
}

func save(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// madeUp writes a sample of n providers and gives the files.
func madeUp(t *testing.T, dir string, n int) string {
	t.Helper()
	out := filepath.Join(dir, "npidata.csv")
	if s := consilium(t, "", "directory", "sample", "-n", fmt.Sprint(n), "--seed", "4", "-o", out); s.Code != exitAnswered {
		t.Fatalf("exit %d: %s", s.Code, s.Err)
	}
	return out
}

// sideFlags are the flags for all side files of a sample.
func sideFlags(main string) []string {
	var out []string
	for _, kind := range []string{"hospitals", "clinicians", "affiliations", "reassignments", "volumes", "opt-out", "exclusions", "payments", "shared-patients", "boards"} {
		out = append(out, "--"+kind, strings.TrimSuffix(main, ".csv")+"."+kind+".csv")
	}
	return out
}

func TestASampleIsBuiltAndEverybodyOfItIsFound(t *testing.T) {
	dir := t.TempDir()
	nucc, zips := lists(t, dir)
	main := madeUp(t, dir, 20_000)
	file := filepath.Join(dir, "directory.db")
	args := append([]string{"directory", "build", "-o", file, "--nppes", main, "--nucc", nucc, "--zips", zips, "--date", "nppes=2026-11-10", "--date", "opt-out=2026-11-01"}, sideFlags(main)...)
	s := consilium(t, "", args...)
	if s.Code != exitAnswered {
		t.Fatalf("exit %d: %s", s.Code, s.Err)
	}
	if !strings.Contains(s.Out, "nppes (npidata.csv) of 2026-11-10, by given: 20,000 rows") || strings.Contains(s.Out, "bad rows") {
		t.Errorf("the summary is\n%s", s.Out)
	}
	d, err := directory.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	data := d.Data()
	for _, kind := range nppes.Kinds() {
		if kind != nppes.Deactivated && data[string(kind)] == "" {
			t.Errorf("there is no date of %s: %v", kind, data)
		}
	}
	rows, at := table(t, main)
	living, gone, internists := 0, 0, map[string]bool{}
	for i, r := range rows {
		if r[1] == "" {
			gone++
			if i%10 == 0 {
				if _, err := d.Profile(t.Context(), r[0]); err == nil {
					t.Errorf("%s is deactivated and was found", r[0])
				}
			}
			continue
		}
		if r[at["Provider Business Practice Location Address Country Code (If outside U.S.)"]] != "US" {
			continue
		}
		living++
		for k := range 15 {
			if r[at["Entity Type Code"]] == "1" && r[at["Healthcare Provider Taxonomy Code_1"]+4*k] == "207R00000X" && r[at["Provider Business Practice Location Address State Name"]] == "MA" {
				internists[r[0]] = true
			}
		}
		if i%50 != 0 {
			continue
		}
		p, err := d.Profile(t.Context(), r[0])
		if err != nil {
			t.Fatalf("%s: %v", r[0], err)
		}
		if p.Name.Last != r[at["Provider Last Name (Legal Name)"]] || p.Practice.ZIP != r[at["Provider Business Practice Location Address Postal Code"]][:5] || len(p.Specialties) == 0 {
			t.Errorf("%s: %+v", r[0], p)
		}
	}
	found, err := d.Find(t.Context(), expert.Query{Codes: []string{"207R00000X"}, States: []string{"MA"}, Day: "2026-11-22", Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range found.Matches {
		if !internists[m.Profile.NPI] {
			t.Errorf("%s is no internist of Massachusetts", m.Profile.NPI)
		}
	}
	if found.Total != len(internists) || found.Total == 0 {
		t.Errorf("%d found, %d in the file", found.Total, len(internists))
	}
	// The sides reach the profiles: every clinician of the side file has a row of his own.
	clinicians, col := table(t, filepath.Join(dir, "npidata.clinicians.csv"))
	for i := 0; i < len(clinicians); i += 97 {
		r := clinicians[i]
		p, err := d.Profile(t.Context(), r[0])
		if err != nil || p.Clinician == nil || fmt.Sprint(p.Clinician.Graduated) != r[col["Grd_yr"]] {
			t.Errorf("%s: %v %+v", r[0], err, p.Clinician)
		}
	}
	check := consilium(t, "", "directory", "check", file)
	if check.Code != exitAnswered || !strings.Contains(check.Out, "is whole") || !strings.Contains(check.Out, "nppes of 2026-11-10") || !strings.Contains(check.Out, grouped(int64(living))+" providers") {
		t.Errorf("check: exit %d\n%s%s", check.Code, check.Out, check.Err)
	}
	if gone == 0 || living == 0 {
		t.Error("the sample has none who is deactivated")
	}
}

// table reads a CSV with the reader of the standard library.
func table(t *testing.T, path string) (rows [][]string, at map[string]int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err = csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at = map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	return rows[1:], at
}

const realRows = "../../internal/directory/nppes/testdata/npidata_pfile_real_rows.csv"

func TestRealRowsAreBuiltFoundUpdatedAndDeactivated(t *testing.T) {
	dir := t.TempDir()
	nucc, zips := lists(t, dir)
	file := filepath.Join(dir, "directory.db")
	s := consilium(t, "", "directory", "build", "-o", file, "--nppes", realRows, "--nucc", nucc, "--zips", zips)
	if s.Code != exitAnswered {
		t.Fatalf("exit %d: %s", s.Code, s.Err)
	}
	rows, at := table(t, realRows)
	names := func(file string) map[string]string {
		d, err := directory.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		out := map[string]string{}
		for _, r := range rows {
			if p, err := d.Profile(t.Context(), r[0]); err == nil {
				out[r[0]] = p.Name.Last + p.Name.Organization
			}
		}
		return out
	}
	before := names(file)
	for _, r := range rows {
		if want := r[at["Provider Last Name (Legal Name)"]] + r[at["Provider Organization Name (Legal Business Name)"]]; before[r[0]] != want {
			t.Errorf("%s is %q, want %q", r[0], before[r[0]], want)
		}
	}
	// A weekly file: one gets another name, one is deactivated.
	raw, err := os.ReadFile(realRows)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(raw), "\n")
	renamed := strings.Replace(lines[1], rows[0][at["Provider Last Name (Legal Name)"]], "NEWNAME", 1)
	gone := fmt.Sprintf(`"%s"%s,"11/12/2026"%s`+"\n", rows[1][0], strings.Repeat(`,""`, at["NPI Deactivation Date"]-1), strings.Repeat(`,""`, len(rows[0])-1-at["NPI Deactivation Date"]))
	week := filepath.Join(dir, "npidata_pfile_20261109-20261115.csv")
	save(t, week, lines[0]+renamed+gone)
	listed := filepath.Join(dir, "deactivated.csv")
	save(t, listed, "NPI,NPPES Deactivation Date\n"+rows[2][0]+",11/13/2026\n")
	if s := consilium(t, "", "directory", "update", "-o", file, "--nppes", week, "--deactivated", listed); s.Code != exitAnswered {
		t.Fatalf("update: exit %d: %s", s.Code, s.Err)
	}
	after := names(file)
	if after[rows[0][0]] != "NEWNAME" || after[rows[1][0]] != "" || after[rows[2][0]] != "" || len(after) != len(before)-2 || after[rows[3][0]] != before[rows[3][0]] {
		t.Errorf("before %v\nafter %v", before, after)
	}
	d, err := directory.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if data := d.Data(); data["nppes"] != "2026-11-15" || data["nucc"] != "2025-07-01" {
		t.Errorf("the dates are %v", data)
	}
}

func TestAnInterruptedBuildLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	nucc, zips := lists(t, dir)
	file := filepath.Join(dir, "directory.db")
	if s := consilium(t, "", "directory", "build", "-o", file, "--nppes", realRows, "--nucc", nucc, "--zips", zips); s.Code != exitAnswered {
		t.Fatalf("exit %d: %s", s.Code, s.Err)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	main := madeUp(t, dir, 20_000)
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []time.Duration{0, time.Millisecond, 30 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		time.AfterFunc(after, cancel)
		if after == 0 {
			cancel()
		}
		var out, bad strings.Builder
		code := run(ctx, []string{"directory", "build", "-o", file, "--nppes", main, "--nucc", nucc, "--zips", zips}, console{In: strings.NewReader(""), Out: &out, Err: &bad})
		cancel()
		if code == exitAnswered {
			continue // it was done before the interruption came
		}
		if !strings.Contains(bad.String(), "is as it was") {
			t.Errorf("exit %d: %s", code, bad.String())
		}
		if now, err := os.ReadFile(file); err != nil || string(now) != string(before) {
			t.Error("the old file is not as it was")
		}
		if left, _ := os.ReadDir(dir); len(left) != len(files) {
			t.Errorf("%d files are left, there were %d", len(left), len(files))
		}
	}
}

func TestWrongFilesAreToldBeforeTheLongWork(t *testing.T) {
	dir := t.TempDir()
	nucc, zips := lists(t, dir)
	file := filepath.Join(dir, "directory.db")
	wrongOne := filepath.Join(dir, "wrong.csv")
	save(t, wrongOne, "a,b\n1,2\n")
	build := func(more ...string) replied {
		return consilium(t, "", append([]string{"directory", "build", "-o", file, "--nppes", realRows, "--nucc", nucc, "--zips", zips}, more...)...)
	}
	for want, s := range map[string]replied{
		`wrong.csv: the column "NPI" is missing`:   build("--clinicians", wrongOne),
		"none.csv: there is no such file":          build("--payments", filepath.Join(dir, "none.csv")),
		"--date: there is no file \"npes\"":        build("--date", "npes=2026-01-01"),
		"--date: \"11/10/2026\" is no date":        build("--date", "nppes=11/10/2026"),
		"-o: there is no folder":                   consilium(t, "", "directory", "build", "-o", filepath.Join(dir, "no", "x.db"), "--nppes", realRows, "--nucc", nucc, "--zips", zips),
		`wrong.csv: the column "Code" is missing`:  consilium(t, "", "directory", "build", "-o", file, "--nppes", realRows, "--nucc", wrongOne, "--zips", zips),
		"there is nothing to take in":              consilium(t, "", "directory", "update", "-o", file),
		"directory.db: ":                           consilium(t, "", "directory", "update", "-o", file, "--nppes", realRows),
		"nothing.db: there is no such file":        consilium(t, "", "directory", "check", filepath.Join(dir, "nothing.db")),
		"wrong.csv: ":                              consilium(t, "", "directory", "check", wrongOne),
		"-n: a sample has 1 to":                    consilium(t, "", "directory", "sample", "-n", "0", "-o", filepath.Join(dir, "s.csv")),
		"-o: " + realRows + " is one of the files": consilium(t, "", "directory", "build", "-o", realRows, "--nppes", realRows, "--nucc", nucc, "--zips", zips),
		"--bad: " + zips + " is one of the files":  build("--bad", zips),
		"--bad: open ":                             build("--bad", filepath.Join(dir, "no", "bad.csv")),
	} {
		if s.Code != exitWrong || !strings.Contains(s.Err, want) {
			t.Errorf("exit %d, %q; want %q", s.Code, s.Err, want)
		}
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a directory was written all the same")
	}
}

func TestTheSampleSaysThatNobodyInItExists(t *testing.T) {
	s := consilium(t, "", "directory", "sample", "--help")
	if s.Code != exitAnswered || !strings.Contains(strings.Join(strings.Fields(s.Out), " "), "Nobody in these files exists") {
		t.Errorf("exit %d: %s", s.Code, s.Out)
	}
}

func TestASampleWithoutSidesIsOneFile(t *testing.T) {
	dir := t.TempDir()
	nucc, zips := lists(t, dir)
	for _, flag := range []string{"--no-sides", "--sides=false"} {
		if s := consilium(t, "", "directory", "sample", "-n", "50", flag, "-o", filepath.Join(dir, "a.csv"), "--nucc", nucc, "--zips", zips); s.Code != exitAnswered {
			t.Fatalf("%s: exit %d: %s", flag, s.Code, s.Err)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "a*")); len(files) != 1 {
		t.Errorf("there are %v", files)
	}
}

func TestProgressTellsShareRateAndTimeLeft(t *testing.T) {
	var out strings.Builder
	rows := int64(0)
	p := showProgress(&out, func() int64 { return rows })
	p.phase("file 3 of 9, nppes", func() float64 { return 0.25 })
	rows = 1_310_000
	if got := p.line(p.began.Add(10 * time.Second)); got != "file 3 of 9, nppes [#####---------------]  25 %  131,000 rows/s  0:30 left" {
		t.Errorf("it says %q", got)
	}
	p.building(directory.Progress{Phase: "writing", Done: 1, Of: 2})
	if got := p.line(p.began.Add(90 * time.Second)); got != "writing [##########----------]  50 %  1:30 left" {
		t.Errorf("it says %q", got)
	}
	p.end()
	p.end()
	if strings.Contains(out.String(), "\r") {
		t.Error("it writes over lines where there is no terminal")
	}
}
