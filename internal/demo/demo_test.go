package demo_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"consilium/cmd/consilium/program"
	"consilium/internal/casefile"
	"consilium/internal/demo"
	"consilium/internal/journey"
	"consilium/internal/records"
)

// load starts a house on a day and loads the cast into it.
func load(t *testing.T, day string) (*program.Program, casefile.Person) {
	t.Helper()
	now, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	tick := 0
	p, err := program.Open(t.Context(), program.Config{Data: t.TempDir(), Public: "http://127.0.0.1:1", Log: slog.New(slog.DiscardHandler), Now: func() time.Time {
		tick++ // each thing that the cast does comes after the one before
		return now.Add(12*time.Hour + time.Duration(tick)*time.Second)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	if err := demo.Load(t.Context(), p.House, p.WorkOnce, "amber birch canyon daisy ember"); err != nil {
		t.Fatal(err)
	}
	owner, err := p.Store.PersonByHandle(t.Context(), demo.Handle)
	if err != nil {
		t.Fatal(err)
	}
	return p, owner.ID
}

func cases(t *testing.T, p *program.Program, owner casefile.Person) map[string]*casefile.Case {
	t.Helper()
	mine, err := p.House.Mine(context.Background(), owner)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*casefile.Case{}
	for _, m := range mine {
		c, err := p.House.Load(context.Background(), owner, m.ID)
		if err != nil {
			t.Fatal(err)
		}
		profile, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
		if err != nil {
			t.Fatal(err)
		}
		all[profile.Patient.Name] = c
	}
	return all
}

func TestEachOfTheCastStandsWhereTheirStoryStands(t *testing.T) {
	p, owner := load(t, "2026-11-22")
	all := cases(t, p, owner)
	if len(all) < 4 {
		t.Fatalf("only %d cases", len(all))
	}
	for name, c := range all {
		decided := c.Has(casefile.Ref{Kind: "decision"})
		switch name {
		case "Ruth Alvarez", "Walter Brandt":
			for _, s := range journey.Steps {
				if st := journey.Stands(c, s.ID); st != journey.Done {
					t.Errorf("%s: %s stands %s", name, s.ID, st)
				}
			}
			if next := journey.Next(c); next != "" {
				t.Errorf("%s: next is %s", name, next)
			}
		default:
			if decided {
				t.Errorf("%s has decided", name)
			}
			if journey.Next(c) == "" {
				t.Errorf("%s has nothing left to do", name)
			}
		}
		files, err := records.Files(c)
		if err != nil {
			t.Fatal(err)
		}
		if len(files) < 3 {
			t.Errorf("%s has only %d files", name, len(files))
		}
		for _, u := range files {
			if !u.Read {
				t.Errorf("%s: a file has not been read", name)
			}
		}
	}
}

func TestTheMixedUpFileIsFlaggedAndNotMerged(t *testing.T) {
	p, owner := load(t, "2026-11-22")
	for name, c := range cases(t, p, owner) {
		files, err := records.Files(c)
		if err != nil {
			t.Fatal(err)
		}
		differ := 0
		for _, f := range files {
			if f.Piece.Belongs == records.Differs {
				differ++
			}
		}
		if want := map[bool]int{true: 1, false: 0}[name == "Noah Okafor"]; differ != want {
			t.Errorf("%s: %d files are flagged, want %d", name, differ, want)
		}
	}
}

func TestTheDemoLoadsInYearsToCome(t *testing.T) {
	p, owner := load(t, "2029-03-01")
	if n := len(cases(t, p, owner)); n < 4 {
		t.Fatalf("%d cases", n)
	}
}
