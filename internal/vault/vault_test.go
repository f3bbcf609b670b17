package vault_test

import (
	"context"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/vault"
	"consilium/internal/vault/vaulttest"
)

func TestAFolderIsAVault(t *testing.T) {
	vaulttest.Run(t, func(t testing.TB) vaulttest.Place {
		dir := t.TempDir()
		v, err := vault.Open(dir, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return vaulttest.Place{
			Vault:  v,
			Stored: func(name string) ([]byte, error) { return os.ReadFile(stored(dir, name)) },
			Change: func(name string, b []byte) error { return os.WriteFile(stored(dir, name), b, 0o600) },
			Left:   func() (int, int, error) { return count(dir, "parts"), count(dir, "unfinished"), nil },
		}
	})
}

func stored(dir, name string) string {
	return filepath.Join(dir, "parts", name[len(name)-2:], name)
}

func count(dir, under string) (n int) {
	_ = filepath.WalkDir(filepath.Join(dir, under), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return nil
	})
	return n
}

func TestUnfinishedPartsOfADeadProcessAreTakenAway(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	if _, err := vault.Open(dir, now); err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{"old": 25 * time.Hour, "fresh": time.Minute} {
		path := filepath.Join(dir, "unfinished", name)
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := vault.Open(dir, now); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Join(dir, "unfinished"))
	if err != nil || len(left) != 1 || left[0].Name() != "fresh" {
		t.Errorf("left: %v, %v; what another process may be writing stays, what nobody can be writing goes", left, err)
	}
}

// A small file system of our own would need root. A limit on the size of files gives
// the same kind of refusal from the kernel; it holds for the whole process, so that
// the test runs itself again.
func TestAFullDiskIsFullAndLeavesNothing(t *testing.T) {
	if dir := os.Getenv("VAULT_TEST_FULL"); dir != "" {
		fill(t, dir)
		return
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestAFullDiskIsFullAndLeavesNothing$", "-test.v")
	cmd.Env = append(os.Environ(), "VAULT_TEST_FULL="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "PASS") {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := count(dir, "parts") + count(dir, "unfinished"); n != 1 {
		t.Errorf("%d files lie in the vault, want the one that fitted", n)
	}
}

func fill(t *testing.T, dir string) {
	v, err := vault.Open(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	limit := syscall.Rlimit{Cur: 1 << 20, Max: 1 << 20}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Skip(err)
	}
	ctx, key := context.Background(), vaulttest.NewKey(t)
	small, err := v.Put(ctx, key, "part-small", io.LimitReader(zeros{}, 500<<10))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Put(ctx, key, "part-large", io.LimitReader(zeros{}, 5<<20)); !fault.Is(err, fault.Full) {
		t.Errorf("got %v, want full", err)
	}
	r, err := v.Open(ctx, key, []casefile.Part{small})
	if err != nil {
		t.Fatalf("what was safe before is not: %v", err)
	}
	r.Close()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func BenchmarkPut64MB(b *testing.B) {
	v, err := vault.Open(b.TempDir(), time.Now())
	if err != nil {
		b.Fatal(err)
	}
	key := vaulttest.NewKey(b)
	b.SetBytes(64 << 20)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Put(context.Background(), key, "part-bench", io.LimitReader(zeros{}, 64<<20)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead1MBAtRandom(b *testing.B) {
	v, err := vault.Open(b.TempDir(), time.Now())
	if err != nil {
		b.Fatal(err)
	}
	key, ctx := vaulttest.NewKey(b), context.Background()
	var parts []casefile.Part
	for _, name := range []string{"part-one", "part-two", "part-three", "part-four", "part-five", "part-six"} {
		p, err := v.Put(ctx, key, name, io.LimitReader(zeros{}, 8<<20))
		if err != nil {
			b.Fatal(err)
		}
		parts = append(parts, p)
	}
	r, err := v.Open(ctx, key, parts)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	buf := make([]byte, 1<<20)
	b.SetBytes(1 << 20)
	for i := 0; b.Loop(); i++ {
		if _, err := r.ReadAt(buf, int64(i*7919*1000)%(47<<20)); err != nil {
			b.Fatal(err)
		}
	}
}
