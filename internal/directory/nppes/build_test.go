package nppes

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"consilium/internal/directory"
	"consilium/internal/directory/sample"
	"consilium/internal/expert"
)

// built makes a directory of files by kind.
func built(t *testing.T, out string, codes []directory.Code, zips []directory.ZIP, files map[Kind]string) directory.Report {
	t.Helper()
	b, err := directory.NewBuilder(directory.Inputs{Dir: filepath.Dir(out), ZIPs: zips, Codes: codes})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	r := NewReader(Settings{Today: today})
	for _, kind := range Kinds() {
		if files[kind] == "" {
			continue
		}
		rep, err := readFile(t, r, b, kind, files[kind])
		if err != nil || rep.Bad != 0 {
			t.Fatalf("%s: %v, %s", kind, err, reasons(rep))
		}
	}
	r.Deactivate(b)
	rep, err := b.Finish(context.Background(), out, func(directory.Progress) {})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

var (
	someCodes = []directory.Code{{Code: "207RX0202X", Name: "Medical Oncology Physician"}, {Code: "207R00000X", Name: "Internal Medicine Physician"}, {Code: "207RC0000X", Name: "Cardiovascular Disease Physician"}}
	somePlace = []directory.ZIP{{Code: "02108", City: "Boston", State: "MA", Lat: 42.3576, Lon: -71.0684}, {Code: "02139", City: "Cambridge", State: "MA", Lat: 42.3647, Lon: -71.1042}, {Code: "06105", City: "Hartford", State: "CT", Lat: 41.7691, Lon: -72.701}}
)

func TestAllOfASampleIsBuiltAndEverybodyInItIsFound(t *testing.T) {
	dir := t.TempDir()
	w, err := sample.New(sample.Settings{Providers: 20_000, Seed: 4, Codes: nil, ZIPs: somePlace})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]Kind{
		"": Providers, ".hospitals": Hospitals, ".clinicians": Clinicians, ".affiliations": Affiliations, ".reassignments": Reassignments, ".volumes": Volumes,
		".opt-out": OptOuts, ".exclusions": Exclusions, ".payments": Payments, ".shared-patients": SharedPatients, ".boards": Boards,
	}
	files := map[Kind]string{}
	for _, f := range sample.Files() {
		path := filepath.Join(dir, "npidata"+f.Name+".csv")
		out, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(f, out, nil); err != nil {
			t.Fatal(err)
		}
		out.Close()
		files[kinds[f.Name]] = path
	}
	if len(files) != len(sample.Files()) {
		t.Fatal("a file of the sample is of no kind")
	}
	file := filepath.Join(dir, "directory.db")
	rep := built(t, file, someCodes, somePlace, files)
	for kind, n := range rep.Strange {
		// Those whose row is left out may still be in a side file: abroad, 1 in 1,000.
		if taken := rep.Sides[kind]; n > taken/50+5 {
			t.Errorf("%s: %d statements of %d are about nobody", kind, n, taken)
		}
	}
	d, err := directory.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()

	// Against the files themselves, read by a sink that only remembers.
	k := newTaken()
	r := NewReader(Settings{Today: today})
	if _, err := readFile(t, r, k, Providers, files[Providers]); err != nil {
		t.Fatal(err)
	}
	if rep.Rows != len(k.rows) {
		t.Errorf("%d providers, the file has %d", rep.Rows, len(k.rows))
	}
	n := 0
	for npi := range k.rows {
		if n++; n%20 != 0 {
			continue
		}
		if _, err := d.Profile(t.Context(), fmt.Sprint(npi)); err != nil {
			t.Errorf("%d: %v", npi, err)
		}
	}
	found, err := d.Find(t.Context(), expert.Query{Codes: []string{"207R00000X"}, Centre: &expert.Centre{Lat: 42.3601, Lon: -71.0589}, Miles: 25, Day: "2026-11-22", Limit: 20, ByDistance: true})
	if err != nil {
		t.Fatal(err)
	}
	if found.Total < 100 || len(found.Matches) != 20 {
		t.Errorf("%d internists near Boston, %d on the page", found.Total, len(found.Matches))
	}
	for _, kind := range Kinds() {
		if files[kind] != "" && d.Data()[string(kind)] == "" {
			t.Errorf("there is no date of %s", kind)
		}
	}
}

func TestTheRealRowsAreBuiltAndSearched(t *testing.T) {
	paths := []string{"testdata/npidata_pfile_real_rows.csv"}
	if whole := filepath.Join(open, "nppes", "npidata_practitioners_1-1000.csv"); exists(whole) {
		paths = append(paths, whole)
	}
	for _, path := range paths {
		dir := t.TempDir()
		file := filepath.Join(dir, "directory.db")
		built(t, file, someCodes, somePlace, map[Kind]string{Providers: path})
		d, err := directory.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		p, err := d.Profile(t.Context(), "1568465532")
		if path != paths[0] && (err != nil || p.Name.Last != "RATHMANN" || p.Practice.ZIP != "06105" || p.Specialties[0].Code != "207RH0003X" || !p.Specialties[0].Primary) {
			t.Errorf("%v %+v", err, p)
		}
		found, err := d.Find(t.Context(), expert.Query{States: []string{"CT"}, Day: "2026-11-22", Limit: 20})
		if err != nil || found.Total == 0 {
			t.Errorf("%s: %d found in Connecticut, %v", path, found.Total, err)
		}
	}
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }
