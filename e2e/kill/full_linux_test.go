package kill

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"consilium/internal/auditlog"
	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
)

// TestAFullDiskLosesNothingAndWorkGoesOnWhenThereIsRoom fills a small disk of its
// own. Making one takes root; without it the test is skipped, and the same is held
// for the database and for the vault alone by their own tests.
func TestAFullDiskLosesNothingAndWorkGoesOnWhenThereIsRoom(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("a small disk cannot be made: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	filler := filepath.Join(dir, "filler")
	must(t, os.WriteFile(filler, make([]byte, 8<<20), 0o600))

	h, s, keys, err := open(dir)
	must(t, err)
	defer s.Close()
	ctx := context.Background()
	must(t, h.Cases.Create(ctx, casefile.Change{
		Case: theID, By: ruth, At: time.Now(), Verb: "open_case",
		Grants: []consent.Grant{{ID: "g1", Person: string(ruth), Role: consent.Patient, From: time.Unix(0, 0), Wording: "owner.v1"}},
	}))
	c, err := h.Cases.Case(ctx, theID)
	must(t, err)
	u, err := h.StartUpload(ctx, ruth, c, "scan", -1)
	must(t, err)

	p := &promised{started: true, notes: map[casefile.Version]string{}, bytes: map[string]upload{}, files: map[string]string{}}
	add := func() error {
		got, err := h.AppendUpload(ctx, ruth, c, u.ID, u.Received, io.LimitReader(content(u.Name, u.Received), chunk))
		u = got
		p.bytes[u.ID] = upload{u.Name, u.Received}
		return err
	}
	save := func() error {
		version, text := casefile.Version(len(p.notes)), strings.Repeat(strconv.Itoa(len(p.notes)%10), 60_000)
		err := h.Cases.Apply(ctx, casefile.Change{Case: theID, By: ruth, At: time.Now(), Verb: "save_note", Drafts: []casefile.Draft{{Ref: note, From: version, Body: text}}})
		if err == nil {
			p.notes[version+1] = text
		}
		return err
	}
	full := map[string]int{}
	for range 400 {
		for what, err := range map[string]error{"upload": add(), "note": save()} {
			if fault.Is(err, fault.Full) {
				full[what]++
			} else if err != nil {
				t.Fatalf("%s on a full disk: %v, want full", what, err)
			}
		}
		if full["upload"] > 3 && full["note"] > 3 {
			break
		}
	}
	if full["upload"] == 0 || full["note"] == 0 {
		t.Fatalf("the disk was never full: %v", full)
	}
	// What was promised is there, while the disk is full and after a start.
	var log bytes.Buffer
	must(t, h.Cases.Log(ctx, theID, &log))
	if _, err := auditlog.Verify(&log, strings.Join(keys.PublicKeys(), " ")); err != nil {
		t.Error(err)
	}
	must(t, os.Remove(filler))
	must(t, s.Close())
	check(t, dir, p, rounds)

	if h, s, _, err = open(dir); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	must(t, add())
	must(t, save())
	if _, err := h.FinishUpload(ctx, ruth, c, u.ID); err != nil {
		t.Errorf("finishing when there was room again: %v", err)
	}
	t.Logf("full %v; %d notes and %d bytes were promised and are there", full, len(p.notes), u.Received)
}
