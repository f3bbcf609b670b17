package directory

import (
	"bufio"
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestMain makes of this program, run again, a build that lasts until it is killed.
func TestMain(m *testing.M) {
	if out := os.Getenv("CONSILIUM_TEST_BUILD"); out != "" {
		endless(out)
	}
	os.Exit(m.Run())
}

func endless(out string) {
	zips := someZIPs(rand.New(rand.NewPCG(1, 1)), 500)
	for seed := uint64(0); ; seed++ {
		c := newCountry(seed, zips)
		b, err := NewBuilder(Inputs{Dir: filepath.Dir(out), ZIPs: zips})
		if err != nil {
			panic(err)
		}
		for i := range 20_000 {
			if err := b.Add(*c.next(i)); err != nil {
				panic(err)
			}
			if i == 10_000 {
				_, _ = os.Stdout.WriteString("half\n")
			}
		}
		_, _ = os.Stdout.WriteString("finish\n")
		if _, err := b.Finish(context.Background(), out, nil); err != nil {
			panic(err)
		}
		_, _ = os.Stdout.WriteString("built\n")
		b.Close()
	}
}

// killed runs a build and kills it after a line of its output and a while.
func killed(t *testing.T, out, line string, after time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CONSILIUM_TEST_BUILD="+out)
	pipe, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(pipe)
	for lines.Scan() && lines.Text() != line {
	}
	time.Sleep(after)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

func TestABuildKilledAtAnyTimeLeavesTheOldFileOrTheNew(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "directory.db")
	first := small(t)
	if err := os.WriteFile(out, first, 0o600); err != nil {
		t.Fatal(err)
	}
	killed(t, out, "half", 0)
	if b, _ := os.ReadFile(out); !bytes.Equal(b, first) {
		t.Fatal("a build that was killed on its way changed the old file")
	}
	left := func() []string { names, _ := filepath.Glob(filepath.Join(dir, tempName)); return names }
	if len(left()) == 0 {
		t.Fatal("it left nothing: it was not killed on its way")
	}
	for i := range 6 {
		killed(t, out, "finish", time.Duration(i)*7*time.Millisecond)
		d, err := Open(out)
		if err != nil {
			t.Fatalf("killed %d ms into the end: %v", i*7, err)
		}
		if d.Rows() != 30 && d.Rows() != 20_000 {
			t.Fatalf("%d rows: neither the old file nor the new", d.Rows())
		}
		d.Close()
	}
	b, err := NewBuilder(Inputs{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if names := left(); len(names) != 0 {
		t.Errorf("the next build did not sweep %v", names)
	}
	if _, err := b.Finish(context.Background(), out, nil); err != nil {
		t.Fatalf("the next build: %v", err)
	}
}

func TestABuildIsNotSweptByAnother(t *testing.T) {
	dir := t.TempDir()
	c := newCountry(1, someZIPs(rand.New(rand.NewPCG(1, 1)), 20))
	a, err := NewBuilder(Inputs{Dir: dir, ZIPs: c.zips})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for i := range 20_000 {
		if err := a.Add(*c.next(i)); err != nil {
			t.Fatal(err)
		}
	}
	if names, _ := filepath.Glob(filepath.Join(dir, tempName)); len(names) == 0 {
		t.Fatal("nothing is on the disk yet")
	}
	b, err := NewBuilder(Inputs{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	out := filepath.Join(dir, "directory.db")
	if rep, err := a.Finish(context.Background(), out, nil); err != nil || rep.Rows != 20_000 {
		t.Fatalf("%d rows, %v", rep.Rows, err)
	}
	a.Close()
	if names, _ := filepath.Glob(filepath.Join(dir, tempName)); len(names) != 0 {
		t.Errorf("left: %v", names)
	}
}

func TestABuildThatIsStoppedLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	c := newCountry(1, someZIPs(rand.New(rand.NewPCG(1, 1)), 20))
	b, err := NewBuilder(Inputs{Dir: dir, ZIPs: c.zips})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		if err := b.Add(*c.next(i)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := b.Finish(ctx, filepath.Join(dir, "directory.db"), nil); err == nil {
		t.Error("it finished")
	}
	b.Close()
	if names, _ := os.ReadDir(dir); len(names) != 0 {
		t.Errorf("left: %v", names)
	}
}
