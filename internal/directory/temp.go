package directory

import (
	"os"
	"path/filepath"
)

// Temporary files bear this name until they are complete. Their maker holds a lock on
// each for as long as it lives, so that what a dead one left can be told and swept.
const tempName = ".directory-*.building"

func tempFile(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, tempName)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		_ = f.Close()
		_ = os.Remove(f.Name())
		return nil, err
	}
	return f, nil
}

// sweep removes what builds that died left in a folder.
func sweep(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, tempName))
	for _, name := range left {
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			continue
		}
		dead := lock(f) == nil
		if dead {
			_ = os.Remove(name)
		}
		_ = f.Close()
		if dead {
			_ = os.Remove(name) // where an open file cannot be removed
		}
	}
}
