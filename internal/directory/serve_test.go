package directory

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"consilium/internal/expert"
	"consilium/internal/fault"
)

// move puts a copy of a file in the place of another, as a build does.
func move(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to+".new", b, 0o600)
	}
	if err == nil {
		err = os.Rename(to+".new", to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestANewFileTakesThePlaceOfTheOldWhileSearchesRun(t *testing.T) {
	one, two := build(t, 1, 3000), build(t, 2, 2000)
	path := filepath.Join(t.TempDir(), "directory.db")
	move(t, one.path, path)
	s := Serve(path, nil)
	defer s.Close()
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	q := expert.Query{Codes: testCodes, Name: "s", Limit: 100, Weights: expert.Weights{Specialty: 1}}
	a, _ := one.Find(context.Background(), q)
	b, _ := two.Find(context.Background(), q)
	if a.Total == b.Total || a.Total == 0 || b.Total == 0 {
		t.Fatalf("the two cannot be told apart: %d and %d", a.Total, b.Total)
	}
	var done atomic.Bool
	var askers sync.WaitGroup
	var seen [2]atomic.Int64
	for range 4 {
		askers.Go(func() {
			for !done.Load() {
				switch f, err := s.Find(context.Background(), q); {
				case err != nil:
					t.Error(err)
					return
				case f.Total == a.Total && len(f.Matches) == len(a.Matches):
					seen[0].Add(1)
				case f.Total == b.Total && len(f.Matches) == len(b.Matches):
					seen[1].Add(1)
				default:
					t.Errorf("%d found: of neither file", f.Total)
					return
				}
			}
		})
	}
	for i := range 20 {
		move(t, []string{two.path, one.path}[i%2], path)
		if err := s.Reload(); err != nil {
			t.Error(err)
		}
	}
	done.Store(true)
	askers.Wait()
	if seen[0].Load() == 0 || seen[1].Load() == 0 {
		t.Logf("only one of the files was asked: %d and %d", seen[0].Load(), seen[1].Load())
	}
	if f, err := s.Find(context.Background(), q); err != nil || f.Total != a.Total {
		t.Errorf("at the end: %d, %v, not %d", f.Total, err, a.Total)
	}
}

func TestADamagedNewFileIsNotServedAndTheOldStays(t *testing.T) {
	one := build(t, 1, 500)
	path := filepath.Join(t.TempDir(), "directory.db")
	move(t, one.path, path)
	var refused []error
	s := Serve(path, func(err error) { refused = append(refused, err) })
	defer s.Close()
	b, _ := os.ReadFile(path)
	b[len(b)/2] ^= 1
	if err := errors.Join(os.WriteFile(path+".new", b, 0o600), os.Rename(path+".new", path)); err != nil {
		t.Fatal(err)
	}
	if err := s.Reload(); !fault.Is(err, fault.Damaged) || len(refused) != 1 {
		t.Errorf("reload: %v; told: %v", err, refused)
	}
	if err := s.Reload(); !fault.Is(err, fault.Damaged) || len(refused) != 1 {
		t.Errorf("looked at again without need: %v; told: %v", err, refused)
	}
	if f, err := s.Find(context.Background(), expert.Query{Limit: 1}); err != nil || f.Total == 0 || s.Err() != nil {
		t.Errorf("the old one: %d, %v, %v", f.Total, err, s.Err())
	}
	move(t, one.path, path)
	if err := s.Reload(); err != nil {
		t.Errorf("mended: %v", err)
	}
}

func TestWithoutAFileNothingIsServedUntilThereIsOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "directory.db")
	s := Serve(path, func(err error) { t.Errorf("told of %v", err) })
	defer s.Close()
	if _, err := s.Find(context.Background(), expert.Query{}); !fault.Is(err, fault.NotFound) || !fault.Is(s.Err(), fault.NotFound) {
		t.Errorf("no file: %v", err)
	}
	if _, err := s.Profile(context.Background(), "1000000000"); !fault.Is(err, fault.NotFound) || s.Data() != nil {
		t.Errorf("no file: %v", err)
	}
	one := build(t, 1, 100)
	move(t, one.path, path)
	if err := s.Reload(); err != nil || s.Err() != nil || s.Data()["nppes"] != "2026-11-10" {
		t.Errorf("a file came: %v, %v", err, s.Data())
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := s.Reload(); err != nil || s.Err() != nil {
		t.Errorf("a file taken away stays open: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Find(context.Background(), expert.Query{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("closed: %v", err)
	}
}
