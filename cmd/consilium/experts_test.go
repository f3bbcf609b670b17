package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// tookUS is the time that a search took: no two are the same.
var tookUS = regexp.MustCompile(`"took_us": \d+`)

// exampleDirectory builds the directory of the examples from testdata/experts, once.
func exampleDirectory(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "directory.db")
	at := func(name string) string { return filepath.Join("testdata", "experts", name+".csv") }
	args := []string{"directory", "build", "-o", file, "--nppes", at("npidata"), "--nucc", at("nucc"), "--zips", at("zips")}
	for _, name := range []string{"clinicians", "affiliations", "volumes", "opt-out", "exclusions"} {
		args = append(args, "--"+name, at(name), "--date", strings.ReplaceAll(name, "-", "_")+"=2026-10-30")
	}
	args = append(args, "--date", "nppes=2026-11-10", "--date", "nucc=2026-07-01", "--date", "zips=2026-01-01")
	if s := consilium(t, "", args...); s.Code != exitAnswered {
		t.Fatalf("exit %d: %s", s.Code, s.Err)
	}
	return file
}

func TestASearchWithoutADirectorySaysHowToNameOne(t *testing.T) {
	t.Setenv("CONSILIUM_DIRECTORY", "")
	if s := consilium(t, `{"states":["MA"]}`, "experts", "search"); s.Code != exitWrong || !strings.Contains(s.Err, "--directory") || !strings.Contains(s.Err, "CONSILIUM_DIRECTORY") {
		t.Errorf("exit %d: %s", s.Code, s.Err)
	}
	if s := consilium(t, `{"states":["MA"]}`, "experts", "search", "--directory", "testdata/experts/nucc.csv"); s.Code != exitWrong || !strings.Contains(s.Err, "--directory") {
		t.Errorf("exit %d: %s", s.Code, s.Err)
	}
}
