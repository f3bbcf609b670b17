package e2e

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	openData   = "../../shared/data/open"
	readTime   = 10 * time.Second
	readMemory = 512 << 10 // kB
)

// openFiles lists the files of a folder of the open data.
func openFiles(t *testing.T, folder string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(filepath.Join(openData, folder), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			names = append(names, path)
		}
		return err
	})
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the open data is not here")
	}
	must(t, err)
	if len(names) == 0 {
		t.Fatalf("there are no files in %s", folder)
	}
	return names
}

// readRecords runs the command and tells how it ended, how long it took and how much
// memory, in kB.
func readRecords(t *testing.T, names ...string) (out, said []byte, exit int, took time.Duration, memory int64) {
	t.Helper()
	var o, e strings.Builder
	cmd := exec.Command(binary, append([]string{"records", "read"}, names...)...)
	cmd.Stdout, cmd.Stderr = &o, &e
	from := time.Now()
	err := cmd.Run()
	took = time.Since(from)
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		if memory = u.Maxrss; runtime.GOOS == "darwin" {
			memory >>= 10 // there it is in bytes
		}
	}
	return []byte(o.String()), []byte(e.String()), cmd.ProcessState.ExitCode(), took, memory
}

func TestEveryOpenRecordIsReadOrSaidToBeBroken(t *testing.T) {
	for _, folder := range []string{"hostile", "pdf", "fhir"} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			names := openFiles(t, folder)
			out, said, exit, took, memory := readRecords(t, names...)
			if exit != 0 || len(said) > 0 {
				t.Fatalf("reading ended with %d: %s", exit, opening(string(said)))
			}
			var got struct {
				Files []struct {
					Name   string
					SHA256 string
					Kind   string
					Facts  map[string]int
					Issues []struct{ Text string }
				}
			}
			must(t, json.Unmarshal(out, &got))
			if len(got.Files) != len(names) {
				t.Fatalf("%d of %d files were answered", len(got.Files), len(names))
			}
			for i, f := range got.Files {
				if f.Name == "" || f.Kind == "" || f.SHA256 != sumOfFile(t, names[i]) {
					t.Errorf("%s: the answer does not say what it is: %+v", names[i], f)
				}
				if f.Kind == "unknown" && len(f.Issues) == 0 {
					t.Errorf("%s: it is of no known kind, and nothing says so", names[i])
				}
			}
			if memory > readMemory {
				t.Errorf("it took %d MB", memory>>10)
			}
			t.Logf("%d files in %s and %d MB", len(names), took.Round(time.Millisecond), memory>>10)
		})
	}
}

// TestTheLargestAndTheWorstAreReadInTimeByThemselves reads every hostile file, and of
// the others the largest, each in a process of its own: so that its time and memory
// are its own.
func TestTheLargestAndTheWorstAreReadInTimeByThemselves(t *testing.T) {
	names := openFiles(t, "hostile")
	for _, folder := range []string{"pdf", "fhir"} {
		var most []string
		for range 5 {
			largest, size := "", int64(-1)
			for _, name := range openFiles(t, folder) {
				info, err := os.Stat(name)
				must(t, err)
				if info.Size() > size && !strings.Contains(strings.Join(most, "\n"), name) {
					largest, size = name, info.Size()
				}
			}
			most = append(most, largest)
		}
		names = append(names, most...)
	}
	var slowest time.Duration
	var largest int64
	for _, name := range names {
		_, said, exit, took, memory := readRecords(t, name)
		if exit != 0 && (exit != 2 || len(said) == 0) || strings.Contains(string(said), "goroutine ") {
			t.Errorf("%s: ended with %d: %s", name, exit, opening(string(said)))
		}
		if took > readTime || memory > readMemory {
			t.Errorf("%s: %s and %d MB", name, took, memory>>10)
		}
		slowest, largest = max(slowest, took), max(largest, memory)
	}
	t.Logf("%d files, the slowest %s, the largest %d MB", len(names), slowest.Round(time.Millisecond), largest>>10)
}

func TestAFileThatIsNotThereIsSaidSo(t *testing.T) {
	_, said, exit, _, _ := readRecords(t, filepath.Join(t.TempDir(), "nothing.json"))
	if exit != 2 || !strings.Contains(string(said), "there is no such file") {
		t.Errorf("it ended with %d: %s", exit, said)
	}
}

func sumOfFile(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(name)
	must(t, err)
	defer f.Close()
	return sumOf(f)
}
