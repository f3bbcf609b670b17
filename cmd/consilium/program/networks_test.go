package program

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"consilium/internal/directory/network"
	"consilium/internal/fault"
)

func TestANetworkFileIsTakenUpWhileTheServerRunsAndADamagedOneIsLeftOut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), NetworksFolder)
	var log bytes.Buffer
	n := &networks{dir: dir, log: slog.New(slog.NewTextHandler(&log, nil))}
	if got := n.Names(); len(got) != 0 {
		t.Fatalf("no folder has %v", got)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	rates := filepath.Join(t.TempDir(), "rates.json")
	f, err := os.Create(rates)
	if err != nil {
		t.Fatal(err)
	}
	if err := network.Sample(f, 64<<10, 1, []string{"99205"}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := network.Build(t.Context(), network.Plan{Out: filepath.Join(dir, "gold"), Name: "Gold PPO", Rates: []string{rates}, Codes: []string{"99205"}, On: "2026-11-22"}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "torn"), []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := n.Names(); len(got) != 1 || got[0] != "Gold PPO" {
			t.Fatalf("%v", got)
		}
	}
	if strings.Count(log.String(), "torn") != 1 {
		t.Errorf("the damaged file is told of %d times", strings.Count(log.String(), "torn"))
	}
	if m, err := n.Open("Gold PPO"); err != nil || m.Len() == 0 {
		t.Errorf("%v", err)
	}
	if _, err := n.Open("../gold"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a path is a name: %v", err)
	}
}
