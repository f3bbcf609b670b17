package directory

import (
	"context"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"consilium/internal/expert"
	"consilium/internal/fault"
)

// everything gives all profiles of a directory by NPI.
func everything(t *testing.T, d *Directory) map[string]expert.Profile {
	t.Helper()
	out := map[string]expert.Profile{}
	for i := range d.n {
		npi := strconv.Itoa(int(d.row(i).npi()))
		p, err := d.Profile(context.Background(), npi)
		if err != nil {
			t.Fatal(err)
		}
		out[npi] = p
	}
	return out
}

// updated builds a new file from an old one and a change.
func updated(t *testing.T, old *Directory, change func(b *Builder)) (*Directory, Report) {
	t.Helper()
	dir := t.TempDir()
	b, err := NewBuilder(Inputs{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.From(old); err != nil {
		t.Fatal(err)
	}
	change(b)
	out := filepath.Join(dir, "directory.db")
	rep, err := b.Finish(context.Background(), out, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, rep
}

func TestEveryRowComesBackAsItWasSaid(t *testing.T) {
	d := build(t, 4, 3000)
	for npi, p := range everything(t, d.Directory) {
		i := slices.IndexFunc(d.profiles, func(w expert.Profile) bool { return w.NPI == npi })
		if want := d.profiles[i]; !reflect.DeepEqual(p, want) {
			t.Fatalf("%+v\nnot\n%+v", p, want)
		}
	}
	if d.report.Rows != 3000 || d.report.Strange["shared_patients"] != 0 && d.report.Strange["shared_patients"] != 1 {
		t.Errorf("%+v", d.report)
	}
}

func TestAnUpdateWithoutChangesChangesNothing(t *testing.T) {
	d := build(t, 4, 3000)
	again, _ := updated(t, d.Directory, func(*Builder) {})
	if a, b := everything(t, d.Directory), everything(t, again); !reflect.DeepEqual(a, b) {
		t.Error("the profiles are not the same")
	}
	if !maps.Equal(d.Data(), again.Data()) {
		t.Errorf("%v, then %v", d.Data(), again.Data())
	}
	e := everybodyOf(d)
	rng := rand.New(rand.NewPCG(5, 5))
	for i := range 100 {
		compare(t, built{Directory: again, profiles: d.profiles}, e, ask(rng, d), i)
	}
}

func TestAnUpdateReplacesRowsAndLeavesOutDropped(t *testing.T) {
	d := build(t, 4, 1000)
	npi := func(i int) uint32 { return uint32(npiOf(d.profiles[i].NPI)) }
	was := everything(t, d.Directory)
	again, rep := updated(t, d.Directory, func(b *Builder) {
		for _, r := range []Row{
			{NPI: npi(7), Last: []byte("ZANZIBAR"), First: []byte("NEW"), State: []byte("CA"), Taxonomies: []Taxonomy{{Code: [10]byte([]byte("999X00000X")), Primary: true}}},
			{NPI: 2_000_000_001, Last: []byte("ZANZIBAR"), First: []byte("FIRST")},
			{NPI: 2_000_000_001, Last: []byte("ZANZIBAR"), First: []byte("SECOND")},
		} {
			if err := b.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		b.Drop(npi(9))
		b.SetData("nppes", "2026-11-17")
	})
	if again.Rows() != 1000 || rep.Replaced != 2 || rep.Dropped != 1 || again.Data()["nppes"] != "2026-11-17" {
		t.Errorf("%d rows, %+v, %v", again.Rows(), rep, again.Data())
	}
	if _, err := again.Profile(context.Background(), d.profiles[9].NPI); !fault.Is(err, fault.NotFound) {
		t.Errorf("a dropped one: %v", err)
	}
	f, err := again.Find(context.Background(), expert.Query{Name: "zanz", Limit: 9, ByDistance: true})
	if err != nil || f.Total != 2 && was[d.profiles[7].NPI].Exclusion == nil {
		t.Fatalf("%d, %v", f.Total, err)
	}
	for _, m := range f.Matches {
		if m.Profile.NPI == "2000000001" && m.Profile.Name.First != "SECOND" {
			t.Errorf("the earlier of two rows stands: %+v", m.Profile.Name)
		}
	}
	// What other files said of a replaced row still holds.
	if p, _ := again.Profile(context.Background(), d.profiles[7].NPI); !reflect.DeepEqual(p.Shared, was[p.NPI].Shared) || !reflect.DeepEqual(p.Volumes, was[p.NPI].Volumes) {
		t.Error("what other files say was lost with the row")
	}
}

func TestAFileOfAKindGivenAnewStandsForAllOfTheOld(t *testing.T) {
	d := build(t, 4, 1000)
	one := d.profiles[3]
	again, _ := updated(t, d.Directory, func(b *Builder) {
		b.Hospital(uint32(npiOf(one.NPI)), expert.Hospital{CCN: "999999"})
		b.Exclude(uint32(npiOf(one.NPI)), expert.Exclusion{Kind: "1128b"})
	})
	for npi, p := range everything(t, again) {
		was := d.profiles[slices.IndexFunc(d.profiles, func(w expert.Profile) bool { return w.NPI == npi })]
		if npi == one.NPI {
			if len(p.Hospitals) != 1 || p.Hospitals[0].CCN != "999999" || p.Exclusion == nil {
				t.Errorf("%+v", p)
			}
			continue
		}
		if len(p.Hospitals) != 0 || p.Exclusion != nil {
			t.Fatalf("an old hospital or exclusion of %s stayed", npi)
		}
		if !reflect.DeepEqual(p.Clinician, was.Clinician) || !reflect.DeepEqual(p.Payments, was.Payments) || !reflect.DeepEqual(p.Shared, was.Shared) {
			t.Fatalf("%s lost what another file said", npi)
		}
	}
	f, err := again.Find(context.Background(), expert.Query{Kind: expert.Anybody, Limit: 1})
	if err != nil || f.Total != 999 {
		t.Errorf("%d found: all but the one excluded now were to be; %v", f.Total, err)
	}
}

func TestARowThatCannotBeTakenEndsNothing(t *testing.T) {
	b, err := NewBuilder(Inputs{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, r := range []Row{{NPI: 12}, {NPI: 1_000_000_001, Legal: make([]byte, 1<<20)}, {NPI: 1_000_000_001, Taxonomies: make([]Taxonomy, 99)}} {
		if err := b.Add(r); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v", err)
		}
	}
	if err := b.Add(Row{NPI: 1_000_000_001}); err != nil || b.Err() != nil {
		t.Errorf("%v, %v", err, b.Err())
	}
}
