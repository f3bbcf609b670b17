package intake_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// openData is the optional set of real open records beside the checkout.
const openData = "../../../shared/data/open"

// openFiles lists the files below a folder of the open set. Where the set is
// absent, the test is skipped.
func openFiles(t *testing.T, dirs ...string) []string {
	t.Helper()
	if _, err := os.Stat(openData); err != nil {
		t.Skip("the open records are not here")
	}
	var all []string
	for _, d := range dirs {
		err := filepath.WalkDir(filepath.Join(openData, d), func(p string, e os.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() {
				all = append(all, p)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all) == 0 {
		t.Fatalf("no files below %s", strings.Join(dirs, ", "))
	}
	return all
}
