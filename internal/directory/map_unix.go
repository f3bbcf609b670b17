//go:build unix

package directory

import (
	"os"

	"golang.org/x/sys/unix"
)

// load maps a file into memory, so that only what is asked for is read and several
// processes share it.
func load(f *os.File, size int) (b []byte, free func() error, err error) {
	if b, err = unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED); err != nil {
		return nil, nil, err
	}
	return b, func() error { return unix.Munmap(b) }, nil
}

// lock takes the file for this process until it closes it or dies.
func lock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }

// syncFolder makes a rename in it last.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
