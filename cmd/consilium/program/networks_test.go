package program

import (
	"bytes"
	"fmt"
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
	says, err := n.Says("Gold PPO", anyOf(t, filepath.Join(dir, "gold")))
	if err != nil || !says.In || len(says.Prices) != 1 || says.Prices[0].Code != "99205" || says.Prices[0].Low <= 0 || says.Prices[0].Low > says.Prices[0].High {
		t.Errorf("%+v %v", says, err)
	}
	if says, err := n.Says("Gold PPO", "1234567893"); err != nil || says.In || len(says.Prices) > 0 || says.Accepting != "unknown" {
		t.Errorf("somebody who is not in it: %+v %v", says, err)
	}
	if _, err := n.Says("Silver", "1234567893"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a network that is not there: %v", err)
	}
	if _, err := n.Open("../gold"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a path is a name: %v", err)
	}
}

// anyOf is somebody who is in a network with a price for one code alone.
func anyOf(t *testing.T, path string) string {
	t.Helper()
	n, err := network.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for npi := range n.All {
		if len(saysOf(n, npi).Prices) > 0 {
			return fmt.Sprint(npi)
		}
	}
	t.Fatal("nobody has a price")
	return ""
}
