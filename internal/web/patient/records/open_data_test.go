package records_test

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"consilium/internal/web/webtest"
)

// TestWhateverIsHandedInThePagesStand hands in one file of each folder of the open
// records and every hostile one, and opens their pages in both languages.
func TestWhateverIsHandedInThePagesStand(t *testing.T) {
	root := "../../../../../shared/data/open"
	if _, err := os.Stat(root); err != nil {
		t.Skip("the open records are not here")
	}
	if testing.Short() {
		t.Skip("takes seconds")
	}
	s, home := site(t)
	var paths []string
	folders := map[string]int{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		dir := filepath.Dir(p)
		hostile := strings.Contains(p, "/hostile/")
		if st, err := d.Info(); err != nil || st.Size() > 4<<20 || strings.Contains(p, "/codes/") || strings.Contains(p, "/nppes/") {
			return err
		}
		if folders[dir]++; folders[dir] > 1 && !hostile || folders[dir] > 12 {
			return nil
		}
		paths = append(paths, p)
		return nil
	})
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	taken := 0
	for _, p := range paths {
		f, err := os.Open(p)
		if err != nil {
			t.Fatal(err)
		}
		a := s.PostFiles(home+"/records/upload", webtest.Upload{Field: "files", Name: filepath.Base(p), Body: f})
		f.Close()
		switch st, _ := os.Stat(p); {
		case st.Size() == 0 && a.Status != http.StatusUnprocessableEntity, st.Size() > 0 && a.Status != http.StatusSeeOther:
			t.Errorf("%s: %d", p, a.Status)
		case st.Size() > 0:
			taken++
		}
	}
	s.Work()
	for _, f := range files(t, s, home) {
		if !f.Read {
			t.Errorf("%s was not read", f.Name)
		}
		for _, lang := range []string{"en", "es"} {
			for _, page := range []string{"file", "whose"} {
				if a := s.GetIn(lang, home+"/records/"+page+"/"+f.SHA256); a.Status != http.StatusOK {
					t.Errorf("%s of %s: %d", page, f.Name, a.Status)
				}
			}
		}
	}
	for _, lang := range []string{"en", "es"} {
		if a := s.GetIn(lang, home+"/records"); a.Status != http.StatusOK {
			t.Errorf("the list: %d", a.Status)
		}
	}
	if m := s.Words.Missing(); len(m) > 0 {
		t.Errorf("words are missing: %v", m)
	}
	t.Logf("%d files", taken)
}
