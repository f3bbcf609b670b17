package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the program, built once for all tests of this package.
var binary string

func TestMain(m *testing.M) {
	code := func() int {
		dir, err := os.MkdirTemp("", "consilium-e2e-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "consilium")
		build := exec.Command("go", "build", "-o", binary, "../cmd/consilium")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "the program does not build: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}()
	os.Exit(code)
}

// house is the running program.
type house struct {
	URL  string
	Said []string // what it printed before it was ready
	cmd  *exec.Cmd
	end  sync.Once
	log  *bytes.Buffer
	mu   sync.Mutex
	t    testing.TB
}

// start runs the program over a data folder and waits until it answers.
func start(t testing.TB, data string, args ...string) *house {
	t.Helper()
	return startOf(t, binary, nil, data, args...)
}

// startOf is start of another build of the program, with more in its environment.
func startOf(t testing.TB, program string, env []string, data string, args ...string) *house {
	t.Helper()
	h := &house{t: t, log: &bytes.Buffer{}}
	h.cmd = exec.Command(program, append([]string{"serve", "--addr", "127.0.0.1:0", "--data", data}, args...)...)
	h.cmd.Env = append(os.Environ(), env...)
	h.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	h.cmd.Stderr = writer{h}
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.kill)
	lines := make(chan string, 64)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
	}()
	limit := time.After(60 * time.Second)
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				t.Fatalf("the program ended at its start: %s", h.Log())
			}
			h.Said = append(h.Said, line)
			if url, ok := strings.CutPrefix(line, "Consilium is at "); ok {
				h.URL = url
			}
			if h.URL != "" && (strings.Contains(line, "/welcome/") || strings.Contains(line, "Sign in at") || strings.HasPrefix(line, "Passphrase:")) {
				h.ready()
				go func() {
					for range lines { // what else it says must not block it
					}
				}()
				return h
			}
		case <-limit:
			t.Fatalf("the program was not ready in time: %s", h.Log())
		}
	}
}

// ready waits for the first answer.
func (h *house) ready() {
	h.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if a, err := http.Get(h.URL + "/health"); err == nil {
			_, _ = io.Copy(io.Discard, a.Body)
			a.Body.Close()
			return
		}
	}
	h.t.Fatalf("the program does not answer: %s", h.Log())
}

// find gives the first part of what the program said that the pattern's group takes.
func (h *house) find(pattern string) string {
	h.t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(strings.Join(h.Said, "\n"))
	if m == nil {
		h.t.Fatalf("the program did not say %s:\n%s", pattern, strings.Join(h.Said, "\n"))
	}
	return m[1]
}

// kill ends the program as a power cut would. It may be called more than once.
func (h *house) kill() {
	h.end.Do(func() {
		_ = syscall.Kill(-h.cmd.Process.Pid, syscall.SIGKILL)
		_ = h.cmd.Wait()
	})
}

// Log is what the program wrote to its log so far.
func (h *house) Log() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.String()
}

type writer struct{ h *house }

func (w writer) Write(b []byte) (int, error) {
	w.h.mu.Lock()
	defer w.h.mu.Unlock()
	return w.h.log.Write(b)
}
