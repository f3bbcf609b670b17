package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"consilium/internal/journey"
)

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The map in the README names every room, and no room that is not there.
func TestTheReadmesMapIsTheTree(t *testing.T) {
	readme := readFile(t, "README.md")
	_, table, _ := strings.Cut(readme, "## The rooms")
	table, _, _ = strings.Cut(table, "\n## ")
	named := map[string]bool{}
	for _, row := range strings.Split(table, "\n") {
		cells := strings.Split(row, "|")
		if len(cells) < 3 {
			continue
		}
		for _, m := range regexp.MustCompile("`([a-z0-9/]+)`").FindAllStringSubmatch(cells[1], -1) {
			named[m[1]] = true
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("README names %s, which is not there", m[1])
			}
		}
	}
	for dir := range rooms(t) {
		top := strings.Join(strings.Split(dir, "/")[:min(2, strings.Count(dir, "/")+1)], "/")
		if !named[top] && !named[strings.Split(top, "/")[0]] {
			t.Errorf("README's map lacks %s", top)
		}
	}
}

// Every decision stands in the index, and the index names no decision that is not
// there. Each has its status, and when to look at it again.
func TestTheIndexOfDecisionsIsWhole(t *testing.T) {
	index := readFile(t, "docs/decisions/README.md")
	files, err := filepath.Glob(filepath.Join(root, "docs/decisions/[0-9]*.md"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%d decisions were found, %v", len(files), err)
	}
	for _, f := range files {
		name := filepath.Base(f)
		if !strings.Contains(index, "]("+name+")") {
			t.Errorf("the index lacks %s", name)
		}
		text := readFile(t, "docs/decisions/"+name)
		for _, part := range []string{"**Status:**", "**Context.**", "**Decision.**", "**Consequences.**", "**Revisit when**"} {
			if !strings.Contains(text, part) && !(part == "**Consequences.**" && strings.Contains(text, "**Refused.**")) {
				t.Errorf("%s lacks %s", name, part)
			}
		}
	}
	for _, m := range regexp.MustCompile(`\]\((\d{4}-[a-z0-9-]+\.md)\)`).FindAllStringSubmatch(index, -1) {
		if _, err := os.Stat(filepath.Join(root, "docs/decisions", m[1])); err != nil {
			t.Errorf("the index names %s, which is not there", m[1])
		}
	}
}

// Every link inside the documents leads somewhere.
func TestLinksInTheDocumentsLead(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:\s]+)(#[^)]*)?\)`)
	var docs []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		found, _ := filepath.Glob(filepath.Join(root, pattern))
		docs = append(docs, found...)
	}
	if len(docs) < 8 {
		t.Fatalf("only %d documents were found", len(docs))
	}
	for _, d := range docs {
		b, err := os.ReadFile(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(b), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(d), m[1])); err != nil {
				t.Errorf("%s: %s leads nowhere", d, m[1])
			}
		}
	}
}

// Files that the architecture walks through are there, and so are the functions it
// names in them.
func TestTheArchitectureWalksThroughWhatIsThere(t *testing.T) {
	text := readFile(t, "docs/architecture.md")
	paths := regexp.MustCompile("`((?:cmd|internal|rules|people|e2e)/[A-Za-z0-9_./-]+)`(?: \\(`([A-Za-z]+)`\\))?").FindAllStringSubmatch(text, -1)
	if len(paths) < 20 {
		t.Fatalf("the architecture names only %d places", len(paths))
	}
	for _, m := range paths {
		info, err := os.Stat(filepath.Join(root, m[1]))
		if err != nil {
			t.Errorf("docs/architecture.md names %s, which is not there", m[1])
			continue
		}
		if m[2] != "" && !info.IsDir() && !regexp.MustCompile(`(?m)^(func (\([^)]*\) )?`+m[2]+`\b|type `+m[2]+`\b|\t`+m[2]+`\()`).MatchString(readFile(t, m[1])) {
			t.Errorf("docs/architecture.md: %s has no %s", m[1], m[2])
		}
	}
}

// A step is one folder, one row of the map and one line of the README's picture.
func TestEveryStepHasItsFolder(t *testing.T) {
	readme := readFile(t, "README.md")
	for _, s := range journey.All() {
		if _, err := os.Stat(filepath.Join(root, "internal/web/patient", s.ID, s.ID+".go")); err != nil {
			t.Errorf("step %s has no internal/web/patient/%s/%s.go", s.ID, s.ID, s.ID)
		}
		if !strings.Contains(readme, s.ID) {
			t.Errorf("README's picture lacks %s", s.ID)
		}
	}
}
