package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"consilium/rules"
)

// block is a fenced block of a document, with the words that stand before it.
type block struct {
	kind, text, before string
}

var (
	fence    = regexp.MustCompile("(?s)(.*?)```([a-z]+)\n(.*?)```\n")
	addTo    = regexp.MustCompile("Add (?:these lines|this line) to the end of `([^`]+)`:\\s*$")
	writeTo  = regexp.MustCompile("Write `([^`]+)`:\\s*$")
	change   = regexp.MustCompile("In `([^`]+)` change `([^`]+)` to `([^`]+)`\\.")
	counted  = regexp.MustCompile(`\d+ (topics|rules|cases|expectations|mistakes)`)
	lineOf   = regexp.MustCompile(`(\.(?:yaml|json|md)):\d+`)
	inAnswer = regexp.MustCompile(`(?:In the answer stand|Near the end stands|And in Spanish):\s*$`)
)

// TestTheGuideToTheRulesCanBeFollowedLiterally does what docs/rules.md says, step by
// step, in a copy of the rules, and compares each answer that it shows.
func TestTheGuideToTheRulesCanBeFollowedLiterally(t *testing.T) {
	guide, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.CopyFS("rules", rules.Files); err != nil {
		t.Fatal(err)
	}
	text := string(guide)
	var last replied
	asked, compared, part := 0, 0, false
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		b := block{m[2], m[3], m[1]}
		for _, c := range change.FindAllStringSubmatch(b.before, -1) {
			edit(t, c[1], c[2], c[3])
		}
		part = part && strings.TrimSpace(b.before) == "" || inAnswer.MatchString(b.before)
		switch {
		case addTo.MatchString(b.before):
			name := addTo.FindStringSubmatch(b.before)[1]
			old, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			put(t, name, string(old)+b.text)
		case writeTo.MatchString(b.before):
			put(t, writeTo.FindStringSubmatch(b.before)[1], b.text)
		case b.kind == "sh":
			for line := range strings.Lines(b.text) {
				last = did(t, strings.Fields(line))
				asked++
			}
			part = inAnswer.MatchString(b.before)
		case b.kind == "text":
			compared++
			got, want := plain(last.Out+last.Err), plain(b.text)
			if part || strings.Contains(want, `"reason"`) {
				if !strings.Contains(got, want) {
					t.Errorf("the guide shows\n%s\nwhich is not in\n%s", want, got)
				}
			} else if got != want {
				t.Errorf("the guide shows\n%s\nand the program says\n%s", want, got)
			}
		default:
			t.Errorf("nobody knows what to do with\n%s", b.text)
		}
	}
	if asked < 14 || compared < 12 {
		t.Errorf("only %d commands and %d answers were found in the guide", asked, compared)
	}
}

// did runs a command of the guide.
func did(t *testing.T, words []string) replied {
	t.Helper()
	switch {
	case len(words) > 1 && words[0] == "bin/consilium":
		return consilium(t, "", words[1:]...)
	case len(words) == 4 && words[0] == "cp" && words[1] == "-r":
		if err := os.CopyFS(words[3], os.DirFS(words[2])); err != nil {
			t.Fatal(err)
		}
	case len(words) == 3 && words[0] == "mkdir" && words[1] == "-p":
		if err := os.MkdirAll(words[2], 0o755); err != nil {
			t.Fatal(err)
		}
	default:
		t.Fatalf("the guide asks for %v", words)
	}
	return replied{}
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if _, err := os.Stat(filepath.Dir(name)); err != nil {
		t.Fatalf("the guide writes %s into a folder that is not there", name)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func edit(t *testing.T, name, from, to string) {
	t.Helper()
	old, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(old), from) {
		t.Fatalf("%s has no %q", name, from)
	}
	at := strings.LastIndex(string(old), from)
	put(t, name, string(old[:at])+to+string(old[at+len(from):]))
}

// plain leaves out what grows with the rules: counts and line numbers.
func plain(s string) string {
	return strings.TrimRight(lineOf.ReplaceAllString(counted.ReplaceAllString(s, "N $1"), "$1:N"), "\n")
}
