package directory

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"consilium/internal/expert"
	"consilium/internal/fault"
)

func TestEachGivesEverybodyOnceInTheOrderOfTheFile(t *testing.T) {
	d := build(t, 4, 3000)
	want := map[string]expert.Profile{}
	for _, p := range d.profiles {
		p.Volumes = nil
		want[p.NPI] = p
	}
	row := 0
	if err := d.Each(context.Background(), func(p expert.Profile) error {
		if npi := digits(uint64(d.row(row).npi()), 10); npi != p.NPI || !reflect.DeepEqual(p, want[npi]) {
			t.Fatalf("row %d is %+v, not %+v", row, p, want[npi])
		}
		row++
		return nil
	}); err != nil || row != len(d.profiles) {
		t.Errorf("%d of %d, %v", row, len(d.profiles), err)
	}
	stop := errors.New("enough")
	if err := d.Each(context.Background(), func(expert.Profile) error { return stop }); err != stop {
		t.Errorf("an error of the taker: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := d.Each(ctx, func(expert.Profile) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

func TestACodeIsKnownByItsName(t *testing.T) {
	d := build(t, 4, 50)
	s := Serve(d.path, nil)
	defer s.Close()
	for _, x := range []interface {
		Specialty(string) (string, bool)
	}{d.Directory, s} {
		if name, ok := x.Specialty(testCodes[3]); !ok || name != "Specialty 3" {
			t.Errorf("%q %v", name, ok)
		}
		if name, ok := x.Specialty("207RX9999X"); ok {
			t.Errorf("a code that is in no list is called %q", name)
		}
	}
}

func TestWhatIsSaidOfADamagedRowNamesTheFile(t *testing.T) {
	d := build(t, 4, 50)
	var f *fault.Fault
	if err := d.damagedRow(3); !errors.As(err, &f) || f.Kind != fault.Damaged || f.Vars["file"] != d.Directory.path {
		t.Errorf("%v", err)
	}
}
